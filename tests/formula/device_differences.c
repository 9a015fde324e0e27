/* SPDX-License-Identifier: MIT
 *
 * Options with cash dividends by finite differences: QuantLib's, closed forms where there are some, the order of
 * convergence, and the bounds that no price may leave.
 */
#include "formula/dividends.h"
#include "formula/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { QUANTLIB_LIMIT = 20000 };

static int compare_doubles(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Against QuantLib's solution on 1,600 x 1,600 points, itself good to 5e-5 of spot here. SHOCKGRID_QUANTLIB_DIVIDENDS: a
 * longer table. */
static void errors_against_quantlib_are_those_that_the_schemes_state(void **state) {
  static double errors[4][QUANTLIB_LIMIT];
  static const double limit[2][2] = {[AMERICAN_accurate] = {1.7e-4, 4e-5}, [AMERICAN_fast] = {1.1e-3, 2.5e-4}};
  const char *path = getenv("SHOCKGRID_QUANTLIB_DIVIDENDS");
  FILE *file = fopen(path ? path : SOURCE_DIR "/tests/formula/quantlib_dividends.csv", "r");
  char line[1024], dividends[512];
  size_t n = 0;
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  while (n < QUANTLIB_LIMIT && fgets(line, sizeof line, file)) {
    dividend_option of = {.spot = 100};
    double days, put, american, quantlib[3];
    assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%511[^,],%lf,%lf,%lf", &of.strike, &of.rate, &of.yield,
                            &of.vol, &days, &put, &american, dividends, &quantlib[0], &quantlib[1], &quantlib[2]),
                     11);
    of.put = put > 0;
    of.american = american > 0;
    of.years = days / 365;
    assert_true(dividends_parse(dividends, 1.0 / 365, &of));
    for (int k = 0; k < 2; k++) {
      errors[k][n] = fabs(differences_price(&of, scheme_of((american_accuracy)k)) - quantlib[2]) / of.spot;
      errors[k + 2][n] = fabs(quantlib[k] - quantlib[2]) / of.spot;
    }
    n++;
  }
  fclose(file);
  assert_true(n >= 1000);
  for (int k = 0; k < 4; k++) {
    qsort(errors[k], n, sizeof **errors, compare_doubles);
    print_message("%s: largest error %.2g of spot, 99th percentile %.2g\n",
                  (const char *[]){"accurate", "fast", "QuantLib 100 x 100", "QuantLib 200 x 200"}[k], errors[k][n - 1],
                  errors[k][n * 99 / 100]);
  }
  for (int k = 0; k < 2; k++) {
    assert_true(errors[k][n - 1] <= limit[k][0]);
    assert_true(errors[k][n * 99 / 100] <= limit[k][1]);
  }
}

/* Six options: the root of the mean squared error of a scheme against the finest. */
static double error_of(differences_scheme scheme, bool american) {
  double sum = 0;
  for (int i = 0; i < 6; i++) {
    dividend_option of = {.put = i % 2, .american = american, .spot = 100, .strike = 90 + 5 * i, .rate = 0.06, .yield = 0.01 * (i / 2),
                          .years = 1.1, .vol = 0.25 + 0.03 * i, .n = 2, .ex_years = {0.3, 0.8}, .amount = {2, 3}};
    double error = differences_price(&of, scheme) - differences_price(&of, (differences_scheme){2048, 4000, 200, 7});
    sum += error * error;
  }
  return sqrt(sum / 6);
}

