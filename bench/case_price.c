/* SPDX-License-Identifier: MIT
 *
 * European options over a grid: strikes 60..140 % of spot, 18 days to 2 years, vols 10..60 %, a forward for every 16.
 */
#include "bench/cases.h"
#include "kernels/math.h"
#include "kernels/shared.h"

enum { INSTRUMENTS = 16384, SPOTS = 17, VOLS = 3, COLUMNS = SPOTS * VOLS, STRIDE = 64, FORWARDS = INSTRUMENTS / 16 };

static void fill_contract(uint64_t *seed, uint32_t i, double forward, double *contract) {
  double strike = 60.0 + 80.0 * bench_uniform(seed), years = 0.05 + 2.0 * bench_uniform(seed);
  contract[CONTRACT_STRIKE * INSTRUMENTS + i] = strike;
  contract[CONTRACT_LOG_STRIKE * INSTRUMENTS + i] = math_log(strike / forward);
  contract[CONTRACT_SIGN * INSTRUMENTS + i] = bench_random(seed) % 2 ? 1.0 : -1.0;
  contract[CONTRACT_MULTIPLIER * INSTRUMENTS + i] = 1.0;
  contract[CONTRACT_YEARS * INSTRUMENTS + i] = years;
  contract[CONTRACT_RATE * INSTRUMENTS + i] = 0.03;
  contract[CONTRACT_DISCOUNT * INSTRUMENTS + i] = math_exp(-0.03 * years);
}

sg_status bench_price_black(device *on, arena *memory, bench_work *made, sg_error *error) {
  uint64_t seed = 1;
  double *contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS * INSTRUMENTS);
  double *vol = ARENA_ARRAY(memory, double, VOLS * INSTRUMENTS);
  double *forward = ARENA_ARRAY(memory, double, FORWARDS * STRIDE);
  double *log_move = ARENA_ARRAY(memory, double, FORWARDS * STRIDE);
  double *weight = ARENA_ARRAY(memory, double, STRIDE);
  uint32_t *row = ARENA_ARRAY(memory, uint32_t, INSTRUMENTS);
  uint32_t *forward_row = ARENA_ARRAY(memory, uint32_t, INSTRUMENTS);
  uint32_t *weight_row = ARENA_ARRAY(memory, uint32_t, INSTRUMENTS);
  uint32_t *slice_of = ARENA_ARRAY(memory, uint32_t, STRIDE);
  double *slice_years = ARENA_ARRAY(memory, double, VOLS);
  if (!contract || !vol || !forward || !log_move || !weight || !row || !forward_row || !weight_row || !slice_of ||
      !slice_years) {
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < FORWARDS; f++) {
    for (uint32_t k = 0; k < STRIDE; k++) {
      double move = k < COLUMNS ? -0.16 + 0.02 * (k % SPOTS) : 0.0;
      forward[f * STRIDE + k] = (95.0 + 10.0 * f / FORWARDS) * (1.0 + move);
      log_move[f * STRIDE + k] = math_log(1.0 + move);
    }
  }
  for (uint32_t k = 0; k < STRIDE; k++) {
    slice_of[k] = k < COLUMNS ? k / SPOTS : SLICE_PADDING;
    weight[k] = 1.0;
  }
  for (uint32_t i = 0; i < INSTRUMENTS; i++) {
    row[i] = i;
    forward_row[i] = i / 16;
    fill_contract(&seed, i, 95.0 + 10.0 * (i / 16) / FORWARDS, contract);
    double base = 0.1 + 0.5 * bench_uniform(&seed);
    for (uint32_t v = 0; v < VOLS; v++) {
      vol[v * INSTRUMENTS + i] = base * (0.75 + 0.25 * v);
    }
  }
  device_buffer *b[11];
  const struct {
    const void *from;
    size_t size_bytes;
  } inputs[] = {{contract, sizeof(double) * N_CONTRACT_FIELDS * INSTRUMENTS}, {row, 4 * INSTRUMENTS},
                {forward_row, 4 * INSTRUMENTS}, {weight_row, 4 * INSTRUMENTS}, {vol, sizeof(double) * VOLS * INSTRUMENTS},
                {slice_of, 4 * STRIDE}, {slice_years, sizeof(double) * VOLS}, {forward, sizeof(double) * FORWARDS * STRIDE},
                {log_move, sizeof(double) * FORWARDS * STRIDE}, {weight, sizeof(double) * STRIDE},
                {NULL, sizeof(double) * INSTRUMENTS * STRIDE}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    TRY(bench_buffer(on, made, inputs[i].size_bytes, inputs[i].from, &b[i], error));
  }
  const device_traits *traits = device_get_traits(on);
  uint32_t span = device_span(on, KERNEL_price_black, STRIDE);
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_price_black,
                     .arguments = {ARG_BUFFER(b[0]), ARG_UINT(INSTRUMENTS), ARG_BUFFER(b[1]), ARG_BUFFER(b[2]),
                                   ARG_BUFFER(b[3]), ARG_BUFFER(b[4]), ARG_BUFFER(b[5]), ARG_BUFFER(b[6]),
                                   ARG_BUFFER(b[7]), ARG_BUFFER(b[8]), ARG_BUFFER(b[9]), ARG_DOUBLE(0.0),
                                   ARG_UINT(STRIDE), ARG_UINT(span), ARG_BUFFER(b[10])},
                     .n_arguments = 15,
                     .items = {STRIDE / span, INSTRUMENTS / traits->lanes}};
  made->work = (double)INSTRUMENTS * COLUMNS;
  made->limit_per_unit = 60; /* two rationals of 15, one exponential of 17, the rest; a division not counted */
  made->output = b[10];
  made->output_bytes = sizeof(double) * INSTRUMENTS * STRIDE;
  return SG_OK;
}
