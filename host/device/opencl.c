/* SPDX-License-Identifier: MIT
 *
 * A device through OpenCL: one context, one in-order queue with event times.
 */
#include "device/opencl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The code, after noting whether it says that memory was short. */
static int note(device *on, int code) {
  on->out_of_memory |= opencl_wants_memory(code);
  return code;
}

/* ---- event times --------------------------------------------------------------------------- */

/* Adds up and releases the first n launches, which have ended. */
static sg_status events_collect(device *on, size_t n, sg_error *error) {
  opencl_state *state = on->state;
  sg_status status = SG_OK;
  for (size_t i = 0; i < n; i++) {
    cl_int ended = CL_COMPLETE;
    cl_ulong start_ns = 0, end_ns = 0;
    kernel_id kernel = state->events[i].kernel;
    cl_event event = state->events[i].event;
    clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof ended, &ended, NULL);
    if (ended < 0 && status == SG_OK) {
      status = opencl_fail(error, note(on, ended), "kernel %s on %s", device_kernel_name(kernel), on->traits.name);
    }
    if (clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start_ns, &start_ns, NULL) == CL_SUCCESS &&
        clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end_ns, &end_ns, NULL) == CL_SUCCESS &&
        end_ns > start_ns) {
      on->seconds[kernel] += (double)(end_ns - start_ns) * 1e-9;
    }
    clReleaseEvent(event);
  }
  memmove(state->events, state->events + n, (state->n_events - n) * sizeof *state->events);
  state->n_events -= n;
  return status;
}

static sg_status opencl_finish(device *on, sg_error *error) {
  opencl_state *state = on->state;
  cl_int code = clFinish(state->queue);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, note(on, code), "clFinish on %s", on->traits.name);
  }
  return events_collect(on, state->n_events, error);
}

/* ---- buffers ------------------------------------------------------------------------------- */

static void opencl_buffer_release(device_buffer *buffer) {
  opencl_state *state = buffer->on->state;
  if (buffer->memory) {
    clReleaseMemObject(buffer->memory);
  }
  if (buffer->host_pages) {
    clFinish(state->queue); /* a kernel in the queue may still use them */
  }
  if (buffer->host_pages && !buffer->lent) {
    munmap(buffer->host_pages, buffer->size_bytes);
  }
}

static sg_status opencl_buffer_write(device_buffer *buffer, size_t offset_bytes, size_t size_bytes, const void *from,
                                     sg_error *error) {
  opencl_state *state = buffer->on->state;
  cl_int code =
      clEnqueueWriteBuffer(state->queue, buffer->memory, CL_TRUE, offset_bytes, size_bytes, from, 0, NULL, NULL);
  return code == CL_SUCCESS ? SG_OK
                            : opencl_fail(error, note(buffer->on, code), "clEnqueueWriteBuffer of %zu bytes at %zu on %s", size_bytes,
                                          offset_bytes, buffer->on->traits.name);
}

/* The device fills its own memory; Oclgrind, which reports what it fills as uninitialised (21.10), is sent zeros. */
static sg_status zeros_write(device_buffer *buffer, sg_error *error) {
  opencl_state *state = buffer->on->state;
  if (state->fills) {
    const cl_char zero = 0;
    cl_int code = clEnqueueFillBuffer(state->queue, buffer->memory, &zero, sizeof zero, 0, buffer->size_bytes, 0, NULL,
                                      NULL);
    return code == CL_SUCCESS ? SG_OK : opencl_fail(error, note(buffer->on, code), "clEnqueueFillBuffer of %zu bytes on %s",
                                                    buffer->size_bytes, buffer->on->traits.name);
  }
  enum { ZEROS_BYTES = 1 << 22 };
  size_t chunk = buffer->size_bytes < ZEROS_BYTES ? buffer->size_bytes : ZEROS_BYTES;
  void *zeros = calloc(1, chunk);
  sg_status status = zeros ? SG_OK : error_out_of_memory(error);
  for (size_t at = 0; status == SG_OK && at < buffer->size_bytes; at += chunk) {
    size_t left = buffer->size_bytes - at;
    status = opencl_buffer_write(buffer, at, left < chunk ? left : chunk, zeros, error);
  }
  free(zeros);
  return status;
}

