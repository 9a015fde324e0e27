/* SPDX-License-Identifier: MIT
 *
 * A whole book from one input. Whatever the bytes, the reader gives a book, or findings that say why not.
 */
#include "fuzz/mutate.h"
#include "fuzz/sections.h"
#include "input/read_book.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  sections files = sections_open(bytes, size_bytes);
  sg_error *error = sg_error_open();
  book *read = NULL;
  sg_status status = book_read_texts(files.files, files.n, &read, error);
  if ((status == SG_OK) != (read != NULL) || (status == SG_OK) != (sg_error_count(error) == 0)) {
    abort();
  }
  book_close(read);
  sg_error_close(error);
  sections_close(&files);
  return 0;
}
