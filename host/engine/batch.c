/* SPDX-License-Identifier: MIT
 *
 * Nodes of a batch, and what is linear in its positions.
 */
#include "engine/batch_parts.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>

static sg_status make_rates(batch *of, uint32_t set, sg_error *error) {
  node_table *table = &of->tables[set];
  if ((of->in->sets[set].keys & 1u << KEY_CURRENCY) == 0) {
    return SG_OK;
  }
  double *rate = ARENA_ROOM(of->memory, double, table->n);
  bool single = of->in->book->currencies.n == 1;
  if (rate == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; single && node < table->n; node++) {
    rate[node] = 1.0;
  }
  for (uint32_t node = 0; !single && node < table->n; node++) {
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    rate[node] = bound_rate(of->in, batch_node_currency(of->in, set, table->group[node]),
                            of->in->book->accounts.currency[account]);
  }
  table->rate = rate;
  return SG_OK;
}

sg_status batch_open(bound *in, const portfolios *all, uint32_t first, uint32_t n_portfolios, const bool *used,
                     arena *memory, batch *opened, sg_error *error) {
  *opened = (batch){.memory = memory, .in = in, .all = all, .first = first, .n_portfolios = n_portfolios};
  opened->first_position = all->begin[first];
  opened->n_positions = all->begin[first + n_portfolios] - opened->first_position;
  opened->instrument = all->instrument + opened->first_position;
  opened->row = all->row == NULL ? NULL : all->row + opened->first_position;
  opened->quantity = all->quantity + opened->first_position;
  opened->tables = ARENA_ARRAY(opened->memory, node_table, in->n_sets);
  opened->node_of = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->order = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->node_begin = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  opened->portfolio_of = ARENA_ARRAY(opened->memory, uint32_t *, in->n_sets);
  bool enough = opened->tables && opened->node_of && opened->order && opened->node_begin && opened->portfolio_of;
  sg_status status = enough ? SG_OK : error_out_of_memory(error);
  for (uint32_t set = 0; status == SG_OK && set < in->n_sets; set++) {
    if (used[set]) {
      status = (all->standalone ? batch_table_of_single : batch_table)(opened, set, error);
      status = status == SG_OK ? make_rates(opened, set, error) : status;
    }
  }
  return status;
}

sg_status batch_node_of(batch *of, uint32_t set, const uint32_t **node_of, sg_error *error) {
  if (of->node_of[set] == NULL) {
    uint32_t *made = ARENA_ROOM(of->memory, uint32_t, of->n_positions);
    if (made == NULL) {
      return error_out_of_memory(error);
    }
    for (uint32_t node = 0; node < of->tables[set].n; node++) {
      for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
        made[batch_position(of, set, x)] = node;
      }
    }
    of->node_of[set] = made;
  }
  *node_of = of->node_of[set];
  return SG_OK;
}

/* The node of a group among first .. end - 1, whose groups rise. */
static uint32_t find_group(const node_table *table, uint32_t group, uint32_t first, uint32_t end) {
  while (end - first > 1) {
    uint32_t middle = first + (end - first) / 2;
    if (table->group[middle] <= group) {
      first = middle;
    } else {
      end = middle;
    }
  }
  return first;
}

sg_status batch_parents(batch *of, uint32_t child_set, uint32_t parent_set, const uint32_t **parent, sg_error *error) {
  if (of->all->standalone) {
    *parent = of->number;
    return SG_OK;
  }
  const node_table *children = &of->tables[child_set], *parents = &of->tables[parent_set];
  const uint32_t *one_of = of->in->sets[child_set].first, *group_of = of->in->sets[parent_set].of;
  uint32_t *made = ARENA_ROOM(of->memory, uint32_t, children->n);
  *parent = made;
  if (made == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t node = 0; child_set == parent_set && node < children->n; node++) {
    made[node] = node;
  }
  for (uint32_t f = 0; child_set != parent_set && f < of->n_portfolios; f++) {
    uint32_t first = parents->begin[f], end = parents->begin[f + 1];
    for (uint32_t node = children->begin[f]; node < children->begin[f + 1]; node++) {
      made[node] = end - first == 1 ? first : find_group(parents, group_of[one_of[children->group[node]]], first, end);
    }
  }
  return SG_OK;
}

static double side_of(column_side side, double quantity) {
  switch (side) {
    case SIDE_LONG: return quantity > 0.0 ? quantity : 0.0;
    case SIDE_SHORT: return quantity < 0.0 ? -quantity : 0.0;
    case SIDE_GROSS: return quantity < 0.0 ? -quantity : quantity;
    default: return quantity;
  }
}

sg_status batch_column(batch *of, uint32_t k, uint32_t set, const double **sums, sg_error *error) {
  const model_column *column = &of->in->model->columns[k];
  const book *b = of->in->book;
  double *sum = ARENA_ARRAY(of->memory, double, of->tables[set].n);
  *sums = sum;
  if (sum == NULL) {
    return error_out_of_memory(error);
  }
  bool native = of->tables[set].rate != NULL;
  for (uint32_t node = 0; node < of->tables[set].n; node++) {
    uint32_t account = batch_account(of, of->portfolio_of[set][node]);
    for (uint32_t x = of->node_begin[set][node]; x < of->node_begin[set][node + 1]; x++) {
      uint32_t i = batch_position(of, set, x), c = of->instrument[i];
      double each = of->in->columns[k][c];
      if (column->in != MONEY_NONE) {
        uint32_t paid = b->instruments.currency[c];
        uint32_t from = column->in == MONEY_PAID ? paid : b->underlyings.currency[b->instruments.underlying[c]];
        each *= bound_rate(of->in, from, native ? paid : b->accounts.currency[account]);
      }
      sum[node] = fma(side_of(column->side, of->quantity[i]), each, sum[node]);
    }
  }
  return SG_OK;
}

sg_status batch_eval(batch *of, uint32_t set, const expression *rule, place where, double absent, double *out,
                     sg_error *error) {
  const node_table *table = &of->tables[set];
  uint32_t n_groups = of->in->sets[set].n_groups;
  if (rule == NULL || rule->constant) {
    for (uint32_t node = 0; node < table->n; node++) {
      out[node] = rule == NULL ? absent : rule->value;
    }
    return SG_OK;
  }
  double *by_group = malloc((n_groups + 1) * sizeof *by_group);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  sg_status status = by_group == NULL || slots == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    double *values;
    status = bound_group_slot(of->in, &rule->slots[j], set, where, &values, error);
    slots[j] = values;
  }
  if (status == SG_OK) {
    expression_eval(rule, slots, n_groups, by_group);
  }
  for (uint32_t node = 0; status == SG_OK && node < table->n; node++) {
    out[node] = by_group[table->group[node]];
    if (out[node] != out[node]) {
      status = error_add(error, SG_INPUT, where, "\"%s\" differs over the instruments of %s, or is not a number",
                         rule->text, of->in->sets[set].name[table->group[node]]);
    }
  }
  free(by_group);
  free(slots);
  return status;
}
