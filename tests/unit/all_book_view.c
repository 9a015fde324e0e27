/* SPDX-License-Identifier: MIT
 *
 * One book's accounts in another's market, and books from texts in memory.
 */
#include "engine/book_view.h"
#include "input/read_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(name, text) {name, text, sizeof text - 1}
#define YAML TEXT("book.yaml", "as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nday_count: act/365f\nrates: zero\n")

static const sg_named_text old_files[] = {
    YAML,
    TEXT("fx.csv", "currency,rate_to_base\nEUR,1.1\n"),
    TEXT("underlyings.csv", "underlying,currency,price\nA,USD,100\nB,USD,50\nD,EUR,20\n"),
    TEXT("instruments.csv", "instrument,type,underlying,multiplier,currency\n"
                            "A,spot,A,1,USD\nB,spot,B,1,USD\nD,spot,D,1,EUR\n"),
    TEXT("assets.csv", "asset,currency,price\nBOND,EUR,98\nGOLD,USD,3000\n"),
    TEXT("positions.csv", "account,instrument,quantity,unsettled_pnl\nx,A,1,\nx,B,2,\ny,D,0.3,7\n"),
    TEXT("collateral.csv", "account,asset,amount\nx,BOND,5\ny,GOLD,6\n"),
};

static const sg_named_text new_files[] = {
    YAML,
    TEXT("fx.csv", "currency,rate_to_base\nCHF,1.2\nEUR,1.3\n"),
    TEXT("underlyings.csv", "underlying,currency,price\nA,USD,101\nC,CHF,60\nD,EUR,21\n"),
    TEXT("instruments.csv", "instrument,type,underlying,multiplier,currency\n"
                            "A,spot,A,1,USD\nC,spot,C,1,CHF\nD,spot,D,1,EUR\n"),
    TEXT("assets.csv", "asset,currency,price\nART,USD,1\nGOLD,USD,3100\n"),
    TEXT("positions.csv", "account,instrument,quantity\nz,C,4\n"),
};

static book *read(const sg_named_text *files, size_t n) {
  book *made;
  sg_error *error = sg_error_open();
  if (book_read_texts(files, n, &made, error) != SG_OK) {
    fail_msg("%s: %s", sg_error_get(error, 0).file, sg_error_get(error, 0).message);
  }
  sg_error_close(error);
  return made;
}

static const char *currency_of(const book *in, uint32_t y) { return in->currencies.id[y]; }

static void a_view_has_the_accounts_of_one_book_and_the_market_of_the_other(void **state) {
  book *old = read(old_files, sizeof old_files / sizeof *old_files);
  book *new = read(new_files, sizeof new_files / sizeof *new_files);
  book *view;
  const book_view wanted = {.positions = old, .market = new, .scenarios = old};
  assert_int_equal(book_view_make(&wanted, &view, NULL), SG_OK);
  assert_int_equal(view->accounts.n, 2);
  assert_string_equal(view->accounts.id[1], "y");
  assert_string_equal(currency_of(view, view->accounts.currency[1]), "USD");
  assert_true(view->underlyings.price[2] == 21);
  /* B is gone: the position in it is left out */
  assert_int_equal(view->positions.n, 2);
  assert_string_equal(view->instruments.id[view->positions.instrument[0]], "A");
  assert_string_equal(view->instruments.id[view->positions.instrument[1]], "D");
  assert_true(view->positions.quantity[1] == 0.3);
  /* so is the bond */
  assert_int_equal(view->collateral.n, 1);
  assert_int_equal(view->collateral.account[0], 1);
  assert_string_equal(view->assets.id[view->collateral.asset[0]], "GOLD");
  assert_int_equal(view->settlements.n, 1);
  assert_string_equal(currency_of(view, view->settlements.currency[0]), "EUR");
  book_close(view);
  book_close(new);
  book_close(old);
}

static void what_a_third_book_does_not_know_is_left_out_too(void **state) {
  book *old = read(old_files, sizeof old_files / sizeof *old_files);
  book *new = read(new_files, sizeof new_files / sizeof *new_files);
  book *view;
  const book_view wanted = {.positions = new, .market = new, .scenarios = old, .known = old};
  assert_int_equal(book_view_make(&wanted, &view, NULL), SG_OK);
  assert_int_equal(view->accounts.n, 1);
  assert_int_equal(view->positions.n, 0);
  book_close(view);
  book_close(new);
  book_close(old);
}

