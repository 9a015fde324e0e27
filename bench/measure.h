/* SPDX-License-Identifier: MIT
 *
 * Clocks, what many repeats come to, and made-up numbers that are the same on every machine.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

enum { REPEATS_LEAST = 10, REPEATS_USUAL = 21, REPEATS_MOST = 1000 };

/* Wall clock, and processor time of this process: the latter hardly moves when others use the machine too. */
/* cpu_s NAN: not known */
typedef struct moment {
  double wall_s, cpu_s;
} moment;

moment moment_now(void);
moment moment_since(moment start);

/* Of n repeats. spread: the middle half of the wall times, over the median. */
typedef struct timing {
  uint32_t n;
  double best_s, median_s, worst_s, spread;
  double cpu_best_s, cpu_median_s;
} timing;

timing timing_make(moment *repeats, uint32_t n); /* n >= 1; sorts them by wall time */

/* Draws with fixed arithmetic (splitmix64). */
uint64_t bench_random(uint64_t *state);
double bench_uniform(uint64_t *state); /* [0, 1) */

#endif
