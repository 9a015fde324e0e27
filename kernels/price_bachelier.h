/* SPDX-License-Identifier: MIT
 *
 * European options on a forward that may be negative: Bachelier (1900). Vol is in units of the forward per square
 * root of a year.
 */
#ifndef KERNELS_PRICE_BACHELIER_H
#define KERNELS_PRICE_BACHELIER_H

#include "contract.h"

typedef struct bachelier_state {
  lane strike, sign, discount;
  lane stddev, inverse_stddev; /* total: vol * sqrt(years); both 0 below 1e-300 */
} bachelier_state;

LANE_INLINE bachelier_state bachelier_prepare(lane_contract contract, lane vol_annual, double years_taken) {
  lane stddev = contract_stddev(vol_annual, contract_years(contract, years_taken));
  lane_mask none = lane_less(stddev, (lane)1e-300);
  bachelier_state state;
  state.strike = contract.strike;
  state.sign = contract.sign;
  state.discount = contract_discount(contract, years_taken);
  state.stddev = lane_select(none, (lane)0.0, stddev);
  state.inverse_stddev = lane_select(none, (lane)0.0, 1.0 / stddev);
  return state;
}

/*
 * Undiscounted price, never below intrinsic value. Within 5e-16 of the largest of |forward|, |strike| and the total
 * stddev (tests/formula/base_bachelier.c, against MPFR).
 *
 * With a = |forward - strike| / s and N(-a) = exp(-a^2/2) R(a), the out-of-the-money option is
 * s phi(a) - |forward - strike| N(-a) = s exp(-a^2/2) (1 / sqrt(2 pi) - a R(a)).
 */
LANE_INLINE lane bachelier_undiscounted(bachelier_state state, lane forward) {
  lane difference = forward - state.strike;
  lane a = lane_min(lane_abs(difference) * state.inverse_stddev, (lane)1e20);
  lane e = state.stddev * math_bell(a);
  lane bracket = MATH_INVERSE_SQRT_2PI - a * math_tail_ratio(a);
  lane outside = lane_max(e * bracket, (lane)0.0);
  return outside + lane_max(difference * state.sign, (lane)0.0);
}

LANE_INLINE lane bachelier_value(bachelier_state state, lane forward, lane log_move) {
  (void)log_move;
  return bachelier_undiscounted(state, forward) * state.discount;
}

/* (forward - strike) / s; without stddev +-1e18 by the side of the strike, 0 at it */
LANE_INLINE lane bachelier_d(bachelier_state state, lane forward) {
  lane side = lane_select(lane_less(state.strike, forward), (lane)1e18,
                          lane_select(lane_less(forward, state.strike), (lane)-1e18, (lane)0.0));
  return lane_select(lane_equal(state.inverse_stddev, (lane)0.0), side,
                     (forward - state.strike) * state.inverse_stddev);
}

/* discount * N(d), for a put discount * (N(d) - 1) */
LANE_INLINE lane bachelier_delta(bachelier_state state, lane forward) {
  return state.discount * state.sign * math_normal(state.sign * bachelier_d(state, forward));
}

/* Value per unit of vol; years = those left in the slice that made the state. */
LANE_INLINE lane bachelier_vega(bachelier_state state, lane years, lane forward) {
  return state.discount * math_normal_density(bachelier_d(state, forward)) * sqrt(years);
}

#endif
