/* SPDX-License-Identifier: MIT
 *
 * Chains of listed US options, between reading and writing: what the formats share. A format fills chain_data from its
 * files; chain_write derives the market and makes the book.
 */
#ifndef INPUT_IMPORT_CHAIN_H
#define INPUT_IMPORT_CHAIN_H

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/ids.h"
#include "input/import_book.h"
#include "input/import_rows.h"
#include "input/make_accounts.h"

#include <stdio.h>

/* Why a row is not in the book. X(ENUM, "sentence") */
#define CHAIN_REASONS(X)                                                                                   \
  X(CHAIN_KEPT, "")                                                                                        \
  X(CHAIN_NAME, "the symbol is not a root, YYMMDD, C or P, and the strike in thousandths")                 \
  X(CHAIN_EXPIRED, "expired at the time of the data")                                                      \
  X(CHAIN_NO_PRICE, "without a price and a vol")                                                           \
  X(CHAIN_NO_BID, "without a bid")                                                                         \
  X(CHAIN_NO_ASK, "without an ask")                                                                        \
  X(CHAIN_FEW_PAIRS, "fewer strikes near the money with two quotes for call and put than parity needs")    \
  X(CHAIN_DISCOUNT, "the discount factor that parity gives for the expiry is not in (0, 1.05]")            \
  X(CHAIN_CARRY, "the forward or discount factor of the expiry is out of step with the spot or the expiry before") \
  X(CHAIN_BELOW, "the price is at most the intrinsic value")                                               \
  X(CHAIN_ABOVE, "the price is at least the largest value that an option can have")

#define CHAIN_ENUM(name, text) name,
typedef enum chain_reason { CHAIN_REASONS(CHAIN_ENUM) N_CHAIN_REASONS } chain_reason;
#undef CHAIN_ENUM

/* Numbers that a row does not give are NaN; a bid or ask of 0 counts as not given. Per share or index point. */
typedef struct chain_row {
  const char *name; /* the OCC symbol without spaces */
  uint32_t underlying;
  chain_reason left_out;
  int64_t day_s;    /* midnight UTC of the expiry's date in New York */
  int64_t expiry_s; /* the instant, by chain_set_expiries */
  bool is_call, is_morning; /* settled on the opening prices: known from the symbol */
  double strike, bid, ask;
  double price;     /* the middle of bid and ask, or the format's own */
  double vol, open_interest;
} chain_row;

/* Forward and discount factor of one expiry from put-call parity. Residuals are absolute: of C - P - D (F - K), in
 * currency, and as multiples of the pair's half width (the mean of the bid-ask widths of call and put). */
typedef struct chain_expiry {
  uint32_t underlying;
  int64_t expiry_s;
  chain_reason refused; /* CHAIN_KEPT: usable */
  double forward, discount_factor;
  size_t n_pairs, n_within; /* used; of these with a residual of at most the half width */
  double residual_median, residual_largest, width_median, width_largest;
} chain_expiry;

typedef struct chain_underlying {
  const char *name, *kind;
  bool american;
  double price;
  size_t n_rows, n_kept;
} chain_underlying;

typedef struct chain_data {
  const char *format, *title; /* "yahoo", "Yahoo option chain" */
  const char *price_text;     /* what the price of a kept option is, for the report */
  const char *own_price_text; /* the same where the source's vols are left out; NULL: it has none */
  arena *memory;
  ids *names, *underlying_names;
  size_t n_unnamed;           /* index options whose settlement the date alone tells */
  int64_t as_of_s;            /* 0: not yet known */
  const char *as_of_file;
  ARRAY(chain_underlying) underlyings; /* [underlying_names] */
  ARRAY(chain_row) rows;
  const char *rate;           /* given, as text; NULL: none */
  size_t n_dividends, n_other_dividends; /* given: written; of other shares or past days */
  ARRAY(chain_expiry) expiries; /* of European options; by underlying, then ascending */
} chain_data;

import_rows chain_rows(const chain_data *data);

sg_status chain_open(chain_data *data, sg_error *error);
void chain_close(chain_data *data);

/* An index that US options are listed on, found by the root of its options; NULL: none that is known. */
typedef struct chain_root {
  const char *root, *underlying, *kind;
  bool american, is_morning;
} chain_root;
const chain_root *chain_find_root(const char *root, size_t length);

/* The time of a file's prices. Files more than an hour apart are refused. */
sg_status chain_set_time(chain_data *data, const char *file, int64_t as_of_s, sg_error *error);

/* Adds an underlying with its price: an index by one of its roots, else a share. A second file may not repeat one.
 *   index   its index in data->underlyings */
sg_status chain_add_underlying(chain_data *data, const char *file, const char *root, double price, uint32_t *index,
                               sg_error *error);

/* Adds a row; refuses a name that is already there. row->name is copied. */
sg_status chain_add_row(chain_data *data, place where, const chain_row *row, sg_error *error);

/* ROOT, YYMMDD, C or P, strike x 1000 in 8 digits, as in "SPXW230914C01200000". */
typedef struct chain_symbol {
  size_t root_length;
  int64_t day_s;
  bool is_call;
  double strike;
} chain_symbol;
bool chain_parse_symbol(const char *text, size_t length, chain_symbol *symbol);
void chain_format_symbol(const char *root, int64_t day_s, bool is_call, double strike, char text[static 64]);

/* ---- New York (import_chain_time.c) ------------------------------------------------------------ */

enum { CHAIN_OPEN = 9 * 3600 + 1800, CHAIN_CLOSE = 16 * 3600 };

/* A local second of a New York day as an instant, by the rule of the Energy Policy Act of 2005: summer time from the
 * second Sunday of March to the first Sunday of November, from 2007 on; before that from April's first Sunday to
 * October's last (Public Law 99-359). Seconds between 02:00 and 03:00 of a day of change are not asked for. */
int64_t chain_new_york(int64_t day_s, int64_t second_of_day);
bool chain_is_third_friday(int64_t day_s);

/* Sets expiry_s of every row, and leaves out what has expired. A date on a weekend (as until February 2015) means the
 * close of the Friday before it. */
void chain_set_expiries(chain_data *data);

/* ---- parity (import_chain_parity.c) ------------------------------------------------------------ */

/* Fits every expiry of European options and leaves out the rows of those that fail. */
sg_status chain_fit_parity(chain_data *data, sg_error *error);

/* ---- what the chain does not tell (import_chain_dividends.c) ------------------------------------ */

/* Writes dividends.csv from options->dividends, those of the chains' shares from the day after the data on; rates.csv from
 * options->rate. */
sg_status chain_write_given(chain_data *data, const sg_import_options *options, import_book *book, sg_error *error);

/* NULL when there is none. */
const chain_expiry *chain_find_expiry(const chain_data *data, uint32_t underlying, int64_t expiry_s);

/* ---- the book (import_chain.c) and its report (import_chain_report.c) --------------------------- */

/* Derives the market of data, writes the book, and gives the report. */
sg_status chain_write(chain_data *data, size_t n_files, const sg_import_options *options, const char *folder,
                      char **report, sg_error *error);

sg_status chain_report(const chain_data *data, size_t n_files, uint64_t seed, const made_accounts *made, char **report,
                       sg_error *error);

#endif
