/* SPDX-License-Identifier: MIT
 *
 * The summary of a run and of a book, to the character.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/page.h"
#include "unit/report_sample.h"

#include <stdio.h>

static int make_arena(void **state) {
  *state = arena_open();
  return *state == NULL;
}

static int close_arena(void **state) {
  arena_close(*state);
  return 0;
}

/* By hand: the child B"2 is part of A,1; C's 0.0001 EUR are 0.000125 USD; 4000 / 6002.000125 = 66.64 %;
 * 60 M prices in 0.5 s, 1.5 G position-scenarios in 1 s, 3 accounts in 2 s. */
static void a_run_is_summed_up_on_one_page(void **state) {
  result run = sample_result();
  assert_string_equal(summary_text(&run, *state),
                      "shockgrid " SG_VERSION "\n"
                      "\n"
                      "  book           /, as of 2026-04-10T08:00:00Z, base currency USD\n"
                      "  model          occ-cpm version 2026-01: OCC customer portfolio margin\n"
                      "  settings       factor=0.9\n"
                      "                 name=a,b\n"
                      "  not covered    American exercise\n"
                      "  forwards       1 own mark, 2 carry\n"
                      "\n"
                      "  accounts     3      positions    12,345      scenarios      2\n"
                      "  instruments  4      underlyings       2      nodes      1,234\n"
                      "\n"
                      "  requirement, USD                         initial           maintenance\n"
                      "    sum of standalone                     6,002.00              4,801.60\n"
                      "    saved                                 4,501.50              3,601.20\n"
                      "    total requirement                     1,500.50              1,200.40\n"
                      "    compression                            75.00 %               75.00 %\n"
                      "\n"
                      "  netting, USD                               saved         of standalone\n"
                      "    underlying                            4,000.00               66.64 %\n"
                      "    account                                 501.50                8.36 %\n"
                      "    in all                                4,501.50               75.00 %\n"
                      "\n"
                      "  by parent account, USD                   initial            standalone          accounts\n"
                      "    A,1                                   1,500.50              6,002.00                 2\n"
                      "    C                                         0.00                  0.00                 1\n"
                      "\n"
                      "  by account currency                      initial                in USD          accounts\n"
                      "    EUR                                   0.000100                  0.00                 1\n"
                      "    USD                                   1,500.50              1,500.50                 1\n"
                      "\n"
                      "  time                                     seconds\n"
                      "    read                                    0.0500                2.50 %\n"
                      "    bind                                    0.2500               12.50 %\n"
                      "    price                                   0.5000               25.00 %  120 M prices/s\n"
                      "    net                                     1.0000               50.00 %  "
                      "1.50 G position-scenarios/s\n"
                      "    standalone                              0.1500                7.50 %\n"
                      "    rules                                   0.0400                2.00 %\n"
                      "    lines                                   0.0100                0.50 %\n"
                      "    write                                   0.0000                0.00 %\n"
                      "    in all                                  2.0000                        1.50 accounts/s\n"
                      "\n"
                      "  device         EPYC (cpu), 8 lanes, self-test passed\n"
                      "  driver         Portable Computing Language, 3.1\n"
                      "  digest         00112233445566778899aabbccddeeff\n");
}

static void equal_measures_share_a_column_and_other_rules_close_the_table(void **state) {
  result run = sample_result();
  run.total[MEASURE_MAINTENANCE] = run.total[MEASURE_INITIAL];
  run.standalone_total[MEASURE_MAINTENANCE] = run.standalone_total[MEASURE_INITIAL];
  run.n_savings = 1;
  const char *text = summary_text(&run, *state);
  assert_non_null(strstr(text, "  requirement, USD                         initial\n    sum of standalone"));
  assert_null(strstr(text, "maintenance"));
  assert_non_null(strstr(text, "    other rules                             501.50                8.36 %\n"
                               "    in all                                4,501.50               75.00 %\n"));
}

