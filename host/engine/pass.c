/* SPDX-License-Identifier: MIT
 *
 * Tiles, batches, and the loop over both.
 */
#include "engine/pass.h"

#include "base/error.h"
#include "engine/verify.h"
#include "kernels/shared.h"

#include <stdlib.h>

enum { SMALLEST_BATCH_BYTES = 1 << 16, ALONE_POSITIONS = 1 << 15 };

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
  while (n > COLUMN_PADDING &&
         (tile_bytes(&with->prices, set, n) > bytes || tile_kept_bytes(&with->prices, n) > largest)) {
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

sg_status pass_close_tile(pass_context *with, uint32_t b, uint32_t t, sg_status status, sg_error *error) {
  if (!with->resident) {
    status = status == SG_OK ? verify_closing(&with->prices, &with->tiles[b][t], error) : status;
    tile_close(&with->tiles[b][t]);
  }
  return status;
}

sg_status pass_finish(const pass_context *with, sg_error *error) {
  for (uint32_t b = 0; with->resident && b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      TRY(verify_closing(&with->prices, &with->tiles[b][t], error));
    }
  }
  return SG_OK;
}

static void close_tiles(pass_context *with) {
  for (uint32_t b = 0; with->tiles != NULL && b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; with->tiles[b] != NULL && t < with->n_tiles[b]; t++) {
      tile_close(&with->tiles[b][t]);
    }
    free(with->tiles[b]);
    with->tiles[b] = NULL;
  }
}

/* Tiles of the blocks within with->pnl_bytes. All of them stay where that suffices for what is kept of them and for the
 * pricing of one. */
static sg_status cut_tiles(pass_context *with, uint32_t tile_scenarios, sg_error *error) {
  const model *m = with->in->model;
  uint64_t kept = 0, pricing_one = 0;
  uint32_t width[m->n_blocks + 1];
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    width[b] = columns_that_fit(with, &with->sets[b], with->pnl_bytes);
    width[b] = tile_scenarios != 0 && tile_scenarios < width[b] ? tile_scenarios : width[b];
    uint64_t extra = tile_bytes(&with->prices, &with->sets[b], width[b]) - tile_kept_bytes(&with->prices, width[b]);
    kept += tile_kept_bytes(&with->prices, with->sets[b].n);
    pricing_one = extra > pricing_one ? extra : pricing_one;
  }
  with->resident = kept + pricing_one <= with->pnl_bytes;
  with->pnl_needed = kept + pricing_one;
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    uint32_t n = with->sets[b].n;
    with->n_tiles[b] = (n + width[b] - 1) / width[b];
    with->tiles[b] = calloc(with->n_tiles[b], sizeof *with->tiles[b]);
    if (with->tiles[b] == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      with->tiles[b][t].first_column = t * width[b];
      with->tiles[b][t].n_columns = n - t * width[b] < width[b] ? n - t * width[b] : width[b];
    }
  }
  return SG_OK;
}

/* The matrices that stay, as far as there is memory: where it ends, pricing finds that too, and cuts smaller tiles. */
static void make_ready(const pass_context *with, sg_error *error) {
  size_t n_findings = error_count(error);
  sg_status status = SG_OK;
  for (uint32_t b = 0; with->resident && b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; status == SG_OK && t < with->n_tiles[b]; t++) {
      status = tile_make_ready(&with->prices, with->tiles[b][t].n_columns, &with->tiles[b][t], error);
    }
  }
  if (status != SG_OK) {
    error_forget(error, n_findings);
    (void)device_ran_out_of_memory(with->on);
  }
}

sg_status pass_lay_out(pass_context *with, const sg_run_options *options, sg_error *error) {
  uint32_t n_blocks = with->in->model->n_blocks;
  choose_bytes(with, options, &with->pnl_bytes, &with->batch_bytes);
  with->batch_portfolios = options->tile_portfolios;
  with->tile_scenarios = options->tile_scenarios;
  with->tiles = calloc(n_blocks + 1, sizeof *with->tiles);
  with->n_tiles = calloc(n_blocks + 1, sizeof *with->n_tiles);
  TRY(with->tiles == NULL || with->n_tiles == NULL ? error_out_of_memory(error)
                                                   : cut_tiles(with, with->tile_scenarios, error));
  make_ready(with, error);
  return SG_OK;
}

