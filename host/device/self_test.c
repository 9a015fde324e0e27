/* SPDX-License-Identifier: MIT
 *
 * A device proves itself: canaries of the arithmetic and published prices as literals, then every kernel on known cases
 * against the reference, byte for byte.
 */
#include "device/self_test.h"
#include "kernels/shared.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ELEMENTS(table) (sizeof(table) / sizeof *(table))
#define INF ((double)INFINITY)

/* X(operation, a, b, c, expected). Expected from IEEE 754 by hand; quotients and roots from Python, whose / and
 * math.sqrt are correctly rounded. */
#define CANARIES(X)                                                                                                    \
  X(FMA, 0x1.0000002p0, 0x1.0000002p0, -0x1.0000004p0, 0x1p-54)                                                        \
  X(MULTIPLY_ADD, 0x1.0000002p0, 0x1.0000002p0, -0x1.0000004p0, 0.0)                                                   \
  X(FMA, 0x1p-600, 0x1p-474, 0x1p-1074, 0x1p-1073)                                                                     \
  X(FMA, 0x1p1000, 0x1p1000, -INF, -INF)                                                                               \
  X(MULTIPLY_ADD, 0.1, 10.0, -1.0, 0.0)                                                                                \
  X(FMA, 0.1, 10.0, -1.0, 0x1p-54)                                                                                     \
  X(ADD, 1.0, 0x1p-53, 0, 1.0)                                                                                         \
  X(ADD, 0x1.0000000000001p0, 0x1p-53, 0, 0x1.0000000000002p0)                                                         \
  X(ADD, 1.0, 0x1.0000000000001p-53, 0, 0x1.0000000000001p0)                                                           \
  X(ADD, DBL_MAX, 0x1p970, 0, INF)                                                                                     \
  X(ADD, -0.0, -0.0, 0, -0.0)                                                                                          \
  X(ADD, -0.0, 0.0, 0, 0.0)                                                                                            \
  X(ADD, 0x1p-1074, 0x1p-1074, 0, 0x1p-1073)                                                                           \
  X(SUBTRACT, 1.0, 1.0, 0, 0.0)                                                                                        \
  X(SUBTRACT, 0x1p-1022, 0x1p-1074, 0, 0x0.fffffffffffffp-1022)                                                        \
  X(SUBTRACT, 0x1.8p-1022, 0x1p-1022, 0, 0x1p-1023)                                                                    \
  X(MULTIPLY, 0x1p-1022, 0.5, 0, 0x1p-1023)                                                                            \
  X(MULTIPLY, 0x1p-1074, 0.5, 0, 0.0)                                                                                  \
  X(MULTIPLY, 0x1p-1074, 0.75, 0, 0x1p-1074)                                                                           \
  X(MULTIPLY, 0x1p-1074, 0x1p1000, 0, 0x1p-74)                                                                         \
  X(MULTIPLY, -1.0, 0.0, 0, -0.0)                                                                                      \
  X(MULTIPLY, 0x1p1023, 2.0, 0, INF)                                                                                   \
  X(DIVIDE, 1.0, 3.0, 0, 0x1.5555555555555p-2)                                                                         \
  X(DIVIDE, 10.0, 7.0, 0, 0x1.6db6db6db6db7p0)                                                                         \
  X(DIVIDE, -1.0, 49.0, 0, -0x1.4e5e0a72f0539p-6)                                                                      \
  X(DIVIDE, 0x1p-1022, 3.0, 0, 0x0.5555555555555p-1022)                                                                \
  X(DIVIDE, 0x1p-1074, 2.0, 0, 0.0)                                                                                    \
  X(DIVIDE, 1.0, -0.0, 0, -INF)                                                                                        \
  X(SQRT, 2.0, 0, 0, 0x1.6a09e667f3bcdp0)                                                                              \
  X(SQRT, 3.0, 0, 0, 0x1.bb67ae8584caap0)                                                                              \
  X(SQRT, 0x1p-1074, 0, 0, 0x1p-537)                                                                                   \
  X(SQRT, -0.0, 0, 0, -0.0)                                                                                            \
  X(LESS, 1.0, 2.0, 7.0, 2.0)                                                                                          \
  X(LESS, -0.0, 0.0, 7.0, 7.0)                                                                                         \
  X(LESS, 0.0, 0x1p-1074, 7.0, 0x1p-1074)                                                                              \
  X(LESS, (double)NAN, 1.0, 7.0, 7.0)                                                                                  \
  X(LESS_EQUAL, 2.0, 2.0, 7.0, 2.0)                                                                                    \
  X(LESS_EQUAL, -0.0, 0.0, 7.0, 0.0)                                                                                   \
  X(LESS_EQUAL, 3.0, 2.0, 7.0, 7.0)                                                                                    \
  X(EQUAL, 0.0, -0.0, 7.0, -0.0)                                                                                       \
  X(EQUAL, 0x1p-1074, 0.0, 7.0, 7.0)                                                                                   \
  X(EQUAL, (double)NAN, (double)NAN, 7.0, 7.0)                                                                         \
  X(MIN, 0.0, -0.0, 0, 0.0)                                                                                            \
  X(MIN, 1.0, (double)NAN, 0, 1.0)                                                                                     \
  X(MAX, -0.0, 0.0, 0, -0.0)                                                                                           \
  X(MAX, -INF, -DBL_MAX, 0, -DBL_MAX)                                                                                  \
  X(ABS, -0.0, 0, 0, 0.0)                                                                                              \
  X(ABS, -0x1p-1074, 0, 0, 0x1p-1074)                                                                                  \
  X(ROUND, 2.5, 0, 0, 3.0)                                                                                             \
  X(ROUND, -2.5, 0, 0, -3.0)                                                                                           \
  X(ROUND, 0x1.fffffffffffffp-2, 0, 0, 0.0)                                                                            \
  X(ROUND, -0.25, 0, 0, -0.0)                                                                                          \
  X(ROUND, 0x1.0000000000001p52, 0, 0, 0x1.0000000000001p52)                                                           \
  X(EXP, 0.0, 0, 0, 1.0)                                                                                               \
  X(EXP, -INF, 0, 0, 0.0)                                                                                              \
  X(LOG, 1.0, 0, 0, 0.0)                                                                                               \
  X(LOG, 0.0, 0, 0, -INF)                                                                                              \
  X(LOG, INF, 0, 0, INF)

