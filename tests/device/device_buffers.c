/* SPDX-License-Identifier: MIT
 *
 * Memory and launches of the first OpenCL device and of the reference.
 */
#include "device/device.h"
#include "device/float_mode.h"
#include "kernels/shared.h"

#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const choices[] = {"reference", "auto"};
static device *devices[2];

static int setup(void **state) {
  const sg_device_options options = {.skip_self_test = true};
  for (int i = 0; i < 2; i++) {
    assert_int_equal(device_open(choices[i], &options, &devices[i], NULL), SG_OK);
  }
  return 0;
}

static int teardown(void **state) {
  for (int i = 0; i < 2; i++) {
    device_close(devices[i]);
  }
  return 0;
}

static void a_buffer_gives_back_what_was_written_at_any_offset(void **state) {
  static const size_t sizes[] = {1, 7, 4096, 4097, 100001};
  for (int i = 0; i < 2; i++) {
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      size_t n = sizes[s], middle = n / 3;
      unsigned char *in = malloc(n), *out = malloc(n);
      device_buffer *buffer;
      for (size_t k = 0; k < n; k++) {
        in[k] = (unsigned char)(k * 7 + 1);
      }
      assert_int_equal(buffer_make(devices[i], n, in, &buffer, NULL), SG_OK);
      in[middle] ^= 0xff;
      assert_int_equal(buffer_write(devices[i], buffer, middle, 1, in + middle, NULL), SG_OK);
      assert_int_equal(buffer_read(devices[i], buffer, 0, n, out, NULL), SG_OK);
      assert_memory_equal(in, out, n);
      memset(out, 0, n);
      assert_int_equal(buffer_read(devices[i], buffer, middle, n - middle, out, NULL), SG_OK);
      assert_memory_equal(in + middle, out, n - middle);
      buffer_close(buffer);
      free(in);
      free(out);
    }
  }
}

static void a_buffer_without_contents_is_zero_touched_or_not(void **state) {
  enum { N = 5000001 }; /* more than one chunk of zeros, and of pages */
  char *out = malloc(N);
  for (int i = 0; i < 4; i++) {
    device_buffer *buffer;
    device *on = devices[i / 2];
    memset(out, 1, N);
    assert_int_equal(buffer_make(on, N, NULL, &buffer, NULL), SG_OK);
    if (i % 2 != 0) {
      buffer_touch(buffer);
    }
    assert_int_equal(buffer_read(on, buffer, 0, N, out, NULL), SG_OK);
    assert_int_equal(out[0], 0);
    assert_memory_equal(out, out + 1, N - 1);
    buffer_close(buffer);
  }
  free(out);
}

/* The sum of numbers and of the same numbers, over the caller's memory and in a copy. */
static void a_buffer_over_memory_holds_what_it_holds(void **state) {
  enum { N = 3 * COLUMN_PADDING };
  double *numbers = aligned_alloc(COLUMN_PADDING * sizeof *numbers, N * sizeof *numbers), out[N];
  const size_t items[2] = {N, 1};
  for (int k = 0; k < N; k++) {
    numbers[k] = 1.5 * k;
  }
  for (int i = 0; i < 2; i++) {
    device_buffer *over, *copy, *sum;
    assert_int_equal(buffer_over(devices[i], numbers, N * sizeof *numbers, &over, NULL), SG_OK);
    assert_int_equal(buffer_make(devices[i], N * sizeof *numbers, numbers, &copy, NULL), SG_OK);
    assert_int_equal(buffer_make(devices[i], sizeof out, NULL, &sum, NULL), SG_OK);
    buffer_touch(over); /* nothing: it is not fresh */
    const kernel_argument arguments[] = {ARG_UINT(N),      ARG_UINT(PROBE_ADD), ARG_BUFFER(over),
                                         ARG_BUFFER(copy), ARG_BUFFER(copy),    ARG_BUFFER(sum)};
    assert_int_equal(device_launch(devices[i], KERNEL_probe_math, arguments, 6, items, NULL), SG_OK);
    assert_int_equal(buffer_read(devices[i], sum, 0, sizeof out, out, NULL), SG_OK);
    for (int k = 0; k < N; k++) {
      assert_true(numbers[k] == 1.5 * k && out[k] == 3.0 * k);
    }
    buffer_close(over);
    buffer_close(copy);
    buffer_close(sum);
  }
  free(numbers);
}

static void an_empty_buffer_can_be_made_read_and_written(void **state) {
  for (int i = 0; i < 2; i++) {
    device_buffer *buffer;
    char nothing = 5;
    assert_int_equal(buffer_make(devices[i], 0, &nothing, &buffer, NULL), SG_OK);
    assert_int_equal(buffer_write(devices[i], buffer, 0, 0, &nothing, NULL), SG_OK);
    assert_int_equal(buffer_read(devices[i], buffer, 0, 0, &nothing, NULL), SG_OK);
    assert_int_equal(nothing, 5);
    buffer_close(buffer);
  }
  buffer_close(NULL);
}

static void a_buffer_that_is_too_large_is_refused_with_both_sizes(void **state) {
  for (int i = 0; i < 2; i++) {
    sg_error *error = sg_error_open();
    device_buffer *buffer = (device_buffer *)error;
    char expected[160];
    const device_traits *traits = device_get_traits(devices[i]);
    size_t size = traits->largest_allocation_bytes + 1;
    assert_int_equal(buffer_make(devices[i], size, NULL, &buffer, error), SG_DEVICE);
    assert_null(buffer);
    snprintf(expected, sizeof expected, "a buffer of %zu bytes is larger than %s allows (%zu bytes)", size,
             traits->name, size - 1);
    assert_int_equal(sg_error_count(error), 1);
    assert_string_equal(sg_error_get(error, 0).message, expected);
    assert_int_equal(sg_error_get(error, 0).status, SG_DEVICE);
    sg_error_close(error);
  }
}

