/* SPDX-License-Identifier: MIT
 *
 * How the reference calls a kernel for the work-item kernel_item.
 */
#ifndef DEVICE_REFERENCE_CALLS_H
#define DEVICE_REFERENCE_CALLS_H

#include "device/backend.h"

typedef struct reference_call {
  void (*call)(const kernel_argument *arguments);
  size_t n_arguments;
} reference_call;

extern const reference_call reference_calls_plain[N_KERNELS], reference_calls_fma[N_KERNELS];

#endif
