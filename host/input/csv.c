/* SPDX-License-Identifier: MIT
 *
 * The scan looks at eight bytes at a time for the few that matter: below '-' (comma, quote, line ends, NUL) or
 * not ASCII. Everything else belongs to a field.
 */
#include "input/csv.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(',' < '-' && '"' < '-', "an ASCII execution character set");

enum { FIRST_PLAIN = '-' };

static bool is_special(char byte) { return (unsigned char)byte < FIRST_PLAIN || (unsigned char)byte >= 0x80; }

/* The first special byte, or end. */
static inline char *find_special(char *at, const char *end) {
  const uint64_t ones = 0x0101010101010101u;
  while (end - at >= 8) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t special = (((word - ones * FIRST_PLAIN) & ~word) | word) & (ones * 0x80);
    if (special != 0) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
      return at + __builtin_ctzll(special) / 8;
#else
      break; /* a borrow may mark bytes after the first: look at each */
#endif
    }
    at += 8;
  }
  while (at < end && !is_special(*at)) {
    at++;
  }
  return at;
}

void csv_open(csv_reader *reader, char *text, size_t size_bytes) {
  *reader = (csv_reader){.at = text, .end = text + size_bytes, .line_start = text, .line = 1};
  if (size_bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    reader->at += 3;
    reader->line_start += 3;
  }
}

void csv_close(csv_reader *reader) {
  free(reader->fields);
  *reader = (csv_reader){0};
}

/* Notes what is wrong with the row at a place and skips the rest of the line. */
static csv_outcome refuse(csv_reader *reader, uint64_t line, uint64_t column, const char *problem) {
  snprintf(reader->problem, sizeof reader->problem, "%s", problem);
  reader->problem_line = line;
  reader->problem_column = column;
  char *newline = reader->at < reader->end ? memchr(reader->at, '\n', (size_t)(reader->end - reader->at)) : NULL;
  reader->at = newline != NULL ? newline + 1 : reader->end;
  reader->line_start = reader->at;
  reader->line++;
  return CSV_BAD_ROW;
}

/* At an ordinary byte of a field: steps over one character, or says why not. */
static const char *step(csv_reader *reader, char **at) {
  if (**at == '\0') {
    return "has a NUL byte";
  }
  size_t length = utf8_length(*at, (size_t)(reader->end - *at));
  if (length == 0) {
    return "is not valid UTF-8";
  }
  *at += length;
  return NULL;
}

/* A field that does not begin with a quote; leaves reader->at on what ended it. */
static const char *scan_plain(csv_reader *reader, csv_field *field) {
  char *at = reader->at;
  const char *problem = NULL;
  for (;;) {
    at = find_special(at, reader->end);
    if (at == reader->end || *at == ',' || *at == '\n') {
      break;
    }
    if (*at == '\r') {
      if (at + 1 < reader->end && at[1] == '\n') {
        break;
      }
      problem = "has a carriage return without a line feed";
    } else if (*at == '"') {
      problem = "has a quote inside an unquoted field: quote the whole field and double the quotes in it";
    } else {
      problem = step(reader, &at);
    }
    if (problem != NULL) {
      break;
    }
  }
  field->length = (size_t)(at - field->text);
  reader->at = at;
  return problem;
}

/* A quoted field; leaves reader->at after the closing quote. */
static const char *scan_quoted(csv_reader *reader, csv_field *field) {
  char *at = reader->at + 1, *to = at, *from = at;
  field->text = to;
  for (;;) {
    at = find_special(at, reader->end);
    if (at == reader->end) {
      reader->at = at;
      return "has a quote that is never closed";
    }
    if (*at == '"') {
      memmove(to, from, (size_t)(at - from));
      to += at - from;
      if (at + 1 == reader->end || at[1] != '"') {
        break;
      }
      *to++ = '"';
      at += 2;
      from = at;
    } else if (*at == '\n') {
      at++;
      reader->line++;
      reader->line_start = at;
    } else {
      const char *problem = step(reader, &at);
      if (problem != NULL) {
        reader->at = at;
        return problem;
      }
    }
  }
  field->length = (size_t)(to - field->text);
  reader->at = at + 1;
  bool ended = reader->at == reader->end || *reader->at == ',' || *reader->at == '\n' ||
               (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n');
  return ended ? NULL : "has text after the closing quote of a field";
}

static csv_outcome end_row(csv_reader *reader, uint64_t row_line) {
  if (reader->at < reader->end) {
    reader->at += *reader->at == '\r' ? 2 : 1;
    reader->line++;
    reader->line_start = reader->at;
  }
  if (reader->n_columns == 0) {
    reader->n_columns = reader->n_fields;
  }
  if (reader->n_fields == reader->n_columns) {
    return CSV_ROW;
  }
  snprintf(reader->problem, sizeof reader->problem, "has %zu field%s; the header has %zu", reader->n_fields,
           reader->n_fields == 1 ? "" : "s", reader->n_columns);
  reader->problem_line = row_line;
  reader->problem_column = 1;
  return CSV_BAD_ROW;
}

csv_outcome csv_next(csv_reader *reader) {
  reader->n_fields = 0;
  if (reader->at == reader->end) {
    return CSV_END;
  }
  uint64_t row_line = reader->line;
  if (*reader->at == '\n' || (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n')) {
    return refuse(reader, row_line, 1, "is an empty line");
  }
  for (;;) {
    if (reader->n_fields == reader->capacity) {
      size_t capacity = reader->capacity == 0 ? 16 : reader->capacity * 2;
      csv_field *fields = realloc(reader->fields, capacity * sizeof *fields);
      if (fields == NULL) {
        return CSV_OUT_OF_MEMORY;
      }
      reader->fields = fields;
      reader->capacity = capacity;
    }
    csv_field *field = &reader->fields[reader->n_fields++];
    *field = (csv_field){
        .text = reader->at, .line = reader->line, .column = (uint64_t)(reader->at - reader->line_start) + 1};
    bool quoted = reader->at < reader->end && *reader->at == '"';
    const char *problem = quoted ? scan_quoted(reader, field) : scan_plain(reader, field);
    if (problem != NULL) {
      return refuse(reader, field->line, field->column, problem);
    }
    if (reader->at == reader->end || *reader->at != ',') {
      return end_row(reader, row_line);
    }
    reader->at++;
  }
}
