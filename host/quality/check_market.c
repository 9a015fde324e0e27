/* SPDX-License-Identifier: MIT
 *
 * Prices of underlyings and assets, exchange rates, and quotes that a book carries in x_bid and x_ask.
 */
#include "quality/checker.h"

#include <math.h>
#include <string.h>

static uint32_t find_currency(const book *of, const char *id) {
  for (uint32_t y = 0; y < of->currencies.n; y++) {
    if (strcmp(of->currencies.id[y], id) == 0) {
      return y;
    }
  }
  return ID_NONE;
}

static void check_underlying(checker *with, uint32_t u) {
  const book *of = with->book;
  double price = of->underlyings.price[u], limit = with->rules->limit[QUALITY_FX_TRIANGLE];
  if (price == 0.0) {
    checker_add(with, about(QUALITY_UNDERLYING_PRICE, QUALITY_OF_UNDERLYING, u, price, -INFINITY, INFINITY),
                "has price", "%s", "");
  }
  uint32_t coin = of->underlyings.asset[u][0] == '\0' ? ID_NONE : find_currency(of, of->underlyings.asset[u]);
  if (coin != ID_NONE) {
    double cross = of->currencies.rate_to_base[coin] / of->currencies.rate_to_base[of->underlyings.currency[u]];
    if (fabs(price - cross) > limit * cross) {
      checker_add(
          with,
          about(QUALITY_FX_TRIANGLE, QUALITY_OF_UNDERLYING, u, price, cross * (1.0 - limit), cross * (1.0 + limit)),
          "has price", "by the rates of %.255s and %.255s", of->underlyings.asset[u],
          of->currencies.id[of->underlyings.currency[u]]);
    }
  }
}

static void check_asset(checker *with, uint32_t s) {
  const book *of = with->book;
  uint32_t u = of->assets.underlying[s];
  if (u == ID_NONE || of->assets.currency[s] != of->underlyings.currency[u]) {
    return;
  }
  double price = of->assets.price[s], expected = of->underlyings.price[u],
         limit = with->rules->limit[QUALITY_ASSET_PRICE];
  if (fabs(price - expected) > limit * fabs(expected)) {
    checker_add(
        with,
        about(QUALITY_ASSET_PRICE, QUALITY_OF_ASSET, s, price, expected * (1.0 - limit), expected * (1.0 + limit)),
        "has price", "by its underlying \"%.255s\"", of->underlyings.id[u]);
  }
}

/* Of one table that may carry quotes. */
static void check_quotes(checker *with, quality_table table, const attributes *of, uint32_t n, const double *price) {
  const attribute *bids = attribute_find(of, "x_bid"), *asks = attribute_find(of, "x_ask");
  for (uint32_t row = 0; (bids != NULL || asks != NULL) && row < n; row++) {
    double bid = attribute_number(bids, row), ask = attribute_number(asks, row);
    double crossed = with->rules->limit[QUALITY_QUOTE_CROSSED], outside = with->rules->limit[QUALITY_QUOTE_OUTSIDE];
    if (bid > ask + crossed * fabs(ask)) {
      checker_add(with, about(QUALITY_QUOTE_CROSSED, table, row, bid, -INFINITY, ask), "x_bid", "by its x_ask");
    } else if (price[row] < bid - outside * fabs(bid) || price[row] > ask + outside * fabs(ask)) {
      checker_add(with,
                  about(QUALITY_QUOTE_OUTSIDE, table, row, price[row], bid == bid ? bid : -INFINITY,
                        ask == ask ? ask : INFINITY),
                  "price", "by its quotes");
    }
  }
}

void check_market(checker *with) {
  const book *of = with->book;
  for (uint32_t u = 0; u < of->underlyings.n; u++) {
    check_underlying(with, u);
  }
  for (uint32_t s = 0; s < of->assets.n; s++) {
    check_asset(with, s);
  }
  check_quotes(with, QUALITY_OF_UNDERLYING, &of->underlyings.x, of->underlyings.n, of->underlyings.price);
  check_quotes(with, QUALITY_OF_FORWARD, &of->forwards.x, of->forwards.n, of->forwards.forward);
  check_quotes(with, QUALITY_OF_INSTRUMENT, &of->instruments.x, of->instruments.n, of->instruments.mark);
  check_quotes(with, QUALITY_OF_ASSET, &of->assets.x, of->assets.n, of->assets.price);
}
