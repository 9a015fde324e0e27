/* SPDX-License-Identifier: MIT
 *
 * The one namespace of a model, and what a name may mean where.
 */
#include "rules/read_model.h"

#include "data/book.h"
#include "rules/expression_token.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 64 };

#define NAME_KIND_TEXT(name, text) [name] = text,
static const char *const kind_text[] = {NAME_KINDS(NAME_KIND_TEXT)};
#define FACT_NAME(name, text, meaning) [name] = text,
static const char *const fact_name[N_FACTS] = {FACTS(FACT_NAME)};

/* ---- the nearest name ---------------------------------------------------------------------------------- */

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Letters to insert, delete, replace or swap with a neighbour to make one of the other. */
static uint32_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b) {
  uint32_t rows[3][NAME_BYTES + 1];
  if (n_a > NAME_BYTES || n_b > NAME_BYTES) {
    return UINT32_MAX;
  }
  for (size_t j = 0; j <= n_b; j++) {
    rows[0][j] = (uint32_t)j;
  }
  for (size_t i = 1; i <= n_a; i++) {
    uint32_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
    row[0] = (uint32_t)i;
    for (size_t j = 1; j <= n_b; j++) {
      row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = least(row[j], two_above[j - 2] + 1);
      }
    }
  }
  return rows[n_a % 3][n_b];
}

typedef struct nearest {
  const char *name;
  uint32_t distance;
} nearest;

static void consider(nearest *best, const char *wanted, size_t length, const char *name) {
  uint32_t distance = edit_distance(wanted, length, name, strlen(name));
  uint32_t near_enough = length < 3 ? 1 : (uint32_t)length / 3 + 1;
  if (distance < best->distance && distance <= near_enough) {
    *best = (nearest){name, distance};
  }
}

const char *reader_nearest(const reader *r, const char *name, size_t length) {
  nearest best = {NULL, UINT32_MAX};
  for (size_t i = 0; i < r->names.n; i++) {
    consider(&best, name, length, r->names.items[i].name);
  }
#define CONSIDER_FUNCTION(function, op, fewest, most) consider(&best, name, length, function);
  EXPRESSION_FUNCTIONS(CONSIDER_FUNCTION)
#undef CONSIDER_FUNCTION
  return best.name;
}

bool nearest_word(const char *name, const char *words, char *found) {
  nearest best = {NULL, UINT32_MAX};
  for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ') {
    char word[NAME_BYTES];
    size_t length = strcspn(at, " ");
    snprintf(word, sizeof word, "%.*s", (int)length, at);
    uint32_t before = best.distance;
    consider(&best, name, strlen(name), word);
    if (best.distance < before) {
      memcpy(found, word, sizeof word);
    }
  }
  return best.name != NULL;
}

const char *nearest_key(const yaml_node *map, const char *name) {
  nearest best = {NULL, UINT32_MAX};
  for (uint32_t i = 0; map && map->is == YAML_MAP && i < map->n; i++) {
    consider(&best, name, strlen(name), map->pairs[i].key);
  }
  return best.name;
}

/* ---- the namespace ------------------------------------------------------------------------------------- */

bool reader_name_valid(reader *r, const char *name, place where) {
  expression_token token = expression_token_read(name, 0);
  if (token.is != TOKEN_NAME || token.offset != 0 || token.length != strlen(name) || strchr(name, '.') ||
      token.length > NAME_BYTES || expression_word_reserved(name)) {
    return reader_fail(r, where, "\"%s\" cannot be a name: %s", name,
                       expression_word_reserved(name) ? "expressions use this word"
                                                      : "letters, digits and _ are, up to 64, with a letter first");
  }
  return true;
}

const name_entry *reader_find_name(const reader *r, const char *name, size_t length) {
  for (size_t i = 0; i < r->names.n; i++) {
    if (strncmp(r->names.items[i].name, name, length) == 0 && r->names.items[i].name[length] == '\0') {
      return &r->names.items[i];
    }
  }
  return NULL;
}

