/* SPDX-License-Identifier: MIT
 *
 * accounts.csv: who margins with whom. Parents are resolved in derive_accounts.c, when all accounts are known.
 */
#include "input/table.h"

#include "base/parallel.h"

#include <stdlib.h>

/* A currency that something else of the book names. */
static uint32_t known_currency(table *rows, int column) {
  book_reader *reader = rows->reader;
  const csv_field *field = table_field(rows, column);
  if (!table_given(rows, column)) {
    return reader->book->base_currency;
  }
  if (!table_id(rows, column)) {
    return 0;
  }
  uint32_t currency = ids_find(reader->currencies, field->text, field->length);
  if (currency == ID_NONE && reader_knows_currencies(reader)) {
    table_finding(rows, column,
                  "currency \"%s\" is not known: it is neither the base currency nor in fx.csv, rates.csv, "
                  "underlyings.csv or instruments.csv",
                  show(field->text, field->length).text);
  }
  return currency;
}

/* All but the id. *parent is "" when none is given. */
static account_row parse_row(table *rows, id_text *parent) {
  account_row row = {.line = rows->line,
                     .type = ACCOUNT_TYPE_NONE,
                     .to_parent = TO_PARENT_SUM,
                     .sides = SIDES_NET,
                     .pool = POOL_CROSS};
  const csv_field *field = table_field(rows, ACCOUNT_PARENT);
  *parent = table_id(rows, ACCOUNT_PARENT) ? (id_text){field->text, field->length} : (id_text){"", 0};
  row.currency = known_currency(rows, ACCOUNT_CURRENCY);
  row.parent_column = field->column;
  table_word(rows, ACCOUNT_TYPE, &row.type);
  table_word(rows, ACCOUNT_TO_PARENT, &row.to_parent);
  table_word(rows, ACCOUNT_SIDES, &row.sides);
  table_word(rows, ACCOUNT_POOL, &row.pool);
  if (table_given(rows, ACCOUNT_TO_PARENT) && !table_given(rows, ACCOUNT_PARENT)) {
    table_finding(rows, ACCOUNT_TO_PARENT, "to_parent is given for an account without a parent");
  }
  if (row.to_parent == TO_PARENT_NET && row.pool == POOL_ISOLATED) {
    table_finding(rows, ACCOUNT_POOL,
                  "pool is isolated; an account that nets into its parent has no pool of its own");
  }
  return row;
}

/* False: out of memory. */
static bool keep_row(book_reader *reader, account_row row, id_text parent) {
  row.parent = parent.length == 0 ? "" : arena_text(reader->memory, parent.text, parent.length);
  bool kept = row.parent != NULL && ARRAY_PUSH(&reader->account_rows, row);
  if (!kept) {
    reader_out_of_memory(reader);
  }
  return kept;
}

static void read_row(table *rows, uint64_t *lines) {
  uint32_t index;
  bool added = table_add_id(rows, ACCOUNT_ID, rows->reader->accounts, lines, &index);
  id_text parent;
  account_row row = parse_row(rows, &parent);
  if (added && keep_row(rows->reader, row, parent)) {
    lines[index] = rows->line; /* there is room for one more than are read */
    table_keep_x(rows);
  }
}

/* The ids of a block, whose places in the table of accounts are asked for together. */
static void expect_ids(table *rows, const table_block *block) {
  id_text texts[BLOCK_ROWS];
  for (uint32_t i = 0; i < block->n; i++) {
    table_select(rows, block, i);
    const csv_field *field = table_field(rows, ACCOUNT_ID);
    texts[i] = (id_text){field->text, field->length};
  }
  ids_expect(rows->reader->accounts, texts, block->n);
}

static void read_rows(table *rows, size_t n_lines) {
  table_block block = {0};
  uint64_t *lines = malloc((n_lines + 1) * sizeof *lines);
  if (lines == NULL || !table_block_open(rows, &block)) {
    reader_out_of_memory(rows->reader);
  }
  while (lines != NULL && block.fields != NULL && table_fill(rows, &block)) {
    expect_ids(rows, &block);
    for (uint32_t i = 0; i < block.n; i++) {
      table_select(rows, &block, i);
      read_row(rows, lines);
    }
    if (block.is_bad) {
      table_refuse(rows);
    }
  }
  free(lines);
  table_block_close(&block);
}

/* ---- a long file ------------------------------------------------------------------------------- */

enum { PART_BYTES = 1 << 20, PARTS_MAX = 256 };

