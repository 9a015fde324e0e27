/* SPDX-License-Identifier: MIT
 *
 * exp, log, pow and the normal distribution from exact operations: the same bits in OpenCL C and C11. Accuracies are
 * the largest errors found against MPFR by tests/formula/base_math.c, in units in the last place of the result.
 */
#ifndef KERNELS_MATH_H
#define KERNELS_MATH_H

#include "lane.h"

/* ln 2 in two parts, the first of 42 bits: its product with a binary exponent is exact. */
#define MATH_LN2_HIGH 0x1.62e42fefa38p-1
#define MATH_LN2_LOW 0x1.ef35793c7673p-45
#define MATH_LOG2_E 0x1.71547652b82fep+0
#define MATH_INVERSE_SQRT_2PI 0x1.9884533d43651p-2

/* Adding 1.5 * 2^52 rounds |x| < 2^51 to an integer, which then stands in the low bits. */
#define MATH_ROUND 0x1.8p52

/* (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2, r2 = r^2: Taylor, coefficients 1/k!, even and odd powers apart to halve
 * the chain; the first term left out is below 2^-57. */
LANE_INLINE lane math_exp_series(lane r, lane r2) {
  lane even = (lane)(1.0 / 479001600.0);
  lane odd = (lane)(1.0 / 6227020800.0);
  even = fma(even, r2, (lane)(1.0 / 3628800.0));
  odd = fma(odd, r2, (lane)(1.0 / 39916800.0));
  even = fma(even, r2, (lane)(1.0 / 40320.0));
  odd = fma(odd, r2, (lane)(1.0 / 362880.0));
  even = fma(even, r2, (lane)(1.0 / 720.0));
  odd = fma(odd, r2, (lane)(1.0 / 5040.0));
  even = fma(even, r2, (lane)(1.0 / 24.0));
  odd = fma(odd, r2, (lane)(1.0 / 120.0));
  even = fma(even, r2, (lane)0.5);
  odd = fma(odd, r2, (lane)(1.0 / 6.0));
  return fma(odd, r, even);
}

/* exp(high + low), low below an ulp or so of high. See math_exp. */
LANE_INLINE lane math_exp_sum(lane high, lane low) {
  lane_mask outside = lane_less((lane)746.0, lane_abs(high));
  lane x = lane_select(outside, lane_with_sign((lane)746.0, high), high);
  lane shifted = fma(x, (lane)MATH_LOG2_E, (lane)MATH_ROUND);
  lane n = shifted - MATH_ROUND;
  lane r_high = fma(n, (lane)-MATH_LN2_HIGH, x);
  lane r_low = fma(n, (lane)-MATH_LN2_LOW, lane_select(outside, (lane)0.0, low));
  lane r = r_high + r_low;
  r_low = (r_high - r) + r_low;

  lane head = r + 1.0;
  lane r2 = r * r;
  lane tail = fma(r2, math_exp_series(r, r2), r_low + ((1.0 - head) + r));
  /* 2^n in two factors, so that only the last product can overflow or round; 4096 keeps the halves unsigned. */
  lane_bits biased = lane_as_bits(shifted) - (lane_bits)0x4338000000000000UL + (lane_bits)4096;
  lane_bits halved = biased >> 1;
  lane first = lane_from_bits((halved - (lane_bits)(2048 - 1023)) << 52);
  lane second = lane_from_bits((biased - halved - (lane_bits)(2048 - 1023)) << 52);
  return (head + tail) * first * second;
}

/*
 * e^x for every x. Within 0.8 ulp; results below 2^-1022 within one unit of 2^-1074. Overflows to infinity above
 * 709.78, is 0 below -745.14; exp(0) = 1 exactly; exp(-inf) = 0, exp(inf) = inf, exp(NaN) = NaN.
 */
LANE_INLINE lane math_exp(lane x) {
  lane result = math_exp_sum(x, (lane)0.0);
  return lane_select(lane_equal(x, x), result, x);
}

/*
 * exp(-d^2 / 2), the bell of the normal density: within 1 ulp but for the rounding of d^2; 0 for |d| > 37.6 (below
 * 1e-307). The reduced argument is kept as w = -2r, so that no product by -1/2 is needed: coefficients (-1/2)^k / k!.
 */
