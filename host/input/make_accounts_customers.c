/* SPDX-License-Identifier: MIT
 *
 * Customers trade packages: an option alone, or with its neighbours in strike, expiry and right, or with a future.
 */
#include "input/make_accounts_draw.h"

enum { MOST_LEGS = 3, LARGEST_DRAW = 1000, ATTEMPTS_A_SERIES = 8, OPTION_PERCENT = 80 };

typedef struct package {
  uint32_t n_legs;
  uint32_t series[MOST_LEGS];
  int64_t ratio[MOST_LEGS];   /* steps for one step of the first leg */
  uint32_t hedge;             /* a future or perpetual, or NO_SERIES */
  double hedge_units;         /* underlying units for a quantity of 1 in the first leg's series */
  bool one_way;               /* never turned round */
} package;

/* Shares in percent of the packages whose first leg is an option. X(make, percent) */
#define PACKAGES(X) \
  X(make_outright, 30) X(make_vertical, 22) X(make_butterfly, 7) X(make_straddle, 11) X(make_calendar, 10) \
  X(make_covered, 10) X(make_delta_hedged, 10)

static package start_package(uint32_t base) {
  return (package){.n_legs = 1, .series = {base}, .ratio = {1}, .hedge = NO_SERIES};
}

static void add_leg(package *made, uint32_t series, int64_t ratio) {
  made->series[made->n_legs] = series;
  made->ratio[made->n_legs++] = ratio;
}

static package make_outright(accounts_draw *draw, uint32_t base) {
  return start_package(base);
}

static package make_vertical(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  uint32_t other = draw->higher[base];
  for (uint64_t further = draw_below(draw, 3); further > 0 && other != NO_SERIES; further--) {
    other = draw->higher[other] == NO_SERIES ? other : draw->higher[other];
  }
  if (other != NO_SERIES) {
    add_leg(&made, other, -1);
  }
  return made;
}

static package make_butterfly(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  uint32_t body = draw->higher[base];
  if (body != NO_SERIES && draw->higher[body] != NO_SERIES) {
    add_leg(&made, body, -2);
    add_leg(&made, draw->higher[body], 1);
  }
  return made;
}

static package make_straddle(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  if (draw->mirror[base] != NO_SERIES) {
    add_leg(&made, draw->mirror[base], 1);
  }
  return made;
}

static package make_calendar(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  if (draw->later[base] != NO_SERIES) {
    add_leg(&made, draw->later[base], -1);
  }
  return made;
}

/* Covered call or protective put: long the underlying. */
static package make_covered(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  made.ratio[0] = draw->series[base].is_call ? -1 : 1;
  made.hedge = draw->hedge[base];
  made.hedge_units = 1;
  made.one_way = true;
  return made;
}

static package make_delta_hedged(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  made.hedge = draw->hedge[base];
  made.hedge_units = -draw->series[base].delta;
  return made;
}

/* A future alone, or against another one. */
static package make_future(accounts_draw *draw, uint32_t base) {
  package made = start_package(base);
  if (draw_below(draw, 100) < 40) {
    made.hedge = draw->hedge[base];
    made.hedge_units = -draw->series[base].delta;
  }
  return made;
}

static package make_any(accounts_draw *draw, uint32_t base) {
  uint64_t ticket = draw_below(draw, 100), up_to = 0;
#define TRY_PACKAGE(make, percent) \
  if (ticket < (up_to += percent)) { \
    return make(draw, base);         \
  }
  PACKAGES(TRY_PACKAGE)
#undef TRY_PACKAGE
  return start_package(base);
}

/* An option by its open interest, or any future; NO_SERIES when there is neither. */
static uint32_t draw_series(accounts_draw *draw) {
  uint64_t total = draw->n_series == 0 ? 0 : draw->open_up_to[draw->n_series - 1];
  if (total > 0 && (draw->n_futures == 0 || draw_below(draw, 100) < OPTION_PERCENT)) {
    uint64_t ticket = draw_below(draw, total);
    uint32_t low = 0, high = draw->n_series - 1;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (draw->open_up_to[middle] > ticket) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  return draw->n_futures == 0 ? NO_SERIES : draw->futures[draw_below(draw, draw->n_futures)];
}

static int64_t left(const accounts_draw *draw, uint32_t series, int64_t sign) {
  return sign > 0 ? draw->long_left[series] : draw->short_left[series];
}

/* Steps of the hedge leg for a package of this size, negative when turned round. */
static int64_t hedge_steps(const accounts_draw *draw, const package *made, int64_t size) {
  const account_series *base = &draw->series[made->series[0]], *hedge = &draw->series[made->hedge];
  return draw_round((double)size * decimal18_to_double(base->step) * made->hedge_units / draw_step_delta(hedge));
}

/* The largest size up to `steps` that the open interest allows, 0 when a leg is taken or nothing is left. */
static int64_t fit(const accounts_draw *draw, const package *made, int64_t sign, int64_t steps, uint32_t account) {
  for (uint32_t leg = 0; leg < made->n_legs; leg++) {
    int64_t ratio = made->ratio[leg] * sign;
    int64_t most = left(draw, made->series[leg], ratio) / (ratio < 0 ? -ratio : ratio);
    steps = draw->seen[made->series[leg]] == account + 1 ? 0 : most < steps ? most : steps;
  }
  if (steps > 0 && made->hedge != NO_SERIES) {
    int64_t hedge = hedge_steps(draw, made, sign * steps);
    bool taken = draw->seen[made->hedge] == account + 1;
    if (taken || left(draw, made->hedge, hedge) < (hedge < 0 ? -hedge : hedge)) {
      return 0;
    }
  }
  return steps;
}

static bool hold(accounts_draw *draw, uint32_t account, uint32_t series, int64_t steps, uint32_t *n_held) {
  if (steps != 0) {
    draw->seen[series] = account + 1;
    draw->customers_net[series] += steps;
    (*n_held)++;
  }
  return draw_add(draw, account, series, steps);
}

static bool draw_package(accounts_draw *draw, uint32_t account, uint32_t wanted, uint32_t *n_held) {
  uint32_t base = draw_series(draw);
  if (base == NO_SERIES) {
    return true;
  }
  const account_series *first = &draw->series[base];
  bool alone = wanted - *n_held == 1;
  package made = alone ? start_package(base) : first->is_option ? make_any(draw, base) : make_future(draw, base);
  int64_t sign = made.one_way ? 1 : draw_below(draw, 2) == 0 ? 1 : -1;
  /* Pareto with exponent 1 again, larger for larger accounts */
  int64_t size = (int64_t)(LARGEST_DRAW / (1 + draw_below(draw, LARGEST_DRAW))) * (1 + wanted / 8);
  size *= draw->lot_steps[base];
  size = fit(draw, &made, sign, size, account);
  if (size == 0) {
    return true;
  }
  for (uint32_t leg = 0; leg < made.n_legs; leg++) {
    if (!hold(draw, account, made.series[leg], made.ratio[leg] * sign * size, n_held)) {
      return false;
    }
  }
  return made.hedge == NO_SERIES ||
         hold(draw, account, made.hedge, hedge_steps(draw, &made, sign * size), n_held);
}

bool draw_customers(accounts_draw *draw) {
  for (uint32_t account = draw->n_market_makers; account < draw->n_accounts; account++) {
    uint32_t wanted = wanted_series(draw, account + 1), n_held = 0;
    for (uint64_t tries = (uint64_t)wanted * ATTEMPTS_A_SERIES; tries > 0 && n_held < wanted; tries--) {
      if (!draw_package(draw, account, wanted, &n_held)) {
        return false;
      }
    }
  }
  return true;
}
