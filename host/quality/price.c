/* SPDX-License-Identifier: MIT
 *
 * One option at a time, in one lane.
 */
#include "kernels/implied_vol.h" /* first: its locals are named like types of data/book.h */
#include "kernels/price_bachelier.h"
#include "kernels/price_black.h"

#include "quality/price.h"

static lane_contract load(const book *of, uint32_t c) {
  const instruments *all = &of->instruments;
  double forward = of->forwards.forward[all->forward[c]];
  lane_contract contract = {0};
  contract.strike = all->strike[c];
  contract.log_strike = all->price_model[c] == BACHELIER ? 0.0 : math_log(all->strike[c] / forward);
  contract.sign = all->right[c] == PUT ? -1.0 : 1.0;
  contract.inverse = all->settlement[c] == INVERSE ? 1.0 : 0.0;
  contract.years = all->years[c];
  contract.discount = all->discount[c];
  return contract;
}

double option_undiscounted(const book *of, uint32_t c, double vol) {
  double forward = of->forwards.forward[of->instruments.forward[c]];
  lane_contract contract = load(of, c);
  if (of->instruments.price_model[c] == BACHELIER) {
    return bachelier_undiscounted(bachelier_prepare(contract, vol, 0.0), forward);
  }
  return black_undiscounted(black_prepare(contract, vol, 0.0), forward, 0.0);
}

double option_paid(const book *of, uint32_t c, double undiscounted) {
  const instruments *all = &of->instruments;
  return all->settlement[c] == INVERSE ? undiscounted / of->forwards.forward[all->forward[c]]
                                       : undiscounted * all->discount[c];
}

double option_unpaid(const book *of, uint32_t c, double paid) {
  const instruments *all = &of->instruments;
  return all->settlement[c] == INVERSE ? paid * of->forwards.forward[all->forward[c]] : paid / all->discount[c];
}

double option_imply(const book *of, uint32_t c, double price) {
  const instruments *all = &of->instruments;
  double status, steps;
  double vol = imply_vol_of(load(of, c), of->forwards.forward[all->forward[c]], price, all->price_model[c] == BACHELIER,
                            &status, &steps);
  return status == IMPLIED_OK ? vol : (double)NAN;
}

double option_scale(const book *of, uint32_t c) {
  double forward = fabs(of->forwards.forward[of->instruments.forward[c]]), strike = fabs(of->instruments.strike[c]);
  return forward > strike ? forward : strike;
}
