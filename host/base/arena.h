/* SPDX-License-Identifier: MIT
 *
 * Memory that is released all at once. An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct arena arena;

arena *arena_open(void);                 /* NULL when out of memory */
bool arena_ran_out(const arena *memory); /* was there ever no memory for something? */
arena *arena_open_large(void);           /* for many megabytes again and again: in few blocks of large pages */
void arena_close(arena *memory);         /* accepts NULL */
/* Releases everything handed out, and keeps the memory for what is asked for next: for work that comes again and again. */
void arena_clear(arena *memory);

/* `count` elements of `size_bytes` each, zeroed, aligned to 64; NULL when out of memory or when the
 * product overflows. count 0 gives a valid pointer. */
void *arena_array(arena *memory, size_t count, size_t size_bytes);
#define ARENA_ARRAY(memory, type, count) ((type *)arena_array((memory), (count), sizeof(type)))

/* The same, but what it holds is whatever was there: for large arrays that are filled at once. */
void *arena_room(arena *memory, size_t count, size_t size_bytes);
#define ARENA_ROOM(memory, type, count) ((type *)arena_room((memory), (count), sizeof(type)))

/* A NUL-terminated copy of `length` bytes. */
char *arena_text(arena *memory, const char *text, size_t length);
char *arena_format(arena *memory, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes handed out so far. */
size_t arena_size_bytes(const arena *memory);

#endif
