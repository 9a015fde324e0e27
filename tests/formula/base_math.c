/* SPDX-License-Identifier: MIT
 *
 * kernels/math.h and lane.h against MPFR: largest errors over random arguments, exact cases, edges.
 */
#include "formula/exact.h"
#include "kernels/math.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum { CASES = 100000 };

typedef int mpfr_function(mpfr_t, const mpfr_t, mpfr_rnd_t);

static worst one_argument(double (*function)(double), mpfr_function *exact, double (*draw)(uint64_t *), uint64_t seed) {
  worst found = {0};
  mpfr_t x, y;
  mpfr_inits2(EXACT_BITS, x, y, (mpfr_ptr)0);
  for (uint64_t i = 0; i < cases_wanted(CASES); i++) {
    double argument = draw(&seed);
    mpfr_set_d(x, argument, MPFR_RNDN);
    exact(y, x, MPFR_RNDN);
    worst_update(&found, ulp_error(function(argument), y), argument, 0, 0, 0);
  }
  mpfr_clears(x, y, (mpfr_ptr)0);
  return found;
}

static void assert_within(const char *what, worst found, double tolerance_ulp) {
  print_message("%s: largest error %.4f ulp at (%.17g, %.17g)\n", what, found.error, found.at[0], found.at[1]);
  assert_true(found.error <= tolerance_ulp);
}

static double apply_exp(double x) { return math_exp(x); }
static double apply_log(double x) { return math_log(x); }

static double draw_exponent(uint64_t *seed) { return random_between(seed, -708, 709.78); }
static double draw_exponent_near_0(uint64_t *seed) {
  return ldexp(random_between(seed, -1, 1), -(int)(random_bits(seed) % 60));
}
static double draw_exponent_subnormal(uint64_t *seed) { return random_between(seed, -745.2, -708); }
static double draw_deviation(uint64_t *seed) { return random_between(seed, -37.6, 37.6); }
static double draw_positive(uint64_t *seed) {
  uint64_t bits = random_bits(seed) >> 1;
  double x;
  memcpy(&x, &bits, sizeof x);
  return isfinite(x) ? x : 1.5;
}
static double draw_near_1(uint64_t *seed) { return 1 + draw_exponent_near_0(seed) / 3; }
static double draw_subnormal(uint64_t *seed) { return (double)(1 + (random_bits(seed) >> 12)) * 0x1p-1074; }

static void exp_is_within_its_stated_error(void **state) {
  assert_within("exp", one_argument(apply_exp, mpfr_exp, draw_exponent, 1), 0.8);
  assert_within("exp near 0", one_argument(apply_exp, mpfr_exp, draw_exponent_near_0, 2), 0.8);
  assert_within("exp below 2^-1022", one_argument(apply_exp, mpfr_exp, draw_exponent_subnormal, 3), 1);
}

static void log_is_within_its_stated_error(void **state) {
  assert_within("log", one_argument(apply_log, mpfr_log, draw_positive, 6), 0.8);
  assert_within("log near 1", one_argument(apply_log, mpfr_log, draw_near_1, 7), 0.8);
  assert_within("log below 2^-1022", one_argument(apply_log, mpfr_log, draw_subnormal, 8), 0.8);
}

static worst pow_error(double (*draw_base)(uint64_t *), double log_result_limit, uint64_t seed) {
  worst found = {0};
  mpfr_t x, y, z;
  mpfr_inits2(EXACT_BITS, x, y, z, (mpfr_ptr)0);
  for (uint64_t i = 0; i < cases_wanted(CASES) / 3; i++) {
    double base = draw_base(&seed);
    double exponent = random_between(&seed, -log_result_limit, log_result_limit) / log(base);
    if (!isfinite(exponent)) {
      continue;
    }
    mpfr_set_d(x, base, MPFR_RNDN);
    mpfr_set_d(y, exponent, MPFR_RNDN);
    mpfr_pow(z, x, y, MPFR_RNDN);
    worst_update(&found, ulp_error(math_pow(base, exponent), z), base, exponent, 0, 0);
  }
  mpfr_clears(x, y, z, (mpfr_ptr)0);
  return found;
}

static void pow_is_within_its_stated_error(void **state) {
  assert_within("pow", pow_error(draw_positive, 708, 9), 0.8);
  assert_within("pow of bases near 1", pow_error(draw_near_1, 708, 10), 0.8);
  assert_within("pow of bases below 2^-1022", pow_error(draw_subnormal, 708, 11), 0.8);
  assert_within("pow near 1", pow_error(draw_positive, 1, 12), 0.8);
}

