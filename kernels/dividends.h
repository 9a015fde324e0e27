/* SPDX-License-Identifier: MIT
 *
 * Cash dividends of one instrument per lane (layout: shared.h). The forward is what spot and dividends grow into at the
 * carry; so the spot of a forward is its own share and what the dividends to come are worth.
 */
#ifndef KERNELS_DIVIDENDS_H
#define KERNELS_DIVIDENDS_H

#include "contract.h"

typedef struct dividend_list {
  __global const double *years, *amount; /* [j][n_padded], from the instrument of the first lane on */
  uint n, n_padded;
} dividend_list;

LANE_INLINE dividend_list dividend_list_make(__global const double *dividend, uint n, uint n_padded, ulong instrument) {
  dividend_list list;
  list.n = n;
  list.n_padded = n_padded;
  list.years = dividend + DIVIDEND_YEARS * (ulong)n * n_padded + instrument;
  list.amount = dividend + DIVIDEND_AMOUNT * (ulong)n * n_padded + instrument;
  return list;
}

/* The amount of dividend j and the years to it, those taken off; 0 where there is none or it has gone ex by then. */
LANE_INLINE lane dividend_get(const dividend_list *list, uint j, double years_taken, lane *years) {
  lane then = lane_load(list->years + j * (ulong)list->n_padded), amount = lane_load(list->amount + j * (ulong)list->n_padded);
  *years = lane_max(then - years_taken, (lane)0.0);
  return lane_select(lane_less((lane)years_taken, then), amount, (lane)0.0);
}

/* What all dividends are worth that go ex later than `from` years after those taken, at the carry. */
LANE_INLINE lane dividends_to_come(const dividend_list *list, lane carry, double years_taken, lane from) {
  lane sum = (lane)0.0;
  for (uint j = 0; j < list->n; j++) {
    lane years, amount = dividend_get(list, j, years_taken, &years);
    amount = lane_select(lane_less(from, years), amount, (lane)0.0);
    if (lane_any(lane_less((lane)0.0, amount))) {
      sum = fma(amount, math_exp(carry * (from - years)), sum);
    }
  }
  return sum;
}

#endif
