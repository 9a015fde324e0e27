/* SPDX-License-Identifier: MIT
 *
 * American options over a grid of spots and vols: random ones, of which none shares a boundary (the box that
 * host/device/american_scheme.h states); chains, whose strikes and vols share them; a list of scenarios with vols of their
 * own. Solving the boundaries and pricing along them are timed together, and for the random ones apart.
 */
#include "kernels/price_american.h" /* first: see engine/boundaries.h */

#include "bench/cases.h"
#include "device/american_scheme.h"
#include "engine/boundaries.h"

typedef struct american_book {
  american_accuracy accuracy;
  uint32_t n_random;              /* options, or: */
  uint32_t n_expiries, n_strikes; /* of a chain, calls and puts */
  uint32_t n_spots, n_vols;       /* of the grid; n_spots 0: n_vols scenarios, each with a vol and a spot of its own */
} american_book;

typedef struct american_data {
  uint32_t n, n_slices, n_columns, stride;
  double *contract, *vol, *forward, *log_move, *weight, *slice_years, *base_forward;
  uint32_t *row, *forward_row, *weight_row, *slice_of, *pair;
} american_data;

static bool data_open(arena *memory, const american_book *of, american_data *made) {
  uint32_t n = of->n_random > 0 ? of->n_random : 2 * of->n_expiries * of->n_strikes;
  uint32_t n_columns = of->n_spots > 0 ? of->n_spots * of->n_vols : of->n_vols;
  uint32_t stride = round_up(n_columns, COLUMN_PADDING), n_rows = of->n_random > 0 ? n : of->n_expiries;
  *made = (american_data){.n = n,
                          .n_slices = of->n_vols,
                          .n_columns = n_columns,
                          .stride = stride,
                          .contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS *(size_t)n),
                          .vol = ARENA_ARRAY(memory, double, of->n_vols *(size_t)n),
                          .forward = ARENA_ARRAY(memory, double, n_rows *(size_t)stride),
                          .log_move = ARENA_ARRAY(memory, double, n_rows *(size_t)stride),
                          .weight = ARENA_ARRAY(memory, double, stride),
                          .slice_years = ARENA_ARRAY(memory, double, of->n_vols),
                          .base_forward = ARENA_ARRAY(memory, double, n_rows),
                          .row = ARENA_ARRAY(memory, uint32_t, n),
                          .forward_row = ARENA_ARRAY(memory, uint32_t, n),
                          .weight_row = ARENA_ARRAY(memory, uint32_t, n),
                          .slice_of = ARENA_ARRAY(memory, uint32_t, stride),
                          .pair = ARENA_ARRAY(memory, uint32_t, of->n_vols *(size_t)n)};
  return made->contract && made->vol && made->forward && made->log_move && made->weight && made->slice_years &&
         made->base_forward && made->row && made->forward_row && made->weight_row && made->slice_of && made->pair;
}

typedef struct option {
  double spot, strike, years, vol, rate, yield;
  bool call;
} option;

static option draw_random(uint64_t *seed) {
  option drawn = {.strike = 100.0};
  drawn.years = math_pow(1095.0, bench_uniform(seed)) / 365.0;
  drawn.vol = 0.05 * math_pow(24.0, bench_uniform(seed));
  drawn.rate = 0.12 * bench_uniform(seed);
  drawn.yield = 0.12 * bench_uniform(seed);
  drawn.spot = 100.0 * math_exp((5.0 * bench_uniform(seed) - 2.5) * drawn.vol * sqrt(drawn.years));
  drawn.call = bench_random(seed) % 2;
  return drawn;
}

/* Strikes within 40 % of the spot, a smile; expiries from two weeks on. */
static option take_listed(const american_book *of, uint32_t i) {
  uint32_t expiry = i / (2 * of->n_strikes), strike = i / 2 % of->n_strikes;
  option listed = {.spot = 100.0, .rate = 0.04, .yield = 0.015, .call = i % 2 == 0, .years = (expiry + 1) * (expiry + 1) / 26.0};
  listed.strike = 60.0 + 80.0 * (strike + 0.5) / of->n_strikes;
  double away = (listed.strike - 100.0) / 100.0;
  listed.vol = 0.22 - 0.2 * away + 0.8 * away * away;
  return listed;
}

