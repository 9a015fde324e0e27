/* SPDX-License-Identifier: MIT
 *
 * fold.cl - one level of a model's hierarchy: children into their parents, in every column of a tile.
 *
 *   in    children as CSR (child_begin[n], child[x] a row of child_pnl, rate_row[x] a row of rate), rate[rate_row][k],
 *         gains_cap[x] of a child, in the parent's currency (infinity: none), scale[k], credit[n] >= 0
 *   out   parent_pnl[n][k]: child * rate; a gain counts gains times, at most gains_cap; summed in order, in segments of
 *         NET_SEGMENT; times scale; a loss is reduced by credit, to 0 at most
 *   grid  work-item (x, n): columns x*LANES..(x+1)*LANES of parent n
 */
#include "fold.h"

__kernel void fold_level(__global const ulong *child_begin, __global const uint *child, __global const uint *rate_row,
                         __global const double *rate, double gains, __global const double *gains_cap,
                         __global const double *scale, __global const double *credit, uint n_parents, uint stride,
                         __global const double *child_pnl, __global double *parent_pnl) {
  ulong k = get_global_id(0) * (ulong)LANES;
  ulong n = get_global_id(1);
  if (k >= stride || n >= n_parents) {
    return;
  }
  const lane zero = (lane)0.0;
  ulong end = child_begin[n + 1];
  lane total = zero;
  for (ulong segment = child_begin[n]; segment < end; segment += NET_SEGMENT) {
    ulong segment_end = end - segment < NET_SEGMENT ? end : segment + NET_SEGMENT;
    lane sum = zero;
    for (ulong x = segment; x < segment_end; x++) {
      lane converted = lane_load(rate + rate_row[x] * (ulong)stride + k);
      sum = sum + fold_part(lane_load(child_pnl + child[x] * (ulong)stride + k), converted, gains, gains_cap[x]);
    }
    total = total + sum;
  }
  lane_store(parent_pnl + n * stride + k, fold_close(total, lane_load(scale + k), credit[n]));
}
