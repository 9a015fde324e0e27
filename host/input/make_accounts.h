/* SPDX-License-Identifier: MIT
 *
 * Accounts made from the open interest of listed series, for trying things out on the shapes of a real book. The same
 * seed gives the same bytes everywhere: integers and + - * / only.
 */
#ifndef INPUT_MAKE_ACCOUNTS_H
#define INPUT_MAKE_ACCOUNTS_H

#include "base/error.h"
#include "base/number.h"

enum { OPEN_INTEREST_UNKNOWN = -1 };

typedef struct account_series {
  uint32_t underlying;  /* any number; equal for series that hedge each other */
  bool is_option;       /* else a future or perpetual */
  bool is_call;         /* options */
  int64_t expiry_s;     /* 0: none */
  double strike;        /* options */
  double delta;         /* underlying units for a quantity of 1, rough: it only shapes hedges */
  int64_t open_steps;   /* open interest in steps, or OPEN_INTEREST_UNKNOWN (not for options) */
  decimal18 step;       /* smallest quantity that trades */
} account_series;

typedef struct made_position {
  uint32_t account; /* 0 .. n_accounts - 1; the first n_market_makers are market makers */
  uint32_t series;
  int64_t steps;    /* signed, not 0 */
} made_position;

typedef struct made_accounts {
  uint32_t n_accounts, n_market_makers;
  size_t n_positions;
  made_position *positions; /* by account, then by series; no pair twice */
} made_accounts;

/*
 * Sizes are Pareto with exponent 1: the account of rank i holds about n_accounts / i series. Customers hold outrights,
 * verticals, butterflies, straddles, calendars, covered and hedged options and futures spreads; market makers take the
 * rest of each option's open interest and hedge their delta. In every series longs equal shorts; in an option they
 * equal the open interest, in a future they are at most that.
 *
 *   n_accounts   at least 2
 */
sg_status make_accounts(const account_series *series, uint32_t n_series, uint32_t n_accounts, uint64_t seed,
                        made_accounts *made, sg_error *error);
void made_accounts_close(made_accounts *made); /* accepts a zeroed one */

#endif
