/* SPDX-License-Identifier: MIT
 *
 * The calling thread's floating-point mode of the numerical contract: round to nearest, subnormals kept, no traps.
 */
#ifndef DEVICE_FLOAT_MODE_H
#define DEVICE_FLOAT_MODE_H

#include <fenv.h>
#include <stdint.h>

typedef struct float_mode {
#if defined(__SSE2__)
  uint32_t control;
  uint16_t x87_control;
#elif defined(__aarch64__)
  uint64_t control;
#else
  fenv_t environment;
#endif
} float_mode;

/* Returns the mode that was set before, for float_mode_leave. */
float_mode float_mode_enter(void);
void float_mode_leave(float_mode before); /* restores it, flags included */

#endif
