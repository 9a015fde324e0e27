/* SPDX-License-Identifier: MIT
 *
 * bench scaling: whole runs along one axis at a time, the others as --accounts, --positions and --instruments say. Growth
 * between two points is ln(time ratio) / ln(axis ratio): 1 is linear. It is taken of processor time, which others' load
 * hardly changes; of wall clock for the processors.
 */
#include "bench/bench.h"
#include "bench/runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* X(name, what is counted along it) */
#define SCALING_AXES(X)            \
  X(accounts, "accounts")          \
  X(positions, "positions each")   \
  X(instruments, "instruments")    \
  X(scenarios, "scenarios")        \
  X(memory, "MiB allowed")         \
  X(threads, "processors")

#define SCALING_ENUM(name, counted) AXIS_##name,
typedef enum scaling_axis { SCALING_AXES(SCALING_ENUM) N_AXES } scaling_axis;
#define SCALING_TEXT(name, counted) {#name, counted},
static const struct {
  const char *name, *counted;
} axes[N_AXES] = {SCALING_AXES(SCALING_TEXT)};

enum { POINTS = 4 };
static const uint32_t memory_points_mib[POINTS] = {64, 128, 256, 1024};

typedef struct scaling {
  const bench_values *given;
  char folder[64], model[96];
  uint32_t repeats;
  process_result *made;
  row_files rows;
} scaling;

typedef struct point {
  double at, work;
  timing seconds;
  uint64_t memory_bytes;
} point;

/* Point i of an axis: 1/4, 1/2, 1 and 2 times the usual size; what it changes, and where on the axis it is. */
static sg_status set_point(scaling *with, scaling_axis axis, int i, sg_generate_options *sizes, bench_once_options *options,
                           double *at, sg_error *error) {
  uint32_t *const sized[] = {[AXIS_accounts] = &sizes->n_accounts,
                             [AXIS_positions] = &sizes->mean_positions,
                             [AXIS_instruments] = &sizes->n_instruments};
  if (axis <= AXIS_instruments) {
    *sized[axis] = *sized[axis] * (1u << i) / 4;
    *at = *sized[axis];
  } else if (axis == AXIS_scenarios) {
    uint32_t n_prices = BOOKS_GRID_PRICES << i;
    *at = (double)n_prices * BOOKS_GRID_VOLS;
    options->model = with->model;
    return books_write_grid(with->model, n_prices, error);
  } else if (axis == AXIS_memory) {
    *at = memory_points_mib[i];
    options->memory_bytes = (uint64_t)memory_points_mib[i] << 20;
  } else {
    options->processors = 1u << i;
    *at = options->processors;
  }
  return SG_OK;
}

static sg_status report(scaling *with, scaling_axis axis, const bench_book *on, const point *now, const point *before,
                        const char *digest, sg_error *error) {
  const bench_row row = {.what = "scaling", .name = "all", .axis = axes[axis].name, .at = now->at, .data = on->text,
                         .work = now->work, .unit = "positions", .seconds = now->seconds,
                         .memory_bytes = now->memory_bytes, .digest = digest};
  printf("%-12s %10.0f %-15s %9.3f %9.3f %9.0f", axes[axis].name, now->at, axes[axis].counted, now->seconds.median_s,
         now->seconds.cpu_median_s, (double)now->memory_bytes / 0x1p20);
  if (before == NULL) {
    putchar('\n');
  } else {
    double ratio = axis == AXIS_threads ? now->seconds.median_s / before->seconds.median_s
                                        : now->seconds.cpu_median_s / before->seconds.cpu_median_s;
    printf(" %9.2f\n", log(ratio) / log(now->at / before->at));
  }
  return rows_add(&with->rows, &row, error);
}

/* Books are made once for axes that leave them alone. */
static sg_status run_axis(scaling *with, scaling_axis axis, sg_error *error) {
  point points[POINTS];
  bench_book book = {0};
  bool own_books = axis <= AXIS_instruments;
  sg_status status = SG_OK;
  for (int i = 0; i < POINTS; i++) {
    sg_generate_options sizes = books_sizes(with->given);
    bench_once_options options = books_once_options(with->given);
    options.memory_bytes = 0;
    if (axis == AXIS_threads && (1L << i) > sysconf(_SC_NPROCESSORS_ONLN)) {
      break;
    }
    TRY_DONE(set_point(with, axis, i, &sizes, &options, &points[i].at, error));
    if (own_books || i == 0) {
      books_close(&book);
      TRY_DONE(books_open(NULL, &sizes, &book, error));
    }
    TRY_DONE(runs_make(&book, &options, with->repeats, with->made, error));
    points[i].work = book.n_positions;
    points[i].seconds = runs_timing(with->made, with->repeats, NULL);
    points[i].memory_bytes = runs_memory_bytes(with->made, with->repeats);
    TRY_DONE(report(with, axis, &book, &points[i], i == 0 ? NULL : &points[i - 1], with->made[0].digest, error));
  }
done:
  books_close(&book);
  return status;
}

sg_status bench_scaling(const bench_values *given, sg_error *error) {
  device *on = NULL;
  scaling with = {.given = given, .repeats = bench_repeats(given, REPEATS_LEAST)};
  with.made = calloc(with.repeats, sizeof *with.made);
  sg_status status = with.made == NULL ? error_out_of_memory(error) : bench_open_device(given, &on, error);
  TRY_DONE(status);
  TRY_DONE(rows_open(given->csv, given->json, bench_origin(on), &with.rows, error));
  TRY_DONE(scratch_folder_open(with.folder, error));
  snprintf(with.model, sizeof with.model, "%s/model.yaml", with.folder);
  printf("%-12s %10s %-15s %9s %9s %9s %9s\n", "axis", "", "", "seconds", "processor", "MiB", "growth");
  for (int axis = 0; axis < N_AXES; axis++) {
    if (bench_chosen(given, axes[axis].name)) {
      TRY_DONE(run_axis(&with, (scaling_axis)axis, error));
    }
  }
done:;
  sg_status closed = rows_close(&with.rows, error);
  scratch_folder_close(with.folder);
  device_close(on);
  free(with.made);
  return status != SG_OK ? status : closed;
}
