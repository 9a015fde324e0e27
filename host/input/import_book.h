/* SPDX-License-Identifier: MIT
 *
 * A book folder in the making: its files are written in memory and reach the disk together. Beside them stands
 * import.txt with the report and a digest of each file, by which the next import knows what it may replace.
 */
#ifndef INPUT_IMPORT_BOOK_H
#define INPUT_IMPORT_BOOK_H

#include "base/error.h"

#include <stdio.h>

/* What importers may write. X(ENUM, "name") */
#define IMPORT_BOOK_FILES(X)                                                                              \
  X(IMPORT_BOOK_YAML, "book.yaml") X(IMPORT_UNDERLYINGS, "underlyings.csv")                               \
  X(IMPORT_FORWARDS, "forwards.csv") X(IMPORT_FX, "fx.csv") X(IMPORT_RATES, "rates.csv")                      \
  X(IMPORT_DIVIDENDS, "dividends.csv") X(IMPORT_INSTRUMENTS, "instruments.csv")      \
  X(IMPORT_POSITIONS, "positions.csv") X(IMPORT_ACCOUNTS, "accounts.csv")

#define IMPORT_BOOK_ENUM(name, text) name,
typedef enum import_book_file { IMPORT_BOOK_FILES(IMPORT_BOOK_ENUM) N_IMPORT_BOOK_FILES } import_book_file;
#undef IMPORT_BOOK_ENUM

/* Zero-initialise. */
typedef struct import_book {
  struct {
    FILE *stream; /* NULL: the book has no such file */
    char *text;
    size_t size_bytes;
  } files[N_IMPORT_BOOK_FILES];
} import_book;

/* Starts a file with its header line (or first lines). */
sg_status import_book_start(import_book *book, import_book_file file, const char *header, sg_error *error);

/* Writes the book. Refuses a folder that holds files of a book which no import made, or which were changed since. */
sg_status import_book_write(import_book *book, const char *folder, const char *report, sg_error *error);

/* The middle of two quotes as their shortest decimals say, so that no dust of binary fractions reaches the file; NaN
 * when one is. */
double import_mid(double bid, double ask);

/* Why a name from outside can be no id of a book that importers write without quotes; NULL when it can. */
const char *import_name_fault(const char *name);

void import_book_close(import_book *book);

#endif
