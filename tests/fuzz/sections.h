/* SPDX-License-Identifier: MIT
 *
 * Several files in one input: a line `--- NAME` begins the file NAME.
 */
#ifndef FUZZ_SECTIONS_H
#define FUZZ_SECTIONS_H

#include <shockgrid/shockgrid.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SECTIONS_LIMIT = 24 };

typedef struct sections {
  sg_named_text files[SECTIONS_LIMIT]; /* copies of exactly their size, so that a sanitizer sees what is read beyond */
  size_t n;
} sections;

static inline char *section_copy(const char *from, size_t size_bytes, size_t more) {
  char *copy = malloc(size_bytes + more);
  if (copy == NULL) {
    abort();
  }
  memcpy(copy, from, size_bytes);
  memset(copy + size_bytes, 0, more);
  return copy;
}

static inline sections sections_open(const uint8_t *bytes, size_t size_bytes) {
  static const char marker[] = "--- ";
  enum { MARKER_BYTES = sizeof marker - 1 };
  sections found = {.n = 0};
  const char *at = (const char *)bytes, *end = at + size_bytes;
  while (found.n < SECTIONS_LIMIT && end - at > MARKER_BYTES && memcmp(at, marker, MARKER_BYTES) == 0) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (line_end == NULL) {
      break;
    }
    const char *body = line_end + 1, *next = body;
    while (next < end && !(next[-1] == '\n' && end - next >= MARKER_BYTES && memcmp(next, marker, MARKER_BYTES) == 0)) {
      next++;
    }
    found.files[found.n++] = (sg_named_text){section_copy(at + MARKER_BYTES, (size_t)(line_end - at - MARKER_BYTES), 1),
                                             section_copy(body, (size_t)(next - body), 0), (size_t)(next - body)};
    at = next;
  }
  return found;
}

static inline void sections_close(sections *closed) {
  for (size_t i = 0; i < closed->n; i++) {
    free((char *)closed->files[i].name);
    free((char *)closed->files[i].bytes);
  }
}

#endif
