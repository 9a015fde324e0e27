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

const char *number_parse(const char *text, size_t length, double *value)
{
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

static bool reads_back(uint64_t digits, int exponent, double magnitude)
{
  char text[48];
  snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
  return strtod(text, NULL) == magnitude;
}

/* The nearest decimal of `n_digits` digits: digits x 10^exponent. */
static uint64_t nearest_digits(double magnitude, int n_digits, int *exponent)
{
  char text[48];
  snprintf(text, sizeof text, "%.*e", n_digits - 1, magnitude);
  uint64_t digits = 0;
  const char *at = text;
  for (; *at != 'e'; at++) {
    if (*at >= '0' && *at <= '9') {
      digits = digits * 10 + (uint64_t)(*at - '0');
    }
  }
  *exponent = atoi(at + 1) - (n_digits - 1);
  return digits;
}

/* Fewer than 16 digits identify a double of this size, so if such a decimal exists, scaling and rounding finds it. */
static bool find_short_digits(double magnitude, uint64_t *digits, int *exponent)
{
  for (int places = 0; places <= LARGEST_EXACT_POWER; places++) {
    double scaled = magnitude * exact_power_of_ten[places];
    if (scaled >= 1e15) {
      return false;
    }
    uint64_t rounded = (uint64_t)(scaled + 0.5);
    if (rounded > 0 && (double)rounded / exact_power_of_ten[places] == magnitude) {
      *digits = rounded;
      *exponent = -places;
      return true;
    }
  }
  return false;
}

static void find_shortest_digits(double magnitude, uint64_t *digits, int *exponent)
{
  if (find_short_digits(magnitude, digits, exponent)) {
    return;
  }
  /* Within these bounds find_short_digits has tried everything up to 15 digits. */
  int n_digits = magnitude >= 1e-7 && magnitude < 1e15 ? 16 : 1;
  uint64_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  bool power_of_two = bits << 12 == 0;
  for (; n_digits < 17; n_digits++) {
    *digits = nearest_digits(magnitude, n_digits, exponent);
    if (reads_back(*digits, *exponent, magnitude)) {
      return;
    }
    /* Above a power of two the doubles are twice as far apart: the next decimal up may still read back. */
    if (power_of_two && reads_back(*digits + 1, *exponent, magnitude)) {
      *digits += 1;
      return;
    }
  }
  *digits = nearest_digits(magnitude, 17, exponent);
}

/* digits x 10^exponent: plain where the leading digit stands for 1e-5 to 1e17, else with an exponent. */
static size_t write_digits(bool negative, uint64_t digits, int exponent, char *text)
{
  while (digits % 10 == 0) {
    digits /= 10;
    exponent++;
  }
  char figures[24];
  int n = snprintf(figures, sizeof figures, "%llu", (unsigned long long)digits);
  int leading = exponent + n - 1;
  const char *sign = negative ? "-" : "";
  if (leading < -5 || leading > 17) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s%.1s%s%se%d", sign, figures, n > 1 ? "." : "", figures + 1,
                            leading);
  }
  if (exponent >= 0) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s%s%.*s", sign, figures, exponent, "00000000000000000");
  }
  if (leading < 0) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s0.%.*s%s", sign, -leading - 1, "0000", figures);
  }
  return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s%.*s.%s", sign, leading + 1, figures, figures + leading + 1);
}

size_t number_format(double value, char *text)
{
  if (!isfinite(value)) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
  }
  if (value == 0) {
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "0");
  }
  uint64_t digits;
  int exponent;
  find_shortest_digits(fabs(value), &digits, &exponent);
  return write_digits(value < 0, digits, exponent, text);
}

const char *decimal18_parse(const char *text, size_t length, decimal18 *value)
{
  return decimal_parse(text, length, 18, &value->units);
}

bool decimal18_add(decimal18 *sum, decimal18 addend)
{
  int128 total;
  if (__builtin_add_overflow(sum->units, addend.units, &total)) {
    return false;
  }
  sum->units = total;
  return true;
}

double decimal18_to_double(decimal18 value)
{
  return decimal_to_double(value.units, 18);
}

size_t decimal18_format(decimal18 value, char *text)
{
  return decimal_format(value.units, 18, 0, text);
}
