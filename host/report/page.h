/* SPDX-License-Identifier: MIT
 *
 * Texts that people read: growing pages, numbers with thousands separators, and tables with aligned columns.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/arena.h"
#include "base/money.h"

/* A text that grows in an arena; once out of memory it stays empty of what follows and `failed`. */
typedef struct page {
  arena *memory;
  char *bytes;
  size_t n, capacity;
  bool failed;
} page;

page page_open(arena *memory);
void page_add(page *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *page_close(page *done); /* NULL when out of memory */

/* "1,234,567" */
const char *people_count(arena *memory, uint64_t count);
/* "-1,234.50", rounded half to even */
const char *people_money(arena *memory, money amount, int decimals);
const char *people_number(arena *memory, double value, int decimals);
/* 0.1234 as "12.34 %" */
const char *people_percent(arena *memory, double fraction);
/* "120.4 M" */
const char *people_rate(arena *memory, double per_second);
/* All digits, "1,234.5", padded with blanks so that right-aligned texts align at the point. */
const char *people_exact(arena *memory, money amount, size_t decimals);
size_t exact_decimals(money amount); /* digits after the point */

/* Cells row by row; NULL cells are empty. alignment: one of 'l', 'r' for each column. */
typedef struct text_table {
  arena *memory;
  const char *alignment;
  size_t n_columns, n, capacity;
  const char **cells;
  bool failed;
} text_table;

text_table text_table_open(arena *memory, const char *alignment);
void text_table_cell(text_table *to, const char *cell);
/* As wide as the widest row needs; at least `widths[k]` for column k where widths is given. */
void text_table_print(const text_table *from, int indent, const size_t *widths, page *to);

#endif
