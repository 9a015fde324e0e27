/* SPDX-License-Identifier: MIT
 *
 * Small random books from a seed: every type of instrument, several currencies, groups, account trees, quantities from
 * 1e-18 to 1e9. Rows are kept as texts, positions as numbers, so that a test can change positions and write the book
 * again.
 */
#ifndef PROPERTY_RANDOM_BOOK_H
#define PROPERTY_RANDOM_BOOK_H

#include "base/arena.h"
#include "base/number.h"
#include "property/random.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* X(ENUM, "file", "header") */
#define RANDOM_FILES(X)                                                                                           \
  X(RANDOM_UNDERLYINGS, "underlyings.csv",                                                                        \
    "underlying,currency,price,dividend_yield,kind,asset,class_group,product_group,portfolio_group,x_size")       \
  X(RANDOM_FX, "fx.csv", "currency,rate_to_base")                                                                 \
  X(RANDOM_RATES, "rates.csv", "currency,tenor_years,rate_cc")                                                    \
  X(RANDOM_FORWARDS, "forwards.csv", "underlying,expiry,forward,rate_cc")                                         \
  X(RANDOM_INSTRUMENTS, "instruments.csv",                                                                        \
    "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,premium,price_model," \
    "price,implied_vol")                                                                                            \
  X(RANDOM_SCENARIOS, "scenarios/crash.csv", "scenario,factor,move,kind,weight")
#define RANDOM_ENUM(name, file, header) name,
enum { RANDOM_FILES(RANDOM_ENUM) N_RANDOM_FILES };
#undef RANDOM_ENUM

enum { RANDOM_ROWS_MAX = 64, RANDOM_POSITIONS_MAX = 160, RANDOM_ACCOUNTS_MAX = 64 };

typedef struct random_position {
  uint32_t account, instrument;
  int128 units; /* of 1e-18 */
} random_position;

typedef struct random_underlying {
  const char *id, *currency, *coin; /* coin: NULL where nothing is paid in it */
  double price;                     /* may be negative or 0: then Bachelier only */
} random_underlying;

typedef struct random_account {
  const char *id, *field; /* itself; as CSV has it */
  int parent; /* -1: none */
  bool nets, gross, has_orders;
  const char *currency;
} random_account;

typedef struct random_book {
  uint64_t state; /* of the generator */
  arena *memory;
  const char *rows[N_RANDOM_FILES][RANDOM_ROWS_MAX];
  uint32_t n_rows[N_RANDOM_FILES];
  uint32_t n_underlyings, n_instruments, n_accounts, n_positions;
  random_underlying underlyings[5];
  const char *instruments[RANDOM_ROWS_MAX];
  random_account accounts[RANDOM_ACCOUNTS_MAX]; /* 8 at most as made */
  random_position positions[RANDOM_POSITIONS_MAX];
} random_book;

static void random_need(bool holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "random book: %s\n", what);
    abort();
  }
}

#define RANDOM_ROW(b, file, ...)                                                 \
  do {                                                                           \
    random_need((b)->n_rows[file] < RANDOM_ROWS_MAX, "too many rows");           \
    (b)->rows[file][(b)->n_rows[file]++] = arena_format((b)->memory, __VA_ARGS__); \
  } while (0)

/* ---- market ------------------------------------------------------------------------------------ */

static const char *const random_expiries[] = {"2026-03-01T08:00:00Z", "2026-04-10T20:00:00Z", "2026-04-11T08:00:00Z",
                                              "2026-06-26T08:00:00Z", "2026-12-18T21:00:00Z", "2028-12-15T21:00:00Z"};

/* A class decides its product group, a product group its portfolio group, as TIMS has it. */
static void random_groups(random_book *b, const random_underlying *u) {
  static const char *const kinds[] = {"equity", "narrow_index", "etf", "broad_index", "high_cap_index"};
  uint32_t class = random_below(&b->state, 4); /* 0: none */
  const char *product = class >= 2 || (class == 0 && random_below(&b->state, 2)) ? "P1" : "";
  const char *kind = u->coin != NULL ? "crypto" : RANDOM_OF(&b->state, kinds);
  RANDOM_ROW(b, RANDOM_UNDERLYINGS, "\"%s\",%s,%.17g,%s,%s,%s,%s,%s,%s,%s", u->id, u->currency, u->price,
             random_below(&b->state, 2) ? "0.0125" : "", kind, u->coin != NULL ? u->coin : "",
             class == 0 ? "" : class == 1 ? "C1" : class == 2 ? "C2" : "C3",
             product, class == 1 ? "F1" : product[0] == '\0' ? "" : "F2", random_below(&b->state, 2) ? "large" : "");
}

