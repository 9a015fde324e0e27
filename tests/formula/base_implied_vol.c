/* SPDX-License-Identifier: MIT
 *
 * kernels/implied_vol.cl, compiled as C: price to vol to price against MPFR. SHOCKGRID_TEST_CASES=1000000 runs a
 * million prices of each kind. Where a price has no vol, its status must say which bound it misses.
 */
#include "formula/exact_price.h"
#include "kernels/implied_vol.cl"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum { USUAL_CASES = 15000, MOST_STEPS = 4 };
static const char *const status_names[] = {"ok", "below", "no time value", "above", "expired"};

typedef enum quote_kind { LINEAR_BLACK, INVERSE_BLACK, NORMAL, N_QUOTE_KINDS } quote_kind;

typedef struct quote {
  quote_kind kind;
  double forward, strike, vol, years, discount, price;
  int sign;
} quote;

typedef struct answer {
  double vol, status, steps;
} answer;

static answer imply(quote of) {
  double contract[N_CONTRACT_FIELDS] = {[CONTRACT_STRIKE] = of.strike,
                                        [CONTRACT_LOG_STRIKE] =
                                            of.kind == NORMAL ? 0 : math_log(of.strike / of.forward),
                                        [CONTRACT_SIGN] = of.sign,
                                        [CONTRACT_INVERSE] = of.kind == INVERSE_BLACK,
                                        [CONTRACT_YEARS] = of.years,
                                        [CONTRACT_DISCOUNT] = of.discount};
  answer made;
  kernel_item[0] = kernel_item[1] = 0;
  imply_vol(contract, 1, &of.forward, &of.price, of.kind == NORMAL, &made.vol, &made.status, &made.steps);
  return made;
}

/* The exact price at `vol`, in the currency paid. */
static void exact_worth(mpfr_t price, quote of, double vol) {
  if (of.kind == NORMAL) {
    exact_bachelier(price, of.forward, of.strike, vol, of.years, of.sign);
  } else {
    exact_black(price, of.forward, of.strike, vol, of.years, of.sign);
  }
  if (of.kind == INVERSE_BLACK) {
    mpfr_div_d(price, price, of.forward, MPFR_RNDN);
  } else {
    mpfr_mul_d(price, price, of.discount, MPFR_RNDN);
  }
}

static double ulp_of(double x) { return x == 0 ? 0x1p-1074 : nextafter(fabs(x), INFINITY) - fabs(x); }

/* (price - a discount) / ulp(price), or a / forward in coin, exact before the last rounding */
static double ulps_above(quote of, double a, double minus_b) {
  mpfr_t bound;
  mpfr_init2(bound, PRICE_BITS);
  mpfr_set_d(bound, a, MPFR_RNDN);
  mpfr_add_d(bound, bound, -minus_b, MPFR_RNDN);
  if (of.kind == INVERSE_BLACK) {
    mpfr_div_d(bound, bound, of.forward, MPFR_RNDN);
  } else {
    mpfr_mul_d(bound, bound, of.discount, MPFR_RNDN);
  }
  mpfr_d_sub(bound, of.price, bound, MPFR_RNDN);
  double ulps = mpfr_get_d(bound, MPFR_RNDN) / ulp_of(of.price);
  mpfr_clear(bound);
  return ulps;
}

/* What the status must be, from the bounds alone. A distance of 2 ulp to the last bit may count either way. */
static double expected_status(quote of, bool *either) {
  bool inside = of.sign * (of.forward - of.strike) > 0;
  double over = inside ? of.sign > 0 ? ulps_above(of, of.forward, of.strike) : ulps_above(of, of.strike, of.forward)
                       : of.price / ulp_of(of.price);
  double under = -ulps_above(of, of.sign > 0 ? of.forward : of.strike, 0);
  double slack = inside ? 2 : 0;
  *either = fabs(fabs(over) - slack) < 1e-9 || (of.kind != NORMAL && fabs(under - 2) < 1e-9);
  return over < -slack   ? IMPLIED_BELOW
         : over <= slack ? IMPLIED_NO_TIME_VALUE
         : of.kind != NORMAL && under <= 2 ? IMPLIED_ABOVE
                                           : IMPLIED_OK;
}

