/* SPDX-License-Identifier: MIT
 *
 * adjust.cl - what a level does to its nodes beyond netting: discount, scale, credit, in every column of a tile.
 *
 *   in    base[n], positive[n], negative[n], scale[k], credit[credit_row[n]][k] >= 0
 *   out   node_pnl[n][k], in place: base + P&L times positive, or negative where it is below 0, less base; times scale; a
 *         loss is reduced by credit, to 0 at most. positive = negative = 1 and base = 0 leave the P&L as it is
 *   grid  work-item (x, n): columns x*LANES..(x+1)*LANES of node n
 */
#include "lane.h"

__kernel void adjust_nodes(__global const double *base, __global const double *positive,
                           __global const double *negative, __global const double *scale,
                           __global const uint *credit_row, __global const double *credit, uint n_nodes, uint stride,
                           __global double *node_pnl) {
  ulong k = get_global_id(0) * (ulong)LANES;
  ulong n = get_global_id(1);
  if (k >= stride || n >= n_nodes) {
    return;
  }
  const lane zero = (lane)0.0;
  __global double *cell = node_pnl + n * stride + k;
  lane value = lane_load(cell) + base[n];
  value = value * lane_select(lane_less(value, zero), (lane)negative[n], (lane)positive[n]);
  lane total = (value - base[n]) * lane_load(scale + k);
  lane relieved = lane_min(total + lane_load(credit + credit_row[n] * (ulong)stride + k), zero);
  lane_store(cell, lane_select(lane_less(total, zero), relieved, total));
}
