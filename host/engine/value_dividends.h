/* SPDX-License-Identifier: MIT
 *
 * Options whose underlying pays cash dividends before they expire: which they are, and their carry.
 */
#ifndef ENGINE_VALUE_DIVIDENDS_H
#define ENGINE_VALUE_DIVIDENDS_H

#include "data/book.h"

#include <stdbool.h>

/* Dividends of the option's spot after as_of and not after expiry: first, first + 1, ... of book.dividends. None for an option
 * on a future, and for what is no option. */
uint32_t dividends_before(const book *of, uint32_t c, uint32_t *first);

/* The growth rate of the spot between dividends at which spot and dividends make the option's forward:
 * forward = spot e^(carry years) - sum of amount e^(carry (years - years to its ex-date)). 0 for an option on a future, and
 * without time. */
double dividends_carry(const book *of, uint32_t c);

#endif
