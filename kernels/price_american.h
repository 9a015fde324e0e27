/* SPDX-License-Identifier: MIT
 *
 * American options on a spot with a continuous yield, or on a future: the European value by Black (1976) and the
 * early-exercise premium as an integral along the boundary (I. Kim, The Analytic Valuation of American Options, Review of
 * Financial Studies 3(4), 1990). One boundary serves every spot.
 */
#ifndef KERNELS_PRICE_AMERICAN_H
#define KERNELS_PRICE_AMERICAN_H

#include "american_boundary.h"
#include "price_black.h"

/* The option as a put: a call's spot is the put's strike. */
typedef struct american_terms {
  american_put put;
  lane years;         /* left, all of them */
  lane carry;         /* of the spot: ln(forward / spot) / years */
  lane put_side;      /* 1, for a call -1 */
  lane_mask boundary; /* there is one to be solved for; else exercise before expiry gains nothing, or vol or time is none */
  lane_mask still;    /* the spot moves along its forward, as good as: exercised at the best time */
} american_terms;

/*
 * Early exercise gains nothing where the put's rate is 0 or less and its yield is not below the rate. Where both are negative
 * and the yield is the lower there are two boundaries: not priced here, the host refuses it.
 */
LANE_INLINE american_terms american_terms_make(lane_contract contract, lane vol_annual, double years_taken) {
  american_terms terms;
  lane_mask put = lane_less(contract.sign, (lane)0.0);
  lane yield = contract.rate - contract.carry;
  lane put_rate = lane_select(put, contract.rate, yield);
  lane put_yield = lane_select(put, yield, contract.rate);
  terms.years = contract_years(contract, years_taken);
  terms.carry = contract.carry;
  terms.put_side = lane_select(put, (lane)1.0, (lane)-1.0);
  lane variance = vol_annual * vol_annual * terms.years;
  lane_mask exercised = lane_less((lane)0.0, put_rate) & lane_less((lane)0.0, terms.years);
  terms.still = exercised & lane_less(put_rate, put_yield) & lane_less(variance, (lane)AMERICAN_STILL);
  terms.boundary = exercised & ~terms.still & lane_less((lane)1e-36, variance);
  /* Lanes without a boundary solve some other put. */
  terms.put = american_put_make(lane_select(terms.boundary | terms.still, put_rate, (lane)0.05),
                                lane_select(terms.boundary | terms.still, put_yield, (lane)0.05),
                                lane_select(terms.boundary, vol_annual, (lane)0.25),
                                lane_select(terms.boundary, terms.years, (lane)1.0));
  return terms;
}

typedef struct american_state {
  black_state european;
  american_terms terms;
  uint n_price;
  lane spot_per_forward;
  lane log_offset;      /* ln(put's spot / put's strike) = put_side * log_move + log_offset */
  lane log_edge;        /* at or below it: exercised */
  lane inverse_stddev;  /* 1 / (vol * sqrt(put.years)), and that stddev */
  lane stddev;
  /* For each elapsed time: the shift of d-; interest on the strike, yield on the spot, yield on the boundary, each with its
   * discount and the quadrature's weight. */
  lane shift[AMERICAN_PRICE_LIMIT], interest[AMERICAN_PRICE_LIMIT], yielded[AMERICAN_PRICE_LIMIT],
      at_boundary[AMERICAN_PRICE_LIMIT];
} american_state;

/* squares: of american_solve for the same contract, vol and time */
LANE_INLINE void american_prepare(lane_contract contract, lane vol_annual, double years_taken,
                                  const american_scheme *scheme, const lane *squares, american_state *state) {
  american_terms terms = american_terms_make(contract, vol_annual, years_taken);
  american_put put = terms.put;
  lane carry = put.rate - put.yield;
  state->european = black_prepare(contract, vol_annual, years_taken);
  state->terms = terms;
  state->n_price = lane_any(terms.boundary) ? scheme->n_price : 0;
  state->spot_per_forward = math_exp(-terms.carry * terms.years);
  state->log_offset = -terms.put_side * fma(terms.carry, terms.years, contract.log_strike);
  state->log_edge = put.log_start - sqrt(squares[0]);
  state->stddev = put.vol * sqrt(put.years);
  state->inverse_stddev = 1.0 / state->stddev;
  for (uint j = 0; j < state->n_price; j++) {
    __global const double *angle = scheme->price + AMERICAN_ANGLE * j;
    __global const double *weight = scheme->price_weight + j * scheme->n_nodes;
    lane square = (lane)0.0;
    for (uint k = 0; k < scheme->n_nodes; k++) {
      square = fma((lane)weight[k], squares[k], square);
    }
    lane log_boundary = put.log_start - sqrt(lane_max(square, (lane)0.0));
    lane elapsed = put.years * (angle[0] * angle[0]);
    lane discount = math_exp(-put.rate * elapsed) * put.years * (2.0 * angle[0] * angle[1] * angle[2]);
    state->shift[j] = fma(fma(carry, elapsed, -log_boundary), state->inverse_stddev * angle[3],
                          state->stddev * (-0.5 * angle[0]));
    state->interest[j] = put.rate * discount;
    state->yielded[j] = put.yield * discount * math_exp(carry * elapsed);
    state->at_boundary[j] = put.yield * discount * math_exp(log_boundary);
  }
}

