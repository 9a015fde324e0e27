/* SPDX-License-Identifier: MIT
 *
 * Looking into, comparing and merging trees.
 */
#include "rules/yaml.h"

#include <string.h>

yaml_pair *yaml_find_pair(const yaml_node *map, const char *key) {
  for (uint32_t i = 0; map && map->is == YAML_MAP && i < map->n; i++) {
    if (strcmp(map->pairs[i].key, key) == 0) {
      return &map->pairs[i];
    }
  }
  return NULL;
}

yaml_node *yaml_find(const yaml_node *map, const char *key) {
  yaml_pair *pair = yaml_find_pair(map, key);
  return pair ? pair->value : NULL;
}

bool yaml_equal(const yaml_node *a, const yaml_node *b) {
  if (a == b) {
    return true;
  }
  if (!a || !b || a->is != b->is || a->n != b->n) {
    return false;
  }
  if (a->is == YAML_TEXT) {
    return strcmp(a->text, b->text) == 0;
  }
  for (uint32_t i = 0; i < a->n; i++) {
    bool same = a->is == YAML_MAP ? strcmp(a->pairs[i].key, b->pairs[i].key) == 0 &&
                                        yaml_equal(a->pairs[i].value, b->pairs[i].value)
                                  : yaml_equal(a->items[i], b->items[i]);
    if (!same) {
      return false;
    }
  }
  return true;
}

const char *yaml_kind(const yaml_node *node) {
  static const char *const kinds[] = {[YAML_NULL] = "nothing", [YAML_TEXT] = "a text", [YAML_LIST] = "a list",
                                      [YAML_MAP] = "a map"};
  return kinds[node->is];
}

yaml_node *yaml_merge(const yaml_node *base, const yaml_node *over, arena *memory, sg_error *error, sg_status *status) {
  yaml_node *merged = ARENA_ARRAY(memory, yaml_node, 1);
  if (!merged) {
    return NULL;
  }
  *merged = *over;
  if (over->is != YAML_MAP) {
    return merged;
  }
  uint32_t n_base = base && base->is == YAML_MAP ? base->n : 0;
  merged->pairs = ARENA_ARRAY(memory, yaml_pair, n_base + over->n);
  merged->n = 0;
  if (!merged->pairs) {
    return NULL;
  }
  for (uint32_t i = 0; i < n_base; i++) {
    const yaml_pair *pair = yaml_find_pair(over, base->pairs[i].key);
    if (!pair) {
      merged->pairs[merged->n++] = base->pairs[i];
    } else if (pair->value->is != YAML_NULL) {
      yaml_node *value = yaml_merge(base->pairs[i].value, pair->value, memory, error, status);
      if (!value) {
        return NULL;
      }
      merged->pairs[merged->n++] = (yaml_pair){pair->key, pair->where, value};
    }
  }
  for (uint32_t i = 0; i < over->n; i++) {
    const yaml_pair *pair = &over->pairs[i];
    if (n_base > 0 && yaml_find_pair(base, pair->key)) {
      continue;
    }
    if (pair->value->is == YAML_NULL) {
      *status = error_add(error, SG_INPUT, pair->where, "\"%s\" has no value, and there is nothing below to remove",
                          pair->key);
      continue;
    }
    yaml_node *value = yaml_merge(NULL, pair->value, memory, error, status);
    if (!value) {
      return NULL;
    }
    merged->pairs[merged->n++] = (yaml_pair){pair->key, pair->where, value};
  }
  return merged;
}
