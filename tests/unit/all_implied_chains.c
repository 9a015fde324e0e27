/* SPDX-License-Identifier: MIT
 *
 * Implied vols of real chains: Deribit's marks of 2026-04-10 beside the vols that the venue quotes with them, and the mids
 * of 2026-08-01, repriced. Data by SHOCKGRID_DATA; without it the tests say that they skip.
 */
#include "kernels/price_black.h" /* first: its locals are named like types of data/result.h */

#include "engine/imply.h"
#include "input/read_book.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char *data_folder(void) {
  const char *given = getenv("SHOCKGRID_DATA");
  return given != NULL ? given : SOURCE_DIR "/../shared/data";
}

static bool chain_import(const char *name, const char *folder) {
  char options[4096], futures[4096];
  snprintf(options, sizeof options, "%s/chains/deribit_%s_options.json.gz", data_folder(), name);
  snprintf(futures, sizeof futures, "%s/chains/deribit_%s_futures.json.gz", data_folder(), name);
  if (access(options, R_OK) != 0) {
    print_message("skipped: %s is not there (SHOCKGRID_DATA)\n", options);
    return false;
  }
  const char *paths[] = {options, futures};
  char *report = NULL;
  assert_int_equal(sg_import("deribit", paths, 2, NULL, folder, &report, NULL), SG_OK);
  sg_text_close(report);
  return true;
}

typedef struct implied_chain {
  book *of;
  arena *memory;
  vol_table vols;
  double *quoted; /* [c] the vol that the book gave, NaN where none */
} implied_chain;

/* The chain's vols from its prices alone. */
static bool chain_open(const char *name, implied_chain *made) {
  char folder[] = "/tmp/shockgrid-implied-XXXXXX", path[64], clean[128];
  sg_model *under = NULL;
  sg_device *on = NULL;
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/book", folder);
  snprintf(clean, sizeof clean, "rm -rf %s", folder);
  if (!chain_import(name, path)) {
    assert_int_equal(system(clean), 0);
    return false;
  }
  assert_int_equal(sg_book_load(path, &made->of, NULL), SG_OK);
  assert_int_equal(sg_model_load("spot-vol-grid", NULL, 0, &under, NULL), SG_OK);
  assert_int_equal(sg_device_open("reference", &(sg_device_options){.skip_self_test = true}, &on, NULL), SG_OK);
  made->memory = arena_open();
  instruments *all = &made->of->instruments;
  made->quoted = ARENA_ARRAY(made->memory, double, all->n);
  for (uint32_t c = 0; c < all->n; c++) {
    made->quoted[c] = all->vol[c];
    all->vol[c] = all->type[c] == OPTION ? (double)NAN : 0;
  }
  assert_int_equal(imply_vols(on, made->of, under, made->memory, &made->vols, NULL), SG_OK);
  sg_device_close(on);
  sg_model_close(under);
  assert_int_equal(system(clean), 0);
  return true;
}

static void chain_close(implied_chain *opened) {
  arena_close(opened->memory);
  book_close(opened->of);
}

static double coin_value(const book *of, uint32_t c, double vol, double *vega) {
  const instruments *all = &of->instruments;
  double forward = of->forwards.forward[all->forward[c]];
  double contract[N_CONTRACT_FIELDS] = {[CONTRACT_STRIKE] = all->strike[c],
                                        [CONTRACT_LOG_STRIKE] = math_log(all->strike[c] / forward),
                                        [CONTRACT_SIGN] = all->right[c] == PUT ? -1 : 1,
                                        [CONTRACT_INVERSE] = 1,
                                        [CONTRACT_YEARS] = all->years[c],
                                        [CONTRACT_DISCOUNT] = 1};
  black_state state = black_prepare(contract_load(contract, 1, 0), vol, 0);
  *vega = black_vega(state, all->years[c], forward, 0);
  return black_value(state, forward, 0);
}

static int by_size(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Every implied vol reprices; where the venue quotes a vol, the median difference is within the last digit quoted, 1e-4,
 * and each is within what the marks allow, for the forward of an option's row is seconds older than its mark: `noise`,
 * in coin. The data's own note gives 9e-5 for bitcoin. */
static void chain_check(const char *name, uint32_t n_implied, double noise) {
  implied_chain chain;
  if (!chain_open(name, &chain)) {
    skip();
  }
  const instruments *all = &chain.of->instruments;
  uint32_t counts[N_VOL_STATUSES] = {0}, n_quoted = 0;
  double *differences = ARENA_ARRAY(chain.memory, double, all->n), worst = 0;
  for (uint32_t c = 0; c < all->n; c++) {
    if (all->type[c] != OPTION) {
      continue;
    }
    counts[chain.vols.status[c]]++;
    if (chain.vols.status[c] != VOL_IMPLIED) {
      continue;
    }
    double vega, forward = chain.of->forwards.forward[all->forward[c]];
    double value = coin_value(chain.of, c, chain.vols.vol[c], &vega);
    worst = fmax(worst, fabs(value - all->mark[c]) / fmax(1, all->strike[c] / forward));
    if (chain.quoted[c] == chain.quoted[c]) {
      differences[n_quoted++] = fabs(chain.vols.vol[c] - chain.quoted[c]);
      assert_true(fabs(coin_value(chain.of, c, chain.quoted[c], &vega) - value) <= noise);
    }
  }
  printf("%s: ", name);
  for (int status = 0; status < N_VOL_STATUSES; status++) {
    printf("%u %s, ", counts[status], vol_status_text((vol_status)status));
  }
  qsort(differences, n_quoted, sizeof *differences, by_size);
  printf("repriced within %.2g of max(F, K)/F, median difference to %u quoted vols %.2g\n", worst, n_quoted,
         differences[n_quoted / 2]);
  assert_int_equal(counts[VOL_IMPLIED], n_implied);
  assert_int_equal(counts[VOL_GIVEN] + counts[VOL_EXPIRED] + counts[VOL_ABOVE_BOUND], 0);
  assert_true(worst <= 1e-15);
  assert_true(differences[n_quoted / 2] <= 1e-4);
  chain_close(&chain);
}

static void bitcoin_marks_imply_the_quoted_vols(void **unused) { chain_check("btc_2026-04-10", 869, 9.1e-5); }
static void ether_marks_imply_the_quoted_vols(void **unused) { chain_check("eth_2026-04-10", 754, 2.5e-4); }
static void mids_imply_vols_that_reprice_them(void **unused) { chain_check("btc_2026-08-01", 786, 0); }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bitcoin_marks_imply_the_quoted_vols),
      cmocka_unit_test(ether_marks_imply_the_quoted_vols),
      cmocka_unit_test(mids_imply_vols_that_reprice_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
