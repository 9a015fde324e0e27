/* SPDX-License-Identifier: MIT
 *
 * Helper of object_code.sh: builds FOLDER/PROGRAM for the first CPU device with LANES lanes and launches KERNEL over
 * no true row at all, so that PoCL compiles it: kernel_launch FOLDER PROGRAM KERNEL LANES
 */
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>

static void check(cl_int code, const char *what) {
  if (code != CL_SUCCESS) {
    fprintf(stderr, "%s: OpenCL error %d\n", what, code);
    exit(1);
  }
}

static char *text_load(const char *folder, const char *program) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, program);
  FILE *file = fopen(path, "rb");
  static char text[1 << 20];
  if (!file || fread(text, 1, sizeof text - 1, file) == 0) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  fclose(file);
  return text;
}

static cl_device_id cpu_find(void) {
  cl_platform_id platforms[8];
  cl_uint n = 0;
  check(clGetPlatformIDs(8, platforms, &n), "clGetPlatformIDs");
  for (cl_uint i = 0; i < n && i < 8; i++) {
    cl_device_id device;
    if (clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_CPU, 1, &device, NULL) == CL_SUCCESS) {
      return device;
    }
  }
  fprintf(stderr, "no CPU device\n");
  exit(1);
}

/* Zeroes for every argument: buffers of zeroes, counts of 0, so each work-item returns at once. */
static void arguments_set(cl_context context, cl_kernel kernel) {
  static const char zeroes[4096];
  cl_uint n;
  check(clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof n, &n, NULL), "clGetKernelInfo");
  for (cl_uint i = 0; i < n; i++) {
    cl_kernel_arg_address_qualifier qualifier;
    char type[64];
    check(clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER, sizeof qualifier, &qualifier, NULL),
          "clGetKernelArgInfo");
    check(clGetKernelArgInfo(kernel, i, CL_KERNEL_ARG_TYPE_NAME, sizeof type, type, NULL), "clGetKernelArgInfo");
    if (qualifier == CL_KERNEL_ARG_ADDRESS_GLOBAL) {
      cl_int code;
      cl_mem buffer =
          clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, sizeof zeroes, (void *)zeroes, &code);
      check(code, "clCreateBuffer");
      check(clSetKernelArg(kernel, i, sizeof buffer, &buffer), "clSetKernelArg");
    } else {
      check(clSetKernelArg(kernel, i, type[0] == 'd' ? 8 : 4, zeroes), "clSetKernelArg");
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "kernel_launch FOLDER PROGRAM KERNEL LANES\n");
    return 2;
  }
  cl_int code;
  cl_device_id device = cpu_find();
  cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
  check(code, "clCreateContext");
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, &code);
  check(code, "clCreateCommandQueue");
  const char *text = text_load(argv[1], argv[2]);
  cl_program program = clCreateProgramWithSource(context, 1, &text, NULL, &code);
  check(code, "clCreateProgramWithSource");
  char options[4200];
  snprintf(options, sizeof options, "-cl-std=CL1.2 -cl-kernel-arg-info -I %s -DLANES=%s", argv[1], argv[4]);
  check(clBuildProgram(program, 1, &device, options, NULL, NULL), "clBuildProgram");
  cl_kernel kernel = clCreateKernel(program, argv[3], &code);
  check(code, "clCreateKernel");
  arguments_set(context, kernel);
  const size_t items[2] = {1, 16};
  check(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, items, items, 0, NULL, NULL), "clEnqueueNDRangeKernel");
  check(clFinish(queue), "clFinish");
  return 0;
}
