/* SPDX-License-Identifier: MIT
 *
 * Marks against the bounds that no model can leave, against the option's own vol, and zero or missing ones.
 */
#include "quality/checker.h"

#include <math.h>

static double larger(double a, double b) { return a > b ? a : b; }

/* Currency paid. */
static void find_bounds(const book *of, uint32_t c, double *low, double *high) {
  const instruments *all = &of->instruments;
  uint32_t f = all->forward[c];
  double forward = of->forwards.forward[f], strike = all->strike[c], sign = all->right[c] == CALL ? 1.0 : -1.0;
  *low = option_paid(of, c, larger(sign * (forward - strike), 0.0));
  *high = all->price_model[c] == BACHELIER ? INFINITY : option_paid(of, c, sign > 0.0 ? forward : strike);
  if (all->exercise[c] == AMERICAN && all->settlement[c] == LINEAR) {
    double spot =
        of->forwards.own[f] ? forward : of->underlyings.price[all->underlying[c]]; /* of what it is exercised into */
    *low = larger(*low, sign * (spot - strike));
    *high = larger(*high, sign > 0.0 ? spot : strike);
  }
}

static void check_option(checker *with, uint32_t c) {
  const book *of = with->book;
  const instruments *all = &of->instruments;
  double mark = all->mark[c], scale = option_paid(of, c, option_scale(of, c)), low, high;
  const double *limit = with->rules->limit;
  bool european = all->exercise[c] == EUROPEAN, has_vol = all->vol[c] == all->vol[c];
  double worth = european && has_vol ? option_paid(of, c, option_undiscounted(of, c, all->vol[c])) : (double)NAN;
  find_bounds(of, c, &low, &high);
  double slack = limit[QUALITY_MARK_BOUNDS] * scale;
  if (mark < low - slack || mark > high + slack) {
    quality_finding found = about_instrument(QUALITY_MARK_BOUNDS, c, mark, low, high);
    found.substitutes[0] = substitute_by(QUALITY_MARK, c, mark < low ? low : high);
    checker_add(with, found, "price", "%s", "");
  } else if (mark == 0.0 && worth > limit[QUALITY_MARK_ZERO] * scale) {
    quality_finding found = about_instrument(QUALITY_MARK_ZERO, c, mark, worth, worth);
    found.substitutes[0] = substitute_by(QUALITY_MARK, c, worth);
    checker_add(with, found, "price", "by its vol");
  } else if (european && !has_vol && with->vol[c] != with->vol[c]) {
    checker_add(with, about_instrument(QUALITY_NO_VOL, c, mark, low, high), "price", "holds no vol");
  } else if (fabs(mark - worth) > limit[QUALITY_MARK_MODEL] * scale) {
    double reach = limit[QUALITY_MARK_MODEL] * scale;
    quality_finding found = about_instrument(QUALITY_MARK_MODEL, c, mark, worth - reach, worth + reach);
    found.substitutes[0] = substitute_by(QUALITY_VOL, c, option_imply(of, c, mark));
    checker_add(with, found, "price", "by its vol");
  }
}

void check_marks(checker *with) {
  const book *of = with->book;
  const instruments *all = &of->instruments;
  for (uint32_t c = 0; c < all->n; c++) {
    double mark = all->mark[c];
    bool marked = mark == mark, spot = all->type[c] == SPOT;
    if (is_listed_option(with, c) && marked) {
      check_option(with, c);
    } else if (all->type[c] != OPTION && marked && mark == 0.0 &&
               of->underlyings.price[all->underlying[c]] != 0.0) {
      double price = of->underlyings.price[all->underlying[c]];
      quality_finding found = about_instrument(QUALITY_MARK_ZERO, c, mark, price, price);
      found.substitutes[0] = substitute_by(QUALITY_FORWARD, all->forward[c], price);
      checker_add(with, found, "price", "by its underlying");
    } else if (all->type[c] != OPTION && !marked && !spot && with->n_holders[c] > 0) {
      checker_add(with, about_instrument(QUALITY_MARK_MISSING, c, NAN, -INFINITY, INFINITY), "has no price",
                  "of its own; its forward is used");
    }
  }
}
