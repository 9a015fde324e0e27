/* SPDX-License-Identifier: MIT
 *
 * amounts and measures: money. Children come before the amounts that use them; an amount may stand inside another.
 */
#include "rules/read_model.h"

#include <assert.h>
#include <string.h>

typedef struct amount_reader {
  reader *r;
  const yaml_node *map;     /* `amounts`, or NULL */
  ARRAY(model_amount) read; /* children first */
  progress *state;          /* [place in `map`] */
  uint32_t *index;          /* [place in `map`] into `read` */
} amount_reader;

static bool read_amount(amount_reader *a, const yaml_node *map, const char *name, place where, uint32_t owner_grouping,
                        uint32_t *index);

/* ---- terms of sum, max, min ---------------------------------------------------------------------------- */

static bool fail_cycle(amount_reader *a, const char *name, place where) {
  reader *r = a->r;
  const char *path = "";
  bool inside = false;
  for (uint32_t i = 0; i < r->nested && path; i++) {
    inside = inside || strcmp(r->nested_names[i], name) == 0;
    path = inside ? arena_format(r->memory, "%s%s -> ", path, r->nested_names[i]) : path;
  }
  return reader_fail(r, where, "\"%s\" is part of itself: %s%s", name, path ? path : "", name);
}

/* The amount at a place of `amounts`, read now if nobody has. */
static bool find_amount(amount_reader *a, uint32_t at, place where, uint32_t *index) {
  assert(a->map != NULL); /* a name of kind NAME_AMOUNT is a key of it */
  const yaml_pair *pair = &a->map->pairs[at];
  if (a->state[at] == READING) {
    return fail_cycle(a, pair->key, where);
  }
  if (a->state[at] == NOT_READ) {
    a->state[at] = READING;
    if (!reader_enter(a->r, pair->key, pair->where)) {
      a->state[at] = READ_FAULTY;
      return false;
    }
    bool good = read_amount(a, pair->value, pair->key, pair->where, 0, &a->index[at]);
    a->state[at] = good ? READ_WELL : READ_FAULTY;
    reader_leave(a->r);
  }
  *index = a->index[at];
  return a->state[at] == READ_WELL;
}

static const char *inline_name(amount_reader *a, const char *owner, const yaml_node *map) {
  const char *kind = "amount";
  for (uint32_t k = 0; k < N_AMOUNT_KINDS; k++) {
    kind = yaml_find(map, amount_kind_text(k)) ? amount_kind_text(k) : kind;
  }
  const char *name = arena_format(a->r->memory, "%s.%s", owner, kind);
  for (uint32_t i = 0, n = 1; name && i < a->read.n; i++) {
    if (strcmp(a->read.items[i].name, name) == 0) {
      name = arena_format(a->r->memory, "%s.%s%u", owner, kind, ++n);
      i = UINT32_MAX; /* from the start, with the next number */
    }
  }
  return name;
}

static bool read_inline(amount_reader *a, const yaml_node *map, const char *owner, uint32_t owner_grouping,
                        uint32_t *index) {
  const char *name = inline_name(a, owner, map);
  if (!name) {
    return reader_fail_memory(a->r);
  }
  if (!reader_enter(a->r, name, map->where)) {
    return false;
  }
  bool good = read_amount(a, map, name, map->where, owner_grouping, index);
  reader_leave(a->r);
  return good;
}

static bool read_text_term(amount_reader *a, const yaml_node *node, const char *owner, amount_term *term) {
  const char *name = node->text + (*node->text == '-');
  const name_entry *known = reader_find_name(a->r, name, strlen(name));
  if (known && known->kind == NAME_AMOUNT) {
    term->is = TERM_AMOUNT;
    term->negative = *node->text == '-';
    return find_amount(a, known->index, node->where, &term->amount);
  }
  term->is = TERM_NUMBER;
  return reader_money(a->r, node, owner, &term->number);
}

static bool check_term_group(reader *r, const model_amount *owner, const model_amount *child, place where) {
  uint32_t own = r->groupings.items[owner->grouping].keys, keys = r->groupings.items[child->grouping].keys;
  if ((keys & own) == keys && keys != own) {
    return reader_fail(r, where, "%s: \"%s\" lives by %s, which is coarser than by %s", owner->name, child->name,
                       r->groupings.items[child->grouping].text, r->groupings.items[owner->grouping].text);
  }
  return true;
}

