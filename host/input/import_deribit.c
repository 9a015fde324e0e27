/* SPDX-License-Identifier: MIT
 *
 * Deribit's book summaries -> a book: coin-settled options, futures and perpetuals, with the exchange's
 * marks and vols, or, where rows have none, with the middle of their quotes.
 */
#include "input/import_deribit.h"

#include "base/date.h"
#include "base/number.h"
#include "input/import.h"
#include "input/import_accounts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Smallest amounts that trade: options in coin, futures in US dollars (Deribit's contract specifications). The last
 * row serves any other coin. X("coin", "option", "future") */
#define DERIBIT_STEPS(X) X("BTC", "0.1", "10") X("ETH", "1", "1") X(NULL, "1", "1")

static decimal18 find_step(const char *coin, deribit_kind kind) {
  static const struct {
    const char *coin, *option, *future;
  } steps[] = {
#define DERIBIT_STEP(coin, option, future) {coin, option, future},
      DERIBIT_STEPS(DERIBIT_STEP)
#undef DERIBIT_STEP
  };
  size_t i = 0;
  while (steps[i].coin != NULL && strcmp(steps[i].coin, coin) != 0) {
    i++;
  }
  const char *text = kind == DERIBIT_OPTION ? steps[i].option : steps[i].future;
  decimal18 step = {0};
  decimal18_parse(text, strlen(text), &step);
  return step;
}

static int reason_of(const void *data, size_t row) {
  return (int)((const deribit_data *)data)->rows.items[row].left_out;
}

static const char *name_of(const void *data, size_t row) {
  return ((const deribit_data *)data)->rows.items[row].name;
}

import_rows deribit_rows(const deribit_data *data) {
  static const char *const sentences[] = {
#define DERIBIT_SENTENCE(name, text) text,
      DERIBIT_REASONS(DERIBIT_SENTENCE)
#undef DERIBIT_SENTENCE
  };
  return (import_rows){data, data->rows.n, "rows", sentences, N_DERIBIT_REASONS, reason_of, name_of};
}

static bool has_rows(const deribit_coin *coin) {
  return coin->n_kept[DERIBIT_OPTION] + coin->n_kept[DERIBIT_FUTURE] + coin->n_kept[DERIBIT_PERPETUAL] > 0;
}

static sg_status write_market(const deribit_data *data, const deribit_market *market, import_book *book,
                              sg_error *error) {
  char time[24], number[NUMBER_TEXT_BYTES];
  TRY(import_book_start(book, IMPORT_BOOK_YAML, "# made by shockgrid import deribit", error));
  TRY(import_book_start(book, IMPORT_UNDERLYINGS, "underlying,currency,price,asset,kind", error));
  TRY(import_book_start(book, IMPORT_FORWARDS, "underlying,expiry,forward", error));
  TRY(import_book_start(book, IMPORT_FX, "currency,rate_to_base", error));
  date_format(market->as_of_s, time);
  fprintf(book->files[IMPORT_BOOK_YAML].stream, "as_of: %s\ncurrency: USD\nday_count: act/365f\nrates: zero\n", time);
  for (uint32_t i = 0; i < ids_count(data->coins); i++) {
    const deribit_coin *coin = &market->coins[i];
    if (!has_rows(coin)) {
      continue;
    }
    number_format(coin->index, number);
    fprintf(book->files[IMPORT_UNDERLYINGS].stream, "%s,USD,%s,%s,crypto\n", coin->name, number, coin->name);
    fprintf(book->files[IMPORT_FX].stream, "%s,%s\n", coin->name, number);
    for (size_t e = 0; e < coin->n_expiries; e++) {
      if (!isnan(coin->expiries[e].forward)) {
        date_format(coin->expiries[e].expiry_s, time);
        number_format(coin->expiries[e].forward, number);
        fprintf(book->files[IMPORT_FORWARDS].stream, "%s,%s,%s\n", coin->name, time, number);
      }
    }
  }
  return SG_OK;
}

/* Percent to a fraction without a detour through binary: 50.89 is 0.5089. */
static void format_percent(double percent, char *text) {
  decimal18 exact;
  size_t length = number_format(percent, text);
  if (decimal18_parse(text, length, &exact) == NULL && exact.units % 100 == 0) {
    decimal18_format((decimal18){exact.units / 100}, text);
  } else {
    number_format(percent / 100, text);
  }
}

static sg_status write_instruments(const deribit_data *data, const deribit_market *market, const kept_rows *kept,
                                   import_book *book, sg_error *error) {
  static const char *const types[] = {"option", "future", "perpetual"};
  TRY(import_book_start(book, IMPORT_INSTRUMENTS,
                        "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                        "implied_vol",
                        error));
  FILE *stream = book->files[IMPORT_INSTRUMENTS].stream;
  for (size_t i = 0; i < kept->n; i++) {
    const deribit_row *row = &data->rows.items[kept->items[i].row];
    bool is_option = row->kind == DERIBIT_OPTION;
    const char *coin = market->coins[row->coin].name;
    char expiry[24] = "", price[NUMBER_TEXT_BYTES] = "", vol[NUMBER_TEXT_BYTES] = "";
    double mark = is_option ? deribit_option_price(row) : deribit_future_price(row);
    if (row->expiry_s != 0) {
      date_format(row->expiry_s, expiry);
    }
    if (!isnan(mark)) {
      number_format(mark, price);
    }
    if (is_option && !isnan(row->mark_iv_percent)) {
      format_percent(row->mark_iv_percent, vol);
    }
    fprintf(stream, "%s,%s,%s,%s,%s,%s,%s,1,%s,inverse,%s,%s\n", row->name, types[row->kind], coin,
            !is_option ? "" : row->is_call ? "call" : "put", is_option ? "european" : "",
            is_option ? row->strike_text : "", expiry, coin, price, vol);
  }
  return SG_OK;
}

