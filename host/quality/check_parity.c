/* SPDX-License-Identifier: MIT
 *
 * Calls and puts of one strike and expiry, and the forward that they imply.
 */
#include "quality/checker.h"

#include <math.h>
#include <stdlib.h>

/* Undiscounted: by the vol, else by the mark; NaN where neither is known. */
static double find_worth(const checker *with, uint32_t c) {
  const instruments *all = &with->book->instruments;
  bool priced = with->vol[c] == with->vol[c] && all->exercise[c] == EUROPEAN;
  return priced ? option_undiscounted(with->book, c, with->vol[c]) : option_unpaid(with->book, c, all->mark[c]);
}

/* What call - put may be, undiscounted. American: between exercising either at once and never. */
static void find_difference(const checker *with, uint32_t call, double *low, double *high) {
  const book *of = with->book;
  const instruments *all = &of->instruments;
  double forward = of->forwards.forward[all->forward[call]], strike = all->strike[call], discount = all->discount[call];
  *low = *high = forward - strike;
  if (all->exercise[call] == AMERICAN) {
    double spot = of->forwards.own[all->forward[call]] ? forward : of->underlyings.price[all->underlying[call]];
    double least = (forward * discount < spot ? forward * discount : spot) -
                   (strike * discount > strike ? strike * discount : strike);
    double most = (forward * discount > spot ? forward * discount : spot) -
                  (strike * discount < strike ? strike * discount : strike);
    *low = least / discount;
    *high = most / discount;
  }
}

static void check_pair(checker *with, const smile_point *point) {
  const book *of = with->book;
  uint32_t call = point->call, put = point->put;
  double difference = find_worth(with, call) - find_worth(with, put), low, high;
  double slack = with->rules->limit[QUALITY_PARITY] * option_scale(of, call);
  find_difference(with, call, &low, &high);
  if (difference < low - slack || difference > high + slack) {
    quality_finding found = about_instrument(QUALITY_PARITY, call, option_paid(of, call, difference),
                                             option_paid(of, call, low - slack), option_paid(of, call, high + slack));
    found.also = put;
    found.substitutes[0] = substitute_by(QUALITY_VOL, call, with->vol[put]); /* each takes the other's */
    found.substitutes[1] = substitute_by(QUALITY_VOL, put, with->vol[call]);
    checker_add(with, found, "less put is", "with put \"%.255s\"", of->instruments.id[put]);
  }
}

static int by_size(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* The median over the pairs that have marks of their own. */
static double implied_forward(const checker *with, const smile *of, double *found) {
  const instruments *all = &with->book->instruments;
  uint32_t n = 0;
  for (uint32_t i = of->first; i < of->first + of->n; i++) {
    const smile_point *point = &with->points[i];
    if (point->call == ID_NONE || point->put == ID_NONE) {
      continue;
    }
    double difference = all->mark[point->call] - all->mark[point->put];
    double forward = all->settlement[point->call] == INVERSE ? point->strike / (1.0 - difference)
                                                             : point->strike + difference / all->discount[point->call];
    if (forward > 0.0 && forward < INFINITY) {
      found[n++] = forward;
    }
  }
  qsort(found, n, sizeof *found, by_size);
  return n == 0 ? (double)NAN : found[n / 2];
}

static void check_forward(checker *with, const smile *of, double *scratch) {
  const book *b = with->book;
  double forward = b->forwards.forward[of->forward], limit = with->rules->limit[QUALITY_FORWARD_PARITY];
  uint32_t any = with->points[of->first].c;
  if (b->instruments.exercise[any] == AMERICAN || b->instruments.price_model[any] != BLACK) {
    return;
  }
  double implied = implied_forward(with, of, scratch);
  if (fabs(forward - implied) > limit * implied) {
    quality_finding found = about(QUALITY_FORWARD_PARITY, QUALITY_OF_FORWARD, of->forward, forward,
                                  implied * (1.0 - limit), implied * (1.0 + limit));
    found.substitutes[0] = substitute_by(QUALITY_FORWARD, of->forward, implied);
    checker_add(with, found, "is", "by its calls and puts, as \"%.255s\"", b->instruments.id[any]);
  }
}

void check_parity(checker *with) {
  double *scratch = malloc(((size_t)with->book->instruments.n + 1) * sizeof *scratch);
  with->out_of_memory = with->out_of_memory || scratch == NULL;
  for (uint32_t s = 0; scratch != NULL && s < with->n_smiles; s++) {
    const smile *of = &with->smiles[s];
    for (uint32_t i = of->first; i < of->first + of->n; i++) {
      if (with->points[i].call != ID_NONE && with->points[i].put != ID_NONE) {
        check_pair(with, &with->points[i]);
      }
    }
    check_forward(with, of, scratch);
  }
  free(scratch);
}
