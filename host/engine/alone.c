/* SPDX-License-Identifier: MIT
 *
 * Extremes of every held instrument on the device, then one chain of levels per position on the host.
 */
#include "engine/alone.h"

#include "base/error.h"
#include "engine/adjust.h"
#include "engine/extremes.h"

#include <math.h>
#include <stdlib.h>

enum { BATCH_POSITIONS = 1 << 15 }; /* a batch's host arrays stay near the caches */

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

/* Scenarios of positions alone are not told: all levels have the same zeros. */
static sg_status make_outcome(const batch *of, uint32_t *zeros, level_outcome *made, sg_error *error) {
  made->worst = ARENA_ROOM(of->memory, double, of->n_positions);
  made->scenario = zeros;
  return made->worst && made->scenario ? SG_OK : error_out_of_memory(error);
}

/* A level that adds up, in one currency: the same numbers, but that no zero is negative. */
static bool climb_plainly(const batch *of, const bound_levels *levels, uint32_t l, const level_outcome *below,
                          level_outcome *above) {
  const model_level *rule = levels->items[l].rule;
  bool plain = rule->gains == 1.0 && !rule->has_gains_cap && !rule->has_credit && of->in->book->currencies.n == 1;
  for (size_t i = 0; plain && i < of->n_positions; i++) {
    above->worst[i] = below->worst[i] + 0.0;
  }
  return plain;
}

static sg_status climb_level(batch *of, const bound_levels *levels, uint32_t l, const level_outcome *below,
                             level_outcome *above, sg_error *error) {
  uint32_t child_set = l == 0 ? levels->leaf_set : levels->items[l - 1].set;
  uint32_t set = levels->items[l].set;
  const model_level *rule = levels->items[l].rule;
  if (climb_plainly(of, levels, l, below, above)) {
    return SG_OK;
  }
  double *cap = ARENA_ROOM(of->memory, double, of->n_positions);
  double *credit = ARENA_ROOM(of->memory, double, of->n_positions);
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
  uint32_t *zeros = ARENA_ARRAY(of->memory, uint32_t, of->n_positions);
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    const bound_levels *levels = &with->in->levels[m->blocks[b].levels];
    outcomes[b].n_scenarios = with->sets[b].n;
    outcomes[b].levels = ARENA_ARRAY(of->memory, level_outcome, levels->n);
    if (outcomes[b].levels == NULL) {
      return error_out_of_memory(error);
    }
    TRY(make_outcome(of, zeros, &outcomes[b].leaf, error));
    TRY(leaf_worst(of, &with->prices, &found[b], &outcomes[b].leaf, error));
    for (uint32_t l = 0; l < levels->n; l++) {
      TRY(make_outcome(of, zeros, &outcomes[b].levels[l], error));
      TRY(climb_level(of, levels, l, l == 0 ? &outcomes[b].leaf : &outcomes[b].levels[l - 1], &outcomes[b].levels[l],
                      error));
    }
  }
  return SG_OK;
}

static sg_status climb_all(pass_context *with, const portfolios *all, extremes *found, const batch_visitor *visitor,
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
                           .visitor = visitor};
  sg_status status = pass_run_batches(with, &list, &done, error);
  free(end);
  return status;
}

sg_status alone_run(pass_context *with, const portfolios *all, const batch_visitor *visitor, sg_error *error) {
  extremes *found = calloc(with->in->model->n_blocks + 1, sizeof *found);
  sg_status status = found == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  TRY_DONE(extremes_find(with, found, error));
  TRY_DONE(climb_all(with, all, found, visitor, error));
done:
  if (found != NULL) {
    extremes_close(with, found);
  }
  free(found);
  return status;
}
