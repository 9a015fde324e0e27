/* SPDX-License-Identifier: MIT
 *
 * A table of distinct ids: text to a dense index in order of first appearance.
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { ID_NONE = UINT32_MAX };

typedef struct ids ids;

typedef struct id_text {
  const char *text;
  size_t length; /* < 2^32 */
} id_text;

ids *ids_open(arena *memory); /* texts live in `memory`; close releases the index only */
void ids_close(ids *table);

/* Room for n ids in all, so that the table need not grow; a hint, without memory nothing happens. */
void ids_reserve(ids *table, size_t n);

/* The index of a text, added if new (*added tells). ID_NONE when out of memory. */
uint32_t ids_add(ids *table, const char *text, size_t length, bool *added);
uint32_t ids_find(const ids *table, const char *text, size_t length); /* ID_NONE when absent */
uint32_t ids_count(const ids *table);
const char *ids_text(const ids *table, uint32_t index);
size_t ids_length(const ids *table, uint32_t index);

/* ids_find for many texts, whose cache misses overlap: index[i] belongs to texts[i]. */
void ids_find_many(const ids *table, const id_text *texts, size_t n, uint32_t *index);

/* Texts that will soon be looked up or added, at most some dozens: what that will read is asked for. */
void ids_expect(const ids *table, const id_text *texts, size_t n);

/* Adds the ids of another table in their order; index[i] is where its id i is now. False when out of memory. */
bool ids_merge(ids *table, const ids *from, uint32_t *index);

/* Rank by bytes: rank[i] is the position of id i among all sorted by unsigned bytes. */
bool ids_rank(const ids *table, uint32_t *rank);

#endif
