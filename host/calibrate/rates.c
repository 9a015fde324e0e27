/* SPDX-License-Identifier: MIT
 *
 * The book has every kind of instrument, many small accounts and a few large ones; the model is the plain grid. The
 * first of three runs may compile kernels; the second keeps an account's vectors, so that nodes go kernel by kernel; the
 * third counts for all that it does.
 */
#include "calibrate/rates.h"

#include "base/clock.h"
#include "base/parallel.h"
#include "device/program_cache.h"
#include "engine/engine.h"
#include "input/read_book.h"
#include "report/report.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATES_FORMAT "work rates, format 5"
enum {
  UNDERLYINGS = 40,
  OPTIONS = 200,
  AMERICANS = 8,
  BACHELIERS = 8,
  SMALL = 40000,
  SMALL_POSITIONS = 5,
  LARGE = 10,
  LARGE_POSITIONS = 1000,
  BATCH_ACCOUNTS = 4096, /* several batches, as in a large run */
  RUNS = 3,
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

static void write_position(FILE *to, const char *account, int number, uint32_t draw) {
  int u = (int)(draw >> 8) % UNDERLYINGS, i = (int)(draw >> 16) % (OPTIONS + 20);
  char kind = (char)(i == OPTIONS + 19 ? 'S' : i < OPTIONS ? 'E' : i % 2 ? 'A' : 'N');
  fprintf(to, "%s%06d,U%d-%c", account, number, u, kind);
  if (kind != 'S') {
    fprintf(to, "%d", kind == 'E' ? i : i % AMERICANS);
  }
  fprintf(to, ",%d\n", (int)(draw >> 4) % 41 - 20);
}

static void write_positions(FILE *to) {
  uint32_t draw = 1;
  fputs("account,instrument,quantity\n", to);
  for (int a = 0; a < SMALL + LARGE; a++) {
    for (int i = 0; i < (a < SMALL ? SMALL_POSITIONS : LARGE_POSITIONS); i++) {
      draw = draw * 1664525 + 1013904223; /* Numerical Recipes, 3rd edition, 7.1 */
      write_position(to, a < SMALL ? "C" : "M", a, draw);
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

static sg_status write_results(result *run, const char *cache, sg_error *error) {
  char *folder = NULL;
  double start = clock_seconds();
  if (!digest_result(run)) {
    return error_out_of_memory(error);
  }
  run->work_seconds[WORK_DIGEST] = clock_seconds() - start;
  if (cache == NULL || !program_cache_make(cache) || asprintf(&folder, "%s/rates-XXXXXX", cache) < 0) {
    return SG_OK; /* what writing takes stays unknown */
  }
  sg_status status = SG_OK;
  if (mkdtemp(folder) != NULL) {
    status = result_write_files(run, folder, error);
    result_remove_files(folder);
    rmdir(folder);
  }
  free(folder);
  return status;
}

/* rates->seconds of the works that the run has, those of runs before where it has not. */
static sg_status run_once(device *on, const texts *from, const model *under, const char *cache, bool vectors,
                          work_rates *rates, sg_error *error) {
  const sg_named_text files[N_TEXTS] = {
      {"book.yaml", from->bytes[TEXT_BOOK], from->size_bytes[TEXT_BOOK]},
      {"underlyings.csv", from->bytes[TEXT_UNDERLYINGS], from->size_bytes[TEXT_UNDERLYINGS]},
      {"instruments.csv", from->bytes[TEXT_INSTRUMENTS], from->size_bytes[TEXT_INSTRUMENTS]},
      {"positions.csv", from->bytes[TEXT_POSITIONS], from->size_bytes[TEXT_POSITIONS]}};
  static const char *const account[] = {"C000000"};
  const sg_run_options in_batches = {.tile_portfolios = BATCH_ACCOUNTS, .pnl_accounts = account, .n_pnl_accounts = vectors};
  run_plan *foreseen = NULL;
  book *of = NULL;
  result *run = NULL;
  sg_status status = SG_OK;
  double start = clock_seconds();
  TRY_DONE(book_read_texts(files, N_TEXTS, &of, error));
  double read_seconds = clock_seconds() - start;
  TRY_DONE(engine_run(on, of, under, &in_batches, NULL, &run, error));
  TRY_DONE(write_results(run, cache, error));
  run->work_seconds[WORK_READ] = read_seconds;
  TRY_DONE(engine_plan(on, of, under, &in_batches, true, &foreseen, error));
  for (int w = 0; w < N_WORKS; w++) {
    if (foreseen->count[w] > 0) {
      rates->seconds[w] = run->work_seconds[w] / foreseen->count[w];
    }
  }
done:
  plan_close(foreseen);
  result_close(run);
  book_close(of);
  return status;
}

static sg_status measure_rates(device *on, const char *cache, work_rates *rates, sg_error *error) {
  texts book_texts;
  model *under = NULL;
  *rates = (work_rates){0};
  sg_status status = texts_open(&book_texts) ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(model_read("spot-vol-grid", NULL, 0, &under, error));
  for (int i = 0; i < RUNS; i++) {
    malloc_trim(0); /* a larger run meets new pages too */
    TRY_DONE(run_once(on, &book_texts, under, cache, i + 1 < RUNS, rates, error));
  }
done:
  texts_close(&book_texts);
  model_close(under);
  return status;
}

/* ---- the cache --------------------------------------------------------------------------------- */

static bool make_key(const device *on, uint64_t key[2]) {
  const device_traits *traits = device_get_traits(on);
  char lanes[16], workers[16];
  snprintf(lanes, sizeof lanes, "%u", traits->lanes);
  snprintf(workers, sizeof workers, "%u", parallel_workers());
  const char *const parts[] = {RATES_FORMAT, SG_VERSION, traits->platform, traits->name, traits->driver, lanes, workers};
  return program_cache_key(parts, sizeof parts / sizeof *parts, key);
}

sg_status calibrate_rates(device *on, work_rates *rates, sg_error *error) {
  const char *cache = device_cache_folder(on);
  uint64_t key[2];
  size_t size_bytes = 0;
  arena *memory = arena_open();
  bool keyed = memory != NULL && make_key(on, key);
  const void *kept = keyed && cache != NULL ? program_cache_load(memory, cache, key, &size_bytes) : NULL;
  sg_status status = memory == NULL ? error_out_of_memory(error) : SG_OK;
  if (kept != NULL && size_bytes == sizeof *rates) {
    memcpy(rates, kept, sizeof *rates);
  } else if (status == SG_OK) {
    status = measure_rates(on, cache, rates, error);
    if (status == SG_OK && keyed && cache != NULL) {
      program_cache_save(cache, key, rates, sizeof *rates);
    }
  }
  arena_close(memory);
  return status;
}
