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
#include "lane.h"
#include "shared.h"

/* Lanes of one row that are accumulated together in registers. */
#ifndef NET_VECTORS
#ifndef __OPENCL_C_VERSION__
#define NET_VECTORS 16
#elif LANES == 1
#define NET_VECTORS 1
#elif LANES == 16
#define NET_VECTORS 4
#else
#define NET_VECTORS 8
#endif
#endif

/* sum[v] = fma(quantity, pnl, sum[v]) over positions begin..end; n_vectors is a constant where this is inlined. */
LANE_INLINE void net_positions(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                               __global const double *pnl, uint stride, uint n_vectors, lane *sum) {
  LANE_UNROLL
  for (uint v = 0; v < n_vectors; v++) {
    sum[v] = (lane)0.0;
  }
  for (ulong p = begin; p < end; p++) {
    __global const double *row = pnl + instrument[p] * (ulong)stride;
    lane held = (lane)quantity[p];
    LANE_UNROLL
    for (uint v = 0; v < n_vectors; v++) {
      sum[v] = fma(held, lane_load(row + v * LANES), sum[v]);
    }
  }
}

/* n_vectors <= NET_VECTORS groups of columns: the first segment, then the sums of the others. */
LANE_INLINE void net_columns(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                             __global const double *pnl, uint stride, uint n_vectors, __global double *node_pnl) {
  LANE_UNROLL
  for (uint v = 0; v < n_vectors; v++) {
    lane_prefetch(node_pnl + v * LANES);
  }
  lane total[NET_VECTORS];
  ulong segment_end = end - begin < NET_SEGMENT ? end : begin + NET_SEGMENT;
  net_positions(begin, segment_end, instrument, quantity, pnl, stride, n_vectors, total);
  while (segment_end < end) {
    ulong segment = segment_end;
    lane sum[NET_VECTORS];
    segment_end = end - segment < NET_SEGMENT ? end : segment + NET_SEGMENT;
    net_positions(segment, segment_end, instrument, quantity, pnl, stride, n_vectors, sum);
    LANE_UNROLL
    for (uint v = 0; v < n_vectors; v++) {
      total[v] = total[v] + sum[v];
    }
  }
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
