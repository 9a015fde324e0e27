/* SPDX-License-Identifier: MIT
 *
 * american.cl - American options: one boundary for each (instrument, slice), then P&L as in price.cl.
 *
 *   in      as price.cl; scheme, a table of AMERICAN_* (shared.h)
 *   between boundary[slice][node][i]: squares of american_solve, 0 where there is no boundary
 *   shared  solve puts that stand for (rate, yield, time, octave of vol) at the scheme's vols as slices, then share them:
 *           boundary of an instrument from solved[c][node][pair[slice][i]]
 *   grid    solve, share: (x, y) slice x, instruments y*LANES..(y+1)*LANES; price: as price.cl
 */
#include "price_american.h"

__kernel void solve_american(__global const double *contract, uint n_padded, __global const double *vol,
                             __global const double *slice_years, uint n_slices, __global const double *scheme_table,
                             __global double *boundary) {
  ulong slice = get_global_id(0);
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (slice >= n_slices || instrument >= n_padded) {
    return;
  }
  american_scheme scheme = american_scheme_read(scheme_table);
  american_terms terms = american_terms_make(contract_load(contract, n_padded, (uint)instrument),
                                             lane_load(vol + slice * n_padded + instrument), slice_years[slice]);
  if (!lane_any(terms.boundary)) {
    return; /* the buffer is 0 */
  }
  lane squares[AMERICAN_NODES_LIMIT];
  american_solve(terms.put, &scheme, squares);
  for (uint i = 0; i < scheme.n_nodes; i++) {
    lane_store(boundary + (slice * scheme.n_nodes + i) * n_padded + instrument,
               lane_select(terms.boundary, squares[i], (lane)0.0));
  }
}

__kernel void share_american(__global const double *contract, uint n_padded, __global const double *vol,
                             __global const double *slice_years, uint n_slices, __global const double *scheme_table,
                             __global const double *solved, uint n_pairs, __global const uint *pair,
                             __global double *boundary) {
  ulong slice = get_global_id(0);
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (slice >= n_slices || instrument >= n_padded) {
    return;
  }
  american_scheme scheme = american_scheme_read(scheme_table);
  lane vol_here = lane_load(vol + slice * n_padded + instrument);
  american_terms terms = american_terms_make(contract_load(contract, n_padded, (uint)instrument), vol_here,
                                             slice_years[slice]);
  if (!lane_any(terms.boundary)) {
    return; /* the buffer is 0 */
  }
  lane squares[AMERICAN_NODES_LIMIT];
  american_share(&scheme, vol_here, solved, n_pairs, pair + slice * n_padded + instrument, squares);
  for (uint i = 0; i < scheme.n_nodes; i++) {
    lane_store(boundary + (slice * scheme.n_nodes + i) * n_padded + instrument,
               lane_select(terms.boundary, squares[i], (lane)0.0));
  }
}

/* What the instruments of one work-item are priced from in one slice. */
LANE_INLINE void american_enter(__global const double *contract, uint n_padded, ulong instrument, uint slice,
                                __global const double *vol, __global const double *slice_years,
                                const american_scheme *scheme, __global const double *boundary,
                                american_state *state) {
  lane squares[AMERICAN_NODES_LIMIT];
  for (uint i = 0; i < scheme->n_nodes; i++) {
    squares[i] = lane_load(boundary + (slice * (ulong)scheme->n_nodes + i) * n_padded + instrument);
  }
  american_prepare(contract_load(contract, n_padded, (uint)instrument),
                   lane_load(vol + slice * (ulong)n_padded + instrument), slice_years[slice], scheme, squares, state);
}

__kernel void price_american(__global const double *contract, uint n_padded, __global const uint *pnl_row,
                             __global const uint *forward_row, __global const uint *weight_row,
                             __global const double *vol, __global const uint *slice_of,
                             __global const double *slice_years, __global const double *forward,
                             __global const double *log_move, __global const double *weight, double round_unit,
                             uint stride, uint span, __global double *pnl, __global const double *scheme_table,
                             __global const double *boundary) {
  ulong begin = get_global_id(0) * (ulong)span;
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (begin >= stride || instrument >= n_padded) {
    return;
  }
  ulong end = begin + span < stride ? begin + span : stride;
  american_scheme scheme = american_scheme_read(scheme_table);
  lane_contract terms = contract_load(contract, n_padded, (uint)instrument);
  american_state state;
  uint slice = slice_of[begin] == SLICE_PADDING ? 0 : slice_of[begin];
  american_enter(contract, n_padded, instrument, slice, vol, slice_years, &scheme, boundary, &state);
  for (ulong k = begin; k < end; k += LANES) {
    lane gains[LANES];
    for (uint j = 0; j < LANES; j++) {
      uint slice_here = slice_of[k + j];
      if (slice_here == SLICE_PADDING) {
        gains[j] = (lane)0.0;
        continue;
      }
      if (slice_here != slice) {
        slice = slice_here;
        american_enter(contract, n_padded, instrument, slice, vol, slice_years, &scheme, boundary, &state);
      }
      lane value = american_value(&state, &scheme, lane_gather(forward + k + j, forward_row + instrument, stride),
                                  lane_gather(log_move + k + j, forward_row + instrument, stride));
      lane gain = (value - terms.value) * terms.multiplier *
                  lane_gather(weight + k + j, weight_row + instrument, stride);
      gains[j] = round_unit > 0.0 ? lane_round(gain / round_unit) * round_unit : gain;
    }
    lane_transpose(gains);
    for (uint l = 0; l < LANES; l++) {
      lane_store(pnl + pnl_row[instrument + l] * (ulong)stride + k, gains[l]);
    }
  }
}
