/* SPDX-License-Identifier: MIT
 *
 * Underlyings and listed series of a generated book: prices, expiries, strikes, a vol smile, and how likely each series
 * is to be held.
 */
#include "input/generate_parts.h"

#include "base/date.h"

#include "kernels/math.h"

#include <stdlib.h>

enum { AS_OF_S = 1767387600, DAY_S = 86400, HEDGES_OF_AN_INDEX = 4, CLOSED_PERCENT = 20 };

/* Days to expiry, the more usual ones first: an underlying with few series has few expiries. */
static const int expiry_days[] = {14, 42, 77, 168, 350, 7,  28, 105, 196, 532, 1,   21,  35,  49,  133, 259,
                                  714, 4, 5,  6,   8,   11, 12, 13,  15,  18,  56,  63,  224, 287, 315, 378,
                                  406, 441, 623, 896, 1078, 1260, 1442, 1806, 70, 84, 91, 119, 147, 182};
enum { N_EXPIRY_DAYS = sizeof expiry_days / sizeof *expiry_days };

/* Spread of log open interest, which with the factors below gives the concentration of real chains. */
static const double LOG_SPREAD = 1.75;

/* Relative open interest of a series by strike over spot, by days to expiry, of a put against a call, and of every
 * fourth strike: SPX, July 2026, shares of open interest over shares of series. X(upper bound, factor) */
#define STRIKE_FACTORS(X) X(0.7, 1.0) X(0.9, 1.1) X(0.97, 0.9) X(1.03, 1.3) X(1.1, 0.6) X(1e9, 0.5)
#define DAY_FACTORS(X) X(1.5, 3.0) X(30.5, 0.6) X(90.5, 1.0) X(365.5, 1.5) X(1e9, 0.5)
static const double PUT_FACTOR = 1.8, ROUND_FACTOR = 3.4;
enum { ROUND_STRIKES = 4 };

#define PICK_FACTOR(bound, factor) \
  if (x < bound) {                 \
    return factor;                 \
  }
static double strike_factor(double x) { STRIKE_FACTORS(PICK_FACTOR) return 0; }
static double day_factor(double x) { DAY_FACTORS(PICK_FACTOR) return 0; }

/* A whole number of cents. */
static void print_cents(FILE *stream, int64_t cents) {
  fprintf(stream, "%lld.%02d", (long long)(cents / 100), (int)(cents % 100));
}

