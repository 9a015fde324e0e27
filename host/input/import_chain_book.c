/* SPDX-License-Identifier: MIT
 *
 * Chains of listed US options to a book: which rows it holds, and its files.
 */
#include "input/import_chain.h"

#include "base/date.h"
#include "base/number.h"
#include "input/import_accounts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A price this near to a bound is on it: no vol can be told from rounding (a few ulps of the larger of spot and
 * strike). */
static const double LEAST_TIME_VALUE = 1e-15;

static chain_reason check_quotes(const chain_row *row) {
  return isnan(row->bid) ? CHAIN_NO_BID : isnan(row->ask) ? CHAIN_NO_ASK : CHAIN_KEPT;
}

/* European: discounted, on the forward; American: on the spot. */
static chain_reason check_bounds(const chain_data *data, const chain_row *row) {
  const chain_underlying *underlying = &data->underlyings.items[row->underlying];
  const chain_expiry *expiry = underlying->american ? NULL : chain_find_expiry(data, row->underlying, row->expiry_s);
  double forward = expiry == NULL ? underlying->price : expiry->forward;
  double discount = expiry == NULL ? 1 : expiry->discount_factor;
  double intrinsic = row->is_call ? forward - row->strike : row->strike - forward;
  double least = discount * (intrinsic > 0 ? intrinsic : 0), most = discount * (row->is_call ? forward : row->strike);
  double margin = LEAST_TIME_VALUE * (forward > row->strike ? forward : row->strike);
  return !(row->price > least + margin) ? CHAIN_BELOW : !(row->price < most - margin) ? CHAIN_ABOVE : CHAIN_KEPT;
}

/* Decides on every row; the order of the reasons is that of the list. */
static sg_status derive(chain_data *data, sg_error *error) {
  chain_set_expiries(data);
  for (size_t i = 0; i < data->rows.n; i++) {
    chain_row *row = &data->rows.items[i];
    bool own_price = !isnan(row->price) || !isnan(row->vol);
    if (row->left_out == CHAIN_KEPT && !own_price) {
      row->left_out = check_quotes(row);
    }
    row->price = own_price ? row->price : import_mid(row->bid, row->ask);
  }
  TRY(chain_fit_parity(data, error));
  for (size_t i = 0; i < data->rows.n; i++) {
    chain_row *row = &data->rows.items[i];
    chain_underlying *underlying = &data->underlyings.items[row->underlying];
    if (row->left_out == CHAIN_KEPT && isnan(row->vol)) {
      row->left_out = check_bounds(data, row);
    }
    underlying->n_rows++;
    underlying->n_kept += row->left_out == CHAIN_KEPT;
  }
  return SG_OK;
}

static void forget_vols(chain_data *data) {
  data->price_text = data->own_price_text != NULL ? data->own_price_text : data->price_text;
  for (size_t i = 0; i < data->rows.n; i++) {
    chain_row *row = &data->rows.items[i];
    bool without_price = !isnan(row->vol) && isnan(row->price) && isnan(row->bid) && isnan(row->ask);
    row->left_out = row->left_out == CHAIN_KEPT && without_price ? CHAIN_NO_PRICE : row->left_out;
    row->vol = NAN;
  }
}

static void write_numbers(FILE *stream, const double *numbers, size_t n) {
  char text[NUMBER_TEXT_BYTES];
  for (size_t i = 0; i < n; i++) {
    number_format(numbers[i], text);
    fprintf(stream, ",%s", text);
  }
}

static sg_status write_forwards(const chain_data *data, import_book *book, sg_error *error) {
  TRY(import_book_start(book, IMPORT_FORWARDS,
                        "underlying,expiry,forward,discount_factor,x_method,x_pairs,x_pairs_within,x_residual_median,"
                        "x_residual_largest,x_residual_median_widths,x_residual_largest_widths",
                        error));
  FILE *stream = book->files[IMPORT_FORWARDS].stream;
  for (size_t i = 0; i < data->expiries.n; i++) {
    const chain_expiry *expiry = &data->expiries.items[i];
    char time[24];
    if (expiry->refused == CHAIN_KEPT) {
      date_format(expiry->expiry_s, time);
      fprintf(stream, "%s,%s", data->underlyings.items[expiry->underlying].name, time);
      write_numbers(stream, (double[]){expiry->forward, expiry->discount_factor}, 2);
      fprintf(stream, ",parity_truncated_absolute_residuals,%zu,%zu", expiry->n_pairs, expiry->n_within);
      write_numbers(stream, (double[]){expiry->residual_median, expiry->residual_largest, expiry->width_median,
                                       expiry->width_largest}, 4);
      fputc('\n', stream);
    }
  }
  return SG_OK;
}

static sg_status write_market(const chain_data *data, import_book *book, sg_error *error) {
  char time[24], number[NUMBER_TEXT_BYTES], header[64];
  bool american = false;
  snprintf(header, sizeof header, "# made by shockgrid import %s", data->format);
  TRY(import_book_start(book, IMPORT_BOOK_YAML, header, error));
  TRY(import_book_start(book, IMPORT_UNDERLYINGS, "underlying,currency,price,kind", error));
  for (size_t i = 0; i < data->underlyings.n; i++) {
    const chain_underlying *underlying = &data->underlyings.items[i];
    number_format(underlying->price, number);
    fprintf(book->files[IMPORT_UNDERLYINGS].stream, "%s,USD,%s,%s\n", underlying->name, number, underlying->kind);
    american = american || underlying->american;
  }
  date_format(data->as_of_s, time);
  fprintf(book->files[IMPORT_BOOK_YAML].stream, "as_of: %s\ncurrency: USD\nday_count: act/365f\n%s", time,
          american && data->rate == NULL ? "rates: zero\n" : "");
  return data->expiries.n > 0 ? write_forwards(data, book, error) : SG_OK;
}

