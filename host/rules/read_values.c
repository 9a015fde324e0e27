/* SPDX-License-Identifier: MIT
 *
 * Findings, keys and plain values of a model file.
 */
#include "rules/read_model.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what later versions bring: one line each ---------------------------------------------------------- */

static const struct {
  section section;
  const char *key;
} not_built[] = {
    {SECTION_COLUMN, "over"},
    {SECTION_COLUMN, "round"},
    {SECTION_BLOCK, "arrays"},
    {SECTION_BLOCK, "history"},
    {SECTION_AMOUNT, "delta_spreads"},
    {SECTION_AMOUNT, "strategies"},
};

bool reader_fail(reader *r, place where, const char *format, ...) {
  char message[768];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  sg_status status = error_add(r->error, where.line == 0 ? SG_USAGE : SG_INPUT, where, "%s", message);
  r->status = r->status == SG_OK ? status : r->status;
  return false;
}

bool reader_fail_memory(reader *r) {
  if (r->status != SG_DEVICE) {
    r->status = error_out_of_memory(r->error);
  }
  return false;
}

bool reader_not_built(reader *r, section kind, const yaml_pair *pair) {
  for (size_t i = 0; i < sizeof not_built / sizeof *not_built; i++) {
    if (not_built[i].section == kind && strcmp(not_built[i].key, pair->key) == 0) {
      reader_fail(r, pair->where, "%s: is not built yet in this version", pair->key);
      return true;
    }
  }
  return false;
}

bool word_among(const char *words, const char *word) {
  size_t length = strlen(word);
  for (const char *at = strstr(words, word); length > 0 && at; at = strstr(at + 1, word)) {
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
      return true;
    }
  }
  return false;
}

/* "a b c" as "a, b, c" */
static const char *list_words(const char *words, char *text, size_t size_bytes) {
  size_t n = 0;
  for (; *words && n + 3 < size_bytes; words++) {
    if (*words == ' ') {
      text[n++] = ',';
    }
    text[n++] = *words;
  }
  text[n] = '\0';
  return text;
}

void reader_check_keys(reader *r, const yaml_node *map, section kind, const char *keys) {
  static const char *const names[N_SECTIONS] = {
      [SECTION_TOP] = "a model file", [SECTION_MODEL] = "model", [SECTION_VALUATION] = "valuation",
      [SECTION_INPUT] = "an input", [SECTION_PARAMETER] = "a parameter", [SECTION_COLUMN] = "a column",
      [SECTION_BLOCK] = "a block", [SECTION_LEVEL] = "a level", [SECTION_DISCOUNT] = "a discount", [SECTION_AMOUNT] = "an amount",
      [SECTION_MEASURES] = "measures", [SECTION_EQUITY] = "equity", [SECTION_COLLATERAL] = "collateral",
      [SECTION_NOT_COVERED] = "not_covered", [SECTION_HAIRCUT] = "a haircut", [SECTION_STATUS] = "a status",
      [SECTION_QUALITY] = "a kind of finding", [SECTION_NUMBER] = "a number"};
  for (uint32_t i = 0; map->is == YAML_MAP && i < map->n; i++) {
    char list[256];
    const yaml_pair *pair = &map->pairs[i];
    if (!word_among(keys, pair->key) && !reader_not_built(r, kind, pair)) {
      reader_fail(r, pair->where, "unknown key \"%s\" in %s; the keys are: %s", pair->key, names[kind],
                  list_words(keys, list, sizeof list));
    }
  }
}

bool reader_expect(reader *r, const yaml_node *node, int kind, const char *what) {
  if ((int)node->is == kind) {
    return true;
  }
  yaml_node wanted = {.is = kind};
  return reader_fail(r, node->where, "%s: expected %s, found %s", what, yaml_kind(&wanted), yaml_kind(node));
}

const char *reader_text(reader *r, const yaml_node *map, const char *key) {
  const yaml_node *node = yaml_find(map, key);
  return node && reader_expect(r, node, YAML_TEXT, key) ? node->text : "";
}

uint32_t reader_word(reader *r, const yaml_node *map, const char *key, const char *words, uint32_t otherwise) {
  const yaml_node *node = yaml_find(map, key);
  if (!node || !reader_expect(r, node, YAML_TEXT, key)) {
    return otherwise;
  }
  if (!word_among(words, node->text)) {
    char list[256];
    reader_fail(r, node->where, "%s: \"%s\" is not one of: %s", key, node->text, list_words(words, list, sizeof list));
    return otherwise;
  }
  uint32_t index = 0;
  for (const char *at = words; strncmp(at, node->text, strlen(node->text)) != 0 ||
                               (at[strlen(node->text)] != ' ' && at[strlen(node->text)] != '\0');) {
    at = strchr(at, ' ') + 1;
    index++;
  }
  return index;
}

