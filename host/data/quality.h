/* SPDX-License-Identifier: MIT
 *
 * What may be wrong with a book that reads well, and what a model does about it. One list of kinds, expanded in the
 * enum, the model's `quality:` section, `check`, help and tests.
 */
#ifndef DATA_QUALITY_H
#define DATA_QUALITY_H

#include "data/book.h"

/* A limit is one number per kind: a value beyond it is a finding. `substitute`: what takes the place of the value where
 * a model asks for that; QUALITY_NONE: nothing can.
 * X(ENUM, "name", severity, substitute, limit: default, lowest, highest, "unit"; "what is found") */
#define QUALITY_KINDS(X)                                                                                              \
  X(MARK_BOUNDS, "mark_bounds", ERROR, MARK, 1e-4, 0, 1, "of the larger of forward and strike",                       \
    "an option's price lies outside its no-arbitrage bounds")                                                         \
  X(MARK_ZERO, "mark_zero", WARNING, MARK, 1e-6, 0, 1, "of the larger of forward and strike",                         \
    "a price is zero where the vol says that it is worth more")                                                       \
  X(NO_VOL, "no_vol", WARNING, NONE, 0, 0, 0, "",                                                                     \
    "an option has a price, but no vol gives it; a run refuses it where it is held")                                  \
  X(MARK_MISSING, "mark_missing", NOTE, NONE, 0, 0, 0, "",                                                            \
    "a future, forward or perpetual is held that has no price of its own")                                            \
  X(MARK_MODEL, "mark_model", WARNING, VOL, 0.01, 0, 10, "of the larger of forward and strike",                       \
    "an option's price and its vol disagree")                                                                         \
  X(PARITY, "parity", WARNING, VOL, 0.01, 0, 10, "of the larger of forward and strike",                               \
    "call and put of one strike and expiry break parity")                                                             \
  X(VOL_LOW, "vol_low", WARNING, VOL, 0.01, 0, 1, "annual vol", "a vol is zero or tiny")                               \
  X(VOL_HIGH, "vol_high", WARNING, VOL, 5, 0, 100, "annual vol", "a vol is huge")                                      \
  X(VOL_STRIKE, "vol_strike", WARNING, VOL, 0.25, 0, 100, "fraction of vol",                                           \
    "a vol jumps against the neighbouring strikes")                                                                   \
  X(VOL_EXPIRY, "vol_expiry", WARNING, VOL, 0.5, 0, 100, "fraction of vol",                                            \
    "a vol jumps against the neighbouring expiries at equal standardised moneyness")                                  \
  X(CALENDAR, "calendar", WARNING, VOL, 0.05, 0, 1, "fraction of variance",                                           \
    "total variance at equal moneyness falls from one expiry to the next")                                            \
  X(STRIKE_SLOPE, "strike_slope", WARNING, VOL, 1e-3, 0, 1, "of the larger of forward and strike",                    \
    "call prices rise with the strike, or fall faster than it rises")                                                 \
  X(BUTTERFLY, "butterfly", WARNING, VOL, 2e-3, 0, 1, "of the larger of forward and strike",                          \
    "call prices are not convex in the strike")                                                                       \
  X(FORWARD_PARITY, "forward_parity", WARNING, FORWARD, 0.01, 0, 1, "fraction of forward",                            \
    "a forward is not the one that the prices of calls and puts imply")                                               \
  X(FORWARD_CARRY, "forward_carry", WARNING, NONE, 0.5, 0, 100, "per year, over at least a month",                    \
    "a forward lies far from the price")                                                                              \
  X(FUTURE_FORWARD, "future_forward", WARNING, FORWARD, 0.01, 0, 1, "fraction of forward",                            \
    "a future's price is not the forward of its expiry")                                                              \
  X(PERPETUAL_BASIS, "perpetual_basis", WARNING, FORWARD, 0.05, 0, 1, "fraction of price",                            \
    "a perpetual's price lies far from its underlying's")                                                             \
  X(DISCOUNT_RATE, "discount_rate", WARNING, NONE, 0.25, 0, 100, "per year",                                          \
    "a discount factor implies a huge rate")                                                                          \
  X(UNDERLYING_PRICE, "underlying_price", WARNING, NONE, 0, 0, 0, "", "an underlying's price is zero")                 \
  X(FX_TRIANGLE, "fx_triangle", ERROR, NONE, 0.01, 0, 1, "fraction of price",                                         \
    "an underlying's price is not the cross of the rates in fx.csv")                                                  \
  X(ASSET_PRICE, "asset_price", NOTE, NONE, 0.5, 0, 100, "fraction of price",                                         \
    "an asset's price lies far from its underlying's")                                                                \
  X(QUOTE_CROSSED, "quote_crossed", WARNING, NONE, 0, 0, 1, "fraction of ask", "x_bid is above x_ask")                 \
  X(QUOTE_OUTSIDE, "quote_outside", WARNING, NONE, 0, 0, 1, "fraction of the quote",                                  \
    "a price lies outside x_bid and x_ask")                                                                           \
  X(STALE_DATE, "stale_date", WARNING, NONE, 24, 0, 1e6, "hours", "x_as_of lies long before the book, or after it")    \
  X(STALE_MARK, "stale_mark", WARNING, NONE, 0.005, 0, 1, "fraction of price",                                        \
    "a mark equals that of the previous book though its underlying moved")                                            \
  X(STALE_PRICE, "stale_price", WARNING, NONE, 24, 0, 1e6, "hours",                                                   \
    "an underlying's price equals that of a previous book this much older")                                           \
  X(MOVE_PRICE, "move_price", WARNING, NONE, 0.2, 0, 100, "fraction of price, for models without a range",            \
    "an underlying moved beyond the model's own range since the previous book")                                       \
  X(MOVE_VOL, "move_vol", WARNING, VOL, 0.5, 0, 100, "fraction of vol",                                                \
    "a vol moved far since the previous book")                                                                        \
  X(MOVE_FX, "move_fx", WARNING, NONE, 0.1, 0, 100, "fraction of rate",                                               \
    "an exchange rate moved far since the previous book")                                                             \
  X(EXPIRED, "expired", WARNING, NONE, 0, 0, 0, "", "an instrument is held that has expired")                          \
  X(EXPIRY_FAR, "expiry_far", NOTE, NONE, 30, 0, 1000, "years", "an expiry is far away")                               \
  X(STRIKE_FAR, "strike_far", NOTE, NONE, 3, 0, 100, "|ln(strike / forward)|", "a strike is far from its forward")     \
  X(DUPLICATE, "duplicate", WARNING, NONE, 0, 0, 0, "", "two instruments have the same terms")                         \
  X(MULTIPLIER, "multiplier", NOTE, NONE, 100, 1, 1e9, "times",                                                        \
    "a multiplier is far from the usual one of its underlying and type")                                              \
  X(OPEN_INTEREST, "open_interest", NOTE, NONE, 0, 0, 1, "fraction of the longer side",                               \
    "longs do not equal shorts in a listed series, in a book where they do in most")                                   \
  X(POSITION_SIZE, "position_size", WARNING, NONE, 1, 0, 1e6, "times x_open_interest",                                \
    "an account holds more than is open")

