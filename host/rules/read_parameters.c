/* SPDX-License-Identifier: MIT
 *
 * Inputs, parameters and defines. Parameters and defines are read when something first asks for them, so that their
 * order in the file does not matter.
 */
#include "rules/read_model.h"

#include <math.h>
#include <string.h>

bool reader_enter(reader *r, const char *name, place where) {
  if (r->nested == NESTED_NAMES) {
    return reader_fail(r, where, "\"%s\" is read through more than %d other names", name, NESTED_NAMES);
  }
  r->nested_names[r->nested++] = name;
  return true;
}

void reader_leave(reader *r) { r->nested--; }

/* ---- inputs -------------------------------------------------------------------------------------------- */

static bool read_range(reader *r, const yaml_node *map, double *lowest, double *highest) {
  const yaml_node *node = yaml_find(map, "range");
  *lowest = -INFINITY;
  *highest = INFINITY;
  if (!node) {
    return true;
  }
  uint32_t n;
  double *bounds;
  if (!reader_expect(r, node, YAML_LIST, "range") || !reader_numbers(r, node, "range", &n, &bounds)) {
    return false;
  }
  if (n != 2 || bounds[0] > bounds[1]) {
    return reader_fail(r, node->where, "range: expected [lowest, highest]");
  }
  *lowest = bounds[0];
  *highest = bounds[1];
  return true;
}

static bool check_range(reader *r, place where, const char *what, double value, double lowest, double highest) {
  char texts[3][NUMBER_TEXT_BYTES];
  if (value >= lowest && value <= highest) {
    return true;
  }
  number_format(value, texts[0]);
  number_format(lowest, texts[1]);
  number_format(highest, texts[2]);
  return reader_fail(r, where, "%s: %s is outside its range [%s, %s]", what, texts[0], texts[1], texts[2]);
}

static bool read_input_column(reader *r, const yaml_node *map, const char *name, model_input *input) {
#define TABLE_NAME(name_, text) text,
  static const char *const tables[] = {INPUT_TABLES(TABLE_NAME)};
#undef TABLE_NAME
  const yaml_node *node = yaml_find(map, "column");
  if (!node) {
    return reader_fail(r, input->where, "%s: needs `column: TABLE.x_NAME`", name);
  }
  if (!reader_expect(r, node, YAML_TEXT, "column")) {
    return false;
  }
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    size_t length = strlen(tables[i]);
    if (strncmp(node->text, tables[i], length) == 0 && strncmp(node->text + length, ".x_", 3) == 0 &&
        node->text[length + 3] != '\0') {
      input->table = (input_table)i;
      input->column = node->text + length + 1;
      return true;
    }
  }
  return reader_fail(r, node->where, "column: \"%s\" is not TABLE.x_NAME with a table of: underlyings, forwards, "
                     "instruments, accounts, assets", node->text);
}

static void read_input_default(reader *r, const yaml_node *map, const char *name, model_input *input) {
  const yaml_node *node = yaml_find(map, "default");
  if (input->textual) {
    const yaml_pair *range = yaml_find_pair(map, "range");
    if (range) {
      reader_fail(r, range->where, "%s: a range needs a unit; an input without one is a text", name);
    }
    input->default_text = reader_text(r, map, "default");
    input->has_default = node != NULL;
  } else if (read_range(r, map, &input->lowest, &input->highest) && node) {
    input->has_default = reader_number(r, node, "default", &input->default_value) &&
                         check_range(r, node->where, "default", input->default_value, input->lowest, input->highest);
  }
}

void read_inputs(reader *r) {
  const yaml_node *map = yaml_find(r->root, "inputs");
  if (!map || map->is != YAML_MAP) {
    return;
  }
  r->model->inputs = ARENA_ARRAY(r->memory, model_input, map->n);
  if (!r->model->inputs) {
    reader_fail_memory(r);
    return;
  }
  r->model->n_inputs = map->n;
  for (uint32_t i = 0; i < map->n; i++) { /* first what names mean, then the numbers that may use them */
    const yaml_pair *pair = &map->pairs[i];
    model_input *input = &r->model->inputs[i];
    *input = (model_input){.name = pair->key, .unit = "", .meaning = "", .default_text = "", .where = pair->where,
                           .lowest = -INFINITY, .highest = INFINITY};
    if (reader_expect(r, pair->value, YAML_MAP, pair->key)) {
      reader_check_keys(r, pair->value, SECTION_INPUT, "column unit range default meaning");
      input->meaning = reader_text(r, pair->value, "meaning");
      input->unit = reader_text(r, pair->value, "unit");
      input->textual = !yaml_find(pair->value, "unit");
      read_input_column(r, pair->value, pair->key, input);
    }
  }
}

