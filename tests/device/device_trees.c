/* SPDX-License-Identifier: MIT
 *
 * net_trees gives the bytes of net_nodes, fold_level of each level and reduce_worst one after the other.
 */
#include "device/self_test.h"
#include "kernels/shared.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static device *reference, *opencl;

static device *open_device(const char *choice) {
  device *opened = NULL;
  const sg_device_options options = {.skip_self_test = true};
  assert_int_equal(device_open(choice, &options, &opened, NULL), SG_OK);
  return opened;
}

static int setup(void **state) {
  reference = open_device("reference");
  opencl = open_device("auto");
  return 0;
}

static int teardown(void **state) {
  device_close(opencl);
  device_close(reference);
  return 0;
}

/* The arguments of a case of net_trees. */
typedef struct trees {
  const uint32_t *position_begin, *instrument, *run_begin, *part, *number, *level, *scenario_of;
  const double *quantity, *pnl, *cap, *credit, *gains, *rate, *scale;
  uint32_t n_runs, n_levels, first, n_columns, stride, carry, n_nodes, n_rows, n_rates;
} trees;

static trees trees_of(const known_case *known) {
  const case_argument *a = known->arguments;
  return (trees){a[0].data, a[1].data,  a[4].data,  a[5].data,  a[8].data,  a[9].data, a[13].data,
                 a[2].data, a[3].data,  a[6].data,  a[7].data,  a[10].data, a[11].data, a[12].data,
                 a[14].uint, a[15].uint, a[16].uint, a[17].uint, a[18].uint, a[19].uint,
                 (uint32_t)a[20].n, (uint32_t)(a[3].n / a[18].uint), (uint32_t)(a[11].n / a[18].uint)};
}

/* n rows of the launch's columns alone. */
static double *slice(arena *memory, const trees *of, const double *from, size_t n) {
  uint32_t stride = case_pad(of->n_columns);
  double *made = ARENA_ARRAY(memory, double, n * stride);
  for (size_t i = 0; i < n; i++) {
    memcpy(made + i * stride, from + i * of->stride + of->first, stride * sizeof *made);
  }
  return made;
}

static uint32_t *identity(arena *memory, size_t n) {
  uint32_t *made = ARENA_ARRAY(memory, uint32_t, n);
  for (size_t i = 0; i < n; i++) {
    made[i] = (uint32_t)i;
  }
  return made;
}

static double *filled(arena *memory, size_t n, double value) {
  double *made = ARENA_ARRAY(memory, double, n);
  for (size_t i = 0; i < n; i++) {
    made[i] = value;
  }
  return made;
}

static void *run(device *on, arena *memory, const known_case *known, size_t output) {
  void *outputs[CASE_ARGUMENTS_LIMIT];
  assert_int_equal(case_run(on, known, 0, memory, outputs, NULL), SG_OK);
  return outputs[output];
}

static const double *net_leaves(device *on, arena *memory, const trees *of, uint32_t n) {
  uint32_t stride = case_pad(of->n_columns), n_positions = of->position_begin[n];
  uint64_t *begin = ARENA_ARRAY(memory, uint64_t, n + 1);
  for (uint32_t i = 0; i <= n; i++) {
    begin[i] = of->position_begin[i];
  }
  known_case net = {.kernel = KERNEL_net_nodes, .stride = stride, .axes = {{stride, PER_SPAN}, {n, PER_CELL}}};
  case_add(&net, CASE_OF_ULONGS(begin, n + 1));
  case_add(&net, CASE_OF_UINTS(of->instrument, n_positions));
  case_add(&net, CASE_OF_DOUBLES(of->quantity, n_positions));
  case_add(&net, CASE_OF_DOUBLES(slice(memory, of, of->pnl, of->n_rows), of->n_rows * (size_t)stride));
  case_add(&net, CASE_OF_UINTS(identity(memory, n), n));
  case_add(&net, CASE_OF_UINT(n));
  case_add(&net, CASE_OF_UINT(stride));
  case_add(&net, CASE_OF_SPAN);
  case_add(&net, CASE_OF_OUTPUT("node_pnl", n * (size_t)stride));
  return run(on, memory, &net, 8);
}

/* Children first .. first + n_children - 1 into n parents. */
static const double *fold(device *on, arena *memory, const trees *of, uint32_t depth, uint32_t first, uint32_t n_children,
                          uint32_t n, const double *children) {
  uint32_t stride = case_pad(of->n_columns), parent = 0;
  bool plain = (of->level[depth] & TREE_PLAIN) != 0;
  uint64_t *begin = ARENA_ARRAY(memory, uint64_t, n + 1);
  uint32_t *rate_row = ARENA_ARRAY(memory, uint32_t, n_children);
  for (uint32_t x = 0; x < n_children; x++) {
    rate_row[x] = plain ? 0 : of->part[first + x] / 2;
    if (of->part[first + x] % 2 != 0) { /* the last of its parent */
      begin[++parent] = x + 1;
    }
  }
  assert_int_equal(parent, n);
  const double *ones = filled(memory, stride, 1), *none = filled(memory, n_children, (double)INFINITY);
  const double *rate = slice(memory, of, of->rate, of->n_rates);
  known_case folded = {.kernel = KERNEL_fold_level, .stride = stride, .axes = {{stride, PER_LANES}, {n, PER_CELL}}};
  case_add(&folded, CASE_OF_ULONGS(begin, n + 1));
  case_add(&folded, CASE_OF_UINTS(identity(memory, n_children), n_children));
  case_add(&folded, CASE_OF_UINTS(rate_row, n_children));
  case_add(&folded, CASE_OF_DOUBLES(plain ? ones : rate, (plain ? 1 : of->n_rates) * (size_t)stride));
  case_add(&folded, CASE_OF_DOUBLE(plain ? 1 : of->gains[depth]));
  case_add(&folded, CASE_OF_DOUBLES(plain ? none : of->cap + first, n_children));
  case_add(&folded, CASE_OF_DOUBLES(plain ? ones : slice(memory, of, of->scale + depth * (size_t)of->stride, 1), stride));
  case_add(&folded, CASE_OF_DOUBLES(plain ? filled(memory, n, 0) : of->credit + first + n_children, n));
  case_add(&folded, CASE_OF_UINT(n));
  case_add(&folded, CASE_OF_UINT(stride));
  case_add(&folded, CASE_OF_DOUBLES(children, n_children * (size_t)stride));
  case_add(&folded, CASE_OF_OUTPUT("parent_pnl", n * (size_t)stride));
  return run(on, memory, &folded, 11);
}

