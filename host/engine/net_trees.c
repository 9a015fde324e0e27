/* SPDX-License-Identifier: MIT
 *
 * A tile in one launch for all that lies below each node of the top level: kernels/trees.cl. Work-items take runs of trees.
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
  LEND(all, trees->run_begin, n_depths * (trees->n_runs + (size_t)1));
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

/* Are the results of a depth asked for, or those of the level that it is merged with? */
static bool is_wanted(const net_trees *trees, const level_request *requests, uint32_t depth) {
  return requests[depth == 0 ? 0 : depth + trees->merged].worst || (depth == 0 && trees->merged > 0 && requests[1].worst);
}

/* Rows of columns, aligned as the widest lanes are loaded. */
static double *rows_make(arena *memory, size_t n) {
  enum { ALIGNMENT_BYTES = COLUMN_PADDING * sizeof(double) };
  char *start = (char *)ARENA_ARRAY(memory, double, n + COLUMN_PADDING);
  size_t beyond = (uintptr_t)start % ALIGNMENT_BYTES;
  return start == NULL || beyond == 0 ? (double *)(void *)start : (double *)(void *)(start + ALIGNMENT_BYTES - beyond);
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
    level[depth] = trees->level[depth] | (is_wanted(trees, requests, depth) ? TREE_WANTED : 0);
  }
  for (uint32_t l = trees->n_levels; l-- > 0;) { /* rows in the order of net_trees_lay_out */
    const level_terms *terms = net_trees_terms(with, trees, l);
    if (!terms->plain) {
      TRY(level_rates(with, terms, of, rate, error));
      TRY(level_scale(with, terms->rule->scale, of, scale + (l + 1) * (size_t)of->stride, error));
      rate += (size_t)terms->n_rates * of->stride;
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
    const kernel_argument rest[] = {ARG_UINT(trees->n_runs), ARG_UINT(trees->n_levels), ARG_UINT(first),
                                    ARG_UINT(n_columns), ARG_UINT(of->stride), ARG_UINT(launch->carry || first > 0)};
    memcpy(arguments + 14, rest, sizeof rest);
    all.status = device_launch(on, KERNEL_net_trees, arguments, 23, (size_t[2]){trees->n_runs, 1}, error);
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
  for (uint32_t l = 0; l <= with->levels->n; l++) {
    level_outcome *of = l == 0 ? &outcome->leaf : &outcome->levels[l - 1];
    uint32_t first = trees->first[l > trees->merged ? l - trees->merged : 0];
    if (requests[l].worst) {
      *of = (level_outcome){.worst = worst + first, .scenario = scenario + first, .not_finite = not_finite + first};
    }
  }
  return SG_OK;
}

/* A parent's result is that of 0 + (0 + P&L): no zero is negative. */
static void merge_level(const net_trees *trees, const tree_launch *launch, const worst_results *results) {
  bool counts = trees->merged > 0 && (launch->level[0] & TREE_WANTED);
  for (uint32_t n = 0; counts && n < trees->first[1]; n++) {
    results->worst[n] = results->worst[n] + 0.0;
  }
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

/* Of what is drawn, for each depth whose results are wanted. */
static void find_shares(const netting *with, const tree_launch *launch, double *shares) {
  const net_trees *trees = with->trees;
  uint64_t n_all = 0;
  for (uint32_t depth = 0; depth <= trees->n_levels; depth++) {
    uint32_t set = depth == 0 ? with->levels->leaf_set : net_trees_terms(with, trees, depth - 1)->set;
    n_all += launch->level[depth] & TREE_WANTED ? with->of->all_nodes[set] : 0;
  }
  for (uint32_t depth = 0; depth <= trees->n_levels; depth++) {
    shares[depth] = netting_share(with, launch->of, trees->first[depth + 1] - trees->first[depth], n_all);
  }
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
    find_shares(with, &launch, shares);
    TRY(tree_check_open(with, &launch, shares, &results, &check, error));
  }
  TRY(launch_trees(with, &launch, &results, error));
  if (check != NULL) {
    tree_check_take(check, &results, with->of);
  }
  merge_level(with->trees, &launch, &results);
  return check_finite(with, &launch, &results, error);
}