static void read_input_defaults(reader *r) {
  const yaml_node *map = yaml_find(r->root, "inputs");
  for (uint32_t i = 0; i < r->model->n_inputs; i++) {
    if (r->model->inputs[i].column) {
      read_input_default(r, map->pairs[i].value, map->pairs[i].key, &r->model->inputs[i]);
    }
  }
}

/* ---- parameters ---------------------------------------------------------------------------------------- */

static const char table_words[] = "by default unit source date range value";

static bool read_curve(reader *r, const yaml_node *node, parameter *read) {
  read->shape = PARAMETER_CURVE;
  read->n = node->n;
  read->x = ARENA_ARRAY(r->memory, double, node->n);
  read->y = ARENA_ARRAY(r->memory, double, node->n);
  if (!read->x || !read->y) {
    return reader_fail_memory(r);
  }
  bool good = node->n > 0 || reader_fail(r, node->where, "%s: a curve needs a point", read->name);
  for (uint32_t i = 0; i < node->n; i++) {
    const yaml_node *point = node->items[i];
    if (point->is != YAML_LIST || point->n != 2) {
      return reader_fail(r, point->where, "%s: a curve is a list of points [x, y]", read->name);
    }
    good = reader_number(r, point->items[0], read->name, &read->x[i]) && good;
    good = reader_number(r, point->items[1], read->name, &read->y[i]) && good;
    if (good && i > 0 && !(read->x[i] > read->x[i - 1])) {
      return reader_fail(r, point->where, "%s: the x of a curve's points must rise", read->name);
    }
  }
  return good;
}

static bool read_table(reader *r, const yaml_node *map, parameter *read) {
  uint32_t all = (1u << INPUT_UNDERLYINGS) | (1u << INPUT_FORWARDS) | (1u << INPUT_INSTRUMENTS) |
                 (1u << INPUT_ACCOUNTS);
  read->shape = PARAMETER_TABLE;
  read->key = ARENA_ARRAY(r->memory, const char *, map->n);
  read->y = ARENA_ARRAY(r->memory, double, map->n);
  if (!read->key || !read->y) {
    return reader_fail_memory(r);
  }
  if (!read_attribute(r, yaml_find(map, "by"), all, &read->by)) {
    return false;
  }
  bool good = true;
  for (uint32_t i = 0; i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    if (strcmp(pair->key, "default") == 0) {
      read->has_default = reader_number(r, pair->value, read->name, &read->default_value);
      good = read->has_default && good;
    } else if (!word_among(table_words, pair->key)) {
      good = check_attribute_key(r, read->by, pair->key, pair->where) && good;
      good = reader_number(r, pair->value, read->name, &read->y[read->n]) && good;
      read->key[read->n++] = pair->key;
    }
  }
  return good && (read->n > 0 || reader_fail(r, map->where, "%s: the table has no rows", read->name));
}

/* The values of a parameter, where the one that is out of range stands. */
static bool check_parameter_range(reader *r, const yaml_node *map, const yaml_node *value, parameter *read) {
  if (!read_range(r, map, &read->lowest, &read->highest)) {
    return false;
  }
  double lowest = read->lowest, highest = read->highest;
  bool good = true;
  if (read->shape == PARAMETER_NUMBER) {
    good = check_range(r, value->where, read->name, read->value, lowest, highest);
  }
  for (uint32_t i = 0; i < read->n; i++) {
    const yaml_node *at = read->shape == PARAMETER_TABLE ? yaml_find(value, read->key[i]) : value->items[i];
    good = check_range(r, at->where, read->name, read->y[i], lowest, highest) && good;
  }
  if (read->has_default) {
    const yaml_node *at = yaml_find(value, "default");
    good = check_range(r, at->where, read->name, read->default_value, lowest, highest) && good;
  }
  return good;
}

