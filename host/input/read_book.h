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

/* Both 0: chosen. The number of threads that read long files changes nothing but the time. */
typedef struct book_read_options {
  uint32_t n_threads;
  uint64_t memory_bytes; /* bound on the bytes of all files, decompressed; 64 MiB is the least, 8 GiB the most */
} book_read_options;

sg_status book_read_with(const char *folder, book_read_options options, book **read, sg_error *error);

/* book_read of texts instead of files, by the names that they would have in a folder. The book copies what it needs. */
sg_status book_read_texts(const sg_named_text *files, size_t n_files, book **read, sg_error *error);

/* The text of `shockgrid help formats`. Never freed. */
const char *book_formats(void);

#endif
