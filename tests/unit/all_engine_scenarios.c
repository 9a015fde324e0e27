/* SPDX-License-Identifier: MIT
 *
 * What scenarios do, from files to P&L and requirements, against numbers reckoned by hand.
 */
#include "unit/engine_case.h"

static const double NORMAL_DENSITY_AT_0 = 0.398942280401432678;

/* ---- grids ------------------------------------------------------------------------------------- */

static void scenarios_count_prices_outer_and_vols_inner(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nY,N,2\n");
  case_run(
      of,
      "blocks:\n"
      "  grid:\n"
      "    first: 1\n"
      "    scenarios: [{price: [-0.1, 0.2], vol: [up, same]}, {price: [0.5, 0]}, {price: 0, vol: [same, down, up]}]\n"
      "    vol: {up: vol + 1, down: vol - 2}\n"
      "amounts: {w: {worst: [grid]}}\n"
      "measures: {initial: w}\n");
  CASE_EXPECT_PNL(of, "X", "-", "grid", 1, -10, -10, 20, 20, 50, 0, 0, 0, 0);
  case_expect(of, "X", "10");
  assert_int_equal(case_row(of, "X")->worst_scenario, 1); /* of equal losses the lowest number */
  const double up = 2 * NORMAL_DENSITY_AT_0, down = -4 * NORMAL_DENSITY_AT_0;
  const pnl_row *y = of->result->pnl + 9;
  assert_int_equal(y[5].scenario, 6);
  assert_true(y[5].pnl == 0 && y[6].pnl == 0); /* nothing moves: exactly nothing */
  assert_true(fabs(y[7].pnl - down) < 1e-14 && fabs(y[8].pnl - up) < 1e-14);
}

static void prices_move_by_kind_and_scale_and_absolutely(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nX,SB,-1\nX,SE,2\n");
  case_run(of, "blocks:\n"
               "  grid: {scenarios: [{price: {by: kind, equity: [-0.1, 0.3], etf: [-0.2, 0.1]}}], of: {type: spot},\n"
               "         price_scale: \"if(S > 150, 2, 1)\"}\n"
               "  points: {scenarios: [{price: [-7, 4]}], price_kind: absolute, forward_follows: parallel}\n"
               "levels: [{by: [underlying]}, {by: [account], convert: base}]\n"
               "amounts: {g: {worst: [grid, points], by: [underlying]}}\n"
               "measures: {initial: {sum: [g]}}\n");
  CASE_EXPECT_PNL(of, "X", "A", "grid", 0, -10, 30);
  CASE_EXPECT_PNL(of, "X", "B", "grid", 0, 80, -40); /* twice the move */
  CASE_EXPECT_PNL(of, "X", "E", "grid", 0, -10, 30);
  CASE_EXPECT_PNL(of, "X", "A", "points", 0, -7, 4);
  CASE_EXPECT_PNL(of, "X", "E", "points", 0, -14, 8);
  case_expect(of, "X", "67.5"); /* 10, 40, and 14 EUR at 1.25 */
}

static void a_weight_may_know_the_move_and_a_number_of_the_scenario(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\n");
  case_run(of, "blocks: {grid: {scenarios: [{price: [-0.1, 0.2], damp: [0.5, 0.25]}, {price: [0.6], damp: 0.1}],\n"
               "                weight: \"if(move > 0.5, 1, damp)\"}}\n"
               "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n");
  CASE_EXPECT_PNL(of, "X", "-", "grid", 0, -5, 5, 60);
}

static void one_contracts_pnl_is_rounded_half_away_from_zero(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,3\n");
  case_run(of, "blocks: {grid: {scenarios: [{price: [-0.125, 0.125, 0.124, 0.375]}], round: 5}}\n"
               "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n");
  CASE_EXPECT_PNL(of, "X", "-", "grid", 0, -45, 45, 30, 120); /* 12.5 to 15, 12.4 to 10, 37.5 to 40 */
}

static void a_block_leaves_out_what_its_filter_does_not_pass(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nX,N,1\nX,P,1\n");
  case_run(of, "blocks: {fall: {scenarios: [{price: [-100, -1000]}], price_kind: absolute, forward_follows: parallel,\n"
               "                of: {type: spot}}}\n" /* would take the coin's forward to 0 */
               "amounts: {w: {worst: [fall]}}\nmeasures: {initial: w}\n");
  CASE_EXPECT_PNL(of, "X", "-", "fall", 0, -100, -1000);
}

/* ---- scenario files ---------------------------------------------------------------------------- */

static const char file_model[] = "blocks: {crash: {file: crash, first: 1}}\n"
                                 "levels: [{by: [underlying]}, {by: [account], convert: shocked}]\n"
                                 "amounts: {w: {worst: [crash]}}\nmeasures: {initial: w}\n";

