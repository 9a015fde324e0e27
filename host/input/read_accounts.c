/* SPDX-License-Identifier: MIT
 *
 * accounts.csv: who margins with whom. Parents are resolved in derive_accounts.c, when all accounts are known.
 */
#include "input/table.h"

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

static void read_row(table *rows, uint64_t *lines) {
  book_reader *reader = rows->reader;
  uint32_t index;
  bool added = table_add_id(rows, ACCOUNT_ID, reader->accounts, lines, &index);
  account_row row = {.line = rows->line,
                     .type = ACCOUNT_TYPE_NONE,
                     .to_parent = TO_PARENT_SUM,
                     .sides = SIDES_NET,
                     .pool = POOL_CROSS};
  row.parent = table_text(rows, ACCOUNT_PARENT);
  row.currency = known_currency(rows, ACCOUNT_CURRENCY);
  row.parent_column = table_field(rows, ACCOUNT_PARENT)->column;
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
  if (added && ARRAY_PUSH(&reader->account_rows, row)) {
    lines[index] = rows->line; /* there is room for one more than are read */
    table_keep_x(rows);
  } else if (added) {
    reader_out_of_memory(reader);
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

sg_status read_accounts(book_reader *reader) {
  table rows;
  table_block block = {0};
  uint64_t *lines = NULL;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_ACCOUNTS, book_files[FILE_ACCOUNTS].name, &rows));
  reader->accounts_path = rows.path;
  load_ahead_start(reader, book_files[FILE_POSITIONS].name);
  size_t n_lines = table_lines_left(&rows);
  ids_reserve(reader->accounts, n_lines);
  lines = malloc((n_lines + 1) * sizeof *lines);
  if (lines == NULL || !ARRAY_RESERVE(&reader->account_rows, n_lines) || !table_block_open(&rows, &block)) {
    reader_out_of_memory(reader);
  }
  while (lines != NULL && block.fields != NULL && table_fill(&rows, &block)) {
    expect_ids(&rows, &block);
    for (uint32_t i = 0; i < block.n; i++) {
      table_select(&rows, &block, i);
      read_row(&rows, lines);
    }
    if (block.is_bad) {
      table_refuse(&rows);
    }
  }
  table_attributes(&rows, NULL, (uint32_t)reader->account_rows.n, &reader->account_x);
done:
  free(lines);
  table_block_close(&block);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
