/* SPDX-License-Identifier: MIT
 *
 * How far a forward has moved, as Black reads it.
 */
#ifndef KERNELS_FORWARD_H
#define KERNELS_FORWARD_H

#include "math.h"

/* ln(forward / base); 0 exactly where they are equal. A forward of 0 counts as -1500, beyond the logarithm of every
 * positive double; NaN where the two differ in sign. */
LANE_INLINE lane forward_log_move(lane forward, lane base) {
  return lane_max(math_log(forward / base), (lane)-1500.0);
}

#endif
