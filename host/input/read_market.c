/* SPDX-License-Identifier: MIT
 *
 * underlyings.csv, fx.csv, rates.csv, dividends.csv, and the book's list of currencies.
 */
#include "input/table.h"

#include <math.h>
#include <string.h>

typedef struct underlying_row {
  uint32_t currency;
  bool ok;
  const char *asset;
  double price, dividend_yield;
  underlying_kind kind;
  const char *class_group, *product_group, *portfolio_group;
} underlying_row;

static underlying_row read_underlying(table *rows) {
  underlying_row row = {.kind = KIND_NONE};
  int kind = KIND_NONE;
  if (table_id(rows, UNDERLYING_CURRENCY)) {
    const csv_field *currency = table_field(rows, UNDERLYING_CURRENCY);
    row.currency = reader_currency(rows->reader, currency->text, currency->length);
  }
  table_number(rows, UNDERLYING_PRICE, &row.price);
  row.asset = table_text(rows, UNDERLYING_ASSET);
  table_number(rows, UNDERLYING_YIELD, &row.dividend_yield);
  table_word(rows, UNDERLYING_KIND, &kind);
  row.kind = (underlying_kind)kind;
  row.class_group = table_text(rows, UNDERLYING_CLASS_GROUP);
  row.product_group = table_text(rows, UNDERLYING_PRODUCT_GROUP);
  row.portfolio_group = table_text(rows, UNDERLYING_PORTFOLIO_GROUP);
  row.ok = rows->row_ok;
  return row;
}

static bool open_underlyings(book_reader *reader, underlyings *made, uint32_t n) {
  arena *memory = reader->memory;
  *made = (underlyings){
      .n = n,
      .id = ARENA_ARRAY(memory, const char *, n),
      .line = ARENA_ARRAY(memory, uint64_t, n),
      .currency = ARENA_ARRAY(memory, uint32_t, n),
      .asset = ARENA_ARRAY(memory, const char *, n),
      .price = ARENA_ARRAY(memory, double, n),
      .kind = ARENA_ARRAY(memory, underlying_kind, n),
      .class_group = ARENA_ARRAY(memory, const char *, n),
      .product_group = ARENA_ARRAY(memory, const char *, n),
      .portfolio_group = ARENA_ARRAY(memory, const char *, n),
  };
  reader->dividend_yield = ARENA_ARRAY(memory, double, n);
  reader->underlying_ok = ARENA_ARRAY(memory, bool, n);
  reader->underlying_rank = ARENA_ARRAY(memory, uint32_t, n);
  return made->id != NULL && made->line != NULL && made->currency != NULL && made->asset != NULL &&
         made->price != NULL && made->kind != NULL && made->class_group != NULL && made->product_group != NULL &&
         made->portfolio_group != NULL && reader->dividend_yield != NULL && reader->underlying_ok != NULL &&
         reader->underlying_rank != NULL && ids_rank(reader->underlyings, reader->underlying_rank);
}

sg_status read_underlyings(book_reader *reader) {
  table rows;
  ARRAY(underlying_row) read = {0};
  ARRAY(uint64_t) lines = {0};
  underlyings *made = &reader->book->underlyings;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_UNDERLYINGS, book_files[FILE_UNDERLYINGS].name, &rows));
  reader->underlyings_usable = rows.usable;
  reader->underlyings_path = rows.path;
  while (table_next(&rows)) {
    uint32_t index;
    bool added = table_add_id(&rows, UNDERLYING_ID, reader->underlyings, lines.items, &index);
    underlying_row row = read_underlying(&rows);
    if (added && ARRAY_PUSH(&lines, rows.line) && ARRAY_PUSH(&read, row)) {
      table_keep_x(&rows);
    } else if (added) {
      reader_out_of_memory(reader);
    }
  }
  TRY_DONE(reader_status(reader));
  if (!open_underlyings(reader, made, (uint32_t)read.n)) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (uint32_t i = 0; i < read.n; i++) {
    const underlying_row *row = &read.items[i];
    uint32_t u = reader->underlying_rank[i];
    made->id[u] = ids_text(reader->underlyings, i);
    made->line[u] = lines.items[i];
    made->currency[u] = row->currency;
    made->asset[u] = row->asset;
    made->price[u] = row->price;
    made->kind[u] = row->kind;
    made->class_group[u] = row->class_group;
    made->product_group[u] = row->product_group;
    made->portfolio_group[u] = row->portfolio_group;
    reader->dividend_yield[u] = row->dividend_yield;
    reader->underlying_ok[u] = row->ok;
  }
  table_attributes(&rows, reader->underlying_rank, made->n, &made->x);
done:
  ARRAY_FREE(&read);
  ARRAY_FREE(&lines);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

