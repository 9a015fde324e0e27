/* SPDX-License-Identifier: MIT
 *
 * `--set NAME=VALUE` and `NAME.KEY=VALUE`: replaces a number in the tree before it is read, so that every check of the
 * model applies to it.
 */
#include "rules/read_model.h"

#include <string.h>

enum { KEYS_LISTED = 24 };

static bool is_row(const yaml_pair *pair) {
  return !word_among("by unit source date range", pair->key);
}

static bool settable(const yaml_pair *pair) {
  const yaml_node *value = yaml_find(pair->value, "value");
  value = value ? value : pair->value;
  return value->is != YAML_LIST;
}

/* "a, b, c" */
static const char *list_keys(reader *r, const yaml_node *map, bool (*listed)(const yaml_pair *pair)) {
  const char *text = "";
  for (uint32_t i = 0, n = 0; map && map->is == YAML_MAP && i < map->n && n <= KEYS_LISTED && text; i++) {
    if (listed(&map->pairs[i])) {
      text = arena_format(r->memory, "%s%s%s", text, *text ? ", " : "", n == KEYS_LISTED ? "..." : map->pairs[i].key);
      n++;
    }
  }
  return text && *text ? text : "none";
}

static yaml_node *table_of(yaml_node *node) {
  yaml_node *value = yaml_find(node, "value");
  return yaml_find(value, "by") ? value : yaml_find(node, "by") ? node : NULL;
}

static void fail_unknown(reader *r, place where, const yaml_node *parameters, const char *name) {
  const char *near = nearest_key(parameters, name);
  if (near) {
    reader_fail(r, where, "\"%s\" is not a parameter of this model; the nearest is \"%s\"", name, near);
  } else {
    reader_fail(r, where, "\"%s\" is not a parameter of this model; there are: %s", name,
                list_keys(r, parameters, settable));
  }
}

/* The node that the setting replaces; NULL after a finding. */
static yaml_node *find_target(reader *r, place where, const char *name) {
  yaml_node *parameters = yaml_find(r->root, "parameters");
  const char *point = strchr(name, '.');
  const char *first = arena_text(r->memory, name, point ? (size_t)(point - name) : strlen(name));
  yaml_node *node = first ? yaml_find(parameters, first) : NULL;
  if (!node) {
    fail_unknown(r, where, parameters, first ? first : name);
    return NULL;
  }
  yaml_node *table = table_of(node), *value = yaml_find(node, "value");
  if (point && !table) {
    reader_fail(r, where, "\"%s\" is not a table", first);
    return NULL;
  }
  if (table) {
    const char *key = point ? point + 1 : "";
    yaml_pair *pair = yaml_find_pair(table, key);
    yaml_node *row = pair && is_row(pair) ? pair->value : NULL;
    if (!row) {
      reader_fail(r, where, "\"%s\" is a table: set one of its rows as %s.KEY=VALUE; its keys are: %s", first, first,
                  list_keys(r, table, is_row));
    }
    return row;
  }
  value = value ? value : node;
  if (value->is != YAML_TEXT) {
    reader_fail(r, where, "\"%s\" is a curve; only numbers can be set", first);
    return NULL;
  }
  return value;
}

/* A number that is set is not the source's any more, and has no date; a table keeps those of its other rows. */
static void mark_source(reader *r, const char *name, const char *setting) {
  const char *point = strchr(name, '.');
  const char *first = arena_text(r->memory, name, point ? (size_t)(point - name) : strlen(name));
  yaml_node *node = first ? yaml_find(yaml_find(r->root, "parameters"), first) : NULL;
  yaml_node *source = yaml_find(node, "source"), *date = yaml_find(node, "date");
  if (source && source->is == YAML_TEXT) {
    const char *text = arena_format(r->memory, "%s%s--set %s", point ? source->text : "", point ? "; " : "", setting);
    *source = (yaml_node){.is = YAML_TEXT, .where = source->where, .text = text ? text : ""};
  }
  if (date && !point) {
    *date = (yaml_node){.is = YAML_TEXT, .where = date->where, .text = ""};
  }
}

static void apply(reader *r, const char *setting) {
  place where = {arena_format(r->memory, "--set %s", setting), 0, 0};
  const char *equals = strchr(setting, '=');
  if (!equals || equals == setting || equals[1] == '\0') {
    reader_fail(r, where, "expected NAME=VALUE");
    return;
  }
  const char *name = arena_text(r->memory, setting, (size_t)(equals - setting));
  const char *text = arena_text(r->memory, equals + 1, strlen(equals + 1));
  double number;
  if (!where.file || !name || !text) {
    reader_fail_memory(r);
    return;
  }
  const char *refusal = number_parse(text, strlen(text), &number);
  if (refusal) {
    reader_fail(r, where, "\"%s\" %s", text, refusal);
    return;
  }
  yaml_node *target = find_target(r, where, name);
  if (target) {
    *target = (yaml_node){.is = YAML_TEXT, .where = where, .text = text};
    mark_source(r, name, setting);
  }
}

void apply_settings(reader *r, const char *const *settings, size_t n_settings) {
  r->model->settings = ARENA_ARRAY(r->memory, const char *, n_settings);
  if (!r->model->settings) {
    reader_fail_memory(r);
    return;
  }
  for (size_t i = 0; i < n_settings; i++) {
    apply(r, settings[i]);
    r->model->settings[i] = arena_text(r->memory, settings[i], strlen(settings[i]));
  }
  r->model->n_settings = (uint32_t)n_settings;
}
