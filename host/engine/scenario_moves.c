/* SPDX-License-Identifier: MIT
 *
 * What a block's scenarios do: prices, weights, numbers, vols and currency rates.
 */
#include "engine/scenarios.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void scenarios_moves(const bound *in, const scenarios *of, uint32_t class, double *move) {
  const move_class *how = &of->classes[class];
  if (of->file == NULL) {
    for (uint32_t k = 0; k < of->n; k++) {
      const price_lists *lists = &of->block->groups[of->group[k]].prices;
      move[k] = lists->price[lists->by == NULL ? 0 : how->list][of->price[k]] * how->scale;
    }
    return;
  }
  memset(move, 0, of->n * sizeof *move);
  double spot = in->book->underlyings.price[how->list];
  move_range found = scenarios_find_moves(of, 'p', in->book->underlyings.id[how->list]);
  for (size_t i = found.first; i < found.end; i++) {
    const scenario_move *m = of->moves[i];
    bool block_relative = of->block->price_kind == MOVE_RELATIVE;
    move[of->column_of[m->scenario]] = m->relative == block_relative ? m->move
                                       : m->relative                 ? m->move * spot
                                                                     : m->move / spot;
  }
}

sg_status scenarios_numbers(const bound *in, const scenarios *of, uint32_t key, double *number, sg_error *error) {
  for (uint32_t k = 0; k < of->n; k++) {
    if (of->file != NULL) {
      return error_add(error, SG_INPUT, of->block->where, "block %s has no number \"%s\": its scenarios come from a file",
                       of->block->name, in->model->scenario_keys[key]);
    }
    const scenario_group *group = &of->block->groups[of->group[k]];
    number[k] = group->numbers[(size_t)key * group->prices.n_prices + of->price[k]];
    if (isnan(number[k])) {
      return error_add(error, SG_INPUT, group->where, "these scenarios do not give \"%s\", which block %s uses",
                       in->model->scenario_keys[key], of->block->name);
    }
  }
  return SG_OK;
}

/* One number per scenario for a name that a weight reads. */
static sg_status weight_slot(bound *in, const scenarios *of, const slot *wanted, uint32_t class, const double *move,
                             double *values, sg_error *error) {
  if (wanted->kind == SLOT_SCENARIO && wanted->index != 0) {
    return scenarios_numbers(in, of, wanted->index, values, error);
  }
  if (wanted->kind == SLOT_SCENARIO) { /* scenario key 0 is `move` */
    memcpy(values, move, of->n * sizeof *values);
    return SG_OK;
  }
  const double *of_instruments;
  TRY(bound_slot(in, wanted, of->block->where, &of_instruments, error));
  for (uint32_t k = 0; k < of->n; k++) {
    values[k] = of_instruments[of->classes[class].instrument];
  }
  return SG_OK;
}

sg_status scenarios_weights(bound *in, const scenarios *of, uint32_t class, const double *move, double *weight,
                            sg_error *error) {
  const model_block *block = of->block;
  for (uint32_t k = 0; k < of->n; k++) {
    weight[k] = of->file != NULL ? of->file->weight[of->file_scenario[k]] : 1.0;
  }
  if (!block->has_weight) {
    return SG_OK;
  }
  const expression *rule = &block->weight;
  double *numbers = malloc(((size_t)rule->n_slots * of->n + of->n) * sizeof *numbers);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  sg_status status = numbers == NULL || slots == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    double *values = numbers + (size_t)j * of->n;
    status = weight_slot(in, of, &rule->slots[j], class, move, values, error);
    slots[j] = values;
  }
  if (status == SG_OK) {
    double *factor = numbers + (size_t)rule->n_slots * of->n;
    expression_eval(rule, slots, of->n, factor);
    for (uint32_t k = 0; k < of->n; k++) {
      weight[k] *= factor[k];
    }
  }
  free(numbers);
  free(slots);
  return status;
}

/* The moves to interpolate between, of the scenario and underlying whose moves begin at `first`: flat outside the tenors;
 * a move without a tenor holds for all. */
