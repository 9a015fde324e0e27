/* SPDX-License-Identifier: MIT
 *
 * Decimals with a fixed number of places as 128-bit integers: what quantities (18 places) and money (12) share.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/number.h"

/* digits x 10^-places, at most 18 characters of text, no exponent. */
typedef struct decimal_short {
  bool negative;
  uint64_t digits;
  uint32_t places; /* 0..18 */
} decimal_short;

/* false: not that short or not a number; decimal_scan decides. */
bool decimal_scan_short(const char *text, size_t length, decimal_short *scanned);

/* Exact halfway points between doubles have at most 768 significant digits; of a longer text the rest is
 * represented by one more digit, 1. Exponents are held within +-DECIMAL_EXPONENT_LIMIT. */
enum { DECIMAL_DIGITS_KEPT = 800, DECIMAL_EXPONENT_BYTES = 16, DECIMAL_EXPONENT_LIMIT = 100000000 };

/* digits x 10^exponent, without leading or trailing zeros; n_digits 0 is zero. */
typedef struct decimal_digits {
  bool negative;
  int n_digits;
  int exponent;
  char digits[DECIMAL_DIGITS_KEPT + 1 + DECIMAL_EXPONENT_BYTES]; /* not terminated; room to write an exponent */
} decimal_digits;

/* NULL, or "is not a number". */
const char *decimal_scan(const char *text, size_t length, decimal_digits *scanned);

/* Counts of 10^-places; places is 12 or 18. |units| < 1e38.
 *   returns  NULL, "is not a number", "is too large", "has more than 18 decimals" (12) */
const char *decimal_parse(const char *text, size_t length, int places, int128 *units);

double decimal_to_double(int128 units, int places); /* nearest */

/* Exact, without trailing zeros beyond `least_places` decimals. `text` has NUMBER_TEXT_BYTES. */
size_t decimal_format(int128 units, int places, int least_places, char *text);

/* Writes a value's digits, at least `least` of them, so that they end before `end`. Returns where they begin. */
char *decimal_write_digits(char *end, uint64_t value, int least);

static inline uint128 decimal_magnitude(int128 units) {
  return units < 0 ? -(uint128)units : (uint128)units;
}

#endif