LANE_INLINE lane math_bell(lane d) {
  lane square = d * d;
  lane shifted = fma(square, (lane)(-0.5 * MATH_LOG2_E), (lane)MATH_ROUND);
  lane n = shifted - MATH_ROUND;
  lane w = fma(n, (lane)(2.0 * MATH_LN2_LOW), fma(n, (lane)(2.0 * MATH_LN2_HIGH), square));
  lane w2 = w * w;
  lane even = (lane)(1.0 / 1961990553600.0);
  lane odd = (lane)(-1.0 / 51011754393600.0);
  even = fma(even, w2, (lane)(1.0 / 3715891200.0));
  odd = fma(odd, w2, (lane)(-1.0 / 81749606400.0));
  even = fma(even, w2, (lane)(1.0 / 10321920.0));
  odd = fma(odd, w2, (lane)(-1.0 / 185794560.0));
  even = fma(even, w2, (lane)(1.0 / 46080.0));
  odd = fma(odd, w2, (lane)(-1.0 / 645120.0));
  even = fma(even, w2, (lane)(1.0 / 384.0));
  odd = fma(odd, w2, (lane)(-1.0 / 3840.0));
  even = fma(even, w2, (lane)(1.0 / 8.0));
  odd = fma(odd, w2, (lane)(-1.0 / 48.0));
  lane sum = fma(fma(fma(odd, w, even), w, (lane)-0.5), w, (lane)1.0);
  lane scaled = lane_from_bits(lane_as_bits(sum) + (lane_as_bits(shifted) << 52));
  return lane_select(lane_less((lane)1416.0, square), (lane)0.0, scaled);
}

/* x = m * 2^n with m in [sqrt(1/2), sqrt(2)), for finite x > 0. */
LANE_INLINE lane math_split(lane x, lane *n) {
  lane_mask subnormal = lane_less(x, (lane)0x1p-1022);
  lane_bits bits = lane_as_bits(lane_select(subnormal, x * 0x1p54, x));
  /* Moved so that sqrt(1/2) has the bits of 1: the exponent field is then that of n. */
  lane_bits exponent = (bits + (lane_bits)(0x3ff0000000000000UL - 0x3fe6a09e667f3bcdUL)) >> 52;
  /* exponent in the low bits of 2^52 + exponent */
  lane biased = lane_from_bits(exponent | (lane_bits)0x4330000000000000UL) - 0x1p52;
  *n = biased - lane_select(subnormal, (lane)(1023.0 + 54.0), (lane)1023.0);
  return lane_from_bits(bits - ((exponent - (lane_bits)1023) << 52));
}

/* log(0) = -inf, log(inf) = inf, log(x < 0) = log(NaN) = NaN; `result` elsewhere. */
LANE_INLINE lane math_log_edges(lane x, lane result) {
  lane infinity = lane_from_bits((lane_bits)0x7ff0000000000000UL);
  lane not_a_number = lane_from_bits((lane_bits)0x7ff8000000000000UL);
  lane edge = lane_select(lane_equal(x, infinity), infinity,
                          lane_select(lane_equal(x, (lane)0.0), -infinity, not_a_number));
  return lane_select(lane_less((lane)0.0, x) & lane_less(x, infinity), result, edge);
}

/*
 * ln x for every x. Within 0.8 ulp, subnormal x included; ln 1 = 0 exactly; edges as math_log_edges.
 *
 * ln m = 2 atanh(s) with s = (m - 1) / (m + 1), series coefficients 2 / (2k + 1), first term left out below 2^-60 of
 * the sum; 2s is replaced by f - s f, exact in its leading part (the arrangement of Ng, fdlibm e_log.c, 1993).
 */
