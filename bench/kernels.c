/* SPDX-License-Identifier: MIT
 *
 * bench kernels: each case is checked against the reference, byte for byte, then timed beside the limit that binds it.
 */
#include "bench/bench.h"
#include "bench/cases.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARM_UPS = 3 };

typedef struct case_entry {
  const char *name, *unit, *data;
  bench_limit limit;
  bench_case *make;
} case_entry;

#define CASE_ENTRY(name, unit, limit, data) {#name, unit, data, limit, bench_##name},
static const case_entry entries[] = {BENCH_CASES(CASE_ENTRY)};

sg_status bench_buffer(device *on, bench_work *of, size_t size_bytes, const void *from, device_buffer **made,
                       sg_error *error) {
  assert(of->n_buffers < BENCH_BUFFERS);
  TRY(buffer_make(on, size_bytes, from, made, error));
  of->buffers[of->n_buffers++] = *made;
  return SG_OK;
}

static void work_close(bench_work *made) {
  while (made->n_buffers > 0) {
    buffer_close(made->buffers[--made->n_buffers]);
  }
}

static sg_status work_run(device *on, const bench_work *what, sg_error *error) {
  for (size_t i = 0; i < what->n_launches; i++) {
    const bench_launch *one = &what->launches[i];
    TRY(device_launch(on, one->kernel, one->arguments, one->n_arguments, one->items, error));
  }
  return device_finish(on, error);
}

/* The reference gets the same data and has to give the same bytes. */
static sg_status verify(device *on, const bench_work *what, const case_entry *entry, sg_error *error) {
  arena *memory = arena_open();
  device *reference = NULL;
  bench_work again = {0};
  char *got = malloc(what->output_bytes), *expected = malloc(what->output_bytes);
  const sg_device_options quick = {.skip_self_test = true};
  sg_status status = memory && got && expected ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(device_open("reference", &quick, &reference, error));
  TRY_DONE(entry->make(reference, memory, &again, error));
  TRY_DONE(work_run(reference, &again, error));
  TRY_DONE(buffer_read(reference, again.output, 0, again.output_bytes, expected, error));
  TRY_DONE(work_run(on, what, error));
  TRY_DONE(buffer_read(on, what->output, 0, what->output_bytes, got, error));
  if (memcmp(got, expected, what->output_bytes) != 0) {
    status = error_fail(error, SG_DEVICE, "%s: the device's answer differs from the reference's: not timed", entry->name);
  }
done:
  free(got);
  free(expected);
  work_close(&again);
  device_close(reference);
  arena_close(memory);
  return status;
}

static sg_status report(device *on, const case_entry *entry, const bench_work *what, timing seconds, const peak *limits,
                        row_files *rows, sg_error *error) {
  bool on_cpu = !device_get_traits(on)->wide;
  bench_row row = {.what = "kernels",
                   .name = entry->name,
                   .data = entry->data,
                   .work = what->work,
                   .unit = entry->unit,
                   .seconds = seconds};
  double millions = what->work / 1e6;
  int digits = millions < seconds.best_s ? 4 : 1;
  printf("%-18s %9.*f %9.*f %8.1f %% %9.*f", entry->name, digits, millions / seconds.best_s, digits,
         millions / seconds.median_s, 100 * seconds.spread, digits, millions / seconds.cpu_median_s);
  if (limits != NULL) {
    row.limit = bench_limits[entry->limit].name;
    row.limit_per_s = peak_per_s(&limits[entry->limit]);
    row.share = peak_share(&limits[entry->limit], what->work * what->limit_per_unit, seconds, on_cpu);
    printf("  %5.1f %% of %-13s", 100 * row.share, row.limit);
  }
  printf("  %s\n", entry->unit);
  return rows_add(rows, &row, error);
}

static sg_status run_case(device *on, const case_entry *entry, uint32_t repeats, const peak *limits, row_files *rows,
                          sg_error *error) {
  arena *memory = arena_open();
  bench_work what = {0};
  moment *seconds = malloc(repeats * sizeof *seconds);
  sg_status status = memory && seconds ? entry->make(on, memory, &what, error) : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(verify(on, &what, entry, error));
  for (int i = -WARM_UPS; i < (int)repeats; i++) {
    moment start = moment_now();
    TRY_DONE(work_run(on, &what, error));
    seconds[i < 0 ? 0 : i] = moment_since(start);
  }
  TRY_DONE(report(on, entry, &what, timing_make(seconds, repeats), limits, rows, error));
done:
  work_close(&what);
  free(seconds);
  arena_close(memory);
  return status;
}

sg_status bench_kernels(const bench_values *given, sg_error *error) {
  device *on = NULL;
  row_files rows = {0};
  peak limits[N_LIMITS];
  uint32_t repeats = bench_repeats(given, REPEATS_USUAL);
  sg_status status = bench_open_device(given, &on, error);
  TRY_DONE(status);
  TRY_DONE(rows_open(given->csv, given->json, bench_origin(on), &rows, error));
  if (!given->no_limits) {
    TRY_DONE(peaks_measure(rows.origin.device, REPEATS_LEAST, limits, error));
  }
  printf("%s, driver %s, %u lanes\n%-18s %9s %9s %10s %9s\n", rows.origin.device, rows.origin.driver, rows.origin.lanes,
         "M/s", "best", "median", "spread", "per cpu-s");
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    if (bench_chosen(given, entries[i].name)) {
      TRY_DONE(run_case(on, &entries[i], repeats, given->no_limits ? NULL : limits, &rows, error));
    }
  }
done:;
  sg_status closed = rows_close(&rows, error);
  device_close(on);
  return status != SG_OK ? status : closed;
}