static void fill_option(const option *from, uint32_t i, uint32_t row, american_data *to) {
  double carry = from->rate - from->yield, *contract = to->contract + i;
  double forward = to->base_forward[row] = from->spot * math_exp(carry * from->years);
  size_t n = to->n;
  contract[CONTRACT_STRIKE * n] = from->strike;
  contract[CONTRACT_LOG_STRIKE * n] = math_log(from->strike / forward);
  contract[CONTRACT_SIGN * n] = from->call ? 1.0 : -1.0;
  contract[CONTRACT_MULTIPLIER * n] = 1.0;
  contract[CONTRACT_YEARS * n] = from->years;
  contract[CONTRACT_RATE * n] = from->rate;
  contract[CONTRACT_DISCOUNT * n] = math_exp(-from->rate * from->years);
  contract[CONTRACT_CARRY * n] = carry;
  to->row[i] = i;
  to->forward_row[i] = row;
}

/* A grid's spots -16 % to 16 %, its vols x 0.75 to 1.25; a list's spots and vols as they fall. */
static void fill_moves(const american_book *of, american_data *to) {
  uint64_t seed = 2;
  for (uint32_t s = 0; s < to->n_slices; s++) {
    double factor = of->n_spots == 0 ? 0.7 + 0.8 * bench_uniform(&seed) : of->n_vols == 1 ? 1.0 : 0.75 + 0.5 * s / (of->n_vols - 1);
    for (uint32_t i = 0; i < to->n; i++) {
      to->vol[s * (size_t)to->n + i] *= factor;
    }
  }
  for (uint32_t k = 0; k < to->stride; k++) {
    double move = of->n_spots == 0 ? 0.3 * bench_uniform(&seed) - 0.15
                  : of->n_spots == 1 ? 0.0 : -0.16 + 0.32 * (k % of->n_spots) / (of->n_spots - 1);
    to->slice_of[k] = k >= to->n_columns ? SLICE_PADDING : of->n_spots == 0 ? k : k / of->n_spots;
    to->weight[k] = 1.0;
    for (uint32_t row = 0; row <= to->forward_row[to->n - 1]; row++) {
      to->forward[row * (size_t)to->stride + k] = to->base_forward[row] * (1.0 + move);
      to->log_move[row * (size_t)to->stride + k] = math_log(1.0 + move);
    }
  }
}

static void fill_data(const american_book *of, american_data *to) {
  uint64_t seed = 1;
  for (uint32_t i = 0; i < to->n; i++) {
    option taken = of->n_random > 0 ? draw_random(&seed) : take_listed(of, i);
    fill_option(&taken, i, of->n_random > 0 ? i : i / (2 * of->n_strikes), to);
    for (uint32_t s = 0; s < to->n_slices; s++) {
      to->vol[s * (size_t)to->n + i] = taken.vol;
    }
  }
  fill_moves(of, to);
}

/* ---- launches ---------------------------------------------------------------------------------- */

typedef struct american_buffers {
  device_buffer *contract, *row, *forward_row, *weight_row, *vol, *slice_of, *slice_years, *forward, *log_move, *weight, *pnl,
      *scheme, *boundary;
} american_buffers;

static sg_status make_buffers(device *on, arena *memory, const american_book *of, bench_work *made, american_data *data,
                              american_buffers *b, const double **scheme, sg_error *error) {
  american_shape shape = american_shape_get(of->accuracy);
  *scheme = american_table_make(memory, shape);
  if (*scheme == NULL || !data_open(memory, of, data)) {
    return error_out_of_memory(error);
  }
  fill_data(of, data);
  size_t n = data->n, matrix = (data->forward_row[n - 1] + 1) * (size_t)data->stride * sizeof(double);
  const struct {
    size_t size_bytes;
    const void *from;
    device_buffer **to;
  } inputs[] = {{sizeof(double) * N_CONTRACT_FIELDS * n, data->contract, &b->contract},
                {4 * n, data->row, &b->row},
                {4 * n, data->forward_row, &b->forward_row},
                {4 * n, data->weight_row, &b->weight_row},
                {sizeof(double) * data->n_slices * n, data->vol, &b->vol},
                {4 * data->stride, data->slice_of, &b->slice_of},
                {sizeof(double) * data->n_slices, data->slice_years, &b->slice_years},
                {matrix, data->forward, &b->forward},
                {matrix, data->log_move, &b->log_move},
                {sizeof(double) * data->stride, data->weight, &b->weight},
                {sizeof(double) * n * data->stride, NULL, &b->pnl},
                {sizeof(double) * american_table_count(shape), *scheme, &b->scheme},
                {sizeof(double) * data->n_slices * shape.n_nodes * n, NULL, &b->boundary}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    TRY(bench_buffer(on, made, inputs[i].size_bytes, inputs[i].from, inputs[i].to, error));
  }
  return SG_OK;
}

