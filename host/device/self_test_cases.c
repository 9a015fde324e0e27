/* SPDX-License-Identifier: MIT
 *
 * The known cases: for every kernel inputs that reach its branches and tails. Inputs are literals or exact arithmetic
 * on them, so that every machine asks the same question.
 */
#include "base/number.h"
#include "device/self_test.h"
#include "kernels/shared.h"

#include <float.h>
#include <math.h>

#define ELEMENTS(table) (sizeof(table) / sizeof *(table))

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014, figure 16. */
double case_random(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1;
}

double *case_randoms(arena *memory, size_t n, double scale, uint64_t *state) {
  double *made = ARENA_ARRAY(memory, double, n);
  for (size_t i = 0; made && i < n; i++) {
    made[i] = scale * case_random(state);
  }
  return made;
}

uint32_t case_pad(uint32_t n) { return (n + COLUMN_PADDING - 1) / COLUMN_PADDING * COLUMN_PADDING; }

void case_add(known_case *to, case_argument argument) { to->arguments[to->n_arguments++] = argument; }

bool case_complete(const known_case *made) {
  for (size_t i = 0; i < made->n_arguments; i++) {
    const case_argument *argument = &made->arguments[i];
    if (argument->is >= CASE_UINTS && !argument->data && !argument->output) {
      return false;
    }
  }
  return true;
}

/* ---- probe --------------------------------------------------------------------------------- */

static const char *probe_describe(arena *memory, const known_case *of, size_t index) {
  char text[3][NUMBER_TEXT_BYTES];
  for (int i = 0; i < 3; i++) {
    number_format(((const double *)of->arguments[2 + i].data)[index], text[i]);
  }
  return arena_format(memory, ", operation %u of %s, %s, %s", of->arguments[1].uint, text[0], text[1], text[2]);
}

bool case_make_probe(arena *memory, uint32_t op, known_case *made) {
  static const double arguments[] = {
      0,    0x1p-1074, 0x0.8p-1022, 0x1p-1022, 1e-300, 1e-18,  1e-9,  0.1,    0.25,  0.4999999999999999,
      0.5,  0.7,       1,           1.5,       2,      2.5,    3,     5.2,    8,     12.7,
      26.5, 0x1.2d09c7b54e03ep+5 /* its square is 1416 */, 40, 100,       700,    708.39, 709.7, 709.79, 745.2, 1e4,
      1e9,  0x1p52,    0x1.8p52,    1e18,      1e300,  DBL_MAX};
  enum { N_SIGNED = 2 * ELEMENTS(arguments) };
  uint32_t n = (N_SIGNED + COLUMN_PADDING - 1) / COLUMN_PADDING * COLUMN_PADDING;
  double *a = ARENA_ARRAY(memory, double, n), *b = ARENA_ARRAY(memory, double, n), *c = ARENA_ARRAY(memory, double, n);
  *made = (known_case){.kernel = KERNEL_probe_math, .stride = 1, .axes = {{n, PER_LANES}, {1, PER_CELL}}};
  for (uint32_t i = 0; a && b && c && i < n; i++) {
    double magnitude = arguments[i / 2 % ELEMENTS(arguments)];
    a[i] = i % 2 ? -magnitude : magnitude;
    b[i] = arguments[(size_t)i * 7 % ELEMENTS(arguments)];
    c[i] = -arguments[(size_t)i * 5 % ELEMENTS(arguments)];
  }
  case_add(made, CASE_OF_UINT(n));
  case_add(made, CASE_OF_UINT(op));
  case_add(made, CASE_OF_DOUBLES(a, n));
  case_add(made, CASE_OF_DOUBLES(b, n));
  case_add(made, CASE_OF_DOUBLES(c, n));
  case_add(made, CASE_OF_OUTPUT("result", n));
  made->describe = probe_describe;
  return case_complete(made);
}

/* ---- forwards ------------------------------------------------------------------------------ */

static const double bases[] = {100, 0.07, 65432.1};

bool case_make_forwards(arena *memory, case_size size, known_case *made) {
  uint32_t rows = size.n_rows, stride = case_pad(size.n_columns);
  double *base = ARENA_ARRAY(memory, double, rows), *gain = ARENA_ARRAY(memory, double, rows);
  double *move = case_randoms(memory, 2 * (size_t)stride, 0.9, &size.seed);
  uint32_t *move_row = ARENA_ARRAY(memory, uint32_t, rows);
  for (uint32_t r = 0; base && gain && move_row && r < rows; r++) {
    base[r] = bases[r % ELEMENTS(bases)];
    gain[r] = r % 4 == 3 ? base[r] / 3 : base[r];
    move_row[r] = r / 2 % 2;
  }
  if (move) {
    move[0] = -1; /* a forward of 0 */
    move[1] = 0;
  }
  *made =
      (known_case){.kernel = KERNEL_move_forwards, .stride = stride, .axes = {{stride, PER_LANES}, {rows, PER_CELL}}};
  case_add(made, CASE_OF_DOUBLES(base, rows));
  case_add(made, CASE_OF_DOUBLES(gain, rows));
  case_add(made, CASE_OF_UINTS(move_row, rows));
  case_add(made, CASE_OF_DOUBLES(move, 2 * (size_t)stride));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, CASE_OF_OUTPUT("forward", (size_t)rows * stride));
  case_add(made, CASE_OF_OUTPUT("log_move", (size_t)rows * stride));
  return case_complete(made);
}

