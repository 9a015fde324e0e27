/* SPDX-License-Identifier: MIT
 *
 * Binding a model to a book: its sets of groups, levels, inputs and columns.
 */
#include "engine/boundaries.h" /* first: see there */

#include "engine/bound.h"

#include "device/american_scheme.h"
#include "engine/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- attributes and filters ------------------------------------------------------------------ */

static const attributes *input_table_attributes(const book *b, input_table table) {
  switch (table) {
    case INPUT_UNDERLYINGS: return &b->underlyings.x;
    case INPUT_FORWARDS: return &b->forwards.x;
    case INPUT_INSTRUMENTS: return &b->instruments.x;
    case INPUT_ASSETS: return &b->assets.x;
    default: return &b->accounts.x;
  }
}

static const attribute *find_attribute(const attributes *in, const char *name) {
  for (uint32_t i = 0; i < in->n; i++) {
    if (strcmp(in->items[i].name, name) == 0) {
      return &in->items[i];
    }
  }
  return NULL;
}

static uint32_t table_row(const book *b, input_table table, uint32_t c) {
  return table == INPUT_UNDERLYINGS ? b->instruments.underlying[c]
         : table == INPUT_FORWARDS  ? b->instruments.forward[c]
                                    : c;
}

static uint64_t table_line(const book *b, input_table table, uint32_t row) {
  switch (table) {
    case INPUT_UNDERLYINGS: return b->underlyings.line[row];
    case INPUT_INSTRUMENTS: return b->instruments.line[row];
    case INPUT_ACCOUNTS: return b->accounts.line[row];
    case INPUT_ASSETS: return b->assets.line[row];
    default: return 0;
  }
}

sg_status bound_attribute(bound *in, const char *name, place where, const char **texts, sg_error *error) {
  const instruments *all = &in->book->instruments;
  group_key key;
  if (strcmp(name, "exercise") == 0) {
    for (uint32_t c = 0; c < all->n; c++) {
      texts[c] = all->type[c] != OPTION ? "" : all->exercise[c] == EUROPEAN ? "european" : "american";
    }
    return SG_OK;
  }
  if (group_key_find(name, &key)) {
    uint32_t s = bound_add_set(in, 1u << key);
    if (s == ID_NONE) {
      return error_out_of_memory(error);
    }
    for (uint32_t c = 0; c < all->n; c++) {
      texts[c] = in->sets[s].name[in->sets[s].of[c]];
    }
    return SG_OK;
  }
  for (uint32_t i = 0; i < in->model->n_inputs; i++) {
    if (strcmp(in->model->inputs[i].name, name) == 0 && in->input_texts[i] != NULL) {
      memcpy(texts, in->input_texts[i], all->n * sizeof *texts);
      return SG_OK;
    }
  }
  (void)error_add(error, SG_INPUT, where, "attribute \"%s\" is neither a group key nor a textual input", name);
  return SG_INPUT;
}

static sg_status find_filter(bound *in, const filter *rule, place where, bool *mask, sg_error *error) {
  uint32_t n = in->book->instruments.n;
  const char **texts = malloc((n ? n : 1) * sizeof *texts);
  sg_status status = texts == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t c = 0; c < n; c++) {
    mask[c] = true;
  }
  for (uint32_t k = 0; status == SG_OK && k < rule->n; k++) {
    const filter_key *key = &rule->keys[k];
    status = bound_attribute(in, key->key, where, texts, error);
    for (uint32_t c = 0; status == SG_OK && c < n; c++) {
      bool listed = false;
      for (uint32_t v = 0; !listed && v < key->n; v++) {
        listed = strcmp(texts[c], key->values[v]) == 0;
      }
      mask[c] = mask[c] && listed;
    }
  }
  free(texts);
  return status;
}

sg_status bound_filter(bound *in, const filter *rule, place where, bool *mask, sg_error *error) {
  pthread_mutex_lock(&in->lock);
  sg_status status = find_filter(in, rule, where, mask, error);
  pthread_mutex_unlock(&in->lock);
  return status;
}

/* ---- inputs and tables ------------------------------------------------------------------------ */

