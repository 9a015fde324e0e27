/* SPDX-License-Identifier: MIT
 *
 * Every case of tests/golden/quality/cases.txt: the sound book, edited, gives exactly the findings that the case lists,
 * and nothing is found in the sound book itself.
 *
 *     = what is planted                     ends the case before
 *     ~ FILE: OLD => NEW                    replaces the first OLD of the book; `previous/FILE` of the book before
 *     + FILE: LINE                          adds a line
 *     ! FILE:LINE KIND                      a finding
 */
#include "base/error.h"
#include "base/file.h"
#include "data/quality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER SOURCE_DIR "/tests/golden/quality/"
enum { N_FILES = 7, TEXT_BYTES = 8192, EXPECTED_BYTES = 4096 };
static const char *const names[N_FILES] = {"book.yaml",       "underlyings.csv", "fx.csv",    "forwards.csv",
                                           "instruments.csv", "positions.csv",   "assets.csv"};

typedef struct book_text {
  char text[N_FILES][TEXT_BYTES];
} book_text;

static book_text sound, previous;

static void read_text(const char *path, char *to, size_t size) {
  FILE *stream = fopen(path, "r");
  if (stream == NULL) {
    fail_msg("%s cannot be read", path);
  }
  size_t n = fread(to, 1, size - 1, stream);
  to[n] = '\0';
  assert_true(n < size - 1);
  fclose(stream);
}

static int read_books(void **state) {
  for (int i = 0; i < N_FILES; i++) {
    char path[512];
    snprintf(path, sizeof path, FOLDER "sound/%s", names[i]);
    read_text(path, sound.text[i], TEXT_BYTES);
    snprintf(path, sizeof path, FOLDER "previous/%s", names[i]);
    read_text(path, previous.text[i], TEXT_BYTES);
  }
  return 0;
}

static sg_book *load(const book_text *of, const char *name) {
  sg_named_text files[N_FILES];
  sg_error *error = sg_error_open();
  sg_book *made;
  for (int i = 0; i < N_FILES; i++) {
    files[i] = (sg_named_text){names[i], of->text[i], strlen(of->text[i])};
  }
  if (sg_book_from_texts(files, N_FILES, &made, error) != SG_OK) {
    sg_finding found = sg_error_get(error, 0);
    fail_msg("%s: %s:%llu: %s", name, found.file, (unsigned long long)found.line, found.message);
  }
  sg_error_close(error);
  return made;
}

static int by_text(const void *left, const void *right) { return strcmp(left, right); }

/* "FILE:LINE KIND\n" of every finding, sorted. */
static void list_findings(const sg_quality *of, char *list) {
  enum { ROW_BYTES = 96, ROWS = 200 };
  static char rows[ROWS][ROW_BYTES];
  size_t n = sg_quality_count(of);
  assert_true(n <= ROWS);
  for (size_t i = 0; i < n; i++) {
    sg_quality_finding found = sg_quality_get(of, i);
    snprintf(rows[i], ROW_BYTES, "%s:%llu %s\n", found.file, (unsigned long long)found.line, found.kind);
    assert_non_null(strstr(found.message, found.id));
  }
  qsort(rows, n, ROW_BYTES, by_text);
  list[0] = '\0';
  for (size_t i = 0; i < n; i++) {
    strcat(list, rows[i]);
  }
}

typedef struct planted {
  char name[160];
  book_text now, before;
  char expected[100][96];
  size_t n_expected;
} planted;

static bool met[N_QUALITY_KINDS];
static size_t n_cases;

static void finish(planted *of) {
  char found[EXPECTED_BYTES], expected[EXPECTED_BYTES] = "";
  if (of->name[0] == '\0') {
    return;
  }
  sg_book *now = load(&of->now, of->name), *before = load(&of->before, of->name);
  sg_quality *quality;
  assert_int_equal(sg_check(now, NULL, before, &quality, NULL), SG_OK);
  list_findings(quality, found);
  qsort(of->expected, of->n_expected, sizeof *of->expected, by_text);
  for (size_t i = 0; i < of->n_expected; i++) {
    quality_kind kind;
    strcat(expected, of->expected[i]);
    of->expected[i][strlen(of->expected[i]) - 1] = '\0';
    assert_true(quality_kind_find(strchr(of->expected[i], ' ') + 1, &kind));
    met[kind] = true;
  }
  if (strcmp(found, expected) != 0) {
    for (size_t i = 0; i < sg_quality_count(quality); i++) {
      sg_quality_finding each = sg_quality_get(quality, i);
      print_error("%s:%llu: %s [%s]\n", each.file, (unsigned long long)each.line, each.message, each.kind);
    }
    fail_msg("%s\nexpected:\n%sfound:\n%s", of->name, expected, found);
  }
  sg_quality_close(quality);
  sg_book_close(now);
  sg_book_close(before);
  n_cases++;
}

