/* SPDX-License-Identifier: MIT
 *
 * Rows of a source of public data, whatever their type: those that the book takes, and the others by reason.
 */
#ifndef INPUT_IMPORT_ROWS_H
#define INPUT_IMPORT_ROWS_H

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>

/* A source's rows as these functions see them. */
typedef struct import_rows {
  const void *of; /* what reason and name look into */
  size_t n;
  const char *what;             /* "options" */
  const char *const *sentences; /* [reason]; reason 0: the book takes the row */
  int n_reasons;
  int (*reason)(const void *of, size_t row);
  const char *(*name)(const void *of, size_t row);
} import_rows;

typedef struct kept_row {
  const char *name;
  size_t row;
} kept_row;
typedef struct kept_rows {
  size_t n;
  kept_row *items;
} kept_rows;

/* The rows that the book takes, by the bytes of their names, so that the order of files does not matter. None is an error. */
sg_status import_rows_keep(const import_rows *all, arena *memory, kept_rows *kept, sg_error *error);

/* A line for each reason: how many rows, why, and the first of them. Returns how many are left out in all. */
size_t import_rows_print_left_out(const import_rows *all, FILE *stream);

#endif
