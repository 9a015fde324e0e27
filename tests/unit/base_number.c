/* SPDX-License-Identifier: MIT
 *
 * Numbers from and to text. Expected doubles come from MPFR (exact decimal to nearest double) and, for the shortest
 * texts, from Python's repr, which is documented to be the shortest that reads back.
 */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <mpfr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t random_state = 20260410;

/* xorshift64 (Marsaglia 2003, "Xorshift RNGs", p. 4) */
static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

static double double_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* The nearest double with subnormals, through a precision that shrinks with the exponent range. */
static double nearest(const char *text) {
  mpfr_t exact;
  mpfr_init2(exact, 53);
  mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
  mpfr_set_emin(-1073);
  mpfr_set_emax(1024);
  int ternary = mpfr_strtofr(exact, text, NULL, 10, MPFR_RNDN);
  mpfr_subnormalize(exact, ternary, MPFR_RNDN);
  double value = mpfr_get_d(exact, MPFR_RNDN);
  mpfr_set_emin(least);
  mpfr_set_emax(most);
  mpfr_clear(exact);
  return value;
}

static void check_parse(const char *text) {
  double value = -1, expected = nearest(text);
  const char *refused = number_parse(text, strlen(text), &value);
  if (refused != NULL || bits_of(value) != bits_of(expected)) {
    fail_msg("%s: got %.17g (%s), expected %.17g", text, value, refused == NULL ? "accepted" : refused, expected);
  }
}

static void a_text_becomes_the_nearest_double(void **state) {
  static const char *const texts[] = {
      "0", "-0", "0.0", "1", "-1.5", "2e-4", "2E+4", ".5", "5.", "007", "0.1", "1e22", "1e23", "123456789012345678",
      "9007199254740993", "9007199254740992.99999", "9007199254740993.00000000000000000000000001",
      "1.7976931348623157e308", "1.7976931348623158e308", "2.2250738585072011e-308", "2.2250738585072014e-308",
      "4.9e-324", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.47032822920623272088e-324",
      "1e-400", "1e-999999999999999999999", "0e999999999999", "0.000000000000000000000000000000000000001e39",
      "100000000000000000000000000000000000000e-38", "7.2057594037927933e16", "9223372036854775807",
      "18446744073709551616", "3.14159265358979323846264338327950288", "8.41e21", "9007199254740991e22",
      "6929495644600919.5", "179769313486231580793728971405301e276",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    check_parse(texts[i]);
  }
}

static void a_halfway_text_rounds_to_even_and_one_more_digit_rounds_up(void **state) {
  for (int i = 0; i < 2000; i++) {
    double low = double_of(random_bits() >> 1);
    if (!isfinite(low) || low > 1e300) {
      continue;
    }
    double high = nextafter(low, INFINITY);
    mpfr_t middle;
    mpfr_init2(middle, 60);
    mpfr_set_d(middle, low, MPFR_RNDN);
    mpfr_t half_gap;
    mpfr_init2(half_gap, 53);
    mpfr_set_d(half_gap, high, MPFR_RNDN);
    mpfr_sub(half_gap, half_gap, middle, MPFR_RNDN);
    mpfr_div_2ui(half_gap, half_gap, 1, MPFR_RNDN);
    mpfr_add(middle, middle, half_gap, MPFR_RNDN);
    char *text = NULL;
    mpfr_asprintf(&text, "%.800Re", middle); /* exact: 768 digits at most */
    double value;
    assert_null(number_parse(text, strlen(text), &value));
    assert_int_equal(bits_of(value), (bits_of(low) & 1) == 0 ? bits_of(low) : bits_of(high));
    *strchr(text, 'e') = '\0';
    char *above = malloc(1000);
    double scale_exponent = 0;
    mpfr_free_str(text);
    mpfr_asprintf(&text, "%.900Re", middle);
    sscanf(strchr(text, 'e') + 1, "%lf", &scale_exponent);
    *strchr(text, 'e') = '\0';
    text[strlen(text) - 1] = '1';
    snprintf(above, 1000, "%se%d", text, (int)scale_exponent);
    assert_null(number_parse(above, strlen(above), &value));
    assert_int_equal(bits_of(value), bits_of(high));
    free(above);
    mpfr_free_str(text);
    mpfr_clears(middle, half_gap, (mpfr_ptr)NULL);
  }
}

