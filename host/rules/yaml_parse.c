/* SPDX-License-Identifier: MIT
 *
 * Builds the tree from libfyaml's events, which carry the place of every token.
 */
#include "rules/yaml.h"

#include "base/array.h"
#include "base/utf8.h"

#include <assert.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

typedef struct builder {
  const char *file, *text;
  size_t size_bytes;
  arena *memory;
  sg_error *error;
  sg_status status;
  struct fy_parser *events;
  struct fy_diag *diagnostics;
  ARRAY(size_t) line_start; /* byte offset of each line */
  uint32_t n_nodes, depth;
} builder;

static const char too_many[] = "too many entries in a file";

static yaml_node *build(builder *b, struct fy_event *event, place before);

static bool fail(builder *b, place where, const char *message) {
  if (b->status == SG_OK) {
    b->status = error_add(b->error, SG_INPUT, where, "%s", message);
  }
  return false;
}

static void *fail_memory(builder *b) {
  if (b->status == SG_OK) {
    b->status = error_out_of_memory(b->error);
  }
  return NULL;
}

/* libfyaml counts columns in characters; ours are bytes. */
static place place_of(const builder *b, size_t offset) {
  size_t low = 0, high = b->line_start.n;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    *(b->line_start.items[middle] <= offset ? &low : &high) = middle;
  }
  return (place){b->file, low + 1, offset - b->line_start.items[low] + 1};
}

static bool find_lines(builder *b) {
  size_t start = 0;
  for (;;) {
    if (!ARRAY_PUSH(&b->line_start, start)) {
      return fail_memory(b);
    }
    const char *end = memchr(b->text + start, '\n', b->size_bytes - start);
    if (!end) {
      return true;
    }
    start = (size_t)(end - b->text) + 1;
  }
}

/* The parser queues all of a text of brackets before it looks how deep it is. */
static bool check_bytes(builder *b) {
  uint32_t n_brackets = 0;
  const char *why, *fault = utf8_find_fault(b->text, b->size_bytes, &why);
  if (fault != NULL) {
    return fail(b, place_of(b, (size_t)(fault - b->text)), why);
  }
  for (size_t i = 0; i < b->size_bytes; i++) {
    n_brackets += b->text[i] == '[' || b->text[i] == '{';
    if (n_brackets > YAML_NODES) {
      return fail(b, place_of(b, i), too_many);
    }
  }
  return true;
}

static bool fail_syntax(builder *b) {
  if (memory_ran_out()) {
    return fail_memory(b);
  }
  void *cursor = NULL;
  struct fy_diag_error *found = fy_diag_errors_iterate(b->diagnostics, &cursor);
  place where = {b->file, 0, 0};
  if (!found) {
    return fail(b, where, "is not YAML");
  }
  where.line = found->line > 0 ? (uint64_t)found->line : 0;
  where.column = found->column > 0 ? (uint64_t)found->column : 0;
  if (b->status == SG_OK) {
    b->status = error_add(b->error, SG_INPUT, where, "is not YAML: %s", found->msg);
  }
  return false;
}

static struct fy_event *next(builder *b) {
  struct fy_event *event = fy_parser_parse(b->events);
  if (!event) {
    fail_syntax(b);
  }
  return event;
}

static place event_place(const builder *b, struct fy_event *event, place before) {
  const struct fy_mark *mark = fy_event_start_mark(event);
  return mark ? place_of(b, mark->input_pos) : before;
}

static bool is_null(const char *text, size_t length, bool plain) {
  return plain && (length == 0 || (length == 1 && *text == '~') || (length == 4 && memcmp(text, "null", 4) == 0));
}

static yaml_node *build_text(builder *b, struct fy_event *event, yaml_node *node) {
  struct fy_token *token = event->scalar.value;
  size_t length = 0;
  const char *text = token ? fy_token_get_text(token, &length) : "";
  if (!text) {
    return fail_memory(b);
  }
  if (is_null(text, length, !token || fy_token_scalar_style(token) == FYSS_PLAIN)) {
    node->is = YAML_NULL;
    return node;
  }
  const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
  if (start && end && start->line != end->line) {
    node->where.column = 0;
  }
  while (length > 0 && text[length - 1] == '\n') { /* the end of a block scalar */
    length--;
  }
  node->is = YAML_TEXT;
  node->text = arena_text(b->memory, text, length);
  return node->text ? node : fail_memory(b);
}

