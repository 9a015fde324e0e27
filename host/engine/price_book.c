/* SPDX-License-Identifier: MIT
 *
 * Prices of all instruments: facts on the host, scenarios on the device, some instruments after the others.
 */
#include "engine/price_book.h"

#include "engine/imply.h"
#include "engine/pricing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_MATRIX_BYTES = 1 << 28 };

/* ---- the base market --------------------------------------------------------------------------- */

static bool has_vol(const vol_table *vols, uint32_t c) { return vols->vol[c] == vols->vol[c]; }

static sg_status fill_rows(bound *in, const vol_table *vols, instrument_price *rows, sg_error *error) {
  static const fact wanted[] = {FACT_VALUE, FACT_DELTA, FACT_VEGA};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    TRY(value_facts(in, wanted[i], error));
  }
  const instruments *all = &in->book->instruments;
  for (uint32_t c = 0; c < all->n; c++) {
    bool is_expired = all->expiry_s[c] != 0 && all->expiry_s[c] <= in->book->as_of_s;
    if (!has_vol(vols, c)) {
      rows[c] = (instrument_price){NAN, NAN, NAN, NAN, vol_status_text(vols->status[c]), value_pricer(in, c)};
      continue;
    }
    rows[c] = (instrument_price){.value = in->facts[FACT_VALUE][c],
                                 .vol = all->type[c] == OPTION && !is_expired ? vols->vol[c] : (double)NAN,
                                 .delta = in->facts[FACT_DELTA][c],
                                 .vega = in->facts[FACT_VEGA][c],
                                 .status = is_expired ? "expired" : "ok",
                                 .method = value_pricer(in, c)};
  }
  return SG_OK;
}

sg_status price_book(device *on, const book *of, const model *under, instrument_price *rows, sg_error *error) {
  static const model market = {.name = "book", .discounted = true};
  const model *by = under == NULL ? &market : under;
  vol_table vols;
  bound *in = NULL;
  sg_status status = SG_OK;
  arena *memory = arena_open();
  if (memory == NULL) {
    return error_out_of_memory(error);
  }
  TRY_DONE(value_check(of, error));
  TRY_DONE(imply_vols(on, of, by, memory, &vols, error));
  TRY_DONE(bound_make(of, by, vols.vol, memory, &in, error));
  TRY_DONE(fill_rows(in, &vols, rows, error));
done:
  bound_close(in);
  arena_close(memory);
  return status;
}

/* ---- scenarios --------------------------------------------------------------------------------- */

/* A block twice: as the model weighs and rounds it, and bare, so that its P&L of a contract worth nothing is a value. */
typedef struct priced_block {
  scenarios weighed, bare;
  model_block bare_block;
  scenario_file bare_file;
  uint32_t *in_order;   /* [scenario in the model's order] its column */
  double *pnl, *value;  /* [row][stride] of the instruments at hand */
  uint32_t stride;
} priced_block;

typedef struct price_pass {
  device *on;
  bound *in;
  uint32_t n_blocks;
  priced_block *blocks; /* everything below lives in the bound's memory */
  vol_table vols;
  uint32_t n_priced, *priced; /* c of those that have a value */
  bool *needed;         /* [c] the instruments at hand */
  pricing contracts, units; /* as they are; of multiplier 1 and base value 0 */
  uint32_t first, n;    /* the instruments at hand: priced[first] .. */
  double *cells;        /* all matrices of the blocks */
} price_pass;

static sg_status make_block(price_pass *with, uint32_t b, sg_error *error) {
  bound *in = with->in;
  priced_block *made = &with->blocks[b];
  const model_block *block = &in->model->blocks[b];
  TRY(scenarios_make(in, block, in->memory, &made->weighed, error));
  uint32_t n = made->weighed.n;
  made->bare_block = *block;
  made->bare_block.has_weight = false;
  made->bare_block.round = 0.0;
  made->bare = made->weighed;
  made->bare.block = &made->bare_block;
  made->in_order = ARENA_ARRAY(in->memory, uint32_t, n);
  if (made->in_order == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t k = 0; k < n; k++) {
    made->in_order[made->weighed.number[k] - block->first] = k;
  }
  if (made->weighed.file != NULL) {
    made->bare_file = *made->weighed.file;
    made->bare_file.weight = ARENA_ARRAY(in->memory, double, n);
    if (made->bare_file.weight == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t s = 0; s < n; s++) {
      made->bare_file.weight[s] = 1.0;
    }
    made->bare.file = &made->bare_file;
  }
  made->stride = round_up(n, COLUMN_PADDING);
  return SG_OK;
}

/* How many instruments fit the bound at once, at least one. */
static uint32_t plan(const price_pass *with, uint64_t memory_bytes) {
  uint64_t row_bytes = 1, n = with->n_priced;
  for (uint32_t b = 0; b < with->n_blocks; b++) {
    row_bytes += with->blocks[b].stride * sizeof(double);
  }
  uint64_t fits = (memory_bytes == 0 ? DEFAULT_MATRIX_BYTES : memory_bytes) / row_bytes;
  return (uint32_t)(fits > n ? n : fits < 1 ? 1 : fits);
}

