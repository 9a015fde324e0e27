/* SPDX-License-Identifier: MIT
 *
 * Money: an exact signed count of 1e-12 currency units. A double becomes money once, rounded half to
 * even; sums, differences and comparisons are exact; a factor is an exact decimal with 12 places and a
 * product is rounded once, half to even. Range: |amount| < 1.7e26 units of currency; everything
 * that could leave it reports overflow instead of wrapping.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include "base/number.h"

typedef struct money {
  int128 units; /* of 1e-12 */
} money;

#define MONEY_ZERO ((money){0})

bool money_from_double(double amount, money *result); /* false: NaN, infinite or out of range */
double money_to_double(money amount);                 /* nearest */
bool money_add(money *sum, money addend);             /* false on overflow; *sum unchanged */
bool money_add_times(money *sum, money addend, uint64_t n); /* adds it n times */
bool money_subtract(money *difference, money subtrahend);

/* amount * factor, where factor is itself a count of 1e-12 (0.8 is 800000000000); 256-bit product. */
bool money_times(money amount, money factor, money *result);

/* To the nearest multiple of `unit` (> 0), half to even. */
bool money_round(money amount, money unit, money *result);

static inline int money_compare(money a, money b) { return (a.units > b.units) - (a.units < b.units); }

/* Exact decimal text without trailing zeros ("-12.5", "0"). `text` has NUMBER_TEXT_BYTES. */
size_t money_format(money amount, char *text);
/* Rounded half to even to `decimals` places and always printed with them, for tables that people read. */
size_t money_format_places(money amount, int decimals, char *text);
const char *money_parse(const char *text, size_t length, money *value); /* as number_parse, exact */

#endif
