/* SPDX-License-Identifier: MIT
 *
 * Portfolios: what is margined together. An account's positions with those of the accounts that net into it, added
 * exactly where they are in the same instrument; its longs and its shorts apart where its sides are gross; or, for the
 * standalone figure, each position alone.
 */
#ifndef ENGINE_PORTFOLIOS_H
#define ENGINE_PORTFOLIOS_H

#include "data/book.h"

typedef enum portfolio_side { SIDES_NETTED, SIDE_OF_LONGS, SIDE_OF_SHORTS } portfolio_side;

typedef struct portfolios {
  const book *of;        /* borrowed */
  uint32_t n;
  uint32_t *account;     /* [portfolio] margin account */
  portfolio_side *side;  /* [portfolio] */
  size_t *begin;         /* [portfolio + 1] into the positions */
  size_t n_positions;
  uint32_t *instrument;  /* [i] c, rising within a portfolio */
  uint32_t *row;         /* [i] of the P&L matrix; NULL: portfolios_find_rows has not been here */
  double *quantity;      /* [i] contracts, nearest to the exact sum; sums that are zero are left out */
  bool standalone;       /* each position alone: account inputs take their defaults */
} portfolios;

/* wanted[a] selects margin accounts; NULL: all. Portfolios are in account order, longs before shorts. */
sg_status portfolios_make(const book *of, const bool *wanted, portfolios *made, sg_error *error);

/* Empty, with room for so many. */
sg_status portfolios_open(const book *of, size_t n_portfolios, size_t n_positions, portfolios *made, sg_error *error);
/* row_of[c], once for all batches: a batch would look them up while the device uses the memory. */
sg_status portfolios_find_rows(portfolios *of, const uint32_t *row_of, sg_error *error);
void portfolios_close(portfolios *made); /* accepts one that was never made */

#endif
