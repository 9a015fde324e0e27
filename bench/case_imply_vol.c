/* SPDX-License-Identifier: MIT
 *
 * Implied vols over a book's range: strikes 60..140 % of the forward, 18 days to 2 years, vols 10..60 %, discounted prices
 * in and out of the money; of European options, and of American ones at rates and yields of 0..8 %.
 */
#include "bench/cases.h"
#include "device/american_scheme.h"
#include "kernels/implied_american.h"

#include <assert.h>

enum { OPTIONS = 1 << 18, AMERICAN_OPTIONS = 1 << 12 };

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

/* The same options, a rate and a carry added. */
static void fill_american(uint64_t *seed, uint32_t i, double forward, const american_scheme *scheme, double *contract,
                          double *price) {
  assert(scheme->n_nodes > 0);
  double *field = contract + i;
  double strike = forward * (0.6 + 0.8 * bench_uniform(seed)), years = 0.05 + 2.0 * bench_uniform(seed);
  double vol = 0.1 + 0.5 * bench_uniform(seed), rate = 0.08 * bench_uniform(seed);
  field[CONTRACT_STRIKE * AMERICAN_OPTIONS] = strike;
  field[CONTRACT_LOG_STRIKE * AMERICAN_OPTIONS] = math_log(strike / forward);
  field[CONTRACT_SIGN * AMERICAN_OPTIONS] = bench_random(seed) % 2 ? 1.0 : -1.0;
  field[CONTRACT_YEARS * AMERICAN_OPTIONS] = years;
  field[CONTRACT_RATE * AMERICAN_OPTIONS] = rate;
  field[CONTRACT_DISCOUNT * AMERICAN_OPTIONS] = math_exp(-rate * years);
  field[CONTRACT_CARRY * AMERICAN_OPTIONS] = rate - 0.08 * bench_uniform(seed);
  *price = american_value_at(contract_load(contract, AMERICAN_OPTIONS, i), forward, vol, scheme);
}

/* Two solves by the fast scheme, two by the accurate one: bench/case_american.c counts their multiply-adds. */
sg_status bench_imply_american(device *on, arena *memory, bench_work *made, sg_error *error) {
  static const american_accuracy accuracies[] = {AMERICAN_fast, AMERICAN_accurate};
  uint64_t seed = 3;
  double *contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS *(size_t)AMERICAN_OPTIONS);
  double *forward = ARENA_ARRAY(memory, double, AMERICAN_OPTIONS), *price = ARENA_ARRAY(memory, double, AMERICAN_OPTIONS);
  const double *table[2];
  device_buffer *b[8];
  for (int i = 0; i < 2; i++) {
    american_shape shape = american_shape_get(accuracies[i]);
    table[i] = american_table_make(memory, shape);
    if (!contract || !forward || !price || !table[i]) {
      return error_out_of_memory(error);
    }
    TRY(bench_buffer(on, made, american_table_count(shape) * sizeof(double), table[i], &b[3 + i], error));
  }
  american_scheme scheme = american_scheme_read(table[1]);
  for (uint32_t i = 0; i < AMERICAN_OPTIONS; i++) {
    forward[i] = 95.0 + 10.0 * i / AMERICAN_OPTIONS;
    fill_american(&seed, i, forward[i], &scheme, contract, &price[i]);
  }
  size_t row = AMERICAN_OPTIONS * sizeof(double);
  TRY(bench_buffer(on, made, N_CONTRACT_FIELDS * row, contract, &b[0], error));
  TRY(bench_buffer(on, made, row, forward, &b[1], error));
  TRY(bench_buffer(on, made, row, price, &b[2], error));
  for (int i = 5; i < 8; i++) {
    TRY(bench_buffer(on, made, row, NULL, &b[i], error));
  }
  made->launches[made->n_launches++] =
      (bench_launch){.kernel = KERNEL_imply_american,
                     .arguments = {ARG_BUFFER(b[0]), ARG_UINT(AMERICAN_OPTIONS), ARG_BUFFER(b[1]), ARG_BUFFER(b[2]),
                                   ARG_BUFFER(b[3]), ARG_BUFFER(b[4]), ARG_BUFFER(b[5]), ARG_BUFFER(b[6]), ARG_BUFFER(b[7])},
                     .n_arguments = 9,
                     .items = {AMERICAN_OPTIONS / device_get_traits(on)->lanes, 1}};
  made->work = AMERICAN_OPTIONS;
  made->limit_per_unit = 2 * (2 * 7 * 7 * 110 + 3 * 13 * 20 * 120);
  made->output = b[5];
  made->output_bytes = row;
  return SG_OK;
}
