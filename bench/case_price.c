/* SPDX-License-Identifier: MIT
 *
 * European options over a grid: strikes 60..140 % of spot, 18 days to 2 years, vols 10..60 %, a forward for every 16.
 */
#include "bench/cases.h"
#include "kernels/math.h"
#include "kernels/shared.h"

enum { SPOTS = 17, VOLS = 3, COLUMNS = SPOTS * VOLS, STRIDE = 64, PER_FORWARD = 16 };

static void fill_contract(uint64_t *seed, size_t n, size_t i, double forward, double *contract) {
  double strike = 60.0 + 80.0 * bench_uniform(seed), years = 0.05 + 2.0 * bench_uniform(seed);
  contract[CONTRACT_STRIKE * n + i] = strike;
  contract[CONTRACT_LOG_STRIKE * n + i] = math_log(strike / forward);
  contract[CONTRACT_SIGN * n + i] = bench_random(seed) % 2 ? 1.0 : -1.0;
  contract[CONTRACT_MULTIPLIER * n + i] = 1.0;
  contract[CONTRACT_YEARS * n + i] = years;
  contract[CONTRACT_RATE * n + i] = 0.03;
  contract[CONTRACT_DISCOUNT * n + i] = math_exp(-0.03 * years);
}

/* n options, a multiple of 16 * PER_FORWARD */
static sg_status make_case(device *on, arena *memory, uint32_t n, bench_work *made, sg_error *error) {
  const uint32_t n_forwards = n / PER_FORWARD;
  uint64_t seed = 1;
  double *contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS * n);
  double *vol = ARENA_ARRAY(memory, double, VOLS * (size_t)n);
  double *forward = ARENA_ARRAY(memory, double, (size_t)n_forwards * STRIDE);
  double *log_move = ARENA_ARRAY(memory, double, (size_t)n_forwards * STRIDE);
  double *weight = ARENA_ARRAY(memory, double, STRIDE);
  uint32_t *row = ARENA_ARRAY(memory, uint32_t, n);
  uint32_t *forward_row = ARENA_ARRAY(memory, uint32_t, n);
  uint32_t *weight_row = ARENA_ARRAY(memory, uint32_t, n);
  uint32_t *slice_of = ARENA_ARRAY(memory, uint32_t, STRIDE);
  double *slice_years = ARENA_ARRAY(memory, double, VOLS);
  if (!contract || !vol || !forward || !log_move || !weight || !row || !forward_row || !weight_row || !slice_of ||
      !slice_years) {
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < n_forwards; f++) {
    for (uint32_t k = 0; k < STRIDE; k++) {
      double move = k < COLUMNS ? -0.16 + 0.02 * (k % SPOTS) : 0.0;
      forward[f * (size_t)STRIDE + k] = (95.0 + 10.0 * f / n_forwards) * (1.0 + move);
      log_move[f * (size_t)STRIDE + k] = math_log(1.0 + move);
    }
  }
  for (uint32_t k = 0; k < STRIDE; k++) {
    slice_of[k] = k < COLUMNS ? k / SPOTS : SLICE_PADDING;
    weight[k] = 1.0;
  }
  for (uint32_t i = 0; i < n; i++) {
    row[i] = i;
    forward_row[i] = i / PER_FORWARD;
    fill_contract(&seed, n, i, 95.0 + 10.0 * forward_row[i] / n_forwards, contract);
    double base = 0.1 + 0.5 * bench_uniform(&seed);
    for (uint32_t v = 0; v < VOLS; v++) {
      vol[v * (size_t)n + i] = base * (0.75 + 0.25 * v);
    }
  }
  device_buffer *b[11];
  const struct {
    const void *from;
    size_t size_bytes;
  } inputs[] = {{contract, sizeof(double) * N_CONTRACT_FIELDS * n}, {row, 4 * (size_t)n},
                {forward_row, 4 * (size_t)n}, {weight_row, 4 * (size_t)n}, {vol, sizeof(double) * VOLS * (size_t)n},
                {slice_of, 4 * STRIDE}, {slice_years, sizeof(double) * VOLS}, {forward, sizeof(double) * (size_t)n_forwards * STRIDE},
                {log_move, sizeof(double) * (size_t)n_forwards * STRIDE}, {weight, sizeof(double) * STRIDE},
                {NULL, sizeof(double) * n * STRIDE}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    TRY(bench_buffer(on, made, inputs[i].size_bytes, inputs[i].from, &b[i], error));
  }
  const device_traits *traits = device_get_traits(on);
  uint32_t span = device_span(on, KERNEL_price_black, STRIDE);
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_price_black,
                     .arguments = {ARG_BUFFER(b[0]), ARG_UINT(n), ARG_BUFFER(b[1]), ARG_BUFFER(b[2]),
                                   ARG_BUFFER(b[3]), ARG_BUFFER(b[4]), ARG_BUFFER(b[5]), ARG_BUFFER(b[6]),
                                   ARG_BUFFER(b[7]), ARG_BUFFER(b[8]), ARG_BUFFER(b[9]), ARG_DOUBLE(0.0),
                                   ARG_UINT(STRIDE), ARG_UINT(span), ARG_BUFFER(b[10])},
                     .n_arguments = 15,
                     .items = {STRIDE / span, n / traits->lanes}};
  made->work = (double)n * COLUMNS;
  made->limit_per_unit = 60; /* two rationals of 15, one exponential of 17, the rest; a division not counted */
  made->output = b[10];
  made->output_bytes = sizeof(double) * n * STRIDE;
  return SG_OK;
}

sg_status bench_price_black(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_case(on, memory, 1u << 14, made, error);
}

sg_status bench_price_black_large(device *on, arena *memory, bench_work *made, sg_error *error) {
  return make_case(on, memory, 1u << 18, made, error);
}
