/* SPDX-License-Identifier: MIT
 *
 * Nodes are counted portfolio by portfolio, as the run will make them; the rest is products.
 */
#include "engine/plan.h"

#include "base/error.h"
#include "data/result.h"
#include "engine/alone.h"
#include "engine/verify.h"

#include <stdlib.h>

enum { FOLDER_ROWS = 1 << 15 }; /* that take as long as a folder's making and its small files */

static void count_batches(const pass_context *with, const portfolios *all, run_plan *made) {
  uint32_t stride = pass_widest_stride(with);
  for (uint32_t first = 0; first < all->n; first = pass_batch_end(with, all, first, stride)) {
    made->n_batches++;
  }
  made->batch_bytes = 2 * (uint64_t)stride * sizeof(double) * all->n_positions;
  made->batch_bytes = made->batch_bytes < with->batch_bytes ? made->batch_bytes : with->batch_bytes;
}

/* times: how often every tile is priced. */
static void count_prices(const pass_context *with, double times, run_plan *made) {
  static const work works[N_PRICERS] = {[PRICER_LINEAR] = WORK_PRICE_LINEAR, [PRICER_BLACK] = WORK_PRICE_BLACK,
                                        [PRICER_BACHELIER] = WORK_PRICE_BACHELIER, [PRICER_AMERICAN] = WORK_PRICE_AMERICAN,
                                        [PRICER_DIFFERENCES] = WORK_PRICE_AMERICAN, [PRICER_LATTICE] = WORK_PRICE_AMERICAN,
                                        [PRICER_TWO_BOUNDARIES] = WORK_PRICE_AMERICAN};
  /* Measured as American: a grid is solved in the time of two boundaries; a lattice is half its steps squared, six operations each. */
  double steps = with->in->model->lattice_steps, lattice = 3.0 * steps * steps / work_kind_get(WORK_PRICE_AMERICAN)->operations;
  double cells = 0.0;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    const scenarios *set = &with->sets[b];
    cells += (double)with->prices.n_held * set->n;
    for (int kind = 0; kind < N_PRICERS; kind++) {
      made->count[works[kind]] += times * (kind == PRICER_LATTICE ? lattice : 1.0) * with->prices.kinds[kind].n * set->n;
    }
    double slices = times * (set->n_slices > with->n_tiles[b] ? set->n_slices : with->n_tiles[b]);
    made->count[WORK_SOLVE_AMERICAN] += slices * (with->prices.kinds[PRICER_AMERICAN].n + 2.0 * with->prices.kinds[PRICER_DIFFERENCES].n);
    made->count[WORK_PRICE_HOST] += slices * with->prices.n_held;
  }
  made->count[WORK_VERIFY_PRICES] = verifier_foresee(with->prices.watch, cells);
}

static void count_netting(const pass_context *with, const uint64_t *nodes, run_plan *made) {
  const bound *in = with->in;
  double results = 0.0;
  for (uint32_t set = 0; set < in->n_sets; set++) {
    made->count[WORK_NET_HOST] += with->used_sets[set] ? (double)(made->n_positions + nodes[set]) : 0.0;
  }
  for (uint32_t b = 0; b < in->model->n_blocks; b++) {
    const bound_levels *levels = &in->levels[in->model->blocks[b].levels];
    double n = with->sets[b].n;
    uint64_t n_leaves = nodes[levels->leaf_set], n_trees = levels->n == 0 ? n_leaves : nodes[levels->items[levels->n - 1].set];
    results += (double)netting_count_nodes(levels, with->requests[b], nodes);
    made->n_nodes = made->n_nodes > nodes[levels->leaf_set] ? made->n_nodes : nodes[levels->leaf_set];
    if (netting_takes_trees(with->on, levels, with->requests[b], made->n_positions, n_leaves, n_trees)) {
      made->count[WORK_NET_TREES] += n * (double)(made->n_positions + netting_count_nodes(levels, NULL, nodes));
      continue;
    }
    made->count[WORK_NET] += n * made->n_positions;
    made->count[WORK_REDUCE] += with->requests[b][0].worst ? n * nodes[levels->leaf_set] : 0.0;
    for (uint32_t l = 0; l < levels->n; l++) {
      uint32_t below = l == 0 ? levels->leaf_set : levels->items[l - 1].set;
      made->count[WORK_FOLD] += n * nodes[below];
      made->count[WORK_REDUCE] += with->requests[b][1 + l].worst ? n * nodes[levels->items[l].set] : 0.0;
    }
  }
  made->count[WORK_VERIFY_RESULTS] = verifier_foresee(with->prices.watch, results);
}

