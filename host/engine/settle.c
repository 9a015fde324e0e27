/* SPDX-License-Identifier: MIT
 *
 * Gathering what amounts read: outcomes of their levels, columns, facts of groups, inputs of accounts.
 */
#include "engine/settle.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* slot.scope beyond SCOPE_OWN names a grouping of the model. */
static uint32_t scope_set(const bound *in, const slot *wanted, uint32_t own) {
  return wanted->scope == SCOPE_OWN ? own : in->grouping_set[wanted->scope - 1];
}

static void use_scopes(const bound *in, const expression *rule, bool *used) {
  for (uint32_t j = 0; j < rule->n_slots; j++) {
    if (rule->slots[j].kind == SLOT_COLUMN) {
      used[scope_set(in, &rule->slots[j], 0)] = true;
    }
  }
}

void settle_used_sets(bound *in, bool *used) {
  const model *m = in->model;
  memset(used, 0, in->n_sets);
  for (uint32_t b = 0; b < m->n_blocks; b++) {
    const bound_levels *levels = &in->levels[m->blocks[b].levels];
    used[levels->leaf_set] = true;
    for (uint32_t l = 0; l < levels->n; l++) {
      used[levels->items[l].set] = true;
    }
  }
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    used[in->amount_set[a]] = true;
    if (m->amounts[a].kind == AMOUNT_CHARGE) {
      use_scopes(in, &m->amounts[a].charge, used);
    }
    if (m->amounts[a].has_times) {
      use_scopes(in, &m->amounts[a].times, used);
    }
  }
}

static double account_input(const batch *of, uint32_t i, uint32_t account) {
  const model_input *input = &of->in->model->inputs[i];
  bool dropped = of->all->standalone && input->has_default;
  return dropped ? input->default_value : of->in->inputs[i][account];
}

static sg_status gather_column(batch *of, const slot *wanted, uint32_t set, const double **values, sg_error *error) {
  uint32_t from = scope_set(of->in, wanted, set);
  const double *sums;
  TRY(batch_column(of, wanted->index, from, &sums, error));
  if (from == set) {
    *values = sums;
    return SG_OK;
  }
  const uint32_t *parent;
  TRY(batch_parents(of, set, from, &parent, error));
  double *gathered = ARENA_ARRAY(of->memory, double, of->tables[set].n);
  *values = gathered;
  if (gathered == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; node < of->tables[set].n; node++) {
    gathered[node] = sums[parent[node]];
  }
  return SG_OK;
}

/* One value per node of the amount's set. */
static sg_status gather_slot(batch *of, const slot *wanted, uint32_t set, place where, const double **values,
                             sg_error *error) {
  const node_table *table = &of->tables[set];
  if (wanted->kind == SLOT_COLUMN) {
    return gather_column(of, wanted, set, values, error);
  }
  double *gathered = ARENA_ARRAY(of->memory, double, table->n);
  *values = gathered;
  if (gathered == NULL) {
    return error_out_of_memory(error);
  }
  bool of_account = wanted->kind == SLOT_INPUT && of->in->model->inputs[wanted->index].table == INPUT_ACCOUNTS;
  bool account_fx = wanted->kind == SLOT_FACT && wanted->index == FACT_FX && table->rate == NULL;
  double *by_group = NULL;
  if (!of_account && !account_fx) {
    TRY(bound_group_slot(of->in, wanted, set, where, &by_group, error));
  }
  for (uint32_t node = 0; node < table->n; node++) {
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    gathered[node] = of_account   ? account_input(of, wanted->index, account)
                     : account_fx ? of->in->book->currencies.rate_to_base[of->in->book->accounts.currency[account]]
                                  : by_group[table->group[node]];
  }
  return SG_OK;
}

static sg_status gather_slots(batch *of, const expression *rule, uint32_t set, place where,
                              const double *const **slots, sg_error *error) {
  const double **gathered = ARENA_ARRAY(of->memory, const double *, rule->n_slots);
  *slots = gathered;
  if (gathered == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t j = 0; j < rule->n_slots; j++) {
    TRY(gather_slot(of, &rule->slots[j], set, where, &gathered[j], error));
  }
  return SG_OK;
}

