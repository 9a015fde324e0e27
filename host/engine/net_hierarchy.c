/* SPDX-License-Identifier: MIT
 *
 * The hierarchy of a batch as kernels/trees.cl has it. Mostly positions and nodes stand in its order already: then it is the
 * batch's own arrays and a pass over each level.
 */
#include "engine/netting_parts.h"

#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>

/* Work-items, at most: PoCL's threads take up to 32 times their number of them at once, and the last to end is waited for.
 * So there are many more than trees may be: what is taken at once has about as many positions, whatever the trees. */
enum { RUNS_OF_PROCESSOR = 512 };

/* Each depth in the order of its table, which is that of its parents then? */
static bool stands_in_order(const netting *with, const net_trees *made) {
  bool in_order = true;
  for (uint32_t l = 0; in_order && l < made->n_levels; l++) {
    const level_terms *terms = net_trees_terms(with, made, l);
    for (uint32_t x = 1; in_order && x < terms->n_children; x++) {
      in_order = terms->parent[x - 1] <= terms->parent[x];
    }
  }
  return in_order;
}

static net_trees *trees_make(const netting *with) {
  arena *memory = with->of->memory;
  uint32_t merged = with->levels->n > 0 && with->terms[0].plain && with->terms[0].below == with->terms[0].set;
  uint32_t n_levels = with->levels->n - merged, n_leaves = netting_n_leaves(with), n_nodes = n_leaves;
  bool plain = true;
  net_trees *made = ARENA_ARRAY(memory, net_trees, 1);
  uint32_t *first = ARENA_ARRAY(memory, uint32_t, n_levels + 2), *level = ARENA_ARRAY(memory, uint32_t, n_levels + 1);
  if (!made || !first || !level) {
    return NULL;
  }
  for (uint32_t l = 0; l < n_levels; l++) {
    first[l + 1] = n_nodes;
    const level_terms *terms = &with->terms[l + merged];
    n_nodes += terms->n_parents;
    level[l + 1] = terms->plain ? TREE_PLAIN : 0;
    plain = plain && terms->plain;
  }
  first[n_levels + 1] = n_nodes;
  size_t n_runs = (size_t)RUNS_OF_PROCESSOR * device_get_traits(with->prices->on)->compute_units;
  *made = (net_trees){.n_levels = n_levels, .n_nodes = n_nodes, .merged = merged, .first = first, .level = level,
                      .n_runs = (uint32_t)(with->of->n_positions < n_runs ? with->of->n_positions : n_runs),
                      .child_begin = ARENA_ROOM(memory, uint32_t, n_nodes + 1),
                      .part = ARENA_ROOM(memory, uint32_t, n_nodes),
                      .number = ARENA_ROOM(memory, uint32_t, n_nodes),
                      .cap = ARENA_ARRAY(memory, double, plain ? 1 : n_nodes),
                      .credit = ARENA_ARRAY(memory, double, plain ? 1 : n_nodes),
                      .gains = ARENA_ARRAY(memory, double, n_levels + 1)};
  made->run_begin = ARENA_ROOM(memory, uint32_t, (n_levels + 1) * ((size_t)made->n_runs + 1));
  bool enough = made->child_begin && made->run_begin && made->part && made->number && made->cap && made->credit && made->gains;
  return enough ? made : NULL;
}

/* Orders the children of a level by their parents, whose order is known, and in their own; number[node] is its place in
 * the tables, counted from first. next[parent] is room. */
static void order_children(const net_trees *made, uint32_t depth, const level_terms *terms, uint32_t *next) {
  uint32_t first = made->first[depth], first_above = made->first[depth + 1];
  uint32_t *number = made->number + first, *child_begin = made->child_begin + first_above;
  const uint32_t *above = made->number + first_above, *parent = terms->parent;
  for (uint32_t n = 0; n <= terms->n_parents; n++) {
    next[n] = 0;
  }
  for (uint32_t x = 0; x < terms->n_children; x++) {
    next[parent[x]]++;
  }
  for (uint32_t n = 0, sum = 0; n < terms->n_parents; n++) {
    uint32_t of = above[n] - first_above, count = next[of];
    child_begin[n] = first + sum;
    next[of] = sum;
    sum += count;
  }
  for (uint32_t x = 0; x < terms->n_children; x++) {
    number[next[parent[x]]++] = first + x;
  }
}

static sg_status order_all(const netting *with, const net_trees *made, sg_error *error) {
  uint32_t *next = malloc(((size_t)made->n_nodes + 1) * sizeof *next);
  if (next == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t l = made->n_levels; l-- > 0;) {
    order_children(made, l, net_trees_terms(with, made, l), next);
    for (uint32_t n = made->first[l + 1]; n < made->first[l + 2]; n++) {
      uint32_t end = net_trees_child_end(made, l + 1, n);
      for (uint32_t child = made->child_begin[n]; child < end; child++) {
        made->part[child] = child + 1 == end;
      }
    }
  }
  free(next);
  return SG_OK;
}