/* The contract's scale: max(forward, strike) in the currency paid; for Bachelier the total stddev too. */
static double scale_of(quote of, double vol) {
  double largest = fmax(fabs(of.forward), fabs(of.strike));
  if (of.kind == NORMAL) {
    return of.discount * fmax(largest, vol * sqrt(of.years));
  }
  return of.kind == INVERSE_BLACK ? largest / of.forward : largest * of.discount;
}

static double reprice_error(quote of, double vol) {
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  exact_worth(exact, of, vol);
  double error = scaled_error(of.price, exact, fmax(2 * ulp_of(of.price), 1e-15 * scale_of(of, vol)));
  mpfr_clear(exact);
  return error;
}

static void describe(const char *what, quote of, answer got) {
  printf("%s: forward %.17g strike %.17g vol %.17g years %.17g discount %.17g sign %d price %.17g kind %d: vol %.17g, "
         "%s, %g steps\n",
         what, of.forward, of.strike, of.vol, of.years, of.discount, of.sign, of.price, (int)of.kind, got.vol,
         status_names[(int)got.status], got.steps);
}

/* A random option, priced exactly and rounded. Total stddev 1e-6..40, |ln(forward / strike)| up to 30. */
static quote random_quote(quote_kind kind, uint64_t *state) {
  double stddev = exp(random_between(state, log(1e-6), log(40)));
  double spread = random_between(state, 0, 1);
  double distance = spread < 0.05  ? 0
                    : spread < 0.5 ? stddev * random_between(state, 0, 2)
                    : spread < 0.8 ? stddev * random_between(state, 0, 12)
                                   : exp(random_between(state, log(1e-9), log(30)));
  distance = fmin(distance, 30) * (random_bits(state) % 2 ? 1 : -1);
  quote made = {.kind = kind,
                .forward = exp(random_between(state, -12, 12)),
                .years = exp(random_between(state, log(1e-4), log(40))),
                .discount = kind == INVERSE_BLACK ? 1 : random_between(state, 0.5, 1.1),
                .sign = random_bits(state) % 2 ? 1 : -1};
  made.strike = made.forward * exp(distance);
  made.vol = stddev / sqrt(made.years);
  if (kind == NORMAL) {
    double unit = made.forward;
    made.forward *= random_between(state, -1, 1);
    made.vol *= unit;
    made.strike = made.forward + distance * unit;
  }
  mpfr_t exact;
  mpfr_init2(exact, PRICE_BITS);
  exact_worth(exact, made, made.vol);
  made.price = mpfr_get_d(exact, MPFR_RNDN);
  mpfr_clear(exact);
  return made;
}

/* Total stddev 0.01..3 and |ln(forward / strike)| at most twice that, where a double price holds the vol to 1e-13. */
static bool holds_its_vol(quote of) {
  double stddev = of.vol * sqrt(of.years);
  return of.kind != NORMAL && stddev >= 0.01 && stddev <= 3 && fabs(log(of.forward / of.strike)) <= 2 * stddev;
}

static void check_kind(quote_kind kind) {
  uint64_t n = cases_wanted(USUAL_CASES), state = 20260801 + (uint64_t)kind, counts[5] = {0};
  double worst_reprice = 0, worst_vol = 0, most_steps = 0, all_steps = 0;
  for (uint64_t i = 0; i < n; i++) {
    quote of = random_quote(kind, &state);
    answer got = imply(of);
    bool either = false;
    double expected = expected_status(of, &either);
    if (got.status != expected && !either) {
      describe("wrong status", of, got);
      fail_msg("expected \"%s\"", status_names[(int)expected]);
    }
    counts[(int)got.status]++;
    if (got.status != IMPLIED_OK) {
      assert_true(got.vol == 0 && got.steps == 0);
      continue;
    }
    double error = reprice_error(of, got.vol);
    if (!(error <= 1) || got.steps > MOST_STEPS) {
      describe("not repriced", of, got);
      fail_msg("error %g of the bound", error);
    }
    worst_reprice = fmax(worst_reprice, error);
    most_steps = fmax(most_steps, got.steps);
    all_steps += got.steps;
    if (holds_its_vol(of)) {
      double relative = fabs(got.vol / of.vol - 1);
      if (!(relative <= 1e-12)) {
        describe("vol lost", of, got);
        fail_msg("relative error %g", relative);
      }
      worst_vol = fmax(worst_vol, relative);
    }
  }
  for (int status = 0; status < 5; status++) {
    printf("%s%s %llu", status ? ", " : "", status_names[status], (unsigned long long)counts[status]);
  }
  printf("; at most %.3f of the bound, vol within %.2g, steps %g at most, %.2f in the mean\n", worst_reprice, worst_vol,
         most_steps, all_steps / (double)(counts[0] ? counts[0] : 1));
  assert_true(counts[0] > n / 3 && counts[2] > 0); /* the cases reach both */
}

