/* SPDX-License-Identifier: MIT
 *
 * Memory of many megabytes in large pages: a fault for each two megabytes instead of five hundred, which cost more than
 * filling them.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* A hint for memory that was just allocated and will be filled. Does nothing for less than some megabytes. */
void pages_hint(void *start, size_t size_bytes); /* accepts NULL */

/* Backs pages that were just mapped, by a zero in each, on all processors. */
void pages_touch(void *start, size_t size_bytes);

/* malloc with the hint; free() releases it. */
void *pages_malloc(size_t size_bytes);

#endif