/* A coin's exchange rate and its price as an underlying are one number. */
static void check_assets(book_reader *reader) {
  const underlyings *all = &reader->book->underlyings;
  for (uint32_t u = 0; u < all->n; u++) {
    if (all->asset[u][0] == '\0' || all->currency[u] != reader->book->base_currency || !reader->underlying_ok[u]) {
      continue;
    }
    uint32_t coin = ids_find(reader->currencies, all->asset[u], strlen(all->asset[u]));
    double rate = coin == ID_NONE ? NAN : reader->fx_rate.items[coin];
    if (fabs(rate - all->price[u]) > 1e-9 * fabs(all->price[u])) {
      char rate_text[NUMBER_TEXT_BYTES], price_text[NUMBER_TEXT_BYTES];
      number_format(rate, rate_text);
      number_format(all->price[u], price_text);
      findings_add(&reader->findings, (place){reader->underlyings_path, all->line[u], 0},
                   "price %s of \"%s\" does not agree with the rate %s of its asset \"%s\" in fx.csv", price_text,
                   show_text(all->id[u]).text, rate_text, show_text(all->asset[u]).text);
    }
  }
}

sg_status read_fx(book_reader *reader) {
  table rows;
  ids *seen = ids_open(reader->memory);
  ARRAY(uint64_t) lines = {0};
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_FX, book_files[FILE_FX].name, &rows));
  reader->fx_usable = rows.usable || rows.name == NULL;
  while (seen != NULL && table_next(&rows)) {
    uint32_t index;
    double rate = NAN;
    bool added = table_add_id(&rows, FX_CURRENCY, seen, lines.items, &index);
    bool read = table_number(&rows, FX_RATE, &rate);
    if (!added) {
      continue;
    }
    if (!ARRAY_PUSH(&lines, rows.line)) {
      reader_out_of_memory(reader);
    }
    const csv_field *currency = table_field(&rows, FX_CURRENCY);
    uint32_t y = reader_currency(reader, currency->text, currency->length);
    if (read && y != ID_NONE) {
      reader->fx_rate.items[y] = rate;
      reader->fx_line.items[y] = rows.line;
      if (reader->settings_ok && y == reader->book->base_currency && rate != 1) {
        table_finding(&rows, FX_RATE, "rate_to_base \"%s\" of the base currency is not 1",
                      show(table_field(&rows, FX_RATE)->text, table_field(&rows, FX_RATE)->length).text);
      }
    }
  }
  if (reader->settings_ok) {
    check_assets(reader);
  }
done:
  if (seen == NULL) {
    reader_out_of_memory(reader);
  }
  ids_close(seen);
  ARRAY_FREE(&lines);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

static int compare_points(const void *left, const void *right) {
  const curve_point *a = left, *b = right;
  if (a->currency != b->currency) {
    return a->currency < b->currency ? -1 : 1;
  }
  if (a->years != b->years) {
    return a->years < b->years ? -1 : 1;
  }
  return (a->line > b->line) - (a->line < b->line);
}

sg_status read_rates(book_reader *reader) {
  table rows;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_RATES, book_files[FILE_RATES].name, &rows));
  while (table_next(&rows)) {
    curve_point point = {.line = rows.line};
    if (table_id(&rows, RATE_CURRENCY)) {
      const csv_field *currency = table_field(&rows, RATE_CURRENCY);
      point.currency = reader_currency(reader, currency->text, currency->length);
    }
    table_number(&rows, RATE_TENOR, &point.years);
    table_number(&rows, RATE_RATE, &point.rate);
    if (rows.row_ok && !ARRAY_PUSH(&reader->curves, point)) {
      reader_out_of_memory(reader);
    }
  }
  curve_point *points = reader->curves.items;
  if (reader->curves.n > 1) {
    qsort(points, reader->curves.n, sizeof *points, compare_points);
  }
  for (size_t i = 1; i < reader->curves.n; i++) {
    if (points[i].currency == points[i - 1].currency && points[i].years == points[i - 1].years) {
      char years[NUMBER_TEXT_BYTES];
      number_format(points[i].years, years);
      findings_add(&reader->findings, (place){rows.path, points[i].line, 0},
                   "tenor_years %s of \"%s\" is already on line %llu", years,
                   show_text(ids_text(reader->currencies, points[i].currency)).text,
                   (unsigned long long)points[i - 1].line);
    }
  }
  reader->rates_usable = rows.usable || rows.name == NULL;
  reader->curves_ok = rows.rows_ok && reader->rates_usable;
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

