/* SPDX-License-Identifier: MIT
 *
 * One book's accounts and positions in another book's market.
 */
#ifndef ENGINE_BOOK_VIEW_H
#define ENGINE_BOOK_VIEW_H

#include "base/error.h"
#include "data/book.h"

typedef struct book_view {
  const book *positions; /* accounts, positions and collateral */
  const book *market;    /* instruments, assets, prices, rates */
  const book *scenarios; /* scenario files */
  const book *known;     /* only positions and collateral in what this book has too; NULL: no such limit */
} book_view;

/* A book that borrows from those of the view: close it first. Positions and collateral in what the market lacks are
 * left out. An account in a currency that the market's book does not know is a finding. */
sg_status book_view_make(const book_view *of, book **made, sg_error *error);

/* c of an id; ID_NONE: the book has no such instrument. */
uint32_t book_find_instrument(const book *in, const char *id);

#endif
