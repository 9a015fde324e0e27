/* SPDX-License-Identifier: MIT
 *
 * Each file of a book by itself: the first line of the input names it, the rest is what it holds; the others are those of
 * examples/book.
 */
#include "fuzz/mutate.h"
#include "fuzz/sections.h"
#include "input/formats.h"
#include "input/read_book.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static sections base;

static void load_base(void) {
  static char bytes[1 << 16];
  for (int file = 0; file < N_BOOK_FILES; file++) {
    char path[512];
    snprintf(path, sizeof path, SOURCE_DIR "/examples/book/%s", book_files[file].name);
    FILE *stream = fopen(path, "rb");
    if (stream != NULL) {
      size_t n = fread(bytes, 1, sizeof bytes, stream);
      base.files[base.n++] = (sg_named_text){book_files[file].name, section_copy(bytes, n, 0), n};
      fclose(stream);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  if (base.n == 0) {
    load_base();
  }
  const char *text = (const char *)bytes, *line_end = size_bytes == 0 ? NULL : memchr(text, '\n', size_bytes);
  if (line_end == NULL) {
    return 0;
  }
  size_t n_bytes = size_bytes - (size_t)(line_end + 1 - text);
  sg_named_text given = {section_copy(text, (size_t)(line_end - text), 1), section_copy(line_end + 1, n_bytes, 0), n_bytes};
  sg_named_text files[SECTIONS_LIMIT + 1];
  size_t n = 0;
  for (size_t i = 0; i < base.n; i++) {
    if (strcmp(base.files[i].name, given.name) != 0) {
      files[n++] = base.files[i];
    }
  }
  files[n++] = given;
  sg_error *error = sg_error_open();
  book *read = NULL;
  sg_status status = book_read_texts(files, n, &read, error);
  if ((status == SG_OK) != (read != NULL) || (status == SG_OK) != (sg_error_count(error) == 0)) {
    abort();
  }
  book_close(read);
  sg_error_close(error);
  free((char *)given.name);
  free((char *)given.bytes);
  return 0;
}