/* ---- nodes --------------------------------------------------------------------------------- */

enum { ROWS_BELOW = 23 }; /* instruments of the nodes, children of the parents */

/* begin[n] of n_rows lists, whose lengths go round a table, and how many elements they have together. */
static uint64_t *lists_make(arena *memory, uint32_t n_rows, const uint32_t *lengths, size_t n_lengths, uint64_t *n) {
  uint64_t *begin = ARENA_ARRAY(memory, uint64_t, n_rows + 1);
  *n = 0;
  for (uint32_t i = 0; begin && i < n_rows; i++) {
    *n += lengths[i % n_lengths];
    begin[i + 1] = *n;
  }
  return begin;
}

static uint32_t *below_make(arena *memory, size_t n, uint32_t n_rows, uint32_t step) {
  uint32_t *rows = ARENA_ARRAY(memory, uint32_t, n);
  for (size_t i = 0; rows && i < n; i++) {
    rows[i] = (uint32_t)(i * step % n_rows);
  }
  return rows;
}

bool case_make_net(arena *memory, case_size size, known_case *made) {
  static const uint32_t lengths[] = {3, 0, 1, NET_SEGMENT - 1, NET_SEGMENT, NET_SEGMENT + 1, 2 * NET_SEGMENT + 88, 17};
  uint32_t rows = size.n_rows, stride = case_pad(size.n_columns);
  uint64_t n;
  uint64_t *begin = lists_make(memory, rows, lengths, ELEMENTS(lengths), &n);
  uint32_t *destination = ARENA_ARRAY(memory, uint32_t, rows);
  for (uint32_t i = 0; destination && i < rows; i++) {
    destination[i] = rows - 1 - i;
  }
  *made = (known_case){.kernel = KERNEL_net_nodes, .stride = stride, .axes = {{stride, PER_SPAN}, {rows, PER_CELL}}};
  case_add(made, CASE_OF_ULONGS(begin, rows + 1));
  case_add(made, CASE_OF_UINTS(below_make(memory, n, ROWS_BELOW, 7), n));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, n, 1000, &size.seed), n));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, ROWS_BELOW * (size_t)stride, 1e5, &size.seed),
                                 ROWS_BELOW * (size_t)stride));
  case_add(made, CASE_OF_UINTS(destination, rows));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, CASE_OF_SPAN);
  case_add(made, CASE_OF_OUTPUT("node_pnl", (size_t)rows * stride));
  return case_complete(made);
}

bool case_make_fold(arena *memory, case_size size, known_case *made) {
  static const uint32_t lengths[] = {2, 0, 1, 7, NET_SEGMENT + 44};
  uint32_t rows = size.n_rows, stride = case_pad(size.n_columns);
  uint64_t n;
  uint64_t *begin = lists_make(memory, rows, lengths, ELEMENTS(lengths), &n);
  double *cap = ARENA_ARRAY(memory, double, n), *credit = ARENA_ARRAY(memory, double, rows);
  for (uint64_t x = 0; cap && x < n; x++) { /* of each child */
    cap[x] = x % 3 ? 1e4 : (double)INFINITY;
  }
  for (uint32_t i = 0; credit && i < rows; i++) {
    credit[i] = i % 2 ? 5e3 : 0;
  }
  *made = (known_case){.kernel = KERNEL_fold_level, .stride = stride, .axes = {{stride, PER_LANES}, {rows, PER_CELL}}};
  case_add(made, CASE_OF_ULONGS(begin, rows + 1));
  case_add(made, CASE_OF_UINTS(below_make(memory, n, ROWS_BELOW, 5), n));
  case_add(made, CASE_OF_UINTS(below_make(memory, n, 2, 1), n));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, 2 * (size_t)stride, 2, &size.seed), 2 * (size_t)stride));
  case_add(made, CASE_OF_DOUBLE(size.seed % 4 == 1 ? -1 : 0.9));
  case_add(made, CASE_OF_DOUBLES(cap, n));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, stride, 1, &size.seed), stride));
  case_add(made, CASE_OF_DOUBLES(credit, rows));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, ROWS_BELOW * (size_t)stride, 1e5, &size.seed),
                                 ROWS_BELOW * (size_t)stride));
  case_add(made, CASE_OF_OUTPUT("parent_pnl", (size_t)rows * stride));
  return case_complete(made);
}

