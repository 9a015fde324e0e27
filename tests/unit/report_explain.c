/* SPDX-License-Identifier: MIT
 *
 * What `explain` prints: a tree that sums, the scenario, the positions, the savings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/report_sample.h"

#include <stdlib.h>

#define CONTRACTS(tenths) ((decimal18){(int128)(tenths) * 100000000000000000})

static const explained_amount amounts[] = {{"initial", "max", 0}, {"scan", "worst", 1}, {"minimum", "charge", 1}};
static const char *moves[] = {"price -0.15 relative", "vol up"};
static const explained_position held[] = {
    {"", "BTC-PERPETUAL", CONTRACTS(-30), 200},
    {"", "BTC-27JUN25-100000-C", CONTRACTS(105), -1234.5},
    {"B\"2", "BTC-SPOT", CONTRACTS(10), -615.75},
};
static const explained_binding bindings[] = {{"scan", "BTC", "regular", 3, 2, moves, 3, held, -1600}};

static explanation sample_explanation(void) {
  return (explanation){
      .account = "A,1",
      .currency = "USD",
      .model_name = "occ-cpm",
      .model_version = "2026-01",
      .as_of_s = 1775808000,
      .n_measures = 1,
      .measures = {{MEASURE_INITIAL, MICRO(1500500000), MICRO(6002000000), 3, amounts, 3, sample_lines}},
      .n_bindings = 1,
      .bindings = bindings,
      .n_savings = 2,
      .savings = sample_savings,
  };
}

/* -1234.5 - 615.75 + 200 = -1650.25; 1234.5 / 1650.25 = 74.81 %; 6002 - 4000 - 501.5 = 1500.5. */
static void an_account_is_a_tree_with_scenario_positions_and_savings(void **state) {
  explanation why = sample_explanation();
  line flat[3];
  memcpy(flat, sample_lines, sizeof flat);
  flat[2].detail = "";
  why.measures[0].lines = flat;
  char *text = explain_text(&why);
  assert_string_equal(text,
                      "account A,1 under occ-cpm version 2026-01, book as of 2026-04-10T08:00:00Z\n"
                      "\n"
                      "initial requirement     1,500.5  USD\n"
                      "  initial               1,500    max\n"
                      "    scan                1,600    worst\n"
                      "      BTC               1,600    regular 3: long 3, short 2\n"
                      "    max, whole account   -100\n"
                      "  B\"2.account               0.5\n"
                      "sum of 3 lines = 1,500.5 = requirement\n"
                      "\n"
                      "scan, BTC: scenario 3 of block regular\n"
                      "  price -0.15 relative, vol up\n"
                      "  quantity  instrument                                     P&L, USD     share\n"
                      "      10.5  BTC-27JUN25-100000-C                          -1,234.50   74.81 %\n"
                      "         1  BTC-SPOT (B\"2)                                  -615.75   37.31 %\n"
                      "        -3  BTC-PERPETUAL                                    200.00  -12.12 %\n"
                      "            sum of positions                              -1,650.25  100.00 %\n"
                      "            left out by offsets and limits of the levels      50.25\n"
                      "            P&L that binds                                -1,600.00\n"
                      "\n"
                      "positions standalone, initial   6,002    100.00 %\n"
                      "netting by underlying          -4,000    -66.64 %\n"
                      "netting by account               -501.5   -8.36 %\n"
                      "requirement                     1,500.5   25.00 %\n");
  free(text);
}

static void lines_that_do_not_sum_are_not_called_the_requirement(void **state) {
  explanation why = sample_explanation();
  why.measures[0].requirement = (money){1};
  char *text = explain_text(&why);
  assert_non_null(strstr(text, "sum of 3 lines = 1,500.5 but the requirement is 0.000000000001\n"));
  free(text);
}

static void an_account_without_lines_or_model_version_is_explained_too(void **state) {
  explanation why = {.account = "empty", .currency = "EUR", .model_name = "grid", .model_version = "", .n_measures = 1};
  char *text = explain_text(&why);
  assert_string_equal(text, "account empty under grid, book as of 1970-01-01T00:00:00Z\n"
                            "\n"
                            "initial requirement  0  EUR\n"
                            "sum of 0 lines = 0 = requirement\n"
                            "\n"
                            "positions standalone, initial  0\n"
                            "requirement                    0\n");
  free(text);
}

static void a_measure_with_the_same_lines_is_not_printed_twice(void **state) {
  explanation why = sample_explanation();
  why.n_measures = 2;
  why.measures[1] = why.measures[0];
  why.measures[1].measure = MEASURE_MAINTENANCE;
  char *text = explain_text(&why);
  assert_non_null(strstr(text, "= requirement\n\nmaintenance requirement: the same 3 lines\n\nscan"));
  free(text);
  line other[3];
  memcpy(other, sample_lines, sizeof other);
  other[0].scenario++;
  why.measures[1].lines = other;
  text = explain_text(&why);
  assert_non_null(strstr(text, "regular 4: long 3, short 2\n"));
  free(text);
}

static void many_moves_take_several_lines(void **state) {
  const char *same[4];
  for (size_t i = 0; i < 4; i++) {
    same[i] = "price:equity -0.15 relative"; /* 27 characters: three to a line of 90 with their commas */
  }
  explained_binding wide = bindings[0];
  wide.n_moves = 4;
  wide.moves = same;
  explanation why = sample_explanation();
  why.bindings = &wide;
  char *text = explain_text(&why);
  assert_non_null(strstr(text, "\n  price:equity -0.15 relative, price:equity -0.15 relative, price:equity -0.15 relative,"
                               "\n  price:equity -0.15 relative\n  quantity"));
  free(text);
}

static void the_position_that_is_the_whole_loss_needs_no_sum(void **state) {
  explanation why = sample_explanation();
  explained_binding alone = bindings[0];
  alone.n_positions = 1;
  alone.positions = &held[1];
  alone.pnl = -1234.5;
  why.bindings = &alone;
  char *text = explain_text(&why);
  assert_non_null(strstr(text, "10.5  BTC-27JUN25-100000-C  -1,234.50  100.00 %\n\npositions standalone"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_account_is_a_tree_with_scenario_positions_and_savings),
      cmocka_unit_test(lines_that_do_not_sum_are_not_called_the_requirement),
      cmocka_unit_test(an_account_without_lines_or_model_version_is_explained_too),
      cmocka_unit_test(a_measure_with_the_same_lines_is_not_printed_twice),
      cmocka_unit_test(many_moves_take_several_lines),
      cmocka_unit_test(the_position_that_is_the_whole_loss_needs_no_sum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
