/* SPDX-License-Identifier: MIT
 *
 * Money against exact integers and rationals of GMP.
 */
#include "base/money.h"

#include <gmp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t random_state = 88172645463325252ull;

/* xorshift64 (Marsaglia 2003, "Xorshift RNGs", p. 4) */
static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

static money random_money(void) {
  return (money){(int128)((uint128)random_bits() << 64 | random_bits()) >> (1 + random_bits() % 126)};
}

static void set_units(mpz_t integer, money value) {
  bool negative = value.units < 0;
  uint128 magnitude = negative ? -(uint128)value.units : (uint128)value.units;
  mpz_set_ui(integer, (unsigned long)(magnitude >> 64));
  mpz_mul_2exp(integer, integer, 64);
  mpz_add_ui(integer, integer, (unsigned long)magnitude);
  if (negative) {
    mpz_neg(integer, integer);
  }
}

static bool in_range(const mpz_t integer) {
  return mpz_sizeinbase(integer, 2) <= 127;
}

/* numerator / denominator, half to even: floor(x + 1/2), less one when x + 1/2 is an odd integer. */
static void divide_half_even(mpz_t quotient, const mpz_t numerator, const mpz_t denominator) {
  mpz_t twice, remainder, divisor;
  mpz_inits(twice, remainder, divisor, NULL);
  mpz_mul_2exp(twice, numerator, 1);
  mpz_add(twice, twice, denominator);
  mpz_mul_2exp(divisor, denominator, 1);
  mpz_fdiv_qr(quotient, remainder, twice, divisor);
  if (mpz_sgn(remainder) == 0 && mpz_odd_p(quotient)) {
    mpz_sub_ui(quotient, quotient, 1);
  }
  mpz_clears(twice, remainder, divisor, NULL);
}

static void check_result(bool got, money result, const mpz_t expected, const char *what) {
  mpz_t units;
  mpz_init(units);
  set_units(units, result);
  if (got != in_range(expected) || (got && mpz_cmp(units, expected) != 0)) {
    char *wanted = mpz_get_str(NULL, 10, expected), *have = mpz_get_str(NULL, 10, units);
    fail_msg("%s: expected %s, got %s (%s)", what, wanted, have, got ? "in range" : "overflow");
  }
  mpz_clear(units);
}

static void a_product_is_rounded_once_half_to_even(void **state) {
  mpz_t a, b, product, one;
  mpz_inits(a, b, product, one, NULL);
  mpz_set_ui(one, 1000000000000);
  for (int i = 0; i < 200000; i++) {
    money amount = random_money(), factor = random_money(), result = MONEY_ZERO;
    if (i % 4 == 0) { /* halfway cases: odd multiples of 1/2 */
      amount.units = amount.units / 1000000000000 * 2 + 1;
      factor.units = 500000000000;
    }
    bool got = money_times(amount, factor, &result);
    set_units(a, amount);
    set_units(b, factor);
    mpz_mul(product, a, b);
    divide_half_even(product, product, one);
    check_result(got, result, product, "money_times");
  }
  mpz_clears(a, b, product, one, NULL);
}

static void rounding_to_a_unit_is_half_to_even(void **state) {
  mpz_t a, b, expected;
  mpz_inits(a, b, expected, NULL);
  for (int i = 0; i < 200000; i++) {
    money amount = random_money(), unit = random_money(), result = MONEY_ZERO;
    unit.units = unit.units < 0 ? -unit.units : unit.units + 1;
    if (i % 4 == 0) {
      unit.units = 2 * (unit.units & 0xffffff) + 2;
      amount.units = (int128)(random_bits() >> 20) * unit.units + unit.units / 2;
    }
    bool got = money_round(amount, unit, &result);
    set_units(a, amount);
    set_units(b, unit);
    divide_half_even(expected, a, b);
    mpz_mul(expected, expected, b);
    check_result(got, result, expected, "money_round");
  }
  mpz_clears(a, b, expected, NULL);
}

static void a_double_becomes_money_once_half_to_even(void **state) {
  mpq_t exact;
  mpz_t expected;
  mpq_init(exact);
  mpz_init(expected);
  for (int i = 0; i < 200000; i++) {
    uint64_t bits = random_bits();
    if (i % 2 == 0) { /* exponents that matter: 2^-60 to 2^90 */
      bits = (bits & 0x800fffffffffffffull) | (963 + random_bits() % 150) << 52;
    }
    if (i % 5 == 0) { /* few mantissa bits: exact ties at 2^-13 and below */
      bits &= ~((1ull << 44) - 1);
    }
    double amount;
    memcpy(&amount, &bits, sizeof amount);
    if (!isfinite(amount)) {
      continue;
    }
    money result = MONEY_ZERO;
    bool got = money_from_double(amount, &result);
    mpq_set_d(exact, amount);
    mpz_mul_ui(mpq_numref(exact), mpq_numref(exact), 1000000000000);
    divide_half_even(expected, mpq_numref(exact), mpq_denref(exact));
    check_result(got, result, expected, "money_from_double");
  }
  mpq_clear(exact);
  mpz_clear(expected);
}

