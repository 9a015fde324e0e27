/* SPDX-License-Identifier: MIT
 *
 * What the tests of laws share: the reference device, the models, and random books that are written, loaded and
 * margined.
 */
#ifndef PROPERTY_LAWS_H
#define PROPERTY_LAWS_H

#include "base/error.h"
#include "data/result.h"
#include "property/random_book.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

/* X(ENUM, "name or path", subadditive: no portfolio needs more than its positions alone) */
#define LAW_MODELS(X)                                                          \
  X(LAW_OCC_CPM, "occ-cpm", true)                                              \
  X(LAW_SPOT_VOL_GRID, "spot-vol-grid", true)                                  \
  X(LAW_DERIBIT_GRID, SOURCE_DIR "/tests/golden/models/deribit-grid.yaml", true) \
  X(LAW_EVERY_KIND, SOURCE_DIR "/tests/property/laws.yaml", false)
#define LAW_ENUM(name, path, subadditive) name,
enum { LAW_MODELS(LAW_ENUM) N_LAW_MODELS };
#undef LAW_ENUM

static const struct law_model {
  const char *path;
  bool subadditive;
} law_models[] = {
#define LAW_ENTRY(name, path, subadditive) {path, subadditive},
    LAW_MODELS(LAW_ENTRY)
#undef LAW_ENTRY
};

typedef struct laws {
  char folder[64];
  sg_error *error;
  sg_device *reference;
  sg_model *models[N_LAW_MODELS];
  sg_book *book; /* the one loaded last */
} laws;

static void laws_need(const laws *with, sg_status status, const char *what) {
  for (size_t i = 0; status != SG_OK && i < sg_error_count(with->error); i++) {
    sg_finding found = sg_error_get(with->error, i);
    print_error("%s:%llu: %s\n", found.file == NULL ? "" : found.file, (unsigned long long)found.line, found.message);
  }
  if (status != SG_OK) {
    fail_msg("%s: status %d", what, (int)status);
  }
}

static int laws_open(void **state) {
  static laws with;
  static const sg_device_options quick = {.skip_self_test = true};
  *state = &with;
  snprintf(with.folder, sizeof with.folder, "%s/shockgrid-laws-XXXXXX",
           access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  char scenarios[80];
  if (mkdtemp(with.folder) == NULL || snprintf(scenarios, sizeof scenarios, "%s/scenarios", with.folder) < 0 ||
      mkdir(scenarios, 0700) != 0) {
    return -1;
  }
  with.error = sg_error_open();
  laws_need(&with, sg_device_open("reference", &quick, &with.reference, with.error), "the reference");
  for (int m = 0; m < N_LAW_MODELS; m++) {
    laws_need(&with, sg_model_load(law_models[m].path, NULL, 0, &with.models[m], with.error), law_models[m].path);
  }
  return 0;
}

static int laws_remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) {
  return remove(path);
}

static int laws_close(void **state) {
  laws *with = *state;
  nftw(with->folder, laws_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  sg_book_close(with->book);
  for (int m = 0; m < N_LAW_MODELS; m++) {
    sg_model_close(with->models[m]);
  }
  sg_device_close(with->reference);
  sg_error_close(with->error);
  return 0;
}

/* Replaces the book loaded before, and with it every result made from it: close those first. */
static sg_book *laws_load(laws *with, const random_book *of, uint64_t order) {
  sg_book_close(with->book);
  with->book = NULL;
  random_book_write(of, with->folder, order);
  laws_need(with, sg_book_load(with->folder, &with->book, with->error), "the book");
  return with->book;
}

static inline sg_result *laws_margin(laws *with, int model, const sg_run_options *options) {
  sg_result *made;
  laws_need(with, sg_run(with->reference, with->book, with->models[model], options, &made, with->error),
            law_models[model].path);
  return made;
}

static inline void laws_digest(laws *with, int model, const sg_run_options *options, char digest[static 33]) {
  sg_result *made = laws_margin(with, model, options);
  strcpy(digest, sg_result_digest(made));
  sg_result_close(made);
}

static inline long double law_amount(money amount) { return (long double)amount.units * 1e-12L; }

/* The dearest currency of the book's instruments and accounts in units of `currency`, at least 1: what one unit of
 * 1e-12 in the currency of a node can become in an account. */
static inline long double law_dearest(const book *of, uint32_t currency) {
  double dearest = of->currencies.rate_to_base[currency];
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    dearest = fmax(dearest, of->currencies.rate_to_base[of->instruments.currency[c]]);
  }
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    dearest = fmax(dearest, of->currencies.rate_to_base[of->accounts.currency[a]]);
  }
  return dearest / of->currencies.rate_to_base[currency];
}

#endif
