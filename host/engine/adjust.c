/* SPDX-License-Identifier: MIT
 *
 * Discounts are numbers of a node, credits of a group and scenario: small tables on the device.
 */
#include "engine/adjust.h"

#include "base/error.h"
#include "engine/verify.h"

#include <math.h>
#include <stdlib.h>

struct adjustment {
  batch *of;
  const pricing *prices;
  uint32_t set;
  const model_level *rule;
  device_buffer *base, *positive, *negative; /* [n] */
  device_buffer *credit_row;                 /* [n] its group */
};

bool adjustment_needed(const model_level *rule) {
  for (uint32_t j = 0; rule->has_credit && j < rule->credit.n_slots; j++) {
    if (rule->credit.slots[j].kind == SLOT_SCENARIO) {
      return true;
    }
  }
  return rule->has_discount;
}

/* ---- discounts --------------------------------------------------------------------------------- */

typedef struct discounts {
  double *base, *positive, *negative; /* [n] */
  uint32_t *first;                    /* [n] its first instrument, ID_NONE before there is one */
} discounts;

static sg_status check_position(const adjustment *with, const discounts *made, uint32_t node, uint32_t c,
                                const bool *passes, const double *positive, const double *negative, sg_error *error) {
  const bound *in = with->of->in;
  uint32_t first = made->first[node];
  const char *name = in->sets[with->set].name[with->of->tables[with->set].group[node]];
  const char *const *id = in->book->instruments.id;
  if (passes[c] != passes[first]) {
    return error_add(error, SG_INPUT, with->rule->where,
                     "the discount is of %s, and not of %s, which is in %s too: put them on levels of their own",
                     id[passes[c] ? c : first], id[passes[c] ? first : c], name);
  }
  if (passes[c] && !(positive[c] == positive[first] && negative[c] == negative[first])) {
    return error_add(error, SG_INPUT, with->rule->where, "the discount of %s differs between %s and %s, or is not a number",
                     name, id[first], id[c]);
  }
  return SG_OK;
}

static sg_status fill_discounts(const adjustment *with, const bool *passes, const double *positive,
                                const double *negative, const discounts *made, sg_error *error) {
  batch *of = with->of;
  const instruments *all = &of->in->book->instruments;
  const double *value;
  const uint32_t *node_of;
  TRY(bound_slot(of->in, &(slot){SLOT_FACT, FACT_VALUE, SCOPE_OWN}, with->rule->where, &value, error));
  TRY(batch_node_of(of, with->set, &node_of, error));
  for (size_t i = 0; i < of->n_positions; i++) { /* in instrument order: the same sum everywhere */
    uint32_t c = of->instrument[i], node = node_of[i];
    made->first[node] = made->first[node] == ID_NONE ? c : made->first[node];
    TRY(check_position(with, made, node, c, passes, positive, negative, error));
    if (!passes[c]) {
      continue;
    }
    uint32_t to = batch_node_currency(of->in, with->set, of->tables[with->set].group[node]);
    to = to != ID_NONE ? to : of->in->book->accounts.currency[batch_account(of, of->portfolio_of[with->set][node])];
    double each = value[c] * all->multiplier[c] * bound_rate(of->in, all->currency[c], to);
    made->base[node] = fma(of->quantity[i], each, made->base[node]);
    made->positive[node] = positive[c];
    made->negative[node] = negative[c];
  }
  return SG_OK;
}

static sg_status upload_discounts(adjustment *with, sg_error *error) {
  batch *of = with->of;
  device *on = with->prices->on;
  uint32_t n_nodes = of->tables[with->set].n, n_instruments = of->in->book->instruments.n;
  size_t node_bytes = (n_nodes + 1) * sizeof(double);
  discounts made = {calloc(1, node_bytes), malloc(node_bytes), malloc(node_bytes),
                    malloc((n_nodes + 1) * sizeof(uint32_t))};
  bool *passes = malloc(n_instruments + 1);
  double *positive = malloc((n_instruments + 1) * sizeof *positive);
  double *negative = malloc((n_instruments + 1) * sizeof *negative);
  bool enough = made.base && made.positive && made.negative && made.first && passes && positive && negative;
  sg_status status = enough ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t n = 0; n < n_nodes; n++) {
    made.positive[n] = made.negative[n] = 1.0;
    made.first[n] = ID_NONE;
  }
  if (with->rule->has_discount) {
    TRY_DONE(bound_filter(of->in, &with->rule->discount_of, with->rule->where, passes, error));
    TRY_DONE(bound_eval(of->in, &with->rule->positive, with->rule->where, positive, error));
    TRY_DONE(bound_eval(of->in, &with->rule->negative, with->rule->where, negative, error));
    TRY_DONE(fill_discounts(with, passes, positive, negative, &made, error));
  }
  TRY_DONE(buffer_make(on, node_bytes, made.base, &with->base, error));
  TRY_DONE(buffer_make(on, node_bytes, made.positive, &with->positive, error));
  TRY_DONE(buffer_make(on, node_bytes, made.negative, &with->negative, error));
done:
  free(made.base);
  free(made.positive);
  free(made.negative);
  free(made.first);
  free(passes);
  free(positive);
  free(negative);
  return status;
}

/* ---- credits ----------------------------------------------------------------------------------- */

