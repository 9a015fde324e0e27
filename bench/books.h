/* SPDX-License-Identifier: MIT
 *
 * Books to measure with: a given folder, or one that is made in a scratch folder.
 */
#ifndef BENCH_BOOKS_H
#define BENCH_BOOKS_H

#include "bench/process.h"
#include "cli/bench.h"

typedef struct bench_book {
  char scratch[64]; /* "": none */
  char path[4096];
  char text[256];   /* its sizes, for the rows */
  double n_accounts, n_positions, n_instruments;
} bench_book;

/* What --tier, --accounts ... --seed say. */
sg_generate_options books_sizes(const bench_values *given);
/* path NULL: one that is made. */
sg_status books_open(const char *path, const sg_generate_options *sizes, bench_book *opened, sg_error *error);
void books_close(bench_book *opened);

/* A model like spot-vol-grid, with n_prices >= 2 steps and without what that does about bad data. */
enum { BOOKS_GRID_PRICES = 17, BOOKS_GRID_VOLS = 3 };
sg_status books_write_grid(const char *path, uint32_t n_prices, sg_error *error);

/* One whole run of `once` on it, in a process of its own; a failure of that is an error here. */
typedef struct bench_once_options {
  const char *device, *model, *out, *verify; /* NULL: auto, spot-vol-grid, none that is kept, the default */
  uint32_t lanes, processors; /* 0: chosen, all */
  uint64_t memory_bytes;
} bench_once_options;
bench_once_options books_once_options(const bench_values *given);
sg_status books_run(const bench_book *on, const bench_once_options *options, process_result *made, sg_error *error);

#endif