bool reader_texts(reader *r, const yaml_node *node, const char *what, uint32_t *n, const char ***texts) {
  bool one = node->is == YAML_TEXT;
  if (!one && !reader_expect(r, node, YAML_LIST, what)) {
    return false;
  }
  *n = one ? 1 : node->n;
  *texts = ARENA_ARRAY(r->memory, const char *, *n);
  if (!*texts) {
    return reader_fail_memory(r);
  }
  for (uint32_t i = 0; i < *n; i++) {
    const yaml_node *item = one ? node : node->items[i];
    if (!reader_expect(r, item, YAML_TEXT, what)) {
      return false;
    }
    (*texts)[i] = item->text;
  }
  return *n > 0 || reader_fail(r, node->where, "%s: the list is empty", what);
}

/* ---- numbers and expressions --------------------------------------------------------------------------- */

typedef struct lookup_context {
  reader *r;
  scope_of_names scope;
} lookup_context;

static name_meaning find(void *context, const char *name, size_t length) {
  lookup_context *lookup = context;
  return reader_find_meaning(lookup->r, lookup->scope, name, length);
}

bool reader_expression(reader *r, const yaml_node *node, const char *what, scope_of_names scope, expression *compiled) {
  if (!node || !reader_expect(r, node, YAML_TEXT, what)) {
    return false;
  }
  lookup_context context = {r, scope};
  name_lookup names = {&context, find};
  sg_status status = expression_compile(node->text, node->where, &names, r->memory, compiled, r->error);
  if (r->status == SG_OK) {
    r->status = status;
  }
  if (status == SG_OK && compiled->constant && !isfinite(compiled->value)) {
    return reader_fail(r, node->where, "%s: \"%s\" is not a finite number", what, node->text);
  }
  return status == SG_OK;
}

/* The number's own node: {value: 0.16, source: ...} wraps one. */
static const yaml_node *unwrap(reader *r, const yaml_node *node) {
  const yaml_node *value = yaml_find(node, "value");
  if (!value) {
    return node;
  }
  reader_check_keys(r, node, SECTION_NUMBER, "value unit source date");
  return value;
}

/* Arithmetic on decimals leaves dust: 0.8 * 0.1 is one ulp off 0.08. A decimal of 12 places that is as near as that is
 * what the author meant, and prints so. */
static double without_dust(double value) {
  money decimal;
  if (!money_from_double(value, &decimal)) {
    return value;
  }
  double nearest = money_to_double(decimal);
  return fabs(value - nearest) <= 4.0 * DBL_EPSILON * fabs(value) ? nearest : value;
}

bool reader_number(reader *r, const yaml_node *node, const char *what, double *value) {
  node = unwrap(r, node);
  if (node->is != YAML_TEXT) {
    return reader_fail(r, node->where, "%s: expected a number, found %s", what, yaml_kind(node));
  }
  expression compiled = {0};
  if (!reader_expression(r, node, what, NAMES_CONSTANT, &compiled)) {
    return false;
  }
  bool literal = !number_parse(node->text, strlen(node->text), value);
  *value = literal ? compiled.value : without_dust(compiled.value);
  return true;
}

bool reader_money(reader *r, const yaml_node *node, const char *what, money *value) {
  node = unwrap(r, node);
  if (node->is == YAML_TEXT) {
    double nearest;
    const char *refusal = money_parse(node->text, strlen(node->text), value);
    if (!refusal) {
      return true;
    }
    if (!number_parse(node->text, strlen(node->text), &nearest)) {
      return reader_fail(r, node->where, "%s: \"%s\" %s", what, node->text, refusal);
    }
  }
  double number = 0.0;
  if (!reader_number(r, node, what, &number)) {
    return false;
  }
  return money_from_double(number, value) ||
         reader_fail(r, node->where, "%s: \"%s\" is too large", what, node->text);
}

bool reader_numbers(reader *r, const yaml_node *node, const char *what, uint32_t *n, double **values) {
  bool list = node->is == YAML_LIST;
  *n = list ? node->n : 1;
  *values = ARENA_ARRAY(r->memory, double, *n);
  if (!*values) {
    return reader_fail_memory(r);
  }
  bool good = true;
  for (uint32_t i = 0; i < *n; i++) {
    good = reader_number(r, list ? node->items[i] : node, what, &(*values)[i]) && good;
  }
  return good && (*n > 0 || reader_fail(r, node->where, "%s: the list is empty", what));
}
