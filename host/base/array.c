/* SPDX-License-Identifier: MIT
 *
 * Doubling growth.
 */
#include "base/array.h"

#include "base/pages.h"

#include <stdint.h>

bool array_reserve(void **items, size_t *capacity, size_t wanted, size_t item_bytes) {
  if (wanted <= *capacity) {
    return true;
  }
  size_t grown = *capacity < 8 ? 8 : *capacity;
  while (grown < wanted) {
    if (grown > SIZE_MAX / 2) {
      return false;
    }
    grown *= 2;
  }
  size_t size_bytes;
  if (__builtin_mul_overflow(grown, item_bytes, &size_bytes)) {
    return false;
  }
  void *moved = realloc(*items, size_bytes);
  if (moved == NULL) {
    return false;
  }
  pages_hint(moved, size_bytes);
  *items = moved;
  *capacity = grown;
  return true;
}
