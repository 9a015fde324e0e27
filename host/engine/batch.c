/* SPDX-License-Identifier: MIT
 *
 * Nodes of a batch, and what is linear in its positions.
 */
#include "engine/batch.h"

#include "base/error.h"
#include "base/parallel.h"

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

/* The arrays of a set's table, with room for a node to each position and one. */
typedef struct table_arrays {
  uint32_t *order, *node_begin, *portfolio_of, *group, *begin;
} table_arrays;

static void table_keep(batch *of, uint32_t set, const table_arrays *made) {
  of->tables[set].group = made->group;
  of->tables[set].begin = made->begin;
  of->order[set] = made->order;
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
  table_keep(of, set, &(table_arrays){NULL, of->number, of->number, group, of->number});
  of->node_of[set] = of->number;
  return SG_OK;
}

/* Nodes of one portfolio whose positions first .. end - 1 stand in the order of their groups; false: they do not. A node is
 * written where the next would be, and kept where its group is new: no branch to guess at for each position. */
static bool add_in_order(const batch *of, const group_set *groups, uint32_t portfolio, uint32_t first, uint32_t end,
                         node_table *table, const table_arrays *made) {
  uint32_t n = table->n, last = UINT32_MAX;
  bool in_order = true;
  for (uint32_t i = first; i < end; i++) {
    uint32_t group = groups->of[of->instrument[i]];
    in_order &= last + 1 <= group + 1;
    n += group != last && i > first;
    made->group[n] = group;
    made->portfolio_of[n] = portfolio;
    made->node_begin[n + 1] = i + 1;
    last = group;
  }
  table->n = n + (end > first);
  return in_order;
}

/* One portfolio's positions in any order; keys is room. */
static void add_sorted(const batch *of, const group_set *groups, uint32_t portfolio, uint32_t first, uint32_t end,
                       uint64_t *keys, node_table *table, const table_arrays *made) {
  for (uint32_t i = first; i < end; i++) {
    keys[i - first] = (uint64_t)groups->of[of->instrument[i]] << 32 | i;
  }
  sort_keys(keys, end - first);
  for (uint32_t i = first; i < end; i++) {
    uint32_t group = (uint32_t)(keys[i - first] >> 32);
    if (i == first || group != (uint32_t)(keys[i - first - 1] >> 32)) {
      made->group[table->n] = group;
      made->portfolio_of[table->n++] = portfolio;
    }
    made->node_begin[table->n] = i + 1;
    made->order[i] = (uint32_t)keys[i - first];
  }
}

/* All positions in the order of their groups, as those of a book mostly are; false: not all are. */
static bool fill_in_order(const batch *of, const group_set *groups, node_table *table, const table_arrays *made) {
  const size_t *begin = of->all->begin + of->first;
  bool in_order = true;
  for (uint32_t f = 0; in_order && f < of->n_portfolios; f++) {
    uint32_t first = (uint32_t)(begin[f] - of->first_position), end = (uint32_t)(begin[f + 1] - of->first_position);
    if (groups->n_groups == 1 && end > first) {
      made->group[table->n] = 0;
      made->portfolio_of[table->n] = f;
      made->node_begin[++table->n] = end;
    } else {
      in_order = add_in_order(of, groups, f, first, end, table, made);
    }
    made->begin[f + 1] = table->n;
  }
  return in_order;
}

static sg_status fill_sorted(const batch *of, const group_set *groups, node_table *table, table_arrays *made, sg_error *error) {
  const size_t *begin = of->all->begin + of->first;
  size_t longest = 0;
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    longest = begin[f + 1] - begin[f] > longest ? begin[f + 1] - begin[f] : longest;
  }
  uint64_t *keys = malloc((longest + 1) * sizeof *keys);
  made->order = ARENA_ROOM(of->memory, uint32_t, of->n_positions);
  if (keys == NULL || made->order == NULL) {
    free(keys);
    return error_out_of_memory(error);
  }
  table->n = 0;
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    uint32_t first = (uint32_t)(begin[f] - of->first_position), end = (uint32_t)(begin[f + 1] - of->first_position);
    add_sorted(of, groups, f, first, end, keys, table, made);
    made->begin[f + 1] = table->n;
  }
  free(keys);
  return SG_OK;
}

/* Groups of each portfolio in key order, positions of each node in instrument order. */
static sg_status make_table(batch *of, uint32_t set, sg_error *error) {
  const group_set *groups = &of->in->sets[set];
  node_table *table = &of->tables[set];
  size_t room = groups->n_groups == 1 ? of->n_portfolios + (size_t)1 : of->n_positions + 1;
  table_arrays made = {.node_begin = ARENA_ROOM(of->memory, uint32_t, room),
                       .portfolio_of = ARENA_ROOM(of->memory, uint32_t, room),
                       .group = ARENA_ROOM(of->memory, uint32_t, room),
                       .begin = ARENA_ROOM(of->memory, uint32_t, of->n_portfolios + (size_t)1)};
  if (!made.node_begin || !made.portfolio_of || !made.group || !made.begin) {
    return error_out_of_memory(error);
  }
  made.begin[0] = made.node_begin[0] = 0;
  if (!fill_in_order(of, groups, table, &made)) {
    TRY(fill_sorted(of, groups, table, &made, error));
  }
  table_keep(of, set, &made);
  return SG_OK;
}

