/* SPDX-License-Identifier: MIT
 *
 * Books and models that are each good and do not go together: every refusal names the place and the thing; and explain
 * repeats a run or refuses to.
 */
#include "unit/engine_case.h"

static const char worst_of[] = "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n";

/* The run is refused, and this is the first finding. `file` is the end of its path. */
static void expect_refusal(engine_case *of, const char *blocks, const char *rest, const char *file, uint64_t at,
                           const char *message) {
  char text[1024];
  snprintf(text, sizeof text, "%s%s", blocks, rest);
  sg_status status = case_try(of, text);
  if (status != SG_INPUT || sg_error_count(of->error) == 0) {
    case_report(of);
    fail_msg("status %d, expected a refusal: %s", (int)status, message);
  }
  sg_finding found = sg_error_get(of->error, 0);
  size_t length = found.file == NULL ? 0 : strlen(found.file);
  bool same_file = length >= strlen(file) && strcmp(found.file + length - strlen(file), file) == 0;
  if (!same_file || found.line != at || strcmp(found.message, message) != 0) {
    fail_msg("got      %s:%llu: %s\nexpected %s:%llu: %s", found.file == NULL ? "" : found.file,
             (unsigned long long)found.line, found.message, file, (unsigned long long)at, message);
  }
}

static void put_positions(const engine_case *of, const char *rows) {
  char text[256];
  snprintf(text, sizeof text, "account,instrument,quantity\n%s", rows);
  case_put_book(of);
  case_put(of, "positions.csv", text);
}

/* ---- the market -------------------------------------------------------------------------------- */

static void every_missing_exchange_rate_is_named(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,SE,1\nX,P,1\n");
  case_put(of, "accounts.csv", "account,currency\nX,EUR\n");
  unlink(case_path(of, "fx.csv"));
  expect_refusal(of, "blocks: {grid: {scenarios: [{price: 0.1}]}}\n", worst_of, "instruments.csv", 6,
                 "instrument P needs a rate of COIN to USD, which fx.csv does not give");
  assert_int_equal(sg_error_count(of->error), 3);
  assert_string_equal(sg_error_get(of->error, 1).message,
                      "instrument SE needs a rate of EUR to USD, which fx.csv does not give");
  assert_string_equal(sg_error_get(of->error, 2).message,
                      "account X needs a rate of EUR to USD, which fx.csv does not give");
  put_positions(of, "X,SA,1\n"); /* what nobody holds needs no rate */
  case_put(of, "accounts.csv", "account,currency\nX,USD\n");
  unlink(case_path(of, "fx.csv"));
  char text[256];
  snprintf(text, sizeof text, "blocks: {grid: {scenarios: [{price: 0.1}]}}\n%s", worst_of);
  case_run(of, text);
}

static void a_column_in_the_currency_of_the_strike_needs_its_rate(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,P,1\n");
  case_put(of, "underlyings.csv",
           "underlying,currency,price,kind,asset\nA,USD,100,equity,\nB,USD,200,etf,\nE,EUR,50,equity,\n"
           "COIN,CHF,1000,crypto,COIN\n");
  case_put(of, "fx.csv", "currency,rate_to_base\nEUR,1.25\nCOIN,1000\n");
  expect_refusal(of, "columns: {c: {each: S, in: quote}}\n", "amounts: {w: {charge: c}}\nmeasures: {initial: w}\n",
                 "instruments.csv", 6, "instrument P needs a rate of CHF to USD, which fx.csv does not give");
}

static void a_move_that_leaves_a_forward_no_price_is_refused(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,P,1\n");
  expect_refusal(
      of, "blocks: {grid: {scenarios: [{price: [-999, -1000]}], price_kind: absolute, forward_follows: parallel}}\n",
      worst_of, "instruments.csv", 6,
      "scenario 1 of block grid moves the price of COIN by -1000, so that the forward of P is not positive");
}

static void a_kind_without_a_list_of_prices_is_refused_where_it_stands(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,SA,1\n");
  expect_refusal(of, "blocks: {grid: {scenarios: [{price: {by: kind, equity: [0.1], crypto: [0.2]}}]}}\n", worst_of,
                 "underlyings.csv", 3, "kind \"etf\" of underlying B has no price moves in block grid of model m");
}

/* ---- the model --------------------------------------------------------------------------------- */

static void a_scenario_file_that_the_book_lacks_is_named(void **state) {
  engine_case *of = *state;
  char message[160];
  put_positions(of, "X,SA,1\n");
  snprintf(message, sizeof message, "block grid needs scenarios/crash.csv, which book %s does not have", of->folder);
  expect_refusal(of, "blocks: {grid: {file: crash}}\n", worst_of, "model.yaml", 2, message);
}

