/* SPDX-License-Identifier: MIT
 *
 * A tile in one launch for all that lies below each node of the top level: kernels/trees.cl.
 *
 * On a CPU the vectors of nodes are more traffic than their rows are: for 2.9 positions to a node the three kernels write
 * them once and read them twice. On a GPU that is nothing beside its bandwidth, while a tree to a work-item would leave it
 * idle. Where nodes have many positions, netting them underlying by underlying keeps the rows in the cache; even so trees took
 * 0.34 s to its 0.40 s for 20 positions to a node, and two thirds for market makers of 160.
 */
#include "engine/netting_parts.h"

#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>
#include <string.h>

enum { POSITIONS_OF_LEAF = 256, POSITIONS_OF_TREE = 1 << 14 /* on average, at most */, TREES_OF_PROCESSOR = 2 /* or so many */ };

bool netting_takes_trees(const device *on, const bound_levels *levels, const level_request *requests, uint64_t n_positions,
                         uint64_t n_leaves, uint64_t n_trees) {
  bool applies = !device_get_traits(on)->wide && levels->n <= TREE_LEVELS && !requests[0].vectors &&
                 n_positions < UINT32_MAX / (TREE_LEVELS + 2);
  for (uint32_t l = 0; l < levels->n; l++) {
    applies = applies && !requests[1 + l].vectors && !adjustment_needed(levels->items[l].rule);
  }
  bool spreads = n_positions <= POSITIONS_OF_TREE * n_trees ||
                 n_trees >= TREES_OF_PROCESSOR * (uint64_t)device_get_traits(on)->compute_units;
  return applies && n_positions <= POSITIONS_OF_LEAF * n_leaves && spreads;
}

/* ---- the hierarchy ----------------------------------------------------------------------------- */

/* Each depth in the order of its table, which is that of its parents then? */
static bool stands_in_order(const netting *with) {
  bool in_order = true;
  for (uint32_t l = 0; in_order && l < with->levels->n; l++) {
    const level_terms *terms = &with->terms[l];
    for (uint32_t x = 1; in_order && x < terms->n_children; x++) {
      in_order = terms->parent[x - 1] <= terms->parent[x];
    }
  }
  return in_order;
}

