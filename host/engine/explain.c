/* SPDX-License-Identifier: MIT
 *
 * Why: the amounts as a tree, the scenarios that bind, and what each position contributed there.
 */
#include "base/array.h"
#include "base/error.h"
#include "engine/posted.h"
#include "engine/engine.h"
#include "engine/pricing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct explainer {
  device *on;
  bound *in;
  const model *under;
  result *run;
  const margin_row *row;
  arena *memory;
  pricing prices;
} explainer;

/* ---- amounts as a tree ------------------------------------------------------------------------- */

typedef ARRAY(explained_amount) amount_list;

/* "worst"; of a charge its formula too, and the model's numbers in it. NULL when out of memory. */
static const char *kind_text(const model_amount *of, arena *memory) {
#define KIND_TEXT(key, text, function) [key] = text,
  static const char *const kinds[N_AMOUNT_KINDS] = {AMOUNT_KINDS(KIND_TEXT)};
#undef KIND_TEXT
  const char *numbers = of->kind == AMOUNT_CHARGE ? of->charge.numbers : "";
  if (of->kind != AMOUNT_CHARGE) {
    return kinds[of->kind];
  }
  return arena_format(memory, "%s %s%s%s", kinds[of->kind], of->charge.text, numbers[0] == '\0' ? "" : " with ", numbers);
}

static bool list_amounts(const model *m, uint32_t amount, uint32_t depth, bool *listed, amount_list *to,
                         arena *memory) {
  if (listed[amount]) {
    return true;
  }
  listed[amount] = true;
  const char *kind = kind_text(&m->amounts[amount], memory);
  bool done = kind != NULL && ARRAY_PUSH(to, (explained_amount){m->amounts[amount].name, kind, depth});
  for (uint32_t t = 0; done && t < m->amounts[amount].n_terms; t++) {
    if (m->amounts[amount].terms[t].is == TERM_AMOUNT) {
      done = list_amounts(m, m->amounts[amount].terms[t].amount, depth + 1, listed, to, memory);
    }
  }
  return done;
}

static sg_status explain_measure(const explainer *e, measure which, explained_measure *made, sg_error *error) {
  uint32_t root = which == MEASURE_INITIAL ? e->under->initial : e->under->maintenance;
  bool *listed = ARENA_ARRAY(e->memory, bool, e->under->n_amounts);
  amount_list list = {0};
  if (listed == NULL || !list_amounts(e->under, root, 0, listed, &list, e->memory)) {
    ARRAY_FREE(&list);
    return error_out_of_memory(error);
  }
  explained_amount *amounts = ARENA_ARRAY(e->memory, explained_amount, list.n);
  const line *lines = result_lines(e->run, e->row->first_line[which], e->row->n_lines[which], e->memory);
  assert(list.items != NULL); /* the root is one */
  if (amounts != NULL) {
    memcpy(amounts, list.items, list.n * sizeof *amounts);
  }
  *made = (explained_measure){.measure = which,
                              .requirement = e->row->requirement[which],
                              .standalone = e->row->standalone[which],
                              .n_amounts = (uint32_t)list.n,
                              .amounts = amounts,
                              .n_lines = e->row->n_lines[which],
                              .lines = lines};
  ARRAY_FREE(&list);
  return amounts != NULL && lines != NULL ? SG_OK : error_out_of_memory(error);
}

/* ---- binding scenarios ------------------------------------------------------------------------- */

static uint32_t find_amount(const model *m, const char *rule) {
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    if (strcmp(m->amounts[a].name, rule) == 0) {
      return a;
    }
  }
  return ID_NONE;
}

static uint32_t find_instrument(const book *b, const char *id) {
  uint32_t low = 0, high = b->instruments.n;
  while (low + 1 < high) {
    uint32_t middle = low + (high - low) / 2;
    *(strcmp(b->instruments.id[middle], id) <= 0 ? &low : &high) = middle;
  }
  return low;
}

/* Does a row of scenarios.csv move a held instrument of the binding? texts[c]: the attribute that a grid's price lists go
 * by; NULL for scenario files, whose factors name underlyings. */
