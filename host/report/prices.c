/* SPDX-License-Identifier: MIT
 *
 * Prices as CSV after RFC 4180, LF line ends, in the order of the instruments.
 */
#include "report/prices.h"

/* X(column) */
#define PRICES_COLUMNS(X) X(instrument) X(value) X(implied_vol) X(delta) X(vega) X(status) X(method)
#define SCENARIO_PRICES_COLUMNS(X) X(instrument) X(block) X(scenario) X(value) X(pnl)

#define COLUMN_TEXT(name) "," #name
#define HEADER(list) (&(list(COLUMN_TEXT) "\n")[1])

/* Empty for NaN. */
static void optional(writer *out, double value) {
  if (value == value) {
    writer_number(out, value);
  }
  writer_byte(out, ',');
}

void write_prices(const book *of, const instrument_price *rows, writer *out) {
  writer_text(out, HEADER(PRICES_COLUMNS));
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    writer_field(out, of->instruments.id[c]);
    writer_byte(out, ',');
    optional(out, rows[c].value);
    optional(out, rows[c].vol);
    optional(out, rows[c].delta);
    optional(out, rows[c].vega);
    writer_text(out, rows[c].status);
    writer_byte(out, ',');
    writer_text(out, pricer_text(rows[c].method));
    writer_byte(out, '\n');
  }
}

void write_scenario_prices_header(writer *out) { writer_text(out, HEADER(SCENARIO_PRICES_COLUMNS)); }

void write_scenario_price(void *scenario_prices, const scenario_price *price) {
  const scenario_prices_writer *to = scenario_prices;
  writer *out = to->out;
  writer_field(out, to->of->instruments.id[price->instrument]);
  writer_byte(out, ',');
  writer_field(out, price->block);
  writer_byte(out, ',');
  writer_uint(out, price->scenario);
  writer_byte(out, ',');
  writer_number(out, price->value);
  writer_byte(out, ',');
  writer_number(out, price->pnl);
  writer_byte(out, '\n');
}
