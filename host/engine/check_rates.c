/* SPDX-License-Identifier: MIT
 *
 * Currencies that a run converts need a rate.
 */
#include "engine/check_rates.h"

#include "base/error.h"

static sg_status need_rate(const book *b, uint32_t currency, const char *what, const char *id, place where,
                           sg_error *error) {
  double rate = b->currencies.rate_to_base[currency];
  if (rate == rate) {
    return SG_OK;
  }
  return error_add(error, SG_INPUT, where, "%s %s needs a rate of %s to %s, which fx.csv does not give", what, id,
                   b->currencies.id[currency], b->currencies.id[b->base_currency]);
}

/* Does a column convert from the currency of price and strike? */
static bool reads_quote_currency(const model *under) {
  bool reads = false;
  for (uint32_t k = 0; k < under->n_columns; k++) {
    reads = reads || under->columns[k].in == MONEY_QUOTE;
  }
  return reads;
}

sg_status check_rates(const book *b, const model *under, const bool *needed, const result *made, sg_error *error) {
  bool quoted = reads_quote_currency(under);
  sg_status status = SG_OK, row = SG_OK;
  for (uint32_t c = 0; c < b->instruments.n; c++) {
    uint32_t paid = b->instruments.currency[c], quote = b->underlyings.currency[b->instruments.underlying[c]];
    place where = {"instruments.csv", b->instruments.line[c], 0};
    row = needed[c] ? need_rate(b, paid, "instrument", b->instruments.id[c], where, error) : SG_OK;
    status = row != SG_OK ? row : status;
    row = needed[c] && quoted && quote != paid ? need_rate(b, quote, "instrument", b->instruments.id[c], where, error) : SG_OK;
    status = row != SG_OK ? row : status;
  }
  for (uint32_t i = 0; i < made->n_rows; i++) {
    uint32_t a = made->rows[i].account;
    row = need_rate(b, b->accounts.currency[a], "account", b->accounts.id[a], (place){"accounts.csv", b->accounts.line[a], 0},
                    error);
    status = row != SG_OK ? row : status;
  }
  return status;
}
