/* SPDX-License-Identifier: MIT
 *
 * A device that runs the kernels: an OpenCL device, or the reference (the kernels compiled as C11, one lane).
 * The engine sees no difference. This folder is the only one that includes CL/cl.h.
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include "base/error.h"

/* One line per kernel: X(name, program). The arguments are documented at the kernel in kernels/PROGRAM.cl. */
#define KERNELS(X)             \
  X(probe_math, probe)         \
  X(move_forwards, forward)    \
  X(price_linear, price)       \
  X(price_black, price)        \
  X(price_bachelier, price)    \
  X(solve_american, american)  \
  X(share_american, american)  \
  X(price_american, american)  \
  X(solve_differences, differences) \
  X(price_differences, differences) \
  X(price_lattice, lattice)    \
  X(solve_two_boundaries, two_boundaries) \
  X(price_two_boundaries, two_boundaries) \
  X(imply_vol, implied_vol)    \
  X(imply_american, implied_american) \
  X(net_nodes, net)            \
  X(fold_level, fold)          \
  X(adjust_nodes, adjust)      \
  X(reduce_worst, reduce)      \
  X(net_trees, trees)          \
  X(sum_rows, check)           \
  X(gather_runs, check)

#define DEVICE_KERNEL_ENUM(name, program) KERNEL_##name,
typedef enum kernel_id { KERNELS(DEVICE_KERNEL_ENUM) N_KERNELS } kernel_id;
#undef DEVICE_KERNEL_ENUM

typedef struct sg_device device;
typedef struct device_buffer device_buffer;

typedef struct device_traits {
  uint32_t lanes;                    /* instruments (price) or scenarios (net, fold, reduce) in a register vector */
  bool wide;                         /* a GPU: wants one work-item per cell; else one per row */
  bool own_memory;                   /* its buffers are not host memory: a bound on host memory does not hold them */
  uint32_t compute_units;
  uint64_t memory_bytes, largest_allocation_bytes;
  const char *platform, *name, *driver, *type;
  const char *self_test;             /* "passed", "not run" */
} device_traits;

/* The choices of sg_device_open. A device that "auto" passes over because it fails its self-test is a finding even
 * where another one is then opened (SG_OK). Texts live as long as the device. */
sg_status device_open(const char *choice, const sg_device_options *options, device **opened, sg_error *error);
void device_close(device *opened);
const device_traits *device_get_traits(const device *opened);
/* Where what was found out about the device is kept, beside its programs; NULL: nowhere. */
const char *device_cache_folder(const device *opened);

/* As sg_device_list_*: platforms and devices in the loader's order, the reference last. */
typedef struct sg_device_list device_list;
sg_status device_list_open(bool self_test, device_list **opened, sg_error *error);
void device_list_close(device_list *list); /* accepts NULL */
size_t device_list_count(const device_list *list);
sg_device_facts device_list_get(const device_list *list, size_t index);

/* Device memory, at least 1 byte is allocated. `initial` NULL: zero-filled. Out of device memory: SG_DEVICE. */
sg_status buffer_make(device *on, size_t size_bytes, const void *initial, device_buffer **made, sg_error *error);
void buffer_close(device_buffer *buffer); /* accepts NULL */
/* A buffer of what memory holds: over that memory, which outlives it, where the device works in the host's, else a copy. */
sg_status buffer_over(device *on, const void *memory, size_t size_bytes, device_buffer **made, sg_error *error);
/* Backs a buffer that nobody has written to yet with memory, on all processors, where the device works in the host's. */
void buffer_touch(const device_buffer *buffer);
/* Has a buffer or a launch failed for want of memory since this was last asked? Smaller ones may do. */
bool device_ran_out_of_memory(device *on);
sg_status buffer_write(device *on, device_buffer *buffer, size_t offset_bytes, size_t size_bytes, const void *from,
                       sg_error *error);
/* Waits for everything launched before. */
sg_status buffer_read(device *on, const device_buffer *buffer, size_t offset_bytes, size_t size_bytes, void *to,
                      sg_error *error);

/* to[j][length] = length doubles from element begin[j] of the buffer on, as the device holds them now. */
sg_status buffer_gather(device *on, device_buffer *buffer, const uint64_t *begin, size_t n, uint32_t length, double *to,
                        sg_error *error);
/* Where the host can read a buffer in place, until it is unmapped: no kernel writes to it between. NULL: it cannot. */
sg_status buffer_map(const device_buffer *buffer, const double **mapped, sg_error *error);
void buffer_unmap(const device_buffer *buffer, const double *mapped); /* accepts NULL */
/* Devices that work in the host's memory (own_memory false): a buffer over the caller's, which outlives it. */
sg_status buffer_borrow(device *on, const void *memory, size_t size_bytes, device_buffer **made, sg_error *error);

typedef struct kernel_argument {
  enum { ARGUMENT_BUFFER, ARGUMENT_UINT, ARGUMENT_DOUBLE } is;
  union {
    device_buffer *buffer;
    uint32_t uint;
    double real;
  } as;
} kernel_argument;

#define ARG_BUFFER(x) ((kernel_argument){.is = ARGUMENT_BUFFER, .as.buffer = (x)})
#define ARG_UINT(x) ((kernel_argument){.is = ARGUMENT_UINT, .as.uint = (x)})
#define ARG_DOUBLE(x) ((kernel_argument){.is = ARGUMENT_DOUBLE, .as.real = (x)})

/* Runs a kernel over items[0] x items[1] work-items. The device pads to its local size: every kernel takes the true
 * counts as arguments and ignores work-items beyond them. Asynchronous on OpenCL; in order. */
sg_status device_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                        const size_t items[2], sg_error *error);
sg_status device_finish(device *on, sg_error *error);

/* Memory that such a device borrows for launches. */
enum { LENT_LIMIT = 24 };
typedef struct lent_memory {
  device *to;
  device_buffer *buffers[LENT_LIMIT];
  uint32_t n;
  sg_status status; /* of the lending, then of the launches */
} lent_memory;
kernel_argument memory_lend(lent_memory *all, const void *memory, size_t size_bytes, sg_error *error);
/* Waits for the launches; what they wrote to the arguments `written` lies in the caller's memory then. */
sg_status memory_take_back(lent_memory *all, const kernel_argument *written, size_t n_written, sg_error *error);

/* Columns of a row of `stride` that one work-item of a kernel with a span should take on this device. */
uint32_t device_span(const device *on, kernel_id kernel, uint32_t stride);

/* Seconds that each kernel has run since the device was opened (event times on OpenCL). Call after device_finish. */
const char *device_kernel_name(kernel_id kernel);

/* "expected 0x... (1.25), got 0x... (1.5)": bits and shortest decimals. */
enum { DIFFERENCE_TEXT_BYTES = 200 };
void device_format_difference(double expected, double got, char text[DIFFERENCE_TEXT_BYTES]);

double device_kernel_seconds(const device *on, kernel_id kernel);

#endif
