/* SPDX-License-Identifier: MIT
 *
 * Undiscounted option prices by their defining formulas in MPFR, written without regard to the kernels' arrangement.
 */
#ifndef FORMULA_EXACT_PRICE_H
#define FORMULA_EXACT_PRICE_H

#include "formula/exact.h"

enum { PRICE_BITS = 120 };

/* N(x) = erfc(-x / sqrt 2) / 2; x is overwritten. */
static inline void exact_normal(mpfr_t result, mpfr_t x) {
  mpfr_t root;
  mpfr_init2(root, PRICE_BITS);
  mpfr_sqrt_ui(root, 2, MPFR_RNDN);
  mpfr_div(x, x, root, MPFR_RNDN);
  mpfr_neg(x, x, MPFR_RNDN);
  mpfr_erfc(result, x, MPFR_RNDN);
  mpfr_div_2ui(result, result, 1, MPFR_RNDN);
  mpfr_clear(root);
}

/* F N(d1) - K N(d2), or K N(-d2) - F N(-d1) for sign -1. */
static inline void exact_black(mpfr_t price, double forward, double strike, double vol, double years, int sign) {
  mpfr_t f, k, s, d1, d2, n;
  mpfr_inits2(PRICE_BITS, f, k, s, d1, d2, n, (mpfr_ptr)0);
  mpfr_set_d(f, forward, MPFR_RNDN);
  mpfr_set_d(k, strike, MPFR_RNDN);
  mpfr_set_d(s, years, MPFR_RNDN);
  mpfr_sqrt(s, s, MPFR_RNDN);
  mpfr_mul_d(s, s, vol, MPFR_RNDN);
  mpfr_div(d1, f, k, MPFR_RNDN);
  mpfr_log(d1, d1, MPFR_RNDN);
  mpfr_div(d1, d1, s, MPFR_RNDN);
  mpfr_div_2ui(n, s, 1, MPFR_RNDN);
  mpfr_sub(d2, d1, n, MPFR_RNDN);
  mpfr_add(d1, d1, n, MPFR_RNDN);
  mpfr_mul_si(d1, d1, sign, MPFR_RNDN);
  mpfr_mul_si(d2, d2, sign, MPFR_RNDN);
  exact_normal(n, d1);
  mpfr_mul(f, f, n, MPFR_RNDN);
  exact_normal(n, d2);
  mpfr_mul(k, k, n, MPFR_RNDN);
  mpfr_sub(price, f, k, MPFR_RNDN);
  mpfr_mul_si(price, price, sign, MPFR_RNDN);
  mpfr_clears(f, k, s, d1, d2, n, (mpfr_ptr)0);
}

/* s (d N(d) + phi(d)), d = sign (F - K) / s. */
static inline void exact_bachelier(mpfr_t price, double forward, double strike, double vol, double years, int sign) {
  mpfr_t s, d, n, density;
  mpfr_inits2(PRICE_BITS, s, d, n, density, (mpfr_ptr)0);
  mpfr_set_d(s, years, MPFR_RNDN);
  mpfr_sqrt(s, s, MPFR_RNDN);
  mpfr_mul_d(s, s, vol, MPFR_RNDN);
  mpfr_set_d(d, forward, MPFR_RNDN);
  mpfr_sub_d(d, d, strike, MPFR_RNDN);
  mpfr_div(d, d, s, MPFR_RNDN);
  mpfr_mul_si(d, d, sign, MPFR_RNDN);
  mpfr_sqr(density, d, MPFR_RNDN);
  mpfr_div_si(density, density, -2, MPFR_RNDN);
  mpfr_exp(density, density, MPFR_RNDN);
  mpfr_const_pi(n, MPFR_RNDN);
  mpfr_mul_2ui(n, n, 1, MPFR_RNDN);
  mpfr_sqrt(n, n, MPFR_RNDN);
  mpfr_div(density, density, n, MPFR_RNDN);
  mpfr_set(price, d, MPFR_RNDN);
  exact_normal(n, d);
  mpfr_mul(price, price, n, MPFR_RNDN);
  mpfr_add(price, price, density, MPFR_RNDN);
  mpfr_mul(price, price, s, MPFR_RNDN);
  mpfr_clears(s, d, n, density, (mpfr_ptr)0);
}

/* |got - exact| / scale */
static inline double scaled_error(double got, mpfr_t exact, double scale) {
  mpfr_t difference;
  mpfr_init2(difference, PRICE_BITS);
  mpfr_sub_d(difference, exact, got, MPFR_RNDN);
  double error = fabs(mpfr_get_d(difference, MPFR_RNDN)) / scale;
  mpfr_clear(difference);
  return error;
}

#endif
