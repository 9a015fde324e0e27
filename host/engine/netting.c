/* SPDX-License-Identifier: MIT
 *
 * Netting, folding and reducing a batch.
 *
 * Leaf nodes are netted in the order of their groups, so that neighbours read the same rows of the P&L matrix; each is
 * written where its portfolio expects it.
 */
#include "engine/netting.h"

#include "base/error.h"
#include "engine/adjust.h"
#include "engine/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct fold_step {
  uint32_t set;                 /* of the parents */
  uint32_t n_parents;
  const model_level *rule;
  uint32_t n_rates;             /* distinct currency pairs */
  uint32_t *rate_from, *rate_to;
  device_buffer *child_begin, *child, *rate_row, *gains_cap, *credit;
  uint64_t *begin;              /* what the buffers hold, for those who watch */
  uint32_t *children, *rates_of;
  double *caps, *credits;
  adjustment *adjust;           /* NULL: scale and credit are the fold's */
} fold_step;

struct netting {
  batch *of;
  const pricing *prices;
  const bound_levels *levels;
  net_scratch *scratch;
  uint32_t n_leaves;
  device_buffer *position_begin, *instrument, *quantity, *destination;
  uint64_t *leaf_begin;         /* what the buffers hold, for those who watch */
  uint32_t *leaf_row, *leaf_destination;
  double *leaf_quantity;
  fold_step *steps;             /* [level] */
};

/* At least size_bytes in a buffer that is kept; its content is whatever it held. */
static sg_status scratch_get(net_scratch *from, struct scratch_buffer *which, size_t size_bytes, device_buffer **got,
                             sg_error *error) {
  if (which->size_bytes < size_bytes) {
    buffer_close(which->buffer);
    *which = (struct scratch_buffer){0};
    TRY(buffer_make(from->on, size_bytes, NULL, &which->buffer, error));
    which->size_bytes = size_bytes;
  }
  *got = which->buffer;
  return SG_OK;
}

void net_scratch_close(net_scratch *used) {
  buffer_close(used->nodes[0].buffer);
  buffer_close(used->nodes[1].buffer);
  buffer_close(used->worst.buffer);
  buffer_close(used->scenario.buffer);
  buffer_close(used->not_finite.buffer);
  *used = (net_scratch){0};
}

/* ---- leaf nodes -------------------------------------------------------------------------------- */

/* Nodes ordered by group, by counting. */
static uint32_t *order_by_group(const node_table *table, uint32_t n_groups) {
  uint32_t *start = calloc(n_groups + 2, sizeof *start);
  uint32_t *ordered = malloc((table->n + 1) * sizeof *ordered);
  if (start == NULL || ordered == NULL) {
    free(start);
    free(ordered);
    return NULL;
  }
  for (uint32_t node = 0; node < table->n; node++) {
    start[table->group[node] + 1]++;
  }
  for (uint32_t g = 0; g < n_groups; g++) {
    start[g + 1] += start[g];
  }
  for (uint32_t node = 0; node < table->n; node++) {
    ordered[start[table->group[node]]++] = node;
  }
  free(start);
  return ordered;
}

static sg_status upload_leaves(netting *made, sg_error *error) {
  batch *of = made->of;
  device *on = made->prices->on;
  uint32_t set = made->levels->leaf_set;
  const node_table *table = &of->tables[set];
  made->n_leaves = table->n;
  uint32_t *ordered = order_by_group(table, of->in->sets[set].n_groups);
  uint64_t *node_begin = calloc(table->n + 2, sizeof *node_begin);
  uint64_t *begin = malloc((table->n + 1) * sizeof *begin);
  uint32_t *row = malloc((of->n_positions + 1) * sizeof *row);
  double *quantity = malloc((of->n_positions + 1) * sizeof *quantity);
  sg_status status = !ordered || !node_begin || !begin || !row || !quantity ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  for (size_t i = 0; i < of->n_positions; i++) {
    node_begin[of->node_of[set][i] + 1]++;
  }
  for (uint32_t node = 0; node < table->n; node++) {
    node_begin[node + 1] += node_begin[node];
  }
  uint64_t n = 0;
  for (uint32_t x = 0; x < table->n; x++) {
    begin[x] = n;
    for (uint64_t i = node_begin[ordered[x]]; i < node_begin[ordered[x] + 1]; i++) {
      uint32_t position = of->order[set][i];
      row[n] = made->prices->row_of[of->instrument[position]];
      quantity[n++] = of->quantity[position];
    }
  }
  begin[table->n] = n;
  TRY_DONE(buffer_make(on, (table->n + 1) * sizeof *begin, begin, &made->position_begin, error));
  TRY_DONE(buffer_make(on, of->n_positions * sizeof *row, row, &made->instrument, error));
  TRY_DONE(buffer_make(on, of->n_positions * sizeof *quantity, quantity, &made->quantity, error));
  TRY_DONE(buffer_make(on, table->n * sizeof *ordered, ordered, &made->destination, error));
done:
  free(node_begin);
  made->leaf_begin = begin;
  made->leaf_row = row;
  made->leaf_destination = ordered;
  made->leaf_quantity = quantity;
  return status;
}

