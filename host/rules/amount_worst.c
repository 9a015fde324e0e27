/* SPDX-License-Identifier: MIT
 *
 * worst: the largest loss of a node over the scenarios of one or more blocks, at least 0. Ties go to the block named
 * first, and in it to the lowest scenario.
 */
#include "rules/amounts.h"

sg_status amount_worst(const amount_input *in, uint32_t m, amount_values *values, arena *memory, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  uint32_t n = in->tables[in->table_of[m]].n;
  values->block = ARENA_ARRAY(memory, uint32_t, n);
  values->scenario = ARENA_ARRAY(memory, uint32_t, n);
  if (values->block == NULL || values->scenario == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; node < n; node++) {
    double worst = 0.0;
    values->block[node] = BLOCK_NONE;
    for (uint32_t b = 0; b < amount->n_blocks; b++) {
      const node_outcomes *block = &in->outcomes[m][b];
      if (block->worst[node] < worst) {
        worst = block->worst[node];
        values->block[node] = amount->blocks[b];
        values->scenario[node] = block->scenario[node];
      }
    }
    TRY(amount_to_money(in, m, node, worst < 0.0 ? -worst : 0.0, &values->leaf[node], error));
  }
  return SG_OK;
}
