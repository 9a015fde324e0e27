/* SPDX-License-Identifier: MIT
 *
 * Books of any size from a seed, in the shape of real ones; the same bytes everywhere.
 */
#ifndef INPUT_GENERATE_H
#define INPUT_GENERATE_H

#include "base/error.h"

/* Sizes at which a margin run is measured: a smoke test, a nation's retail accounts, a broker's portfolio margin,
 * historical VaR, a national clearing house.
 * X("name", accounts, mean positions, instruments, underlyings) */
#define GENERATE_TIERS(X)            \
  X("T0", 100, 20, 2000, 5)          \
  X("T1", 5000000, 3, 30000, 100)    \
  X("T2", 100000, 30, 400000, 1000)  \
  X("T3", 20000, 300, 100000, 250)   \
  X("T4", 10000, 1000, 1500000, 4000)

/*
 * Writes a book into a folder that holds none yet, complete or not at all.
 *
 *   options   sizes that are 0 come from the tier; without a tier all are needed
 *   report    the shape of the book beside that of real books; malloc'd, the caller's; NULL on failure
 */
sg_status generate_book(const sg_generate_options *options, const char *folder, char **report, sg_error *error);

#endif
