/* SPDX-License-Identifier: MIT
 *
 * Runs the cases of tests/golden/bad_models: each extends good.yaml there and breaks something. A case is
 *     === what is wrong [--set NAME=VALUE]...
 *     the text of model.yaml (\xff stands for that byte)
 *     >>>
 *     [FILE:]LINE:[COLUMN:] message, one line for each finding in order; "usage: --set ...: message" for settings
 */
#include "rules/model.h"

#include "base/file.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT_BYTES = 1 << 16, SETTINGS = 8, FILES = 64 };

static char folder[] = "/tmp/shockgrid-bad-models-XXXXXX";
static size_t n_cases;

static void write_file(const char *name, const char *text, size_t size_bytes) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(text, 1, size_bytes, stream), size_bytes);
  assert_int_equal(fclose(stream), 0);
}

static size_t put_bytes(char *text, size_t size_bytes) {
  size_t n = 0;
  for (size_t i = 0; i < size_bytes; i++) {
    if (size_bytes - i >= 4 && memcmp(text + i, "\\xff", 4) == 0) {
      text[n++] = (char)0xff;
      i += 3;
    } else {
      text[n++] = text[i];
    }
  }
  return n;
}

/* As the case writes it: without the folder, and without the name of the broken file itself. */
static void print_finding(char **to, char *end, sg_finding found) {
  const char *file = found.file ? found.file : "";
  if (strncmp(file, folder, strlen(folder)) == 0) {
    file += strlen(folder) + 1;
  }
  file = strcmp(file, "model.yaml") == 0 ? "" : file;
  const char *usage = found.status == SG_USAGE ? "usage: " : "";
  *to += snprintf(*to, (size_t)(end - *to), "%s%s%s", usage, file, *file ? ":" : "");
  if (found.line > 0) {
    *to += snprintf(*to, (size_t)(end - *to), "%llu:", (unsigned long long)found.line);
  }
  if (found.column > 0) {
    *to += snprintf(*to, (size_t)(end - *to), "%llu:", (unsigned long long)found.column);
  }
  *to += snprintf(*to, (size_t)(end - *to), " %s\n", found.message);
}

static void run_case(char *name, char *text, size_t size_bytes, const char *expected, size_t expected_bytes) {
  const char *settings[SETTINGS];
  size_t n_settings = 0;
  for (char *at = strstr(name, " --set "); at && n_settings < SETTINGS; at = strstr(at + 1, " --set ")) {
    *at = '\0';
    settings[n_settings++] = at + strlen(" --set ");
  }
  write_file("model.yaml", text, put_bytes(text, size_bytes));
  char path[256], got[TEXT_BYTES] = "", *end = got;
  snprintf(path, sizeof path, "%s/model.yaml", folder);
  sg_error *error = sg_error_open();
  model *read = NULL;
  sg_status status = model_read(path, settings, n_settings, &read, error);
  for (size_t i = 0; i < sg_error_count(error); i++) {
    print_finding(&end, got + sizeof got, sg_error_get(error, i));
  }
  sg_status first = sg_error_count(error) > 0 ? sg_error_get(error, 0).status : SG_OK;
  if (read || status != first || strlen(got) != expected_bytes || memcmp(got, expected, expected_bytes) != 0) {
    fail_msg("%s\nexpected\n%.*sgot (status %d)\n%s", name, (int)expected_bytes, expected, (int)status, got);
  }
  sg_error_close(error);
  n_cases++;
}

static void run_file(void **state) {
  file_text cases = {0};
  assert_int_equal(file_load(*state, TEXT_BYTES, &cases, NULL), SG_OK);
  char *at = cases.text;
  while (*at) {
    assert_int_equal(strncmp(at, "=== ", 4), 0);
    char *name = at + 4, *text = strchr(name, '\n') + 1, *next = strstr(text, "\n=== ");
    char *expected = strncmp(text, ">>>\n", 4) == 0 ? text : strstr(text, "\n>>>\n") + 1;
    text[-1] = '\0';
    char *stop = next ? next + 1 : cases.text + cases.size_bytes;
    run_case(name, text, (size_t)(expected - text), expected + 4, (size_t)(stop - expected - 4));
    at = stop;
  }
  file_close(&cases);
}

static void good_model_is_good(void **state) {
  sg_error *error = sg_error_open();
  model *read = NULL;
  assert_int_equal(model_read(SOURCE_DIR "/tests/golden/bad_models/good.yaml", NULL, 0, &read, error), SG_OK);
  assert_int_equal(sg_error_count(error), 0);
  model_close(read);
  sg_error_close(error);
}

static void many_cases_ran(void **state) { assert_in_range(n_cases, 85, 10000); }

int main(void) {
  glob_t found;
  file_text good = {0};
  if (!mkdtemp(folder) || glob(SOURCE_DIR "/tests/golden/bad_models/*.txt", 0, NULL, &found) != 0 ||
      found.gl_pathc > FILES || file_load(SOURCE_DIR "/tests/golden/bad_models/good.yaml", TEXT_BYTES, &good, NULL)) {
    return 1;
  }
  write_file("good.yaml", good.text, good.size_bytes);
  file_close(&good);
  struct CMUnitTest tests[FILES + 2] = {cmocka_unit_test(good_model_is_good)};
  for (size_t i = 0; i < found.gl_pathc; i++) {
    const char *name = strrchr(found.gl_pathv[i], '/') + 1;
    tests[1 + i] = (struct CMUnitTest){name, run_file, NULL, NULL, found.gl_pathv[i]};
  }
  tests[1 + found.gl_pathc] = (struct CMUnitTest)cmocka_unit_test(many_cases_ran);
  int failed = _cmocka_run_group_tests("rules_bad_models", tests, found.gl_pathc + 2, NULL, NULL);
  const char *names[] = {"good.yaml", "model.yaml"};
  for (size_t i = 0; i < 2; i++) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    unlink(path);
  }
  rmdir(folder);
  globfree(&found);
  return failed;
}
