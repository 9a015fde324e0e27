/* SPDX-License-Identifier: MIT
 *
 * kernels/price_bachelier.h against MPFR, at its edges, and its greeks; the linear pricer, which has no formula to
 * err in. SHOCKGRID_TEST_CASES=1000000 for the full run.
 */
#include "formula/exact_price.h"
#include "kernels/price_bachelier.h"
#include "kernels/price_linear.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum { CASES = 100000 };

static lane_contract contract_make(double strike, double sign, double years, double discount) {
  return (lane_contract){.strike = strike, .sign = sign, .years = years, .discount = discount, .multiplier = 1,
                         .rate = years > 0 ? -math_log(discount) / years : 0};
}

static double undiscounted(double forward, double strike, double vol, double years, double sign) {
  return bachelier_undiscounted(bachelier_prepare(contract_make(strike, sign, years, 1), vol, 0), forward);
}

static double intrinsic(double forward, double strike, double sign) {
  double gain = (forward - strike) * sign;
  return gain > 0 ? gain : 0;
}

static double largest(double a, double b, double c) { return fmax(fabs(a), fmax(fabs(b), fabs(c))); }

static void prices_agree_with_mpfr_also_for_negative_forwards(void **unused) {
  worst found = {0};
  uint64_t seed = 2026;
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  for (uint64_t i = 0; i < cases_wanted(CASES); i++) {
    double scale = exp(random_between(&seed, -12, 12));
    double forward = scale * random_between(&seed, -1, 1);
    double years = exp(random_between(&seed, -6, 2));
    double stddev = scale * exp(random_between(&seed, log(1e-4), log(5)));
    double strike = i & 1 ? scale * random_between(&seed, -1, 1) : forward + stddev * random_between(&seed, -4, 4);
    double vol = stddev / sqrt(years);
    int sign = random_bits(&seed) & 1 ? 1 : -1;
    double price = undiscounted(forward, strike, vol, years, sign);
    assert_true(price >= intrinsic(forward, strike, sign) && isfinite(price));
    exact_bachelier(exact, forward, strike, vol, years, sign);
    worst_update(&found, scaled_error(price, exact, largest(forward, strike, stddev)), forward, strike, stddev, sign);
  }
  mpfr_clear(exact);
  print_message("Bachelier: largest error %.3g of max(|F|, |K|, stddev) at F %.17g K %.17g stddev %.17g sign %g\n",
                found.error, found.at[0], found.at[1], found.at[2], found.at[3]);
  assert_true(found.error <= 2e-15);
}

static void without_stddev_the_price_is_intrinsic_to_the_bit(void **unused) {
  static const double levels[] = {-1e12, -100, -1e-12, 0, 1e-12, 37, 1e12};
  static const double nothing[][2] = {{0, 1}, {0.5, 0}, {0, 0}, {-3, 1}, {1e-301, 1}, {INFINITY, 0}};
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    for (size_t j = 0; j < sizeof levels / sizeof *levels; j++) {
      for (size_t n = 0; n < sizeof nothing / sizeof *nothing; n++) {
        for (int sign = -1; sign <= 1; sign += 2) {
          double price = undiscounted(levels[i], levels[j], nothing[n][0], nothing[n][1], sign);
          assert_true(price == intrinsic(levels[i], levels[j], sign));
        }
      }
    }
  }
}

static void tiny_and_huge_stddev_stay_finite_and_above_intrinsic(void **unused) {
  static const double levels[] = {-1e12, -100, 0, 1e-12, 37, 1e12};
  static const double stddevs[] = {1e-299, 1e-30, 1e-12, 1e12, 1e30, 1e300};
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    for (size_t j = 0; j < sizeof levels / sizeof *levels; j++) {
      for (size_t n = 0; n < sizeof stddevs / sizeof *stddevs; n++) {
        for (int sign = -1; sign <= 1; sign += 2) {
          double price = undiscounted(levels[i], levels[j], stddevs[n], 1, sign);
          assert_true(isfinite(price) && price >= intrinsic(levels[i], levels[j], sign));
          exact_bachelier(exact, levels[i], levels[j], stddevs[n], 1, sign);
          assert_true(scaled_error(price, exact, largest(levels[i], levels[j], stddevs[n])) <= 2e-15);
        }
      }
    }
  }
  mpfr_clear(exact);
}

