/* SPDX-License-Identifier: MIT
 *
 * See totals.h.
 */
#include "report/totals.h"

#include <stdlib.h>
#include <string.h>

enum { NO_ROW = UINT32_MAX };

/* The margined ancestor furthest up, or the account itself. */
static uint32_t top_of(const result *run, const uint32_t *row_of, uint32_t account) {
  uint32_t top = account;
  for (uint32_t a = run->book->accounts.parent[account]; a != ID_NONE; a = run->book->accounts.parent[a]) {
    top = row_of[a] == NO_ROW ? top : a;
  }
  return top;
}

static money to_base(const result *run, money amount, uint32_t currency) {
  money converted = amount;
  if (currency != run->book->base_currency) {
    double rate = run->book->currencies.rate_to_base[currency];
    if (!money_from_double(money_to_double(amount) * rate, &converted)) {
      converted = MONEY_ZERO;
    }
  }
  return converted;
}

static int compare_tops(const void *left, const void *right) {
  const top_total *a = left, *b = right;
  int by_amount = money_compare(b->initial, a->initial);
  return by_amount != 0 ? by_amount : (a->account > b->account) - (a->account < b->account);
}

/* Who stands below whom, by account; has_parents false: nobody does, and the rest is NULL. */
typedef struct family {
  bool has_parents;
  uint32_t *row_of;
  uint64_t *n_below;
} family;

static bool family_make(const result *run, arena *memory, family *made) {
  const accounts *all = &run->book->accounts;
  *made = (family){0};
  for (uint32_t a = 0; !made->has_parents && a < all->n; a++) {
    made->has_parents = all->parent[a] != ID_NONE;
  }
  if (!made->has_parents) {
    return true;
  }
  made->row_of = ARENA_ARRAY(memory, uint32_t, all->n);
  made->n_below = ARENA_ARRAY(memory, uint64_t, all->n);
  if (made->row_of == NULL || made->n_below == NULL) {
    return false;
  }
  for (uint32_t a = 0; a < all->n; a++) {
    made->row_of[a] = NO_ROW;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    made->row_of[run->rows[i].account] = i;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    made->n_below[top_of(run, made->row_of, run->rows[i].account)]++;
  }
  return true;
}

bool totals_visit(const result *run, arena *memory, total_visitor *visit, void *context) {
  family kin;
  if (!family_make(run, memory, &kin)) {
    return false;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    const margin_row *row = &run->rows[i];
    if (kin.has_parents && top_of(run, kin.row_of, row->account) != row->account) {
      continue;
    }
    const top_total top = {.account = row->account,
                           .n_accounts = kin.has_parents ? kin.n_below[row->account] : 1,
                           .initial = to_base(run, row->requirement[MEASURE_INITIAL], row->currency),
                           .standalone = to_base(run, row->standalone[MEASURE_INITIAL], row->currency)};
    visit(context, row, &top);
  }
  return true;
}

typedef struct finder {
  totals *found;
  uint32_t n; /* kept; those beyond TOPS_SORTED wait to be sorted */
  top_total kept[2 * TOPS_SORTED];
} finder;

static void keep_largest(finder *of) {
  qsort(of->kept, of->n, sizeof *of->kept, compare_tops);
  of->n = of->n < TOPS_SORTED ? of->n : TOPS_SORTED;
}

static void add_top(void *context, const margin_row *row, const top_total *top) {
  finder *of = context;
  currency_total *sum = &of->found->by_currency[row->currency];
  sum->n_accounts++;
  money_add(&sum->initial, row->requirement[MEASURE_INITIAL]);
  money_add(&sum->initial_base, top->initial);
  of->found->n_tops++;
  of->found->has_parents = of->found->has_parents || top->n_accounts > 1;
  if (of->n >= TOPS_SORTED && compare_tops(top, &of->kept[TOPS_SORTED - 1]) > 0) {
    return; /* TOPS_SORTED of those that were kept are larger */
  }
  of->kept[of->n++] = *top;
  if (of->n == 2 * TOPS_SORTED || of->n == TOPS_SORTED) {
    keep_largest(of);
  }
}

bool totals_find(const result *run, arena *memory, totals *found) {
  finder of = {.found = found};
  *found = (totals){.by_currency = ARENA_ARRAY(memory, currency_total, run->book->currencies.n),
                    .largest = ARENA_ARRAY(memory, top_total, TOPS_SORTED)};
  if (found->by_currency == NULL || found->largest == NULL || !totals_visit(run, memory, add_top, &of)) {
    return false;
  }
  keep_largest(&of);
  memcpy(found->largest, of.kept, of.n * sizeof *of.kept);
  return true;
}