static sg_status parse_input(const bound *in, const model_input *input, const attribute *column, uint32_t row,
                             double *value, sg_error *error) {
  const book *b = in->book;
  const char *text = column == NULL ? "" : column->text[row];
  place where = {input_table_attributes(b, input->table)->file, table_line(b, input->table, row),
                 column == NULL ? 0 : column->column};
  if (text[0] == '\0') {
    if (!input->has_default) {
      return error_add(error, SG_INPUT, where, "%s is missing: the model %s needs it and gives no default",
                       input->column, in->model->name);
    }
    *value = input->default_value;
    return SG_OK;
  }
  const char *refusal = number_parse(text, strlen(text), value);
  if (refusal != NULL) {
    return error_add(error, SG_INPUT, where, "%s \"%s\" %s", input->column, text, refusal);
  }
  if (!(*value >= input->lowest && *value <= input->highest)) {
    char low[NUMBER_TEXT_BYTES], high[NUMBER_TEXT_BYTES];
    number_format(input->lowest, low);
    number_format(input->highest, high);
    return error_add(error, SG_INPUT, where, "%s %s is outside the model's range %s..%s", input->column, text, low,
                     high);
  }
  return SG_OK;
}

static uint32_t table_rows(const book *b, input_table table) {
  switch (table) {
    case INPUT_UNDERLYINGS: return b->underlyings.n;
    case INPUT_FORWARDS: return b->forwards.n;
    case INPUT_INSTRUMENTS: return b->instruments.n;
    case INPUT_ASSETS: return b->assets.n;
    default: return b->accounts.n;
  }
}

/* One double (or text) per row of the table, then spread over instruments. */
static sg_status bind_input(bound *in, uint32_t i, sg_error *error) {
  const model_input *input = &in->model->inputs[i];
  const book *b = in->book;
  const attribute *column = find_attribute(input_table_attributes(b, input->table), input->column);
  uint32_t n_rows = table_rows(b, input->table);
  bool own_rows = input->table == INPUT_ACCOUNTS || input->table == INPUT_ASSETS;
  uint32_t n_items = own_rows ? n_rows : b->instruments.n;
  if (input->textual) {
    in->input_texts[i] = ARENA_ARRAY(in->memory, const char *, n_items);
    if (in->input_texts[i] == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t item = 0; item < n_items; item++) {
      uint32_t row = own_rows ? item : table_row(b, input->table, item);
      const char *text = column == NULL ? "" : column->text[row];
      in->input_texts[i][item] = text[0] != '\0' ? text : input->has_default ? input->default_text : "";
    }
    return SG_OK;
  }
  double *by_row = ARENA_ARRAY(in->memory, double, n_rows);
  in->inputs[i] = own_rows ? by_row : ARENA_ARRAY(in->memory, double, n_items);
  in->underlying_inputs[i] = input->table == INPUT_UNDERLYINGS ? by_row : NULL;
  if (by_row == NULL || in->inputs[i] == NULL) {
    return error_out_of_memory(error);
  }
  sg_status status = SG_OK;
  for (uint32_t row = 0; row < n_rows; row++) {
    sg_status row_status = parse_input(in, input, column, row, &by_row[row], error);
    status = row_status != SG_OK ? row_status : status;
  }
  for (uint32_t c = 0; status == SG_OK && !own_rows && c < n_items; c++) {
    in->inputs[i][c] = by_row[table_row(b, input->table, c)];
  }
  return status;
}

static sg_status bind_table(bound *in, uint32_t p, sg_error *error) {
  const parameter *table = &in->model->parameters[p];
  uint32_t n = in->book->instruments.n;
  in->tables[p] = ARENA_ARRAY(in->memory, double, n);
  const char **texts = malloc((n ? n : 1) * sizeof *texts);
  if (in->tables[p] == NULL || texts == NULL) {
    free(texts);
    return error_out_of_memory(error);
  }
  sg_status status = bound_attribute(in, table->by, table->where, texts, error);
  for (uint32_t c = 0; status == SG_OK && c < n; c++) {
    uint32_t found = 0;
    while (found < table->n && strcmp(table->key[found], texts[c]) != 0) {
      found++;
    }
    if (found < table->n) {
      in->tables[p][c] = table->y[found];
    } else if (table->has_default) {
      in->tables[p][c] = table->default_value;
    } else {
      status = error_add(error, SG_INPUT, table->where, "%s has no entry for %s \"%s\" of instrument %s, and no default",
                         table->name, table->by, texts[c], in->book->instruments.id[c]);
    }
  }
  free(texts);
  return status;
}

