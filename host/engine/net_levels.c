/* SPDX-License-Identifier: MIT
 *
 * What the levels of a batch do: who belongs to whom, rates, caps, credits.
 */
#include "engine/netting_parts.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>

static uint32_t node_currency(const batch *of, uint32_t set, uint32_t node) {
  uint32_t native = batch_node_currency(of->in, set, of->tables[set].group[node]);
  return native != ID_NONE ? native : of->in->book->accounts.currency[batch_account(of, of->portfolio_of[set][node])];
}

/* Rates of 1 throughout: children that hold their own currency lie in parents that do, or are in the account's. */
static bool same_currency(const netting *with, const level_terms *terms) {
  const double *rate = with->of->tables[terms->below].rate;
  if (with->of->in->book->currencies.n == 1 || rate == NULL || with->of->tables[terms->set].rate != NULL) {
    return true;
  }
  bool same = terms->rule->convert != CONVERT_SHOCKED;
  for (uint32_t x = 0; same && x < terms->n_children; x++) {
    same = rate[x] == 1.0;
  }
  return same;
}

sg_status level_terms_open(const netting *with, uint32_t l, level_terms *made, sg_error *error) {
  const bound_level *level = &with->levels->items[l];
  uint32_t below = l == 0 ? with->levels->leaf_set : with->levels->items[l - 1].set;
  *made = (level_terms){.below = below, .set = level->set, .rule = level->rule, .n_children = with->of->tables[below].n,
                        .n_parents = with->of->tables[level->set].n};
  const model_level *rule = level->rule;
  made->plain = rule->gains == 1.0 && !rule->has_gains_cap && rule->scale == 0 && !rule->has_credit && !rule->has_discount &&
                same_currency(with, made);
  return batch_parents(with->of, below, level->set, &made->parent, error);
}

static uint32_t rate_index(level_terms *terms, uint32_t from, uint32_t to) {
  for (uint32_t r = terms->n_rates; r-- > 0;) {
    if (terms->rate_from[r] == from && terms->rate_to[r] == to) {
      return r;
    }
  }
  terms->rate_from[terms->n_rates] = from;
  terms->rate_to[terms->n_rates] = to;
  return terms->n_rates++;
}

sg_status level_terms_fill(const netting *with, level_terms *terms, sg_error *error) {
  batch *of = with->of;
  const model_level *rule = terms->rule;
  size_t n_currencies = of->in->book->currencies.n;
  if (terms->filled) {
    return SG_OK;
  }
  terms->rate_from = ARENA_ARRAY(of->memory, uint32_t, n_currencies * n_currencies);
  terms->rate_to = ARENA_ARRAY(of->memory, uint32_t, n_currencies * n_currencies);
  terms->rate_of = ARENA_ARRAY(of->memory, uint32_t, terms->n_children);
  terms->cap = ARENA_ARRAY(of->memory, double, terms->n_children);
  terms->credit = ARENA_ARRAY(of->memory, double, terms->n_parents);
  if (!terms->rate_from || !terms->rate_to || !terms->rate_of || !terms->cap || !terms->credit) {
    return error_out_of_memory(error);
  }
  TRY(batch_eval(of, terms->below, rule->has_gains_cap ? &rule->gains_cap : NULL, rule->where, INFINITY, terms->cap, error));
  bool has_credit = rule->has_credit && !adjustment_needed(rule);
  TRY(batch_eval(of, terms->set, has_credit ? &rule->credit : NULL, rule->where, 0.0, terms->credit, error));
  for (uint32_t n = 0; n < terms->n_parents; n++) {
    if (terms->credit[n] < 0.0) {
      return error_add(error, SG_INPUT, rule->where, "credit \"%s\" is negative for %s: a credit only reduces a loss",
                       rule->credit.text, of->in->sets[terms->set].name[of->tables[terms->set].group[n]]);
    }
  }
  for (uint32_t x = 0; x < terms->n_children; x++) {
    uint32_t from = node_currency(of, terms->below, x), to = node_currency(of, terms->set, terms->parent[x]);
    terms->rate_of[x] = rate_index(terms, from, to);
    terms->cap[x] *= bound_rate(of->in, from, to);
  }
  terms->filled = true;
  return SG_OK;
}

sg_status level_rates(const netting *with, const level_terms *terms, const tile *of, double *rate, sg_error *error) {
  const bound *in = with->of->in;
  double *from = malloc((of->set->n + 1) * sizeof *from);
  double *to = malloc((of->set->n + 1) * sizeof *to);
  sg_status status = from && to ? SG_OK : error_out_of_memory(error);
  for (uint32_t r = 0; status == SG_OK && r < terms->n_rates; r++) {
    double base = bound_rate(in, terms->rate_from[r], terms->rate_to[r]);
    bool shocked = terms->rule->convert == CONVERT_SHOCKED && terms->rate_from[r] != terms->rate_to[r];
    if (shocked) {
      scenarios_rates(in, of->set, terms->rate_from[r], from);
      scenarios_rates(in, of->set, terms->rate_to[r], to);
    }
    for (uint32_t k = 0; k < of->stride; k++) {
      bool moves = shocked && k < of->n_columns;
      rate[(size_t)r * of->stride + k] = moves ? base * from[of->first_column + k] / to[of->first_column + k] : base;
    }
  }
  free(from);
  free(to);
  return status;
}

sg_status level_scale(const netting *with, uint32_t key, const tile *of, double *scale, sg_error *error) {
  double *numbers = malloc((of->set->n + 1) * sizeof *numbers);
  sg_status status = numbers == NULL ? error_out_of_memory(error) : SG_OK;
  if (status == SG_OK && key != 0) {
    status = scenarios_numbers(with->of->in, of->set, key - 1, numbers, error);
  }
  for (uint32_t k = 0; status == SG_OK && k < of->stride; k++) {
    scale[k] = key != 0 && k < of->n_columns ? numbers[of->first_column + k] : 1.0;
  }
  free(numbers);
  return status;
}
