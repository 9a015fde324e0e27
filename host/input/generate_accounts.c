/* SPDX-License-Identifier: MIT
 *
 * Accounts of a generated book: sizes are Pareto with exponent 1; customers hold packages, written as they are drawn;
 * market makers take the other side.
 */
#include "input/generate_parts.h"

#include "input/generate_makers.h"

#include <string.h>

enum { MOST_LEGS = 4, LARGEST_DRAW = 1000, ATTEMPTS_A_SERIES = 8, HEDGE_PERCENT = 12 };

static double wanted(const gen_book *book, double scale, uint32_t rank, bool is_maker) {
  double most = is_maker ? book->n_open : book->n_open / 4, n = scale / rank;
  most = most < 1 ? 1 : most;
  return n < 1 ? 1 : n > most ? most : (double)(uint32_t)n;
}

/* Market makers are the ranks that would hold a fortieth of all series. */
static uint32_t count_makers(const gen_book *book, double scale) {
  uint32_t n = 2;
  while (n < GENERATE_MOST_MAKERS && n < book->sizes.n_accounts / 2 && scale / (n + 1) > book->n_open / 40.0) {
    n++;
  }
  return n;
}

/* The scale at which accounts hold so many series on average, within a thousandth. */
static void find_scale(gen_book *book) {
  double target = (double)book->sizes.n_accounts * book->sizes.mean_positions, low = 0;
  double high = 4 * target;
  for (int i = 0; i < 60; i++) {
    double middle = (low + high) / 2, sum = 0;
    uint32_t n_makers = count_makers(book, middle);
    for (uint32_t rank = 1; rank <= book->sizes.n_accounts; rank++) {
      sum += wanted(book, middle, rank, rank <= n_makers);
    }
    *(sum < target ? &low : &high) = middle;
    book->accounts_scale = middle;
    book->n_makers = n_makers;
    if (sum > target * 0.999 && sum < target * 1.001) {
      break;
    }
  }
}

uint32_t generate_wanted(const gen_book *book, uint32_t rank) {
  return (uint32_t)wanted(book, book->accounts_scale, rank, rank <= book->n_makers);
}

/* ---- customers --------------------------------------------------------------------------------- */

typedef struct gen_leg {
  uint32_t series;
  int64_t quantity;
} gen_leg;

typedef struct gen_package {
  int n_legs;
  gen_leg legs[MOST_LEGS];
} gen_package;

typedef struct gen_customer {
  gen_book *book;
  FILE *stream;
  uint32_t rank, wanted, n_held;
  uint32_t *seen; /* [series] the last rank that held it */
} gen_customer;

/* One option in each package may be missing or not open; then the package is smaller. */
static void add_leg(gen_package *made, const gen_book *book, int64_t series, int64_t quantity) {
  if (series >= 0 && book->series[series].is_open && quantity != 0) {
    made->legs[made->n_legs++] = (gen_leg){(uint32_t)series, quantity};
  }
}

/* The option some strikes up or some expiries on, of the same right; -1 when there is none. */
static int64_t find_neighbour(const gen_book *book, uint32_t series, uint32_t strikes_up, uint32_t expiries_on) {
  const gen_underlying *of = &book->underlyings[book->series[series].underlying];
  uint32_t pair = (series - of->first - of->n_hedges) / 2;
  uint32_t other = pair + strikes_up + expiries_on * of->n_strikes;
  bool same_expiry = pair % of->n_strikes + strikes_up < of->n_strikes;
  return same_expiry && other < of->n_pairs ? (int64_t)series + 2 * ((int64_t)other - pair) : -1;
}

static int64_t find_mirror(const gen_book *book, uint32_t series) {
  return book->series[series].is_call ? (int64_t)series + 1 : (int64_t)series - 1;
}

/* Underlying units of `quantity` of a series, in quantities of its first hedge, to the nearest. */
static int64_t hedge_quantity(const gen_book *book, uint32_t series, double units) {
  double quantity = units / book->series[book->underlyings[book->series[series].underlying].first].delta;
  return (int64_t)(quantity < 0 ? quantity - 0.5 : quantity + 0.5);
}

/* Shares in percent of the packages whose first leg is an option. X(name, percent) */
#define PACKAGES(X) \
  X(OUTRIGHT, 30) X(VERTICAL, 22) X(BUTTERFLY, 7) X(STRADDLE, 11) X(CALENDAR, 10) X(COVERED, 10) X(DELTA_HEDGED, 10)

#define PACKAGE_ENUM(name, percent) PACKAGE_##name,
typedef enum gen_package_kind { PACKAGES(PACKAGE_ENUM) N_PACKAGES } gen_package_kind;
#undef PACKAGE_ENUM

static gen_package_kind draw_kind(gen_book *book) {
  static const uint8_t percents[] = {
#define PACKAGE_PERCENT(name, percent) percent,
      PACKAGES(PACKAGE_PERCENT)
#undef PACKAGE_PERCENT
  };
  uint64_t ticket = random_below(&book->random, 100);
  int kind = 0;
  while (ticket >= percents[kind]) {
    ticket -= percents[kind++];
  }
  return (gen_package_kind)kind;
}

