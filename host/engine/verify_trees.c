/* SPDX-License-Identifier: MIT
 *
 * Results of trees, by the reference from the positions up: what lies below a drawn node is a tree of its own.
 */
#include "engine/netting_parts.h"

#include "base/array.h"
#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS_TOGETHER = 64, TERMS = 32 }; /* positions recomputed per draw, on average, at most */

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

/* What lies below a node at a lower depth: nodes *first .. *end - 1. */
static void find_below(const net_trees *of, uint32_t depth, uint32_t node, uint32_t lower, uint32_t *first, uint32_t *end) {
  *first = node;
  *end = node + 1;
  for (; depth > lower; depth--) {
    *end = net_trees_child_end(of, depth, *end - 1);
    *first = of->child_begin[*first];
  }
}

static uint32_t count_positions(const net_trees *of, uint32_t depth, uint32_t node) {
  uint32_t first, end;
  find_below(of, depth, node, 0, &first, &end);
  return of->position_begin[end] - of->position_begin[first];
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
  return SG_OK;
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

/* Some nodes of a depth as trees of their own: the arguments of kernels/trees.cl. */
typedef struct subtrees {
  uint32_t first_top;
  ARRAY(uint32_t) tree_begin, position_begin, row, part, number;
  ARRAY(double) quantity, cap, credit;
} subtrees;

static void subtrees_free(subtrees *of) {
  ARRAY_FREE(&of->tree_begin);
  ARRAY_FREE(&of->position_begin);
  ARRAY_FREE(&of->row);
  ARRAY_FREE(&of->part);
  ARRAY_FREE(&of->number);
  ARRAY_FREE(&of->quantity);
  ARRAY_FREE(&of->cap);
  ARRAY_FREE(&of->credit);
}

static void add_node(const net_trees *from, uint32_t node, subtrees *to) {
  bool folded = from->n_rates > 0;
  to->part.items[to->part.n++] = from->part[node];
  to->number.items[to->number.n++] = 0;
  to->cap.items[to->cap.n++] = folded ? from->cap[node] : 0.0;
  to->credit.items[to->credit.n++] = folded ? from->credit[node] : 0.0;
}

static void add_leaf_positions(const net_trees *from, uint32_t leaf, subtrees *to) {
  to->position_begin.items[to->position_begin.n++] = (uint32_t)to->row.n;
  for (uint32_t p = from->position_begin[leaf]; p < from->position_begin[leaf + 1]; p++) {
    to->row.items[to->row.n++] = from->row[p];
    to->quantity.items[to->quantity.n++] = from->quantity[p];
  }
}

static bool reserve_nodes(subtrees *to, size_t n_nodes, size_t n_trees) {
  return ARRAY_RESERVE(&to->part, to->part.n + n_nodes) && ARRAY_RESERVE(&to->number, to->part.n + n_nodes) &&
         ARRAY_RESERVE(&to->cap, to->part.n + n_nodes) && ARRAY_RESERVE(&to->credit, to->part.n + n_nodes) &&
         ARRAY_RESERVE(&to->tree_begin, to->tree_begin.n + n_trees + 1);
}

/* All of a depth that lies below the tops, one tree after the other. */
static bool add_depth(const net_trees *from, uint32_t depth, const uint32_t *top, uint32_t n, uint32_t top_depth, subtrees *to) {
  uint32_t first[DRAWS_TOGETHER], end[DRAWS_TOGETHER];
  size_t n_nodes = 0, n_positions = 0;
  for (uint32_t j = 0; j < n; j++) {
    find_below(from, top_depth, top[j], depth, &first[j], &end[j]);
    n_nodes += end[j] - first[j];
    n_positions += depth == 0 ? from->position_begin[end[j]] - from->position_begin[first[j]] : 0;
  }
  if (!reserve_nodes(to, n_nodes, n) ||
      (depth == 0 && !(ARRAY_RESERVE(&to->position_begin, n_nodes + 1) && ARRAY_RESERVE(&to->row, n_positions + 1) &&
                       ARRAY_RESERVE(&to->quantity, n_positions + 1)))) {
    return false;
  }
  to->first_top = (uint32_t)to->part.n;
  for (uint32_t j = 0; j < n; j++) {
    to->tree_begin.items[to->tree_begin.n++] = (uint32_t)to->part.n;
    for (uint32_t node = first[j]; node < end[j]; node++) {
      add_node(from, node, to);
      if (depth == 0) {
        add_leaf_positions(from, node, to);
      }
    }
  }
  to->tree_begin.items[to->tree_begin.n++] = (uint32_t)to->part.n;
  if (depth == 0) {
    to->position_begin.items[to->position_begin.n++] = (uint32_t)to->row.n;
  }
  return true;
}

static bool subtrees_make(const net_trees *from, uint32_t depth, const uint32_t *top, uint32_t n, subtrees *made) {
  made->tree_begin.n = made->position_begin.n = made->row.n = made->part.n = made->number.n = 0;
  made->quantity.n = made->cap.n = made->credit.n = 0;
  bool enough = true;
  for (uint32_t d = 0; enough && d <= depth; d++) {
    enough = add_depth(from, d, top, n, depth, made);
  }
  for (uint32_t j = 0; enough && j < n; j++) {
    made->number.items[made->first_top + j] = j;
  }
  return enough;
}

#define LEND(memory, n) memory_lend(&all, (memory), (n) * sizeof *(memory), error)
#define LEND_ALL(array) memory_lend(&all, (array).items, ((array).n + 1) * sizeof *(array).items, error)

/* expected[j] of the trees of a launch. */
static sg_status recompute(const tree_check *check, device *reference, uint32_t depth, const subtrees *trees, uint32_t n,
                           const worst_results *expected, sg_error *error) {
  const tile *of = check->launch.of;
  uint32_t level[TREE_LEVELS + 1], *scenario_of = verify_scenarios(of);
  sg_status status = scenario_of == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t d = 0; d <= depth; d++) {
    level[d] = (check->trees->level[d] & TREE_PLAIN) | (d == depth ? TREE_WANTED : 0);
  }
  for (uint32_t first = 0; status == SG_OK && first < of->n_columns; first += TREE_COLUMNS) {
    uint32_t n_columns = of->n_columns - first < TREE_COLUMNS ? of->n_columns - first : TREE_COLUMNS;
    lent_memory all = {.to = reference};
    const kernel_argument arguments[] = {
        LEND_ALL(trees->position_begin), LEND_ALL(trees->row), LEND_ALL(trees->quantity),
        LEND(of->mapped, check->prices->n_held * (size_t)of->stride), LEND_ALL(trees->tree_begin), LEND_ALL(trees->part),
        LEND_ALL(trees->cap), LEND_ALL(trees->credit), LEND_ALL(trees->number), LEND(level, depth + 1),
        LEND(check->trees->gains, depth + 1), LEND(check->launch.rate, 1), LEND(check->launch.scale, 1),
        LEND(scenario_of, of->stride), ARG_UINT(n), ARG_UINT(depth), ARG_UINT(first), ARG_UINT(n_columns),
        ARG_UINT(of->stride), ARG_UINT(check->launch.carry || first > 0), LEND(expected->worst, n),
        LEND(expected->scenario, n), LEND(expected->not_finite, n)};
    status = verify_launch_lent(&all, KERNEL_net_trees, arguments, sizeof arguments / sizeof *arguments,
                                (size_t[2]){n, 1}, error);
  }
  free(scenario_of);
  return status;
}