static void random_market(random_book *b) {
  static const random_underlying all[] = {{"BTC", "USD", "BTC", 60000},
                                          {"ETH", "USD", "ETH", 3127.25},
                                          {"IDX", "USD", NULL, 5003.5},
                                          {"Acme, Inc", "USD", NULL, 119.99},
                                          {"\xc3\x96l", "EUR", NULL, -3.25},
                                          {"nil", "EUR", NULL, 0},
                                          {"DAX", "EUR", NULL, 18000.1},
                                          {"NKY", "JPY", NULL, 38000}};
  bool taken[sizeof all / sizeof *all] = {false};
  b->n_underlyings = 1 + random_below(&b->state, 5);
  for (uint32_t i = 0; i < b->n_underlyings; i++) {
    uint32_t which;
    do {
      which = random_below(&b->state, sizeof all / sizeof *all);
    } while (taken[which]);
    taken[which] = true;
    b->underlyings[i] = all[which];
    random_groups(b, &all[which]);
  }
  RANDOM_ROW(b, RANDOM_FX, "BTC,60000");
  RANDOM_ROW(b, RANDOM_FX, "ETH,3127.25");
  RANDOM_ROW(b, RANDOM_FX, "EUR,1.0817");
  RANDOM_ROW(b, RANDOM_FX, "JPY,0.00671");
  RANDOM_ROW(b, RANDOM_RATES, "USD,0.25,0.042");
  RANDOM_ROW(b, RANDOM_RATES, "USD,1,0.04");
  RANDOM_ROW(b, RANDOM_RATES, "EUR,1,-0.005");
  RANDOM_ROW(b, RANDOM_RATES, "JPY,1,0");
}

static void random_forwards(random_book *b) {
  for (uint32_t i = 0; i < b->n_underlyings; i++) {
    for (uint32_t e = 3; e < 6; e++) {
      if (random_below(&b->state, 3) == 0) {
        double forward = b->underlyings[i].price * random_between(&b->state, 0.97, 1.05);
        RANDOM_ROW(b, RANDOM_FORWARDS, "\"%s\",%s,%.17g,%s", b->underlyings[i].id, random_expiries[e], forward,
                   random_below(&b->state, 2) ? "0.031" : "");
      }
    }
  }
}

/* ---- instruments ------------------------------------------------------------------------------- */

static void random_option(random_book *b, const random_underlying *u, const char *id) {
  static const char *const vols[] = {"0.55", "0.2", "0", "1.85", "0.0003"};
  static const char *const normal_vols[] = {"12.5", "0", "900"};
  static const double moneyness[] = {0.5, 0.9, 1, 1.1, 1.9};
  bool normal = u->price <= 0 || (u->coin == NULL && random_below(&b->state, 4) == 0);
  bool inverse = !normal && u->coin != NULL && random_below(&b->state, 3) > 0;
  double strike = normal && u->price <= 0 ? random_between(&b->state, -6, 6)
                                          : u->price * RANDOM_OF(&b->state, moneyness);
  RANDOM_ROW(b, RANDOM_INSTRUMENTS, "%s,option,\"%s\",%s,european,%.17g,%s,%s,%s,%s,%s,%s,,%s", id, u->id,
             random_below(&b->state, 2) ? "call" : "put", strike, RANDOM_OF(&b->state, random_expiries),
             random_below(&b->state, 2) ? "1" : "100", inverse ? u->coin : u->currency, inverse ? "inverse" : "linear",
             !inverse && random_below(&b->state, 4) == 0 ? "futures_style" : "", normal ? "bachelier" : "",
             normal ? RANDOM_OF(&b->state, normal_vols) : RANDOM_OF(&b->state, vols));
}