/* ---- levels ------------------------------------------------------------------------------------ */

static uint32_t node_currency(const batch *of, uint32_t set, uint32_t node) {
  uint32_t native = batch_node_currency(of->in, set, of->tables[set].group[node]);
  return native != ID_NONE ? native : of->in->book->accounts.currency[batch_account(of, of->portfolio_of[set][node])];
}

static uint32_t rate_index(fold_step *step, uint32_t from, uint32_t to) {
  for (uint32_t r = step->n_rates; r-- > 0;) {
    if (step->rate_from[r] == from && step->rate_to[r] == to) {
      return r;
    }
  }
  step->rate_from[step->n_rates] = from;
  step->rate_to[step->n_rates] = to;
  return step->n_rates++;
}

static sg_status upload_level(netting *made, uint32_t l, sg_error *error) {
  batch *of = made->of;
  device *on = made->prices->on;
  fold_step *step = &made->steps[l];
  uint32_t below = l == 0 ? made->levels->leaf_set : made->levels->items[l - 1].set;
  step->set = made->levels->items[l].set;
  step->rule = made->levels->items[l].rule;
  step->n_parents = of->tables[step->set].n;
  uint32_t n_children = of->tables[below].n;
  uint32_t n_currencies = of->in->book->currencies.n;
  step->rate_from = malloc((size_t)n_currencies * n_currencies * sizeof *step->rate_from);
  step->rate_to = malloc((size_t)n_currencies * n_currencies * sizeof *step->rate_to);
  uint64_t *begin = calloc(step->n_parents + 2, sizeof *begin);
  uint64_t *next = malloc((step->n_parents + 1) * sizeof *next);
  uint32_t *child = malloc((n_children + 1) * sizeof *child);
  uint32_t *rate_row = malloc((n_children + 1) * sizeof *rate_row);
  double *cap = malloc((n_children + 1) * sizeof *cap);
  double *cap_ordered = malloc((n_children + 1) * sizeof *cap_ordered);
  double *credit = malloc((step->n_parents + 1) * sizeof *credit);
  const uint32_t *parent;
  bool enough = step->rate_from && step->rate_to && begin && next && child && rate_row && cap && cap_ordered && credit;
  sg_status status = enough ? batch_parents(of, below, step->set, &parent, error) : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(batch_eval(of, below, step->rule->has_gains_cap ? &step->rule->gains_cap : NULL, step->rule->where, INFINITY,
                      cap, error));
  TRY_DONE(adjustment_open(of, made->prices, &made->levels->items[l], &step->adjust, error));
  TRY_DONE(batch_eval(of, step->set, step->rule->has_credit && step->adjust == NULL ? &step->rule->credit : NULL,
                      step->rule->where, 0.0, credit, error));
  for (uint32_t n = 0; n < step->n_parents; n++) {
    if (credit[n] < 0.0) {
      status = error_add(error, SG_INPUT, step->rule->where,
                         "credit \"%s\" is negative for %s: a credit only reduces a loss", step->rule->credit.text,
                         of->in->sets[step->set].name[of->tables[step->set].group[n]]);
      goto done;
    }
  }
  for (uint32_t x = 0; x < n_children; x++) {
    begin[parent[x] + 1]++;
  }
  for (uint32_t n = 0; n < step->n_parents; n++) {
    begin[n + 1] += begin[n];
    next[n] = begin[n];
  }
  for (uint32_t x = 0; x < n_children; x++) { /* children stay in key order */
    uint64_t at = next[parent[x]]++;
    uint32_t from = node_currency(of, below, x), to = node_currency(of, step->set, parent[x]);
    child[at] = x;
    rate_row[at] = rate_index(step, from, to);
    cap_ordered[at] = cap[x] * bound_rate(of->in, from, to);
  }
  TRY_DONE(buffer_make(on, (step->n_parents + 1) * sizeof *begin, begin, &step->child_begin, error));
  TRY_DONE(buffer_make(on, n_children * sizeof *child, child, &step->child, error));
  TRY_DONE(buffer_make(on, n_children * sizeof *rate_row, rate_row, &step->rate_row, error));
  TRY_DONE(buffer_make(on, n_children * sizeof *cap, cap_ordered, &step->gains_cap, error));
  TRY_DONE(buffer_make(on, step->n_parents * sizeof *credit, credit, &step->credit, error));
done:
  free(next);
  free(cap);
  step->begin = begin;
  step->children = child;
  step->rates_of = rate_row;
  step->caps = cap_ordered;
  step->credits = credit;
  return status;
}

