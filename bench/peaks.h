/* SPDX-License-Identifier: MIT
 *
 * The limits of a device, measured with its own OpenCL calls, apart from the program's.
 */
#ifndef BENCH_PEAKS_H
#define BENCH_PEAKS_H

#include "base/error.h"
#include "bench/measure.h"

/* X(ENUM, name, unit, what is done) */
#define BENCH_LIMITS(X)                                                                                    \
  X(LIMIT_MULTIPLY_ADDS, "multiply_adds", "multiply-adds", "double precision, ten chains in registers")      \
  X(LIMIT_DIVISIONS, "divisions", "divisions", "double precision, ten chains in registers")                  \
  X(LIMIT_SQUARE_ROOTS, "square_roots", "square roots", "double precision, ten chains in registers")         \
  X(LIMIT_COPY, "copy", "bytes", "256 MiB read and written")                                                 \
  X(LIMIT_CACHED_READ, "cached_read", "bytes", "a range of 512 KiB read again and again")                    \
  X(LIMIT_GATHER, "gather", "bytes", "rows of 512 bytes read in random order from 32 MiB")                  \
  X(LIMIT_UPLOAD, "upload", "bytes", "64 MiB from the host to the device")                                   \
  X(LIMIT_DOWNLOAD, "download", "bytes", "64 MiB from the device to the host")                               \
  X(LIMIT_LAUNCH, "launch", "launches", "a kernel of one work-item, launched and waited for")

#define BENCH_ENUM(name, text, unit, what) name,
typedef enum bench_limit { BENCH_LIMITS(BENCH_ENUM) N_LIMITS } bench_limit;
#undef BENCH_ENUM

typedef struct bench_limit_entry {
  const char *name, *unit, *data;
} bench_limit_entry;
extern const bench_limit_entry bench_limits[N_LIMITS];

typedef struct peak {
  double work; /* units in one repeat */
  timing seconds;
} peak;

/* The OpenCL device is found by the name that the device layer gives. */
sg_status peaks_measure(const char *device_name, uint32_t repeats, peak peaks[N_LIMITS], sg_error *error);

/* The best that was seen, per second. */
double peak_per_s(const peak *of);

/* The share of a limit that `work` per repeat reaches in the median. On a CPU by processor time, which others that use the
 * machine hardly change; on a GPU by wall clock. */
double peak_share(const peak *limit, double work, timing seconds, bool on_cpu);

#endif
