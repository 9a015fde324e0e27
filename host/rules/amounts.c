/* SPDX-License-Identifier: MIT
 *
 * From kinds to requirements: dispatch, times, round, conversion, lines.
 */
#include "rules/amounts.h"

#include <stdlib.h>
#include <string.h>

static amount_function *const functions[N_AMOUNT_KINDS] = {
#define AMOUNT_ENTRY(key, text, function) [key] = function,
    AMOUNT_KINDS(AMOUNT_ENTRY)
#undef AMOUNT_ENTRY
};

static bool is_combination(amount_kind kind) {
  return kind == AMOUNT_SUM || kind == AMOUNT_MAX || kind == AMOUNT_MIN;
}

sg_status amount_overflow(const amount_input *in, uint32_t amount, sg_error *error) {
  return error_add(error, SG_INPUT, in->model->amounts[amount].where, "amount %s is too large for exact money (1.7e26 at most)",
                   in->model->amounts[amount].name);
}

sg_status amount_to_money(const amount_input *in, uint32_t amount, uint32_t node, double value, money *result,
                          sg_error *error) {
  (void)node;
  if (!(value - value == 0.0)) {
    return error_add(error, SG_INPUT, in->model->amounts[amount].where,
                     "amount %s is not a finite number: one of its terms differs over the node, or overflows",
                     in->model->amounts[amount].name);
  }
  return money_from_double(value, result) ? SG_OK : amount_overflow(in, amount, error);
}

bool amount_convert(const node_table *table, uint32_t node, money native, money *account) {
  if (table->rate == NULL || table->rate[node] == 1.0) {
    *account = native;
    return true;
  }
  return money_from_double(money_to_double(native) * table->rate[node], account);
}

static sg_status apply_times(const amount_input *in, uint32_t m, amount_values *v, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  const node_table *table = &in->tables[in->table_of[m]];
  memcpy(v->timed, v->leaf, table->n * sizeof *v->timed);
  if (!amount->has_times) {
    return SG_OK;
  }
  enum { BATCH = 256 };
  double factor[BATCH];
  const double *slots[64];
  if (amount->times.n_slots > 64) {
    return error_add(error, SG_INPUT, amount->where, "times of %s reads more than 64 names", amount->name);
  }
  for (uint32_t begin = 0; begin < table->n; begin += BATCH) {
    uint32_t n = table->n - begin < BATCH ? table->n - begin : BATCH;
    for (uint32_t j = 0; j < amount->times.n_slots; j++) {
      slots[j] = in->times_slots[m][j] + begin;
    }
    expression_eval(&amount->times, slots, n, factor);
    for (uint32_t i = 0; i < n; i++) {
      money exact = {0};
      TRY(amount_to_money(in, m, begin + i, factor[i], &exact, error));
      if (!money_times(v->leaf[begin + i], exact, &v->timed[begin + i])) {
        return amount_overflow(in, m, error);
      }
    }
  }
  return SG_OK;
}

static sg_status apply_round(const amount_input *in, uint32_t m, amount_values *v, sg_error *error) {
  const model_amount *amount = &in->model->amounts[m];
  const node_table *table = &in->tables[in->table_of[m]];
  bool leaf_is_converted = is_combination(amount->kind);
  for (uint32_t node = 0; node < table->n; node++) {
    v->native[node] = v->timed[node];
    if (amount->has_round && !money_round(v->timed[node], amount->round, &v->native[node])) {
      return amount_overflow(in, m, error);
    }
    bool fits = leaf_is_converted || amount_convert(table, node, v->leaf[node], &v->account_leaf[node]);
    if (amount->has_times) {
      fits = fits && amount_convert(table, node, v->timed[node], &v->account_timed[node]);
    } else {
      v->account_timed[node] = v->account_leaf[node];
    }
    if (amount->has_round) {
      fits = fits && amount_convert(table, node, v->native[node], &v->account[node]);
    } else {
      v->account[node] = v->account_timed[node];
    }
    if (!fits) {
      return amount_overflow(in, m, error);
    }
  }
  return SG_OK;
}

sg_status amounts_apply(const amount_input *in, amount_values *values, arena *memory, sg_error *error) {
  for (uint32_t m = 0; m < in->model->n_amounts; m++) {
    amount_values *v = &values[m];
    uint32_t n = in->tables[in->table_of[m]].n;
    money **arrays[] = {&v->leaf, &v->timed, &v->native, &v->account_leaf, &v->account_timed, &v->account};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
      *arrays[i] = ARENA_ARRAY(memory, money, n);
      if (*arrays[i] == NULL) {
        return error_out_of_memory(error);
      }
    }
    v->block = v->scenario = NULL;
    TRY(functions[in->model->amounts[m].kind](in, m, v, memory, error));
    TRY(apply_times(in, m, v, error));
    TRY(apply_round(in, m, v, error));
  }
  return SG_OK;
}