static void moves_that_make_no_sense_are_refused_in_their_file(void **state) {
  static const struct {
    const char *row, *message;
  } cases[] = {{"s,fx:USD,0.1,relative", "fx:USD: the base currency does not move against itself"},
               {"s,fx:EUR,-1,relative", "fx:EUR: a relative move must be above -1 (-100 %)"},
               {"s,fx:EUR,0.1,absolute", "fx:EUR: the move of a currency is relative"},
               {"s,time,-1,absolute", "time: runs forward only"},
               {"s,rate:EUR,0.1,absolute", "rate:EUR: moves of rates are not built yet in this version"}};
  engine_case *of = *state;
  put_positions(of, "X,SA,1\n");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[160];
    snprintf(text, sizeof text, "scenario,factor,move,kind\ns,price:A,0.1,relative\n%s\n", cases[i].row);
    case_put(of, "scenarios/crash.csv", text);
    expect_refusal(of, "blocks: {grid: {file: crash}}\n", worst_of, "scenarios/crash.csv", 3, cases[i].message);
  }
}

static void what_differs_over_a_node_cannot_be_charged_there(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,SA,1\nX,SB,1\n");
  expect_refusal(of, "", "amounts: {w: {charge: S}}\nmeasures: {initial: w}\n", "model.yaml", 2,
                 "amount w is not a finite number: one of its terms differs over the node, or overflows");
  case_run(of, "amounts: {w: {charge: S, by: [underlying]}}\nmeasures: {initial: {sum: [w]}}\n");
  case_expect(of, "X", "300");
}

static void a_cap_that_differs_over_its_group_is_refused(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,SA,1\nX,SB,1\n");
  expect_refusal(
      of, "blocks: {grid: {scenarios: [{price: 0.1}]}}\n",
      "levels: [{by: [underlying]}, {by: [type], gains_cap: S}, {by: [account], gains_cap: S}]\n"
      "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n",
      "model.yaml", 3,
      "group m is not determined by the one below: instruments N and SA are both in A, but in option and spot");
  expect_refusal(of, "blocks: {grid: {scenarios: [{price: 0.1}]}}\n",
                 "levels: [{by: [underlying, type]}, {by: [type], gains_cap: S}, {by: [account], gains_cap: S}]\n"
                 "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n",
                 "model.yaml", 3, "\"S\" differs over the instruments of spot, or is not a number");
}

static void a_vol_below_nothing_is_refused_with_the_option(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,N,1\n");
  expect_refusal(of, "blocks: {grid: {scenarios: [{price: 0, vol: down}], vol: {down: vol - 11}}}\n", worst_of,
                 "model.yaml", 2, "vol \"down\" of block grid is -1 for instrument N; a vol is at least 0");
}

static void a_price_beyond_a_double_names_instrument_and_scenario(void **state) {
  engine_case *of = *state;
  put_positions(of, "X,SA,1\n");
  expect_refusal(of, "blocks: {grid: {scenarios: [{price: [0, 9e307]}]}}\n", worst_of, "instruments.csv", 2,
                 "the P&L of instrument SA in scenario 1 of block grid is not a finite number");
}

/* ---- explain ----------------------------------------------------------------------------------- */

static const char explained_model[] =
    "blocks: {crash: {file: crash}}\namounts: {w: {worst: [crash]}}\nmeasures: {initial: w}\n";

static void run_and_write(engine_case *of) {
  put_positions(of, "X,SA,2\nX,SE,-3\n");
  case_put(of, "accounts.csv", "account,currency\nX,EUR\n");
  case_put(of, "rates.csv", "currency,tenor_years,rate_cc\nUSD,1,0.04\n");
  case_put(of, "forwards.csv", "underlying,expiry,forward\nA,2027-04-10T20:00:00Z,100\n");
  case_put(of, "dividends.csv", "underlying,ex_date,amount\nB,2026-06-01,1\n");
  case_put(of, "scenarios/crash.csv", "scenario,factor,move,kind\nfall,price:A,-0.25,relative\n");
  case_run(of, explained_model);
  assert_int_equal(sg_result_write(of->result, case_path(of, "out"), of->error), SG_OK);
}

static void explain_repeats_an_unchanged_run(void **state) {
  engine_case *of = *state;
  char *text = NULL, out[96];
  run_and_write(of);
  case_expect(of, "X", "40"); /* 2 x 25 USD at 1.25 */
  strcpy(out, case_path(of, "out"));
  assert_int_equal(sg_explain(out, "X", of->device, &text, of->error), SG_OK);
  assert_non_null(strstr(text, "40"));
  sg_text_close(text);
}

