/* SPDX-License-Identifier: MIT
 *
 * A whole book from one input: a line `--- NAME` begins the file NAME. Whatever the bytes, the reader gives a book, or
 * findings that say why not.
 */
#include "fuzz/scratch.h"
#include "input/read_book.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static const char marker[] = "--- ";
enum { MARKER_BYTES = sizeof marker - 1, NAME_BYTES = 40 };

/* Copies the name of a section; empty when it is not plain letters, dots, underscores and at most one slash inside. */
static void read_name(const char *line, size_t length, char name[static NAME_BYTES]) {
  name[0] = 0;
  if (length == 0 || length >= NAME_BYTES || line[0] == '/' || line[0] == '.') {
    return;
  }
  size_t slashes = 0;
  for (size_t i = 0; i < length; i++) {
    slashes += line[i] == '/';
    if (!strchr("abcdefghijklmnopqrstuvwxyz._/", line[i]) || line[i] == 0 || slashes > 1 ||
        (line[i] == '.' && line[i - 1] == '.')) {
      return;
    }
  }
  memcpy(name, line, length);
  name[length] = 0;
}

static void write_sections(const char *at, const char *end) {
  while (at < end) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end || end - at < MARKER_BYTES || memcmp(at, marker, MARKER_BYTES) != 0) {
      return;
    }
    char name[NAME_BYTES];
    read_name(at + MARKER_BYTES, (size_t)(line_end - at - MARKER_BYTES), name);
    const char *body = line_end + 1;
    const char *next = body;
    while (next < end && !((next == body || next[-1] == '\n') && end - next >= MARKER_BYTES &&
                           memcmp(next, marker, MARKER_BYTES) == 0)) {
      next++;
    }
    if (name[0]) {
      scratch_write(name, body, (size_t)(next - body));
    }
    at = next;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  const char *folder = scratch_open();
  write_sections((const char *)bytes, (const char *)bytes + size_bytes);
  sg_error *error = sg_error_open();
  book *read = NULL;
  sg_status status = book_read(folder, &read, error);
  if ((status == SG_OK) != (read != NULL) || (status == SG_OK) != (sg_error_count(error) == 0)) {
    abort();
  }
  book_close(read);
  sg_error_close(error);
  return 0;
}
