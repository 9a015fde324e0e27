/* SPDX-License-Identifier: MIT
 *
 * Is a device with these kernels refused by the self-test? judge BASE.so MUTANT.so: kernels compiled by clang from the OpenCL
 * text, with LANES lanes; MUTANT.so has those of one program and goes before BASE.so, which has all. Run by mutate.py. Exit code 0: passes the self-test; 1: refused, and why on stdout.
 */
#include "device/backend.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN_BYTES = 4096, ALIGNMENT = 64 }; /* zeros on both sides: what a wrong index reads is the same each time */

static void *libraries[2];
static const device_backend *real;
static size_t item[2];

__attribute__((visibility("default"))) size_t get_global_id(unsigned dimension);
size_t get_global_id(unsigned dimension) { return item[dimension]; }

static sg_status aligned_make(device_buffer *buffer, const void *initial, sg_error *error) {
  size_t size_bytes = (buffer->size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + 2 * MARGIN_BYTES;
  char *memory = aligned_alloc(ALIGNMENT, size_bytes);
  if (!memory) {
    return error_out_of_memory(error);
  }
  memset(memory, 0, size_bytes);
  buffer->memory = memory + MARGIN_BYTES;
  if (initial) {
    memcpy(buffer->memory, initial, buffer->size_bytes);
  }
  return SG_OK;
}

static void aligned_release(device_buffer *buffer) {
  if (buffer->memory) {
    free((char *)buffer->memory - MARGIN_BYTES);
  }
}

static sg_status library_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                                const size_t items[2], sg_error *error) {
  char name[64];
  unsigned long values[32];
  void (*call)(const unsigned long *) = NULL;
  snprintf(name, sizeof name, "call_%s", device_kernel_name(kernel));
  for (int i = 0; i < 2 && !call; i++) {
    *(void **)&call = dlsym(libraries[i], name);
  }
  if (!call) {
    return error_fail(error, SG_BUG, "no %s", name);
  }
  for (size_t i = 0; i < n_arguments; i++) {
    values[i] = arguments[i].is == ARGUMENT_UINT ? arguments[i].as.uint : 0;
    if (arguments[i].is == ARGUMENT_DOUBLE) {
      memcpy(&values[i], &arguments[i].as.real, sizeof values[i]);
    } else if (arguments[i].is == ARGUMENT_BUFFER) {
      values[i] = (unsigned long)arguments[i].as.buffer->memory;
    }
  }
  size_t padded[2] = {items[0] + 1, (items[1] + 15) / 16 * 16}; /* as OpenCL pads to local sizes */
  for (item[1] = 0; item[1] < padded[1]; item[1]++) {
    for (item[0] = 0; item[0] < padded[0]; item[0]++) {
      call(values);
    }
  }
  return SG_OK;
}

int main(int argc, char **argv) {
  static device_backend backend;
  const sg_device_options options = {.skip_self_test = true};
  device *under_test;
  sg_error *error = sg_error_open();
  if (argc != 4 || device_open("reference", &options, &under_test, error) != SG_OK) {
    return 70;
  }
  for (int i = 0; i < 2; i++) {
    libraries[i] = dlopen(argv[2 - i], RTLD_NOW | RTLD_LOCAL);
    if (!libraries[i]) {
      fprintf(stderr, "%s\n", dlerror());
      return 70;
    }
  }
  real = under_test->backend;
  backend = *real;
  backend.buffer_make = aligned_make;
  backend.buffer_release = aligned_release;
  backend.launch = library_launch;
  under_test->backend = &backend;
  under_test->traits.type = "cpu";
  under_test->traits.name = "mutant";
  under_test->traits.lanes = (uint32_t)atoi(argv[3]);
  sg_status status = self_test_run(under_test, error);
  if (status != SG_OK) {
    printf("%s\n", sg_error_get(error, 0).message);
  }
  sg_error_close(error);
  device_close(under_test);
  return status == SG_OK ? 0 : status == SG_DEVICE ? 1 : 70;
}
