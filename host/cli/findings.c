/* SPDX-License-Identifier: MIT
 *
 * What the library found, for people and editors: `file:line:column: message`.
 */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *exit_code_text(sg_status status) {
#define FINDINGS_CODE(code, meaning) \
  if ((int)status == (code)) {       \
    return meaning;                  \
  }
  EXIT_CODES(FINDINGS_CODE)
#undef FINDINGS_CODE
  return "an unknown status";
}

sg_status usage_fail(const char *command_name, const char *format, ...) {
  const char *blank = command_name == NULL ? "" : " ";
  const char *name = command_name == NULL ? "" : command_name;
  va_list arguments;
  fprintf(stderr, "shockgrid%s%s: ", blank, name);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\ntry 'shockgrid%s%s --help'\n", blank, name);
  return SG_USAGE;
}

static void print_finding(const sg_finding *finding) {
  fputs(finding->file == NULL ? "shockgrid" : finding->file, stderr);
  if (finding->line > 0) {
    fprintf(stderr, ":%llu", (unsigned long long)finding->line);
  }
  if (finding->column > 0) {
    fprintf(stderr, ":%llu", (unsigned long long)finding->column);
  }
  fprintf(stderr, ": %s\n", finding->message);
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Distinct files; 0 when a finding names none, or when there is no memory to count them. */
static size_t count_files(const sg_error *error) {
  size_t n = sg_error_count(error), n_named = 0, n_files = 0;
  const char **names = calloc(n, sizeof *names);
  for (size_t i = 0; names != NULL && i < n; i++) {
    const char *file = sg_error_get(error, i).file;
    if (file != NULL) {
      names[n_named++] = file;
    }
  }
  if (n_named > 0) {
    qsort(names, n_named, sizeof *names, compare_names);
  }
  for (size_t i = 0; n_named == n && i < n_named; i++) {
    n_files += i == 0 || strcmp(names[i], names[i - 1]) != 0;
  }
  free(names);
  return n_files;
}

void findings_print(sg_status status, const sg_error *error, const char *consequence) {
  size_t n = sg_error_count(error);
  if (n == 0 && status != SG_OK) {
    fprintf(stderr, "shockgrid: %s\n", exit_code_text(status));
  }
  for (size_t i = 0; i < n; i++) {
    sg_finding finding = sg_error_get(error, i);
    print_finding(&finding);
  }
  if (n < 2) {
    return;
  }
  size_t n_files = count_files(error);
  fprintf(stderr, "%zu problems", n);
  if (n_files > 0) {
    fprintf(stderr, " in %zu file%s", n_files, n_files == 1 ? "" : "s");
  }
  fprintf(stderr, "%s%s\n", consequence == NULL ? "" : "; ", consequence == NULL ? "" : consequence);
}
