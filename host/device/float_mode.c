/* SPDX-License-Identifier: MIT
 *
 * On x86-64 doubles are computed by SSE, whose only control is MXCSR (Intel SDM volume 1, 10.2.3): 0x1f80 masks every
 * exception, rounds to nearest and clears FTZ and DAZ. glibc's strtod and printf round as the x87 control word says
 * (8.1.5): 0x037f is its start value. On AArch64 FPCR 0 is the same (Arm ARM, FPCR).
 */
#include "device/float_mode.h"

#if defined(__SSE2__)
#include <xmmintrin.h>

float_mode float_mode_enter(void) {
  static const uint16_t x87_start = 0x037f;
  float_mode before = {.control = _mm_getcsr()};
  __asm__ volatile("fnstcw %0" : "=m"(before.x87_control));
  __asm__ volatile("fldcw %0" : : "m"(x87_start));
  _mm_setcsr(0x1f80);
  return before;
}

void float_mode_leave(float_mode before) {
  __asm__ volatile("fldcw %0" : : "m"(before.x87_control));
  _mm_setcsr(before.control);
}

#elif defined(__aarch64__)

float_mode float_mode_enter(void) {
  float_mode before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before.control));
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
  return before;
}

void float_mode_leave(float_mode before) { __asm__ volatile("msr fpcr, %0" : : "r"(before.control) : "memory"); }

#else

float_mode float_mode_enter(void) {
  float_mode before;
  fegetenv(&before.environment);
  fesetenv(FE_DFL_ENV);
  return before;
}

void float_mode_leave(float_mode before) { fesetenv(&before.environment); }

#endif
