/* SPDX-License-Identifier: MIT
 *
 * shockgrid-bench [--device D] [--lanes N] [--repeats N] [--csv FILE]: the kernels of this device beside its limits.
 * Each case is checked against the reference, byte for byte, before it is timed.
 */
#include "bench.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS_LEAST = 10, WARM_UPS = 3 };

uint64_t bench_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

double bench_uniform(uint64_t *state) { return (double)(bench_random(state) >> 11) * 0x1p-53; }

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct bench_row {
  const char *name, *unit, *text;
  bench_limit limit;
  bench_case *make;
} bench_row;

#define BENCH_ROW(name, unit, limit, text) {#name, unit, text, limit, bench_##name},
static const bench_row rows[] = {BENCH_CASES(BENCH_ROW)};

static int rising(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

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
static sg_status verify(device *on, const bench_work *what, bench_case *make, sg_error *error) {
  arena *memory = arena_open();
  device *reference = NULL;
  bench_work again = {0};
  char *got = malloc(what->output_bytes), *expected = malloc(what->output_bytes);
  const sg_device_options quick = {.skip_self_test = true};
  sg_status status = memory && got && expected ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(device_open("reference", &quick, &reference, error));
  TRY_DONE(make(reference, memory, &again, error));
  TRY_DONE(work_run(reference, &again, error));
  TRY_DONE(buffer_read(reference, again.output, 0, again.output_bytes, expected, error));
  TRY_DONE(work_run(on, what, error));
  TRY_DONE(buffer_read(on, what->output, 0, what->output_bytes, got, error));
  if (memcmp(got, expected, what->output_bytes) != 0) {
    status = error_fail(error, SG_DEVICE, "the device's answer differs from the reference's: nothing is timed");
  }
done:
  free(got);
  free(expected);
  work_close(&again);
  device_close(reference);
  arena_close(memory);
  return status;
}

static void print_row(const bench_row *row, const bench_work *what, const double *seconds, int n,
                      const double *limits, const device_traits *traits, FILE *csv) {
  static const char *const limit_names[] = {
#define LIMIT_NAME(key, name, unit) name,
      BENCH_LIMITS(LIMIT_NAME)};
  double best = what->work / seconds[0], median = what->work / seconds[n / 2], worst = what->work / seconds[n - 1];
  double share = median * what->limit_per_unit / limits[row->limit];
  printf("%-14s %8.1f %8.1f %8.1f  M %-22s %5.1f %% of %s\n", row->name, best / 1e6, median / 1e6, worst / 1e6, row->unit,
         100 * share, limit_names[row->limit]);
  if (csv != NULL) {
    char day[16];
    time_t now = time(NULL);
    strftime(day, sizeof day, "%Y-%m-%d", gmtime(&now));
    fprintf(csv, "%s,%s,\"%s\",\"%s\",%u,%s,\"%s\",%s,%.6g,%.6g,%.6g,%d,%s,%.6g,%.4f\n", SG_VERSION, day, traits->name,
            traits->driver, traits->lanes, row->name, row->text, row->unit, best, median, worst, n,
            limit_names[row->limit], limits[row->limit], share);
  }
}

static sg_status run_case(device *on, const bench_row *row, int repeats, const double *limits, FILE *csv,
                          sg_error *error) {
  arena *memory = arena_open();
  bench_work what = {0};
  double *seconds = malloc((size_t)repeats * sizeof *seconds);
  sg_status status = memory && seconds ? row->make(on, memory, &what, error) : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(verify(on, &what, row->make, error));
  for (int i = -WARM_UPS; i < repeats; i++) {
    double start = now_s();
    TRY_DONE(work_run(on, &what, error));
    if (i >= 0) {
      seconds[i] = now_s() - start;
    }
  }
  qsort(seconds, (size_t)repeats, sizeof *seconds, rising);
  print_row(row, &what, seconds, repeats, limits, device_get_traits(on), csv);
done:
  work_close(&what);
  free(seconds);
  arena_close(memory);
  return status;
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"device", required_argument, NULL, 'd'},
                                          {"lanes", required_argument, NULL, 'l'},
                                          {"repeats", required_argument, NULL, 'r'},
                                          {"csv", required_argument, NULL, 'c'},
                                          {"case", required_argument, NULL, 'k'},
                                          {"no-peaks", no_argument, NULL, 'n'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
  sg_device_options chosen = {0};
  const char *device_choice = NULL, *csv_path = NULL, *only = NULL;
  bool peaks = true;
  int repeats = 2 * REPEATS_LEAST + 1, option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
      case 'd': device_choice = optarg; break;
      case 'l': chosen.lanes = (uint32_t)atoi(optarg); break;
      case 'r': repeats = atoi(optarg) < REPEATS_LEAST ? REPEATS_LEAST : atoi(optarg); break;
      case 'c': csv_path = optarg; break;
      case 'k': only = optarg; break;
      case 'n': peaks = false; break;
      default:
        fprintf(stderr, "usage: shockgrid-bench [--device DEVICE] [--lanes N] [--repeats N] [--csv FILE]\n");
        return option == 'h' ? 0 : SG_USAGE;
    }
  }
  sg_error *error = sg_error_open();
  device *on = NULL;
  double limits[N_LIMITS] = {0};
  FILE *csv = csv_path == NULL ? NULL : fopen(csv_path, "w");
  sg_status status = csv_path != NULL && csv == NULL ? error_fail(error, SG_IO, "%s cannot be written", csv_path)
                                                     : device_open(device_choice, &chosen, &on, error);
  if (status == SG_OK && peaks) {
    status = peaks_measure(device_get_traits(on)->name, limits, error);
  }
  if (status == SG_OK) {
    const device_traits *traits = device_get_traits(on);
    printf("%s, driver %s, %u lanes; limits: %.1f G multiply-adds/s, copy %.1f GB/s, cached read %.1f GB/s\n", traits->name,
           traits->driver, traits->lanes, limits[LIMIT_MULTIPLY_ADDS] / 1e9, limits[LIMIT_COPY] / 1e9,
           limits[LIMIT_CACHED_READ] / 1e9);
    printf("%-14s %8s %8s %8s\n", "", "best", "median", "worst");
    if (csv != NULL) {
      fprintf(csv, "version,date,device,driver,lanes,case,data,unit,best_per_s,median_per_s,worst_per_s,repeats,limit,"
                   "limit_per_s,median_share_of_limit\n");
    }
    for (size_t i = 0; status == SG_OK && i < sizeof rows / sizeof *rows; i++) {
      if (only != NULL && strcmp(only, rows[i].name) != 0) {
        continue;
      }
      status = run_case(on, &rows[i], repeats, limits, csv, error);
    }
  }
  for (size_t i = 0; i < sg_error_count(error); i++) {
    fprintf(stderr, "shockgrid-bench: %s\n", sg_error_get(error, i).message);
  }
  if (csv != NULL && fclose(csv) != 0) {
    status = SG_IO;
  }
  device_close(on);
  sg_error_close(error);
  return (int)status;
}
