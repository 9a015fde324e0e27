/* SPDX-License-Identifier: MIT
 *
 * two_boundaries.cl - American options with two exercise boundaries: both for each (instrument, slice), then P&L as in
 * price.cl.
 *
 *   in      as price.cl; scheme, a table of AMERICAN_* (shared.h)
 *   between solution[slice][2 * n_nodes + 1][n_padded]: squares of the upper and the lower boundary, the time left at which
 *           they meet
 *   grid    solve: (x, y) slice x, instruments y*LANES..(y+1)*LANES; price: as price.cl
 */
#include "price_columns.h"
#include "price_two_boundaries.h"

__kernel void solve_two_boundaries(__global const double *contract, uint n_padded, __global const double *vol,
                                   __global const double *slice_years, uint n_slices, __global const double *scheme_table,
                                   __global double *solution) {
  ulong slice = get_global_id(0);
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (slice >= n_slices || instrument >= n_padded) {
    return;
  }
  american_scheme scheme = american_scheme_read(scheme_table);
  two_boundaries_terms terms =
      two_boundaries_terms_make(contract_load(contract, n_padded, (uint)instrument),
                                lane_load(vol + slice * n_padded + instrument), slice_years[slice]);
  lane upper[AMERICAN_NODES_LIMIT], lower[AMERICAN_NODES_LIMIT], horizon;
  for (uint i = 0; i < scheme.n_nodes; i++) {
    upper[i] = lower[i] = (lane)0.0;
  }
  two_boundaries_solve(terms, &scheme, upper, lower, &horizon);
  __global double *to = solution + slice * (2 * scheme.n_nodes + 1) * n_padded + instrument;
  for (uint i = 0; i < scheme.n_nodes; i++) {
    lane_store(to + i * (ulong)n_padded, upper[i]);
    lane_store(to + (scheme.n_nodes + i) * (ulong)n_padded, lower[i]);
  }
  lane_store(to + 2 * scheme.n_nodes * (ulong)n_padded, horizon);
}

LANE_INLINE void two_boundaries_enter(lane_contract contract, lane vol_annual, double years_taken, uint slice,
                                      ulong instrument, uint n_padded, __global const double *scheme_table,
                                      __global const double *solution, two_boundaries_state *state) {
  american_scheme scheme = american_scheme_read(scheme_table);
  uint n = scheme.n_nodes;
  lane upper[AMERICAN_NODES_LIMIT], lower[AMERICAN_NODES_LIMIT];
  __global const double *from = solution + slice * (2 * n + 1) * (ulong)n_padded + instrument;
  for (uint i = 0; i < n; i++) {
    upper[i] = lane_load(from + i * (ulong)n_padded);
    lower[i] = lane_load(from + (n + i) * (ulong)n_padded);
  }
  two_boundaries_prepare(contract, vol_annual, years_taken, &scheme, upper, lower, lane_load(from + 2 * n * (ulong)n_padded),
                         state);
}

PRICE_COLUMNS_KERNEL(two_boundaries)