static bench_launch solve_launch(const device *on, device_buffer *contract, uint32_t n, device_buffer *vol,
                                 device_buffer *years, uint32_t n_slices, device_buffer *scheme, device_buffer *boundary) {
  return (bench_launch){.kernel = KERNEL_solve_american,
                        .arguments = {ARG_BUFFER(contract), ARG_UINT(n), ARG_BUFFER(vol), ARG_BUFFER(years),
                                      ARG_UINT(n_slices), ARG_BUFFER(scheme), ARG_BUFFER(boundary)},
                        .n_arguments = 7,
                        .items = {n_slices, n / device_get_traits(on)->lanes}};
}

static bench_launch price_launch(const device *on, const american_data *data, const american_buffers *b) {
  uint32_t span = device_span(on, KERNEL_price_american, data->stride);
  return (bench_launch){.kernel = KERNEL_price_american,
                        .arguments = {ARG_BUFFER(b->contract), ARG_UINT(data->n), ARG_BUFFER(b->row),
                                      ARG_BUFFER(b->forward_row), ARG_BUFFER(b->weight_row), ARG_BUFFER(b->vol),
                                      ARG_BUFFER(b->slice_of), ARG_BUFFER(b->slice_years), ARG_BUFFER(b->forward),
                                      ARG_BUFFER(b->log_move), ARG_BUFFER(b->weight), ARG_DOUBLE(0.0),
                                      ARG_UINT(data->stride), ARG_UINT(span), ARG_BUFFER(b->pnl), ARG_BUFFER(b->scheme),
                                      ARG_BUFFER(b->boundary)},
                        .n_arguments = 17,
                        .items = {(data->stride + span - 1) / span, data->n / device_get_traits(on)->lanes}};
}

/* What stands for the octaves is solved, then shared, as the engine does it. */
static sg_status add_shared(device *on, arena *memory, const double *scheme, american_data *data, const american_buffers *b,
                            bench_work *made, sg_error *error) {
  boundaries found;
  boundary_table puts = {0};
  device_buffer *contract, *vol, *years, *solved, *pair;
  bool enough = boundaries_open(scheme, &found);
  for (uint32_t i = 0; enough && i < data->n; i++) {
    lane_contract terms = contract_load(data->contract, data->n, i);
    for (uint32_t s = 0; enough && s < data->n_slices; s++) {
      double here = data->vol[s * (size_t)data->n + i], octave;
      uint32_t index = boundaries_find(&found, american_terms_make(terms, here, 0.0), here, &octave);
      data->pair[s * (size_t)data->n + i] = index;
      enough = index != ID_NONE;
    }
  }
  sg_status status = enough && boundaries_list(&found, &puts) ? SG_OK : error_out_of_memory(error);
  size_t row_bytes = puts.n_padded * sizeof(double), n_nodes = (size_t)scheme[AMERICAN_N_NODES];
  TRY_DONE(status);
  TRY_DONE(bench_buffer(on, made, N_CONTRACT_FIELDS * row_bytes, puts.contract, &contract, error));
  TRY_DONE(bench_buffer(on, made, puts.n_vols * row_bytes, puts.vol, &vol, error));
  TRY_DONE(bench_buffer(on, made, puts.n_vols * sizeof(double), puts.years, &years, error));
  TRY_DONE(bench_buffer(on, made, puts.n_vols * n_nodes * row_bytes, NULL, &solved, error));
  TRY_DONE(bench_buffer(on, made, data->n_slices * (size_t)data->n * 4, data->pair, &pair, error));
  made->launches[made->n_launches++] = solve_launch(on, contract, puts.n_padded, vol, years, puts.n_vols, b->scheme, solved);
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_share_american,
                     .arguments = {ARG_BUFFER(b->contract), ARG_UINT(data->n), ARG_BUFFER(b->vol),
                                   ARG_BUFFER(b->slice_years), ARG_UINT(data->n_slices), ARG_BUFFER(b->scheme),
                                   ARG_BUFFER(solved), ARG_UINT(puts.n_padded), ARG_BUFFER(pair), ARG_BUFFER(b->boundary)},
                     .n_arguments = 10,
                     .items = {data->n_slices, data->n / device_get_traits(on)->lanes}};