static bool moves_binding(const explainer *e, const explained_binding *made, const scenario_row *row,
                          const char *const *texts) {
  const char *name = strchr(row->factor, ':');
  bool of_underlying = strncmp(row->factor, "price:", 6) == 0 || strncmp(row->factor, "vol:", 4) == 0;
  if (name == NULL || !of_underlying) {
    return true;
  }
  const book *b = e->in->book;
  size_t length = strcspn(++name, texts == NULL ? "@" : "");
  for (size_t p = 0; p < made->n_positions; p++) {
    uint32_t c = find_instrument(b, made->positions[p].instrument);
    const char *own = texts != NULL ? texts[c] : b->underlyings.id[b->instruments.underlying[c]];
    if (strlen(own) == length && strncmp(own, name, length) == 0) {
      return true;
    }
  }
  return false;
}

static sg_status list_moves(const explainer *e, uint32_t block, explained_binding *made, sg_error *error) {
  const model_block *from = &e->under->blocks[block];
  const char *by = from->n_groups > 0 ? from->groups[0].prices.by : NULL;
  const char **texts = by == NULL ? NULL : ARENA_ARRAY(e->memory, const char *, e->in->book->instruments.n);
  made->moves = ARENA_ARRAY(e->memory, const char *, e->run->n_scenarios);
  if (made->moves == NULL || (by != NULL && texts == NULL)) {
    return error_out_of_memory(error);
  }
  if (by != NULL) {
    TRY(bound_attribute(e->in, by, from->where, texts, error));
  }
  for (size_t i = 0; i < e->run->n_scenarios; i++) {
    const scenario_row *row = &e->run->scenarios[i];
    if (row->scenario != made->scenario || strcmp(row->block, made->block) != 0 ||
        !moves_binding(e, made, row, texts)) {
      continue;
    }
    bool named = strcmp(row->kind, "expression") == 0;
    const char *text = arena_format(e->memory, "%s %s%s%s", row->factor, row->move, named ? "" : " ",
                                    named ? "" : row->kind);
    if (text == NULL) {
      return error_out_of_memory(error);
    }
    made->moves[made->n_moves++] = text;
  }
  return SG_OK;
}

/* P&L of one contract of every held instrument in one scenario: [row]. */
static sg_status price_scenario(explainer *e, uint32_t block, uint32_t scenario, double *pnl, sg_error *error) {
  arena *memory = arena_open();
  if (memory == NULL) {
    return error_out_of_memory(error);
  }
  scenarios set;
  tile of = {0};
  double *rows = NULL;
  sg_status status = scenarios_make(e->in, &e->under->blocks[block], memory, &set, error);
  TRY_DONE(status);
  uint32_t column = 0;
  while (column + 1 < set.n && set.number[column] != scenario) {
    column++;
  }
  TRY_DONE(tile_price(&e->prices, &set, block, column, 1, &of, error));
  rows = malloc(((size_t)e->prices.n_held + 1) * of.stride * sizeof *rows);
  status = rows == NULL ? error_out_of_memory(error)
                        : buffer_read(e->on, of.pnl, 0, (size_t)e->prices.n_held * of.stride * sizeof *rows, rows, error);
  for (uint32_t r = 0; status == SG_OK && r < e->prices.n_held; r++) {
    pnl[r] = rows[(size_t)r * of.stride];
  }
done:
  free(rows);
  tile_close(&of);
  arena_close(memory);
  return status;
}

/* Does position p stand behind the node that a line names? */
static bool position_in_node(const explainer *e, uint32_t amount, const char *node, size_t p) {
  const book *b = e->in->book;
  uint32_t c = b->positions.instrument[p];
  bool is_long = b->positions.quantity_exact[p].units > 0;
  const char *side = strncmp(node, "long:", 5) == 0 ? "long:" : strncmp(node, "short:", 6) == 0 ? "short:" : "";
  if ((side[0] == 'l' && !is_long) || (side[0] == 's' && is_long)) {
    return false;
  }
  const group_set *set = &e->in->sets[e->in->amount_set[amount]];
  return strcmp(e->in->node_names[amount][set->of[c]], node + strlen(side)) == 0;
}

static sg_status list_positions(explainer *e, uint32_t amount, uint32_t block, explained_binding *made, sg_error *error) {
  const book *b = e->in->book;
  double *pnl = ARENA_ARRAY(e->memory, double, e->prices.n_held);
  explained_position *found = ARENA_ARRAY(e->memory, explained_position, b->positions.n);
  if (pnl == NULL || found == NULL) {
    return error_out_of_memory(error);
  }
  TRY(price_scenario(e, block, made->scenario, pnl, error));
  for (size_t p = 0; p < b->positions.n; p++) {
    uint32_t owner = b->positions.account[p], c = b->positions.instrument[p];
    if (b->accounts.margin_account[owner] != e->row->account || b->positions.quantity_exact[p].units == 0 ||
        !position_in_node(e, amount, made->node, p)) {
      continue;
    }
    double rate = bound_rate(e->in, b->instruments.currency[c], e->row->currency);
    found[made->n_positions++] =
        (explained_position){owner == e->row->account ? "" : b->accounts.id[owner], b->instruments.id[c],
                             b->positions.quantity_exact[p], b->positions.quantity[p] * pnl[e->prices.row_of[c]] * rate};
  }
  made->positions = found;
  return SG_OK;
}

