/* SPDX-License-Identifier: MIT
 *
 * A book as `shockgrid generate` makes it, for the programs that shockgrid is compared with: one currency, one flat rate,
 * options with European exercise, futures and spot at the forward of carry. Anything else is refused. Not a part of
 * shockgrid: what lies here uses the C library's functions and whatever flags its program is compiled with.
 */
#ifndef PEERS_BOOK_H
#define PEERS_BOOK_H

#include <stdint.h>

/* spot-vol-grid: 17 prices by 3 vols */
enum { SPOTS = 17, VOLS = 3, SCENARIOS = SPOTS * VOLS };
static inline double spot_move(int u) { return 0.02 * (u - 8); }
static inline double vol_factor(int v) { return 0.75 + 0.25 * v; }

typedef struct peer_book {
  uint32_t n_instruments, n_accounts;
  uint64_t n_positions;
  char **instrument_id, **account_id; /* in the files' order */
  double *sign;                       /* [c] 1 call, -1 put, 0 not an option */
  double *forward, *strike, *years, *vol, *discount, *multiplier;
  uint32_t *account, *instrument;     /* [p] */
  double *quantity;
} peer_book;

/* Ends the program with a message where the book is none of these. */
peer_book peer_book_read(const char *folder);

/* account,initial: what each account loses in its worst scenario, at least 0 */
void peer_margins_write(const char *path, const peer_book *of, const double *worst);

typedef struct peer_clock {
  double wall_s, cpu_s;
} peer_clock;
peer_clock peer_start(void);
void peer_stage(const char *name, peer_clock *since); /* prints both since then, and starts anew */

#endif
