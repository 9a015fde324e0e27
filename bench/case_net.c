/* SPDX-License-Identifier: MIT
 *
 * Netting 20,000 accounts of 200 positions over 50,000 instruments in 64 scenarios, with the fold and the worst scenario: a
 * book that holds 20 of the 200 series of ten underlyings, and one whose positions lie anywhere. Popular underlyings and
 * instruments are held more (the square of a uniform number). Each kernel by itself, and netting as a whole.
 */
#include "bench/cases.h"
#include "kernels/shared.h"

#include <stdlib.h>

enum { ACCOUNTS = 20000, UNDERLYINGS = 250, SERIES = 200, HELD = 20, PER_ACCOUNT = 10, STRIDE = 64,
       NODES = ACCOUNTS * PER_ACCOUNT, INSTRUMENTS = UNDERLYINGS * SERIES, POSITIONS = NODES * HELD };

static const double book_work = (double)POSITIONS * STRIDE;

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

static sg_status upload(device *on, bench_work *of, const void *from, size_t size_bytes, device_buffer **made,
                        sg_error *error) {
  return from == NULL ? error_out_of_memory(error) : bench_buffer(on, of, size_bytes, from, made, error);
}

/* ---- books ------------------------------------------------------------------------------------- */

typedef struct net_book {
  uint32_t n_nodes;
  uint64_t *begin;
  uint32_t *instrument, *destination;
  double *quantity;
} net_book;

