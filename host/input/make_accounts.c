/* SPDX-License-Identifier: MIT
 *
 * The order of work: neighbours of each series, customers, then market makers on the other side.
 */
#include "input/make_accounts.h"

#include "input/make_accounts_draw.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_MARKET_MAKERS = 2, MOST_MARKET_MAKERS = 64 };

bool draw_add(accounts_draw *draw, uint32_t account, uint32_t series, int64_t steps) {
  if (steps == 0) {
    return true;
  }
  if (draw->series[series].open_steps != OPEN_INTEREST_UNKNOWN) {
    draw->long_left[series] -= steps > 0 ? steps : 0;
    draw->short_left[series] -= steps < 0 ? -steps : 0;
  }
  return ARRAY_PUSH(&draw->positions, (made_position){.account = account, .series = series, .steps = steps});
}

int64_t draw_round(double steps) {
  const double largest = 1e15;
  double held = steps > largest ? largest : steps < -largest ? -largest : steps;
  return (int64_t)(held < 0 ? held - 0.5 : held + 0.5);
}

/* What an option is, so that sorting by three of the four brings together those that differ in the fourth. */
typedef struct option_keys {
  double key[4];
  uint32_t series;
} option_keys;

static int compare_keys(const void *a, const void *b) {
  const option_keys *x = a, *y = b;
  for (int i = 0; i < 4; i++) {
    if (x->key[i] != y->key[i]) {
      return x->key[i] < y->key[i] ? -1 : 1;
    }
  }
  return (x->series > y->series) - (x->series < y->series);
}

/* next[c] = the option that agrees with c in all but the key that is to vary, and is next in that. */
static void link_options(const accounts_draw *draw, int varying, option_keys *keys, uint32_t *next) {
  uint32_t n = 0;
  for (uint32_t c = 0; c < draw->n_series; c++) {
    const account_series *s = &draw->series[c];
    next[c] = NO_SERIES;
    if (s->is_option) {
      double facts[4] = {s->underlying, s->is_call, (double)s->expiry_s, s->strike};
      keys[n] = (option_keys){.series = c};
      for (int i = 0, at = 0; i < 4; i++) {
        keys[n].key[i == varying ? 3 : at++] = facts[i];
      }
      n++;
    }
  }
  qsort(keys, n, sizeof *keys, compare_keys);
  for (uint32_t i = 0; i + 1 < n; i++) {
    const double *key = keys[i].key, *after = keys[i + 1].key;
    if (key[0] == after[0] && key[1] == after[1] && key[2] == after[2]) {
      next[keys[i].series] = keys[i + 1].series;
    }
  }
}

/* a hedges c better than b does, by expiry. */
static bool hedges_better(const account_series *c, const account_series *a, const account_series *b) {
  return b->expiry_s != c->expiry_s && (a->expiry_s == c->expiry_s || (a->expiry_s == 0 && b->expiry_s != 0));
}

static void link_hedges(accounts_draw *draw) {
  for (uint32_t c = 0; c < draw->n_series; c++) {
    draw->hedge[c] = NO_SERIES;
    for (uint32_t i = 0; i < draw->n_futures; i++) {
      uint32_t other = draw->futures[i];
      const account_series *candidate = &draw->series[other];
      if (other != c && candidate->underlying == draw->series[c].underlying &&
          (draw->hedge[c] == NO_SERIES ||
           hedges_better(&draw->series[c], candidate, &draw->series[draw->hedge[c]]))) {
        draw->hedge[c] = other;
      }
    }
  }
}

static void set_lots(accounts_draw *draw) {
  for (uint32_t c = 0; c < draw->n_series; c++) {
    draw->lot_steps[c] = 1;
  }
  for (uint32_t i = 0; i < draw->n_futures; i++) {
    const account_series *future = &draw->series[draw->futures[i]];
    double units = draw_step_delta(future);
    for (uint32_t c = 0; units != 0 && c < draw->n_series; c++) {
      const account_series *option = &draw->series[c];
      if (option->is_option && option->underlying == future->underlying) {
        int64_t steps = draw_round(decimal18_to_double(option->step) / (units < 0 ? -units : units));
        draw->lot_steps[draw->futures[i]] = steps > 1 ? steps : 1;
        break;
      }
    }
  }
}

