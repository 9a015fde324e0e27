/* SPDX-License-Identifier: MIT
 *
 * American options with two exercise boundaries: a put whose yield is below its negative rate is exercised between a lower
 * and an upper boundary. L. Andersen and M. Lake, Fast American Option Pricing: The Double-Boundary Case, Wilmott 2021: as long
 * as the two have not met, each obeys an equation of its own, and the premium is the difference of two.
 *
 * The upper one is that of american_boundary.h. The lower one, in the numeraire of the spot, is again a boundary that falls, for
 * rate and yield exchanged: strike / lower boundary, from yield / rate at expiry on; of its equation only the two integrals
 * are left, because exercise is what one waits for there.
 */
#ifndef KERNELS_PRICE_TWO_BOUNDARIES_H
#define KERNELS_PRICE_TWO_BOUNDARIES_H

#include "price_american.h"

#define TWO_TRIALS 40    /* of times at which the boundaries may not have met yet */
#define TWO_NEAR 0x1p-10 /* how near the time of meeting is found, from below, relatively */

typedef struct two_boundaries_terms {
  american_put upper, lower; /* their years: how long the boundaries have not met */
  lane years, carry, put_side;
  lane_mask both;            /* there are two */
} two_boundaries_terms;

LANE_INLINE two_boundaries_terms two_boundaries_terms_make(lane_contract contract, lane vol_annual, double years_taken) {
  two_boundaries_terms terms;
  lane_mask put = lane_less(contract.sign, (lane)0.0);
  lane other = contract.rate - contract.carry;
  lane rate = lane_select(put, contract.rate, other), yield = lane_select(put, other, contract.rate);
  terms.years = contract_years(contract, years_taken);
  terms.carry = contract.carry;
  terms.put_side = lane_select(put, (lane)1.0, (lane)-1.0);
  terms.both = lane_less(yield, rate) & lane_less(rate, (lane)0.0) &
               lane_less((lane)1e-12, vol_annual * vol_annual * terms.years);
  /* Lanes without two solve some other put. */
  rate = lane_select(terms.both, rate, (lane)-0.01);
  yield = lane_select(terms.both, yield, (lane)-0.02);
  lane vol = lane_select(terms.both, vol_annual, (lane)0.1), years = lane_select(terms.both, terms.years, (lane)0.25);
  terms.upper = american_put_make(rate, yield, vol, years);
  terms.lower = american_put_make(yield, rate, vol, years);
  return terms;
}

/*
 * The squares of both boundaries up to the time left at which they meet, or all the time left: *horizon, 0 where no time was
 * short enough. What is between them falls nearly like the root of the time, which tells where to try next, a little beyond;
 * then halving, lane by lane. Far beyond their meeting the equations have other solutions, or none.
 */
LANE_INLINE void two_boundaries_solve(two_boundaries_terms terms, const american_scheme *scheme, lane *upper, lane *lower,
                                      lane *horizon) {
  uint n = scheme->n_nodes;
  lane apart = terms.lower.log_start, years = terms.upper.years, root = 0.25 * apart / terms.upper.vol;
  lane met = (lane)1e300, between = apart, trial = lane_min(years, root * root);
  lane_mask searching = lane_equal(trial, trial);
  *horizon = (lane)0.0;
  for (int attempt = 0; attempt < TWO_TRIALS && lane_any(searching); attempt++) {
    lane solved[2 * AMERICAN_NODES_LIMIT], gap = apart;
    lane_mask usable = searching;
    for (uint which = 0; which < 2; which++) {
      american_put put = which ? terms.lower : terms.upper;
      put.years = trial;
      usable = usable & american_solve(put, scheme, solved + which * AMERICAN_NODES_LIMIT);
      gap -= sqrt(solved[which * AMERICAN_NODES_LIMIT]);
    }
    usable = usable & lane_less((lane)0.0, gap) & lane_less(gap, between);
    for (uint i = 0; i < n; i++) {
      upper[i] = lane_select(usable, solved[i], upper[i]);
      lower[i] = lane_select(usable, solved[AMERICAN_NODES_LIMIT + i], lower[i]);
    }
    *horizon = lane_select(usable, trial, *horizon);
    between = lane_select(usable, gap, between);
    met = lane_select(searching & ~usable, trial, met);
    searching = searching & lane_less(*horizon, years) & lane_less(TWO_NEAR * met, met - *horizon);
    lane beyond = sqrt(*horizon) * (1.0 + 1.02 * between / (apart - between));
    lane next = lane_select(lane_less(met, (lane)1e300), 0.5 * (*horizon + met), lane_min(beyond * beyond, years));
    trial = lane_select(searching, next, trial);
  }
}

