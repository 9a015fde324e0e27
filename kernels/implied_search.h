/* SPDX-License-Identifier: MIT
 *
 * The vol at which a pricer without a closed inverse gives a price: secants, kept inside a bracket. They run in a measure of
 * value in which the vol is nearly proportional, so that few valuations are needed: the total stddev that Black's formula
 * without carry and discount needs for the same value.
 *
 *   search = search_start(...);
 *   while (lane_any(search.moving)) { search_step(&search, search_measure(..., the value at search.vol), tolerance); }
 *
 * search.vol is then the answer. A lane that has found its vol stands still, whatever its neighbours do.
 */
#ifndef KERNELS_IMPLIED_SEARCH_H
#define KERNELS_IMPLIED_SEARCH_H

#include "implied_vol.h"

#define SEARCH_NO_BOUND 1e300
#define SEARCH_STEPS 40 /* never reached: the largest number found is stated at imply_american_of */

typedef struct implied_search {
  lane vol;             /* to be valued next; at the end the answer */
  lane goal;            /* the price's measure */
  lane slope;           /* vol for a unit of measure */
  lane low, high;       /* vols that were too low and too high; 0 and SEARCH_NO_BOUND before any was */
  lane last_vol, last_measure;
  lane step, last_step; /* sizes */
  lane_mask moving;
} implied_search;

/*
 * The measure of an option's value, for an option like a put (a call is the put with spot and strike exchanged): > 0 and
 * rising with the value.
 *
 *   value     between max(strike - spot, 0) and strike; what lies outside is taken for the next number inside
 *   log_spot  ln(spot / strike)
 */
LANE_INLINE lane search_measure(lane spot, lane strike, lane log_spot, lane value) {
  implied_target target;
  lane steps;
  target.normal = 0;
  target.x = lane_abs(log_spot);
  target.low = lane_min(spot, strike);
  target.price = lane_max(value - lane_max(strike - spot, (lane)0.0), target.low * (lane)0x1p-900);
  target.room = lane_max(strike - value, strike * (lane)0x1p-54);
  target.balanced = target.price / sqrt(target.low) / sqrt(lane_max(spot, strike));
  return imply_stddev(target, lane_equal(spot, spot), &steps);
}

/* guess > 0; goal: the price's measure. Lanes outside `wanted` keep their guess. */
LANE_INLINE implied_search search_start(lane guess, lane goal, lane slope, lane_mask wanted) {
  implied_search search;
  search.vol = search.last_vol = guess;
  search.goal = search.last_measure = goal;
  search.slope = slope;
  search.low = (lane)0.0;
  search.high = search.step = search.last_step = (lane)SEARCH_NO_BOUND;
  search.moving = wanted;
  return search;
}

/*
 * Takes the measure of the value at search->vol and goes on to the next vol. The next vol is the last when it is no further
 * than `tolerance` of it (its square, before there is a secant): what is then still missing is a small part of that step.
 */
LANE_INLINE void search_step(implied_search *search, lane measure, lane tolerance) {
  lane vol = search->vol;
  lane_mask low_side = lane_less(measure, search->goal);
  search->low = lane_select(search->moving & low_side, vol, search->low);
  search->high = lane_select(search->moving & ~low_side, vol, search->high);
  lane secant = (vol - search->last_vol) / (measure - search->last_measure);
  lane_mask usable = lane_less((lane)0.0, secant) & lane_is_finite(secant);
  lane slope = lane_select(usable, secant, search->slope);
  lane next = fma(search->goal - measure, slope, vol);
  lane middle = lane_max(sqrt(search->low * search->high), 0.25 * search->high);
  middle = lane_min(middle, 2.0 * vol);
  /* Halved where the secant leaves the bracket, or where steps do not halve in two. */
  lane step = lane_abs(next - vol);
  lane_mask bracketed = lane_less((lane)0.0, search->low) & lane_less(search->high, (lane)SEARCH_NO_BOUND);
  lane_mask follow = lane_less(search->low, next) & lane_less(next, search->high) &
                     (lane_less(2.0 * step, search->last_step) | ~bracketed);
  lane_mask near = lane_less_equal(step, tolerance * vol * lane_select(usable, (lane)1.0, tolerance));
  lane_mask shut = lane_less_equal(search->high - search->low, 1e-14 * search->high);
  next = lane_select(follow, next, lane_select(near | shut, vol, middle));
  search->slope = lane_select(search->moving, slope, search->slope);
  search->last_vol = lane_select(search->moving, vol, search->last_vol);
  search->last_measure = lane_select(search->moving, measure, search->last_measure);
  search->last_step = lane_select(search->moving, search->step, search->last_step);
  search->step = lane_select(search->moving, lane_abs(next - vol), search->step);
  search->vol = lane_select(search->moving, next, vol);
  search->moving = search->moving & ~(near | shut);
}

#endif
