/* SPDX-License-Identifier: MIT
 *
 * The book has every kind of instrument, many small accounts and a few large ones. Nothing of this is kept: what is foreseen
 * is what the machine does now.
 */
#include "calibrate/rates.h"

#include "base/clock.h"
#include "device/program_cache.h"
#include "engine/engine.h"
#include "input/read_book.h"
#include "report/report.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  UNDERLYINGS = 40,
  OPTIONS = 300,
  AMERICANS = 8,
  BACHELIERS = 8,
  SMALL = 40000,
  SMALL_POSITIONS = 5,
  LARGE = 50,
  LARGE_POSITIONS = 1000,
  BATCH_ACCOUNTS = 12288, /* several batches, as in a large run */
  NAME_BYTES = 16,
  RUNS = 3, /* under each model; the first may compile kernels and does not count */
};

/* ---- the book ---------------------------------------------------------------------------------- */

typedef struct texts {
  char *bytes[4];
  size_t size_bytes[4];
  FILE *stream[4];
} texts;

enum { TEXT_BOOK, TEXT_UNDERLYINGS, TEXT_INSTRUMENTS, TEXT_POSITIONS, N_TEXTS };

static void add_option(FILE *to, int u, char kind, int i, const char *style, const char *rest) {
  fprintf(to, "U%d-%c%d,option,U%d,%s,%s,%d,2026-%02d-20T21:00:00Z,1,USD,%s,0.2%d\n", u, kind, i, u,
          i % 2 ? "put" : "call", style, 80 + i % 40, 3 + i / 40, rest, i % 10);
}

static void write_market(texts *to) {
  FILE *listed = to->stream[TEXT_INSTRUMENTS], *on = to->stream[TEXT_UNDERLYINGS];
  fputs("as_of: 2026-01-02T21:00:00Z\ncurrency: USD\nrates: zero\n", to->stream[TEXT_BOOK]);
  fputs("underlying,currency,price,kind\n", on);
  fputs("instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,price_model,implied_vol\n", listed);
  for (int u = 0; u < UNDERLYINGS; u++) {
    fprintf(on, "U%d,USD,%d,equity\n", u, 90 + u);
    fprintf(listed, "U%d-S,spot,U%d,,,,,1,USD,,\n", u, u);
    for (int i = 0; i < OPTIONS; i++) {
      add_option(listed, u, 'E', i, "european", "");
    }
    for (int i = 0; i < AMERICANS; i++) {
      add_option(listed, u, 'A', i, "american", "");
    }
    for (int i = 0; i < BACHELIERS; i++) {
      add_option(listed, u, 'N', i, "european", "bachelier");
    }
  }
}

static void account_name(int number, char name[static NAME_BYTES]) {
  snprintf(name, NAME_BYTES, "%s%06d", number < SMALL ? "C" : "M", number);
}

static void write_position(FILE *to, const char *account, uint32_t draw) {
  int u = (int)(draw >> 8) % UNDERLYINGS, i = (int)(draw >> 16) % (OPTIONS + 20);
  char kind = (char)(i == OPTIONS + 19 ? 'S' : i < OPTIONS ? 'E' : i % 2 ? 'A' : 'N');
  fprintf(to, "%s,U%d-%c", account, u, kind);
  if (kind != 'S') {
    fprintf(to, "%d", kind == 'E' ? i : i % AMERICANS);
  }
  fprintf(to, ",%d\n", (int)(draw >> 4) % 41 - 20);
}

static void write_positions(FILE *to) {
  uint32_t draw = 1;
  fputs("account,instrument,quantity\n", to);
  for (int a = 0; a < SMALL + LARGE; a++) {
    char name[NAME_BYTES];
    account_name(a, name);
    for (int i = 0; i < (a < SMALL ? SMALL_POSITIONS : LARGE_POSITIONS); i++) {
      draw = draw * 1664525 + 1013904223; /* Numerical Recipes, 3rd edition, 7.1 */
      write_position(to, name, draw);
    }
  }
}

static void texts_close(texts *made) {
  for (int i = 0; i < N_TEXTS; i++) {
    if (made->stream[i] != NULL) {
      fclose(made->stream[i]);
    }
    free(made->bytes[i]);
  }
}

static bool texts_open(texts *made) {
  *made = (texts){.bytes = {NULL}};
  for (int i = 0; i < N_TEXTS; i++) {
    made->stream[i] = open_memstream(&made->bytes[i], &made->size_bytes[i]);
    if (made->stream[i] == NULL) {
      return false;
    }
  }
  write_market(made);
  write_positions(made->stream[TEXT_POSITIONS]);
  bool whole = true;
  for (int i = 0; i < N_TEXTS; i++) {
    whole = whole && fflush(made->stream[i]) == 0;
  }
  return whole;
}

/* ---- measuring --------------------------------------------------------------------------------- */

/* What runs did and what it took, by kind of work. */
typedef struct work_times {
  double count[N_WORKS], seconds[N_WORKS];
} work_times;