static void random_texts_become_the_nearest_double(void **state) {
  for (int i = 0; i < 100000; i++) {
    char text[64];
    uint64_t digits = random_bits() >> random_bits() % 60;
    int decimals = (int)(random_bits() % 20);
    if (i % 2 == 0) {
      snprintf(text, sizeof text, "%s%llu.%0*llu", i % 4 == 0 ? "-" : "", (unsigned long long)(digits % 1000000000),
               decimals + 1, (unsigned long long)(digits % 10000000));
    } else {
      snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, (int)(random_bits() % 650) - 340);
      if (isinf(nearest(text))) {
        continue;
      }
    }
    check_parse(text);
  }
}

static void what_is_not_a_plain_decimal_is_refused(void **state) {
  static const char *const texts[] = {
      "", " ", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "+1", " 1", "1 ", "1O0", "1,5", "1'000", "1_000",
      "0x10", "0x1p3", "nan", "NaN", "inf", "-inf", "infinity", "1.2.3", "--1", "1-", "1e5.0", "1f", "1d5",
      "\xd9\xa1\xd9\xa2", "\xef\xbc\x91", "1\xc2\xa0", ("\xe2\x88\x92" "1"), "1e5e5", "123456789012345678901234567890x",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    double value = 7;
    decimal18 exact;
    const char *refused = number_parse(texts[i], strlen(texts[i]), &value);
    if (refused == NULL) {
      fail_msg("\"%s\" was accepted as %g", texts[i], value);
    }
    assert_string_equal(refused, "is not a number");
    assert_string_equal(decimal18_parse(texts[i], strlen(texts[i]), &exact), "is not a number");
  }
  double value;
  assert_string_equal(number_parse("1\0" "2", 3, &value), "is not a number");
  assert_string_equal(number_parse("1e400", 5, &value), "is too large for a double");
  assert_string_equal(number_parse("-1.7976931348623159e308", 23, &value), "is too large for a double");
  assert_string_equal(number_parse("1e99999999999999999999", 22, &value), "is too large for a double");
}

static void only_the_given_length_is_read(void **state) {
  double value = 0;
  assert_null(number_parse("12.75,999", 5, &value));
  assert_true(value == 12.75);
  assert_null(number_parse("1e59", 3, &value));
  assert_true(value == 1e5);
}

