/* SPDX-License-Identifier: MIT
 *
 * Groups of instruments by keys, numbered in key order.
 */
#include "base/date.h"
#include "engine/bound.h"

#include <stdlib.h>
#include <string.h>

/* A missing group means a group of its own: its key is the finer key behind this mark, which no id can contain. */
#define OWN_GROUP "\x01"

/* The values of one key: value[c] is the rank of the instrument's value, text[rank] its spelling. */
typedef struct key_values {
  uint32_t n;
  uint32_t *value;
  const char **text;
} key_values;

static const char *own_or(arena *memory, const char *text, const char *finer) {
  return text[0] != '\0' ? text : arena_format(memory, OWN_GROUP "%s", finer);
}

/* The text of a group key of underlying u: a class without a text is the underlying itself, and so upwards. */
static const char *underlying_group(const bound *in, group_key key, uint32_t u) {
  const underlyings *all = &in->book->underlyings;
  const char *class_group = own_or(in->memory, all->class_group[u], all->id[u]);
  if (key == KEY_CLASS_GROUP) {
    return class_group;
  }
  const char *product = own_or(in->memory, all->product_group[u], class_group);
  if (key == KEY_PRODUCT_GROUP) {
    return product;
  }
  return own_or(in->memory, all->portfolio_group[u], product);
}

static const char *expiry_text(const bound *in, int64_t expiry_s) {
  if (expiry_s == 0) {
    return "-";
  }
  char text[24];
  date_format(expiry_s, text);
  return arena_text(in->memory, text, strlen(text));
}

static const char *strike_text(const bound *in, double strike, instrument_type type) {
  if (type != OPTION) {
    return "-";
  }
  char text[NUMBER_TEXT_BYTES];
  size_t length = number_format(strike, text);
  return arena_text(in->memory, text, length);
}

typedef struct sortable {
  const char *text;
  double number;
  uint32_t index;
} sortable;

static int by_number_then_text(const void *left, const void *right) {
  const sortable *a = left, *b = right;
  if (a->number != b->number) {
    return a->number < b->number ? -1 : 1;
  }
  return strcmp(a->text, b->text);
}

/* Ranks n items by number, then by bytes of text; equal items share a rank. */
static bool rank_items(arena *memory, sortable *items, uint32_t n, uint32_t *rank_of, uint32_t *n_ranks,
                       const char ***texts) {
  qsort(items, n, sizeof *items, by_number_then_text);
  *texts = ARENA_ARRAY(memory, const char *, n);
  if (*texts == NULL) {
    return false;
  }
  uint32_t ranks = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (i == 0 || by_number_then_text(&items[i - 1], &items[i]) != 0) {
      (*texts)[ranks++] = items[i].text;
    }
    rank_of[items[i].index] = ranks - 1;
  }
  *n_ranks = ranks;
  return true;
}

/* Keys that depend on the underlying only are ranked over underlyings, the others over instruments. */
static bool key_of_underlyings(const bound *in, group_key key, key_values *values) {
  const book *b = in->book;
  uint32_t n = b->underlyings.n;
  sortable *items = malloc((n ? n : 1) * sizeof *items);
  uint32_t *rank = malloc((n ? n : 1) * sizeof *rank);
  bool done = items != NULL && rank != NULL;
  for (uint32_t u = 0; done && u < n; u++) {
    const char *text = key == KEY_UNDERLYING ? b->underlyings.id[u]
                       : key == KEY_KIND     ? underlying_kind_text(b->underlyings.kind[u])
                       : key == KEY_ASSET    ? b->underlyings.asset[u]
                                             : underlying_group(in, key, u);
    done = text != NULL;
    items[u] = (sortable){text, 0.0, u};
  }
  done = done && rank_items(in->memory, items, n, rank, &values->n, &values->text);
  for (uint32_t c = 0; done && c < b->instruments.n; c++) {
    values->value[c] = rank[b->instruments.underlying[c]];
  }
  free(items);
  free(rank);
  return done;
}

static bool key_of_instruments(const bound *in, group_key key, key_values *values) {
  const instruments *all = &in->book->instruments;
  sortable *items = malloc((all->n ? all->n : 1) * sizeof *items);
  bool done = items != NULL;
  for (uint32_t c = 0; done && c < all->n; c++) {
    const char *text = "";
    double number = 0.0;
    switch (key) {
      case KEY_CURRENCY: text = in->book->currencies.id[all->currency[c]]; break;
      case KEY_TYPE: text = instrument_type_text(all->type[c]); break;
      case KEY_EXPIRY:
        text = expiry_text(in, all->expiry_s[c]);
        number = (double)all->expiry_s[c];
        break;
      case KEY_STRIKE:
        text = strike_text(in, all->strike[c], all->type[c]);
        number = all->strike[c];
        break;
      case KEY_RIGHT: text = all->type[c] == OPTION ? option_right_text(all->right[c]) : "-"; break;
      case KEY_SETTLEMENT: text = all->settlement[c] == INVERSE ? "inverse" : "linear"; break;
      default: text = all->id[c]; break;
    }
    done = text != NULL;
    items[c] = (sortable){text, number, c};
  }
  done = done && rank_items(in->memory, items, all->n, values->value, &values->n, &values->text);
  free(items);
  return done;
}

