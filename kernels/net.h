/* SPDX-License-Identifier: MIT
 *
 * The sum of a node's positions in some columns, as the contract defines it.
 */
#ifndef KERNELS_NET_H
#define KERNELS_NET_H

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

/* total[v] of n_vectors <= NET_VECTORS groups of columns: the first segment, then the sums of the others. */
LANE_INLINE void net_total(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                           __global const double *pnl, uint stride, uint n_vectors, lane *total) {
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
}

#endif
