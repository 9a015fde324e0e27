/* SPDX-License-Identifier: MIT
 *
 * Text that grows, and tables of cells in aligned columns, for `models show`.
 */
#ifndef RULES_MODEL_TEXT_H
#define RULES_MODEL_TEXT_H

#include "base/arena.h"
#include "base/array.h"

enum { TABLE_COLUMNS = 8 };

typedef struct text_builder {
  arena *memory; /* of cells and of the finished text */
  bool failed;   /* out of memory: everything after is ignored */
  ARRAY(char) text;
  ARRAY(const char *) cells; /* of the table under way, TABLE_COLUMNS to a row, NULL after the last */
} text_builder;

void text_add(text_builder *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A row of the table under way: cells until NULL. */
void table_row(text_builder *to, ...) __attribute__((sentinel));
/* Writes the rows, columns aligned, each line after `indent` blanks. */
void table_end(text_builder *to, int indent);
/* The text, or "" where there was no memory for it. */
const char *text_cell(text_builder *to, const char *text);
/* The number as text that lives in the builder's arena. */
const char *text_number(text_builder *to, double value);
/* The finished text in the arena, NULL when out of memory; releases the rest. */
const char *text_finish(text_builder *to);

#endif
