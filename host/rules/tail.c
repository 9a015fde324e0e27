/* SPDX-License-Identifier: MIT
 *
 * The worst losses in order, and the exact count in the tail.
 */
#include "rules/tail.h"

#include <stdlib.h>

#define MONEY_ONE ((uint64_t)1000000000000)

static tail_count make_count(const amount_input *in, uint32_t m) {
  const model_amount *amount = &in->model->amounts[m];
  tail_count count = {0};
  for (uint32_t b = 0; b < amount->n_blocks; b++) {
    count.n_scenarios += in->outcomes[m][b].n_scenarios;
  }
  uint128 product = (uint128)count.n_scenarios * (uint128)amount->tail.units;
  count.whole = (size_t)(product / MONEY_ONE);
  count.n_read = count.whole + 2 < count.n_scenarios ? count.whole + 2 : count.n_scenarios;
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

/* Puts a loss among the n_kept worst, in order, where it belongs; `room` are kept at most. */
static size_t keep_loss(tail_loss *kept, size_t n_kept, size_t room, tail_loss loss) {
  if (n_kept == room && worst_first(&kept[room - 1], &loss) <= 0) {
    return n_kept;
  }
  size_t at = n_kept < room ? n_kept : room - 1;
  for (; at > 0 && worst_first(&loss, &kept[at - 1]) < 0; at--) {
    kept[at] = kept[at - 1];
  }
  kept[at] = loss;
  return n_kept < room ? n_kept + 1 : room;
}

/* A tail is short, so most losses are dropped at the first comparison; where it is long, all are sorted. */
static void find_worst(const amount_input *in, uint32_t m, uint32_t node, tail_count count, tail_loss *losses) {
  const model_amount *amount = &in->model->amounts[m];
  bool sorts = count.n_read > count.n_scenarios / 8;
  size_t n = 0;
  for (uint32_t b = 0; b < amount->n_blocks; b++) {
    const node_outcomes *block = &in->outcomes[m][b];
    const double *pnl = block->pnl + (size_t)node * block->n_scenarios;
    for (uint32_t s = 0; s < block->n_scenarios; s++) {
      tail_loss loss = {-pnl[s], b, block->first + s};
      if (sorts) {
        losses[n++] = loss;
      } else {
        n = keep_loss(losses, n, count.n_read, loss);
      }
    }
  }
  if (sorts) {
    qsort(losses, n, sizeof *losses, worst_first);
  }
}

sg_status tail_apply(const amount_input *in, uint32_t m, amount_values *values, arena *memory,
                     tail_statistic *statistic, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  uint32_t n = in->tables[in->table_of[m]].n;
  tail_count count = make_count(in, m);
  tail_loss *losses = ARENA_ARRAY(memory, tail_loss, count.n_scenarios);
  values->block = ARENA_ARRAY(memory, uint32_t, n);
  values->scenario = ARENA_ARRAY(memory, uint32_t, n);
  if (losses == NULL || values->block == NULL || values->scenario == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; node < n; node++) {
    find_worst(in, m, node, count, losses);
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
