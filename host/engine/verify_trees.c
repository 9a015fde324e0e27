/* SPDX-License-Identifier: MIT
 *
 * Results of trees, by the reference from the positions up: a drawn node is a tree of its own over what lies below it.
 */
#include "engine/netting_parts.h"

#include "base/array.h"
#include "base/error.h"
#include "base/sort.h"
#include "kernels/shared.h"

#include <stdlib.h>
#include <string.h>

enum { TERMS = 32 }; /* positions recomputed per draw, on average, at most */

typedef struct drawn {
  uint32_t n;
  uint32_t *node;
  worst_results expected, got; /* [j]; expected: of earlier tiles until checked */
} drawn;

struct tree_check {
  tree_check *next;
  const batch *of;
  const pricing *prices;
  const bound_levels *levels;
  const net_trees *trees;
  tree_launch launch;
  drawn drawn[TREE_LEVELS + 1]; /* [depth] */
};

/* ---- drawing ------------------------------------------------------------------------------------- */

static worst_results results_make(arena *memory, size_t n) {
  return (worst_results){ARENA_ARRAY(memory, double, n), ARENA_ARRAY(memory, uint32_t, n), ARENA_ARRAY(memory, uint32_t, n)};
}

static void results_copy(const net_trees *trees, const drawn *of, const worst_results *from, const worst_results *to) {
  for (uint32_t j = 0; j < of->n; j++) {
    uint32_t number = trees->number[of->node[j]];
    to->worst[j] = from->worst[number];
    to->scenario[j] = from->scenario[number];
    to->not_finite[j] = from->not_finite[number];
  }
}

static uint32_t count_positions(const net_trees *of, uint32_t depth, uint32_t node) {
  uint32_t first, end;
  net_trees_below(of, depth, node, 0, &first, &end);
  return of->position_begin[end] - of->position_begin[first];
}

/* Nodes rising: what they read lies in that order. */
static bool sort_nodes(drawn *of) {
  sort_item *items = malloc(2 * ((size_t)of->n + 1) * sizeof *items);
  for (uint32_t j = 0; items != NULL && j < of->n; j++) {
    items[j] = (sort_item){.key = of->node[j]};
  }
  if (items != NULL) {
    sort_items(items, items + of->n + 1, of->n);
  }
  for (uint32_t j = 0; items != NULL && j < of->n; j++) {
    of->node[j] = (uint32_t)items[j].key;
  }
  free(items);
  return items != NULL;
}

/* Draws nodes of a depth until the sample is full or the work for it is. */
static sg_status draw_nodes(const tree_check *check, uint32_t depth, double share, drawn *made, sg_error *error) {
  verifier *watch = check->prices->watch;
  const net_trees *trees = check->trees;
  arena *memory = check->of->memory;
  uint32_t first = trees->first[depth], all = trees->first[depth + 1] - first;
  uint64_t n = verifier_count(watch, VERIFY_RESULTS, all, share), n_positions = 0;
  *made = (drawn){.node = ARENA_ARRAY(memory, uint32_t, n), .expected = results_make(memory, n), .got = results_make(memory, n)};
  if (!made->node || !made->expected.worst || !made->expected.scenario || !made->expected.not_finite || !made->got.worst ||
      !made->got.scenario || !made->got.not_finite) {
    return error_out_of_memory(error);
  }
  for (uint64_t j = 0; j < n; j++) {
    if (verifier_bounds_work(watch) && n_positions > TERMS * n) {
      verifier_uncount(watch, VERIFY_RESULTS, n - j);
      break;
    }
    made->node[made->n++] = first + (uint32_t)verifier_draw(watch, j, n, all);
    n_positions += count_positions(trees, depth, made->node[j]);
  }
  return n == all || sort_nodes(made) ? SG_OK : error_out_of_memory(error);
}

