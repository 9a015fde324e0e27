/* SPDX-License-Identifier: MIT
 *
 * Nodes of a batch, and what is linear in its positions.
 */
#include "engine/batch.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>

static int by_key(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static void sort_keys(uint64_t *keys, size_t n) {
  if (n > 24) {
    qsort(keys, n, sizeof *keys, by_key);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    uint64_t key = keys[i];
    size_t j = i;
    while (j > 0 && keys[j - 1] > key) {
      keys[j] = keys[j - 1];
      j--;
    }
    keys[j] = key;
  }
}

/* The arrays of a set's table, with room for a node to each position. */
typedef struct table_arrays {
  uint32_t *order, *node_of, *node_begin, *portfolio_of, *group, *begin;
} table_arrays;

static void table_keep(batch *of, uint32_t set, const table_arrays *made) {
  of->tables[set].group = made->group;
  of->tables[set].begin = made->begin;
  of->order[set] = made->order;
  of->node_of[set] = made->node_of;
  of->node_begin[set] = made->node_begin;
  of->portfolio_of[set] = made->portfolio_of;
}

/* Every position is a portfolio and a node: all that a table says of it is its number. */
static sg_status make_table_of_single(batch *of, uint32_t set, sg_error *error) {
  uint32_t n = of->n_portfolios, *group = ARENA_ROOM(of->memory, uint32_t, n);
  if (of->number == NULL) {
    of->number = ARENA_ROOM(of->memory, uint32_t, n + 1);
    for (uint32_t i = 0; of->number != NULL && i <= n; i++) {
      of->number[i] = i;
    }
  }
  if (group == NULL || of->number == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0; i < n; i++) {
    group[i] = of->in->sets[set].of[of->instrument[i]];
  }
  of->tables[set].n = n;
  table_keep(of, set, &(table_arrays){of->number, of->number, of->number, of->number, group, of->number});
  return SG_OK;
}

/* One portfolio's positions first .. first + n - 1; keys[n] is room. Positions are in the order of instruments, which is
 * mostly that of groups. */
static void table_add(const batch *of, const group_set *groups, uint32_t portfolio, size_t first, size_t n, uint64_t *keys,
                      node_table *table, const table_arrays *made) {
  bool sorted = true;
  for (size_t i = 0; i < n; i++) {
    keys[i] = (uint64_t)groups->of[of->instrument[first + i]] << 32 | i;
    sorted = sorted && (i == 0 || keys[i - 1] < keys[i]);
  }
  if (!sorted) {
    sort_keys(keys, n);
  }
  for (size_t i = 0; i < n; i++) {
    uint32_t group = (uint32_t)(keys[i] >> 32);
    if (i == 0 || group != (uint32_t)(keys[i - 1] >> 32)) {
      made->group[table->n] = group;
      made->node_begin[table->n] = (uint32_t)(first + i);
      made->portfolio_of[table->n++] = portfolio;
    }
    size_t position = first + (uint32_t)keys[i];
    made->order[first + i] = (uint32_t)position;
    made->node_of[position] = table->n - 1;
  }
}

/* Groups of each portfolio in key order, positions of each node in instrument order. */
static sg_status make_table(batch *of, uint32_t set, sg_error *error) {
  const group_set *groups = &of->in->sets[set];
  node_table *table = &of->tables[set];
  const size_t *begin = of->all->begin + of->first;
  size_t longest = 0;
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    longest = begin[f + 1] - begin[f] > longest ? begin[f + 1] - begin[f] : longest;
  }
  table_arrays made = {ARENA_ROOM(of->memory, uint32_t, of->n_positions),     ARENA_ROOM(of->memory, uint32_t, of->n_positions),
                       ARENA_ROOM(of->memory, uint32_t, of->n_positions + 1), ARENA_ROOM(of->memory, uint32_t, of->n_positions),
                       ARENA_ROOM(of->memory, uint32_t, of->n_positions),     ARENA_ARRAY(of->memory, uint32_t, of->n_portfolios + 1)};
  uint64_t *keys = malloc((longest + 1) * sizeof *keys);
  if (!made.order || !made.node_of || !made.node_begin || !made.portfolio_of || !made.group || !made.begin || !keys) {
    free(keys);
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    table_add(of, groups, f, begin[f] - of->first_position, begin[f + 1] - begin[f], keys, table, &made);
    made.begin[f + 1] = table->n;
  }
  free(keys);
  made.node_begin[table->n] = (uint32_t)of->n_positions;
  table_keep(of, set, &made);
  return SG_OK;
}

uint32_t batch_node_currency(const bound *in, uint32_t set, uint32_t group) {
  const group_set *groups = &in->sets[set];
  bool native = (groups->keys & 1u << KEY_CURRENCY) != 0;
  return native ? in->book->instruments.currency[groups->first[group]] : ID_NONE;
}

