/* SPDX-License-Identifier: MIT
 *
 * charge: an expression of a node's columns and of facts that are equal over its group.
 */
#include "rules/amounts.h"

sg_status amount_charge(const amount_input *in, uint32_t m, amount_values *values, arena *memory, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  uint32_t n = in->tables[in->table_of[m]].n;
  double *charge = ARENA_ARRAY(memory, double, n);
  if (charge == NULL) {
    return error_out_of_memory(error);
  }
  expression_eval(&amount->charge, in->charge_slots[m], n, charge);
  const bool *active = in->active[m];
  for (uint32_t node = 0; node < n; node++) {
    if (active == NULL || active[node]) {
      TRY(amount_to_money(in, m, node, charge[node], &values->leaf[node], error));
    }
  }
  return SG_OK;
}
