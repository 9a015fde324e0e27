/* SPDX-License-Identifier: MIT
 *
 * American puts with two exercise boundaries: against QuantLib's finite differences on two grids (quantlib_two_boundaries.csv),
 * the bounds, and the schemes against the finest.
 */
#include "formula/american.h"
#include "formula/exact.h"
#include "kernels/price_two_boundaries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static arena *memory;
static const double *tables[N_AMERICAN_ACCURACIES], *finest;

static int setup(void **state) {
  memory = arena_open();
  for (int i = 0; i < N_AMERICAN_ACCURACIES; i++) {
    tables[i] = american_table_make(memory, american_shape_get((american_accuracy)i));
  }
  finest = american_table_make(memory, (american_shape){24, 64, 200, 20, 1e-8, 0});
  return 0;
}

static int teardown(void **state) {
  arena_close(memory);
  return 0;
}

static double two_price(american_option of, const double *table) {
  static two_boundaries_state state;
  double upper[AMERICAN_NODES_LIMIT] = {0}, lower[AMERICAN_NODES_LIMIT] = {0}, horizon, forward;
  lane_contract contract = option_contract(of, &forward);
  contract.forward = forward;
  american_scheme scheme = american_scheme_read(table);
  two_boundaries_solve(two_boundaries_terms_make(contract, of.vol, 0), &scheme, upper, lower, &horizon);
  two_boundaries_prepare(contract, of.vol, 0, &scheme, upper, lower, horizon, &state);
  return two_boundaries_value_at(&state, forward);
}

static void option_print(american_option of, double expected, double got) {
  print_error("%s spot %.17g rate %g yield %g years %g vol %g: expected %.17g, got %.17g\n", of.put ? "put" : "call", of.spot,
              of.rate, of.yield, of.years, of.vol, expected, got);
}

/* Their error falls with the number of time steps, for early exercise is taken once a step: twice the fine grid less the coarse
 * one is nearer. What is left of it is some tenth of their difference. */
static void values_are_those_of_finite_differences(void **state) {
  FILE *file = fopen(SOURCE_DIR "/tests/formula/quantlib_two_boundaries.csv", "r");
  char line[512];
  int n = 0, n_early = 0;
  double largest = 0;
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  while (fgets(line, sizeof line, file)) {
    american_option of = {.put = true, .strike = 100};
    double days, coarse, fine;
    assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf", &of.spot, &of.rate, &of.yield, &of.vol, &days, &coarse, &fine), 7);
    of.years = days / 365;
    double got = two_price(of, tables[AMERICAN_accurate]), expected = 2 * fine - coarse;
    largest = fmax(largest, fabs(got - expected) / 100);
    if (!(fabs(got - expected) <= 100 * 2e-6 + 0.25 * fabs(fine - coarse))) {
      option_print(of, expected, got);
      fail();
    }
    n++;
    n_early += got > european_price(of) + 1e-3;
  }
  fclose(file);
  print_message("%d puts, %d worth more than European ones: at most %.2g of strike from finite differences\n", n, n_early, largest);
  assert_true(n >= 60 && n_early >= 30);
}

static american_option option_draw(uint64_t *state) {
  american_option drawn = {.put = true,
                           .strike = 100,
                           .rate = random_between(state, -0.04, -0.001),
                           .years = math_pow(1095, random_between(state, 0, 1)) / 100,
                           .vol = 0.05 * math_pow(16, random_between(state, 0, 1))};
  drawn.yield = drawn.rate - random_between(state, 0.001, 0.06);
  drawn.spot = 100 * math_exp(random_between(state, -2, 1) * fmin(drawn.vol * sqrt(drawn.years), 1));
  return drawn;
}

static void the_schemes_are_near_the_finest_and_inside_the_bounds(void **state) {
  static const double limit[] = {[AMERICAN_accurate] = 1e-7, [AMERICAN_fast] = 2e-5};
  uint64_t random = 31;
  double largest[N_AMERICAN_ACCURACIES] = {0};
  for (uint64_t i = 0, n = cases_wanted(40); i < n; i++) {
    american_option of = option_draw(&random), call = of;
    double truth = two_price(of, finest);
    assert_true(truth >= european_price(of) && truth >= of.strike - of.spot - 1e-12);
    for (int k = 0; k < N_AMERICAN_ACCURACIES; k++) {
      double got = two_price(of, tables[k]);
      largest[k] = fmax(largest[k], fabs(got - truth) / 100);
      if (!(fabs(got - truth) <= 100 * limit[k])) {
        option_print(of, truth, got);
        fail();
      }
    }
    /* A call is the put with spot and strike, and rate and yield, exchanged. */
    call.put = false;
    call.spot = of.strike;
    call.strike = of.spot;
    call.rate = of.yield;
    call.yield = of.rate;
    double same = two_price(call, tables[AMERICAN_accurate]), put = two_price(of, tables[AMERICAN_accurate]);
    if (!(fabs(same - put) <= 1e-9)) {
      option_print(call, put, same);
      fail();
    }
  }
  print_message("at most %.2g (accurate) and %.2g (fast) of strike from the finest\n", largest[AMERICAN_accurate],
                largest[AMERICAN_fast]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_those_of_finite_differences),
      cmocka_unit_test(the_schemes_are_near_the_finest_and_inside_the_bounds),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
