/* SPDX-License-Identifier: MIT
 *
 * Tiles, batches, and the loop over both.
 */
#include "engine/pass.h"

#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>
#include <time.h>

double clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void pass_report(const pass_context *with, const char *stage, double share) {
  if (with->on_progress != NULL) {
    sg_progress progress = {stage, with->progress_from + share * (with->progress_to - with->progress_from)};
    with->on_progress(&progress, with->context);
  }
}

/* ---- plan -------------------------------------------------------------------------------------- */

/* Without a bound on host memory, or where the device has memory of its own: a quarter of the device's, at most 4 GiB;
 * nodes get an eighth of it, at most 64 MiB, so that a batch stays near the caches. */
static void choose_bytes(const pass_context *with, const sg_run_options *options, uint64_t *pnl_bytes,
                         uint64_t *batch_bytes) {
  const device_traits *traits = device_get_traits(with->on);
  uint64_t all = traits->memory_bytes / 4;
  all = all > (uint64_t)4 << 30 ? (uint64_t)4 << 30 : all;
  if (options->memory_bytes != 0 && !traits->own_memory) {
    all = options->memory_bytes / 2; /* the other half is the book and the host's share */
  }
  *batch_bytes = all / 8 > (uint64_t)64 << 20 ? (uint64_t)64 << 20 : all / 8;
  *pnl_bytes = all - *batch_bytes;
}

static uint32_t columns_that_fit(const pass_context *with, const scenarios *set, uint64_t bytes) {
  uint32_t n = round_up(set->n, COLUMN_PADDING);
  uint64_t largest = device_get_traits(with->on)->largest_allocation_bytes;
  while (n > COLUMN_PADDING && (tile_bytes(&with->prices, set, n) > bytes ||
                                (uint64_t)n * (with->prices.n_held + 1) * sizeof(double) > largest)) {
    n = round_up(n / 2, COLUMN_PADDING);
  }
  return n < set->n ? n : set->n;
}

static sg_status price_tile(pass_context *with, uint32_t b, uint32_t t, sg_error *error) {
  tile *to = &with->tiles[b][t];
  double start = clock_seconds();
  sg_status status = tile_price(&with->prices, &with->sets[b], b, to->first_column, to->n_columns, to, error);
  with->clock.price += clock_seconds() - start;
  return status;
}

sg_status pass_open_tile(pass_context *with, uint32_t b, uint32_t t, sg_error *error) {
  return with->resident ? SG_OK : price_tile(with, b, t, error);
}

void pass_close_tile(pass_context *with, uint32_t b, uint32_t t) {
  if (!with->resident) {
    tile_close(&with->tiles[b][t]);
  }
}

sg_status pass_plan(pass_context *with, const sg_run_options *options, sg_error *error) {
  const model *m = with->in->model;
  uint64_t pnl_bytes, needed = 0;
  choose_bytes(with, options, &pnl_bytes, &with->batch_bytes);
  with->batch_portfolios = options->tile_portfolios;
  with->tiles = calloc(m->n_blocks + 1, sizeof *with->tiles);
  with->n_tiles = calloc(m->n_blocks + 1, sizeof *with->n_tiles);
  if (with->tiles == NULL || with->n_tiles == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    needed += tile_bytes(&with->prices, &with->sets[b], with->sets[b].n);
  }
  with->resident = needed <= pnl_bytes;
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    uint32_t n = with->sets[b].n;
    uint32_t width = columns_that_fit(with, &with->sets[b], with->resident ? needed : pnl_bytes);
    width = options->tile_scenarios != 0 && options->tile_scenarios < width ? options->tile_scenarios : width;
    with->n_tiles[b] = (n + width - 1) / width;
    with->tiles[b] = calloc(with->n_tiles[b], sizeof *with->tiles[b]);
    if (with->tiles[b] == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      with->tiles[b][t].first_column = t * width;
      with->tiles[b][t].n_columns = n - t * width < width ? n - t * width : width;
      if (with->resident) {
        pass_report(with, "price", (b + (double)t / with->n_tiles[b]) / m->n_blocks);
        TRY(price_tile(with, b, t, error));
      }
    }
  }
  return SG_OK;
}