/* Compares results of nodes first .. first + n - 1 with what is reduced of their vectors. */
static void check_results(device *on, arena *memory, const known_case *known, const trees *of, uint32_t first, uint32_t n,
                          const double *pnl, void **outputs) {
  uint32_t stride = case_pad(of->n_columns);
  double *before = ARENA_ARRAY(memory, double, n);
  uint32_t *scenario = ARENA_ARRAY(memory, uint32_t, n), *bad = ARENA_ARRAY(memory, uint32_t, n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t number = of->number[first + i];
    before[i] = ((const double *)known->arguments[20].data)[number];
    scenario[i] = ((const uint32_t *)known->arguments[21].data)[number];
    bad[i] = ((const uint32_t *)known->arguments[22].data)[number];
  }
  known_case reduced = {.kernel = KERNEL_reduce_worst, .stride = 1, .axes = {{n, PER_CELL}, {1, PER_CELL}}};
  case_add(&reduced, CASE_OF_DOUBLES(pnl, n * (size_t)stride));
  case_add(&reduced, CASE_OF_UINTS(of->scenario_of + of->first, stride));
  case_add(&reduced, CASE_OF_UINT(n));
  case_add(&reduced, CASE_OF_UINT(of->n_columns));
  case_add(&reduced, CASE_OF_UINT(stride));
  case_add(&reduced, CASE_OF_UINT(of->carry));
  case_add(&reduced, (case_argument){.is = CASE_DOUBLES, .data = before, .n = n, .output = "worst"});
  case_add(&reduced, (case_argument){.is = CASE_UINTS, .data = scenario, .n = n, .output = "worst_scenario"});
  case_add(&reduced, (case_argument){.is = CASE_UINTS, .data = bad, .n = n, .output = "not_finite"});
  void *expected[CASE_ARGUMENTS_LIMIT];
  assert_int_equal(case_run(on, &reduced, 0, memory, expected, NULL), SG_OK);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t number = of->number[first + i];
    assert_memory_equal((double *)expected[6] + i, (double *)outputs[20] + number, sizeof(double));
    assert_int_equal(((uint32_t *)expected[7])[i], ((uint32_t *)outputs[21])[number]);
    assert_int_equal(((uint32_t *)expected[8])[i], ((uint32_t *)outputs[22])[number]);
  }
}

/* On each device, which the other tests hold to the bytes of the reference. */
static uint32_t compare(device *on, case_size size, uint32_t n_levels, uint32_t carry) {
  known_case known;
  arena *memory = arena_open();
  void *outputs[CASE_ARGUMENTS_LIMIT];
  assert_true(case_make_trees(memory, size, n_levels, carry, &known));
  assert_int_equal(case_run(on, &known, 0, memory, outputs, NULL), SG_OK);
  trees of = trees_of(&known);
  const double *pnl = NULL;
  uint32_t n_compared = 0, first = 0, n_below = 0;
  for (uint32_t depth = 0; depth <= n_levels; depth++) {
    uint32_t n = of.run_begin[depth * (of.n_runs + 1) + of.n_runs] - first - n_below;
    pnl = depth == 0 ? net_leaves(on, memory, &of, n) : fold(on, memory, &of, depth, first, n_below, n, pnl);
    first += n_below;
    n_below = n;
    if (of.level[depth] & TREE_WANTED) {
      check_results(on, memory, &known, &of, first, n, pnl, outputs);
      n_compared += n;
    }
  }
  arena_close(memory);
  return n_compared;
}

static void trees_give_the_bytes_of_one_kernel_after_the_other(void **state) {
  static const uint32_t columns[] = {1, 16, 51, 64};
  uint32_t n_compared = 0;
  for (uint32_t i = 0; i < 20; i++) {
    for (uint32_t n_levels = 0; n_levels <= TREE_LEVELS; n_levels++) {
      const case_size size = {n_levels < 3 ? 1 + 7 * i : 1 + i, columns[i % 4], 100 * i + n_levels};
      n_compared += compare(i % 4 == 3 ? reference : opencl, size, n_levels, i / 2 % 2);
    }
  }
  print_message("%u results\n", n_compared);
  assert_true(n_compared > 10000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(trees_give_the_bytes_of_one_kernel_after_the_other)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
