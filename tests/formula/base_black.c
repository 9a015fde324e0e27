/* SPDX-License-Identifier: MIT
 *
 * kernels/price_black.h against MPFR over a wide box, at its edges, and its greeks. SHOCKGRID_TEST_CASES=1000000 for
 * the full run.
 */
#include "formula/exact_price.h"
#include "kernels/forward.h"
#include "kernels/price_black.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum { CASES = 100000 };

/* As the host fills it: upfront premium, forward is the base forward. */
static lane_contract contract_make(double base, double strike, double sign, double years, double discount) {
  return (lane_contract){.strike = strike, .log_strike = math_log(strike / base), .sign = sign, .years = years,
                         .rate = years > 0 ? -math_log(discount) / years : 0, .discount = discount, .multiplier = 1};
}

static double undiscounted(double forward, double strike, double vol, double years, double sign) {
  black_state state = black_prepare(contract_make(forward, strike, sign, years, 1), vol, 0);
  return black_undiscounted(state, forward, 0);
}

static double intrinsic(double forward, double strike, double sign) {
  double gain = (forward - strike) * sign;
  return gain > 0 ? gain : 0;
}

static void assert_inside_bounds(double price, double forward, double strike, double sign) {
  double highest = sign > 0 ? forward : strike;
  if (!(price >= intrinsic(forward, strike, sign) && price <= highest)) {
    fail_msg("forward %.17g strike %.17g sign %g: price %.17g outside its bounds", forward, strike, sign, price);
  }
}

static void prices_agree_with_mpfr_over_the_wide_box(void **unused) {
  worst found = {0};
  uint64_t seed = 2026;
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  for (uint64_t i = 0; i < cases_wanted(CASES); i++) {
    double base = exp(random_between(&seed, -5, 12));
    double forward = base * random_between(&seed, 0.5, 1.6);
    double strike = forward * exp(random_between(&seed, -3, 3));
    double years = exp(random_between(&seed, -6, 2));
    double vol = exp(random_between(&seed, log(1e-4), log(5))) / sqrt(years);
    int sign = random_bits(&seed) & 1 ? 1 : -1;
    black_state state = black_prepare(contract_make(base, strike, sign, years, 1), vol, 0);
    double price = black_undiscounted(state, forward, forward_log_move(forward, base));
    assert_inside_bounds(price, forward, strike, sign);
    exact_black(exact, forward, strike, vol, years, sign);
    worst_update(&found, scaled_error(price, exact, forward > strike ? forward : strike), forward, strike,
                 vol * sqrt(years), sign);
  }
  mpfr_clear(exact);
  print_message("Black: largest error %.3g of max(F, K) at F %.17g K %.17g stddev %.17g sign %g\n", found.error,
                found.at[0], found.at[1], found.at[2], found.at[3]);
  assert_true(found.error <= 2e-15);
}

/* Near the money with little vol the box above is thin; a price is then some stddev of the forward. */
static void prices_agree_with_mpfr_near_the_money(void **unused) {
  worst found = {0};
  uint64_t seed = 7;
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  for (uint64_t i = 0; i < cases_wanted(CASES) / 5; i++) {
    double forward = random_between(&seed, 50, 150);
    double stddev = exp(random_between(&seed, log(1e-4), log(5)));
    double strike = forward * exp(stddev * random_between(&seed, -3, 3));
    int sign = random_bits(&seed) & 1 ? 1 : -1;
    double price = undiscounted(forward, strike, stddev, 1, sign);
    assert_inside_bounds(price, forward, strike, sign);
    exact_black(exact, forward, strike, stddev, 1, sign);
    worst_update(&found, scaled_error(price, exact, forward > strike ? forward : strike), forward, strike, stddev,
                 sign);
  }
  mpfr_clear(exact);
  print_message("Black near the money: largest error %.3g of max(F, K) at F %.17g K %.17g stddev %.17g sign %g\n",
                found.error, found.at[0], found.at[1], found.at[2], found.at[3]);
  assert_true(found.error <= 2e-15);
}

static const double magnitudes[] = {1e-12, 1e-6, 1, 100, 1e6, 1e12};
enum { N_MAGNITUDES = sizeof magnitudes / sizeof *magnitudes };

