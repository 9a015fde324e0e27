/* SPDX-License-Identifier: MIT
 *
 * Doubles and decimals from and to text. The C library's conversions are used on digits and exponent only, never on a
 * decimal point, so no locale has a say.
 */
#include "base/number.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
static const double exact_power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { LARGEST_EXACT_POWER = 22 };

const char *number_parse(const char *text, size_t length, double *value) {
  decimal_short small;
  if (decimal_scan_short(text, length, &small) && small.digits <= 1ull << 53) {
    /* Both operands are exact, so the one division rounds correctly (Clinger 1990, "How to read floating point
     * numbers accurately"). */
    double magnitude = (double)small.digits / exact_power_of_ten[small.places];
    *value = small.negative ? -magnitude : magnitude;
    return NULL;
  }
  decimal_digits scanned;
  const char *refused = decimal_scan(text, length, &scanned);
  if (refused != NULL) {
    return refused;
  }
  double magnitude = 0;
  if (scanned.n_digits > 0) {
    snprintf(scanned.digits + scanned.n_digits, DECIMAL_EXPONENT_BYTES, "e%d", scanned.exponent);
    magnitude = strtod(scanned.digits, NULL);
    if (isinf(magnitude)) {
      return "is too large for a double";
    }
  }
  *value = scanned.negative ? -magnitude : magnitude;
  return NULL;
}

static bool reads_back(uint64_t digits, int exponent, double magnitude) {
  char text[48];
  snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
  return strtod(text, NULL) == magnitude;
}

/* The nearest decimal of `n_digits` digits: digits x 10^exponent. */
static uint64_t nearest_digits(double magnitude, int n_digits, int *exponent) {
  char text[48];
  snprintf(text, sizeof text, "%.*e", n_digits - 1, magnitude);
  uint64_t digits = 0;
  const char *at = text;
  for (; *at != 'e'; at++) {
    if (*at >= '0' && *at <= '9') {
      digits = digits * 10 + (uint64_t)(*at - '0');
    }
  }
  *exponent = (int)strtol(at + 1, NULL, 10) - (n_digits - 1);
  return digits;
}

/* Whether the nearest decimal of n digits reads back; then it is digits x 10^exponent. */
static bool find_digits(double magnitude, int n_digits, uint64_t *digits, int *exponent) {
  uint64_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  *digits = nearest_digits(magnitude, n_digits, exponent);
  if (reads_back(*digits, *exponent, magnitude)) {
    return true;
  }
  /* Above a power of two the doubles are twice as far apart: the next decimal up may still read back. */
  *digits += 1;
  return bits << 12 == 0 && reads_back(*digits, *exponent, magnitude);
}

/* Any magnitude. If n digits are enough, so are more: bisection finds the least. */
static void search_shortest_digits(double magnitude, uint64_t *digits, int *exponent) {
  int too_few = 0, enough = 17;
  while (enough - too_few > 1) {
    int middle = (too_few + enough) / 2;
    *(find_digits(magnitude, middle, digits, exponent) ? &enough : &too_few) = middle;
  }
  find_digits(magnitude, enough, digits, exponent);
}

/* Exact for 2^-16 <= magnitude < 2^53, in 128-bit integers: magnitude = mantissa * 2^-(shift - 2), and every real from
 * low to high reads back as it (the ends too when the mantissa is even: ties go to even). Scaled by 10^places, so that
 * 17 digits stand before the point, that is the range low..high of integers: always one at least, because the doubles
 * lie more than one apart there (2^53 < 10^16). There are at most 21 places, and 55 bits times 10^21 fit 128 bits. The
 * shortest decimal is a multiple of the largest power of ten that has one in the range. */
