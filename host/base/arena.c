/* SPDX-License-Identifier: MIT
 *
 * A chain of zeroed blocks that grow with the arena. A request larger than a block gets one of its own.
 */
#include "base/arena.h"

#include "base/pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_BLOCK_BYTES = 16 << 10, LARGEST_BLOCK_BYTES = 4 << 20, LARGE_ARENA_BLOCK_BYTES = 16 << 20 };

typedef struct block {
  struct block *next;
  size_t size_bytes;
  char bytes[];
} block;

struct arena {
  block *blocks, *spare; /* in use, to be used again */
  char *free_start, *free_end; /* of the current block */
  bool dirty;                  /* it is used again: what it hands out is zeroed then */
  bool ran_out;
  size_t next_block_bytes;
  size_t size_bytes;
};

arena *arena_open(void) {
  arena *memory = calloc(1, sizeof *memory);
  if (memory != NULL) {
    memory->next_block_bytes = FIRST_BLOCK_BYTES;
  }
  return memory;
}

arena *arena_open_large(void) {
  arena *memory = arena_open();
  if (memory != NULL) {
    memory->next_block_bytes = LARGE_ARENA_BLOCK_BYTES;
  }
  return memory;
}

static void blocks_free(block *first) {
  while (first != NULL) {
    block *next = first->next;
    free(first);
    first = next;
  }
}

void arena_close(arena *memory) {
  if (memory == NULL) {
    return;
  }
  blocks_free(memory->blocks);
  blocks_free(memory->spare);
  free(memory);
}

void arena_clear(arena *memory) {
  while (memory->blocks != NULL) {
    block *b = memory->blocks;
    memory->blocks = b->next;
    b->next = memory->spare;
    memory->spare = b;
  }
  memory->free_start = memory->free_end = NULL;
  memory->size_bytes = 0;
}

static char *align(char *start, size_t alignment) {
  return start + (alignment - (uintptr_t)start % alignment) % alignment;
}

/* One that is large enough and not twice as large as needed; NULL: none is. */
static block *take_spare(arena *memory, size_t size_bytes) {
  for (block **at = &memory->spare; *at != NULL; at = &(*at)->next) {
    if ((*at)->size_bytes >= size_bytes && (*at)->size_bytes / 2 <= size_bytes) {
      block *taken = *at;
      *at = taken->next;
      return taken;
    }
  }
  return NULL;
}

/* calloc, because the system hands out large blocks that are zero already. */
static block *block_open(arena *memory, size_t size_bytes, bool zeroed, bool *dirty) {
  block *b = take_spare(memory, size_bytes);
  *dirty = b != NULL;
  if (b == NULL) {
    b = zeroed ? calloc(1, sizeof(block) + size_bytes) : malloc(sizeof(block) + size_bytes);
    pages_hint(b, sizeof(block) + size_bytes);
    if (b != NULL) {
      b->size_bytes = size_bytes;
    }
  }
  if (b != NULL) {
    b->next = memory->blocks;
    memory->blocks = b;
  }
  memory->ran_out = memory->ran_out || b == NULL;
  return b;
}

bool arena_ran_out(const arena *memory) { return memory->ran_out; }

static bool wants_own_block(const arena *memory, size_t size_bytes, size_t alignment) {
  return size_bytes + alignment > memory->next_block_bytes / 2;
}

static void *take_own_block(arena *memory, size_t size_bytes, size_t alignment, bool zeroed) {
  bool dirty;
  block *own = block_open(memory, size_bytes + alignment, zeroed, &dirty);
  if (own == NULL) {
    return NULL;
  }
  memory->size_bytes += size_bytes;
  char *start = align(own->bytes, alignment);
  return dirty && zeroed ? memset(start, 0, size_bytes) : start;
}

/* size_bytes < SIZE_MAX / 2. */
static void *take(arena *memory, size_t size_bytes, size_t alignment, bool zeroed) {
  char *start = NULL;
  if (memory->free_start != NULL) {
    start = align(memory->free_start, alignment);
  }
  if (start == NULL || start > memory->free_end || size_bytes > (size_t)(memory->free_end - start)) {
    if (wants_own_block(memory, size_bytes, alignment)) {
      return take_own_block(memory, size_bytes, alignment, zeroed);
    }
    block *shared = block_open(memory, memory->next_block_bytes, true, &memory->dirty);
    if (shared == NULL) {
      return NULL;
    }
    start = align(shared->bytes, alignment);
    memory->free_end = shared->bytes + memory->next_block_bytes;
    if (memory->next_block_bytes < LARGEST_BLOCK_BYTES) {
      memory->next_block_bytes *= 2;
    }
  }
  memory->free_start = start + size_bytes;
  memory->size_bytes += size_bytes;
  return memory->dirty && zeroed ? memset(start, 0, size_bytes) : start;
}

static bool multiply(size_t count, size_t size_bytes, size_t *total_bytes) {
  return !__builtin_mul_overflow(count, size_bytes, total_bytes) && *total_bytes <= SIZE_MAX / 2 - ALIGNMENT;
}

void *arena_array(arena *memory, size_t count, size_t size_bytes) {
  size_t total_bytes;
  return multiply(count, size_bytes, &total_bytes) ? take(memory, total_bytes, ALIGNMENT, true) : NULL;
}

void *arena_room(arena *memory, size_t count, size_t size_bytes) {
  size_t total_bytes;
  return multiply(count, size_bytes, &total_bytes) ? take(memory, total_bytes, ALIGNMENT, false) : NULL;
}

char *arena_text(arena *memory, const char *text, size_t length) {
  if (length >= SIZE_MAX / 2 - ALIGNMENT) {
    return NULL;
  }
  char *copy = take(memory, length + 1, 1, true);
  if (copy != NULL && length > 0) {
    memcpy(copy, text, length);
  }
  return copy;
}

char *arena_format(arena *memory, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0) {
    return NULL;
  }
  char *text = take(memory, (size_t)length + 1, 1, true);
  if (text != NULL) {
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
  }
  return text;
}

size_t arena_size_bytes(const arena *memory) {
  return memory->size_bytes;
}
