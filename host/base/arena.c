/* SPDX-License-Identifier: MIT
 *
 * A chain of zeroed blocks that grow with the arena. A request larger than a block gets one of its own.
 */
#include "base/arena.h"

#include "base/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_BLOCK_BYTES = 16 << 10, LARGEST_BLOCK_BYTES = 4 << 20 };

typedef struct block {
  struct block *next;
  char bytes[];
} block;

struct arena {
  block *blocks;
  char *free_start, *free_end; /* of the current block, all zero */
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

void arena_close(arena *memory) {
  if (memory == NULL) {
    return;
  }
  for (block *b = memory->blocks; b != NULL;) {
    block *next = b->next;
    free(b);
    b = next;
  }
  free(memory);
}

static char *align(char *start, size_t alignment) {
  return start + (alignment - (uintptr_t)start % alignment) % alignment;
}

/* calloc, because the system hands out large blocks that are zero already. */
static block *block_open(arena *memory, size_t size_bytes) {
  block *b = calloc(1, sizeof(block) + size_bytes);
  if (b != NULL) {
    pages_hint(b, sizeof(block) + size_bytes);
    b->next = memory->blocks;
    memory->blocks = b;
  }
  return b;
}

/* Zeroed; size_bytes < SIZE_MAX / 2. */
static void *take(arena *memory, size_t size_bytes, size_t alignment) {
  char *start = NULL;
  if (memory->free_start != NULL) {
    start = align(memory->free_start, alignment);
  }
  if (start == NULL || start > memory->free_end || size_bytes > (size_t)(memory->free_end - start)) {
    if (size_bytes + alignment > memory->next_block_bytes / 2) {
      block *own = block_open(memory, size_bytes + alignment);
      if (own == NULL) {
        return NULL;
      }
      memory->size_bytes += size_bytes;
      return align(own->bytes, alignment);
    }
    block *shared = block_open(memory, memory->next_block_bytes);
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
  return start;
}

void *arena_array(arena *memory, size_t count, size_t size_bytes) {
  size_t total_bytes;
  if (__builtin_mul_overflow(count, size_bytes, &total_bytes) || total_bytes > SIZE_MAX / 2 - ALIGNMENT) {
    return NULL;
  }
  return take(memory, total_bytes, ALIGNMENT);
}

char *arena_text(arena *memory, const char *text, size_t length) {
  if (length >= SIZE_MAX / 2 - ALIGNMENT) {
    return NULL;
  }
  char *copy = take(memory, length + 1, 1);
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
  char *text = take(memory, (size_t)length + 1, 1);
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
