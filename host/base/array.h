/* SPDX-License-Identifier: MIT
 *
 * A growing array: `ARRAY(type) name = {0}` is a struct {items, n, capacity}. ARRAY_PUSH evaluates
 * to false when out of memory. Free with ARRAY_FREE.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stdlib.h>

#define ARRAY(type)  \
  struct {           \
    type *items;     \
    size_t n;        \
    size_t capacity; \
  }

/* Makes room for `wanted` items in all. */
bool array_reserve(void **items, size_t *capacity, size_t wanted, size_t item_bytes);

#define ARRAY_RESERVE(array, wanted) \
  array_reserve((void **)&(array)->items, &(array)->capacity, (wanted), sizeof *(array)->items)

#define ARRAY_PUSH(array, ...) \
  (ARRAY_RESERVE((array), (array)->n + 1) && ((array)->items[(array)->n++] = (__VA_ARGS__), true))

#define ARRAY_FREE(array) (free((array)->items), (array)->items = NULL, (array)->n = (array)->capacity = 0)

#endif
