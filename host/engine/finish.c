/* SPDX-License-Identifier: MIT
 *
 * After the passes: substitutes, parents, totals.
 */
#include "base/error.h"
#include "engine/equity.h"
#include "engine/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static sg_status too_large(const recorder *with, uint32_t account, sg_error *error) {
  return error_fail(error, SG_INPUT, "the requirement of account %s is too large for exact money (1.7e26 at most)",
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

/* Equity and haircuts of a row to its parent's. */
static sg_status add_standing(recorder *with, const margin_row *from, const margin_row *to, sg_error *error) {
  const standing *below = &with->run->standings[from - with->run->rows];
  standing *above = &with->run->standings[to - with->run->rows];
  money added;
  bool fits = convert(with, below->equity, from->currency, to->currency, &added) && money_add(&above->equity, added);
  for (int i = 0; i < N_MEASURES; i++) {
    fits = fits && convert(with, below->haircut[i], from->currency, to->currency, &added) &&
           money_add(&above->haircut[i], added);
  }
  return fits ? SG_OK : too_large(with, to->account, error);
}

/* What a row needs, with its lines, or what its positions need alone. */
static sg_status add_to_parent(recorder *with, const margin_row *from, margin_row *to, sg_error *error) {
  const char *rule = arena_format(with->run->memory, "%s.account", with->in->book->accounts.id[from->account]);
  if (with->run->has_equity) {
    TRY(add_standing(with, from, to, error));
  }
  for (int i = 0; i < N_MEASURES; i++) {
    line made = {.account = to->account, .measure = (measure)i, .node = "-", .rule = rule, .block = "", .detail = ""};
    if (!convert(with, from->requirement[i], from->currency, to->currency, &made.amount) ||
        !money_add(&to->requirement[i], made.amount)) {
      return too_large(with, to->account, error);
    }
    if (rule == NULL || !result_lines_add(with->run->lines, &with->run->n_lines, &made, 1)) {
      return error_out_of_memory(error);
    }
  }
  return SG_OK;
}

static sg_status add_alone_to_parent(recorder *with, const margin_row *from, margin_row *to, sg_error *error) {
  for (int i = 0; i < N_MEASURES; i++) {
    money standalone;
    if (!convert(with, from->standalone[i], from->currency, to->currency, &standalone) ||
        !money_add(&to->standalone[i], standalone)) {
      return too_large(with, to->account, error);
    }
  }
  return SG_OK;
}

/* ---- substitutes ------------------------------------------------------------------------------- */

static const char *larger_text(const recorder *with, const margin_row *row, const margin_row *by, measure of,
                               const money *poorer) {
  bool by_larger = money_compare(by->requirement[of], row->requirement[of]) > 0;
  char stated[NUMBER_TEXT_BYTES], substituted[NUMBER_TEXT_BYTES], equity[NUMBER_TEXT_BYTES] = "";
  money_format(row->requirement[of], stated);
  money_format(by->requirement[of], substituted);
  if (poorer != NULL) {
    money_format(*poorer, equity);
  }
  return arena_format(with->run->memory, "%s stated, %s with %s: the %s counts%s%s", stated, substituted,
                      with->substitutes[row->account], by_larger ? "second" : "first",
                      poorer == NULL ? "" : "; the equity is then ", equity);
}

static money larger(money a, money b) { return money_compare(a, b) > 0 ? a : b; }

/* The larger requirement and haircut and the smaller equity. */
static sg_status keep_larger_row(recorder *with, margin_row *row, const margin_row *by, const standing *by_standing,
                                 sg_error *error) {
  standing *own = with->run->has_equity ? &with->run->standings[row - with->run->rows] : NULL;
  assert(own == NULL || by_standing != NULL);
  bool lower = own != NULL && money_compare(by_standing->equity, own->equity) < 0;
  const money *poorer = lower ? &by_standing->equity : NULL;
  for (int i = 0; i < N_MEASURES; i++) {
    line made = {.account = row->account, .measure = (measure)i, .node = "-", .rule = "quality.substitute",
                 .amount = larger(by->requirement[i], row->requirement[i]), .block = "",
                 .detail = larger_text(with, row, by, (measure)i, poorer)};
    if (!money_subtract(&made.amount, row->requirement[i])) {
      return too_large(with, row->account, error);
    }
    row->requirement[i] = larger(by->requirement[i], row->requirement[i]);
    if (own != NULL) {
      own->haircut[i] = larger(by_standing->haircut[i], own->haircut[i]);
    }
    if (made.detail == NULL || !result_lines_add(with->run->lines, &with->run->n_lines, &made, 1)) {
      return error_out_of_memory(error);
    }
  }
  if (poorer != NULL) {
    own->equity = *poorer;
  }
  return SG_OK;
}

/* Whatever the substitutes are, none can lower what an account needs. */
static sg_status keep_larger(recorder *with, sg_error *error) {
  const result *by = with->substituted;
  for (uint32_t i = 0; by != NULL && i < by->n_rows; i++) {
    margin_row *row = &with->run->rows[with->row_of[by->rows[i].account]];
    TRY(keep_larger_row(with, row, &by->rows[i], by->has_equity ? &by->standings[i] : NULL, error));
  }
  return SG_OK;
}

typedef sg_status parent_adder(recorder *with, const margin_row *from, margin_row *to, sg_error *error);

static sg_status sum_children(recorder *with, parent_adder *add, sg_error *error) {
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
    uint32_t to = with->row_of[all->margin_account[parent]];
    if (to != ID_NONE) {
      status = add(with, &with->run->rows[with->row_of[order[i].account]], &with->run->rows[to], error);
    }
  }
  free(order);
  return status;
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
    return error_fail(error, SG_INPUT, "the savings of a level are too large for exact money (1.7e26 at most)");
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
    TRY(add_saving(with, name, with->savings.level[below], with->savings.level[l + 1], error));
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
      return add_saving(with, m->groupings[m->amounts[a].grouping].text, with->savings.apart[0], with->savings.apart[1],
                        error);
    }
  }
  return SG_OK;
}

sg_status recorder_judge(recorder *with, sg_error *error) {
  TRY(equity_collect(with->in, with->run, with->row_of, error));
  TRY(keep_larger(with, error));
  TRY(with->own_only ? SG_OK : sum_children(with, add_to_parent, error));
  return equity_judge(with->in, with->run, error);
}

sg_status recorder_finish(recorder *with, sg_error *error) {
  TRY(with->own_only ? SG_OK : sum_children(with, add_alone_to_parent, error));
  TRY(add_totals(with, error));
  return add_savings(with, error);
}