typedef struct canary {
  uint32_t op;
  double inputs[3];
  double expected;
  const char *text;
} canary;

#define CANARY_ROW(op, a, b, c, expected) {PROBE_##op, {a, b, c}, expected, #op " of " #a ", " #b ", " #c},
static const canary canaries[] = {CANARIES(CANARY_ROW)};

enum { CANARIES_PADDED = (ELEMENTS(canaries) + COLUMN_PADDING - 1) / COLUMN_PADDING * COLUMN_PADDING };

/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* One launch per operation over all rows; each looks at its own. */
static sg_status canaries_run(device *on, arena *memory, sg_error *error) {
  double inputs[3][CANARIES_PADDED] = {{0}};
  known_case probe = {.kernel = KERNEL_probe_math, .stride = 1, .axes = {{CANARIES_PADDED, PER_LANES}, {1, PER_CELL}}};
  for (size_t i = 0; i < ELEMENTS(canaries); i++) {
    for (int k = 0; k < 3; k++) {
      inputs[k][i] = canaries[i].inputs[k];
    }
  }
  case_add(&probe, CASE_OF_UINT(CANARIES_PADDED));
  case_add(&probe, CASE_OF_UINT(0));
  for (int k = 0; k < 3; k++) {
    case_add(&probe, CASE_OF_DOUBLES(inputs[k], CANARIES_PADDED));
  }
  case_add(&probe, CASE_OF_OUTPUT("result", CANARIES_PADDED));
  const double *results[N_PROBES] = {NULL};
  for (size_t i = 0; i < ELEMENTS(canaries); i++) {
    const canary *row = &canaries[i];
    if (!results[row->op]) {
      void *outputs[CASE_ARGUMENTS_LIMIT];
      probe.arguments[1].uint = row->op;
      TRY(case_run(on, &probe, 0, memory, outputs, error));
      results[row->op] = outputs[probe.n_arguments - 1];
    }
    if (!same_bits(results[row->op][i], row->expected)) {
      return self_test_fail(on, KERNEL_probe_math, row->text, row->expected, results[row->op][i], error);
    }
  }
  return SG_OK;
}

/* ---- published prices ---------------------------------------------------------------------- */

/* One year, forward 100, no discount. QuantLib (lballabio/QuantLib), test-suite/blackcalculator.cpp,
 * testBlackCalculatorBasicValues, and bacheliercalculator.cpp, testBachelierCalculatorBasicValues; logarithms from
 * Python's decimal. The linear price is its definition. */
