/* SPDX-License-Identifier: MIT
 *
 * Laying out a block's scenarios: order, slices, classes of price moves.
 */
#include "engine/scenarios.h"

#include <stdlib.h>
#include <string.h>

typedef struct draft { /* of a column */
  uint32_t number, group, price, vol, file_scenario;
  double time_days;
} draft;

static int by_slice_then_number(const void *left, const void *right) {
  const draft *a = left, *b = right;
  if (a->vol != b->vol) {
    return a->vol < b->vol ? -1 : 1;
  }
  if (a->time_days != b->time_days) {
    return a->time_days < b->time_days ? -1 : 1;
  }
  return (a->number > b->number) - (a->number < b->number);
}

static uint32_t count_grid(const model_block *block) {
  uint32_t n = 0;
  for (uint32_t g = 0; g < block->n_groups; g++) {
    n += block->groups[g].prices.n_prices * block->groups[g].n_vols;
  }
  return n;
}

/* Prices outer, vols inner. */
static void draft_grid(const model_block *block, draft *drafts) {
  uint32_t n = 0;
  for (uint32_t g = 0; g < block->n_groups; g++) {
    const scenario_group *group = &block->groups[g];
    for (uint32_t i = 0; i < group->prices.n_prices; i++) {
      for (uint32_t j = 0; j < group->n_vols; j++) {
        drafts[n] = (draft){block->first + n, g, i, group->vol[j], 0, group->time_days};
        n++;
      }
    }
  }
}

/* In a file each scenario with vol moves has vols of its own. */
static void draft_file(const model_block *block, const scenario_file *file, draft *drafts) {
  for (uint32_t s = 0; s < file->n_scenarios; s++) {
    drafts[s] = (draft){block->first + s, 0, 0, VOL_SAME, s, 0.0};
  }
  for (size_t i = 0; i < file->n_moves; i++) {
    draft *of = &drafts[file->moves[i].scenario];
    if (file->moves[i].factor == 'v') {
      of->vol = file->moves[i].scenario;
    } else if (file->moves[i].factor == 't') {
      of->time_days = file->moves[i].move;
    }
  }
}

static void take_slices(scenarios *made, const draft *drafts) {
  for (uint32_t k = 0; k < made->n; k++) {
    const draft *d = &drafts[k];
    made->number[k] = d->number;
    made->group[k] = d->group;
    made->price[k] = d->price;
    made->file_scenario[k] = d->file_scenario;
    bool same = k > 0 && d->vol == drafts[k - 1].vol && d->time_days == drafts[k - 1].time_days;
    if (!same) {
      made->slices[made->n_slices++] = (slice){d->vol, d->time_days};
    }
    made->slice_of[k] = made->n_slices - 1;
  }
}

/* ---- classes of price moves -------------------------------------------------------------------- */

static sg_status list_of(const model_block *block, const bound *in, uint32_t c, const char *text, uint32_t *list,
                         sg_error *error) {
  const price_lists *lists = &block->groups[0].prices;
  if (lists->by == NULL) {
    *list = 0;
    return SG_OK;
  }
  for (uint32_t l = 0; l < lists->n_lists; l++) {
    if (strcmp(lists->key[l], text) == 0) {
      *list = l;
      return SG_OK;
    }
  }
  uint32_t u = in->book->instruments.underlying[c];
  place where = {"underlyings.csv", in->book->underlyings.line[u], 0};
  if (text[0] == '\0' || strcmp(text, "-") == 0) {
    return error_add(error, SG_INPUT, where, "underlying %s has no %s, which the model %s needs (block %s)",
                     in->book->underlyings.id[u], lists->by, in->model->name, block->name);
  }
  return error_add(error, SG_INPUT, where, "%s \"%s\" of underlying %s has no price moves in block %s of model %s",
                   lists->by, text, in->book->underlyings.id[u], block->name, in->model->name);
}

/* What makes instruments weigh differently: one array per fact, input or table that the weight reads. */
typedef struct weight_facts {
  uint32_t n;
  const double **of; /* [i][c] */
} weight_facts;

