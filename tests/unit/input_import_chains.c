/* SPDX-License-Identifier: MIT
 *
 * Real chains, when they are there: the written forward and vol reproduce the exchange's own marks under Black-76 with
 * the C library's functions, undiscounted and divided by the forward.
 */
#include "input/import.h"

#include "base/date.h"
#include "base/file.h"
#include "input/read_book.h"
#include "test_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *data;

static int open_root(void **state) {
  const char *folder = getenv("SHOCKGRID_DATA");
  if (asprintf(&data, "%s", folder == NULL ? SOURCE_DIR "/../shared/data" : folder) < 0) {
    return -1;
  }
  return folder_open(state);
}

static int close_root(void **state) {
  free(data);
  return folder_close(state);
}

/* false: a file is not there. */
static bool import_chains(const char *format, const char *const *names, size_t n_names,
                          const sg_import_options *options, const char *folder, char **report) {
  char paths[4][400], target[100];
  const char *given[4];
  for (size_t i = 0; i < n_names; i++) {
    snprintf(paths[i], sizeof paths[i], "%s/chains/%s", data, names[i]);
    given[i] = paths[i];
    if (access(paths[i], R_OK) != 0) {
      print_message("skipped: no %s; set SHOCKGRID_DATA\n", paths[i]);
      return false;
    }
  }
  snprintf(target, sizeof target, "%s/%s", root, folder);
  assert_int_equal(import_files(format, given, n_names, options, target, report, NULL), SG_OK);
  return true;
}

/* The fields of a line without quotes; the line is cut up. */
static size_t split(char *line, char **fields, size_t limit) {
  size_t n = 0;
  for (char *at = line; at != NULL && n < limit;) {
    fields[n++] = strsep(&at, ",\n");
  }
  return n;
}

typedef struct forward {
  char coin[8], expiry[24];
  double value;
} forward;

static FILE *open_file(const char *folder, const char *name) {
  char path[200], line[1000];
  snprintf(path, sizeof path, "%s/%s/%s", root, folder, name);
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  assert_non_null(fgets(line, sizeof line, stream));
  return stream;
}

static size_t read_forwards(forward *found, size_t limit) {
  FILE *stream = open_file("marks", "forwards.csv");
  char line[1000], *fields[4];
  size_t n = 0;
  while (n < limit && fgets(line, sizeof line, stream) != NULL) {
    assert_true(split(line, fields, 4) >= 3);
    snprintf(found[n].coin, sizeof found[n].coin, "%s", fields[0]);
    snprintf(found[n].expiry, sizeof found[n].expiry, "%s", fields[1]);
    found[n++].value = atof(fields[2]);
  }
  fclose(stream);
  return n;
}

static double inverse_black(double forward_price, double strike, double stddev, bool is_call) {
  double d1 = log(forward_price / strike) / stddev + stddev / 2, d2 = d1 - stddev, sign = is_call ? 1 : -1;
  double first = erfc(-sign * d1 / sqrt(2)) / 2, second = erfc(-sign * d2 / sqrt(2)) / 2;
  return sign * (first - strike / forward_price * second);
}

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void check_marks(const char *coin, size_t n_expected, double median_limit, double largest_limit) {
  static forward marks[100];
  size_t n_forwards = read_forwards(marks, 100), n = 0;
  static double difference[2000];
  FILE *stream = open_file("marks", "instruments.csv");
  char line[1000], *fields[13];
  while (fgets(line, sizeof line, stream) != NULL) {
    assert_true(split(line, fields, 13) >= 12);
    if (strcmp(fields[1], "option") != 0 || strcmp(fields[2], coin) != 0) {
      continue;
    }
    size_t f = 0;
    while (f < n_forwards && (strcmp(marks[f].coin, coin) != 0 || strcmp(marks[f].expiry, fields[6]) != 0)) {
      f++;
    }
    assert_true(f < n_forwards && n < 2000);
    int64_t expiry_s;
    bool date_only;
    assert_null(date_parse(fields[6], strlen(fields[6]), &expiry_s, &date_only));
    double years = (double)(expiry_s - 1775857054) / (365 * 86400.0); /* creation_timestamp of the files */
    double model = inverse_black(marks[f].value, atof(fields[5]), atof(fields[11]) * sqrt(years),
                                 strcmp(fields[3], "call") == 0);
    difference[n++] = fabs(model - atof(fields[10]));
  }
  fclose(stream);
  assert_int_equal(n, n_expected);
  qsort(difference, n, sizeof *difference, compare_numbers);
  print_message("%s: %zu marks, difference median %.3g, largest %.3g coin\n", coin, n, difference[n / 2],
                difference[n - 1]);
  assert_true(difference[n / 2] <= median_limit);
  assert_true(difference[n - 1] <= largest_limit);
}

/* Limits: what the chain's own underlying_price and four-digit vols allow, quotes being seconds apart. */
static void the_written_forward_and_vol_reproduce_the_marks(void **state) {
  static const char *const names[] = {
      "deribit_btc_2026-04-10_options.json.gz", "deribit_btc_2026-04-10_futures.json.gz",
      "deribit_eth_2026-04-10_options.json.gz", "deribit_eth_2026-04-10_futures.json.gz"};
  sg_import_options options = {.n_accounts = 10000, .seed = 1};
  char *report = NULL;
  if (!import_chains("deribit", names, 4, &options, "marks", &report)) {
    skip();
  }
  assert_non_null(strstr(report, "as of 2026-04-10T21:37:34Z"));
  assert_non_null(strstr(report, "886 of 886 options, 7 of 7 futures, 1 of 1 perpetuals, 12 expiries"));
  assert_non_null(strstr(report, "762 of 762 options, 7 of 7 futures, 1 of 1 perpetuals, 12 expiries"));
  assert_non_null(strstr(report, "left out: nothing"));
  assert_non_null(strstr(report, "made 10000 accounts"));
  free(report);
  check_marks("BTC", 886, 3e-6, 1e-4);
  check_marks("ETH", 762, 7e-6, 2.5e-4);
}

