/* SPDX-License-Identifier: MIT
 *
 * Exercise boundaries that options share: over the strike they depend on rate, yield, time and vol only, so the strikes and
 * vol moves of an expiry take theirs from a few that are solved for each octave of vols. What an option gets depends on its
 * own terms alone, whatever else is in the book.
 */
#ifndef ENGINE_BOUNDARIES_H
#define ENGINE_BOUNDARIES_H

#include "kernels/price_american.h" /* first: its locals are named like types of data/result.h */

#include "base/array.h"
#include "base/ids.h"
#include "engine/pricing.h"

/* Puts of strike 1 to be solved: one for each (rate, yield, time, octave). */
typedef struct boundary_put {
  double rate, yield, years;
  double vol[AMERICAN_VOLS_LIMIT]; /* the scheme's points of the octave; outside the bound that shares, all the same vol */
  double *solved;                  /* [n_vols][n_nodes], by boundaries_find_solved only */
} boundary_put;

typedef struct boundaries {
  arena *memory;
  const double *scheme; /* table */
  ids *keys;
  ARRAY(boundary_put) puts;
} boundaries;

bool boundaries_open(const double *scheme, boundaries *opened); /* false: out of memory */
void boundaries_close(boundaries *opened);

/* The index of the put that solves for these terms and this vol, added if new; 0 where there is no boundary. ID_NONE when out
 * of memory. *octave: 0, or the octave of vols that would find the same. */
uint32_t boundaries_find(boundaries *in, american_terms terms, double vol, double *octave);

/* The squares of american_solve at a vol, solved here and kept. false: out of memory. */
bool boundaries_squares(boundaries *in, american_terms terms, double vol, double *squares);

/* The puts as contracts[field][put] with vols[c][put], n_padded to a row, for solve_american to take c as slices. */
typedef struct boundary_table {
  uint32_t n_padded, n_vols;
  double *contract, *vol, *years;
} boundary_table;
bool boundaries_list(const boundaries *in, boundary_table *made); /* false: out of memory */

/* boundary[slice][node][i] of which's options on the device, as solve_american would give it.
 *
 *   vol     [slice][n_padded], also as d_vol; years: [slice] that the slice takes, also as d_years */
sg_status boundaries_share(const pricing *with, const priced *which, uint32_t n_slices, const double *vol,
                           const double *years, device_buffer *d_vol, device_buffer *d_years, device_buffer **boundary,
                           sg_error *error);

#endif