static sg_status weight_facts_make(bound *in, const model_block *block, arena *memory, weight_facts *made,
                                   sg_error *error) {
  const expression *rule = &block->weight;
  *made = (weight_facts){.of = ARENA_ARRAY(memory, const double *, rule->n_slots)};
  if (made->of == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t j = 0; block->has_weight && j < rule->n_slots; j++) {
    if (rule->slots[j].kind != SLOT_SCENARIO) {
      TRY(bound_slot(in, &rule->slots[j], block->where, &made->of[made->n++], error));
    }
  }
  return SG_OK;
}

/* The class of an instrument, made where it is new; classes are few and neighbours share them. */
static uint32_t class_find(scenarios *made, const weight_facts *facts, move_class wanted) {
  for (uint32_t i = made->n_classes; i-- > 0;) {
    const move_class *known = &made->classes[i];
    bool same = known->list == wanted.list && known->scale == wanted.scale;
    for (uint32_t j = 0; same && j < facts->n; j++) {
      same = facts->of[j][known->instrument] == facts->of[j][wanted.instrument];
    }
    if (same) {
      return i;
    }
  }
  made->classes[made->n_classes] = wanted;
  return made->n_classes++;
}

static sg_status make_classes(bound *in, scenarios *made, arena *memory, sg_error *error) {
  const book *b = in->book;
  uint32_t n = b->instruments.n;
  const model_block *block = made->block;
  double *scale = ARENA_ARRAY(memory, double, n);
  const char **texts = ARENA_ARRAY(memory, const char *, n);
  made->class_of = ARENA_ARRAY(memory, uint32_t, n);
  made->classes = ARENA_ARRAY(memory, move_class, n + 1);
  made->in_block = ARENA_ARRAY(memory, bool, n);
  if (!scale || !texts || !made->class_of || !made->classes || !made->in_block) {
    return error_out_of_memory(error);
  }
  weight_facts facts;
  TRY(weight_facts_make(in, block, memory, &facts, error));
  TRY(bound_filter(in, &block->of, block->where, made->in_block, error));
  const char *by = block->n_groups > 0 ? block->groups[0].prices.by : NULL;
  if (by != NULL) {
    TRY(bound_attribute(in, by, block->where, texts, error));
  }
  if (block->has_price_scale) {
    TRY(bound_eval(in, &block->price_scale, block->where, scale, error));
  }
  for (uint32_t c = 0; c < n; c++) {
    move_class wanted = {b->instruments.underlying[c], block->has_price_scale ? scale[c] : 1.0, c};
    if (!made->in_block[c]) {
      continue;
    }
    if (made->file == NULL) {
      TRY(list_of(block, in, c, texts[c], &wanted.list, error));
    }
    made->class_of[c] = class_find(made, &facts, wanted);
  }
  return SG_OK;
}

sg_status scenarios_make(bound *in, const model_block *block, arena *memory, scenarios *made, sg_error *error) {
  *made = (scenarios){.block = block};
  if (block->source == BLOCK_FILE) {
    TRY(scenarios_find_file(in, block, &made->file, error));
  }
  made->n = made->file != NULL ? made->file->n_scenarios : count_grid(block);
  if (made->n == 0) {
    return error_add(error, SG_INPUT, block->where, "block %s has no scenarios", block->name);
  }
  draft *drafts = ARENA_ARRAY(memory, draft, made->n);
  made->number = ARENA_ARRAY(memory, uint32_t, made->n);
  made->slice_of = ARENA_ARRAY(memory, uint32_t, made->n);
  made->group = ARENA_ARRAY(memory, uint32_t, made->n);
  made->price = ARENA_ARRAY(memory, uint32_t, made->n);
  made->file_scenario = ARENA_ARRAY(memory, uint32_t, made->n);
  made->slices = ARENA_ARRAY(memory, slice, made->n);
  if (!drafts || !made->number || !made->slice_of || !made->group || !made->price || !made->file_scenario ||
      !made->slices) {
    return error_out_of_memory(error);
  }
  if (made->file != NULL) {
    draft_file(block, made->file, drafts);
  } else {
    draft_grid(block, drafts);
  }
  qsort(drafts, made->n, sizeof *drafts, by_slice_then_number);
  take_slices(made, drafts);
  TRY(make_classes(in, made, memory, error));
  return made->file != NULL ? scenarios_index_file(in, made, memory, error) : SG_OK;
}
