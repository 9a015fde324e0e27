/* SPDX-License-Identifier: MIT
 *
 * Options at the book's market, as European ones.
 */
#ifndef QUALITY_PRICE_H
#define QUALITY_PRICE_H

#include "data/book.h"

/* Undiscounted value of one unit in quote currency. */
double option_undiscounted(const book *of, uint32_t c, double vol);

/* Undiscounted quote currency to the currency paid, by the book's discount or, for inverse options, the forward. */
double option_paid(const book *of, uint32_t c, double undiscounted);
double option_unpaid(const book *of, uint32_t c, double paid);

/* The vol of a price in the currency paid; NaN where there is none. */
double option_imply(const book *of, uint32_t c, double price);

/* The larger of forward and strike, by size: the scale of an option's tolerances. */
double option_scale(const book *of, uint32_t c);

#endif