/* result = result + 1, many more times than launches are kept waiting for their times. */
static void launches_run_in_order_and_their_times_add_up(void **state) {
  enum { N = 2000 };
  double ones[COLUMN_PADDING], out[COLUMN_PADDING];
  const size_t items[2] = {COLUMN_PADDING, 1};
  for (int k = 0; k < COLUMN_PADDING; k++) {
    ones[k] = 1;
  }
  for (int i = 0; i < 2; i++) {
    device_buffer *one, *sum;
    double before = device_kernel_seconds(devices[i], KERNEL_probe_math);
    assert_int_equal(buffer_make(devices[i], sizeof ones, ones, &one, NULL), SG_OK);
    assert_int_equal(buffer_make(devices[i], sizeof ones, NULL, &sum, NULL), SG_OK);
    const kernel_argument arguments[] = {ARG_UINT(COLUMN_PADDING), ARG_UINT(PROBE_ADD), ARG_BUFFER(sum),
                                         ARG_BUFFER(one),          ARG_BUFFER(one),     ARG_BUFFER(sum)};
    for (int k = 0; k < N; k++) {
      assert_int_equal(device_launch(devices[i], KERNEL_probe_math, arguments, 6, items, NULL), SG_OK);
    }
    assert_int_equal(buffer_read(devices[i], sum, 0, sizeof out, out, NULL), SG_OK);
    for (int k = 0; k < COLUMN_PADDING; k++) {
      assert_true(out[k] == N);
    }
    assert_int_equal(device_finish(devices[i], NULL), SG_OK);
    assert_true(device_kernel_seconds(devices[i], KERNEL_probe_math) > before);
    assert_true(device_kernel_seconds(devices[i], KERNEL_net_nodes) == 0);
    buffer_close(one);
    buffer_close(sum);
  }
}

static void a_buffer_may_be_closed_while_a_kernel_uses_it(void **state) {
  double zeros[COLUMN_PADDING] = {0};
  const size_t items[2] = {COLUMN_PADDING, 1};
  for (int k = 0; k < 100; k++) {
    device_buffer *buffer;
    assert_int_equal(buffer_make(devices[1], sizeof zeros, zeros, &buffer, NULL), SG_OK);
    const kernel_argument arguments[] = {ARG_UINT(COLUMN_PADDING), ARG_UINT(PROBE_EXP), ARG_BUFFER(buffer),
                                         ARG_BUFFER(buffer),       ARG_BUFFER(buffer),  ARG_BUFFER(buffer)};
    assert_int_equal(device_launch(devices[1], KERNEL_probe_math, arguments, 6, items, NULL), SG_OK);
    buffer_close(buffer);
  }
  assert_int_equal(device_finish(devices[1], NULL), SG_OK);
}

static void a_wrong_number_of_arguments_is_a_bug_not_a_crash(void **state) {
  sg_error *error = sg_error_open();
  const kernel_argument arguments[] = {ARG_UINT(1)};
  const size_t items[2] = {1, 1};
  for (int i = 0; i < 2; i++) {
    sg_error_clear(error);
    assert_int_equal(device_launch(devices[i], KERNEL_net_nodes, arguments, 1, items, error), SG_BUG);
    assert_string_equal(sg_error_get(error, 0).message, "kernel net_nodes takes 9 arguments, not 1");
  }
  sg_error_close(error);
}

static void no_work_items_launch_nothing(void **state) {
  const size_t items[2] = {0, 5};
  for (int i = 0; i < 2; i++) {
    assert_int_equal(device_launch(devices[i], KERNEL_net_nodes, NULL, 0, items, NULL), SG_OK);
  }
}

static void the_float_mode_is_set_and_put_back(void **state) {
  volatile double one = 1, least = 0x1p-1074;
  assert_int_equal(fesetround(FE_UPWARD), 0);
#if defined(__SSE2__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); /* flush to zero, denormals are zero */
  assert_true(least * 2 == 0);
#endif
  float_mode before = float_mode_enter();
  volatile double sum = one + 0x1p-60, twice = least * 2;
  float_mode_leave(before);
  volatile double sum_after = one + 0x1p-60;
#if defined(__SSE2__)
  volatile double twice_after = least * 2;
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() & ~0x8040u);
  assert_true(twice_after == 0);
#endif
  assert_int_equal(fesetround(FE_TONEAREST), 0);
  assert_true(sum == 1);
  assert_true(twice == 0x1p-1073);
  assert_true(sum_after == 1 + 0x1p-52);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_buffer_gives_back_what_was_written_at_any_offset),
      cmocka_unit_test(a_buffer_without_contents_is_zero_touched_or_not),
      cmocka_unit_test(a_buffer_over_memory_holds_what_it_holds),
      cmocka_unit_test(an_empty_buffer_can_be_made_read_and_written),
      cmocka_unit_test(a_buffer_that_is_too_large_is_refused_with_both_sizes),
      cmocka_unit_test(launches_run_in_order_and_their_times_add_up),
      cmocka_unit_test(a_buffer_may_be_closed_while_a_kernel_uses_it),
      cmocka_unit_test(a_wrong_number_of_arguments_is_a_bug_not_a_crash),
      cmocka_unit_test(no_work_items_launch_nothing),
      cmocka_unit_test(the_float_mode_is_set_and_put_back),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