static bool link_series(accounts_draw *draw) {
  enum { BY_RIGHT = 1, BY_EXPIRY = 2, BY_STRIKE = 3 };
  option_keys *keys = calloc((size_t)draw->n_series + 1, sizeof *keys);
  if (keys == NULL) {
    return false;
  }
  link_options(draw, BY_STRIKE, keys, draw->higher);
  link_options(draw, BY_EXPIRY, keys, draw->later);
  link_options(draw, BY_RIGHT, keys, draw->mirror);
  for (uint32_t c = 0; c < draw->n_series; c++) {
    if (draw->mirror[c] != NO_SERIES) {
      draw->mirror[draw->mirror[c]] = c;
    }
  }
  free(keys);
  link_hedges(draw);
  set_lots(draw);
  return true;
}

static bool open_draw(accounts_draw *draw) {
  size_t n = (size_t)draw->n_series + 1;
  uint32_t **links[] = {&draw->higher, &draw->later, &draw->mirror, &draw->hedge, &draw->seen, &draw->futures};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    *links[i] = calloc(n, sizeof **links[i]);
    if (*links[i] == NULL) {
      return false;
    }
  }
  draw->open_up_to = calloc(n, sizeof *draw->open_up_to);
  int64_t **counts[] = {&draw->lot_steps, &draw->long_left, &draw->short_left, &draw->customers_net};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    *counts[i] = calloc(n, sizeof **counts[i]);
    if (*counts[i] == NULL) {
      return false;
    }
  }
  if (draw->open_up_to == NULL) {
    return false;
  }
  uint64_t total = 0;
  for (uint32_t c = 0; c < draw->n_series; c++) {
    const account_series *s = &draw->series[c];
    if (!s->is_option) {
      draw->futures[draw->n_futures++] = c;
    }
    total += s->is_option ? (uint64_t)s->open_steps : 0;
    draw->open_up_to[c] = total;
    draw->long_left[c] = draw->short_left[c] = s->open_steps == OPEN_INTEREST_UNKNOWN ? INT64_MAX : s->open_steps;
  }
  return link_series(draw);
}

static void close_draw(accounts_draw *draw) {
  free(draw->higher);
  free(draw->later);
  free(draw->mirror);
  free(draw->hedge);
  free(draw->seen);
  free(draw->futures);
  free(draw->lot_steps);
  free(draw->open_up_to);
  free(draw->long_left);
  free(draw->short_left);
  free(draw->customers_net);
  ARRAY_FREE(&draw->positions);
}

/* Accounts that would hold a quarter of all series. */
static uint32_t count_market_makers(const accounts_draw *draw) {
  uint32_t n = LEAST_MARKET_MAKERS;
  while (n < MOST_MARKET_MAKERS && n < draw->n_accounts && wanted_series(draw, n + 1) > draw->n_series / 4) {
    n++;
  }
  return n;
}

static int compare_positions(const void *a, const void *b) {
  const made_position *x = a, *y = b;
  if (x->account != y->account) {
    return x->account < y->account ? -1 : 1;
  }
  return (x->series > y->series) - (x->series < y->series);
}

sg_status make_accounts(const account_series *series, uint32_t n_series, uint32_t n_accounts, uint64_t seed,
                        made_accounts *made, sg_error *error) {
  *made = (made_accounts){0};
  if (n_accounts < LEAST_MARKET_MAKERS) {
    return error_fail(error, SG_USAGE, "%u account: at least 2 are needed, since every long needs a short", n_accounts);
  }
  sg_status status = SG_OK;
  accounts_draw draw = {.series = series, .n_series = n_series, .n_accounts = n_accounts, .random_state = seed};
  if (!open_draw(&draw)) {
    status = error_out_of_memory(error);
    goto done;
  }
  draw.n_market_makers = count_market_makers(&draw);
  if (!draw_customers(&draw) || !draw_market_makers(&draw)) {
    status = error_out_of_memory(error);
    goto done;
  }
  if (draw.positions.n > 0) {
    qsort(draw.positions.items, draw.positions.n, sizeof *draw.positions.items, compare_positions);
  }
  *made = (made_accounts){.n_accounts = n_accounts,
                          .n_market_makers = draw.n_market_makers,
                          .n_positions = draw.positions.n,
                          .positions = draw.positions.items};
  draw.positions.items = NULL;
done:
  close_draw(&draw);
  return status;
}

void made_accounts_close(made_accounts *made) {
  free(made->positions);
  *made = (made_accounts){0};
}
