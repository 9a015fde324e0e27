/* SPDX-License-Identifier: MIT
 *
 * Prices of all instruments of a book, without accounts.
 */
#ifndef ENGINE_PRICE_BOOK_H
#define ENGINE_PRICE_BOOK_H

#include "data/prices.h"
#include "device/device.h"
#include "rules/model.h"

/* rows[c] at the base market, with the model's discounting; under NULL: the book's. */
sg_status price_book(device *on, const book *of, const model *under, instrument_price *rows, sg_error *error);

/* Takes scenario prices as they are made; only lives during the call. */
typedef void (*scenario_price_visitor)(void *visitor, const scenario_price *price);

/* Every instrument in every scenario, by instrument, block and scenario. An instrument that a block leaves out has no
 * rows of it, an option without a vol none at all.
 *   memory_bytes   bound on one matrix of values; 0: chosen. Fewer bytes take more passes and give the same rows. */
sg_status price_scenarios(device *on, const book *of, const model *under, uint64_t memory_bytes,
                          scenario_price_visitor visit, void *visitor, sg_error *error);

#endif
