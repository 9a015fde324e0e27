/* SPDX-License-Identifier: MIT
 *
 * What OpenCL and the reference implement, and the candidates that a choice selects from.
 */
#ifndef DEVICE_BACKEND_H
#define DEVICE_BACKEND_H

#include "base/arena.h"
#include "base/array.h"
#include "device/device.h"

struct device_buffer {
  device *on;
  size_t size_bytes;
  void *memory;     /* the backend's handle */
  void *host_pages; /* zero-copy memory of a CPU device, or what the caller lends; else NULL */
  bool lent;
};

typedef struct device_backend {
  /* Fills memory and host_pages of a buffer whose other members are set; host_pages is too where it is lent. `initial` NULL:
   * zeros. */
  sg_status (*buffer_make)(device_buffer *buffer, const void *initial, sg_error *error);
  void (*buffer_release)(device_buffer *buffer);
  sg_status (*buffer_write)(device_buffer *buffer, size_t offset_bytes, size_t size_bytes, const void *from,
                            sg_error *error);
  sg_status (*buffer_read)(const device_buffer *buffer, size_t offset_bytes, size_t size_bytes, void *to,
                           sg_error *error);
  /* Where the host can read the memory in place: between both calls. NULL: it cannot. */
  sg_status (*buffer_map)(const device_buffer *buffer, const double **mapped, sg_error *error);
  void (*buffer_unmap)(const device_buffer *buffer, const double *mapped);
  sg_status (*launch)(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                      const size_t items[2], sg_error *error);
  sg_status (*finish)(device *on, sg_error *error);
  void (*close)(device *on);
} device_backend;

struct sg_device {
  const device_backend *backend;
  arena *memory; /* owns the texts of traits */
  void *state;   /* the backend's */
  device_traits traits;
  double seconds[N_KERNELS];
  bool out_of_memory; /* set by the backend */
  const char *cache_folder;
};

/* A device that could be opened. Texts live in the arena it was found with. */
typedef struct candidate {
  void *platform_id, *device_id; /* OpenCL's; NULL: the reference */
  sg_device_facts facts;
  const char *platform_version, *device_version;
  const char *refusal; /* NULL, or what it lacks: "has no double precision" */
} candidate;

typedef struct candidates {
  ARRAY(candidate) list;
  ARRAY(const char *) broken; /* platforms that could not be asked, each with its reason */
} candidates;

/* Adds the devices of all OpenCL platforms. Fails only when out of memory. */
sg_status opencl_find(arena *memory, candidates *found, sg_error *error);
sg_status opencl_open(device *opened, const candidate *from, const sg_device_options *options, sg_error *error);

sg_status reference_find(candidates *found, sg_error *error);
sg_status reference_open(device *opened);

/* Opens one candidate, without self-test. */
sg_status candidate_open(const candidate *from, const sg_device_options *options, device **opened, sg_error *error);

/* Every kernel on known cases, compared with the reference byte for byte, and the canaries of the arithmetic. The first
 * wrong bit is a finding of status SG_DEVICE. */
sg_status self_test_run(device *on, sg_error *error);

#endif