static bool read_parameter(reader *r, const yaml_pair *pair, parameter *read) {
  const yaml_node *node = pair->value, *wrapped = yaml_find(node, "value");
  const yaml_node *value = wrapped ? wrapped : node;
  bool table = value->is == YAML_MAP && yaml_find(value, "by");
  if (node->is == YAML_MAP && !(table && !wrapped)) {
    reader_check_keys(r, node, SECTION_PARAMETER, "value unit source date range");
  }
  read->unit = reader_text(r, node, "unit");
  read->source = reader_text(r, node, "source");
  read->date = reader_text(r, node, "date");
  if (value->is == YAML_MAP && !table) {
    return reader_fail(r, pair->where, "%s: needs a `value`, or `by` for a table", pair->key);
  }
  bool good = true;
  if (table) {
    good = read_table(r, value, read);
  } else if (value->is == YAML_LIST) {
    good = read_curve(r, value, read);
  } else {
    good = reader_number(r, value, pair->key, &read->value);
  }
  return good && check_parameter_range(r, node, value, read);
}

bool reader_parameter_ready(reader *r, uint32_t index) {
  progress *state = &r->parameter_state[index];
  const yaml_pair *pair = r->parameter_pairs[index];
  if (*state == NOT_READ) {
    *state = READING;
    if (!reader_enter(r, pair->key, pair->where)) {
      *state = READ_FAULTY;
      return false;
    }
    *state = read_parameter(r, pair, &r->model->parameters[index]) ? READ_WELL : READ_FAULTY;
    reader_leave(r);
  }
  return *state == READ_WELL;
}

void read_parameters(reader *r) {
  const yaml_node *map = yaml_find(r->root, "parameters");
  uint32_t n = map && map->is == YAML_MAP ? map->n : 0;
  r->model->parameters = ARENA_ARRAY(r->memory, parameter, n);
  r->parameter_pairs = ARENA_ARRAY(r->memory, const yaml_pair *, n);
  r->parameter_state = ARENA_ARRAY(r->memory, progress, n);
  r->parameter_used = ARENA_ARRAY(r->memory, bool, n);
  if (!r->model->parameters || !r->parameter_pairs || !r->parameter_state || !r->parameter_used) {
    reader_fail_memory(r);
    return;
  }
  r->model->n_parameters = n;
  for (uint32_t i = 0; i < n; i++) {
    r->parameter_pairs[i] = &map->pairs[i];
    r->model->parameters[i] = (parameter){.name = map->pairs[i].key, .unit = "", .source = "", .date = "",
                                          .lowest = -INFINITY, .highest = INFINITY, .where = map->pairs[i].where};
  }
  for (uint32_t i = 0; i < n; i++) {
    reader_parameter_ready(r, i);
  }
  read_input_defaults(r);
}

/* ---- defines ------------------------------------------------------------------------------------------- */

bool reader_define_ready(reader *r, uint32_t index) {
  define_entry *entry = &r->defines.items[index];
  if (entry->state == NOT_READ) {
    expression ignored;
    entry->state = READING;
    if (!reader_enter(r, entry->name, entry->node->where)) {
      entry->state = READ_FAULTY;
      return false;
    }
    bool good = reader_expression(r, entry->node, entry->name, NAMES_ANY, &ignored);
    r->defines.items[index].state = good ? READ_WELL : READ_FAULTY;
    reader_leave(r);
  }
  return r->defines.items[index].state == READ_WELL;
}

void read_defines(reader *r) {
  const yaml_node *map = yaml_find(r->root, "define");
  uint32_t n = map && map->is == YAML_MAP ? map->n : 0;
  r->model->define_name = ARENA_ARRAY(r->memory, const char *, n);
  r->model->define_text = ARENA_ARRAY(r->memory, const char *, n);
  if (!r->model->define_name || !r->model->define_text) {
    reader_fail_memory(r);
    return;
  }
  for (uint32_t i = 0; i < n; i++) {
    if (!ARRAY_PUSH(&r->defines, (define_entry){map->pairs[i].key, map->pairs[i].value, NOT_READ})) {
      reader_fail_memory(r);
      return;
    }
    r->model->define_name[i] = map->pairs[i].key;
    r->model->define_text[i] = map->pairs[i].value->text;
  }
  r->model->n_defines = n;
}
