/* SPDX-License-Identifier: MIT
 *
 * The vol that an American option's price implies: implied_search.h with the pricer's own function.
 */
#ifndef KERNELS_IMPLIED_AMERICAN_H
#define KERNELS_IMPLIED_AMERICAN_H

#include "implied_search.h"
#include "price_american.h"

#define IMPLIED_APPROACH 1e-3 /* of the vol: how near the coarse scheme brings it */
#define IMPLIED_ARRIVAL 1e-6  /* the last secant step; what is missing then is some 1e-5 of it */

/* The value at one vol, boundary and all. */
LANE_INLINE lane american_value_at(lane_contract contract, lane forward, lane vol, const american_scheme *scheme) {
  lane squares[AMERICAN_NODES_LIMIT];
  american_state state;
  american_terms terms = american_terms_make(contract, vol, 0.0);
  american_solve(terms.put, scheme, squares);
  american_prepare(contract, vol, 0.0, scheme, squares, &state);
  return american_value(&state, scheme, forward, (lane)0.0);
}

/*
 * The vol of a price, with a status (IMPLIED_*); 0 where there is none. Where early exercise gains nothing it is
 * imply_vol_of's, to the bit. Else the vol reprices by the same scheme within 1e-9 of the strike (a call: the spot), which
 * tests/formula/device_american_implied.c measures; a price within 1e-13 of spot and strike of its lower bound has none.
 *
 *   coarse, scheme   the first only approaches
 *   steps            boundaries solved: 8 usually, at most 40 found
 */
LANE_INLINE lane imply_american_of(lane_contract contract, lane forward, lane price, american_scheme coarse,
                                   american_scheme scheme, lane *status, lane *steps) {
  lane european = imply_vol_of(contract, forward, price, 0, status, steps);
  american_terms terms = american_terms_make(contract, (lane)0.25, 0.0);
  american_sides sides = american_sides_make(contract, terms, forward);
  lane_mask early = american_early(contract);
  lane lowest = american_lowest(terms, sides);
  lane tolerance = lane_select(lane_less((lane)0.0, lowest), 1e-13 * (sides.spot + sides.strike), (lane)0.0);
  lane none = lane_select(lane_less(price, lowest - tolerance), (lane)IMPLIED_BELOW, (lane)IMPLIED_OK);
  none = lane_select(~lane_less(price, lowest - tolerance) & lane_less_equal(price, lowest + tolerance),
                     (lane)IMPLIED_NO_TIME_VALUE, none);
  none = lane_select(lane_less_equal(sides.strike - 1e-13 * (sides.spot + sides.strike), price), (lane)IMPLIED_ABOVE, none);
  lane_mask european_too = lane_equal(*status, (lane)IMPLIED_OK);
  *status = lane_select(early, none, *status);
  *steps = lane_select(early, (lane)0.0, *steps);
  lane_mask wanted = early & lane_equal(none, (lane)IMPLIED_OK);
  if (!lane_any(wanted)) {
    return lane_select(early, (lane)0.0, european);
  }

  /* Lanes that want nothing value their contract at some vol. One loop, so that the solver stands in the code once: first the
   * price is measured, then values by the coarse scheme, then by the other. */
  lane value = price, goal = (lane)1.0;
  implied_search search = search_start((lane)0.25, goal, goal, wanted);
  american_scheme by = coarse;
  for (int stage = 0, step = 0; stage < 3 && step < 2 * SEARCH_STEPS; step++) {
    lane measure = lane_select(wanted, search_measure(sides.spot, sides.strike, sides.log_spot, value), (lane)1.0);
    if (stage == 0) {
      goal = measure;
      lane guess = lane_select(european_too, european, goal / sqrt(lane_select(wanted, terms.years, (lane)1.0)));
      guess = lane_select(wanted, guess, (lane)0.25);
      search = search_start(guess, goal, guess / goal, wanted);
      stage = 1;
    } else {
      *steps = lane_select(search.moving, *steps + 1.0, *steps);
      search_step(&search, measure, stage == 1 ? (lane)IMPLIED_APPROACH : (lane)IMPLIED_ARRIVAL);
      if (!lane_any(search.moving) || step == SEARCH_STEPS) {
        search = search_start(search.vol, goal, search.slope, wanted);
        by = scheme;
        stage++;
      }
    }
    if (stage < 3) {
      value = american_value_at(contract, forward, search.vol, &by);
    }
  }
  return lane_select(wanted, search.vol, lane_select(early, (lane)0.0, european));
}

#endif
