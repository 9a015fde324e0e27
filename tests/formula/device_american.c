/* SPDX-License-Identifier: MIT
 *
 * The American pricer's laws and its errors: against its own finest scheme, QuantLib's schemes, closed forms where there
 * are some, and the bounds that no price may leave.
 */
#include "formula/american.h"
#include "formula/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static arena *memory;
static const double *tables[N_AMERICAN_ACCURACIES], *finest;

static int setup(void **state) {
  memory = arena_open();
  for (int i = 0; i < N_AMERICAN_ACCURACIES; i++) {
    tables[i] = american_table_make(memory, american_shape_get((american_accuracy)i));
  }
  finest = american_table_make(memory, american_finest);
  return 0;
}

static int teardown(void **state) {
  arena_close(memory);
  return 0;
}

static double random_log(uint64_t *state, double low, double high) {
  return low * math_pow(high / low, random_between(state, 0, 1));
}

/* The box that host/device/american_scheme.h states. */
static american_option option_draw(uint64_t *state) {
  american_option drawn = {.put = random_bits(state) % 2,
                           .strike = 100,
                           .rate = random_between(state, 0, 0.12),
                           .yield = random_between(state, 0, 0.12),
                           .years = random_log(state, 1, 1095) / 365,
                           .vol = random_log(state, 0.05, 1.2)};
  drawn.spot = 100 * math_exp(random_between(state, -2.5, 2.5) * drawn.vol * sqrt(drawn.years));
  return drawn;
}

static void option_print(const char *what, american_option of, double expected, double got) {
  print_error("%s: %s spot %.17g strike %g rate %g yield %g years %g vol %g: expected %.17g, got %.17g\n", what,
              of.put ? "put" : "call", of.spot, of.strike, of.rate, of.yield, of.years, of.vol, expected, got);
}

static void errors_are_those_that_the_schemes_state(void **state) {
  static const double limit[] = {[AMERICAN_accurate] = 6e-8, [AMERICAN_fast] = 1.2e-5};
  uint64_t random = 11;
  for (uint64_t i = 0, n = cases_wanted(500); i < n; i++) {
    american_option of = option_draw(&random);
    double truth = american_price(of, finest);
    for (int k = 0; k < N_AMERICAN_ACCURACIES; k++) {
      double got = american_price(of, tables[k]);
      double scale = of.put || of.spot < of.strike ? of.strike : of.spot;
      if (!(fabs(got - truth) <= limit[k] * scale)) {
        option_print("error", of, truth, got);
        fail();
      }
    }
  }
}

/* Within the bounds that AMERICAN_SHARED_* set, and in the box above. */
static void sharing_an_octave_of_vols_moves_no_price_by_more_than_stated(void **state) {
  static const double in_box[] = {[AMERICAN_accurate] = 1e-9, [AMERICAN_fast] = 8e-6};
  static const double limit[] = {[AMERICAN_accurate] = 1e-8, [AMERICAN_fast] = 2e-5};
  uint64_t random = 13;
  double largest[2][N_AMERICAN_ACCURACIES] = {{0}};
  for (uint64_t i = 0, n = cases_wanted(400); i < n; i++) {
    american_option of = option_draw(&random);
    if (i % 2) {
      double highest = 2 * american_octave(of.vol = random_log(&random, AMERICAN_SHARED_LEAST, AMERICAN_SHARED_HIGHEST));
      of.rate = random_between(&random, -0.05, 0.4);
      of.yield = random_between(&random, 0, 0.4);
      double years = fmin(AMERICAN_SHARED_VARIANCE / (highest * highest),
                          AMERICAN_SHARED_INTEREST / fmax(1e-3, of.put ? of.rate : of.yield));
      of.years = years * random_log(&random, 1e-4, 1);
      of.spot = 100 * math_exp(random_between(&random, -2.5, 2.5) * of.vol * sqrt(of.years));
    }
    for (int k = 0; k < N_AMERICAN_ACCURACIES; k++) {
      double truth = american_price(of, tables[k]), got = american_price_shared(of, tables[k]);
      double error = fabs(got - truth) / (of.put || of.spot < of.strike ? of.strike : of.spot);
      largest[i % 2][k] = fmax(largest[i % 2][k], error);
      if (!(error <= (i % 2 ? limit : in_box)[k])) {
        option_print("shared", of, truth, got);
        fail();
      }
    }
  }
  print_message("sharing moves a price by at most %.2g (accurate) and %.2g (fast) of strike in the box, %.2g and %.2g within "
                "its bounds\n", largest[0][AMERICAN_accurate], largest[0][AMERICAN_fast], largest[1][AMERICAN_accurate],
                largest[1][AMERICAN_fast]);
}

