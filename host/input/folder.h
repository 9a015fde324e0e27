/* SPDX-License-Identifier: MIT
 *
 * What stands in a book's folders.
 */
#ifndef INPUT_FOLDER_H
#define INPUT_FOLDER_H

#include "input/reader.h"

typedef ARRAY(const char *) folder_names;

/* Names "scenarios/NAME.csv", without .gz or .zst, each once, sorted by bytes; none when there is no such folder. Texts
 * are owned by the book. Free the list with ARRAY_FREE. `folder` is relative to the book; "" is the book itself. */
sg_status folder_list(book_reader *reader, const char *folder, folder_names *found);

#endif
