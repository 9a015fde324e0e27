/* SPDX-License-Identifier: MIT
 *
 * What the makers of customers and of market makers share: the book in the making, and the random numbers.
 */
#ifndef INPUT_MAKE_ACCOUNTS_DRAW_H
#define INPUT_MAKE_ACCOUNTS_DRAW_H

#include "base/array.h"
#include "input/make_accounts.h"
#include "input/random.h"

enum { NO_SERIES = UINT32_MAX };

typedef struct accounts_draw {
  const account_series *series;
  uint32_t n_series, n_accounts, n_market_makers;
  uint64_t random_state;
  uint32_t n_futures, *futures; /* series that are not options */
  /* [series] options: the next strike up, the next expiry, the other right; NO_SERIES where there is none */
  uint32_t *higher, *later, *mirror;
  uint32_t *hedge;          /* [series] the future of the same expiry, else the perpetual, else any future */
  int64_t *lot_steps;       /* [series] steps of about the same underlying units as one step of an option; options 1 */
  uint64_t *open_up_to;     /* [series] open interest of options up to and including this one, in steps */
  int64_t *long_left, *short_left; /* [series] open interest that nobody holds yet */
  int64_t *customers_net;   /* [series] */
  uint32_t *seen;           /* [series] 1 + the last account that drew it */
  ARRAY(made_position) positions;
} accounts_draw;

/* 0 .. n - 1; n > 0 */
static inline uint64_t draw_below(accounts_draw *draw, uint64_t n) {
  return random_below(&draw->random_state, n);
}

/* Series that the account of this rank (from 1) is to hold: Pareto with exponent 1 by rank. */
static inline uint32_t wanted_series(const accounts_draw *draw, uint32_t rank) {
  uint32_t n = draw->n_accounts / rank;
  return n > draw->n_series ? draw->n_series : n;
}

/* false: out of memory. The caller has checked that left[] allows it; 0 steps add nothing. */
bool draw_add(accounts_draw *draw, uint32_t account, uint32_t series, int64_t steps);

/* Underlying units in one step, rough. */
static inline double draw_step_delta(const account_series *series) {
  return series->delta * decimal18_to_double(series->step);
}

/* To the nearest step, within a range that no open interest reaches. */
int64_t draw_round(double steps);

bool draw_customers(accounts_draw *draw);      /* false: out of memory */
bool draw_market_makers(accounts_draw *draw);  /* the same */

#endif
