/* SPDX-License-Identifier: MIT
 *
 * After the passes: parents, order, binding scenarios, totals.
 */
#include "base/error.h"
#include "engine/equity.h"
#include "engine/record.h"

#include <stdlib.h>
#include <string.h>

static sg_status too_large(const recorder *with, uint32_t account, sg_error *error) {
  return error_fail(error, SG_INPUT, "the requirement of account %s is too large for exact money",
                    with->in->book->accounts.id[account]);
}

static bool convert(const recorder *with, money amount, uint32_t from, uint32_t to, money *converted) {
  *converted = amount;
  return from == to || money_from_double(money_to_double(amount) * bound_rate(with->in, from, to), converted);
}

static uint32_t depth(const accounts *all, uint32_t account) {
  uint32_t n = 0;
  while (all->parent[account] != ID_NONE) {
    account = all->parent[account];
    n++;
  }
  return n;
}

typedef struct child {
  uint32_t depth, account;
} child;

static int deepest_first(const void *left, const void *right) {
  const child *a = left, *b = right;
  return a->depth != b->depth ? (a->depth > b->depth ? -1 : 1) : (a->account > b->account) - (a->account < b->account);
}

static sg_status add_to_parent(recorder *with, const margin_row *from, uint32_t parent, sg_error *error) {
  const book *b = with->in->book;
  margin_row *to = &with->run->rows[with->row_of[b->accounts.margin_account[parent]]];
  const char *rule = arena_format(with->run->memory, "%s.account", b->accounts.id[from->account]);
  money equity;
  if (!convert(with, from->equity, from->currency, to->currency, &equity) || !money_add(&to->equity, equity)) {
    return too_large(with, to->account, error);
  }
  for (int i = 0; i < N_MEASURES; i++) {
    money requirement, standalone;
    if (!convert(with, from->requirement[i], from->currency, to->currency, &requirement) ||
        !convert(with, from->standalone[i], from->currency, to->currency, &standalone) ||
        !money_add(&to->requirement[i], requirement) || !money_add(&to->standalone[i], standalone)) {
      return too_large(with, to->account, error);
    }
    money haircut;
    if (!convert(with, from->haircut[i], from->currency, to->currency, &haircut) ||
        !money_add(&to->haircut[i], haircut)) {
      return too_large(with, to->account, error);
    }
    line made = {.account = to->account, .measure = (measure)i, .node = "-", .rule = rule, .amount = requirement,
                 .block = "", .detail = ""};
    if (rule == NULL || !ARRAY_PUSH(&with->lines, made)) {
      return error_out_of_memory(error);
    }
  }
  return SG_OK;
}

static sg_status sum_children(recorder *with, sg_error *error) {
  const accounts *all = &with->in->book->accounts;
  child *order = malloc((with->run->n_rows + 1) * sizeof *order);
  uint32_t n = 0;
  if (order == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t r = 0; r < with->run->n_rows; r++) {
    uint32_t account = with->run->rows[r].account;
    if (all->parent[account] != ID_NONE && !all->isolated[account]) {
      order[n++] = (child){depth(all, account), account};
    }
  }
  qsort(order, n, sizeof *order, deepest_first);
  sg_status status = SG_OK;
  for (uint32_t i = 0; status == SG_OK && i < n; i++) {
    uint32_t parent = all->parent[order[i].account];
    if (with->row_of[all->margin_account[parent]] != ID_NONE) {
      status = add_to_parent(with, &with->run->rows[with->row_of[order[i].account]], parent, error);
    }
  }
  free(order);
  return status;
}

/* ---- what the model leaves out ------------------------------------------------------------------ */

