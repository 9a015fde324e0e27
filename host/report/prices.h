/* SPDX-License-Identifier: MIT
 *
 * Prices as CSV.
 */
#ifndef REPORT_PRICES_H
#define REPORT_PRICES_H

#include "data/prices.h"
#include "report/writer.h"

void write_prices(const book *of, const instrument_price *rows, writer *out);

/* A table of scenario prices: its header, then row by row. */
typedef struct scenario_prices_writer {
  const book *of;
  writer *out;
} scenario_prices_writer;
void write_scenario_prices_header(writer *out);
void write_scenario_price(void *scenario_prices, const scenario_price *price); /* scenario_prices_writer */

#endif
