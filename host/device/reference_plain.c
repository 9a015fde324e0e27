/* SPDX-License-Identifier: MIT
 *
 * The reference's kernels for any processor.
 */
#define REFERENCE_CALLS reference_calls_plain
#include "device/reference_kernels.inc"