sg_status netting_open(batch *of, const pricing *prices, uint32_t level_set, net_scratch *scratch, netting **opened,
                       sg_error *error) {
  *opened = NULL;
  netting *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  made->of = of;
  made->prices = prices;
  made->scratch = scratch;
  scratch->on = prices->on;
  made->levels = &of->in->levels[level_set];
  made->steps = calloc(made->levels->n + 1, sizeof *made->steps);
  sg_status status = made->steps == NULL ? error_out_of_memory(error) : upload_leaves(made, error);
  for (uint32_t l = 0; status == SG_OK && l < made->levels->n; l++) {
    status = upload_level(made, l, error);
  }
  if (status != SG_OK) {
    netting_close(made);
    return status;
  }
  *opened = made;
  return SG_OK;
}

void netting_close(netting *opened) {
  if (opened == NULL) {
    return;
  }
  buffer_close(opened->position_begin);
  buffer_close(opened->instrument);
  buffer_close(opened->quantity);
  buffer_close(opened->destination);
  free(opened->leaf_begin);
  free(opened->leaf_row);
  free(opened->leaf_destination);
  free(opened->leaf_quantity);
  for (uint32_t l = 0; opened->steps != NULL && l < opened->levels->n; l++) {
    fold_step *step = &opened->steps[l];
    free(step->rate_from);
    free(step->rate_to);
    free(step->begin);
    free(step->children);
    free(step->rates_of);
    free(step->caps);
    free(step->credits);
    buffer_close(step->child_begin);
    buffer_close(step->child);
    buffer_close(step->rate_row);
    buffer_close(step->gains_cap);
    buffer_close(step->credit);
    adjustment_close(step->adjust);
  }
  free(opened->steps);
  free(opened);
}

/* ---- a tile ------------------------------------------------------------------------------------ */

static sg_status net_leaves(const netting *with, const tile *of, device_buffer *leaf_pnl, sg_error *error) {
  uint32_t span = device_span(with->prices->on, KERNEL_net_nodes, of->stride);
  kernel_argument arguments[] = {ARG_BUFFER(with->position_begin), ARG_BUFFER(with->instrument),
                                 ARG_BUFFER(with->quantity),       ARG_BUFFER(of->pnl),
                                 ARG_BUFFER(with->destination),    ARG_UINT(with->n_leaves),
                                 ARG_UINT(of->stride),             ARG_UINT(span),
                                 ARG_BUFFER(leaf_pnl)};
  return device_launch(with->prices->on, KERNEL_net_nodes, arguments, sizeof arguments / sizeof *arguments,
                       (size_t[2]){of->stride / span, with->n_leaves}, error);
}

/* rate[row][stride]: the base rate, or what the scenarios make of it. The caller frees *values. */
static sg_status make_rates(const netting *with, const fold_step *step, const tile *of, device_buffer **made,
                            double **values, sg_error *error) {
  const bound *in = with->of->in;
  double *rates = *values = malloc(((size_t)step->n_rates + 1) * of->stride * sizeof *rates);
  double *from = malloc((of->set->n + 1) * sizeof *from);
  double *to = malloc((of->set->n + 1) * sizeof *to);
  sg_status status = rates && from && to ? SG_OK : error_out_of_memory(error);
  for (uint32_t r = 0; status == SG_OK && r < step->n_rates; r++) {
    double base = bound_rate(in, step->rate_from[r], step->rate_to[r]);
    bool shocked = step->rule->convert == CONVERT_SHOCKED && step->rate_from[r] != step->rate_to[r];
    if (shocked) {
      scenarios_rates(in, of->set, step->rate_from[r], from);
      scenarios_rates(in, of->set, step->rate_to[r], to);
    }
    for (uint32_t k = 0; k < of->stride; k++) {
      bool moves = shocked && k < of->n_columns;
      rates[(size_t)r * of->stride + k] =
          moves ? base * from[of->first_column + k] / to[of->first_column + k] : base;
    }
  }
  if (status == SG_OK) {
    status = buffer_make(with->prices->on, (size_t)step->n_rates * of->stride * sizeof *rates, rates, made, error);
  }
  free(from);
  free(to);
  return status;
}

