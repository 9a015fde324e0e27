/* SPDX-License-Identifier: MIT
 *
 * Parameters of a model on top of those that it extends. A number, list or table takes the place of the value only, so
 * that unit and range still hold; where it comes from and its date are the extending model's to say.
 */
#include "rules/read_model.h"

#include <string.h>

static void drop(yaml_node *map, const char *key) {
  yaml_pair *pair = yaml_find_pair(map, key);
  if (pair) {
    size_t after = (size_t)(map->pairs + map->n - (pair + 1));
    memmove(pair, pair + 1, after * sizeof *pair);
    map->n--;
  }
}

static bool about_the_value_only(const yaml_node *map) {
  bool only = true;
  for (uint32_t i = 0; i < map->n; i++) {
    only = only && word_among("value unit source date range", map->pairs[i].key);
  }
  return only;
}

static bool wrap(reader *r, yaml_pair *pair) {
  yaml_node *map = ARENA_ARRAY(r->memory, yaml_node, 1);
  yaml_pair *value = ARENA_ARRAY(r->memory, yaml_pair, 1);
  if (!map || !value) {
    return reader_fail_memory(r);
  }
  *value = (yaml_pair){"value", pair->where, pair->value};
  *map = (yaml_node){.is = YAML_MAP, .where = pair->value->where, .n = 1, .pairs = value};
  pair->value = map;
  return true;
}

static bool add_source(reader *r, yaml_node *map, place where, const char *source) {
  yaml_node *text = ARENA_ARRAY(r->memory, yaml_node, 1);
  yaml_pair *pairs = ARENA_ARRAY(r->memory, yaml_pair, map->n + 1);
  if (!text || !pairs) {
    return reader_fail_memory(r);
  }
  *text = (yaml_node){.is = YAML_TEXT, .where = where, .text = source};
  memcpy(pairs, map->pairs, map->n * sizeof *pairs);
  pairs[map->n++] = (yaml_pair){"source", where, text};
  map->pairs = pairs;
  return true;
}

/* Prepares both for yaml_merge. */
static void merge_one(reader *r, yaml_node *base, yaml_pair *over, const char *source) {
  bool wrapped = yaml_find(over->value, "value") || (over->value->is == YAML_MAP && about_the_value_only(over->value));
  if (!wrapped && !wrap(r, over)) {
    return;
  }
  const yaml_node *value = yaml_find(over->value, "value"), *old = yaml_find(base, "value");
  const yaml_node *unit = yaml_find(over->value, "unit"), *old_unit = yaml_find(base, "unit");
  if (unit && old_unit && !yaml_equal(unit, old_unit)) {
    reader_fail(r, unit->where, "%s: the unit \"%s\" is not that of the extended model, \"%s\"", over->key,
                unit->is == YAML_TEXT ? unit->text : "", old_unit->is == YAML_TEXT ? old_unit->text : "");
  }
  if (!value) {
    return;
  }
  drop(base, "source");
  drop(base, "date");
  const yaml_node *by = yaml_find(value, "by"), *old_by = yaml_find(old, "by");
  if (by && old_by && !yaml_equal(by, old_by)) {
    drop(base, "value"); /* rows of another attribute */
  }
  if (!yaml_find(over->value, "source")) {
    add_source(r, over->value, over->where, source);
  }
}

void merge_parameters(reader *r, yaml_node *base, yaml_node *over, const char *source) {
  yaml_node *below = yaml_find(base, "parameters"), *above = yaml_find(over, "parameters");
  for (uint32_t i = 0; above && above->is == YAML_MAP && i < above->n; i++) {
    yaml_node *old = yaml_find(below, above->pairs[i].key);
    if (old && yaml_find(old, "value") && above->pairs[i].value->is != YAML_NULL) {
      merge_one(r, old, &above->pairs[i], source);
    }
  }
}

/* Where all else is well: a fault may hide a use. */
void check_new_parameters(reader *r) {
  uint32_t n = r->status == SG_OK && r->below ? r->model->n_parameters : 0;
  for (uint32_t i = 0; i < n; i++) {
    const yaml_pair *pair = r->parameter_pairs[i];
    if (r->parameter_used[i] || yaml_find(r->below, pair->key) || strcmp(pair->where.file, r->model->path) != 0) {
      continue;
    }
    const char *near = nearest_key(r->below, pair->key);
    reader_fail(r, pair->where, "\"%s\" is not a parameter of the extended model, and nothing uses it%s%s%s", pair->key,
                near ? "; the nearest is \"" : "", near ? near : "", near ? "\"" : "");
  }
}
