/* SPDX-License-Identifier: MIT
 *
 * What a book's instruments are worth: at the base market, and in a scenario.
 */
#ifndef DATA_PRICES_H
#define DATA_PRICES_H

#include "data/book.h"

/* Which way an instrument is priced: X(ENUM, name) */
#define PRICERS_OF_BOOKS(X)                                                                                  \
  X(PRICER_LINEAR, "linear") X(PRICER_BLACK, "black") X(PRICER_BACHELIER, "bachelier")                        \
  X(PRICER_AMERICAN, "boundary") /* of exercise */                                                            \
  X(PRICER_DIFFERENCES, "differences") /* finite, of a spot that drops by cash dividends */                    \
  X(PRICER_LATTICE, "lattice") /* American, where the model asks for it */                                   \
  X(PRICER_TWO_BOUNDARIES, "two boundaries") /* American, the put's yield below its negative rate */
#define PRICERS_ENUM(key, text) key,
typedef enum pricer { PRICERS_OF_BOOKS(PRICERS_ENUM) N_PRICERS } pricer;
#undef PRICERS_ENUM
const char *pricer_text(pricer by);

typedef struct instrument_price { /* of one unit, in the currency paid; NaN where there is none */
  double value;
  double vol;    /* annual, given or implied; living options only */
  double delta;  /* per unit of its own forward */
  double vega;   /* per unit of vol; 0 for what is no option */
  const char *status; /* "ok", "expired", or why its price gives no vol */
  pricer method;
} instrument_price;

typedef struct scenario_price {
  uint32_t instrument; /* c */
  const char *block;
  uint32_t scenario;   /* as the model counts */
  double value;        /* of one unit, in the currency paid */
  double pnl;          /* of one contract held long, with the block's weight and rounding, in the currency paid */
} scenario_price;

#endif