static int rising_id(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static uint32_t draw_popular(uint64_t *seed, uint32_t n) {
  double u = bench_uniform(seed);
  return (uint32_t)(n * u * u);
}

static bool book_open(arena *memory, uint32_t n_nodes, net_book *made) {
  *made = (net_book){.n_nodes = n_nodes,
                     .begin = equal_lists(memory, n_nodes, POSITIONS / n_nodes),
                     .instrument = ARENA_ARRAY(memory, uint32_t, POSITIONS),
                     .destination = identity(memory, n_nodes),
                     .quantity = ARENA_ARRAY(memory, double, POSITIONS)};
  return made->begin && made->instrument && made->destination && made->quantity;
}

/* Positions of a node stand in the order of their instruments, as in a run. */
static void fill_node(uint64_t *seed, net_book *of, uint32_t n) {
  size_t first = of->begin[n], count = of->begin[n + 1] - first;
  qsort(of->instrument + first, count, sizeof *of->instrument, rising_id);
  for (size_t p = first; p < first + count; p++) {
    of->quantity[p] = (double)(bench_random(seed) % 200) - 100.0;
  }
}

/* Nodes in the order of their underlyings, each written where its account expects it. */
static bool make_grouped(arena *memory, net_book *made) {
  uint64_t seed = 2;
  uint32_t start[UNDERLYINGS + 1] = {0};
  uint32_t *underlying = ARENA_ARRAY(memory, uint32_t, NODES);
  if (underlying == NULL || !book_open(memory, NODES, made)) {
    return false;
  }
  for (uint32_t n = 0; n < NODES; n++) {
    underlying[n] = draw_popular(&seed, UNDERLYINGS);
    start[underlying[n] + 1]++;
  }
  for (uint32_t u = 0; u < UNDERLYINGS; u++) {
    start[u + 1] += start[u];
  }
  for (uint32_t n = 0; n < NODES; n++) {
    made->destination[start[underlying[n]]++] = n;
  }
  for (uint32_t n = 0; n < NODES; n++) {
    uint32_t first = underlying[made->destination[n]] * SERIES;
    for (uint32_t h = 0; h < HELD; h++) {
      made->instrument[n * HELD + h] = first + (uint32_t)(bench_random(&seed) % SERIES);
    }
    fill_node(&seed, made, n);
  }
  return true;
}

/* One node to an account. */
static bool make_random(arena *memory, net_book *made) {
  uint64_t seed = 2;
  if (!book_open(memory, ACCOUNTS, made)) {
    return false;
  }
  for (uint32_t a = 0; a < ACCOUNTS; a++) {
    for (uint32_t h = 0; h < POSITIONS / ACCOUNTS; h++) {
      made->instrument[a * (POSITIONS / ACCOUNTS) + h] = draw_popular(&seed, INSTRUMENTS);
    }
    fill_node(&seed, made, a);
  }
  return true;
}

/* ---- launches ---------------------------------------------------------------------------------- */

static sg_status add_net(device *on, arena *memory, const net_book *from, bench_work *to, device_buffer **d_nodes,
                         sg_error *error) {
  device_buffer *d_begin, *d_instrument, *d_quantity, *d_pnl, *d_destination;
  double *pnl = random_doubles(memory, (size_t)INSTRUMENTS * STRIDE, 3);
  TRY(upload(on, to, from->begin, (from->n_nodes + 1) * sizeof *from->begin, &d_begin, error));
  TRY(upload(on, to, from->instrument, POSITIONS * sizeof *from->instrument, &d_instrument, error));
  TRY(upload(on, to, from->quantity, POSITIONS * sizeof *from->quantity, &d_quantity, error));
  TRY(upload(on, to, pnl, (size_t)INSTRUMENTS * STRIDE * sizeof *pnl, &d_pnl, error));
  TRY(upload(on, to, from->destination, from->n_nodes * sizeof *from->destination, &d_destination, error));
  TRY(bench_buffer(on, to, (size_t)from->n_nodes * STRIDE * sizeof(double), NULL, d_nodes, error));
  uint32_t span = device_span(on, KERNEL_net_nodes, STRIDE);
  to->launches[to->n_launches++] =
      (bench_launch){.kernel = KERNEL_net_nodes,
                     .arguments = {ARG_BUFFER(d_begin), ARG_BUFFER(d_instrument), ARG_BUFFER(d_quantity),
                                   ARG_BUFFER(d_pnl), ARG_BUFFER(d_destination), ARG_UINT(from->n_nodes),
                                   ARG_UINT(STRIDE), ARG_UINT(span), ARG_BUFFER(*d_nodes)},
                     .n_arguments = 9,
                     .items = {STRIDE / span, from->n_nodes}};
  return SG_OK;
}

/* Nodes into accounts, gains in full. */
static sg_status add_fold(device *on, arena *memory, device_buffer *d_nodes, double gains, bench_work *to,
                          device_buffer **d_accounts, sg_error *error) {
  uint64_t *begin = equal_lists(memory, ACCOUNTS, PER_ACCOUNT);
  uint32_t *child = identity(memory, NODES);
  uint32_t *rate_row = ARENA_ARRAY(memory, uint32_t, NODES);
  double *rate = ARENA_ARRAY(memory, double, STRIDE), *scale = ARENA_ARRAY(memory, double, STRIDE);
  double *cap = ARENA_ARRAY(memory, double, NODES), *credit = ARENA_ARRAY(memory, double, ACCOUNTS);
  for (uint32_t k = 0; rate && scale && k < STRIDE; k++) {
    rate[k] = scale[k] = 1.0;
  }
  for (uint32_t x = 0; cap && x < NODES; x++) {
    cap[x] = 1e300;
  }
  device_buffer *b[7];
  TRY(upload(on, to, begin, (ACCOUNTS + 1) * sizeof *begin, &b[0], error));
  TRY(upload(on, to, child, NODES * sizeof *child, &b[1], error));
  TRY(upload(on, to, rate_row, NODES * sizeof *rate_row, &b[2], error));
  TRY(upload(on, to, rate, STRIDE * sizeof *rate, &b[3], error));
  TRY(upload(on, to, cap, NODES * sizeof *cap, &b[4], error));
  TRY(upload(on, to, scale, STRIDE * sizeof *scale, &b[5], error));
  TRY(upload(on, to, credit, ACCOUNTS * sizeof *credit, &b[6], error));
  TRY(bench_buffer(on, to, (size_t)ACCOUNTS * STRIDE * sizeof(double), NULL, d_accounts, error));
  to->launches[to->n_launches++] =
      (bench_launch){.kernel = KERNEL_fold_level,
                     .arguments = {ARG_BUFFER(b[0]), ARG_BUFFER(b[1]), ARG_BUFFER(b[2]), ARG_BUFFER(b[3]),
                                   ARG_DOUBLE(gains), ARG_BUFFER(b[4]), ARG_BUFFER(b[5]), ARG_BUFFER(b[6]),
                                   ARG_UINT(ACCOUNTS), ARG_UINT(STRIDE), ARG_BUFFER(d_nodes), ARG_BUFFER(*d_accounts)},
                     .n_arguments = 12,
                     .items = {STRIDE / device_get_traits(on)->lanes, ACCOUNTS}};
  return SG_OK;
}

static sg_status add_worst(device *on, arena *memory, device_buffer *d_pnl, uint32_t n, bench_work *to, sg_error *error) {
  uint32_t *scenario_of = identity(memory, STRIDE);
  device_buffer *d_scenario_of, *d_scenario, *d_not_finite;
  TRY(upload(on, to, scenario_of, STRIDE * sizeof *scenario_of, &d_scenario_of, error));
  TRY(bench_buffer(on, to, n * sizeof(double), NULL, &to->output, error));
  TRY(bench_buffer(on, to, n * sizeof(uint32_t), NULL, &d_scenario, error));
  TRY(bench_buffer(on, to, n * sizeof(uint32_t), NULL, &d_not_finite, error));
  to->output_bytes = n * sizeof(double);
  to->launches[to->n_launches++] =
      (bench_launch){.kernel = KERNEL_reduce_worst,
                     .arguments = {ARG_BUFFER(d_pnl), ARG_BUFFER(d_scenario_of), ARG_UINT(n), ARG_UINT(STRIDE),
                                   ARG_UINT(STRIDE), ARG_UINT(0), ARG_BUFFER(to->output), ARG_BUFFER(d_scenario),
                                   ARG_BUFFER(d_not_finite)},
                     .n_arguments = 9,
                     .items = {n, 1}};
  return SG_OK;
}

static sg_status random_nodes(device *on, arena *memory, bench_work *to, device_buffer **d_nodes, sg_error *error) {
  double *nodes = random_doubles(memory, (size_t)NODES * STRIDE, 4);
  return upload(on, to, nodes, (size_t)NODES * STRIDE * sizeof *nodes, d_nodes, error);
}

/* ---- cases ------------------------------------------------------------------------------------- */

/* Bytes: each position reads its row of P&L. */
static void set_net_work(bench_work *of) {
  of->work = book_work;
  of->limit_per_unit = sizeof(double);
}

sg_status bench_net_nodes(device *on, arena *memory, bench_work *made, sg_error *error) {
  net_book book;
  if (!make_grouped(memory, &book)) {
    return error_out_of_memory(error);
  }
  TRY(add_net(on, memory, &book, made, &made->output, error));
  made->output_bytes = (size_t)NODES * STRIDE * sizeof(double);
  set_net_work(made);
  return SG_OK;
}

sg_status bench_net_grouped(device *on, arena *memory, bench_work *made, sg_error *error) {
  net_book book;
  device_buffer *d_nodes, *d_accounts;
  if (!make_grouped(memory, &book)) {
    return error_out_of_memory(error);
  }
  TRY(add_net(on, memory, &book, made, &d_nodes, error));
  TRY(add_fold(on, memory, d_nodes, 1.0, made, &d_accounts, error));
  TRY(add_worst(on, memory, d_accounts, ACCOUNTS, made, error));
  set_net_work(made);
  return SG_OK;
}

sg_status bench_net_random(device *on, arena *memory, bench_work *made, sg_error *error) {
  net_book book;
  device_buffer *d_accounts;
  if (!make_random(memory, &book)) {
    return error_out_of_memory(error);
  }
  TRY(add_net(on, memory, &book, made, &d_accounts, error));
  TRY(add_worst(on, memory, d_accounts, ACCOUNTS, made, error));
  set_net_work(made);
  return SG_OK;
}

/* Bytes: each node's vector is read once. */
sg_status bench_fold_level(device *on, arena *memory, bench_work *made, sg_error *error) {
  device_buffer *d_nodes;
  TRY(random_nodes(on, memory, made, &d_nodes, error));
  TRY(add_fold(on, memory, d_nodes, 0.9, made, &made->output, error));
  made->output_bytes = (size_t)ACCOUNTS * STRIDE * sizeof(double);
  made->work = (double)NODES * STRIDE;
  made->limit_per_unit = sizeof(double);
  return SG_OK;
}

sg_status bench_reduce_worst(device *on, arena *memory, bench_work *made, sg_error *error) {
  device_buffer *d_nodes;
  TRY(random_nodes(on, memory, made, &d_nodes, error));
  TRY(add_worst(on, memory, d_nodes, NODES, made, error));
  made->work = (double)NODES * STRIDE;
  made->limit_per_unit = sizeof(double);
  return SG_OK;
}