/* Andersen, Lake and Offengenden (2016), table 2, (l, m, n) = (65, 8, 32) and p = 101. */
static void the_published_premium_is_met_to_ten_digits(void **state) {
  american_option of = {true, 100, 100, 0.05, 0.05, 1, 0.25};
  assert_true(fabs(american_price(of, finest) - european_price(of) - 0.106952702747) < 1e-12);
  const double *sixteen = american_table_make(memory, (american_shape){16, 35, 100, 20, 1e-11, 0});
  assert_true(fabs(american_price(of, sixteen) - european_price(of) - 0.106952702747) < 1e-10);
}

static int compare_doubles(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

enum { QUANTLIB_LIMIT = 20000 };

/* Against QuantLib's high-precision scheme, itself good to 6e-8 here. SHOCKGRID_QUANTLIB_AMERICAN: a longer table. */
static void errors_are_smaller_than_those_of_quantlib(void **state) {
  static double errors[4][QUANTLIB_LIMIT];
  const char *path = getenv("SHOCKGRID_QUANTLIB_AMERICAN");
  FILE *file = fopen(path ? path : SOURCE_DIR "/tests/formula/quantlib_american.csv", "r");
  char line[512];
  size_t n = 0;
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  while (n < QUANTLIB_LIMIT && fgets(line, sizeof line, file)) {
    double days, put, quantlib[3];
    american_option of = {.strike = 100};
    assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &of.spot, &of.rate, &of.yield, &of.vol, &days,
                            &put, &quantlib[0], &quantlib[1], &quantlib[2]),
                     9);
    of.put = put > 0;
    of.years = days / 365;
    errors[0][n] = fabs(quantlib[0] - quantlib[2]);
    errors[1][n] = fabs(quantlib[1] - quantlib[2]);
    errors[2][n] = fabs(american_price(of, tables[AMERICAN_fast]) - quantlib[2]);
    errors[3][n] = fabs(american_price(of, tables[AMERICAN_accurate]) - quantlib[2]);
    n++;
  }
  fclose(file);
  assert_true(n >= 1000);
  for (int k = 0; k < 4; k++) {
    qsort(errors[k], n, sizeof **errors, compare_doubles);
    print_message("%s: largest error %.2g of strike, 99th percentile %.2g\n",
                  (const char *[]){"QuantLib fast", "QuantLib accurate", "fast", "accurate"}[k], errors[k][n - 1] / 100,
                  errors[k][n * 99 / 100] / 100);
  }
  for (int k = 0; k < 2; k++) {
    assert_true(errors[k + 2][n - 1] <= errors[k][n - 1]);
    assert_true(errors[k + 2][n * 99 / 100] <= errors[k][n * 99 / 100]);
  }
  assert_true(errors[2][n - 1] <= 2e-5 * 100);
  assert_true(errors[3][n - 1] <= 1e-7 * 100);
}

/* Far outside the box too: vol to 1,000 %, rates of both signs, 50 years, a minute. */
static void no_price_leaves_its_bounds(void **state) {
  uint64_t random = 12;
  for (uint64_t i = 0, n = cases_wanted(4000); i < n; i++) {
    american_option of = {.put = random_bits(&random) % 2,
                          .strike = 100,
                          .rate = random_between(&random, -0.1, 0.3),
                          .yield = random_between(&random, -0.1, 0.3),
                          .years = random_log(&random, 2e-6, 50),
                          .vol = random_log(&random, 1e-6, 10)};
    of.spot = 100 * math_exp(random_between(&random, -4, 4) * of.vol * sqrt(of.years));
    double intrinsic = of.put ? of.strike - of.spot : of.spot - of.strike, european = european_price(of);
    double got = american_price(of, tables[random_bits(&random) % 2]);
    double rate = of.put ? of.rate : of.yield, highest = of.put ? of.strike : of.spot;
    double rounding = 1e-13 * (of.spot + of.strike); /* the pricer takes the spot from the forward */
    bool inside = got >= intrinsic - rounding && got >= european && (rate <= 0 || got <= highest + rounding);
    if (!inside) {
      option_print("bounds", of, european, got);
      fail();
    }
  }
}

