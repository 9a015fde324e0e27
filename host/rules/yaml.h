/* SPDX-License-Identifier: MIT
 *
 * A YAML file as a tree of maps, lists and texts, where every node knows its place. Scalars stay text. Aliases, tags
 * and several documents are refused; depth and size are bounded.
 */
#ifndef RULES_YAML_H
#define RULES_YAML_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

enum {
  YAML_FILE_BYTES = 1 << 20,
  YAML_NODES = 100000,
  YAML_DEPTH = 32,
  YAML_ITEMS = 4096 /* of one map or list */
};

typedef struct yaml_node yaml_node;

typedef struct yaml_pair {
  const char *key;
  place where; /* of the key */
  yaml_node *value;
} yaml_pair;

struct yaml_node {
  enum { YAML_NULL, YAML_TEXT, YAML_LIST, YAML_MAP } is;
  place where;      /* first byte of the text, inside its quotes; column 0 when the text is spread over lines */
  const char *text; /* TEXT */
  uint32_t n;
  yaml_node **items; /* LIST */
  yaml_pair *pairs;  /* MAP */
};

/* `file` is what findings call it; it lives as long as the tree. *root is a map. */
sg_status yaml_parse(const char *file, const char *text, size_t size_bytes, arena *memory, yaml_node **root,
                     sg_error *error);

yaml_pair *yaml_find_pair(const yaml_node *map, const char *key); /* NULL when absent, or `map` is NULL or no map */
yaml_node *yaml_find(const yaml_node *map, const char *key);
bool yaml_equal(const yaml_node *a, const yaml_node *b); /* the same texts in the same order, wherever they stand */
const char *yaml_kind(const yaml_node *node);            /* "a map", ... for messages */

/* `over` on top of `base`: maps merge by key, lists and texts replace, null removes. A null that removes nothing is a
 * finding. base NULL: nothing below. Returns NULL when out of memory. */
yaml_node *yaml_merge(const yaml_node *base, const yaml_node *over, arena *memory, sg_error *error, sg_status *status);

#endif