sg_status tree_check_open(const netting *with, const tree_launch *launch, const double *shares, const worst_results *read,
                          tree_check **made, sg_error *error) {
  tree_check *check = *made = ARENA_ARRAY(with->of->memory, tree_check, 1);
  if (check == NULL) {
    return error_out_of_memory(error);
  }
  *check = (tree_check){.of = with->of, .prices = with->prices, .levels = with->levels, .trees = with->trees, .launch = *launch};
  for (uint32_t depth = 0; depth <= with->trees->n_levels; depth++) {
    if (launch->level[depth] & TREE_WANTED) {
      TRY(draw_nodes(check, depth, shares[depth], &check->drawn[depth], error));
      if (launch->carry) {
        results_copy(with->trees, &check->drawn[depth], read, &check->drawn[depth].expected);
      }
    }
  }
  return SG_OK;
}

void tree_check_take(tree_check *check, const worst_results *read, batch *of) {
  for (uint32_t depth = 0; depth <= check->trees->n_levels; depth++) {
    results_copy(check->trees, &check->drawn[depth], read, &check->drawn[depth].got);
  }
  check->next = of->checks;
  of->checks = check;
}

/* ---- recomputing --------------------------------------------------------------------------------- */

/* A drawn node as the only tree of a launch over the batch's own hierarchy; its result is element 0 of the outputs. */
typedef struct single_tree {
  uint32_t begin[2 * (TREE_LEVELS + 1)]; /* run_begin of kernels/trees.cl */
  uint32_t level[TREE_LEVELS + 1];
  double worst;
  uint32_t scenario, not_finite;
} single_tree;

static void single_tree_set(const net_trees *from, uint32_t depth, uint32_t node, single_tree *to) {
  for (uint32_t d = 0; d <= depth; d++) {
    net_trees_below(from, depth, node, d, &to->begin[2 * (size_t)d], &to->begin[2 * (size_t)d + 1]);
    to->level[d] = (from->level[d] & TREE_PLAIN) | (d == depth ? TREE_WANTED : 0);
  }
}

/* Asks for the rows of a draw, or the first of them, while others are recomputed. */
static void ask_for_rows(const tree_check *check, uint32_t depth, uint32_t node) {
  enum { POSITIONS = 16, LINE_DOUBLES = 8 };
  const net_trees *trees = check->trees;
  const tile *of = check->launch.of;
  uint32_t first, end;
  net_trees_below(trees, depth, node, 0, &first, &end);
  uint32_t begin = trees->position_begin[first], n = trees->position_begin[end] - begin;
  for (uint32_t p = begin; p < begin + (n < POSITIONS ? n : POSITIONS); p++) {
    const double *row = of->mapped + trees->row[p] * (size_t)of->stride;
    for (uint32_t k = 0; k < of->n_columns && k < TREE_COLUMNS; k += LINE_DOUBLES) {
      __builtin_prefetch(row + k);
    }
  }
}

#define LEND(memory, n) memory_lend(&all, (memory), (n) * sizeof *(memory), error)

