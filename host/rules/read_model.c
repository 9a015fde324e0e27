/* SPDX-License-Identifier: MIT
 *
 * Reads a model: the chain of `extends`, the settings, then part after part. The page to read first.
 */
#include "rules/read_model.h"

#include "base/file.h"
#include "kernels/shared.h"
#include "rules/model_describe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { EXTENDS_LIMIT = 16 };

/* One file of the chain, or one shipped text. */
typedef struct source_text {
  const char *path;
  const char *text;
  size_t size_bytes;
} source_text;

typedef struct chain {
  reader *r;
  uint32_t n;
  source_text texts[EXTENDS_LIMIT]; /* the model first, then what it extends */
} chain;

/* ---- finding texts ------------------------------------------------------------------------------------- */

static const char *shipped_find(const char *name) {
  for (size_t i = 0; i < shipped_model_count(); i++) {
    if (strcmp(shipped_model_name(i), name) == 0) {
      return shipped_model_text(i);
    }
  }
  return NULL;
}

static const char *shipped_list(arena *memory) {
  const char *list = "";
  for (size_t i = 0; i < shipped_model_count() && list; i++) {
    list = arena_format(memory, "%s%s%s", list, i > 0 ? ", " : "", shipped_model_name(i));
  }
  return list ? list : "";
}

static bool looks_like_path(const char *name) {
  size_t length = strlen(name);
  return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0) ||
         (length > 4 && strcmp(name + length - 4, ".yml") == 0);
}

static bool load_file(reader *r, const char *path, source_text *found) {
  file_text loaded = {0};
  sg_status status = file_load(path, YAML_FILE_BYTES, &loaded, r->error);
  if (status != SG_OK) {
    r->status = r->status == SG_OK ? status : r->status;
    return false;
  }
  *found = (source_text){arena_text(r->memory, path, strlen(path)),
                         arena_text(r->memory, loaded.text, loaded.size_bytes), loaded.size_bytes};
  file_close(&loaded);
  return (found->path && found->text) || reader_fail_memory(r);
}

/* `where` is the place of `extends`, or no place for the model itself. */
static bool find_text(reader *r, const char *name, const char *beside, place where, source_text *found) {
  const char *text = shipped_find(name);
  if (text) {
    *found = (source_text){arena_format(r->memory, "shipped:%s", name), text, strlen(text)};
    return found->path || reader_fail_memory(r);
  }
  if (!looks_like_path(name)) {
    return reader_fail(r, where, "\"%s\" is neither a shipped model (%s) nor the path of a .yaml file", name,
                       shipped_list(r->memory));
  }
  const char *slash = beside ? strrchr(beside, '/') : NULL;
  if (*name == '/' || !slash) {
    return load_file(r, name, found);
  }
  const char *path = arena_format(r->memory, "%.*s/%s", (int)(slash - beside), beside, name);
  return path ? load_file(r, path, found) : reader_fail_memory(r);
}

/* ---- the chain of extends ------------------------------------------------------------------------------ */

/* The merged tree of a model and all that it extends. */
static yaml_node *read_chain(chain *c, const char *name, const char *beside, place where) {
  reader *r = c->r;
  source_text *own = &c->texts[c->n];
  if (c->n == EXTENDS_LIMIT) {
    reader_fail(r, where, "extends: more than %d models in a chain", EXTENDS_LIMIT);
    return NULL;
  }
  if (!find_text(r, name, beside, where, own)) {
    return NULL;
  }
  for (uint32_t i = 0; i < c->n; i++) {
    assert(c->texts[i].path != NULL && own->path != NULL); /* found, all of them */
    if (strcmp(c->texts[i].path, own->path) == 0) {
      reader_fail(r, where, "extends: \"%s\" extends itself", name);
      return NULL;
    }
  }
  c->n++;
  yaml_node *root;
  sg_status status = yaml_parse(own->path, own->text, own->size_bytes, r->memory, &root, r->error);
  r->status = r->status == SG_OK ? status : r->status;
  if (!root || root->is != YAML_MAP) {
    return NULL;
  }
  yaml_node *base = NULL;
  yaml_pair *extends = yaml_find_pair(yaml_find(root, "model"), "extends");
  if (extends && extends->value->is == YAML_TEXT) {
    base = read_chain(c, extends->value->text, own->path, extends->value->where);
    if (!base) {
      return NULL;
    }
  }
  if (base) {
    const yaml_node *own_name = yaml_find(yaml_find(root, "model"), "name");
    const char *source = own_name && own_name->is == YAML_TEXT ? own_name->text : own->path;
    r->below = yaml_find(base, "parameters");
    merge_parameters(r, base, root, source);
  }
  status = SG_OK;
  yaml_node *merged = yaml_merge(base, root, r->memory, r->error, &status);
  r->status = r->status == SG_OK ? status : r->status;
  if (!merged) {
    reader_fail_memory(r);
  }
  return merged;
}

