/* SPDX-License-Identifier: MIT
 *
 * A book's files in memory.
 */
#ifndef INPUT_MEMORY_H
#define INPUT_MEMORY_H

#include "input/folder.h"

/* Refuses names that no book has, and names given twice. */
sg_status memory_check(book_reader *reader);

/* reader_load from the reader's texts. */
sg_status memory_load(book_reader *reader, const char *name, file_text *loaded, const char **path,
                      const char **found_name);

/* folder_list from the reader's texts, in no order. */
sg_status memory_list(book_reader *reader, const char *folder, folder_names *found);

#endif