/* credit[g][k] by group of the level: facts that are equal over the group, numbers of the scenario. */
static sg_status fill_credits(const adjustment *with, const tile *of, double *credit, sg_error *error) {
  bound *in = with->of->in;
  const expression *rule = &with->rule->credit;
  uint32_t n_groups = in->sets[with->set].n_groups;
  double *values = malloc(((size_t)rule->n_slots + 1) * of->set->n * sizeof *values);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  double *by_scenario = malloc((of->set->n + 1) * sizeof *by_scenario);
  sg_status status = values && slots && by_scenario ? SG_OK : error_out_of_memory(error);
  for (uint32_t g = 0; status == SG_OK && g < n_groups; g++) {
    for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
      double *to = values + (size_t)j * of->set->n, *by_group;
      slots[j] = to;
      if (rule->slots[j].kind == SLOT_SCENARIO) {
        status = scenarios_numbers(in, of->set, rule->slots[j].index, to, error);
        continue;
      }
      status = bound_group_slot(in, &rule->slots[j], with->set, with->rule->where, &by_group, error);
      for (uint32_t k = 0; status == SG_OK && k < of->set->n; k++) {
        to[k] = by_group[g];
      }
    }
    if (status == SG_OK) {
      expression_eval(rule, slots, of->set->n, by_scenario);
    }
    for (uint32_t k = 0; status == SG_OK && k < of->n_columns; k++) {
      credit[(size_t)g * of->stride + k] = by_scenario[of->first_column + k];
    }
  }
  free(values);
  free(slots);
  free(by_scenario);
  return status;
}

/* A credit of a node in the batch is a number, and never a debit. */
static sg_status check_credits(const adjustment *with, const tile *of, const double *credit, sg_error *error) {
  const node_table *nodes = &with->of->tables[with->set];
  for (uint32_t n = 0; n < nodes->n; n++) {
    for (uint32_t k = 0; k < of->n_columns; k++) {
      double here = credit[(size_t)nodes->group[n] * of->stride + k];
      if (!(here >= 0.0)) {
        return error_add(error, SG_INPUT, with->rule->where,
                         "credit \"%s\" differs over the instruments of %s, or is not a number of at least 0",
                         with->rule->credit.text, with->of->in->sets[with->set].name[nodes->group[n]]);
      }
    }
  }
  return SG_OK;
}

static sg_status upload_credits(const adjustment *with, const tile *of, device_buffer **made, sg_error *error) {
  size_t n = (size_t)with->of->in->sets[with->set].n_groups * of->stride;
  double *credit = calloc(n + 1, sizeof *credit);
  sg_status status = credit == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  if (with->rule->has_credit) {
    TRY_DONE(fill_credits(with, of, credit, error));
    TRY_DONE(check_credits(with, of, credit, error));
  }
  TRY_DONE(buffer_make(with->prices->on, (n + 1) * sizeof *credit, credit, made, error));
done:
  free(credit);
  return status;
}

/* ---- interface --------------------------------------------------------------------------------- */

sg_status adjustment_open(batch *of, const pricing *prices, const bound_level *level, adjustment **opened,
                          sg_error *error) {
  *opened = NULL;
  if (!adjustment_needed(level->rule)) {
    return SG_OK;
  }
  adjustment *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  *made = (adjustment){.of = of, .prices = prices, .set = level->set, .rule = level->rule};
  const node_table *nodes = &of->tables[level->set];
  sg_status status = upload_discounts(made, error);
  if (status == SG_OK) {
    status = buffer_make(prices->on, nodes->n * sizeof *nodes->group, nodes->group, &made->credit_row, error);
  }
  if (status != SG_OK) {
    adjustment_close(made);
    return status;
  }
  *opened = made;
  return SG_OK;
}

void adjustment_close(adjustment *opened) {
  if (opened != NULL) {
    buffer_close(opened->base);
    buffer_close(opened->positive);
    buffer_close(opened->negative);
    buffer_close(opened->credit_row);
    free(opened);
  }
}

sg_status adjustment_run(const adjustment *with, const tile *of, device_buffer *d_scale, const double *scale,
                         device_buffer *node_pnl, node_sample *sample, sg_error *error) {
  device *on = with->prices->on;
  uint32_t n_nodes = with->of->tables[with->set].n;
  device_buffer *credit = NULL;
  sg_status status = upload_credits(with, of, &credit, error);
  TRY_DONE(status);
  kernel_argument arguments[] = {
      ARG_BUFFER(with->base),       ARG_BUFFER(with->positive), ARG_BUFFER(with->negative),
      ARG_BUFFER(d_scale),          ARG_BUFFER(with->credit_row), ARG_BUFFER(credit),
      ARG_UINT(n_nodes),            ARG_UINT(of->stride),       ARG_BUFFER(node_pnl)};
  TRY_DONE(device_launch(on, KERNEL_adjust_nodes, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){of->stride / device_get_traits(on)->lanes, n_nodes}, error));
  TRY_DONE(device_finish(on, error));
  if (with->prices->watch != NULL) {
    const adjust_inputs in = {with->base, with->positive, with->negative, scale, with->of->tables[with->set].group, credit};
    TRY_DONE(verify_adjust(with->prices->watch, of, &in, sample, error));
  }
done:
  buffer_close(credit);
  return status;
}
