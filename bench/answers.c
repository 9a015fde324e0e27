/* SPDX-License-Identifier: MIT
 *
 * Both files are read, sorted by account and walked side by side.
 */
#include "bench/answers.h"

#include "base/file.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct answer {
  const char *account;
  double initial;
} answer;

typedef struct answers {
  file_text text;
  answer *rows;
  size_t n;
} answers;

/* Index of a name in a comma-separated line; -1: none. */
static int find_column(const char *line, const char *name) {
  size_t length = strlen(name);
  for (int i = 0;; i++) {
    size_t field = strcspn(line, ",\n");
    if (field == length && strncmp(line, name, length) == 0) {
      return i;
    }
    if (line[field] != ',') {
      return -1;
    }
    line += field + 1;
  }
}

static int by_account(const void *left, const void *right) {
  return strcmp(((const answer *)left)->account, ((const answer *)right)->account);
}

static sg_status fail(const char *path, const char *what, sg_error *error) {
  return error_fail(error, SG_INPUT, "%s: %s", path, what);
}

/* Ids without commas and quotes, as generated books have them. */
static sg_status read_answers(const char *path, answers *made, sg_error *error) {
  TRY(file_load(path, (size_t)1 << 34, &made->text, error));
  char *at = made->text.text;
  size_t n_lines = 0;
  for (const char *c = at; (c = strchr(c, '\n')) != NULL; c++) {
    n_lines++;
  }
  made->rows = calloc(n_lines + 1, sizeof *made->rows);
  int c_account = find_column(at, "account"), c_initial = find_column(at, "initial");
  if (made->rows == NULL) {
    return error_out_of_memory(error);
  }
  if (c_account < 0 || c_initial < 0) {
    return fail(path, "no columns account and initial", error);
  }
  strsep(&at, "\n");
  for (char *line; made->n + 1 < n_lines && (line = strsep(&at, "\n")) != NULL; made->n++) {
    int i = 0;
    for (char *field; (field = strsep(&line, ",")) != NULL; i++) {
      if (i == c_account) {
        made->rows[made->n].account = field;
      } else if (i == c_initial) {
        made->rows[made->n].initial = strtod(field, NULL);
      }
    }
    if (i <= c_account || i <= c_initial) {
      return fail(path, "a row is too short", error);
    }
  }
  qsort(made->rows, made->n, sizeof *made->rows, by_account);
  return SG_OK;
}

static void close_answers(answers *of) {
  free(of->rows);
  file_close(&of->text);
}

sg_status answers_compare(const char *path_a, const char *path_b, double *difference, sg_error *error) {
  answers a = {0}, b = {0};
  *difference = NAN;
  sg_status status = read_answers(path_a, &a, error);
  if (status == SG_OK) {
    status = read_answers(path_b, &b, error);
  }
  if (status == SG_OK && (a.n != b.n || a.n == 0)) {
    status = fail(path_b, "another number of accounts", error);
  }
  double largest = 0.0;
  for (size_t i = 0; status == SG_OK && i < a.n; i++) {
    assert(a.rows[i].account != NULL && b.rows[i].account != NULL);
    double size = fabs(a.rows[i].initial) > 1.0 ? fabs(a.rows[i].initial) : 1.0;
    double apart = fabs(a.rows[i].initial - b.rows[i].initial) / size;
    largest = apart <= largest ? largest : apart; /* NaN stays */
    if (strcmp(a.rows[i].account, b.rows[i].account) != 0) {
      status = fail(path_b, "another account", error);
    }
  }
  *difference = status == SG_OK ? largest : NAN;
  close_answers(&a);
  close_answers(&b);
  return status;
}
