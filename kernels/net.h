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

#define NET_FAR_DOUBLES (1 << 13) /* of the matrix: what lies nearer is in the nearest caches, or soon will be */

/* The row of a position that comes later, where it is far from this one's. */
LANE_INLINE void net_ask(uint row, uint later, __global const double *pnl, uint stride, uint n_vectors) {
  ulong here = row * (ulong)stride, there = later * (ulong)stride;
  if (there > here + NET_FAR_DOUBLES || here > there + NET_FAR_DOUBLES) {
    LANE_UNROLL
    for (uint v = 0; v < n_vectors; v++) {
      lane_prefetch_read(pnl + there + v * LANES);
    }
  }
}

/* sum[v] = fma(quantity, pnl, sum[v]) over positions begin..end; n_vectors and ahead are constants where this is inlined:
 * how many positions before its own a row is asked for; 0: never. */
LANE_INLINE void net_positions(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                               __global const double *pnl, uint stride, uint n_vectors, uint ahead, lane *sum) {
  LANE_UNROLL
  for (uint v = 0; v < n_vectors; v++) {
    sum[v] = (lane)0.0;
  }
  for (ulong p = begin; p < end; p++) {
    if (ahead > 0 && p + ahead < end) {
      net_ask(instrument[p], instrument[p + ahead], pnl, stride, n_vectors);
    }
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
                           __global const double *pnl, uint stride, uint n_vectors, uint ahead, lane *total) {
  ulong segment_end = end - begin < NET_SEGMENT ? end : begin + NET_SEGMENT;
  net_positions(begin, segment_end, instrument, quantity, pnl, stride, n_vectors, ahead, total);
  while (segment_end < end) {
    ulong segment = segment_end;
    lane sum[NET_VECTORS];
    segment_end = end - segment < NET_SEGMENT ? end : segment + NET_SEGMENT;
    net_positions(segment, segment_end, instrument, quantity, pnl, stride, n_vectors, ahead, sum);
    LANE_UNROLL
    for (uint v = 0; v < n_vectors; v++) {
      total[v] = total[v] + sum[v];
    }
  }
}

#endif
