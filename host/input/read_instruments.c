/* SPDX-License-Identifier: MIT
 *
 * instruments.csv: each row checked by itself. What needs the market is in derive_forwards.c and derive_vols.c.
 */
#include "input/table.h"

#include <math.h>
#include <string.h>

typedef struct instrument_row {
  uint64_t line;
  uint32_t underlying, currency;
  int type, right, exercise, settlement, premium, price_model;
  bool has_vol, ok;
  double strike, multiplier, mark, vol;
  int64_t expiry_s;
  const char *future;
} instrument_row;

/* Columns that only options have. */
static void check_option_columns(table *rows, const instrument_row *row) {
  static const int required[] = {INSTRUMENT_RIGHT, INSTRUMENT_EXERCISE, INSTRUMENT_STRIKE};
  static const int refused[] = {INSTRUMENT_RIGHT, INSTRUMENT_EXERCISE, INSTRUMENT_STRIKE, INSTRUMENT_FUTURE,
                                INSTRUMENT_VOL};
  if (row->type == OPTION) {
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
      if (!table_given(rows, required[i])) {
        table_finding(rows, required[i], "%s is empty; an option needs it", rows->format->columns[required[i]].name);
      }
    }
    return;
  }
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    if (table_given(rows, refused[i])) {
      table_finding(rows, refused[i], "%s is given for a %s; only options have one",
                    rows->format->columns[refused[i]].name, instrument_type_text((instrument_type)row->type));
    }
  }
}

static void check_expiry_column(table *rows, const instrument_row *row) {
  bool expires = row->type == OPTION || row->type == FUTURE || row->type == FORWARD;
  bool given = table_given(rows, INSTRUMENT_EXPIRY);
  const char *type = instrument_type_text((instrument_type)row->type);
  if (expires && !given) {
    table_finding(rows, INSTRUMENT_EXPIRY, "expiry is empty; %s %s needs it", row->type == OPTION ? "an" : "a", type);
  } else if (!expires && given) {
    table_finding(rows, INSTRUMENT_EXPIRY, "expiry is given for a %s, which has none", type);
  }
}

static void check_inverse(table *rows, const instrument_row *row) {
  if (row->settlement != INVERSE) {
    return;
  }
  if (row->type == SPOT) {
    table_finding(rows, INSTRUMENT_SETTLEMENT, "settlement is inverse, which spot cannot be");
  }
  if (row->price_model != BLACK) {
    table_finding(rows, INSTRUMENT_PRICE_MODEL, "price_model is bachelier; inverse settlement needs black");
  }
  if (row->underlying == ID_NONE) {
    return;
  }
  const char *asset = rows->reader->book->underlyings.asset[row->underlying];
  const csv_field *currency = table_field(rows, INSTRUMENT_CURRENCY);
  if (asset[0] != '\0' && currency->length > 0 &&
      (strlen(asset) != currency->length || memcmp(asset, currency->text, currency->length) != 0)) {
    table_finding(rows, INSTRUMENT_CURRENCY,
                  "currency \"%s\" of an inverse instrument is not its underlying's asset \"%s\"",
                  show(currency->text, currency->length).text, show_text(asset).text);
  }
}

static void check_numbers(table *rows, const instrument_row *row) {
  if (row->type == OPTION && row->price_model == BLACK) {
    if (table_given(rows, INSTRUMENT_STRIKE) && row->strike <= 0) {
      table_finding(
          rows, INSTRUMENT_STRIKE, "strike \"%s\" is not > 0, as price_model black needs",
          show(table_field(rows, INSTRUMENT_STRIKE)->text, table_field(rows, INSTRUMENT_STRIKE)->length).text);
    }
    if (row->vol > 100) {
      table_finding(rows, INSTRUMENT_VOL, "implied_vol \"%s\" is above 100, which is 10000 %%; 0.25 is 25 %%",
                    show(table_field(rows, INSTRUMENT_VOL)->text, table_field(rows, INSTRUMENT_VOL)->length).text);
    }
  }
  if (row->type == OPTION && row->mark < 0) {
    table_finding(rows, INSTRUMENT_PRICE, "price \"%s\" of an option is negative",
                  show(table_field(rows, INSTRUMENT_PRICE)->text, table_field(rows, INSTRUMENT_PRICE)->length).text);
  }
  if (row->type != OPTION && row->settlement == INVERSE && row->mark <= 0) {
    table_finding(rows, INSTRUMENT_PRICE, "price \"%s\" of an inverse %s is not > 0",
                  show(table_field(rows, INSTRUMENT_PRICE)->text, table_field(rows, INSTRUMENT_PRICE)->length).text,
                  instrument_type_text((instrument_type)row->type));
  }
}