/* The premium of early exercise over the European put, for ln(spot / strike) above the boundary; spot and strike are the put's. */
LANE_INLINE lane american_premium(const american_state *state, const american_scheme *scheme, lane log_spot, lane spot,
                                  lane strike) {
  lane by_strike = (lane)0.0, by_spot = (lane)0.0, distance = log_spot * state->inverse_stddev;
  for (uint j = 0; j < state->n_price; j++) {
    __global const double *angle = scheme->price + AMERICAN_ANGLE * j;
    lane low = fma(distance, (lane)angle[3], state->shift[j]);
    lane high = low + state->stddev * angle[0];
    lane bell = math_bell(low);
    math_tails tails = math_tails_find(lane_min(lane_abs(low), (lane)40.0), lane_min(lane_abs(high), (lane)40.0));
    bell /= tails.lower_a * tails.lower_b;
    lane tail_low = bell * tails.upper_a * tails.lower_b;
    lane tail_high = state->at_boundary[j] * (bell * tails.upper_b * tails.lower_a);
    lane_mask above = lane_less((lane)0.0, high);
    /* spot e^{-qs} phi(d+) = strike B e^{-rs} phi(d-): one bell serves both normal distributions */
    by_strike = fma(state->interest[j], lane_select(lane_less((lane)0.0, low), tail_low, 1.0 - tail_low), by_strike);
    by_strike -= lane_select(above, tail_high, -tail_high);
    by_spot += lane_select(above, (lane)0.0, state->yielded[j]);
  }
  return strike * by_strike - spot * by_spot;
}

/* Lanes in which exercise before expiry gains something at some vol. */
LANE_INLINE lane_mask american_early(lane_contract contract) {
  american_terms terms = american_terms_make(contract, (lane)0.25, 0.0);
  return terms.boundary | terms.still;
}

/* An option as a put: a call's spot is the put's strike. */
typedef struct american_sides {
  lane spot, strike, log_spot; /* log_spot: ln(spot / strike) */
} american_sides;

/* At the base forward. */
LANE_INLINE american_sides american_sides_make(lane_contract contract, american_terms terms, lane forward) {
  american_sides sides;
  lane_mask put = lane_less((lane)0.0, terms.put_side);
  lane spot = forward * math_exp(-terms.carry * terms.years);
  sides.spot = lane_select(put, spot, contract.strike);
  sides.strike = lane_select(put, contract.strike, spot);
  sides.log_spot = -terms.put_side * fma(terms.carry, terms.years, contract.log_strike);
  return sides;
}

/* Exercised at the best time along the forward: where the yield on the spot has come down to the interest on the strike. */
LANE_INLINE lane american_still(american_terms terms, lane log_spot, lane spot, lane strike) {
  lane carry = terms.put.rate - terms.put.yield;
  lane time = lane_min(lane_max((terms.put.log_start - log_spot) / carry, (lane)0.0), terms.years);
  return strike * math_exp(-terms.put.rate * time) - spot * math_exp(-terms.put.yield * time);
}

/* What no vol brings an option below whose put rate is above 0; the least upper bound is the put's strike. */
LANE_INLINE lane american_lowest(american_terms terms, american_sides sides) {
  lane intrinsic = lane_max(sides.strike - sides.spot, (lane)0.0);
  lane_mask falling = lane_less(terms.put.rate, terms.put.yield);
  if (!lane_any(falling)) {
    return intrinsic;
  }
  lane still = american_still(terms, sides.log_spot, sides.spot, sides.strike);
  return lane_select(falling, lane_max(intrinsic, still), intrinsic);
}

/*
 * Never below intrinsic and European value, never above the put's strike (the call's spot). Accuracy by scheme, and where it
 * ends: host/device/american_scheme.h.
 */
LANE_INLINE lane american_value(const american_state *state, const american_scheme *scheme, lane forward, lane log_move) {
  lane_mask put = lane_less((lane)0.0, state->terms.put_side);
  lane spot = forward * state->spot_per_forward;
  lane european = black_value(state->european, forward, log_move);
  lane put_spot = lane_select(put, spot, state->european.strike);
  lane put_strike = lane_select(put, state->european.strike, spot);
  lane log_spot = fma(state->terms.put_side, log_move, state->log_offset);
  lane value = european;
  if (lane_any(state->terms.boundary)) {
    lane gained = american_premium(state, scheme, log_spot, put_spot, put_strike);
    lane_mask exercised = lane_less_equal(log_spot, state->log_edge);
    lane held = lane_select(exercised, put_strike - put_spot, european + gained);
    held = lane_min(lane_max(held, european), put_strike);
    value = lane_select(state->terms.boundary, held, value);
  }
  if (lane_any(state->terms.still)) {
    lane still = american_still(state->terms, log_spot, put_spot, put_strike);
    value = lane_select(state->terms.still, lane_max(european, still), value);
  }
  return lane_max(value, put_strike - put_spot);
}

#endif