static bool already_listed(const explained_binding *bindings, uint32_t n, const line *at) {
  for (uint32_t i = 0; i < n; i++) {
    if (strcmp(bindings[i].rule, at->rule) == 0 && strcmp(bindings[i].node, at->node) == 0) {
      return true;
    }
  }
  return false;
}

static sg_status list_bindings(explainer *e, explanation *made, sg_error *error) {
  size_t n_lines = e->row->n_lines[MEASURE_INITIAL] + e->row->n_lines[MEASURE_MAINTENANCE];
  explained_binding *bindings = ARENA_ARRAY(e->memory, explained_binding, n_lines);
  made->bindings = bindings;
  if (bindings == NULL) {
    return error_out_of_memory(error);
  }
  for (int m = 0; m < N_MEASURES; m++) {
    const line *lines = made->measures[m].lines;
    for (size_t i = 0; i < e->row->n_lines[m]; i++) {
      uint32_t amount = find_amount(e->under, lines[i].rule);
      if (lines[i].block[0] == '\0' || amount == ID_NONE || already_listed(bindings, made->n_bindings, &lines[i])) {
        continue;
      }
      uint32_t block = 0;
      while (strcmp(e->under->blocks[block].name, lines[i].block) != 0) {
        block++;
      }
      explained_binding *binding = &bindings[made->n_bindings++];
      *binding = (explained_binding){.rule = lines[i].rule, .node = lines[i].node, .block = lines[i].block,
                                     .scenario = lines[i].scenario, .pnl = -money_to_double(lines[i].amount)};
      TRY(list_positions(e, amount, block, binding, error));
      TRY(list_moves(e, block, binding, error));
    }
  }
  return SG_OK;
}

/* ---- the account ------------------------------------------------------------------------------- */

static sg_status open_prices(explainer *e, sg_error *error) {
  const book *b = e->in->book;
  bool *needed = calloc(b->instruments.n + 1, sizeof *needed);
  if (needed == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t p = 0; p < b->positions.n; p++) {
    if (b->accounts.margin_account[b->positions.account[p]] == e->row->account) {
      needed[b->positions.instrument[p]] = true;
    }
  }
  sg_status status = pricing_open(e->in, e->on, PRICING_CONTRACTS, needed, NULL, &e->prices, error);
  free(needed);
  return status;
}

sg_status engine_explain(device *on, const book *of, const model *under, result *run, const char *account,
                         explanation *made, sg_error *error) {
  explainer e = {.on = on, .under = under, .run = run, .memory = run->memory};
  for (uint32_t r = 0; r < run->n_rows; r++) {
    if (strcmp(of->accounts.id[run->rows[r].account], account) == 0) {
      e.row = &run->rows[r];
    }
  }
  for (uint32_t i = 0; i < run->n_isolated; i++) {
    if (strcmp(of->accounts.id[run->isolated[i].account], account) == 0) {
      return error_fail(error, SG_INPUT, "account \"%s\" is not computed: %s", account, run->isolated[i].reason);
    }
  }
  if (e.row == NULL) {
    return error_fail(error, SG_USAGE, "the run has no margin for account \"%s\"", account);
  }
  *made = (explanation){.account = of->accounts.id[e.row->account],
                        .currency = of->currencies.id[e.row->currency],
                        .model_name = under->name,
                        .model_version = under->version,
                        .as_of_s = of->as_of_s,
                        .n_savings = run->n_savings,
                        .savings = run->savings};
  sg_status status = posted_book(of, under, run->memory, &of, error);
  TRY_DONE(status);
  TRY_DONE(bound_make(of, under, run->vol, run->memory, &e.in, error));
  TRY_DONE(open_prices(&e, error));
  for (int m = 0; m < N_MEASURES; m++) {
    TRY_DONE(explain_measure(&e, (measure)m, &made->measures[made->n_measures++], error));
  }
  TRY_DONE(list_bindings(&e, made, error));
done:
  if (e.in != NULL) {
    pricing_close(&e.prices);
  }
  bound_close(e.in);
  return status;
}