/* scale[k]: a number of the scenarios, counted from 1 in model.scenario_keys; key 0: 1. The caller frees *values. */
static sg_status make_scale(const netting *with, uint32_t key, const tile *of, device_buffer **made, double **values,
                            sg_error *error) {
  double *numbers = malloc((of->set->n + 1) * sizeof *numbers);
  double *scale = *values = malloc(of->stride * sizeof *scale);
  sg_status status = numbers && scale ? SG_OK : error_out_of_memory(error);
  if (status == SG_OK && key != 0) {
    status = scenarios_numbers(with->of->in, of->set, key - 1, numbers, error);
  }
  for (uint32_t k = 0; status == SG_OK && k < of->stride; k++) {
    scale[k] = key != 0 && k < of->n_columns ? numbers[of->first_column + k] : 1.0;
  }
  if (status == SG_OK) {
    status = buffer_make(with->prices->on, of->stride * sizeof *scale, scale, made, error);
  }
  free(numbers);
  return status;
}

/* What a step of n_nodes nodes is, for those who watch; steps share the draws by their nodes, tiles by their columns,
 * batches by their positions. */
static node_inputs step_inputs(const netting *with, const tile *of, uint32_t set, uint32_t n_nodes) {
  uint64_t n_all = with->n_leaves;
  for (uint32_t l = 0; l < with->levels->n; l++) {
    n_all += with->steps[l].n_parents;
  }
  double share = (double)with->of->n_positions / (double)with->of->all->n_positions * of->n_columns /
                 verifier_scenarios(with->prices->watch) * n_nodes / (double)n_all;
  return (node_inputs){.n_nodes = n_nodes, .share = share};
}

static sg_status watch_leaves(const netting *with, const tile *of, node_sample *sample, sg_error *error) {
  if (with->prices->watch == NULL) {
    return SG_OK;
  }
  node_inputs in = step_inputs(with, of, with->levels->leaf_set, with->n_leaves);
  in.begin = with->leaf_begin;
  in.part = with->leaf_row;
  in.destination = with->leaf_destination;
  in.quantity = with->leaf_quantity;
  return verify_leaves(with->prices->watch, of, &in, sample, error);
}

static sg_status watch_fold(const netting *with, const fold_step *step, const tile *of, const double *rates,
                            const double *scale, device_buffer *below, node_sample *sample, sg_error *error) {
  if (with->prices->watch == NULL) {
    return SG_OK;
  }
  node_inputs in = step_inputs(with, of, step->set, step->n_parents);
  in.begin = step->begin;
  in.part = step->children;
  in.rate_row = step->rates_of;
  in.rates = rates;
  in.gains_cap = step->caps;
  in.credit = step->credits;
  in.scale = scale;
  in.gains = step->rule->gains;
  return verify_fold(with->prices->watch, of, &in, below, sample, error);
}

static sg_status watch_nodes(const netting *with, const tile *of, uint32_t set, device_buffer *nodes,
                             const level_outcome *outcome, const node_sample *sample, sg_error *error) {
  return with->prices->watch == NULL
             ? SG_OK
             : verify_nodes(with->prices->watch, of, with->of, set, nodes, outcome->pnl, sample, error);
}

