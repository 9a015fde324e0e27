/* SPDX-License-Identifier: MIT
 *
 * sum, max and min of amounts and numbers, by node. A term of a finer grouping is added up to the node first.
 */
#include "rules/amounts.h"

typedef struct pair { /* one value in both currencies */
  money native, account;
} pair;

/* term_values[node] of one term; negative terms are negated. */
static sg_status gather_term(const amount_input *in, uint32_t m, const amount_values *values, const amount_term *term,
                             pair *gathered, sg_error *error) {
  uint32_t table_index = in->table_of[m];
  const node_table *table = &in->tables[table_index];
  if (term->is == TERM_NUMBER) {
    money number = term->number;
    number.units = term->negative ? -number.units : number.units;
    for (uint32_t node = 0; node < table->n; node++) { /* of the node's currency */
      gathered[node].native = number;
      if (!amount_convert(table, node, number, &gathered[node].account)) {
        return amount_overflow(in, m, error);
      }
    }
    return SG_OK;
  }
  for (uint32_t node = 0; node < table->n; node++) {
    gathered[node] = (pair){MONEY_ZERO, MONEY_ZERO};
  }
  /* values points at this amount's own; children lie before it in the same array */
  const amount_values *child = values - m + term->amount;
  uint32_t child_table = in->table_of[term->amount];
  const uint32_t *parent = in->parent[child_table * in->n_tables + table_index];
  bool native = table->rate != NULL; /* a node in the currency paid has children in the same */
  for (uint32_t i = 0; i < in->tables[child_table].n; i++) {
    pair *sum = &gathered[parent[i]];
    money account = child->account[i];
    money own = native ? child->native[i] : account;
    bool fits = term->negative ? money_subtract(&sum->native, own) && money_subtract(&sum->account, account)
                               : money_add(&sum->native, own) && money_add(&sum->account, account);
    if (!fits) {
      return amount_overflow(in, m, error);
    }
  }
  return SG_OK;
}

typedef enum combination { COMBINE_SUM, COMBINE_MAX, COMBINE_MIN } combination;

static sg_status combine(const amount_input *in, uint32_t m, amount_values *values, arena *memory, combination how,
                         sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  uint32_t n = in->tables[in->table_of[m]].n;
  pair *gathered = ARENA_ARRAY(memory, pair, n);
  if (gathered == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t t = 0; t < amount->n_terms; t++) {
    TRY(gather_term(in, m, values, &amount->terms[t], gathered, error));
    for (uint32_t node = 0; node < n; node++) {
      money *native = &values->leaf[node];
      money *account = &values->account_leaf[node];
      if (t > 0 && how == COMBINE_SUM) {
        if (!money_add(native, gathered[node].native) || !money_add(account, gathered[node].account)) {
          return amount_overflow(in, m, error);
        }
        continue;
      }
      int order = t == 0 ? 0 : money_compare(gathered[node].native, *native);
      if (t == 0 || (how == COMBINE_MAX && order > 0) || (how == COMBINE_MIN && order < 0)) {
        *native = gathered[node].native;
        *account = gathered[node].account;
      }
    }
  }
  return SG_OK;
}

sg_status amount_sum(const amount_input *in, uint32_t amount, amount_values *values, arena *memory, sg_error *error) {
  return combine(in, amount, values, memory, COMBINE_SUM, error);
}

sg_status amount_max(const amount_input *in, uint32_t amount, amount_values *values, arena *memory, sg_error *error) {
  return combine(in, amount, values, memory, COMBINE_MAX, error);
}

sg_status amount_min(const amount_input *in, uint32_t amount, amount_values *values, arena *memory, sg_error *error) {
  return combine(in, amount, values, memory, COMBINE_MIN, error);
}
