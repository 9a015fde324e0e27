/* SPDX-License-Identifier: MIT
 *
 * Market makers take what customers leave of the open interest, then hedge the delta of what they took.
 */
#include "input/make_accounts_draw.h"

#include <stdlib.h>

/* Who is on one side of a series, with shares. */
typedef struct side {
  uint32_t n;
  uint32_t *maker;
  uint64_t *share;
  uint64_t total;
} side;

static void join_side(accounts_draw *draw, side *s, uint32_t maker) {
  s->maker[s->n] = maker;
  s->share[s->n] = wanted_series(draw, maker + 1) * (1 + draw_below(draw, 4));
  s->total += s->share[s->n++];
}

/* Splits `steps` by share; the first takes what rounding leaves. */
static bool hand_out(accounts_draw *draw, const side *s, uint32_t series, int64_t steps, int64_t sign, double *delta) {
  int64_t rest = steps;
  for (uint32_t i = s->n; i-- > 0;) {
    int64_t part = i == 0 ? rest : (int64_t)((uint128)(uint64_t)steps * s->share[i] / s->total);
    rest -= part;
    delta[s->maker[i]] += (double)(sign * part) * draw_step_delta(&draw->series[series]);
    if (!draw_add(draw, s->maker[i], series, sign * part)) {
      return false;
    }
  }
  return true;
}

/* One maker is on each side for certain; each other one takes part by the share of all series that it is to hold. */
static bool share_series(accounts_draw *draw, uint32_t series, side *longs, side *shorts, double *delta) {
  int64_t long_steps = draw->long_left[series], short_steps = draw->short_left[series];
  uint32_t n = draw->n_market_makers;
  uint32_t first = (uint32_t)draw_below(draw, 1 + draw_below(draw, n));
  uint32_t second = (uint32_t)((first + 1 + draw_below(draw, n - 1)) % n);
  longs->n = shorts->n = 0;
  longs->total = shorts->total = 0;
  join_side(draw, longs, first);
  join_side(draw, shorts, second);
  for (uint32_t maker = 0; maker < n; maker++) {
    if (maker != first && maker != second && draw_below(draw, draw->n_series) < wanted_series(draw, maker + 1)) {
      join_side(draw, draw_below(draw, 2) == 0 ? longs : shorts, maker);
    }
  }
  return hand_out(draw, longs, series, long_steps, 1, delta) &&
         hand_out(draw, shorts, series, short_steps, -1, delta);
}

/* A future that is not the main one: the other side of the customers, no more. */
static bool share_future(accounts_draw *draw, uint32_t series, side *makers, double *delta) {
  int64_t net = -draw->customers_net[series];
  makers->n = 0;
  makers->total = 0;
  for (uint32_t maker = 0; maker < draw->n_market_makers; maker++) {
    if (maker == 0 || draw_below(draw, 3) == 0) {
      join_side(draw, makers, maker);
    }
  }
  return hand_out(draw, makers, series, net < 0 ? -net : net, net < 0 ? -1 : 1, delta);
}

/* The maker's part of the hedges in a main future: `quarters`/4 of its own delta, and an equal part of the difference
 * between all of these and what the customers' other side needs. */
static int64_t plan_hedges(const accounts_draw *draw, uint32_t series, const double *delta, int quarters,
                           int64_t *steps) {
  double units = draw_step_delta(&draw->series[series]);
  int64_t n = draw->n_market_makers, difference = -draw->customers_net[series], longs = 0;
  for (int64_t maker = 0; maker < n; maker++) {
    steps[maker] = units == 0 ? 0 : draw_round(-delta[maker] / units * quarters / 4);
    difference -= steps[maker];
  }
  for (int64_t maker = 0; maker < n; maker++) {
    int64_t part = difference / (n - maker);
    steps[maker] += part;
    difference -= part;
    longs += steps[maker] > 0 ? steps[maker] : 0;
  }
  return longs;
}

/* As much of the hedges as the open interest allows. Longs decide: shorts are as many. */
static bool share_main_future(accounts_draw *draw, uint32_t series, const double *delta, int64_t *steps) {
  int quarters = 4;
  while (plan_hedges(draw, series, delta, quarters, steps) > draw->long_left[series] && quarters > 0) {
    quarters--;
  }
  for (uint32_t maker = 0; maker < draw->n_market_makers; maker++) {
    if (!draw_add(draw, maker, series, steps[maker])) {
      return false;
    }
  }
  return true;
}

/* The perpetual of an underlying, else its first future. */
static bool is_main_future(const accounts_draw *draw, uint32_t series) {
  const account_series *s = &draw->series[series];
  for (uint32_t i = 0; i < draw->n_futures; i++) {
    uint32_t c = draw->futures[i];
    const account_series *other = &draw->series[c];
    if (other->underlying == s->underlying && c != series &&
        ((other->expiry_s == 0 && s->expiry_s != 0) || ((other->expiry_s == 0) == (s->expiry_s == 0) && c < series))) {
      return false;
    }
  }
  return true;
}

/* delta[maker] in units of one underlying */
static bool share_underlying(accounts_draw *draw, uint32_t main_future, side *longs, side *shorts, double *delta,
                             int64_t *steps) {
  uint32_t underlying = draw->series[main_future].underlying;
  for (uint32_t maker = 0; maker < draw->n_market_makers; maker++) {
    delta[maker] = 0;
  }
  for (uint32_t c = 0; c < draw->n_series; c++) {
    const account_series *s = &draw->series[c];
    if (s->underlying == underlying && c != main_future &&
        !(s->is_option ? share_series(draw, c, longs, shorts, delta) : share_future(draw, c, longs, delta))) {
      return false;
    }
  }
  return draw->series[main_future].is_option ? share_series(draw, main_future, longs, shorts, delta)
                                             : share_main_future(draw, main_future, delta, steps);
}

/* The series by which share_underlying is called: the main future, or the first option where there is no future. */
static bool leads_underlying(const accounts_draw *draw, uint32_t series) {
  const account_series *s = &draw->series[series];
  if (!s->is_option) {
    return is_main_future(draw, series);
  }
  if (draw->hedge[series] != NO_SERIES) {
    return false;
  }
  for (uint32_t c = 0; c < series; c++) {
    if (draw->series[c].underlying == s->underlying) {
      return false;
    }
  }
  return true;
}

bool draw_market_makers(accounts_draw *draw) {
  size_t n = draw->n_market_makers;
  side longs = {.maker = calloc(n, sizeof *longs.maker), .share = calloc(n, sizeof *longs.share)};
  side shorts = {.maker = calloc(n, sizeof *shorts.maker), .share = calloc(n, sizeof *shorts.share)};
  double *delta = calloc(n, sizeof *delta);
  int64_t *steps = calloc(n, sizeof *steps);
  bool done = longs.maker != NULL && longs.share != NULL && shorts.maker != NULL && shorts.share != NULL &&
              delta != NULL && steps != NULL;
  for (uint32_t c = 0; done && c < draw->n_series; c++) {
    if (leads_underlying(draw, c)) {
      done = share_underlying(draw, c, &longs, &shorts, delta, steps);
    }
  }
  free(longs.maker);
  free(longs.share);
  free(shorts.maker);
  free(shorts.share);
  free(delta);
  free(steps);
  return done;
}
