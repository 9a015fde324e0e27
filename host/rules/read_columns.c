/* SPDX-License-Identifier: MIT
 *
 * columns: what a unit of each instrument contributes.
 */
#include "rules/read_model.h"

static void read_column(reader *r, const yaml_pair *pair, model_column *column) {
  const yaml_node *map = pair->value;
  if (!reader_expect(r, map, YAML_MAP, pair->key)) {
    return;
  }
  reader_check_keys(r, map, SECTION_COLUMN, "each of side per in");
  const yaml_node *each = yaml_find(map, "each");
  if (!each) {
    reader_fail(r, pair->where, "%s: needs `each`, an expression per unit of the instrument", pair->key);
  }
  reader_expression(r, each, "each", NAMES_INSTRUMENT, &column->each);
  read_filter(r, yaml_find(map, "of"), &column->of);
  column->side = (column_side)reader_word(r, map, "side", "net long short gross", SIDE_NET);
  column->per_contract = reader_word(r, map, "per", "unit contract", 0) == 1;
  column->in = (column_money)reader_word(r, map, "in", "none paid quote", MONEY_NONE);
}

void read_columns(reader *r) {
  const yaml_node *map = yaml_find(r->root, "columns");
  uint32_t n = map && map->is == YAML_MAP ? map->n : 0;
  r->model->columns = ARENA_ARRAY(r->memory, model_column, n);
  if (!r->model->columns) {
    reader_fail_memory(r);
    return;
  }
  r->model->n_columns = n;
  for (uint32_t i = 0; i < n; i++) {
    r->model->columns[i] = (model_column){.name = map->pairs[i].key, .where = map->pairs[i].where};
    read_column(r, &map->pairs[i], &r->model->columns[i]);
  }
}