static sg_status find_slot(bound *in, const slot *wanted, place where, const double **values, sg_error *error) {
  switch (wanted->kind) {
    case SLOT_FACT:
      if (in->facts[wanted->index] == NULL) {
        TRY(value_facts(in, (fact)wanted->index, error));
      }
      *values = in->facts[wanted->index];
      return SG_OK;
    case SLOT_INPUT:
      *values = in->inputs[wanted->index];
      return SG_OK;
    case SLOT_TABLE:
      if (in->tables[wanted->index] == NULL) {
        TRY(bind_table(in, wanted->index, error));
      }
      *values = in->tables[wanted->index];
      return SG_OK;
    default:
      return error_add(error, SG_INPUT, where, "this name cannot be used for an instrument");
  }
}

sg_status bound_slot(bound *in, const slot *wanted, place where, const double **values, sg_error *error) {
  pthread_mutex_lock(&in->lock);
  sg_status status = find_slot(in, wanted, where, values, error);
  pthread_mutex_unlock(&in->lock);
  return status;
}

sg_status bound_eval(bound *in, const expression *rule, place where, double *out, sg_error *error) {
  const double **slots = malloc((rule->n_slots ? rule->n_slots : 1) * sizeof *slots);
  sg_status status = slots == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    status = bound_slot(in, &rule->slots[j], where, &slots[j], error);
  }
  if (status == SG_OK) {
    expression_eval(rule, slots, in->book->instruments.n, out);
  }
  free(slots);
  return status;
}

static sg_status find_group_slot(bound *in, const slot *wanted, uint32_t set, place where, double **values,
                           sg_error *error) {
  for (size_t i = 0; i < in->group_slots.n; i++) {
    const group_values *known = &in->group_slots.items[i];
    if (known->of.kind == wanted->kind && known->of.index == wanted->index && known->set == set) {
      *values = known->values;
      return SG_OK;
    }
  }
  const double *of_instrument;
  TRY(bound_slot(in, wanted, where, &of_instrument, error));
  const group_set *groups = &in->sets[set];
  *values = ARENA_ARRAY(in->memory, double, groups->n_groups);
  if (*values == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t g = 0; g < groups->n_groups && in->book->instruments.n > 0; g++) {
    (*values)[g] = of_instrument[groups->first[g]];
  }
  for (uint32_t c = 0; c < in->book->instruments.n; c++) {
    if (of_instrument[c] != (*values)[groups->of[c]]) {
      (*values)[groups->of[c]] = NAN;
    }
  }
  return ARRAY_PUSH(&in->group_slots, (group_values){*wanted, set, *values}) ? SG_OK : error_out_of_memory(error);
}

sg_status bound_group_slot(bound *in, const slot *wanted, uint32_t set, place where, double **values,
                           sg_error *error) {
  pthread_mutex_lock(&in->lock);
  sg_status status = find_group_slot(in, wanted, set, where, values, error);
  pthread_mutex_unlock(&in->lock);
  return status;
}

double bound_rate(const bound *in, uint32_t from, uint32_t to) {
  const double *rate = in->book->currencies.rate_to_base;
  return from == to ? 1.0 : rate[from] / rate[to];
}

/* ---- columns, levels, amounts ------------------------------------------------------------------ */

