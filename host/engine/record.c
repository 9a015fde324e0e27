/* SPDX-License-Identifier: MIT
 *
 * Recording batches.
 */
#include "engine/record.h"

#include "base/error.h"
#include "base/pages.h"

#include <stdlib.h>
#include <string.h>

static void mark_reachable(const model *m, uint32_t amount, bool *reached) {
  reached[amount] = true;
  for (uint32_t t = 0; t < m->amounts[amount].n_terms; t++) {
    if (m->amounts[amount].terms[t].is == TERM_AMOUNT) {
      mark_reachable(m, m->amounts[amount].terms[t].amount, reached);
    }
  }
}

/* The level set that an amount's blocks share, ID_NONE when they do not. */
static uint32_t shared_levels(const model *m, const model_amount *amount) {
  uint32_t levels = amount->n_blocks > 0 ? m->blocks[amount->blocks[0]].levels : ID_NONE;
  for (uint32_t i = 1; i < amount->n_blocks; i++) {
    levels = m->blocks[amount->blocks[i]].levels == levels ? levels : ID_NONE;
  }
  return levels;
}

/* Savings are told level by level for the worst amounts of the initial measure that share the first one's levels. */
static void find_chain(recorder *with) {
  const model *m = with->in->model;
  with->chain = ID_NONE;
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    bool reached = with->in_chain[a];
    uint32_t levels = shared_levels(m, &m->amounts[a]);
    bool follows = reached && m->amounts[a].kind == AMOUNT_WORST && levels != ID_NONE;
    with->chain = follows && with->chain == ID_NONE ? levels : with->chain;
    with->in_chain[a] = follows && levels == with->chain;
    with->apart[a] = reached && m->amounts[a].n_blocks > 0 && !with->in_chain[a];
  }
}

sg_status recorder_open(recorder *opened, result *run, bound *in, sg_error *error) {
  *opened = (recorder){.run = run, .in = in};
  opened->row_of = malloc((in->book->accounts.n + 1) * sizeof *opened->row_of);
  opened->in_chain = calloc(in->model->n_amounts + 1, sizeof *opened->in_chain);
  opened->apart = calloc(in->model->n_amounts + 1, sizeof *opened->apart);
  uint32_t levels_max = 0;
  for (uint32_t l = 0; l < in->model->n_level_sets; l++) {
    levels_max = in->levels[l].n > levels_max ? in->levels[l].n : levels_max;
  }
  opened->level_total = calloc(levels_max + 3, sizeof *opened->level_total);
  if (!opened->row_of || !opened->in_chain || !opened->apart || !opened->level_total) {
    return error_out_of_memory(error);
  }
  memset(opened->row_of, 0xff, in->book->accounts.n * sizeof *opened->row_of);
  for (uint32_t r = 0; r < run->n_rows; r++) {
    opened->row_of[run->rows[r].account] = r;
  }
  mark_reachable(in->model, in->model->initial, opened->in_chain);
  find_chain(opened);
  return SG_OK;
}

void recorder_close(recorder *opened) {
  free(opened->row_of);
  free(opened->in_chain);
  free(opened->apart);
  free(opened->level_total);
  for (int i = 0; i < N_MEASURES; i++) {
    if (i == 0 || opened->alone_requirement[i] != opened->alone_requirement[0]) {
      free(opened->alone_requirement[i]);
    }
  }
  ARRAY_FREE(&opened->lines);
  ARRAY_FREE(&opened->pnl);
}

void recorder_request(const recorder *with, level_request **requests) {
  const model *m = with->in->model;
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    memset(requests[b], 0, (1 + with->in->levels[m->blocks[b].levels].n) * sizeof **requests);
  }
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    const model_amount *amount = &m->amounts[a];
    for (uint32_t i = 0; i < amount->n_blocks; i++) {
      level_request *of = requests[amount->blocks[i]];
      uint32_t level = 1 + with->in->amount_level[a];
      bool whole = amount->kind != AMOUNT_WORST;
      of[level].worst |= !whole;
      of[level].vectors |= whole || (with->keeps_pnl != NULL && !with->standalone);
      for (uint32_t l = 0; with->in_chain[a] && l < (with->standalone ? 1 : level); l++) {
        of[l].worst = true;
      }
    }
  }
}

