/* SPDX-License-Identifier: MIT
 *
 * A CSV file of the book as rows of checked fields. Every fault becomes a finding with its place; the reading functions
 * then return false, and table.row_ok of the row is false.
 */
#ifndef INPUT_TABLE_H
#define INPUT_TABLE_H

#include "input/csv.h"
#include "input/formats.h"
#include "input/reader.h"

enum { TABLE_COLUMNS = 4096 }; /* at most */

typedef struct table {
  book_reader *reader;
  findings *findings;   /* the reader's, or those of a part */
  const file_format *format;
  const char *path;     /* for findings; owned by the book */
  const char *name;     /* in the book: "positions.csv.gz"; NULL when there is no such file */
  file_text text;
  csv_reader csv;
  const csv_field *fields; /* of the row */
  bool usable;          /* it has a header that can be read by */
  bool row_ok;          /* nothing is wrong with the row so far */
  bool rows_ok;         /* nothing was wrong with any row so far */
  uint64_t line;        /* of the row */
  uint32_t *position;   /* [column of the format]: index into fields, ID_NONE when absent */
  uint32_t n_x;
  uint32_t *x_position;
  const char **x_name;
  uint64_t *x_column;
  ARRAY(const char *) x_texts; /* [kept row][x] */
} table;

/* Opens NAME, NAME.gz or NAME.zst of the book's folder, notes it in the book's files and reads its header. A file that
 * is missing or has no usable header is a finding (or nothing, when optional) and then has no rows. */
sg_status table_open(book_reader *reader, file_id file, const char *name, table *opened);
void table_close(table *closed);

bool table_next(table *rows); /* false at the end */
size_t table_lines_left(const table *rows); /* at least as many as rows, where no quoted field has a line end */

/* The same in two steps, for who reads ahead: after CSV_BAD_ROW table_refuse makes the finding. */
csv_outcome table_advance(table *rows);
void table_refuse(table *rows);

/* Some rows at once, for who looks things up: fill, then select each in turn; what is wrong with the row after them is told
 * by table_refuse where is_bad says so. False at the end of the table. */
enum { BLOCK_ROWS = 256 };
typedef struct table_block {
  uint32_t n;
  bool is_bad;
  csv_field *fields; /* [row of the block][field] */
  uint64_t line[BLOCK_ROWS];
} table_block;
bool table_block_open(const table *rows, table_block *opened); /* false: out of memory */
void table_block_close(table_block *closed);
bool table_fill(table *rows, table_block *block);
void table_select(table *rows, const table_block *block, uint32_t i);

/* What is left of a table as up to n tables that can be read at the same time, each by table_advance. How many. Where there
 * are several, no field is quoted: the table itself can be read still, from here. */
uint32_t table_split(table *rows, uint32_t n, table *parts);
/* When all rows of the part are read: its findings join the table's. `lines_before` are above the part. */
void table_join(table *rows, table *part, uint64_t lines_before);
void table_drop(table *part); /* or they are not of interest */

/* The field of a column of the format; an empty one when the file has no such column. */
const csv_field *table_field(const table *rows, int column);
bool table_given(const table *rows, int column);

/* A finding about a field, or about the row when `column` is -1. */
void table_finding(table *rows, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Each checks the field by its format. An empty field is a finding when it is required; otherwise the value is left
 * as it is and the answer is false. */
bool table_id(table *rows, int column);              /* checked, not copied */
const char *table_text(table *rows, int column);     /* a copy owned by the book, "" when empty; checked as an id */
bool table_number(table *rows, int column, double *value);
bool table_decimal(table *rows, int column, decimal18 *value);
bool table_word(table *rows, int column, int *word);
bool table_expiry(table *rows, int column, int64_t *instant_s);
bool table_date(table *rows, int column, int64_t *midnight_s);


/* u of the underlying that the field names; ID_NONE, a finding, when there is none. */
uint32_t table_underlying(table *rows, int column);

/* Adds the row's id to `names`. *index is its dense index; false when it is bad or already there (a finding that names
 * `lines[index]`, its first line). */
bool table_add_id(table *rows, int column, ids *names, const uint64_t *lines, uint32_t *index);

/* Keeps the x_ fields of the row; the i-th row kept becomes row rank[i] of the attributes (rank NULL: row i). */
void table_keep_x(table *rows);
void table_attributes(table *rows, const uint32_t *rank, uint32_t n, attributes *made);

/* Attributes whose row i is row[i] of `from`, "" where row[i] is ID_NONE. False when out of memory. */
bool attributes_gather(arena *memory, const attributes *from, const uint32_t *row, uint32_t n, attributes *made);

#endif