static void compute_shortest_digits(double magnitude, uint64_t *digits, int *exponent) {
  uint64_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  int binary_exponent = (int)(bits >> 52) - 1023;
  uint64_t mantissa = (bits & ((1ull << 52) - 1)) | 1ull << 52;
  int shift = 54 - binary_exponent;
  int places = 16 - ((binary_exponent * 1233) >> 12); /* 1233 / 4096 = 0.30103, log10(2) */
  uint128 scale = (uint128)exact_power_of_ten[places], mask = ((uint128)1 << shift) - 1;
  if (4 * scale * mantissa >> shift >= (uint128)1e17) {
    places--;
    scale = (uint128)exact_power_of_ten[places];
  }
  uint128 middle = 4 * scale * mantissa, above = middle + 2 * scale;
  uint128 below = middle - (mantissa == 1ull << 52 ? scale : 2 * scale); /* closer below a power of two */
  bool ends_count = (mantissa & 1) == 0;
  uint64_t low = (uint64_t)(below >> shift) + ((below & mask) != 0 || !ends_count);
  uint64_t high = (uint64_t)(above >> shift) - ((above & mask) == 0 && !ends_count);
  uint64_t unit = 1;
  int zeros = 0;
  while (high / (unit * 10) * (unit * 10) >= low) {
    unit *= 10;
    zeros++;
  }
  /* The multiple nearest to the middle, ties to even, that lies in the range. */
  uint64_t count = (uint64_t)(middle >> shift) / unit;
  uint128 rest = middle - ((uint128)(count * unit) << shift), half = (uint128)unit << (shift - 1);
  count += rest > half || (rest == half && (count & 1) != 0);
  count += count * unit < low;
  count -= count * unit > high;
  *digits = count;
  *exponent = zeros - places;
}

/* digits x 10^exponent: plain where the leading digit stands for 1e-5 to 1e17, else with an exponent. */
static size_t write_digits(bool negative, uint64_t digits, int exponent, char *text) {
  while (digits % 10 == 0) {
    digits /= 10;
    exponent++;
  }
  char buffer[24], *end = buffer + sizeof buffer, *figures = decimal_write_digits(end, digits, 1), *at = text;
  int n = (int)(end - figures), leading = exponent + n - 1;
  bool plain = leading >= -5 && leading <= 17;
  int n_whole = !plain ? 1 : leading < 0 ? 0 : leading + 1; /* figures before the point, at most n of them */
  int n_before = n_whole < n ? n_whole : n;
  if (negative) {
    *at++ = '-';
  }
  if (n_whole == 0) {
    *at++ = '0';
  }
  memcpy(at, figures, (size_t)n_before);
  memset(at + n_before, '0', (size_t)(n_whole - n_before));
  at += n_whole;
  if (n > n_before) {
    *at++ = '.';
    for (int zero = leading + 1; plain && zero < 0; zero++) {
      *at++ = '0';
    }
    memcpy(at, figures + n_before, (size_t)(n - n_before));
    at += n - n_before;
  }
  *at = '\0';
  if (!plain) {
    at += snprintf(at, 8, "e%d", leading);
  }
  return (size_t)(at - text);
}

size_t number_format(double value, char *text) {
  if (!isfinite(value)) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
  }
  if (value == 0) {
    memcpy(text, "0", 2);
    return 1;
  }
  uint64_t digits;
  int exponent;
  double magnitude = fabs(value);
  if (magnitude >= 0x1p-16 && magnitude < 0x1p53) {
    compute_shortest_digits(magnitude, &digits, &exponent);
  } else {
    search_shortest_digits(magnitude, &digits, &exponent);
  }
  return write_digits(value < 0, digits, exponent, text);
}

const char *decimal18_parse(const char *text, size_t length, decimal18 *value) {
  return decimal_parse(text, length, 18, &value->units);
}

bool decimal18_add(decimal18 *sum, decimal18 addend) {
  int128 total;
  if (__builtin_add_overflow(sum->units, addend.units, &total)) {
    return false;
  }
  sum->units = total;
  return true;
}

double decimal18_to_double(decimal18 value) {
  return decimal_to_double(value.units, 18);
}

size_t decimal18_format(decimal18 value, char *text) {
  return decimal_format(value.units, 18, 0, text);
}
