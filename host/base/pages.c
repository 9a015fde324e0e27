/* SPDX-License-Identifier: MIT
 *
 * madvise over the whole pages of an allocation.
 */
#include "base/pages.h"

#include "base/parallel.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, LARGE_BYTES = 4 << 20 };

void pages_hint(void *start, size_t size_bytes) {
  if (start == NULL || size_bytes < LARGE_BYTES) {
    return;
  }
  uintptr_t first = ((uintptr_t)start + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
  uintptr_t end = ((uintptr_t)start + size_bytes) & ~(uintptr_t)(PAGE_BYTES - 1);
  (void)madvise((char *)start + (first - (uintptr_t)start), end - first, MADV_HUGEPAGE);
}

static void touch_range(void *context, uint32_t worker, size_t first, size_t end) {
  volatile char *bytes = context;
  for (size_t page = first; page < end; page++) {
    bytes[page * PAGE_BYTES] = 0;
  }
}

void pages_touch(void *start, size_t size_bytes) {
  enum { RANGE_PAGES = 512 }; /* a large one */
  parallel_ranges((size_bytes + PAGE_BYTES - 1) / PAGE_BYTES, RANGE_PAGES, touch_range, start);
}

void *pages_malloc(size_t size_bytes) {
  void *start = malloc(size_bytes);
  pages_hint(start, size_bytes);
  return start;
}
