/* SPDX-License-Identifier: MIT
 *
 * American options with one to eight cash dividends over a grid of 17 spots and 3 vols, in the box of
 * tests/formula/quantlib_dividends.cpp: random ones, each with dates of its own, and chains, whose strikes share them. Solving the
 * grids and reading them are timed together. A lattice has no grid: each cell is a tree.
 */
#include "bench/cases.h"
#include "device/american_scheme.h"
#include "kernels/math.h"

enum { OPTIONS = 1024, LATTICE_OPTIONS = 64, SPOTS = 17, VOLS = 3, COLUMNS = SPOTS * VOLS, STRIDE = 64, DIVIDENDS = 8 };

typedef struct dividend_book {
  uint32_t n, n_together; /* options, and how many of them share expiry and dividends */
  double *contract, *vol, *forward, *log_move, *weight, *slice_years, *dividend, *scheme;
  uint32_t *row, *weight_row, *slice_of;
} dividend_book;

static bool book_open(arena *memory, uint32_t n, uint32_t n_together, dividend_book *made) {
  *made = (dividend_book){.n = n,
                          .n_together = n_together,
                          .contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS *(size_t)n),
                          .vol = ARENA_ARRAY(memory, double, VOLS *(size_t)n),
                          .forward = ARENA_ARRAY(memory, double, STRIDE *(size_t)n),
                          .log_move = ARENA_ARRAY(memory, double, STRIDE *(size_t)n),
                          .weight = ARENA_ARRAY(memory, double, STRIDE),
                          .slice_years = ARENA_ARRAY(memory, double, VOLS),
                          .dividend = ARENA_ARRAY(memory, double, 2 * DIVIDENDS *(size_t)n),
                          .scheme = ARENA_ARRAY(memory, double, N_DIFFERENCES_NUMBERS),
                          .row = ARENA_ARRAY(memory, uint32_t, n),
                          .weight_row = ARENA_ARRAY(memory, uint32_t, n),
                          .slice_of = ARENA_ARRAY(memory, uint32_t, STRIDE)};
  return made->contract && made->vol && made->forward && made->log_move && made->weight && made->slice_years &&
         made->dividend && made->scheme && made->row && made->weight_row && made->slice_of;
}

typedef struct underlying {
  double years, rate, ex_years[DIVIDENDS], amount[DIVIDENDS];
  uint32_t n;
} underlying;

static underlying draw_underlying(uint64_t *seed) {
  underlying drawn = {.years = 30.0 * math_pow(36.5, bench_uniform(seed)) / 365.0, .rate = 0.1 * bench_uniform(seed)};
  drawn.n = 1 + (uint32_t)(DIVIDENDS * bench_uniform(seed));
  for (uint32_t j = 0; j < drawn.n; j++) { /* the last first */
    drawn.ex_years[j] = drawn.years * (drawn.n - j - bench_uniform(seed)) / drawn.n;
    drawn.amount[j] = 0.1 * math_pow(30.0, bench_uniform(seed));
  }
  return drawn;
}

static void fill_option(const underlying *on, uint64_t *seed, uint32_t i, dividend_book *to) {
  double vol = 0.08 * math_pow(10.0, bench_uniform(seed)), spot = 100.0, forward = spot, *contract = to->contract + i;
  size_t n = to->n;
  for (uint32_t j = 0; j < on->n; j++) {
    to->dividend[(DIVIDEND_YEARS * DIVIDENDS + j) * n + i] = on->ex_years[j];
    to->dividend[(DIVIDEND_AMOUNT * DIVIDENDS + j) * n + i] = on->amount[j];
    forward -= on->amount[j] * math_exp(-on->rate * on->ex_years[j]);
  }
  forward *= math_exp(on->rate * on->years);
  double strike = spot * math_exp((4.0 * bench_uniform(seed) - 2.0) * vol * sqrt(on->years));
  contract[CONTRACT_STRIKE * n] = strike;
  contract[CONTRACT_LOG_STRIKE * n] = math_log(strike / forward);
  contract[CONTRACT_SIGN * n] = bench_random(seed) % 2 ? 1.0 : -1.0;
  contract[CONTRACT_MULTIPLIER * n] = 1.0;
  contract[CONTRACT_YEARS * n] = on->years;
  contract[CONTRACT_RATE * n] = contract[CONTRACT_CARRY * n] = on->rate;
  contract[CONTRACT_DISCOUNT * n] = math_exp(-on->rate * on->years);
  contract[CONTRACT_AMERICAN * n] = 1.0;
  contract[CONTRACT_FORWARD * n] = forward;
  to->row[i] = i;
  for (uint32_t v = 0; v < VOLS; v++) {
    to->vol[v * n + i] = vol * (0.75 + 0.25 * v);
  }
  for (uint32_t k = 0; k < STRIDE; k++) {
    double move = k < COLUMNS ? -0.16 + 0.02 * (k % SPOTS) : 0.0;
    to->forward[i * (size_t)STRIDE + k] = forward + spot * move * math_exp(on->rate * on->years);
  }
}

static void fill_book(dividend_book *to) {
  uint64_t seed = 1;
  underlying on = {0};
  for (uint32_t k = 0; k < STRIDE; k++) {
    to->slice_of[k] = k < COLUMNS ? k / SPOTS : SLICE_PADDING;
    to->weight[k] = 1.0;
  }
  for (uint32_t i = 0; i < to->n; i++) {
    on = i % to->n_together == 0 ? draw_underlying(&seed) : on;
    fill_option(&on, &seed, i, to);
  }
}

enum { CONTRACT, ROW, WEIGHT_ROW, VOL, SLICE_OF, SLICE_YEARS, FORWARD, LOG_MOVE, WEIGHT, DIVIDEND, SCHEME, PNL, SOLUTION, N_BUFFERS };

