/* SPDX-License-Identifier: MIT
 *
 * Findings of one reading: collected as they are met, handed on in order of file, line and column.
 */
#ifndef INPUT_FINDINGS_H
#define INPUT_FINDINGS_H

#include "base/array.h"
#include "base/error.h"

enum { FINDINGS_PER_FILE = 1000 }; /* then they are only counted */

typedef struct findings_file {
  const char *path;
  uint64_t n;
} findings_file;

typedef struct findings {
  sg_error *collected;
  ARRAY(findings_file) files; /* in the order in which their findings are reported */
  bool out_of_memory;
} findings;

bool findings_open(findings *list); /* false when out of memory */
void findings_close(findings *list);

/* Files are reported in the order of this call. `path` must outlive the list; NULL: there was no memory for it. */
void findings_add_file(findings *list, const char *path);

void findings_add(findings *list, place where, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds what was found in a part of a file that begins `lines_before` lines below the top. */
void findings_append(findings *list, const findings *part, uint64_t lines_before);

/* Hands everything to `error`, sorted. SG_OK when there was nothing, else the gravest: SG_DEVICE, SG_IO, SG_INPUT. */
sg_status findings_report(findings *list, sg_error *error);

/* A user's text as a message can show it: at most 80 bytes, control characters as escapes. */
typedef struct shown {
  char text[352];
} shown;
shown show(const char *text, size_t length);
shown show_text(const char *text);

#endif