static net_trees *trees_make(const netting *with) {
  arena *memory = with->of->memory;
  uint32_t n_levels = with->levels->n, n_leaves = netting_n_leaves(with), n_nodes = n_leaves;
  bool plain = true;
  net_trees *made = ARENA_ARRAY(memory, net_trees, 1);
  uint32_t *first = ARENA_ARRAY(memory, uint32_t, n_levels + 2), *level = ARENA_ARRAY(memory, uint32_t, n_levels + 1);
  if (!made || !first || !level) {
    return NULL;
  }
  for (uint32_t l = 0; l < n_levels; l++) {
    first[l + 1] = n_nodes;
    n_nodes += with->terms[l].n_parents;
    level[l + 1] = with->terms[l].plain ? TREE_PLAIN : 0;
    plain = plain && with->terms[l].plain;
  }
  first[n_levels + 1] = n_nodes;
  uint32_t n_trees = n_nodes - first[n_levels];
  *made = (net_trees){.n_levels = n_levels, .n_trees = n_trees, .n_nodes = n_nodes, .first = first, .level = level,
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
    order_children(made, l, &with->terms[l], next);
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
    const uint32_t *parent = with->terms[l].parent;
    uint32_t first = made->first[l], n = with->terms[l].n_children, *child_begin = made->child_begin + made->first[l + 1];
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
  bool in_order = stands_in_order(with);
  for (uint32_t n = in_order ? 0 : made->first[made->n_levels]; n < made->n_nodes; n++) {
    made->number[n] = n;
  }
  if (in_order) {
    link_all(with, made);
  } else {
    TRY(order_all(with, made, error));
  }
  for (uint32_t l = made->n_levels; l-- > 0;) {
    level_terms *terms = &with->terms[l];
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

/* ---- on the device ----------------------------------------------------------------------------- */

#define LEND(all, array, n) arguments[made++] = memory_lend((all), (array), (n) * sizeof *(array), error)

/* The first fourteen arguments: the device reads them where they lie. */
static void lend_all(const netting *with, const tree_launch *launch, lent_memory *all, kernel_argument *arguments,
                     sg_error *error) {
  const net_trees *trees = with->trees;
  size_t n_leaves = netting_n_leaves(with), n_positions = with->of->n_positions, n_depths = trees->n_levels + 1;
  size_t n_folded = trees->n_rates > 0 ? trees->n_nodes : 0;
  uint32_t made = 0;
  LEND(all, trees->position_begin, n_leaves + 1);
  LEND(all, trees->row, n_positions);
  LEND(all, trees->quantity, n_positions);
  arguments[made++] = ARG_BUFFER(launch->of->pnl);
  LEND(all, trees->tree_begin, n_depths * (trees->n_trees + (size_t)1));
  LEND(all, trees->part, trees->n_nodes);
  LEND(all, trees->cap, n_folded);
  LEND(all, trees->credit, n_folded);
  LEND(all, trees->number, trees->n_nodes);
  LEND(all, launch->level, n_depths);
  LEND(all, trees->gains, n_depths);
  LEND(all, launch->rate, trees->n_rates * (size_t)launch->of->stride);
  LEND(all, launch->scale, trees->n_rates > 0 ? n_depths * launch->of->stride : 0);
  arguments[made] = ARG_BUFFER(launch->of->scenario_of);
}

/* Rows of columns, aligned as the widest lanes are loaded. */
static double *rows_make(arena *memory, size_t n) {
  enum { ALIGNMENT_BYTES = COLUMN_PADDING * sizeof(double) };
  char *start = (char *)ARENA_ARRAY(memory, double, n + COLUMN_PADDING);
  size_t beyond = (uintptr_t)start % ALIGNMENT_BYTES;
  return start == NULL || beyond == 0 ? (double *)start : (double *)(start + ALIGNMENT_BYTES - beyond);
}

/* In the batch's memory: a check may read them later. */
static sg_status make_launch(const netting *with, const tile *of, const level_request *requests, bool carry,
                             tree_launch *made, sg_error *error) {
  const net_trees *trees = with->trees;
  size_t n_folded = trees->n_rates > 0 ? trees->n_levels + 1 : 0;
  uint32_t *level = ARENA_ARRAY(with->of->memory, uint32_t, trees->n_levels + 1);
  double *rate = rows_make(with->of->memory, trees->n_rates * (size_t)of->stride);
  double *scale = rows_make(with->of->memory, n_folded * of->stride);
  if (!level || !rate || !scale) {
    return error_out_of_memory(error);
  }
  *made = (tree_launch){.of = of, .level = level, .rate = rate, .scale = scale, .carry = carry};
  for (uint32_t depth = 0; depth <= trees->n_levels; depth++) {
    level[depth] = trees->level[depth] | (requests[depth].worst ? TREE_WANTED : 0);
  }
  for (uint32_t l = trees->n_levels; l-- > 0;) { /* rows in the order of net_trees_lay_out */
    if (!with->terms[l].plain) {
      TRY(level_rates(with, &with->terms[l], of, rate, error));
      TRY(level_scale(with, with->terms[l].rule->scale, of, scale + (l + 1) * (size_t)of->stride, error));
      rate += (size_t)with->terms[l].n_rates * of->stride;
    }
  }
  return SG_OK;
}

/* Results are written where they lie too: those of earlier tiles are there. */
static sg_status launch_trees(const netting *with, const tree_launch *launch, const worst_results *results, sg_error *error) {
  device *on = with->prices->on;
  const net_trees *trees = with->trees;
  const tile *of = launch->of;
  lent_memory all = {.to = on};
  kernel_argument arguments[23], *written = arguments + 20;
  uint32_t made = 20;
  lend_all(with, launch, &all, arguments, error);
  LEND(&all, results->worst, trees->n_nodes);
  LEND(&all, results->scenario, trees->n_nodes);
  LEND(&all, results->not_finite, trees->n_nodes);
  for (uint32_t first = 0; all.status == SG_OK && first < of->n_columns; first += TREE_COLUMNS) {
    uint32_t n_columns = of->n_columns - first < TREE_COLUMNS ? of->n_columns - first : TREE_COLUMNS;
    const kernel_argument rest[] = {ARG_UINT(trees->n_trees), ARG_UINT(trees->n_levels), ARG_UINT(first),
                                    ARG_UINT(n_columns), ARG_UINT(of->stride), ARG_UINT(launch->carry || first > 0)};
    memcpy(arguments + 14, rest, sizeof rest);
    all.status = device_launch(on, KERNEL_net_trees, arguments, 23, (size_t[2]){trees->n_trees, 1}, error);
  }
  return memory_take_back(&all, written, 3, error);
}

/* ---- a tile ------------------------------------------------------------------------------------ */

/* Results of all depths in one array each, of which the wanted ones are told. */
static sg_status make_outcome(const netting *with, const level_request *requests, block_outcome *outcome, sg_error *error) {
  const net_trees *trees = with->trees;
  double *worst = ARENA_ROOM(with->of->memory, double, trees->n_nodes);
  uint32_t *scenario = ARENA_ROOM(with->of->memory, uint32_t, trees->n_nodes);
  uint32_t *not_finite = ARENA_ROOM(with->of->memory, uint32_t, trees->n_nodes);
  if (!worst || !scenario || !not_finite) {
    return error_out_of_memory(error);
  }
  outcome->trees = (level_outcome){.worst = worst, .scenario = scenario, .not_finite = not_finite};
  for (uint32_t depth = 0; depth <= trees->n_levels; depth++) {
    level_outcome *of = depth == 0 ? &outcome->leaf : &outcome->levels[depth - 1];
    uint32_t first = trees->first[depth];
    if (requests[depth].worst) {
      *of = (level_outcome){.worst = worst + first, .scenario = scenario + first, .not_finite = not_finite + first};
    }
  }
  return SG_OK;
}

static sg_status check_finite(const netting *with, const tree_launch *launch, const worst_results *results, sg_error *error) {
  const net_trees *trees = with->trees;
  for (uint32_t depth = 0; depth <= trees->n_levels; depth++) {
    uint32_t any = 0;
    for (uint32_t n = trees->first[depth]; (launch->level[depth] & TREE_WANTED) && n < trees->first[depth + 1]; n++) {
      any |= results->not_finite[n];
    }
    if (any != 0) {
      return tile_report_not_finite(with->prices, launch->of, error);
    }
  }
  return SG_OK;
}

sg_status net_trees_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome,
                        sg_error *error) {
  tree_launch launch;
  tree_check *check = NULL;
  bool carry = outcome->trees.worst != NULL;
  TRY(net_trees_lay_out(with, error));
  TRY(carry ? SG_OK : make_outcome(with, requests, outcome, error));
  TRY(make_launch(with, of, requests, carry, &launch, error));
  const worst_results results = {outcome->trees.worst, outcome->trees.scenario, outcome->trees.not_finite};
  if (with->prices->watch != NULL) {
    double shares[TREE_LEVELS + 1];
    for (uint32_t depth = 0; depth <= with->levels->n; depth++) {
      uint32_t n_nodes = with->trees->first[depth + 1] - with->trees->first[depth];
      shares[depth] = requests[depth].worst ? netting_share(with, of, requests, n_nodes) : 0.0;
    }
    TRY(tree_check_open(with, &launch, shares, &results, &check, error));
  }
  TRY(launch_trees(with, &launch, &results, error));
  if (check != NULL) {
    tree_check_take(check, &results, with->of);
  }
  return check_finite(with, &launch, &results, error);
}