static bool full(builder *b, size_t n, place where) {
  if (n == YAML_ITEMS) {
    fail(b, where, "too many entries: at most 4096 in one map or list");
    return true;
  }
  return false;
}

static yaml_node *build_list(builder *b, yaml_node *node) {
  ARRAY(yaml_node *) items = {0};
  yaml_node *built = NULL;
  for (;;) {
    struct fy_event *event = next(b);
    if (!event || event->type == FYET_SEQUENCE_END) {
      built = event ? node : NULL;
      fy_parser_event_free(b->events, event);
      break;
    }
    yaml_node *item = full(b, items.n, node->where) ? NULL : build(b, event, node->where);
    fy_parser_event_free(b->events, event);
    if (!item || !ARRAY_PUSH(&items, item)) {
      break;
    }
  }
  node->is = YAML_LIST;
  node->n = (uint32_t)items.n;
  node->items = ARENA_ARRAY(b->memory, yaml_node *, items.n);
  if (built && node->items && items.n > 0) {
    memcpy(node->items, items.items, items.n * sizeof *items.items);
  }
  ARRAY_FREE(&items);
  return !built ? NULL : node->items ? node : fail_memory(b);
}

/* Whether the pair may join the map. In `{up: max(a, b)}` YAML ends the value at the comma and makes the rest a key. */
static bool check_key(builder *b, const yaml_node *map, const yaml_pair *pair, bool flow) {
  assert(pair->key != NULL && pair->value != NULL);
  if (flow && pair->value->is == YAML_NULL && strchr(pair->key, ')')) {
    error_add(b->error, SG_INPUT, pair->where, "\"%s\" is the rest of an expression that was cut at its comma: in "
              "braces, quote an expression with a comma", pair->key);
    b->status = SG_INPUT;
    return false;
  }
  for (uint32_t i = 0; i < map->n; i++) {
    if (strcmp(map->pairs[i].key, pair->key) == 0) {
      error_add(b->error, SG_INPUT, pair->where, "\"%s\" is given twice; first on line %llu", pair->key,
                (unsigned long long)map->pairs[i].where.line);
      b->status = SG_INPUT;
      return false;
    }
  }
  return true;
}

static bool build_pair(builder *b, struct fy_event *key, place before, yaml_pair *pair) {
  pair->where = event_place(b, key, before);
  if (key->type != FYET_SCALAR) {
    return fail(b, pair->where, "a key must be a text");
  }
  size_t length = 0;
  const char *text = key->scalar.value ? fy_token_get_text(key->scalar.value, &length) : "";
  pair->key = text ? arena_text(b->memory, text, length) : NULL;
  if (!pair->key) {
    fail_memory(b);
    return false;
  }
  struct fy_event *event = next(b);
  pair->value = event ? build(b, event, pair->where) : NULL;
  fy_parser_event_free(b->events, event);
  return pair->value;
}

static yaml_node *build_map(builder *b, yaml_node *node, bool flow) {
  ARRAY(yaml_pair) pairs = {0};
  yaml_node *built = NULL;
  for (;;) {
    struct fy_event *event = next(b);
    if (!event || event->type == FYET_MAPPING_END) {
      built = event ? node : NULL;
      fy_parser_event_free(b->events, event);
      break;
    }
    yaml_pair pair = {0};
    bool read = !full(b, pairs.n, node->where) && build_pair(b, event, node->where, &pair);
    fy_parser_event_free(b->events, event);
    if (!read) {
      break;
    }
    yaml_node so_far = {.n = (uint32_t)pairs.n, .pairs = pairs.items};
    if (check_key(b, &so_far, &pair, flow) && !ARRAY_PUSH(&pairs, pair)) {
      fail_memory(b);
      break;
    }
  }
  node->is = YAML_MAP;
  node->n = (uint32_t)pairs.n;
  node->pairs = ARENA_ARRAY(b->memory, yaml_pair, pairs.n);
  if (built && node->pairs && pairs.n > 0) {
    memcpy(node->pairs, pairs.items, pairs.n * sizeof *pairs.items);
  }
  ARRAY_FREE(&pairs);
  return !built ? NULL : node->pairs ? node : fail_memory(b);
}

