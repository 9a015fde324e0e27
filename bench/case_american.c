/* SPDX-License-Identifier: MIT
 *
 * American options over a grid, none sharing a boundary: spot within 2.5 standard deviations of the strike, one day to three
 * years, vols 5..120 %, rates and yields 0..12 %. Solving the boundaries and pricing along them are timed apart; a price in
 * all costs 1 / price + (VOLS / COLUMNS) / solve.
 */
#include "bench/cases.h"
#include "device/american_scheme.h"
#include "kernels/math.h"

enum { INSTRUMENTS = 2048, SPOTS = 17, VOLS = 3, COLUMNS = SPOTS * VOLS, STRIDE = 64 };

typedef struct american_data {
  double *contract, *vol, *forward, *log_move, *weight, *slice_years;
  uint32_t *row, *weight_row, *slice_of;
} american_data;

static bool data_open(arena *memory, american_data *made) {
  *made = (american_data){.contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS * INSTRUMENTS),
                          .vol = ARENA_ARRAY(memory, double, VOLS * INSTRUMENTS),
                          .forward = ARENA_ARRAY(memory, double, INSTRUMENTS * STRIDE),
                          .log_move = ARENA_ARRAY(memory, double, INSTRUMENTS * STRIDE),
                          .weight = ARENA_ARRAY(memory, double, STRIDE),
                          .slice_years = ARENA_ARRAY(memory, double, VOLS),
                          .row = ARENA_ARRAY(memory, uint32_t, INSTRUMENTS),
                          .weight_row = ARENA_ARRAY(memory, uint32_t, INSTRUMENTS),
                          .slice_of = ARENA_ARRAY(memory, uint32_t, STRIDE)};
  return made->contract && made->vol && made->forward && made->log_move && made->weight && made->slice_years &&
         made->row && made->weight_row && made->slice_of;
}

static void fill_option(uint64_t *seed, uint32_t i, american_data *to) {
  double years = math_pow(1095.0, bench_uniform(seed)) / 365.0, vol = 0.05 * math_pow(24.0, bench_uniform(seed));
  double rate = 0.12 * bench_uniform(seed), carry = rate - 0.12 * bench_uniform(seed);
  double spot = 100.0 * math_exp((5.0 * bench_uniform(seed) - 2.5) * vol * sqrt(years));
  double forward = spot * math_exp(carry * years);
  double *contract = to->contract + i;
  contract[CONTRACT_STRIKE * INSTRUMENTS] = 100.0;
  contract[CONTRACT_LOG_STRIKE * INSTRUMENTS] = math_log(100.0 / forward);
  contract[CONTRACT_SIGN * INSTRUMENTS] = bench_random(seed) % 2 ? 1.0 : -1.0;
  contract[CONTRACT_MULTIPLIER * INSTRUMENTS] = 1.0;
  contract[CONTRACT_YEARS * INSTRUMENTS] = years;
  contract[CONTRACT_RATE * INSTRUMENTS] = rate;
  contract[CONTRACT_DISCOUNT * INSTRUMENTS] = math_exp(-rate * years);
  contract[CONTRACT_CARRY * INSTRUMENTS] = carry;
  to->row[i] = i;
  for (uint32_t v = 0; v < VOLS; v++) {
    to->vol[v * INSTRUMENTS + i] = vol * (0.75 + 0.25 * v);
  }
  for (uint32_t k = 0; k < STRIDE; k++) {
    double move = k < COLUMNS ? -0.16 + 0.02 * (k % SPOTS) : 0.0;
    to->forward[i * STRIDE + k] = forward * (1.0 + move);
    to->log_move[i * STRIDE + k] = math_log(1.0 + move);
  }
}

static void fill_data(american_data *to) {
  uint64_t seed = 1;
  for (uint32_t k = 0; k < STRIDE; k++) {
    to->slice_of[k] = k < COLUMNS ? k / SPOTS : SLICE_PADDING;
    to->weight[k] = 1.0;
  }
  for (uint32_t i = 0; i < INSTRUMENTS; i++) {
    fill_option(&seed, i, to);
  }
}

enum { CONTRACT, ROW, FORWARD_ROW, WEIGHT_ROW, VOL, SLICE_OF, SLICE_YEARS, FORWARD, LOG_MOVE, WEIGHT, PNL, SCHEME, BOUNDARY,
       N_BUFFERS };