static gen_package make_option_package(gen_book *book, uint32_t series, int64_t size, gen_package_kind kind) {
  const gen_series *first = &book->series[series];
  uint32_t hedge = book->underlyings[first->underlying].first;
  uint32_t strikes_up = 1 + (uint32_t)random_below(&book->random, 3);
  int64_t quantity = random_below(&book->random, 2) == 0 ? size : -size;
  gen_package made = {.n_legs = 1, .legs = {{series, quantity}}};
  switch (kind) {
    case PACKAGE_VERTICAL:
      add_leg(&made, book, find_neighbour(book, series, strikes_up, 0), -quantity);
      break;
    case PACKAGE_BUTTERFLY:
      add_leg(&made, book, find_neighbour(book, series, strikes_up, 0), -2 * quantity);
      add_leg(&made, book, find_neighbour(book, series, 2 * strikes_up, 0), quantity);
      break;
    case PACKAGE_STRADDLE:
      add_leg(&made, book, find_mirror(book, series), quantity);
      break;
    case PACKAGE_CALENDAR:
      add_leg(&made, book, find_neighbour(book, series, 0, 1), -quantity);
      break;
    case PACKAGE_COVERED: /* a covered call or a protective put */
      made.legs[0].quantity = first->is_call ? -size : size;
      add_leg(&made, book, hedge, hedge_quantity(book, series, 100.0 * (double)size));
      break;
    case PACKAGE_DELTA_HEDGED:
      add_leg(&made, book, hedge, hedge_quantity(book, series, -first->delta * (double)quantity));
      break;
    default:
      break;
  }
  return made;
}

static uint32_t draw_alias(gen_book *book) {
  uint32_t i = (uint32_t)random_below(&book->random, book->options.n);
  return random_bits(&book->random) < book->options.threshold[i] ? i : book->options.other[i];
}

/* Accounts that want a large part of all series take them as they come: by weight they would draw the same again. */
static uint32_t draw_series(const gen_customer *customer) {
  gen_book *book = customer->book;
  if (customer->wanted > book->n_open / 32 && random_below(&book->random, 4) > 0) {
    return book->open[random_below(&book->random, book->n_open)];
  }
  uint32_t series = draw_alias(book);
  if (random_below(&book->random, 100) >= HEDGE_PERCENT) {
    return series;
  }
  const gen_underlying *of = &book->underlyings[book->series[series].underlying];
  return of->first + (uint32_t)random_below(&book->random, of->n_hedges);
}

static void draw_package(gen_customer *customer) {
  gen_book *book = customer->book;
  uint32_t series = draw_series(customer), room = customer->wanted - customer->n_held;
  const gen_series *first = &book->series[series];
  if (!first->is_open || customer->seen[series] == customer->rank) {
    return;
  }
  /* Pareto with exponent 1 again, larger for larger accounts; shares in round lots */
  uint32_t larger = customer->wanted / 8 < 100 ? customer->wanted / 8 : 100;
  int64_t size = (int64_t)(LARGEST_DRAW / (1 + random_below(&book->random, LARGEST_DRAW))) * (1 + larger);
  gen_package made = {.n_legs = 1};
  if (first->is_option) {
    made = make_option_package(book, series, size, room == 1 ? PACKAGE_OUTRIGHT : draw_kind(book));
  } else {
    int64_t lot = first->delta < 100 ? 100 : 1;
    made.legs[0] = (gen_leg){series, random_below(&book->random, 2) == 0 ? lot * size : -lot * size};
  }
  for (int i = 0; i < made.n_legs && customer->n_held < customer->wanted; i++) {
    gen_leg leg = made.legs[i];
    if (customer->seen[leg.series] != customer->rank) {
      customer->seen[leg.series] = customer->rank;
      customer->n_held++;
      book->series[leg.series].net += leg.quantity;
      generate_position(book, customer->stream, customer->rank, leg.series, leg.quantity);
    }
  }
}

sg_status generate_accounts(gen_book *book, FILE *accounts, FILE *positions, sg_error *error) {
  gen_customer customer = {.book = book, .stream = positions};
  find_scale(book);
  customer.seen = ARENA_ARRAY(book->memory, uint32_t, book->sizes.n_instruments);
  book->n_held = ARENA_ARRAY(book->memory, uint32_t, (size_t)book->sizes.n_accounts + 1);
  if (customer.seen == NULL || book->n_held == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t rank = book->n_makers + 1; rank <= book->sizes.n_accounts; rank++) {
    char name[GENERATE_ACCOUNT_BYTES];
    customer.rank = rank;
    customer.wanted = generate_wanted(book, rank);
    customer.n_held = 0;
    for (uint64_t tries = (uint64_t)customer.wanted * ATTEMPTS_A_SERIES; tries > 0 && customer.n_held < customer.wanted;
         tries--) {
      draw_package(&customer);
    }
    size_t length = generate_account_name(book, rank, name);
    fwrite(name, 1, length, accounts);
    fputs(",customer\n", accounts);
  }
  return generate_makers(book, accounts, positions, error);
}
