/* SPDX-License-Identifier: MIT
 *
 * Rows of Deribit's book summaries, between reading and writing.
 */
#ifndef INPUT_IMPORT_DERIBIT_H
#define INPUT_IMPORT_DERIBIT_H

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/ids.h"
#include "input/import_book.h"
#include "input/import_rows.h"
#include "input/make_accounts.h"

#include <stdio.h>

/* Why a row is not in the book. X(ENUM, "sentence") */
#define DERIBIT_REASONS(X)                                                                           \
  X(DERIBIT_KEPT, "")                                                                                \
  X(DERIBIT_NAME, "the name is none of COIN-DDMMMYY-STRIKE-C|P, COIN-DDMMMYY, COIN-PERPETUAL")       \
  X(DERIBIT_LINEAR, "not settled in the coin")                                                       \
  X(DERIBIT_EXPIRED, "expired at the time of the data")                                              \
  X(DERIBIT_NO_FORWARD, "an option whose expiry has neither underlying_price nor a future's price")  \
  X(DERIBIT_NO_BID, "an option without mark_iv and bid_price")                                       \
  X(DERIBIT_NO_ASK, "an option without mark_iv and ask_price")                                       \
  X(DERIBIT_BELOW, "an option without mark_iv whose mid is at most its intrinsic value on the forward")  \
  X(DERIBIT_ABOVE, "an option without mark_iv whose mid is at least its largest value")              \
  X(DERIBIT_NO_PRICE, "a future without mark_price, mid_price, or bid_price and ask_price")

#define DERIBIT_ENUM(name, text) name,
typedef enum deribit_reason { DERIBIT_REASONS(DERIBIT_ENUM) N_DERIBIT_REASONS } deribit_reason;
#undef DERIBIT_ENUM

typedef enum deribit_kind { DERIBIT_OPTION, DERIBIT_FUTURE, DERIBIT_PERPETUAL } deribit_kind;

/* Numbers that a row does not give are NaN; prices of 0 count as not given. */
typedef struct deribit_row {
  const char *file;
  uint64_t line;           /* 0: the format gives none */
  const char *name;
  deribit_kind kind;
  deribit_reason left_out;
  uint32_t coin;           /* index into deribit_data.coins */
  int64_t expiry_s;        /* 0: perpetual */
  double strike;
  const char *strike_text; /* options */
  bool is_call;
  double bid, ask; /* in coin for an option, else in the quote currency */
  double mark, mid, mark_iv_percent, underlying_price, index, open_interest;
  int64_t created_ms;      /* 0: not given */
} deribit_row;

typedef struct deribit_data {
  arena *memory;
  ids *names, *coins;
  ARRAY(deribit_row) rows;
  ARRAY(size_t) first_row; /* [name] where the name was first seen */
} deribit_data;

import_rows deribit_rows(const deribit_data *data);

/* Adds the rows of one file; every bad row is a finding. */
sg_status deribit_read(deribit_data *data, const char *path, sg_error *error);

/* Price of a future: its mark, else its mid; NaN when it has neither. */
static inline double deribit_future_price(const deribit_row *row) {
  return row->mark == row->mark ? row->mark : row->mid;
}

/* Price of an option in coin: its mark, else for one without a vol the middle of its quotes; NaN when it has none. */
static inline double deribit_option_price(const deribit_row *row) {
  bool has_vol = row->mark_iv_percent == row->mark_iv_percent;
  return has_vol ? row->mark : import_mid(row->bid, row->ask);
}

/* What the market data of one coin comes to. */
typedef struct deribit_expiry {
  int64_t expiry_s;
  double forward;           /* NaN: none */
  double lowest, highest;   /* of the rows' underlying_price */
  size_t n_quotes;          /* 0: from the future */
} deribit_expiry;

typedef struct deribit_coin {
  const char *name;
  double index, lowest_index, highest_index;
  size_t n_index_quotes; /* 0: the perpetual's mid or mark */
  size_t n_rows[3], n_kept[3]; /* [deribit_kind] */
  size_t n_expiries;
  deribit_expiry *expiries; /* ascending */
} deribit_coin;

typedef struct deribit_market {
  int64_t as_of_s;
  int64_t earliest_ms, latest_ms;
  deribit_coin *coins; /* [coin] */
} deribit_market;

/* Index, forwards and time; marks the rows that cannot be in the book. Memory from data->memory. */
sg_status deribit_derive(deribit_data *data, deribit_market *market, sg_error *error);

/* NULL when the coin has no such expiry. */
const deribit_expiry *deribit_find_expiry(const deribit_coin *coin, int64_t expiry_s);

/* What was found, derived and left out; *report is malloc'd. made->n_accounts may be 0. */
sg_status deribit_report(const deribit_data *data, const deribit_market *market, size_t n_files, uint64_t seed,
                         const made_accounts *made, char **report, sg_error *error);

#endif
