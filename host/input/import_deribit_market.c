/* SPDX-License-Identifier: MIT
 *
 * What the rows come to: the time, an index per coin, a forward per expiry, and which rows the book can hold.
 */
#include "input/import_deribit.h"

#include "base/date.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A mid this near to a bound, in coin, is on it: no vol can be told from rounding (a few ulps of 1). */
static const double LEAST_TIME_VALUE = 1e-15;

enum { LARGEST_TIME_SPREAD_MS = 3600 * 1000 };

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts; n > 0. */
static double median(double *values, size_t n) {
  qsort(values, n, sizeof *values, compare_numbers);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static sg_status derive_time(const deribit_data *data, deribit_market *market, sg_error *error) {
  const deribit_row *earliest = NULL, *latest = NULL;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    if (row->created_ms > 0) {
      earliest = earliest == NULL || row->created_ms < earliest->created_ms ? row : earliest;
      latest = latest == NULL || row->created_ms > latest->created_ms ? row : latest;
    }
  }
  if (latest == NULL) {
    return error_add(error, SG_INPUT, (place){.file = data->rows.items[0].file},
                     "neither creation_timestamp nor usOut says of when the data is");
  }
  if (latest->created_ms - earliest->created_ms > LARGEST_TIME_SPREAD_MS) {
    char first[24], last[24];
    date_format(earliest->created_ms / 1000, first);
    date_format(latest->created_ms / 1000, last);
    return error_add(error, SG_INPUT, (place){.file = latest->file},
                     "%s is of %s, but %s in %s is of %s: more than an hour apart is not one market", latest->name,
                     last, earliest->name, earliest->file, first);
  }
  market->earliest_ms = earliest->created_ms;
  market->latest_ms = latest->created_ms;
  market->as_of_s = latest->created_ms / 1000;
  return SG_OK;
}

/* Rows that are no market data either. */
static bool is_listed(const deribit_row *row) {
  return row->left_out != DERIBIT_NAME && row->left_out != DERIBIT_LINEAR && row->left_out != DERIBIT_EXPIRED;
}

static sg_status derive_index(const deribit_data *data, uint32_t coin, deribit_coin *derived, double *values,
                              sg_error *error) {
  size_t n = 0, n_listed = 0;
  double perpetual = NAN;
  const char *file = NULL;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    if (row->coin != coin || !is_listed(row)) {
      continue;
    }
    n_listed++;
    file = row->file;
    if (!isnan(row->index)) {
      values[n++] = row->index;
    }
    if (row->kind == DERIBIT_PERPETUAL) {
      perpetual = isnan(row->mid) ? row->mark : row->mid;
    }
  }
  if (n > 0) {
    derived->index = median(values, n);
    derived->lowest_index = values[0];
    derived->highest_index = values[n - 1];
    derived->n_index_quotes = n;
    return SG_OK;
  }
  derived->index = perpetual;
  if (n_listed > 0 && isnan(perpetual)) {
    return error_add(error, SG_INPUT, (place){.file = file},
                     "no price of %s: no row has an estimated_delivery_price, and there is no %s-PERPETUAL with a "
                     "price; give the file of its futures too",
                     derived->name, derived->name);
  }
  return SG_OK;
}

static int compare_expiries(const void *a, const void *b) {
  int64_t x = ((const deribit_expiry *)a)->expiry_s, y = ((const deribit_expiry *)b)->expiry_s;
  return (x > y) - (x < y);
}

const deribit_expiry *deribit_find_expiry(const deribit_coin *coin, int64_t expiry_s) {
  deribit_expiry wanted = {.expiry_s = expiry_s};
  return coin->n_expiries == 0
             ? NULL
             : bsearch(&wanted, coin->expiries, coin->n_expiries, sizeof wanted, compare_expiries);
}

static sg_status list_expiries(deribit_data *data, uint32_t coin, deribit_coin *derived, sg_error *error) {
  deribit_expiry *all = ARENA_ARRAY(data->memory, deribit_expiry, data->rows.n);
  if (all == NULL) {
    return error_out_of_memory(error);
  }
  size_t n = 0, n_distinct = 0;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    if (row->coin == coin && is_listed(row) && row->kind != DERIBIT_PERPETUAL) {
      all[n++].expiry_s = row->expiry_s;
    }
  }
  qsort(all, n, sizeof *all, compare_expiries);
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || all[i].expiry_s != all[n_distinct - 1].expiry_s) {
      all[n_distinct++] = all[i];
    }
  }
  derived->expiries = all;
  derived->n_expiries = n_distinct;
  return SG_OK;
}