static void pow_of_small_integers_is_exact(void **state) {
  for (int base = -20; base <= 20; base++) {
    double product = 1;
    for (int exponent = 0; exponent <= 12; exponent++) {
      assert_true(math_pow(base, exponent) == product);
      product *= base; /* at most 20^12 < 2^52, exact */
    }
  }
  assert_true(math_pow(2, -1074) == 0x1p-1074);
  assert_true(math_pow(2, 1023) == 0x1p1023);
  assert_true(math_pow(4, 0.5) == 2);
  assert_true(math_pow(1e6, 0.5) == 1000);
}

static void assert_same_value(double got, double expected, const char *what, double x, double y) {
  bool same = isnan(expected) ? isnan(got) : got == expected && !signbit(got) == !signbit(expected);
  if (!same) {
    fail_msg("%s(%g, %g): expected %g, got %g", what, x, y, expected, got);
  }
}

/* MPFR follows annex F of C11; it has no signed overflow of its own, so only exact edge values are compared. */
static void pow_agrees_with_annex_f_at_every_pair_of_edges(void **state) {
  static const double edges[] = {0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 2.5, -2.5, 0x1p53, -0x1p53, 0x1p52 + 1,
                                 1e300, -1e300, 0x1p-1074, -0x1p-1074, INFINITY, -INFINITY, NAN};
  enum { N_EDGES = sizeof edges / sizeof *edges };
  mpfr_t x, y, z;
  mpfr_inits2(53, x, y, z, (mpfr_ptr)0);
  for (size_t i = 0; i < N_EDGES; i++) {
    for (size_t j = 0; j < N_EDGES; j++) {
      mpfr_set_d(x, edges[i], MPFR_RNDN);
      mpfr_set_d(y, edges[j], MPFR_RNDN);
      mpfr_pow(z, x, y, MPFR_RNDN);
      double expected = mpfr_get_d(z, MPFR_RNDN);
      double got = math_pow(edges[i], edges[j]);
      if (!isfinite(expected) || expected == 0 || !isfinite(got)) {
        assert_same_value(got, expected, "pow", edges[i], edges[j]);
      } else {
        assert_true(fabs(got / expected - 1) < 0x1p-52);
      }
    }
  }
  mpfr_clears(x, y, z, (mpfr_ptr)0);
}

static void exp_and_log_have_their_limits(void **state) {
  assert_same_value(math_exp(0.0), 1, "exp", 0, 0);
  assert_same_value(math_exp(-0.0), 1, "exp", -0.0, 0);
  assert_same_value(math_exp(709.782712893384), 0x1.fffffffffff2ap1023, "exp", 709.782712893384, 0);
  assert_same_value(math_exp(709.782712893385), INFINITY, "exp", 709.782712893385, 0);
  assert_same_value(math_exp(1e308), INFINITY, "exp", 1e308, 0);
  assert_same_value(math_exp(INFINITY), INFINITY, "exp", INFINITY, 0);
  assert_same_value(math_exp(-745.1), 0x1p-1074, "exp", -745.1, 0);
  assert_same_value(math_exp(-745.2), 0, "exp", -745.2, 0);
  assert_same_value(math_exp(-INFINITY), 0, "exp", -INFINITY, 0);
  assert_same_value(math_exp(NAN), NAN, "exp", NAN, 0);
  assert_same_value(math_log(1), 0, "log", 1, 0);
  assert_same_value(math_log(0.0), -INFINITY, "log", 0, 0);
  assert_same_value(math_log(-0.0), -INFINITY, "log", -0.0, 0);
  assert_same_value(math_log(INFINITY), INFINITY, "log", INFINITY, 0);
  assert_same_value(math_log(-1), NAN, "log", -1, 0);
  assert_same_value(math_log(-INFINITY), NAN, "log", -INFINITY, 0);
  assert_same_value(math_log(NAN), NAN, "log", NAN, 0);
}

/* The argument of the exponential is d^2 rounded, half an ulp of at most 1416: its error is part of the bell's. */
static int exact_bell(mpfr_t result, const mpfr_t d, mpfr_rnd_t round) {
  double rounded = mpfr_get_d(d, round) * mpfr_get_d(d, round);
  mpfr_set_d(result, rounded, round);
  mpfr_div_si(result, result, -2, round);
  return mpfr_exp(result, result, round);
}

