/* SPDX-License-Identifier: MIT
 *
 * Open addressing with linear probing, at most three quarters full. A slot carries 32 bits of the hash, so that a text
 * is compared only where it almost surely matches, and points at it, so that a look-up misses the cache twice: at the
 * slot and at the text. Looking up many at once prefetches both.
 */
#include "base/ids.h"

#include "base/array.h"
#include "base/pages.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>
#include <string.h>

typedef struct slot {
  const char *text; /* NULL: empty */
  uint32_t index;
  uint32_t tag;     /* of the hash; its low bits say where the slot belongs */
} slot;

struct ids {
  arena *memory;
  slot *slots;
  size_t mask;                 /* number of slots - 1, a power of two less one */
  ARRAY(const char *) texts;   /* [index], each behind its length */
  char *free_start, *free_end; /* for texts to come */
  size_t next_block_bytes;
};

enum {
  FIRST_SLOTS = 64,
  FIRST_BLOCK_BYTES = 1 << 10,
  LARGEST_BLOCK_BYTES = 1 << 18,
  BATCH = 32, /* look-ups in flight */
};

ids *ids_open(arena *memory) {
  ids *table = calloc(1, sizeof *table);
  if (table == NULL) {
    return NULL;
  }
  table->memory = memory;
  table->mask = FIRST_SLOTS - 1;
  table->next_block_bytes = FIRST_BLOCK_BYTES;
  table->slots = calloc(FIRST_SLOTS, sizeof *table->slots);
  if (table->slots == NULL) {
    free(table);
    return NULL;
  }
  return table;
}

void ids_close(ids *table) {
  if (table != NULL) {
    ARRAY_FREE(&table->texts);
    free(table->slots);
    free(table);
  }
}

static uint32_t length_before(const char *text) {
  uint32_t length;
  memcpy(&length, text - sizeof length, sizeof length);
  return length;
}

/* A copy with its length before it and a NUL behind it; NULL when out of memory. */
static const char *text_keep(ids *table, const char *text, size_t length) {
  uint32_t length_kept = (uint32_t)length;
  size_t size_bytes = (sizeof length_kept + length + 1 + 3) & ~(size_t)3;
  if (length >= UINT32_MAX - 8) {
    return NULL;
  }
  if (table->free_start == NULL || size_bytes > (size_t)(table->free_end - table->free_start)) {
    size_t block_bytes = size_bytes > table->next_block_bytes ? size_bytes : table->next_block_bytes;
    char *block = arena_array(table->memory, block_bytes, 1);
    if (block == NULL) {
      return NULL;
    }
    table->free_start = block;
    table->free_end = block + block_bytes;
    table->next_block_bytes *= table->next_block_bytes < LARGEST_BLOCK_BYTES ? 2 : 1;
  }
  char *kept = table->free_start + sizeof length_kept;
  memcpy(table->free_start, &length_kept, sizeof length_kept);
  memcpy(kept, text, length);
  kept[length] = '\0';
  table->free_start += size_bytes;
  return kept;
}

static uint32_t tag_of(const char *text, size_t length) { return (uint32_t)XXH3_64bits(text, length); }

/* The slot that holds the text, or the empty one where it belongs. */
static inline slot *probe(const ids *table, const char *text, size_t length, uint32_t tag) {
  for (size_t at = tag & table->mask;; at = (at + 1) & table->mask) {
    slot *s = &table->slots[at];
    if (s->text == NULL ||
        (s->tag == tag && length_before(s->text) == length && memcmp(s->text, text, length) == 0)) {
      return s;
    }
  }
}

static bool grow(ids *table, size_t n_slots) {
  slot *slots = calloc(n_slots, sizeof *slots);
  if (slots == NULL) {
    return false;
  }
  pages_hint(slots, n_slots * sizeof *slots);
  for (size_t i = 0; i <= table->mask; i++) {
    const slot *s = &table->slots[i];
    if (s->text != NULL) {
      size_t at = s->tag & (n_slots - 1);
      while (slots[at].text != NULL) {
        at = (at + 1) & (n_slots - 1);
      }
      slots[at] = *s;
    }
  }
  free(table->slots);
  table->slots = slots;
  table->mask = n_slots - 1;
  return true;
}

