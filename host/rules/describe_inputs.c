/* SPDX-License-Identifier: MIT
 *
 * Inputs and parameters as `models show` prints them, and the columns that the shipped models read.
 */
#include "rules/model_describe.h"

#include "rules/model_text.h"

#include <math.h>
#include <string.h>

#define TABLE_NAME(name, text) text,
static const char *const tables[] = {INPUT_TABLES(TABLE_NAME)};

/* ---- inputs -------------------------------------------------------------------------------------------- */

static void add_words(text_builder *to, const char **list, uint32_t n, const char *const *words) {
  for (uint32_t i = 0; i < n; i++) {
    const char *padded = text_cell(to, arena_format(to->memory, ", %s,", *list));
    if (strstr(padded, text_cell(to, arena_format(to->memory, ", %s,", words[i]))) == NULL) {
      *list = text_cell(to, arena_format(to->memory, "%s%s%s", *list, **list == '\0' ? "" : ", ", words[i]));
    }
  }
}

/* The words that the model knows for a textual input: keys of its tables and price lists. */
static const char *input_words(text_builder *to, const model *m, const model_input *input) {
  const char *list = "";
  for (uint32_t i = 0; i < m->n_parameters; i++) {
    const parameter *p = &m->parameters[i];
    bool reads = p->shape == PARAMETER_TABLE && p->by && strcmp(p->by, input->name) == 0;
    add_words(to, &list, reads ? p->n : 0, p->key);
  }
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    for (uint32_t g = 0; g < m->blocks[b].n_groups; g++) {
      const price_lists *prices = &m->blocks[b].groups[g].prices;
      bool reads = prices->by && strcmp(prices->by, input->name) == 0;
      add_words(to, &list, reads ? prices->n_lists : 0, prices->key);
    }
  }
  return list;
}

/* "0 to 1", ">= 0", "<= 1", or "". */
static const char *range_text(text_builder *to, double lowest, double highest) {
  bool low = isfinite(lowest), high = isfinite(highest);
  const char *from = low ? text_number(to, lowest) : "", *up_to = high ? text_number(to, highest) : "";
  const char *format = low && high ? "%s to %s" : low ? ">= %s%s" : high ? "<= %s%s" : "%s%s";
  return text_cell(to, arena_format(to->memory, format, from, up_to));
}

/* What an input's column holds and what stands for an empty field: both texts are of `to`. */
static void input_cells(text_builder *to, const model *m, const model_input *input, const char **values,
                        const char **otherwise) {
  *values = input->textual ? input_words(to, m, input) : range_text(to, input->lowest, input->highest);
  *otherwise = !input->has_default ? "required" : input->textual ? input->default_text
                                                                 : text_number(to, input->default_value);
}

void describe_inputs(text_builder *to, const model *m) {
  if (m->n_inputs == 0) {
    return;
  }
  text_add(to, "\nInputs\n");
  table_row(to, "name", "column", "unit", "range", "default", "meaning", NULL);
  for (uint32_t i = 0; i < m->n_inputs; i++) {
    const model_input *input = &m->inputs[i];
    const char *values, *otherwise;
    input_cells(to, m, input, &values, &otherwise);
    table_row(to, input->name, text_cell(to, arena_format(to->memory, "%s.%s", tables[input->table], input->column)),
              input->textual ? "text" : input->unit, values, otherwise, input->meaning, NULL);
  }
  table_end(to, 2);
}

/* ---- parameters ---------------------------------------------------------------------------------------- */

const char *parameter_text(const parameter *p, arena *memory) {
  text_builder text = {.memory = memory};
  if (p->shape == PARAMETER_NUMBER) {
    return text_number(&text, p->value);
  }
  bool table = p->shape == PARAMETER_TABLE;
  text_add(&text, table ? "by %s:" : "curve:", p->by);
  for (uint32_t i = 0; i < p->n; i++) {
    const char *at = table ? p->key[i] : text_number(&text, p->x[i]);
    text_add(&text, table ? "%s %s %s" : "%s (%s, %s)", i > 0 ? "," : "", at, text_number(&text, p->y[i]));
  }
  if (table && p->has_default) {
    text_add(&text, ", else %s", text_number(&text, p->default_value));
  }
  return text_finish(&text);
}

