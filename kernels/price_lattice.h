/* SPDX-License-Identifier: MIT
 *
 * American options on the lattice of J. Cox, S. Ross and M. Rubinstein, Option Pricing: A Simplified Approach, Journal of
 * Financial Economics 7, 1979, for those who have to match a clearing house's tree. Cash dividends are escrowed: the
 * lattice carries the spot less what the dividends to come are worth, and exercise pays on the spot with them.
 */
#ifndef KERNELS_PRICE_LATTICE_H
#define KERNELS_PRICE_LATTICE_H

#include "dividends.h"

typedef struct lattice_state {
  lane strike, sign, carry, time, spot_per_forward;
  lane move, rise;  /* of ln(spot) in a step, and e^(2 move) between neighbouring nodes */
  lane up, down;    /* discounted probabilities of a step */
  uint n_steps;
  dividend_list dividends;
  double years_taken;
} lattice_state;

/* A vol too small for the probabilities to stay in 0..1 is raised to where they just do: then the lattice follows the forward. */
LANE_INLINE void lattice_prepare(lane_contract contract, lane vol_annual, double years_taken, uint n_steps,
                                 dividend_list dividends, lattice_state *state) {
  lane years = contract_years(contract, years_taken), time = years / (double)n_steps;
  lane drift = contract.carry * time;
  lane move = lane_max(lane_max(contract_stddev(vol_annual, time), lane_abs(drift)), (lane)LATTICE_LEAST_MOVE);
  move = lane_min(move, (lane)LATTICE_LARGEST_MOVE / (double)n_steps);
  lane rise = math_exp(move), fall = math_exp(-move), discount = math_exp(-contract.rate * time);
  lane chance = (math_exp(drift) - fall) / (rise - fall);
  chance = lane_min(lane_max(chance, (lane)0.0), (lane)1.0);
  state->strike = contract.strike;
  state->sign = contract.sign;
  state->carry = contract.carry;
  state->time = time;
  state->spot_per_forward = math_exp(-contract.carry * years);
  state->move = move;
  state->rise = math_exp(2.0 * move);
  state->up = discount * chance;
  state->down = discount * (1.0 - chance);
  state->n_steps = n_steps;
  state->dividends = dividends;
  state->years_taken = years_taken;
}

/* Escrowed spots are positive: the forward must be. */
LANE_INLINE lane lattice_value_at(const lattice_state *state, lane forward) {
  lane values[LATTICE_STEPS_LIMIT + 1];
  lane signed_spot = state->sign * forward * state->spot_per_forward;
  for (uint i = state->n_steps + 1; i-- > 0;) {
    lane to_come = dividends_to_come(&state->dividends, state->carry, state->years_taken, state->time * (double)i);
    lane pays = state->sign * (to_come - state->strike), spot = signed_spot * math_exp(-state->move * (double)i);
    for (uint j = 0; j <= i; j++) {
      lane held = i == state->n_steps ? (lane)0.0 : fma(state->up, values[j + 1], state->down * values[j]);
      values[j] = lane_max(spot + pays, held);
      spot *= state->rise;
    }
  }
  return values[0];
}

#endif
