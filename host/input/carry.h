/* SPDX-License-Identifier: MIT
 *
 * Interest between the book's instant and an expiry: rates from curves, forwards from carry.
 */
#ifndef INPUT_CARRY_H
#define INPUT_CARRY_H

#include "input/reader.h"

/* Who first needs the missing curve of a currency. */
typedef struct curve_need {
  uint64_t line;     /* of instruments.csv; 0: nobody */
  uint32_t instrument;
  const char *what;  /* "forward", "discount" */
} curve_need;

typedef struct carry_curves {
  book_reader *reader;
  size_t *first_point; /* [currency in order of appearance]: its points are first_point[y]..first_point[y + 1] */
  size_t *first_dividend; /* [u], likewise */
  curve_need *missing; /* [currency] */
} carry_curves;

bool carry_open(carry_curves *opened, book_reader *reader); /* false when out of memory; carry_close either way */
void carry_close(carry_curves *closed);

/* Zero rate of a currency, continuously compounded: linear between tenors, flat outside; 0 for years 0, and without a
 * curve under `rates: zero`. NaN without a curve otherwise: noted as needed by instrument c for `what`. */
double carry_rate(carry_curves *carry, uint32_t currency, double years, uint32_t c, const char *what);

/* exp(-rate * years). */
double carry_discount(carry_curves *carry, uint32_t currency, double years, uint32_t c);

/* (price - present value of dividends that go ex in (as_of, expiry]) * growth, growth = exp((rate - yield) * years). */
double carry_forward(carry_curves *carry, uint32_t u, int64_t expiry_s, uint32_t c, double *growth);

/* A finding for each currency whose curve is missing and needed. */
void carry_report(const carry_curves *carry);

#endif
