/* SPDX-License-Identifier: MIT
 *
 * Instants in whole seconds since 1970-01-01T00:00:00Z, proleptic Gregorian, no leap seconds.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 3339 with zone: `2026-04-10T08:00:00Z`, `2026-04-10T10:00:00+02:00`; fractions of a second are refused.
 *   date_only   set when the text is a bare `YYYY-MM-DD` (then *instant_s is midnight UTC)
 *   returns     NULL, or why it was refused */
const char *date_parse(const char *text, size_t length, int64_t *instant_s, bool *date_only);

/* `HH:MM:SSZ` or with an offset, as book.yaml's expiry_time; *second_of_day_s is UTC and may be outside 0..86399. */
const char *date_parse_time(const char *text, size_t length, int64_t *second_of_day_s);

int64_t date_make(int year, int month, int day); /* midnight UTC */
void date_format(int64_t instant_s, char text[static 24]); /* YYYY-MM-DDTHH:MM:SSZ */

#endif
