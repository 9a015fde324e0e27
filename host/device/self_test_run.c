/* SPDX-License-Identifier: MIT
 *
 * Runs a known case on a device, and compares two devices.
 */
#include "device/self_test.h"

#include <string.h>

static size_t element_bytes(const case_argument *argument) { return argument->is == CASE_UINTS ? 4 : 8; }

static bool is_array(const case_argument *argument) { return argument->is >= CASE_UINTS; }

static size_t axis_items(case_axis axis, uint32_t lanes, uint32_t span) {
  size_t step = axis.step == PER_CELL ? 1 : axis.step == PER_LANES ? lanes : span;
  return (axis.n + step - 1) / step;
}

/* What follows an array: after an output rows of the bytes below, which no kernel may touch; after an input the input again, as
 * far as it goes. Work-items beyond the true counts, of which a launch has some on most devices, would read as if they were
 * true ones, and write. */
enum { GUARD_ROWS = 16, GUARD_BYTE = 0xa5 };

static size_t guard_bytes(const known_case *what, const case_argument *of) {
  size_t bytes = GUARD_ROWS * (size_t)what->stride * element_bytes(of), own = of->n * element_bytes(of);
  return of->output || bytes < own ? bytes : own;
}

/* An argument's buffer, with its guard. */
static sg_status array_make(device *on, const known_case *what, const case_argument *of, arena *memory,
                            device_buffer **made, sg_error *error) {
  size_t size_bytes = of->n * element_bytes(of), guard = guard_bytes(what, of);
  char *initial = arena_array(memory, size_bytes + guard, 1);
  if (!initial) {
    return error_out_of_memory(error);
  }
  if (of->data) {
    memcpy(initial, of->data, size_bytes);
  }
  if (of->output) {
    memset(initial + size_bytes, GUARD_BYTE, guard);
  } else if (of->data) {
    memcpy(initial + size_bytes, of->data, guard);
  }
  return buffer_make(on, size_bytes + guard, initial, made, error);
}

static sg_status output_read(device *on, const known_case *what, const case_argument *of, const device_buffer *from,
                             arena *memory, void **read, sg_error *error) {
  size_t size_bytes = of->n * element_bytes(of), guard = guard_bytes(what, of);
  unsigned char *bytes = *read = arena_array(memory, size_bytes + guard, 1);
  if (!bytes) {
    return error_out_of_memory(error);
  }
  TRY(buffer_read(on, from, 0, size_bytes + guard, bytes, error));
  for (size_t i = size_bytes; i < size_bytes + guard; i++) {
    if (bytes[i] != GUARD_BYTE) {
      const char *where = arena_format(memory, "%s, byte %zu beyond its end", of->output, i - size_bytes);
      return self_test_fail(on, what->kernel, where ? where : of->output, GUARD_BYTE, bytes[i], error);
    }
  }
  return SG_OK;
}

sg_status case_run(device *on, const known_case *what, uint32_t span, arena *memory,
                   void *outputs[CASE_ARGUMENTS_LIMIT], sg_error *error) {
  sg_status status = SG_OK;
  device_buffer *buffers[CASE_ARGUMENTS_LIMIT] = {NULL};
  kernel_argument arguments[CASE_ARGUMENTS_LIMIT];
  uint32_t lanes = on->traits.lanes;
  span = span ? span : device_span(on, what->kernel, what->stride);
  for (size_t i = 0; i < what->n_arguments; i++) {
    const case_argument *from = &what->arguments[i];
    outputs[i] = NULL;
    if (is_array(from)) {
      TRY_DONE(array_make(on, what, from, memory, &buffers[i], error));
      arguments[i] = ARG_BUFFER(buffers[i]);
    } else {
      arguments[i] =
          from->is == CASE_DOUBLE ? ARG_DOUBLE(from->real) : ARG_UINT(from->is == CASE_SPAN ? span : from->uint);
    }
  }
  size_t items[2] = {axis_items(what->axes[0], lanes, span), axis_items(what->axes[1], lanes, span)};
  TRY_DONE(device_launch(on, what->kernel, arguments, what->n_arguments, items, error));
  for (size_t i = 0; i < what->n_arguments; i++) {
    const case_argument *from = &what->arguments[i];
    if (from->output) {
      TRY_DONE(output_read(on, what, from, buffers[i], memory, &outputs[i], error));
    }
  }
done:
  for (size_t i = 0; i < what->n_arguments; i++) {
    buffer_close(buffers[i]);
  }
  return status;
}

sg_status self_test_fail(const device *on, kernel_id kernel, const char *where, double expected, double got,
                         sg_error *error) {
  char difference[DIFFERENCE_TEXT_BYTES];
  device_format_difference(expected, got, difference);
  return error_fail(error, SG_DEVICE, "%s (%s, driver %s) is refused: its kernel %s fails the self-test at %s: %s",
                    on->traits.name, on->traits.platform, on->traits.driver, device_kernel_name(kernel), where,
                    difference);
}

static double element_value(const case_argument *argument, const void *values, size_t index) {
  return argument->is == CASE_UINTS ? (double)((const uint32_t *)values)[index] : ((const double *)values)[index];
}

static bool elements_same(const case_argument *argument, const void *a, const void *b, size_t index) {
  size_t bytes = element_bytes(argument);
  double x = element_value(argument, a, index), y = element_value(argument, b, index);
  return memcmp((const char *)a + index * bytes, (const char *)b + index * bytes, bytes) == 0 ||
         (argument->is == CASE_DOUBLES && x != x && y != y);
}

static sg_status output_compare(device *on, const known_case *what, const case_argument *argument,
                                const void *expected, const void *got, arena *memory, sg_error *error) {
  size_t i = 0;
  while (i < argument->n && elements_same(argument, expected, got, i)) {
    i++;
  }
  if (i == argument->n) {
    return SG_OK;
  }
  const char *inputs = what->describe ? what->describe(memory, what, i) : "";
  const char *where = what->stride > 1 ? arena_format(memory, "%s[%zu][%zu]%s", argument->output, i / what->stride,
                                                      i % what->stride, inputs ? inputs : "")
                                       : arena_format(memory, "%s[%zu]%s", argument->output, i, inputs ? inputs : "");
  return self_test_fail(on, what->kernel, where ? where : argument->output, element_value(argument, expected, i),
                        element_value(argument, got, i), error);
}

sg_status case_compare(device *on, device *reference, const known_case *what, uint32_t span, sg_error *error) {
  void *expected[CASE_ARGUMENTS_LIMIT] = {NULL}, *got[CASE_ARGUMENTS_LIMIT] = {NULL};
  sg_status status = SG_OK;
  arena *memory = arena_open();
  if (!memory) {
    return error_out_of_memory(error);
  }
  TRY_DONE(case_run(reference, what, 0, memory, expected, error));
  TRY_DONE(case_run(on, what, span, memory, got, error));
  for (size_t i = 0; i < what->n_arguments; i++) {
    if (what->arguments[i].output) {
      TRY_DONE(output_compare(on, what, &what->arguments[i], expected[i], got[i], memory, error));
    }
  }
done:
  arena_close(memory);
  return status;
}
