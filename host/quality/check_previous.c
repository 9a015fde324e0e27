/* SPDX-License-Identifier: MIT
 *
 * A book beside the one before it: what stood still, and what moved too far.
 */
#include "quality/checker.h"

#include <math.h>
#include <string.h>

/* For rows sorted by id: the row of the previous table with the same id, or ID_NONE. `from` is where to look on. */
static uint32_t find_same(const char *const *sorted, uint32_t n, const char *id, uint32_t *from) {
  while (*from < n && strcmp(sorted[*from], id) < 0) {
    ++*from;
  }
  return *from < n && strcmp(sorted[*from], id) == 0 ? *from : ID_NONE;
}

static void check_price(checker *with, uint32_t u, double before) {
  const book *of = with->book;
  double price = of->underlyings.price[u],
         range = with->in->price_range == NULL ? (double)NAN : with->in->price_range[u];
  double hours = (double)(of->as_of_s - with->in->previous->as_of_s) / 3600.0;
  double reach = range == range ? range : with->rules->limit[QUALITY_MOVE_PRICE];
  if (price == before && hours >= with->rules->limit[QUALITY_STALE_PRICE] && hours > 0.0) {
    checker_add(with, about(QUALITY_STALE_PRICE, QUALITY_OF_UNDERLYING, u, price, -INFINITY, INFINITY), "has price",
                "as in the previous book, %.0f hours before", hours);
  } else if (fabs(price - before) > reach * fabs(before)) {
    checker_add(with,
                about(QUALITY_MOVE_PRICE, QUALITY_OF_UNDERLYING, u, price, before - reach * fabs(before),
                      before + reach * fabs(before)),
                "has price", range == range ? "by the previous book and the model's range" : "by the previous book");
  }
}

static void check_instrument(checker *with, uint32_t c, uint32_t p, bool moved) {
  const instruments *all = &with->book->instruments, *previous = &with->in->previous->instruments;
  double mark = all->mark[c], vol = all->vol[c], before = previous->vol[p],
         limit = with->rules->limit[QUALITY_MOVE_VOL];
  bool option = all->type[c] == OPTION;
  if (moved && mark == mark && mark == previous->mark[p]) {
    checker_add(with, about_instrument(QUALITY_STALE_MARK, c, mark, -INFINITY, INFINITY), "price",
                "as in the previous book, though its underlying moved");
  } else if (moved && option && mark != mark && vol > 0.0 && vol == before) {
    checker_add(with, about_instrument(QUALITY_STALE_MARK, c, vol, -INFINITY, INFINITY), "vol",
                "as in the previous book, though its underlying moved");
  }
  if (option && all->years[c] > 0.0 && fabs(vol - before) > limit * before) {
    quality_finding found = about_instrument(QUALITY_MOVE_VOL, c, vol, before * (1.0 - limit), before * (1.0 + limit));
    found.substitutes[0] = substitute_by(QUALITY_VOL, c, before);
    checker_add(with, found, "vol", "by the previous book");
  }
}

static void check_rates(checker *with) {
  const currencies *all = &with->book->currencies, *before = &with->in->previous->currencies;
  double limit = with->rules->limit[QUALITY_MOVE_FX];
  uint32_t from = 0;
  for (uint32_t y = 0; y < all->n; y++) {
    uint32_t p = find_same((const char *const *)before->id, before->n, all->id[y], &from);
    double rate = p == ID_NONE ? (double)NAN : before->rate_to_base[p];
    if (fabs(all->rate_to_base[y] - rate) > limit * rate) {
      checker_add(with,
                  about(QUALITY_MOVE_FX, QUALITY_OF_CURRENCY, y, all->rate_to_base[y], rate * (1.0 - limit),
                        rate * (1.0 + limit)),
                  "has rate", "by the previous book");
    }
  }
}

void check_previous(checker *with) {
  const book *of = with->book, *previous = with->in->previous;
  bool *moved = previous == NULL ? NULL : ARENA_ARRAY(with->memory, bool, of->underlyings.n);
  if (moved == NULL) {
    with->out_of_memory = with->out_of_memory || previous != NULL;
    return;
  }
  uint32_t from = 0;
  for (uint32_t u = 0; u < of->underlyings.n; u++) {
    uint32_t p =
        find_same((const char *const *)previous->underlyings.id, previous->underlyings.n, of->underlyings.id[u], &from);
    if (p != ID_NONE) {
      double before = previous->underlyings.price[p];
      with->n_same_underlyings++;
      check_price(with, u, before);
      moved[u] = fabs(of->underlyings.price[u] - before) > with->rules->limit[QUALITY_STALE_MARK] * fabs(before);
    }
  }
  from = 0;
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    uint32_t p =
        find_same((const char *const *)previous->instruments.id, previous->instruments.n, of->instruments.id[c], &from);
    if (p != ID_NONE && of->instruments.type[c] == previous->instruments.type[p]) {
      with->n_same_instruments++;
      check_instrument(with, c, p, moved[of->instruments.underlying[c]]);
    }
  }
  check_rates(with);
}