typedef struct two_boundaries_state {
  black_state european;
  two_boundaries_terms terms;
  uint n_price;
  lane horizon, log_upper, log_lower; /* the boundaries now; exercised between them where they have not met */
  lane spot_per_forward, forward; /* forward: the base's */
  lane log_offset;
  lane stddev[AMERICAN_PRICE_LIMIT], shift[AMERICAN_PRICE_LIMIT], upper[AMERICAN_PRICE_LIMIT], lower[AMERICAN_PRICE_LIMIT],
      interest[AMERICAN_PRICE_LIMIT], yielded[AMERICAN_PRICE_LIMIT];
} two_boundaries_state;

LANE_INLINE void two_boundaries_prepare(lane_contract contract, lane vol_annual, double years_taken, const american_scheme *scheme,
                             const lane *upper, const lane *lower, lane horizon, two_boundaries_state *state) {
  two_boundaries_terms terms = two_boundaries_terms_make(contract, vol_annual, years_taken);
  american_put put = terms.upper;
  lane carry = put.rate - put.yield;
  state->european = black_prepare(contract, vol_annual, years_taken);
  state->terms = terms;
  state->n_price = scheme->n_price;
  state->horizon = horizon;
  state->log_upper = -sqrt(upper[0]);
  state->log_lower = sqrt(lower[0]) - terms.lower.log_start;
  state->spot_per_forward = math_exp(-terms.carry * terms.years);
  state->forward = contract.forward;
  state->log_offset = -terms.put_side * fma(terms.carry, terms.years, contract.log_strike);
  for (uint j = 0; j < state->n_price; j++) {
    __global const double *angle = scheme->price + AMERICAN_ANGLE * j;
    __global const double *weight = scheme->price_weight + j * scheme->n_nodes;
    lane high = (lane)0.0, low = (lane)0.0;
    for (uint k = 0; k < scheme->n_nodes; k++) {
      high = fma((lane)weight[k], upper[k], high);
      low = fma((lane)weight[k], lower[k], low);
    }
    lane elapsed = (put.years - horizon) + horizon * (angle[0] * angle[0]);
    lane length = horizon * (2.0 * angle[0] * angle[1] * angle[2]);
    state->stddev[j] = lane_max(put.vol * sqrt(elapsed), (lane)1e-150);
    state->shift[j] = carry * elapsed;
    state->upper[j] = -sqrt(lane_max(high, (lane)0.0));
    state->lower[j] = sqrt(lane_max(low, (lane)0.0)) - terms.lower.log_start;
    state->interest[j] = put.rate * math_exp(-put.rate * elapsed) * length;
    state->yielded[j] = put.yield * math_exp(-put.yield * elapsed) * length;
  }
}

/* Never below intrinsic and European value. */
LANE_INLINE lane two_boundaries_value_at(const two_boundaries_state *state, lane forward) {
  lane log_move = math_log(forward / state->forward);
  lane_mask put = lane_less((lane)0.0, state->terms.put_side);
  lane european = black_value(state->european, forward, log_move);
  lane quoted = forward * state->spot_per_forward;
  lane spot = lane_select(put, quoted, state->european.strike), strike = lane_select(put, state->european.strike, quoted);
  lane log_spot = fma(state->terms.put_side, log_move, state->log_offset);
  lane by_strike = (lane)0.0, by_spot = (lane)0.0;
  for (uint j = 0; j < state->n_price; j++) {
    lane middle = log_spot + state->shift[j], stddev = state->stddev[j], to_middle = 0.5 * stddev;
    lane under = (state->upper[j] - middle) / stddev, over = (state->lower[j] - middle) / stddev;
    by_strike = fma(state->interest[j], math_normal(under + to_middle) - math_normal(over + to_middle), by_strike);
    by_spot = fma(state->yielded[j], math_normal(under - to_middle) - math_normal(over - to_middle), by_spot);
  }
  lane held = lane_max(european + (strike * by_strike - spot * by_spot), european);
  lane_mask exercised = lane_less_equal(state->terms.years, state->horizon) & lane_less_equal(log_spot, state->log_upper) &
                        lane_less_equal(state->log_lower, log_spot);
  lane pays = strike - spot;
  return lane_max(lane_select(state->terms.both, lane_select(exercised, pays, held), european), pays);
}

#endif
