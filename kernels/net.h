/* SPDX-License-Identifier: MIT
 *
 * The sum of a node's positions in some columns, as the contract defines it.
 */
#ifndef KERNELS_NET_H
#define KERNELS_NET_H

#include "lane.h"
#include "shared.h"

/* Groups of lanes of one row that are accumulated together in registers, at most. */
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

#define LANES_OF_LINE (LANES < 8 ? 8 / LANES : 1) /* groups of lanes in 64 bytes */

/* Which rows are asked for before they are needed: those of the position `positions` later, if that is before `last` and
 * more than far_doubles of the matrix away from this one's. What lies nearer is in the nearest caches, or soon will be. */
typedef struct net_ahead {
  uint positions; /* 0: none */
  ulong last, far_doubles;
} net_ahead;

/* The row to ask for with row p: that one itself where nothing is to be gained, for a branch costs more than asking. */
LANE_INLINE __global const double *net_later(ulong p, __global const uint *instrument, __global const double *pnl, uint stride,
                                             net_ahead ahead) {
  if (ahead.positions == 0) {
    return pnl;
  }
  ulong here = instrument[p] * (ulong)stride;
  ulong there = instrument[p + ahead.positions < ahead.last ? p + ahead.positions : p] * (ulong)stride;
  ulong away = there > here ? there - here : here - there;
  return pnl + (ahead.far_doubles == 0 || away > ahead.far_doubles ? there : here);
}

/* A line of the row that will be needed, asked for among the reads: in a burst it would wait for the last one's lines. */
LANE_INLINE void net_ask(__global const double *later, uint v, net_ahead ahead) {
  if (ahead.positions > 0 && v % LANES_OF_LINE == 0) {
    lane_prefetch_read(later + v * LANES);
  }
}

/* Each v of n_vectors. Unrolled to a bound that is written here, it keeps sums in registers; compilers that unroll before
 * they inline do not see that n_vectors is a constant. */
#if LANES == 1
#define NET_EACH(v) for (uint v = 0; v < n_vectors; v++)
#else
#define NET_EACH(v) \
  LANE_UNROLL       \
  for (uint v = 0; v < NET_VECTORS; v++) if (v < n_vectors)
#endif

/* sum[v] = fma(quantity, pnl, sum[v]) over positions begin..end; n_vectors, ahead.positions and ahead.far_doubles are constants
 * where this is inlined. */
LANE_INLINE void net_positions(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                               __global const double *pnl, uint stride, uint n_vectors, net_ahead ahead, lane *sum) {
  NET_EACH(v) {
    sum[v] = (lane)0.0;
  }
  for (ulong p = begin; p < end; p++) {
    __global const double *row = pnl + instrument[p] * (ulong)stride;
    __global const double *later = net_later(p, instrument, pnl, stride, ahead);
    lane held = (lane)quantity[p];
    NET_EACH(v) {
      net_ask(later, v, ahead);
      sum[v] = fma(held, lane_load(row + v * LANES), sum[v]);
    }
  }
}

/* total[v] of n_vectors <= NET_VECTORS groups of columns: the first segment, then the sums of the others. */
LANE_INLINE void net_total(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                           __global const double *pnl, uint stride, uint n_vectors, net_ahead ahead, lane *total) {
  ulong segment_end = end - begin < NET_SEGMENT ? end : begin + NET_SEGMENT;
  net_positions(begin, segment_end, instrument, quantity, pnl, stride, n_vectors, ahead, total);
  while (segment_end < end) {
    ulong segment = segment_end;
    lane sum[NET_VECTORS];
    segment_end = end - segment < NET_SEGMENT ? end : segment + NET_SEGMENT;
    net_positions(segment, segment_end, instrument, quantity, pnl, stride, n_vectors, ahead, sum);
    NET_EACH(v) {
      total[v] = total[v] + sum[v];
    }
  }
}

#endif
