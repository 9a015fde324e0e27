/* SPDX-License-Identifier: MIT
 *
 * bench run: whole runs, each a process of its own, by stage.
 */
#include "bench/bench.h"
#include "bench/runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sg_status runs_make(const bench_book *on, const bench_once_options *options, uint32_t repeats, process_result *made,
                    sg_error *error) {
  process_result warm; /* kernels into their cache, the book into the system's */
  TRY(books_run(on, options, &warm, error));
  for (uint32_t i = 0; i < repeats; i++) {
    TRY(books_run(on, options, &made[i], error));
    if (strcmp(made[i].digest, warm.digest) != 0) {
      return error_fail(error, SG_BUG, "two runs on %s have different digests", on->path);
    }
  }
  return SG_OK;
}

timing runs_timing(const process_result *of, uint32_t n, const char *stage) {
  moment *seconds = malloc(n * sizeof *seconds);
  if (seconds == NULL) {
    return (timing){0};
  }
  for (uint32_t i = 0; i < n; i++) {
    seconds[i] = stage == NULL ? of[i].seconds : process_stage_find(&of[i], stage);
  }
  timing made = timing_make(seconds, n);
  free(seconds);
  return made;
}

uint64_t runs_memory_bytes(const process_result *of, uint32_t n) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < n; i++) {
    most = of[i].memory_bytes > most ? of[i].memory_bytes : most;
  }
  return most;
}

static sg_status report(const bench_book *on, const char *name, timing seconds, const process_result *first,
                        uint64_t memory_bytes, row_files *rows, sg_error *error) {
  const bench_row row = {.what = "run",
                         .name = name,
                         .data = on->text,
                         .work = on->n_positions,
                         .unit = "positions",
                         .seconds = seconds,
                         .memory_bytes = memory_bytes,
                         .digest = first->digest};
  printf("%-12s %9.3f %9.3f %8.1f %%", name, seconds.best_s, seconds.median_s, 100 * seconds.spread);
  printf(isnan(seconds.cpu_median_s) ? "         -\n" : " %9.3f\n", seconds.cpu_median_s);
  return rows_add(rows, &row, error);
}

/* Read, margin and write as timed from outside the library; the stages of margin come after it. */
static sg_status report_all(const bench_book *on, const process_result *made, uint32_t n, row_files *rows, sg_error *error) {
  uint64_t memory_bytes = runs_memory_bytes(made, n);
  printf("%s\n%-12s %9s %9s %10s %9s\n", on->text, "seconds", "best", "median", "spread", "processor");
  for (uint32_t i = 0; i < made[0].n_stages; i++) {
    const char *name = made[0].stages[i].name;
    TRY(report(on, name, runs_timing(made, n, name), &made[0], 0, rows, error));
  }
  TRY(report(on, "all", runs_timing(made, n, NULL), &made[0], memory_bytes, rows, error));
  printf("at most %.0f MiB; digest %s\n", (double)memory_bytes / 0x1p20, made[0].digest);
  return SG_OK;
}

sg_status bench_run(const bench_values *given, sg_error *error) {
  device *on = NULL;
  row_files rows = {0};
  bench_book book = {0};
  uint32_t repeats = bench_repeats(given, REPEATS_LEAST);
  bench_once_options options = books_once_options(given);
  sg_generate_options sizes = books_sizes(given);
  process_result *made = calloc(repeats, sizeof *made);
  sg_status status = made == NULL ? error_out_of_memory(error) : bench_open_device(given, &on, error);
  TRY_DONE(status);
  TRY_DONE(rows_open(given->csv, given->json, bench_origin(on), &rows, error));
  TRY_DONE(books_open(given->book, &sizes, &book, error));
  TRY_DONE(runs_make(&book, &options, repeats, made, error));
  TRY_DONE(report_all(&book, made, repeats, &rows, error));
done:;
  sg_status closed = rows_close(&rows, error);
  books_close(&book);
  device_close(on);
  free(made);
  return status != SG_OK ? status : closed;
}
