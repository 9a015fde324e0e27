/* SPDX-License-Identifier: MIT
 *
 * What was found, derived and left out, in plain text.
 */
#include "input/import_accounts.h"
#include "input/import_deribit.h"

#include "base/date.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>

static void print_number(FILE *stream, const char *before, double value, int width) {
  char text[NUMBER_TEXT_BYTES];
  number_format(value, text);
  fprintf(stream, "%s%-*s", before, width, text);
}

static void print_coin(FILE *stream, const deribit_coin *coin) {
  print_number(stream, "  index ", coin->index, 0);
  if (coin->n_index_quotes > 0) {
    fprintf(stream, ", median of %zu estimated_delivery_price", coin->n_index_quotes);
    print_number(stream, " from ", coin->lowest_index, 0);
    print_number(stream, " to ", coin->highest_index, 0);
    fprintf(stream, "\n");
  } else {
    fprintf(stream, ", from the perpetual: no row has an estimated_delivery_price\n");
  }
  fprintf(stream, "  %zu of %zu options, %zu of %zu futures, %zu of %zu perpetuals, %zu expiries\n",
          coin->n_kept[DERIBIT_OPTION], coin->n_rows[DERIBIT_OPTION], coin->n_kept[DERIBIT_FUTURE],
          coin->n_rows[DERIBIT_FUTURE], coin->n_kept[DERIBIT_PERPETUAL], coin->n_rows[DERIBIT_PERPETUAL],
          coin->n_expiries);
  for (size_t i = 0; i < coin->n_expiries; i++) {
    const deribit_expiry *expiry = &coin->expiries[i];
    char time[24];
    date_format(expiry->expiry_s, time);
    fprintf(stream, "  %s", time);
    if (isnan(expiry->forward)) {
      fprintf(stream, "  no forward\n");
    } else if (expiry->n_quotes == 0) {
      print_number(stream, "  forward ", expiry->forward, 12);
      fprintf(stream, " the future's price\n");
    } else {
      print_number(stream, "  forward ", expiry->forward, 12);
      fprintf(stream, " median of %zu underlying_price", expiry->n_quotes);
      print_number(stream, " from ", expiry->lowest, 0);
      print_number(stream, " to ", expiry->highest, 0);
      fprintf(stream, "\n");
    }
  }
}

/* How the options of the book are priced, where that is not all by the exchange's vols. */
static void print_priced(FILE *stream, const deribit_data *data) {
  size_t n_mid = 0, n_vol = 0, n_closed = 0, n_crossed = 0;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    if (row->left_out == DERIBIT_KEPT && row->kind == DERIBIT_OPTION) {
      bool by_mid = isnan(row->mark_iv_percent);
      n_mid += by_mid;
      n_vol += !by_mid;
      n_closed += by_mid && !(row->open_interest > 0);
      n_crossed += by_mid && row->bid > row->ask;
    }
  }
  if (n_mid > 0) {
    fprintf(stream,
            "priced by mark_iv %zu, by the middle of bid_price and ask_price %zu "
            "(of these %zu without open interest, %zu with the bid above the ask)\n",
            n_vol, n_mid, n_closed, n_crossed);
  }
}

/* Futures without open interest, whose made positions are therefore without a limit. */
static size_t count_unknown_open_interest(const deribit_data *data) {
  size_t n = 0;
  for (size_t i = 0; i < data->rows.n; i++) {
    const deribit_row *row = &data->rows.items[i];
    n += row->left_out == DERIBIT_KEPT && row->kind != DERIBIT_OPTION && isnan(row->open_interest);
  }
  return n;
}

sg_status deribit_report(const deribit_data *data, const deribit_market *market, size_t n_files, uint64_t seed,
                         const made_accounts *made, char **report, sg_error *error) {
  size_t size_bytes;
  char time[24], earliest[24];
  *report = NULL;
  FILE *stream = open_memstream(report, &size_bytes);
  if (stream == NULL) {
    return error_out_of_memory(error);
  }
  date_format(market->as_of_s, time);
  date_format(market->earliest_ms / 1000, earliest);
  fprintf(stream, "Deribit book summaries: %zu file%s, %zu rows, as of %s (the earliest row is of %s)\n", n_files,
          n_files == 1 ? "" : "s", data->rows.n, time, earliest);
  for (uint32_t i = 0; i < ids_count(data->coins); i++) {
    const deribit_coin *coin = &market->coins[i];
    if (coin->n_rows[DERIBIT_OPTION] + coin->n_rows[DERIBIT_FUTURE] + coin->n_rows[DERIBIT_PERPETUAL] > 0) {
      fprintf(stream, "%s\n", coin->name);
      print_coin(stream, coin);
    }
  }
  print_priced(stream, data);
  const import_rows all = deribit_rows(data);
  if (import_rows_print_left_out(&all, stream) == 0) {
    fprintf(stream, "left out: nothing\n");
  }
  fprintf(stream, "quantities: options in coin, futures and perpetuals in US dollars of notional (multiplier 1)\n");
  sg_status status = import_print_accounts(stream, made, seed, error);
  size_t n_unknown = made->n_accounts > 0 ? count_unknown_open_interest(data) : 0;
  if (n_unknown > 0) {
    fprintf(stream, "  %zu futures and perpetuals give no open interest: their positions follow from the options\n",
            n_unknown);
  }
  return file_text_finish(stream, report, status, error);
}
