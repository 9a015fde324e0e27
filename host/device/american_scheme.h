/* SPDX-License-Identifier: MIT
 *
 * How finely American options are solved: the tables behind kernels/american_boundary.h and kernels/price_american.h.
 */
#ifndef DEVICE_AMERICAN_SCHEME_H
#define DEVICE_AMERICAN_SCHEME_H

#include "base/arena.h"
#include "kernels/shared.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Largest error of a price found against 32 nodes, as a fraction of the strike (a call: of the larger of spot and strike),
 * over random options with spot within 2.5 standard deviations of the strike (tests/formula/device_american.c):
 *
 *   rate and yield 0..12 %, vol 5..120 %, one day to three years       fast 1.2e-5, accurate 6e-8
 *
 * A boundary shared with the octave of its vol moves a price there by at most 8e-6 and 1e-9; anywhere within the bounds
 * AMERICAN_SHARED_* (kernels/shared.h) by 2e-5 and 1e-8. Outside them each vol is solved for itself.
 */
#define AMERICAN_SCHEME_ENUM(name, nodes, solve, price, steps, tolerance, vols) AMERICAN_##name,
typedef enum american_accuracy { AMERICAN_SCHEMES(AMERICAN_SCHEME_ENUM) N_AMERICAN_ACCURACIES } american_accuracy;
#undef AMERICAN_SCHEME_ENUM

/*
 * Finite differences under the same names. Largest error found against QuantLib's finite differences on 1,600 x 1,600 points, as a
 * fraction of the spot (tests/formula/device_differences.c): accurate 1.7e-4, fast 1.1e-3; of 99 in 100: 4e-5, 2.5e-4.
 */
void differences_table_fill(american_accuracy accuracy, uint32_t n_dividends, double table[static N_DIFFERENCES_NUMBERS]);

/* A row of AMERICAN_SCHEMES, or a finer one for tests. */
typedef struct american_shape {
  uint32_t n_nodes, n_solve, n_price, n_steps;
  double tolerance;
  uint32_t n_vols; /* 0: no octaves, for a scheme that solves each vol */
} american_shape;

american_shape american_shape_get(american_accuracy accuracy);
size_t american_table_count(american_shape shape);

/* The table, american_table_count doubles, the same bits on every machine: only + - * / sqrt. NULL: out of memory. */
const double *american_table_make(arena *memory, american_shape shape);

#endif
