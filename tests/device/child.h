/* SPDX-License-Identifier: MIT
 *
 * Opens devices in child processes, because an OpenCL loader reads its environment once, and changes kernels.
 */
#ifndef TESTS_DEVICE_CHILD_H
#define TESTS_DEVICE_CHILD_H

#include "device/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT_BYTES = 16384 };

/* What a process found: the status, the name and self-test of the opened device, and all findings, a line each. */
typedef struct outcome {
  int status;
  char text[TEXT_BYTES];
} outcome;

static inline void report(int to, const device *opened, const sg_error *error) {
  FILE *stream = fdopen(to, "w");
  if (opened) {
    const device_traits *traits = device_get_traits(opened);
    fprintf(stream, "%s, self-test %s, lanes %u\n", traits->type, traits->self_test, traits->lanes);
  }
  for (size_t i = 0; i < sg_error_count(error); i++) {
    sg_finding finding = sg_error_get(error, i);
    fprintf(stream, "%s%s%s\n", finding.file ? finding.file : "", finding.file ? ": " : "", finding.message);
  }
  fclose(stream);
}

/* Opens `choice` in a child in which each NAME=VALUE of `environment` (at most two, NULL: none) is set. */
static inline void open_in_child(const char *choice, const sg_device_options *options, const char *first,
                                 const char *second, outcome *found) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    sg_error *error = sg_error_open();
    device *opened;
    close(ends[0]);
    unsetenv("SHOCKGRID_DEVICE");
    unsetenv("SHOCKGRID_KERNELS");
    if (first) {
      putenv((char *)(uintptr_t)first);
    }
    if (second) {
      putenv((char *)(uintptr_t)second);
    }
    sg_status status = device_open(choice, options, &opened, error);
    report(ends[1], opened, error);
    device_close(opened);
    sg_error_close(error);
    _exit((int)status);
  }
  close(ends[1]);
  size_t n = 0;
  ssize_t got;
  while (n + 1 < TEXT_BYTES && (got = read(ends[0], found->text + n, TEXT_BYTES - 1 - n)) > 0) {
    n += (size_t)got;
  }
  found->text[n] = 0;
  close(ends[0]);
  int code;
  assert_int_equal(waitpid(child, &code, 0), child);
  assert_true(WIFEXITED(code));
  found->status = WEXITSTATUS(code);
}

static inline void assert_contains(const char *text, const char *part) {
  if (!strstr(text, part)) {
    print_error("\"%s\" is not in:\n%s\n", part, text);
    fail();
  }
}

static inline void assert_opens(const char *choice, const char *first, const char *second, const char *expected) {
  outcome found;
  open_in_child(choice, NULL, first, second, &found);
  if (found.status != SG_OK || strncmp(found.text, expected, strlen(expected)) != 0) {
    print_error("%s: status %d, expected %s, got:\n%s\n", choice ? choice : "NULL", found.status, expected, found.text);
    fail();
  }
}

static inline void assert_refuses(const char *choice, const char *environment, sg_status status,
                                  const char *const *parts) {
  outcome found;
  open_in_child(choice, NULL, environment, NULL, &found);
  if (found.status != (int)status) {
    print_error("%s: status %d:\n%s\n", choice, found.status, found.text);
    fail();
  }
  for (; *parts; parts++) {
    assert_contains(found.text, *parts);
  }
}
#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A copy of the kernels in which `from` is `to` in one file; returns `SHOCKGRID_KERNELS=FOLDER`. */
static inline char *kernels_change(const char *file, const char *from, const char *to) {
  static char variable[256];
  char command[1024], folder[] = "/tmp/shockgrid-kernels-XXXXXX";
  assert_non_null(mkdtemp(folder));
  snprintf(command, sizeof command, "cp '" SOURCE_DIR "'/kernels/* %s/ && sed -i 's|%s|%s|' %s/%s && "
           "! cmp -s '" SOURCE_DIR "'/kernels/%s %s/%s", folder, from, to, folder, file, file, folder, file);
  assert_int_equal(system(command), 0);
  snprintf(variable, sizeof variable, "SHOCKGRID_KERNELS=%s", folder);
  return variable;
}

static inline void kernels_remove(const char *variable) {
  char command[300];
  snprintf(command, sizeof command, "rm -r %s", strchr(variable, '=') + 1);
  assert_int_equal(system(command), 0);
}

#endif