static void random_linear(random_book *b, const random_underlying *u, const char *id) {
  static const char *const types[] = {"spot", "future", "forward", "perpetual"};
  const char *type = RANDOM_OF(&b->state, types);
  bool expires = type[0] == 'f', is_spot = type[0] == 's';
  bool inverse = !is_spot && u->coin != NULL && random_below(&b->state, 2);
  char price[40] = "";
  if (!is_spot && random_below(&b->state, 2)) {
    snprintf(price, sizeof price, "%.17g", u->price * random_between(&b->state, 0.98, 1.03));
  }
  RANDOM_ROW(b, RANDOM_INSTRUMENTS, "%s,%s,\"%s\",,,,%s,%s,%s,%s,,,%s,", id, type, u->id,
             expires ? RANDOM_OF(&b->state, random_expiries) : "",
             inverse                      ? "10"
             : random_below(&b->state, 2) ? "1"
                                          : "0.001",
             inverse ? u->coin : u->currency, inverse ? "inverse" : "", price);
}

static void random_instruments(random_book *b) {
  b->n_instruments = 1 + random_below(&b->state, 16);
  for (uint32_t i = 0; i < b->n_instruments; i++) {
    const random_underlying *u = &b->underlyings[random_below(&b->state, b->n_underlyings)];
    /* ids whose byte order is not that of their making */
    b->instruments[i] = arena_format(b->memory, "%c-%u", (int)"zAb9~"[random_below(&b->state, 5)], i);
    if (random_below(&b->state, 5) < 3) {
      random_option(b, u, b->instruments[i]);
    } else {
      random_linear(b, u, b->instruments[i]);
    }
  }
}

/* Scenario names stand in order, because that is what numbers them. */
static void random_scenarios(random_book *b) {
  for (uint32_t s = 0; s < 12; s++) {
    const char *weight = s % 5 == 4 ? "0.5" : "1";
    for (uint32_t i = 0; i < b->n_underlyings; i++) {
      const char *id = b->underlyings[i].id;
      double move = random_between(&b->state, -0.3, 0.4);
      if (i == 0 || random_below(&b->state, 2)) {
        RANDOM_ROW(b, RANDOM_SCENARIOS, "S%02u,\"price:%s\",%.4f,relative,%s", s, id, move, weight);
      }
      if (s % 4 == 1 && i < 2) {
        RANDOM_ROW(b, RANDOM_SCENARIOS, "S%02u,\"vol:%s@30\",0.1,absolute,%s", s, id, weight);
        RANDOM_ROW(b, RANDOM_SCENARIOS, "S%02u,\"vol:%s@180\",-0.3,relative,%s", s, id, weight);
      }
    }
    if (s % 6 == 5) {
      RANDOM_ROW(b, RANDOM_SCENARIOS, "S%02u,time,%u,absolute,%s", s, s, weight);
      RANDOM_ROW(b, RANDOM_SCENARIOS, "S%02u,fx:EUR,-0.05,relative,%s", s, weight);
    }
  }
}

/* ---- accounts and positions -------------------------------------------------------------------- */

static void random_accounts(random_book *b) {
  static const char *const names[] = {"m", "B", "a,1", "Z", "0", "ab", "q\"", "k"};
  static const char *const fields[] = {"m", "B", "\"a,1\"", "Z", "0", "ab", "\"q\"\"\"", "k"};
  static const char *const paid[] = {"USD", "USD", "USD", "EUR", "BTC", "JPY"};
  b->n_accounts = 1 + random_below(&b->state, 8);
  for (uint32_t a = 0; a < b->n_accounts; a++) {
    random_account *made = &b->accounts[a];
    *made = (random_account){names[a], fields[a], -1, false, random_below(&b->state, 4) == 0,
                             random_below(&b->state, 3) == 0, RANDOM_OF(&b->state, paid)};
    if (a > 0 && random_below(&b->state, 2)) {
      made->parent = (int)random_below(&b->state, a);
      made->nets = random_below(&b->state, 2);
    }
    if (made->nets) {
      made->gross = b->accounts[made->parent].gross;
      made->currency = b->accounts[made->parent].currency;
    }
  }
}

