/* SPDX-License-Identifier: MIT
 *
 * A folder of a test program's own: folder_open and folder_close are its group's set-up and tear-down.
 */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char root[] = "/tmp/shockgrid-test-XXXXXX";

static inline int folder_open(void **state) { return mkdtemp(root) == NULL; }

static inline int folder_close(void **state) {
  char command[sizeof root + 10];
  snprintf(command, sizeof command, "rm -rf %s", root);
  return system(command);
}

/* Good until it was asked eight times more. */
static inline const char *path_of(const char *name) {
  static char path[8][256];
  static unsigned next;
  char *at = path[next++ % 8];
  snprintf(at, sizeof path[0], "%s/%s", root, name);
  return at;
}

static inline const char *write_text(const char *name, const char *text) {
  const char *path = path_of(name);
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  fputs(text, stream);
  assert_int_equal(fclose(stream), 0);
  return path;
}

/* Fails unless a file holds this text. */
static inline void assert_content(const char *name, const char *expected) {
  char *text = NULL;
  size_t size_bytes = 0;
  FILE *stream = fopen(path_of(name), "r");
  assert_non_null(stream);
  if (getdelim(&text, &size_bytes, '\0', stream) < 0) {
    text[0] = '\0';
  }
  assert_string_equal(text, expected);
  free(text);
  fclose(stream);
}

#endif
