/* SPDX-License-Identifier: MIT
 *
 * Groups, filters and attributes: the keys by which a model tells instruments apart.
 */
#include "rules/read_model.h"

#include "data/book.h"

#include <string.h>

#define WORD(name, text) " " text
#define WORDS_OF(list) (&(list(WORD))[1])

const char *key_words(const char *key) {
  static const struct {
    const char *key, *words;
  } known[] = {
      {"kind", WORDS_OF(UNDERLYING_KINDS)},       {"type", &(INSTRUMENT_TYPES(WORD) " asset")[1]},
      {"right", WORDS_OF(OPTION_RIGHTS)},         {"exercise", WORDS_OF(EXERCISES)},
      {"settlement", WORDS_OF(SETTLEMENTS)},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].key, key) == 0) {
      return known[i].words;
    }
  }
  return NULL;
}

/* ---- groupings ----------------------------------------------------------------------------------------- */

bool grouping_index(reader *r, uint32_t keys, uint32_t *index) {
  for (*index = 0; *index < r->groupings.n; ++*index) {
    if (r->groupings.items[*index].keys == keys) {
      return true;
    }
  }
  const char *text = keys ? "" : "account";
  for (uint32_t k = 0; k < N_GROUP_KEYS && text; k++) {
    if (keys & (1u << k)) {
      text = arena_format(r->memory, "%s%s%s", text, *text ? ", " : "", group_key_text((group_key)k));
    }
  }
  return (text && ARRAY_PUSH(&r->groupings, (grouping){keys, text})) || reader_fail_memory(r);
}

static bool fail_key(reader *r, place where, const char *key) {
#define KEY_WORD(name, text) " " text
  static const char keys[] = "account" GROUP_KEYS(KEY_WORD);
#undef KEY_WORD
  char near[64];
  if (nearest_word(key, keys, near)) {
    return reader_fail(r, where, "by: \"%s\" is not a group key; the nearest is \"%s\"", key, near);
  }
  return reader_fail(r, where, "by: \"%s\" is not a group key, of: %s", key, keys);
}

bool read_grouping(reader *r, const yaml_node *node, uint32_t *index) {
  uint32_t n, keys = 0;
  const char **texts;
  if (!reader_texts(r, node, "by", &n, &texts)) {
    return false;
  }
  for (uint32_t i = 0; i < n; i++) {
    place where = node->is == YAML_LIST ? node->items[i]->where : node->where;
    group_key key;
    if (strcmp(texts[i], "account") == 0) {
      if (n > 1) {
        return reader_fail(r, where, "by: account stands alone; it is part of every group");
      }
      break;
    }
    if (!group_key_find(texts[i], &key)) {
      return fail_key(r, where, texts[i]);
    }
    if (keys & (1u << key)) {
      return reader_fail(r, where, "by: \"%s\" is given twice", texts[i]);
    }
    keys |= 1u << key;
  }
  return grouping_index(r, keys, index);
}

/* ---- filters ------------------------------------------------------------------------------------------- */

static const model_input *find_textual(const reader *r, const char *name, uint32_t tables) {
  const name_entry *known = reader_find_name(r, name, strlen(name));
  const model_input *input = known && known->kind == NAME_INPUT ? &r->model->inputs[known->index] : NULL;
  return input && input->column && input->textual && (tables & (1u << input->table)) ? input : NULL;
}

static bool attribute_known(const reader *r, const char *name, uint32_t tables) {
  group_key found;
  bool group = group_key_find(name, &found) && found != KEY_EXPIRY && found != KEY_STRIKE;
  return group || strcmp(name, "exercise") == 0 || find_textual(r, name, tables);
}

void read_filter(reader *r, const yaml_node *node, filter *read) {
  *read = (filter){0};
  if (!node || !reader_expect(r, node, YAML_MAP, "of")) {
    return;
  }
  const uint32_t tables = (1u << INPUT_UNDERLYINGS) | (1u << INPUT_FORWARDS) | (1u << INPUT_INSTRUMENTS);
  read->keys = ARENA_ARRAY(r->memory, filter_key, node->n);
  for (uint32_t i = 0; read->keys && i < node->n; i++) {
    const yaml_pair *pair = &node->pairs[i];
    filter_key *key = &read->keys[read->n];
    if (!attribute_known(r, pair->key, tables)) {
      reader_fail(r, pair->where, "of: \"%s\" is neither a group key with texts, nor exercise, nor an input that is a "
                  "text", pair->key);
      continue;
    }
    key->key = pair->key;
    if (!reader_texts(r, pair->value, pair->key, &key->n, &key->values)) {
      continue;
    }
    read->n++;
    for (uint32_t j = 0; j < key->n; j++) {
      place where = pair->value->is == YAML_LIST ? pair->value->items[j]->where : pair->value->where;
      check_attribute_key(r, pair->key, key->values[j], where);
    }
  }
  if (!read->keys) {
    reader_fail_memory(r);
  }
}

/* ---- attributes of tables and price lists -------------------------------------------------------------- */

bool read_attribute(reader *r, const yaml_node *node, uint32_t tables, const char **by) {
  if (!reader_expect(r, node, YAML_TEXT, "by")) {
    return false;
  }
  *by = node->text;
  if (attribute_known(r, node->text, tables)) {
    return true;
  }
  return reader_fail(r, node->where, "by: \"%s\" is neither a group key with texts, nor exercise, nor an input that is "
                     "a text%s", node->text, find_textual(r, node->text, UINT32_MAX) ? " of the underlyings" : "");
}

bool check_attribute_key(reader *r, const char *by, const char *key, place where) {
  const char *words = key_words(by);
  char near[64];
  if (!words || word_among(words, key)) {
    return true;
  }
  if (nearest_word(key, words, near)) {
    return reader_fail(r, where, "\"%s\" is not a %s; the nearest is \"%s\"", key, by, near);
  }
  return reader_fail(r, where, "\"%s\" is not a %s, of: %s", key, by, words);
}
