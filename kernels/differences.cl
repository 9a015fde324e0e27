/* SPDX-License-Identifier: MIT
 *
 * differences.cl - options on a spot that drops by cash dividends: one solution for each (instrument, slice), then P&L as in
 * price.cl.
 *
 *   in      as price.cl; scheme[DIFFERENCES_*], dividend[2][n_dividends][n_padded] (shared.h)
 *   between solution[slice][DIFFERENCES_VALUES + n_nodes][n_padded]
 *   grid    solve: (x, y) slice x, instruments y*LANES..(y+1)*LANES; price: as price.cl
 */
#include "price_columns.h"
#include "price_differences.h"

__kernel void solve_differences(__global const double *contract, uint n_padded, __global const double *vol,
                                __global const double *slice_years, uint n_slices, __global const double *scheme_table,
                                __global const double *dividend, __global double *solution) {
  ulong slice = get_global_id(0);
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (slice >= n_slices || instrument >= n_padded) {
    return;
  }
  lane spot[DIFFERENCES_NODES_LIMIT], value[DIFFERENCES_NODES_LIMIT], work[DIFFERENCES_NODES_LIMIT];
  differences_scheme scheme = differences_scheme_read(scheme_table);
  dividend_list dividends =
      dividend_list_make(dividend, (uint)scheme_table[DIFFERENCES_N_DIVIDENDS], n_padded, instrument);
  differences_terms terms =
      differences_terms_make(contract_load(contract, n_padded, (uint)instrument),
                             lane_load(vol + slice * n_padded + instrument), slice_years[slice], &dividends, &scheme);
  differences_solve(&terms, &scheme, &dividends, slice_years[slice], spot, value, work);
  __global double *to = solution + slice * (DIFFERENCES_VALUES + scheme.n_nodes) * n_padded + instrument;
  lane_store(to + DIFFERENCES_START * (ulong)n_padded, terms.start);
  lane_store(to + DIFFERENCES_STEP * (ulong)n_padded, terms.step);
  lane_store(to + DIFFERENCES_TO_COME * (ulong)n_padded, terms.to_come);
  for (uint j = 0; j < scheme.n_nodes; j++) {
    lane_store(to + (DIFFERENCES_VALUES + j) * (ulong)n_padded, value[j]);
  }
}

LANE_INLINE void differences_enter(lane_contract contract, lane vol_annual, double years_taken, uint slice, ulong instrument,
                                   uint n_padded, __global const double *scheme, __global const double *solution,
                                   differences_state *state) {
  uint n_nodes = (uint)scheme[DIFFERENCES_N_NODES];
  ulong rows = DIFFERENCES_VALUES + n_nodes;
  differences_prepare(contract, vol_annual, years_taken, n_nodes, solution + slice * rows * n_padded + instrument, n_padded,
                      state);
}

PRICE_COLUMNS_KERNEL(differences)