static void without_stddev_the_price_is_intrinsic_to_the_bit(void **unused) {
  static const double nothing[][2] = {{0, 1}, {0.5, 0}, {0, 0}, {0.2, -1}, {1e-17, 1}, {INFINITY, 0}};
  for (int i = 0; i < N_MAGNITUDES; i++) {
    for (int j = 0; j < N_MAGNITUDES; j++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        for (size_t n = 0; n < sizeof nothing / sizeof *nothing; n++) {
          double price = undiscounted(magnitudes[i], magnitudes[j], nothing[n][0], nothing[n][1], sign);
          assert_true(price == intrinsic(magnitudes[i], magnitudes[j], sign));
        }
      }
    }
  }
}

static void huge_stddev_gives_the_forward_or_the_strike(void **unused) {
  static const double huge[] = {100, 1e10, 1e18, 1e30, 1e300, INFINITY};
  for (int i = 0; i < N_MAGNITUDES; i++) {
    for (int j = 0; j < N_MAGNITUDES; j++) {
      for (size_t n = 0; n < sizeof huge / sizeof *huge; n++) {
        assert_true(undiscounted(magnitudes[i], magnitudes[j], huge[n], 1, 1) == magnitudes[i]);
        assert_true(undiscounted(magnitudes[i], magnitudes[j], huge[n], 1, -1) == magnitudes[j]);
      }
    }
  }
}

static void prices_agree_with_mpfr_for_extreme_forwards_and_strikes(void **unused) {
  static const double stddevs[] = {1e-17, 1e-9, 1e-4, 0.01, 0.3, 1, 3, 10, 30};
  worst found = {0};
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  for (int i = 0; i < N_MAGNITUDES; i++) {
    for (int j = 0; j < N_MAGNITUDES; j++) {
      for (size_t n = 0; n < sizeof stddevs / sizeof *stddevs; n++) {
        for (int sign = -1; sign <= 1; sign += 2) {
          double forward = magnitudes[i];
          double strike = magnitudes[j];
          double price = undiscounted(forward, strike, stddevs[n], 1, sign);
          assert_inside_bounds(price, forward, strike, sign);
          exact_black(exact, forward, strike, stddevs[n], 1, sign);
          worst_update(&found, scaled_error(price, exact, forward > strike ? forward : strike), forward, strike,
                       stddevs[n], sign);
        }
      }
    }
  }
  mpfr_clear(exact);
  print_message("Black at extremes: largest error %.3g of max(F, K) at F %g K %g stddev %g\n", found.error, found.at[0],
                found.at[1], found.at[2]);
  assert_true(found.error <= 2e-15);
}

static void a_forward_of_zero_leaves_a_call_nothing_and_a_put_its_strike(void **unused) {
  black_state call = black_prepare(contract_make(100, 90, 1, 1, 1), 0.3, 0);
  black_state put = black_prepare(contract_make(100, 90, -1, 1, 1), 0.3, 0);
  assert_true(black_undiscounted(call, 0, forward_log_move(0, 100)) == 0);
  assert_true(black_undiscounted(put, 0, forward_log_move(0, 100)) == 90);
}

static void what_is_not_a_number_stays_so(void **unused) {
  assert_true(isnan(undiscounted(NAN, 100, 0.2, 1, 1)));
  assert_true(isnan(undiscounted(100, 100, NAN, 1, -1)));
  black_state state = black_prepare(contract_make(100, 90, -1, 1, 1), 0.3, 0);
  assert_true(isnan(black_undiscounted(state, -5, forward_log_move(-5, 100))));
}

static void a_cell_in_which_nothing_moves_has_the_base_value(void **unused) {
  uint64_t seed = 3;
  for (int i = 0; i < 1000; i++) {
    double base = random_between(&seed, 1, 1000);
    lane_contract contract = contract_make(base, base * random_between(&seed, 0.5, 2), i & 1 ? 1 : -1,
                                           random_between(&seed, 0, 3), random_between(&seed, 0.8, 1));
    double vol = random_between(&seed, 0, 1);
    double moved = fma(base, 0.0, base);
    black_state state = black_prepare(contract, vol, 0);
    assert_true(black_value(state, base, 0) == black_value(state, moved, forward_log_move(moved, base)));
  }
}