static void explain_refuses_when_any_file_has_changed(void **state) {
  static const struct {
    const char *file, *text; /* NULL: removed */
  } changes[] = {
      {"book.yaml", "as_of: 2026-04-10T20:00:01Z\ncurrency: USD\nday_count: act/365f\nrates: zero\n"},
      {"underlyings.csv",
       "underlying,currency,price,kind,asset\nA,USD,101,equity,\nB,USD,200,etf,\nE,EUR,50,equity,\n"
       "COIN,USD,1000,crypto,COIN\n"},
      {"fx.csv", "currency,rate_to_base\nEUR,1.26\nCOIN,1000\n"},
      {"instruments.csv",
       "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,implied_vol,price_"
       "model\n"
       "SA,spot,A,,,,,2,USD,,,\nSE,spot,E,,,,,1,EUR,,,\n"},
      {"positions.csv", "account,instrument,quantity\nX,SA,2\nX,SE,-4\n"},
      {"positions.csv", "account,instrument,quantity\nX,SE,-3\nX,SA,2\n"}, /* the same positions in other bytes */
      {"accounts.csv", "account,currency\nX,USD\n"},
      {"accounts.csv", NULL},
      {"rates.csv", "currency,tenor_years,rate_cc\nUSD,1,0.05\n"},
      {"forwards.csv", NULL},
      {"dividends.csv", "underlying,ex_date,amount\nB,2026-06-01,2\n"},
      {"scenarios/crash.csv", "scenario,factor,move,kind\nfall,price:A,-0.26,relative\n"},
      {"scenarios/boom.csv", "scenario,factor,move,kind\nrise,price:A,0.26,relative\n"}, /* new */
      {"history/levels.csv", "date,factor,level\n2026-04-09,price:A,99\n"},              /* new, read by nobody yet */
      {"model.yaml",
       "model: {name: m, title: t, version: \"1\", source: s, date: 2026-04-10}\n"
       "blocks: {crash: {file: crash}}\namounts: {w: {worst: [crash], times: 2}}\nmeasures: {initial: w}\n"},
      {"out/lines.csv", "account\n"},
      {"out/margins.csv", NULL},
      {"out/manifest.json", "{}\n"},
  };
  engine_case *of = *state;
  char *text = NULL, out[96];
  mkdir(case_path(of, "history"), 0700);
  strcpy(out, case_path(of, "out"));
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    run_and_write(of);
    assert_int_equal(sg_explain(out, "X", of->device, &text, of->error), SG_OK);
    sg_text_close(text);
    if (changes[i].text == NULL) {
      assert_int_equal(unlink(case_path(of, changes[i].file)), 0);
    } else {
      case_put(of, changes[i].file, changes[i].text);
    }
    sg_error_clear(of->error);
    sg_status status = sg_explain(out, "X", of->device, &text, of->error);
    if (status != SG_INPUT || text != NULL || sg_error_count(of->error) == 0) {
      case_report(of);
      fail_msg("explain after a change of %s: status %d, expected a refusal", changes[i].file, (int)status);
    }
    sg_finding found = sg_error_get(of->error, 0);
    const char *name = strrchr(changes[i].file, '/') == NULL ? changes[i].file : strrchr(changes[i].file, '/') + 1;
    if ((found.file == NULL || strstr(found.file, name) == NULL) && strstr(found.message, name) == NULL) {
      fail_msg("the refusal does not name %s: %s: %s", changes[i].file, found.file == NULL ? "" : found.file,
               found.message);
    }
    unlink(case_path(of, "scenarios/boom.csv"));
    unlink(case_path(of, "history/levels.csv"));
  }
}

static void explain_names_an_account_that_the_run_does_not_have(void **state) {
  engine_case *of = *state;
  char *text = NULL, out[96];
  run_and_write(of);
  strcpy(out, case_path(of, "out"));
  assert_int_equal(sg_explain(out, "Y", of->device, &text, of->error), SG_USAGE);
  assert_string_equal(sg_error_get(of->error, 0).message, "the book has no account \"Y\"");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, case_open, case_close)
  const struct CMUnitTest tests[] = {
      TEST(every_missing_exchange_rate_is_named),
      TEST(a_column_in_the_currency_of_the_strike_needs_its_rate),
      TEST(a_move_that_leaves_a_forward_no_price_is_refused),
      TEST(a_kind_without_a_list_of_prices_is_refused_where_it_stands),
      TEST(a_scenario_file_that_the_book_lacks_is_named),
      TEST(moves_that_make_no_sense_are_refused_in_their_file),
      TEST(what_differs_over_a_node_cannot_be_charged_there),
      TEST(a_cap_that_differs_over_its_group_is_refused),
      TEST(a_vol_below_nothing_is_refused_with_the_option),
      TEST(a_price_beyond_a_double_names_instrument_and_scenario),
      TEST(explain_repeats_an_unchanged_run),
      TEST(explain_refuses_when_any_file_has_changed),
      TEST(explain_names_an_account_that_the_run_does_not_have),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
