/* SPDX-License-Identifier: MIT
 *
 * Results as rows with provenance: what was timed, how often, how long, on what. The same fields in CSV and in JSON (one
 * object to a line), appended, so that a file is the history of a device.
 */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "base/error.h"
#include "bench/measure.h"

#include <stdio.h>

/* A file with other fields is not appended to. */
enum { ROW_FORMAT = 2 };

typedef struct row_origin {
  const char *device, *driver;
  uint32_t lanes;
} row_origin;

typedef struct bench_row {
  const char *what;  /* kernels, peaks, run, scaling, peers */
  const char *name;  /* of the case, limit, stage or peer */
  const char *axis;  /* NULL: none; then `at` is the value on it */
  double at;
  const char *data;  /* what it was done to, in words */
  double work;       /* units in one repeat */
  const char *unit;
  timing seconds;
  const char *limit; /* NULL: none; else the limit that binds, and the median over it: on a CPU both by processor time */
  double limit_per_s, share;
  uint64_t memory_bytes; /* peak of the process; 0: not measured */
  const char *digest;    /* of the result; NULL: none */
} bench_row;

typedef struct row_files {
  FILE *csv, *json; /* NULL: none */
  const char *csv_path, *json_path;
  row_origin origin;
  char machine[128], date[32];
  uint32_t cores;
} row_files;

/* Paths may be NULL. The origin's texts must outlive the files. */
sg_status rows_open(const char *csv_path, const char *json_path, row_origin origin, row_files *opened, sg_error *error);
sg_status rows_add(row_files *to, const bench_row *row, sg_error *error);
sg_status rows_close(row_files *opened, sg_error *error); /* accepts zeroes */

#endif