enum { ROUGH_VOL_PERCENT = 60 }; /* of coins, for the shape of a hedge only */

static double rough_delta(const deribit_row *row, const deribit_market *market) {
  if (row->kind != DERIBIT_OPTION) {
    return 1 / deribit_future_price(row);
  }
  double forward = deribit_find_expiry(&market->coins[row->coin], row->expiry_s)->forward;
  double years = (double)(row->expiry_s - market->as_of_s) / (365.0 * 86400);
  double percent = isnan(row->mark_iv_percent) ? ROUGH_VOL_PERCENT : row->mark_iv_percent;
  double width = forward * (percent / 100) * sqrt(years);
  double call = import_rough_delta(forward, row->strike, width);
  return row->is_call ? call : call - 1;
}

static int64_t open_steps(const deribit_row *row, decimal18 step) {
  if (isnan(row->open_interest)) {
    return row->kind == DERIBIT_OPTION ? 0 : OPEN_INTEREST_UNKNOWN;
  }
  double steps = row->open_interest / decimal18_to_double(step);
  return steps > 1e15 ? (int64_t)1e15 : (int64_t)(steps + 0.5);
}

static sg_status make_positions(const deribit_data *data, const deribit_market *market, const kept_rows *kept,
                                const sg_import_options *options, import_book *book, made_accounts *made,
                                sg_error *error) {
  account_series *series = ARENA_ARRAY(data->memory, account_series, kept->n);
  const char **names = ARENA_ARRAY(data->memory, const char *, kept->n);
  if (series == NULL || names == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < kept->n; i++) {
    const deribit_row *row = &data->rows.items[kept->items[i].row];
    decimal18 step = find_step(market->coins[row->coin].name, row->kind);
    names[i] = row->name;
    series[i] = (account_series){.underlying = row->coin,
                                 .is_option = row->kind == DERIBIT_OPTION,
                                 .is_call = row->is_call,
                                 .expiry_s = row->expiry_s,
                                 .strike = row->strike,
                                 .delta = rough_delta(row, market),
                                 .open_steps = open_steps(row, step),
                                 .step = step};
  }
  return import_make_accounts(series, names, kept->n, options, book, made, error);
}

static sg_status read_all(deribit_data *data, const char *const *paths, size_t n_paths, sg_error *error) {
  sg_status status = SG_OK;
  if (n_paths == 0) {
    return error_fail(error, SG_USAGE, "no file to import; expected one or more responses of "
                                       "public/get_book_summary_by_currency");
  }
  for (size_t i = 0; i < n_paths; i++) {
    sg_status read = deribit_read(data, paths[i], error);
    status = read != SG_OK ? read : status;
  }
  return status;
}

sg_status import_deribit(const char *const *paths, size_t n_paths, const sg_import_options *options,
                         const char *folder, char **report, sg_error *error) {
  sg_status status = SG_OK;
  deribit_data data = {.memory = arena_open()};
  deribit_market market = {0};
  kept_rows kept = {0};
  import_book book = {0};
  made_accounts made = {0};
  char *text = NULL;
  *report = NULL;
  if (options != NULL && (options->dividends != NULL || options->rate != NULL || options->imply)) {
    arena_close(data.memory);
    return error_fail(error, SG_USAGE, "dividends, a rate and vols to imply are for chains of shares, not for deribit");
  }
  data.names = data.memory == NULL ? NULL : ids_open(data.memory);
  data.coins = data.memory == NULL ? NULL : ids_open(data.memory);
  if (data.names == NULL || data.coins == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  TRY_DONE(read_all(&data, paths, n_paths, error));
  TRY_DONE(deribit_derive(&data, &market, error));
  const import_rows all = deribit_rows(&data);
  TRY_DONE(import_rows_keep(&all, data.memory, &kept, error));
  TRY_DONE(write_market(&data, &market, &book, error));
  TRY_DONE(write_instruments(&data, &market, &kept, &book, error));
  TRY_DONE(make_positions(&data, &market, &kept, options, &book, &made, error));
  TRY_DONE(deribit_report(&data, &market, n_paths, options == NULL ? 0 : options->seed, &made, &text, error));
  TRY_DONE(import_book_write(&book, folder, text, error));
  *report = text;
  text = NULL;
done:
  free(text);
  made_accounts_close(&made);
  import_book_close(&book);
  ARRAY_FREE(&data.rows);
  ARRAY_FREE(&data.first_row);
  ids_close(data.coins);
  ids_close(data.names);
  arena_close(data.memory);
  return status;
}