bool reader_add_name(reader *r, const char *name, place where, name_kind kind, uint32_t index) {
  if (!reader_name_valid(r, name, where)) {
    return false;
  }
  const name_entry *taken = reader_find_name(r, name, strlen(name));
  if (taken && taken->where.line > 0) {
    const char *file = strrchr(taken->where.file, '/');
    file = file ? file + 1 : taken->where.file;
    bool same_file = strcmp(taken->where.file, where.file) == 0;
    return reader_fail(r, where, "\"%s\" is already %s, on line %llu%s%s", name, kind_text[taken->kind],
                       (unsigned long long)taken->where.line, same_file ? "" : " of ", same_file ? "" : file);
  }
  if (taken) {
    return reader_fail(r, where, "\"%s\" is already %s", name, kind_text[taken->kind]);
  }
  return ARRAY_PUSH(&r->names, (name_entry){name, kind, index, where}) || reader_fail_memory(r);
}

static void collect(reader *r, const char *key, name_kind kind) {
  const yaml_node *map = yaml_find(r->root, key);
  if (!map || !reader_expect(r, map, YAML_MAP, key)) {
    return;
  }
  for (uint32_t i = 0; i < map->n; i++) {
    reader_add_name(r, map->pairs[i].key, map->pairs[i].where, kind, i);
  }
}

/* Every key of a scenario but these is a number that it gives. */
static void collect_scenario_keys(reader *r, const yaml_node *scenario) {
  for (uint32_t i = 0; scenario->is == YAML_MAP && i < scenario->n; i++) {
    const yaml_pair *pair = &scenario->pairs[i];
    if (strcmp(pair->key, "price") == 0 || strcmp(pair->key, "vol") == 0 || strcmp(pair->key, "time_days") == 0) {
      continue;
    }
    char near[NAME_BYTES];
    const name_entry *known = reader_find_name(r, pair->key, strlen(pair->key));
    if (known && known->kind == NAME_SCENARIO && known->index > 0) {
      continue;
    }
    if (nearest_word(pair->key, "price vol time_days", near)) {
      reader_fail(r, pair->where, "unknown key \"%s\" in a scenario; the nearest is \"%s\"", pair->key, near);
    } else if (reader_add_name(r, pair->key, pair->where, NAME_SCENARIO, (uint32_t)r->scenario_keys.n) &&
               !ARRAY_PUSH(&r->scenario_keys, pair->key)) {
      reader_fail_memory(r);
    }
  }
}

void reader_collect_names(reader *r) {
  for (uint32_t i = 0; i < N_FACTS; i++) {
    if (!ARRAY_PUSH(&r->names, (name_entry){fact_name[i], NAME_FACT, i, {0}})) {
      reader_fail_memory(r);
      return;
    }
  }
  if (!ARRAY_PUSH(&r->names, (name_entry){"move", NAME_SCENARIO, 0, {0}}) || !ARRAY_PUSH(&r->scenario_keys, "move")) {
    reader_fail_memory(r);
    return;
  }
  collect(r, "inputs", NAME_INPUT);
  collect(r, "parameters", NAME_PARAMETER);
  collect(r, "define", NAME_DEFINE);
  collect(r, "columns", NAME_COLUMN);
  collect(r, "blocks", NAME_BLOCK);
  collect(r, "amounts", NAME_AMOUNT);
  const yaml_node *blocks = yaml_find(r->root, "blocks");
  for (uint32_t i = 0; blocks && blocks->is == YAML_MAP && i < blocks->n; i++) {
    const yaml_node *scenarios = yaml_find(blocks->pairs[i].value, "scenarios");
    for (uint32_t j = 0; scenarios && scenarios->is == YAML_LIST && j < scenarios->n; j++) {
      collect_scenario_keys(r, scenarios->items[j]);
    }
  }
}