bool pass_shrink(pass_context *with, sg_error *error, size_t n_findings) {
  bool narrowest = true;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    narrowest = narrowest && !with->resident && with->tiles[b][0].n_columns <= COLUMN_PADDING;
  }
  if (!device_ran_out_of_memory(with->on) || (narrowest && with->batch_bytes <= SMALLEST_BATCH_BYTES)) {
    return false;
  }
  error_forget(error, n_findings);
  net_scratch_close(&with->scratch);
  close_tiles(with);
  with->pnl_bytes = (with->pnl_needed < with->pnl_bytes ? with->pnl_needed : with->pnl_bytes) / 2;
  with->batch_bytes = with->batch_bytes / 2 > SMALLEST_BATCH_BYTES ? with->batch_bytes / 2 : SMALLEST_BATCH_BYTES;
  return cut_tiles(with, with->tile_scenarios, error) == SG_OK;
}

static sg_status price_resident(pass_context *with, sg_error *error) {
  uint32_t n_blocks = with->in->model->n_blocks;
  for (uint32_t b = 0; with->resident && b < n_blocks; b++) {
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      if (with->tiles[b][t].scenario_of == NULL) { /* not priced yet */
        pass_report(with, "price", (b + (double)t / with->n_tiles[b]) / n_blocks);
        TRY(price_tile(with, b, t, error));
      }
    }
  }
  return SG_OK;
}

sg_status pass_price(pass_context *with, sg_error *error) {
  size_t n_findings = error_count(error);
  sg_status status;
  do {
    status = price_resident(with, error);
  } while (status != SG_OK && pass_shrink(with, error, n_findings));
  return status;
}

void pass_close(pass_context *with) {
  close_tiles(with);
  for (uint32_t b = 0; with->requests != NULL && b < with->in->model->n_blocks; b++) {
    free(with->requests[b]);
  }
  free(with->tiles);
  free(with->n_tiles);
  free(with->requests);
  free(with->used_sets);
  free(with->all_nodes);
  free(with->sets);
  net_scratch_close(&with->scratch);
  pricing_close(&with->prices);
}

/* ---- batches ----------------------------------------------------------------------------------- */

uint32_t pass_widest_stride(const pass_context *with) {
  uint32_t widest = COLUMN_PADDING;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
      uint32_t stride = round_up(with->tiles[b][t].n_columns, COLUMN_PADDING);
      widest = stride > widest ? stride : widest;
    }
  }
  return widest;
}

/* Where no node's vector is kept a batch is some arrays: the more positions, the fewer launches and transfers. */
static bool keeps_no_vectors(const pass_context *with) {
  bool none = true;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    const bound_levels *levels = &with->in->levels[with->in->model->blocks[b].levels];
    none = none && netting_takes_trees(with->on, levels, with->requests[b], 0, 0, 0);
  }
  return none;
}

/* The device waits for the first batch to be opened and the host works alone on what the last one gave, so both are small, a
 * quarter of the others; where tiles are priced again for each batch that would cost more. */
static uint64_t taper(const pass_context *with, const portfolios *all, uint32_t first, uint64_t positions_max) {
  uint64_t least = positions_max / 4, before = all->begin[first], left = all->n_positions - before;
  uint64_t early = before + least, late = left / 2 > least ? left / 2 : least, most = early < late ? early : late;
  return with->resident && most < positions_max ? most : positions_max;
}

uint32_t pass_batch_end(const pass_context *with, const portfolios *all, uint32_t first, uint32_t stride) {
  enum { WITHOUT_VECTORS = 4 /* times as many */, MANY_POSITIONS = 1 << 18 /* whose nodes take some 100 MB */ };
  uint64_t positions_max = with->batch_bytes / (2 * (uint64_t)stride * sizeof(double));
  uint64_t more = positions_max * WITHOUT_VECTORS < MANY_POSITIONS ? positions_max * WITHOUT_VECTORS : MANY_POSITIONS;
  positions_max = keeps_no_vectors(with) && positions_max < more ? more : positions_max;
  positions_max = taper(with, all, first, positions_max);
  /* positions alone have as many nodes in every set: a batch's amounts stay near the caches */
  bool on_host = all->standalone && !device_get_traits(with->on)->own_memory;
  positions_max = on_host && positions_max > ALONE_POSITIONS ? ALONE_POSITIONS : positions_max;
  uint32_t end = first + 1;
  while (end < all->n && all->begin[end + 1] - all->begin[first] <= positions_max &&
         (with->batch_portfolios == 0 || end - first < with->batch_portfolios)) {
    end++;
  }
  return end;
}