/* ---- savings ----------------------------------------------------------------------------------- */

/* Positions that a portfolio of the pass stands for. */
static uint32_t stands_for(const recorder *with, const batch *of, uint32_t portfolio) {
  return with->standalone ? with->alone->count[of->first + portfolio] : 1;
}

/* Adds the worst losses of a set's nodes over an amount's blocks, at base rates. */
static sg_status add_level_total(recorder *with, const batch *of, const block_outcome *outcomes, uint32_t amount,
                                 uint32_t level, uint32_t set, money *total, sg_error *error) {
  const model_amount *m = &with->in->model->amounts[amount];
  const double *rate_to_base = with->in->book->currencies.rate_to_base;
  for (uint32_t node = 0; node < of->tables[set].n; node++) {
    double worst = 0.0;
    for (uint32_t i = 0; i < m->n_blocks; i++) {
      const block_outcome *block = &outcomes[m->blocks[i]];
      const level_outcome *at = level == LEVEL_LEAF ? &block->leaf : &block->levels[level];
      worst = at->worst[node] < worst ? at->worst[node] : worst;
    }
    uint32_t native = batch_node_currency(with->in, set, of->tables[set].group[node]);
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    uint32_t currency = native != ID_NONE ? native : with->in->book->accounts.currency[account];
    uint32_t n = stands_for(with, of, of->portfolio_of[set][node]);
    money loss;
    if (worst != 0.0 &&
        (!money_from_double(-worst * rate_to_base[currency], &loss) || !money_add_times(total, loss, n))) {
      return error_add(error, SG_INPUT, m->where, "the losses of amount %s are too large for exact money (1.7e26 at most)", m->name);
    }
  }
  return SG_OK;
}

/* What an amount off the chain comes to, before times and round, at base rates. */
static sg_status add_apart(recorder *with, const batch *of, const amount_values *values, sg_error *error) {
  const book *b = with->in->book;
  for (uint32_t a = 0; a < with->in->model->n_amounts; a++) {
    uint32_t set = with->in->amount_set[a];
    for (uint32_t node = 0; with->apart[a] && node < of->tables[set].n; node++) {
      uint32_t currency = b->accounts.currency[batch_account(of, of->portfolio_of[set][node])];
      money loss = values[a].account_leaf[node];
      bool fits = currency == b->base_currency ||
                  money_from_double(money_to_double(loss) * b->currencies.rate_to_base[currency], &loss);
      uint32_t n = stands_for(with, of, of->portfolio_of[set][node]);
      if (!fits || !money_add_times(&with->apart_total[with->standalone ? 0 : 1], loss, n)) {
        return error_add(error, SG_INPUT, with->in->model->amounts[a].where,
                         "the losses of amount %s are too large for exact money (1.7e26 at most)", with->in->model->amounts[a].name);
      }
    }
  }
  return SG_OK;
}

static sg_status add_savings(recorder *with, const batch *of, const block_outcome *outcomes,
                             const amount_values *values, sg_error *error) {
  TRY(add_apart(with, of, values, error));
  if (with->chain == ID_NONE) {
    return SG_OK;
  }
  const bound_levels *levels = &with->in->levels[with->chain];
  for (uint32_t a = 0; a < with->in->model->n_amounts; a++) {
    if (!with->in_chain[a]) {
      continue;
    }
    TRY(add_level_total(with, of, outcomes, a, LEVEL_LEAF, levels->leaf_set,
                        &with->level_total[with->standalone ? 0 : 1], error));
    for (uint32_t l = 0; !with->standalone && l < levels->n; l++) {
      uint32_t own = with->in->amount_level[a];
      uint32_t at = l < own ? l : own; /* above its own level an amount saves no more */
      TRY(add_level_total(with, of, outcomes, a, at, levels->items[at].set, &with->level_total[2 + l], error));
    }
  }
  return SG_OK;
}

