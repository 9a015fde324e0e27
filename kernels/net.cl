/* SPDX-License-Identifier: MIT
 *
 * net.cl - P&L of every node in every column of a tile.
 *
 *   in    positions as CSR (position_begin[n], instrument[p], quantity[p]), pnl[instrument][k]
 *   out   node_pnl[destination[n]][k]: acc = fma(quantity, pnl, acc) in order, in segments of NET_SEGMENT positions,
 *         each from 0; the sums of the segments are added in order
 *   grid  work-item (x, n): columns x*span..(x+1)*span of node n; span a multiple of LANES (COLUMN_PADDING will do),
 *         best as device_span says
 */
#include "net.h"

#if LANES == 1
#define NET_AHEAD 0 /* a GPU has other work-items to go on with */
#else
#define NET_AHEAD 4
#endif
#define NET_FAR_DOUBLES (1 << 13) /* 64 KiB, which the nearest caches hold; no other was tried */

/* n_vectors <= NET_VECTORS groups of columns. */
LANE_INLINE void net_columns(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                             __global const double *pnl, uint stride, uint n_vectors, __global double *node_pnl) {
  LANE_UNROLL
  for (uint v = 0; v < n_vectors; v++) {
    lane_prefetch(node_pnl + v * LANES);
  }
  lane total[NET_VECTORS];
  net_ahead ahead = {NET_AHEAD, end, NET_FAR_DOUBLES};
  net_total(begin, end, instrument, quantity, pnl, stride, n_vectors, ahead, total);
  LANE_UNROLL
  for (uint v = 0; v < n_vectors; v++) {
    lane_store(node_pnl + v * LANES, total[v]);
  }
}

__kernel void net_nodes(__global const ulong *position_begin, __global const uint *instrument,
                        __global const double *quantity, __global const double *pnl, __global const uint *destination,
                        uint n_nodes, uint stride, uint span, __global double *node_pnl) {
  ulong first = get_global_id(0) * (ulong)span;
  ulong n = get_global_id(1);
  if (first >= stride || n >= n_nodes) {
    return;
  }
  ulong last = first + span < stride ? first + span : stride;
  ulong begin = position_begin[n];
  ulong end = position_begin[n + 1];
  __global double *to = node_pnl + destination[n] * (ulong)stride;
  ulong k = first;
  for (; last - k >= NET_VECTORS * LANES; k += NET_VECTORS * LANES) {
    net_columns(begin, end, instrument, quantity, pnl + k, stride, NET_VECTORS, to + k);
  }
  for (; k < last; k += LANES) {
    net_columns(begin, end, instrument, quantity, pnl + k, stride, 1, to + k);
  }
}
