/* SPDX-License-Identifier: MIT
 *
 * What a book's instruments are worth: at the base market, and in a scenario.
 */
#ifndef DATA_PRICES_H
#define DATA_PRICES_H

#include "data/book.h"

typedef struct instrument_price { /* of one unit, in the currency paid; NaN where there is none */
  double value;
  double vol;    /* annual, given or implied; living options only */
  double delta;  /* per unit of its own forward */
  double vega;   /* per unit of vol; 0 for what is no option */
  const char *status; /* "ok", "expired", or why its price gives no vol */
} instrument_price;

typedef struct scenario_price {
  uint32_t instrument; /* c */
  const char *block;
  uint32_t scenario;   /* as the model counts */
  double value;        /* of one unit, in the currency paid */
  double pnl;          /* of one contract held long, with the block's weight and rounding, in the currency paid */
} scenario_price;

#endif