static sg_status fold(const netting *with, const fold_step *step, const tile *of, device_buffer *child_pnl,
                      device_buffer *parent_pnl, node_sample *sample, sg_error *error) {
  device_buffer *d_rates = NULL, *d_scale = NULL, *d_adjusted_scale = NULL;
  double *rates = NULL, *scale = NULL, *adjusted_scale = NULL;
  sg_status status = make_rates(with, step, of, &d_rates, &rates, error);
  TRY_DONE(status);
  TRY_DONE(make_scale(with, step->adjust == NULL ? step->rule->scale : 0, of, &d_scale, &scale, error));
  kernel_argument arguments[] = {
      ARG_BUFFER(step->child_begin), ARG_BUFFER(step->child),     ARG_BUFFER(step->rate_row),
      ARG_BUFFER(d_rates),           ARG_DOUBLE(step->rule->gains), ARG_BUFFER(step->gains_cap),
      ARG_BUFFER(d_scale),           ARG_BUFFER(step->credit),    ARG_UINT(step->n_parents),
      ARG_UINT(of->stride),          ARG_BUFFER(child_pnl),       ARG_BUFFER(parent_pnl)};
  uint32_t lanes = device_get_traits(with->prices->on)->lanes;
  TRY_DONE(device_launch(with->prices->on, KERNEL_fold_level, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){of->stride / lanes, step->n_parents}, error));
  TRY_DONE(device_finish(with->prices->on, error));
  TRY_DONE(watch_fold(with, step, of, rates, scale, child_pnl, sample, error));
  if (step->adjust != NULL) {
    TRY_DONE(make_scale(with, step->rule->scale, of, &d_adjusted_scale, &adjusted_scale, error));
    TRY_DONE(adjustment_run(step->adjust, of, d_adjusted_scale, adjusted_scale, parent_pnl, sample, error));
  }
done:
  buffer_close(d_rates);
  buffer_close(d_scale);
  buffer_close(d_adjusted_scale);
  free(rates);
  free(scale);
  free(adjusted_scale);
  return status;
}

/* Nodes of a level: its set, and its share of the results of a run. */
typedef struct level_nodes {
  device_buffer *pnl;
  uint32_t set, n;
  double share;
} level_nodes;

static sg_status reduce(const netting *with, const tile *of, const level_nodes *nodes, level_outcome *outcome,
                        sg_error *error) {
  device *on = with->prices->on;
  verifier *watch = with->prices->watch;
  uint32_t n_nodes = nodes->n;
  result_sample sample = {0};
  sg_status status = SG_OK;
  bool carry = outcome->worst != NULL;
  if (!carry) {
    outcome->worst = ARENA_ARRAY(with->of->memory, double, n_nodes);
    outcome->scenario = ARENA_ARRAY(with->of->memory, uint32_t, n_nodes);
    outcome->not_finite = ARENA_ARRAY(with->of->memory, uint32_t, n_nodes);
    if (!outcome->worst || !outcome->scenario || !outcome->not_finite) {
      return error_out_of_memory(error);
    }
  }
  device_buffer *worst, *scenario, *not_finite;
  size_t double_bytes = n_nodes * sizeof(double), index_bytes = n_nodes * sizeof(uint32_t);
  TRY(scratch_get(with->scratch, &with->scratch->worst, double_bytes, &worst, error));
  TRY(scratch_get(with->scratch, &with->scratch->scenario, index_bytes, &scenario, error));
  TRY(scratch_get(with->scratch, &with->scratch->not_finite, index_bytes, &not_finite, error));
  worst_results results = {outcome->worst, outcome->scenario, outcome->not_finite};
  if (watch != NULL) {
    TRY_DONE(verify_results_before(watch, n_nodes, nodes->share, carry ? &results : NULL, &sample, error));
  }
  if (carry) {
    TRY_DONE(buffer_write(on, worst, 0, double_bytes, outcome->worst, error));
    TRY_DONE(buffer_write(on, scenario, 0, index_bytes, outcome->scenario, error));
    TRY_DONE(buffer_write(on, not_finite, 0, index_bytes, outcome->not_finite, error));
  }
  kernel_argument arguments[] = {ARG_BUFFER(nodes->pnl), ARG_BUFFER(of->scenario_of), ARG_UINT(n_nodes),
                                 ARG_UINT(of->n_columns), ARG_UINT(of->stride),       ARG_UINT(carry),
                                 ARG_BUFFER(worst),      ARG_BUFFER(scenario),        ARG_BUFFER(not_finite)};
  TRY_DONE(device_launch(on, KERNEL_reduce_worst, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){n_nodes, 1}, error));
  TRY_DONE(buffer_read(on, worst, 0, double_bytes, outcome->worst, error));
  TRY_DONE(buffer_read(on, scenario, 0, index_bytes, outcome->scenario, error));
  TRY_DONE(buffer_read(on, not_finite, 0, index_bytes, outcome->not_finite, error));
  if (watch != NULL) {
    TRY_DONE(verify_results(watch, of, with->of, nodes->set, nodes->pnl, &results, carry, &sample, error));
  }
  for (uint32_t n = 0; n < n_nodes; n++) {
    if (outcome->not_finite[n] != 0) {
      status = tile_report_not_finite(with->prices, of, error);
      goto done;
    }
  }
done:
  result_sample_free(&sample);
  return status;
}

