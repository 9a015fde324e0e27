/* SPDX-License-Identifier: MIT
 *
 * The hierarchy of a batch as kernels/trees.cl has it. Mostly positions and nodes stand in its order already: then it is the
 * batch's own arrays and a pass over each level.
 */
#include "engine/netting_parts.h"

#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>

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
  uint32_t n_trees = n_nodes - first[n_levels];
  *made = (net_trees){.n_levels = n_levels, .n_trees = n_trees, .n_nodes = n_nodes, .merged = merged, .first = first,
                      .level = level,
                      .child_begin = ARENA_ROOM(memory, uint32_t, n_nodes + 1),
                      .tree_begin = ARENA_ROOM(memory, uint32_t, (n_levels + 1) * ((size_t)n_trees + 1)),
                      .part = ARENA_ROOM(memory, uint32_t, n_nodes),
                      .number = ARENA_ROOM(memory, uint32_t, n_nodes),
                      .cap = ARENA_ARRAY(memory, double, plain ? 1 : n_nodes),
                      .credit = ARENA_ARRAY(memory, double, plain ? 1 : n_nodes),
                      .gains = ARENA_ARRAY(memory, double, n_levels + 1)};
  bool enough = made->child_begin && made->tree_begin && made->part && made->number && made->cap && made->credit && made->gains;
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
  uint32_t *position_begin = as_they_stand ? NULL : ARENA_ROOM(of->memory, uint32_t, n_leaves + 1);
  uint32_t *row = as_they_stand && all_held ? NULL : ARENA_ROOM(of->memory, uint32_t, of->n_positions);
  double *quantity = as_they_stand ? NULL : ARENA_ROOM(of->memory, double, of->n_positions);
  made->position_begin = as_they_stand ? begin : position_begin;
  made->row = as_they_stand && all_held ? of->instrument : row;
  made->quantity = as_they_stand ? of->quantity : quantity;
  if (!made->position_begin || !made->row || !made->quantity) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; as_they_stand && !all_held && i < of->n_positions; i++) {
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

static void add_trees(const net_trees *made) {
  uint32_t width = made->n_trees + 1;
  for (uint32_t depth = made->n_levels + 1; depth-- > 0;) {
    uint32_t *begin = made->tree_begin + depth * (size_t)width;
    for (uint32_t t = 0; t < made->n_trees; t++) {
      begin[t] = depth == made->n_levels ? made->first[depth] + t : made->child_begin[begin[width + t]];
    }
    begin[made->n_trees] = made->first[depth + 1];
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
  add_trees(made);
  with->trees = made;
  return SG_OK;
}
