/* SPDX-License-Identifier: MIT
 *
 * Opening a CSV file by its format, and walking its rows.
 */
#include "input/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const csv_field absent_field = {.text = "", .length = 0, .line = 0, .column = 0};

static void find_at(table *rows, uint64_t line, uint64_t column, const char *format, va_list arguments) {
  char message[768];
  vsnprintf(message, sizeof message, format, arguments);
  rows->row_ok = rows->rows_ok = false;
  findings_add(rows->findings, (place){rows->path, line, column}, "%s", message);
}

void table_finding(table *rows, int column, const char *format, ...) {
  const csv_field *field = column < 0 ? &absent_field : table_field(rows, column);
  va_list arguments;
  va_start(arguments, format);
  find_at(rows, field->line > 0 ? field->line : rows->line, field->column, format, arguments);
  va_end(arguments);
}

__attribute__((format(printf, 4, 5))) static void header_finding(table *rows, uint64_t line, uint64_t column,
                                                                 const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  find_at(rows, line, column, format, arguments);
  va_end(arguments);
  rows->usable = false;
}

static bool field_is(const csv_field *field, const char *name) {
  return strlen(name) == field->length && memcmp(name, field->text, field->length) == 0;
}

static uint32_t find_column(const file_format *format, const csv_field *name) {
  uint32_t column = 0;
  while (column < format->n_columns && !field_is(name, format->columns[column].name)) {
    column++;
  }
  return column;
}

/* A name in the header: a column of the format, or an attribute. */
static void read_header_field(table *rows, uint32_t position) {
  const csv_field *name = &rows->fields[position];
  shown text = show(name->text, name->length);
  for (uint32_t earlier = 0; earlier < position; earlier++) {
    const csv_field *other = &rows->fields[earlier];
    if (name->length > 0 && other->length == name->length && memcmp(other->text, name->text, name->length) == 0) {
      header_finding(rows, name->line, name->column, "column \"%s\" stands twice", text.text);
      return;
    }
  }
  uint32_t column = find_column(rows->format, name);
  if (column < rows->format->n_columns) {
    rows->position[column] = position;
  } else if (name->length > 2 && memcmp(name->text, "x_", 2) == 0) {
    const char *kept = arena_text(rows->reader->memory, name->text, name->length);
    if (kept == NULL) {
      reader_out_of_memory(rows->reader);
      return;
    }
    rows->x_position[rows->n_x] = position;
    rows->x_column[rows->n_x] = position + 1;
    rows->x_name[rows->n_x++] = kept;
  } else if (name->length == 0) {
    header_finding(rows, name->line, name->column, "column %u has no name", position + 1);
  } else {
    header_finding(rows, name->line, name->column,
                   "column \"%s\" is not known here; an attribute's name begins with x_", text.text);
  }
}

static void read_header(table *rows) {
  book_reader *reader = rows->reader;
  csv_outcome outcome = csv_next(&rows->csv);
  if (outcome == CSV_OUT_OF_MEMORY) {
    reader_out_of_memory(reader);
  } else if (outcome == CSV_END) {
    header_finding(rows, 1, 1, "is empty; a header line was expected");
  } else if (outcome == CSV_BAD_ROW) {
    header_finding(rows, rows->csv.problem_line, rows->csv.problem_column, "the header %s", rows->csv.problem);
  }
  if (outcome != CSV_ROW) {
    return;
  }
  size_t n = rows->csv.n_fields;
  if (n > TABLE_COLUMNS) {
    header_finding(rows, 1, 1, "has %zu columns; at most %d", n, TABLE_COLUMNS);
    return;
  }
  rows->fields = rows->csv.fields;
  rows->position = ARENA_ARRAY(reader->memory, uint32_t, rows->format->n_columns);
  rows->x_position = ARENA_ARRAY(reader->memory, uint32_t, n);
  rows->x_column = ARENA_ARRAY(reader->memory, uint64_t, n);
  rows->x_name = ARENA_ARRAY(reader->memory, const char *, n);
  if (rows->position == NULL || rows->x_position == NULL || rows->x_column == NULL || rows->x_name == NULL) {
    reader_out_of_memory(reader);
    return;
  }
  memset(rows->position, 0xff, rows->format->n_columns * sizeof *rows->position);
  rows->usable = true;
  for (uint32_t position = 0; position < n; position++) {
    read_header_field(rows, position);
  }
  for (uint32_t column = 0; column < rows->format->n_columns; column++) {
    if (rows->format->columns[column].need == REQUIRED && rows->position[column] == ID_NONE) {
      header_finding(rows, 1, 0, "column \"%s\" is missing", rows->format->columns[column].name);
    }
  }
}

sg_status table_open(book_reader *reader, file_id file, const char *name, table *opened) {
  *opened = (table){.reader = reader, .findings = &reader->findings, .format = &book_files[file], .rows_ok = true};
  TRY(reader_load(reader, name, &opened->text, &opened->path, &opened->name));
  if (opened->text.text != NULL) {
    csv_open(&opened->csv, opened->text.text, opened->text.size_bytes);
    read_header(opened);
  } else if (book_files[file].need == REQUIRED && opened->name == NULL) {
    findings_add(&reader->findings, (place){opened->path, 0, 0}, "is missing");
  }
  return reader_status(reader);
}

