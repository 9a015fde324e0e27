/* SPDX-License-Identifier: MIT
 *
 * Extremes of every held instrument on the device, then one chain of levels per position on the host.
 */
#include "engine/alone.h"

#include "base/error.h"
#include "engine/adjust.h"
#include "engine/verify.h"

#include <math.h>
#include <stdlib.h>

enum {
  BATCH_POSITIONS = 1 << 15, /* a batch's host arrays stay near the caches */
  CHUNK_MIN = 64,            /* rows whose extremes are found together */
};

bool alone_applies(const bound *in) {
  const model *m = in->model;
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    if (m->amounts[a].kind == AMOUNT_VAR || m->amounts[a].kind == AMOUNT_ES) {
      return false;
    }
  }
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    const bound_levels *levels = &in->levels[m->blocks[b].levels];
    for (uint32_t l = 0; l < levels->n; l++) {
      const model_level *rule = levels->items[l].rule;
      if (rule->gains < 0.0 || rule->scale != 0 || rule->convert == CONVERT_SHOCKED ||
          adjustment_needed(rule)) {
        return false;
      }
    }
  }
  return true;
}

/* ---- extremes of instruments ------------------------------------------------------------------- */

/* Of a block: [row] for a position of +1, then [n_held + row] for -1. */
typedef struct extremes {
  double *worst;
} extremes;

/* Nodes of one position each, of +1 or -1, go through the same kernels as any other. */
typedef struct unit_nodes {
  uint32_t n;
  device_buffer *begin, *instrument, *quantity, *destination, *pnl, *worst, *scenario, *not_finite;
} unit_nodes;

static void unit_nodes_close(unit_nodes *of) {
  device_buffer *all[] = {of->begin, of->instrument, of->quantity,  of->destination,
                          of->pnl,   of->worst,      of->scenario, of->not_finite};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    buffer_close(all[i]);
  }
}

static sg_status unit_nodes_open(const pricing *prices, uint32_t first, uint32_t n, uint32_t stride_max,
                                 unit_nodes *made, sg_error *error) {
  *made = (unit_nodes){.n = 2 * n};
  uint64_t *begin = malloc((2 * (size_t)n + 1) * sizeof *begin);
  uint32_t *instrument = malloc(2 * (size_t)n * sizeof *instrument);
  uint32_t *destination = malloc(2 * (size_t)n * sizeof *destination);
  double *quantity = malloc(2 * (size_t)n * sizeof *quantity);
  sg_status status = begin && instrument && destination && quantity ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t i = 0; i < 2 * n; i++) { /* both signs of a row stand together: its P&L is read once */
    begin[i] = i;
    instrument[i] = first + i / 2;
    quantity[i] = i % 2 == 0 ? 1.0 : -1.0;
    destination[i] = i;
  }
  begin[2 * n] = 2 * n;
  TRY_DONE(buffer_make(prices->on, (2 * (size_t)n + 1) * sizeof *begin, begin, &made->begin, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof *instrument, instrument, &made->instrument, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof *quantity, quantity, &made->quantity, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof *destination, destination, &made->destination, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * stride_max * sizeof(double), NULL, &made->pnl, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof(double), NULL, &made->worst, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof(uint32_t), NULL, &made->scenario, error));
  TRY_DONE(buffer_make(prices->on, 2 * (size_t)n * sizeof(uint32_t), NULL, &made->not_finite, error));
done:
  free(begin);
  free(instrument);
  free(destination);
  free(quantity);
  return status;
}

static sg_status reduce_units(const pricing *prices, const tile *of, const unit_nodes *units, bool carry,
                              sg_error *error) {
  uint32_t span = device_span(prices->on, KERNEL_net_nodes, of->stride);
  kernel_argument net[] = {ARG_BUFFER(units->begin),       ARG_BUFFER(units->instrument), ARG_BUFFER(units->quantity),
                           ARG_BUFFER(of->pnl),            ARG_BUFFER(units->destination), ARG_UINT(units->n),
                           ARG_UINT(of->stride),           ARG_UINT(span),                 ARG_BUFFER(units->pnl)};
  TRY(device_launch(prices->on, KERNEL_net_nodes, net, sizeof net / sizeof *net,
                    (size_t[2]){of->stride / span, units->n}, error));
  kernel_argument reduce[] = {ARG_BUFFER(units->pnl),   ARG_BUFFER(of->scenario_of),  ARG_UINT(units->n),
                              ARG_UINT(of->n_columns),  ARG_UINT(of->stride),         ARG_UINT(carry),
                              ARG_BUFFER(units->worst), ARG_BUFFER(units->scenario),  ARG_BUFFER(units->not_finite)};
  return device_launch(prices->on, KERNEL_reduce_worst, reduce, sizeof reduce / sizeof *reduce,
                       (size_t[2]){units->n, 1}, error);
}

