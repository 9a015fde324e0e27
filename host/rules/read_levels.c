/* SPDX-License-Identifier: MIT
 *
 * levels, leaf to top: how gains meet losses. Equal lists become one level set.
 */
#include "rules/read_model.h"

#include <string.h>

static uint32_t find_scale(reader *r, const yaml_node *map) {
  const yaml_node *node = yaml_find(map, "scale");
  if (!node || !reader_expect(r, node, YAML_TEXT, "scale")) {
    return 0;
  }
  const name_entry *known = reader_find_name(r, node->text, strlen(node->text));
  if (known && known->kind == NAME_SCENARIO && known->index > 0) {
    return 1 + known->index;
  }
  reader_fail(r, node->where, "scale: \"%s\" is not a number that the scenarios give", node->text);
  return 0;
}

static void read_discount(reader *r, const yaml_node *map, model_level *level) {
  if (!map || !reader_expect(r, map, YAML_MAP, "discount")) {
    return;
  }
  reader_check_keys(r, map, SECTION_DISCOUNT, "of positive negative");
  const yaml_node *positive = yaml_find(map, "positive"), *negative = yaml_find(map, "negative");
  if (!positive || !negative) {
    reader_fail(r, map->where, "discount: needs `positive` and `negative`, what a shocked value of that sign is times");
  }
  level->has_discount = true;
  read_filter(r, yaml_find(map, "of"), &level->discount_of);
  reader_expression(r, positive, "positive", NAMES_INSTRUMENT, &level->positive);
  reader_expression(r, negative, "negative", NAMES_INSTRUMENT, &level->negative);
}

/* Returns whether its place among the levels is known. */
static bool read_level(reader *r, const yaml_node *map, model_level *level, bool first) {
  *level = (model_level){.gains = 1.0, .where = map->where};
  if (!reader_expect(r, map, YAML_MAP, "a level")) {
    return false;
  }
  reader_check_keys(r, map, SECTION_LEVEL, "by gains gains_cap discount scale credit convert");
  const yaml_node *by = yaml_find(map, "by"), *gains = yaml_find(map, "gains");
  bool placed = by ? read_grouping(r, by, &level->grouping) : reader_fail(r, map->where, "a level needs `by`");
  const yaml_node *cap = yaml_find(map, "gains_cap"), *credit = yaml_find(map, "credit");
  if (first && (gains || cap)) {
    reader_fail(r, (gains ? gains : cap)->where, "%s: the first level nets positions in full; gains meet losses from "
                "the second level on", gains ? "gains" : "gains_cap");
    return placed;
  }
  if (gains && reader_number(r, gains, "gains", &level->gains) && !(level->gains >= -1.0 && level->gains <= 1.0)) {
    reader_fail(r, gains->where, "gains: \"%s\" is not between -1 and 1", gains->text ? gains->text : "");
  }
  level->has_gains_cap = cap != NULL;
  level->has_credit = credit != NULL;
  reader_expression(r, cap, "gains_cap", NAMES_INSTRUMENT, &level->gains_cap);
  reader_expression(r, credit, "credit", NAMES_CELL, &level->credit);
  read_discount(r, yaml_find(map, "discount"), level);
  level->scale = find_scale(r, map);
  level->convert = reader_word(r, map, "convert", "none base shocked", CONVERT_NONE);
  return placed;
}

/* What the file alone can tell; whether each group lies in one group of the next level, the book tells. */
static void check_place(reader *r, const model_levels *levels, uint32_t index) {
  const model_level *level = &levels->items[index];
  const grouping *own = &r->groupings.items[level->grouping];
  for (uint32_t i = 0; i < index; i++) {
    const grouping *below = &r->groupings.items[levels->items[i].grouping];
    if (below->keys == own->keys) {
      reader_fail(r, level->where, "levels: a level by %s is there already", own->text);
      return;
    }
    if ((below->keys & own->keys) == below->keys) {
      reader_fail(r, level->where, "levels: by %s is finer than by %s below it; levels go from leaf to top", own->text,
                  below->text);
      return;
    }
  }
}

static void check_levels(reader *r, const model_levels *levels) {
  bool converts = false;
  for (uint32_t i = 0; i < levels->n; i++) {
    const model_level *level = &levels->items[i];
    check_place(r, levels, i);
    if (level->convert != CONVERT_NONE && converts) {
      reader_fail(r, level->where, "levels: currencies are converted at one level only");
    }
    converts = converts || level->convert != CONVERT_NONE;
  }
  if (!converts && levels->n > 0) {
    levels->items[0].convert = CONVERT_BASE;
  }
}

uint32_t read_levels(reader *r, const yaml_node *node) {
  for (uint32_t i = 0; i < r->level_sets.n; i++) {
    if (node == r->level_nodes.items[i] || yaml_equal(node, r->level_nodes.items[i])) {
      return i;
    }
  }
  model_levels levels = {0};
  bool listed = node && reader_expect(r, node, YAML_LIST, "levels");
  levels.n = listed ? node->n : 1;
  levels.items = ARENA_ARRAY(r->memory, model_level, levels.n);
  if (!levels.items || !ARRAY_PUSH(&r->level_nodes, node) || !ARRAY_PUSH(&r->level_sets, levels)) {
    reader_fail_memory(r);
    return 0;
  }
  if (!listed) {
    levels.items[0] = (model_level){.gains = 1.0, .convert = CONVERT_BASE};
  } else if (node->n == 0) {
    reader_fail(r, node->where, "levels: the list is empty");
  }
  bool placed = true;
  for (uint32_t i = 0; listed && i < node->n; i++) {
    placed = read_level(r, node->items[i], &levels.items[i], i == 0) && placed;
  }
  if (placed) {
    check_levels(r, &levels);
  }
  return (uint32_t)r->level_sets.n - 1;
}