static void add_times(const result *run, work_times *to) {
  for (int w = 0; w < N_WORKS; w++) {
    if (run->foreseen->count[w] > 0.0) {
      to->count[w] += run->foreseen->count[w];
      to->seconds[w] += run->work_seconds[w];
    }
  }
}

/* As a run with files goes, into `folder`; NULL: there is none to write to, and what writing takes stays 0. */
static sg_status run_files(device *on, const book *of, const model *under, const sg_run_options *options, const char *folder,
                           result **made, sg_error *error) {
  files_ahead ahead = {.folder = folder};
  const run_watcher watcher = {files_ahead_lines, files_ahead_drop, &ahead};
  TRY(engine_run(on, of, under, options, folder == NULL ? NULL : &watcher, made, error));
  result_files *begun = files_ahead_all(&ahead, *made);
  double start = clock_seconds();
  sg_status status = digest_result(*made) ? SG_OK : error_out_of_memory(error);
  (*made)->work_seconds[WORK_DIGEST] = clock_seconds() - start;
  if (status == SG_OK && folder != NULL) {
    status = begun != NULL ? result_files_finish(begun, error) : result_write_files(*made, folder, error);
    result_remove_files(folder);
  }
  result_files_close(begun);
  return status;
}

static sg_status run_once(device *on, const texts *from, const model *under, const sg_run_options *options,
                          const char *folder, work_times *all, sg_error *error) {
  const sg_named_text files[N_TEXTS] = {
      {"book.yaml", from->bytes[TEXT_BOOK], from->size_bytes[TEXT_BOOK]},
      {"underlyings.csv", from->bytes[TEXT_UNDERLYINGS], from->size_bytes[TEXT_UNDERLYINGS]},
      {"instruments.csv", from->bytes[TEXT_INSTRUMENTS], from->size_bytes[TEXT_INSTRUMENTS]},
      {"positions.csv", from->bytes[TEXT_POSITIONS], from->size_bytes[TEXT_POSITIONS]}};
  book *of = NULL;
  result *run = NULL;
  sg_status status = SG_OK;
  malloc_trim(0); /* a larger run meets new pages too */
  double start = clock_seconds();
  TRY_DONE(book_read_texts(files, N_TEXTS, &of, error));
  double read_seconds = clock_seconds() - start;
  TRY_DONE(run_files(on, of, under, options, folder, &run, error));
  run->work_seconds[WORK_READ] = read_seconds;
  add_times(run, all);
done:
  result_close(run);
  book_close(of);
  return status;
}

static sg_status run_model(device *on, const texts *from, const char *name, const sg_run_options *options,
                           const char *folder, work_times *all, sg_error *error) {
  model *under = NULL;
  work_times first = {{0}, {0}};
  sg_status status = SG_OK;
  TRY_DONE(model_read(name, NULL, 0, &under, error));
  for (int i = 0; i < RUNS; i++) {
    TRY_DONE(run_once(on, from, under, options, folder, i == 0 ? &first : all, error));
  }
done:
  model_close(under);
  return status;
}

/* All accounts on a grid; the large ones under levels, columns and minimums. Those are not recomputed in part, which a node's
 * work would be charged with. */
static sg_status run_models(device *on, const texts *from, const char *folder, work_times *all, sg_error *error) {
  char names[LARGE][NAME_BYTES];
  const char *large[LARGE];
  for (int i = 0; i < LARGE; i++) {
    account_name(SMALL + i, names[i]);
    large[i] = names[i];
  }
  const sg_run_options in_batches = {.tile_portfolios = BATCH_ACCOUNTS, .plans = true, .plans_files = true};
  const sg_run_options of_large = {
      .accounts = large, .n_accounts = LARGE, .verify = "0", .plans = true, .plans_files = true};
  TRY(run_model(on, from, "spot-vol-grid", &in_batches, folder, all, error));
  return run_model(on, from, "occ-cpm", &of_large, folder, all, error);
}

/* A new folder in the cache, the caller's to free; NULL: none can be made. */
static char *make_folder(const char *cache) {
  char *folder = NULL;
  if (cache == NULL || !program_cache_make(cache) || asprintf(&folder, "%s/rates-XXXXXX", cache) < 0) {
    return NULL;
  }
  if (mkdtemp(folder) == NULL) {
    free(folder);
    return NULL;
  }
  return folder;
}

sg_status calibrate_rates(device *on, work_rates *rates, sg_error *error) {
  texts book_texts;
  work_times all = {{0}, {0}};
  char *folder = make_folder(device_cache_folder(on));
  *rates = (work_rates){{0}};
  sg_status status = texts_open(&book_texts) ? SG_OK : error_out_of_memory(error);
  status = status == SG_OK ? run_models(on, &book_texts, folder, &all, error) : status;
  for (int w = 0; w < N_WORKS; w++) {
    rates->seconds[w] = all.count[w] > 0 ? all.seconds[w] / all.count[w] : 0.0;
  }
  texts_close(&book_texts);
  if (folder != NULL) {
    rmdir(folder);
    free(folder);
  }
  return status;
}
