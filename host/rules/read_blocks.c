/* SPDX-License-Identifier: MIT
 *
 * blocks: how the market moves, as grids in order or as a file of scenarios.
 */
#include "rules/read_model.h"

#include <math.h>
#include <string.h>

enum { SCENARIO_LIMIT = 1 << 20 }; /* of one block */

/* ---- prices -------------------------------------------------------------------------------------------- */

static bool read_price_list(reader *r, const yaml_node *node, const model_block *block, uint32_t *n, double **price) {
  if (!reader_numbers(r, node, "price", n, price)) {
    return false;
  }
  for (uint32_t i = 0; i < *n; i++) {
    if (block->price_kind == MOVE_RELATIVE && !block->has_price_scale && !((*price)[i] > -1.0)) {
      const yaml_node *at = node->is == YAML_LIST ? node->items[i] : node;
      return reader_fail(r, at->where, "price: a relative move must be above -1 (-100 %%)");
    }
  }
  return true;
}

static bool read_lists_by(reader *r, const yaml_node *map, const model_block *block, price_lists *read) {
  const yaml_node *by = yaml_find(map, "by");
  if (!by) {
    return reader_fail(r, map->where, "price: a map of lists needs `by`");
  }
  read->key = ARENA_ARRAY(r->memory, const char *, map->n);
  read->price = ARENA_ARRAY(r->memory, double *, map->n);
  if (!read->key || !read->price) {
    return reader_fail_memory(r);
  }
  if (!read_attribute(r, by, 1u << INPUT_UNDERLYINGS, &read->by)) {
    return false;
  }
  bool good = true;
  for (uint32_t i = 0; i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    uint32_t n;
    if (strcmp(pair->key, "by") == 0) {
      continue;
    }
    read->key[read->n_lists] = pair->key;
    if (!check_attribute_key(r, read->by, pair->key, pair->where) ||
        !read_price_list(r, pair->value, block, &n, &read->price[read->n_lists])) {
      good = false;
    } else if (read->n_lists++ == 0) {
      read->n_prices = n;
    } else if (n != read->n_prices) {
      good = reader_fail(r, pair->where, "price: the list of %s has %u numbers, that of %s has %u", pair->key, n,
                         read->key[0], read->n_prices);
    }
  }
  return good && (read->n_lists > 0 || reader_fail(r, map->where, "price: there is no list"));
}

static bool read_prices(reader *r, const yaml_node *map, const model_block *block, price_lists *read) {
  const yaml_node *node = yaml_find(map, "price");
  if (!node) {
    return reader_fail(r, map->where, "a scenario needs `price`");
  }
  if (node->is == YAML_MAP && !yaml_find(node, "value")) {
    return read_lists_by(r, node, block, read);
  }
  read->n_lists = 1;
  read->key = ARENA_ARRAY(r->memory, const char *, 1);
  read->price = ARENA_ARRAY(r->memory, double *, 1);
  if (!read->key || !read->price) {
    return reader_fail_memory(r);
  }
  return read_price_list(r, node, block, &read->n_prices, &read->price[0]);
}

/* ---- vols and other numbers ---------------------------------------------------------------------------- */

static bool find_vol(reader *r, const model_block *block, const char *name, place where, uint32_t *index) {
  if (strcmp(name, "same") == 0) {
    *index = VOL_SAME;
    return true;
  }
  for (*index = 0; *index < block->n_vols; ++*index) {
    if (strcmp(block->vols[*index].name, name) == 0) {
      return true;
    }
  }
  return reader_fail(r, where, "vol: \"%s\" is neither same nor a name under the `vol` of block %s", name, block->name);
}

static bool read_vols(reader *r, const yaml_node *map, const model_block *block, scenario_group *group) {
  static const char *const same[] = {"same"};
  const yaml_node *node = yaml_find(map, "vol");
  const char **names = (const char **)same;
  group->n_vols = 1;
  if (node && !reader_texts(r, node, "vol", &group->n_vols, &names)) {
    group->n_vols = 0;
    return false;
  }
  group->vol = ARENA_ARRAY(r->memory, uint32_t, group->n_vols);
  if (!group->vol) {
    return reader_fail_memory(r);
  }
  bool good = true;
  for (uint32_t i = 0, n = group->n_vols; i < n; i++) {
    place where = !node ? map->where : node->is == YAML_LIST ? node->items[i]->where : node->where;
    good = find_vol(r, block, names[i], where, &group->vol[i]) && good;
  }
  return good;
}