static sg_status bind_column(bound *in, uint32_t k, sg_error *error) {
  const model_column *column = &in->model->columns[k];
  uint32_t n = in->book->instruments.n;
  in->columns[k] = ARENA_ARRAY(in->memory, double, n);
  bool *mask = malloc(n ? n : 1);
  if (in->columns[k] == NULL || mask == NULL) {
    free(mask);
    return error_out_of_memory(error);
  }
  bool by_type = false; /* posted assets are in columns that name them */
  for (uint32_t i = 0; i < column->of.n; i++) {
    by_type = by_type || strcmp(column->of.keys[i].key, "type") == 0;
  }
  sg_status status = bound_eval(in, &column->each, column->where, in->columns[k], error);
  if (status == SG_OK) {
    status = bound_filter(in, &column->of, column->where, mask, error);
  }
  for (uint32_t c = 0; status == SG_OK && c < n; c++) {
    bool counts = mask[c] && (in->book->instruments.type[c] != ASSET || by_type);
    double each = counts ? in->columns[k][c] : 0.0;
    in->columns[k][c] = column->per_contract ? each : each * in->book->instruments.multiplier[c];
    if (!(in->columns[k][c] - in->columns[k][c] == 0.0)) {
      status = error_add(error, SG_INPUT, column->where, "column %s is not a finite number for instrument %s",
                         column->name, in->book->instruments.id[c]);
    }
  }
  free(mask);
  return status;
}

static sg_status bind_levels(bound *in, uint32_t l, sg_error *error) {
  const model_levels *rules = &in->model->level_sets[l];
  bound_levels *levels = &in->levels[l];
  levels->n = rules->n;
  levels->items = ARENA_ARRAY(in->memory, bound_level, rules->n);
  uint32_t converting = 0;
  while (converting + 1 < rules->n && rules->items[converting].convert == CONVERT_NONE) {
    converting++;
  }
  uint32_t currency = 1u << KEY_CURRENCY;
  uint32_t first_keys = in->model->groupings[rules->items[0].grouping].keys;
  levels->leaf_set = bound_add_set(in, first_keys | currency | 1u << KEY_UNDERLYING);
  if (levels->items == NULL || levels->leaf_set == ID_NONE) {
    return error_out_of_memory(error);
  }
  uint32_t below = levels->leaf_set;
  for (uint32_t i = 0; i < rules->n; i++) {
    const model_level *rule = &rules->items[i];
    uint32_t keys = in->model->groupings[rule->grouping].keys | (i < converting ? currency : 0);
    levels->items[i] = (bound_level){bound_add_set(in, keys), rule};
    if (levels->items[i].set == ID_NONE) {
      return error_out_of_memory(error);
    }
    TRY(bound_check_nested(in, below, levels->items[i].set, rule->where, error));
    below = levels->items[i].set;
  }
  return SG_OK;
}

/* A worst, var or es lives on the level of its blocks that its `by` names. */
static sg_status bind_amount(bound *in, uint32_t m, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  in->amount_set[m] = in->grouping_set[amount->grouping];
  for (uint32_t b = 0; b < amount->n_blocks; b++) {
    const bound_levels *levels = &in->levels[in->model->blocks[amount->blocks[b]].levels];
    uint32_t l = 0;
    while (l < levels->n && levels->items[l].rule->grouping != amount->grouping) {
      l++;
    }
    if (l == levels->n) {
      return error_add(error, SG_BUG, amount->where, "amount %s has no level by its groups", amount->name);
    }
    if (b > 0 && levels->items[l].set != in->amount_set[m]) {
      return error_add(error, SG_INPUT, amount->where,
                       "the blocks of amount %s convert currencies at different levels", amount->name);
    }
    in->amount_set[m] = levels->items[l].set;
    in->amount_level[m] = l;
  }
  for (uint32_t t = 0; t < amount->n_terms; t++) {
    if (amount->terms[t].is == TERM_AMOUNT) {
      TRY(bound_check_nested(in, in->amount_set[amount->terms[t].amount], in->amount_set[m], amount->where, error));
    }
  }
  return SG_OK;
}

/* A set that carries the currency only because it lies below the conversion names it only where two groups would
 * otherwise share a name. */