static void where_early_exercise_gains_nothing_the_price_is_european_to_the_bit(void **state) {
  static const american_option options[] = {
      {true, 95, 100, 0, 0, 1, 0.3},      {true, 80, 100, 0, 0.04, 2, 0.2},      {true, 95, 100, -0.02, 0.01, 1, 0.3},
      {true, 95, 100, -0.02, -0.02, 1, 1}, {false, 120, 100, 0.05, 0, 1, 0.3},   {false, 120, 100, 0, 0, 1, 0.3},
      {false, 105, 100, 0.02, -0.03, 1, 0.3}, {false, 105, 100, -0.02, -0.03, 1, 0.3}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    double european = european_price(options[i]), got = american_price(options[i], tables[AMERICAN_fast]);
    if (got != european) {
      option_print("European", options[i], european, got);
      fail();
    }
  }
}

/* R. Merton, Theory of Rational Option Pricing (1973), equation 52: a put without expiry and yield. */
static void a_long_put_is_mertons_perpetual_put(void **state) {
  for (int i = 0; i < 4; i++) {
    american_option of = {true, 80 + 20 * i, 100, 0.08, 0, 200, 0.25};
    double gamma = 2 * of.rate / (of.vol * of.vol), boundary = of.strike * gamma / (1 + gamma);
    double expected = of.spot <= boundary ? of.strike - of.spot
                                          : (of.strike - boundary) * math_pow(of.spot / boundary, -gamma);
    double got = american_price(of, tables[AMERICAN_accurate]);
    if (!(fabs(got - expected) <= 2e-6 * of.strike)) {
      option_print("perpetual", of, expected, got);
      fail();
    }
  }
}

/* Without vol the spot follows its forward: the best of all times of exercise is the price. */
static void a_tiny_vol_gives_the_best_time_along_the_forward(void **state) {
  static const american_option options[] = {{true, 100, 120, 0.01, 0.5, 40, 1e-6},  {true, 110, 120, 0.02, 0.1, 3, 1e-6},
                                            {true, 130, 120, 0.05, 0.08, 5, 1e-5},  {false, 130, 120, 0.1, 0.03, 2, 1e-6},
                                            {false, 110, 120, 0.1, 0.03, 10, 1e-6}, {true, 100, 120, 0.05, 0.01, 1, 1e-7}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    american_option of = options[i];
    double best = 0;
    for (int t = 0; t <= 100000; t++) {
      double years = of.years * t / 100000;
      double gain = of.strike * math_exp(-of.rate * years) - of.spot * math_exp(-of.yield * years);
      gain = of.put ? gain : -gain;
      best = gain > best ? gain : best;
    }
    double got = american_price(of, tables[AMERICAN_accurate]);
    if (!(fabs(got - best) <= 1e-6 * of.strike)) {
      option_print("tiny vol", of, best, got);
      fail();
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_are_those_that_the_schemes_state),
      cmocka_unit_test(sharing_an_octave_of_vols_moves_no_price_by_more_than_stated),
      cmocka_unit_test(the_published_premium_is_met_to_ten_digits),
      cmocka_unit_test(errors_are_smaller_than_those_of_quantlib),
      cmocka_unit_test(no_price_leaves_its_bounds),
      cmocka_unit_test(where_early_exercise_gains_nothing_the_price_is_european_to_the_bit),
      cmocka_unit_test(a_long_put_is_mertons_perpetual_put),
      cmocka_unit_test(a_tiny_vol_gives_the_best_time_along_the_forward),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