static void linear_prices_come_back_within_the_contract(void **unused) { check_kind(LINEAR_BLACK); }
static void inverse_prices_come_back_within_the_contract(void **unused) { check_kind(INVERSE_BLACK); }
static void bachelier_prices_come_back_within_the_contract(void **unused) { check_kind(NORMAL); }

/* Prices some units in the last place around both bounds, in and out of the money. */
static void a_price_near_a_bound_has_the_status_of_its_side(void **unused) {
  static const double forwards[] = {100, 65432.1, 3e-200, 7e200};
  static const double ratios[] = {1, 0.8, 1.3, 1e-13, 1e13, 1 + 0x1p-52};
  uint64_t seen[5] = {0};
  for (int f = 0; f < 4; f++) {
    for (int r = 0; r < 6; r++) {
      for (int step = -8; step <= 8; step++) {
        for (int which = 0; which < 8; which++) {
          quote of = {.kind = which & 1 ? INVERSE_BLACK : LINEAR_BLACK,
                      .forward = forwards[f], .strike = forwards[f] * ratios[r], .vol = NAN, .years = 0.25,
                      .discount = which & 1 ? 1 : 0.97, .sign = which & 2 ? 1 : -1};
          double lower = fmax(of.sign * (of.forward - of.strike), 0), upper = of.sign > 0 ? of.forward : of.strike;
          double bound = (which & 4 ? lower : upper) * (which & 1 ? 1 / of.forward : of.discount);
          of.price = bound == 0 ? step * 1e-30 : bound;
          for (int i = 0; bound != 0 && i < abs(step); i++) {
            of.price = nextafter(of.price, step < 0 ? -INFINITY : INFINITY);
          }
          answer got = imply(of);
          bool either = false;
          double expected = expected_status(of, &either);
          if ((got.status != expected && !either) || !(got.status != IMPLIED_OK || reprice_error(of, got.vol) <= 1)) {
            describe("near a bound", of, got);
            fail_msg("expected \"%s\"", status_names[(int)expected]);
          }
          seen[(int)got.status]++;
        }
      }
    }
  }
  assert_true(seen[0] > 0 && seen[1] > 0 && seen[2] > 0 && seen[3] > 0);
}

static void an_expired_option_implies_no_vol(void **unused) {
  answer got = imply((quote){LINEAR_BLACK, 100, 90, 0, 0, 1, 11, 1});
  assert_true(got.status == IMPLIED_EXPIRED && got.vol == 0 && got.steps == 0);
}

/* QuantLib (lballabio/QuantLib), test-suite/blackcalculator.cpp, testBlackCalculatorBasicValues, and
 * bacheliercalculator.cpp, testBachelierCalculatorBasicValues: one year, forward 100, vol 20 % or 20. */
static void published_prices_give_their_vol(void **unused) {
  static const quote rows[] = {{LINEAR_BLACK, 100, 100, 0.2, 1, 1, 7.9655674554058038, 1},
                               {LINEAR_BLACK, 100, 90, 0.2, 1, 1, 13.589108116054803, 1},
                               {LINEAR_BLACK, 100, 110, 0.2, 1, 1, 14.292010941409899, -1},
                               {NORMAL, 100, 100, 20, 1, 1, 7.9788456080286538, 1},
                               {NORMAL, 100, 110, 20, 1, 1, 13.955931148026121, -1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    answer got = imply(rows[i]);
    assert_true(got.status == IMPLIED_OK);
    assert_true(fabs(got.vol / rows[i].vol - 1) < 1e-14); /* a unit of the last digit published, over vega */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(linear_prices_come_back_within_the_contract),
      cmocka_unit_test(inverse_prices_come_back_within_the_contract),
      cmocka_unit_test(bachelier_prices_come_back_within_the_contract),
      cmocka_unit_test(a_price_near_a_bound_has_the_status_of_its_side),
      cmocka_unit_test(an_expired_option_implies_no_vol),
      cmocka_unit_test(published_prices_give_their_vol),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