/* European: fourth order in space, second in time. American: the second in space, as the boundary falls between nodes. */
static void errors_fall_with_the_order_of_the_scheme(void **state) {
  double space[3], time[3], american[3];
  for (int k = 0; k < 3; k++) {
    space[k] = error_of((differences_scheme){(uint)(48 << k) + 1, 4000, 200, 7}, false);
    time[k] = error_of((differences_scheme){2048, 12 << k, 3 << k, 7}, false);
    american[k] = error_of((differences_scheme){(uint)(48 << k) + 1, 12 << k, 3 << k, 4.5}, true);
  }
  print_message("errors, halving the step: space %.2g %.2g %.2g, time %.2g %.2g %.2g, American both %.2g %.2g %.2g\n", space[0],
                space[1], space[2], time[0], time[1], time[2], american[0], american[1], american[2]);
  assert_true(space[0] / space[2] > 11 * 11);
  assert_true(time[0] / time[2] > 3.2 * 3.2);
  assert_true(american[0] / american[2] > 3 * 3);
}

/* It is paid only as far as the spot goes: after it the share is worth nothing. */
static void a_dividend_above_the_spot_leaves_nothing(void **state) {
  dividend_option of = {.put = true, .spot = 10, .strike = 50, .rate = 0.05, .years = 1, .vol = 0.3, .n = 1, .ex_years = {0.25},
                        .amount = {1000}};
  differences_scheme scheme = scheme_of(AMERICAN_accurate);
  assert_true(fabs(differences_price(&of, scheme) - 50 * math_exp(-0.05)) < 1e-10);
  of.american = true; /* exercised as soon as it is gone */
  assert_true(fabs(differences_price(&of, scheme) - 50 * math_exp(-0.05 * 0.25)) < 2e-4 * of.spot);
  of.put = of.american = false;
  assert_true(fabs(differences_price(&of, scheme)) < 1e-10);
  /* exercised just before it: the European call that expires then */
  for (int i = 0; i < 5; i++) {
    dividend_option call = of, until = of;
    call.american = true;
    call.strike = until.strike = 8 + i;
    until.years = 0.25;
    until.n = 0;
    double expected = forward_price(&until), got = differences_price(&call, scheme);
    if (!(fabs(got - expected) <= 2e-4 * of.spot)) {
      dividend_option_print(&call);
      print_error("expected %.17g, got %.17g\n", expected, got);
      fail();
    }
  }
}

/* As far as the spot never comes near a dividend, all of it is carried: call less put is the forward less the strike. */
static void call_and_put_are_at_parity(void **state) {
  uint64_t random = 21;
  for (uint64_t i = 0, n = cases_wanted(100); i < n; i++) {
    dividend_option of = {.spot = 100, .strike = random_between(&random, 70, 140), .rate = random_between(&random, -0.02, 0.1),
                          .yield = random_between(&random, -0.02, 0.06), .years = random_between(&random, 0.1, 2),
                          .vol = random_between(&random, 0.05, 0.5), .n = 3, .amount = {2, 1, 3}};
    for (uint32_t j = 0; j < of.n; j++) {
      of.ex_years[j] = of.years * (j + random_between(&random, 0, 1)) / 3;
    }
    prepared_option option;
    option_prepare(&of, &option);
    double call = differences_price(&of, scheme_of(AMERICAN_accurate));
    of.put = true;
    double put = differences_price(&of, scheme_of(AMERICAN_accurate));
    double expected = option.contract.discount * (option.contract.forward - of.strike);
    if (!(fabs(call - put - expected) <= 1e-5 * of.spot)) {
      dividend_option_print(&of);
      print_error("call less put %.17g, expected %.17g\n", call - put, expected);
      fail();
    }
  }
}

/* A wide box: vol to 1,000 %, rates of both signs, ten years, dividends above the spot, at once and at expiry; there the order
 * of neighbouring spots holds to 5e-3 of strike only, in the other half of the cases to 1e-6. */
