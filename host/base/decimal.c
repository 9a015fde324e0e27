/* SPDX-License-Identifier: MIT
 *
 * Reading, writing and converting decimals with a fixed number of places.
 */
#include "base/decimal.h"

#include <string.h>

static const char not_a_number[] = "is not a number";

/* 10^0 to 10^19, all that fit 64 bits. */
static const uint64_t power_of_ten[] = {1,
                                        10,
                                        100,
                                        1000,
                                        10000,
                                        100000,
                                        1000000,
                                        10000000,
                                        100000000,
                                        1000000000,
                                        10000000000,
                                        100000000000,
                                        1000000000000,
                                        10000000000000,
                                        100000000000000,
                                        1000000000000000,
                                        10000000000000000,
                                        100000000000000000,
                                        1000000000000000000,
                                        10000000000000000000u};

bool decimal_scan_short(const char *text, size_t length, decimal_short *scanned) {
  if (length == 0 || length > 18) {
    return false;
  }
  const char *at = text, *end = text + length, *point = NULL;
  bool negative = *at == '-';
  at += negative;
  uint64_t digits = 0;
  const char *first = at;
  for (; at < end; at++) {
    unsigned digit = (unsigned)*at - '0';
    if (digit < 10) {
      digits = digits * 10 + digit;
    } else if (*at == '.' && point == NULL) {
      point = at;
    } else {
      return false;
    }
  }
  if (end - first == (point != NULL)) {
    return false;
  }
  *scanned = (decimal_short){.negative = negative,
                             .digits = digits,
                             .places = point == NULL ? 0 : (uint32_t)(end - point - 1)};
  return true;
}

/* `at` is behind the letter e. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent) {
  bool negative = at < end && *at == '-';
  at += at < end && (*at == '-' || *at == '+');
  if (at == end) {
    return not_a_number;
  }
  int64_t value = 0;
  for (; at < end; at++) {
    unsigned digit = (unsigned)*at - '0';
    if (digit >= 10) {
      return not_a_number;
    }
    if (value < DECIMAL_EXPONENT_LIMIT) {
      value = value * 10 + digit;
    }
  }
  *exponent = negative ? -value : value;
  return NULL;
}

static void keep_digit(decimal_digits *scanned, char digit) {
  if (scanned->n_digits < DECIMAL_DIGITS_KEPT) {
    scanned->digits[scanned->n_digits++] = digit;
  } else if (scanned->n_digits == DECIMAL_DIGITS_KEPT && digit != '0') {
    scanned->digits[scanned->n_digits++] = '1';
  }
}

const char *decimal_scan(const char *text, size_t length, decimal_digits *scanned) {
  const char *at = text, *end = text + length;
  scanned->negative = length > 0 && *at == '-';
  scanned->n_digits = 0;
  at += scanned->negative;
  int64_t exponent = 0;    /* as written */
  int64_t n_seen = 0;      /* significant digits, from the first that is not 0 */
  int64_t n_decimals = 0;
  bool any_digit = false, after_point = false;
  for (; at < end && *at != 'e' && *at != 'E'; at++) {
    if (*at == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (*at < '0' || *at > '9') {
      return not_a_number;
    }
    any_digit = true;
    n_decimals += after_point;
    if (n_seen > 0 || *at != '0') {
      n_seen++;
      keep_digit(scanned, *at);
    }
  }
  if (!any_digit) {
    return not_a_number;
  }
  if (at < end) {
    const char *refused = scan_exponent(at + 1, end, &exponent);
    if (refused != NULL) {
      return refused;
    }
  }
  exponent += n_seen - n_decimals - scanned->n_digits;
  while (scanned->n_digits > 0 && scanned->digits[scanned->n_digits - 1] == '0') {
    scanned->n_digits--;
    exponent++;
  }
  exponent = exponent > DECIMAL_EXPONENT_LIMIT ? DECIMAL_EXPONENT_LIMIT : exponent;
  scanned->exponent = (int)(exponent < -DECIMAL_EXPONENT_LIMIT ? -DECIMAL_EXPONENT_LIMIT : exponent);
  return NULL;
}

