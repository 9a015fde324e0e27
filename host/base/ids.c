/* SPDX-License-Identifier: MIT
 *
 * Open addressing with linear probing, at most half full. A slot carries 32 bits of the hash, so that a text is
 * compared only where it almost surely matches.
 */
#include "base/ids.h"

#include "base/array.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>
#include <string.h>

typedef struct slot {
  uint32_t index; /* ID_NONE: empty */
  uint32_t tag;   /* upper half of the hash */
} slot;

typedef struct entry {
  const char *text;
  uint64_t hash;
  size_t length;
} entry;

struct ids {
  arena *memory;
  slot *slots;
  size_t mask; /* number of slots - 1, a power of two less one */
  ARRAY(entry) entries;
};

enum { FIRST_SLOTS = 64 };

static slot *slots_open(size_t n_slots)
{
  slot *slots = malloc(n_slots * sizeof *slots);
  if (slots != NULL) {
    memset(slots, 0xff, n_slots * sizeof *slots);
  }
  return slots;
}

ids *ids_open(arena *memory)
{
  ids *table = calloc(1, sizeof *table);
  if (table == NULL) {
    return NULL;
  }
  table->memory = memory;
  table->mask = FIRST_SLOTS - 1;
  table->slots = slots_open(FIRST_SLOTS);
  if (table->slots == NULL) {
    free(table);
    return NULL;
  }
  return table;
}

void ids_close(ids *table)
{
  if (table != NULL) {
    ARRAY_FREE(&table->entries);
    free(table->slots);
    free(table);
  }
}

/* The slot that holds the text, or the empty one where it belongs. */
static size_t probe(const ids *table, const char *text, size_t length, uint64_t hash)
{
  size_t at = (size_t)hash & table->mask;
  uint32_t tag = (uint32_t)(hash >> 32);
  for (;; at = (at + 1) & table->mask) {
    slot s = table->slots[at];
    if (s.index == ID_NONE) {
      return at;
    }
    if (s.tag == tag) {
      const entry *candidate = &table->entries.items[s.index];
      if (candidate->length == length && memcmp(candidate->text, text, length) == 0) {
        return at;
      }
    }
  }
}

static bool grow(ids *table)
{
  size_t n_slots = (table->mask + 1) * 2;
  slot *slots = slots_open(n_slots);
  if (slots == NULL) {
    return false;
  }
  free(table->slots);
  table->slots = slots;
  table->mask = n_slots - 1;
  for (size_t i = 0; i < table->entries.n; i++) {
    uint64_t hash = table->entries.items[i].hash;
    size_t at = (size_t)hash & table->mask;
    while (slots[at].index != ID_NONE) {
      at = (at + 1) & table->mask;
    }
    slots[at] = (slot){.index = (uint32_t)i, .tag = (uint32_t)(hash >> 32)};
  }
  return true;
}

uint32_t ids_add(ids *table, const char *text, size_t length, bool *added)
{
  uint64_t hash = XXH3_64bits(text, length);
  size_t at = probe(table, text, length, hash);
  *added = table->slots[at].index == ID_NONE;
  if (!*added) {
    return table->slots[at].index;
  }
  if (table->entries.n >= ID_NONE) {
    return ID_NONE;
  }
  if (table->entries.n * 2 > table->mask) {
    if (!grow(table)) {
      return ID_NONE;
    }
    at = probe(table, text, length, hash);
  }
  const char *kept = arena_text(table->memory, text, length);
  uint32_t index = (uint32_t)table->entries.n;
  if (kept == NULL || !ARRAY_PUSH(&table->entries, (entry){.text = kept, .hash = hash, .length = length})) {
    return ID_NONE;
  }
  table->slots[at] = (slot){.index = index, .tag = (uint32_t)(hash >> 32)};
  return index;
}

uint32_t ids_find(const ids *table, const char *text, size_t length)
{
  return table->slots[probe(table, text, length, XXH3_64bits(text, length))].index;
}

uint32_t ids_count(const ids *table)
{
  return (uint32_t)table->entries.n;
}

const char *ids_text(const ids *table, uint32_t index)
{
  return table->entries.items[index].text;
}

typedef struct sort_key {
  uint64_t prefix; /* the first eight bytes, first byte highest */
  uint32_t index;
} sort_key;

static int compare_keys(const void *a, const void *b, void *context)
{
  const sort_key *x = a, *y = b;
  if (x->prefix != y->prefix) {
    return x->prefix < y->prefix ? -1 : 1;
  }
  const ids *table = context;
  const entry *p = &table->entries.items[x->index], *q = &table->entries.items[y->index];
  size_t common = p->length < q->length ? p->length : q->length;
  int order = memcmp(p->text, q->text, common);
  return order != 0 ? order : (p->length > q->length) - (p->length < q->length);
}

bool ids_rank(const ids *table, uint32_t *rank)
{
  size_t n = table->entries.n;
  sort_key *keys = malloc((n + 1) * sizeof *keys);
  if (keys == NULL) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    const entry *e = &table->entries.items[i];
    uint64_t prefix = 0;
    for (size_t byte = 0; byte < 8; byte++) {
      prefix = prefix << 8 | (byte < e->length ? (unsigned char)e->text[byte] : 0);
    }
    keys[i] = (sort_key){.prefix = prefix, .index = (uint32_t)i};
  }
  qsort_r(keys, n, sizeof *keys, compare_keys, (void *)table);
  for (size_t i = 0; i < n; i++) {
    rank[keys[i].index] = (uint32_t)i;
  }
  free(keys);
  return true;
}
