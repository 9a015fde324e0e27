/* SPDX-License-Identifier: MIT
 *
 * quality: what a model does about each kind of finding, and where each begins.
 */
#include "rules/read_model.h"

#include <string.h>

#define ACTION_WORD(name, text, meaning) " " text
static const char action_words[] = QUALITY_ACTIONS(ACTION_WORD);
#define KIND_WORD(name, text, ...) " " text
static const char kind_words[] = QUALITY_KINDS(KIND_WORD);

static void read_action(reader *r, const yaml_node *map, const char *key, const yaml_node *node, quality_kind kind) {
  quality_action *action = &r->model->quality.action[kind];
  *action = (quality_action)reader_word(r, map, key, action_words + 1, *action);
  if (*action == QUALITY_SUBSTITUTE && quality_kind_get(kind)->substitute == QUALITY_NONE) {
    reader_fail(r, node->where, "%s: nothing can be substituted; report, isolate or refuse",
                quality_kind_get(kind)->name);
  }
}

static void read_limit(reader *r, const yaml_node *node, quality_kind kind) {
  const quality_kind_facts *facts = quality_kind_get(kind);
  double limit;
  char low[NUMBER_TEXT_BYTES], high[NUMBER_TEXT_BYTES];
  if (facts->unit[0] == '\0') {
    reader_fail(r, node->where, "%s: has no limit", facts->name);
  } else if (reader_number(r, node, "limit", &limit)) {
    number_format(facts->limit_low, low);
    number_format(facts->limit_high, high);
    if (!(limit >= facts->limit_low && limit <= facts->limit_high)) {
      reader_fail(r, node->where, "%s: the limit is outside %s to %s %s", facts->name, low, high, facts->unit);
    }
    r->model->quality.limit[kind] = limit;
  }
}

void read_quality(reader *r) {
  const yaml_node *map = yaml_find(r->root, "quality");
  quality_rules_default(&r->model->quality);
  if (!map || !reader_expect(r, map, YAML_MAP, "quality")) {
    return;
  }
  for (uint32_t i = 0; i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    quality_kind kind;
    char near[64];
    if (!quality_kind_find(pair->key, &kind)) {
      bool like = nearest_word(pair->key, kind_words + 1, near);
      reader_fail(r, pair->where, "quality: unknown kind \"%s\"%s%s%s; 'shockgrid help quality' lists them", pair->key,
                  like ? "; the nearest is \"" : "", like ? near : "", like ? "\"" : "");
    } else if (pair->value->is == YAML_MAP) {
      reader_check_keys(r, pair->value, SECTION_QUALITY, "action limit");
      if (yaml_find(pair->value, "action")) {
        read_action(r, pair->value, "action", yaml_find(pair->value, "action"), kind);
      }
      if (yaml_find(pair->value, "limit")) {
        read_limit(r, yaml_find(pair->value, "limit"), kind);
      }
    } else {
      read_action(r, map, pair->key, pair->value, kind);
    }
  }
}