const char *decimal_parse(const char *text, size_t length, int places, int128 *units) {
  decimal_short small;
  if (decimal_scan_short(text, length, &small) && (int)small.places <= places) {
    int128 scaled = (int128)small.digits * power_of_ten[places - (int)small.places];
    *units = small.negative ? -scaled : scaled;
    return NULL;
  }
  decimal_digits scanned;
  const char *refused = decimal_scan(text, length, &scanned);
  if (refused != NULL) {
    return refused;
  }
  if (scanned.n_digits == 0) {
    *units = 0;
    return NULL;
  }
  if (scanned.exponent + scanned.n_digits + places > 38) {
    return "is too large";
  }
  if (scanned.exponent < -places) {
    return places == 18 ? "has more than 18 decimals" : "has more than 12 decimals";
  }
  int128 magnitude = 0;
  for (int i = 0; i < scanned.n_digits; i++) {
    magnitude = magnitude * 10 + (scanned.digits[i] - '0');
  }
  for (int i = scanned.exponent + places; i > 0; i--) {
    magnitude *= 10;
  }
  *units = scanned.negative ? -magnitude : magnitude;
  return NULL;
}

double decimal_to_double(int128 units, int places) {
  uint128 magnitude = decimal_magnitude(units);
  if (magnitude == 0) {
    return 0;
  }
  uint64_t divisor = power_of_ten[places];
  double guess = (double)magnitude / (double)divisor;
  uint64_t whole = guess <= 0x1p53 ? (uint64_t)guess : 0;
  if ((uint128)whole * divisor == magnitude) {
    return units < 0 ? -(double)whole : (double)whole;
  }
  double result;
  if (magnitude <= (uint128)1 << 53) {
    result = (double)(uint64_t)magnitude / (double)divisor;
  } else {
    /* With its top bit set the dividend gives a quotient of at least 67 bits, so the remainder only matters as the
     * last bit, and the conversion rounds once. */
    uint64_t high = (uint64_t)(magnitude >> 64);
    int shift = high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)magnitude);
    magnitude <<= shift;
    uint128 quotient = magnitude / divisor;
    quotient |= quotient * divisor != magnitude;
    result = (double)quotient / (double)((uint128)1 << shift);
  }
  return units < 0 ? -result : result;
}

/* "00" to "99" */
#define TENS(t) #t "0" #t "1" #t "2" #t "3" #t "4" #t "5" #t "6" #t "7" #t "8" #t "9"
static const char pairs[] = TENS(0) TENS(1) TENS(2) TENS(3) TENS(4) TENS(5) TENS(6) TENS(7) TENS(8) TENS(9);
#undef TENS

char *decimal_write_digits(char *end, uint64_t value, int least) {
  char *at = end;
  for (; value >= 10000; value /= 10000) {
    uint32_t four = (uint32_t)(value % 10000);
    memcpy(at - 2, &pairs[2 * (size_t)(four % 100)], 2);
    memcpy(at - 4, &pairs[2 * (size_t)(four / 100)], 2);
    at -= 4;
  }
  for (; value >= 10; value /= 100) { /* a leading 0 may come of it */
    at -= 2;
    memcpy(at, &pairs[2 * (value % 100)], 2);
  }
  if (value > 0) {
    *--at = (char)('0' + value);
  }
  at += at < end && *at == '0';
  while (end - at < least) {
    *--at = '0';
  }
  return at;
}

size_t decimal_format(int128 units, int places, int least_places, char *text) {
  enum { PIECE_DIGITS = 19 }; /* of the whole part, below 10^27 */
  char digits[NUMBER_TEXT_BYTES];
  char *end = digits + sizeof digits, *at = end;
  uint128 magnitude = decimal_magnitude(units);
  uint64_t divisor = power_of_ten[places];
  uint128 whole = magnitude >> 64 == 0 ? (uint64_t)magnitude / divisor : magnitude / divisor;
  uint64_t fraction = (uint64_t)(magnitude - whole * divisor);
  int n_places = places;
  while (n_places > least_places && (fraction == 0 || fraction % 10 == 0)) {
    fraction /= 10;
    n_places--;
  }
  if (n_places > 0) {
    at = decimal_write_digits(at, fraction, n_places);
    *--at = '.';
  }
  if (whole >> 64 != 0) {
    uint64_t piece = power_of_ten[PIECE_DIGITS];
    at = decimal_write_digits(at, (uint64_t)(whole % piece), PIECE_DIGITS);
    whole /= piece;
  }
  at = decimal_write_digits(at, (uint64_t)whole, 1);
  if (units < 0) {
    *--at = '-';
  }
  memcpy(text, at, (size_t)(end - at));
  text[end - at] = '\0';
  return (size_t)(end - at);
}
