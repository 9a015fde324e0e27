/* SPDX-License-Identifier: MIT
 *
 * The reference device: the kernels compiled as C11, one work-item after the other, one lane. What every other device
 * must agree with to the bit.
 */
#include "device/backend.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Thread_local size_t kernel_item[2]; /* what get_global_id reads, see kernels/lane.h */

#include "kernels/probe.cl"
#include "kernels/forward.cl"
#include "kernels/price.cl"
#include "kernels/american.cl"
#include "kernels/differences.cl"
#include "kernels/lattice.cl"
#include "kernels/two_boundaries.cl"
#include "kernels/implied_vol.cl"
#include "kernels/implied_american.cl"
#include "kernels/net.cl"
#include "kernels/fold.cl"
#include "kernels/adjust.cl"
#include "kernels/reduce.cl"
#include "kernels/check.cl"

/* ---- one call per kernel: the arguments in the kernel's order ------------------------------- */

#define BUFFER(i) (arguments[i].as.buffer->memory)
#define UINT(i) (arguments[i].as.uint)
#define REAL(i) (arguments[i].as.real)

static void call_probe_math(const kernel_argument *arguments) {
  probe_math(UINT(0), UINT(1), BUFFER(2), BUFFER(3), BUFFER(4), BUFFER(5));
}

static void call_move_forwards(const kernel_argument *arguments) {
  move_forwards(BUFFER(0), BUFFER(1), BUFFER(2), BUFFER(3), UINT(4), UINT(5), BUFFER(6), BUFFER(7));
}

#define PRICE_ARGUMENTS                                                                                                \
  BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), BUFFER(4), BUFFER(5), BUFFER(6), BUFFER(7), BUFFER(8), BUFFER(9),          \
      BUFFER(10), REAL(11), UINT(12), UINT(13), BUFFER(14)

static void call_price_linear(const kernel_argument *arguments) { price_linear(PRICE_ARGUMENTS); }
static void call_price_black(const kernel_argument *arguments) { price_black(PRICE_ARGUMENTS); }
static void call_price_bachelier(const kernel_argument *arguments) { price_bachelier(PRICE_ARGUMENTS); }

static void call_solve_american(const kernel_argument *arguments) {
  solve_american(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), UINT(4), BUFFER(5), BUFFER(6));
}

static void call_share_american(const kernel_argument *arguments) {
  share_american(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), UINT(4), BUFFER(5), BUFFER(6), UINT(7), BUFFER(8), BUFFER(9));
}

static void call_price_american(const kernel_argument *arguments) {
  price_american(PRICE_ARGUMENTS, BUFFER(15), BUFFER(16));
}

static void call_solve_differences(const kernel_argument *arguments) {
  solve_differences(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), UINT(4), BUFFER(5), BUFFER(6), BUFFER(7));
}

static void call_price_differences(const kernel_argument *arguments) {
  price_differences(PRICE_ARGUMENTS, BUFFER(15), BUFFER(16));
}

static void call_solve_two_boundaries(const kernel_argument *arguments) {
  solve_two_boundaries(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), UINT(4), BUFFER(5), BUFFER(6));
}

static void call_price_two_boundaries(const kernel_argument *arguments) {
  price_two_boundaries(PRICE_ARGUMENTS, BUFFER(15), BUFFER(16));
}

static void call_price_lattice(const kernel_argument *arguments) {
  price_lattice(PRICE_ARGUMENTS, BUFFER(15), BUFFER(16));
}

static void call_imply_vol(const kernel_argument *arguments) {
  imply_vol(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), UINT(4), BUFFER(5), BUFFER(6), BUFFER(7));
}

static void call_imply_american(const kernel_argument *arguments) {
  imply_american(BUFFER(0), UINT(1), BUFFER(2), BUFFER(3), BUFFER(4), BUFFER(5), BUFFER(6), BUFFER(7), BUFFER(8));
}

static void call_net_nodes(const kernel_argument *arguments) {
  net_nodes(BUFFER(0), BUFFER(1), BUFFER(2), BUFFER(3), BUFFER(4), UINT(5), UINT(6), UINT(7), BUFFER(8));
}

static void call_fold_level(const kernel_argument *arguments) {
  fold_level(BUFFER(0), BUFFER(1), BUFFER(2), BUFFER(3), REAL(4), BUFFER(5), BUFFER(6), BUFFER(7), UINT(8), UINT(9),
             BUFFER(10), BUFFER(11));
}

static void call_adjust_nodes(const kernel_argument *arguments) {
  adjust_nodes(BUFFER(0), BUFFER(1), BUFFER(2), BUFFER(3), BUFFER(4), BUFFER(5), UINT(6), UINT(7), BUFFER(8));
}

static void call_reduce_worst(const kernel_argument *arguments) {
  reduce_worst(BUFFER(0), BUFFER(1), UINT(2), UINT(3), UINT(4), UINT(5), BUFFER(6), BUFFER(7), BUFFER(8));
}

static void call_sum_rows(const kernel_argument *arguments) { sum_rows(BUFFER(0), UINT(1), UINT(2), BUFFER(3)); }

static void call_gather_runs(const kernel_argument *arguments) {
  gather_runs(BUFFER(0), BUFFER(1), UINT(2), UINT(3), BUFFER(4));
}

static const struct {
  void (*call)(const kernel_argument *);
  size_t n_arguments;
} calls[N_KERNELS] = {
    [KERNEL_probe_math] = {call_probe_math, 6},
    [KERNEL_move_forwards] = {call_move_forwards, 8},
    [KERNEL_price_linear] = {call_price_linear, 15},
    [KERNEL_price_black] = {call_price_black, 15},
    [KERNEL_price_bachelier] = {call_price_bachelier, 15},
    [KERNEL_solve_american] = {call_solve_american, 7},
    [KERNEL_share_american] = {call_share_american, 10},
    [KERNEL_price_american] = {call_price_american, 17},
    [KERNEL_solve_differences] = {call_solve_differences, 8},
    [KERNEL_price_differences] = {call_price_differences, 17},
    [KERNEL_price_lattice] = {call_price_lattice, 17},
    [KERNEL_solve_two_boundaries] = {call_solve_two_boundaries, 7},
    [KERNEL_price_two_boundaries] = {call_price_two_boundaries, 17},
    [KERNEL_imply_vol] = {call_imply_vol, 8},
    [KERNEL_imply_american] = {call_imply_american, 9},
    [KERNEL_net_nodes] = {call_net_nodes, 9},
    [KERNEL_fold_level] = {call_fold_level, 12},
    [KERNEL_adjust_nodes] = {call_adjust_nodes, 9},
    [KERNEL_reduce_worst] = {call_reduce_worst, 9},
    [KERNEL_sum_rows] = {call_sum_rows, 4},
    [KERNEL_gather_runs] = {call_gather_runs, 5},
};

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