typedef struct node_count {
  const portfolios *all;
  const group_set *groups;
  uint32_t *last; /* [worker][group] portfolio + 1 that was seen there */
  uint64_t n[PARALLEL_WORKERS_MAX];
} node_count;

static void count_range(void *context, uint32_t worker, size_t first, size_t end) {
  node_count *to = context;
  const portfolios *all = to->all;
  uint32_t *last = to->last + worker * (size_t)to->groups->n_groups;
  uint64_t n = 0;
  for (size_t f = first; f < end; f++) {
    for (size_t i = all->begin[f]; i < all->begin[f + 1]; i++) {
      uint32_t group = to->groups->of[all->instrument[i]];
      n += last[group] != f + 1;
      last[group] = (uint32_t)f + 1;
    }
  }
  to->n[worker] += n;
}

sg_status batch_count_nodes(const bound *in, const portfolios *all, const bool *used, uint64_t *nodes, sg_error *error) {
  enum { RANGE_PORTFOLIOS = 1 << 10 };
  for (uint32_t set = 0; set < in->n_sets; set++) {
    node_count counted = {.all = all, .groups = &in->sets[set]};
    nodes[set] = used[set] && all->standalone ? all->n : 0;
    if (!used[set] || all->standalone) {
      continue;
    }
    counted.last = calloc(PARALLEL_WORKERS_MAX * (size_t)counted.groups->n_groups + 1, sizeof *counted.last);
    if (counted.last == NULL) {
      return error_out_of_memory(error);
    }
    parallel_ranges(all->n, RANGE_PORTFOLIOS, count_range, &counted);
    for (uint32_t w = 0; w < PARALLEL_WORKERS_MAX; w++) {
      nodes[set] += counted.n[w];
    }
    free(counted.last);
  }
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

sg_status batch_node_of(batch *of, uint32_t set, const uint32_t **node_of, sg_error *error) {
  if (of->node_of[set] == NULL) {
    uint32_t *made = ARENA_ROOM(of->memory, uint32_t, of->n_positions);
    if (made == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t node = 0; node < of->tables[set].n; node++) {
      for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
        made[batch_position(of, set, x)] = node;
      }
    }
    of->node_of[set] = made;
  }
  *node_of = of->node_of[set];
  return SG_OK;
}

/* The node of a group among first .. end - 1, whose groups rise. */
static uint32_t find_group(const node_table *table, uint32_t group, uint32_t first, uint32_t end) {
  while (end - first > 1) {
    uint32_t middle = first + (end - first) / 2;
    if (table->group[middle] <= group) {
      first = middle;
    } else {
      end = middle;
    }
  }
  return first;
}

sg_status batch_parents(batch *of, uint32_t child_set, uint32_t parent_set, const uint32_t **parent, sg_error *error) {
  if (of->all->standalone) {
    *parent = of->number;
    return SG_OK;
  }
  const node_table *children = &of->tables[child_set], *parents = &of->tables[parent_set];
  const uint32_t *one_of = of->in->sets[child_set].first, *group_of = of->in->sets[parent_set].of;
  uint32_t *made = ARENA_ROOM(of->memory, uint32_t, children->n);
  *parent = made;
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; child_set == parent_set && node < children->n; node++) {
    made[node] = node;
  }
  for (uint32_t f = 0; child_set != parent_set && f < of->n_portfolios; f++) {
    uint32_t first = parents->begin[f], end = parents->begin[f + 1];
    for (uint32_t node = children->begin[f]; node < children->begin[f + 1]; node++) {
      made[node] = end - first == 1 ? first : find_group(parents, group_of[one_of[children->group[node]]], first, end);
    }
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
  bool native = of->tables[set].rate != NULL;
  for (uint32_t node = 0; node < of->tables[set].n; node++) {
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
      uint32_t i = batch_position(of, set, x), c = of->instrument[i];
      double each = of->in->columns[k][c];
      if (column->in != MONEY_NONE) {
        uint32_t paid = b->instruments.currency[c];
        uint32_t from = column->in == MONEY_PAID ? paid : b->underlyings.currency[b->instruments.underlying[c]];
        each *= bound_rate(of->in, from, native ? paid : b->accounts.currency[account]);
      }
      sum[node] = fma(side_of(column->side, of->quantity[i]), each, sum[node]);
    }
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