static sg_status gather_active(batch *of, const model_amount *amount, uint32_t set, const bool **active,
                               sg_error *error) {
  if (amount->of.n == 0) {
    return SG_OK;
  }
  bool *mask = ARENA_ARRAY(of->memory, bool, of->in->book->instruments.n);
  bool *nodes = ARENA_ARRAY(of->memory, bool, of->tables[set].n);
  *active = nodes;
  if (mask == NULL || nodes == NULL) {
    return error_out_of_memory(error);
  }
  TRY(bound_filter(of->in, &amount->of, amount->where, mask, error));
  for (uint32_t node = 0; node < of->tables[set].n; node++) {
    for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
      nodes[node] |= mask[of->instrument[batch_position(of, set, x)]];
    }
  }
  return SG_OK;
}

/* Options of each node that pass the amount's filter; payoffs in the node's currency at base rates. */
static sg_status gather_options(batch *of, uint32_t m, const node_options **gathered, sg_error *error) {
  const model_amount *amount = &of->in->model->amounts[m];
  const instruments *all = &of->in->book->instruments;
  uint32_t set = of->in->amount_set[m], n_nodes = of->tables[set].n;
  node_options *made = ARENA_ARRAY(of->memory, node_options, 1);
  bool *mask = ARENA_ARRAY(of->memory, bool, all->n);
  uint64_t *begin = ARENA_ARRAY(of->memory, uint64_t, n_nodes + 1);
  double *strike = ARENA_ARRAY(of->memory, double, of->n_positions);
  double *quantity = ARENA_ARRAY(of->memory, double, of->n_positions);
  bool *call = ARENA_ARRAY(of->memory, bool, of->n_positions);
  if (!made || !mask || !begin || !strike || !quantity || !call) {
    return error_out_of_memory(error);
  }
  TRY(bound_filter(of->in, &amount->of, amount->where, mask, error));
  uint64_t n = 0;
  for (uint32_t node = 0; node < n_nodes; node++) {
    uint32_t native = batch_node_currency(of->in, set, of->tables[set].group[node]);
    uint32_t own = of->in->book->accounts.currency[batch_account(of, of->portfolio_of[set][node])];
    for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
      uint32_t i = batch_position(of, set, x), c = of->instrument[i];
      if (mask[c] && all->type[c] == OPTION) {
        strike[n] = all->strike[c];
        call[n] = all->right[c] == CALL;
        quantity[n++] = of->quantity[i] * all->multiplier[c] *
                        bound_rate(of->in, all->currency[c], native != ID_NONE ? native : own);
      }
    }
    begin[node + 1] = n;
  }
  *made = (node_options){begin, strike, quantity, call};
  *gathered = made;
  return SG_OK;
}

static sg_status gather_outcomes(batch *of, uint32_t m, const block_outcome *outcomes, const node_outcomes **gathered,
                                 sg_error *error) {
  const model_amount *amount = &of->in->model->amounts[m];
  node_outcomes *made = ARENA_ARRAY(of->memory, node_outcomes, amount->n_blocks);
  *gathered = made;
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0; i < amount->n_blocks; i++) {
    const block_outcome *block = &outcomes[amount->blocks[i]];
    const level_outcome *level = &block->levels[of->in->amount_level[m]];
    made[i] = (node_outcomes){level->worst, level->scenario, level->pnl, block->n_scenarios,
                              of->in->model->blocks[amount->blocks[i]].first};
  }
  return SG_OK;
}

static sg_status gather_parents(batch *of, amount_input *in, const uint32_t **parents, sg_error *error) {
  const model *m = of->in->model;
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    for (uint32_t t = 0; t < m->amounts[a].n_terms; t++) {
      if (m->amounts[a].terms[t].is != TERM_AMOUNT) {
        continue;
      }
      uint32_t child = of->in->amount_set[m->amounts[a].terms[t].amount], parent = of->in->amount_set[a];
      const uint32_t **entry = &parents[child * in->n_tables + parent];
      if (*entry == NULL) {
        TRY(batch_parents(of, child, parent, entry, error));
      }
    }
  }
  return SG_OK;
}