typedef struct parsed_row {
  account_row row;
  id_text id, parent;
} parsed_row;

/* Parts are parsed by all processors, their accounts added in order. Whatever is wrong stops it: rows are then read one by
 * one, so that all of it is told in their order. */
typedef struct parts_reader {
  book_reader *reader;
  table *parts;
  uint64_t lines_before; /* the part whose turn it is */
  struct {
    ARRAY(parsed_row) rows;
  } workers[PARALLEL_WORKERS_MAX];
} parts_reader;

static bool parse_part(void *context, uint32_t worker, size_t part) {
  parts_reader *of = context;
  table *rows = &of->parts[part];
  bool good = true;
  csv_outcome outcome = CSV_END;
  of->workers[worker].rows.n = 0;
  while (good && (outcome = table_advance(rows)) == CSV_ROW) {
    const csv_field *id = table_field(rows, ACCOUNT_ID);
    parsed_row row = {.id = {id->text, id->length}};
    table_id(rows, ACCOUNT_ID);
    row.row = parse_row(rows, &row.parent);
    good = rows->row_ok && ARRAY_PUSH(&of->workers[worker].rows, row);
  }
  rows->rows_ok = good && outcome == CSV_END && !rows->findings->out_of_memory;
  return true;
}

static bool add_part(void *context, uint32_t worker, size_t part) {
  parts_reader *of = context;
  const parsed_row *rows = of->workers[worker].rows.items;
  size_t n = of->workers[worker].rows.n;
  bool good = of->parts[part].rows_ok;
  for (size_t first = 0; good && first < n; first += BLOCK_ROWS) {
    size_t n_block = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
    id_text texts[BLOCK_ROWS];
    for (size_t i = 0; i < n_block; i++) {
      texts[i] = rows[first + i].id;
    }
    ids_expect(of->reader->accounts, texts, n_block);
    for (size_t i = 0; good && i < n_block; i++) {
      account_row row = rows[first + i].row;
      bool added = false;
      row.line += of->lines_before;
      uint32_t index = ids_add(of->reader->accounts, texts[i].text, texts[i].length, &added);
      good = added && index != ID_NONE && keep_row(of->reader, row, rows[first + i].parent);
    }
  }
  of->lines_before += of->parts[part].csv.line - 1;
  return good;
}

/* False: nothing is read yet. */
static bool read_in_parts(table *rows, size_t n_lines) {
  book_reader *reader = rows->reader;
  size_t n_wanted = reader->n_threads > 0 ? reader->n_threads : (size_t)(rows->csv.end - rows->csv.at) / PART_BYTES;
  n_wanted = n_wanted > PARTS_MAX ? PARTS_MAX : n_wanted;
  if (n_wanted < 2 || rows->n_x > 0) {
    return false;
  }
  parts_reader of = {.reader = reader, .parts = calloc(n_wanted, sizeof *of.parts), .lines_before = rows->csv.line - 1};
  uint32_t n = of.parts == NULL ? 0 : table_split(rows, (uint32_t)n_wanted, of.parts);
  const parallel_job job = {n, &of, 2, {{parse_part, false}, {add_part, true}}};
  bool done = n > 1 && parallel_run(&job, parallel_workers());
  for (uint32_t i = 0; i < n; i++) {
    table_drop(&of.parts[i]);
  }
  for (uint32_t w = 0; w < PARALLEL_WORKERS_MAX; w++) {
    ARRAY_FREE(&of.workers[w].rows);
  }
  free(of.parts);
  if (!done && n > 1) {
    reader->account_rows.n = 0;
    ids_close(reader->accounts);
    reader->accounts = ids_open(reader->memory);
    if (reader->accounts == NULL) {
      reader_out_of_memory(reader);
      return true;
    }
    ids_reserve(reader->accounts, n_lines);
  }
  return done;
}

sg_status read_accounts(book_reader *reader) {
  table rows;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_ACCOUNTS, book_files[FILE_ACCOUNTS].name, &rows));
  reader->accounts_path = rows.path;
  load_ahead_start(reader, book_files[FILE_POSITIONS].name);
  size_t n_lines = table_lines_left(&rows);
  ids_reserve(reader->accounts, n_lines);
  if (!ARRAY_RESERVE(&reader->account_rows, n_lines)) {
    reader_out_of_memory(reader);
  } else if (!read_in_parts(&rows, n_lines)) {
    read_rows(&rows, n_lines);
  }
  table_attributes(&rows, NULL, (uint32_t)reader->account_rows.n, &reader->account_x);
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
