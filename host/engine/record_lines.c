/* SPDX-License-Identifier: MIT
 *
 * Lines, and the scenario vectors that are kept: made from the amounts of a batch.
 */
#include "base/error.h"
#include "engine/record_parts.h"

#include <string.h>

typedef struct emitter {
  const recorder *with;
  recorded *own;
  const batch *of;
  const amount_input *in;
  const amount_values *values;
  uint32_t portfolio;
  measure measure;
  const char ***details; /* [amount][node] of the batch, shared by the measures; NULL until made */
} emitter;

sg_status record_name_amounts(recorder *with, sg_error *error) {
  const model *m = with->in->model;
  arena *memory = with->run->memory;
  with->texts = ARENA_ARRAY(memory, amount_texts, m->n_amounts);
  for (uint32_t a = 0; with->texts != NULL && a < m->n_amounts; a++) {
    const model_amount *amount = &m->amounts[a];
    amount_texts *made = &with->texts[a];
    char unit[NUMBER_TEXT_BYTES];
    money_format(amount->round, unit);
    made->rule = amount->name;
    made->times_rule = arena_format(memory, "%s.times", amount->name);
    made->round_rule = arena_format(memory, "%s.round", amount->name);
    made->round_detail = arena_format(memory, "to multiples of %s", unit);
    bool enough = made->times_rule && made->round_rule && made->round_detail &&
                  settle_name_slots(m, &amount->charge, memory, &made->charge) &&
                  settle_name_slots(m, &amount->times, memory, &made->times);
    if (!enough) {
      return error_out_of_memory(error);
    }
  }
  return with->texts == NULL ? error_out_of_memory(error) : SG_OK;
}

static const char *node_text(const emitter *e, uint32_t amount, uint32_t node) {
  const bound *in = e->with->in;
  const char *name = in->node_names[amount][e->of->tables[in->amount_set[amount]].group[node]];
  switch (e->of->all->side[e->of->first + e->portfolio]) {
    case SIDE_OF_LONGS: return arena_format(e->own->texts, "long:%s", name);
    case SIDE_OF_SHORTS: return arena_format(e->own->texts, "short:%s", name);
    default: return name;
  }
}

/* "x 1.32 = im_factor + peg: im_factor=1.3, peg_threshold=0.98, peg_factor=2, fx=0.97". */
static const char *times_text(const emitter *e, uint32_t m, uint32_t node) {
  const expression *times = &e->with->in->model->amounts[m].times;
  arena *memory = e->own->texts;
  const double **at = ARENA_ARRAY(e->of->memory, const double *, times->n_slots);
  double factor = times->value;
  char number[NUMBER_TEXT_BYTES];
  for (uint32_t j = 0; at != NULL && j < times->n_slots; j++) {
    at[j] = &e->in->times_slots[m][j][node];
  }
  if (at == NULL) {
    return NULL;
  }
  if (!times->constant) {
    expression_eval(times, at, 1, &factor);
  }
  number_format(factor, number);
  const char *read = settle_numbers(&e->with->texts[m].times, e->in->times_slots[m], node, &e->own->numbers, memory);
  if (read == NULL || strcmp(times->text, number) == 0) {
    return read == NULL ? NULL : arena_format(memory, "x %s", number);
  }
  if (times->constant) { /* "x 0.8 = mm_factor"; of several numbers each is told */
    bool several = strchr(times->numbers, ',') != NULL;
    return arena_format(memory, "x %s = %s%s%s", number, times->text, several ? ": " : "", several ? times->numbers : "");
  }
  return arena_format(memory, "x %s = %s: %s%s%s", number, times->text, times->numbers,
                      times->numbers[0] == '\0' ? "" : ", ", read);
}

/* The numbers behind a line: what a charge read; the amount in the currency paid where it was converted. */
static const char *make_detail(const emitter *e, uint32_t m, const char *step, uint32_t node) {
  const model_amount *amount = &e->with->in->model->amounts[m];
  uint32_t set = e->with->in->amount_set[m];
  arena *memory = e->own->texts;
  char native[NUMBER_TEXT_BYTES];
  if (strcmp(step, ".times") == 0) {
    return times_text(e, m, node);
  }
  if (step[0] == '.') {
    return e->with->texts[m].round_detail;
  }
  if (amount->kind == AMOUNT_CHARGE && amount->charge.n_slots > 0) {
    return settle_numbers(&e->with->texts[m].charge, e->in->charge_slots[m], node, &e->own->numbers, memory);
  }
  const node_table *table = &e->of->tables[set];
  if (table->rate != NULL && table->rate[node] != 1.0 && amount->n_terms == 0) {
    char rate[NUMBER_TEXT_BYTES];
    money_format(e->values[m].leaf[node], native);
    number_format(table->rate[node], rate);
    uint32_t currency = batch_node_currency(e->with->in, set, table->group[node]);
    return arena_format(memory, "%s %s at %s", native, e->with->in->book->currencies.id[currency], rate);
  }
  return "";
}

