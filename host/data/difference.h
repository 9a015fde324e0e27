/* SPDX-License-Identifier: MIT
 *
 * Why margins changed between two runs: for each account, the exact change that each cause made. The engine fills it,
 * the report prints it.
 */
#ifndef DATA_DIFFERENCE_H
#define DATA_DIFFERENCE_H

#include "data/result.h"

/* In the order of the steps: each changes one thing of what the step before left. Positions and
 * collateral in what is gone go before the market changes; those in what is new come after the others. X(ENUM, "name", "what it takes
 * from the new run") */
#define CAUSES(X)                                                                                 \
  X(CAUSE_MARKET, "market", "prices, vols, rates and the terms of the instruments")               \
  X(CAUSE_POSITIONS, "positions", "accounts, positions and collateral in what both books have")   \
  X(CAUSE_LISTED, "listed or gone", "positions and collateral in what only one of the books has") \
  X(CAUSE_MODEL, "model", "the model, its parameters and the scenario files it reads")
#define DIFFERENCE_ENUM(name, text, meaning) name,
typedef enum cause { CAUSES(DIFFERENCE_ENUM) N_CAUSES } cause;
#undef DIFFERENCE_ENUM

/* before + all changes = after, to the last digit. */
typedef struct difference_row {
  const char *account, *currency; /* an account that changed its currency has a row for each */
  bool was, is;                   /* margined in the old run, in the new */
  money before[N_MEASURES], after[N_MEASURES];
  money change[N_CAUSES][N_MEASURES];
} difference_row;

/* Ids that only one of the books has, sorted by bytes. */
typedef struct one_sided {
  size_t n_gone, n_new;
  const char **gone, **new;
} one_sided;

typedef struct difference {
  arena *memory;        /* owns everything below; the ids are the books' */
  const result *runs[2]; /* old, new */
  size_t n_rows;
  difference_row *rows; /* sorted by account, then currency */
  difference_row total; /* base currency, as the summaries have it */
  one_sided instruments, assets, accounts;
} difference;

#endif