bool case_make_adjust(arena *memory, case_size size, known_case *made) {
  uint32_t rows = size.n_rows, stride = case_pad(size.n_columns);
  double *base = ARENA_ARRAY(memory, double, rows), *positive = ARENA_ARRAY(memory, double, rows);
  double *negative = ARENA_ARRAY(memory, double, rows);
  for (uint32_t i = 0; base && positive && negative && i < rows; i++) {
    base[i] = i % 3 ? 3e4 * (i % 3 - 1.5) : 0;
    positive[i] = i % 3 ? 0.95 : 1;
    negative[i] = i % 3 ? 1.05 : 1;
  }
  double *credit = case_randoms(memory, 2 * (size_t)stride, 1e4, &size.seed);
  for (uint32_t k = 0; credit && k < 2 * stride; k++) {
    credit[k] = credit[k] < 0 ? 0 : credit[k];
  }
  *made =
      (known_case){.kernel = KERNEL_adjust_nodes, .stride = stride, .axes = {{stride, PER_LANES}, {rows, PER_CELL}}};
  case_add(made, CASE_OF_DOUBLES(base, rows));
  case_add(made, CASE_OF_DOUBLES(positive, rows));
  case_add(made, CASE_OF_DOUBLES(negative, rows));
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, stride, 1, &size.seed), stride));
  case_add(made, CASE_OF_UINTS(below_make(memory, rows, 2, 1), rows));
  case_add(made, CASE_OF_DOUBLES(credit, 2 * (size_t)stride));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, (case_argument){.is = CASE_DOUBLES, .data = case_randoms(memory, (size_t)rows * stride, 1e5, &size.seed),
                                 .n = (size_t)rows * stride, .output = "node_pnl"});
  return case_complete(made);
}

bool case_make_reduce(arena *memory, case_size size, uint32_t carry, known_case *made) {
  uint32_t rows = size.n_rows, columns = size.n_columns, stride = case_pad(columns);
  double *pnl = case_randoms(memory, (size_t)rows * stride, 1e6, &size.seed);
  uint32_t *scenario_of = ARENA_ARRAY(memory, uint32_t, stride);
  double *worst = case_randoms(memory, rows, 1e6, &size.seed);
  uint32_t *scenario = ARENA_ARRAY(memory, uint32_t, rows), *bad = ARENA_ARRAY(memory, uint32_t, rows);
  if (!pnl || !scenario_of || !worst || !scenario || !bad) {
    return false;
  }
  for (uint32_t k = 0; k < stride; k++) {
    scenario_of[k] = (stride - k) * 3;
  }
  for (uint32_t i = 0; i < rows; i++) {
    double *row = pnl + (size_t)i * stride;
    for (uint32_t k = 0; k < stride; k++) {
      row[k] = k >= columns ? -1e9 /* padding never counts */ : i % 5 == 4 ? (double)NAN : i % 5 == 3 ? -7.0 : row[k];
    }
    row[0] = i % 7 == 5 ? -DBL_MAX : row[0];
    row[columns / 2] = i % 5 == 1 ? -(double)INFINITY : i % 5 == 2 ? (double)NAN : row[columns / 2];
    worst[i] = i % 3 ? worst[i] : -7.0;
    scenario[i] = 5 * i;
    bad[i] = i % 4;
  }
  *made = (known_case){.kernel = KERNEL_reduce_worst, .stride = 1, .axes = {{rows, PER_CELL}, {1, PER_CELL}}};
  case_add(made, CASE_OF_DOUBLES(pnl, (size_t)rows * stride));
  case_add(made, CASE_OF_UINTS(scenario_of, stride));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(columns));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, CASE_OF_UINT(carry));
  case_add(made, (case_argument){.is = CASE_DOUBLES, .data = worst, .n = rows, .output = "worst"});
  case_add(made, (case_argument){.is = CASE_UINTS, .data = scenario, .n = rows, .output = "worst_scenario"});
  case_add(made, (case_argument){.is = CASE_UINTS, .data = bad, .n = rows, .output = "not_finite"});
  return true;
}

bool case_make_sums(arena *memory, case_size size, known_case *made) {
  uint32_t rows = size.n_rows, stride = case_pad(size.n_columns);
  *made = (known_case){.kernel = KERNEL_sum_rows, .stride = 1, .axes = {{rows, PER_CELL}, {1, PER_CELL}}};
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, (size_t)rows * stride, 1e5, &size.seed), (size_t)rows * stride));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, (case_argument){.is = CASE_ULONGS, .n = rows, .output = "sums"});
  return case_complete(made);
}

bool case_make_gather(arena *memory, case_size size, known_case *made) {
  uint32_t rows = size.n_rows, length = size.n_columns, n = ROWS_BELOW * length;
  uint64_t *begin = ARENA_ARRAY(memory, uint64_t, rows);
  for (uint32_t j = 0; begin && j < rows; j++) {
    begin[j] = j * 7 % (n - length + 1);
  }
  *made = (known_case){.kernel = KERNEL_gather_runs, .stride = length, .axes = {{length, PER_CELL}, {rows, PER_CELL}}};
  case_add(made, CASE_OF_DOUBLES(case_randoms(memory, n, 1e5, &size.seed), n));
  case_add(made, CASE_OF_ULONGS(begin, rows));
  case_add(made, CASE_OF_UINT(rows));
  case_add(made, CASE_OF_UINT(length));
  case_add(made, CASE_OF_OUTPUT("gathered", (size_t)rows * length));
  return case_complete(made);
}