done:
  boundaries_close(&found);
  return status;
}

/* ---- cases ------------------------------------------------------------------------------------- */

typedef enum american_part { SOLVING, PRICING, ALL } american_part;

/*
 * Two or three Newton steps; each point of an equation has three exponentials, a rational and twice the interpolation. Each
 * point of the premium takes what a European price takes.
 */
static sg_status make_case(device *on, arena *memory, const american_book *of, american_part part, bench_work *made,
                           sg_error *error) {
  american_data data = {0};
  american_buffers b;
  const double *scheme;
  american_shape shape = american_shape_get(of->accuracy);
  double per_boundary = of->accuracy == AMERICAN_fast ? 2 * 7 * 7 * 110 : 3 * 13 * 20 * 120;
  double per_price = 60.0 * (1 + shape.n_price), n_boundaries = (double)of->n_vols;
  TRY(make_buffers(on, memory, of, made, &data, &b, &scheme, error));
  n_boundaries *= data.n;
  bench_launch solve = solve_launch(on, b.contract, data.n, b.vol, b.slice_years, data.n_slices, b.scheme, b.boundary);
  if (of->n_random == 0) {
    TRY(add_shared(on, memory, scheme, &data, &b, made, error));
    n_boundaries = 0; /* as good as none */
  } else if (part == PRICING) {
    TRY(device_launch(on, solve.kernel, solve.arguments, solve.n_arguments, solve.items, error));
  } else {
    made->launches[made->n_launches++] = solve;
  }
  if (part != SOLVING) {
    made->launches[made->n_launches++] = price_launch(on, &data, &b);
  }
  made->work = part == SOLVING ? n_boundaries : (double)data.n * data.n_columns;
  made->limit_per_unit = part == SOLVING ? per_boundary
                                         : per_price + (part == ALL ? per_boundary * n_boundaries / made->work : 0.0);
  made->output = part == SOLVING ? b.boundary : b.pnl;
  made->output_bytes = part == SOLVING ? sizeof(double) * data.n_slices * shape.n_nodes * data.n
                                       : sizeof(double) * data.n * data.stride;
  return SG_OK;
}

#define AMERICAN_CASE(name, part, ...)                                                               \
  sg_status bench_##name(device *on, arena *memory, bench_work *made, sg_error *error) {             \
    static const american_book given = __VA_ARGS__;                                                   \
    return make_case(on, memory, &given, part, made, error);                                          \
  }
AMERICAN_CASE(american_fast, ALL, {AMERICAN_fast, 2048, 0, 0, 17, 3})
AMERICAN_CASE(american_accurate, ALL, {AMERICAN_accurate, 2048, 0, 0, 17, 3})
AMERICAN_CASE(solve_fast, SOLVING, {AMERICAN_fast, 2048, 0, 0, 17, 3})
AMERICAN_CASE(price_fast, PRICING, {AMERICAN_fast, 2048, 0, 0, 17, 3})
AMERICAN_CASE(solve_accurate, SOLVING, {AMERICAN_accurate, 2048, 0, 0, 17, 3})
AMERICAN_CASE(price_accurate, PRICING, {AMERICAN_accurate, 2048, 0, 0, 17, 3})
AMERICAN_CASE(chain_fast, ALL, {AMERICAN_fast, 0, 8, 200, 17, 3})
AMERICAN_CASE(chain_accurate, ALL, {AMERICAN_accurate, 0, 8, 200, 17, 3})
AMERICAN_CASE(chain_20_strikes, ALL, {AMERICAN_accurate, 0, 8, 20, 17, 3})
AMERICAN_CASE(chain_1_spot, ALL, {AMERICAN_accurate, 0, 8, 200, 1, 3})
AMERICAN_CASE(chain_51_spots, ALL, {AMERICAN_accurate, 0, 8, 200, 51, 3})
AMERICAN_CASE(chain_9_vols, ALL, {AMERICAN_accurate, 0, 8, 200, 17, 9})
AMERICAN_CASE(own_vols, ALL, {AMERICAN_accurate, 0, 2, 16, 0, 2000})
