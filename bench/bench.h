/* SPDX-License-Identifier: MIT
 *
 * What a benchmark case is: it makes its data from fixed arithmetic, checks the device's answer against the reference,
 * and only then is timed. One file per case, one line in BENCH_CASES.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "base/arena.h"
#include "device/device.h"

/* X(name, unit, limit that binds it, what it does) */
#define BENCH_CASES(X)                                                                                              \
  X(price_black, "prices/s", LIMIT_MULTIPLY_ADDS, "16,384 European options, 17 spot x 3 vol moves")                  \
  X(solve_fast, "boundaries/s", LIMIT_MULTIPLY_ADDS, "2,048 American options x 3 vols, scheme fast")                   \
  X(price_fast, "prices/s", LIMIT_MULTIPLY_ADDS, "2,048 American options, 17 spot x 3 vol moves, boundaries solved")   \
  X(solve_accurate, "boundaries/s", LIMIT_MULTIPLY_ADDS, "2,048 American options x 3 vols, scheme accurate")           \
  X(price_accurate, "prices/s", LIMIT_MULTIPLY_ADDS, "2,048 American options, 17 spot x 3 vol moves, scheme accurate") \
  X(imply_vol, "vols/s", LIMIT_MULTIPLY_ADDS, "262,144 European options from their prices, one launch")                   \
  X(net_nodes, "position-scenarios/s", LIMIT_CACHED_READ, "200,000 nodes of 20 positions, 64 scenarios, by underlying") \
  X(net_grouped, "position-scenarios/s", LIMIT_CACHED_READ, "the same, folded into 20,000 accounts, worst scenario")     \
  X(net_random, "position-scenarios/s", LIMIT_CACHED_READ, "20,000 accounts of 200 positions anywhere, worst scenario")  \
  X(fold_level, "node-scenarios/s", LIMIT_COPY, "200,000 nodes into 20,000 accounts, 64 scenarios")                  \
  X(reduce_worst, "node-scenarios/s", LIMIT_COPY, "200,000 nodes, 64 scenarios")

/* Limits of the device, measured in the same run. X(ENUM, name, unit) */
#define BENCH_LIMITS(X)                                                   \
  X(LIMIT_MULTIPLY_ADDS, "multiply_adds", "double multiply-adds/s")       \
  X(LIMIT_COPY, "copy", "bytes/s read and written")                       \
  X(LIMIT_CACHED_READ, "cached_read", "bytes/s read from a 512 KiB range")

#define BENCH_ENUM(name, text, unit) name,
typedef enum bench_limit { BENCH_LIMITS(BENCH_ENUM) N_LIMITS } bench_limit;
#undef BENCH_ENUM

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

/* Per second, best of several; the OpenCL device is found by the name that the device layer gives. */
sg_status peaks_measure(const char *device_name, double per_second[N_LIMITS], sg_error *error);

/* A generator with fixed arithmetic (splitmix64), so that every machine times the same data. */
uint64_t bench_random(uint64_t *state);
double bench_uniform(uint64_t *state); /* [0, 1) */

#endif
