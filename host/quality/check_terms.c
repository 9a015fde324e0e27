/* SPDX-License-Identifier: MIT
 *
 * Terms of instruments: far away, twice, or unlike their neighbours.
 */
#include "quality/checker.h"

#include "kernels/math.h"

#include <math.h>
#include <stdlib.h>

typedef struct term_row {
  const instruments *all;
  uint32_t c;
} term_row;

#define COMPARE(field)                                   \
  if (all->field[a->c] != all->field[b->c]) {            \
    return all->field[a->c] < all->field[b->c] ? -1 : 1; \
  }

/* By all that settles what an instrument pays; in the order of the file where that is equal. */
static int by_terms(const term_row *a, const term_row *b) {
  const instruments *all = a->all;
  COMPARE(underlying)
  COMPARE(type)
  COMPARE(currency)
  COMPARE(settlement)
  COMPARE(expiry_s)
  COMPARE(multiplier)
  if (all->type[a->c] == OPTION) {
    COMPARE(forward)
    COMPARE(premium)
    COMPARE(price_model)
    COMPARE(right)
    COMPARE(exercise)
    COMPARE(strike)
  }
  return 0;
}

static int in_order(const void *left, const void *right) {
  const term_row *a = left, *b = right;
  const instruments *all = a->all;
  int order = by_terms(a, b);
  if (order == 0) {
    COMPARE(line)
    COMPARE(id)
  }
  return order;
}

/* Those of one underlying, type, currency and settlement stand together; the usual multiplier is their median. */
static int by_multiplier(const void *left, const void *right) {
  const term_row *a = left, *b = right;
  const instruments *all = a->all;
  COMPARE(underlying)
  COMPARE(type)
  COMPARE(currency)
  COMPARE(settlement)
  COMPARE(multiplier)
  return (a->c > b->c) - (a->c < b->c);
}
#undef COMPARE

static bool same_class(const instruments *all, uint32_t a, uint32_t b) {
  return all->underlying[a] == all->underlying[b] && all->type[a] == all->type[b] &&
         all->currency[a] == all->currency[b] && all->settlement[a] == all->settlement[b];
}

static void check_multipliers(checker *with, term_row *rows, uint32_t n) {
  const instruments *all = &with->book->instruments;
  double limit = with->rules->limit[QUALITY_MULTIPLIER];
  qsort(rows, n, sizeof *rows, by_multiplier);
  for (uint32_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && same_class(all, rows[first].c, rows[end].c);) {
      end++;
    }
    double usual = all->multiplier[rows[first + (end - first) / 2].c];
    for (uint32_t i = first; i < end && end - first > 2; i++) {
      double multiplier = all->multiplier[rows[i].c];
      if (multiplier > limit * usual || multiplier * limit < usual) {
        checker_add(with, about_instrument(QUALITY_MULTIPLIER, rows[i].c, multiplier, usual / limit, usual * limit),
                    "multiplier", "by the others of its underlying and type");
      }
    }
  }
}

static void check_one(checker *with, uint32_t c) {
  const book *of = with->book;
  const instruments *all = &of->instruments;
  const double *limit = with->rules->limit;
  double forward = of->forwards.forward[all->forward[c]];
  if (all->expiry_s[c] != 0 && all->expiry_s[c] <= of->as_of_s && with->n_holders[c] > 0) {
    checker_add(with, about_instrument(QUALITY_EXPIRED, c, NAN, -INFINITY, INFINITY), "has expired",
                "and is held by %u position%s", with->n_holders[c], with->n_holders[c] == 1 ? "" : "s");
  }
  if (all->years[c] > limit[QUALITY_EXPIRY_FAR]) {
    checker_add(with, about_instrument(QUALITY_EXPIRY_FAR, c, all->years[c], -INFINITY, limit[QUALITY_EXPIRY_FAR]),
                "has, in years to expiry,", "%s", "");
  }
  if (is_listed_option(with, c) && all->price_model[c] == BLACK &&
      fabs(math_log(all->strike[c] / forward)) > limit[QUALITY_STRIKE_FAR]) {
    double reach = math_exp(limit[QUALITY_STRIKE_FAR]);
    checker_add(with, about_instrument(QUALITY_STRIKE_FAR, c, all->strike[c], forward / reach, forward * reach),
                "strike", "by its forward");
  }
}

void check_terms(checker *with) {
  const instruments *all = &with->book->instruments;
  term_row *rows = malloc(((size_t)all->n + 1) * sizeof *rows);
  with->out_of_memory = with->out_of_memory || rows == NULL;
  for (uint32_t c = 0; rows != NULL && c < all->n; c++) {
    rows[c] = (term_row){all, c};
    check_one(with, c);
  }
  if (rows != NULL) {
    qsort(rows, all->n, sizeof *rows, in_order);
    for (uint32_t i = 1; i < all->n; i++) {
      if (by_terms(&rows[i - 1], &rows[i]) == 0) {
        quality_finding found = about_instrument(QUALITY_DUPLICATE, rows[i].c, NAN, -INFINITY, INFINITY);
        found.also = rows[i - 1].c;
        checker_add(with, found, "has the terms of", "\"%.255s\"", all->id[rows[i - 1].c]);
      }
    }
    check_multipliers(with, rows, all->n);
  }
  free(rows);
}
