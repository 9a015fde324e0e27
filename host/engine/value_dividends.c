/* SPDX-License-Identifier: MIT
 *
 * The dividends of an option's life, and the carry that agrees with its forward.
 */
#include "engine/value_dividends.h"

#include "kernels/math.h"

#define CARRY_EXACT 1e-15

enum { NEWTON_STEPS = 50 };

uint32_t dividends_before(const book *of, uint32_t c, uint32_t *first) {
  const instruments *all = &of->instruments;
  uint32_t u = all->underlying[c], n = 0;
  *first = of->dividends.first[u];
  if (all->type[c] != OPTION || of->forwards.own[all->forward[c]]) {
    return 0;
  }
  while (*first + n < of->dividends.first[u + 1] && of->dividends.years[*first + n] <= all->years[c]) {
    n++;
  }
  return n;
}

double dividends_carry(const book *of, uint32_t c) {
  uint32_t f = of->instruments.forward[c], first, n = dividends_before(of, c, &first);
  double years = of->instruments.years[c], forward = of->forwards.forward[f];
  double spot = of->underlyings.price[of->instruments.underlying[c]];
  if (!(years > 0.0) || of->forwards.own[f]) {
    return 0.0;
  }
  if (n == 0) {
    return math_log(forward / spot) / years;
  }
  double carry = math_log(of->forwards.growth[f]) / years;
  for (int step = 0; step < NEWTON_STEPS; step++) {
    double grown = spot * math_exp(carry * years), slope = grown * years;
    for (uint32_t i = first; i < first + n; i++) {
      double left = years - of->dividends.years[i], paid = of->dividends.amount[i] * math_exp(carry * left);
      grown -= paid;
      slope -= paid * left;
    }
    double change = (grown - forward) / slope;
    if (!(slope > 0.0) || !(change - change == 0.0)) {
      break;
    }
    carry -= change;
    if (change < CARRY_EXACT && change > -CARRY_EXACT) {
      break;
    }
  }
  return carry;
}