static void what_is_not_a_number_stays_so(void **unused) {
  assert_true(isnan(undiscounted(NAN, 100, 2, 1, 1)));
  assert_true(isnan(undiscounted(100, 100, NAN, 1, -1)));
}

static void delta_and_vega_agree_with_differences_of_exact_prices(void **unused) {
  uint64_t seed = 5;
  mpfr_t up, down;
  mpfr_inits2(PRICE_BITS, up, down, (mpfr_ptr)0);
  for (int i = 0; i < 2000; i++) {
    double forward = random_between(&seed, -50, 50), strike = random_between(&seed, -50, 50);
    double years = random_between(&seed, 0.05, 3), vol = random_between(&seed, 5, 40);
    int sign = i & 1 ? 1 : -1;
    bachelier_state state = bachelier_prepare(contract_make(strike, sign, years, 0.9), vol, 0);
    double h = 0x1p-16;
    exact_bachelier(up, forward + h, strike, vol, years, sign);
    exact_bachelier(down, forward - h, strike, vol, years, sign);
    mpfr_sub(up, up, down, MPFR_RNDN);
    assert_true(fabs(bachelier_delta(state, forward) - 0.9 * mpfr_get_d(up, MPFR_RNDN) / (2 * h)) < 1e-7);
    exact_bachelier(up, forward, strike, vol + h, years, sign);
    exact_bachelier(down, forward, strike, vol - h, years, sign);
    mpfr_sub(up, up, down, MPFR_RNDN);
    assert_true(fabs(bachelier_vega(state, years, forward) - 0.9 * mpfr_get_d(up, MPFR_RNDN) / (2 * h)) < 1e-7);
  }
  mpfr_clears(up, down, (mpfr_ptr)0);
}

static void greeks_have_their_limits(void **unused) {
  bachelier_state call = bachelier_prepare(contract_make(-5, 1, 0, 1), 3, 0);
  bachelier_state put = bachelier_prepare(contract_make(-5, -1, 0, 1), 3, 0);
  assert_true(bachelier_delta(call, 1) == 1 && bachelier_delta(put, 1) == 0);
  assert_true(bachelier_delta(call, -9) == 0 && bachelier_delta(put, -9) == -1);
  assert_true(bachelier_delta(call, -5) == 0.5 && bachelier_delta(put, -5) == -0.5);
  assert_true(bachelier_vega(call, 0, 1) == 0);
}

static void a_time_shift_shortens_life_and_discount(void **unused) {
  lane_contract contract = contract_make(10, 1, 2, exp(-0.05 * 2));
  double left = bachelier_value(bachelier_prepare(contract, 30, 0.5), -3, 0);
  assert_true(fabs(left - exp(-0.05 * 1.5) * undiscounted(-3, 10, 30, 1.5, 1)) < 1e-14);
  assert_true(bachelier_value(bachelier_prepare(contract, 30, 2), 12.5, 0) == 2.5);
}

static void linear_contracts_are_worth_the_forward_and_inverse_ones_minus_its_reciprocal(void **unused) {
  lane_contract contract = {.sign = 1};
  assert_true(linear_value(linear_prepare(contract, 0, 0), -37.5, 0) == -37.5);
  assert_true(linear_delta(contract, 64000) == 1);
  contract.inverse = 1;
  assert_true(linear_value(linear_prepare(contract, 0, 0), 65536, 0) == -0x1p-16);
  assert_true(linear_delta(contract, 65536) == 0x1p-16);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prices_agree_with_mpfr_also_for_negative_forwards),
      cmocka_unit_test(without_stddev_the_price_is_intrinsic_to_the_bit),
      cmocka_unit_test(tiny_and_huge_stddev_stay_finite_and_above_intrinsic),
      cmocka_unit_test(what_is_not_a_number_stays_so),
      cmocka_unit_test(delta_and_vega_agree_with_differences_of_exact_prices),
      cmocka_unit_test(greeks_have_their_limits),
      cmocka_unit_test(a_time_shift_shortens_life_and_discount),
      cmocka_unit_test(linear_contracts_are_worth_the_forward_and_inverse_ones_minus_its_reciprocal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