static sg_status compare(const tree_check *check, uint32_t depth, uint32_t begin, uint32_t end, sg_error *error) {
  const drawn *all = &check->drawn[depth];
  const worst_results *expected = &all->expected, *got = &all->got;
  for (uint32_t j = begin; j < end; j++) {
    if (!verify_same(expected->worst[j], got->worst[j]) || expected->scenario[j] != got->scenario[j] ||
        expected->not_finite[j] != got->not_finite[j]) {
      uint32_t set = depth == 0 ? check->levels->leaf_set : check->levels->items[depth - 1].set;
      return verify_refuse_node(check->prices->watch, KERNEL_net_trees, check->launch.of, check->of, set,
                                check->trees->number[all->node[j]] - check->trees->first[depth],
                                verify_column_of(check->launch.of, expected->scenario[j]), expected->worst[j],
                                got->worst[j], error);
    }
  }
  return SG_OK;
}

static sg_status check_one(const tree_check *check, device *reference, subtrees *room, sg_error *error) {
  for (uint32_t depth = 0; depth <= check->trees->n_levels; depth++) {
    const drawn *all = &check->drawn[depth];
    for (uint32_t first = 0; first < all->n; first += DRAWS_TOGETHER) {
      uint32_t n = all->n - first < DRAWS_TOGETHER ? all->n - first : DRAWS_TOGETHER;
      const worst_results expected = {all->expected.worst + first, all->expected.scenario + first,
                                      all->expected.not_finite + first};
      if (!subtrees_make(check->trees, depth, all->node + first, n, room)) {
        return error_out_of_memory(error);
      }
      TRY(recompute(check, reference, depth, room, n, &expected, error));
      TRY(compare(check, depth, first, first + n, error));
    }
  }
  return SG_OK;
}

sg_status verify_trees(batch *of, sg_error *error) {
  static const sg_device_options untested = {.skip_self_test = true};
  device *reference = NULL; /* one of its own: batches are checked side by side */
  subtrees room = {0};
  sg_status status = of->checks == NULL ? SG_OK : device_open("reference", &untested, &reference, error);
  for (const tree_check *check = of->checks; status == SG_OK && check != NULL; check = check->next) {
    status = check_one(check, reference, &room, error);
  }
  of->checks = NULL;
  subtrees_free(&room);
  device_close(reference);
  return status;
}