static void what_is_not_finite_is_no_money(void **state) {
  money result = {5};
  assert_false(money_from_double(NAN, &result));
  assert_false(money_from_double(INFINITY, &result));
  assert_false(money_from_double(-INFINITY, &result));
  assert_false(money_from_double(1.8e26, &result));
  assert_true(money_from_double(-1.7e26, &result));
  assert_true(money_from_double(-0.0, &result));
  assert_true(result.units == 0);
}

static void halves_of_the_last_digit_go_to_even(void **state) {
  /* 2^-13 = 0.0001220703125 has 13 decimals: its 13th is exactly a half. */
  static const struct {
    double amount;
    const char *text;
  } cases[] = {
      {0x1p-13, "0.000122070312"},
      {3 * 0x1p-13, "0.000366210938"},
      {-5 * 0x1p-13, "-0.000610351562"},
      {1234567.25, "1234567.25"},
      {0.1, "0.1"},
      {5e-13, "0"},
      {1e-12, "0.000000000001"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    money result;
    char text[NUMBER_TEXT_BYTES];
    assert_true(money_from_double(cases[i].amount, &result));
    assert_int_equal(money_format(result, text), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

static void sums_are_exact_and_report_overflow(void **state) {
  mpz_t a, b, total;
  mpz_inits(a, b, total, NULL);
  for (int i = 0; i < 100000; i++) {
    money x = random_money(), y = random_money(), sum = x, difference = x;
    if (i % 3 == 0) {
      x.units = sum.units = difference.units = (int128)(((uint128)1 << 127) - 1 - random_bits() % 3);
      y.units = (int128)(random_bits() % 5) - 2;
    }
    set_units(a, x);
    set_units(b, y);
    bool added = money_add(&sum, y), subtracted = money_subtract(&difference, y);
    mpz_add(total, a, b);
    check_result(added, sum, total, "money_add");
    mpz_sub(total, a, b);
    check_result(subtracted, difference, total, "money_subtract");
    assert_true(added || sum.units == x.units);
    assert_true(subtracted || difference.units == x.units);
    assert_int_equal(money_compare(x, y), (mpz_cmp(a, b) > 0) - (mpz_cmp(a, b) < 0));
  }
  mpz_clears(a, b, total, NULL);
}

static void money_becomes_the_nearest_double(void **state) {
  for (int i = 0; i < 100000; i++) {
    money value = random_money();
    char text[NUMBER_TEXT_BYTES];
    money_format(value, text);
    assert_true(money_to_double(value) == strtod(text, NULL)); /* the C library's, in the C locale */
  }
}

static void money_reads_what_it_prints(void **state) {
  for (int i = 0; i < 100000; i++) {
    money value = {random_money().units / 2}, again;
    char text[NUMBER_TEXT_BYTES];
    size_t length = money_format(value, text);
    assert_null(money_parse(text, length, &again));
    assert_true(again.units == value.units);
  }
  money value;
  assert_string_equal(money_parse("0.0000000000001", 15, &value), "has more than 12 decimals");
  assert_string_equal(money_parse("1e26", 4, &value), "is too large");
  assert_string_equal(money_parse("12.3.4", 6, &value), "is not a number");
}

static void a_table_shows_a_fixed_number_of_places(void **state) {
  static const struct {
    const char *amount;
    int decimals;
    const char *text;
  } cases[] = {
      {"1234.565", 2, "1234.56"}, {"1234.575", 2, "1234.58"}, {"-0.005", 2, "0.00"}, {"-0.015", 2, "-0.02"},
      {"2.5", 0, "2"}, {"3.5", 0, "4"}, {"7", 2, "7.00"}, {"0.000000000001", 12, "0.000000000001"},
      {"1", 12, "1.000000000000"}, {"99.999", 2, "100.00"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    money value;
    char text[NUMBER_TEXT_BYTES];
    assert_null(money_parse(cases[i].amount, strlen(cases[i].amount), &value));
    assert_int_equal(money_format_places(value, cases[i].decimals, text), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_product_is_rounded_once_half_to_even),
      cmocka_unit_test(rounding_to_a_unit_is_half_to_even),
      cmocka_unit_test(a_double_becomes_money_once_half_to_even),
      cmocka_unit_test(what_is_not_finite_is_no_money),
      cmocka_unit_test(halves_of_the_last_digit_go_to_even),
      cmocka_unit_test(sums_are_exact_and_report_overflow),
      cmocka_unit_test(money_becomes_the_nearest_double),
      cmocka_unit_test(money_reads_what_it_prints),
      cmocka_unit_test(a_table_shows_a_fixed_number_of_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
