/* SPDX-License-Identifier: MIT
 *
 * Interest between the book's instant and an expiry.
 */
#include "input/carry.h"

#include "kernels/math.h"

bool carry_open(carry_curves *opened, book_reader *reader) {
  uint32_t n_currencies = ids_count(reader->currencies), n_underlyings = reader->book->underlyings.n;
  *opened = (carry_curves){
      .reader = reader,
      .first_point = calloc((size_t)n_currencies + 1, sizeof *opened->first_point),
      .first_dividend = calloc((size_t)n_underlyings + 1, sizeof *opened->first_dividend),
      .missing = calloc((size_t)n_currencies + 1, sizeof *opened->missing),
  };
  if (opened->first_point == NULL || opened->first_dividend == NULL || opened->missing == NULL) {
    return false;
  }
  size_t point = 0, paid = 0;
  for (uint32_t y = 0; y <= n_currencies; y++) {
    while (point < reader->curves.n && reader->curves.items[point].currency < y) {
      point++;
    }
    opened->first_point[y] = point;
  }
  for (uint32_t u = 0; u <= n_underlyings; u++) {
    while (paid < reader->dividends.n && reader->dividends.items[paid].underlying < u) {
      paid++;
    }
    opened->first_dividend[u] = paid;
  }
  return true;
}

void carry_close(carry_curves *closed) {
  free(closed->first_point);
  free(closed->first_dividend);
  free(closed->missing);
}

static double interpolate(const curve_point *points, size_t n, double years) {
  if (years <= points[0].years) {
    return points[0].rate;
  }
  for (size_t i = 1; i < n; i++) {
    if (years <= points[i].years) {
      const curve_point *from = &points[i - 1], *to = &points[i];
      return from->rate + (to->rate - from->rate) * ((years - from->years) / (to->years - from->years));
    }
  }
  return points[n - 1].rate;
}

double carry_rate(carry_curves *carry, uint32_t currency, double years, uint32_t c, const char *what) {
  size_t first = carry->first_point[currency], n = carry->first_point[currency + 1] - first;
  if (years == 0) {
    return 0;
  }
  if (n > 0) {
    return interpolate(&carry->reader->curves.items[first], n, years);
  }
  if (carry->reader->rates_zero) {
    return 0;
  }
  curve_need *missing = &carry->missing[currency];
  uint64_t line = carry->reader->book->instruments.line[c];
  if (missing->line == 0 || line < missing->line) {
    *missing = (curve_need){line, c, what};
  }
  return NAN;
}

double carry_discount(carry_curves *carry, uint32_t currency, double years, uint32_t c) {
  return math_exp(-carry_rate(carry, currency, years, c, "discount") * years);
}

double carry_forward(carry_curves *carry, uint32_t u, int64_t expiry_s, uint32_t c, double *growth) {
  const book_reader *reader = carry->reader;
  const underlyings *all = &reader->book->underlyings;
  int64_t as_of_s = reader->book->as_of_s;
  double years = years_between(as_of_s, expiry_s);
  uint32_t currency = all->currency[u];
  double rate = carry_rate(carry, currency, years, c, "forward");
  double price = all->price[u];
  for (size_t i = carry->first_dividend[u]; i < carry->first_dividend[u + 1]; i++) {
    const dividend_row *paid = &reader->dividends.items[i];
    if (paid->ex_date_s > as_of_s && paid->ex_date_s <= expiry_s) {
      double ex_years = years_between(as_of_s, paid->ex_date_s);
      price -= paid->amount * math_exp(-carry_rate(carry, currency, ex_years, c, "forward") * ex_years);
    }
  }
  *growth = years == 0 ? 1 : math_exp((rate - reader->dividend_yield[u]) * years);
  return price * *growth;
}

void carry_report(const carry_curves *carry) {
  const book_reader *reader = carry->reader;
  for (uint32_t y = 0; y < ids_count(reader->currencies); y++) {
    const curve_need *missing = &carry->missing[y];
    if (missing->line > 0 && reader->curves_ok && reader->settings_ok) {
      findings_add(
          &carry->reader->findings, (place){reader->instruments_path, missing->line, 0},
          "currency \"%s\" has no curve in rates.csv, and the %s of \"%s\" needs one; `rates: zero` in book.yaml "
          "would mean 0",
          show_text(ids_text(reader->currencies, y)).text, missing->what,
          show_text(reader->book->instruments.id[missing->instrument]).text);
    }
  }
}
