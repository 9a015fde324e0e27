/* SPDX-License-Identifier: MIT
 *
 * Random numbers that are the same everywhere: integers, and doubles by exact operations.
 */
#ifndef INPUT_RANDOM_H
#define INPUT_RANDOM_H

#include "base/number.h"

/* splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 17) */
static inline uint64_t random_bits(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/* 0 .. n - 1; n > 0 */
static inline uint64_t random_below(uint64_t *state, uint64_t n) {
  return (uint64_t)((uint128)random_bits(state) * n >> 64);
}

/* [0, 1), a multiple of 2^-53 */
static inline double random_unit(uint64_t *state) {
  return (double)(random_bits(state) >> 11) * 0x1p-53;
}

/* Mean 0, variance 1, near enough to normal for the shape of a book: twelve uniform numbers less 6. */
static inline double random_normal(uint64_t *state) {
  double sum = -6;
  for (int i = 0; i < 12; i++) {
    sum += random_unit(state);
  }
  return sum;
}

#endif
