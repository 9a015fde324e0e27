/* SPDX-License-Identifier: MIT
 *
 * Measuring a device's limits with its own OpenCL calls, apart from the program's.
 */
#include "bench.h"

#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 12, COPY_BYTES = 1 << 28, CACHED_BYTES = 1 << 19 };

typedef struct peaks {
  cl_device_id device;
  cl_context context;
  cl_command_queue queue;
  cl_program program;
  bool wide; /* a GPU */
  cl_uint units;
} peaks;

static bool find_device(const char *name, cl_device_id *found) {
  cl_platform_id platforms[16];
  cl_uint n_platforms = 0;
  clGetPlatformIDs(16, platforms, &n_platforms);
  for (cl_uint p = 0; p < n_platforms && p < 16; p++) {
    cl_device_id devices[32];
    cl_uint n_devices = 0;
    clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, 32, devices, &n_devices);
    for (cl_uint d = 0; d < n_devices && d < 32; d++) {
      char text[256] = "";
      clGetDeviceInfo(devices[d], CL_DEVICE_NAME, sizeof text - 1, text, NULL);
      if (strcmp(text, name) == 0) {
        *found = devices[d];
        return true;
      }
    }
  }
  return false;
}

static char *read_source(void) {
  FILE *stream = fopen(BENCH_FOLDER "/peaks.cl", "rb");
  char *text = calloc(1, 1 << 14);
  if (stream != NULL && text != NULL) {
    size_t n = fread(text, 1, (1 << 14) - 1, stream);
    text[n] = '\0';
  }
  if (stream != NULL) {
    fclose(stream);
  }
  return text;
}

/* Best seconds of one kernel, by its events. */
static double best_seconds(const peaks *on, cl_kernel kernel, size_t n_items, size_t local) {
  double best = 1e300;
  for (int i = 0; i < REPEATS; i++) {
    cl_event event = NULL;
    cl_ulong start = 0, end = 0;
    if (clEnqueueNDRangeKernel(on->queue, kernel, 1, NULL, &n_items, &local, 0, NULL, &event) != CL_SUCCESS) {
      return 0.0;
    }
    clFinish(on->queue);
    clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL);
    clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL);
    clReleaseEvent(event);
    best = 1e-9 * (double)(end - start) < best ? 1e-9 * (double)(end - start) : best;
  }
  return best;
}

static double measure_multiply_adds(const peaks *on, cl_mem out) {
  double a = 0.999, b = 1e-3;
  cl_uint rounds = 20000;
  size_t local = on->wide ? 256 : 1, n = on->wide ? (size_t)on->units * 2048 : 64 * (size_t)on->units;
  cl_kernel kernel = clCreateKernel(on->program, "multiply_adds", NULL);
  clSetKernelArg(kernel, 0, sizeof out, &out);
  clSetKernelArg(kernel, 1, sizeof a, &a);
  clSetKernelArg(kernel, 2, sizeof b, &b);
  clSetKernelArg(kernel, 3, sizeof rounds, &rounds);
  double seconds = best_seconds(on, kernel, n, local);
  clReleaseKernel(kernel);
  return 10.0 * (on->wide ? 1 : 8) * rounds * (double)n / seconds;
}

static double measure_copy(const peaks *on, cl_mem from, cl_mem to) {
  cl_kernel kernel = clCreateKernel(on->program, "copy", NULL);
  clSetKernelArg(kernel, 0, sizeof from, &from);
  clSetKernelArg(kernel, 1, sizeof to, &to);
  double seconds = best_seconds(on, kernel, COPY_BYTES / (on->wide ? 8 : 64), on->wide ? 256 : 64);
  clReleaseKernel(kernel);
  return 2.0 * COPY_BYTES / seconds;
}

static double measure_cached_read(const peaks *on, cl_mem from, cl_mem out) {
  cl_uint n = CACHED_BYTES / (on->wide ? 8 : 64), rounds = on->wide ? 2 : 64;
  size_t local = on->wide ? 256 : 1, n_items = on->wide ? (size_t)on->units * 2048 : 8 * (size_t)on->units;
  cl_kernel kernel = clCreateKernel(on->program, "cached_read", NULL);
  clSetKernelArg(kernel, 0, sizeof from, &from);
  clSetKernelArg(kernel, 1, sizeof out, &out);
  clSetKernelArg(kernel, 2, sizeof n, &n);
  clSetKernelArg(kernel, 3, sizeof rounds, &rounds);
  double seconds = best_seconds(on, kernel, n_items, local);
  clReleaseKernel(kernel);
  return (double)CACHED_BYTES * rounds * (double)n_items / seconds;
}

static sg_status open_peaks(const char *device_name, peaks *on, sg_error *error) {
  cl_int code = CL_SUCCESS;
  cl_device_type type = 0;
  if (!find_device(device_name, &on->device)) {
    return error_fail(error, SG_DEVICE, "the limits of \"%s\" cannot be measured: it is no OpenCL device", device_name);
  }
  clGetDeviceInfo(on->device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
  clGetDeviceInfo(on->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof on->units, &on->units, NULL);
  on->wide = (type & CL_DEVICE_TYPE_GPU) != 0;
  on->context = clCreateContext(NULL, 1, &on->device, NULL, NULL, &code);
  on->queue = code == CL_SUCCESS ? clCreateCommandQueue(on->context, on->device, CL_QUEUE_PROFILING_ENABLE, &code) : NULL;
  char *text = read_source();
  const char *source = text;
  on->program = code == CL_SUCCESS && text ? clCreateProgramWithSource(on->context, 1, &source, NULL, &code) : NULL;
  if (code == CL_SUCCESS && on->program != NULL) {
    code = clBuildProgram(on->program, 1, &on->device, on->wide ? "-DWIDTH=1" : "-DWIDTH=8", NULL, NULL);
  }
  free(text);
  return code == CL_SUCCESS && on->program != NULL
             ? SG_OK
             : error_fail(error, SG_DEVICE, "bench/peaks.cl does not build on \"%s\" (OpenCL error %d)", device_name, code);
}

sg_status peaks_measure(const char *device_name, double per_second[N_LIMITS], sg_error *error) {
  peaks on = {0};
  cl_mem from = NULL, to = NULL;
  sg_status status = open_peaks(device_name, &on, error);
  if (status == SG_OK) {
    double zero = 0.0;
    from = clCreateBuffer(on.context, CL_MEM_READ_WRITE, COPY_BYTES, NULL, NULL);
    to = clCreateBuffer(on.context, CL_MEM_READ_WRITE, COPY_BYTES, NULL, NULL);
    if (from == NULL || to == NULL) {
      status = error_fail(error, SG_DEVICE, "no memory on \"%s\" to measure its limits", device_name);
    } else {
      clEnqueueFillBuffer(on.queue, from, &zero, sizeof zero, 0, COPY_BYTES, 0, NULL, NULL);
      per_second[LIMIT_MULTIPLY_ADDS] = measure_multiply_adds(&on, to);
      per_second[LIMIT_COPY] = measure_copy(&on, from, to);
      per_second[LIMIT_CACHED_READ] = measure_cached_read(&on, from, to);
    }
  }
  if (from != NULL) {
    clReleaseMemObject(from);
  }
  if (to != NULL) {
    clReleaseMemObject(to);
  }
  if (on.program != NULL) {
    clReleaseProgram(on.program);
  }
  if (on.queue != NULL) {
    clReleaseCommandQueue(on.queue);
  }
  if (on.context != NULL) {
    clReleaseContext(on.context);
  }
  return status;
}
