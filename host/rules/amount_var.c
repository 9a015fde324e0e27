/* SPDX-License-Identifier: MIT
 *
 * var: a quantile of a node's losses, at least 0. With n = N x tail: `higher` is the ceil(n)-th worst loss, `lower` the
 * (floor(n) + 1)-th, `linear` interpolates at (N - 1)(1 - tail) in rising order.
 */
#include "rules/tail.h"

#include <math.h>

static double quantile(const model_amount *amount, const tail_loss *losses, tail_count count, size_t *binding) {
  size_t last = count.n_scenarios - 1;
  if (amount->quantile == QUANTILE_LINEAR) {
    /* (N - 1) tail from the worst end, exactly: whole + fraction */
    uint128 product = (uint128)last * (uint128)amount->tail.units;
    size_t from_worst = (size_t)(product / 1000000000000u);
    double fraction = (double)(uint64_t)(product % 1000000000000u) / 1e12;
    *binding = from_worst;
    double upper = losses[from_worst].loss;
    double lower = losses[from_worst < last ? from_worst + 1 : last].loss;
    return fma(fraction, lower - upper, upper);
  }
  size_t rank = amount->quantile == QUANTILE_HIGHER ? count.whole + (count.fraction > 0.0 ? 1 : 0) : count.whole + 1;
  rank = rank < 1 ? 1 : rank > count.n_scenarios ? count.n_scenarios : rank;
  *binding = rank - 1;
  return losses[rank - 1].loss;
}

sg_status amount_var(const amount_input *in, uint32_t amount, amount_values *values, arena *memory, sg_error *error) {
  return tail_apply(in, amount, values, memory, quantile, error);
}
