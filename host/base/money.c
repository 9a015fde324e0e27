/* SPDX-License-Identifier: MIT
 *
 * Exact arithmetic on counts of 1e-12. |units| stays at most 2^127 - 1, so that every amount can be negated.
 */
#include "base/money.h"

#include "base/decimal.h"

#include <string.h>

enum { MONEY_PLACES = 12 };
static const uint64_t units_in_one = 1000000000000;
static const uint128 largest_magnitude = ((uint128)1 << 127) - 1;

static bool with_sign(bool negative, uint128 magnitude, money *result) {
  if (magnitude > largest_magnitude) {
    return false;
  }
  result->units = negative ? -(int128)magnitude : (int128)magnitude;
  return true;
}

/* Rounds quotient + remainder / divisor half to even. */
static uint128 round_half_even(uint128 quotient, uint128 remainder, uint128 divisor) {
  uint128 rest = divisor - remainder;
  return quotient + (remainder > rest || (remainder == rest && (quotient & 1) != 0));
}

bool money_from_double(double amount, money *result) {
  uint64_t bits;
  memcpy(&bits, &amount, sizeof bits);
  bool negative = bits >> 63 != 0;
  int biased_exponent = (int)(bits >> 52 & 0x7ff);
  if (biased_exponent == 0x7ff) {
    return false;
  }
  uint64_t mantissa = bits & ((1ull << 52) - 1);
  mantissa |= biased_exponent == 0 ? 0 : 1ull << 52;
  int exponent = (biased_exponent == 0 ? 1 : biased_exponent) - 1075;
  uint128 scaled = (uint128)mantissa * units_in_one; /* < 2^93 */
  if (exponent < 0 && exponent > -64) { /* as below, for what amounts mostly are, 2^-11 to 2^53 */
    uint64_t half = 1ull << (-exponent - 1), remainder = (uint64_t)scaled & (2 * half - 1);
    int128 rounded = (int128)(scaled >> -exponent);
    rounded += remainder > half || (remainder == half && (rounded & 1) != 0);
    result->units = negative ? -rounded : rounded;
    return true;
  }
  if (exponent >= 0) {
    if (scaled != 0 && (exponent > 74 || scaled > largest_magnitude >> exponent)) {
      return false;
    }
    return with_sign(negative, exponent > 74 ? 0 : scaled << exponent, result);
  }
  if (exponent < -100) {
    *result = MONEY_ZERO;
    return true;
  }
  uint128 divisor = (uint128)1 << -exponent;
  return with_sign(negative, round_half_even(scaled >> -exponent, scaled & (divisor - 1), divisor), result);
}

double money_to_double(money amount) {
  return decimal_to_double(amount.units, MONEY_PLACES);
}

static bool store(int128 total, bool overflow, money *result) {
  if (overflow || decimal_magnitude(total) > largest_magnitude) {
    return false;
  }
  result->units = total;
  return true;
}

bool money_add(money *sum, money addend) {
  int128 total;
  bool overflow = __builtin_add_overflow(sum->units, addend.units, &total);
  return store(total, overflow, sum);
}

bool money_add_times(money *sum, money addend, uint64_t n) {
  int128 product, total;
  bool overflow = __builtin_mul_overflow(addend.units, (int128)n, &product);
  overflow = __builtin_add_overflow(sum->units, product, &total) || overflow;
  return store(total, overflow, sum);
}

bool money_subtract(money *difference, money subtrahend) {
  int128 total;
  bool overflow = __builtin_sub_overflow(difference->units, subtrahend.units, &total);
  return store(total, overflow, difference);
}

/* product[0..3], low word first. */
static void multiply(uint128 a, uint128 b, uint64_t product[4]) {
  uint64_t a_words[2] = {(uint64_t)a, (uint64_t)(a >> 64)}, b_words[2] = {(uint64_t)b, (uint64_t)(b >> 64)};
  memset(product, 0, 4 * sizeof *product);
  for (int i = 0; i < 2; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 2; j++) {
      uint128 sum = (uint128)a_words[i] * b_words[j] + product[i + j] + carry;
      product[i + j] = (uint64_t)sum;
      carry = (uint64_t)(sum >> 64);
    }
    product[i + 2] = carry;
  }
}

bool money_times(money amount, money factor, money *result) {
  bool negative = (amount.units < 0) != (factor.units < 0);
  uint64_t words[4];
  multiply(decimal_magnitude(amount.units), decimal_magnitude(factor.units), words);
  uint64_t remainder = 0;
  for (int i = 3; i >= 0; i--) {
    uint128 dividend = (uint128)remainder << 64 | words[i];
    words[i] = (uint64_t)(dividend / units_in_one);
    remainder = (uint64_t)(dividend % units_in_one);
  }
  if (words[3] != 0 || words[2] != 0) {
    return false;
  }
  uint128 quotient = (uint128)words[1] << 64 | words[0];
  if (quotient > largest_magnitude) {
    return false;
  }
  return with_sign(negative, round_half_even(quotient, remainder, units_in_one), result);
}

bool money_round(money amount, money unit, money *result) {
  uint128 magnitude = decimal_magnitude(amount.units), divisor = (uint128)unit.units;
  uint128 count = round_half_even(magnitude / divisor, magnitude % divisor, divisor);
  uint128 rounded;
  if (__builtin_mul_overflow(count, divisor, &rounded)) {
    return false;
  }
  return with_sign(amount.units < 0, rounded, result);
}

size_t money_format(money amount, char *text) {
  return decimal_format(amount.units, MONEY_PLACES, 0, text);
}

size_t money_format_places(money amount, int decimals, char *text) {
  int128 units = amount.units;
  int places = MONEY_PLACES;
  if (decimals < places) {
    uint64_t divisor = 1;
    for (; places > decimals; places--) {
      divisor *= 10;
    }
    uint128 magnitude = decimal_magnitude(units);
    uint128 rounded = round_half_even(magnitude / divisor, magnitude % divisor, divisor);
    units = units < 0 ? -(int128)rounded : (int128)rounded;
  }
  return decimal_format(units, places, decimals, text);
}

const char *money_parse(const char *text, size_t length, money *value) {
  return decimal_parse(text, length, MONEY_PLACES, &value->units);
}