static sg_status read_units(const pricing *prices, const tile *last, const unit_nodes *units, uint32_t first,
                            const result_sample *sample, double *worst, uint32_t *not_finite, sg_error *error) {
  double *pairs = malloc(units->n * sizeof *pairs);
  sg_status status = pairs == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  TRY_DONE(buffer_read(prices->on, units->worst, 0, units->n * sizeof *pairs, pairs, error));
  TRY_DONE(buffer_read(prices->on, units->not_finite, 0, units->n * sizeof *not_finite, not_finite, error));
  for (uint32_t i = 0; i < units->n; i++) {
    if (not_finite[i] != 0) {
      status = tile_report_not_finite(prices, last, error);
      goto done;
    }
    worst[(i % 2) * (size_t)prices->n_held + first + i / 2] = pairs[i];
  }
  TRY_DONE(verify_extremes(prices, last, first, pairs, sample, error));
done:
  free(pairs);
  return status;
}

/* Rows in chunks whose unit nodes fit the batch's share of device memory; tiles of a block combine. */
static sg_status find_extremes(pass_context *with, uint32_t b, extremes *found, sg_error *error) {
  uint32_t n_held = with->prices.n_held, stride = COLUMN_PADDING;
  for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
    uint32_t of_tile = round_up(with->tiles[b][t].n_columns, COLUMN_PADDING);
    stride = of_tile > stride ? of_tile : stride;
  }
  uint64_t fits = with->batch_bytes / (2 * (uint64_t)stride * sizeof(double));
  uint32_t chunk = fits < CHUNK_MIN ? CHUNK_MIN : fits > n_held ? n_held : (uint32_t)fits;
  found->worst = malloc((2 * (size_t)n_held + 1) * sizeof *found->worst);
  uint32_t *not_finite = malloc((2 * (size_t)chunk + 1) * sizeof *not_finite);
  sg_status status = found->worst && not_finite ? SG_OK : error_out_of_memory(error);
  for (uint32_t first = 0; status == SG_OK && first < n_held; first += chunk) {
    uint32_t n = n_held - first < chunk ? n_held - first : chunk;
    unit_nodes units;
    result_sample sample = {0};
    status = unit_nodes_open(&with->prices, first, n, stride, &units, error);
    if (status == SG_OK && with->prices.watch != NULL) {
      double share = (double)n / n_held * with->sets[b].n / verifier_scenarios(with->prices.watch);
      status = verify_results_before(with->prices.watch, 2 * n, share, NULL, &sample, error);
    }
    for (uint32_t t = 0; status == SG_OK && t < with->n_tiles[b]; t++) {
      tile *of = &with->tiles[b][t];
      status = pass_open_tile(with, b, t, error);
      status = status == SG_OK ? reduce_units(&with->prices, of, &units, t > 0, error) : status;
      status = status == SG_OK ? verify_units(&with->prices, of, first, t > 0, &sample, error) : status;
      if (status == SG_OK && t + 1 == with->n_tiles[b]) {
        status = read_units(&with->prices, of, &units, first, &sample, found->worst, not_finite, error);
      }
      status = pass_close_tile(with, b, t, status, error);
    }
    result_sample_free(&sample);
    unit_nodes_close(&units);
  }
  free(not_finite);
  return status;
}

static void extremes_close(const pass_context *with, extremes *found) {
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    free(found[b].worst);
    found[b].worst = NULL;
  }
}

/* Of all blocks; where the device runs out of memory, again in smaller chunks. */
static sg_status find_all(pass_context *with, extremes *found, sg_error *error) {
  size_t n_findings = error_count(error);
  sg_status status;
  do {
    extremes_close(with, found);
    status = pass_price(with, error);
    for (uint32_t b = 0; status == SG_OK && b < with->in->model->n_blocks; b++) {
      status = find_extremes(with, b, &found[b], error);
    }
  } while (status != SG_OK && pass_shrink(with, error, n_findings));
  return status;
}

/* ---- levels of one position -------------------------------------------------------------------- */

/* What a level does to the P&L of one child, as kernels/fold.cl does it. */
static double climb(double pnl, double rate, double gains, double cap, double credit) {
  double part = pnl * rate;
  if (0.0 < part) {
    part = part * gains;
    part = cap < part ? cap : part;
  }
  double total = 0.0 + (0.0 + part);
  double relieved = total + credit;
  return total < 0.0 ? (0.0 < relieved ? 0.0 : relieved) : total;
}

static uint32_t node_currency(const batch *of, uint32_t set, uint32_t node) {
  uint32_t native = batch_node_currency(of->in, set, of->tables[set].group[node]);
  return native != ID_NONE ? native : of->in->book->accounts.currency[batch_account(of, node)];
}