static double apply_bell(double d) { return math_bell(d); }

static void bell_is_within_its_stated_error(void **state) {
  assert_within("bell", one_argument(apply_bell, exact_bell, draw_deviation, 14), 1);
  assert_within("bell near 0", one_argument(apply_bell, exact_bell, draw_exponent_near_0, 15), 1);
  assert_true(math_bell(0) == 1 && math_bell(-0.0) == 1);
  assert_true(math_bell(37.7) == 0 && math_bell(-1e200) == 0 && math_bell(INFINITY) == 0);
  assert_true(isnan(math_bell(NAN)));
}

static void normal_distribution_is_within_its_stated_error(void **state) {
  worst found = {0};
  uint64_t seed = 13;
  mpfr_t x, y;
  mpfr_inits2(EXACT_BITS, x, y, (mpfr_ptr)0);
  for (uint64_t i = 0; i < cases_wanted(CASES) / 3; i++) {
    double argument = random_between(&seed, -12, 12);
    mpfr_set_d(x, -argument, MPFR_RNDN);
    mpfr_mul_d(x, x, 0.5, MPFR_RNDN);
    mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
    mpfr_set_ui(y, 2, MPFR_RNDN);
    mpfr_rec_sqrt(y, y, MPFR_RNDN);
    mpfr_mul(x, x, y, MPFR_RNDN);
    mpfr_erfc(y, x, MPFR_RNDN);
    mpfr_mul_d(y, y, 0.5, MPFR_RNDN);
    mpfr_sub_d(y, y, math_normal(argument), MPFR_RNDN);
    worst_update(&found, fabs(mpfr_get_d(y, MPFR_RNDN)), argument, 0, 0, 0);
  }
  mpfr_clears(x, y, (mpfr_ptr)0);
  print_message("normal: largest error %.3g at %.17g\n", found.error, found.at[0]);
  assert_true(found.error <= 0x1p-51);
  assert_true(math_normal(0) == 0.5);
  assert_true(math_normal(-40) == 0 && math_normal(-INFINITY) == 0);
  assert_true(math_normal(40) == 1 && math_normal(INFINITY) == 1);
  assert_true(isnan(math_normal(NAN)));
}

static void rounding_takes_halves_away_from_zero(void **state) {
  static const double cases[][2] = {
      {0.0, 0.0}, {-0.0, -0.0}, {0.49999999999999994, 0.0}, {0.5, 1}, {-0.5, -1}, {1.5, 2}, {2.5, 3}, {-2.5, -3},
      {2.4999999999999996, 2}, {4503599627370495.5, 4503599627370496}, {-4503599627370494.5, -4503599627370495},
      {9007199254740991, 9007199254740991}, {1e300, 1e300}, {INFINITY, INFINITY}, {-INFINITY, -INFINITY}, {NAN, NAN}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_same_value(lane_round(cases[i][0]), cases[i][1], "round", cases[i][0], 0);
  }
}

static void a_nan_survives_min_and_max_in_first_place(void **state) {
  assert_true(isnan(lane_min(NAN, 1)) && isnan(lane_max(NAN, 1)));
  assert_true(lane_min(1, NAN) == 1 && lane_max(1, NAN) == 1);
  assert_true(lane_min(1, 2) == 1 && lane_min(2, 1) == 1 && lane_max(1, 2) == 2 && lane_max(2, 1) == 2);
  assert_true(!lane_is_finite(NAN) && !lane_is_finite(-INFINITY) && lane_is_finite(-0x1.fffffffffffffp1023));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exp_is_within_its_stated_error),
      cmocka_unit_test(log_is_within_its_stated_error),
      cmocka_unit_test(pow_is_within_its_stated_error),
      cmocka_unit_test(pow_of_small_integers_is_exact),
      cmocka_unit_test(pow_agrees_with_annex_f_at_every_pair_of_edges),
      cmocka_unit_test(exp_and_log_have_their_limits),
      cmocka_unit_test(bell_is_within_its_stated_error),
      cmocka_unit_test(normal_distribution_is_within_its_stated_error),
      cmocka_unit_test(rounding_takes_halves_away_from_zero),
      cmocka_unit_test(a_nan_survives_min_and_max_in_first_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