static bool read_terms(amount_reader *a, const yaml_node *list, model_amount *amount) {
  reader *r = a->r;
  if (!reader_expect(r, list, YAML_LIST, amount_kind_text(amount->kind))) {
    return false;
  }
  if (list->n == 0) {
    return reader_fail(r, list->where, "%s: the list is empty", amount_kind_text(amount->kind));
  }
  amount->terms = ARENA_ARRAY(r->memory, amount_term, list->n);
  if (!amount->terms) {
    return reader_fail_memory(r);
  }
  bool good = true;
  for (uint32_t i = 0; i < list->n; i++) {
    const yaml_node *node = list->items[i];
    amount_term *term = &amount->terms[amount->n_terms++];
    bool read;
    if (node->is == YAML_TEXT) {
      read = read_text_term(a, node, amount->name, term);
    } else if (yaml_find(node, "value")) {
      term->is = TERM_NUMBER;
      read = reader_money(r, node, amount->name, &term->number);
    } else if (node->is != YAML_MAP) {
      read = reader_fail(r, node->where, "%s: expected an amount or a number, found %s", amount->name,
                         yaml_kind(node));
    } else {
      read = read_inline(a, node, amount->name, amount->grouping, &term->amount);
    }
    if (read && term->is == TERM_AMOUNT) {
      read = check_term_group(r, amount, &a->read.items[term->amount], node->where);
    }
    good = read && good;
  }
  return good;
}

/* ---- one amount ---------------------------------------------------------------------------------------- */

/* The one key that says what the amount is. */
static const yaml_pair *find_kind(reader *r, const yaml_node *map, const char *name, place where, amount_kind *kind) {
  const yaml_pair *found = NULL;
  bool later = false;
  for (uint32_t i = 0; i < map->n; i++) {
    later = reader_not_built(r, SECTION_AMOUNT, &map->pairs[i]) || later;
    for (uint32_t k = 0; k < N_AMOUNT_KINDS; k++) {
      if (strcmp(map->pairs[i].key, amount_kind_text(k)) != 0) {
        continue;
      }
      if (found) {
        reader_fail(r, map->pairs[i].where, "%s: is %s already and cannot be %s too", name, found->key,
                    amount_kind_text(k));
        return NULL;
      }
      found = &map->pairs[i];
      *kind = (amount_kind)k;
    }
  }
#define KIND_WORD(key, text, function) " " text
  if (!found && !later) {
    reader_fail(r, where, "%s: needs one of the keys:%s", name, AMOUNT_KINDS(KIND_WORD));
  }
#undef KIND_WORD
  return found;
}

static bool read_times_and_round(reader *r, const yaml_node *map, model_amount *amount) {
  const yaml_node *times = yaml_find(map, "times"), *round = yaml_find(map, "round");
  bool good = true;
  if (times) {
    amount->has_times = true;
    good = reader_expression(r, times, "times", NAMES_NODE, &amount->times) &&
           check_scopes(r, &amount->times, amount, times->where);
  }
  if (round) {
    amount->has_round = true;
    if (!reader_money(r, round, "round", &amount->round)) {
      good = false;
    } else if (money_compare(amount->round, MONEY_ZERO) <= 0) {
      good = reader_fail(r, round->where, "round: must be above 0");
    }
  }
  return good;
}

static bool read_kind(amount_reader *a, const yaml_node *map, const yaml_pair *kind, model_amount *amount) {
  static const char *const keys[N_AMOUNT_KINDS] = {
      [AMOUNT_WORST] = "worst by times round",   [AMOUNT_VAR] = "var tail quantile by times round",
      [AMOUNT_ES] = "es tail by times round",    [AMOUNT_CHARGE] = "charge of by times round",
      [AMOUNT_WORST_PAYOFF] = "worst_payoff by times round",
      [AMOUNT_SUM] = "sum by times round",       [AMOUNT_MAX] = "max by times round",
      [AMOUNT_MIN] = "min by times round"};
  reader *r = a->r;
  reader_check_keys(r, map, SECTION_AMOUNT, keys[amount->kind]);
  bool combined = amount->kind == AMOUNT_SUM || amount->kind == AMOUNT_MAX || amount->kind == AMOUNT_MIN;
  return combined ? read_terms(a, kind->value, amount) : read_leaf(r, map, kind, amount);
}

