/* SPDX-License-Identifier: MIT
 *
 * OpenCL calls: counted, failed with the code that a lost or full device gives, and the objects that were never released.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include "inject.h"

#include <CL/cl.h>
#include <dlfcn.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
static atomic_int_fast64_t n_live;

int64_t inject_opencl_left(void) { return n_live; }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILS(name) (inject_now(INJECT_OPENCL, #name, __builtin_return_address(0)))

/* A call that returns a code. */
#define CODE_CALL(name, parameters, arguments, code)                                                                   \
  EXPORT cl_int name parameters { return FAILS(name) ? (code) : REAL(name) arguments; }

/* One that gives an object, and the code through its last argument. */
#define OBJECT_CALL(type, name, parameters, arguments, code)                                                           \
  EXPORT type name parameters {                                                                                        \
    if (FAILS(name)) {                                                                                                 \
      *code_out = (code);                                                                                              \
      return NULL;                                                                                                     \
    }                                                                                                                  \
    type made = REAL(name) arguments;                                                                                  \
    n_live += made != NULL && inject_armed;                                                                            \
    return made;                                                                                                       \
  }

/* A release may fail, and the object is gone all the same: there is nothing a program could do. */
#define RELEASE_CALL(name, type)                                                                                       \
  EXPORT cl_int name(type object) {                                                                                    \
    bool fails = FAILS(name);                                                                                          \
    n_live -= inject_armed;                                                                                            \
    cl_int code = REAL(name)(object);                                                                                  \
    return fails ? CL_OUT_OF_RESOURCES : code;                                                                         \
  }

CODE_CALL(clGetPlatformIDs, (cl_uint n, cl_platform_id *ids, cl_uint *n_out), (n, ids, n_out), CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clGetPlatformInfo, (cl_platform_id p, cl_platform_info w, size_t n, void *v, size_t *n_out), (p, w, n, v, n_out),
          CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clGetDeviceIDs, (cl_platform_id p, cl_device_type t, cl_uint n, cl_device_id *ids, cl_uint *n_out),
          (p, t, n, ids, n_out), CL_OUT_OF_RESOURCES)
CODE_CALL(clGetDeviceInfo, (cl_device_id d, cl_device_info w, size_t n, void *v, size_t *n_out), (d, w, n, v, n_out),
          CL_OUT_OF_RESOURCES)
CODE_CALL(clBuildProgram,
          (cl_program p, cl_uint n, const cl_device_id *d, const char *o,
           void(CL_CALLBACK *done)(cl_program, void *), void *user),
          (p, n, d, o, done, user), CL_BUILD_PROGRAM_FAILURE)
CODE_CALL(clGetProgramBuildInfo,
          (cl_program p, cl_device_id d, cl_program_build_info w, size_t n, void *v, size_t *n_out),
          (p, d, w, n, v, n_out), CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clGetProgramInfo, (cl_program p, cl_program_info w, size_t n, void *v, size_t *n_out), (p, w, n, v, n_out),
          CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clGetKernelInfo, (cl_kernel k, cl_kernel_info w, size_t n, void *v, size_t *n_out), (k, w, n, v, n_out),
          CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clGetKernelWorkGroupInfo,
          (cl_kernel k, cl_device_id d, cl_kernel_work_group_info w, size_t n, void *v, size_t *n_out),
          (k, d, w, n, v, n_out), CL_OUT_OF_HOST_MEMORY)
CODE_CALL(clSetKernelArg, (cl_kernel k, cl_uint i, size_t n, const void *v), (k, i, n, v), CL_OUT_OF_RESOURCES)
CODE_CALL(clEnqueueWriteBuffer,
          (cl_command_queue q, cl_mem m, cl_bool b, size_t at, size_t n, const void *p, cl_uint w, const cl_event *l,
           cl_event *e),
          (q, m, b, at, n, p, w, l, e), CL_MEM_OBJECT_ALLOCATION_FAILURE)