static void only_the_ten_largest_accounts_are_shown(void **state) {
  enum { N = 12 };
  static char names[N][8];
  static const char *all_ids[N];
  static uint32_t all_parents[N], all_currencies[N];
  margin_row rows[N];
  for (uint32_t a = 0; a < N; a++) {
    snprintf(names[a], sizeof names[a], "a%02u", a);
    all_ids[a] = names[a];
    all_parents[a] = ID_NONE;
    all_currencies[a] = 1;
    rows[a] = (margin_row){.account = a, .currency = 1, .worst_block = "", .requirement = {MICRO(1000000LL * a)}};
  }
  book many = sample_book;
  many.accounts.n = N;
  many.accounts.id = all_ids;
  many.accounts.parent = all_parents;
  many.accounts.currency = all_currencies;
  result run = sample_result();
  run.book = &many;
  run.rows = rows;
  run.n_rows = N;
  const char *text = summary_text(&run, *state);
  const char *first = strstr(text, "  largest accounts, USD ");
  assert_non_null(first);
  assert_memory_equal(strchr(first, '\n') + 1, "    a11 ", 8);
  assert_non_null(strstr(first, "    a02 "));
  assert_null(strstr(first, "    a01 "));
  assert_non_null(strstr(first, "    and 2 more\n"));
}

static void a_result_of_nothing_has_a_summary(void **state) {
  result run = sample_result();
  run.n_rows = 0;
  run.n_savings = 0;
  run.seconds = 0;
  memset(run.stage_seconds, 0, sizeof run.stage_seconds);
  run.total[0] = run.total[1] = run.standalone_total[0] = run.standalone_total[1] = MONEY_ZERO;
  assert_non_null(strstr(summary_text(&run, *state), "    compression                                  -\n"));
}

static void a_book_is_summed_up_by_table_and_file(void **state) {
  assert_string_equal(book_text(&sample_book, *state),
                      "/, as of 2026-04-10T08:00:00Z, base currency USD\n"
                      "\n"
                      "  underlyings          2\n"
                      "  forwards             3  1 own mark, 2 carry\n"
                      "  instruments          4  2 options, 1 perpetual, 1 spot\n"
                      "  currencies           2\n"
                      "  accounts             3\n"
                      "  positions       12,345\n"
                      "  scenario files       0\n"
                      "\n"
                      "  book.yaml                64 bytes  fedcba98765432100123456789abcdef\n"
                      "  positions.csv.gz  1,234,567 bytes  00000000000000000000000000000007\n");
}

static void people_read_numbers_in_groups_of_three(void **state) {
  assert_string_equal(people_count(*state, 0), "0");
  assert_string_equal(people_count(*state, 999), "999");
  assert_string_equal(people_count(*state, 1000), "1,000");
  assert_string_equal(people_count(*state, UINT64_MAX), "18,446,744,073,709,551,615");
  assert_string_equal(people_money(*state, MICRO(-1234567890000), 2), "-1,234,567.89");
  assert_string_equal(people_money(*state, MICRO(-123456000), 2), "-123.46");
  assert_string_equal(people_number(*state, 1e300, 2), "out of range");
  assert_string_equal(people_percent(*state, -0.1234), "-12.34 %");
  assert_string_equal(people_rate(*state, 1.5e9), "1.50 G");
  assert_string_equal(people_rate(*state, 12.34e6), "12.3 M");
  assert_string_equal(people_rate(*state, 999), "999");
  assert_string_equal(people_exact(*state, MICRO(1500), 6), "0.0015  ");
  assert_string_equal(people_exact(*state, MICRO(5000000), 3), "5    ");
}

static void cells_align_by_characters_not_bytes(void **state) {
  page out = page_open(*state);
  text_table rows = text_table_open(*state, "lr");
  text_table_cell(&rows, "\xc3\xa4\xc3\xb6");
  text_table_cell(&rows, "1");
  text_table_cell(&rows, "abc");
  text_table_cell(&rows, "22");
  text_table_print(&rows, 1, NULL, &out);
  assert_string_equal(page_close(&out), " \xc3\xa4\xc3\xb6    1\n abc  22\n");
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, close_arena)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_ARENA(a_run_is_summed_up_on_one_page),
      WITH_ARENA(equal_measures_share_a_column_and_other_rules_close_the_table),
      WITH_ARENA(only_the_ten_largest_accounts_are_shown),
      WITH_ARENA(a_result_of_nothing_has_a_summary),
      WITH_ARENA(a_book_is_summed_up_by_table_and_file),
      WITH_ARENA(people_read_numbers_in_groups_of_three),
      WITH_ARENA(cells_align_by_characters_not_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
