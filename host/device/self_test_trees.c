/* SPDX-License-Identifier: MIT
 *
 * Known cases of net_trees: hierarchies with every feature of a level.
 */
#include "device/self_test.h"
#include "kernels/shared.h"

#include <math.h>

enum { ROWS = 23, FIRST_BAD = 16, N_BAD = 6, RATE_ROWS = 3 };

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* Nodes depth by depth, leaves first. */
typedef struct forest {
  uint32_t n_trees, n_levels, n_nodes;
  uint32_t *n_at;      /* [depth] */
  uint32_t **children; /* [depth][node there] */
} forest;

/* Children of each node from the top down; those of the first depth are positions. One node has more than a segment,
 * of two levels one of each. */
static bool forest_make(arena *memory, uint32_t n_trees, uint32_t n_levels, uint64_t *seed, forest *made) {
  static const uint32_t n_children[] = {1, 3, 1, 2, 5, 1, 1};
  static const uint32_t n_positions[] = {3, 1, NET_SEGMENT, 2, 0, 1, NET_SEGMENT + 1, 5, 1, 2 * NET_SEGMENT + 30};
  *made = (forest){.n_trees = n_trees, .n_levels = n_levels, .n_at = ARENA_ARRAY(memory, uint32_t, n_levels + 1),
                   .children = ARENA_ARRAY(memory, uint32_t *, n_levels + 1)};
  for (uint32_t n = n_trees, depth = n_levels; made->n_at && made->children; depth--) {
    uint32_t below = 0, *children = made->children[depth] = ARENA_ARRAY(memory, uint32_t, n);
    bool longest = false;
    for (uint32_t i = 0; children && i < n; i++) {
      uint32_t any = (uint32_t)(1e6 * (1 + case_random(seed)));
      bool of_many = (depth == 1 || (depth == 2 && n_trees < 20)) && !longest && i == n / 2 && n_levels < 3;
      longest = longest || of_many;
      children[i] = depth == 0  ? n_positions[i < 40 ? any % N_OF(n_positions) : any % 2]
                    : of_many ? 2 * NET_SEGMENT + 7
                              : n_children[any % N_OF(n_children)];
      below += children[i];
    }
    made->n_at[depth] = n;
    made->n_nodes += n;
    if (!children || depth == 0) {
      return children != NULL;
    }
    n = below;
  }
  return false;
}

/* run_begin[depth][run] of as many runs as there are trees: of one each or, where their number is even, of none, none and
 * three in turn. The numbers of nodes are those of all depths below added up. */
static uint32_t *run_begin_make(arena *memory, const forest *of) {
  uint32_t width = of->n_trees + 1, *begin = ARENA_ARRAY(memory, uint32_t, (of->n_levels + 1) * (size_t)width);
  uint32_t first = of->n_nodes;
  for (uint32_t d = of->n_levels + 1; begin && d-- > 0;) {
    first -= of->n_at[d];
    uint32_t node = 0, above = 0, *own = begin + d * (size_t)width;
    for (uint32_t r = 0; r <= of->n_trees; r++) {
      uint32_t t = of->n_trees % 2 == 0 && r < of->n_trees ? r / 3 * 3 : r;
      uint32_t end = d == of->n_levels ? t : own[width + r] - first - of->n_at[d];
      for (; d < of->n_levels && above < end; above++) {
        node += of->children[d + 1][above];
      }
      own[r] = first + (d == of->n_levels ? t : node);
    }
  }
  return begin;
}

static uint32_t *parts_make(arena *memory, const forest *of) {
  uint32_t *part = ARENA_ARRAY(memory, uint32_t, of->n_nodes + 1);
  uint32_t node = 0;
  for (uint32_t d = 0; part && d < of->n_levels; d++) {
    for (uint32_t above = 0; above < of->n_at[d + 1]; above++) {
      for (uint32_t i = 0; i < of->children[d + 1][above]; i++, node++) {
        part[node] = 2 * (node % RATE_ROWS) + (i + 1 == of->children[d + 1][above]);
      }
    }
  }
  return part;
}

/* Results of earlier tiles, and a number of its own for each node. */
typedef struct results {
  uint32_t *number, *scenario, *bad;
  double *worst, *cap, *credit;
} results;

static results results_make(arena *memory, uint32_t n, uint64_t *seed) {
  results made = {ARENA_ARRAY(memory, uint32_t, n), ARENA_ARRAY(memory, uint32_t, n), ARENA_ARRAY(memory, uint32_t, n),
                  case_randoms(memory, n, 1e6, seed), ARENA_ARRAY(memory, double, n), ARENA_ARRAY(memory, double, n)};
  bool enough = made.number && made.scenario && made.bad && made.worst && made.cap && made.credit;
  for (uint32_t i = 0; enough && i < n; i++) {
    made.number[i] = n - 1 - i;
    made.scenario[i] = 5 * i;
    made.bad[i] = i % 4;
    made.worst[i] = i % 3 ? made.worst[i] : 0.0;
    made.cap[i] = i % 3 ? 1e4 : (double)INFINITY;
    made.credit[i] = i % 2 ? 5e3 : 0;
  }
  return made;
}

/* P&L with rows of zeros of both signs, some that are not finite, in single columns too, and last one of which a quarter is
 * zeros of both signs. */