/* The steps of a batch through netting. Before the device: blocks with the same levels share their structure. */
static sg_status prepare_batch(pass_context *with, batch *of, block_outcome *outcomes, void *context, sg_error *error) {
  const model *m = with->in->model;
  of->nets = ARENA_ARRAY(of->memory, netting *, m->n_level_sets);
  sg_status status = of->nets == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t b = 0; status == SG_OK && b < m->n_blocks; b++) {
    netting **nets = &of->nets[m->blocks[b].levels];
    if (*nets == NULL) {
      status = netting_open(of, &with->prices, m->blocks[b].levels, &with->scratch, nets, error);
    }
    status = status == SG_OK ? netting_lay_out(*nets, with->requests[b], error) : status;
  }
  return status;
}

static sg_status net_block(pass_context *with, batch *of, uint32_t b, block_outcome *outcome, sg_error *error) {
  for (uint32_t t = 0; t < with->n_tiles[b]; t++) {
    tile *on = &with->tiles[b][t];
    TRY(pass_open_tile(with, b, t, error));
    sg_status status = netting_run(of->nets[with->in->model->blocks[b].levels], on, with->requests[b], outcome, error);
    status = status == SG_OK && !with->resident ? verify_trees(of, error) : status;
    TRY(pass_close_tile(with, b, t, status, error));
  }
  return SG_OK;
}

static sg_status net_batch(pass_context *with, batch *of, block_outcome *outcomes, void *context, sg_error *error) {
  const model *m = with->in->model;
  sg_status status = SG_OK;
  for (uint32_t b = 0; status == SG_OK && b < m->n_blocks; b++) {
    status = net_block(with, of, b, &outcomes[b], error);
  }
  if (status == SG_OK) { /* else the batch comes again, smaller */
    for (uint32_t l = 0; l < m->n_level_sets; l++) {
      with->n_nodes += of->nets[l] != NULL ? of->tables[with->in->levels[l].leaf_set].n : 0;
    }
    for (uint32_t b = 0; b < m->n_blocks; b++) {
      with->n_cells += of->n_positions * with->sets[b].n;
    }
  }
  for (uint32_t l = 0; l < m->n_level_sets; l++) {
    netting_close(of->nets[l]);
    of->nets[l] = NULL;
  }
  return status;
}

static sg_status check_batch(pass_context *with, batch *of, block_outcome *outcomes, void *context, sg_error *error) {
  return verify_trees(of, error);
}

/* As many portfolios as fit, batch by batch. */
static sg_status cut_batches(const pass_context *with, const portfolios *all, uint32_t first, uint32_t **end, size_t *n,
                             sg_error *error) {
  uint32_t stride = pass_widest_stride(with);
  *n = 0;
  *end = malloc(((size_t)all->n - first + 1) * sizeof **end);
  if (*end == NULL) {
    return error_out_of_memory(error);
  }
  while (first < all->n) {
    first = (*end)[(*n)++] = pass_batch_end(with, all, first, stride);
  }
  return SG_OK;
}

static sg_status count_all(pass_context *with, const portfolios *all, sg_error *error) {
  free(with->all_nodes);
  with->all_nodes = calloc(with->in->n_sets + 1, sizeof *with->all_nodes);
  if (with->all_nodes == NULL) {
    return error_out_of_memory(error);
  }
  return with->prices.watch == NULL ? SG_OK
                                    : batch_count_nodes(with->in, all, with->used_sets, with->all_nodes, error);
}

sg_status pass_run(pass_context *with, const portfolios *all, const batch_visitor *visitor, sg_error *error) {
  double start = clock_seconds();
  TRY(count_all(with, all, error));
  with->clock.net += clock_seconds() - start;
  for (uint32_t first = 0; first < all->n;) {
    uint32_t *end;
    size_t n, n_findings = error_count(error);
    TRY(cut_batches(with, all, first, &end, &n, error));
    const batch_list list = {.all = all, .first = first, .n = n, .end = end, .stage = "net", .prepare = prepare_batch,
                             .net = net_batch, .check = check_batch, .on_device = true, .visitor = visitor};
    sg_status status = pass_run_batches(with, &list, &first, error);
    free(end);
    if (status != SG_OK) {
      if (!pass_shrink(with, error, n_findings)) {
        return status;
      }
      TRY(pass_price(with, error)); /* and on from the first portfolio that was not visited */
    }
  }
  return SG_OK;
}