/* ---- lines ------------------------------------------------------------------------------------- */

typedef struct emitter {
  recorder *with;
  const batch *of;
  const amount_input *in;
  const amount_values *values;
  uint32_t portfolio;
  measure measure;
  const char ***details; /* [amount][node] of the batch, shared by the measures; NULL until made */
} emitter;

static const char *node_text(const emitter *e, uint32_t amount, uint32_t node) {
  const bound *in = e->with->in;
  const char *name = in->node_names[amount][e->of->tables[in->amount_set[amount]].group[node]];
  switch (e->of->all->side[e->of->first + e->portfolio]) {
    case SIDE_OF_LONGS: return arena_format(e->with->run->line_memory, "long:%s", name);
    case SIDE_OF_SHORTS: return arena_format(e->with->run->line_memory, "short:%s", name);
    default: return name;
  }
}

/* "x 1.32 = im_factor + peg: im_factor=1.3, peg_threshold=0.98, peg_factor=2, fx=0.97". */
static const char *times_text(const emitter *e, uint32_t m, uint32_t node) {
  const expression *times = &e->with->in->model->amounts[m].times;
  arena *memory = e->with->run->memory;
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
  const char *read = settle_numbers(e->of, times, e->in->times_slots[m], node, &e->with->numbers, memory);
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
  arena *memory = e->with->run->line_memory;
  char native[NUMBER_TEXT_BYTES];
  if (strcmp(step, ".times") == 0) {
    return times_text(e, m, node);
  }
  if (step[0] == '.') {
    money_format(amount->round, native);
    return arena_format(memory, "to multiples of %s", native);
  }
  if (amount->kind == AMOUNT_CHARGE && amount->charge.n_slots > 0) {
    return settle_numbers(e->of, &amount->charge, e->in->charge_slots[m], node, &e->with->numbers, memory);
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
  const model *under = e->with->in->model;
  const amount_values *values = &e->values[m];
  bool binds = step[0] == '\0' && values->block != NULL && values->block[node] != BLOCK_NONE;
  line made = {.account = batch_account(e->of, e->portfolio),
               .measure = e->measure,
               .node = node_text(e, m, node),
               .rule = step[0] == '\0' ? under->amounts[m].name
                                       : arena_format(e->with->run->line_memory, "%s%s", under->amounts[m].name, step),
               .amount = value,
               .block = binds ? under->blocks[values->block[node]].name : "",
               .scenario = binds ? values->scenario[node] : 0,
               .detail = detail_text(e, m, step, node)};
  bool enough = made.node != NULL && made.rule != NULL && made.detail != NULL && ARRAY_PUSH(&e->with->lines, made);
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
  recorder *with = e->with;
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
          if (!ARRAY_PUSH(&with->pnl, row)) {
            return error_out_of_memory(error);
          }
        }
      }
    }
  }
  return SG_OK;
}

/* ---- a batch ----------------------------------------------------------------------------------- */

static sg_status requirement_too_large(const recorder *with, uint32_t account, sg_error *error) {
  return error_fail(error, SG_INPUT, "the requirement of account %s is too large for exact money (1.7e26 at most)",
                    with->in->book->accounts.id[account]);
}