static sg_status name_nodes(bound *in, uint32_t m, sg_error *error) {
  const group_set *set = &in->sets[in->amount_set[m]];
  const group_set *written = &in->sets[in->grouping_set[in->model->amounts[m].grouping]];
  uint32_t *count = calloc(written->n_groups + 1, sizeof *count);
  const char **names = ARENA_ARRAY(in->memory, const char *, set->n_groups);
  in->node_names[m] = names;
  if (names == NULL || count == NULL) {
    free(count);
    return error_out_of_memory(error);
  }
  bool empty = in->book->instruments.n == 0;
  for (uint32_t g = 0; !empty && g < set->n_groups; g++) {
    count[written->of[set->first[g]]]++;
  }
  for (uint32_t g = 0; !empty && g < set->n_groups; g++) {
    uint32_t as_written = written->of[set->first[g]];
    const char *currency = in->book->currencies.id[in->book->instruments.currency[set->first[g]]];
    names[g] = count[as_written] == 1 ? written->name[as_written]
                                      : arena_format(in->memory, "%s/%s", written->name[as_written], currency);
  }
  free(count);
  return SG_OK;
}

static sg_status bind_all(bound *in, sg_error *error) {
  const model *m = in->model;
  if (bound_add_set(in, 0) == ID_NONE) {
    return error_out_of_memory(error);
  }
  sg_status status = SG_OK;
  for (uint32_t i = 0; i < m->n_inputs; i++) {
    sg_status input_status = bind_input(in, i, error);
    status = input_status != SG_OK ? input_status : status;
  }
  TRY(status);
  for (uint32_t g = 0; g < m->n_groupings; g++) {
    in->grouping_set[g] = bound_add_set(in, m->groupings[g].keys);
    if (in->grouping_set[g] == ID_NONE) {
      return error_out_of_memory(error);
    }
  }
  for (uint32_t k = 0; k < m->n_columns; k++) {
    TRY(bind_column(in, k, error));
  }
  for (uint32_t l = 0; l < m->n_level_sets; l++) {
    TRY(bind_levels(in, l, error));
  }
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    TRY(bind_amount(in, a, error));
    TRY(name_nodes(in, a, error));
  }
  return SG_OK;
}

sg_status bound_make(const book *of, const model *m, const double *vol, arena *memory, bound **made, sg_error *error) {
  *made = NULL;
  bound *in = calloc(1, sizeof *in);
  if (in == NULL) {
    return error_out_of_memory(error);
  }
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&in->lock, &recursive);
  pthread_mutexattr_destroy(&recursive);
  in->memory = memory;
  in->book = of;
  in->model = m;
  in->vol = vol;
  in->grouping_set = ARENA_ARRAY(in->memory, uint32_t, m->n_groupings);
  in->levels = ARENA_ARRAY(in->memory, bound_levels, m->n_level_sets);
  in->amount_set = ARENA_ARRAY(in->memory, uint32_t, m->n_amounts);
  in->amount_level = ARENA_ARRAY(in->memory, uint32_t, m->n_amounts);
  in->inputs = ARENA_ARRAY(in->memory, double *, m->n_inputs);
  in->underlying_inputs = ARENA_ARRAY(in->memory, double *, m->n_inputs);
  in->input_texts = ARENA_ARRAY(in->memory, const char **, m->n_inputs);
  in->tables = ARENA_ARRAY(in->memory, double *, m->n_parameters);
  in->columns = ARENA_ARRAY(in->memory, double *, m->n_columns);
  in->node_names = ARENA_ARRAY(in->memory, const char **, m->n_amounts);
  in->american = american_table_make(memory, american_shape_get((american_accuracy)m->american));
  bool enough = in->american && in->node_names && in->grouping_set && in->levels && in->amount_set &&
                in->amount_level && in->inputs && in->underlying_inputs && in->input_texts && in->tables && in->columns;
  if (enough && m->shares_boundaries) {
    in->shared = ARENA_ARRAY(memory, boundaries, 1);
    enough = in->shared != NULL && boundaries_open(in->american, in->shared);
  }
  sg_status status = enough ? bind_all(in, error) : error_out_of_memory(error);
  if (status != SG_OK) {
    bound_close(in);
    return status;
  }
  *made = in;
  return SG_OK;
}

void bound_close(bound *made) {
  if (made != NULL) {
    if (made->shared != NULL) {
      boundaries_close(made->shared);
    }
    free(made->sets);
    ARRAY_FREE(&made->group_slots);
    pthread_mutex_destroy(&made->lock);
    free(made);
  }
}