static void a_file_moves_prices_vols_time_and_weighs(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nY,N,1\n");
  case_put(of, "scenarios/crash.csv", "scenario,factor,move,kind,weight\n"
                                      "fall,price:A,-0.1,relative,\n"
                                      "rise,price:A,5,absolute,0.5\n"
                                      "tenors,vol:A@100,1,absolute,\n"
                                      "tenors,vol:A@465,0.3,relative,\n"
                                      "short,vol:A@30,-2,absolute,\n"
                                      "late,time,365,absolute,\n"
                                      "all,vol:A,-1.5,relative,\n");
  case_run(of, file_model);
  CASE_EXPECT_PNL(of, "X", "-", "crash", 1, -10, 2.5, 0, 0, 0, 0);
  const pnl_row *y = of->result->pnl + 6;
  /* 265 of the 365 days between the tenors: 11 + 265/365 (13 - 11); flat beyond the last tenor; at expiry and without
   * vol nothing is left of an option at the money */
  const double expected[] = {0, 0, (1 + 265.0 / 365 * 2) * NORMAL_DENSITY_AT_0, -2 * NORMAL_DENSITY_AT_0,
                             -10 * NORMAL_DENSITY_AT_0, -10 * NORMAL_DENSITY_AT_0};
  for (int s = 2; s < 6; s++) {
    if (!(fabs(y[s].pnl - expected[s]) <= 2e-15)) {
      fail_msg("scenario %u: %.17g, expected %.17g", y[s].scenario, y[s].pnl, expected[s]);
    }
  }
  case_expect(of, "X", "10");
}

static void currencies_meet_at_shocked_or_base_rates(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "accounts.csv", "account,currency\nU,USD\nE,EUR\n");
  case_put(of, "positions.csv", "account,instrument,quantity\nU,SE,1\nE,SA,1\nE,SE,1\n");
  case_put(of, "scenarios/crash.csv",
           "scenario,factor,move,kind\n"
           "euro,price:E,-0.2,relative\neuro,price:A,-0.1,relative\neuro,fx:EUR,0.6,relative\n");
  case_run(of, file_model);
  CASE_EXPECT_PNL(of, "U", "-", "crash", 1, -20); /* -10 EUR at 1.25 x 1.6 */
  CASE_EXPECT_PNL(of, "E", "-", "crash", 1, -15); /* -10 USD at 1 / (1.25 x 1.6), -10 EUR */
  case_run(of, "blocks: {crash: {file: crash, first: 1}}\n"
               "levels: [{by: [underlying]}, {by: [account], convert: base}]\n"
               "amounts: {w: {worst: [crash]}}\nmeasures: {initial: w}\n");
  CASE_EXPECT_PNL(of, "U", "-", "crash", 1, -12.5);
  CASE_EXPECT_PNL(of, "E", "-", "crash", 1, -18);
}

static void a_coins_rate_follows_the_coin(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,P,1000\n");
  case_run(of, "blocks: {grid: {scenarios: [{price: [-0.2, 0.25]}]}}\n"
               "levels: [{by: [underlying]}, {by: [account], convert: shocked}]\n"
               "amounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n");
  /* 1000 USD of an inverse perpetual at 1000: 1 - 1000/800 coins at 800, 1 - 1000/1250 at 1250 */
  CASE_EXPECT_PNL(of, "X", "-", "grid", 0, -200, 250);
  case_expect(of, "X", "200");
}

static void a_coins_own_move_goes_before_that_of_its_price(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,P,1000\n");
  case_put(of, "scenarios/crash.csv", "scenario,factor,move,kind\n"
                                      "both,price:COIN,-0.2,relative\nboth,fx:COIN,0.5,relative\n"
                                      "price,price:COIN,-0.2,relative\nrate,fx:COIN,0.5,relative\n");
  case_run(of, file_model);
  /* -0.25 coins at 1500 and at 800; nothing */
  CASE_EXPECT_PNL(of, "X", "-", "crash", 1, -375, -200, 0);
}

static void the_order_of_rows_within_a_scenario_does_not_matter(void **state) {
  engine_case *of = *state;
  char digest[33];
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nY,N,1\nY,SE,1\n");
  case_put(of, "scenarios/crash.csv", "scenario,factor,move,kind\n"
                                      "a,vol:A@30,1,absolute\na,vol:A@500,2,absolute\na,vol:A@365,5,absolute\n"
                                      "b,vol:A@30,1,absolute\nb,vol:A@365,1,absolute\nb,vol:A@365.0,2,absolute\n"
                                      "b,fx:EUR,0.1,relative\nb,time,3,absolute\n");
  case_run(of, file_model);
  strcpy(digest, sg_result_digest(of->result));
  case_put(of, "scenarios/crash.csv", "move,kind,factor,scenario\n"
                                      "5,absolute,vol:A@365,a\n2,absolute,vol:A@365.0,b\n3,absolute,time,b\n"
                                      "2,absolute,vol:A@500,a\n1,absolute,vol:A@365,b\n0.1,relative,fx:EUR,b\n"
                                      "1,absolute,vol:A@30,b\n1,absolute,vol:A@30,a\n");
  case_run(of, file_model);
  assert_string_equal(sg_result_digest(of->result), digest);
}