static sg_status read_vectors(const netting *with, const tile *of, device_buffer *node_pnl, uint32_t n_nodes,
                              level_outcome *outcome, sg_error *error) {
  enum { ROWS = 256 };
  uint32_t n_scenarios = of->set->n;
  if (outcome->pnl == NULL) {
    outcome->pnl = ARENA_ARRAY(with->of->memory, double, (size_t)n_nodes * n_scenarios);
  }
  double *rows = malloc((size_t)ROWS * of->stride * sizeof *rows);
  sg_status status = outcome->pnl == NULL || rows == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t first = 0; status == SG_OK && first < n_nodes; first += ROWS) {
    uint32_t n = n_nodes - first < ROWS ? n_nodes - first : ROWS;
    size_t row_bytes = of->stride * sizeof *rows;
    status = buffer_read(with->prices->on, node_pnl, first * row_bytes, n * row_bytes, rows, error);
    for (uint32_t i = 0; status == SG_OK && i < n; i++) {
      double *to = outcome->pnl + (size_t)(first + i) * n_scenarios;
      for (uint32_t k = 0; k < of->n_columns; k++) {
        double pnl = rows[(size_t)i * of->stride + k];
        to[of->set->number[of->first_column + k] - of->set->block->first] = pnl;
        if (!(pnl - pnl == 0.0)) {
          status = tile_report_not_finite(with->prices, of, error);
          break;
        }
      }
    }
  }
  free(rows);
  return status;
}

static sg_status answer(const netting *with, const tile *of, const level_request *request, level_nodes nodes,
                        level_outcome *outcome, sg_error *error) {
  if (request->worst) {
    TRY(reduce(with, of, &nodes, outcome, error));
  }
  return request->vectors ? read_vectors(with, of, nodes.pnl, nodes.n, outcome, error) : SG_OK;
}

/* Results of a level against those of all levels that are asked for, shared as step_inputs does. */
static double results_share(const netting *with, const tile *of, const level_request *requests, uint32_t n_nodes) {
  uint64_t n_all = requests[0].worst ? with->n_leaves : 0;
  for (uint32_t l = 0; l < with->levels->n; l++) {
    n_all += requests[1 + l].worst ? with->steps[l].n_parents : 0;
  }
  return with->prices->watch == NULL || n_all == 0
             ? 0.0
             : (double)with->of->n_positions / (double)with->of->all->n_positions * of->n_columns /
                   verifier_scenarios(with->prices->watch) * n_nodes / (double)n_all;
}

sg_status netting_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome,
                      sg_error *error) {
  device_buffer *children, *parents;
  node_sample below = {0}, sample = {0};
  uint32_t set = with->levels->leaf_set;
  sg_status status = SG_OK;
  outcome->n_scenarios = of->set->n;
  if (outcome->levels == NULL) {
    outcome->levels = ARENA_ARRAY(with->of->memory, level_outcome, with->levels->n);
    if (outcome->levels == NULL) {
      return error_out_of_memory(error);
    }
  }
  size_t row_bytes = of->stride * sizeof(double);
  struct scratch_buffer *nodes = with->scratch->nodes;
  level_outcome *out = &outcome->leaf;
  TRY(scratch_get(with->scratch, &nodes[0], with->n_leaves * row_bytes, &children, error));
  TRY(net_leaves(with, of, children, error));
  TRY_DONE(watch_leaves(with, of, &below, error));
  TRY_DONE(answer(with, of, &requests[0],
                  (level_nodes){children, set, with->n_leaves, results_share(with, of, requests, with->n_leaves)}, out,
                  error));
  for (uint32_t l = 0; l < with->levels->n; l++) {
    const fold_step *step = &with->steps[l];
    TRY_DONE(scratch_get(with->scratch, &nodes[1 - l % 2], step->n_parents * row_bytes, &parents, error));
    TRY_DONE(fold(with, step, of, children, parents, &sample, error));
    TRY_DONE(watch_nodes(with, of, set, children, out, &below, error)); /* as the fold has left them */
    node_sample_free(&below);
    below = sample;
    sample = (node_sample){0};
    out = &outcome->levels[l];
    set = step->set;
    children = parents;
    TRY_DONE(answer(with, of, &requests[1 + l],
                    (level_nodes){children, set, step->n_parents, results_share(with, of, requests, step->n_parents)},
                    out, error));
  }
  TRY_DONE(watch_nodes(with, of, set, children, out, &below, error));
done:
  node_sample_free(&below);
  node_sample_free(&sample);
  return status;
}