static int compare_days(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

/* 1, 2.5 or 5 times a power of ten, in cents, at least `cents` and 5. */
static int64_t round_step(double cents) {
  static const double steps[] = {1, 2.5, 5};
  /* NOLINTNEXTLINE(cert-flp30-c): these powers of ten are exact */
  for (double power = 10; power < 1e12; power *= 10) {
    for (int i = 0; i < 3; i++) {
      if (steps[i] * power >= cents) {
        return (int64_t)(steps[i] * power);
      }
    }
  }
  return (int64_t)1e12;
}

typedef struct gen_expiry {
  int days;
  char date[24];
  double forward, stddev;
  int64_t step, lowest; /* strikes in cents */
} gen_expiry;

static gen_expiry make_expiry(const gen_underlying *of, int days) {
  gen_expiry made = {.days = days};
  double years = days / 365.0;
  date_format(AS_OF_S + (int64_t)days * DAY_S, made.date);
  made.forward = of->price * math_exp((0.04 - of->yield) * years);
  made.stddev = of->vol * sqrt(years);
  double width = 7 * made.stddev < 1.7 ? 7 * made.stddev : 1.7;
  made.step = round_step(100 * of->price * width / of->n_strikes);
  int64_t middle = (int64_t)(made.forward * 100 / (double)made.step + 0.5);
  int64_t lowest = middle - of->n_strikes * 6 / 10;
  made.lowest = (lowest > 1 ? lowest : 1) * made.step;
  return made;
}

static void add_series(gen_book *book, uint32_t index, FILE *stream) {
  gen_series *made = &book->series[index];
  made->name_length = (uint8_t)strlen(made->name);
  if (made->is_open) {
    book->open[book->n_open++] = index;
  }
  fputs(made->name, stream);
}

/* Vol of a strike: higher for low strikes and for both wings, flatter with time; ten-thousandths. */
static int smile(const gen_underlying *of, const gen_expiry *expiry, double strike) {
  double x = math_log(strike / expiry->forward) / (expiry->stddev < 0.05 ? 0.05 : expiry->stddev);
  double vol = of->vol * (1 - 0.07 * x + 0.02 * x * x);
  double held = vol < 0.05 ? 0.05 : vol > 2.5 ? 2.5 : vol;
  return (int)(held * 10000 + 0.5);
}

static void add_option(gen_book *book, const gen_underlying *of, uint32_t index, const gen_expiry *expiry,
                       int64_t cents, bool is_call, FILE *stream) {
  gen_series *made = &book->series[index];
  double strike = (double)cents / 100;
  *made = (gen_series){.is_option = true, .is_call = is_call, .underlying = (uint32_t)(of - book->underlyings)};
  made->is_open = random_below(&book->random, 100) >= CLOSED_PERCENT;
  if (made->is_open) {
    made->weight = math_exp(LOG_SPREAD * random_normal(&book->random)) * strike_factor(strike / of->price) *
                   day_factor(expiry->days) * (is_call ? 1 : PUT_FACTOR) *
                   (cents / expiry->step % ROUND_STRIKES == 0 ? ROUND_FACTOR : 1);
  }
  double call = 0.5 + 0.4 * (expiry->forward / strike - 1) / expiry->stddev;
  call = call < 0 ? 0 : call > 1 ? 1 : call;
  made->delta = 100 * (is_call ? call : call - 1);
  snprintf(made->name, sizeof made->name, "%.6s-%.2s%.2s%.2s-%u.%02u-%c", of->name, expiry->date + 2,
           expiry->date + 5, expiry->date + 8, (unsigned)(cents / 100 % 10000000), (unsigned)(cents % 100),
           is_call ? 'C' : 'P');
  add_series(book, index, stream);
  fprintf(stream, ",option,%s,%s,european,", of->name, is_call ? "call" : "put");
  print_cents(stream, cents);
  int vol = smile(of, expiry, strike);
  fprintf(stream, ",%s,100,USD,%d.%04d\n", expiry->date, vol / 10000, vol % 10000);
}

/* A share hedges itself; an index has quarterly futures. */
static void add_hedges(gen_book *book, const gen_underlying *of, FILE *stream) {
  bool is_share = strcmp(of->kind, "equity") == 0 || strcmp(of->kind, "etf") == 0;
  for (uint32_t i = 0; i < of->n_hedges; i++) {
    gen_series *made = &book->series[of->first + i];
    *made = (gen_series){.is_open = true, .underlying = (uint32_t)(of - book->underlyings)};
    if (is_share && i == 0) {
      made->delta = 1;
      memcpy(made->name, of->name, sizeof of->name);
      add_series(book, of->first, stream);
      fprintf(stream, ",spot,%s,,,,,1,USD,\n", of->name);
    } else {
      char date[24];
      date_format(AS_OF_S + (int64_t)(77 + 91 * i) * DAY_S, date);
      made->delta = 100;
      snprintf(made->name, sizeof made->name, "%s-%.2s%.2s%.2s", of->name, date + 2, date + 5, date + 8);
      add_series(book, of->first + i, stream);
      fprintf(stream, ",future,%s,,,,%s,100,USD,\n", of->name, date);
    }
  }
}

static void add_options(gen_book *book, const gen_underlying *of, FILE *stream) {
  int days[N_EXPIRY_DAYS];
  uint32_t n_expiries = of->n_strikes == 0 ? 0 : (of->n_pairs + of->n_strikes - 1) / of->n_strikes;
  memcpy(days, expiry_days, sizeof days);
  qsort(days, n_expiries, sizeof *days, compare_days);
  for (uint32_t e = 0; e < n_expiries; e++) {
    gen_expiry expiry = make_expiry(of, days[e]);
    for (uint32_t k = 0; k < of->n_strikes && e * of->n_strikes + k < of->n_pairs; k++) {
      uint32_t index = of->first + of->n_hedges + 2 * (e * of->n_strikes + k);
      int64_t cents = expiry.lowest + k * expiry.step;
      add_option(book, of, index, &expiry, cents, true, stream);
      add_option(book, of, index + 1, &expiry, cents, false, stream);
    }
  }
}

/* About as many strikes to an expiry as five times its expiries, as listed. */
static void lay_out(gen_underlying *of, uint32_t n_series, bool is_index) {
  of->n_hedges = is_index ? HEDGES_OF_AN_INDEX : 1;
  of->n_hedges = of->n_hedges < n_series ? of->n_hedges : n_series;
  of->n_hedges += (n_series - of->n_hedges) % 2;
  of->n_pairs = (n_series - of->n_hedges) / 2;
  uint32_t n_expiries = (uint32_t)sqrt(of->n_pairs / 5.0);
  n_expiries = n_expiries < 1 ? 1 : n_expiries > N_EXPIRY_DAYS ? N_EXPIRY_DAYS : n_expiries;
  of->n_strikes = (of->n_pairs + n_expiries - 1) / n_expiries;
}

/* Vose 1991, "A linear algorithm for generating random numbers with a given distribution". */
static bool make_alias(const gen_book *book, gen_alias *alias) {
  uint32_t n = book->sizes.n_instruments, n_small = 0, n_large = 0;
  double total = 0;
  double *scaled = malloc((size_t)n * sizeof *scaled);
  uint32_t *small = malloc((size_t)n * sizeof *small), *large = malloc((size_t)n * sizeof *large);
  alias->n = n;
  alias->threshold = ARENA_ARRAY(book->memory, uint64_t, n);
  alias->other = ARENA_ARRAY(book->memory, uint32_t, n);
  bool done = scaled != NULL && small != NULL && large != NULL && alias->threshold != NULL && alias->other != NULL;
  for (uint32_t i = 0; done && i < n; i++) {
    total += book->series[i].weight;
  }
  for (uint32_t i = 0; done && i < n; i++) {
    scaled[i] = total > 0 ? book->series[i].weight * n / total : 1;
    *(scaled[i] < 1 ? &small[n_small++] : &large[n_large++]) = i;
  }
  while (done && n_small > 0 && n_large > 0) {
    uint32_t low = small[--n_small], high = large[n_large - 1];
    alias->threshold[low] = (uint64_t)(scaled[low] * 0x1p63) << 1;
    alias->other[low] = high;
    scaled[high] -= 1 - scaled[low];
    if (scaled[high] < 1) {
      small[n_small++] = large[--n_large];
    }
  }
  while (done && n_small + n_large > 0) { /* 1 but for rounding */
    uint32_t last = n_large > 0 ? large[--n_large] : small[--n_small];
    alias->threshold[last] = UINT64_MAX;
    alias->other[last] = last;
  }
  free(scaled);
  free(small);
  free(large);
  return done;
}

/* Ranks: the largest is a high capitalisation index, then a broad one, exchange-traded funds, shares. */
static const char *kind_of(uint32_t rank) {
  return rank == 0 ? "high_cap_index" : rank == 1 ? "broad_index" : rank < 5 ? "etf" : "equity";
}

sg_status generate_market(gen_book *book, FILE *underlyings, FILE *instruments, sg_error *error) {
  const sg_generate_options *sizes = &book->sizes;
  double weights = 0, up_to = 0;
  uint32_t first = 0, spare = sizes->n_instruments - sizes->n_underlyings;
  for (uint32_t u = 0; u < sizes->n_underlyings; u++) {
    weights += 1 / sqrt(u + 3.0);
  }
  for (uint32_t u = 0; u < sizes->n_underlyings; u++) {
    gen_underlying *of = &book->underlyings[u];
    up_to += 1 / sqrt(u + 3.0);
    uint32_t end = u + 1 == sizes->n_underlyings ? sizes->n_instruments : u + 1 + (uint32_t)(spare * (up_to / weights));
    bool is_index = u < 2;
    int64_t cents = (int64_t)(100 * math_exp(is_index ? 7.5 + 1.5 * random_unit(&book->random)
                                                      : 2.7 + 4 * random_unit(&book->random)));
    int yield = (int)random_below(&book->random, 31);
    *of = (gen_underlying){.kind = kind_of(u), .price = (double)cents / 100, .yield = yield / 1000.0, .first = first};
    of->vol = is_index ? 0.16 : 0.18 + 0.5 * random_unit(&book->random);
    snprintf(of->name, sizeof of->name, "U%05u", (u + 1) % 100000);
    lay_out(of, end - first, is_index);
    fprintf(underlyings, "%s,USD,", of->name);
    print_cents(underlyings, cents);
    fprintf(underlyings, ",0.%03d,%s,%s\n", yield, of->kind, is_index ? "indices" : "");
    add_hedges(book, of, instruments);
    add_options(book, of, instruments);
    first = end;
  }
  return make_alias(book, &book->options) ? SG_OK : error_out_of_memory(error);
}
