/* SPDX-License-Identifier: MIT
 *
 * See page.h.
 */
#include "report/page.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

page page_open(arena *memory) { return (page){.memory = memory}; }

static bool page_reserve(page *to, size_t more) {
  if (to->capacity - to->n < more) {
    size_t capacity = 2 * to->capacity + more + 1024;
    char *bytes = arena_array(to->memory, capacity, 1);
    if (bytes == NULL) {
      to->failed = true;
      return false;
    }
    if (to->n > 0) {
      memcpy(bytes, to->bytes, to->n);
    }
    to->bytes = bytes;
    to->capacity = capacity;
  }
  return true;
}

void page_add(page *to, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (to->failed || length < 0 || !page_reserve(to, (size_t)length + 1)) {
    to->failed = true;
    return;
  }
  va_start(arguments, format);
  vsnprintf(to->bytes + to->n, (size_t)length + 1, format, arguments);
  va_end(arguments);
  to->n += (size_t)length;
}

const char *page_close(page *done) {
  page_add(done, "%s", "");
  return done->failed ? NULL : done->bytes;
}

/* Commas into the digits before the point of a plain decimal. */
static const char *grouped(arena *memory, const char *plain) {
  size_t sign = plain[0] == '-' ? 1 : 0;
  size_t whole = strcspn(plain + sign, ".");
  char *text = arena_array(memory, 2 * strlen(plain) + 1, 1);
  if (text == NULL) {
    return NULL;
  }
  char *at = text;
  for (size_t i = 0; plain[i] != '\0'; i++) {
    size_t left = sign + whole - i; /* digits before the point from here */
    if (i > sign && i < sign + whole && left % 3 == 0) {
      *at++ = ',';
    }
    *at++ = plain[i];
  }
  *at = '\0';
  return text;
}

const char *people_count(arena *memory, uint64_t count) {
  char plain[32];
  snprintf(plain, sizeof plain, "%llu", (unsigned long long)count);
  return grouped(memory, plain);
}

const char *people_money(arena *memory, money amount, int decimals) {
  char plain[NUMBER_TEXT_BYTES];
  money_format_places(amount, decimals, plain);
  return grouped(memory, plain);
}

const char *people_number(arena *memory, double value, int decimals) {
  money rounded;
  return money_from_double(value, &rounded) ? people_money(memory, rounded, decimals) : "out of range";
}

const char *people_percent(arena *memory, double fraction) {
  const char *number = people_number(memory, 100.0 * fraction, 2);
  return number == NULL ? NULL : arena_format(memory, "%s %%", number);
}

const char *people_rate(arena *memory, double per_second) {
  static const struct {
    double scale;
    const char *unit;
  } units[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {1, ""}};
  size_t u = 0;
  while (u < 3 && per_second < units[u].scale) {
    u++;
  }
  double scaled = per_second / units[u].scale;
  const char *number = people_number(memory, scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0);
  return number == NULL ? NULL : arena_format(memory, "%s%s", number, units[u].unit);
}

size_t exact_decimals(money amount) {
  char plain[NUMBER_TEXT_BYTES];
  money_format(amount, plain);
  const char *point = strchr(plain, '.');
  return point == NULL ? 0 : strlen(point + 1);
}

const char *people_exact(arena *memory, money amount, size_t decimals) {
  char plain[NUMBER_TEXT_BYTES];
  money_format(amount, plain);
  size_t own = exact_decimals(amount);
  size_t blanks = decimals == own ? 0 : decimals - own + (own == 0 ? 1 : 0);
  const char *number = grouped(memory, plain);
  return number == NULL ? NULL : arena_format(memory, "%s%*s", number, (int)blanks, "");
}

text_table text_table_open(arena *memory, const char *alignment) {
  return (text_table){.memory = memory, .alignment = alignment, .n_columns = strlen(alignment)};
}

void text_table_cell(text_table *to, const char *cell) {
  if (to->n == to->capacity) {
    size_t capacity = 2 * to->capacity + 64;
    const char **cells = ARENA_ARRAY(to->memory, const char *, capacity);
    if (cells == NULL) {
      to->failed = true;
      return;
    }
    if (to->n > 0) {
      memcpy(cells, to->cells, to->n * sizeof *cells);
    }
    to->cells = cells;
    to->capacity = capacity;
  }
  to->cells[to->n++] = cell == NULL ? "" : cell;
}

void text_table_print(const text_table *from, int indent, const size_t *widths, page *to) {
  size_t *width = ARENA_ARRAY(from->memory, size_t, from->n_columns);
  if (from->failed || width == NULL) {
    to->failed = true;
    return;
  }
  for (size_t k = 0; k < from->n_columns; k++) {
    width[k] = widths == NULL ? 0 : widths[k];
  }
  assert(from->n_columns > 0);
  for (size_t i = 0; i < from->n; i++) {
    size_t k = i % from->n_columns, w = utf8_width(from->cells[i]);
    width[k] = w > width[k] ? w : width[k];
  }
  for (size_t row = 0; row + from->n_columns <= from->n; row += from->n_columns) {
    page_add(to, "%*s", indent, "");
    for (size_t k = 0; k < from->n_columns; k++) {
      const char *cell = from->cells[row + k];
      int blanks = (int)(width[k] - utf8_width(cell));
      bool right = from->alignment[k] == 'r';
      page_add(to, "%s%*s%s%*s", k == 0 ? "" : "  ", right ? blanks : 0, "", cell, right ? 0 : blanks, "");
    }
    while (!to->failed && to->n > 0 && to->bytes[to->n - 1] == ' ') {
      to->bytes[--to->n] = '\0';
    }
    page_add(to, "\n");
  }
}
