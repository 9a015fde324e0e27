/* SPDX-License-Identifier: MIT
 *
 * What a case of `bench kernels` is: it makes its data from fixed arithmetic, its answer is checked against the
 * reference, and only then is it timed. One file per subject, one line in BENCH_CASES.
 */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "base/arena.h"
#include "bench/measure.h"
#include "bench/peaks.h"
#include "device/device.h"

/* X(name, unit of work, limit that binds it, what it does) */
#define BENCH_CASES(X)                                                                                              \
  X(price_black, "prices", LIMIT_MULTIPLY_ADDS, "16,384 European options, 17 spot x 3 vol moves")                  \
  X(price_black_large, "prices", LIMIT_MULTIPLY_ADDS, "262,144 European options, 17 spot x 3 vol moves")           \
  X(american_fast, "prices", LIMIT_MULTIPLY_ADDS, "2,048 random American options, 17 spot x 3 vol moves, nothing shared, fast") \
  X(american_accurate, "prices", LIMIT_MULTIPLY_ADDS, "the same, scheme accurate")                                    \
  X(solve_fast, "boundaries", LIMIT_MULTIPLY_ADDS, "the boundaries of american_fast alone")                           \
  X(price_fast, "prices", LIMIT_MULTIPLY_ADDS, "the prices of american_fast alone")                                   \
  X(solve_accurate, "boundaries", LIMIT_MULTIPLY_ADDS, "the boundaries of american_accurate alone")                   \
  X(price_accurate, "prices", LIMIT_MULTIPLY_ADDS, "the prices of american_accurate alone")                           \
  X(chain_fast, "prices", LIMIT_MULTIPLY_ADDS, "8 expiries of 200 strikes, calls and puts, 17 spot x 3 vol moves, shared, fast") \
  X(chain_accurate, "prices", LIMIT_MULTIPLY_ADDS, "the same, scheme accurate")                                       \
  X(chain_20_strikes, "prices", LIMIT_MULTIPLY_ADDS, "chain_accurate with 20 strikes to an expiry")                   \
  X(chain_1_spot, "prices", LIMIT_MULTIPLY_ADDS, "chain_accurate with 1 spot move")                                   \
  X(chain_51_spots, "prices", LIMIT_MULTIPLY_ADDS, "chain_accurate with 51 spot moves")                               \
  X(chain_9_vols, "prices", LIMIT_MULTIPLY_ADDS, "chain_accurate with 9 vol moves")                                   \
  X(own_vols, "prices", LIMIT_MULTIPLY_ADDS, "2 expiries of 16 strikes, 2,000 scenarios with vols of their own, shared, accurate") \
  X(dividends_fast, "prices", LIMIT_MULTIPLY_ADDS, "1,024 random American options, 1 to 8 cash dividends, 17 spot x 3 vol moves, fast") \
  X(dividends_accurate, "prices", LIMIT_MULTIPLY_ADDS, "the same, scheme accurate")                                   \
  X(dividends_chain, "prices", LIMIT_MULTIPLY_ADDS, "the same, 128 options to an underlying and expiry")              \
  X(lattice, "prices", LIMIT_MULTIPLY_ADDS, "64 of them on a lattice of 400 steps")                                   \
  X(imply_vol, "vols", LIMIT_MULTIPLY_ADDS, "262,144 European options from their prices, one launch")                   \
  X(imply_american, "vols", LIMIT_MULTIPLY_ADDS, "4,096 random American options from their prices, scheme accurate")  \
  X(net_nodes, "position-scenarios", LIMIT_CACHED_READ, "200,000 nodes of 20 positions, 64 scenarios, by underlying") \
  X(net_grouped, "position-scenarios", LIMIT_CACHED_READ, "the same, folded into 20,000 accounts, worst scenario")     \
  X(net_random, "position-scenarios", LIMIT_GATHER, "20,000 accounts of 200 positions anywhere, worst scenario")  \
  X(fold_level, "node-scenarios", LIMIT_COPY, "200,000 nodes into 20,000 accounts, 64 scenarios")                  \
  X(reduce_worst, "node-scenarios", LIMIT_COPY, "200,000 nodes, 64 scenarios")

enum { BENCH_LAUNCHES = 3, BENCH_BUFFERS = 32 };

typedef struct bench_launch {
  kernel_id kernel;
  kernel_argument arguments[20];
  size_t n_arguments;
  size_t items[2];
} bench_launch;

/* What is timed: launches that can be repeated. `output` is compared with the reference's, byte for byte. */
typedef struct bench_work {
  bench_launch launches[BENCH_LAUNCHES]; /* in order */
  size_t n_launches;
  double work;           /* units of all launches together */
  double limit_per_unit; /* multiply-adds or bytes that a unit cannot do without; stated in the case */
  device_buffer *output;
  size_t output_bytes;
  device_buffer *buffers[BENCH_BUFFERS]; /* all that the case made */
  size_t n_buffers;
} bench_work;

/* A buffer that is closed with the case. `from` NULL: zeroes. */
sg_status bench_buffer(device *on, bench_work *of, size_t size_bytes, const void *from, device_buffer **made,
                       sg_error *error);

/* Host arrays live in `memory`. */
typedef sg_status bench_case(device *on, arena *memory, bench_work *made, sg_error *error);
#define BENCH_DECLARE(name, unit, limit, text) bench_case bench_##name;
BENCH_CASES(BENCH_DECLARE)
#undef BENCH_DECLARE

#endif
