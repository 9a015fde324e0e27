/* SPDX-License-Identifier: MIT
 *
 * unsettled_pnl and funding of positions.csv: exact sums by account and currency paid. A second reading of the file, of
 * books that have these columns and no finding.
 */
#include "input/table.h"

#include <stdlib.h>

typedef struct settlement_row {
  uint32_t account, currency;
  uint64_t line;
  decimal18 amount;
} settlement_row;

typedef ARRAY(settlement_row) settlement_rows;

static int by_account_and_currency(const void *left, const void *right) {
  const settlement_row *a = left, *b = right;
  if (a->account != b->account) {
    return a->account < b->account ? -1 : 1;
  }
  if (a->currency != b->currency) {
    return a->currency < b->currency ? -1 : 1;
  }
  return (a->line > b->line) - (a->line < b->line);
}

static bool read_row(table *rows, settlement_rows *read) {
  book_reader *reader = rows->reader;
  const csv_field *account = table_field(rows, POSITION_ACCOUNT), *instrument = table_field(rows, POSITION_INSTRUMENT);
  uint32_t a = reader->account_rank[ids_find(reader->accounts, account->text, account->length)];
  uint32_t c = reader->instrument_rank[ids_find(reader->instruments, instrument->text, instrument->length)];
  static const int columns[] = {POSITION_UNSETTLED, POSITION_FUNDING};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    settlement_row row = {a, reader->book->instruments.currency[c], rows->line, {0}};
    if (table_given(rows, columns[i]) && table_decimal(rows, columns[i], &row.amount) && !ARRAY_PUSH(read, row)) {
      return false;
    }
  }
  return true;
}

static bool add_up(book_reader *reader, const settlement_rows *read, settlements *made) {
  *made = (settlements){.account = ARENA_ARRAY(reader->memory, uint32_t, read->n),
                        .currency = ARENA_ARRAY(reader->memory, uint32_t, read->n),
                        .amount = ARENA_ARRAY(reader->memory, decimal18, read->n)};
  if (made->account == NULL || made->currency == NULL || made->amount == NULL) {
    return false;
  }
  if (read->n > 0) {
    qsort(read->items, read->n, sizeof *read->items, by_account_and_currency);
  }
  for (size_t i = 0; i < read->n; i++) {
    const settlement_row *row = &read->items[i];
    size_t last = made->n - 1;
    if (made->n == 0 || made->account[last] != row->account || made->currency[last] != row->currency) {
      made->account[made->n] = row->account;
      made->currency[made->n] = row->currency;
      made->amount[made->n++] = row->amount;
    } else if (!decimal18_add(&made->amount[last], row->amount)) {
      findings_add(&reader->findings, (place){reader->positions_path, row->line, 0},
                   "the sum of unsettled_pnl and funding of account \"%s\" is too large",
                   show_text(reader->book->accounts.id[row->account]).text);
    }
  }
  return true;
}

sg_status derive_settlements(book_reader *reader) {
  table rows;
  settlement_rows read = {0};
  sg_status status = SG_OK;
  if (error_count(reader->findings.collected) > 0 || !reader->has_settlements) {
    return SG_OK;
  }
  size_t n_files = reader->files.n;
  TRY_DONE(table_open(reader, FILE_POSITIONS, book_files[FILE_POSITIONS].name, &rows));
  reader->files.n = n_files; /* noted at its first reading */
  while (table_next(&rows)) {
    if (!read_row(&rows, &read)) {
      reader_out_of_memory(reader);
    }
  }
  if (!add_up(reader, &read, &reader->book->settlements)) {
    reader_out_of_memory(reader);
  }
done:
  ARRAY_FREE(&read);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
