/* SPDX-License-Identifier: MIT
 *
 * assets.csv and collateral.csv: what accounts have posted, and what it is worth.
 */
#include "input/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- assets ------------------------------------------------------------------------------------ */

typedef struct asset_row {
  uint32_t currency, underlying;
  double price;
  bool cash;
} asset_row;

static uint32_t asset_currency(table *rows) {
  const csv_field *field = table_field(rows, ASSET_CURRENCY);
  return table_id(rows, ASSET_CURRENCY) ? reader_currency(rows->reader, field->text, field->length) : ID_NONE;
}

static asset_row read_asset(table *rows) {
  const csv_field *id = table_field(rows, ASSET_ID), *currency = table_field(rows, ASSET_CURRENCY);
  asset_row row = {.currency = asset_currency(rows), .underlying = ID_NONE, .price = NAN};
  row.cash = id->length > 0 && id->length == currency->length && memcmp(id->text, currency->text, id->length) == 0;
  table_number(rows, ASSET_PRICE, &row.price);
  if (row.cash && row.price == row.price && row.price != 1.0) {
    table_finding(rows, ASSET_PRICE, "an asset that is its currency is cash, and its price is 1");
  }
  if (table_given(rows, ASSET_UNDERLYING)) {
    row.underlying = table_underlying(rows, ASSET_UNDERLYING);
  }
  return row;
}

static bool open_assets(book_reader *reader, assets *made, uint32_t n) {
  arena *memory = reader->memory;
  *made = (assets){.n = n,
                   .id = ARENA_ARRAY(memory, const char *, n),
                   .line = ARENA_ARRAY(memory, uint64_t, n),
                   .currency = ARENA_ARRAY(memory, uint32_t, n),
                   .underlying = ARENA_ARRAY(memory, uint32_t, n),
                   .price = ARENA_ARRAY(memory, double, n),
                   .cash = ARENA_ARRAY(memory, bool, n)};
  reader->asset_rank = ARENA_ARRAY(memory, uint32_t, n);
  return made->id && made->line && made->currency && made->underlying && made->price && made->cash &&
         reader->asset_rank && ids_rank(reader->assets, reader->asset_rank);
}

sg_status read_assets(book_reader *reader) {
  table rows;
  ARRAY(asset_row) read = {0};
  ARRAY(uint64_t) lines = {0};
  assets *made = &reader->book->assets;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_ASSETS, book_files[FILE_ASSETS].name, &rows));
  while (table_next(&rows)) {
    uint32_t index;
    bool added = table_add_id(&rows, ASSET_ID, reader->assets, lines.items, &index);
    asset_row row = read_asset(&rows);
    if (added && ARRAY_PUSH(&lines, rows.line) && ARRAY_PUSH(&read, row)) {
      table_keep_x(&rows);
    } else if (added) {
      reader_out_of_memory(reader);
    }
  }
  TRY_DONE(reader_status(reader));
  if (!open_assets(reader, made, (uint32_t)read.n)) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (uint32_t i = 0; i < read.n; i++) {
    uint32_t s = reader->asset_rank[i];
    made->id[s] = ids_text(reader->assets, i);
    made->line[s] = lines.items[i];
    made->currency[s] = read.items[i].currency;
    made->underlying[s] = read.items[i].underlying;
    made->price[s] = read.items[i].price;
    made->cash[s] = read.items[i].cash;
  }
  table_attributes(&rows, reader->asset_rank, made->n, &made->x);
done:
  ARRAY_FREE(&read);
  ARRAY_FREE(&lines);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

/* ---- collateral -------------------------------------------------------------------------------- */

static uint32_t collateral_asset(table *rows) {
  book_reader *reader = rows->reader;
  const csv_field *field = table_field(rows, COLLATERAL_ASSET);
  uint32_t index = table_id(rows, COLLATERAL_ASSET) ? ids_find(reader->assets, field->text, field->length) : ID_NONE;
  if (index != ID_NONE) {
    return reader->asset_rank[index];
  }
  if (field->length > 0) {
    table_finding(rows, COLLATERAL_ASSET, "asset \"%s\" is not in assets.csv", show(field->text, field->length).text);
  }
  return ID_NONE;
}

sg_status read_collateral(book_reader *reader) {
  table rows;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_COLLATERAL, book_files[FILE_COLLATERAL].name, &rows));
  reader->collateral_path = rows.path;
  while (table_next(&rows)) {
    const csv_field *account = table_field(&rows, COLLATERAL_ACCOUNT);
    collateral_row row = {.line = rows.line, .account = ID_NONE};
    bool added;
    if (table_id(&rows, COLLATERAL_ACCOUNT)) {
      row.account = ids_add(reader->accounts, account->text, account->length, &added);
    }
    row.asset = collateral_asset(&rows);
    if (table_decimal(&rows, COLLATERAL_AMOUNT, &row.amount) && row.account != ID_NONE && row.asset != ID_NONE &&
        !ARRAY_PUSH(&reader->collateral_rows, row)) {
      reader_out_of_memory(reader);
    }
  }
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

static int by_account_and_asset(const void *left, const void *right) {
  const collateral_row *a = left, *b = right;
  if (a->account != b->account) {
    return a->account < b->account ? -1 : 1;
  }
  if (a->asset != b->asset) {
    return a->asset < b->asset ? -1 : 1;
  }
  return (a->line > b->line) - (a->line < b->line);
}

sg_status derive_collateral(book_reader *reader) {
  collateral *made = &reader->book->collateral;
  collateral_row *rows = reader->collateral_rows.items;
  size_t n = reader->collateral_rows.n;
  *made = (collateral){.account = ARENA_ARRAY(reader->memory, uint32_t, n),
                       .asset = ARENA_ARRAY(reader->memory, uint32_t, n),
                       .amount = ARENA_ARRAY(reader->memory, decimal18, n)};
  if (made->account == NULL || made->asset == NULL || made->amount == NULL) {
    reader_out_of_memory(reader);
    return reader_status(reader);
  }
  for (size_t i = 0; i < n; i++) {
    rows[i].account = reader->account_rank[rows[i].account];
  }
  if (n > 0) {
    qsort(rows, n, sizeof *rows, by_account_and_asset);
  }
  for (size_t i = 0; i < n; i++) {
    size_t last = made->n - 1;
    bool repeated = made->n > 0 && made->account[last] == rows[i].account && made->asset[last] == rows[i].asset;
    if (!repeated) {
      made->account[made->n] = rows[i].account;
      made->asset[made->n] = rows[i].asset;
      made->amount[made->n++] = rows[i].amount;
    } else if (!decimal18_add(&made->amount[last], rows[i].amount)) {
      findings_add(&reader->findings, (place){reader->collateral_path, rows[i].line, 0},
                   "the sum of the amounts of \"%s\" in account \"%s\" is too large",
                   show_text(reader->book->assets.id[rows[i].asset]).text,
                   show_text(reader->book->accounts.id[rows[i].account]).text);
    }
  }
  return reader_status(reader);
}