LANE_INLINE lane math_log(lane x) {
  lane n;
  lane f = math_split(x, &n) - 1.0;
  lane s = f / (f + 2.0);
  lane s2 = s * s;
  lane sum = (lane)(2.0 / 21.0);
  sum = fma(sum, s2, (lane)(2.0 / 19.0));
  sum = fma(sum, s2, (lane)(2.0 / 17.0));
  sum = fma(sum, s2, (lane)(2.0 / 15.0));
  sum = fma(sum, s2, (lane)(2.0 / 13.0));
  sum = fma(sum, s2, (lane)(2.0 / 11.0));
  sum = fma(sum, s2, (lane)(2.0 / 9.0));
  sum = fma(sum, s2, (lane)(2.0 / 7.0));
  sum = fma(sum, s2, (lane)(2.0 / 5.0));
  sum = fma(sum, s2, (lane)(2.0 / 3.0));
  lane half_square = 0.5 * f * f;
  lane low = fma(s, fma(sum, s2, half_square), n * MATH_LN2_LOW);
  lane result = fma(n, (lane)MATH_LN2_HIGH, f - (half_square - low));
  return math_log_edges(x, result);
}

/* ln x as a sum of two doubles, relative error below 2^-64, for finite x > 0. */
LANE_INLINE lane math_log_sum(lane x, lane *low) {
  lane n;
  lane m = math_split(x, &n);
  lane f = m - 1.0;
  lane d = m + 1.0;
  lane d_low = m - (d - 1.0);
  lane s = f / d;
  lane s_low = (fma(-s, d, f) - s * d_low) / d;
  lane s2 = s * s;
  lane s2_low = fma(s, s, -s2) + 2.0 * s * s_low;
  /* atanh(s) = s + s^3 (1/3 + s^2 (1/5 + ...)), the bracket as a sum of two */
  lane sum = (lane)(1.0 / 23.0);
  sum = fma(sum, s2, (lane)(1.0 / 21.0));
  sum = fma(sum, s2, (lane)(1.0 / 19.0));
  sum = fma(sum, s2, (lane)(1.0 / 17.0));
  sum = fma(sum, s2, (lane)(1.0 / 15.0));
  sum = fma(sum, s2, (lane)(1.0 / 13.0));
  sum = fma(sum, s2, (lane)(1.0 / 11.0));
  sum = fma(sum, s2, (lane)(1.0 / 9.0));
  sum = fma(sum, s2, (lane)(1.0 / 7.0));
  sum = fma(sum, s2, (lane)(1.0 / 5.0));
  lane rest = sum * s2;
  lane third = rest + 1.0 / 3.0;
  lane third_low = ((1.0 / 3.0 - third) + rest) + (fma(sum, s2, -rest) + fma(sum, s2_low, (lane)0x1.5555555555555p-56));
  lane cube = s2 * s;
  lane cube_low = fma(s2, s, -cube) + fma(s2, s_low, s2_low * s);
  lane term = cube * third;
  lane term_low = fma(cube, third, -term) + fma(cube, third_low, cube_low * third);
  lane atanh_high = s + term;
  lane atanh_low = ((s - atanh_high) + term) + (s_low + term_low);
  /* n ln 2 + 2 atanh(s): the first is 0 or the larger */
  lane whole = n * MATH_LN2_HIGH;
  lane sum_high = whole + 2.0 * atanh_high;
  lane bigger = lane_select(lane_equal(n, (lane)0.0), 2.0 * atanh_high, whole);
  lane smaller = lane_select(lane_equal(n, (lane)0.0), whole, 2.0 * atanh_high);
  lane sum_low = ((bigger - sum_high) + smaller) + fma(n, (lane)MATH_LN2_LOW, 2.0 * atanh_low);
  lane result = sum_high + sum_low;
  *low = (sum_high - result) + sum_low;
  return result;
}

/*
 * x to the power y for all arguments, within 0.8 ulp (one unit of 2^-1074 below 2^-1022). Edges as C11 annex F: 1 for
 * y = 0 or x = 1 whatever the other; x < 0 needs an integer y, else NaN.
 */
