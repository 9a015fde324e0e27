/* SPDX-License-Identifier: MIT
 *
 * positions.csv, the long file: two look-ups and one exact number for each row.
 */
#include "input/table.h"

#include <string.h>

/* The row's account in order of appearance, added when new; ID_NONE when its id is bad. */
static uint32_t find_account(table *rows, uint32_t previous)
{
  book_reader *reader = rows->reader;
  const csv_field *field = table_field(rows, POSITION_ACCOUNT);
  if (previous != ID_NONE) { /* rows of an account often stand together */
    const char *text = ids_text(reader->accounts, previous);
    if (strncmp(text, field->text, field->length) == 0 && text[field->length] == '\0') {
      return previous;
    }
  }
  uint32_t account = ids_find(reader->accounts, field->text, field->length);
  if (account != ID_NONE || !table_id(rows, POSITION_ACCOUNT)) {
    return account;
  }
  bool added = false;
  account_row row = {.parent = "",
                     .currency = reader->book->base_currency,
                     .type = ACCOUNT_TYPE_NONE,
                     .to_parent = TO_PARENT_SUM,
                     .sides = SIDES_NET,
                     .pool = POOL_CROSS};
  account = ids_add(reader->accounts, field->text, field->length, &added);
  if (account == ID_NONE || !ARRAY_PUSH(&reader->account_rows, row)) {
    reader_out_of_memory(reader);
    return ID_NONE;
  }
  return account;
}

static uint32_t find_instrument(table *rows)
{
  const book_reader *reader = rows->reader;
  const csv_field *field = table_field(rows, POSITION_INSTRUMENT);
  uint32_t index = ids_find(reader->instruments, field->text, field->length);
  if (index != ID_NONE) {
    return reader->instrument_rank[index];
  }
  if (table_id(rows, POSITION_INSTRUMENT) && reader->instruments_usable) {
    table_finding(rows, POSITION_INSTRUMENT, "instrument \"%s\" is not in instruments.csv",
                  show(field->text, field->length).text);
  }
  return ID_NONE;
}

sg_status read_positions(book_reader *reader)
{
  table rows;
  sg_status status = SG_OK;
  uint32_t previous = ID_NONE;
  TRY_DONE(table_open(reader, FILE_POSITIONS, book_files[FILE_POSITIONS].name, &rows));
  reader->positions_path = rows.path;
  while (table_next(&rows)) {
    decimal18 unused;
    position_row row = {.line = rows.line};
    row.account = find_account(&rows, previous);
    previous = row.account;
    row.instrument = find_instrument(&rows);
    bool read = table_decimal(&rows, POSITION_QUANTITY, &row.quantity);
    table_decimal(&rows, POSITION_UNSETTLED, &unused);
    table_decimal(&rows, POSITION_FUNDING, &unused);
    if (!read || row.account == ID_NONE || row.instrument == ID_NONE) {
      continue;
    }
    if (!ARRAY_PUSH(&reader->position_rows, row)) {
      reader_out_of_memory(reader);
    }
  }
  if (reader->position_rows.n >= UINT32_MAX) {
    findings_add(&reader->findings, (place){rows.path, 0, 0}, "has %zu rows; at most %u", reader->position_rows.n,
                 UINT32_MAX - 1);
  }
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
