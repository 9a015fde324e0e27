/* SPDX-License-Identifier: MIT
 *
 * Recording batches.
 */
#include "base/error.h"
#include "base/parallel.h"
#include "engine/record_parts.h"

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

static sg_status open_workers(recorder *opened, sg_error *error) {
  uint32_t n = parallel_workers();
  opened->workers = calloc(n, sizeof *opened->workers);
  if (opened->workers == NULL) {
    return error_out_of_memory(error);
  }
  opened->n_workers = n;
  bool enough = true;
  for (uint32_t w = 0; w < n; w++) {
    recorded *own = &opened->workers[w];
    own->savings.level = calloc(opened->n_totals, sizeof *own->savings.level);
    own->texts = opened->run->line_memory[w] = arena_open();
    enough = enough && own->savings.level != NULL && own->texts != NULL;
  }
  return enough ? SG_OK : error_out_of_memory(error);
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
  opened->n_totals = levels_max + 3;
  opened->savings.level = calloc(opened->n_totals, sizeof *opened->savings.level);
  run->lines = result_lines_open();
  if (run->lines == NULL || !opened->row_of || !opened->in_chain || !opened->apart || !opened->savings.level) {
    return error_out_of_memory(error);
  }
  TRY(open_workers(opened, error));
  TRY(record_name_amounts(opened, error));
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
  free(opened->savings.level);
  free(opened->alone_requirement);
  for (uint32_t w = 0; w < opened->n_workers; w++) {
    ARRAY_FREE(&opened->workers[w].lines);
    ARRAY_FREE(&opened->workers[w].pnl);
    free(opened->workers[w].savings.level);
  }
  free(opened->workers);
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

/* ---- a batch ----------------------------------------------------------------------------------- */

sg_status record_too_large(const recorder *with, uint32_t account, sg_error *error) {
  return error_fail(error, SG_INPUT, "the requirement of account %s is too large for exact money (1.7e26 at most)",
                    with->in->book->accounts.id[account]);
}

static sg_status record_alone(recorder *with, const batch *of, const amount_input *in, const amount_values *values,
                              sg_error *error) {
  const uint32_t roots[N_MEASURES] = {with->in->model->initial, with->in->model->maintenance};
  for (int i = 0; i < with->n_alone; i++) {
    for (uint32_t f = 0; f < of->n_portfolios; f++) {
      money *to = &with->alone_requirement[(size_t)(of->first + f) * with->n_alone + i];
      TRY(amounts_requirement(in, values, roots[i], f, to, error));
    }
  }
  return SG_OK;
}

sg_status recorder_record(void *visitor, uint32_t worker, batch *of, const block_outcome *outcomes, const amount_input *in,
                          const amount_values *values, sg_error *error) {
  recorder *with = visitor;
  recorded *own = &with->workers[worker];
  TRY(with->standalone ? record_alone(with, of, in, values, error)
                       : record_lines(with, own, of, outcomes, in, values, error));
  return record_savings(with, own, of, outcomes, values, error);
}

sg_status recorder_take(void *visitor, uint32_t worker, batch *of, const block_outcome *outcomes, const amount_input *in,
                        const amount_values *values, sg_error *error) {
  recorder *with = visitor;
  recorded *own = &with->workers[worker];
  for (uint32_t f = 0; !with->standalone && f < of->n_portfolios; f++) {
    margin_row *row = &with->run->rows[with->row_of[batch_account(of, f)]];
    for (int i = 0; i < N_MEASURES; i++) {
      if (!money_add(&row->requirement[i], own->requirement[f][i])) {
        return record_too_large(with, row->account, error);
      }
    }
  }
  TRY(with->standalone || take_lines(with, own) ? SG_OK : error_out_of_memory(error));
  if (with->watcher != NULL && !with->standalone) {
    with->watcher->lines_known(with->watcher->context, with->run, with->run->n_lines, false);
  }
  return take_savings(with, own, error);
}
