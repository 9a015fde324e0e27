/* SPDX-License-Identifier: MIT
 *
 * Secants on the host (kernels/implied_search.h), values from the device.
 */
#include "kernels/implied_search.h" /* first: its locals are named like types of data/result.h */

#include "engine/imply_search.h"
#include "engine/unit_values.h"

#include <math.h>
#include <stdlib.h>

/* Values at the least vol stand for intrinsic value; what the price is above it has to be this much of the strike. */
static const double LEAST_VOL = 1e-3, LEAST_TIME_VALUE = 1e-9, TOLERANCE = 1e-6;

typedef struct searched { /* an option, as a put: see search_measure */
  double spot, strike, log_spot;
  implied_search search;
} searched;

/* What the price says by itself; VOL_IMPLIED: it is to be searched for. */
static vol_status judge(const bound *in, uint32_t c, double least, searched *made) {
  const book *of = in->book;
  const instruments *all = &of->instruments;
  double spot = of->underlyings.price[all->underlying[c]], price = all->mark[c];
  bool put = all->right[c] == PUT, american = all->exercise[c] == AMERICAN;
  double discount = american ? 1.0 : value_discount(in, c); /* European options end at their forward */
  double share = american ? spot : discount * of->forwards.forward[all->forward[c]], paid = discount * all->strike[c];
  made->spot = put ? share : paid;
  made->strike = put ? paid : share;
  double intrinsic = made->strike > made->spot ? made->strike - made->spot : 0.0;
  /* A negative rate makes the strike worth more at expiry; the spot moves along, so that intrinsic value stays. */
  double later = value_discount(in, c) * (put ? 1.0 : of->forwards.forward[all->forward[c]] / spot);
  if (american && later > 1.0) {
    made->spot += made->strike * (later - 1.0);
    made->strike *= later;
  }
  made->log_spot = math_log(made->spot / made->strike);
  double below = american ? intrinsic * (1.0 - 1e-13) : least - LEAST_TIME_VALUE * made->strike;
  return !(all->years[c] > 0.0)                              ? VOL_EXPIRED
         : price < below                                     ? VOL_BELOW_BOUND
         : price <= least + LEAST_TIME_VALUE * made->strike  ? VOL_NO_TIME_VALUE
         : price >= made->strike * (1.0 - 1e-13)             ? VOL_ABOVE_BOUND
                                                             : VOL_IMPLIED;
}

/* One step of every option: false when all stand still. vol[i] is where to value next. */
static bool step_all(uint32_t n, searched *all, const double *value, double *vol) {
  bool moving = false;
  for (uint32_t i = 0; i < n; i++) {
    searched *one = &all[i];
    if (lane_any(one->search.moving)) {
      search_step(&one->search, search_measure(one->spot, one->strike, one->log_spot, value[i]), TOLERANCE);
      vol[i] = one->search.vol;
      moving = moving || lane_any(one->search.moving);
    }
  }
  return moving;
}

static sg_status search_all(unit_values *values, vol_table *made, sg_error *error) {
  const priced *which = &values->of->kinds[values->kind];
  const book *of = values->of->in->book;
  double *vol = malloc(which->n_padded * sizeof *vol), *value = malloc(which->n_padded * sizeof *value);
  searched *all = calloc(which->n, sizeof *all);
  sg_status status = vol && value && all ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t i = 0; i < which->n_padded; i++) {
    vol[i] = LEAST_VOL;
  }
  TRY_DONE(unit_values_find(values, vol, value, error));
  bool moving = false;
  for (uint32_t i = 0; i < which->n; i++) {
    uint32_t c = which->instrument[i];
    searched *one = &all[i];
    made->status[c] = judge(values->of->in, c, value[i], one);
    made->vol[c] = made->status[c] == VOL_EXPIRED ? 0.0 : (double)NAN;
    if (made->status[c] == VOL_IMPLIED) {
      double goal = search_measure(one->spot, one->strike, one->log_spot, of->instruments.mark[c]);
      double guess = goal / sqrt(of->instruments.years[c]);
      one->search = search_start(guess > 2.0 * LEAST_VOL ? guess : 2.0 * LEAST_VOL, goal, guess / goal, ~(lane_mask)0);
      one->search.low = LEAST_VOL;
      vol[i] = one->search.vol;
      moving = true;
    }
  }
  for (uint32_t step = 0; moving && step < 2 * SEARCH_STEPS; step++) {
    TRY_DONE(unit_values_find(values, vol, value, error));
    moving = step_all(which->n, all, value, vol);
  }
  for (uint32_t i = 0; i < which->n; i++) {
    uint32_t c = which->instrument[i];
    made->vol[c] = made->status[c] == VOL_IMPLIED ? all[i].search.vol : made->vol[c];
  }
done:
  free(vol);
  free(value);
  free(all);
  return status;
}

sg_status imply_by_search(device *on, const book *of, const model *under, pricer kind, vol_table *made, sg_error *error) {
  const bound market = {.book = of, .model = under};
  uint32_t n = 0;
  bool *needed = calloc(of->instruments.n + 1, sizeof *needed);
  bound *in = NULL;
  pricing units = {0};
  unit_values values = {0};
  arena *memory = arena_open();
  sg_status status = needed && memory ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    needed[c] = made->status[c] == VOL_IMPLIED && value_pricer(&market, c) == kind;
    n += needed[c];
  }
  if (n > 0) {
    TRY_DONE(bound_make(of, under, made->vol, memory, &in, error));
    TRY_DONE(pricing_open(in, on, PRICING_UNITS, needed, NULL, &units, error));
    TRY_DONE(unit_values_open(&units, kind, &values, error));
    TRY_DONE(search_all(&values, made, error));
  }
done:
  unit_values_close(&values);
  pricing_close(&units);
  bound_close(in);
  arena_close(memory);
  free(needed);
  return status;
}
