/* SPDX-License-Identifier: MIT
 *
 * The shape of a generated book, beside what is measured of real ones.
 */
#include "input/generate_parts.h"

#include "base/file.h"
#include "kernels/math.h"

#include <stdlib.h>

typedef struct gen_shape {
  size_t n_options, n_held; /* option series; of these with open interest */
  double top_1, top_10;     /* shares of all option open interest */
  double puts;              /* share of option open interest */
  double log_mean, log_spread; /* of the open interest of series that have one */
  double series_exponent, account_exponent;
  double options;           /* share of positions */
  size_t n_small, n_empty, largest; /* accounts of 1 to 5 series, of none; series of the largest */
} gen_shape;

static int compare_falling(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

/* Hill 1975, "A simple general approach to inference about the tail of a distribution", over the n largest of values
 * that fall; 0 when they do not tell. */
static double tail_exponent(const double *values, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += math_log(values[i] / values[n - 1]);
  }
  return n > 1 && sum > 0 ? (double)(n - 1) / sum : 0;
}

static double share(const double *falling, size_t n, size_t of, double total) {
  double sum = 0;
  for (size_t i = 0; i < n && i < of; i++) {
    sum += falling[i];
  }
  return total > 0 ? sum / total : 0;
}

static void measure_series(const gen_book *book, double *interest, gen_shape *shape) {
  double total = 0, puts = 0, logs = 0, squares = 0;
  for (uint32_t c = 0; c < book->sizes.n_instruments; c++) {
    const gen_series *series = &book->series[c];
    if (!series->is_option) {
      continue;
    }
    double here = (double)series->longs;
    interest[shape->n_options++] = here;
    total += here;
    puts += series->is_call ? 0 : here;
    if (here > 0) {
      double log = math_log(here);
      shape->n_held++;
      logs += log;
      squares += log * log;
    }
  }
  qsort(interest, shape->n_options, sizeof *interest, compare_falling);
  double n = shape->n_held > 0 ? (double)shape->n_held : 1;
  shape->top_1 = share(interest, shape->n_options / 100 + 1, shape->n_options, total);
  shape->top_10 = share(interest, shape->n_options / 10 + 1, shape->n_options, total);
  shape->puts = total > 0 ? puts / total : 0;
  shape->log_mean = logs / n;
  double variance = squares / n - shape->log_mean * shape->log_mean;
  shape->log_spread = variance > 0 ? sqrt(variance) : 0;
  shape->series_exponent = tail_exponent(interest, shape->n_held / 50);
}

/* The tail of sizes is that of the largest fifth. */
static void measure_accounts(const gen_book *book, double *sizes, gen_shape *shape) {
  uint32_t n_accounts = book->sizes.n_accounts;
  for (uint32_t rank = 1; rank <= n_accounts; rank++) {
    size_t n = book->n_held[rank];
    sizes[rank - 1] = (double)n;
    shape->n_small += n >= 1 && n <= 5;
    shape->n_empty += n == 0;
    shape->largest = n > shape->largest ? n : shape->largest;
  }
  qsort(sizes, n_accounts, sizeof *sizes, compare_falling);
  size_t n = n_accounts / 5;
  shape->account_exponent = tail_exponent(sizes, n);
  shape->options = book->n_positions > 0 ? (double)book->n_option_positions / (double)book->n_positions : 0;
}

/* value >= 0 with `places` decimals. */
static void print_value(FILE *stream, const char *what, double value, int places, const char *unit, const char *real) {
  uint64_t scale = places == 0 ? 1 : places == 1 ? 10 : 100;
  uint64_t units = (uint64_t)(value * (double)scale + 0.5);
  char text[40];
  if (places == 0) {
    snprintf(text, sizeof text, "%llu%s", (unsigned long long)units, unit);
  } else {
    snprintf(text, sizeof text, "%llu.%0*llu%s", (unsigned long long)(units / scale), places,
             (unsigned long long)(units % scale), unit);
  }
  fprintf(stream, "  %-46s%14s  %s\n", what, text, real);
}

static void print_shape(FILE *stream, const gen_book *book, const gen_shape *shape) {
  double n_series = shape->n_options > 0 ? (double)shape->n_options : 1;
  double n_accounts = book->sizes.n_accounts;
  fprintf(stream,
          "generated, seed %llu: %u accounts (%u market makers), %zu positions, %u instruments on %u underlyings\n",
          (unsigned long long)book->sizes.seed, book->sizes.n_accounts, book->n_makers, book->n_positions,
          book->sizes.n_instruments, book->sizes.n_underlyings);
  fprintf(stream, "  %-46s%14s  %s\n", "shape", "this book", "real books");
  print_value(stream, "open interest in the top 1 % of option series", 100 * shape->top_1, 1, " %",
              "26-38 % SPX, 14-16 % Deribit BTC");
  print_value(stream, "open interest in the top 10 %", 100 * shape->top_10, 1, " %", "80 % SPX, 58 % Deribit BTC");
  print_value(stream, "option series without open interest", 100 * (1 - (double)shape->n_held / n_series), 1, " %",
              "15-26 %");
  print_value(stream, "log open interest, mean", shape->log_mean, 2, "", "4.5 SPX");
  print_value(stream, "log open interest, standard deviation", shape->log_spread, 2, "", "2.4 SPX");
  print_value(stream, "tail exponent of open interest", shape->series_exponent, 2, "", "1.0 SPX, 1.7 Deribit BTC");
  print_value(stream, "puts in option open interest", 100 * shape->puts, 1, " %", "62-68 % indices, 36-37 % crypto");
  print_value(stream, "options among positions", 100 * shape->options, 1, " %", "60-93 %");
  print_value(stream, "accounts with 1 to 5 series", 100 * (double)shape->n_small / n_accounts, 1, " %", "most");
  print_value(stream, "accounts with none", 100 * (double)shape->n_empty / n_accounts, 1, " %", "0 %");
  print_value(stream, "series of the largest account", (double)shape->largest, 0, "", "10^4 to 2 x 10^5");
  print_value(stream, "tail exponent of account sizes", shape->account_exponent, 2, "", "about 1");
  fprintf(stream, "longs equal shorts in every series; rates are flat at 4 %%, European exercise\n");
}

sg_status generate_report(const gen_book *book, char **report, sg_error *error) {
  gen_shape shape = {0};
  size_t size_bytes, n_accounts = book->sizes.n_accounts, n_series = book->sizes.n_instruments;
  double *values = malloc((n_accounts > n_series ? n_accounts : n_series) * sizeof *values);
  FILE *stream = values == NULL ? NULL : open_memstream(report, &size_bytes);
  if (stream == NULL) {
    free(values);
    return error_out_of_memory(error);
  }
  measure_series(book, values, &shape);
  measure_accounts(book, values, &shape);
  print_shape(stream, book, &shape);
  free(values);
  return file_text_finish(stream, report, SG_OK, error);
}
