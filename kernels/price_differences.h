/* SPDX-License-Identifier: MIT
 *
 * Options on a spot that drops by cash dividends, read off the solution of kernels/differences.h: one serves every spot.
 */
#ifndef KERNELS_PRICE_DIFFERENCES_H
#define KERNELS_PRICE_DIFFERENCES_H

#include "differences.h"

typedef struct differences_state {
  differences_terms terms;
  differences_ends ends;
  lane spot_per_forward, scale, move; /* spot = forward * spot_per_forward + to_come; e^Y = spot * scale, Y = ln(spot) + move */
  lane discount;
  lane_mask expired;
  uint n_nodes;
  __global const double *value; /* [node][n_padded] */
  ulong n_padded;
} differences_state;

/* solution[row][n_padded], from the instrument of the first lane on */
LANE_INLINE void differences_prepare(lane_contract contract, lane vol_annual, double years_taken, uint n_nodes,
                                     __global const double *solution, ulong n_padded, differences_state *state) {
  __global const double *value = solution + DIFFERENCES_VALUES * n_padded;
  differences_terms *terms = &state->terms;
  state->value = value;
  state->n_padded = n_padded;
  *terms = differences_terms_of(contract, vol_annual, years_taken);
  terms->start = lane_load(solution + DIFFERENCES_START * n_padded);
  terms->step = lane_load(solution + DIFFERENCES_STEP * n_padded);
  terms->to_come = lane_load(solution + DIFFERENCES_TO_COME * n_padded);
  lane last = (lane)(double)(n_nodes - 1);
  state->n_nodes = n_nodes;
  state->ends = differences_ends_make(
      terms, terms->years, math_exp(terms->start), lane_load(value), math_exp(fma(last - 1.0, terms->step, terms->start)),
      lane_load(value + (n_nodes - 2) * n_padded), math_exp(fma(last, terms->step, terms->start)),
      lane_load(value + (n_nodes - 1) * n_padded));
  state->spot_per_forward = math_exp(-contract.carry * terms->years);
  state->move = terms->drift * terms->years;
  state->scale = math_exp(state->move);
  state->discount = contract_discount(contract, years_taken);
  state->expired = lane_less_equal(terms->years, (lane)0.0);
}

/* A node of each lane, as differences_pick. */
LANE_INLINE lane differences_read(const differences_state *state, lane index) {
#if LANES == 1
  return state->value[(ulong)index * state->n_padded];
#else
  double at[LANES], picked[LANES];
  LANE_JOIN(vstore, LANES)(index, 0, at);
  for (int l = 0; l < LANES; l++) {
    picked[l] = state->value[(ulong)at[l] * state->n_padded + l];
  }
  return LANE_JOIN(vload, LANES)(0, picked);
#endif
}

/* The cubic held between the two nodes around the place, so that it never overshoots and spots keep their order. */
LANE_INLINE lane differences_between(lane x, lane v0, lane v1, lane v2, lane v3, lane cubic) {
  lane_mask first = lane_less(x, (lane)1.0), last = lane_less((lane)2.0, x);
  lane a = lane_select(first, v0, lane_select(last, v2, v1)), b = lane_select(first, v1, lane_select(last, v3, v2));
  return lane_min(lane_max(cubic, lane_min(a, b)), lane_max(a, b));
}

/* Never below 0 or what exercise pays, never above the spot (a put: the strike, or its present value if that is the larger). */
LANE_INLINE lane differences_value_at(const differences_state *state, lane forward) {
  const differences_terms *terms = &state->terms;
  lane spot = lane_max(fma(forward, state->spot_per_forward, terms->to_come), (lane)0.0);
  differences_place at = differences_find(terms, state->n_nodes, math_log(spot) + state->move);
  lane v0 = differences_read(state, at.first), v1 = differences_read(state, at.first + 1.0);
  lane v2 = differences_read(state, at.first + 2.0), v3 = differences_read(state, at.first + 3.0);
  lane inside = differences_between(at.distance, v0, v1, v2, v3, differences_cubic(at.distance, v0, v1, v2, v3));
  lane held = state->discount * differences_bound(&state->ends, spot * state->scale, inside);
  lane highest = lane_select(state->ends.put, state->discount * state->ends.at_zero, spot);
  lane pays = lane_max(terms->put_side * (terms->strike - spot), (lane)0.0);
  held = lane_min(lane_max(held, lane_select(terms->exercised, pays, (lane)0.0)), highest);
  return lane_select(state->expired, pays, held);
}

#endif
