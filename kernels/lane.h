/* SPDX-License-Identifier: MIT
 *
 * The lane type: LANES doubles that take the same path. OpenCL C 1.2 with -D LANES=1|2|4|8|16, or C11, where a lane
 * is one plain double. Only operations that IEEE 754 defines to the last bit: + - * / sqrt fma, comparisons, selects,
 * bits. So a lane's result depends neither on LANES nor on its neighbours. C must be compiled with -ffp-contract=off.
 */
#ifndef KERNELS_LANE_H
#define KERNELS_LANE_H

#define LANE_INLINE static inline __attribute__((always_inline))

#ifdef __OPENCL_C_VERSION__

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
#ifndef LANES
#define LANES 1
#endif
#define LANE_UNROLL _Pragma("unroll")
/* Before a loop over coefficients: rolled, each is loaded once for all lanes; unrolled, compilers for CPUs spill them. */
#if LANES == 1
#define LANE_ROLLED LANE_UNROLL
#else
#define LANE_ROLLED _Pragma("nounroll")
#endif

#else /* C11 */

/*
 * A .cl file compiles as C11 too: include it from a .c file. Its kernels are then static functions of one work-item,
 * whose global id is kernel_item; the including file defines that and calls the kernel once per work-item.
 */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#undef LANES
#define LANES 1
#define LANE_UNROLL
#define LANE_ROLLED
#define __kernel static
#define __global
#define __constant static const
typedef unsigned int uint;
typedef unsigned long ulong;
extern _Thread_local size_t kernel_item[2];
#define get_global_id(dimension) (kernel_item[dimension])

static_assert(FLT_EVAL_METHOD == 0, "double expressions must be evaluated in double");
static_assert(sizeof(uint) == 4 && sizeof(ulong) == 8 && sizeof(double) == 8, "OpenCL's sizes");