static void a_chain_without_vols_gives_prices_from_mids(void **state) {
  static const char *const names[] = {"deribit_btc_2026-08-01_options.json.gz",
                                      "deribit_btc_2026-08-01_futures.json.gz"};
  char *report = NULL;
  if (!import_chains("deribit", names, 2, NULL, "futures", &report)) {
    skip();
  }
  assert_non_null(strstr(report, "from the perpetual: no row has an estimated_delivery_price"));
  assert_non_null(strstr(report, "  index 62687.75, from the perpetual"));
  assert_non_null(strstr(report, "786 of 868 options, 13 of 13 futures, 1 of 1 perpetuals"));
  assert_non_null(strstr(report, "priced by mark_iv 0, by the middle of bid_price and ask_price 786 "
                                 "(of these 124 without open interest, 0 with the bid above the ask)\n"));
  assert_non_null(strstr(report, "left out 66: an option without mark_iv and bid_price: "));
  assert_non_null(strstr(report, "left out 16: an option without mark_iv whose mid is at most its intrinsic value"));
  assert_null(strstr(report, "left out 0"));
  assert_null(strstr(report, "no forward"));
  free(report);
}

static void assert_read(const char *folder, uint32_t n_instruments) {
  char path[200];
  book *read = NULL;
  snprintf(path, sizeof path, "%s/%s", root, folder);
  assert_int_equal(book_read(path, &read, NULL), SG_OK);
  assert_int_equal(read->instruments.n, n_instruments);
  book_close(read);
}

/* Counts by an independent count over the file, with the forwards of the table. */
static void the_spx_chain_gets_plausible_forwards_and_counts_by_reason(void **state) {
  static const char *const names[] = {"yahoo_spx_2026-07-31.json.gz"};
  sg_import_options options = {.n_accounts = 10000, .seed = 1};
  char *report = NULL, line[1000], *fields[12];
  if (!import_chains("yahoo", names, 1, &options, "spx", &report)) {
    skip();
  }
  assert_non_null(strstr(report, "Yahoo option chain: 1 file, 17193 options, as of 2026-07-31T21:22:12Z\n"));
  assert_non_null(strstr(report, "european exercise, 15615 of 17193 options\n"));
  assert_non_null(strstr(report, "factor of 49 of 49 expiries"));
  assert_non_null(strstr(report, "left out 889: without a bid: "));
  assert_non_null(strstr(report, "left out 23: without an ask: "));
  assert_non_null(strstr(report, "left out 666: the price is at most the intrinsic value: "));
  assert_non_null(strstr(report, "of the options kept 494 have no open interest, 5 a bid above their ask\n"));
  assert_non_null(strstr(report, "made 10000 accounts"));
  free(report);
  FILE *stream = open_file("spx", "forwards.csv");
  double last_forward = 0, last_discount = 2;
  size_t n = 0;
  while (fgets(line, sizeof line, stream) != NULL) {
    assert_true(split(line, fields, 12) >= 11);
    double forward_price = atof(fields[2]), discount = atof(fields[3]), median_widths = atof(fields[9]);
    /* a market of 2026: carry of a few percent a year, from 2 weeks on rates that fall on one curve */
    assert_true(forward_price > last_forward - 1 && forward_price < 9500);
    assert_true(discount < last_discount + 0.003 && discount > 0.75 && discount < 1.002);
    assert_true(median_widths < 0.25);
    last_forward = forward_price;
    last_discount = discount;
    n++;
  }
  fclose(stream);
  assert_int_equal(n, 49);
  assert_read("spx", 15615);
}

static void quantconnect_chains_keep_american_exercise(void **state) {
  static const char *const aapl[] = {"lean_aapl_2014-06-16.csv"}, *const goog[] = {"lean_goog_2015-12-31.csv"};
  char *report = NULL;
  if (!import_chains("lean", aapl, 1, NULL, "aapl", &report)) {
    skip();
  }
  assert_non_null(strstr(report, "1 file, 4052 options, as of 2014-06-16T20:00:00Z\nAAPL\n  price 91.48, kind equity, "
                                 "american exercise, 2714 of 4052 options\n"));
  assert_non_null(strstr(report, "left out 1009: the price is at most the intrinsic value: "));
  assert_non_null(strstr(report, "left out 329: the price is at least the largest value that an option can have: "));
  free(report);
  assert_true(import_chains("lean", goog, 1, NULL, "goog", &report));
  assert_non_null(strstr(report, "1 file, 2016 options, as of 2015-12-31T21:00:00Z\nGOOG\n  price 771.5, kind equity, "
                                 "american exercise, 1785 of 2016 options\n"));
  assert_non_null(strstr(report, "left out 194: expired at the time of the data: "));
  assert_non_null(strstr(report, "left out 37: the price is at most the intrinsic value: "));
  free(report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_written_forward_and_vol_reproduce_the_marks),
      cmocka_unit_test(a_chain_without_vols_gives_prices_from_mids),
      cmocka_unit_test(the_spx_chain_gets_plausible_forwards_and_counts_by_reason),
      cmocka_unit_test(quantconnect_chains_keep_american_exercise),
  };
  return cmocka_run_group_tests(tests, open_root, close_root);
}