static sg_status make_buffers(device *on, arena *memory, american_accuracy accuracy, bench_work *made,
                              device_buffer *b[static N_BUFFERS], sg_error *error) {
  american_shape shape = american_shape_get(accuracy);
  american_data data;
  const double *table = american_table_make(memory, shape);
  if (table == NULL || !data_open(memory, &data)) {
    return error_out_of_memory(error);
  }
  fill_data(&data);
  const struct {
    const void *from;
    size_t size_bytes;
  } inputs[N_BUFFERS] = {[CONTRACT] = {data.contract, sizeof(double) * N_CONTRACT_FIELDS * INSTRUMENTS},
                         [ROW] = {data.row, 4 * INSTRUMENTS},
                         [FORWARD_ROW] = {data.row, 4 * INSTRUMENTS},
                         [WEIGHT_ROW] = {data.weight_row, 4 * INSTRUMENTS},
                         [VOL] = {data.vol, sizeof(double) * VOLS * INSTRUMENTS},
                         [SLICE_OF] = {data.slice_of, 4 * STRIDE},
                         [SLICE_YEARS] = {data.slice_years, sizeof(double) * VOLS},
                         [FORWARD] = {data.forward, sizeof(double) * INSTRUMENTS * STRIDE},
                         [LOG_MOVE] = {data.log_move, sizeof(double) * INSTRUMENTS * STRIDE},
                         [WEIGHT] = {data.weight, sizeof(double) * STRIDE},
                         [PNL] = {NULL, sizeof(double) * INSTRUMENTS * STRIDE},
                         [SCHEME] = {table, sizeof(double) * american_table_count(shape)},
                         [BOUNDARY] = {NULL, sizeof(double) * VOLS * shape.n_nodes * INSTRUMENTS}};
  for (size_t i = 0; i < N_BUFFERS; i++) {
    TRY(bench_buffer(on, made, inputs[i].size_bytes, inputs[i].from, &b[i], error));
  }
  return SG_OK;
}

static bench_launch solve_launch(const device *on, device_buffer *b[static N_BUFFERS]) {
  return (bench_launch){.kernel = KERNEL_solve_american,
                        .arguments = {ARG_BUFFER(b[CONTRACT]), ARG_UINT(INSTRUMENTS), ARG_BUFFER(b[VOL]),
                                      ARG_BUFFER(b[SLICE_YEARS]), ARG_UINT(VOLS), ARG_BUFFER(b[SCHEME]),
                                      ARG_BUFFER(b[BOUNDARY])},
                        .n_arguments = 7,
                        .items = {VOLS, INSTRUMENTS / device_get_traits(on)->lanes}};
}

/* Two or three Newton steps; each point of an equation has three exponentials, a rational and twice the interpolation. */
static sg_status make_solve(device *on, arena *memory, american_accuracy accuracy, bench_work *made, sg_error *error) {
  device_buffer *b[N_BUFFERS];
  TRY(make_buffers(on, memory, accuracy, made, b, error));
  made->launches[made->n_launches++] = solve_launch(on, b);
  made->work = (double)VOLS * INSTRUMENTS;
  made->limit_per_unit = accuracy == AMERICAN_fast ? 2 * 7 * 7 * 110 : 3 * 13 * 20 * 120;
  made->output = b[BOUNDARY];
  made->output_bytes = sizeof(double) * VOLS * american_shape_get(accuracy).n_nodes * INSTRUMENTS;
  return SG_OK;
}

/* Each point of the premium takes what a European price takes. */
static sg_status make_price(device *on, arena *memory, american_accuracy accuracy, bench_work *made, sg_error *error) {
  device_buffer *b[N_BUFFERS];
  TRY(make_buffers(on, memory, accuracy, made, b, error));
  bench_launch solve = solve_launch(on, b);
  TRY(device_launch(on, solve.kernel, solve.arguments, solve.n_arguments, solve.items, error));
  const device_traits *traits = device_get_traits(on);
  uint32_t span = device_span(on, KERNEL_price_american, STRIDE);
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_price_american,
                     .arguments = {ARG_BUFFER(b[CONTRACT]), ARG_UINT(INSTRUMENTS), ARG_BUFFER(b[ROW]),
                                   ARG_BUFFER(b[FORWARD_ROW]), ARG_BUFFER(b[WEIGHT_ROW]), ARG_BUFFER(b[VOL]),
                                   ARG_BUFFER(b[SLICE_OF]), ARG_BUFFER(b[SLICE_YEARS]), ARG_BUFFER(b[FORWARD]),
                                   ARG_BUFFER(b[LOG_MOVE]), ARG_BUFFER(b[WEIGHT]), ARG_DOUBLE(0.0), ARG_UINT(STRIDE),
                                   ARG_UINT(span), ARG_BUFFER(b[PNL]), ARG_BUFFER(b[SCHEME]), ARG_BUFFER(b[BOUNDARY])},
                     .n_arguments = 17,
                     .items = {STRIDE / span, INSTRUMENTS / traits->lanes}};
  made->work = (double)INSTRUMENTS * COLUMNS;
  made->limit_per_unit = 60.0 * (1 + american_shape_get(accuracy).n_price);
  made->output = b[PNL];
  made->output_bytes = sizeof(double) * INSTRUMENTS * STRIDE;
  return SG_OK;
}

sg_status bench_solve_fast(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_solve(on, memory, AMERICAN_fast, made, error);
}

sg_status bench_price_fast(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_price(on, memory, AMERICAN_fast, made, error);
}

sg_status bench_solve_accurate(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_solve(on, memory, AMERICAN_accurate, made, error);
}

sg_status bench_price_accurate(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_price(on, memory, AMERICAN_accurate, made, error);
}
