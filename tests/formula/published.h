/* SPDX-License-Identifier: MIT
 *
 * Rows of published prices, for reference_*.csv: no field is quoted.
 */
#ifndef FORMULA_PUBLISHED_H
#define FORMULA_PUBLISHED_H

#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct published_row {
  char *text[24];
  double value[24]; /* of the fields that are numbers */
} published_row;

/* Splits a line into n_fields, of which those in `numbers` (bit f for field f) have to be numbers. Rewrites the line. */
static inline void published_split(char *line, int n_fields, unsigned numbers, published_row *row) {
  char *at = line;
  line[strcspn(line, "\n")] = 0;
  for (int f = 0; f < n_fields; f++) {
    assert_non_null(at);
    row->text[f] = at;
    at = strchr(at, ',');
    if (at != NULL) {
      *at++ = 0;
    }
    if (numbers >> f & 1) {
      assert_null(number_parse(row->text[f], strlen(row->text[f]), &row->value[f]));
    }
  }
}

#endif
