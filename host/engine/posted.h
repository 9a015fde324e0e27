/* SPDX-License-Identifier: MIT
 *
 * Collateral that moves with its underlying stands among an account's positions.
 */
#ifndef ENGINE_POSTED_H
#define ENGINE_POSTED_H

#include "data/book.h"
#include "rules/model.h"

/* The book as the model sees it: with an instrument of type ASSET, after all others, for each asset that the model's
 * `collateral: {moves: ...}` lets move, and a position for what is posted of it. The same book where nothing moves. New
 * tables live in `memory`; everything else is the given book's. */
sg_status posted_book(const book *of, const model *under, arena *memory, const book **seen, sg_error *error);

#endif
