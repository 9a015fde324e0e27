/* SPDX-License-Identifier: MIT
 *
 * Nodes of one position each, of +1 or -1: trees of a single node. A GPU nets and reduces them like any others.
 */
#include "engine/extremes.h"

#include "base/error.h"
#include "engine/verify.h"
#include "kernels/shared.h"

#include <stdlib.h>

enum { CHUNK_MIN = 64 /* rows whose extremes are found together */, UNITS_OF_RUN = 64 /* of a work-item */ };

typedef struct unit_nodes {
  uint32_t n, n_runs;
  device_buffer *position_begin, *run_begin, *begin, *instrument, *quantity, *number, *pnl, *worst, *scenario, *not_finite;
} unit_nodes;

static void unit_nodes_close(unit_nodes *of) {
  device_buffer *all[] = {of->position_begin, of->run_begin, of->begin, of->instrument, of->quantity,
                          of->number,         of->pnl,       of->worst, of->scenario,   of->not_finite};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    buffer_close(all[i]);
  }
}

static sg_status unit_nodes_open(const pricing *prices, uint32_t first, uint32_t n, uint32_t stride_max,
                                 unit_nodes *made, sg_error *error) {
  device *on = prices->on;
  size_t n_units = 2 * (size_t)n;
  *made = (unit_nodes){.n = 2 * n, .n_runs = (2 * n + UNITS_OF_RUN - 1) / UNITS_OF_RUN};
  uint64_t *begin = malloc((n_units + 1) * sizeof *begin);
  uint32_t *instrument = malloc(n_units * sizeof *instrument);
  uint32_t *number = malloc((n_units + 1) * sizeof *number);
  uint32_t *run_begin = malloc((made->n_runs + (size_t)1) * sizeof *run_begin);
  double *quantity = malloc(n_units * sizeof *quantity);
  sg_status status = begin && instrument && number && run_begin && quantity ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t i = 0; i < n_units; i++) { /* both signs of a row stand together: its P&L is read once */
    begin[i] = number[i] = i;
    instrument[i] = first + i / 2;
    quantity[i] = i % 2 == 0 ? 1.0 : -1.0;
  }
  begin[n_units] = number[n_units] = (uint32_t)n_units;
  for (uint32_t r = 0; r <= made->n_runs; r++) {
    run_begin[r] = r < made->n_runs ? r * UNITS_OF_RUN : made->n;
  }
  TRY_DONE(buffer_make(on, n_units * sizeof *instrument, instrument, &made->instrument, error));
  TRY_DONE(buffer_make(on, n_units * sizeof *quantity, quantity, &made->quantity, error));
  TRY_DONE(buffer_make(on, (n_units + 1) * sizeof *number, number, &made->number, error));
  if (device_get_traits(on)->wide) {
    TRY_DONE(buffer_make(on, (n_units + 1) * sizeof *begin, begin, &made->begin, error));
    TRY_DONE(buffer_make(on, n_units * stride_max * sizeof(double), NULL, &made->pnl, error));
  } else {
    TRY_DONE(buffer_make(on, (n_units + 1) * sizeof *number, number, &made->position_begin, error));
    TRY_DONE(buffer_make(on, (made->n_runs + (size_t)1) * sizeof *run_begin, run_begin, &made->run_begin, error));
  }
  TRY_DONE(buffer_make(on, n_units * sizeof(double), NULL, &made->worst, error));
  TRY_DONE(buffer_make(on, n_units * sizeof(uint32_t), NULL, &made->scenario, error));
  TRY_DONE(buffer_make(on, n_units * sizeof(uint32_t), NULL, &made->not_finite, error));
done:
  free(begin);
  free(instrument);
  free(number);
  free(run_begin);
  free(quantity);
  return status;
}

/* Kernel by kernel. */
static sg_status net_and_reduce(const pricing *prices, const tile *of, const unit_nodes *units, bool carry, sg_error *error) {
  uint32_t span = device_span(prices->on, KERNEL_net_nodes, of->stride);
  kernel_argument net[] = {ARG_BUFFER(units->begin), ARG_BUFFER(units->instrument), ARG_BUFFER(units->quantity),
                           ARG_BUFFER(of->pnl),      ARG_BUFFER(units->number),     ARG_UINT(units->n),
                           ARG_UINT(of->stride),     ARG_UINT(span),                ARG_BUFFER(units->pnl)};
  TRY(device_launch(prices->on, KERNEL_net_nodes, net, sizeof net / sizeof *net,
                    (size_t[2]){of->stride / span, units->n}, error));
  kernel_argument reduce[] = {ARG_BUFFER(units->pnl),   ARG_BUFFER(of->scenario_of), ARG_UINT(units->n),
                              ARG_UINT(of->n_columns),  ARG_UINT(of->stride),        ARG_UINT(carry),
                              ARG_BUFFER(units->worst), ARG_BUFFER(units->scenario), ARG_BUFFER(units->not_finite)};
  return device_launch(prices->on, KERNEL_reduce_worst, reduce, sizeof reduce / sizeof *reduce,
                       (size_t[2]){units->n, 1}, error);
}

/* A unit is its own tree, whose one leaf is its one node: the same numbers say all of that. */
static sg_status net_unit_trees(const pricing *prices, const tile *of, const unit_nodes *units, bool carry, sg_error *error) {
  device_buffer *level = NULL, *unread = NULL;
  sg_status status = buffer_make(prices->on, sizeof(uint32_t), &(uint32_t){TREE_WANTED}, &level, error);
  TRY_DONE(status);
  TRY_DONE(buffer_make(prices->on, sizeof(double), NULL, &unread, error));
  for (uint32_t first = 0; first < of->n_columns; first += TREE_COLUMNS) {
    uint32_t n_columns = of->n_columns - first < TREE_COLUMNS ? of->n_columns - first : TREE_COLUMNS;
    const kernel_argument arguments[] = {
        ARG_BUFFER(units->position_begin), ARG_BUFFER(units->instrument), ARG_BUFFER(units->quantity), ARG_BUFFER(of->pnl),
        ARG_BUFFER(units->run_begin), ARG_BUFFER(unread), ARG_BUFFER(unread), ARG_BUFFER(unread),
        ARG_BUFFER(units->number), ARG_BUFFER(level), ARG_BUFFER(unread), ARG_BUFFER(unread), ARG_BUFFER(unread),
        ARG_BUFFER(of->scenario_of), ARG_UINT(units->n_runs), ARG_UINT(0), ARG_UINT(first), ARG_UINT(n_columns),
        ARG_UINT(of->stride), ARG_UINT(carry || first > 0), ARG_BUFFER(units->worst), ARG_BUFFER(units->scenario),
        ARG_BUFFER(units->not_finite)};
    TRY_DONE(device_launch(prices->on, KERNEL_net_trees, arguments, sizeof arguments / sizeof *arguments,
                           (size_t[2]){units->n_runs, 1}, error));
  }
  TRY_DONE(device_finish(prices->on, error));
done:
  buffer_close(level);
  buffer_close(unread);
  return status;
}

static sg_status reduce_units(const pricing *prices, const tile *of, const unit_nodes *units, bool carry, sg_error *error) {
  bool wide = device_get_traits(prices->on)->wide;
  return (wide ? net_and_reduce : net_unit_trees)(prices, of, units, carry, error);
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

void extremes_close(const pass_context *with, extremes *found) {
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    free(found[b].worst);
    found[b].worst = NULL;
  }
}

sg_status extremes_find(pass_context *with, extremes *found, sg_error *error) {
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
