/* SPDX-License-Identifier: MIT
 *
 * Insertion for a few items, else counting by bytes from the lowest (Knuth, The Art of Computer Programming 3, 5.2.5).
 */
#include "base/sort.h"

#include <string.h>

enum { FEW = 48, BYTE_VALUES = 256 };

static void insert_all(sort_item *items, size_t n) {
  for (size_t i = 1; i < n; i++) {
    sort_item moving = items[i];
    size_t at = i;
    for (; at > 0 && items[at - 1].key > moving.key; at--) {
      items[at] = items[at - 1];
    }
    items[at] = moving;
  }
}

static void sort_by_byte(const sort_item *from, sort_item *to, size_t n, unsigned shift) {
  size_t start[BYTE_VALUES] = {0};
  for (size_t i = 0; i < n; i++) {
    start[from[i].key >> shift & 0xff]++;
  }
  size_t next = 0;
  for (size_t value = 0; value < BYTE_VALUES; value++) {
    size_t count = start[value];
    start[value] = next;
    next += count;
  }
  for (size_t i = 0; i < n; i++) {
    to[start[from[i].key >> shift & 0xff]++] = from[i];
  }
}

void sort_items(sort_item *items, sort_item *scratch, size_t n) {
  if (n <= FEW) {
    insert_all(items, n);
    return;
  }
  uint64_t differing = 0;
  for (size_t i = 1; i < n; i++) {
    differing |= items[i].key ^ items[0].key;
  }
  sort_item *from = items, *to = scratch;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if ((differing >> shift & 0xff) != 0) {
      sort_by_byte(from, to, n, shift);
      sort_item *sorted = to;
      to = from;
      from = sorted;
    }
  }
  if (from != items) {
    memcpy(items, from, n * sizeof *items);
  }
}
