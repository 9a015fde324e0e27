/* SPDX-License-Identifier: MIT
 *
 * Each limit is one function that does a known amount of work and waits for it; all are timed alike.
 */
#include "bench/peaks.h"

#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARM_UPS = 2, COPY_BYTES = 1 << 28, CACHED_BYTES = 1 << 19, TRANSFER_BYTES = 1 << 26, ROW_BYTES = 512,
       GATHERED_ROWS = 1 << 19, GATHERED_BYTES = 1 << 25, CHAINS = 10 };

#define BENCH_ENTRY(key, name, unit, what) {name, unit, what},
const bench_limit_entry bench_limits[N_LIMITS] = {BENCH_LIMITS(BENCH_ENTRY)};

extern const struct embedded_text {
  const char *name, *text;
} embedded_peaks[];

typedef struct peaks {
  cl_device_id device;
  cl_context context;
  cl_command_queue queue;
  cl_program program;
  cl_kernel kernel;  /* of the limit that is being measured */
  bool many_items;   /* a GPU wants one work-item per number */
  cl_uint units, width;
  cl_mem from, to, rows;
  void *host;
} peaks;

/* ---- the work ---------------------------------------------------------------------------------- */


static bool run_launch(const peaks *on, size_t items, size_t local) {
  return clEnqueueNDRangeKernel(on->queue, on->kernel, 1, NULL, &items, &local, 0, NULL, NULL) == CL_SUCCESS &&
         clFinish(on->queue) == CL_SUCCESS;
}

/* Work-items of a launch that keeps every unit busy; `each` of a CPU's. */
static size_t busy_items(const peaks *on, size_t each) {
  return on->many_items ? (size_t)on->units * 2048 : each * on->units;
}

static size_t local_items(const peaks *on, size_t of_cpu) { return on->many_items ? 256 : of_cpu; }

static double run_chains(const peaks *on, double a, double b, cl_uint rounds) {
  size_t items = busy_items(on, 16);
  clSetKernelArg(on->kernel, 0, sizeof on->to, &on->to);
  clSetKernelArg(on->kernel, 1, sizeof a, &a);
  clSetKernelArg(on->kernel, 2, sizeof b, &b);
  clSetKernelArg(on->kernel, 3, sizeof rounds, &rounds);
  return run_launch(on, items, local_items(on, 1)) ? (double)CHAINS * on->width * rounds * (double)items : 0.0;
}

static double run_multiply_adds(const peaks *on) { return run_chains(on, 0.999, 1e-3, 40000); }
static double run_divisions(const peaks *on) { return run_chains(on, 1.0, 0.75, 4000); }
static double run_square_roots(const peaks *on) { return run_chains(on, 2.0, 0.0, 4000); }

static double run_copy(const peaks *on) {
  clSetKernelArg(on->kernel, 0, sizeof on->from, &on->from);
  clSetKernelArg(on->kernel, 1, sizeof on->to, &on->to);
  return run_launch(on, COPY_BYTES / (8 * on->width), local_items(on, 64)) ? 2.0 * COPY_BYTES : 0.0;
}

static double run_cached_read(const peaks *on) {
  cl_uint n = CACHED_BYTES / (8 * on->width), rounds = on->many_items ? 2 : 64;
  size_t items = busy_items(on, 8);
  clSetKernelArg(on->kernel, 0, sizeof on->from, &on->from);
  clSetKernelArg(on->kernel, 1, sizeof on->to, &on->to);
  clSetKernelArg(on->kernel, 2, sizeof n, &n);
  clSetKernelArg(on->kernel, 3, sizeof rounds, &rounds);
  return run_launch(on, items, local_items(on, 1)) ? (double)CACHED_BYTES * rounds * (double)items : 0.0;
}

