/* SPDX-License-Identifier: MIT
 *
 * A stable sort of numbers that carry an index.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

typedef struct sort_item {
  uint64_t key;
  uint32_t value;
} sort_item;

/* Sorts items[0..n) by key, equal keys in the order they stand in. `scratch` has room for n. Time is linear in n: a
 * pass for each byte in which the keys differ. */
void sort_items(sort_item *items, sort_item *scratch, size_t n);

#endif
