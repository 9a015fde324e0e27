/* SPDX-License-Identifier: MIT
 *
 * What the parts of the generator share: series, sizes of accounts, and what their positions come to.
 */
#ifndef INPUT_GENERATE_PARTS_H
#define INPUT_GENERATE_PARTS_H

#include "base/arena.h"
#include "input/generate.h"
#include "input/random.h"

#include <stdio.h>

enum { GENERATE_MOST_MAKERS = 64, GENERATE_NAME_BYTES = 28 };

/* Series of an underlying follow each other: hedges (the share itself, or futures), then options by expiry, strike, and
 * call before put; the last expiry may have fewer strikes. */
typedef struct gen_underlying {
  char name[8];
  const char *kind;
  double price, vol, yield;
  uint32_t first, n_hedges;
  uint32_t n_pairs, n_strikes; /* pairs of call and put; strikes to an expiry */
} gen_underlying;

typedef struct gen_series {
  char name[GENERATE_NAME_BYTES];
  uint8_t name_length;
  bool is_option, is_call, is_open; /* open: somebody may hold it */
  uint32_t underlying;
  double weight;  /* expected share of open interest, 0 when not open; any scale */
  double delta;   /* underlying units of one contract, rough */
  int64_t net;    /* held by customers */
  int64_t longs;  /* held by all */
} gen_series;

/* Draws an index with probability weight[i] / sum in constant time (Walker 1977, "An efficient method for generating
 * discrete random variables with general distributions"). */
typedef struct gen_alias {
  uint32_t n;
  uint64_t *threshold; /* of 2^64 */
  uint32_t *other;
} gen_alias;

typedef struct gen_book {
  arena *memory;
  sg_generate_options sizes; /* none is 0 */
  uint64_t random; /* the state of the random numbers */
  gen_underlying *underlyings;
  gen_series *series; /* [instrument] */
  uint32_t n_open, *open; /* indices of open series */
  gen_alias options;  /* by weight */
  uint32_t n_makers;
  double accounts_scale; /* the account of rank i is to hold accounts_scale / i series */
  size_t n_positions, n_option_positions;
  uint32_t *n_held;   /* [account by rank] */
} gen_book;

/* Underlyings and series, written as they are made. */
sg_status generate_market(gen_book *book, FILE *underlyings, FILE *instruments, sg_error *error);

/* Accounts and positions: customers in the order of their names, then market makers. */
sg_status generate_accounts(gen_book *book, FILE *accounts, FILE *positions, sg_error *error);

sg_status generate_report(const gen_book *book, char **report, sg_error *error);

#endif
