/* SPDX-License-Identifier: MIT
 *
 * What a level does to a child's P&L, and to the sum of the children.
 */
#ifndef KERNELS_FOLD_H
#define KERNELS_FOLD_H

#include "lane.h"
#include "shared.h"

/* In the parent's currency; a gain counts gains times, at most cap. */
LANE_INLINE lane fold_part(lane child, lane rate, double gains, double cap) {
  lane part = child * rate;
  return lane_select(lane_less((lane)0.0, part), lane_min(part * gains, (lane)cap), part);
}

/* Times scale; a loss is reduced by credit, to 0 at most. */
LANE_INLINE lane fold_close(lane total, lane scale, double credit) {
  const lane zero = (lane)0.0;
  total = total * scale;
  lane relieved = lane_min(total + credit, zero);
  return lane_select(lane_less(total, zero), relieved, total);
}

#endif
