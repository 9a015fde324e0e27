/* SPDX-License-Identifier: MIT
 *
 * The steps from the old run to the new one. Every step's result is compared with the one before, so the changes
 * telescope: they sum to the whole change exactly.
 */
#include "engine/difference.h"

#include "base/error.h"
#include "engine/book_view.h"
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows -------------------------------------------------------------------------------------- */

static const char *row_account(const result *run, uint32_t i) { return run->book->accounts.id[run->rows[i].account]; }

static const char *row_currency(const result *run, uint32_t i) {
  return run->book->currencies.id[run->rows[i].currency];
}

static int compare_keys(const char *account, const char *currency, const difference_row *row) {
  int order = strcmp(account, row->account);
  return order != 0 ? order : strcmp(currency, row->currency);
}

static int by_key(const void *left, const void *right) {
  const difference_row *a = left;
  return compare_keys(a->account, a->currency, right);
}

static sg_status make_rows(difference *made, sg_error *error) {
  size_t n = (size_t)made->runs[0]->n_rows + made->runs[1]->n_rows;
  difference_row *rows = made->rows = ARENA_ARRAY(made->memory, difference_row, n);
  if (rows == NULL) {
    return error_out_of_memory(error);
  }
  n = 0;
  for (int side = 0; side < 2; side++) {
    for (uint32_t i = 0; i < made->runs[side]->n_rows; i++) {
      rows[n++] = (difference_row){.account = row_account(made->runs[side], i),
                                   .currency = row_currency(made->runs[side], i),
                                   .was = side == 0,
                                   .is = side == 1};
    }
  }
  qsort(rows, n, sizeof *rows, by_key);
  for (size_t i = 0; i < n; i++) {
    difference_row *last = made->n_rows == 0 ? NULL : &rows[made->n_rows - 1];
    if (last != NULL && by_key(last, &rows[i]) == 0) {
      last->was = last->was || rows[i].was;
      last->is = last->is || rows[i].is;
    } else {
      rows[made->n_rows++] = rows[i];
    }
  }
  return SG_OK;
}

static sg_status add_change(difference_row *row, const money now[N_MEASURES], cause why, sg_error *error) {
  for (int m = 0; m < N_MEASURES; m++) {
    money change = now[m];
    if (!money_subtract(&change, row->after[m]) || !money_add(&row->change[why][m], change)) {
      return error_fail(error, SG_INPUT, "the change of account %s is too large for money", row->account);
    }
    row->after[m] = now[m];
  }
  return SG_OK;
}

/* A step's result: what has changed since the last one is put down to `why`. */
static sg_status take_step(difference *made, const result *run, cause why, sg_error *error) {
  static const money nothing[N_MEASURES];
  uint32_t i = 0;
  for (size_t r = 0; r < made->n_rows; r++) {
    difference_row *row = &made->rows[r];
    while (i < run->n_rows && compare_keys(row_account(run, i), row_currency(run, i), row) < 0) {
      i++;
    }
    bool has = i < run->n_rows && compare_keys(row_account(run, i), row_currency(run, i), row) == 0;
    TRY(add_change(row, has ? run->rows[i].requirement : nothing, why, error));
  }
  return add_change(&made->total, run->total, why, error);
}

static void start(difference *made) {
  const result *old = made->runs[0];
  uint32_t i = 0;
  for (size_t r = 0; r < made->n_rows; r++) {
    if (made->rows[r].was) {
      memcpy(made->rows[r].before, old->rows[i++].requirement, sizeof made->rows[r].before);
      memcpy(made->rows[r].after, made->rows[r].before, sizeof made->rows[r].after);
    }
  }
  made->total = (difference_row){.account = "total",
                                 .currency = old->book->currencies.id[old->book->base_currency],
                                 .was = true,
                                 .is = true};
  memcpy(made->total.before, old->total, sizeof made->total.before);
  memcpy(made->total.after, old->total, sizeof made->total.after);
}