/* A line of amount 0 for each account that holds what a term not covered by the model would touch. */
static sg_status name_not_covered(recorder *with, sg_error *error) {
  const model *m = with->in->model;
  const book *b = with->in->book;
  bool *mask = malloc(b->instruments.n + 1), *touched = malloc(with->run->n_rows + 1);
  sg_status status = mask && touched ? SG_OK : error_out_of_memory(error);
  for (uint32_t i = 0; status == SG_OK && i < m->n_not_covered; i++) {
    if (m->not_covered_of[i].n == 0) {
      continue;
    }
    memset(touched, 0, with->run->n_rows);
    status = bound_filter(with->in, &m->not_covered_of[i], (place){m->path, 0, 0}, mask, error);
    for (size_t p = 0; status == SG_OK && p < b->positions.n; p++) {
      uint32_t row = with->row_of[b->accounts.margin_account[b->positions.account[p]]];
      if (row != ID_NONE && b->positions.quantity_exact[p].units != 0) {
        touched[row] |= mask[b->positions.instrument[p]];
      }
    }
    for (uint32_t r = 0; status == SG_OK && r < with->run->n_rows; r++) {
      line made = {.account = with->run->rows[r].account, .measure = MEASURE_INITIAL, .node = "-",
                   .rule = "not covered", .block = "", .detail = m->not_covered[i]};
      status = !touched[r] || ARRAY_PUSH(&with->lines, made) ? SG_OK : error_out_of_memory(error);
    }
  }
  free(mask);
  free(touched);
  return status;
}

/* ---- order ------------------------------------------------------------------------------------- */

typedef struct placed_line {
  size_t index;
  line line;
} placed_line;

static int by_account_and_measure(const void *left, const void *right) {
  const placed_line *a = left, *b = right;
  if (a->line.account != b->line.account) {
    return a->line.account < b->line.account ? -1 : 1;
  }
  if (a->line.measure != b->line.measure) {
    return a->line.measure < b->line.measure ? -1 : 1;
  }
  return (a->index > b->index) - (a->index < b->index);
}

static sg_status order_lines(recorder *with, sg_error *error) {
  result *run = with->run;
  run->n_lines = with->lines.n;
  run->lines = ARENA_ARRAY(run->memory, line, run->n_lines);
  placed_line *placed = malloc((run->n_lines + 1) * sizeof *placed);
  if (run->lines == NULL || placed == NULL) {
    free(placed);
    return error_out_of_memory(error);
  }
  bool sorted = true;
  for (size_t i = 0; i < run->n_lines; i++) {
    placed[i] = (placed_line){i, with->lines.items[i]};
    sorted = sorted && (i == 0 || by_account_and_measure(&placed[i - 1], &placed[i]) < 0);
  }
  if (!sorted) {
    qsort(placed, run->n_lines, sizeof *placed, by_account_and_measure);
  }
  for (size_t i = 0; i < run->n_lines; i++) {
    run->lines[i] = placed[i].line;
    margin_row *row = &run->rows[with->row_of[placed[i].line.account]];
    measure of = placed[i].line.measure;
    row->first_line[of] = row->n_lines[of] == 0 ? i : row->first_line[of];
    row->n_lines[of]++;
  }
  free(placed);
  run->n_pnl = with->pnl.n;
  run->pnl = ARENA_ARRAY(run->memory, pnl_row, run->n_pnl);
  if (run->pnl == NULL) {
    return error_out_of_memory(error);
  }
  if (run->n_pnl > 0) {
    memcpy(run->pnl, with->pnl.items, run->n_pnl * sizeof *run->pnl);
  }
  return SG_OK;
}

static void find_worst(recorder *with, margin_row *row) {
  const line *largest = NULL;
  for (size_t i = row->first_line[MEASURE_INITIAL]; i < row->first_line[MEASURE_INITIAL] + row->n_lines[MEASURE_INITIAL];
       i++) {
    const line *at = &with->run->lines[i];
    if (at->block[0] != '\0' && (largest == NULL || money_compare(at->amount, largest->amount) > 0)) {
      largest = at;
    }
  }
  row->worst_block = largest == NULL ? "" : largest->block;
  row->worst_scenario = largest == NULL ? 0 : largest->scenario;
}

/* ---- totals ------------------------------------------------------------------------------------ */

static sg_status add_totals(recorder *with, sg_error *error) {
  result *run = with->run;
  const accounts *all = &with->in->book->accounts;
  for (uint32_t r = 0; r < run->n_rows; r++) {
    const margin_row *row = &run->rows[r];
    uint32_t parent = all->parent[row->account];
    if (parent != ID_NONE && !all->isolated[row->account] && with->row_of[all->margin_account[parent]] != ID_NONE) {
      continue; /* its parent's row holds it */
    }
    for (int i = 0; i < N_MEASURES; i++) {
      money requirement, standalone;
      if (!convert(with, row->requirement[i], row->currency, with->in->book->base_currency, &requirement) ||
          !convert(with, row->standalone[i], row->currency, with->in->book->base_currency, &standalone) ||
          !money_add(&run->total[i], requirement) || !money_add(&run->standalone_total[i], standalone)) {
        return too_large(with, row->account, error);
      }
    }
  }
  return SG_OK;
}