/* A device that works in host memory gets fresh pages, which are zero until touched; others a plain buffer. */
static sg_status opencl_buffer_make(device_buffer *buffer, const void *initial, sg_error *error) {
  device *on = buffer->on;
  opencl_state *state = on->state;
  cl_int code;
  if (state->zero_copy && !buffer->lent) {
    void *pages = mmap(NULL, buffer->size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
      on->out_of_memory = true;
      return error_fail(error, SG_DEVICE, "a buffer of %zu bytes for %s: this machine is out of memory",
                        buffer->size_bytes, on->traits.name);
    }
    madvise(pages, buffer->size_bytes, MADV_HUGEPAGE); /* a hint; netting gained 1.2 times, the first write 3 times */
    buffer->host_pages = pages;
  }
  buffer->memory = clCreateBuffer(state->context, CL_MEM_READ_WRITE | (buffer->host_pages ? CL_MEM_USE_HOST_PTR : 0),
                                  buffer->size_bytes, buffer->host_pages, &code);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, note(on, code), "clCreateBuffer of %zu bytes on %s", buffer->size_bytes, on->traits.name);
  }
  if (initial) {
    return opencl_buffer_write(buffer, 0, buffer->size_bytes, initial, error);
  }
  return buffer->host_pages ? SG_OK : zeros_write(buffer, error);
}

static sg_status opencl_buffer_read(const device_buffer *buffer, size_t offset_bytes, size_t size_bytes, void *to,
                                    sg_error *error) {
  opencl_state *state = buffer->on->state;
  cl_int code = clEnqueueReadBuffer(state->queue, buffer->memory, CL_TRUE, offset_bytes, size_bytes, to, 0, NULL, NULL);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, note(buffer->on, code), "clEnqueueReadBuffer of %zu bytes at %zu on %s", size_bytes, offset_bytes,
                       buffer->on->traits.name);
  }
  return events_collect(buffer->on, state->n_events, error); /* a failed kernel is told before its output is used */
}

static sg_status opencl_buffer_map(const device_buffer *buffer, const double **mapped, sg_error *error) {
  opencl_state *state = buffer->on->state;
  cl_int code;
  *mapped = clEnqueueMapBuffer(state->queue, buffer->memory, CL_TRUE, CL_MAP_READ, 0, buffer->size_bytes, 0, NULL, NULL,
                               &code);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, code, "clEnqueueMapBuffer of %zu bytes on %s", buffer->size_bytes,
                       buffer->on->traits.name);
  }
  return events_collect(buffer->on, state->n_events, error);
}

static void opencl_buffer_unmap(const device_buffer *buffer, const double *mapped) {
  opencl_state *state = buffer->on->state;
  clEnqueueUnmapMemObject(state->queue, buffer->memory, (void *)mapped, 0, NULL, NULL);
}

/* ---- launches ------------------------------------------------------------------------------ */

/* Few shapes, because PoCL compiles a kernel again for each: 64 work-items on a GPU, neighbours along the columns; 16
 * on a CPU, along the columns only where there is one row; a tree by itself, for it may be as large as many others. */
static void local_choose(const device *on, kernel_id kernel, const size_t items[2], size_t local[2]) {
  size_t total = on->traits.wide ? 64 : kernel == KERNEL_net_trees ? 1 : 16;
  size_t across = !on->traits.wide && items[1] == 1 && items[0] > 1 ? total : 1;
  while (on->traits.wide && across < total && across < items[0]) {
    across *= 2;
  }
  local[0] = across;
  local[1] = total / across;
}

static sg_status arguments_set(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                               sg_error *error) {
  opencl_state *state = on->state;
  cl_uint wanted = 0;
  cl_int asked = clGetKernelInfo(state->kernels[kernel], CL_KERNEL_NUM_ARGS, sizeof wanted, &wanted, NULL);
  if (asked != CL_SUCCESS) {
    return opencl_fail(error, asked, "clGetKernelInfo of %s on %s", device_kernel_name(kernel), on->traits.name);
  }
  if (wanted != n_arguments) {
    return error_fail(error, SG_BUG, "kernel %s takes %u arguments, not %zu", device_kernel_name(kernel), wanted,
                      n_arguments);
  }
  for (size_t i = 0; i < n_arguments; i++) {
    const kernel_argument *argument = &arguments[i];
    cl_int code = CL_INVALID_ARG_VALUE;
    switch (argument->is) {
    case ARGUMENT_BUFFER:
      code = clSetKernelArg(state->kernels[kernel], (cl_uint)i, sizeof(cl_mem), &argument->as.buffer->memory);
      break;
    case ARGUMENT_UINT:
      code = clSetKernelArg(state->kernels[kernel], (cl_uint)i, sizeof(cl_uint), &argument->as.uint);
      break;
    case ARGUMENT_DOUBLE:
      code = clSetKernelArg(state->kernels[kernel], (cl_uint)i, sizeof(cl_double), &argument->as.real);
      break;
    }
    if (code == CL_OUT_OF_RESOURCES || code == CL_OUT_OF_HOST_MEMORY) {
      return opencl_fail(error, code, "clSetKernelArg of %s on %s", device_kernel_name(kernel), on->traits.name);
    }
    if (code != CL_SUCCESS) {
      return error_fail(error, SG_BUG, "argument %zu of kernel %s: %s (%d)", i, device_kernel_name(kernel),
                        opencl_error_name(code), code);
    }
  }
  return SG_OK;
}

