/* SPDX-License-Identifier: MIT
 *
 * The limits of a device: multiply-adds, copying, reading what lies in a cache. Never part of a result.
 */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

/* WIDTH doubles in a register: 8 on a CPU, 1 on a GPU */
#if WIDTH == 1
typedef double wide;
#define SUM(x) (x)
#else
typedef double8 wide;
#define SUM(x) ((x).s0 + (x).s1 + (x).s2 + (x).s3 + (x).s4 + (x).s5 + (x).s6 + (x).s7)
#endif

/* Ten independent chains hide the latency: 10 * WIDTH * rounds multiply-adds per work-item. */
__kernel void multiply_adds(__global double *out, double a, double b, uint rounds) {
  wide x0 = (wide)(1.0), x1 = x0 + 0.1, x2 = x0 + 0.2, x3 = x0 + 0.3, x4 = x0 + 0.4;
  wide x5 = x0 + 0.5, x6 = x0 + 0.6, x7 = x0 + 0.7, x8 = x0 + 0.8, x9 = x0 + 0.9;
  for (uint i = 0; i < rounds; i++) {
    x0 = fma(x0, (wide)a, (wide)b), x1 = fma(x1, (wide)a, (wide)b), x2 = fma(x2, (wide)a, (wide)b);
    x3 = fma(x3, (wide)a, (wide)b), x4 = fma(x4, (wide)a, (wide)b), x5 = fma(x5, (wide)a, (wide)b);
    x6 = fma(x6, (wide)a, (wide)b), x7 = fma(x7, (wide)a, (wide)b), x8 = fma(x8, (wide)a, (wide)b);
    x9 = fma(x9, (wide)a, (wide)b);
  }
  wide sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9;
  out[get_global_id(0)] = SUM(sum);
}

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