/* Of the texts in order of the chain and of the settings, each with its length; paths do not count. */
static bool digest_chain(chain *c, const char *const *settings, size_t n_settings) {
  ARRAY(uint64_t) parts = {0};
  bool good = true;
  for (size_t i = 0; i < c->n + n_settings && good; i++) {
    const char *text = i < c->n ? c->texts[i].text : settings[i - c->n];
    size_t size_bytes = i < c->n ? c->texts[i].size_bytes : strlen(text);
    uint64_t digest[2];
    digest_bytes(text, size_bytes, digest);
    good = ARRAY_PUSH(&parts, i < c->n) && ARRAY_PUSH(&parts, digest[0]) && ARRAY_PUSH(&parts, digest[1]);
  }
  if (good) {
    digest_bytes(parts.items, parts.n * sizeof *parts.items, c->r->model->digest);
  }
  ARRAY_FREE(&parts);
  return good || reader_fail_memory(c->r);
}

/* ---- parts --------------------------------------------------------------------------------------------- */

/* Texts, or {term: TEXT, of: FILTER} for what touches the accounts that hold such instruments. */
static void read_not_covered(reader *r, const yaml_node *list) {
  if (!list || !reader_expect(r, list, YAML_LIST, "not_covered")) {
    return;
  }
  r->model->not_covered = ARENA_ARRAY(r->memory, const char *, list->n);
  r->model->not_covered_of = ARENA_ARRAY(r->memory, filter, list->n);
  if (!r->model->not_covered || !r->model->not_covered_of) {
    reader_fail_memory(r);
    return;
  }
  for (uint32_t i = 0; i < list->n; i++) {
    const yaml_node *item = list->items[i];
    if (item->is == YAML_MAP) {
      reader_check_keys(r, item, SECTION_NOT_COVERED, "term of");
      if (!yaml_find(item, "term") || !yaml_find(item, "of")) {
        reader_fail(r, item->where, "not_covered: needs `term`, a text, and `of`, the instruments that it touches");
      }
      read_filter(r, yaml_find(item, "of"), &r->model->not_covered_of[i]);
      r->model->not_covered[i] = reader_text(r, item, "term");
    } else {
      r->model->not_covered[i] = reader_expect(r, item, YAML_TEXT, "not_covered") ? item->text : "";
    }
    r->model->n_not_covered++;
  }
}

static void read_header(reader *r) {
  const yaml_pair *pair = yaml_find_pair(r->root, "model");
  if (!pair) {
    reader_fail(r, r->root->where, "`model` is missing: it gives the model its name");
    return;
  }
  const yaml_node *map = pair->value;
  if (!reader_expect(r, map, YAML_MAP, "model")) {
    return;
  }
  reader_check_keys(r, map, SECTION_MODEL, "name title version source date extends not_covered book");
  r->model->name = reader_text(r, map, "name");
  r->model->title = reader_text(r, map, "title");
  r->model->version = reader_text(r, map, "version");
  r->model->source = reader_text(r, map, "source");
  r->model->date = reader_text(r, map, "date");
  reader_text(r, map, "extends");
  if (!yaml_find(map, "name")) {
    reader_fail(r, pair->where, "model: needs `name`");
  }
  read_not_covered(r, yaml_find(map, "not_covered"));
  if (yaml_find(map, "book")) {
    reader_texts(r, yaml_find(map, "book"), "book", &r->model->n_book_notes, &r->model->book_notes);
  }
}

#define SCHEME_WORD(name, nodes, solve, price, steps, tolerance, vols) " " #name
#define SCHEME_COUNT(name, nodes, solve, price, steps, tolerance, vols) +1
enum { N_AMERICAN_SCHEMES = AMERICAN_SCHEMES(SCHEME_COUNT), LATTICE_STEPS_DEFAULT = 400 };

