/* SPDX-License-Identifier: MIT
 *
 * 20,000 accounts x 10 underlyings x 20 of 200 series, 64 scenarios: netting by underlying, the fold, the worst case.
 */
#include "bench.h"
#include "kernels/shared.h"

enum { ACCOUNTS = 20000, UNDERLYINGS = 250, SERIES = 200, HELD = 20, PER_ACCOUNT = 10, STRIDE = 64,
       NODES = ACCOUNTS * PER_ACCOUNT, INSTRUMENTS = UNDERLYINGS * SERIES };

static double *random_doubles(arena *memory, size_t n, uint64_t seed) {
  double *made = ARENA_ARRAY(memory, double, n);
  for (size_t i = 0; made != NULL && i < n; i++) {
    made[i] = bench_uniform(&seed) - 0.5;
  }
  return made;
}

static uint32_t *identity(arena *memory, uint32_t n) {
  uint32_t *made = ARENA_ARRAY(memory, uint32_t, n);
  for (uint32_t i = 0; made != NULL && i < n; i++) {
    made[i] = i;
  }
  return made;
}

static uint64_t *equal_lists(arena *memory, uint32_t n, uint32_t length) {
  uint64_t *begin = ARENA_ARRAY(memory, uint64_t, n + 1);
  for (uint32_t i = 0; begin != NULL && i <= n; i++) {
    begin[i] = (uint64_t)i * length;
  }
  return begin;
}

static sg_status upload(device *on, const void *from, size_t size_bytes, device_buffer **made, sg_error *error) {
  return from == NULL ? error_out_of_memory(error) : buffer_make(on, size_bytes, from, made, error);
}

/* Nodes in the order of their underlyings; each is written where its account expects it. */
sg_status bench_net_nodes(device *on, arena *memory, bench_launch *made, sg_error *error) {
  uint64_t seed = 2;
  size_t n_positions = (size_t)NODES * HELD;
  uint64_t *begin = equal_lists(memory, NODES, HELD);
  uint32_t *instrument = ARENA_ARRAY(memory, uint32_t, n_positions);
  uint32_t *destination = ARENA_ARRAY(memory, uint32_t, NODES);
  double *quantity = ARENA_ARRAY(memory, double, n_positions);
  double *pnl = random_doubles(memory, (size_t)INSTRUMENTS * STRIDE, 3);
  if (!instrument || !destination || !quantity) {
    return error_out_of_memory(error);
  }
  for (uint32_t n = 0; n < NODES; n++) {
    uint32_t underlying = (uint32_t)((uint64_t)n * UNDERLYINGS / NODES);
    destination[n] = (uint32_t)(((uint64_t)n * 7919) % NODES); /* 7919 is prime to NODES: a permutation */
    for (uint32_t h = 0; h < HELD; h++) {
      instrument[(size_t)n * HELD + h] = underlying * SERIES + (uint32_t)(bench_random(&seed) % SERIES);
      quantity[(size_t)n * HELD + h] = (double)(bench_random(&seed) % 200) - 100.0;
    }
  }
  device_buffer *d_begin, *d_instrument, *d_quantity, *d_pnl, *d_destination, *d_nodes;
  TRY(upload(on, begin, (NODES + 1) * sizeof *begin, &d_begin, error));
  TRY(upload(on, instrument, n_positions * sizeof *instrument, &d_instrument, error));
  TRY(upload(on, quantity, n_positions * sizeof *quantity, &d_quantity, error));
  TRY(upload(on, pnl, (size_t)INSTRUMENTS * STRIDE * sizeof *pnl, &d_pnl, error));
  TRY(upload(on, destination, NODES * sizeof *destination, &d_destination, error));
  TRY(buffer_make(on, (size_t)NODES * STRIDE * sizeof(double), NULL, &d_nodes, error));
  uint32_t span = device_get_traits(on)->wide ? 1 : STRIDE;
  *made = (bench_launch){.kernel = KERNEL_net_nodes,
                         .arguments = {ARG_BUFFER(d_begin), ARG_BUFFER(d_instrument), ARG_BUFFER(d_quantity),
                                       ARG_BUFFER(d_pnl), ARG_BUFFER(d_destination), ARG_UINT(NODES), ARG_UINT(STRIDE),
                                       ARG_UINT(span), ARG_BUFFER(d_nodes)},
                         .n_arguments = 9,
                         .items = {STRIDE / span, NODES},
                         .work = (double)n_positions * STRIDE,
                         .limit_per_unit = 8, /* bytes: each position reads its row of P&L */
                         .output = d_nodes,
                         .output_bytes = (size_t)NODES * STRIDE * sizeof(double)};
  return SG_OK;
}

