/* SPDX-License-Identifier: MIT
 *
 * Spot, forwards, futures, perpetuals: the forward itself, or -1/forward where coin pays (inverse).
 */
#ifndef KERNELS_PRICE_LINEAR_H
#define KERNELS_PRICE_LINEAR_H

#include "contract.h"

typedef struct linear_state {
  lane_mask inverse;
} linear_state;

LANE_INLINE linear_state linear_prepare(lane_contract contract, lane vol_annual, double years_taken) {
  (void)vol_annual;
  (void)years_taken;
  linear_state state;
  state.inverse = lane_less((lane)0.0, contract.inverse);
  return state;
}

/* Exact but for the division. forward 0: -inf where inverse. */
LANE_INLINE lane linear_value(linear_state state, lane forward, lane log_move) {
  (void)log_move;
  if (!lane_any(state.inverse)) {
    return forward;
  }
  return lane_select(state.inverse, -1.0 / forward, forward);
}

/* Value per unit of the forward's move; for an inverse contract 1/forward, the coin per relative move. */
LANE_INLINE lane linear_delta(lane_contract contract, lane forward) {
  return lane_select(lane_less((lane)0.0, contract.inverse), 1.0 / forward, (lane)1.0);
}

#endif
