/* SPDX-License-Identifier: MIT
 *
 * What the checks share: the book seen as smiles, who holds what, and the list that they add to.
 */
#ifndef QUALITY_CHECKER_H
#define QUALITY_CHECKER_H

#include "base/array.h"
#include "quality/price.h"
#include "quality/quality.h"

/* A strike of an expiry; `c` is the option that is out of the money, whose vol the point has. */
typedef struct smile_point {
  double strike, log_moneyness, vol; /* vol NaN: none */
  uint32_t call, put, c;             /* ID_NONE: not listed */
} smile_point;

/* Options that share underlying, kind, forward and expiry, by strike. */
typedef struct smile {
  uint32_t first, n; /* into points */
  uint32_t forward;  /* f */
  uint32_t kind;     /* of options that compare: exercise, settlement, premium and price model */
  double years;
} smile;

typedef struct checker {
  const quality_input *in;
  const book *book;
  const quality_rules *rules;
  arena *memory;
  double *vol;                 /* [c] the book's, or implied by the mark; NaN: none */
  uint32_t *n_holders;         /* [c] positions that are not zero */
  const char *paths[5];        /* [quality_table] */
  uint32_t n_smiles;
  smile *smiles;               /* sorted by underlying, kind and expiry; points by strike */
  smile_point *points;
  double *expected_vol;        /* [c] what the neighbours say, NaN where there are none */
  ARRAY(quality_finding) found;
  uint32_t n_same_underlyings, n_same_instruments; /* that the previous book has too */
  bool out_of_memory;
} checker;

bool smiles_make(checker *with); /* smiles.c; false: out of memory */
const smile *smile_next(const checker *with, const smile *of); /* the next expiry of the same kind, or NULL */
/* y at x by straight lines between the points (x rising); NaN outside and for n 0. */
double interpolate(const double *x, const double *y, uint32_t n, double at);

/* Adds "SUBJECT "ID": WHAT VALUE, expected LOW to HIGH" and what the format says. kind, table, row, value, low, high,
 * also and substitutes are the caller's. */
void checker_add(checker *with, quality_finding found, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A finding about an instrument, ready to be filled. */
quality_finding about_instrument(quality_kind kind, uint32_t c, double value, double low, double high);
quality_finding about(quality_kind kind, quality_table table, uint32_t row, double value, double low, double high);

static inline quality_substitute substitute_by(quality_value what, uint32_t row, double value) {
  return (quality_substitute){.what = what, .row = row, .value = value};
}

/* The number of an x_ column at a row, NaN where there is none. */
const attribute *attribute_find(const attributes *of, const char *name);
double attribute_number(const attribute *of, uint32_t row); /* accepts NULL */

bool is_listed_option(const checker *with, uint32_t c); /* an option with time left */

/* One file each. */
void check_marks(checker *with);
void check_parity(checker *with);
void check_vols(checker *with);
void check_arbitrage(checker *with);
void check_forwards(checker *with);
void check_market(checker *with);
void check_dates(checker *with);
void check_previous(checker *with);
void check_terms(checker *with);
void check_positions(checker *with);

#endif