static void vol_moves_at(const scenarios *of, size_t first, double days, const scenario_move **below,
                         const scenario_move **above) {
  const scenario_move *at = of->moves[first];
  *below = *above = NULL;
  for (size_t i = first; i < of->n_moves && of->moves[i]->factor == 'v' && of->moves[i]->scenario == at->scenario &&
                         strcmp(of->moves[i]->name, at->name) == 0;
       i++) {
    const scenario_move *m = of->moves[i];
    if (isnan(m->tenor_days)) {
      *below = *above = m;
      return;
    }
    *below = m->tenor_days <= days ? m : *below;
    *above = m->tenor_days >= days && *above == NULL ? m : *above;
  }
  *below = *below == NULL ? *above : *below;
  *above = *above == NULL ? *below : *above;
}

static double moved_vol(double vol, const scenario_move *by) { return by->relative ? vol * (1.0 + by->move) : vol + by->move; }

static void file_vols(const bound *in, const scenarios *of, uint32_t scenario, double *vol) {
  const instruments *all = &in->book->instruments;
  for (uint32_t c = 0; c < all->n; c++) {
    uint32_t first = of->vol_first[(size_t)scenario * in->book->underlyings.n + all->underlying[c]];
    if (all->type[c] != OPTION || all->years[c] == 0.0 || first == 0) {
      continue;
    }
    const scenario_move *below, *above;
    double days = (double)(all->expiry_s[c] - in->book->as_of_s) / 86400.0;
    vol_moves_at(of, first - 1, days, &below, &above);
    assert(below != NULL && above != NULL); /* the first has one of them at least */
    double low = moved_vol(vol[c], below), high = moved_vol(vol[c], above);
    double span = above->tenor_days - below->tenor_days;
    double share = below == above || !(span > 0.0) ? 0.0 : (days - below->tenor_days) / span;
    double moved = low + share * (high - low);
    vol[c] = moved > 0.0 ? moved : 0.0;
  }
}

sg_status scenarios_vols(bound *in, const scenarios *of, uint32_t s, double *vol, sg_error *error) {
  const instruments *all = &in->book->instruments;
  const slice *wanted = &of->slices[s];
  memcpy(vol, in->vol, all->n * sizeof *vol);
  if (wanted->vol == VOL_SAME) {
    return SG_OK;
  }
  if (of->file != NULL) {
    file_vols(in, of, wanted->vol, vol);
    return SG_OK;
  }
  const vol_name *name = &of->block->vols[wanted->vol];
  double *moved = malloc((all->n ? all->n : 1) * sizeof *moved);
  sg_status status = moved == NULL ? error_out_of_memory(error)
                                   : bound_eval(in, &name->vol, of->block->where, moved, error);
  for (uint32_t c = 0; status == SG_OK && c < all->n; c++) {
    if (all->type[c] != OPTION || all->years[c] == 0.0 || !of->in_block[c]) {
      continue;
    }
    if (!(moved[c] >= 0.0 && moved[c] - moved[c] == 0.0)) {
      char text[NUMBER_TEXT_BYTES] = "not a number";
      if (moved[c] == moved[c]) {
        number_format(moved[c], text);
      }
      status = error_add(error, SG_INPUT, of->block->where, "vol \"%s\" of block %s is %s for instrument %s; a vol is at least 0",
                         name->name, of->block->name, text, all->id[c]);
    }
    vol[c] = moved[c];
  }
  free(moved);
  return status;
}

void scenarios_rates(const bound *in, const scenarios *of, uint32_t currency, double *factor) {
  const book *b = in->book;
  for (uint32_t k = 0; k < of->n; k++) {
    factor[k] = 1.0;
  }
  if (currency == b->base_currency) {
    return;
  }
  const char *id = b->currencies.id[currency];
  /* A coin's rate follows the underlying that it is. */
  for (uint32_t c = 0; c < b->instruments.n; c++) {
    uint32_t u = b->instruments.underlying[c];
    if (of->in_block[c] && strcmp(b->underlyings.asset[u], id) == 0 && b->underlyings.currency[u] == b->base_currency) {
      scenarios_moves(in, of, of->class_of[c], factor);
      double spot = b->underlyings.price[u];
      for (uint32_t k = 0; k < of->n; k++) {
        factor[k] = 1.0 + (of->block->price_kind == MOVE_RELATIVE ? factor[k] : factor[k] / spot);
      }
      break;
    }
  }
  if (of->file == NULL) {
    return;
  }
  move_range found = scenarios_find_moves(of, 'f', id); /* a move of the rate itself goes before that */
  for (size_t i = found.first; i < found.end; i++) {
    factor[of->column_of[of->moves[i]->scenario]] = 1.0 + of->moves[i]->move;
  }
}