static double *rows_make(arena *memory, uint32_t stride, uint64_t *seed) {
  double *pnl = case_randoms(memory, ROWS * (size_t)stride, 1e5, seed);
  for (uint32_t k = 0; pnl && k < stride; k++) {
    pnl[5 * stride + k] = k % 2 ? -0.0 : 0.0;
    pnl[6 * stride + k] = k % 3 ? 7.0 : -7.0;
    if (k % TREE_COLUMNS < 4) {
      pnl[k] = -1e12; /* of the first row: the worst of large nodes is in the first columns */
    }
    for (uint32_t j = 0; j < N_BAD; j++) {
      uint32_t row = FIRST_BAD + j;
      pnl[row * stride + k] = k % TREE_COLUMNS == 5 * j % 16 ? (double)NAN : pnl[row * stride + k];
    }
    pnl[(ROWS - 1) * stride + k] = k % 7 < 3 ? -0x1p-1074 : 0x1p-1074;
    pnl[7 * stride + k] = k % 11 == 3 ? (double)NAN : k % 11 == 4 ? -(double)INFINITY : pnl[7 * stride + k];
  }
  return pnl;
}

bool case_make_trees(arena *memory, case_size size, uint32_t n_levels, uint32_t carry, known_case *made) {
  forest of;
  uint32_t n_columns = size.n_columns < TREE_COLUMNS ? size.n_columns : TREE_COLUMNS, first = carry * TREE_COLUMNS;
  uint32_t stride = case_pad(n_columns) + first, n_positions = 0, n_depths = n_levels + 1;
  if (!forest_make(memory, size.n_rows, n_levels, &size.seed, &of)) {
    return false;
  }
  uint32_t *begin = ARENA_ARRAY(memory, uint32_t, of.n_at[0] + 1), *level = ARENA_ARRAY(memory, uint32_t, n_depths);
  uint32_t *scenario_of = ARENA_ARRAY(memory, uint32_t, stride);
  double *gains = ARENA_ARRAY(memory, double, n_depths);
  for (uint32_t i = 0; begin && i < of.n_at[0]; i++) {
    begin[i + 1] = n_positions += of.children[0][i];
  }
  for (uint32_t d = 0; level && gains && d < n_depths; d++) { /* all four kinds of depth, a plain one above another too */
    level[d] = (d + size.seed) % 3 != 1 || d == n_levels ? TREE_WANTED : 0;
    level[d] |= d > 0 && (d + size.n_rows) % 3 != 0 ? TREE_PLAIN : 0;
    gains[d] = d % 2 ? 0.9 : -1;
  }
  for (uint32_t k = 0; scenario_of && k < stride; k++) {
    scenario_of[k] = (stride - k) * 3;
  }
  uint32_t *rows = ARENA_ARRAY(memory, uint32_t, n_positions + 1);
  for (uint32_t p = 0; rows && p < n_positions; p++) { /* those that are not finite seldom */
    uint32_t row = p * 7 % ROWS;
    bool bad = row == 7 || (row >= FIRST_BAD && row < FIRST_BAD + N_BAD);
    rows[p] = bad && p % 5 ? 8 : row;
  }
  double *quantity = case_randoms(memory, n_positions + 1, 1000, &size.seed);
  for (uint32_t p = 0; rows && quantity && p < n_positions; p++) {
    quantity[p] = rows[p] == ROWS - 1 ? 0.25 : rows[p] == 0 ? 1 : quantity[p];
  }
  results before = results_make(memory, of.n_nodes, &size.seed);
  *made = (known_case){.kernel = KERNEL_net_trees, .stride = 1, .axes = {{of.n_trees, PER_CELL}, {1, PER_CELL}}};
  case_add(made, CASE_OF_UINTS(begin, of.n_at[0] + 1));
  case_add(made, CASE_OF_UINTS(rows, n_positions));
  case_add(made, CASE_OF_DOUBLES(quantity, n_positions));
  case_add(made, CASE_OF_DOUBLES(rows_make(memory, stride, &size.seed), ROWS * (size_t)stride));
  case_add(made, CASE_OF_UINTS(run_begin_make(memory, &of), n_depths * (size_t)(of.n_trees + 1)));
  case_add(made, CASE_OF_UINTS(parts_make(memory, &of), of.n_nodes));
  case_add(made, CASE_OF_DOUBLES(before.cap, of.n_nodes));
  case_add(made, CASE_OF_DOUBLES(before.credit, of.n_nodes));
  case_add(made, CASE_OF_UINTS(before.number, of.n_nodes));
  case_add(made, CASE_OF_UINTS(level, n_depths));
  case_add(made, CASE_OF_DOUBLES(gains, n_depths));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, RATE_ROWS * (size_t)stride, 2, &size.seed), RATE_ROWS * (size_t)stride));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, n_depths * (size_t)stride, 1, &size.seed), n_depths * (size_t)stride));
  case_add(made, CASE_OF_UINTS(scenario_of, stride));
  const uint32_t numbers[] = {of.n_trees, n_levels, first, n_columns, stride, carry};
  for (size_t i = 0; i < N_OF(numbers); i++) {
    case_add(made, CASE_OF_UINT(numbers[i]));
  }
  case_add(made, (case_argument){.is = CASE_DOUBLES, .data = before.worst, .n = of.n_nodes, .output = "worst"});
  case_add(made, (case_argument){.is = CASE_UINTS, .data = before.scenario, .n = of.n_nodes, .output = "worst_scenario"});
  case_add(made, (case_argument){.is = CASE_UINTS, .data = before.bad, .n = of.n_nodes, .output = "not_finite"});
  return case_complete(made);
}
