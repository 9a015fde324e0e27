/* SPDX-License-Identifier: MIT
 *
 * Numbers from a seed, the same on every machine.
 */
#ifndef PROPERTY_RANDOM_H
#define PROPERTY_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

/* splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014 */
static inline uint64_t random_bits(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

static inline uint32_t random_below(uint64_t *state, uint32_t n) { return (uint32_t)(random_bits(state) >> 32) % n; }
static inline double random_between(uint64_t *state, double low, double high) {
  return low + (high - low) * (double)(random_bits(state) >> 11) * 0x1p-53;
}
#define RANDOM_OF(state, list) (list)[random_below(state, sizeof(list) / sizeof *(list))]

/* How many random books: SHOCKGRID_TEST_CASES where those are fewer, as under a sanitizer. */
static inline uint64_t books_wanted(uint64_t usual) {
  const char *text = getenv("SHOCKGRID_TEST_CASES");
  uint64_t wanted = text ? strtoull(text, NULL, 10) : usual;
  return wanted < usual ? wanted : usual;
}

#endif
