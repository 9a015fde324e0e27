/* SPDX-License-Identifier: MIT
 *
 * Forwards against prices and against each other; discount factors.
 */
#include "quality/checker.h"

#include "kernels/math.h"

#include <math.h>

static void check_carry(checker *with, uint32_t f) {
  const book *of = with->book;
  const forwards *all = &of->forwards;
  double price = of->underlyings.price[all->underlying[f]], limit = with->rules->limit[QUALITY_FORWARD_CARRY];
  double years = all->years[f] > 1.0 / 12.0 ? all->years[f] : 1.0 / 12.0;
  if (!(all->years[f] > 0.0) || !(price > 0.0) || !(all->forward[f] > 0.0)) {
    return;
  }
  double carry = math_log(all->forward[f] / price) / years;
  if (fabs(carry) > limit) {
    quality_finding found = about(QUALITY_FORWARD_CARRY, QUALITY_OF_FORWARD, f, all->forward[f],
                                  price * math_exp(-limit * years), price * math_exp(limit * years));
    checker_add(with, found, "is", "by its price");
  }
}

/* The forward that the options of this expiry share; ID_NONE when there are none. Forwards stand by underlying, expiry
 * and owner, the shared one first. */
static uint32_t find_shared(const forwards *all, uint32_t f) {
  uint32_t first = f;
  while (first > 0 && all->underlying[first - 1] == all->underlying[f] &&
         all->expiry_s[first - 1] == all->expiry_s[f]) {
    first--;
  }
  return all->own[first] ? ID_NONE : first;
}

static void check_linear(checker *with, uint32_t c) {
  const book *of = with->book;
  const instruments *all = &of->instruments;
  uint32_t f = all->forward[c];
  double mark = all->mark[c], price = of->underlyings.price[all->underlying[c]];
  if (mark != mark) {
    return;
  }
  quality_kind kind = all->type[c] == PERPETUAL ? QUALITY_PERPETUAL_BASIS : QUALITY_FUTURE_FORWARD;
  uint32_t shared = all->type[c] == PERPETUAL || !(all->years[c] > 0.0) ? ID_NONE : find_shared(&of->forwards, f);
  double expected = all->type[c] == PERPETUAL ? price : shared == ID_NONE ? (double)NAN : of->forwards.forward[shared];
  double reach = with->rules->limit[kind] * fabs(expected);
  if (fabs(mark - expected) > reach) {
    quality_finding found = about_instrument(kind, c, mark, expected - reach, expected + reach);
    found.substitutes[0] = substitute_by(QUALITY_FORWARD, f, expected);
    checker_add(with, found, "price", "%s",
                all->type[c] == PERPETUAL ? "by its underlying" : "by the forward of its expiry");
  }
}

static void check_discounts(checker *with) {
  const instruments *all = &with->book->instruments;
  for (uint32_t s = 0; s < with->n_smiles; s++) {
    uint32_t c = with->points[with->smiles[s].first].c;
    double limit = with->rules->limit[QUALITY_DISCOUNT_RATE], rate = -math_log(all->discount[c]) / all->years[c];
    if (fabs(rate) > limit) {
      checker_add(with, about_instrument(QUALITY_DISCOUNT_RATE, c, rate, -limit, limit), "is discounted at",
                  "per year");
    }
  }
}

void check_forwards(checker *with) {
  const instruments *all = &with->book->instruments;
  for (uint32_t f = 0; f < with->book->forwards.n; f++) {
    check_carry(with, f);
  }
  for (uint32_t c = 0; c < all->n; c++) {
    if (all->type[c] == FUTURE || all->type[c] == FORWARD || all->type[c] == PERPETUAL) {
      check_linear(with, c);
    }
  }
  check_discounts(with);
}