/* american: lattice, whose number of steps is `steps`. */
static void read_lattice(reader *r, const yaml_node *map) {
  const yaml_node *node = yaml_find(map, "steps");
  bool lattice = r->model->american == N_AMERICAN_SCHEMES;
  double steps = LATTICE_STEPS_DEFAULT;
  if (node && !lattice) {
    reader_fail(r, node->where, "steps: only american: lattice has steps");
  }
  if (node && reader_number(r, node, "steps", &steps) &&
      !(steps >= 1.0 && steps <= LATTICE_STEPS_LIMIT && steps == (double)(uint32_t)steps)) {
    reader_fail(r, node->where, "steps: \"%s\" is not a whole number from 1 to %d", node->text, LATTICE_STEPS_LIMIT);
  }
  if (lattice) {
    r->model->american = 0;
    r->model->lattice_steps = (uint32_t)steps;
  }
}

static void read_valuation(reader *r) {
  const yaml_node *map = yaml_find(r->root, "valuation");
  r->model->discounted = true;
  if (map && reader_expect(r, map, YAML_MAP, "valuation")) {
    reader_check_keys(r, map, SECTION_VALUATION, "discount american boundaries steps european");
    uint32_t discount = reader_word(r, map, "discount", "book none nonnegative", 0);
    r->model->discounted = discount != 1;
    r->model->nonnegative_rates = discount == 2;
    r->model->american = reader_word(r, map, "american", &AMERICAN_SCHEMES(SCHEME_WORD) " lattice"[1], 0);
    r->model->european_spot = reader_word(r, map, "european", "forward spot", 0) == 1;
    r->model->shares_boundaries = reader_word(r, map, "boundaries", "own shared", 0) == 1;
    read_lattice(r, map);
  }
}

#define MOVE_TO_MODEL(array, list, count)                                          \
  do {                                                                             \
    r->model->list = arena_array(r->memory, (array).n, sizeof *(array).items);     \
    if (!r->model->list) {                                                         \
      reader_fail_memory(r);                                                       \
    } else if ((array).n > 0) {                                                    \
      memcpy(r->model->list, (array).items, (array).n * sizeof *(array).items);    \
      r->model->count = (uint32_t)(array).n;                                       \
    }                                                                              \
  } while (0)

static void read_parts(reader *r) {
  uint32_t by_account;
  reader_check_keys(r, r->root, SECTION_TOP, "model valuation inputs parameters define columns blocks levels amounts "
                    "measures equity collateral status outputs quality");
  read_header(r);
  read_valuation(r);
  grouping_index(r, 0, &by_account);
  reader_collect_names(r);
  read_inputs(r);
  read_defines(r);
  read_parameters(r);
  if (r->status == SG_DEVICE) { /* names point at parameters that are not there */
    return;
  }
  for (uint32_t i = 0; i < r->defines.n; i++) {
    reader_define_ready(r, i);
  }
  read_columns(r);
  read_blocks(r);
  read_amounts(r);
  read_equity(r);
  read_quality(r);
  check_new_parameters(r);
  MOVE_TO_MODEL(r->groupings, groupings, n_groupings);
  MOVE_TO_MODEL(r->level_sets, level_sets, n_level_sets);
  MOVE_TO_MODEL(r->scenario_keys, scenario_keys, n_scenario_keys);
}

static void reader_close(reader *r) {
  ARRAY_FREE(&r->names);
  ARRAY_FREE(&r->groupings);
  ARRAY_FREE(&r->level_sets);
  ARRAY_FREE(&r->level_nodes);
  ARRAY_FREE(&r->scenario_keys);
  ARRAY_FREE(&r->defines);
}

sg_status model_read(const char *name_or_path, const char *const *settings, size_t n_settings, model **read,
                     sg_error *error) {
  *read = NULL;
  arena *memory = arena_open();
  reader r = {.memory = memory, .error = error, .model = memory ? ARENA_ARRAY(memory, struct sg_model, 1) : NULL};
  if (!r.model) {
    arena_close(memory);
    return error_out_of_memory(error);
  }
  *r.model = (struct sg_model){.memory = memory, .name = "", .title = "", .version = "", .source = "", .date = ""};
  chain c = {.r = &r};
  r.root = read_chain(&c, name_or_path, NULL, (place){0});
  if (r.root && digest_chain(&c, settings, n_settings)) {
    r.model->path = c.texts[0].path;
    apply_settings(&r, settings, n_settings);
    read_parts(&r);
  }
  reader_close(&r);
  if (r.status == SG_OK && !(r.model->description = model_description_make(r.model, memory))) {
    reader_fail_memory(&r);
  }
  if (r.status != SG_OK) {
    arena_close(memory);
    return r.status;
  }
  *read = r.model;
  return SG_OK;
}

void model_close(model *read) {
  if (read) {
    arena_close(read->memory);
  }
}
