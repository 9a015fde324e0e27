/* SPDX-License-Identifier: MIT
 *
 * Sorting losses, and the exact count in the tail.
 */
#include "rules/tail.h"

#include <stdlib.h>

#define MONEY_ONE ((uint64_t)1000000000000)

tail_count tail_make_count(const amount_input *in, uint32_t m) {
  const model_amount *amount = &in->model->amounts[m];
  tail_count count = {0};
  for (uint32_t b = 0; b < amount->n_blocks; b++) {
    count.n_scenarios += in->outcomes[m][b].n_scenarios;
  }
  uint128 product = (uint128)count.n_scenarios * (uint128)amount->tail.units;
  count.whole = (size_t)(product / MONEY_ONE);
  count.fraction = (double)(uint64_t)(product % MONEY_ONE) / (double)MONEY_ONE;
  return count;
}

static int worst_first(const void *left, const void *right) {
  const tail_loss *a = left, *b = right;
  if (a->loss != b->loss) {
    return a->loss > b->loss ? -1 : 1;
  }
  if (a->block != b->block) {
    return a->block < b->block ? -1 : 1;
  }
  return (a->scenario > b->scenario) - (a->scenario < b->scenario);
}

void tail_sort(const amount_input *in, uint32_t m, uint32_t node, tail_loss *losses) {
  const model_amount *amount = &in->model->amounts[m];
  size_t n = 0;
  for (uint32_t b = 0; b < amount->n_blocks; b++) {
    const node_outcomes *block = &in->outcomes[m][b];
    const double *pnl = block->pnl + (size_t)node * block->n_scenarios;
    for (uint32_t s = 0; s < block->n_scenarios; s++) {
      losses[n++] = (tail_loss){-pnl[s], b, block->first + s};
    }
  }
  qsort(losses, n, sizeof *losses, worst_first);
}

sg_status tail_apply(const amount_input *in, uint32_t m, amount_values *values, arena *memory,
                     tail_statistic *statistic, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  uint32_t n = in->tables[in->table_of[m]].n;
  tail_count count = tail_make_count(in, m);
  tail_loss *losses = ARENA_ARRAY(memory, tail_loss, count.n_scenarios);
  values->block = ARENA_ARRAY(memory, uint32_t, n);
  values->scenario = ARENA_ARRAY(memory, uint32_t, n);
  if (losses == NULL || values->block == NULL || values->scenario == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; node < n; node++) {
    tail_sort(in, m, node, losses);
    size_t binding = 0;
    double loss = statistic(amount, losses, count, &binding);
    values->block[node] = BLOCK_NONE;
    if (loss > 0.0) {
      values->block[node] = amount->blocks[losses[binding].block];
      values->scenario[node] = losses[binding].scenario;
    }
    TRY(amount_to_money(in, m, node, loss > 0.0 ? loss : 0.0, &values->leaf[node], error));
  }
  return SG_OK;
}
