/* SPDX-License-Identifier: MIT
 *
 * Small random books for the crypto venues' models, from a seed, as texts in memory: options with vols or SVI rows,
 * coin-settled and linear contracts, perpetuals with funding, collateral, confidences, cross and isolated accounts.
 */
#ifndef PROPERTY_VENUE_BOOK_H
#define PROPERTY_VENUE_BOOK_H

#include "base/number.h"
#include "property/random.h"

#include <shockgrid/shockgrid.h>

#include <stdio.h>
#include <stdlib.h>

enum { VENUE_ACCOUNTS = 5, VENUE_INSTRUMENTS_MAX = 12, VENUE_POSITIONS_MAX = 160, VENUE_POSTINGS_MAX = 48 };

typedef struct venue_row { /* of positions.csv or collateral.csv */
  uint32_t account, what;
  int128 units; /* of 1e-18 */
} venue_row;

typedef struct venue_book {
  uint64_t state;
  bool coins;        /* two coins, linear and inverse; else one coin and a stablecoin, with confidences */
  bool is_confident; /* no confidence below any threshold */
  bool has_orders;
  uint32_t n_instruments, n_positions, n_postings;
  char instruments[VENUE_INSTRUMENTS_MAX][200];
  char confidences[6][16];
  venue_row positions[VENUE_POSITIONS_MAX], postings[VENUE_POSTINGS_MAX];
} venue_book;

static const char *const venue_accounts[VENUE_ACCOUNTS] = {"solo", "top", "adds", "nets", "ringed"};
static const char *const venue_expiries[] = {"2026-01-01T00:10:00Z", "2026-01-08T08:00:00Z", "2026-01-31T00:00:00Z",
                                             "2026-03-27T08:00:00Z"};

static int128 venue_quantity(uint64_t *state) {
  static const int milli[] = {1, 10, 250, 1000, 3000, 40000};
  int128 units = (int128)RANDOM_OF(state, milli) * 1000000000000000;
  return random_below(state, 2) ? units : -units;
}

static inline void venue_add(venue_book *b, uint32_t account, uint32_t instrument, int128 units) {
  if (b->n_positions < VENUE_POSITIONS_MAX) {
    b->positions[b->n_positions++] = (venue_row){account, instrument, units};
  }
}

static void venue_instrument(venue_book *b, uint32_t i) {
  static const char *const strikes[2][4] = {{"1200", "1500", "1900", "750"}, {"50000", "60000", "66000", "90000"}};
  static const char *const vols[] = {"0.3", "0.55", "1.05", "2"};
  bool btc = b->coins && random_below(&b->state, 2), inverse = b->coins && random_below(&b->state, 2);
  const char *coin = btc ? "BTC" : "ETH", *paid = inverse ? coin : b->coins ? "USD" : "USDC";
  const char *price = btc ? "60050.5" : "1504.25", *expiry = RANDOM_OF(&b->state, venue_expiries);
  uint32_t kind = random_below(&b->state, 6);
  if (kind < 4) {
    bool smile = !b->coins && expiry != venue_expiries[0] && random_below(&b->state, 2);
    snprintf(b->instruments[i], sizeof *b->instruments, "I%u,option,%s,%s,european,%s,%s,1,%s,%s,,%s", i, coin,
             random_below(&b->state, 2) ? "call" : "put", RANDOM_OF(&b->state, strikes[btc]), expiry, paid,
             inverse ? "inverse" : "", smile ? "" : RANDOM_OF(&b->state, vols));
  } else {
    bool dated = b->coins && kind == 4;
    snprintf(b->instruments[i], sizeof *b->instruments, "I%u,%s,%s,,,,%s,%s,%s,%s,%s,", i,
             dated ? "future" : "perpetual", coin, dated ? expiry : "", inverse ? "10" : "1", paid,
             inverse ? "inverse" : "", price);
  }
}

static venue_book venue_book_make(uint64_t seed, bool coins, bool is_confident) {
  venue_book b = {.state = seed * 0x2545f4914f6cdd1dU + 7, .coins = coins, .is_confident = is_confident};
  b.n_instruments = 1 + random_below(&b.state, VENUE_INSTRUMENTS_MAX);
  for (uint32_t i = 0; i < b.n_instruments; i++) {
    venue_instrument(&b, i);
  }
  for (uint32_t i = 0; i < 6; i++) {
    bool full = is_confident || random_below(&b.state, 2);
    uint32_t tenths = 1 + random_below(&b.state, 9);
    snprintf(b.confidences[i], sizeof *b.confidences, full ? "1" : "0.%u", tenths);
  }
  b.n_positions = 0;
  for (uint32_t p = random_below(&b.state, 24); p-- > 0;) {
    venue_add(&b, random_below(&b.state, VENUE_ACCOUNTS), random_below(&b.state, b.n_instruments),
              venue_quantity(&b.state));
  }
  for (b.n_postings = 0; b.n_postings < random_below(&b.state, 12); b.n_postings++) {
    uint32_t asset = random_below(&b.state, 3);
    int128 units = venue_quantity(&b.state);
    units = asset != 0 && !coins && units < 0 ? -units : units; /* loans are cash, or coins where a model knows them */
    b.postings[b.n_postings] = (venue_row){random_below(&b.state, VENUE_ACCOUNTS), asset, units};
  }
  b.has_orders = random_below(&b.state, 2);
  return b;
}

/* ---- texts --------------------------------------------------------------------------------------- */

/* The order of n rows: as they are for order 0, else shuffled. */
static void venue_order(uint64_t order, uint32_t n, uint32_t *at) {
  uint64_t state = order;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t j = order == 0 ? i : random_below(&state, i + 1);
    at[i] = at[j];
    at[j] = i;
  }
}