/* expected[j] of the nodes of a depth; zeros[node] stands for their numbers. */
static sg_status recompute(const tree_check *check, device *reference, uint32_t depth, const uint32_t *zeros, sg_error *error) {
  enum { AHEAD = 3 };
  const net_trees *trees = check->trees;
  const tile *of = check->launch.of;
  const drawn *draws = &check->drawn[depth];
  size_t n_folded = trees->n_rates > 0 ? trees->n_nodes : 0, n_leaves = trees->first[1];
  uint32_t *scenario_of = verify_scenarios(of);
  single_tree tree;
  lent_memory all = {.to = reference, .status = scenario_of == NULL ? error_out_of_memory(error) : SG_OK};
  kernel_argument arguments[] = {
      LEND(trees->position_begin, n_leaves + 1), LEND(trees->row, check->of->n_positions),
      LEND(trees->quantity, check->of->n_positions), LEND(of->mapped, check->prices->n_held * (size_t)of->stride),
      LEND(tree.begin, 2 * ((size_t)depth + 1)), LEND(trees->part, trees->n_nodes), LEND(trees->cap, n_folded),
      LEND(trees->credit, n_folded), LEND(zeros, trees->n_nodes), LEND(tree.level, depth + (size_t)1),
      LEND(trees->gains, depth + (size_t)1), LEND(check->launch.rate, 1), LEND(check->launch.scale, 1),
      LEND(scenario_of, of->stride), ARG_UINT(1), ARG_UINT(depth), ARG_UINT(0), ARG_UINT(0), ARG_UINT(of->stride), ARG_UINT(0),
      LEND(&tree.worst, 1), LEND(&tree.scenario, 1), LEND(&tree.not_finite, 1)};
  for (uint32_t j = 0; all.status == SG_OK && j < draws->n; j++) {
    if (j + AHEAD < draws->n) {
      ask_for_rows(check, depth, draws->node[j + AHEAD]);
    }
    single_tree_set(trees, depth, draws->node[j], &tree);
    tree.worst = draws->expected.worst[j];
    tree.scenario = draws->expected.scenario[j];
    tree.not_finite = draws->expected.not_finite[j];
    for (uint32_t first = 0; all.status == SG_OK && first < of->n_columns; first += TREE_COLUMNS) {
      arguments[16] = ARG_UINT(first);
      arguments[17] = ARG_UINT(of->n_columns - first < TREE_COLUMNS ? of->n_columns - first : TREE_COLUMNS);
      arguments[19] = ARG_UINT(check->launch.carry || first > 0);
      all.status = device_launch(reference, KERNEL_net_trees, arguments, sizeof arguments / sizeof *arguments,
                                 (size_t[2]){1, 1}, error);
    }
    draws->expected.worst[j] = tree.worst;
    draws->expected.scenario[j] = tree.scenario;
    draws->expected.not_finite[j] = tree.not_finite;
  }
  free(scenario_of);
  return memory_take_back(&all, NULL, 0, error);
}

static sg_status compare(const tree_check *check, uint32_t depth, sg_error *error) {
  const drawn *all = &check->drawn[depth];
  const worst_results *expected = &all->expected, *got = &all->got;
  for (uint32_t j = 0; j < all->n; j++) {
    if (!verify_same(expected->worst[j], got->worst[j]) || expected->scenario[j] != got->scenario[j] ||
        expected->not_finite[j] != got->not_finite[j]) {
      uint32_t set = depth == 0 ? check->levels->leaf_set : check->levels->items[depth - 1 + check->trees->merged].set;
      return verify_refuse_node(check->prices->watch, KERNEL_net_trees, check->launch.of, check->of, set,
                                check->trees->number[all->node[j]] - check->trees->first[depth],
                                verify_column_of(check->launch.of, expected->scenario[j]), expected->worst[j],
                                got->worst[j], error);
    }
  }
  return SG_OK;
}

static sg_status check_one(const tree_check *check, device *reference, sg_error *error) {
  const uint32_t *zeros = ARENA_ARRAY(check->of->memory, uint32_t, check->trees->n_nodes);
  if (zeros == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t depth = 0; depth <= check->trees->n_levels; depth++) {
    TRY(check->drawn[depth].n > 0 ? recompute(check, reference, depth, zeros, error) : SG_OK);
    TRY(compare(check, depth, error));
  }
  return SG_OK;
}

sg_status verify_trees(batch *of, sg_error *error) {
  static const sg_device_options untested = {.skip_self_test = true};
  device *reference = NULL; /* one of its own: batches are checked side by side */
  sg_status status = of->checks == NULL ? SG_OK : device_open("reference", &untested, &reference, error);
  for (const tree_check *check = of->checks; status == SG_OK && check != NULL; check = check->next) {
    status = check_one(check, reference, error);
  }
  of->checks = NULL;
  device_close(reference);
  return status;
}
