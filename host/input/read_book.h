/* SPDX-License-Identifier: MIT
 *
 * A folder of files to a book.
 */
#ifndef INPUT_READ_BOOK_H
#define INPUT_READ_BOOK_H

#include "base/error.h"
#include "data/book.h"

/* Reads and checks a whole book, reports every finding of every file in order of file, line and column, and gives a
 * book only when there is none. Release it with book_close. */
sg_status book_read(const char *folder, book **read, sg_error *error);

/* The same with the number of threads that read long files; 0: as many as pay. They change nothing but the time. */
sg_status book_read_with(const char *folder, uint32_t n_threads, book **read, sg_error *error);

/* book_read of texts instead of files, by the names that they would have in a folder. The book copies what it needs. */
sg_status book_read_texts(const sg_named_text *files, size_t n_files, book **read, sg_error *error);

/* The text of `shockgrid help formats`. Never freed. */
const char *book_formats(void);

#endif
