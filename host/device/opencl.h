/* SPDX-License-Identifier: MIT
 *
 * What the OpenCL files share: the state of an open device.
 */
#ifndef DEVICE_OPENCL_H
#define DEVICE_OPENCL_H

#include "device/backend.h"
#include "device/opencl_errors.h"

#include <CL/cl.h>

enum { EVENTS_KEPT = 512 };

typedef struct opencl_state {
  cl_device_id id;
  cl_context context;
  cl_command_queue queue;
  cl_program program;
  cl_kernel kernels[N_KERNELS];
  bool zero_copy; /* the device works in host memory */
  bool fills;     /* clEnqueueFillBuffer can be relied on */
  /* Launches whose times have not been read, in queue order. */
  struct {
    cl_event event;
    kernel_id kernel;
  } events[EVENTS_KEPT];
  size_t n_events;
} opencl_state;

/* Builds every kernel with `options` into state->program and state->kernels, from the cache where that is allowed. */
sg_status opencl_program_build(device *on, const candidate *from, const char *options, const char *cache_folder,
                               sg_error *error);

#endif