static instrument_row read_instrument(table *rows) {
  instrument_row row = {.line = rows->line,
                        .settlement = LINEAR,
                        .premium = UPFRONT,
                        .price_model = BLACK,
                        .mark = NAN,
                        .right = CALL,
                        .exercise = EUROPEAN};
  bool typed = table_word(rows, INSTRUMENT_TYPE, &row.type);
  row.underlying = table_underlying(rows, INSTRUMENT_UNDERLYING);
  row.future = table_text(rows, INSTRUMENT_FUTURE);
  table_word(rows, INSTRUMENT_RIGHT, &row.right);
  table_word(rows, INSTRUMENT_EXERCISE, &row.exercise);
  bool struck = table_number(rows, INSTRUMENT_STRIKE, &row.strike) || !table_given(rows, INSTRUMENT_STRIKE);
  table_expiry(rows, INSTRUMENT_EXPIRY, &row.expiry_s);
  table_number(rows, INSTRUMENT_MULTIPLIER, &row.multiplier);
  if (table_id(rows, INSTRUMENT_CURRENCY)) {
    const csv_field *currency = table_field(rows, INSTRUMENT_CURRENCY);
    row.currency = reader_currency(rows->reader, currency->text, currency->length);
  }
  bool worded = table_word(rows, INSTRUMENT_SETTLEMENT, &row.settlement) || !table_given(rows, INSTRUMENT_SETTLEMENT);
  table_word(rows, INSTRUMENT_PREMIUM, &row.premium);
  worded &= table_word(rows, INSTRUMENT_PRICE_MODEL, &row.price_model) || !table_given(rows, INSTRUMENT_PRICE_MODEL);
  table_number(rows, INSTRUMENT_PRICE, &row.mark);
  row.has_vol = table_number(rows, INSTRUMENT_VOL, &row.vol);
  if (typed) {
    check_option_columns(rows, &row);
    check_expiry_column(rows, &row);
  }
  if (typed && worded && struck) {
    check_inverse(rows, &row);
    check_numbers(rows, &row);
  }
  row.ok = rows->row_ok && row.underlying != ID_NONE;
  return row;
}

static bool open_instruments(book_reader *reader, instruments *made, uint32_t n) {
  arena *memory = reader->memory;
  *made = (instruments){
      .n = n,
      .id = ARENA_ARRAY(memory, const char *, n),
      .line = ARENA_ARRAY(memory, uint64_t, n),
      .type = ARENA_ARRAY(memory, instrument_type, n),
      .underlying = ARENA_ARRAY(memory, uint32_t, n),
      .forward = ARENA_ARRAY(memory, uint32_t, n),
      .currency = ARENA_ARRAY(memory, uint32_t, n),
      .settlement = ARENA_ARRAY(memory, settlement, n),
      .premium = ARENA_ARRAY(memory, premium, n),
      .price_model = ARENA_ARRAY(memory, price_model, n),
      .right = ARENA_ARRAY(memory, option_right, n),
      .exercise = ARENA_ARRAY(memory, exercise, n),
      .strike = ARENA_ARRAY(memory, double, n),
      .expiry_s = ARENA_ARRAY(memory, int64_t, n),
      .years = ARENA_ARRAY(memory, double, n),
      .multiplier = ARENA_ARRAY(memory, double, n),
      .discount = ARENA_ARRAY(memory, double, n),
      .vol = ARENA_ARRAY(memory, double, n),
      .mark = ARENA_ARRAY(memory, double, n),
  };
  reader->extra = ARENA_ARRAY(memory, instrument_extra, n);
  reader->instrument_rank = ARENA_ARRAY(memory, uint32_t, n);
  return made->id != NULL && made->line != NULL && made->type != NULL && made->underlying != NULL &&
         made->forward != NULL && made->currency != NULL && made->settlement != NULL && made->premium != NULL &&
         made->price_model != NULL && made->right != NULL && made->exercise != NULL && made->strike != NULL &&
         made->expiry_s != NULL && made->years != NULL && made->multiplier != NULL && made->discount != NULL &&
         made->vol != NULL && made->mark != NULL && reader->extra != NULL && reader->instrument_rank != NULL &&
         ids_rank(reader->instruments, reader->instrument_rank);
}

static void keep_instrument(book_reader *reader, instruments *made, uint32_t i, const instrument_row *row) {
  uint32_t c = reader->instrument_rank[i];
  made->id[c] = ids_text(reader->instruments, i);
  made->line[c] = row->line;
  made->type[c] = (instrument_type)row->type;
  made->underlying[c] = row->underlying;
  made->forward[c] = ID_NONE;
  made->currency[c] = row->currency;
  made->settlement[c] = (settlement)row->settlement;
  made->premium[c] = (premium)row->premium;
  made->price_model[c] = (price_model)row->price_model;
  made->right[c] = (option_right)row->right;
  made->exercise[c] = (exercise)row->exercise;
  made->strike[c] = row->strike;
  made->expiry_s[c] = row->expiry_s;
  made->years[c] = row->expiry_s == 0 ? 0 : years_between(reader->book->as_of_s, row->expiry_s);
  made->multiplier[c] = row->multiplier;
  made->discount[c] = 1;
  made->vol[c] = row->vol;
  made->mark[c] = row->mark;
  reader->extra[c] = (instrument_extra){row->future, row->ok, row->has_vol};
}

sg_status read_instruments(book_reader *reader) {
  table rows;
  ARRAY(instrument_row) read = {0};
  ARRAY(uint64_t) lines = {0};
  instruments *made = &reader->book->instruments;
  sg_status status = SG_OK;
  TRY_DONE(table_open(reader, FILE_INSTRUMENTS, book_files[FILE_INSTRUMENTS].name, &rows));
  reader->instruments_usable = rows.usable;
  reader->instruments_path = rows.path;
  while (table_next(&rows)) {
    uint32_t index;
    bool added = table_add_id(&rows, INSTRUMENT_ID, reader->instruments, lines.items, &index);
    instrument_row row = read_instrument(&rows);
    if (added && ARRAY_PUSH(&lines, rows.line) && ARRAY_PUSH(&read, row)) {
      table_keep_x(&rows);
    } else if (added) {
      reader_out_of_memory(reader);
    }
  }
  TRY_DONE(reader_status(reader));
  if (!open_instruments(reader, made, (uint32_t)read.n)) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (uint32_t i = 0; i < read.n; i++) {
    keep_instrument(reader, made, i, &read.items[i]);
  }
  table_attributes(&rows, reader->instrument_rank, made->n, &made->x);
done:
  ARRAY_FREE(&read);
  ARRAY_FREE(&lines);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}
