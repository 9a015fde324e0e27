/* SPDX-License-Identifier: MIT
 *
 * Implied vols over a book's range: strikes 60..140 % of the forward, 18 days to 2 years, vols 10..60 %, discounted prices
 * in and out of the money.
 */
#include "bench/cases.h"
#include "kernels/price_black.h"

enum { OPTIONS = 1 << 18 };

/* Column i of contract[field][i], and its price. */
static void fill_option(uint64_t *seed, uint32_t i, double forward, double *contract, double *price) {
  double strike = forward * (0.6 + 0.8 * bench_uniform(seed)), years = 0.05 + 2.0 * bench_uniform(seed);
  double vol = 0.1 + 0.5 * bench_uniform(seed);
  contract[CONTRACT_STRIKE * OPTIONS + i] = strike;
  contract[CONTRACT_LOG_STRIKE * OPTIONS + i] = math_log(strike / forward);
  contract[CONTRACT_SIGN * OPTIONS + i] = bench_random(seed) % 2 ? 1.0 : -1.0;
  contract[CONTRACT_YEARS * OPTIONS + i] = years;
  contract[CONTRACT_DISCOUNT * OPTIONS + i] = math_exp(-0.03 * years);
  black_state state = black_prepare(contract_load(contract, OPTIONS, i), vol, 0.0);
  *price = black_value(state, forward, 0.0);
}

sg_status bench_imply_vol(device *on, arena *memory, bench_work *made, sg_error *error) {
  uint64_t seed = 1;
  double *contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS * (size_t)OPTIONS);
  double *forward = ARENA_ARRAY(memory, double, OPTIONS), *price = ARENA_ARRAY(memory, double, OPTIONS);
  if (!contract || !forward || !price) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0; i < OPTIONS; i++) {
    forward[i] = 95.0 + 10.0 * i / OPTIONS;
    fill_option(&seed, i, forward[i], contract, &price[i]);
  }
  size_t row = OPTIONS * sizeof(double);
  device_buffer *d_contract, *d_forward, *d_price, *d_vol, *d_status, *d_steps;
  TRY(bench_buffer(on, made, N_CONTRACT_FIELDS * row, contract, &d_contract, error));
  TRY(bench_buffer(on, made, row, forward, &d_forward, error));
  TRY(bench_buffer(on, made, row, price, &d_price, error));
  TRY(bench_buffer(on, made, row, NULL, &d_vol, error));
  TRY(bench_buffer(on, made, row, NULL, &d_status, error));
  TRY(bench_buffer(on, made, row, NULL, &d_steps, error));
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_imply_vol,
                     .arguments = {ARG_BUFFER(d_contract), ARG_UINT(OPTIONS), ARG_BUFFER(d_forward), ARG_BUFFER(d_price),
                                   ARG_UINT(0), ARG_BUFFER(d_vol), ARG_BUFFER(d_status), ARG_BUFFER(d_steps)},
                     .n_arguments = 8,
                     .items = {OPTIONS / device_get_traits(on)->lanes, 1}};
  made->work = OPTIONS;
  made->limit_per_unit = 240; /* guess: a rational of 15, a logarithm of 17, a fit; twice a step: two rationals of 15, a
                                 logarithm, 25 for the step; divisions not counted */
  made->output = d_vol;
  made->output_bytes = row;
  return SG_OK;
}
