/* SPDX-License-Identifier: MIT
 *
 * What the kernels use of OpenCL C's library, for clang to compile them to code of this machine: lanes as registers,
 * without a driver.
 */
#ifndef MUTATION_OPENCL_H
#define MUTATION_OPENCL_H

typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned long size_t;
typedef uint uint4 __attribute__((ext_vector_type(4)));
typedef long long2 __attribute__((ext_vector_type(2)));
typedef double double2 __attribute__((ext_vector_type(2)));
typedef long long4 __attribute__((ext_vector_type(4)));
typedef ulong ulong4 __attribute__((ext_vector_type(4)));
typedef double double4 __attribute__((ext_vector_type(4)));

#define OVERLOADED static inline __attribute__((overloadable, always_inline))
#define as_double(x) __builtin_astype((x), double)
#define as_ulong(x) __builtin_astype((x), ulong)
#define as_long(x) __builtin_astype((x), long)
#define as_double2(x) __builtin_astype((x), double2)
#define as_long2(x) __builtin_astype((x), long2)
#define as_double4(x) __builtin_astype((x), double4)
#define as_ulong4(x) __builtin_astype((x), ulong4)
#define as_long4(x) __builtin_astype((x), long4)
#define convert_double4(x) __builtin_convertvector((x), double4)

ulong get_global_id(uint dimension);

OVERLOADED double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
OVERLOADED double sqrt(double x) { return __builtin_sqrt(x); }
OVERLOADED double4 fma(double4 a, double4 b, double4 c) {
  return (double4)(fma(a.x, b.x, c.x), fma(a.y, b.y, c.y), fma(a.z, b.z, c.z), fma(a.w, b.w, c.w));
}
OVERLOADED double4 sqrt(double4 x) { return (double4)(sqrt(x.x), sqrt(x.y), sqrt(x.z), sqrt(x.w)); }
OVERLOADED double2 select(double2 no, double2 yes, long2 mask) {
  long2 sign = mask >> 63;
  return as_double2((as_long2(no) & ~sign) | (as_long2(yes) & sign));
}
OVERLOADED double4 select(double4 no, double4 yes, long4 mask) {
  long4 sign = mask >> 63;
  return as_double4((as_long4(no) & ~sign) | (as_long4(yes) & sign));
}
OVERLOADED int any(long4 x) { return (int)((as_ulong4(x).x | as_ulong4(x).y | as_ulong4(x).z | as_ulong4(x).w) >> 63); }
OVERLOADED double4 vload4(size_t i, const __private double *p) { p += 4 * i; return (double4)(p[0], p[1], p[2], p[3]); }
OVERLOADED double4 vload4(size_t i, const __global double *p) { p += 4 * i; return (double4)(p[0], p[1], p[2], p[3]); }
OVERLOADED uint4 vload4(size_t i, const __global uint *p) { p += 4 * i; return (uint4)(p[0], p[1], p[2], p[3]); }
OVERLOADED void vstore4(double4 x, size_t i, __private double *p) { p += 4 * i; p[0] = x.x, p[1] = x.y, p[2] = x.z, p[3] = x.w; }

#endif
