/* SPDX-License-Identifier: MIT
 *
 * Amounts that read blocks or columns: worst, var, es, charge.
 */
#include "rules/read_model.h"

#include <string.h>

const char *amount_kind_text(amount_kind kind) {
#define KIND_TEXT(name, text, function) [name] = text,
  static const char *const texts[N_AMOUNT_KINDS] = {AMOUNT_KINDS(KIND_TEXT)};
#undef KIND_TEXT
  return texts[kind];
}

static const char *level_list(reader *r, const model_levels *levels) {
  const char *text = "";
  for (uint32_t i = 0; i < levels->n && text; i++) {
    text = arena_format(r->memory, "%s%s[%s]", text, *text ? ", " : "",
                        r->groupings.items[levels->items[i].grouping].text);
  }
  return text ? text : "";
}

static bool check_block_level(reader *r, const model_amount *amount, const model_block *block, place where) {
  if (block->levels >= r->level_sets.n) {
    return false; /* the block is faulty, and its own finding is there already */
  }
  const model_levels *levels = &r->level_sets.items[block->levels];
  for (uint32_t i = 0; i < levels->n; i++) {
    if (levels->items[i].grouping == amount->grouping) {
      return true;
    }
  }
  return reader_fail(r, where, "%s: by [%s] is not a level of block %s, whose levels are: %s", amount->name,
                     r->groupings.items[amount->grouping].text, block->name, level_list(r, levels));
}

static bool fail_block(reader *r, const char *kind, const char *name, place where) {
  const char *near = nearest_key(yaml_find(r->root, "blocks"), name);
  return near ? reader_fail(r, where, "%s: \"%s\" is not a block; the nearest is \"%s\"", kind, name, near)
              : reader_fail(r, where, "%s: \"%s\" is not a block", kind, name);
}

static bool read_block_list(reader *r, const yaml_node *node, model_amount *amount) {
  const char **names, *kind = amount_kind_text(amount->kind);
  if (!reader_texts(r, node, kind, &amount->n_blocks, &names)) {
    return false;
  }
  amount->blocks = ARENA_ARRAY(r->memory, uint32_t, amount->n_blocks);
  if (!amount->blocks) {
    return reader_fail_memory(r);
  }
  bool good = true;
  for (uint32_t i = 0; i < amount->n_blocks; i++) {
    place where = node->is == YAML_LIST ? node->items[i]->where : node->where;
    const name_entry *known = reader_find_name(r, names[i], strlen(names[i]));
    if (!known || known->kind != NAME_BLOCK) {
      good = fail_block(r, kind, names[i], where);
      continue;
    }
    amount->blocks[i] = known->index;
    for (uint32_t j = 0; j < i; j++) {
      if (strcmp(names[i], names[j]) == 0) {
        good = reader_fail(r, where, "%s: \"%s\" is given twice", kind, names[i]);
      }
    }
    good = check_block_level(r, amount, &r->model->blocks[known->index], where) && good;
  }
  return good;
}

static bool read_tail(reader *r, const yaml_node *map, place where, model_amount *amount) {
  const yaml_node *node = yaml_find(map, "tail");
  money one;
  if (!node) {
    return reader_fail(r, where, "%s: %s needs `tail`, a fraction such as 0.01", amount->name,
                       amount_kind_text(amount->kind));
  }
  if (!reader_money(r, node, "tail", &amount->tail) || !money_from_double(1.0, &one)) {
    return false;
  }
  if (money_compare(amount->tail, MONEY_ZERO) <= 0 || money_compare(amount->tail, one) >= 0) {
    return reader_fail(r, node->where, "tail: must be between 0 and 1");
  }
  return true;
}

bool check_scopes(reader *r, const expression *compiled, const model_amount *amount, place where) {
  uint32_t own = r->groupings.items[amount->grouping].keys;
  for (uint32_t i = 0; i < compiled->n_slots; i++) {
    const slot *read = &compiled->slots[i];
    if (read->kind != SLOT_COLUMN || read->scope == SCOPE_OWN) {
      continue;
    }
    uint32_t keys = r->groupings.items[read->scope - 1].keys;
    if ((keys & own) == own && keys != own) {
      return reader_fail(r, where, "%s: reads \"%s\" by %s, which is finer than its own by %s", amount->name,
                         r->model->columns[read->index].name, r->groupings.items[read->scope - 1].text,
                         r->groupings.items[amount->grouping].text);
    }
  }
  return true;
}

bool read_leaf(reader *r, const yaml_node *map, const yaml_pair *kind, model_amount *amount) {
  if (amount->kind == AMOUNT_CHARGE) {
    read_filter(r, yaml_find(map, "of"), &amount->of);
    return reader_expression(r, kind->value, "charge", NAMES_NODE, &amount->charge) &&
           check_scopes(r, &amount->charge, amount, kind->value->where);
  }
  if (amount->kind == AMOUNT_WORST_PAYOFF) {
    read_filter(r, kind->value, &amount->of);
    return kind->value->is == YAML_MAP;
  }
  if (amount->kind == AMOUNT_VAR || amount->kind == AMOUNT_ES) {
    amount->quantile = (quantile_rule)reader_word(r, map, "quantile", "higher lower linear", QUANTILE_HIGHER);
    if (!read_tail(r, map, kind->where, amount)) {
      return false;
    }
  }
  return read_block_list(r, kind->value, amount);
}