/* Median of the options' underlying_price, else the price of the future. */
static void derive_forward(const deribit_data *data, uint32_t coin, deribit_expiry *expiry, double *values) {
  size_t n = 0;
  expiry->forward = NAN;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    if (row->coin == coin && row->expiry_s == expiry->expiry_s && is_listed(row)) {
      if (row->kind == DERIBIT_FUTURE) {
        expiry->forward = deribit_future_price(row);
      } else if (row->kind == DERIBIT_OPTION && !isnan(row->underlying_price)) {
        values[n++] = row->underlying_price;
      }
    }
  }
  if (n > 0) {
    expiry->forward = median(values, n);
    expiry->lowest = values[0];
    expiry->highest = values[n - 1];
    expiry->n_quotes = n;
  }
}

/* Of an inverse option in coin: intrinsic value max(0, +-(1 - K/F)); at most 1 for a call, K/F for a put. */
static deribit_reason check_mid(const deribit_row *row, double forward) {
  if (isnan(row->bid) || isnan(row->ask)) {
    return isnan(row->bid) ? DERIBIT_NO_BID : DERIBIT_NO_ASK;
  }
  double strike = row->strike / forward, difference = row->is_call ? 1 - strike : strike - 1;
  double least = difference > 0 ? difference : 0, most = row->is_call ? 1 : strike;
  double mid = deribit_option_price(row), margin = LEAST_TIME_VALUE * (1 + strike);
  return !(mid > least + margin) ? DERIBIT_BELOW : !(mid < most - margin) ? DERIBIT_ABOVE : DERIBIT_KEPT;
}

static deribit_reason find_reason(const deribit_row *row, const deribit_coin *coin) {
  if (row->kind != DERIBIT_OPTION) {
    return isnan(deribit_future_price(row)) ? DERIBIT_NO_PRICE : DERIBIT_KEPT;
  }
  double forward = deribit_find_expiry(coin, row->expiry_s)->forward;
  if (isnan(forward)) {
    return DERIBIT_NO_FORWARD;
  }
  return isnan(row->mark_iv_percent) ? check_mid(row, forward) : DERIBIT_KEPT;
}

sg_status deribit_derive(deribit_data *data, deribit_market *market, sg_error *error) {
  uint32_t n_coins = ids_count(data->coins);
  double *values = ARENA_ARRAY(data->memory, double, data->rows.n);
  market->coins = ARENA_ARRAY(data->memory, deribit_coin, n_coins);
  if (values == NULL || market->coins == NULL) {
    return error_out_of_memory(error);
  }
  TRY(derive_time(data, market, error));
  for (size_t i = 0; i < data->rows.n; i++) {
    deribit_row *row = &data->rows.items[i];
    if (row->left_out == DERIBIT_KEPT && row->kind != DERIBIT_PERPETUAL && row->expiry_s <= market->as_of_s) {
      row->left_out = DERIBIT_EXPIRED;
    }
  }
  sg_status status = SG_OK;
  for (uint32_t coin = 0; coin < n_coins; coin++) {
    deribit_coin *derived = &market->coins[coin];
    derived->name = ids_text(data->coins, coin);
    sg_status found = derive_index(data, coin, derived, values, error);
    status = found != SG_OK ? found : status;
    TRY(list_expiries(data, coin, derived, error));
    for (size_t i = 0; i < derived->n_expiries; i++) {
      derive_forward(data, coin, &derived->expiries[i], values);
    }
  }
  for (size_t i = 0; i < data->rows.n; i++) {
    deribit_row *row = &data->rows.items[i];
    deribit_coin *coin = &market->coins[row->coin];
    if (row->left_out == DERIBIT_KEPT) {
      row->left_out = find_reason(row, coin);
    }
    if (row->left_out != DERIBIT_NAME && row->left_out != DERIBIT_LINEAR) {
      coin->n_rows[row->kind]++;
      coin->n_kept[row->kind] += row->left_out == DERIBIT_KEPT;
    }
  }
  return status;
}
