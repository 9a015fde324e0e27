/* SPDX-License-Identifier: MIT
 *
 * The limits of a device: arithmetic, copying, reading from a cache and from anywhere. Never part of a result.
 */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

/* WIDTH doubles in a register: what the device prefers, 1 on a GPU */
#if WIDTH == 1
typedef double wide;
#define SUM(x) (x)
#elif WIDTH == 2
typedef double2 wide;
#define SUM(x) ((x).s0 + (x).s1)
#elif WIDTH == 4
typedef double4 wide;
#define SUM(x) ((x).s0 + (x).s1 + (x).s2 + (x).s3)
#else
typedef double8 wide;
#define SUM(x) ((x).s0 + (x).s1 + (x).s2 + (x).s3 + (x).s4 + (x).s5 + (x).s6 + (x).s7)
#endif

/* Ten independent chains hide the latency: 10 * WIDTH * rounds operations per work-item. */
#define CHAINS(name, step)                                                                                        \
  __kernel void name(__global double *out, double a, double b, uint rounds) {                                     \
    wide x0 = (wide)(a), x1 = x0 + 0.1, x2 = x0 + 0.2, x3 = x0 + 0.3, x4 = x0 + 0.4;                              \
    wide x5 = x0 + 0.5, x6 = x0 + 0.6, x7 = x0 + 0.7, x8 = x0 + 0.8, x9 = x0 + 0.9;                               \
    for (uint i = 0; i < rounds; i++) {                                                                           \
      x0 = step(x0), x1 = step(x1), x2 = step(x2), x3 = step(x3), x4 = step(x4);                                  \
      x5 = step(x5), x6 = step(x6), x7 = step(x7), x8 = step(x8), x9 = step(x9);                                  \
    }                                                                                                             \
    wide sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9;                                                   \
    out[get_global_id(0)] = SUM(sum);                                                                             \
  }
#define MULTIPLY_ADD(x) fma(x, (wide)a, (wide)b)
#define DIVIDE(x) ((wide)b / x)
#define SQUARE_ROOT(x) sqrt(x)
CHAINS(multiply_adds, MULTIPLY_ADD)
CHAINS(divisions, DIVIDE)
CHAINS(square_roots, SQUARE_ROOT)

__kernel void copy(__global const wide *from, __global wide *to) { to[get_global_id(0)] = from[get_global_id(0)]; }

/* Every work-item reads the same range again and again; four sums hide the latency. */
__kernel void cached_read(__global const wide *from, __global double *out, uint n, uint rounds) {
  wide s0 = (wide)(0.0), s1 = s0, s2 = s0, s3 = s0;
  for (uint r = 0; r < rounds; r++) {
    for (uint i = 0; i < n; i += 4) {
      s0 += from[i], s1 += from[i + 1], s2 += from[i + 2], s3 += from[i + 3];
    }
  }
  wide sum = s0 + s1 + s2 + s3;
  out[get_global_id(0)] = SUM(sum);
}

/* Rows of 64 doubles at the places that row[] names, n to a work-item. 64 / WIDTH sums in registers on a CPU; on a GPU
 * neighbouring work-items read neighbouring columns of a row. */
__kernel void gather(__global const wide *from, __global const uint *row, __global double *out, uint n) {
#if WIDTH == 1
  uint column = get_global_id(0) % 64, first = get_global_id(0) / 64 * n;
  double sum = 0.0;
  for (uint i = 0; i < n; i++) {
    sum += from[(ulong)row[first + i] * 64 + column];
  }
#else
  wide sums[64 / WIDTH], sum = (wide)(0.0);
  uint first = get_global_id(0) * n;
  for (uint v = 0; v < 64 / WIDTH; v++) {
    sums[v] = (wide)(0.0);
  }
  for (uint i = 0; i < n; i++) {
    __global const wide *at = from + (ulong)row[first + i] * (64 / WIDTH);
#pragma unroll
    for (uint v = 0; v < 64 / WIDTH; v++) {
      sums[v] += at[v];
    }
  }
  for (uint v = 0; v < 64 / WIDTH; v++) {
    sum += sums[v];
  }
#endif
  out[get_global_id(0)] = SUM(sum);
}

__kernel void nothing(__global double *out) { out[get_global_id(0)] = 0.0; }