static const struct {
  kernel_id kernel;
  double sign, strike, log_strike, stddev, expected;
} prices[] = {
    {KERNEL_price_black, 1, 100, 0, 0.2, 7.9655674554058038},
    {KERNEL_price_black, -1, 100, 0, 0.2, 7.9655674554058038},
    {KERNEL_price_black, 1, 90, -0x1.af8e8210a415dp-4, 0.2, 13.589108116054803},
    {KERNEL_price_black, -1, 90, -0x1.af8e8210a415dp-4, 0.2, 3.5891081160548062},
    {KERNEL_price_black, 1, 110, 0x1.8663f793c46c7p-4, 0.2, 4.2920109414098846},
    {KERNEL_price_black, -1, 110, 0x1.8663f793c46c7p-4, 0.2, 14.292010941409899},
    {KERNEL_price_black, 1, 100, 0, 0, 0},
    {KERNEL_price_bachelier, 1, 100, 0, 20, 7.9788456080286538},
    {KERNEL_price_bachelier, 1, 90, 0, 20, 13.955931148026121},
    {KERNEL_price_bachelier, -1, 110, 0, 20, 13.955931148026121},
    {KERNEL_price_bachelier, 1, 110, 0, 20, 3.9559311480261217},
    {KERNEL_price_bachelier, -1, 100, 0, 0, 0},
    {KERNEL_price_linear, 1, 0, 0, 0, 100},
};

/* The contract's accuracy, 2e-15 of the forward, and the last digits of what was published. */
#define PRICE_TOLERANCE 5e-13

static sg_status price_run(device *on, size_t row, arena *memory, sg_error *error) {
  static const double zeros[COLUMN_PADDING] = {0}, ones[COLUMN_PADDING] = {1}, hundreds[COLUMN_PADDING] = {100};
  static const uint32_t rows[INSTRUMENT_PADDING] = {0};
  double contract[N_CONTRACT_FIELDS][INSTRUMENT_PADDING], vol[INSTRUMENT_PADDING];
  uint32_t slice_of[COLUMN_PADDING];
  void *outputs[CASE_ARGUMENTS_LIMIT];
  for (int i = 0; i < INSTRUMENT_PADDING; i++) {
    const double fields[N_CONTRACT_FIELDS] = {[CONTRACT_STRIKE] = prices[row].strike,
                                              [CONTRACT_LOG_STRIKE] = prices[row].log_strike,
                                              [CONTRACT_SIGN] = prices[row].sign,
                                              [CONTRACT_MULTIPLIER] = 1,
                                              [CONTRACT_YEARS] = 1,
                                              [CONTRACT_DISCOUNT] = 1};
    for (int field = 0; field < N_CONTRACT_FIELDS; field++) {
      contract[field][i] = fields[field];
    }
    vol[i] = prices[row].stddev;
    slice_of[i] = i ? SLICE_PADDING : 0;
  }
  known_case price = {.kernel = prices[row].kernel,
                      .stride = COLUMN_PADDING,
                      .axes = {{COLUMN_PADDING, PER_SPAN}, {INSTRUMENT_PADDING, PER_LANES}}};
  case_add(&price, CASE_OF_DOUBLES(contract, (size_t)N_CONTRACT_FIELDS * INSTRUMENT_PADDING));
  case_add(&price, CASE_OF_UINT(INSTRUMENT_PADDING));
  for (int i = 0; i < 3; i++) {
    case_add(&price, CASE_OF_UINTS(rows, INSTRUMENT_PADDING));
  }
  case_add(&price, CASE_OF_DOUBLES(vol, INSTRUMENT_PADDING));
  case_add(&price, CASE_OF_UINTS(slice_of, COLUMN_PADDING));
  case_add(&price, CASE_OF_DOUBLES(zeros, 1));
  case_add(&price, CASE_OF_DOUBLES(hundreds, COLUMN_PADDING));
  case_add(&price, CASE_OF_DOUBLES(zeros, COLUMN_PADDING));
  case_add(&price, CASE_OF_DOUBLES(ones, COLUMN_PADDING));
  case_add(&price, CASE_OF_DOUBLE(0));
  case_add(&price, CASE_OF_UINT(COLUMN_PADDING));
  case_add(&price, CASE_OF_SPAN);
  case_add(&price, CASE_OF_OUTPUT("pnl", COLUMN_PADDING));
  TRY(case_run(on, &price, 0, memory, outputs, error));
  double got = *(const double *)outputs[price.n_arguments - 1], expected = prices[row].expected;
  if (!(got - expected <= PRICE_TOLERANCE && expected - got <= PRICE_TOLERANCE)) {
    const char *where = arena_format(memory, "published price %zu", row + 1);
    return self_test_fail(on, price.kernel, where ? where : "a published price", expected, got, error);
  }
  return SG_OK;
}

