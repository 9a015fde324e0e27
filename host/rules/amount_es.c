/* SPDX-License-Identifier: MIT
 *
 * es: the mean of a node's n = N x tail worst losses, at least 0; the last of them weighs by the fraction of n. With
 * n < 1 it is the worst loss.
 */
#include "rules/tail.h"

static double expected_shortfall(const model_amount *amount, const tail_loss *losses, tail_count count,
                                 size_t *binding) {
  (void)amount;
  *binding = 0;
  if (count.whole == 0) {
    return losses[0].loss;
  }
  double sum = 0.0;
  for (size_t i = 0; i < count.whole; i++) {
    sum += losses[i].loss;
  }
  if (count.fraction > 0.0) {
    sum += count.fraction * losses[count.whole].loss;
  }
  return sum / ((double)count.whole + count.fraction);
}

sg_status amount_es(const amount_input *in, uint32_t amount, amount_values *values, arena *memory, sg_error *error) {
  return tail_apply(in, amount, values, memory, expected_shortfall, error);
}