static void count_results(const planned_work *of, const uint64_t *nodes, run_plan *made) {
  const bound *in = of->pass->in;
  const model *m = in->model;
  double lines = 0.0;
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    made->count[WORK_RULES] += nodes[in->amount_set[a]];
    lines += nodes[in->amount_set[a]] * (double)N_MEASURES;
  }
  /* a position of a column is a quarter of a node's work */
  made->count[WORK_RULES] += of->n_rows + m->n_columns * (double)made->n_positions / 4.0;
  made->count[WORK_LINES] = of->n_rows + lines;
  made->count[WORK_DIGEST] = of->n_rows + lines;
  made->count[WORK_WRITE] = of->writes ? FOLDER_ROWS + of->n_rows + lines : 0.0;
  made->host_bytes = arena_size_bytes(in->book->memory) + of->n_rows * (sizeof(margin_row) + sizeof(uint32_t)) +
                     (uint64_t)lines * sizeof(line) +
                     (made->n_positions + of->alone->n) * (uint64_t)(5 * sizeof(uint32_t) + sizeof(double));
}

static void count_alone(const planned_work *of, run_plan *made) {
  const pass_context *with = of->pass;
  bool by_units = alone_applies(with->in);
  double rows = by_units ? with->prices.n_held : of->alone->n, all = 0.0;
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    all += with->sets[b].n;
  }
  for (uint32_t b = 0; b < with->in->model->n_blocks; b++) {
    double n = with->sets[b].n, recomputed = verifier_foresee(with->prices.watch, 2.0 * rows * all) * n / all;
    made->count[WORK_ALONE] += rows * n;
    made->count[WORK_VERIFY_ALONE] += by_units ? n * (recomputed < 2.0 * rows ? recomputed : 2.0 * rows) : 0.0;
  }
  for (uint32_t set = 0; set < with->in->n_sets; set++) {
    made->count[WORK_ALONE_HOST] += with->used_sets[set] ? of->alone->n : 0.0;
  }
  made->count[WORK_ALONE_ADD] = (double)made->n_positions;
}

static bool describe_blocks(const pass_context *with, run_plan *made) {
  const model *m = with->in->model;
  uint64_t largest = 0, all = 0;
  made->n_blocks = m->n_blocks;
  made->blocks = ARENA_ARRAY(made->memory, planned_block, m->n_blocks);
  if (made->blocks == NULL) {
    return false;
  }
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    uint32_t n_columns = with->tiles[b][0].n_columns;
    made->blocks[b] = (planned_block){arena_format(made->memory, "%s", m->blocks[b].name), with->sets[b].n,
                                      with->n_tiles[b], n_columns, tile_kept_bytes(&with->prices, n_columns)};
    all += tile_kept_bytes(&with->prices, with->sets[b].n);
    largest = made->blocks[b].tile_bytes > largest ? made->blocks[b].tile_bytes : largest;
    if (made->blocks[b].name == NULL) {
      return false;
    }
  }
  made->device_bytes = (with->resident ? all : largest) + made->batch_bytes;
  return true;
}

sg_status plan_make(const planned_work *of, run_plan **opened, sg_error *error) {
  const pass_context *with = of->pass;
  run_plan *made = calloc(1, sizeof *made);
  uint64_t *nodes = calloc((size_t)with->in->n_sets + 1, sizeof *nodes);
  sg_status status = made && nodes && (made->memory = arena_open()) ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(batch_count_nodes(with->in, of->accounts, with->used_sets, nodes, error));
  made->n_accounts = of->n_rows;
  made->n_positions = of->accounts->n_positions;
  made->n_instruments = with->prices.n_held;
  made->resident = with->resident;
  for (uint32_t i = 0; i < with->in->book->n_files; i++) {
    made->count[WORK_READ] += (double)with->in->book->files[i].size_bytes;
  }
  made->count[WORK_BIND] = (double)with->in->book->accounts.n + made->n_positions;
  made->count[WORK_BIND_INSTRUMENTS] = with->in->book->instruments.n;
  count_batches(with, of->accounts, made);
  /* tiles that do not stay: once for each batch of accounts, and once for the positions alone */
  count_prices(with, with->resident ? 1.0 : made->n_batches + 1.0, made);
  count_netting(with, nodes, made);
  count_alone(of, made);
  count_results(of, nodes, made);
  status = describe_blocks(with, made) ? SG_OK : error_out_of_memory(error);
done:
  free(nodes);
  if (status != SG_OK) {
    plan_close(made);
    return status;
  }
  *opened = made;
  return SG_OK;
}