static void read_scenario_number(reader *r, const yaml_pair *pair, scenario_group *group, uint32_t key) {
  uint32_t n, n_prices = group->prices.n_prices;
  double *values;
  if (!reader_numbers(r, pair->value, pair->key, &n, &values)) {
    return;
  }
  if (pair->value->is == YAML_LIST && n != n_prices) {
    reader_fail(r, pair->value->where, "%s: %u numbers for %u prices", pair->key, n, n_prices);
    return;
  }
  for (uint32_t i = 0; i < n_prices; i++) {
    group->numbers[key * n_prices + i] = values[n == 1 ? 0 : i];
  }
}

static void read_scenario_numbers(reader *r, const yaml_node *map, scenario_group *group) {
  size_t n = r->scenario_keys.n * (size_t)group->prices.n_prices;
  group->numbers = ARENA_ARRAY(r->memory, double, n);
  if (!group->numbers) {
    reader_fail_memory(r);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    group->numbers[i] = NAN;
  }
  for (uint32_t i = 0; i < map->n; i++) {
    const name_entry *known = reader_find_name(r, map->pairs[i].key, strlen(map->pairs[i].key));
    if (known && known->kind == NAME_SCENARIO && known->index > 0) {
      read_scenario_number(r, &map->pairs[i], group, known->index);
    }
  }
}

