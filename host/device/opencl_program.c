/* SPDX-License-Identifier: MIT
 *
 * The kernels as a program of one device: built from source, or loaded from the cache of built programs.
 */
#include "device/kernel_text.h"
#include "device/opencl.h"
#include "device/program_cache.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_LIMIT_BYTES = 4096 };

/* PoCL keeps a cache of its own, and asking it for a binary makes it compile every kernel again (pocl issue 596). */
static bool keeps_own_cache(const candidate *from) {
  return strcmp(from->facts.platform, "Portable Computing Language") == 0;
}

static sg_status build_fail(device *on, cl_program program, int code, const char *options, sg_error *error) {
  opencl_state *state = on->state;
  size_t size_bytes = 0;
  if (clGetProgramBuildInfo(program, state->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size_bytes) != CL_SUCCESS) {
    size_bytes = 0;
  }
  char *log = arena_array(on->memory, size_bytes + 1, 1);
  if (!log) {
    return error_out_of_memory(error);
  }
  if (size_bytes) {
    clGetProgramBuildInfo(program, state->id, CL_PROGRAM_BUILD_LOG, size_bytes, log, NULL);
  }
  const char *excerpt = "";
  TRY(kernel_text_excerpt(on->memory, log, &excerpt, error));
  bool empty = strspn(log, " \r\n\t") == strlen(log);
  return error_fail(error, SG_DEVICE,
                    "%s (%s, driver %s) cannot build the kernels with \"%s\": %s (%d)%s\n%.*s%s", on->traits.name,
                    on->traits.platform, on->traits.driver, options, opencl_error_name(code), code, excerpt,
                    LOG_LIMIT_BYTES, empty ? "the driver gives no log" : log,
                    empty && strstr(on->traits.platform, "NVIDIA")
                        ? "; libnvidia-nvvm, which NVIDIA's compiler loads, may be missing from this container"
                        : "");
}

static sg_status build_source(device *on, const char *text, const char *options, sg_error *error) {
  opencl_state *state = on->state;
  cl_int code;
  state->program = clCreateProgramWithSource(state->context, 1, &text, NULL, &code);
  if (code != CL_SUCCESS) {
    return opencl_fail(error, code, "clCreateProgramWithSource on %s", on->traits.name);
  }
  code = clBuildProgram(state->program, 1, &state->id, options, NULL, NULL);
  return code == CL_SUCCESS ? SG_OK : build_fail(on, state->program, code, options, error);
}

/* False, with no program made, on any fault. */
static bool build_binary(opencl_state *state, const void *bytes, size_t size_bytes, const char *options) {
  const unsigned char *binary = bytes;
  cl_int code, verdict = CL_SUCCESS;
  cl_program program =
      clCreateProgramWithBinary(state->context, 1, &state->id, &size_bytes, &binary, &verdict, &code);
  if (code == CL_SUCCESS && verdict == CL_SUCCESS &&
      clBuildProgram(program, 1, &state->id, options, NULL, NULL) == CL_SUCCESS) {
    state->program = program;
    return true;
  }
  if (program) {
    clReleaseProgram(program);
  }
  return false;
}

static void binary_keep(device *on, const char *folder, const uint64_t key[2]) {
  opencl_state *state = on->state;
  size_t size_bytes = 0;
  if (clGetProgramInfo(state->program, CL_PROGRAM_BINARY_SIZES, sizeof size_bytes, &size_bytes, NULL) != CL_SUCCESS ||
      size_bytes == 0) {
    return;
  }
  unsigned char *bytes = malloc(size_bytes);
  if (bytes && clGetProgramInfo(state->program, CL_PROGRAM_BINARIES, sizeof bytes, &bytes, NULL) == CL_SUCCESS) {
    (void)program_cache_save(folder, key, bytes, size_bytes);
  }
  free(bytes);
}

/* From the cache, else from source, which is then kept. */
static sg_status program_make(device *on, const candidate *from, const char *text, const char *options,
                              const char *wanted_folder, sg_error *error) {
  const char *shapes[] = {text,
                          options,
                          from->facts.platform,
                          from->platform_version,
                          from->facts.name,
                          from->device_version,
                          from->facts.driver};
  uint64_t key[2];
  size_t size_bytes = 0;
  const char *folder = keeps_own_cache(from) ? NULL : program_cache_folder(on->memory, wanted_folder);
  if (!folder || !program_cache_key(shapes, sizeof shapes / sizeof *shapes, key)) {
    return build_source(on, text, options, error);
  }
  const void *bytes = program_cache_load(on->memory, folder, key, &size_bytes);
  if (bytes && build_binary(on->state, bytes, size_bytes, options)) {
    return SG_OK;
  }
  TRY(build_source(on, text, options, error));
  binary_keep(on, folder, key);
  return SG_OK;
}

sg_status opencl_program_build(device *on, const candidate *from, const char *options, const char *cache_folder,
                               sg_error *error) {
  opencl_state *state = on->state;
  const char *text;
  cl_int code;
  TRY(kernel_text_make(on->memory, &text, error));
  TRY(program_make(on, from, text, options, cache_folder, error));
  for (int i = 0; i < N_KERNELS; i++) {
    state->kernels[i] = clCreateKernel(state->program, device_kernel_name((kernel_id)i), &code);
    if (code != CL_SUCCESS) {
      return opencl_fail(error, code, "clCreateKernel of %s on %s", device_kernel_name((kernel_id)i), on->traits.name);
    }
  }
  return SG_OK;
}
