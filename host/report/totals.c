/* SPDX-License-Identifier: MIT
 *
 * See totals.h.
 */
#include "report/totals.h"

#include <stdlib.h>

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

static void swap(top_total *a, top_total *b) {
  top_total held = *a;
  *a = *b;
  *b = held;
}

/* Sorts the TOPS_SORTED largest to the front: Hoare's selection, then a sort of those. */
static void sort_largest(top_total *tops, uint32_t n) {
  uint32_t first = 0, end = n;
  while (end - first > 1 && TOPS_SORTED < n) {
    top_total pivot = tops[first + (end - 1 - first) / 2]; /* never the last: both parts are shorter */
    uint32_t i = first, j = end - 1;
    for (;; i++, j--) {
      for (; compare_tops(&tops[i], &pivot) < 0; i++) {
      }
      for (; compare_tops(&tops[j], &pivot) > 0; j--) {
      }
      if (i >= j) {
        break;
      }
      swap(&tops[i], &tops[j]);
    }
    if (j + 1 == TOPS_SORTED) {
      break;
    }
    first = j + 1 < TOPS_SORTED ? j + 1 : first;
    end = j + 1 < TOPS_SORTED ? end : j + 1;
  }
  qsort(tops, n < TOPS_SORTED ? n : TOPS_SORTED, sizeof *tops, compare_tops);
}

static void add_row(const result *run, const margin_row *row, totals *found) {
  currency_total *sum = &found->by_currency[row->currency];
  money initial = row->requirement[MEASURE_INITIAL];
  top_total *top = &found->tops[found->n_tops++];
  *top = (top_total){.account = row->account,
                     .initial = to_base(run, initial, row->currency),
                     .standalone = to_base(run, row->standalone[MEASURE_INITIAL], row->currency)};
  sum->n_accounts++;
  money_add(&sum->initial, initial);
  money_add(&sum->initial_base, top->initial);
}

bool totals_find(const result *run, arena *memory, totals *found) {
  const book *of = run->book;
  uint32_t *row_of = ARENA_ARRAY(memory, uint32_t, of->accounts.n);
  uint64_t *n_below = ARENA_ARRAY(memory, uint64_t, of->accounts.n);
  *found = (totals){.tops = ARENA_ARRAY(memory, top_total, run->n_rows),
                    .by_currency = ARENA_ARRAY(memory, currency_total, of->currencies.n)};
  if (row_of == NULL || n_below == NULL || found->tops == NULL || found->by_currency == NULL) {
    return false;
  }
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    row_of[a] = NO_ROW;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    row_of[run->rows[i].account] = i;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    uint32_t account = run->rows[i].account, top = top_of(run, row_of, account);
    n_below[top]++;
    if (top == account) {
      add_row(run, &run->rows[i], found);
    } else {
      found->has_parents = true;
    }
  }
  for (uint32_t i = 0; i < found->n_tops; i++) {
    found->tops[i].n_accounts = n_below[found->tops[i].account];
  }
  sort_largest(found->tops, found->n_tops);
  return true;
}
