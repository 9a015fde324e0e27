/* SPDX-License-Identifier: MIT
 *
 * Allocations: counted, failed, and what was never freed. New and freed blocks are filled with odd bytes, so that a use
 * of either shows.
 */
#include "inject.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size_bytes);
void *__libc_calloc(size_t n, size_t size_bytes);
void *__libc_realloc(void *block, size_t size_bytes);
void *__libc_memalign(size_t alignment, size_t size_bytes);
void __libc_free(void *block);

#define EXPORT __attribute__((visibility("default")))
enum { N_SLOTS = 1 << 20, NEW_BYTE = 0xA5, FREED_BYTE = 0xDB, FILL_LIMIT_BYTES = 1 << 16 };

/* Live blocks since the run began: open addressing, `freed` marks a slot that was used once. */
typedef struct slot {
  const void *block;
  const void *caller;
} slot;
static slot *slots;
static char freed;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static size_t slot_of(const void *block) { return (size_t)(((uintptr_t)block >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 44); }

static void keep(const void *block, const void *caller) {
  /* With a driver in the process, only our own blocks: it keeps its own for good. */
  if (!inject_armed || block == NULL || (inject->kind == INJECT_OPENCL && !inject_is_ours(caller))) {
    return;
  }
  while (atomic_flag_test_and_set(&lock)) {
  }
  size_t at = slot_of(block);
  while (slots[at].block != NULL && slots[at].block != &freed) {
    at = (at + 1) % N_SLOTS;
  }
  slots[at] = (slot){block, caller};
  atomic_flag_clear(&lock);
}

static void drop(const void *block) {
  if (!inject_armed || block == NULL) {
    return;
  }
  while (atomic_flag_test_and_set(&lock)) {
  }
  for (size_t at = slot_of(block); slots[at].block != NULL; at = (at + 1) % N_SLOTS) {
    if (slots[at].block == block) {
      slots[at].block = &freed;
      break;
    }
  }
  atomic_flag_clear(&lock);
}

void inject_memory_begin(void) { slots = __libc_calloc(N_SLOTS, sizeof *slots); }

int64_t inject_memory_left(const void **caller) {
  int64_t n = 0;
  for (size_t i = 0; i < N_SLOTS; i++) {
    if (slots[i].block != NULL && slots[i].block != &freed) {
      *caller = slots[i].caller;
      n++;
    }
  }
  return n;
}

static bool fails(const char *call, const void *caller) {
  if (!inject_now(INJECT_MEMORY, call, caller)) {
    return false;
  }
  errno = ENOMEM;
  return true;
}

static void fill(void *block, size_t size_bytes, int byte) {
  if (inject_armed && block != NULL) {
    memset(block, byte, size_bytes < FILL_LIMIT_BYTES ? size_bytes : FILL_LIMIT_BYTES);
  }
}

EXPORT void *malloc(size_t size_bytes) {
  const void *caller = __builtin_return_address(0);
  if (fails("malloc", caller)) {
    return NULL;
  }
  void *block = __libc_malloc(size_bytes);
  fill(block, size_bytes, NEW_BYTE);
  keep(block, caller);
  return block;
}

EXPORT void *calloc(size_t n, size_t size_bytes) {
  const void *caller = __builtin_return_address(0);
  if (fails("calloc", caller)) {
    return NULL;
  }
  void *block = __libc_calloc(n, size_bytes);
  keep(block, caller);
  return block;
}

EXPORT void free(void *block) {
  int before = errno;
  drop(block);
  fill(block, block == NULL ? 0 : malloc_usable_size(block), FREED_BYTE);
  __libc_free(block);
  errno = before;
}

/* Always moves, so that a pointer kept into the old block shows. */
EXPORT void *realloc(void *block, size_t size_bytes) {
  const void *caller = __builtin_return_address(0);
  if (block != NULL && size_bytes == 0) {
    free(block);
    return NULL;
  }
  if (fails("realloc", caller)) {
    return NULL;
  }
  if (!inject_armed) {
    return __libc_realloc(block, size_bytes);
  }
  void *moved = __libc_malloc(size_bytes);
  if (moved != NULL && block != NULL) {
    size_t held = malloc_usable_size(block);
    memcpy(moved, block, held < size_bytes ? held : size_bytes);
    free(block);
  }
  keep(moved, caller);
  return moved;
}

static void *aligned(size_t alignment, size_t size_bytes, const char *call, const void *caller) {
  void *block = fails(call, caller) ? NULL : __libc_memalign(alignment, size_bytes);
  keep(block, caller);
  return block;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size_bytes) {
  return aligned(alignment, size_bytes, "aligned_alloc", __builtin_return_address(0));
}

EXPORT void *memalign(size_t alignment, size_t size_bytes) {
  return aligned(alignment, size_bytes, "memalign", __builtin_return_address(0));
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size_bytes) {
  *block = aligned(alignment, size_bytes, "posix_memalign", __builtin_return_address(0));
  return *block == NULL ? ENOMEM : 0;
}
