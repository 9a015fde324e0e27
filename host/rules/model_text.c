/* SPDX-License-Identifier: MIT
 *
 * Text that grows, and aligned tables.
 */
#include "rules/model_text.h"

#include "base/number.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_add(text_builder *to, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length >= 0 && !to->failed && ARRAY_RESERVE(&to->text, to->text.n + (size_t)length + 1)) {
    vsnprintf(to->text.items + to->text.n, (size_t)length + 1, format, again);
    to->text.n += (size_t)length;
  } else {
    to->failed = true;
  }
  va_end(again);
  va_end(arguments);
}

const char *text_cell(text_builder *to, const char *text) {
  to->failed = to->failed || !text;
  return text ? text : "";
}

void table_row(text_builder *to, ...) {
  va_list cells;
  va_start(cells, to);
  bool more = true;
  for (int i = 0; i < TABLE_COLUMNS; i++) {
    const char *cell = more ? va_arg(cells, const char *) : NULL;
    more = cell != NULL;
    to->failed = !ARRAY_PUSH(&to->cells, cell) || to->failed;
  }
  va_end(cells);
}

void table_end(text_builder *to, int indent) {
  int width[TABLE_COLUMNS] = {0};
  size_t n_rows = to->failed ? 0 : to->cells.n / TABLE_COLUMNS;
  for (size_t i = 0; i < n_rows * TABLE_COLUMNS; i++) {
    const char *cell = to->cells.items[i];
    int wide = cell ? (int)utf8_width(cell) : 0;
    width[i % TABLE_COLUMNS] = wide > width[i % TABLE_COLUMNS] ? wide : width[i % TABLE_COLUMNS];
  }
  for (size_t row = 0; row < n_rows; row++) {
    const char *const *cells = to->cells.items + row * TABLE_COLUMNS;
    int blanks = indent; /* owed before the next cell that is not empty */
    for (int i = 0; i < TABLE_COLUMNS && cells[i]; i++) {
      if (*cells[i]) {
        text_add(to, "%*s%s", blanks, "", cells[i]);
        blanks = 0;
      }
      blanks += width[i] - (int)utf8_width(cells[i]) + 2;
    }
    text_add(to, "\n");
  }
  to->cells.n = 0;
}

const char *text_number(text_builder *to, double value) {
  char text[NUMBER_TEXT_BYTES];
  const char *kept = arena_text(to->memory, text, number_format(value, text));
  to->failed = to->failed || !kept;
  return kept ? kept : "";
}

const char *text_finish(text_builder *to) {
  const char *kept = to->failed ? NULL : arena_text(to->memory, to->text.items ? to->text.items : "", to->text.n);
  ARRAY_FREE(&to->text);
  ARRAY_FREE(&to->cells);
  return kept;
}