static void describe_parameter(text_builder *to, const parameter *p) {
  const char *range = range_text(to, p->lowest, p->highest);
  if (p->shape == PARAMETER_NUMBER) {
    table_row(to, p->name, text_number(to, p->value), p->unit, range, p->source, p->date, NULL);
    return;
  }
  bool table = p->shape == PARAMETER_TABLE;
  table_row(to, p->name, text_cell(to, table ? arena_format(to->memory, "by %s", p->by) : "curve"), p->unit, range,
            p->source, p->date, NULL);
  for (uint32_t i = 0; i < p->n; i++) {
    table_row(to, text_cell(to, arena_format(to->memory, "  %s", table ? p->key[i] : text_number(to, p->x[i]))),
              text_number(to, p->y[i]), NULL);
  }
  if (table && p->has_default) {
    table_row(to, "  default", text_number(to, p->default_value), NULL);
  }
}

void describe_parameters(text_builder *to, const model *m) {
  if (m->n_parameters == 0) {
    return;
  }
  text_add(to, "\nParameters\n");
  table_row(to, "name", "value", "unit", "range", "source", "date", NULL);
  for (uint32_t i = 0; i < m->n_parameters; i++) {
    describe_parameter(to, &m->parameters[i]);
  }
  table_end(to, 2);
}

/* ---- all shipped models -------------------------------------------------------------------------------- */

static bool same_column(const model_input *a, const model_input *b) {
  return a->table == b->table && strcmp(a->column, b->column) == 0;
}

/* Is the column told with an input before this one, of this model or an earlier one? */
static bool told(model *const *all, size_t m, uint32_t i) {
  for (size_t before = 0; before <= m; before++) {
    for (uint32_t k = 0; k < (before < m ? all[before]->n_inputs : i); k++) {
      if (same_column(&all[before]->inputs[k], &all[m]->inputs[i])) {
        return true;
      }
    }
  }
  return false;
}

/* One row for the column, or one for each model that reads it otherwise. */
static void add_column(text_builder *to, model *const *all, size_t n, size_t first, const model_input *input) {
  const char *names = "", *values, *otherwise;
  input_cells(to, all[first], input, &values, &otherwise);
  for (size_t m = first; m < n; m++) {
    for (uint32_t k = 0; k < all[m]->n_inputs; k++) {
      if (same_column(&all[m]->inputs[k], input)) {
        const char *other_values, *other_otherwise;
        input_cells(to, all[m], &all[m]->inputs[k], &other_values, &other_otherwise);
        bool differs = strcmp(other_otherwise, otherwise) != 0;
        names = text_cell(to, arena_format(to->memory, differs ? "%s%s%s (default %s)" : "%s%s%s", names,
                                           *names ? ", " : "", all[m]->name, other_otherwise));
      }
    }
  }
  table_row(to, text_cell(to, arena_format(to->memory, "%s.csv", tables[input->table])), input->column,
            input->textual ? "text" : input->unit, values, otherwise, names, input->meaning, NULL);
}

const char *shipped_models_columns(arena *memory) {
  size_t n = shipped_model_count();
  text_builder to = {.memory = memory};
  model **all = ARENA_ARRAY(memory, model *, n);
  if (all == NULL) {
    return NULL;
  }
  for (size_t m = 0; m < n; m++) {
    to.failed = to.failed || model_read(shipped_model_name(m), NULL, 0, &all[m], NULL) != SG_OK;
  }
  if (!to.failed) {
    table_row(&to, "file", "column", "unit", "range", "default", "models", "meaning", NULL);
  }
  for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
    for (size_t m = 0; !to.failed && m < n; m++) {
      for (uint32_t i = 0; i < all[m]->n_inputs; i++) {
        if (all[m]->inputs[i].table == table && !told(all, m, i)) {
          add_column(&to, all, n, m, &all[m]->inputs[i]);
        }
      }
    }
  }
  table_end(&to, 2);
  for (size_t m = 0; m < n; m++) {
    model_close(all[m]);
  }
  return text_finish(&to);
}