static void read_scenarios(reader *r, const yaml_node *list, model_block *block, double time_days) {
  if (!reader_expect(r, list, YAML_LIST, "scenarios")) {
    return;
  }
  if (list->n == 0) {
    reader_fail(r, list->where, "scenarios: the list is empty");
  }
  block->groups = ARENA_ARRAY(r->memory, scenario_group, list->n);
  if (!block->groups) {
    reader_fail_memory(r);
    return;
  }
  uint64_t total = 0;
  for (uint32_t i = 0; i < list->n; i++) {
    const yaml_node *map = list->items[i];
    scenario_group *group = &block->groups[block->n_groups];
    *group = (scenario_group){.time_days = time_days, .where = map->where};
    if (!reader_expect(r, map, YAML_MAP, "a scenario")) {
      continue;
    }
    bool good = read_prices(r, map, block, &group->prices);
    good = read_vols(r, map, block, group) && good;
    const yaml_node *time = yaml_find(map, "time_days");
    if (time && reader_number(r, time, "time_days", &group->time_days) && !(group->time_days >= 0.0)) {
      reader_fail(r, time->where, "time_days: time runs forward only");
    }
    if (!good) {
      continue;
    }
    read_scenario_numbers(r, map, group);
    block->n_groups++;
    total += (uint64_t)group->prices.n_prices * group->n_vols;
  }
  if (total > SCENARIO_LIMIT) {
    reader_fail(r, list->where, "scenarios: more than %d in one block", SCENARIO_LIMIT);
  }
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

static void read_vol_names(reader *r, const yaml_node *map, model_block *block) {
  if (!map || !reader_expect(r, map, YAML_MAP, "vol")) {
    return;
  }
  block->vols = ARENA_ARRAY(r->memory, vol_name, map->n);
  if (!block->vols) {
    reader_fail_memory(r);
    return;
  }
  block->n_vols = map->n;
  for (uint32_t i = 0; i < map->n; i++) {
    const yaml_pair *pair = &map->pairs[i];
    block->vols[i].name = pair->key;
    if (strcmp(pair->key, "same") == 0) {
      reader_fail(r, pair->where, "vol: \"same\" leaves the vol as it is and cannot be defined");
    }
    reader_expression(r, pair->value, pair->key, NAMES_INSTRUMENT, &block->vols[i].vol);
  }
}

/* A number of the scenario that a weight or a level reads must be given by every scenario of the block. */
static void check_given(reader *r, const model_block *block, uint32_t key, const char *reader_of) {
  const char *name = r->scenario_keys.items[key];
  if (key == 0) {
    return;
  }
  if (block->source == BLOCK_FILE) {
    reader_fail(r, block->where, "%s: its %s reads \"%s\", which scenarios of a file do not give", block->name,
                reader_of, name);
  }
  for (uint32_t i = 0; i < block->n_groups; i++) {
    const scenario_group *group = &block->groups[i];
    if (group->numbers && group->prices.n_prices > 0 && isnan(group->numbers[(size_t)key * group->prices.n_prices])) {
      reader_fail(r, group->where, "%s: its %s reads \"%s\", which this scenario does not give", block->name, reader_of,
                  name);
    }
  }
}

static void check_numbers_given(reader *r, const model_block *block) {
  for (uint32_t i = 0; i < block->weight.n_slots; i++) {
    if (block->weight.slots[i].kind == SLOT_SCENARIO) {
      check_given(r, block, block->weight.slots[i].index, "weight");
    }
  }
  const model_levels *levels = &r->level_sets.items[block->levels];
  for (uint32_t i = 0; i < levels->n; i++) {
    if (levels->items[i].scale > 0) {
      check_given(r, block, levels->items[i].scale - 1, "level");
    }
    for (uint32_t j = 0; j < levels->items[i].credit.n_slots; j++) {
      if (levels->items[i].credit.slots[j].kind == SLOT_SCENARIO) {
        check_given(r, block, levels->items[i].credit.slots[j].index, "level");
      }
    }
  }
}

static void read_source(reader *r, const yaml_pair *pair, model_block *block) {
  const yaml_node *map = pair->value, *scenarios = yaml_find(map, "scenarios"), *file = yaml_find(map, "file");
  double time_days = 0.0;
  const yaml_node *time = yaml_find(map, "time_days");
  if (time && reader_number(r, time, "time_days", &time_days) && !(time_days >= 0.0)) {
    reader_fail(r, time->where, "time_days: time runs forward only");
  }
  if (!!scenarios == !!file) {
    bool later = yaml_find(map, "arrays") || yaml_find(map, "history");
    if (!later) {
      reader_fail(r, pair->where, "%s: needs either `scenarios` or `file`", pair->key);
    }
    return;
  }
  if (scenarios) {
    read_scenarios(r, scenarios, block, time_days);
    return;
  }
  block->source = BLOCK_FILE;
  block->file = reader_text(r, map, "file");
  if (file->is == YAML_TEXT && (strchr(block->file, '/') || *block->file == '\0' || *block->file == '.')) {
    reader_fail(r, file->where, "file: \"%s\" is not the NAME of the book's scenarios/NAME.csv", block->file);
  }
  static const char *const of_grids[] = {"vol", "price_kind", "price_scale", "time_days"};
  for (size_t i = 0; i < sizeof of_grids / sizeof *of_grids; i++) {
    const yaml_pair *unused = yaml_find_pair(map, of_grids[i]);
    if (unused) {
      reader_fail(r, unused->where, "%s: the scenarios of a file say this themselves", unused->key);
    }
  }
}

static void read_block(reader *r, const yaml_pair *pair, model_block *block) {
  const yaml_node *map = pair->value;
  if (!reader_expect(r, map, YAML_MAP, pair->key)) {
    block->levels = read_levels(r, yaml_find(r->root, "levels")); /* amounts look at them all the same */
    return;
  }
  reader_check_keys(r, map, SECTION_BLOCK, "scenarios file vol forward_follows price_kind price_scale time_days of "
                    "weight round first levels");
  const yaml_node *scale = yaml_find(map, "price_scale"), *weight = yaml_find(map, "weight");
  const yaml_node *round = yaml_find(map, "round"), *first = yaml_find(map, "first"), *own = yaml_find(map, "levels");
  block->follows = (forward_follows)reader_word(r, map, "forward_follows", "proportional parallel dividends_held "
                                                "settlement_window", FOLLOW_PROPORTIONAL);
  block->price_kind = (move_kind)reader_word(r, map, "price_kind", "relative absolute", MOVE_RELATIVE);
  block->has_price_scale = scale != NULL;
  block->has_weight = weight != NULL;
  reader_expression(r, scale, "price_scale", NAMES_INSTRUMENT, &block->price_scale);
  reader_expression(r, weight, "weight", NAMES_CELL, &block->weight);
  read_vol_names(r, yaml_find(map, "vol"), block);
  read_source(r, pair, block);
  read_filter(r, yaml_find(map, "of"), &block->of);
  if (round && reader_number(r, round, "round", &block->round) && !(block->round > 0.0)) {
    reader_fail(r, round->where, "round: must be above 0");
  }
  double number = 0.0;
  if (first && reader_number(r, first, "first", &number) && number != 0.0 && number != 1.0) {
    reader_fail(r, first->where, "first: scenarios are numbered from 0 or from 1");
  }
  block->first = number == 1.0;
  block->levels = read_levels(r, own ? own : yaml_find(r->root, "levels"));
  if (r->level_sets.n > 0) {
    check_numbers_given(r, block);
  }
}

void read_blocks(reader *r) {
  const yaml_node *map = yaml_find(r->root, "blocks");
  uint32_t n = map && map->is == YAML_MAP ? map->n : 0;
  r->model->blocks = ARENA_ARRAY(r->memory, model_block, n);
  if (!r->model->blocks) {
    reader_fail_memory(r);
    return;
  }
  r->model->n_blocks = n;
  for (uint32_t i = 0; i < n; i++) {
    r->model->blocks[i] = (model_block){.name = map->pairs[i].key, .where = map->pairs[i].where};
    read_block(r, &map->pairs[i], &r->model->blocks[i]);
  }
  size_t used = r->level_sets.n;
  if (yaml_find(r->root, "levels")) { /* checked even where every block has its own */
    read_levels(r, yaml_find(r->root, "levels"));
    r->level_sets.n = r->level_nodes.n = used;
  }
}