/* The same where they stand in order. From the leaves up: what a level writes behind its last parent is the next one's. */
static void link_all(const netting *with, const net_trees *made) {
  for (uint32_t l = 0; l < made->n_levels; l++) {
    const uint32_t *parent = net_trees_terms(with, made, l)->parent;
    uint32_t first = made->first[l], n = made->first[l + 1] - first, *child_begin = made->child_begin + made->first[l + 1];
    child_begin[0] = first;
    for (uint32_t x = 0; x < n; x++) {
      child_begin[parent[x] + 1] = first + x + 1;
      made->part[first + x] = x + 1 == n || parent[x + 1] != parent[x];
    }
  }
}

/* What a child brings to its parent, by the node that it is. */
static void add_terms(const net_trees *made, uint32_t depth, const level_terms *terms, uint32_t first_rate) {
  uint32_t first = made->first[depth], above = made->first[depth + 1];
  for (uint32_t child = first; child < above; child++) {
    uint32_t x = made->number[child] - first;
    made->part[child] += 2 * (first_rate + terms->rate_of[x]);
    made->cap[child] = terms->cap[x];
  }
  for (uint32_t n = above; n < above + terms->n_parents; n++) {
    made->credit[n] = terms->credit[made->number[n] - above];
  }
}

/* Those of the leaves, as they stand where that is the order. */
static sg_status add_positions(const netting *with, bool in_order, net_trees *made, sg_error *error) {
  const batch *of = with->of;
  uint32_t set = with->levels->leaf_set, n_leaves = netting_n_leaves(with), n = 0;
  const uint32_t *begin = of->node_begin[set];
  bool as_they_stand = in_order && of->order[set] == NULL, all_held = with->prices->n_held == of->in->book->instruments.n;
  const uint32_t *rows = all_held ? of->instrument : of->row;
  bool rows_known = as_they_stand && (all_held || rows != NULL);
  uint32_t *position_begin = as_they_stand ? NULL : ARENA_ROOM(of->memory, uint32_t, n_leaves + 1);
  uint32_t *row = rows_known ? NULL : ARENA_ROOM(of->memory, uint32_t, of->n_positions);
  double *quantity = as_they_stand ? NULL : ARENA_ROOM(of->memory, double, of->n_positions);
  made->position_begin = as_they_stand ? begin : position_begin;
  made->row = rows_known ? rows : row;
  made->quantity = as_they_stand ? of->quantity : quantity;
  if (!made->position_begin || !made->row || !made->quantity) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; as_they_stand && !rows_known && i < of->n_positions; i++) {
    row[i] = with->prices->row_of[of->instrument[i]];
  }
  for (uint32_t leaf = 0; !as_they_stand && leaf < n_leaves; leaf++) {
    uint32_t node = made->number[leaf];
    position_begin[leaf] = n;
    for (uint32_t x = begin[node]; x < begin[node + 1]; x++) {
      uint32_t i = batch_position(of, set, x);
      row[n] = with->prices->row_of[of->instrument[i]];
      quantity[n++] = of->quantity[i];
    }
    position_begin[leaf + 1] = n;
  }
  return SG_OK;
}

/* The first tree whose positions begin at `position` or later, among from .. n_trees. */
static uint32_t find_tree(const net_trees *made, uint32_t from, uint32_t n_trees, uint64_t position) {
  uint32_t end = n_trees, leaf, end_leaf;
  while (from < end) {
    uint32_t middle = from + (end - from) / 2;
    net_trees_below(made, made->n_levels, made->first[made->n_levels] + middle, 0, &leaf, &end_leaf);
    if (made->position_begin[leaf] < position) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

/* Runs of about as many positions; where a tree has more, some are empty. */
static void add_runs(const net_trees *made, uint64_t n_positions) {
  uint32_t n_trees = made->n_nodes - made->first[made->n_levels], width = made->n_runs + 1, end;
  for (uint32_t r = 0, t = 0; r < made->n_runs; r++) {
    t = find_tree(made, t, n_trees, n_positions * r / made->n_runs);
    for (uint32_t depth = 0; depth <= made->n_levels; depth++) {
      uint32_t *begin = &made->run_begin[depth * (size_t)width + r];
      *begin = made->first[depth + 1];
      if (t < n_trees) {
        net_trees_below(made, made->n_levels, made->first[made->n_levels] + t, depth, begin, &end);
      }
    }
  }
  for (uint32_t depth = 0; depth <= made->n_levels; depth++) {
    made->run_begin[depth * (size_t)width + made->n_runs] = made->first[depth + 1];
  }
}

sg_status net_trees_lay_out(netting *with, sg_error *error) {
  if (with->trees != NULL) {
    return SG_OK;
  }
  net_trees *made = trees_make(with);
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  bool in_order = stands_in_order(with, made);
  for (uint32_t n = in_order ? 0 : made->first[made->n_levels]; n < made->n_nodes; n++) {
    made->number[n] = n;
  }
  if (in_order) {
    link_all(with, made);
  } else {
    TRY(order_all(with, made, error));
  }
  for (uint32_t l = made->n_levels; l-- > 0;) {
    level_terms *terms = net_trees_terms(with, made, l);
    if (!terms->plain) {
      TRY(level_terms_fill(with, terms, error));
      add_terms(made, l, terms, made->n_rates);
    }
    made->n_rates += terms->n_rates;
    made->gains[l + 1] = terms->rule->gains;
  }
  TRY(add_positions(with, in_order, made, error));
  add_runs(made, with->of->n_positions);
  with->trees = made;
  return SG_OK;
}