void pass_close(pass_context *with) {
  for (uint32_t b = 0; with->tiles != NULL && b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; with->tiles[b] != NULL && t < with->n_tiles[b]; t++) {
      tile_close(&with->tiles[b][t]);
    }
    free(with->tiles[b]);
  }
  for (uint32_t b = 0; with->requests != NULL && b < with->in->model->n_blocks; b++) {
    free(with->requests[b]);
  }
  free(with->tiles);
  free(with->n_tiles);
  free(with->requests);
  free(with->used_sets);
  free(with->sets);
  net_scratch_close(&with->scratch);
  pricing_close(&with->prices);
}

/* ---- batches ----------------------------------------------------------------------------------- */

static uint32_t widest_stride(const pass_context *with) {
  uint32_t widest = COLUMN_PADDING;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      uint32_t stride = round_up(with->tiles[b][t].n_columns, COLUMN_PADDING);
      widest = stride > widest ? stride : widest;
    }
  }
  return widest;
}

/* As many portfolios as have nodes for: two matrices live at a time, and a node needs a position. */
static uint32_t batch_end(const pass_context *with, const portfolios *all, uint32_t first, uint32_t stride) {
  uint64_t positions_max = with->batch_bytes / (2 * (uint64_t)stride * sizeof(double));
  uint32_t end = first + 1;
  while (end < all->n && all->begin[end + 1] - all->begin[first] <= positions_max &&
         (with->batch_portfolios == 0 || end - first < with->batch_portfolios)) {
    end++;
  }
  return end;
}

static sg_status net_block(pass_context *with, netting *nets, uint32_t b, block_outcome *outcome, sg_error *error) {
  for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
    tile *of = &with->tiles[b][t];
    TRY(pass_open_tile(with, b, t, error));
    double start = clock_seconds();
    sg_status status = netting_run(nets, of, with->requests[b], outcome, error);
    with->clock.net += clock_seconds() - start;
    pass_close_tile(with, b, t);
    TRY(status);
  }
  return SG_OK;
}

static sg_status run_batch(pass_context *with, batch *of, batch_visitor visit, void *visitor, sg_error *error) {
  const model *m = with->in->model;
  block_outcome *outcomes = ARENA_ARRAY(of->memory, block_outcome, m->n_blocks + 1);
  netting **nets = calloc(m->n_level_sets + 1, sizeof *nets); /* blocks with the same levels share them */
  sg_status status = outcomes == NULL || nets == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    uint32_t l = m->blocks[b].levels;
    double start = clock_seconds();
    if (nets[l] == NULL) {
      TRY_DONE(netting_open(of, &with->prices, l, &with->scratch, &nets[l], error));
      with->n_nodes += of->tables[with->in->levels[l].leaf_set].n;
    }
    with->clock.net += clock_seconds() - start;
    TRY_DONE(net_block(with, nets[l], b, &outcomes[b], error));
    with->n_cells += of->n_positions * with->sets[b].n;
  }
  double start = clock_seconds();
  amount_input in;
  amount_values *values;
  TRY_DONE(settle_batch(of, outcomes, &in, &values, error));
  TRY_DONE(visit(visitor, of, outcomes, &in, values, error));
  with->clock.rules += clock_seconds() - start;
done:
  for (uint32_t l = 0; nets != NULL && l < m->n_level_sets; l++) {
    netting_close(nets[l]);
  }
  free(nets);
  return status;
}

sg_status pass_run(pass_context *with, const portfolios *all, batch_visitor visit, void *visitor, sg_error *error) {
  uint32_t stride = widest_stride(with);
  for (uint32_t first = 0; first < all->n;) {
    uint32_t end = batch_end(with, all, first, stride);
    pass_report(with, "net", (double)first / all->n);
    batch of;
    double start = clock_seconds();
    TRY(batch_open(with->in, all, first, end - first, with->used_sets, &of, error));
    with->clock.net += clock_seconds() - start;
    sg_status status = run_batch(with, &of, visit, visitor, error);
    batch_close(&of);
    TRY(status);
    first = end;
  }
  return SG_OK;
}
