/* SPDX-License-Identifier: MIT
 *
 * Ids in order of their bytes: eight bytes at a time as a number, then the ids that agree in those by the next eight.
 */
#include "base/ids.h"

#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 8 };

static int compare(const ids *table, uint32_t i, uint32_t j) {
  size_t length = ids_length(table, i), other_length = ids_length(table, j);
  size_t common = length < other_length ? length : other_length;
  int order = memcmp(ids_text(table, i), ids_text(table, j), common);
  return order != 0 ? order : (length > other_length) - (length < other_length);
}

static bool is_sorted(const ids *table) {
  for (uint32_t i = 1; i < ids_count(table); i++) {
    if (compare(table, i - 1, i) > 0) {
      return false;
    }
  }
  return true;
}

/* Bytes from `offset` on, first byte highest, zeros behind the end. */
static uint64_t word_at(const char *text, size_t length, size_t offset) {
  uint64_t word = 0;
  for (size_t byte = 0; byte < WORD_BYTES; byte++) {
    word = word << 8 | (offset + byte < length ? (unsigned char)text[offset + byte] : 0);
  }
  return word;
}

/* Sorts ids that agree in their first `offset` bytes. Behind the longest only the lengths can differ. */
static void sort_from(const ids *table, sort_item *items, sort_item *scratch, size_t n, size_t offset) {
  size_t longest = 0;
  for (size_t i = 0; i < n; i++) {
    size_t length = ids_length(table, items[i].value);
    longest = length > longest ? length : longest;
  }
  for (size_t i = 0; i < n; i++) {
    size_t length = ids_length(table, items[i].value);
    items[i].key = offset < longest ? word_at(ids_text(table, items[i].value), length, offset) : length;
  }
  sort_items(items, scratch, n);
  if (offset >= longest) {
    return;
  }
  for (size_t first = 0, next = 0; first < n; first = next) {
    for (next = first + 1; next < n && items[next].key == items[first].key; next++) {
    }
    if (next - first > 1) {
      sort_from(table, items + first, scratch, next - first, offset + WORD_BYTES);
    }
  }
}

bool ids_rank(const ids *table, uint32_t *rank) {
  uint32_t n = ids_count(table);
  if (is_sorted(table)) {
    for (uint32_t i = 0; i < n; i++) {
      rank[i] = i;
    }
    return true;
  }
  sort_item *items = malloc((size_t)n * sizeof *items), *scratch = malloc((size_t)n * sizeof *scratch);
  if (items != NULL && scratch != NULL) {
    for (uint32_t i = 0; i < n; i++) {
      items[i].value = i;
    }
    sort_from(table, items, scratch, n, 0);
    for (uint32_t i = 0; i < n; i++) {
      rank[items[i].value] = i;
    }
  }
  bool done = items != NULL && scratch != NULL;
  free(items);
  free(scratch);
  return done;
}