CODE_CALL(clEnqueueReadBuffer,
          (cl_command_queue q, cl_mem m, cl_bool b, size_t at, size_t n, void *p, cl_uint w, const cl_event *l, cl_event *e),
          (q, m, b, at, n, p, w, l, e), CL_OUT_OF_RESOURCES)
CODE_CALL(clWaitForEvents, (cl_uint n, const cl_event *l), (n, l), CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
CODE_CALL(clGetEventProfilingInfo, (cl_event e, cl_profiling_info w, size_t n, void *v, size_t *n_out),
          (e, w, n, v, n_out), CL_PROFILING_INFO_NOT_AVAILABLE)
CODE_CALL(clFlush, (cl_command_queue q), (q), CL_OUT_OF_RESOURCES)
CODE_CALL(clFinish, (cl_command_queue q), (q), CL_OUT_OF_RESOURCES)

OBJECT_CALL(cl_context, clCreateContext,
            (const cl_context_properties *p, cl_uint n, const cl_device_id *d,
             void(CL_CALLBACK *told)(const char *, const void *, size_t, void *), void *user, cl_int *code_out),
            (p, n, d, told, user, code_out), CL_DEVICE_NOT_AVAILABLE)
OBJECT_CALL(cl_command_queue, clCreateCommandQueue,
            (cl_context c, cl_device_id d, cl_command_queue_properties p, cl_int *code_out), (c, d, p, code_out),
            CL_OUT_OF_HOST_MEMORY)
OBJECT_CALL(cl_program, clCreateProgramWithSource,
            (cl_context c, cl_uint n, const char **s, const size_t *l, cl_int *code_out), (c, n, s, l, code_out),
            CL_OUT_OF_HOST_MEMORY)
OBJECT_CALL(cl_program, clCreateProgramWithBinary,
            (cl_context c, cl_uint n, const cl_device_id *d, const size_t *l, const unsigned char **b, cl_int *v,
             cl_int *code_out),
            (c, n, d, l, b, v, code_out), CL_INVALID_BINARY)
OBJECT_CALL(cl_kernel, clCreateKernel, (cl_program p, const char *n, cl_int *code_out), (p, n, code_out),
            CL_OUT_OF_RESOURCES)
OBJECT_CALL(cl_mem, clCreateBuffer, (cl_context c, cl_mem_flags f, size_t n, void *p, cl_int *code_out),
            (c, f, n, p, code_out), CL_MEM_OBJECT_ALLOCATION_FAILURE)

RELEASE_CALL(clReleaseContext, cl_context)
RELEASE_CALL(clReleaseCommandQueue, cl_command_queue)
RELEASE_CALL(clReleaseProgram, cl_program)
RELEASE_CALL(clReleaseKernel, cl_kernel)
RELEASE_CALL(clReleaseMemObject, cl_mem)
RELEASE_CALL(clReleaseEvent, cl_event)

EXPORT cl_int clEnqueueNDRangeKernel(cl_command_queue q, cl_kernel k, cl_uint n, const size_t *o, const size_t *g,
                                     const size_t *l, cl_uint w, const cl_event *list, cl_event *event) {
  if (FAILS(clEnqueueNDRangeKernel)) {
    return CL_OUT_OF_RESOURCES;
  }
  cl_int code = REAL(clEnqueueNDRangeKernel)(q, k, n, o, g, l, w, list, event);
  n_live += code == CL_SUCCESS && event != NULL && inject_armed;
  return code;
}

/* A kernel that was launched and failed later: the device is lost. */
EXPORT cl_int clGetEventInfo(cl_event e, cl_event_info what, size_t n, void *value, size_t *n_out) {
  bool fails = FAILS(clGetEventInfo);
  cl_int code = REAL(clGetEventInfo)(e, what, n, value, n_out);
  if (fails && what == CL_EVENT_COMMAND_EXECUTION_STATUS) {
    const cl_int lost = CL_DEVICE_NOT_AVAILABLE;
    memcpy(value, &lost, sizeof lost);
  }
  return code;
}