/* Whole lots, fractions with up to 18 decimals, up to 1e9, and specks. */
static int128 random_quantity(uint64_t *state) {
  const int128 one = (int128)1000000000000000000;
  int128 units;
  switch (random_below(state, 6)) {
    case 0: units = 1 + random_below(state, 1000); break;
    case 1: units = one * random_below(state, 1000000000) + (int128)(random_bits(state) % 1000000000000000000U); break;
    case 2: units = (int128)(random_bits(state) % 5000000000000000000U); break;
    case 3: units = one / 4 * (1 + random_below(state, 400)); break;
    default: units = one * (1 + random_below(state, 200)); break;
  }
  return random_below(state, 2) ? units : -units;
}

static void random_positions(random_book *b) {
  b->n_positions = random_below(&b->state, 40);
  for (uint32_t p = 0; p < b->n_positions; p++) {
    b->positions[p] = (random_position){random_below(&b->state, b->n_accounts),
                                        random_below(&b->state, b->n_instruments), random_quantity(&b->state)};
  }
}

static random_book *random_book_make(uint64_t seed) {
  random_book *b = calloc(1, sizeof *b);
  random_need(b != NULL && (b->memory = arena_open()) != NULL, "out of memory");
  b->state = seed * 0x2545f4914f6cdd1dU + 1;
  random_market(b);
  random_forwards(b);
  random_instruments(b);
  random_scenarios(b);
  random_accounts(b);
  random_positions(b);
  return b;
}

static void random_book_close(random_book *b) {
  arena_close(b->memory);
  free(b);
}

/* ---- writing ----------------------------------------------------------------------------------- */

/* The order of n rows: as they are for order 0, else shuffled. */
static void random_order(uint64_t order, uint32_t n, uint32_t *at) {
  uint64_t state = order;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t j = order == 0 ? i : random_below(&state, i + 1);
    at[i] = at[j];
    at[j] = i;
  }
}

static FILE *random_open(const char *folder, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  remove(path); /* a new file is cheaper than the same one cut to nothing: ext4 flushes that */
  FILE *stream = fopen(path, "w");
  random_need(stream != NULL, path);
  return stream;
}

/* order 0: rows as they were made; else every file's rows are shuffled by it, but scenarios keep their numbers. */
static void random_book_write(const random_book *b, const char *folder, uint64_t order) {
#define RANDOM_NAME(name, file, header) {file, header},
  static const struct {
    const char *file, *header;
  } files[] = {RANDOM_FILES(RANDOM_NAME)};
#undef RANDOM_NAME
  uint32_t at[RANDOM_POSITIONS_MAX > RANDOM_ROWS_MAX ? RANDOM_POSITIONS_MAX : RANDOM_ROWS_MAX];
  FILE *stream = random_open(folder, "book.yaml");
  fputs("as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nday_count: act/365f\n", stream);
  fclose(stream);
  for (int f = 0; f < N_RANDOM_FILES; f++) {
    random_order(f == RANDOM_SCENARIOS ? 0 : order, b->n_rows[f], at);
    stream = random_open(folder, files[f].file);
    fprintf(stream, "%s\n", files[f].header);
    for (uint32_t i = 0; i < b->n_rows[f]; i++) {
      fprintf(stream, "%s\n", b->rows[f][at[i]]);
    }
    fclose(stream);
  }
  stream = random_open(folder, "accounts.csv");
  fputs("account,parent,to_parent,currency,sides,x_open_orders\n", stream);
  random_order(order, b->n_accounts, at);
  for (uint32_t i = 0; i < b->n_accounts; i++) {
    const random_account *a = &b->accounts[at[i]];
    fprintf(stream, "%s,%s,%s,%s,%s,%s\n", a->field, a->parent < 0 ? "" : b->accounts[a->parent].field,
            a->nets ? "net" : "", a->currency, a->gross ? "gross" : "", a->has_orders ? "12.5" : "");
  }
  fclose(stream);
  stream = random_open(folder, "positions.csv");
  fputs("account,instrument,quantity\n", stream);
  random_order(order, b->n_positions, at);
  for (uint32_t i = 0; i < b->n_positions; i++) {
    const random_position *p = &b->positions[at[i]];
    char quantity[NUMBER_TEXT_BYTES];
    decimal18_format((decimal18){p->units}, quantity);
    fprintf(stream, "%s,%s,%s\n", b->accounts[p->account].field, b->instruments[p->instrument], quantity);
  }
  fclose(stream);
}

#endif