static int compare_dividends(const void *left, const void *right) {
  const dividend_row *a = left, *b = right;
  if (a->underlying != b->underlying) {
    return a->underlying < b->underlying ? -1 : 1;
  }
  if (a->ex_date_s != b->ex_date_s) {
    return a->ex_date_s < b->ex_date_s ? -1 : 1;
  }
  return (a->line > b->line) - (a->line < b->line);
}

static void keep_dividends(book_reader *reader) {
  struct sg_book *made = reader->book;
  uint32_t n = made->underlyings.n, kept = 0;
  size_t row = 0;
  made->dividends = (cash_dividends){ARENA_ARRAY(reader->memory, uint32_t, n + 1),
                                ARENA_ARRAY(reader->memory, double, reader->dividends.n),
                                ARENA_ARRAY(reader->memory, double, reader->dividends.n)};
  if (made->dividends.first == NULL || made->dividends.years == NULL || made->dividends.amount == NULL) {
    reader_out_of_memory(reader);
    return;
  }
  for (uint32_t u = 0; u < n; u++) {
    made->dividends.first[u] = kept;
    for (; row < reader->dividends.n && reader->dividends.items[row].underlying <= u; row++) {
      const dividend_row *paid = &reader->dividends.items[row];
      if (paid->ex_date_s > made->as_of_s && paid->amount > 0) {
        made->dividends.years[kept] = years_between(made->as_of_s, paid->ex_date_s);
        made->dividends.amount[kept++] = paid->amount;
      }
    }
  }
  made->dividends.first[n] = kept;
}

sg_status read_dividends(book_reader *reader) {
  table rows;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_DIVIDENDS, book_files[FILE_DIVIDENDS].name, &rows));
  while (table_next(&rows)) {
    dividend_row paid = {.line = rows.line};
    paid.underlying = table_underlying(&rows, DIVIDEND_UNDERLYING);
    table_date(&rows, DIVIDEND_EX_DATE, &paid.ex_date_s);
    table_number(&rows, DIVIDEND_AMOUNT, &paid.amount);
    if (rows.row_ok && paid.underlying != ID_NONE && !ARRAY_PUSH(&reader->dividends, paid)) {
      reader_out_of_memory(reader);
    }
  }
  dividend_row *paid = reader->dividends.items;
  if (reader->dividends.n > 1) {
    qsort(paid, reader->dividends.n, sizeof *paid, compare_dividends);
  }
  for (size_t i = 1; i < reader->dividends.n; i++) {
    if (paid[i].underlying == paid[i - 1].underlying && paid[i].ex_date_s == paid[i - 1].ex_date_s) {
      findings_add(&reader->findings, (place){rows.path, paid[i].line, 0},
                   "the dividend of \"%s\" on this day is already on line %llu",
                   show_text(reader->book->underlyings.id[paid[i].underlying]).text,
                   (unsigned long long)paid[i - 1].line);
    }
  }
  keep_dividends(reader);
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

sg_status sort_currencies(book_reader *reader) {
  struct sg_book *made = reader->book;
  uint32_t n = ids_count(reader->currencies);
  uint32_t *rank = ARENA_ARRAY(reader->memory, uint32_t, n);
  made->currencies = (currencies){n, ARENA_ARRAY(reader->memory, const char *, n), ARENA_ARRAY(reader->memory, double, n),
                                  ARENA_ARRAY(reader->memory, uint64_t, n)};
  if (rank == NULL || made->currencies.id == NULL || made->currencies.line == NULL || made->currencies.rate_to_base == NULL ||
      !ids_rank(reader->currencies, rank)) {
    reader_out_of_memory(reader);
    return reader_status(reader);
  }
  for (uint32_t i = 0; i < n; i++) {
    made->currencies.id[rank[i]] = ids_text(reader->currencies, i);
    made->currencies.rate_to_base[rank[i]] = reader->fx_rate.items[i];
    made->currencies.line[rank[i]] = reader->fx_line.items[i];
  }
  made->base_currency = rank[made->base_currency];
  made->currencies.rate_to_base[made->base_currency] = 1;
  for (uint32_t u = 0; u < made->underlyings.n; u++) {
    made->underlyings.currency[u] = rank[made->underlyings.currency[u]];
  }
  for (uint32_t c = 0; c < made->instruments.n; c++) {
    made->instruments.currency[c] = rank[made->instruments.currency[c]];
  }
  for (uint32_t a = 0; a < made->accounts.n; a++) {
    made->accounts.currency[a] = rank[made->accounts.currency[a]];
  }
  for (uint32_t s = 0; s < made->assets.n; s++) {
    made->assets.currency[s] = rank[made->assets.currency[s]];
  }
  for (size_t i = 0; i < made->settlements.n; i++) {
    made->settlements.currency[i] = rank[made->settlements.currency[i]];
  }
  return reader_status(reader);
}
