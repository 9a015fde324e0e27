/* SPDX-License-Identifier: MIT
 *
 * Codes: Khronos OpenCL 1.2 specification, section 5 and cl.h; -1001 is of cl_khr_icd; -9999 is what NVIDIA's driver
 * returns for an illegal access by a kernel.
 */
#include "device/opencl_errors.h"

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <stdio.h>

#define MEMORY_HINT "the device is out of memory: close what else uses it, or run with a smaller --memory"
#define LOST_HINT "the device is lost to this process (a crashed kernel, a reset, or too few resources); start again"
#define OLD_HINT "the driver is older than OpenCL 1.2, or broken"

/* X(name, code, hint) */
#define OPENCL_CODES(X)                                                              \
  X(CL_SUCCESS, 0, "")                                                               \
  X(CL_DEVICE_NOT_FOUND, -1, "the platform has no device")                           \
  X(CL_DEVICE_NOT_AVAILABLE, -2, LOST_HINT)                                          \
  X(CL_COMPILER_NOT_AVAILABLE, -3, "the driver cannot compile kernels")              \
  X(CL_MEM_OBJECT_ALLOCATION_FAILURE, -4, MEMORY_HINT)                               \
  X(CL_OUT_OF_RESOURCES, -5, LOST_HINT)                                              \
  X(CL_OUT_OF_HOST_MEMORY, -6, "this machine is out of memory")                      \
  X(CL_PROFILING_INFO_NOT_AVAILABLE, -7, "")                                         \
  X(CL_MEM_COPY_OVERLAP, -8, "")                                                     \
  X(CL_IMAGE_FORMAT_MISMATCH, -9, "")                                                \
  X(CL_IMAGE_FORMAT_NOT_SUPPORTED, -10, "")                                          \
  X(CL_BUILD_PROGRAM_FAILURE, -11, "the driver's compiler refused the kernels")      \
  X(CL_MAP_FAILURE, -12, "")                                                         \
  X(CL_MISALIGNED_SUB_BUFFER_OFFSET, -13, "")                                        \
  X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, -14, "an earlier command failed")  \
  X(CL_COMPILE_PROGRAM_FAILURE, -15, "the driver's compiler refused the kernels")    \
  X(CL_LINKER_NOT_AVAILABLE, -16, "the driver cannot link kernels")                  \
  X(CL_LINK_PROGRAM_FAILURE, -17, "the driver could not link the kernels")           \
  X(CL_DEVICE_PARTITION_FAILED, -18, "")                                             \
  X(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, -19, "")                                       \
  X(CL_INVALID_VALUE, -30, "")                                                       \
  X(CL_INVALID_DEVICE_TYPE, -31, "")                                                 \
  X(CL_INVALID_PLATFORM, -32, OLD_HINT)                                              \
  X(CL_INVALID_DEVICE, -33, OLD_HINT)                                                \
  X(CL_INVALID_CONTEXT, -34, LOST_HINT)                                              \
  X(CL_INVALID_QUEUE_PROPERTIES, -35, "the driver cannot time kernels")              \
  X(CL_INVALID_COMMAND_QUEUE, -36, LOST_HINT)                                        \
  X(CL_INVALID_HOST_PTR, -37, "")                                                    \
  X(CL_INVALID_MEM_OBJECT, -38, "")                                                  \
  X(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, -39, "")                                     \
  X(CL_INVALID_IMAGE_SIZE, -40, "")                                                  \
  X(CL_INVALID_SAMPLER, -41, "")                                                     \
  X(CL_INVALID_BINARY, -42, "")                                                      \
  X(CL_INVALID_BUILD_OPTIONS, -43, "the driver does not know an option")             \
  X(CL_INVALID_PROGRAM, -44, "")                                                     \
  X(CL_INVALID_PROGRAM_EXECUTABLE, -45, "")                                          \
  X(CL_INVALID_KERNEL_NAME, -46, "the program has no such kernel")                   \
  X(CL_INVALID_KERNEL_DEFINITION, -47, "")                                           \
  X(CL_INVALID_KERNEL, -48, "")                                                      \
  X(CL_INVALID_ARG_INDEX, -49, "")                                                   \
  X(CL_INVALID_ARG_VALUE, -50, "")                                                   \
  X(CL_INVALID_ARG_SIZE, -51, "")                                                    \
  X(CL_INVALID_KERNEL_ARGS, -52, "")                                                 \
  X(CL_INVALID_WORK_DIMENSION, -53, "")                                              \
  X(CL_INVALID_WORK_GROUP_SIZE, -54, "")                                             \
  X(CL_INVALID_WORK_ITEM_SIZE, -55, "")                                              \
  X(CL_INVALID_GLOBAL_OFFSET, -56, "")                                               \
  X(CL_INVALID_EVENT_WAIT_LIST, -57, "")                                             \
  X(CL_INVALID_EVENT, -58, "")                                                       \
  X(CL_INVALID_OPERATION, -59, "")                                                   \
  X(CL_INVALID_GL_OBJECT, -60, "")                                                   \
  X(CL_INVALID_BUFFER_SIZE, -61, "larger than the device's largest allocation")      \
  X(CL_INVALID_MIP_LEVEL, -62, "")                                                   \
  X(CL_INVALID_GLOBAL_WORK_SIZE, -63, "")                                            \
  X(CL_INVALID_PROPERTY, -64, "")                                                    \
  X(CL_INVALID_IMAGE_DESCRIPTOR, -65, "")                                            \
  X(CL_INVALID_COMPILER_OPTIONS, -66, "the driver does not know an option")          \
  X(CL_INVALID_LINKER_OPTIONS, -67, "")                                              \
  X(CL_INVALID_DEVICE_PARTITION_COUNT, -68, "")                                      \
  X(CL_PLATFORM_NOT_FOUND_KHR, -1001, "no OpenCL platform is installed")             \
  X(NVIDIA_ILLEGAL_ACCESS, -9999, "a kernel touched memory that is not its own; " LOST_HINT)

#define CODE_ROW(name, code, hint) {#name, code, hint},
static const struct {
  const char *name;
  int code;
  const char *hint;
} codes[] = {OPENCL_CODES(CODE_ROW)};

/* The header agrees wherever it has the name. */
#define NVIDIA_ILLEGAL_ACCESS (-9999)
#define CODE_CHECK(name, code, hint) _Static_assert((name) == (code), #name);
OPENCL_CODES(CODE_CHECK)

static size_t code_find(int code) {
  size_t i = 0;
  while (i < sizeof codes / sizeof *codes && codes[i].code != code) {
    i++;
  }
  return i;
}

const char *opencl_error_name(int code) {
  size_t i = code_find(code);
  return i < sizeof codes / sizeof *codes ? codes[i].name : "an unknown code";
}

const char *opencl_error_hint(int code) {
  size_t i = code_find(code);
  return i < sizeof codes / sizeof *codes ? codes[i].hint : "";
}

bool opencl_wants_memory(int code) {
  return code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_RESOURCES || code == CL_OUT_OF_HOST_MEMORY;
}

sg_status opencl_fail(sg_error *error, int code, const char *doing, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, doing);
  vsnprintf(text, sizeof text, doing, arguments);
  va_end(arguments);
  const char *hint = opencl_error_hint(code);
  return error_fail(error, SG_DEVICE, "%s failed: %s (%d)%s%s", text, opencl_error_name(code), code,
                    *hint ? ": " : "", hint);
}
