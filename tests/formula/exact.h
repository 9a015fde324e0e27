/* SPDX-License-Identifier: MIT
 *
 * What the formula tests share: random numbers from a seed, errors against MPFR, a record of the largest error.
 */
#ifndef FORMULA_EXACT_H
#define FORMULA_EXACT_H

#include <math.h>
#include <mpfr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXACT_BITS = 160 };

/* SplitMix64 (Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014). */
static inline uint64_t random_bits(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static inline double random_between(uint64_t *state, double low, double high) {
  return low + (high - low) * (double)(random_bits(state) >> 11) * 0x1p-53;
}

/* |got - exact| in units in the last place of exact, at least 2^-1074. Infinite where only one of them is. */
static inline double ulp_error(double got, mpfr_t exact) {
  double nearest = mpfr_get_d(exact, MPFR_RNDN);
  if (isinf(nearest) || isinf(got) || isnan(nearest) || isnan(got)) {
    return got == nearest || (isnan(got) && isnan(nearest)) ? 0 : INFINITY;
  }
  int exponent = mpfr_zero_p(exact) ? -1074 : (int)mpfr_get_exp(exact) - 53;
  mpfr_t difference;
  mpfr_init2(difference, EXACT_BITS);
  mpfr_sub_d(difference, exact, got, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, -(exponent < -1074 ? -1074 : exponent), MPFR_RNDN);
  double error = fabs(mpfr_get_d(difference, MPFR_RNDN));
  mpfr_clear(difference);
  return error;
}

typedef struct worst {
  double error;
  double at[4];
} worst;

static inline void worst_update(worst *found, double error, double a, double b, double c, double d) {
  if (!(error <= found->error)) {
    *found = (worst){error, {a, b, c, d}};
  }
}

/* How many random cases: SHOCKGRID_TEST_CASES, else `usual`. */
static inline uint64_t cases_wanted(uint64_t usual) {
  const char *text = getenv("SHOCKGRID_TEST_CASES");
  return text ? strtoull(text, NULL, 10) : usual;
}

#endif