/* discount = exp(-rate * years left); an expiry that the slice passes has intrinsic value, not discounted. */
static void a_time_shift_shortens_life_and_discount(void **unused) {
  lane_contract contract = contract_make(100, 110, 1, 2, exp(-0.05 * 2));
  double left = black_value(black_prepare(contract, 0.3, 0.5), 100, 0);
  double expected = exp(-0.05 * 1.5) * undiscounted(100, 110, 0.3, 1.5, 1);
  assert_true(fabs(left - expected) <= 4e-16 * 100);
  assert_true(black_value(black_prepare(contract, 0.3, 2), 130, math_log(1.3)) == 20);
  assert_true(black_value(black_prepare(contract, 0.3, 9), 130, math_log(1.3)) == 20);
}

static void an_inverse_option_is_worth_the_undiscounted_price_over_the_forward(void **unused) {
  lane_contract contract = contract_make(60000, 65000, 1, 0.25, 1);
  double linear = black_value(black_prepare(contract, 0.6, 0), 60000, 0);
  contract.inverse = 1;
  assert_true(black_value(black_prepare(contract, 0.6, 0), 60000, 0) == linear / 60000);
}

/* Central differences of the MPFR price: an independent derivative. */
static void delta_and_vega_agree_with_differences_of_exact_prices(void **unused) {
  uint64_t seed = 5;
  mpfr_t up, down;
  mpfr_inits2(PRICE_BITS, up, down, (mpfr_ptr)0);
  for (int i = 0; i < 2000; i++) {
    double forward = random_between(&seed, 50, 150), strike = random_between(&seed, 50, 150);
    double years = random_between(&seed, 0.05, 3), vol = random_between(&seed, 0.05, 1);
    int sign = i & 1 ? 1 : -1;
    lane_contract contract = contract_make(forward, strike, sign, years, 0.9);
    black_state state = black_prepare(contract, vol, 0);
    double h = 0x1p-20;
    exact_black(up, forward + h, strike, vol, years, sign);
    exact_black(down, forward - h, strike, vol, years, sign);
    mpfr_sub(up, up, down, MPFR_RNDN);
    double delta = 0.9 * mpfr_get_d(up, MPFR_RNDN) / (2 * h);
    assert_true(fabs(black_delta(state, forward, 0) - delta) < 1e-7);
    exact_black(up, forward, strike, vol + h, years, sign);
    exact_black(down, forward, strike, vol - h, years, sign);
    mpfr_sub(up, up, down, MPFR_RNDN);
    double vega = 0.9 * mpfr_get_d(up, MPFR_RNDN) / (2 * h);
    assert_true(fabs(black_vega(state, years, forward, 0) - vega) < 1e-7);
    contract.inverse = 1;
    state = black_prepare(contract, vol, 0);
    assert_true(fabs(black_delta(state, forward, 0) - delta / 0.9) < 1e-7);
    assert_true(fabs(black_vega(state, years, forward, 0) - vega / 0.9 / forward) < 1e-8);
  }
  mpfr_clears(up, down, (mpfr_ptr)0);
}

static void greeks_have_their_limits(void **unused) {
  black_state call = black_prepare(contract_make(100, 90, 1, 0, 1), 0.3, 0);
  black_state put = black_prepare(contract_make(100, 90, -1, 0, 1), 0.3, 0);
  assert_true(black_delta(call, 100, 0) == 1 && black_delta(put, 100, 0) == 0);
  assert_true(black_delta(call, 80, math_log(0.8)) == 0 && black_delta(put, 80, math_log(0.8)) == -1);
  assert_true(black_delta(call, 90, math_log(0.9)) == 0.5);
  assert_true(black_vega(call, 0, 100, 0) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prices_agree_with_mpfr_over_the_wide_box),
      cmocka_unit_test(prices_agree_with_mpfr_near_the_money),
      cmocka_unit_test(prices_agree_with_mpfr_for_extreme_forwards_and_strikes),
      cmocka_unit_test(without_stddev_the_price_is_intrinsic_to_the_bit),
      cmocka_unit_test(huge_stddev_gives_the_forward_or_the_strike),
      cmocka_unit_test(a_forward_of_zero_leaves_a_call_nothing_and_a_put_its_strike),
      cmocka_unit_test(what_is_not_a_number_stays_so),
      cmocka_unit_test(a_cell_in_which_nothing_moves_has_the_base_value),
      cmocka_unit_test(a_time_shift_shortens_life_and_discount),
      cmocka_unit_test(an_inverse_option_is_worth_the_undiscounted_price_over_the_forward),
      cmocka_unit_test(delta_and_vega_agree_with_differences_of_exact_prices),
      cmocka_unit_test(greeks_have_their_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
