/* SPDX-License-Identifier: MIT
 *
 * bench peaks: the limits of the device as a table and as rows.
 */
#include "bench/bench.h"
#include "bench/peaks.h"

#include <stdio.h>

static sg_status report(bench_limit limit, const peak *measured, row_files *rows, sg_error *error) {
  const bench_limit_entry *entry = &bench_limits[limit];
  const bench_row row = {.what = "peaks",
                         .name = entry->name,
                         .data = entry->data,
                         .work = measured->work,
                         .unit = entry->unit,
                         .seconds = measured->seconds};
  bool few = limit == LIMIT_LAUNCH;
  double unit = few ? 1e3 : 1e9;
  printf("%-14s %9.2f %9.2f %8.1f %%  %s %s/s: %s\n", entry->name, measured->work / row.seconds.best_s / unit,
         measured->work / row.seconds.median_s / unit, 100 * row.seconds.spread, few ? "k" : "G", entry->unit,
         entry->data);
  return rows_add(rows, &row, error);
}

sg_status bench_peaks(const bench_values *given, sg_error *error) {
  device *on = NULL;
  row_files rows = {0};
  peak measured[N_LIMITS];
  sg_status status = bench_open_device(given, &on, error);
  TRY_DONE(status);
  TRY_DONE(rows_open(given->csv, given->json, bench_origin(on), &rows, error));
  TRY_DONE(peaks_measure(rows.origin.device, bench_repeats(given, REPEATS_USUAL), measured, error));
  printf("%s, driver %s\n%-14s %9s %9s %10s\n", rows.origin.device, rows.origin.driver, "", "best", "median", "spread");
  for (int limit = 0; limit < N_LIMITS; limit++) {
    if (bench_chosen(given, bench_limits[limit].name)) {
      TRY_DONE(report((bench_limit)limit, &measured[limit], &rows, error));
    }
  }
done:;
  sg_status closed = rows_close(&rows, error);
  device_close(on);
  return status != SG_OK ? status : closed;
}