static double run_gather(const peaks *on) {
  cl_uint each = on->many_items ? 8 : 256;
  size_t items = GATHERED_ROWS / each * (on->many_items ? 64 : 1);
  clSetKernelArg(on->kernel, 0, sizeof on->from, &on->from);
  clSetKernelArg(on->kernel, 1, sizeof on->rows, &on->rows);
  clSetKernelArg(on->kernel, 2, sizeof on->to, &on->to);
  clSetKernelArg(on->kernel, 3, sizeof each, &each);
  return run_launch(on, items, local_items(on, 64)) ? (double)GATHERED_ROWS * ROW_BYTES : 0.0;
}

static double run_upload(const peaks *on) {
  return clEnqueueWriteBuffer(on->queue, on->to, CL_TRUE, 0, TRANSFER_BYTES, on->host, 0, NULL, NULL) == CL_SUCCESS
             ? TRANSFER_BYTES
             : 0.0;
}

static double run_download(const peaks *on) {
  return clEnqueueReadBuffer(on->queue, on->from, CL_TRUE, 0, TRANSFER_BYTES, on->host, 0, NULL, NULL) == CL_SUCCESS
             ? TRANSFER_BYTES
             : 0.0;
}

static double run_one(const peaks *on) {
  clSetKernelArg(on->kernel, 0, sizeof on->to, &on->to);
  return run_launch(on, 1, 1) ? 1.0 : 0.0;
}

static const struct {
  const char *kernel; /* NULL: none */
  double (*run)(const peaks *on); /* units of work done; 0: failed */
} measured[N_LIMITS] = {
    [LIMIT_MULTIPLY_ADDS] = {"multiply_adds", run_multiply_adds},
    [LIMIT_DIVISIONS] = {"divisions", run_divisions},
    [LIMIT_SQUARE_ROOTS] = {"square_roots", run_square_roots},
    [LIMIT_COPY] = {"copy", run_copy},
    [LIMIT_CACHED_READ] = {"cached_read", run_cached_read},
    [LIMIT_GATHER] = {"gather", run_gather},
    [LIMIT_UPLOAD] = {NULL, run_upload},
    [LIMIT_DOWNLOAD] = {NULL, run_download},
    [LIMIT_LAUNCH] = {"nothing", run_one},
};

double peak_per_s(const peak *of) { return of->work / of->seconds.best_s; }

double peak_share(const peak *limit, double work, timing seconds, bool on_cpu) {
  return on_cpu ? work / seconds.cpu_median_s / (limit->work / limit->seconds.cpu_best_s)
                : work / seconds.median_s / peak_per_s(limit);
}

static sg_status measure(peaks *on, bench_limit limit, uint32_t repeats, peak *made, sg_error *error) {
  cl_int code = CL_SUCCESS;
  moment *seconds = malloc(repeats * sizeof *seconds);
  if (seconds == NULL) {
    return error_out_of_memory(error);
  }
  on->kernel = measured[limit].kernel == NULL ? NULL : clCreateKernel(on->program, measured[limit].kernel, &code);
  made->work = code == CL_SUCCESS ? 1.0 : 0.0;
  for (int i = -WARM_UPS; i < (int)repeats && made->work > 0.0; i++) {
    moment start = moment_now();
    made->work = measured[limit].run(on);
    seconds[i < 0 ? 0 : i] = moment_since(start);
  }
  if (made->work > 0.0) {
    made->seconds = timing_make(seconds, repeats);
  }
  if (on->kernel != NULL) {
    clReleaseKernel(on->kernel);
  }
  free(seconds);
  return made->work > 0.0 ? SG_OK : error_fail(error, SG_DEVICE, "the limit \"%s\" cannot be measured", bench_limits[limit].name);
}

/* ---- the device -------------------------------------------------------------------------------- */

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