/* Shares stand in the book too: they hedge, and covered calls need them. An index cannot be held. */
static sg_status write_instruments(const chain_data *data, const kept_rows *kept, import_book *book, sg_error *error) {
  TRY(import_book_start(book, IMPORT_INSTRUMENTS,
                        "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                        "implied_vol",
                        error));
  FILE *stream = book->files[IMPORT_INSTRUMENTS].stream;
  for (size_t i = 0; i < data->underlyings.n; i++) {
    if (strcmp(data->underlyings.items[i].kind, "equity") == 0) {
      const char *name = data->underlyings.items[i].name;
      fprintf(stream, "%s,spot,%s,,,,,1,USD,linear,,\n", name, name);
    }
  }
  for (size_t i = 0; i < kept->n; i++) {
    const chain_row *row = &data->rows.items[kept->items[i].row];
    const chain_underlying *underlying = &data->underlyings.items[row->underlying];
    char expiry[24], strike[NUMBER_TEXT_BYTES], price[NUMBER_TEXT_BYTES] = "", vol[NUMBER_TEXT_BYTES] = "";
    date_format(row->expiry_s, expiry);
    number_format(row->strike, strike);
    if (!isnan(row->price)) {
      number_format(row->price, price);
    }
    if (!isnan(row->vol)) {
      number_format(row->vol, vol);
    }
    fprintf(stream, "%s,option,%s,%s,%s,%s,%s,100,USD,linear,%s,%s\n", row->name, underlying->name,
            row->is_call ? "call" : "put", underlying->american ? "american" : "european", strike, expiry, price, vol);
  }
  return SG_OK;
}

static double rough_delta(const chain_data *data, const chain_row *row) {
  const double rough_vol = 0.25; /* of shares and indices */
  double spot = data->underlyings.items[row->underlying].price;
  double width = spot * rough_vol * sqrt((double)(row->expiry_s - data->as_of_s) / (365.0 * 86400));
  double call = import_rough_delta(spot, row->strike, width);
  return 100 * (row->is_call ? call : call - 1);
}

static int64_t open_contracts(double open_interest) {
  return isnan(open_interest) ? 0 : open_interest > 1e15 ? (int64_t)1e15 : (int64_t)(open_interest + 0.5);
}

static sg_status make_positions(const chain_data *data, const kept_rows *kept, const sg_import_options *options,
                                import_book *book, made_accounts *made, sg_error *error) {
  const decimal18 one = {(int128)1000000000000000000};
  size_t n = 0;
  account_series *series = ARENA_ARRAY(data->memory, account_series, kept->n + data->underlyings.n);
  const char **names = ARENA_ARRAY(data->memory, const char *, kept->n + data->underlyings.n);
  if (series == NULL || names == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < data->underlyings.n; i++) {
    if (strcmp(data->underlyings.items[i].kind, "equity") == 0) {
      names[n] = data->underlyings.items[i].name;
      series[n++] = (account_series){
          .underlying = (uint32_t)i, .delta = 1, .open_steps = OPEN_INTEREST_UNKNOWN, .step = one};
    }
  }
  for (size_t i = 0; i < kept->n; i++) {
    const chain_row *row = &data->rows.items[kept->items[i].row];
    names[n] = row->name;
    series[n++] = (account_series){.underlying = row->underlying,
                                   .is_option = true,
                                   .is_call = row->is_call,
                                   .expiry_s = row->expiry_s,
                                   .strike = row->strike,
                                   .delta = rough_delta(data, row),
                                   .open_steps = open_contracts(row->open_interest),
                                   .step = one};
  }
  return import_make_accounts(series, names, n, options, book, made, error);
}

sg_status chain_write(chain_data *data, size_t n_files, const sg_import_options *options, const char *folder,
                      char **report, sg_error *error) {
  sg_status status = SG_OK;
  kept_rows kept = {0};
  const import_rows all = chain_rows(data);
  import_book book = {0};
  made_accounts made = {0};
  char *text = NULL;
  if (data->rows.n == 0) {
    return error_fail(error, SG_INPUT, "nothing to import: no file with an option is given");
  }
  data->rate = options == NULL ? NULL : options->rate;
  if (options != NULL && options->imply) {
    forget_vols(data);
  }
  TRY_DONE(derive(data, error));
  TRY_DONE(import_rows_keep(&all, data->memory, &kept, error));
  TRY_DONE(write_market(data, &book, error));
  TRY_DONE(options == NULL ? SG_OK : chain_write_given(data, options, &book, error));
  TRY_DONE(write_instruments(data, &kept, &book, error));
  TRY_DONE(make_positions(data, &kept, options, &book, &made, error));
  TRY_DONE(chain_report(data, n_files, options == NULL ? 0 : options->seed, &made, &text, error));
  TRY_DONE(import_book_write(&book, folder, text, error));
  *report = text;
  text = NULL;
done:
  free(text);
  made_accounts_close(&made);
  import_book_close(&book);
  return status;
}
