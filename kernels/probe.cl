/* SPDX-License-Identifier: MIT
 *
 * probe.cl - single operations, for a device to prove that it rounds as the contract says.
 *
 *   in    op (PROBE_* in shared.h), a[i], b[i], c[i]; n a multiple of 16, the arrays filled to it
 *   out   result[i]
 *   grid  work-item (y): elements y*LANES..(y+1)*LANES; items = {n / LANES, 1}
 */
#include "math.h"
#include "shared.h"

LANE_INLINE lane probe_apply(uint op, lane a, lane b, lane c) {
  switch (op) {
    case PROBE_ADD:
      return a + b;
    case PROBE_SUBTRACT:
      return a - b;
    case PROBE_MULTIPLY:
      return a * b;
    case PROBE_DIVIDE:
      return a / b;
    case PROBE_SQRT:
      return sqrt(a);
    case PROBE_FMA:
      return fma(a, b, c);
    case PROBE_MULTIPLY_ADD:
      return a * b + c;
    case PROBE_LESS:
      return lane_select(lane_less(a, b), b, c);
    case PROBE_LESS_EQUAL:
      return lane_select(lane_less_equal(a, b), b, c);
    case PROBE_EQUAL:
      return lane_select(lane_equal(a, b), b, c);
    case PROBE_MIN:
      return lane_min(a, b);
    case PROBE_MAX:
      return lane_max(a, b);
    case PROBE_ABS:
      return lane_abs(a);
    case PROBE_ROUND:
      return lane_round(a);
    case PROBE_EXP:
      return math_exp(a);
    case PROBE_BELL:
      return math_bell(a);
    case PROBE_LOG:
      return math_log(a);
    case PROBE_POW:
      return math_pow(a, b);
    case PROBE_TAIL_RATIO:
      return math_tail_ratio(a);
    case PROBE_NORMAL:
      return math_normal(a);
    default:
      return a;
  }
}

__kernel void probe_math(uint n, uint op, __global const double *a, __global const double *b, __global const double *c,
                         __global double *result) {
  ulong i = get_global_id(0) * (ulong)LANES;
  if (i >= n || get_global_id(1) > 0) {
    return;
  }
  lane_store(result + i, probe_apply(op, lane_load(a + i), lane_load(b + i), lane_load(c + i)));
}