LANE_INLINE ulong as_ulong(double x) {
  ulong bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

LANE_INLINE double as_double(ulong bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#endif

#if LANES == 1

typedef double lane;
typedef long lane_mask; /* 0 or all ones; combine with & | ~ */
typedef ulong lane_bits;

#define lane_as_bits(x) as_ulong(x)
#define lane_from_bits(bits) as_double(bits)

LANE_INLINE lane lane_load(__global const double *from) { return *from; }
LANE_INLINE void lane_store(__global double *to, lane x) { *to = x; }
LANE_INLINE lane lane_from_uints(__global const uint *from) { return (double)*from; } /* exact */
LANE_INLINE lane lane_number(void) { return 0.0; } /* 0, 1, 2, ... */
LANE_INLINE double lane_first(lane x) { return x; }
LANE_INLINE lane_mask lane_less(lane a, lane b) { return -(lane_mask)(a < b); }
LANE_INLINE lane_mask lane_less_equal(lane a, lane b) { return -(lane_mask)(a <= b); }
LANE_INLINE lane_mask lane_equal(lane a, lane b) { return -(lane_mask)(a == b); }
LANE_INLINE lane lane_select(lane_mask mask, lane yes, lane no) { return mask ? yes : no; }
LANE_INLINE int lane_any(lane_mask mask) { return mask != 0; }

/* The lanes of even number, then the odd ones; and the other way round. Combining both halves the lanes to combine. */
LANE_INLINE lane lane_evens_first(lane x) { return x; }
LANE_INLINE lane lane_odds_first(lane x) { return x; }
LANE_INLINE ulong lane_bits_sum(lane_bits x) { return x; } /* over the lanes, modulo 2^64 */
/* Over the lanes in some order: where that does not matter, as among numbers that are not zeros. */
LANE_INLINE double lane_least(lane x) { return x; }
LANE_INLINE double lane_total(lane x) { return x; }

/* from[index[l] * stride] for each lane l */
LANE_INLINE lane lane_gather(__global const double *from, __global const uint *index, uint stride) {
  return from[index[0] * (ulong)stride];
}

/* Turns rows[j] = column j of LANES x LANES cells into rows[l] = row l. */
LANE_INLINE void lane_transpose(lane *rows) { (void)rows; }

#else

#define LANE_JOIN_(a, b) a##b
#define LANE_JOIN(a, b) LANE_JOIN_(a, b)
typedef LANE_JOIN(double, LANES) lane;
typedef LANE_JOIN(long, LANES) lane_mask;
typedef LANE_JOIN(ulong, LANES) lane_bits;

#define lane_as_bits(x) LANE_JOIN(as_ulong, LANES)(x)
#define lane_from_bits(bits) LANE_JOIN(as_double, LANES)(bits)

/* Aligned: OpenCL buffers begin at a multiple of the widest vector, rows are padded, groups of lanes whole. */
LANE_INLINE lane lane_load(__global const double *from) { return *(__global const lane *)from; }
LANE_INLINE void lane_store(__global double *to, lane x) { *(__global lane *)to = x; }
LANE_INLINE lane lane_from_uints(__global const uint *from) {
  return LANE_JOIN(convert_double, LANES)(LANE_JOIN(vload, LANES)(0, from)); /* exact */
}
LANE_INLINE lane_mask lane_less(lane a, lane b) { return a < b; }
LANE_INLINE lane_mask lane_less_equal(lane a, lane b) { return a <= b; }
LANE_INLINE lane_mask lane_equal(lane a, lane b) { return a == b; }
LANE_INLINE lane lane_select(lane_mask mask, lane yes, lane no) { return select(no, yes, mask); }
LANE_INLINE int lane_any(lane_mask mask) { return any(mask); }

#if LANES == 2
LANE_INLINE lane lane_number(void) { return (lane)(0, 1); }
#elif LANES == 4
LANE_INLINE lane lane_number(void) { return (lane)(0, 1, 2, 3); }
#elif LANES == 8
LANE_INLINE lane lane_number(void) { return (lane)(0, 1, 2, 3, 4, 5, 6, 7); }
#else
LANE_INLINE lane lane_number(void) { return (lane)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
#endif
LANE_INLINE double lane_first(lane x) { return x.s0; }
LANE_INLINE lane lane_evens_first(lane x) { return (lane)(x.even, x.odd); }
LANE_INLINE lane lane_odds_first(lane x) { return (lane)(x.odd, x.even); }
LANE_INLINE ulong lane_bits_sum(lane_bits x) {
  for (int halved = 1; halved < LANES; halved *= 2) {
    x = (lane_bits)(x.even + x.odd, x.even + x.odd);
  }
  return x.s0;
}

/* Half as wide at each step. */
LANE_INLINE double2 lane_least_of_4(double4 x) { return select(x.lo, x.hi, x.hi < x.lo); }
LANE_INLINE double lane_least_of_2(double2 x) { return x.hi < x.lo ? x.hi : x.lo; }
#if LANES == 2
LANE_INLINE double lane_least(lane x) { return lane_least_of_2(x); }
LANE_INLINE double lane_total(lane x) { return x.lo + x.hi; }
#elif LANES == 4
LANE_INLINE double lane_least(lane x) { return lane_least_of_2(lane_least_of_4(x)); }
LANE_INLINE double lane_total(lane x) { double2 two = x.lo + x.hi; return two.lo + two.hi; }
#else
LANE_INLINE double lane_least_of_8(double8 x) {
  return lane_least_of_2(lane_least_of_4(select(x.lo, x.hi, x.hi < x.lo)));
}
LANE_INLINE double lane_total_of_8(double8 x) {
  double4 four = x.lo + x.hi;
  double2 two = four.lo + four.hi;
  return two.lo + two.hi;
}
#if LANES == 8
LANE_INLINE double lane_least(lane x) { return lane_least_of_8(x); }
LANE_INLINE double lane_total(lane x) { return lane_total_of_8(x); }
#else
LANE_INLINE double lane_least(lane x) { return lane_least_of_8(select(x.lo, x.hi, x.hi < x.lo)); }
LANE_INLINE double lane_total(lane x) { return lane_total_of_8(x.lo + x.hi); }
#endif
#endif

LANE_INLINE lane lane_gather(__global const double *from, __global const uint *index, uint stride) {
  double gathered[LANES];
  for (int l = 0; l < LANES; l++) {
    gathered[l] = from[index[l] * (ulong)stride];
  }
  return LANE_JOIN(vload, LANES)(0, gathered);
}

#if LANES == 2
LANE_INLINE void lane_transpose(lane *rows) {
  lane first = rows[0];
  rows[0] = (lane)(first.lo, rows[1].lo);
  rows[1] = (lane)(first.hi, rows[1].hi);
}
#else
/* Four by four at a time: within 256 bits the exchanges of halves and of neighbours are one instruction each. */
LANE_INLINE void lane_transpose(lane *rows) {
  __private double4 *quads = (__private double4 *)rows; /* [row][LANES / 4] */
  const int n = LANES / 4;
  lane turned[LANES];
  __private double4 *to = (__private double4 *)turned;
  LANE_UNROLL
  for (int i = 0; i < n; i++) {
    LANE_UNROLL
    for (int j = 0; j < n; j++) {
      double4 a = quads[(4 * i + 0) * n + j], b = quads[(4 * i + 1) * n + j];
      double4 c = quads[(4 * i + 2) * n + j], d = quads[(4 * i + 3) * n + j];
      double4 a_c = (double4)(a.lo, c.lo), b_d = (double4)(b.lo, d.lo);
      double4 a_c_high = (double4)(a.hi, c.hi), b_d_high = (double4)(b.hi, d.hi);
      to[(4 * j + 0) * n + i] = (double4)(a_c.s0, b_d.s0, a_c.s2, b_d.s2);
      to[(4 * j + 1) * n + i] = (double4)(a_c.s1, b_d.s1, a_c.s3, b_d.s3);
      to[(4 * j + 2) * n + i] = (double4)(a_c_high.s0, b_d_high.s0, a_c_high.s2, b_d_high.s2);
      to[(4 * j + 3) * n + i] = (double4)(a_c_high.s1, b_d_high.s1, a_c_high.s3, b_d_high.s3);
    }
  }
  LANE_UNROLL
  for (int l = 0; l < LANES; l++) {
    rows[l] = turned[l];
  }
}
#endif

#endif

/* Asks for the cache lines of a group of lanes that will be written; best some hundred cycles before. */
LANE_INLINE void lane_prefetch(__global double *to) {
#if !defined(__OPENCL_C_VERSION__) || (LANES > 1 && !defined(__NV_CL_C_VERSION))
  for (int line = 0; line < LANES; line += 8) {
    __builtin_prefetch((const void *)(size_t)(to + line), 1);
  }
#else
  (void)to; /* a GPU writes whole lines */
#endif
}

/* Those of a group of lanes that will be read. */
LANE_INLINE void lane_prefetch_read(__global const double *from) {
#if !defined(__OPENCL_C_VERSION__) || (LANES > 1 && !defined(__NV_CL_C_VERSION))
  for (int line = 0; line < LANES; line += 8) {
    __builtin_prefetch((const void *)(size_t)(from + line), 0);
  }
#else
  (void)from;
#endif
}

/* min and max return a unless b is smaller (larger): a NaN in a stays, one in b is ignored. */
LANE_INLINE lane lane_min(lane a, lane b) { return lane_select(lane_less(b, a), b, a); }
LANE_INLINE lane lane_max(lane a, lane b) { return lane_select(lane_less(a, b), b, a); }
LANE_INLINE lane lane_abs(lane x) { return lane_from_bits(lane_as_bits(x) & (lane_bits)0x7fffffffffffffffUL); }
/* |magnitude| with the sign bit of sign */
LANE_INLINE lane lane_with_sign(lane magnitude, lane sign) {
  return lane_from_bits((lane_as_bits(magnitude) & (lane_bits)0x7fffffffffffffffUL) |
                        (lane_as_bits(sign) & (lane_bits)0x8000000000000000UL));
}
LANE_INLINE lane_mask lane_is_finite(lane x) { return lane_less_equal(lane_abs(x), (lane)0x1.fffffffffffffp1023); }

/* The nearest integer, halves away from zero; x itself from 2^52 on and when it is not finite. */
LANE_INLINE lane lane_round(lane x) {
  lane magnitude = lane_abs(x);
  lane even = (magnitude + 0x1p52) - 0x1p52;
  lane rounded = lane_select(lane_equal(magnitude - even, (lane)0.5), even + 1.0, even);
  return lane_select(lane_less(magnitude, (lane)0x1p52), lane_with_sign(rounded, x), x);
}

#endif