static sg_status price_matrix(pricing *with, const scenarios *set, uint32_t block, double *cells, sg_error *error) {
  tile made = {0};
  sg_status status = SG_OK;
  TRY_DONE(tile_price(with, set, block, 0, set->n, &made, error));
  size_t n_cells = (size_t)with->n_held * made.stride;
  TRY_DONE(buffer_read(with->on, made.pnl, 0, n_cells * sizeof *cells, cells, error));
  for (size_t i = 0; i < n_cells; i++) {
    if (i % made.stride < made.n_columns && !(cells[i] - cells[i] == 0.0)) {
      status = tile_report_not_finite(with, &made, error);
      goto done;
    }
  }
done:
  tile_close(&made);
  return status;
}

static void visit_rows(const price_pass *with, scenario_price_visitor visit, void *visitor) {
  for (uint32_t row = 0; row < with->n; row++) {
    uint32_t c = with->contracts.held[row];
    for (uint32_t b = 0; b < with->n_blocks; b++) {
      const priced_block *block = &with->blocks[b];
      for (uint32_t s = 0; block->weighed.in_block[c] && s < block->weighed.n; s++) {
        size_t cell = (size_t)row * block->stride + block->in_order[s];
        visit(visitor, &(scenario_price){.instrument = c,
                                         .block = block->weighed.block->name,
                                         .scenario = block->weighed.block->first + s,
                                         .value = block->value[cell],
                                         .pnl = block->pnl[cell]});
      }
    }
  }
}

static sg_status price_some(price_pass *with, scenario_price_visitor visit, void *visitor, sg_error *error) {
  sg_status status = SG_OK;
  memset(with->needed, 0, with->in->book->instruments.n * sizeof *with->needed);
  for (uint32_t i = 0; i < with->n; i++) {
    with->needed[with->priced[with->first + i]] = true;
  }
  TRY(pricing_open(with->in, with->on, PRICING_CONTRACTS, with->needed, NULL, &with->contracts, error));
  TRY_DONE(pricing_open(with->in, with->on, PRICING_UNITS, with->needed, NULL, &with->units, error));
  double *cells = with->cells;
  for (uint32_t b = 0; b < with->n_blocks; b++) {
    priced_block *block = &with->blocks[b];
    block->pnl = cells;
    block->value = cells + (size_t)with->n * block->stride;
    cells = block->value + (size_t)with->n * block->stride;
    TRY_DONE(price_matrix(&with->contracts, &block->weighed, b, block->pnl, error));
    TRY_DONE(price_matrix(&with->units, &block->bare, b, block->value, error));
  }
  visit_rows(with, visit, visitor);
done:
  pricing_close(&with->units);
  pricing_close(&with->contracts);
  return status;
}

static sg_status price_all(price_pass *with, uint64_t memory_bytes, scenario_price_visitor visit, void *visitor,
                           sg_error *error) {
  uint32_t n_instruments = with->in->book->instruments.n;
  size_t n_columns = 0;
  for (uint32_t b = 0; b < with->n_blocks; b++) {
    TRY(make_block(with, b, error));
    n_columns += with->blocks[b].stride;
  }
  with->priced = ARENA_ARRAY(with->in->memory, uint32_t, n_instruments);
  if (with->priced == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < n_instruments; c++) {
    if (has_vol(&with->vols, c)) {
      with->priced[with->n_priced++] = c;
    }
  }
  uint32_t most = plan(with, memory_bytes);
  with->needed = ARENA_ARRAY(with->in->memory, bool, n_instruments);
  with->cells = ARENA_ARRAY(with->in->memory, double, 2 * n_columns * most);
  if (with->needed == NULL || with->cells == NULL) {
    return error_out_of_memory(error);
  }
  for (with->first = 0; with->first < with->n_priced; with->first += with->n) {
    with->n = with->n_priced - with->first < most ? with->n_priced - with->first : most;
    TRY(price_some(with, visit, visitor, error));
  }
  return SG_OK;
}

sg_status price_scenarios(device *on, const book *of, const model *under, uint64_t memory_bytes,
                          scenario_price_visitor visit, void *visitor, sg_error *error) {
  price_pass with = {.on = on, .n_blocks = under->n_blocks};
  sg_status status = SG_OK;
  arena *memory = arena_open();
  if (memory == NULL) {
    return error_out_of_memory(error);
  }
  TRY_DONE(value_check(of, error));
  TRY_DONE(imply_vols(on, of, under, memory, &with.vols, error));
  TRY_DONE(bound_make(of, under, with.vols.vol, memory, &with.in, error));
  with.blocks = ARENA_ARRAY(memory, priced_block, under->n_blocks);
  if (with.blocks == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  TRY_DONE(price_all(&with, memory_bytes, visit, visitor, error));
done:
  bound_close(with.in);
  arena_close(memory);
  return status;
}
