/* SPDX-License-Identifier: MIT
 *
 * Extremes that are valid: prices from 1e-12 to 1e12, quantities to 1e15, one second and 50 years, vols of 0 and 10. The
 * requirement of one option under a 17 x 3 grid is what MPFR says, or the run is refused because it leaves exact money.
 */
#include "base/number.h"
#include "formula/exact_price.h"

#include <shockgrid/shockgrid.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EVERY = 7 }; /* of the combinations below, prime to their numbers; all of them with SHOCKGRID_TEST_CASES=1000 */

static const double prices[] = {1e-12, 3.7e-5, 1, 64321.75, 1e12};
static const double quantities[] = {1e-12, -1, 1234567.890625, -1e15, 1e15};
static const double vols[] = {0, 1e-4, 0.6, 10};
static const double moneyness[] = {0.5, 1, 2};
static const struct {
  const char *expiry;
  double seconds;
} expiries[] = {{"2026-04-10T20:00:01Z", 1}, {"2026-06-19T20:00:00Z", 70 * 86400.0}, {"2076-03-28T20:00:00Z", 18250 * 86400.0}};
#define COUNT(list) (sizeof(list) / sizeof *(list))

typedef struct extreme {
  double price, quantity, vol, strike, seconds;
  const char *expiry;
  bool put;
} extreme;

static void value(mpfr_t worth, const extreme *of, double factor, double vol) {
  double forward = of->price * factor, sign = of->put ? -1 : 1, stddev = vol * sqrt(of->seconds / 31536000.0);
  if (stddev < 1e-16) {
    mpfr_set_d(worth, forward, MPFR_RNDN);
    mpfr_sub_d(worth, worth, of->strike, MPFR_RNDN);
    mpfr_mul_d(worth, worth, sign, MPFR_RNDN);
    if (mpfr_sgn(worth) < 0) {
      mpfr_set_zero(worth, 1);
    }
    return;
  }
  exact_black(worth, forward, of->strike, vol, of->seconds / 31536000.0, of->put ? -1 : 1);
}

/* The worst loss over the grid, and what the position is worth. */
static double worst_loss(const extreme *of, double *worth) {
  mpfr_t base, shocked;
  double loss = 0;
  mpfr_inits2(PRICE_BITS, base, shocked, (mpfr_ptr)0);
  value(base, of, 1.0, of->vol);
  *worth = of->quantity * mpfr_get_d(base, MPFR_RNDN);
  for (int step = -8; step <= 8; step++) {
    for (int v = 0; v < 3; v++) {
      value(shocked, of, 1.0 + step * 0.02, of->vol * (0.75 + 0.25 * v));
      mpfr_sub(shocked, shocked, base, MPFR_RNDN);
      mpfr_mul_d(shocked, shocked, -of->quantity, MPFR_RNDN);
      loss = fmax(loss, mpfr_get_d(shocked, MPFR_RNDN));
    }
  }
  mpfr_clears(base, shocked, (mpfr_ptr)0);
  return loss;
}

static sg_status margin(sg_device *on, const sg_model *under, const extreme *of, double *initial, sg_error *error) {
  char price[NUMBER_TEXT_BYTES], strike[NUMBER_TEXT_BYTES], vol[NUMBER_TEXT_BYTES], quantity[NUMBER_TEXT_BYTES];
  char texts[4][512];
  sg_book *book;
  sg_result *result = NULL;
  number_format(of->price, price);
  number_format(of->strike, strike);
  number_format(of->vol, vol);
  number_format(of->quantity, quantity);
  snprintf(texts[0], 512, "as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nrates: zero\n");
  snprintf(texts[1], 512, "underlying,currency,price\nU,USD,%s\n", price);
  snprintf(texts[2], 512, "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol\n"
           "O,option,U,%s,european,%s,%s,1,USD,%s\n", of->put ? "put" : "call", strike, of->expiry, vol);
  snprintf(texts[3], 512, "account,instrument,quantity\nA,O,%s\n", quantity);
  const sg_named_text files[] = {{"book.yaml", texts[0], strlen(texts[0])},
                                 {"underlyings.csv", texts[1], strlen(texts[1])},
                                 {"instruments.csv", texts[2], strlen(texts[2])},
                                 {"positions.csv", texts[3], strlen(texts[3])}};
  assert_int_equal(sg_book_from_texts(files, 4, &book, error), SG_OK);
  sg_status status = sg_run(on, book, under, NULL, &result, error);
  if (status == SG_OK) {
    assert_null(number_parse(sg_result_get(result, 0).initial, strlen(sg_result_get(result, 0).initial), initial));
  }
  sg_result_close(result);
  sg_book_close(book);
  return status;
}