static sg_status make_buffers(device *on, dividend_book *of, size_t solution_rows, bench_work *made,
                              device_buffer *b[static N_BUFFERS], sg_error *error) {
  size_t n = of->n, row = n * sizeof(double);
  const struct {
    const void *from;
    size_t size_bytes;
  } inputs[N_BUFFERS] = {[CONTRACT] = {of->contract, N_CONTRACT_FIELDS * row},
                         [ROW] = {of->row, 4 * n},
                         [WEIGHT_ROW] = {of->weight_row, 4 * n},
                         [VOL] = {of->vol, VOLS * row},
                         [SLICE_OF] = {of->slice_of, 4 * STRIDE},
                         [SLICE_YEARS] = {of->slice_years, sizeof(double) * VOLS},
                         [FORWARD] = {of->forward, STRIDE * row},
                         [LOG_MOVE] = {of->log_move, STRIDE * row},
                         [WEIGHT] = {of->weight, sizeof(double) * STRIDE},
                         [DIVIDEND] = {of->dividend, 2 * DIVIDENDS * row},
                         [SCHEME] = {of->scheme, sizeof(double) * N_DIFFERENCES_NUMBERS},
                         [PNL] = {NULL, STRIDE * row},
                         [SOLUTION] = {NULL, VOLS * solution_rows * row + 8}};
  fill_book(of);
  for (size_t i = 0; i < N_BUFFERS; i++) {
    TRY(bench_buffer(on, made, inputs[i].size_bytes, inputs[i].from, &b[i], error));
  }
  return SG_OK;
}

static bench_launch price_launch(const device *on, kernel_id kernel, uint32_t n, device_buffer *b[static N_BUFFERS],
                                 device_buffer *second) {
  uint32_t span = device_span(on, kernel, STRIDE);
  return (bench_launch){.kernel = kernel,
                        .arguments = {ARG_BUFFER(b[CONTRACT]), ARG_UINT(n), ARG_BUFFER(b[ROW]), ARG_BUFFER(b[ROW]),
                                      ARG_BUFFER(b[WEIGHT_ROW]), ARG_BUFFER(b[VOL]), ARG_BUFFER(b[SLICE_OF]),
                                      ARG_BUFFER(b[SLICE_YEARS]), ARG_BUFFER(b[FORWARD]), ARG_BUFFER(b[LOG_MOVE]),
                                      ARG_BUFFER(b[WEIGHT]), ARG_DOUBLE(0.0), ARG_UINT(STRIDE), ARG_UINT(span),
                                      ARG_BUFFER(b[PNL]), ARG_BUFFER(b[SCHEME]), ARG_BUFFER(second)},
                        .n_arguments = 17,
                        .items = {(STRIDE + span - 1) / span, n / device_get_traits(on)->lanes}};
}

/* A node of a step is eight operations. */
static sg_status make_case(device *on, arena *memory, american_accuracy accuracy, uint32_t n_together, bench_work *made,
                           sg_error *error) {
  dividend_book of;
  device_buffer *b[N_BUFFERS];
  if (!book_open(memory, OPTIONS, n_together, &of)) {
    return error_out_of_memory(error);
  }
  differences_table_fill(accuracy, DIVIDENDS, of.scheme);
  double n_nodes = of.scheme[DIFFERENCES_N_NODES], n_steps = of.scheme[DIFFERENCES_N_STEPS];
  TRY(make_buffers(on, &of, DIFFERENCES_VALUES + (size_t)n_nodes, made, b, error));
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_solve_differences,
                     .arguments = {ARG_BUFFER(b[CONTRACT]), ARG_UINT(of.n), ARG_BUFFER(b[VOL]), ARG_BUFFER(b[SLICE_YEARS]),
                                   ARG_UINT(VOLS), ARG_BUFFER(b[SCHEME]), ARG_BUFFER(b[DIVIDEND]), ARG_BUFFER(b[SOLUTION])},
                     .n_arguments = 8,
                     .items = {VOLS, of.n / device_get_traits(on)->lanes}};
  made->launches[made->n_launches++] = price_launch(on, KERNEL_price_differences, of.n, b, b[SOLUTION]);
  made->work = (double)of.n * COLUMNS;
  made->limit_per_unit = 8.0 * n_nodes * n_steps / SPOTS;
  made->output = b[PNL];
  made->output_bytes = sizeof(double) * of.n * STRIDE;
  return SG_OK;
}

sg_status bench_dividends_fast(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_case(on, memory, AMERICAN_fast, 1, made, error);
}

sg_status bench_dividends_accurate(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_case(on, memory, AMERICAN_accurate, 1, made, error);
}

sg_status bench_dividends_chain(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_case(on, memory, AMERICAN_accurate, 128, made, error);
}

/* A node is six operations. */
sg_status bench_lattice(device *on, arena *memory, bench_work *made, sg_error *error) {
  enum { STEPS = 400 };
  dividend_book of;
  device_buffer *b[N_BUFFERS];
  if (!book_open(memory, LATTICE_OPTIONS, 1, &of)) {
    return error_out_of_memory(error);
  }
  of.scheme[LATTICE_N_STEPS] = STEPS;
  of.scheme[LATTICE_N_DIVIDENDS] = DIVIDENDS;
  TRY(make_buffers(on, &of, 0, made, b, error));
  made->launches[made->n_launches++] = price_launch(on, KERNEL_price_lattice, of.n, b, b[DIVIDEND]);
  made->work = (double)of.n * COLUMNS;
  made->limit_per_unit = 6.0 * STEPS * STEPS / 2;
  made->output = b[PNL];
  made->output_bytes = sizeof(double) * of.n * STRIDE;
  return SG_OK;
}
