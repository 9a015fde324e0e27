/* SPDX-License-Identifier: MIT
 *
 * The worst scenario of a node: the least (P&L, scenario) in that order over its finite cells, and how many are not.
 */
#ifndef KERNELS_REDUCE_H
#define KERNELS_REDUCE_H

#include "lane.h"
#include "shared.h"

/* Of the cells that each lane has seen. */
typedef struct worst_lanes {
  lane pnl, scenario, bad;
} worst_lanes;

#define WORST_SCENARIO_NONE 4294967295.0

LANE_INLINE worst_lanes worst_of_none(void) {
  worst_lanes none;
  none.pnl = lane_from_bits((lane_bits)0x7ff0000000000000UL);
  none.scenario = (lane)WORST_SCENARIO_NONE;
  none.bad = (lane)0.0;
  return none;
}

/* The lesser pair of what is held and (pnl, number), lane by lane, where `counts`. */
LANE_INLINE void worst_take_pair(worst_lanes *held, lane pnl, lane number, lane_mask counts) {
  lane_mask lesser = lane_less(pnl, held->pnl) | (lane_equal(pnl, held->pnl) & lane_less(number, held->scenario));
  held->pnl = lane_select(lesser & counts, pnl, held->pnl);
  held->scenario = lane_select(lesser & counts, number, held->scenario);
}

/* Cells of some columns, where they are true ones. */
LANE_INLINE void worst_take(worst_lanes *held, lane pnl, lane number, lane_mask true_column) {
  lane_mask finite = lane_is_finite(pnl);
  worst_take_pair(held, pnl, number, finite & true_column);
  held->bad = held->bad + lane_select(true_column & ~finite, (lane)1.0, (lane)0.0);
}

/* Over the lanes: all hold it then. */
LANE_INLINE void worst_across(worst_lanes *held) {
  for (int halved = 1; halved < LANES; halved *= 2) {
    lane others = lane_odds_first(held->pnl), others_scenario = lane_odds_first(held->scenario);
    held->pnl = lane_evens_first(held->pnl);
    held->scenario = lane_evens_first(held->scenario);
    worst_take_pair(held, others, others_scenario, ~(lane_mask)0);
    held->bad = lane_evens_first(held->bad) + lane_odds_first(held->bad);
  }
}

/* As element n of the outputs; carry 1: combined with what they hold. */
LANE_INLINE void worst_store(worst_lanes held, uint carry, ulong n, __global double *worst, __global uint *worst_scenario,
                             __global uint *not_finite) {
  if (carry != 0) {
    worst_take_pair(&held, (lane)worst[n], (lane)(double)worst_scenario[n], ~(lane_mask)0);
    held.bad = held.bad + (double)not_finite[n];
  }
  worst[n] = lane_first(held.pnl);
  worst_scenario[n] = (uint)lane_first(held.scenario);
  not_finite[n] = (uint)lane_first(held.bad);
}

#endif