static uint32_t add_tagged(ids *table, const char *text, size_t length, uint32_t tag, bool *added) {
  slot *s = probe(table, text, length, tag);
  *added = s->text == NULL;
  if (!*added) {
    return s->index;
  }
  if (table->texts.n >= ID_NONE) {
    return ID_NONE;
  }
  if (table->texts.n >= table->mask / 4 * 3) {
    if (!grow(table, (table->mask + 1) * 2)) {
      return ID_NONE;
    }
    s = probe(table, text, length, tag);
  }
  const char *kept = text_keep(table, text, length);
  uint32_t index = (uint32_t)table->texts.n;
  if (kept == NULL || !ARRAY_PUSH(&table->texts, kept)) {
    return ID_NONE;
  }
  *s = (slot){.text = kept, .index = index, .tag = tag};
  return index;
}

void ids_reserve(ids *table, size_t n) {
  size_t n_slots = table->mask + 1;
  while (n_slots / 4 * 3 <= n && n_slots < SIZE_MAX / 2) {
    n_slots *= 2;
  }
  if (n_slots > table->mask + 1 && ARRAY_RESERVE(&table->texts, n)) {
    grow(table, n_slots);
  }
}

uint32_t ids_add(ids *table, const char *text, size_t length, bool *added) {
  return add_tagged(table, text, length, tag_of(text, length), added);
}

static uint32_t find_tagged(const ids *table, const char *text, size_t length, uint32_t tag) {
  const slot *s = probe(table, text, length, tag);
  return s->text == NULL ? ID_NONE : s->index;
}

uint32_t ids_find(const ids *table, const char *text, size_t length) {
  return find_tagged(table, text, length, tag_of(text, length));
}

/* Tags of up to BATCH texts; their slots and then the texts there are on their way to the cache. */
static void prefetch(const ids *table, const id_text *texts, size_t n, uint32_t *tag) {
  for (size_t i = 0; i < n; i++) {
    tag[i] = tag_of(texts[i].text, texts[i].length);
    __builtin_prefetch(&table->slots[tag[i] & table->mask]);
  }
  for (size_t i = 0; i < n; i++) {
    const slot *s = &table->slots[tag[i] & table->mask];
    if (s->text != NULL) {
      __builtin_prefetch(s->text - sizeof(uint32_t));
    }
  }
}

void ids_expect(const ids *table, const id_text *texts, size_t n) {
  uint32_t tag[BATCH];
  for (size_t first = 0; first < n; first += BATCH) {
    prefetch(table, texts + first, n - first < BATCH ? n - first : BATCH, tag);
  }
}

void ids_find_many(const ids *table, const id_text *texts, size_t n, uint32_t *index) {
  uint32_t tag[BATCH];
  for (size_t first = 0; first < n; first += BATCH) {
    size_t n_batch = n - first < BATCH ? n - first : BATCH;
    prefetch(table, texts + first, n_batch, tag);
    for (size_t i = 0; i < n_batch; i++) {
      index[first + i] = find_tagged(table, texts[first + i].text, texts[first + i].length, tag[i]);
    }
  }
}

bool ids_merge(ids *table, const ids *from, uint32_t *index) {
  id_text texts[BATCH];
  uint32_t tag[BATCH];
  for (size_t first = 0; first < from->texts.n; first += BATCH) {
    size_t n_batch = from->texts.n - first < BATCH ? from->texts.n - first : BATCH;
    for (size_t i = 0; i < n_batch; i++) {
      const char *text = from->texts.items[first + i];
      texts[i] = (id_text){text, length_before(text)};
    }
    prefetch(table, texts, n_batch, tag);
    for (size_t i = 0; i < n_batch; i++) {
      bool added;
      index[first + i] = add_tagged(table, texts[i].text, texts[i].length, tag[i], &added);
      if (index[first + i] == ID_NONE) {
        return false;
      }
    }
  }
  return true;
}

uint32_t ids_count(const ids *table) { return (uint32_t)table->texts.n; }

const char *ids_text(const ids *table, uint32_t index) { return table->texts.items[index]; }

size_t ids_length(const ids *table, uint32_t index) { return length_before(table->texts.items[index]); }