sg_status bench_fold_level(device *on, arena *memory, bench_launch *made, sg_error *error) {
  uint64_t *begin = equal_lists(memory, ACCOUNTS, PER_ACCOUNT);
  uint32_t *child = identity(memory, NODES);
  uint32_t *rate_row = ARENA_ARRAY(memory, uint32_t, NODES);
  double *rate = ARENA_ARRAY(memory, double, STRIDE), *scale = ARENA_ARRAY(memory, double, STRIDE);
  double *cap = ARENA_ARRAY(memory, double, NODES), *credit = ARENA_ARRAY(memory, double, ACCOUNTS);
  double *nodes = random_doubles(memory, (size_t)NODES * STRIDE, 4);
  for (uint32_t k = 0; rate && scale && k < STRIDE; k++) {
    rate[k] = scale[k] = 1.0;
  }
  for (uint32_t x = 0; cap && x < NODES; x++) {
    cap[x] = 1e300;
  }
  device_buffer *b[8];
  TRY(upload(on, begin, (ACCOUNTS + 1) * sizeof *begin, &b[0], error));
  TRY(upload(on, child, NODES * sizeof *child, &b[1], error));
  TRY(upload(on, rate_row, NODES * sizeof *rate_row, &b[2], error));
  TRY(upload(on, rate, STRIDE * sizeof *rate, &b[3], error));
  TRY(upload(on, cap, NODES * sizeof *cap, &b[4], error));
  TRY(upload(on, scale, STRIDE * sizeof *scale, &b[5], error));
  TRY(upload(on, credit, ACCOUNTS * sizeof *credit, &b[6], error));
  TRY(upload(on, nodes, (size_t)NODES * STRIDE * sizeof *nodes, &b[7], error));
  device_buffer *d_accounts;
  TRY(buffer_make(on, (size_t)ACCOUNTS * STRIDE * sizeof(double), NULL, &d_accounts, error));
  *made = (bench_launch){.kernel = KERNEL_fold_level,
                         .arguments = {ARG_BUFFER(b[0]), ARG_BUFFER(b[1]), ARG_BUFFER(b[2]), ARG_BUFFER(b[3]),
                                       ARG_DOUBLE(0.9), ARG_BUFFER(b[4]), ARG_BUFFER(b[5]), ARG_BUFFER(b[6]),
                                       ARG_UINT(ACCOUNTS), ARG_UINT(STRIDE), ARG_BUFFER(b[7]), ARG_BUFFER(d_accounts)},
                         .n_arguments = 12,
                         .items = {STRIDE / device_get_traits(on)->lanes, ACCOUNTS},
                         .work = (double)NODES * STRIDE,
                         .limit_per_unit = 8, /* bytes: each node's vector is read once */
                         .output = d_accounts,
                         .output_bytes = (size_t)ACCOUNTS * STRIDE * sizeof(double)};
  return SG_OK;
}

sg_status bench_reduce_worst(device *on, arena *memory, bench_launch *made, sg_error *error) {
  double *nodes = random_doubles(memory, (size_t)NODES * STRIDE, 5);
  uint32_t *scenario_of = identity(memory, STRIDE);
  device_buffer *d_nodes, *d_scenario_of, *d_worst, *d_scenario, *d_not_finite;
  TRY(upload(on, nodes, (size_t)NODES * STRIDE * sizeof *nodes, &d_nodes, error));
  TRY(upload(on, scenario_of, STRIDE * sizeof *scenario_of, &d_scenario_of, error));
  TRY(buffer_make(on, NODES * sizeof(double), NULL, &d_worst, error));
  TRY(buffer_make(on, NODES * sizeof(uint32_t), NULL, &d_scenario, error));
  TRY(buffer_make(on, NODES * sizeof(uint32_t), NULL, &d_not_finite, error));
  *made = (bench_launch){.kernel = KERNEL_reduce_worst,
                         .arguments = {ARG_BUFFER(d_nodes), ARG_BUFFER(d_scenario_of), ARG_UINT(NODES), ARG_UINT(STRIDE),
                                       ARG_UINT(STRIDE), ARG_UINT(0), ARG_BUFFER(d_worst), ARG_BUFFER(d_scenario),
                                       ARG_BUFFER(d_not_finite)},
                         .n_arguments = 9,
                         .items = {NODES, 1},
                         .work = (double)NODES * STRIDE,
                         .limit_per_unit = 8,
                         .output = d_worst,
                         .output_bytes = NODES * sizeof(double)};
  return SG_OK;
}