sg_status amounts_requirement(const amount_input *in, const amount_values *values, uint32_t amount, uint32_t portfolio,
                              money *requirement, sg_error *error) {
  const node_table *table = &in->tables[in->table_of[amount]];
  *requirement = MONEY_ZERO;
  for (uint32_t node = table->begin[portfolio]; node < table->begin[portfolio + 1]; node++) {
    if (!money_add(requirement, values[amount].account[node])) {
      return amount_overflow(in, amount, error);
    }
  }
  return SG_OK;
}

typedef struct line_writer {
  const amount_input *in;
  const amount_values *values;
  uint32_t portfolio;
  amount_emit emit;
  void *context;
  sg_error *error;
} line_writer;

static sg_status emit_difference(const line_writer *w, uint32_t m, const char *step, uint32_t node, money after,
                                 money before, bool negative) {
  money difference = after;
  if (!money_subtract(&difference, before)) {
    return amount_overflow(w->in, m, w->error);
  }
  if (difference.units == 0) {
    return SG_OK;
  }
  difference.units = negative ? -difference.units : difference.units;
  return w->emit(w->context, m, step, node, difference, w->error);
}

/* The differences that times and round made. */
static sg_status write_steps(const line_writer *w, uint32_t m, uint32_t node, bool negative) {
  const amount_values *v = &w->values[m];
  TRY(emit_difference(w, m, ".times", node, v->account_timed[node], v->account_leaf[node], negative));
  return emit_difference(w, m, ".round", node, v->account[node], v->account_timed[node], negative);
}

/* What the terms of a combination come to at each node of the portfolio, if they were simply added: sums[node - first].
 */
static sg_status sum_terms(const line_writer *w, uint32_t m, uint32_t first, money *sums) {
  const model_amount *amount = &w->in->model->amounts[m];
  for (uint32_t t = 0; t < amount->n_terms; t++) {
    const amount_term *term = &amount->terms[t];
    if (term->is != TERM_AMOUNT) {
      continue;
    }
    uint32_t child_table = w->in->table_of[term->amount];
    const node_table *children = &w->in->tables[child_table];
    const uint32_t *parent = w->in->parent[child_table * w->in->n_tables + w->in->table_of[m]];
    for (uint32_t i = children->begin[w->portfolio]; i < children->begin[w->portfolio + 1]; i++) {
      money value = w->values[term->amount].account[i], *sum = &sums[parent[i] - first];
      if (!(term->negative ? money_subtract(sum, value) : money_add(sum, value))) {
        return amount_overflow(w->in, m, w->error);
      }
    }
  }
  return SG_OK;
}

static sg_status write_combination(const line_writer *w, uint32_t m, bool negative) {
  const node_table *table = &w->in->tables[w->in->table_of[m]];
  uint32_t first = table->begin[w->portfolio], n = table->begin[w->portfolio + 1] - first;
  money *sums = calloc((size_t)n + 1, sizeof *sums);
  sg_status status = sums == NULL ? error_out_of_memory(w->error) : sum_terms(w, m, first, sums);
  for (uint32_t i = 0; status == SG_OK && i < n; i++) {
    status = emit_difference(w, m, "", first + i, w->values[m].account_leaf[first + i], sums[i], negative);
    if (status == SG_OK) {
      status = write_steps(w, m, first + i, negative);
    }
  }
  free(sums);
  return status;
}

static sg_status write_lines(const line_writer *w, uint32_t m, bool negative) {
  const model_amount *amount = &w->in->model->amounts[m];
  const amount_values *v = &w->values[m];
  const node_table *table = &w->in->tables[w->in->table_of[m]];
  for (uint32_t t = 0; t < amount->n_terms; t++) {
    if (amount->terms[t].is == TERM_AMOUNT) {
      TRY(write_lines(w, amount->terms[t].amount, negative != amount->terms[t].negative));
    }
  }
  if (is_combination(amount->kind)) {
    return write_combination(w, m, negative);
  }
  for (uint32_t node = table->begin[w->portfolio]; node < table->begin[w->portfolio + 1]; node++) {
    if (v->account_leaf[node].units != 0 || v->block != NULL) {
      money value = v->account_leaf[node];
      value.units = negative ? -value.units : value.units;
      TRY(w->emit(w->context, m, "", node, value, w->error));
    }
    TRY(write_steps(w, m, node, negative));
  }
  return SG_OK;
}

sg_status amounts_lines(const amount_input *in, const amount_values *values, uint32_t amount, uint32_t portfolio,
                        amount_emit emit, void *context, sg_error *error) {
  line_writer writer = {in, values, portfolio, emit, context, error};
  return write_lines(&writer, amount, false);
}