static void every_extreme_is_right_or_refused(void **state) {
  const sg_device_options quick = {.skip_self_test = true};
  const size_t n_all = COUNT(prices) * COUNT(quantities) * COUNT(vols) * COUNT(moneyness) * COUNT(expiries) * 2;
  const char *cases = getenv("SHOCKGRID_TEST_CASES");
  const size_t every = cases == NULL || strtoul(cases, NULL, 10) < 1000 ? EVERY : 1;
  size_t n_right = 0, n_refused = 0, n_wrong = 0;
  sg_error *error = sg_error_open();
  sg_device *on;
  sg_model *under;
  assert_int_equal(sg_device_open("reference", &quick, &on, error), SG_OK);
  assert_int_equal(sg_model_load(SOURCE_DIR "/tests/property/plain.yaml", NULL, 0, &under, error), SG_OK);
  for (size_t all = 0; all < n_all; all += every) {
    size_t i = all;
    extreme of = {.price = prices[i % COUNT(prices)]};
    of.quantity = quantities[(i /= COUNT(prices)) % COUNT(quantities)];
    of.vol = vols[(i /= COUNT(quantities)) % COUNT(vols)];
    of.strike = of.price * moneyness[(i /= COUNT(vols)) % COUNT(moneyness)];
    of.expiry = expiries[(i /= COUNT(moneyness)) % COUNT(expiries)].expiry;
    of.seconds = expiries[i % COUNT(expiries)].seconds;
    of.put = i / COUNT(expiries) % 2;
    double worth, expected = worst_loss(&of, &worth), got = -1;
    /* a price is within 2e-15 of the larger of forward and strike; money is rounded to 1e-12 */
    double slack = 4e-15 * fabs(of.quantity) * fmax(1.16 * of.price, of.strike) + 1e-15 * expected + 1e-12;
    sg_error_clear(error);
    sg_status status = margin(on, under, &of, &got, error);
    bool named = status == SG_INPUT && strstr(sg_error_get(error, 0).message, "exact money") != NULL;
    bool fits = fmax(expected, fabs(worth)) < 1e26, overflows = expected > 1.8e26;
    bool right = status == SG_OK ? !overflows && fabs(got - expected) <= slack : named && !fits;
    n_right += right && status == SG_OK;
    n_refused += right && status != SG_OK;
    if (!right && n_wrong++ < 10) {
      print_error("price %g quantity %g vol %g strike %g %s %s: status %d, %.17g, expected %.17g\n  %s\n", of.price,
                  of.quantity, of.vol, of.strike, of.expiry, of.put ? "put" : "call", (int)status, got, expected,
                  sg_error_count(error) == 0 ? "" : sg_error_get(error, 0).message);
    }
  }
  print_message("%zu right, %zu refused, %zu wrong\n", n_right, n_refused, n_wrong);
  assert_int_equal(n_wrong, 0);
  assert_true(n_right > 100 && n_refused > 5);
  sg_model_close(under);
  sg_device_close(on);
  sg_error_close(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_extreme_is_right_or_refused)};
  return cmocka_run_group_tests_name("all_extremes", tests, NULL, NULL);
}
