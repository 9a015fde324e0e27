/* SPDX-License-Identifier: MIT
 *
 * forward.cl - every forward in every column of a tile, and the logarithm that all its strikes share.
 *
 *   in    base[r], gain[r], move_row[r], move[move_row][k]
 *   out   forward[r][k] = base + gain * move (rounded once), log_move[r][k] = ln(forward / base)
 *   grid  work-item (x, y): columns x*LANES..(x+1)*LANES of row y
 */
#include "forward.h"

__kernel void move_forwards(__global const double *base, __global const double *gain, __global const uint *move_row,
                            __global const double *move, uint n_rows, uint stride, __global double *forward,
                            __global double *log_move) {
  ulong k = get_global_id(0) * (ulong)LANES;
  ulong r = get_global_id(1);
  if (k >= stride || r >= n_rows) {
    return;
  }
  lane moved = fma((lane)gain[r], lane_load(move + move_row[r] * (ulong)stride + k), (lane)base[r]);
  lane_store(forward + r * stride + k, moved);
  lane_store(log_move + r * stride + k, forward_log_move(moved, (lane)base[r]));
}