/* ---- against the reference ----------------------------------------------------------------- */

#define COMPARE(made)                                          \
  do {                                                         \
    if (!(made)) {                                             \
      return error_out_of_memory(error);                       \
    }                                                          \
    TRY(case_compare(on, reference, &known, 0, error));        \
  } while (0)

static sg_status cases_compare(device *on, device *reference, arena *memory, sg_error *error) {
  static const case_size small = {3, 5, 1}, few = {9, 5, 2}, half = {11, 45, 3}, odd = {37, 21, 2}, wide = {11, 70, 3},
                         many = {231, 1, 0}, grid = {12, 51, 5};
  static const kernel_id pricers[] = {KERNEL_price_linear, KERNEL_price_black, KERNEL_price_bachelier,
                                      KERNEL_price_american, KERNEL_price_differences, KERNEL_price_lattice,
                                      KERNEL_price_two_boundaries};
  known_case known;
  for (uint32_t op = 0; op < N_PROBES; op++) {
    COMPARE(case_make_probe(memory, op, &known));
  }
  COMPARE(case_make_forwards(memory, odd, &known));
  for (size_t i = 0; i < ELEMENTS(pricers); i++) {
    COMPARE(case_make_price(memory, pricers[i], odd, 0, &known));
    COMPARE(case_make_price(memory, pricers[i], small, 0.01, &known));
    TRY(case_compare(on, reference, &known, on->traits.lanes, error)); /* some work-items have padding only */
  }
  COMPARE(case_make_american_solve(memory, odd, &known));
  COMPARE(case_make_two_boundaries_solve(memory, few, &known));
  COMPARE(case_make_american_share(memory, odd, &known));
  COMPARE(case_make_differences_solve(memory, odd, &known));
  for (int which = 0; which < N_IMPLIED_CASES; which++) {
    COMPARE(case_make_implied(memory, (implied_case)which, which == IMPLIED_AMERICAN ? odd : many, &known));
  }
  COMPARE(case_make_net(memory, small, &known));
  COMPARE(case_make_net(memory, wide, &known));
  TRY(case_compare(on, reference, &known, 3 * COLUMN_PADDING, error)); /* spans that do not fill the row */
  COMPARE(case_make_fold(memory, small, &known));
  COMPARE(case_make_fold(memory, wide, &known));
  COMPARE(case_make_adjust(memory, wide, &known));
  COMPARE(case_make_sums(memory, wide, &known));
  COMPARE(case_make_gather(memory, wide, &known));
  COMPARE(case_make_reduce(memory, odd, 0, &known));
  COMPARE(case_make_reduce(memory, odd, 1, &known));
  for (uint32_t n_levels = 0; n_levels <= TREE_LEVELS; n_levels++) {
    COMPARE(case_make_trees(memory, odd, n_levels, n_levels % 2, &known));
  }
  COMPARE(case_make_trees(memory, grid, 1, 0, &known)); /* what trees.cl calls usual */
  COMPARE(case_make_trees(memory, grid, 2, 1, &known));
  COMPARE(case_make_trees(memory, half, 2, 0, &known));
  COMPARE(case_make_trees(memory, wide, 2, 1, &known));
  return SG_OK;
}

sg_status self_test_run(device *on, sg_error *error) {
  sg_status status = SG_OK;
  device *reference = NULL;
  candidates found = {0};
  arena *memory = arena_open();
  if (!memory) {
    return error_out_of_memory(error);
  }
  TRY_DONE(canaries_run(on, memory, error));
  for (size_t row = 0; row < ELEMENTS(prices); row++) {
    TRY_DONE(price_run(on, row, memory, error));
  }
  TRY_DONE(reference_find(&found, error));
  if (strcmp(on->traits.type, "reference") != 0) {
    TRY_DONE(candidate_open(&found.list.items[0], NULL, &reference, error));
    TRY_DONE(cases_compare(on, reference, memory, error));
  }
done:
  device_close(reference);
  ARRAY_FREE(&found.list);
  arena_close(memory);
  return status;
}
