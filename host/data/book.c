/* SPDX-License-Identifier: MIT
 *
 * A book's arena owns everything in it, the book itself too.
 */
#include "data/book.h"

void book_close(book *closed) {
  if (closed != NULL) {
    arena_close(closed->memory);
  }
}