static sg_status visit_accounts(recorder *with, const batch *of, const block_outcome *outcomes, const amount_input *in,
                                const amount_values *values, sg_error *error) {
  const uint32_t roots[N_MEASURES] = {with->in->model->initial, with->in->model->maintenance};
  const char ***details = ARENA_ARRAY(of->memory, const char **, with->in->model->n_amounts);
  if (details == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < of->n_portfolios; f++) {
    margin_row *row = &with->run->rows[with->row_of[batch_account(of, f)]];
    for (int i = 0; i < N_MEASURES; i++) {
      money requirement;
      TRY(amounts_requirement(in, values, roots[i], f, &requirement, error));
      if (!money_add(&row->requirement[i], requirement)) {
        return requirement_too_large(with, row->account, error);
      }
      emitter e = {with, of, in, values, f, (measure)i, details};
      TRY(amounts_lines(in, values, roots[i], f, emit_line, &e, error));
      TRY(i == MEASURE_INITIAL ? keep_pnl(&e, outcomes, error) : SG_OK);
    }
  }
  return SG_OK;
}

sg_status recorder_visit(void *visitor, batch *of, const block_outcome *outcomes, const amount_input *in,
                         const amount_values *values, sg_error *error) {
  recorder *with = visitor;
  const uint32_t roots[N_MEASURES] = {with->in->model->initial, with->in->model->maintenance};
  if (!with->standalone) {
    TRY(visit_accounts(with, of, outcomes, in, values, error));
  }
  for (int i = 0; with->standalone && i < N_MEASURES; i++) {
    if (i > 0 && with->alone_requirement[i] == with->alone_requirement[0]) {
      continue;
    }
    for (uint32_t f = 0; f < of->n_portfolios; f++) {
      TRY(amounts_requirement(in, values, roots[i], f, &with->alone_requirement[i][of->first + f], error));
    }
  }
  return add_savings(with, of, outcomes, values, error);
}

sg_status recorder_open_standalone(recorder *with, const positions_alone *alone, sg_error *error) {
  with->standalone = true;
  with->alone = alone;
  bool same = with->in->model->initial == with->in->model->maintenance; /* what is needed is computed once */
  for (int i = 0; i < N_MEASURES; i++) {
    if (i > 0 && same) {
      with->alone_requirement[i] = with->alone_requirement[0];
      continue;
    }
    with->alone_requirement[i] = pages_malloc((alone->distinct.n + 1) * sizeof *with->alone_requirement[i]);
    if (with->alone_requirement[i] == NULL) {
      return error_out_of_memory(error);
    }
  }
  return SG_OK;
}

/* A run on substitutes keeps what each position needs, for the run on stated marks to take the larger. */
static sg_status keep_alone(recorder *with, const portfolios *all, sg_error *error) {
  for (int m = 0; m < N_MEASURES; m++) {
    with->run->alone[m] = ARENA_ARRAY(with->run->memory, money, all->n_positions);
    if (with->run->alone[m] == NULL) {
      return error_out_of_memory(error);
    }
    for (size_t i = 0; i < all->n_positions; i++) {
      uint32_t like = with->alone->of[i];
      with->run->alone[m][i] = like == ID_NONE ? MONEY_ZERO : with->alone_requirement[m][like];
    }
  }
  return SG_OK;
}

sg_status recorder_close_standalone(recorder *with, const portfolios *all, sg_error *error) {
  size_t substituted = 0; /* positions of a run on substitutes: those of the accounts touched, in this order */
  TRY(with->own_only ? keep_alone(with, all, error) : SG_OK);
  for (uint32_t f = 0; f < all->n; f++) {
    margin_row *row = &with->run->rows[with->row_of[all->account[f]]];
    bool twice = with->substituted != NULL && with->touched[row->account];
    for (size_t i = all->begin[f]; i < all->begin[f + 1]; i++) {
      uint32_t like = with->alone->of[i];
      for (int m = 0; like != ID_NONE && m < N_MEASURES; m++) {
        money needed = with->alone_requirement[m][like];
        if (twice && money_compare(with->substituted->alone[m][substituted], needed) > 0) {
          needed = with->substituted->alone[m][substituted];
        }
        if (!money_add(&row->standalone[m], needed)) {
          return requirement_too_large(with, row->account, error);
        }
      }
      substituted += twice;
    }
  }
  return SG_OK;
}