static char *find_text(planted *of, const char *file) {
  book_text *in = strncmp(file, "previous/", 9) == 0 ? &of->before : &of->now;
  const char *name = in == &of->before ? file + 9 : file;
  for (int i = 0; i < N_FILES; i++) {
    if (strcmp(names[i], name) == 0) {
      return in->text[i];
    }
  }
  fail_msg("%s: no file %s", of->name, file);
  return NULL;
}

static void edit(planted *of, char *rule) {
  char *colon = strstr(rule, ": "), *arrow = strstr(rule, " => ");
  *colon = '\0';
  char *text = find_text(of, rule), *old = colon + 2, rest[TEXT_BYTES];
  if (arrow == NULL) { /* a line to add */
    strcat(strcat(text, old), "\n");
    return;
  }
  *arrow = '\0';
  char *at = strstr(text, old);
  if (at == NULL) {
    fail_msg("%s: \"%s\" is not in %s", of->name, old, rule);
  } else {
    strcpy(rest, at + strlen(old));
    strcpy(at, arrow + 4);
    strcat(text, rest);
  }
}

static void every_planted_fault_is_found(void **state) {
  static planted at;
  char line[512];
  FILE *stream = fopen(FOLDER "cases.txt", "r");
  assert_non_null(stream);
  while (fgets(line, sizeof line, stream) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '=') {
      finish(&at);
      at = (planted){.now = sound, .before = previous};
      snprintf(at.name, sizeof at.name, "%.150s", line + 2);
    } else if (line[0] == '~' || line[0] == '+') {
      edit(&at, line + 2);
    } else if (line[0] == '!') {
      assert_true(at.n_expected < 100);
      snprintf(at.expected[at.n_expected++], sizeof *at.expected, "%.90s\n", line + 2);
    }
  }
  finish(&at);
  fclose(stream);
  for (int k = 0; k < N_QUALITY_KINDS; k++) {
    if (!met[k]) {
      fail_msg("no case plants %s", quality_kind_get((quality_kind)k)->name);
    }
  }
  print_message("%zu planted faults\n", n_cases);
}

static void the_sound_book_has_nothing_to_question(void **state) {
  sg_book *now = load(&sound, "sound"), *before = load(&previous, "previous");
  sg_quality *quality;
  assert_int_equal(sg_check(now, NULL, before, &quality, NULL), SG_OK);
  assert_int_equal(sg_quality_count(quality), 0);
  sg_quality_close(quality);
  sg_book_close(now);
  sg_book_close(before);
}

/* 86 to 100 is a move of 16.3 %: within the limit of 20 %, but beyond the 16 % of the grid. */
static void a_model_judges_moves_by_its_own_range(void **state) {
  static planted at;
  at = (planted){.name = "range", .now = sound, .before = previous};
  char rule[] = "previous/underlyings.csv: ACME,USD,98 => ACME,USD,86", found[EXPECTED_BYTES];
  edit(&at, rule);
  sg_book *now = load(&at.now, at.name), *before = load(&at.before, at.name);
  sg_model *model;
  sg_quality *quality;
  assert_int_equal(sg_model_load("spot-vol-grid", NULL, 0, &model, NULL), SG_OK);
  for (int under_model = 0; under_model < 2; under_model++) {
    assert_int_equal(sg_check(now, under_model ? model : NULL, before, &quality, NULL), SG_OK);
    list_findings(quality, found);
    assert_string_equal(found, under_model ? "underlyings.csv:2 move_price\n" : "");
    sg_quality_close(quality);
  }
  sg_model_close(model);
  sg_book_close(now);
  sg_book_close(before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sound_book_has_nothing_to_question),
      cmocka_unit_test(every_planted_fault_is_found),
      cmocka_unit_test(a_model_judges_moves_by_its_own_range),
  };
  return cmocka_run_group_tests_name("all_quality", tests, read_books, NULL);
}