/* ---- what only one book has -------------------------------------------------------------------- */

static sg_status find_one_sided(arena *memory, const char *const *old, uint32_t n_old, const char *const *new,
                                uint32_t n_new, one_sided *found, sg_error *error) {
  found->gone = ARENA_ARRAY(memory, const char *, n_old);
  found->new = ARENA_ARRAY(memory, const char *, n_new);
  if (found->gone == NULL || found->new == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0, j = 0; i < n_old || j < n_new;) {
    int order = i == n_old ? 1 : j == n_new ? -1 : strcmp(old[i], new[j]);
    if (order < 0) {
      found->gone[found->n_gone++] = old[i];
    } else if (order > 0) {
      found->new[found->n_new++] = new[j];
    }
    i += order <= 0;
    j += order >= 0;
  }
  return SG_OK;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static sg_status run_step(device *on, const book_view *view, const model *under, const sg_run_options *options,
                          cause why, difference *made, sg_error *error) {
  book *between = NULL;
  result *run = NULL;
  sg_status status = SG_OK;
  TRY_DONE(book_view_make(view, &between, error));
  TRY_DONE(engine_run(on, between, under, options, NULL, &run, error));
  TRY_DONE(take_step(made, run, why, error));
done:
  result_close(run);
  book_close(between);
  return status;
}

static sg_status run_steps(device *on, const compared sides[2], difference *made, sg_error *error) {
  const book *old = sides[0].of, *new = sides[1].of;
  const model *old_model = sides[0].under;
  const sg_run_options *then = sides[0].options, *now = sides[1].options;
  sg_run_options then_checked_as_now = *then; /* a market comes with the one that it is checked against */
  then_checked_as_now.previous = now->previous;
  if (made->instruments.n_gone + made->assets.n_gone > 0) {
    const book_view without_gone = {.positions = old, .market = old, .scenarios = old, .known = new};
    TRY(run_step(on, &without_gone, old_model, then, CAUSE_LISTED, made, error));
  }
  const book_view new_market = {.positions = old, .market = new, .scenarios = old};
  TRY(run_step(on, &new_market, old_model, &then_checked_as_now, CAUSE_MARKET, made, error));
  const book_view new_positions = {.positions = new, .market = new, .scenarios = old, .known = old};
  TRY(run_step(on, &new_positions, old_model, now, CAUSE_POSITIONS, made, error));
  if (made->instruments.n_new + made->assets.n_new > 0) {
    const book_view with_listed = {.positions = new, .market = new, .scenarios = old};
    TRY(run_step(on, &with_listed, old_model, now, CAUSE_LISTED, made, error));
  }
  return take_step(made, made->runs[1], CAUSE_MODEL, error);
}

sg_status engine_difference(device *on, const compared sides[2], const result *const runs[2], difference *made,
                            sg_error *error) {
  const book *old = sides[0].of, *new = sides[1].of;
  *made = (difference){.memory = arena_open(), .runs = {runs[0], runs[1]}};
  if (made->memory == NULL) {
    return error_out_of_memory(error);
  }
  const char *base[2] = {old->currencies.id[old->base_currency], new->currencies.id[new->base_currency]};
  if (strcmp(base[0], base[1]) != 0) {
    return error_fail(error, SG_INPUT, "the base currency was %s and is %s: totals cannot be compared", base[0], base[1]);
  }
  TRY(make_rows(made, error));
  start(made);
  TRY(find_one_sided(made->memory, old->instruments.id, old->instruments.n, new->instruments.id, new->instruments.n,
                     &made->instruments, error));
  TRY(find_one_sided(made->memory, old->assets.id, old->assets.n, new->assets.id, new->assets.n, &made->assets, error));
  TRY(find_one_sided(made->memory, old->accounts.id, old->accounts.n, new->accounts.id, new->accounts.n,
                     &made->accounts, error));
  return run_steps(on, sides, made, error);
}

void difference_close(difference *made) {
  arena_close(made->memory);
  *made = (difference){0};
}