static bool read_amount(amount_reader *a, const yaml_node *map, const char *name, place where, uint32_t owner_grouping,
                        uint32_t *index) {
  reader *r = a->r;
  model_amount amount = {.name = name, .grouping = owner_grouping, .where = where};
  if (!reader_expect(r, map, YAML_MAP, name)) {
    return false;
  }
  const yaml_pair *kind = find_kind(r, map, name, where, &amount.kind);
  const yaml_node *by = yaml_find(map, "by");
  if (!kind || (by && !read_grouping(r, by, &amount.grouping))) {
    return false;
  }
  size_t before = error_count(r->error);
  sg_status status = r->status;
  r->status = SG_OK; /* so that findings show even without a list of errors */
  bool good = read_kind(a, map, kind, &amount);
  good = read_times_and_round(r, map, &amount) && good && r->status == SG_OK && error_count(r->error) == before;
  r->status = status != SG_OK ? status : r->status;
  *index = (uint32_t)a->read.n;
  return (ARRAY_PUSH(&a->read, amount) || reader_fail_memory(r)) && good;
}

/* ---- measures ------------------------------------------------------------------------------------------ */

static bool read_measure(amount_reader *a, const yaml_node *node, const char *name, uint32_t *index) {
  if (node->is != YAML_TEXT) {
    return read_inline(a, node, name, 0, index);
  }
  const name_entry *known = reader_find_name(a->r, node->text, strlen(node->text));
  if (known && known->kind == NAME_AMOUNT) {
    return find_amount(a, known->index, node->where, index);
  }
  const char *near = nearest_key(a->map, node->text);
  return near ? reader_fail(a->r, node->where, "%s: \"%s\" is not an amount; the nearest is \"%s\"", name, node->text,
                            near)
              : reader_fail(a->r, node->where, "%s: \"%s\" is not an amount", name, node->text);
}

static void read_measures(amount_reader *a) {
  reader *r = a->r;
  const yaml_pair *pair = yaml_find_pair(r->root, "measures");
  if (!pair) {
    reader_fail(r, r->root->where, "`measures` is missing: a model says which amount is the initial requirement");
    return;
  }
  if (!reader_expect(r, pair->value, YAML_MAP, "measures")) {
    return;
  }
  reader_check_keys(r, pair->value, SECTION_MEASURES, "initial maintenance");
  const yaml_node *initial = yaml_find(pair->value, "initial"), *maintenance = yaml_find(pair->value, "maintenance");
  if (!initial) {
    reader_fail(r, pair->where, "measures: needs `initial`");
    return;
  }
  read_measure(a, initial, "initial", &r->model->initial);
  r->model->maintenance = r->model->initial;
  if (maintenance) {
    read_measure(a, maintenance, "maintenance", &r->model->maintenance);
  }
}

void read_amounts(reader *r) {
  const yaml_node *map = yaml_find(r->root, "amounts");
  uint32_t n = map && map->is == YAML_MAP ? map->n : 0;
  amount_reader a = {.r = r, .map = n > 0 ? map : NULL};
  a.state = ARENA_ARRAY(r->memory, progress, n);
  a.index = ARENA_ARRAY(r->memory, uint32_t, n);
  if (!a.state || !a.index) {
    reader_fail_memory(r);
    return;
  }
  for (uint32_t i = 0; i < n; i++) {
    uint32_t index;
    if (a.state[i] == NOT_READ && reader_find_name(r, map->pairs[i].key, strlen(map->pairs[i].key))) {
      find_amount(&a, i, map->pairs[i].where, &index);
    }
  }
  read_measures(&a);
  r->model->amounts = ARENA_ARRAY(r->memory, model_amount, a.read.n);
  if (!r->model->amounts) {
    reader_fail_memory(r);
  } else if (a.read.n > 0) {
    memcpy(r->model->amounts, a.read.items, a.read.n * sizeof *a.read.items);
    r->model->n_amounts = (uint32_t)a.read.n;
  }
  ARRAY_FREE(&a.read);
}