static sg_status make_rates(batch *of, uint32_t set, sg_error *error) {
  node_table *table = &of->tables[set];
  if ((of->in->sets[set].keys & 1u << KEY_CURRENCY) == 0) {
    return SG_OK;
  }
  double *rate = ARENA_ROOM(of->memory, double, table->n);
  bool single = of->in->book->currencies.n == 1;
  if (rate == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; single && node < table->n; node++) {
    rate[node] = 1.0;
  }
  for (uint32_t node = 0; !single && node < table->n; node++) {
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    rate[node] = bound_rate(of->in, batch_node_currency(of->in, set, table->group[node]),
                            of->in->book->accounts.currency[account]);
  }
  table->rate = rate;
  return SG_OK;
}

sg_status batch_open(bound *in, const portfolios *all, uint32_t first, uint32_t n_portfolios, const bool *used,
                     arena *memory, batch *opened, sg_error *error) {
  *opened = (batch){.memory = memory, .in = in, .all = all, .first = first, .n_portfolios = n_portfolios};
  opened->first_position = all->begin[first];
  opened->n_positions = all->begin[first + n_portfolios] - opened->first_position;
  opened->instrument = all->instrument + opened->first_position;
  opened->quantity = all->quantity + opened->first_position;
  opened->tables = ARENA_ARRAY(opened->memory, node_table, in->n_sets);
  opened->node_of = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->order = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->node_begin = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->portfolio_of = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  bool enough = opened->tables && opened->node_of && opened->order && opened->node_begin && opened->portfolio_of;
  sg_status status = enough ? SG_OK : error_out_of_memory(error);
  for (uint32_t set = 0; status == SG_OK && set < in->n_sets; set++) {
    if (used[set]) {
      status = (all->standalone ? make_table_of_single : make_table)(opened, set, error);
      status = status == SG_OK ? make_rates(opened, set, error) : status;
    }
  }
  return status;
}

sg_status batch_parents(batch *of, uint32_t child_set, uint32_t parent_set, const uint32_t **parent, sg_error *error) {
  if (of->all->standalone) {
    *parent = of->number;
    return SG_OK;
  }
  uint32_t *made = ARENA_ROOM(of->memory, uint32_t, of->tables[child_set].n);
  *parent = made;
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; node < of->tables[child_set].n; node++) {
    made[node] = of->node_of[parent_set][of->order[child_set][of->node_begin[child_set][node]]];
  }
  return SG_OK;
}

static double side_of(column_side side, double quantity) {
  switch (side) {
    case SIDE_LONG: return quantity > 0.0 ? quantity : 0.0;
    case SIDE_SHORT: return quantity < 0.0 ? -quantity : 0.0;
    case SIDE_GROSS: return quantity < 0.0 ? -quantity : quantity;
    default: return quantity;
  }
}

sg_status batch_column(batch *of, uint32_t k, uint32_t set, const double **sums, sg_error *error) {
  const model_column *column = &of->in->model->columns[k];
  const book *b = of->in->book;
  double *sum = ARENA_ARRAY(of->memory, double, of->tables[set].n);
  *sums = sum;
  if (sum == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < of->n_positions; i++) {
    uint32_t c = of->instrument[i], node = of->node_of[set][i];
    double each = of->in->columns[k][c];
    if (column->in != MONEY_NONE) {
      uint32_t paid = b->instruments.currency[c];
      uint32_t from = column->in == MONEY_PAID ? paid : b->underlyings.currency[b->instruments.underlying[c]];
      bool native = of->tables[set].rate != NULL;
      uint32_t account = batch_account(of, of->portfolio_of[set][node]);
      each *= bound_rate(of->in, from, native ? paid : b->accounts.currency[account]);
    }
    sum[node] = fma(side_of(column->side, of->quantity[i]), each, sum[node]);
  }
  return SG_OK;
}

sg_status batch_eval(batch *of, uint32_t set, const expression *rule, place where, double absent, double *out,
                     sg_error *error) {
  const node_table *table = &of->tables[set];
  uint32_t n_groups = of->in->sets[set].n_groups;
  if (rule == NULL || rule->constant) {
    for (uint32_t node = 0; node < table->n; node++) {
      out[node] = rule == NULL ? absent : rule->value;
    }
    return SG_OK;
  }
  double *by_group = malloc((n_groups + 1) * sizeof *by_group);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  sg_status status = by_group == NULL || slots == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    double *values;
    status = bound_group_slot(of->in, &rule->slots[j], set, where, &values, error);
    slots[j] = values;
  }
  if (status == SG_OK) {
    expression_eval(rule, slots, n_groups, by_group);
  }
  for (uint32_t node = 0; status == SG_OK && node < table->n; node++) {
    out[node] = by_group[table->group[node]];
    if (out[node] != out[node]) {
      status = error_add(error, SG_INPUT, where, "\"%s\" differs over the instruments of %s, or is not a number",
                         rule->text, of->in->sets[set].name[table->group[node]]);
    }
  }
  free(by_group);
  free(slots);
  return status;
}
