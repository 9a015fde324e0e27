/* SPDX-License-Identifier: MIT
 *
 * The worst losses of a node over the blocks of a var or es amount.
 */
#ifndef RULES_TAIL_H
#define RULES_TAIL_H

#include "rules/amounts.h"

typedef struct tail_loss {
  double loss;
  uint32_t block;    /* index into model.blocks */
  uint32_t scenario;
} tail_loss;

/* n = N x tail, exactly: `whole` scenarios and the fraction of one more. */
typedef struct tail_count {
  size_t n_scenarios; /* N */
  size_t whole;
  double fraction;    /* in [0, 1) */
  size_t n_read;      /* losses that a statistic may read: whole + 2, N at most */
} tail_count;

/* Shared frame of var and es. A statistic gets the count.n_read worst losses, worst first, ties by block as named, then
 * scenario; and says which of them is reported with the result. */
typedef double tail_statistic(const model_amount *amount, const tail_loss *losses, tail_count count, size_t *binding);
sg_status tail_apply(const amount_input *in, uint32_t amount, amount_values *values, arena *memory,
                     tail_statistic *statistic, sg_error *error);

#endif
