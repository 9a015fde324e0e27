/* SPDX-License-Identifier: MIT
 *
 * American options through the pricer's own functions, with room for schemes finer than any that ships.
 */
#ifndef TESTS_FORMULA_AMERICAN_H
#define TESTS_FORMULA_AMERICAN_H

#define AMERICAN_NODES_LIMIT 32
#define AMERICAN_PRICE_LIMIT 400

#include "device/american_scheme.h"
#include "kernels/price_american.h"

#include <stdbool.h>

typedef struct american_option {
  bool put;
  double spot, strike, rate, yield, years, vol;
} american_option;

static const american_shape american_finest = {32, 96, 300, 20, 1e-11, 0};

static inline lane_contract option_contract(american_option of, double *forward) {
  double carry = of.rate - of.yield;
  *forward = of.spot * math_exp(carry * of.years);
  return (lane_contract){.strike = of.strike,
                         .log_strike = math_log(of.strike / *forward),
                         .sign = of.put ? -1 : 1,
                         .years = of.years,
                         .rate = of.rate,
                         .discount = math_exp(-of.rate * of.years),
                         .carry = carry};
}

static inline double american_price(american_option of, const double *table) {
  static american_state state;
  double squares[AMERICAN_NODES_LIMIT] = {0}, forward;
  lane_contract contract = option_contract(of, &forward);
  american_scheme scheme = american_scheme_read(table);
  american_terms terms = american_terms_make(contract, of.vol, 0);
  if (terms.boundary) {
    american_solve(terms.put, &scheme, squares);
  }
  american_prepare(contract, of.vol, 0, &scheme, squares, &state);
  return american_value(&state, &scheme, forward, 0);
}

/* The same with the boundary that the option shares with its octave of vols. */
static inline double american_price_shared(american_option of, const double *table) {
  static american_state state;
  static double solved[AMERICAN_VOLS_LIMIT * AMERICAN_NODES_LIMIT];
  static const unsigned only[] = {0};
  double squares[AMERICAN_NODES_LIMIT] = {0}, forward;
  lane_contract contract = option_contract(of, &forward);
  american_scheme scheme = american_scheme_read(table);
  if (american_terms_make(contract, of.vol, 0).boundary) {
    for (unsigned c = 0; c < scheme.n_vols; c++) {
      american_terms terms = american_terms_make(contract, american_octave(of.vol) * scheme.vol[c], 0);
      american_solve(terms.put, &scheme, solved + c * scheme.n_nodes);
    }
    american_share(&scheme, of.vol, solved, 1, only, squares);
  }
  american_prepare(contract, of.vol, 0, &scheme, squares, &state);
  return american_value(&state, &scheme, forward, 0);
}

static inline double european_price(american_option of) {
  double forward;
  lane_contract contract = option_contract(of, &forward);
  return black_value(black_prepare(contract, of.vol, 0), forward, 0);
}

#endif