static void find_facts(peaks *on) {
  cl_device_type type = 0;
  clGetDeviceInfo(on->device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
  clGetDeviceInfo(on->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof on->units, &on->units, NULL);
  clGetDeviceInfo(on->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE, sizeof on->width, &on->width, NULL);
  on->many_items = (type & CL_DEVICE_TYPE_GPU) != 0;
  on->width = on->many_items || on->width < 2 ? 1 : on->width < 4 ? 2 : on->width < 8 ? 4 : 8;
}

static cl_int build_program(peaks *on) {
  cl_int code = CL_SUCCESS;
  const char *source = embedded_peaks[0].text;
  char options[32];
  snprintf(options, sizeof options, "-DWIDTH=%u", on->width);
  on->program = clCreateProgramWithSource(on->context, 1, &source, NULL, &code);
  return code != CL_SUCCESS ? code : clBuildProgram(on->program, 1, &on->device, options, NULL, NULL);
}

static sg_status open_peaks(const char *device_name, peaks *on, sg_error *error) {
  cl_int code = CL_SUCCESS;
  if (!find_device(device_name, &on->device)) {
    return error_fail(error, SG_DEVICE, "the limits of \"%s\" cannot be measured: it is no OpenCL device", device_name);
  }
  find_facts(on);
  on->context = clCreateContext(NULL, 1, &on->device, NULL, NULL, &code);
  on->queue = code == CL_SUCCESS ? clCreateCommandQueue(on->context, on->device, 0, &code) : NULL;
  code = code == CL_SUCCESS ? build_program(on) : code;
  return code == CL_SUCCESS ? SG_OK : error_fail(error, SG_DEVICE, "bench/peaks.cl does not build on \"%s\" (OpenCL error %d)",
                                                 device_name, code);
}

/* Memory that every limit finds filled: zeroes, and rows in random order. */
static sg_status open_memory(const char *device_name, peaks *on, sg_error *error) {
  double zero = 0.0;
  uint64_t seed = 1;
  cl_uint *row = malloc(GATHERED_ROWS * sizeof *row);
  on->host = calloc(1, TRANSFER_BYTES);
  on->from = clCreateBuffer(on->context, CL_MEM_READ_WRITE, COPY_BYTES, NULL, NULL);
  on->to = clCreateBuffer(on->context, CL_MEM_READ_WRITE, COPY_BYTES, NULL, NULL);
  for (size_t i = 0; row != NULL && i < GATHERED_ROWS; i++) {
    row[i] = (cl_uint)(bench_random(&seed) % (GATHERED_BYTES / ROW_BYTES));
  }
  on->rows = row == NULL ? NULL
                         : clCreateBuffer(on->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, GATHERED_ROWS * sizeof *row,
                                          row, NULL);
  free(row);
  if (on->host == NULL || on->from == NULL || on->to == NULL || on->rows == NULL) {
    return error_fail(error, SG_DEVICE, "no memory on \"%s\" or here to measure its limits", device_name);
  }
  clEnqueueFillBuffer(on->queue, on->from, &zero, sizeof zero, 0, COPY_BYTES, 0, NULL, NULL);
  clEnqueueFillBuffer(on->queue, on->to, &zero, sizeof zero, 0, COPY_BYTES, 0, NULL, NULL);
  return clFinish(on->queue) == CL_SUCCESS ? SG_OK : error_fail(error, SG_DEVICE, "\"%s\" cannot fill memory", device_name);
}

static void close_peaks(peaks *on) {
  const cl_mem buffers[] = {on->from, on->to, on->rows};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
    if (buffers[i] != NULL) {
      clReleaseMemObject(buffers[i]);
    }
  }
  if (on->program != NULL) {
    clReleaseProgram(on->program);
  }
  if (on->queue != NULL) {
    clReleaseCommandQueue(on->queue);
  }
  if (on->context != NULL) {
    clReleaseContext(on->context);
  }
  free(on->host);
}

sg_status peaks_measure(const char *device_name, uint32_t repeats, peak made[N_LIMITS], sg_error *error) {
  peaks on = {0};
  sg_status status = open_peaks(device_name, &on, error);
  if (status == SG_OK) {
    status = open_memory(device_name, &on, error);
  }
  for (int limit = 0; status == SG_OK && limit < N_LIMITS; limit++) {
    status = measure(&on, (bench_limit)limit, repeats, &made[limit], error);
  }
  close_peaks(&on);
  return status;
}
