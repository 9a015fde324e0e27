/* SPDX-License-Identifier: MIT
 *
 * kernels/implied_american.cl, compiled as C: price to vol to price. SHOCKGRID_TEST_CASES=100000 takes as many options.
 */
#include "formula/american.h"
#include "formula/exact.h"
#include "kernels/implied_american.cl"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { USUAL_CASES = 1500, MOST_SOLVES = 40 };

static arena *memory;
static const double *tables[N_AMERICAN_ACCURACIES];

static int setup(void **state) {
  memory = arena_open();
  for (int i = 0; i < N_AMERICAN_ACCURACIES; i++) {
    tables[i] = american_table_make(memory, american_shape_get((american_accuracy)i));
  }
  return 0;
}

static int teardown(void **state) {
  arena_close(memory);
  return 0;
}

typedef struct answer {
  double vol, status, steps;
} answer;

static answer imply(american_option of, double price, american_accuracy accuracy) {
  double forward;
  lane_contract contract = option_contract(of, &forward);
  double fields[N_CONTRACT_FIELDS] = {
      [CONTRACT_STRIKE] = contract.strike, [CONTRACT_LOG_STRIKE] = contract.log_strike, [CONTRACT_SIGN] = contract.sign,
      [CONTRACT_YEARS] = contract.years,   [CONTRACT_RATE] = contract.rate,             [CONTRACT_DISCOUNT] = contract.discount,
      [CONTRACT_CARRY] = contract.carry};
  answer made;
  kernel_item[0] = kernel_item[1] = 0;
  imply_american(fields, 1, &forward, &price, tables[AMERICAN_fast], tables[accuracy], &made.vol, &made.status, &made.steps);
  return made;
}

/* Rates and yields -2..12 %, a day to three years, vols 5..120 %, spot within 2.5 standard deviations. */
static american_option option_draw(uint64_t *state) {
  american_option drawn = {.put = random_bits(state) % 2,
                           .strike = 100,
                           .rate = random_between(state, -0.02, 0.12),
                           .yield = random_between(state, -0.02, 0.12),
                           .years = math_pow(1095, random_between(state, 0, 1)) / 365,
                           .vol = 0.05 * math_pow(24, random_between(state, 0, 1))};
  drawn.spot = 100 * math_exp(random_between(state, -2.5, 2.5) * drawn.vol * sqrt(drawn.years));
  return drawn;
}

static bool has_two_boundaries(american_option of) {
  return of.put ? of.yield < of.rate && of.rate < 0 : of.rate < of.yield && of.yield < 0;
}

static void option_print(american_option of, double price, answer got) {
  print_error("%s spot %.17g rate %.17g yield %.17g years %.17g vol %.17g price %.17g: vol %.17g, status %g, %g solves\n",
              of.put ? "put" : "call", of.spot, of.rate, of.yield, of.years, of.vol, price, got.vol, got.status, got.steps);
}

/* Where a thousandth of the vol is worth more than a millionth of the strike, the price determines the vol to 1e-9. */
static void round_trip(american_accuracy accuracy, double limit, uint64_t n) {
  uint64_t random = 21, n_intrinsic = 0, n_determined = 0;
  double largest = 0, worst_vol = 0, steps = 0, most = 0;
  for (uint64_t i = 0; i < n; i++) {
    american_option of = option_draw(&random);
    if (has_two_boundaries(of)) {
      continue;
    }
    double price = american_price(of, tables[accuracy]);
    answer got = imply(of, price, accuracy);
    double intrinsic = of.put ? of.strike - of.spot : of.spot - of.strike;
    steps += got.steps;
    most = fmax(most, got.steps);
    if (got.status == IMPLIED_NO_TIME_VALUE) {
      assert_true(fabs(price - fmax(intrinsic, 0)) <= 1e-12 * of.strike + 1e-12 * of.spot);
      n_intrinsic++;
      continue;
    }
    american_option again = of;
    again.vol = got.vol;
    double scale = of.put ? of.strike : fmax(of.spot, of.strike);
    double error = got.status == IMPLIED_OK ? fabs(american_price(again, tables[accuracy]) - price) / scale : INFINITY;
    largest = fmax(largest, error);
    if (!(error <= limit) || got.steps > MOST_SOLVES) {
      option_print(of, price, got);
    }
    again.vol = of.vol * 1.001;
    if (american_price(again, tables[accuracy]) - price > 1e-6 * scale) {
      n_determined++;
      worst_vol = fmax(worst_vol, fabs(got.vol - of.vol));
    }
  }
  print_message("%llu options: worst %.2g of strike; %llu at intrinsic value; vol of %llu others within %.2g; %.2f solves, "
                "at most %g\n",
                (unsigned long long)n, largest, (unsigned long long)n_intrinsic, (unsigned long long)n_determined, worst_vol,
                steps / (double)n, most);
  assert_true(largest <= limit);
  assert_true(most <= MOST_SOLVES);
}

static void price_to_vol_to_price_closes_within_a_billionth(void **state) {
  round_trip(AMERICAN_accurate, 1e-9, cases_wanted(USUAL_CASES));
}

static void the_fast_scheme_closes_too(void **state) { round_trip(AMERICAN_fast, 1e-9, cases_wanted(USUAL_CASES)); }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(price_to_vol_to_price_closes_within_a_billionth),
      cmocka_unit_test(the_fast_scheme_closes_too),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