static bool key_make(const bound *in, group_key key, key_values *values) {
  values->value = malloc((in->book->instruments.n ? in->book->instruments.n : 1) * sizeof *values->value);
  if (values->value == NULL) {
    return false;
  }
  bool of_underlying = key == KEY_UNDERLYING || key == KEY_KIND || key == KEY_ASSET || key == KEY_CLASS_GROUP ||
                       key == KEY_PRODUCT_GROUP || key == KEY_PORTFOLIO_GROUP;
  return of_underlying ? key_of_underlyings(in, key, values) : key_of_instruments(in, key, values);
}

static int by_value(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* group[c] becomes the rank of (group[c], value[c]) among those present; *n_groups their number. */
static bool refine(uint32_t *group, uint32_t *n_groups, const key_values *key, uint32_t n_instruments) {
  uint64_t *pairs = malloc((n_instruments ? n_instruments : 1) * sizeof *pairs);
  if (pairs == NULL) {
    return false;
  }
  uint64_t radix = key->n ? key->n : 1;
  for (uint32_t c = 0; c < n_instruments; c++) {
    pairs[c] = group[c] * radix + key->value[c];
  }
  qsort(pairs, n_instruments, sizeof *pairs, by_value);
  uint32_t n = 0;
  for (uint32_t c = 0; c < n_instruments; c++) {
    if (c == 0 || pairs[c] != pairs[c - 1]) {
      pairs[n++] = pairs[c];
    }
  }
  for (uint32_t c = 0; c < n_instruments; c++) {
    uint64_t wanted = group[c] * radix + key->value[c];
    uint64_t *found = bsearch(&wanted, pairs, n, sizeof *pairs, by_value);
    group[c] = (uint32_t)(found - pairs);
  }
  *n_groups = n;
  free(pairs);
  return true;
}

static const char *visible(const char *text) {
  while (text[0] == OWN_GROUP[0]) {
    text++;
  }
  return text[0] == '\0' ? "-" : text;
}

static bool append_names(arena *memory, group_set *set, const key_values *key, bool is_first) {
  for (uint32_t g = 0; g < set->n_groups; g++) {
    const char *value = visible(key->text[key->value[set->first[g]]]);
    set->name[g] = is_first ? value : arena_format(memory, "%s/%s", set->name[g], value);
    if (set->name[g] == NULL) {
      return false;
    }
  }
  return true;
}

/* The first instrument of each group, and what it is paid in where that is a key. */
static void find_first(const instruments *all, group_set *set) {
  memset(set->first, 0xff, set->n_groups * sizeof *set->first);
  for (uint32_t c = 0; c < all->n; c++) {
    if (set->first[set->of[c]] == ID_NONE) {
      set->first[set->of[c]] = c;
    }
  }
  for (uint32_t g = 0; set->currency != NULL && all->n > 0 && g < set->n_groups; g++) {
    set->currency[g] = all->currency[set->first[g]];
  }
}

uint32_t bound_add_set(bound *to, uint32_t keys) {
  for (uint32_t s = 0; s < to->n_sets; s++) {
    if (to->sets[s].keys == keys) {
      return s;
    }
  }
  uint32_t n = to->book->instruments.n;
  group_set set = {.keys = keys, .n_groups = 1, .of = ARENA_ARRAY(to->memory, uint32_t, n)};
  key_values values[N_GROUP_KEYS] = {{0}};
  bool done = set.of != NULL;
  for (int k = 0; done && k < N_GROUP_KEYS; k++) {
    if (keys & (1u << k)) {
      done = key_make(to, (group_key)k, &values[k]) && refine(set.of, &set.n_groups, &values[k], n);
    }
  }
  set.first = done ? ARENA_ARRAY(to->memory, uint32_t, set.n_groups) : NULL;
  set.name = done ? ARENA_ARRAY(to->memory, const char *, set.n_groups) : NULL;
  bool has_currency = (keys & 1u << KEY_CURRENCY) != 0;
  set.currency = done && has_currency ? ARENA_ARRAY(to->memory, uint32_t, set.n_groups) : NULL;
  done = set.first != NULL && set.name != NULL && (set.currency != NULL || !has_currency);
  if (done) {
    find_first(&to->book->instruments, &set);
    set.name[0] = "-";
    bool is_first = true;
    for (int k = 0; done && n > 0 && k < N_GROUP_KEYS; k++) {
      if (keys & (1u << k)) {
        done = append_names(to->memory, &set, &values[k], is_first);
        is_first = false;
      }
    }
  }
  for (int k = 0; k < N_GROUP_KEYS; k++) {
    free(values[k].value);
  }
  group_set *sets = done ? realloc(to->sets, (to->n_sets + 1) * sizeof *sets) : NULL;
  if (sets == NULL) {
    return ID_NONE;
  }
  to->sets = sets;
  sets[to->n_sets] = set;
  return to->n_sets++;
}

sg_status bound_check_nested(const bound *in, uint32_t below, uint32_t above, place where, sg_error *error) {
  const group_set *fine = &in->sets[below], *coarse = &in->sets[above];
  for (uint32_t c = 0; c < in->book->instruments.n; c++) {
    uint32_t first = fine->first[fine->of[c]];
    if (coarse->of[first] != coarse->of[c]) {
      return error_add(error, SG_INPUT, where,
                       "group %s is not determined by the one below: instruments %s and %s are both in %s, but in %s and %s",
                       in->model->name, in->book->instruments.id[first], in->book->instruments.id[c],
                       fine->name[fine->of[c]], coarse->name[coarse->of[first]], coarse->name[coarse->of[c]]);
    }
  }
  return SG_OK;
}