#define QUALITY_SEVERITIES(X) X(NOTE, "note") X(WARNING, "warning") X(ERROR, "error")
/* From the mildest: what a model does about the accounts that a finding touches. */
#define QUALITY_ACTIONS(X)                                                              \
  X(REPORT, "report", "the finding stands in the report")                               \
  X(SUBSTITUTE, "substitute", "the larger of what the stated and the substituted value require") \
  X(ISOLATE, "isolate", "the accounts touched, and those that add them up, are not computed")    \
  X(REFUSE, "refuse", "the run ends")

#define QUALITY_KIND_ENUM(name, text, ...) QUALITY_##name,
#define QUALITY_WORD_ENUM(name, ...) QUALITY_##name,
typedef enum quality_kind { QUALITY_KINDS(QUALITY_KIND_ENUM) N_QUALITY_KINDS } quality_kind;
typedef enum quality_severity { QUALITY_SEVERITIES(QUALITY_WORD_ENUM) N_QUALITY_SEVERITIES } quality_severity;
typedef enum quality_action { QUALITY_ACTIONS(QUALITY_WORD_ENUM) N_QUALITY_ACTIONS } quality_action;
#undef QUALITY_KIND_ENUM
#undef QUALITY_WORD_ENUM
typedef enum quality_value { QUALITY_NONE, QUALITY_MARK, QUALITY_VOL, QUALITY_FORWARD } quality_value;

typedef struct quality_kind_facts {
  const char *name;
  quality_severity severity;
  quality_value substitute;
  double limit, limit_low, limit_high;
  const char *unit; /* "" where the kind has no limit */
  const char *meaning;
} quality_kind_facts;
const quality_kind_facts *quality_kind_get(quality_kind kind);
bool quality_kind_find(const char *name, quality_kind *kind);
const char *quality_severity_text(quality_severity value);
const char *quality_action_text(quality_action value);
const char *quality_kinds_text(void); /* the list for `help quality`; never freed */

/* A model's section; every kind is reported at its own limit where the model says nothing. */
typedef struct quality_rules {
  quality_action action[N_QUALITY_KINDS];
  double limit[N_QUALITY_KINDS];
} quality_rules;
void quality_rules_default(quality_rules *made);

typedef enum quality_table {
  QUALITY_OF_UNDERLYING, QUALITY_OF_FORWARD, QUALITY_OF_INSTRUMENT, QUALITY_OF_CURRENCY, QUALITY_OF_ASSET
} quality_table;

typedef struct quality_substitute {
  quality_value what; /* QUALITY_NONE: none */
  uint32_t row;       /* c; f for a forward */
  double value;
  const char *text;   /* "vol 0.402742", "" for none */
} quality_substitute;

typedef struct quality_finding {
  quality_kind kind;
  quality_action action;
  quality_table table;
  uint32_t row;           /* of the table */
  uint32_t also;          /* a second c that it touches, or ID_NONE */
  double value, low, high; /* what was found and what was expected: from low to high; NaN, -inf, inf where open */
  quality_substitute substitutes[2];
  uint64_t n_touched;     /* positions, posted assets and accounts of a run that it touches; 0 for `check` */
  const char *file;       /* as findings name it */
  uint64_t line;          /* 0: not known */
  const char *id;         /* of the row */
  const char *message;
} quality_finding;

typedef struct quality_report { /* sorted by severity, gravest first, then file order, line and kind */
  size_t n;
  quality_finding *findings;
  uint32_t n_same_underlyings, n_same_instruments; /* that the previous book has too */
} quality_report;

#endif