static yaml_node *build(builder *b, struct fy_event *event, place before) {
  yaml_node *node = ARENA_ARRAY(b->memory, yaml_node, 1);
  if (!node) {
    return fail_memory(b);
  }
  node->where = event_place(b, event, before);
  if (event->type == FYET_ALIAS) {
    fail(b, node->where, "aliases are not part of the model language: name the value under parameters or define");
    return NULL;
  }
  if (fy_event_get_tag_token(event)) {
    fail(b, node->where, "tags are not part of the model language");
    return NULL;
  }
  if (++b->n_nodes > YAML_NODES || b->depth == YAML_DEPTH) {
    fail(b, node->where,
         b->depth == YAML_DEPTH ? "nested too deeply: at most 32 levels" : too_many);
    return NULL;
  }
  if (event->type == FYET_SCALAR) {
    return build_text(b, event, node);
  }
  b->depth++;
  node = event->type == FYET_SEQUENCE_START
             ? build_list(b, node)
             : build_map(b, node, fy_event_get_node_style(event) == FYNS_FLOW);
  b->depth--;
  return node;
}

static yaml_node *build_document(builder *b) {
  yaml_node *root = NULL;
  bool ended = false;
  while (!ended && b->status != SG_DEVICE) {
    struct fy_event *event = next(b);
    if (!event) {
      return NULL;
    }
    ended = event->type == FYET_STREAM_END;
    bool content = event->type == FYET_SCALAR || event->type == FYET_ALIAS || event->type == FYET_SEQUENCE_START ||
                   event->type == FYET_MAPPING_START;
    place where = event_place(b, event, (place){b->file, 1, 1});
    if (content && root) {
      fail(b, where, "a second document begins here; a model is one document");
      ended = true;
    } else if (content && !(root = build(b, event, (place){b->file, 1, 1}))) {
      ended = true;
    }
    fy_parser_event_free(b->events, event);
  }
  return root;
}

sg_status yaml_parse(const char *file, const char *text, size_t size_bytes, arena *memory, yaml_node **root,
                     sg_error *error) {
  builder b = {.file = file, .text = text, .size_bytes = size_bytes, .memory = memory, .error = error};
  struct fy_diag_cfg diagnostics;
  fy_diag_cfg_default(&diagnostics);
  diagnostics.fp = NULL;
  diagnostics.colorize = false;
  b.diagnostics = fy_diag_create(&diagnostics);
  if (!b.diagnostics) {
    return error_out_of_memory(error);
  }
  fy_diag_set_collect_errors(b.diagnostics, true);
  struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_DEFAULT_VERSION_1_2,
                                .diag = b.diagnostics};
  *root = NULL;
  memory_watch();
  if (find_lines(&b) && check_bytes(&b)) {
    b.events = fy_parser_create(&config);
    if (!b.events || fy_parser_set_string(b.events, text, size_bytes) != 0) {
      fail_memory(&b);
    } else {
      *root = build_document(&b);
    }
  }
  if (memory_ran_out()) { /* libfyaml may have left out a text */
    fail_memory(&b);
  }
  if (b.status == SG_OK && (!*root || (*root)->is != YAML_MAP)) {
    b.status = error_add(error, SG_INPUT, (place){file, 1, 1}, "a model is a map with the keys model, blocks, "
                         "amounts, measures, ...");
  }
  fy_parser_destroy(b.events);
  fy_diag_destroy(b.diagnostics);
  ARRAY_FREE(&b.line_start);
  return b.status;
}
