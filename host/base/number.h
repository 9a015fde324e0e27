/* SPDX-License-Identifier: MIT
 *
 * Text and numbers, exact and independent of the locale.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/* Longest text that number_format and decimal18_format write, with the NUL. */
enum { NUMBER_TEXT_BYTES = 64 };

/* Plain decimal (`-1.5`, `2e-4`, no spaces, hex, nan, inf, separators, leading '+') to the nearest double.
 * Subnormals are accepted; a magnitude that overflows is refused.
 *   returns NULL, or why it was refused, to complete `value "1O0" ...`:
 *           "is not a number", "is too large for a double" */
const char *number_parse(const char *text, size_t length, double *value);

/* Shortest decimal that number_parse reads back to the same double. -0 prints as "0". `text` has
 * NUMBER_TEXT_BYTES. Returns the length. */
size_t number_format(double value, char *text);

/* A quantity: an exact count of 1e-18. */
typedef struct decimal18 {
  int128 units;
} decimal18;

/* Like number_parse, but exact: "has more than 18 decimals", "is too large" (|x| >= 1e20) are further refusals. */
const char *decimal18_parse(const char *text, size_t length, decimal18 *value);
bool decimal18_add(decimal18 *sum, decimal18 addend); /* false on overflow; *sum is then unchanged */
double decimal18_to_double(decimal18 value);          /* nearest */
size_t decimal18_format(decimal18 value, char *text); /* exact, no exponent, no trailing zeros */

#endif
