/* SPDX-License-Identifier: MIT
 *
 * European options on a forward: Black (1976), which with a forward from carry is also Black-Scholes-Merton and
 * Garman-Kohlhagen. Coin-settled (inverse) options are the undiscounted value over the forward.
 */
#ifndef KERNELS_PRICE_BLACK_H
#define KERNELS_PRICE_BLACK_H

#include "contract.h"

typedef struct black_state {
  lane strike, sign, signed_strike, discount;
  lane half_stddev, inverse_stddev; /* of the total stddev s = vol * sqrt(years): s/2, 1/s; both 0 for s < 1e-16 */
  lane strike_stddevs;              /* ln(strike / base forward) / s */
  lane_mask inverse;
} black_state;

LANE_INLINE black_state black_prepare(lane_contract contract, lane vol_annual, double years_taken) {
  lane stddev = contract_stddev(vol_annual, contract_years(contract, years_taken));
  stddev = lane_min(stddev, (lane)1e18);
  lane_mask none = lane_less(stddev, (lane)1e-16);
  black_state state;
  state.strike = contract.strike;
  state.sign = contract.sign;
  state.signed_strike = contract.strike * contract.sign;
  state.discount = contract_discount(contract, years_taken);
  state.half_stddev = lane_select(none, (lane)0.0, 0.5 * stddev);
  state.inverse_stddev = lane_select(none, (lane)0.0, 1.0 / stddev);
  state.strike_stddevs = contract.log_strike * state.inverse_stddev;
  state.inverse = lane_less((lane)0.0, contract.inverse);
  return state;
}

/*
 * Undiscounted price of a call (sign +1) or put (-1), always in [intrinsic, forward] or [intrinsic, strike].
 *
 *   forward     >= 0; 0 gives 0 or the strike
 *   log_move    forward_log_move(forward, base forward); NaN, for a forward below 0, gives NaN
 *
 * Within 1e-15 of max(forward, strike) for total stddev 1e-4..5 and forward / strike e^-3..e^3
 * (tests/formula/base_black.c, against MPFR). With total stddev below 1e-16 it is intrinsic value to the bit.
 *
 * With lo = min(forward, strike), hi = max, x = |ln(forward / strike)|, d = s/2 - x/s, d' = s/2 + x/s the
 * out-of-the-money option is lo N(d) - hi N(-d'). Since hi phi(d') = lo phi(d) and N(-a) = exp(-a^2/2) R(a), one
 * exponential e = exp(-d^2/2) serves both: lo e (R(-d) - R(d')) for d <= 0, lo - lo e (R(d) + R(d')) for d > 0. The
 * other side of it is hi - (lo - that).
 */
LANE_INLINE lane black_undiscounted(black_state state, lane forward, lane log_move) {
  lane low = lane_min(forward, state.strike);
  lane high = lane_max(forward, state.strike);
  lane distance = lane_abs(fma(log_move, state.inverse_stddev, -state.strike_stddevs));
  lane d = state.half_stddev - distance;
  lane d_high = state.half_stddev + distance;
  lane_mask above = lane_less((lane)0.0, d);

  lane e = math_bell(d);
  math_tails tails = math_tails_find(lane_abs(d), d_high);
  lane first = tails.upper_a * tails.lower_b;
  lane bracket = lane_select(above, -first, first) - tails.upper_b * tails.lower_a;
  bracket = low * (bracket / (tails.lower_a * tails.lower_b));
  lane outside = lane_max(fma(e, bracket, lane_select(above, low, (lane)0.0)), (lane)0.0);
  lane_mask in_the_money = lane_less(state.signed_strike, forward * state.sign);
  return lane_select(in_the_money, high - (low - outside), outside);
}

LANE_INLINE lane black_value(black_state state, lane forward, lane log_move) {
  lane undiscounted = black_undiscounted(state, forward, log_move);
  lane value = undiscounted * state.discount;
  if (lane_any(state.inverse)) {
    value = lane_select(state.inverse, undiscounted / forward, value);
  }
  return value;
}

/* d1 = ln(forward / strike) / s + s/2; without stddev +-1e18 by the side of the strike, 0 at it */
LANE_INLINE lane black_d1(black_state state, lane forward, lane log_move) {
  lane side = lane_select(lane_less(state.strike, forward), (lane)1e18,
                          lane_select(lane_less(forward, state.strike), (lane)-1e18, (lane)0.0));
  return lane_select(lane_equal(state.inverse_stddev, (lane)0.0), side,
                     fma(log_move, state.inverse_stddev, -state.strike_stddevs) + state.half_stddev);
}

/* Delta per unit of the option's own forward: discount * N(d1), for a put discount * (N(d1) - 1); for an inverse option
 * the same without discount, the Black delta that its venues publish. Within 1e-15. */
LANE_INLINE lane black_delta(black_state state, lane forward, lane log_move) {
  lane delta = state.sign * math_normal(state.sign * black_d1(state, forward, log_move));
  return lane_select(state.inverse, delta, delta * state.discount);
}

/* Value per unit of vol_annual (1 = 100 %), currency paid; years = those left in the slice that made the state. */
LANE_INLINE lane black_vega(black_state state, lane years, lane forward, lane log_move) {
  lane per_forward = math_normal_density(black_d1(state, forward, log_move)) * sqrt(years);
  return lane_select(state.inverse, per_forward, state.discount * forward * per_forward);
}

#endif