static void venue_print_market(const venue_book *b, FILE *const *to) {
  const char(*c)[16] = b->confidences;
  fprintf(to[0], "as_of: 2026-01-01T00:00:00Z\ncurrency: USD\nday_count: act/365f\nrates: zero\n");
  fprintf(to[1], "underlying,currency,price,kind,asset,x_spot_confidence,x_perp_confidence,x_coin_class\n");
  fprintf(to[2], "currency,rate_to_base\nETH,1500\n");
  fprintf(to[3], "underlying,expiry,forward,forward_fixed,rate_cc,svi_a,svi_b,svi_rho,svi_m,svi_sigma,svi_forward,"
                 "svi_years,x_forward_confidence,x_rate_confidence,x_vol_confidence\n");
  fprintf(to[1], "ETH,%s,1500,crypto,%s,%s,%s,btc_eth\n", b->coins ? "USD" : "USDC", b->coins ? "ETH" : "", c[0], c[1]);
  if (b->coins) {
    fprintf(to[1], "BTC,USD,60000,crypto,BTC,,,major\n");
  }
  fprintf(to[2], b->coins ? "BTC,60000\n" : "USDC,%s\n", b->is_confident ? "1" : "0.97");
  for (uint32_t e = 0; e < sizeof venue_expiries / sizeof *venue_expiries; e++) {
    fprintf(to[3], "ETH,%s,%u,%s,0.05,%s,%s,%s,%s\n", venue_expiries[e], 1503 + 7 * e, e == 0 ? "1002" : "",
            b->coins || e == 0 ? ",,,,,," : "0.002,0.04,-0.3,-0.02,0.06,1505,0.0252", c[2], c[3], c[4]);
    if (b->coins) {
      fprintf(to[3], "BTC,%s,%u,,0.05,,,,,,,,,,\n", venue_expiries[e], 60100 + 210 * e);
    }
  }
}

static void venue_print_rows(const venue_book *b, uint64_t order, FILE *const *to) {
  uint32_t at[VENUE_POSITIONS_MAX];
  const char *paid = b->coins ? "BTC" : "USDC", *cash = b->coins ? "USD" : "USDC";
  fprintf(to[4], "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\n");
  venue_order(order, b->n_instruments, at);
  for (uint32_t i = 0; i < b->n_instruments; i++) {
    fprintf(to[4], "%s\n", b->instruments[at[i]]);
  }
  fprintf(to[5], "account,parent,to_parent,pool,currency,sides,x_open_order_margin\n");
  fprintf(to[5], "solo,,,,%s,,%s\ntop,,,,%s,,\n", paid, b->has_orders ? "0.5" : "", cash);
  fprintf(to[5], "adds,top,sum,,%s,gross,\nnets,top,net,,%s,,\nringed,top,sum,isolated,%s,,\n", paid, cash, cash);
  fprintf(to[6], "account,instrument,quantity,unsettled_pnl,funding\n");
  venue_order(order, b->n_positions, at);
  for (uint32_t p = 0; p < b->n_positions; p++) {
    const venue_row *row = &b->positions[at[p]];
    char quantity[NUMBER_TEXT_BYTES];
    decimal18_format((decimal18){row->units}, quantity);
    fprintf(to[6], "%s,I%u,%s,,\n", venue_accounts[row->account], row->what, quantity);
  }
  fprintf(to[7], "asset,currency,price,underlying,x_haircut,x_haircut_mm,x_haircut_im,x_confidence,"
                 "x_risk_cancelling\n");
  fprintf(to[7], "%s,%s,1,,,,,,\nETHER,%s,1500,ETH,0.05,0.02,0.01,%s,1\nCOIN,USD,60000,,0.1,0.1,0.2,1,0\n", cash, cash,
          b->coins ? "USD" : "USDC", b->confidences[5]);
  fprintf(to[8], "account,asset,amount\n");
  venue_order(order, b->n_postings, at);
  for (uint32_t p = 0; p < b->n_postings; p++) {
    const venue_row *row = &b->postings[at[p]];
    char amount[NUMBER_TEXT_BYTES];
    decimal18_format((decimal18){row->units}, amount);
    const char *asset = row->what == 0 ? cash : row->what == 1 ? "ETHER" : "COIN";
    fprintf(to[8], "%s,%s,%s\n", venue_accounts[row->account], asset, amount);
  }
}

/* order 0: rows as they were made. */
static sg_status venue_book_load(const venue_book *b, uint64_t order, sg_book **loaded, sg_error *error) {
  static const char *const names[] = {"book.yaml",       "underlyings.csv", "fx.csv",
                                      "forwards.csv",    "instruments.csv", "accounts.csv",
                                      "positions.csv",   "assets.csv",      "collateral.csv"};
  enum { N_FILES = sizeof names / sizeof *names };
  sg_named_text files[N_FILES];
  char *bytes[N_FILES] = {NULL};
  FILE *to[N_FILES];
  for (int f = 0; f < N_FILES; f++) {
    files[f].name = names[f];
    to[f] = open_memstream(&bytes[f], &files[f].size_bytes);
    if (to[f] == NULL) {
      abort();
    }
  }
  venue_print_market(b, to);
  venue_print_rows(b, order, to);
  for (int f = 0; f < N_FILES; f++) {
    fclose(to[f]);
    files[f].bytes = bytes[f];
  }
  sg_status status = sg_book_from_texts(files, N_FILES, loaded, error);
  for (int f = 0; f < N_FILES; f++) {
    free(bytes[f]);
  }
  return status;
}

#endif
