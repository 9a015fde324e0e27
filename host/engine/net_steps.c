/* SPDX-License-Identifier: MIT
 *
 * A tile kernel by kernel: nodes' vectors are written, for whoever asks for them, and read by the level above.
 *
 * Leaf nodes are netted in the order of their groups, so that neighbours read the same rows of the P&L matrix; each is
 * written where its portfolio expects it.
 */
#include "engine/netting_parts.h"

#include "base/error.h"

#include <stdlib.h>

/* Device copies of a level, and what they hold, for those who watch. */
typedef struct fold_step {
  const level_terms *terms;
  device_buffer *child_begin, *child, *rate_row, *gains_cap, *credit;
  uint64_t *begin;
  uint32_t *children, *rates_of;
  double *caps;
  adjustment *adjust; /* NULL: scale and credit are the fold's */
} fold_step;

struct net_steps {
  uint32_t n_levels;
  device_buffer *position_begin, *instrument, *quantity, *destination;
  uint64_t *leaf_begin; /* what the buffers hold, for those who watch */
  uint32_t *leaf_row, *leaf_destination;
  double *leaf_quantity;
  fold_step items[]; /* [level] */
};

/* ---- leaf nodes -------------------------------------------------------------------------------- */

/* Nodes ordered by group, by counting. */
static bool order_by_group(const node_table *table, uint32_t n_groups, uint32_t *ordered) {
  uint32_t *start = calloc(n_groups + 2, sizeof *start);
  if (start == NULL) {
    return false;
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
  return true;
}

static sg_status upload_leaves(const netting *with, net_steps *made, sg_error *error) {
  batch *of = with->of;
  device *on = with->prices->on;
  uint32_t set = with->levels->leaf_set;
  const node_table *table = &of->tables[set];
  uint32_t *ordered = made->leaf_destination = ARENA_ARRAY(of->memory, uint32_t, table->n);
  uint64_t *begin = made->leaf_begin = ARENA_ARRAY(of->memory, uint64_t, table->n + 1);
  uint32_t *row = made->leaf_row = ARENA_ARRAY(of->memory, uint32_t, of->n_positions);
  double *quantity = made->leaf_quantity = ARENA_ARRAY(of->memory, double, of->n_positions);
  if (!ordered || !begin || !row || !quantity || !order_by_group(table, of->in->sets[set].n_groups, ordered)) {
    return error_out_of_memory(error);
  }
  const uint32_t *node_begin = of->node_begin[set];
  uint64_t n = 0;
  for (uint32_t x = 0; x < table->n; x++) {
    begin[x] = n;
    for (uint32_t p = node_begin[ordered[x]]; p < node_begin[ordered[x] + 1]; p++) {
      uint32_t i = batch_position(of, set, p);
      row[n] = with->prices->row_of[of->instrument[i]];
      quantity[n++] = of->quantity[i];
    }
  }
  begin[table->n] = n;
  TRY(buffer_make(on, (table->n + 1) * sizeof *begin, begin, &made->position_begin, error));
  TRY(buffer_make(on, of->n_positions * sizeof *row, row, &made->instrument, error));
  TRY(buffer_make(on, of->n_positions * sizeof *quantity, quantity, &made->quantity, error));
  return buffer_make(on, table->n * sizeof *ordered, ordered, &made->destination, error);
}

/* ---- levels ------------------------------------------------------------------------------------ */

static sg_status upload_level(netting *with, uint32_t l, fold_step *step, sg_error *error) {
  batch *of = with->of;
  device *on = with->prices->on;
  level_terms *terms = &with->terms[l];
  step->terms = terms;
  TRY(level_terms_fill(with, terms, error));
  TRY(adjustment_open(of, with->prices, &with->levels->items[l], &step->adjust, error));
  uint64_t *begin = step->begin = ARENA_ARRAY(of->memory, uint64_t, terms->n_parents + 2);
  uint64_t *next = ARENA_ARRAY(of->memory, uint64_t, terms->n_parents + 1);
  uint32_t *child = step->children = ARENA_ARRAY(of->memory, uint32_t, terms->n_children);
  uint32_t *rate_row = step->rates_of = ARENA_ARRAY(of->memory, uint32_t, terms->n_children);
  double *cap = step->caps = ARENA_ARRAY(of->memory, double, terms->n_children);
  if (!begin || !next || !child || !rate_row || !cap) {
    return error_out_of_memory(error);
  }
  for (uint32_t x = 0; x < terms->n_children; x++) {
    begin[terms->parent[x] + 1]++;
  }
  for (uint32_t n = 0; n < terms->n_parents; n++) {
    begin[n + 1] += begin[n];
    next[n] = begin[n];
  }
  for (uint32_t x = 0; x < terms->n_children; x++) { /* children stay in key order */
    uint64_t at = next[terms->parent[x]]++;
    child[at] = x;
    rate_row[at] = terms->rate_of[x];
    cap[at] = terms->cap[x];
  }
  TRY(buffer_make(on, (terms->n_parents + 1) * sizeof *begin, begin, &step->child_begin, error));
  TRY(buffer_make(on, terms->n_children * sizeof *child, child, &step->child, error));
  TRY(buffer_make(on, terms->n_children * sizeof *rate_row, rate_row, &step->rate_row, error));
  TRY(buffer_make(on, terms->n_children * sizeof *cap, cap, &step->gains_cap, error));
  return buffer_make(on, terms->n_parents * sizeof *terms->credit, terms->credit, &step->credit, error);
}

static sg_status steps_open(netting *with, sg_error *error) {
  net_steps *made = calloc(1, sizeof *made + with->levels->n * sizeof *made->items);
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  with->steps = made;
  made->n_levels = with->levels->n;
  TRY(upload_leaves(with, made, error));
  for (uint32_t l = 0; l < made->n_levels; l++) {
    TRY(upload_level(with, l, &made->items[l], error));
  }
  return SG_OK;
}

void net_steps_close(netting *with) {
  net_steps *opened = with->steps;
  with->steps = NULL;
  if (opened == NULL) {
    return;
  }
  buffer_close(opened->position_begin);
  buffer_close(opened->instrument);
  buffer_close(opened->quantity);
  buffer_close(opened->destination);
  for (uint32_t l = 0; l < opened->n_levels; l++) {
    fold_step *step = &opened->items[l];
    buffer_close(step->child_begin);
    buffer_close(step->child);
    buffer_close(step->rate_row);
    buffer_close(step->gains_cap);
    buffer_close(step->credit);
    adjustment_close(step->adjust);
  }
  free(opened);
}

/* ---- a tile ------------------------------------------------------------------------------------ */

static sg_status net_leaves(const netting *with, const tile *of, device_buffer *leaf_pnl, sg_error *error) {
  uint32_t span = device_span(with->prices->on, KERNEL_net_nodes, of->stride);
  uint32_t n_leaves = netting_n_leaves(with);
  const net_steps *steps = with->steps;
  kernel_argument arguments[] = {ARG_BUFFER(steps->position_begin), ARG_BUFFER(steps->instrument),
                                 ARG_BUFFER(steps->quantity),       ARG_BUFFER(of->pnl),
                                 ARG_BUFFER(steps->destination),    ARG_UINT(n_leaves),
                                 ARG_UINT(of->stride),              ARG_UINT(span),
                                 ARG_BUFFER(leaf_pnl)};
  return device_launch(with->prices->on, KERNEL_net_nodes, arguments, sizeof arguments / sizeof *arguments,
                       (size_t[2]){of->stride / span, n_leaves}, error);
}

/* What a step of n_nodes nodes is, for those who watch. */
static node_inputs step_inputs(const netting *with, const tile *of, uint32_t n_nodes) {
  uint64_t n_all = netting_count_nodes(with->levels, NULL, with->of->all_nodes);
  return (node_inputs){.n_nodes = n_nodes, .share = netting_share(with, of, n_nodes, n_all)};
}

static sg_status watch_leaves(const netting *with, const tile *of, node_sample *sample, sg_error *error) {
  if (with->prices->watch == NULL) {
    return SG_OK;
  }
  node_inputs in = step_inputs(with, of, netting_n_leaves(with));
  in.begin = with->steps->leaf_begin;
  in.part = with->steps->leaf_row;
  in.destination = with->steps->leaf_destination;
  in.quantity = with->steps->leaf_quantity;
  return verify_leaves(with->prices->watch, of, &in, sample, error);
}

static sg_status watch_fold(const netting *with, const fold_step *step, const tile *of, const double *rates,
                            const double *scale, device_buffer *below, node_sample *sample, sg_error *error) {
  if (with->prices->watch == NULL) {
    return SG_OK;
  }
  node_inputs in = step_inputs(with, of, step->terms->n_parents);
  in.begin = step->begin;
  in.part = step->children;
  in.rate_row = step->rates_of;
  in.rates = rates;
  in.gains_cap = step->caps;
  in.credit = step->terms->credit;
  in.scale = scale;
  in.gains = step->terms->rule->gains;
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
  device *on = with->prices->on;
  const level_terms *terms = step->terms;
  device_buffer *d_rates = NULL, *d_scale = NULL, *d_adjusted_scale = NULL;
  double *rates = malloc(((size_t)terms->n_rates + 2) * of->stride * sizeof *rates), *scale, *adjusted_scale;
  sg_status status = rates == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  scale = rates + (size_t)terms->n_rates * of->stride;
  adjusted_scale = scale + of->stride;
  TRY_DONE(level_rates(with, terms, of, rates, error));
  TRY_DONE(level_scale(with, step->adjust == NULL ? terms->rule->scale : 0, of, scale, error));
  TRY_DONE(buffer_make(on, (size_t)terms->n_rates * of->stride * sizeof *rates, rates, &d_rates, error));
  TRY_DONE(buffer_make(on, of->stride * sizeof *scale, scale, &d_scale, error));
  kernel_argument arguments[] = {
      ARG_BUFFER(step->child_begin), ARG_BUFFER(step->child),        ARG_BUFFER(step->rate_row),
      ARG_BUFFER(d_rates),           ARG_DOUBLE(terms->rule->gains), ARG_BUFFER(step->gains_cap),
      ARG_BUFFER(d_scale),           ARG_BUFFER(step->credit),       ARG_UINT(terms->n_parents),
      ARG_UINT(of->stride),          ARG_BUFFER(child_pnl),          ARG_BUFFER(parent_pnl)};
  TRY_DONE(device_launch(on, KERNEL_fold_level, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){of->stride / device_get_traits(on)->lanes, terms->n_parents}, error));
  TRY_DONE(device_finish(on, error));
  TRY_DONE(watch_fold(with, step, of, rates, scale, child_pnl, sample, error));
  if (step->adjust != NULL) {
    TRY_DONE(level_scale(with, terms->rule->scale, of, adjusted_scale, error));
    TRY_DONE(buffer_make(on, of->stride * sizeof *scale, adjusted_scale, &d_adjusted_scale, error));
    TRY_DONE(adjustment_run(step->adjust, of, d_adjusted_scale, adjusted_scale, parent_pnl, sample, error));
  }
done:
  buffer_close(d_rates);
  buffer_close(d_scale);
  buffer_close(d_adjusted_scale);
  free(rates);
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
  TRY(scratch_get(with->scratch, SCRATCH_WORST, double_bytes, &worst, error));
  TRY(scratch_get(with->scratch, SCRATCH_SCENARIO, index_bytes, &scenario, error));
  TRY(scratch_get(with->scratch, SCRATCH_NOT_FINITE, index_bytes, &not_finite, error));
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

static double results_share(const netting *with, const tile *of, const level_request *requests, uint32_t n_nodes) {
  return with->prices->watch == NULL
             ? 0.0
             : netting_share(with, of, n_nodes, netting_count_nodes(with->levels, requests, with->of->all_nodes));
}

static sg_status answer(const netting *with, const tile *of, const level_request *request, level_nodes nodes,
                        level_outcome *outcome, sg_error *error) {
  if (request->worst) {
    TRY(reduce(with, of, &nodes, outcome, error));
  }
  return request->vectors ? read_vectors(with, of, nodes.pnl, nodes.n, outcome, error) : SG_OK;
}

sg_status net_steps_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome,
                        sg_error *error) {
  static const scratch_use uses[2] = {SCRATCH_NODES, SCRATCH_PARENTS};
  device_buffer *children, *parents;
  node_sample below = {0}, sample = {0};
  uint32_t set = with->levels->leaf_set, n_leaves = netting_n_leaves(with);
  size_t row_bytes = of->stride * sizeof(double);
  level_outcome *out = &outcome->leaf;
  sg_status status = with->steps == NULL ? steps_open(with, error) : SG_OK;
  TRY_DONE(status);
  TRY_DONE(scratch_get(with->scratch, uses[0], n_leaves * row_bytes, &children, error));
  TRY_DONE(net_leaves(with, of, children, error));
  TRY_DONE(watch_leaves(with, of, &below, error));
  TRY_DONE(answer(with, of, &requests[0],
                  (level_nodes){children, set, n_leaves, results_share(with, of, requests, n_leaves)}, out, error));
  for (uint32_t l = 0; l < with->levels->n; l++) {
    const level_terms *terms = &with->terms[l];
    TRY_DONE(scratch_get(with->scratch, uses[1 - l % 2], terms->n_parents * row_bytes, &parents, error));
    TRY_DONE(fold(with, &with->steps->items[l], of, children, parents, &sample, error));
    TRY_DONE(watch_nodes(with, of, set, children, out, &below, error)); /* as the fold has left them */
    node_sample_free(&below);
    below = sample;
    sample = (node_sample){0};
    out = &outcome->levels[l];
    set = terms->set;
    children = parents;
    double share = results_share(with, of, requests, terms->n_parents);
    TRY_DONE(answer(with, of, &requests[1 + l], (level_nodes){children, set, terms->n_parents, share}, out, error));
  }
  TRY_DONE(watch_nodes(with, of, set, children, out, &below, error));
done:
  node_sample_free(&below);
  node_sample_free(&sample);
  return status;
}