static void var_1_of_a_scenario_file(void **state) {
  static const struct {
    const char *amount, *expected;
  } cases[] = {{"{var: [h], tail: 0.01}", "491"},
               {"{var: [h], tail: 0.01, quantile: lower}", "490"},
               {"{var: [h], tail: 0.01, quantile: linear}", "490.01"},
               {"{es: [h], tail: 0.01}", "495.5"}};
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "underlyings.csv", "underlying,currency,price\nV,USD,1000\n");
  case_put(of, "instruments.csv", "instrument,type,underlying,multiplier,currency\nSV,spot,V,1,USD\n");
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SV,1\n");
  FILE *stream = fopen(case_path(of, "scenarios/history.csv"), "w");
  fputs("scenario,factor,move,kind\n", stream);
  for (int i = 1; i <= 1000; i++) {
    fprintf(stream, "day %d,price:V,%d,absolute\n", i, 7919 * i % 1000 - 500);
  }
  fclose(stream);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[256];
    snprintf(text, sizeof text, "blocks: {h: {file: history}}\namounts: {v: %s}\nmeasures: {initial: v}\n",
             cases[i].amount);
    case_run(of, text);
    case_expect(of, "X", cases[i].expected);
  }
}

/* ---- levels ------------------------------------------------------------------------------------ */

/* A loses 10 and gains 10; B short gains 40 and loses 40; one position of each. */
static void gains_are_cut_capped_scaled_and_losses_relieved(void **state) {
  static const struct {
    const char *level;
    double down, up; /* of the account */
  } cases[] = {
      {"{by: [account]}", 30, -30},
      {"{by: [account], gains: 0.5}", 10, -35},
      {"{by: [account], gains: 0}", -10, -40},
      {"{by: [account], gains: -1}", -50, -50},
      {"{by: [account], gains: 0.5, gains_cap: 6}", -4, -35},
      {"{by: [account], gains: 0.5, gains_cap: 6, scale: size}", -2, -17.5},
      {"{by: [account], gains: 0.5, gains_cap: 6, scale: size, credit: 3}", 0, -14.5},
      {"{by: [account], gains: 0, credit: 12}", 0, -28},
  };
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nX,SB,-2\n");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[512];
    snprintf(text, sizeof text,
             "blocks: {grid: {scenarios: [{price: [-0.1, 0.1], size: 0.5}]}}\n"
             "levels: [{by: [underlying]}, %s]\namounts: {w: {worst: [grid]}}\nmeasures: {initial: w}\n",
             cases[i].level);
    case_run(of, text);
    CASE_EXPECT_PNL(of, "X", "-", "grid", 0, cases[i].down, cases[i].up);
  }
}

static void a_levels_saving_is_what_its_children_lose_more_than_it(void **state) {
  engine_case *of = *state;
  case_put_book(of);
  case_put(of, "positions.csv", "account,instrument,quantity\nX,SA,1\nX,SB,-2\nX,N,-1\n");
  case_run(of, "blocks: {grid: {scenarios: [{price: [-0.1, 0.1]}]}}\n"
               "levels: [{by: [underlying]}, {by: [account]}]\n"
               "columns: {units: {each: 1}}\n"
               "amounts:\n  by_name: {worst: [grid], by: [underlying]}\n  whole: {worst: [grid]}\n  fee: {charge: 7}\n"
               "measures: {initial: {sum: [by_name, whole, fee]}}\n");
  const sg_result *run = of->result;
  assert_int_equal(run->n_savings, 2);
  assert_string_equal(run->savings[0].level, "underlying");
  assert_string_equal(run->savings[1].level, "account");
  money in_all = run->savings[0].saving, rest = case_row(of, "X")->standalone[MEASURE_INITIAL];
  assert_true(money_add(&in_all, run->savings[1].saving));
  assert_true(money_subtract(&rest, case_row(of, "X")->requirement[MEASURE_INITIAL]));
  /* the fee of 7 is charged to every position alone, three times, and once to the account */
  assert_int_equal((int64_t)((rest.units - in_all.units) / 1000000000000), 14);
  assert_true((rest.units - in_all.units) % 1000000000000 == 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, case_open, case_close)
  const struct CMUnitTest tests[] = {
      TEST(scenarios_count_prices_outer_and_vols_inner),
      TEST(prices_move_by_kind_and_scale_and_absolutely),
      TEST(a_weight_may_know_the_move_and_a_number_of_the_scenario),
      TEST(one_contracts_pnl_is_rounded_half_away_from_zero),
      TEST(a_block_leaves_out_what_its_filter_does_not_pass),
      TEST(a_file_moves_prices_vols_time_and_weighs),
      TEST(currencies_meet_at_shocked_or_base_rates),
      TEST(a_coins_rate_follows_the_coin),
      TEST(a_coins_own_move_goes_before_that_of_its_price),
      TEST(the_order_of_rows_within_a_scenario_does_not_matter),
      TEST(var_1_of_a_scenario_file),
      TEST(gains_are_cut_capped_scaled_and_losses_relieved),
      TEST(a_levels_saving_is_what_its_children_lose_more_than_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