LANE_INLINE lane math_pow(lane x, lane y) {
  lane infinity = lane_from_bits((lane_bits)0x7ff0000000000000UL);
  lane not_a_number = lane_from_bits((lane_bits)0x7ff8000000000000UL);
  lane zero = (lane)0.0;
  lane one = (lane)1.0;
  lane base = lane_abs(x);
  lane_mask base_ordinary = lane_less(zero, base) & lane_less(base, infinity);
  /* 2^100 overflows or underflows every power but those of 1. */
  lane exponent = lane_select(lane_less((lane)0x1p100, lane_abs(y)), lane_with_sign((lane)0x1p100, y), y);
  lane log_low;
  lane log_high = math_log_sum(lane_select(base_ordinary, base, one), &log_low);
  lane high = exponent * log_high;
  lane low = fma(exponent, log_low, fma(exponent, log_high, -high));
  lane result = math_exp_sum(high, low);

  lane large = lane_select(lane_less(zero, y), infinity, zero);
  lane small = lane_select(lane_less(zero, y), zero, infinity);
  result = lane_select(lane_equal(base, infinity), large, result);
  result = lane_select(lane_equal(base, zero), small, result);

  lane half_y = 0.5 * y;
  lane_mask integer = lane_equal(lane_round(y), y);
  lane_mask odd = integer & ~lane_equal(lane_round(half_y), half_y);
  lane negative = lane_with_sign(one, x);
  result = lane_select(odd, lane_with_sign(result, negative), result);
  result = lane_select(lane_less(x, zero) & lane_less(-infinity, x) & ~integer, not_a_number, result);
  lane_mask unordered = ~(lane_equal(x, x) & lane_equal(y, y));
  result = lane_select(unordered, not_a_number, result);
  return lane_select(lane_equal(y, zero) | lane_equal(x, one), one, result);
}

#define MATH_TAIL_DEGREE 8

/* Coefficients of the tail below, upper and lower, by falling powers; lower has one power more. */
__constant double MATH_TAIL[MATH_TAIL_DEGREE][2] = {
    {2.1626424038266322e-05, 0.0012006946193030802}, {0.0004790082168144926, 0.01259877422023052},
    {0.005004545443184182, 0.08064892799945624},     {0.03169550280760183, 0.3412720970566377},
    {0.13118298153298716, 0.970927252239972},        {0.3566468624385523, 1.804253187739139},
    {0.5980437129479963, 1.9939719866988128},        {0.5, 1.0}};

/*
 * The tail of the normal distribution: N(-a) = exp(-a^2 / 2) upper(a) / lower(a) for a >= 0, here for two arguments,
 * because their four chains of operations then run side by side. Fitted by tests/formula/fit_tail.py, in the manner
 * of J. F. Hart and others, Computer Approximations, Wiley 1968, algorithm 5666, one degree higher: that one's tails
 * are good absolutely only, and published prices of options far out of the money ask for more. The ratio is within
 * 4.4e-16 relatively up to a = 7 and 3e-8 up to 40, N(-a) beyond 7 within 5e-28 absolutely; 1/2 exactly at 0. a below
 * 1.5e19, or lower_a * lower_b may overflow.
 */
typedef struct math_tails {
  lane upper_a, upper_b, lower_a, lower_b;
} math_tails;

LANE_INLINE math_tails math_tails_find(lane a, lane b) {
  math_tails tails;
  tails.upper_a = tails.upper_b = (lane)0.0;
  tails.lower_a = tails.lower_b = (lane)5.420941961628515e-05;
  LANE_ROLLED
  for (uint i = 0; i < MATH_TAIL_DEGREE; i++) {
    lane upper = (lane)MATH_TAIL[i][0], lower = (lane)MATH_TAIL[i][1];
    tails.upper_a = fma(tails.upper_a, a, upper);
    tails.upper_b = fma(tails.upper_b, b, upper);
    tails.lower_a = fma(tails.lower_a, a, lower);
    tails.lower_b = fma(tails.lower_b, b, lower);
  }
  return tails;
}

/* N(-a) exp(a^2 / 2), a >= 0 */
LANE_INLINE lane math_tail_ratio(lane a) {
  math_tails tails = math_tails_find(a, a);
  return tails.upper_a / tails.lower_a;
}

/* N(x), the standard normal distribution function: within 2^-51 absolutely; 0 below -37.6; NaN for NaN. */
LANE_INLINE lane math_normal(lane x) {
  lane a = lane_min(lane_abs(x), (lane)40.0);
  lane tail = math_bell(a) * math_tail_ratio(a);
  return lane_select(lane_less((lane)0.0, x), 1.0 - tail, tail);
}

/* The standard normal density. */
LANE_INLINE lane math_normal_density(lane x) {
  return MATH_INVERSE_SQRT_2PI * math_bell(lane_min(lane_abs(x), (lane)40.0));
}

#endif