static sg_status add_saving(recorder *with, const char *level, money below, money above, sg_error *error) {
  if (!money_subtract(&below, above)) {
    return error_fail(error, SG_INPUT, "the savings of a level are too large for exact money");
  }
  with->run->savings[with->run->n_savings++] = (level_saving){level, below};
  return SG_OK;
}

static sg_status add_chain_savings(recorder *with, sg_error *error) {
  const bound_levels *levels = &with->in->levels[with->chain];
  uint32_t top = 0;
  for (uint32_t a = 0; a < with->in->model->n_amounts; a++) {
    top = with->in_chain[a] && with->in->amount_level[a] > top ? with->in->amount_level[a] : top;
  }
  /* Leaf nodes are by underlying and currency paid: a first level by underlying too has their saving with its own. */
  bool leaf_is_level = (with->in->sets[levels->items[0].set].keys & 1u << KEY_UNDERLYING) != 0;
  for (uint32_t l = leaf_is_level ? 1 : 0; l < top + 2; l++) {
    uint32_t below = leaf_is_level && l == 1 ? 0 : l;
    const char *name = l == 0 ? "underlying" : with->in->model->groupings[levels->items[l - 1].rule->grouping].text;
    TRY(add_saving(with, name, with->level_total[below], with->level_total[l + 1], error));
  }
  return SG_OK;
}

static sg_status add_savings(recorder *with, sg_error *error) {
  const model *m = with->in->model;
  uint32_t levels_max = with->chain == ID_NONE ? 0 : with->in->levels[with->chain].n;
  with->run->savings = ARENA_ARRAY(with->run->memory, level_saving, levels_max + 2);
  if (with->run->savings == NULL) {
    return error_out_of_memory(error);
  }
  if (with->chain != ID_NONE) {
    TRY(add_chain_savings(with, error));
  }
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    if (with->apart[a]) { /* all of them together, under the first one's groups */
      return add_saving(with, m->groupings[m->amounts[a].grouping].text, with->apart_total[0], with->apart_total[1],
                        error);
    }
  }
  return SG_OK;
}

static const char *money_text(arena *memory, money amount) {
  char text[NUMBER_TEXT_BYTES];
  return arena_text(memory, text, money_format(amount, text));
}

static sg_status write_texts(result *run, margin_row *row, sg_error *error) {
  bool enough = true;
  for (int i = 0; i < N_MEASURES; i++) {
    row->requirement_text[i] = money_text(run->memory, row->requirement[i]);
    row->standalone_text[i] = money_text(run->memory, row->standalone[i]);
    row->haircut_text[i] = run->has_equity ? money_text(run->memory, row->haircut[i]) : "";
    row->excess_text[i] = run->has_equity ? money_text(run->memory, row->excess[i]) : "";
    enough = enough && row->requirement_text[i] != NULL && row->standalone_text[i] != NULL &&
             row->haircut_text[i] != NULL && row->excess_text[i] != NULL;
  }
  row->equity_text = run->has_equity ? money_text(run->memory, row->equity) : "";
  row->call_text = run->has_equity ? money_text(run->memory, row->call) : "";
  enough = enough && row->equity_text != NULL && row->call_text != NULL;
  return enough ? SG_OK : error_out_of_memory(error);
}

sg_status recorder_finish(recorder *with, sg_error *error) {
  TRY(equity_collect(with->in, with->run, with->row_of, error));
  TRY(sum_children(with, error));
  TRY(equity_judge(with->in, with->run, error));
  TRY(name_not_covered(with, error));
  TRY(order_lines(with, error));
  for (uint32_t r = 0; r < with->run->n_rows; r++) {
    find_worst(with, &with->run->rows[r]);
    TRY(write_texts(with->run, &with->run->rows[r], error));
  }
  TRY(add_totals(with, error));
  return add_savings(with, error);
}
