/* SPDX-License-Identifier: MIT
 *
 * check.cl - what the device holds, for the host to compare: sums of bits, and parts of a matrix.
 *
 *   sum_rows     out   sums[r]: of a mixing of the bits of row r with their column, modulo 2^64. The mixing is one-to-one,
 *                      so a change of one cell always changes the sum; of several, but for 1 in 2^64
 *                grid  work-item (r): items = {n_rows, 1}
 *   gather_runs  out   gathered[j * length + k] = matrix[begin[j] + k] for k < length
 *                grid  work-item (k, j): items = {length, n_runs}
 */
#include "lane.h"

/* Multipliers: the golden ratio's, and Vigna's for splitmix64 (both odd). */
LANE_INLINE lane_bits check_mix(lane_bits bits, lane_bits column) {
  lane_bits mixed = bits + column * (lane_bits)0x9e3779b97f4a7c15UL;
  mixed = (mixed ^ (mixed >> (lane_bits)32)) * (lane_bits)0xbf58476d1ce4e5b9UL;
  return mixed ^ (mixed >> (lane_bits)29);
}

__kernel void sum_rows(__global const double *matrix, uint n_rows, uint stride, __global ulong *sums) {
  ulong r = get_global_id(0);
  if (r >= n_rows || get_global_id(1) > 0) {
    return;
  }
  __global const double *row = matrix + r * stride;
  lane_bits sum = (lane_bits)0UL;
  for (uint k = 0; k < stride; k += LANES) {
    sum = sum + check_mix(lane_as_bits(lane_load(row + k)), lane_as_bits(lane_number() + (double)k));
  }
  sums[r] = lane_bits_sum(sum);
}

__kernel void gather_runs(__global const double *matrix, __global const ulong *begin, uint n_runs, uint length,
                          __global double *gathered) {
  ulong k = get_global_id(0);
  ulong j = get_global_id(1);
  if (k >= length || j >= n_runs) {
    return;
  }
  gathered[j * length + k] = matrix[begin[j] + k];
}