/* The amount's own text is the same in every measure that it is part of. */
static const char *detail_text(const emitter *e, uint32_t m, const char *step, uint32_t node) {
  if (step[0] != '\0') {
    return make_detail(e, m, step, node);
  }
  const char **kept = e->details[m];
  if (kept == NULL) {
    kept = e->details[m] = ARENA_ARRAY(e->of->memory, const char *, e->of->tables[e->with->in->amount_set[m]].n);
  }
  if (kept == NULL) {
    return NULL;
  }
  kept[node] = kept[node] == NULL ? make_detail(e, m, step, node) : kept[node];
  return kept[node];
}

static sg_status emit_line(void *context, uint32_t m, const char *step, uint32_t node, money value, sg_error *error) {
  const emitter *e = context;
  const amount_texts *texts = &e->with->texts[m];
  const amount_values *values = &e->values[m];
  bool binds = step[0] == '\0' && values->block != NULL && values->block[node] != BLOCK_NONE;
  line made = {.account = batch_account(e->of, e->portfolio),
               .measure = e->measure,
               .node = node_text(e, m, node),
               .rule = step[0] == '\0' ? texts->rule : strcmp(step, ".times") == 0 ? texts->times_rule : texts->round_rule,
               .amount = value,
               .block = binds ? e->with->in->model->blocks[values->block[node]].name : "",
               .scenario = binds ? values->scenario[node] : 0,
               .detail = detail_text(e, m, step, node)};
  bool enough = made.node != NULL && made.detail != NULL && ARRAY_PUSH(&e->own->lines, made);
  return enough ? SG_OK : error_out_of_memory(error);
}

/* ---- scenario vectors -------------------------------------------------------------------------- */

/* Was the same level of the same block written for an earlier amount? */
static bool written_before(const bound *in, uint32_t amount, uint32_t block) {
  for (uint32_t a = 0; a < amount; a++) {
    for (uint32_t i = 0; i < in->model->amounts[a].n_blocks; i++) {
      if (in->model->amounts[a].blocks[i] == block && in->amount_level[a] == in->amount_level[amount]) {
        return true;
      }
    }
  }
  return false;
}

static sg_status keep_pnl(const emitter *e, const block_outcome *outcomes, sg_error *error) {
  const recorder *with = e->with;
  const model *m = with->in->model;
  uint32_t account = batch_account(e->of, e->portfolio);
  if (with->keeps_pnl == NULL || !with->keeps_pnl[account]) {
    return SG_OK;
  }
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    const node_table *table = &e->of->tables[with->in->amount_set[a]];
    for (uint32_t i = 0; i < m->amounts[a].n_blocks; i++) {
      uint32_t b = m->amounts[a].blocks[i];
      if (written_before(with->in, a, b)) {
        continue;
      }
      const double *pnl = outcomes[b].levels[with->in->amount_level[a]].pnl;
      for (uint32_t node = table->begin[e->portfolio]; node < table->begin[e->portfolio + 1]; node++) {
        const char *name = node_text(e, a, node);
        for (uint32_t s = 0; s < outcomes[b].n_scenarios; s++) {
          pnl_row row = {account, name, m->blocks[b].name, m->blocks[b].first + s,
                         pnl[(size_t)node * outcomes[b].n_scenarios + s]};
          if (!ARRAY_PUSH(&e->own->pnl, row)) {
            return error_out_of_memory(error);
          }
        }
      }
    }
  }
  return SG_OK;
}

/* ---- a batch ----------------------------------------------------------------------------------- */

sg_status record_lines(const recorder *with, recorded *own, batch *of, const block_outcome *outcomes, const amount_input *in,
                       const amount_values *values, sg_error *error) {
  const uint32_t roots[N_MEASURES] = {with->in->model->initial, with->in->model->maintenance};
  const char ***details = ARENA_ARRAY(of->memory, const char **, with->in->model->n_amounts);
  own->requirement = arena_array(of->memory, of->n_portfolios, sizeof *own->requirement);
  own->lines.n = own->pnl.n = 0;
  if (details == NULL || own->requirement == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    for (int i = 0; i < N_MEASURES; i++) {
      emitter e = {with, own, of, in, values, f, (measure)i, details};
      TRY(amounts_requirement(in, values, roots[i], f, &own->requirement[f][i], error));
      TRY(amounts_lines(in, values, roots[i], f, emit_line, &e, error));
      TRY(i == MEASURE_INITIAL ? keep_pnl(&e, outcomes, error) : SG_OK);
    }
  }
  return SG_OK;
}

bool take_lines(recorder *with, const recorded *own) {
  if (!result_lines_add(with->run->lines, &with->run->n_lines, own->lines.items, own->lines.n) ||
      !ARRAY_RESERVE(&with->pnl, with->pnl.n + own->pnl.n)) {
    return false;
  }
  if (own->pnl.n > 0) {
    memcpy(with->pnl.items + with->pnl.n, own->pnl.items, own->pnl.n * sizeof *own->pnl.items);
    with->pnl.n += own->pnl.n;
  }
  return true;
}
