/* SPDX-License-Identifier: MIT
 *
 * What positions need alone, added to the rows of their accounts.
 */
#include "base/error.h"
#include "base/pages.h"
#include "base/parallel.h"
#include "engine/record_parts.h"

#include <stdatomic.h>

static const money *alone_of(const recorder *with, uint32_t like, int m) {
  return &with->alone_requirement[(size_t)like * with->n_alone + (m < with->n_alone ? m : 0)];
}

sg_status recorder_open_standalone(recorder *with, const positions_alone *alone, sg_error *error) {
  with->standalone = true;
  with->alone = alone;
  for (uint32_t w = 0; w < with->n_workers; w++) { /* no more lines come */
    ARRAY_FREE(&with->workers[w].lines);
    ARRAY_FREE(&with->workers[w].pnl);
  }
  with->n_alone = with->in->model->initial == with->in->model->maintenance ? 1 : N_MEASURES;
  with->alone_requirement = pages_malloc(((size_t)alone->distinct.n * with->n_alone + 1) * sizeof *with->alone_requirement);
  return with->alone_requirement == NULL ? error_out_of_memory(error) : SG_OK;
}

/* A run on substitutes keeps what each position needs, for the run on stated marks to take the larger. */
static sg_status keep_alone(recorder *with, const portfolios *all, sg_error *error) {
  for (int m = 0; m < N_MEASURES; m++) {
    with->run->alone[m] = ARENA_ARRAY(with->run->memory, money, all->n_positions);
    if (with->run->alone[m] == NULL) {
      return error_out_of_memory(error);
    }
    for (size_t i = 0; i < all->n_positions; i++) {
      uint32_t like = with->alone->of[i];
      with->run->alone[m][i] = like == ID_NONE ? MONEY_ZERO : *alone_of(with, like, m);
    }
  }
  return SG_OK;
}

enum { RANGE_PORTFOLIOS = 8192, AHEAD = 32 /* positions whose requirements are asked for */ };

/* Portfolios of a range are added to their rows, which are no other range's. */
typedef struct alone_adder {
  recorder *with;
  const portfolios *all;
  _Atomic uint32_t too_large; /* the first portfolio whose row leaves the range of money; all->n: none */
} alone_adder;

/* *substituted: positions so far of a run on substitutes, which are those of the accounts touched, in this order. */
static bool add_portfolio(recorder *with, const portfolios *all, uint32_t f, size_t *substituted) {
  margin_row *row = &with->run->rows[with->row_of[all->account[f]]];
  bool twice = with->substituted != NULL && with->touched[row->account], fits = true;
  for (size_t i = all->begin[f]; i < all->begin[f + 1]; i++) {
    uint32_t like = with->alone->of[i], ahead = with->alone->of[i + AHEAD < all->n_positions ? i + AHEAD : i];
    __builtin_prefetch(alone_of(with, ahead == ID_NONE ? 0 : ahead, 0));
    for (int m = 0; like != ID_NONE && m < N_MEASURES; m++) {
      money needed = *alone_of(with, like, m);
      if (twice && money_compare(with->substituted->alone[m][*substituted], needed) > 0) {
        needed = with->substituted->alone[m][*substituted];
      }
      fits = fits && money_add(&row->standalone[m], needed);
    }
    *substituted += twice;
  }
  return fits;
}

static void add_range(void *context, uint32_t worker, size_t first, size_t end) {
  alone_adder *adder = context;
  const portfolios *all = adder->all;
  size_t substituted = 0;
  while (first < end && first > 0 && all->account[first] == all->account[first - 1]) {
    first++; /* its account is the range's before */
  }
  while (end > first && end < all->n && all->account[end] == all->account[end - 1]) {
    end++;
  }
  for (size_t f = first; f < end; f++) {
    if (!add_portfolio(adder->with, all, (uint32_t)f, &substituted)) {
      uint32_t seen = adder->too_large;
      while (f < seen && !atomic_compare_exchange_weak(&adder->too_large, &seen, (uint32_t)f)) {
      }
    }
  }
}

sg_status recorder_close_standalone(recorder *with, const portfolios *all, sg_error *error) {
  alone_adder adder = {with, all, all->n};
  TRY(with->own_only ? keep_alone(with, all, error) : SG_OK);
  if (with->substituted != NULL) { /* in one range, which counts */
    add_range(&adder, 0, 0, all->n);
  } else {
    parallel_ranges(all->n, RANGE_PORTFOLIOS, add_range, &adder);
  }
  return adder.too_large == all->n ? SG_OK : record_too_large(with, all->account[adder.too_large], error);
}
