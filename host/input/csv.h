/* SPDX-License-Identifier: MIT
 *
 * A strict reader of RFC 4180 text in memory: UTF-8, LF or CRLF, quoted fields, a byte order mark tolerated. One pass,
 * no allocation per field: fields point into the text, which quoted fields with doubled quotes rewrite in place.
 */
#ifndef INPUT_CSV_H
#define INPUT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct csv_field {
  const char *text; /* without quotes; not NUL-terminated */
  size_t length;
  uint64_t line, column; /* of the first byte of the field as it stands in the file, from 1 */
} csv_field;

typedef enum csv_outcome { CSV_ROW, CSV_BAD_ROW, CSV_END, CSV_OUT_OF_MEMORY } csv_outcome;

typedef struct csv_reader {
  char *at, *end;      /* what is still unread */
  char *line_start;
  uint64_t line;       /* of `at` */
  csv_field *fields;   /* of the last row */
  size_t n_fields, capacity;
  size_t n_columns;    /* of the first row; 0 before it */
  char problem[160];   /* after CSV_BAD_ROW: what is wrong, to follow the file's name */
  uint64_t problem_line, problem_column;
} csv_reader;

/* Reads text[0..size_bytes), which it may rewrite and which must outlive the reader. */
void csv_open(csv_reader *reader, char *text, size_t size_bytes);
void csv_close(csv_reader *reader);

/* The next row. The first row fixes the number of columns. After a bad row reading goes on at the next line. */
csv_outcome csv_next(csv_reader *reader);

/* Whether a text has a control character: C0, DEL or C1. */
bool text_has_control(const char *text, size_t length);

#endif
