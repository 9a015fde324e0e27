/* SPDX-License-Identifier: MIT
 *
 * For tests of whole runs: a scratch folder with a book and a model written by the test, and what came of them.
 */
#ifndef UNIT_ENGINE_CASE_H
#define UNIT_ENGINE_CASE_H

#include "data/result.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct engine_case {
  char folder[64];
  sg_error *error;
  sg_device *device;
  sg_book *book;
  sg_model *model;
  sg_result *result;
} engine_case;

static inline int case_remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) {
  return remove(path);
}

static inline int case_open(void **state) {
  static const sg_device_options quick = {.skip_self_test = true};
  engine_case *made = calloc(1, sizeof *made);
  *state = made;
  strcpy(made->folder, "/tmp/shockgrid-case-XXXXXX");
  char path[80];
  if (mkdtemp(made->folder) == NULL) {
    return -1;
  }
  snprintf(path, sizeof path, "%s/scenarios", made->folder);
  made->error = sg_error_open();
  return mkdir(path, 0700) != 0 || sg_device_open("reference", &quick, &made->device, made->error) != SG_OK;
}

static inline int case_close(void **state) {
  engine_case *closed = *state;
  nftw(closed->folder, case_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  sg_result_close(closed->result);
  sg_model_close(closed->model);
  sg_book_close(closed->book);
  sg_device_close(closed->device);
  sg_error_close(closed->error);
  free(closed);
  return 0;
}

static inline const char *case_path(const engine_case *of, const char *name) {
  static char path[160];
  snprintf(path, sizeof path, "%s/%s", of->folder, name);
  return path;
}

static inline void case_put(const engine_case *of, const char *name, const char *text) {
  FILE *stream = fopen(case_path(of, name), "w");
  assert_non_null(stream);
  fputs(text, stream);
  fclose(stream);
}

/* Two underlyings in USD and EUR, a coin; one contract of each kind that is easy to reckon by hand. N is at the money a
 * year before its expiry: its Bachelier value is vol / sqrt(2 pi), 0.398942280401432678 for each unit of vol. */
static inline void case_put_book(const engine_case *of) {
  case_put(of, "book.yaml", "as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nday_count: act/365f\nrates: zero\n");
  case_put(of, "underlyings.csv",
           "underlying,currency,price,kind,asset\nA,USD,100,equity,\nB,USD,200,etf,\nE,EUR,50,equity,\n"
           "COIN,USD,1000,crypto,COIN\n");
  case_put(of, "fx.csv", "currency,rate_to_base\nEUR,1.25\nCOIN,1000\n");
  case_put(
      of, "instruments.csv",
      "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,implied_vol,price_model\n"
      "SA,spot,A,,,,,1,USD,,,\nSB,spot,B,,,,,1,USD,,,\nSE,spot,E,,,,,1,EUR,,,\n"
      "N,option,A,call,european,100,2027-04-10T20:00:00Z,1,USD,,10,bachelier\n"
      "P,perpetual,COIN,,,,,1,COIN,inverse,,\n");
}

static inline void case_report(const engine_case *of) {
  for (size_t i = 0; i < sg_error_count(of->error); i++) {
    sg_finding found = sg_error_get(of->error, i);
    print_error("%s:%llu: %s\n", found.file == NULL ? "" : found.file, (unsigned long long)found.line, found.message);
  }
}

/* Loads the book and a model that begins with a common head, and runs; NULL accounts: all. */
static inline sg_status case_try(engine_case *of, const char *model_text) {
  static const sg_run_options options = {.all_pnl_accounts = true};
  char *text = malloc(strlen(model_text) + 128);
  assert_non_null(text);
  sprintf(text, "model: {name: m, title: t, version: \"1\", source: s, date: 2026-04-10}\n%s", model_text);
  case_put(of, "model.yaml", text);
  free(text);
  sg_result_close(of->result);
  sg_model_close(of->model);
  sg_book_close(of->book);
  of->result = NULL;
  of->model = NULL;
  of->book = NULL;
  sg_error_clear(of->error);
  sg_status status = sg_model_load(case_path(of, "model.yaml"), NULL, 0, &of->model, of->error);
  if (status != SG_OK) {
    case_report(of);
    fail_msg("the model does not load");
  }
  status = sg_book_load(of->folder, &of->book, of->error);
  return status == SG_OK ? sg_run(of->device, of->book, of->model, &options, &of->result, of->error) : status;
}

static inline void case_run(engine_case *of, const char *model_text) {
  if (case_try(of, model_text) != SG_OK) {
    case_report(of);
    fail_msg("the run fails");
  }
}

static inline const margin_row *case_row(const engine_case *of, const char *account) {
  for (uint32_t r = 0; r < of->result->n_rows; r++) {
    if (strcmp(of->book->accounts.id[of->result->rows[r].account], account) == 0) {
      return &of->result->rows[r];
    }
  }
  fail_msg("there is no row of account %s", account);
  return NULL;
}

static inline void case_expect(const engine_case *of, const char *account, const char *initial) {
  uint32_t row = (uint32_t)(case_row(of, account) - of->result->rows);
  assert_string_equal(result_texts(of->result, row)->requirement[MEASURE_INITIAL], initial);
}

/* The scenario vector of a node in a block; the numbers are from `first` on. Within 1e-13 of the largest: a few
 * roundings. */
static inline void case_expect_pnl(const engine_case *of, const char *account, const char *node, const char *block,
                                   uint32_t first, size_t n, const double *pnl) {
  double scale = 0;
  size_t at = 0;
  for (size_t s = 0; s < n; s++) {
    scale = fmax(scale, fabs(pnl[s]));
  }
  for (size_t i = 0; i < of->result->n_pnl; i++) {
    const pnl_row *row = &of->result->pnl[i];
    if (strcmp(of->book->accounts.id[row->account], account) != 0 || strcmp(row->node, node) != 0 ||
        strcmp(row->block, block) != 0) {
      continue;
    }
    assert_true(at < n);
    if (row->scenario != first + at || !(fabs(row->pnl - pnl[at]) <= 1e-13 * scale)) {
      fail_msg("P&L %zu of %s, node %s, scenario %u is %.17g, expected %.17g in scenario %u, tolerance %.1g", at,
               account, node, row->scenario, row->pnl, pnl[at], first + (uint32_t)at, 1e-13 * scale);
    }
    at++;
  }
  assert_int_equal(at, n);
}
#define CASE_EXPECT_PNL(of, account, node, block, first, ...)                                              \
  case_expect_pnl(of, account, node, block, first, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), \
                  (const double[]){__VA_ARGS__})

#endif
