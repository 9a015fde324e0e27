/* SPDX-License-Identifier: MIT
 *
 * Which nodes the portfolios of a batch have by a set of groups.
 */
#include "engine/batch_parts.h"

#include "base/error.h"
#include "base/parallel.h"

#include <assert.h>
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

sg_status batch_table_of_single(batch *of, uint32_t set, sg_error *error) {
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
    made->node_begin[n + 1] = i + 1;
    last = group;
  }
  for (uint32_t node = table->n; end > first && node <= n; node++) {
    made->portfolio_of[node] = portfolio;
  }
  table->n = n + (end > first);
  return in_order;
}

/* One portfolio's positions in any order; keys is room. */
static void add_sorted(const batch *of, const group_set *groups, uint32_t portfolio, uint32_t first, uint32_t end,
                       uint64_t *keys, node_table *table, const table_arrays *made) {
  assert(first <= end);
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
  uint64_t *keys = calloc(longest + 1, sizeof *keys);
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

sg_status batch_table(batch *of, uint32_t set, sg_error *error) {
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

/* Groups of one portfolio: where they stand in order, each is counted where it begins. */
static uint64_t count_groups(const node_count *of, size_t f, uint32_t *last) {
  const uint32_t *group_of = of->groups->of, *instrument = of->all->instrument;
  size_t begin = of->all->begin[f], end = of->all->begin[f + 1];
  uint32_t previous = UINT32_MAX;
  uint64_t n = 0;
  bool in_order = true;
  for (size_t i = begin; i < end; i++) {
    uint32_t group = group_of[instrument[i]];
    n += group != previous;
    in_order &= previous + 1 <= group + 1;
    previous = group;
  }
  for (size_t i = begin; !in_order && i < end; i++) {
    uint32_t group = group_of[instrument[i]];
    n = i == begin ? 0 : n;
    n += last[group] != f + 1;
    last[group] = (uint32_t)f + 1;
  }
  return n;
}

static void count_range(void *context, uint32_t worker, size_t first, size_t end) {
  node_count *to = context;
  const size_t *begin = to->all->begin;
  uint32_t *last = to->last + worker * (size_t)to->groups->n_groups;
  uint64_t n = 0;
  for (size_t f = first; f < end; f++) {
    n += to->groups->n_groups == 1 ? begin[f + 1] > begin[f] : count_groups(to, f, last);
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