sg_status settle_batch(batch *of, const block_outcome *outcomes, amount_input *in, amount_values **values,
                       sg_error *error) {
  const model *m = of->in->model;
  uint32_t n_sets = of->in->n_sets;
  const uint32_t **parents = ARENA_ARRAY(of->memory, const uint32_t *, (size_t)n_sets * n_sets);
  const node_outcomes **gathered = ARENA_ARRAY(of->memory, const node_outcomes *, m->n_amounts);
  const double *const **charges = ARENA_ARRAY(of->memory, const double *const *, m->n_amounts);
  const double *const **times = ARENA_ARRAY(of->memory, const double *const *, m->n_amounts);
  const bool **active = ARENA_ARRAY(of->memory, const bool *, m->n_amounts);
  const node_options **options = ARENA_ARRAY(of->memory, const node_options *, m->n_amounts);
  *values = ARENA_ARRAY(of->memory, amount_values, m->n_amounts);
  if (!options || !parents || !gathered || !charges || !times || !active || !*values) {
    return error_out_of_memory(error);
  }
  *in = (amount_input){.model = m, .n_portfolios = of->n_portfolios, .tables = of->tables, .table_of = of->in->amount_set,
                       .parent = parents, .n_tables = n_sets, .outcomes = gathered, .charge_slots = charges,
                       .times_slots = times, .options = options, .active = active};
  for (uint32_t a = 0; a < m->n_amounts; a++) {
    const model_amount *amount = &m->amounts[a];
    uint32_t set = of->in->amount_set[a];
    if (amount->n_blocks > 0) {
      TRY(gather_outcomes(of, a, outcomes, &gathered[a], error));
    }
    if (amount->kind == AMOUNT_CHARGE) {
      TRY(gather_slots(of, &amount->charge, set, amount->where, &charges[a], error));
      TRY(gather_active(of, amount, set, &active[a], error));
    }
    if (amount->kind == AMOUNT_WORST_PAYOFF) {
      TRY(gather_options(of, a, &options[a], error));
    }
    if (amount->has_times) {
      TRY(gather_slots(of, &amount->times, set, amount->where, &times[a], error));
    }
  }
  TRY(gather_parents(of, in, parents, error));
  return amounts_apply(in, *values, of->memory, error);
}

static const char *slot_name(const model *m, const slot *which) {
#define FACT_NAME(name, text, meaning) [name] = text,
  static const char *const facts[N_FACTS] = {FACTS(FACT_NAME)};
#undef FACT_NAME
  switch (which->kind) {
    case SLOT_FACT: return facts[which->index];
    case SLOT_INPUT: return m->inputs[which->index].name;
    case SLOT_TABLE: return m->parameters[which->index].name;
    case SLOT_COLUMN: return m->columns[which->index].name;
    default: return m->scenario_keys[which->index];
  }
}

bool settle_name_slots(const model *m, const expression *rule, arena *memory, slot_names *made) {
  *made = (slot_names){rule->n_slots, ARENA_ARRAY(memory, const char *, rule->n_slots),
                       ARENA_ARRAY(memory, size_t, rule->n_slots), 1};
  for (uint32_t j = 0; made->text != NULL && made->length != NULL && j < made->n; j++) {
    made->text[j] = arena_format(memory, "%s%s=", j > 0 ? ", " : "", slot_name(m, &rule->slots[j]));
    if (made->text[j] == NULL) {
      return false;
    }
    made->length[j] = strlen(made->text[j]);
    made->size_bytes += made->length[j] + NUMBER_TEXT_BYTES;
  }
  return made->text != NULL && made->length != NULL;
}

/* `text` has room for NUMBER_TEXT_BYTES. */
static size_t write_number(number_texts *known, double value, char *text) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  size_t at = (bits * 0x9e3779b97f4a7c15u) >> 56;
  if (known->kept[at].length == 0 || known->kept[at].bits != bits) {
    known->kept[at].bits = bits;
    known->kept[at].length = (uint8_t)number_format(value, known->kept[at].text);
  }
  memcpy(text, known->kept[at].text, NUMBER_TEXT_BYTES); /* whole: two moves without a loop */
  return known->kept[at].length;
}

/* Written by hand: a large book has millions of such texts. */
const char *settle_numbers(const slot_names *names, const double *const *slots, uint32_t node, number_texts *known,
                           arena *memory) {
  char fixed[1024];
  char *text = names->size_bytes > sizeof fixed ? malloc(names->size_bytes) : fixed, *at = text;
  for (uint32_t j = 0; text != NULL && j < names->n; j++) {
    memcpy(at, names->text[j], names->length[j]);
    at += names->length[j];
    at += write_number(known, slots[j][node], at);
  }
  const char *kept = text == NULL ? NULL : arena_text(memory, text, (size_t)(at - text));
  if (text != fixed) {
    free(text);
  }
  return kept;
}
