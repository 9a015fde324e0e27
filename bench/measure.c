/* SPDX-License-Identifier: MIT
 *
 * Clocks and statistics of repeats.
 */
#include "bench/measure.h"

#include <stdlib.h>
#include <time.h>

static double clock_s(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

moment moment_now(void) { return (moment){clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_PROCESS_CPUTIME_ID)}; }

moment moment_since(moment start) {
  moment now = moment_now();
  return (moment){now.wall_s - start.wall_s, now.cpu_s - start.cpu_s};
}

static int rising(double a, double b) { return (a > b) - (a < b); }

static int by_cpu(const void *left, const void *right) {
  return rising(((const moment *)left)->cpu_s, ((const moment *)right)->cpu_s);
}

static int by_wall(const void *left, const void *right) {
  return rising(((const moment *)left)->wall_s, ((const moment *)right)->wall_s);
}

timing timing_make(moment *repeats, uint32_t n) {
  qsort(repeats, n, sizeof *repeats, by_cpu);
  double cpu_best_s = repeats[0].cpu_s, cpu_median_s = repeats[n / 2].cpu_s;
  qsort(repeats, n, sizeof *repeats, by_wall);
  return (timing){.n = n,
                  .best_s = repeats[0].wall_s,
                  .median_s = repeats[n / 2].wall_s,
                  .worst_s = repeats[n - 1].wall_s,
                  .spread = (repeats[3 * n / 4].wall_s - repeats[n / 4].wall_s) / repeats[n / 2].wall_s,
                  .cpu_best_s = cpu_best_s,
                  .cpu_median_s = cpu_median_s};
}

uint64_t bench_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

double bench_uniform(uint64_t *state) { return (double)(bench_random(state) >> 11) * 0x1p-53; }