static void an_account_in_a_currency_that_the_market_does_not_know_is_a_finding(void **state) {
  static const sg_named_text files[] = {
      YAML,
      TEXT("fx.csv", "currency,rate_to_base\nJPY,0.006\n"),
      TEXT("underlyings.csv", "underlying,currency,price\nA,USD,100\n"),
      TEXT("instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,A,1,USD\n"),
      TEXT("accounts.csv", "account,currency\nx,JPY\n"),
      TEXT("positions.csv", "account,instrument,quantity\nx,A,1\n"),
  };
  book *old = read(files, sizeof files / sizeof *files), *new = read(new_files, sizeof new_files / sizeof *new_files);
  book *view;
  sg_error *error = sg_error_open();
  const book_view wanted = {.positions = old, .market = new, .scenarios = old};
  assert_int_equal(book_view_make(&wanted, &view, error), SG_INPUT);
  assert_null(view);
  assert_string_equal(sg_error_get(error, 0).message, "account x is in JPY, which the book in memory does not know");
  sg_error_close(error);
  book_close(new);
  book_close(old);
}

static void texts_have_the_findings_of_files(void **state) {
  static const sg_named_text files[] = {
      YAML,
      YAML,
      TEXT("underlyings.csv", "underlying,currency,price\nA,USD,1O0\n"),
      TEXT("instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,A,1,USD\n"),
      TEXT("positions.csv", "account,instrument,quantity\n"),
      TEXT("postions.csv", ""),
  };
  static const sg_finding expected[] = {
      {SG_INPUT, "book.yaml", 0, 0, "is given twice"},
      {SG_INPUT, "underlyings.csv", 2, 7, "price \"1O0\" is not a number"},
      {SG_INPUT, "postions.csv", 0, 0, "is not a file of a book; `shockgrid help formats` lists them"},
  };
  book *made;
  sg_error *error = sg_error_open();
  assert_int_equal(book_read_texts(files, sizeof files / sizeof *files, &made, error), SG_INPUT);
  assert_null(made);
  for (size_t wanted = 0; wanted < sizeof expected / sizeof *expected; wanted++) {
    bool found = false;
    for (size_t i = 0; i < sg_error_count(error); i++) {
      sg_finding got = sg_error_get(error, i);
      found = found || (got.file != NULL && strcmp(got.file, expected[wanted].file) == 0 &&
                        got.line == expected[wanted].line && got.column == expected[wanted].column &&
                        strcmp(got.message, expected[wanted].message) == 0);
    }
    if (!found) {
      fail_msg("%s:%d: no finding \"%s\"", expected[wanted].file, (int)expected[wanted].line, expected[wanted].message);
    }
  }
  sg_error_close(error);
}

static void scenario_files_are_found_among_texts(void **state) {
  static const sg_named_text files[] = {
      YAML,
      TEXT("underlyings.csv", "underlying,currency,price\nA,USD,100\n"),
      TEXT("instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,A,1,USD\n"),
      TEXT("positions.csv", "account,instrument,quantity\n"),
      TEXT("scenarios/two.csv", "scenario,factor,move,kind\ns,price:A,-0.1,relative\n"),
      TEXT("scenarios/one.csv", "scenario,factor,move,kind\ns,price:A,0.1,relative\nt,price:A,0.2,relative\n"),
  };
  book *made = read(files, sizeof files / sizeof *files);
  assert_int_equal(made->n_scenario_files, 2);
  assert_string_equal(made->scenario_files[0].name, "scenarios/one.csv");
  assert_int_equal(made->scenario_files[0].n_scenarios, 2);
  assert_int_equal(made->n_files, 6);
  book_close(made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_view_has_the_accounts_of_one_book_and_the_market_of_the_other),
      cmocka_unit_test(what_a_third_book_does_not_know_is_left_out_too),
      cmocka_unit_test(an_account_in_a_currency_that_the_market_does_not_know_is_a_finding),
      cmocka_unit_test(texts_have_the_findings_of_files),
      cmocka_unit_test(scenario_files_are_found_among_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
