/* SPDX-License-Identifier: MIT
 *
 * equity, collateral, status and outputs: what an account owns, and what its requirement means for it.
 */
#include "rules/read_model.h"

#include <string.h>

/* ---- equity ------------------------------------------------------------------------------------ */

static void count_word(reader *r, const char *word, place where, model_equity *equity) {
  if (strcmp(word, "cash") == 0) {
    equity->counts_cash = true;
    return;
  }
  if (strcmp(word, "asset") == 0) {
    equity->counts_assets = true;
    return;
  }
  for (uint32_t t = 0; t < ASSET; t++) {
    if (strcmp(word, instrument_type_text((instrument_type)t)) == 0) {
      equity->counts_type[t] = true;
      return;
    }
  }
  reader_fail(r, where, "\"%s\" is neither asset, nor cash, nor a type: %s", word, key_words("type"));
}

static void read_counts(reader *r, const yaml_node *map, model_equity *equity) {
  if (!map || !reader_expect(r, map, YAML_MAP, "equity")) {
    return;
  }
  reader_check_keys(r, map, SECTION_EQUITY, "counts");
  const yaml_node *counts = yaml_find(map, "counts"), *types = yaml_find(counts, "type");
  uint32_t n;
  const char **words;
  if (!types || counts->n != 1) {
    reader_fail(r, map->where, "equity: needs `counts: {type: [...]}`, whose value an account owns");
  } else if (reader_texts(r, types, "type", &n, &words)) {
    equity->given = true;
    for (uint32_t i = 0; i < n; i++) {
      count_word(r, words[i], types->is == YAML_LIST ? types->items[i]->where : types->where, equity);
    }
  }
}

/* ---- collateral -------------------------------------------------------------------------------- */

static void read_moves(reader *r, const yaml_node *map, model_collateral *posted) {
  if (!map || !reader_expect(r, map, YAML_MAP, "moves")) {
    return;
  }
  posted->move_input = ARENA_ARRAY(r->memory, uint32_t, map->n);
  posted->move_value = ARENA_ARRAY(r->memory, double, map->n);
  if (!posted->move_input || !posted->move_value) {
    reader_fail_memory(r);
    return;
  }
  for (uint32_t i = 0; i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    const name_entry *known = reader_find_name(r, pair->key, strlen(pair->key));
    const model_input *input = known && known->kind == NAME_INPUT ? &r->model->inputs[known->index] : NULL;
    if (!input || input->table != INPUT_ASSETS || input->textual) {
      reader_fail(r, pair->where, "moves: \"%s\" is not an input of the assets that is a number", pair->key);
      continue;
    }
    uint32_t at = posted->n_moves++;
    posted->move_input[at] = known->index;
    reader_number(r, pair->value, pair->key, &posted->move_value[at]);
  }
}

static void read_collateral(reader *r, const yaml_node *map, model_collateral *posted) {
  if (!map || !reader_expect(r, map, YAML_MAP, "collateral")) {
    return;
  }
  static const char *const measures[2] = {"initial", "maintenance"};
  reader_check_keys(r, map, SECTION_COLLATERAL, "moves haircut");
  const yaml_node *haircut = yaml_find(map, "haircut");
  posted->given = true;
  read_moves(r, yaml_find(map, "moves"), posted);
  if (!haircut || !reader_expect(r, haircut, YAML_MAP, "haircut")) {
    return;
  }
  reader_check_keys(r, haircut, SECTION_HAIRCUT, "initial maintenance");
  for (int i = 0; i < 2; i++) {
    const yaml_node *rule = yaml_find(haircut, measures[i]);
    posted->has_haircut[i] = rule != NULL;
    reader_expression(r, rule, measures[i], NAMES_ASSET, &posted->haircut[i]);
  }
}

/* ---- status and outputs ------------------------------------------------------------------------ */

static void read_status(reader *r, const yaml_node *map, model_status *status) {
  if (!reader_expect(r, map, YAML_MAP, "a status")) {
    return;
  }
  reader_check_keys(r, map, SECTION_STATUS, "when is");
  const yaml_node *when = yaml_find(map, "when");
  if (!when || !yaml_find(map, "is")) {
    reader_fail(r, map->where, "status: needs `when`, an expression, and `is`, one of: ok, warning, call, liquidate");
  }
  reader_expression(r, when, "when", NAMES_ACCOUNT, &status->when);
  status->is = (account_status)reader_word(r, map, "is", "ok warning call liquidate", STATUS_OK);
}

static void read_statuses(reader *r, const yaml_node *list) {
  if (!list || !reader_expect(r, list, YAML_LIST, "status")) {
    return;
  }
  r->model->statuses = ARENA_ARRAY(r->memory, model_status, list->n);
  for (uint32_t i = 0; r->model->statuses && i < list->n; i++) {
    read_status(r, list->items[i], &r->model->statuses[r->model->n_statuses++]);
  }
}

static void read_outputs(reader *r, const yaml_node *map) {
  if (!map || !reader_expect(r, map, YAML_MAP, "outputs")) {
    return;
  }
  r->model->outputs = ARENA_ARRAY(r->memory, model_output, map->n);
  for (uint32_t i = 0; r->model->outputs && i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    model_output *output = &r->model->outputs[r->model->n_outputs];
    output->name = pair->key;
    if (reader_name_valid(r, pair->key, pair->where) &&
        reader_expression(r, pair->value, pair->key, NAMES_ACCOUNT, &output->value)) {
      r->model->n_outputs++;
    }
  }
}

void read_equity(reader *r) {
  const yaml_node *equity = yaml_find(r->root, "equity");
  read_counts(r, equity, &r->model->equity);
  static const char *const dependent[] = {"collateral", "status", "outputs"};
  for (size_t i = 0; i < sizeof dependent / sizeof *dependent; i++) {
    const yaml_pair *pair = yaml_find_pair(r->root, dependent[i]);
    if (pair && !equity) {
      reader_fail(r, pair->where, "%s: needs the section `equity`", dependent[i]);
    }
  }
  read_collateral(r, yaml_find(r->root, "collateral"), &r->model->collateral);
  read_statuses(r, yaml_find(r->root, "status"));
  read_outputs(r, yaml_find(r->root, "outputs"));
}
