/* SPDX-License-Identifier: MIT
 *
 * What was found, derived and left out of chains of listed US options, in plain text.
 */
#include "input/import_accounts.h"
#include "input/import_chain.h"

#include "base/date.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>

/* value >= 0, with `places` decimals, rounded half up. */
static void print_decimal(FILE *stream, double value, int places, int width) {
  char text[NUMBER_TEXT_BYTES];
  long long scale = 1;
  for (int i = 0; i < places; i++) {
    scale *= 10;
  }
  double scaled = value * (double)scale + 0.5;
  long long units = scaled < 1e15 ? (long long)scaled : 1000000000000000;
  snprintf(text, sizeof text, "%lld.%0*lld", units / scale, places, units % scale);
  fprintf(stream, "%*s", width, text);
}

static void print_number(FILE *stream, double value) {
  char text[NUMBER_TEXT_BYTES];
  number_format(value, text);
  fputs(text, stream);
}

static void print_expiry(FILE *stream, const chain_expiry *expiry) {
  char time[24];
  date_format(expiry->expiry_s, time);
  fprintf(stream, "  %s", time);
  if (expiry->refused == CHAIN_FEW_PAIRS) {
    fprintf(stream, "  not used: %zu pairs\n", expiry->n_pairs);
    return;
  }
  if (expiry->refused == CHAIN_DISCOUNT) {
    fprintf(stream, "  not used: discount factor ");
    print_number(stream, expiry->discount_factor);
    fputc('\n', stream);
    return;
  }
  print_decimal(stream, expiry->forward, 4, 13);
  print_decimal(stream, expiry->discount_factor, 6, 10);
  fprintf(stream, "%7zu%8zu", expiry->n_pairs, expiry->n_within);
  print_decimal(stream, expiry->residual_median, 4, 10);
  print_decimal(stream, expiry->residual_largest, 4, 10);
  print_decimal(stream, expiry->width_median, 3, 9);
  print_decimal(stream, expiry->width_largest, 3, 9);
  fprintf(stream, "%s\n", expiry->refused == CHAIN_KEPT ? "" : "  not used");
}

static void print_underlying(FILE *stream, const chain_data *data, uint32_t index) {
  const chain_underlying *underlying = &data->underlyings.items[index];
  size_t n_usable = 0, n_expiries = 0;
  fprintf(stream, "%s\n  price ", underlying->name);
  print_number(stream, underlying->price);
  fprintf(stream, ", kind %s, %s exercise, %zu of %zu options\n", underlying->kind,
          underlying->american ? "american" : "european", underlying->n_kept, underlying->n_rows);
  if (underlying->american) {
    fprintf(stream, "  no forward is implied: for american exercise put-call parity is no equation; rates are %s\n",
            data->rate == NULL ? "zero" : data->rate);
    return;
  }
  for (size_t i = 0; i < data->expiries.n; i++) {
    n_expiries += data->expiries.items[i].underlying == index;
    n_usable += data->expiries.items[i].underlying == index && data->expiries.items[i].refused == CHAIN_KEPT;
  }
  fprintf(stream,
          "  forward and discount factor of %zu of %zu expiries from put-call parity: the line C - P = D (F - K)\n"
          "  through mids within a tenth of the forward, least sum of residuals in half bid-ask widths, each at most "
          "1\n"
          "  %-20s%13s%10s%7s%8s%10s%10s%9s%9s\n",
          n_usable, n_expiries, "expiry", "forward", "discount", "pairs", "within", "residual", "largest", "/width",
          "largest");
  for (size_t i = 0; i < data->expiries.n; i++) {
    if (data->expiries.items[i].underlying == index) {
      print_expiry(stream, &data->expiries.items[i]);
    }
  }
}

static void print_left_out(FILE *stream, const chain_data *data) {
  const import_rows all = chain_rows(data);
  size_t n_closed = 0, n_crossed = 0;
  for (size_t i = 0; i < data->rows.n; i++) {
    const chain_row *row = &data->rows.items[i];
    n_closed += row->left_out == CHAIN_KEPT && !(row->open_interest > 0);
    n_crossed += row->left_out == CHAIN_KEPT && row->bid > row->ask;
  }
  if (import_rows_print_left_out(&all, stream) == 0) {
    fprintf(stream, "left out: nothing\n");
  }
  fprintf(stream, "of the options kept %zu have no open interest, %zu a bid above their ask\n", n_closed, n_crossed);
}

sg_status chain_report(const chain_data *data, size_t n_files, uint64_t seed, const made_accounts *made, char **report,
                       sg_error *error) {
  size_t size_bytes;
  char time[24];
  *report = NULL;
  FILE *stream = open_memstream(report, &size_bytes);
  if (stream == NULL) {
    return error_out_of_memory(error);
  }
  date_format(data->as_of_s, time);
  fprintf(stream, "%s: %zu file%s, %zu options, as of %s\n", data->title, n_files, n_files == 1 ? "" : "s",
          data->rows.n, time);
  for (uint32_t i = 0; i < data->underlyings.n; i++) {
    print_underlying(stream, data, i);
  }
  if (data->n_dividends + data->n_other_dividends > 0) {
    fprintf(stream, "%zu cash dividends to come; %zu of other shares or days gone by are left out\n", data->n_dividends,
            data->n_other_dividends);
  }
  fprintf(stream, "price of an option: %s\n", data->price_text);
  if (data->n_unnamed > 0) {
    fprintf(stream,
            "%zu index options carry no symbol: those of a third Friday are taken as settled on opening prices,\n"
            "  at 09:30 in New York, all others at 16:00\n",
            data->n_unnamed);
  }
  print_left_out(stream, data);
  sg_status status = import_print_accounts(stream, made, seed, error);
  return file_text_finish(stream, report, status, error);
}