void table_close(table *closed) {
  csv_close(&closed->csv);
  file_close(&closed->text);
  ARRAY_FREE(&closed->x_texts);
}

csv_outcome table_advance(table *rows) {
  if (!rows->usable || rows->findings->out_of_memory) {
    return CSV_END;
  }
  csv_outcome outcome = csv_next(&rows->csv);
  if (outcome == CSV_ROW) {
    rows->fields = rows->csv.fields;
    rows->line = rows->csv.fields[0].line;
    rows->row_ok = true;
  } else if (outcome == CSV_OUT_OF_MEMORY) {
    rows->findings->out_of_memory = true;
  }
  return outcome;
}

void table_refuse(table *rows) {
  rows->rows_ok = false;
  findings_add(rows->findings, (place){rows->path, rows->csv.problem_line, rows->csv.problem_column}, "%s",
               rows->csv.problem);
}

bool table_block_open(const table *rows, table_block *opened) {
  opened->n = 0;
  opened->is_bad = false;
  opened->fields = malloc((BLOCK_ROWS * rows->csv.n_columns + 1) * sizeof *opened->fields);
  return opened->fields != NULL;
}

void table_block_close(table_block *closed) {
  free(closed->fields);
  closed->fields = NULL;
}

bool table_fill(table *rows, table_block *block) {
  csv_outcome outcome = CSV_ROW;
  size_t n_fields = rows->csv.n_columns;
  block->n = 0;
  while (block->n < BLOCK_ROWS && (outcome = table_advance(rows)) == CSV_ROW) {
    memcpy(&block->fields[block->n * n_fields], rows->fields, n_fields * sizeof *rows->fields);
    block->line[block->n++] = rows->line;
  }
  block->is_bad = outcome == CSV_BAD_ROW;
  return block->n > 0 || block->is_bad;
}

void table_select(table *rows, const table_block *block, uint32_t i) {
  rows->fields = &block->fields[i * rows->csv.n_columns];
  rows->line = block->line[i];
  rows->row_ok = true;
}

size_t table_lines_left(const table *rows) {
  size_t n = 0;
  for (const char *at = rows->csv.at; rows->usable && at < rows->csv.end; n++) {
    const char *newline = memchr(at, '\n', (size_t)(rows->csv.end - at));
    at = newline == NULL ? rows->csv.end : newline + 1;
  }
  return n;
}

bool table_next(table *rows) {
  csv_outcome outcome;
  while ((outcome = table_advance(rows)) == CSV_BAD_ROW) {
    table_refuse(rows);
  }
  return outcome == CSV_ROW;
}

const csv_field *table_field(const table *rows, int column) {
  uint32_t position = rows->position[column];
  return position == ID_NONE ? &absent_field : &rows->fields[position];
}

bool table_given(const table *rows, int column) { return table_field(rows, column)->length > 0; }

void table_keep_x(table *rows) {
  for (uint32_t x = 0; x < rows->n_x; x++) {
    const csv_field *field = &rows->fields[rows->x_position[x]];
    const char *text = field->length == 0 ? "" : arena_text(rows->reader->memory, field->text, field->length);
    if (text == NULL || !ARRAY_PUSH(&rows->x_texts, text)) {
      reader_out_of_memory(rows->reader);
    }
  }
}

void table_attributes(table *rows, const uint32_t *rank, uint32_t n, attributes *made) {
  arena *memory = rows->reader->memory;
  attribute *items = ARENA_ARRAY(memory, attribute, rows->n_x);
  *made = (attributes){.items = items, .file = rows->name == NULL ? rows->format->name : rows->name};
  for (uint32_t x = 0; items != NULL && x < rows->n_x; x++) {
    const char **text = ARENA_ARRAY(memory, const char *, n);
    if (text == NULL) {
      items = NULL;
      break;
    }
    for (uint32_t row = 0; row < n; row++) {
      text[row] = ""; /* rows that the file does not have */
    }
    for (size_t row = 0; row * rows->n_x < rows->x_texts.n; row++) {
      text[rank == NULL ? row : rank[row]] = rows->x_texts.items[row * rows->n_x + x];
    }
    items[x] = (attribute){rows->x_name[x], text, rows->x_column[x]};
    made->n++;
  }
  if (items == NULL) {
    reader_out_of_memory(rows->reader);
  }
}

bool attributes_gather(arena *memory, const attributes *from, const uint32_t *row, uint32_t n, attributes *made) {
  attribute *items = ARENA_ARRAY(memory, attribute, from->n);
  *made = (attributes){from->n, items, from->file};
  for (uint32_t x = 0; items != NULL && x < from->n; x++) {
    const char **text = ARENA_ARRAY(memory, const char *, n);
    if (text == NULL) {
      return false;
    }
    for (uint32_t i = 0; i < n; i++) {
      text[i] = row[i] == ID_NONE ? "" : from->items[x].text[row[i]];
    }
    items[x] = (attribute){from->items[x].name, text, from->items[x].column};
  }
  return items != NULL;
}