static sg_status opencl_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                               const size_t items[2], sg_error *error) {
  opencl_state *state = on->state;
  size_t local[2], global[2];
  TRY(arguments_set(on, kernel, arguments, n_arguments, error));
  if (state->n_events == EVENTS_KEPT) {
    clWaitForEvents(1, &state->events[EVENTS_KEPT / 2 - 1].event); /* in order: those before it have ended too */
    TRY(events_collect(on, EVENTS_KEPT / 2, error));
  }
  local_choose(on, kernel, items, local);
  for (int d = 0; d < 2; d++) {
    global[d] = (items[d] + local[d] - 1) / local[d] * local[d];
  }
  cl_event event;
  cl_int code = clEnqueueNDRangeKernel(state->queue, state->kernels[kernel], 2, NULL, global, local, 0, NULL, &event);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, note(on, code),
                       "clEnqueueNDRangeKernel of %s over %zu x %zu work-items in groups of %zu x %zu on %s",
                       device_kernel_name(kernel), global[0], global[1], local[0], local[1], on->traits.name);
  }
  state->events[state->n_events].event = event;
  state->events[state->n_events++].kernel = kernel;
  return SG_OK;
}

/* ---- open and close ------------------------------------------------------------------------ */

static void opencl_close(device *on) {
  opencl_state *state = on->state;
  if (!state) {
    return;
  }
  if (state->queue) {
    clFinish(state->queue);
    (void)events_collect(on, state->n_events, NULL);
  }
  for (int i = 0; i < N_KERNELS; i++) {
    if (state->kernels[i]) {
      clReleaseKernel(state->kernels[i]);
    }
  }
  if (state->program) {
    clReleaseProgram(state->program);
  }
  if (state->queue) {
    clReleaseCommandQueue(state->queue);
  }
  if (state->context) {
    clReleaseContext(state->context);
  }
  free(state);
}

/* A device with memory of its own. */
static const device_backend opencl_backend = {
    .buffer_make = opencl_buffer_make,
    .buffer_release = opencl_buffer_release,
    .buffer_write = opencl_buffer_write,
    .buffer_read = opencl_buffer_read,
    .launch = opencl_launch,
    .finish = opencl_finish,
    .close = opencl_close,
};

/* One that works in the host's. */
static const device_backend opencl_host_backend = {
    .buffer_make = opencl_buffer_make,
    .buffer_release = opencl_buffer_release,
    .buffer_write = opencl_buffer_write,
    .buffer_read = opencl_buffer_read,
    .buffer_map = opencl_buffer_map,
    .buffer_unmap = opencl_buffer_unmap,
    .launch = opencl_launch,
    .finish = opencl_finish,
    .close = opencl_close,
};

sg_status opencl_open(device *opened, const candidate *from, const sg_device_options *options, sg_error *error) {
  char build_options[64];
  cl_int code;
  opencl_state *state = calloc(1, sizeof *state);
  if (!state) {
    return error_out_of_memory(error);
  }
  opened->traits.wide = strcmp(from->facts.type, "cpu") != 0;
  opened->backend = opened->traits.wide ? &opencl_backend : &opencl_host_backend;
  opened->state = state;
  state->id = from->device_id;
  state->zero_copy = !opened->traits.wide;
  state->fills = strcmp(from->facts.platform, "Oclgrind") != 0;
  opened->traits.own_memory = !state->zero_copy;
  const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)from->platform_id, 0};
  state->context = clCreateContext(properties, 1, &state->id, NULL, NULL, &code);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, code, "clCreateContext on %s", opened->traits.name);
  }
  state->queue = clCreateCommandQueue(state->context, state->id, CL_QUEUE_PROFILING_ENABLE, &code);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, code, "clCreateCommandQueue on %s", opened->traits.name);
  }
  /* Warnings are for the offline compilation in the tests; here they would bury an error, and PoCL counts them on stderr. */
  snprintf(build_options, sizeof build_options, "-cl-std=CL1.2 -DLANES=%u -w", opened->traits.lanes);
  return opencl_program_build(opened, from, build_options, options ? options->cache_folder : NULL, error);
}