static sg_status leaf_worst(const batch *of, const pricing *prices, const extremes *from, level_outcome *leaf,
                            sg_error *error) {
  for (size_t i = 0; i < of->n_positions; i++) {
    double quantity = of->quantity[i];
    uint32_t c = of->instrument[i], row = prices->row_of[c];
    double unit = from->worst[quantity < 0.0 ? prices->n_held + row : row];
    leaf->worst[i] = fma(quantity < 0.0 ? -quantity : quantity, unit, 0.0);
    if (!(leaf->worst[i] - leaf->worst[i] == 0.0)) {
      return error_fail(error, SG_INPUT, "the P&L of a position in instrument %s overflows a double",
                        of->in->book->instruments.id[c]);
    }
  }
  return SG_OK;
}

static sg_status make_outcome(const batch *of, level_outcome *made, sg_error *error) {
  made->worst = ARENA_ARRAY(of->memory, double, of->n_positions);
  made->scenario = ARENA_ARRAY(of->memory, uint32_t, of->n_positions);
  return made->worst && made->scenario ? SG_OK : error_out_of_memory(error);
}

static sg_status climb_level(batch *of, const bound_levels *levels, uint32_t l, const level_outcome *below,
                             level_outcome *above, sg_error *error) {
  uint32_t child_set = l == 0 ? levels->leaf_set : levels->items[l - 1].set;
  uint32_t set = levels->items[l].set;
  const model_level *rule = levels->items[l].rule;
  double *cap = ARENA_ARRAY(of->memory, double, of->n_positions);
  double *credit = ARENA_ARRAY(of->memory, double, of->n_positions);
  if (cap == NULL || credit == NULL) {
    return error_out_of_memory(error);
  }
  TRY(batch_eval(of, child_set, rule->has_gains_cap ? &rule->gains_cap : NULL, rule->where, INFINITY, cap, error));
  TRY(batch_eval(of, set, rule->has_credit ? &rule->credit : NULL, rule->where, 0.0, credit, error));
  bool same_currency = of->tables[child_set].rate == of->tables[set].rate; /* both NULL: the account's */
  for (uint32_t i = 0; i < of->n_positions; i++) {
    double rate = same_currency ? 1.0 : bound_rate(of->in, node_currency(of, child_set, i), node_currency(of, set, i));
    above->worst[i] = climb(below->worst[i], rate, rule->gains, cap[i] * rate, credit[i]);
  }
  return SG_OK;
}

/* The batch_netter of positions alone, on the host. */
static sg_status climb_batch(pass_context *with, batch *of, block_outcome *outcomes, void *context, sg_error *error) {
  const extremes *found = context;
  const model *m = with->in->model;
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    const bound_levels *levels = &with->in->levels[m->blocks[b].levels];
    outcomes[b].n_scenarios = with->sets[b].n;
    outcomes[b].levels = ARENA_ARRAY(of->memory, level_outcome, levels->n);
    if (outcomes[b].levels == NULL) {
      return error_out_of_memory(error);
    }
    TRY(make_outcome(of, &outcomes[b].leaf, error));
    TRY(leaf_worst(of, &with->prices, &found[b], &outcomes[b].leaf, error));
    for (uint32_t l = 0; l < levels->n; l++) {
      TRY(make_outcome(of, &outcomes[b].levels[l], error));
      TRY(climb_level(of, levels, l, l == 0 ? &outcomes[b].leaf : &outcomes[b].levels[l - 1], &outcomes[b].levels[l],
                      error));
    }
  }
  return SG_OK;
}

static sg_status climb_all(pass_context *with, const portfolios *all, extremes *found, batch_visitor visit, void *visitor,
                           sg_error *error) {
  size_t n = ((size_t)all->n + BATCH_POSITIONS - 1) / BATCH_POSITIONS;
  uint32_t *end = malloc((n + 1) * sizeof *end), done;
  if (end == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < n; i++) {
    end[i] = all->n - i * BATCH_POSITIONS < BATCH_POSITIONS ? all->n : (uint32_t)(i + 1) * BATCH_POSITIONS;
  }
  const batch_list list = {.all = all, .n = n, .end = end, .stage = "standalone", .net = climb_batch, .net_context = found,
                           .visit = visit, .visitor = visitor};
  sg_status status = pass_run_batches(with, &list, &done, error);
  free(end);
  return status;
}

sg_status alone_run(pass_context *with, const portfolios *all, batch_visitor visit, void *visitor, sg_error *error) {
  extremes *found = calloc(with->in->model->n_blocks + 1, sizeof *found);
  sg_status status = found == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  TRY_DONE(find_all(with, found, error));
  TRY_DONE(climb_all(with, all, found, visit, visitor, error));
done:
  if (found != NULL) {
    extremes_close(with, found);
  }
  free(found);
  return status;
}