static void a_double_prints_as_the_shortest_text_that_reads_back(void **state) {
  static const struct {
    double value;
    const char *text;
  } cases[] = {
      {0.0, "0"}, {-0.0, "0"}, {1, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
      {1.0 / 3, "0.3333333333333333"}, {100, "100"}, {1e15, "1000000000000000"}, {1e17, "100000000000000000"},
      {1e18, "1e18"}, {1e22, "1e22"}, {1e23, "1e23"}, {123456789012345680.0, "123456789012345680"},
      {1e-5, "0.00001"}, {1e-6, "1e-6"}, {1.5e-7, "1.5e-7"}, {0.000012345678, "0.000012345678"},
      {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e308"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"}, {9007199254740993.0, "9007199254740992"},
      {72862.435, "72862.435"}, {0.0845, "0.0845"}, {-123.456e-12, "-1.23456e-10"},
      {0x1p-44, "5.684341886080802e-14"}, {0x1p-1022 * 0x1p-52, "5e-324"}, {0x1p89, "6.189700196426902e26"},
      {0x1p-24, "5.960464477539063e-8"}, {4.35, "4.35"}, {0.00123, "0.00123"}, {299792458, "299792458"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[NUMBER_TEXT_BYTES];
    size_t length = number_format(cases[i].value, text);
    assert_string_equal(text, cases[i].text);
    assert_int_equal(length, strlen(text));
  }
}

/* The fewest digits d such that some d-digit decimal reads back, found with MPFR's conversion in both directions. */
static int fewest_digits(double value) {
  mpfr_t exact;
  mpfr_init2(exact, 53);
  mpfr_set_d(exact, value, MPFR_RNDN);
  int fewest = 17;
  for (int n = 16; n >= 1; n--) {
    bool any = false;
    for (int direction = 0; direction < 2 && !any; direction++) {
      char text[64];
      mpfr_snprintf(text, sizeof text, direction == 0 ? "%.*RDe" : "%.*RUe", n - 1, exact);
      any = nearest(text) == value;
    }
    if (!any) {
      break;
    }
    fewest = n;
  }
  mpfr_clear(exact);
  return fewest;
}

/* It reads back, no shorter text does, and (powers of two apart, where that one may not read back) it is the nearest of
 * its length, which the C library prints correctly rounded. */
static void check_shortest(double value) {
  char text[NUMBER_TEXT_BYTES], figures[NUMBER_TEXT_BYTES] = "", expected[64];
  size_t length = number_format(value, text);
  double again;
  if (number_parse(text, length, &again) != NULL || bits_of(again) != bits_of(value)) {
    fail_msg("%a printed as %s", value, text);
  }
  int digits = 0, significant = 0;
  for (const char *at = text; *at != '\0' && *at != 'e'; at++) {
    if (*at >= '0' && *at <= '9' && (digits > 0 || *at != '0')) {
      figures[digits++] = *at;
      significant = *at != '0' ? digits : significant;
    }
  }
  if (value != 0 && significant != fewest_digits(fabs(value))) {
    fail_msg("%a printed as %s: %d digits, expected %d", value, text, significant, fewest_digits(fabs(value)));
  }
  snprintf(expected, sizeof expected, "%.*e", significant > 0 ? significant - 1 : 0, fabs(value));
  if (significant > 1) {
    expected[1] = expected[0];
  }
  if (value != 0 && bits_of(value) << 12 != 0 &&
      strncmp(figures, expected + (significant > 1), (size_t)significant) != 0) {
    fail_msg("%a printed as %s, expected digits %s", value, text, expected);
  }
}

static void random_doubles_read_back_and_have_the_fewest_digits(void **state) {
  for (int i = 0; i < 30000; i++) {
    double value = i % 3 == 0   ? double_of(random_bits())
                   : i % 3 == 1 ? (double)(int64_t)(random_bits() >> 20) / (double)(1 + random_bits() % 1000)
                                : ldexp(1, (int)(random_bits() % 2040) - 1020);
    if (isfinite(value)) {
      check_shortest(value);
    }
  }
}

static void the_neighbours_of_powers_have_the_fewest_digits_too(void **state) {
  for (int exponent = -20; exponent <= 60; exponent++) {
    double values[] = {ldexp(1, exponent), nearest("1e-20") * pow(10, exponent / 2 + 20)};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      double below = values[i], above = values[i];
      for (int step = 0; step < 4; step++) {
        check_shortest(below);
        check_shortest(above);
        below = nextafter(below, 0);
        above = nextafter(above, INFINITY);
      }
    }
  }
}

static void a_quantity_is_exact(void **state) {
  static const struct {
    const char *text, *printed;
  } cases[] = {
      {"0", "0"}, {"-0", "0"}, {"1.5", "1.5"}, {"-2e-4", "-0.0002"}, {"0.000000000000000001", "0.000000000000000001"},
      {"1e-18", "0.000000000000000001"}, {"99999999999999999999", "99999999999999999999"},
      {"99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"}, {"1.50000", "1.5"},
      {"1.0000000000000000000000", "1"}, {"12e3", "12000"}, {"1e19", "10000000000000000000"},
      {"0.1000000000000000000000000000000000000000000000000000", "0.1"}, {"0e500", "0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    decimal18 value;
    char text[NUMBER_TEXT_BYTES];
    assert_null(decimal18_parse(cases[i].text, strlen(cases[i].text), &value));
    assert_int_equal(decimal18_format(value, text), strlen(cases[i].printed));
    assert_string_equal(text, cases[i].printed);
    assert_true(decimal18_to_double(value) == nearest(cases[i].text));
  }
  decimal18 value;
  assert_string_equal(decimal18_parse("1e-19", 5, &value), "has more than 18 decimals");
  assert_string_equal(decimal18_parse("0.1234567890123456789", 21, &value), "has more than 18 decimals");
  assert_string_equal(decimal18_parse("1e20", 4, &value), "is too large");
  assert_string_equal(decimal18_parse("100000000000000000000", 21, &value), "is too large");
  assert_string_equal(decimal18_parse("1e99999999999", 13, &value), "is too large");
}

static void quantities_add_exactly_and_become_the_nearest_double(void **state) {
  for (int i = 0; i < 100000; i++) {
    decimal18 value = {(int128)((uint128)random_bits() << 64 | random_bits()) >> (1 + random_bits() % 126)};
    char text[NUMBER_TEXT_BYTES];
    decimal18_format(value, text);
    assert_true(decimal18_to_double(value) == nearest(text));
  }
  decimal18 sum = {0}, tenth;
  assert_null(decimal18_parse("0.1", 3, &tenth));
  for (int i = 0; i < 10; i++) {
    assert_true(decimal18_add(&sum, tenth));
  }
  assert_true(decimal18_to_double(sum) == 1);
  decimal18 large = {(int128)(((uint128)1 << 127) - 1)}, kept = large;
  assert_false(decimal18_add(&large, tenth));
  assert_true(large.units == kept.units);
}

/* A decimal-comma locale: one that is installed, else one that localedef makes in the build folder. */
static bool set_comma_locale(void) {
  static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8", "de_DE"};
  for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
    if (setlocale(LC_ALL, locales[i]) != NULL && strcmp(localeconv()->decimal_point, ",") == 0) {
      return true;
    }
  }
  if (system("mkdir -p " BINARY_DIR "/locales && { test -d " BINARY_DIR "/locales/de_DE.UTF-8 || "
             "localedef -i de_DE -f UTF-8 " BINARY_DIR "/locales/de_DE.UTF-8; } 2>/dev/null") != 0) {
    return false;
  }
  setenv("LOCPATH", BINARY_DIR "/locales", 1);
  return setlocale(LC_ALL, "de_DE.UTF-8") != NULL && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void the_locale_has_no_say(void **state) {
  if (!set_comma_locale()) {
    setlocale(LC_ALL, "C");
    print_message("skipped: no decimal-comma locale can be had\n");
    skip();
  }
  double value = 0;
  char library[NUMBER_TEXT_BYTES], text[NUMBER_TEXT_BYTES];
  const char *refused = number_parse("0.1234567890123456789", 21, &value);
  const char *comma_refused = number_parse("1,5", 3, &value);
  number_parse("0.1234567890123456789", 21, &value);
  number_format(0.1 + 0.2, text);
  snprintf(library, sizeof library, "%.1f", 0.5);
  setlocale(LC_ALL, "C");
  assert_string_equal(library, "0,5");
  assert_null(refused);
  assert_non_null(comma_refused);
  assert_true(value == 0.1234567890123456789);
  assert_string_equal(text, "0.30000000000000004");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_becomes_the_nearest_double),
      cmocka_unit_test(a_halfway_text_rounds_to_even_and_one_more_digit_rounds_up),
      cmocka_unit_test(random_texts_become_the_nearest_double),
      cmocka_unit_test(what_is_not_a_plain_decimal_is_refused),
      cmocka_unit_test(only_the_given_length_is_read),
      cmocka_unit_test(a_double_prints_as_the_shortest_text_that_reads_back),
      cmocka_unit_test(random_doubles_read_back_and_have_the_fewest_digits),
      cmocka_unit_test(the_neighbours_of_powers_have_the_fewest_digits_too),
      cmocka_unit_test(a_quantity_is_exact),
      cmocka_unit_test(quantities_add_exactly_and_become_the_nearest_double),
      cmocka_unit_test(the_locale_has_no_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