static void no_price_leaves_its_bounds_or_its_order(void **state) {
  uint64_t random = 22;
  for (uint64_t i = 0, n = cases_wanted(600); i < n; i++) {
    bool wide = i % 2;
    dividend_option of = {.put = random_bits(&random) % 2, .american = random_bits(&random) % 3 > 0, .strike = 100,
                          .rate = random_between(&random, -0.05, 0.2), .yield = random_between(&random, -0.05, 0.2),
                          .years = math_exp(random_between(&random, -12, 2.3)), .vol = math_exp(random_between(&random, -12, 2.3)),
                          .n = (uint32_t)(random_bits(&random) % 9)};
    of.spot = 100 * math_exp(random_between(&random, -2, 2));
    if (!wide) {
      of.years = random_between(&random, 0.02, 3);
      of.vol = random_between(&random, 0.05, 0.8);
      of.spot = random_between(&random, 80, 125);
      of.rate = random_between(&random, 0, 0.1);
      of.yield = 0;
    }
    for (uint32_t j = 0; j < of.n; j++) {
      of.ex_years[j] = of.years * (j + 1) / of.n;
      of.amount[j] = wide ? math_exp(random_between(&random, -7, 5)) : random_between(&random, 0.1, 1.5);
    }
    enum { SPOTS = 41 };
    double spots[SPOTS], prices[SPOTS], before = of.put ? INFINITY : 0;
    for (int k = 0; k < SPOTS; k++) {
      spots[k] = of.spot * (wide ? 0.2 + 0.04 * k : 0.8 + 0.01 * k);
    }
    differences_prices(&of, scheme_of((american_accuracy)(random_bits(&random) % 2)), SPOTS, spots, prices);
    for (int k = 0; k < SPOTS; k++) {
      double pays = of.put ? of.strike - spots[k] : spots[k] - of.strike, slack = 1e-9 * (of.strike + spots[k]);
      double most = of.put ? of.strike * math_exp(of.rate < 0 ? -of.rate * of.years : 0) : spots[k];
      bool inside = prices[k] >= 0 && prices[k] <= most + slack && (!of.american || prices[k] >= pays - slack);
      double wiggle = (wide ? 5e-3 : 1e-6) * of.strike;
      bool ordered = of.put ? prices[k] <= before + wiggle : prices[k] >= before - wiggle;
      if (!inside || !ordered) {
        dividend_option_print(&of);
        print_error("at spot %.17g: %.17g, before it %.17g\n", spots[k], prices[k], before);
        fail();
      }
      before = prices[k];
    }
  }
}

/* Without vol the spot is known: the best of all times of exercise, before or after each dividend, is the price. */
static void a_tiny_vol_gives_the_best_time_along_the_spot(void **state) {
  for (int i = 0; i < 8; i++) {
    dividend_option of = {.put = i % 2, .american = true, .spot = 100, .strike = 80 + 10 * (i / 2), .rate = 0.06, .years = 1, .vol = 1e-5,
                          .n = 2, .ex_years = {0.3, 0.7}, .amount = {4, 6}};
    double best = 0, step = 1e-4;
    for (int t = 0; t <= 10000; t++) {
      for (int after = 0; after < 2; after++) {
        double spot = of.spot * math_exp(of.rate * t * step);
        for (uint32_t j = 0; j < of.n; j++) {
          double since = t * step - of.ex_years[j];
          bool paid = after ? since > -step / 2 : since > step / 2;
          spot -= paid ? of.amount[j] * math_exp(of.rate * since) : 0;
        }
        double gain = math_exp(-of.rate * t * step) * (of.put ? of.strike - spot : spot - of.strike);
        best = gain > best ? gain : best;
      }
    }
    double got = differences_price(&of, scheme_of(AMERICAN_accurate));
    if (!(fabs(got - best) <= 1e-4 * of.spot)) {
      dividend_option_print(&of);
      print_error("expected %.17g, got %.17g\n", best, got);
      fail();
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_against_quantlib_are_those_that_the_schemes_state),
      cmocka_unit_test(errors_fall_with_the_order_of_the_scheme),
      cmocka_unit_test(a_dividend_above_the_spot_leaves_nothing),
      cmocka_unit_test(call_and_put_are_at_parity),
      cmocka_unit_test(no_price_leaves_its_bounds_or_its_order),
      cmocka_unit_test(a_tiny_vol_gives_the_best_time_along_the_spot),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
