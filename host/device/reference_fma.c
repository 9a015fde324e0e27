/* SPDX-License-Identifier: MIT
 *
 * The reference's kernels for processors with AVX2 and fused multiply-add; CMakeLists.txt says so to the compiler.
 */
#define REFERENCE_CALLS reference_calls_fma
#include "device/reference_kernels.inc"
