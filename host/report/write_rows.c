/* SPDX-License-Identifier: MIT
 *
 * Rows in parts: each is written into memory by a thread, and handed on in order.
 */
#include "base/parallel.h"
#include "report/files.h"

#include <stdlib.h>

enum { PART_ROWS = 8192 };

typedef struct parts {
  const result *run;
  size_t first, end;
  rows_function *rows;
  writer *out;
  writer *made; /* [worker] */
  bool enough;  /* memory for all that was taken */
} parts;

static bool make_part(void *context, uint32_t worker, size_t part) {
  const parts *of = context;
  size_t first = of->first + part * PART_ROWS, end = of->end - first < PART_ROWS ? of->end : first + PART_ROWS;
  writer_keep(&of->made[worker]);
  of->rows(of->run, first, end, &of->made[worker]);
  return true;
}

static bool take_part(void *context, uint32_t worker, size_t part) {
  parts *of = context;
  of->enough = writer_append(of->out, &of->made[worker]);
  return of->enough;
}

bool write_rows(const result *run, size_t first, size_t end, rows_function *rows, writer *out) {
  uint32_t n_workers = parallel_workers();
  if (end - first <= PART_ROWS || n_workers == 1) {
    rows(run, first, end, out);
    return true;
  }
  parts of = {.run = run, .first = first, .end = end, .rows = rows, .out = out,
              .made = calloc(n_workers, sizeof *of.made), .enough = true};
  if (of.made == NULL) {
    return false;
  }
  parallel_job job = {(end - first + PART_ROWS - 1) / PART_ROWS, &of, 2, {{make_part, false}, {take_part, true}}};
  parallel_run(&job, n_workers);
  for (uint32_t w = 0; w < n_workers; w++) {
    writer_release(&of.made[w]);
  }
  free(of.made);
  return of.enough;
}
