/* SPDX-License-Identifier: MIT
 *
 * The reference device: the kernels compiled as C11, one work-item after the other, one lane. What every other device
 * must agree with to the bit.
 */
#include "device/reference_calls.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Thread_local size_t kernel_item[2]; /* what get_global_id reads, see kernels/lane.h */

static const reference_call *calls_for_this_processor(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? reference_calls_fma : reference_calls_plain;
#else
  return reference_calls_plain;
#endif
}

/* ---- the backend --------------------------------------------------------------------------- */

static sg_status reference_buffer_make(device_buffer *buffer, const void *initial, sg_error *error) {
  if (buffer->host_pages) {
    buffer->memory = buffer->host_pages;
    return SG_OK;
  }
  buffer->memory = calloc(1, buffer->size_bytes);
  if (!buffer->memory) {
    buffer->on->out_of_memory = true;
    return error_fail(error, SG_DEVICE, "a buffer of %zu bytes for the reference: this machine is out of memory",
                      buffer->size_bytes);
  }
  if (initial) {
    memcpy(buffer->memory, initial, buffer->size_bytes);
  }
  return SG_OK;
}

static void reference_buffer_release(device_buffer *buffer) {
  if (!buffer->host_pages) {
    free(buffer->memory);
  }
}

static sg_status reference_buffer_map(const device_buffer *buffer, const double **mapped, sg_error *error) {
  *mapped = buffer->memory;
  return SG_OK;
}

static void reference_buffer_unmap(const device_buffer *buffer, const double *mapped) {}

static sg_status reference_buffer_write(device_buffer *buffer, size_t offset_bytes, size_t size_bytes,
                                        const void *from, sg_error *error) {
  memcpy((char *)buffer->memory + offset_bytes, from, size_bytes);
  return SG_OK;
}

static sg_status reference_buffer_read(const device_buffer *buffer, size_t offset_bytes, size_t size_bytes, void *to,
                                       sg_error *error) {
  memcpy(to, (const char *)buffer->memory + offset_bytes, size_bytes);
  return SG_OK;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static sg_status reference_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                                  const size_t items[2], sg_error *error) {
  const reference_call *calls = calls_for_this_processor();
  if (n_arguments != calls[kernel].n_arguments) {
    return error_fail(error, SG_BUG, "kernel %s takes %zu arguments, not %zu", device_kernel_name(kernel),
                      calls[kernel].n_arguments, n_arguments);
  }
  double start = seconds_now();
  for (size_t row = 0; row < items[1]; row++) {
    for (size_t group = 0; group < items[0]; group++) {
      kernel_item[0] = group;
      kernel_item[1] = row;
      calls[kernel].call(arguments);
    }
  }
  on->seconds[kernel] += seconds_now() - start;
  return SG_OK;
}

static sg_status reference_finish(device *on, sg_error *error) { return SG_OK; }

static void reference_close(device *on) {}

static const device_backend reference_backend = {
    .buffer_make = reference_buffer_make,
    .buffer_release = reference_buffer_release,
    .buffer_write = reference_buffer_write,
    .buffer_read = reference_buffer_read,
    .buffer_map = reference_buffer_map,
    .buffer_unmap = reference_buffer_unmap,
    .launch = reference_launch,
    .finish = reference_finish,
    .close = reference_close,
};

sg_status reference_find(candidates *found, sg_error *error) {
  long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  uint64_t memory_bytes = pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : 0;
  candidate added = {
      .platform_version = SG_VERSION,
      .device_version = SG_VERSION,
      .facts = {.platform = "shockgrid",
                .name = "reference",
                .driver = SG_VERSION,
                .type = "reference",
                .compute_units = 1,
                .memory_bytes = memory_bytes,
                .largest_allocation_bytes = memory_bytes,
                .double_precision = true,
                .lanes = 1,
                .self_test = "not run"},
  };
  return ARRAY_PUSH(&found->list, added) ? SG_OK : error_out_of_memory(error);
}

sg_status reference_open(device *opened) {
  opened->backend = &reference_backend;
  opened->traits.lanes = 1;
  return SG_OK;
}
