/* SPDX-License-Identifier: MIT
 *
 * Files that are written while the run goes on: the bytes of those written at the end, or nothing, or the same refusal.
 */
#include "unit/report_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "report/report.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { N_LINES = (1 << 16) + 4000, AHEAD = N_LINES - 4000 };
static char root[] = "/tmp/shockgrid-ahead-XXXXXX";
static line lines[N_LINES], *blocks[] = {lines, lines + LINES_TOGETHER};

static const char *in_work(const char *name) {
  static char path[2][64];
  static int which;
  which = 1 - which;
  snprintf(path[which], sizeof path[which], "%s/%s", root, name);
  return path[which];
}

static int make_root(void **state) {
  (void)state;
  signal(SIGXFSZ, SIG_IGN);
  return mkdtemp(root) == NULL;
}

static int remove_root(void **state) {
  (void)state;
  return rmdir(root);
}

static result large_result(void) {
  result run = sample_result();
  for (size_t i = 0; i < N_LINES; i++) {
    lines[i] = *result_line(&run, i % run.n_lines);
  }
  run.lines = blocks;
  run.n_lines = N_LINES;
  return run;
}

static void assert_nothing_in_work(void) {
  DIR *listing = opendir(root);
  assert_non_null(listing);
  for (const struct dirent *item; (item = readdir(listing)) != NULL;) {
    assert_int_equal(item->d_name[0], '.');
    assert_true(strlen(item->d_name) <= 2);
  }
  closedir(listing);
}

static void remove_folder(const char *path) {
  result_remove_files(path);
  assert_int_equal(rmdir(path), 0);
}

static void files_written_ahead_have_the_bytes_of_those_written_at_the_end(void **state) {
  (void)state;
  static const char *const names[] = {"margins.csv", "lines.csv", "scenarios.csv", "quality.csv", "scenario_pnl.csv"};
  result run = large_result();
  char ahead[64], after[64];
  strcpy(ahead, in_work("ahead"));
  strcpy(after, in_work("after"));
  assert_int_equal(result_write_files(&run, after, NULL), SG_OK);
  result_files *begun = result_files_begin(&run, ahead, AHEAD);
  assert_non_null(begun);
  assert_true(result_files_are_of(begun, ahead) && !result_files_are_of(begun, after));
  assert_int_not_equal(access(ahead, F_OK), 0); /* not seen before the end */
  for (size_t n = AHEAD; n < N_LINES; n++) {
    result_files_go_on(begun, n, FILES_SOME_LINES);
  }
  result_files_go_on(begun, N_LINES, FILES_LINES);
  result_files_go_on(begun, N_LINES, FILES_ALL);
  assert_int_equal(result_files_finish(begun, NULL), SG_OK);
  result_files_close(begun);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    file_text text[2];
    char path[2][128];
    for (int j = 0; j < 2; j++) {
      snprintf(path[j], sizeof path[j], "%s/%s", j == 0 ? ahead : after, names[i]);
      assert_int_equal(file_load(path[j], SIZE_MAX, &text[j], NULL), SG_OK);
    }
    assert_int_equal(text[0].size_bytes, text[1].size_bytes);
    assert_memory_equal(text[0].digest, text[1].digest, sizeof text[0].digest);
    file_close(&text[0]);
    file_close(&text[1]);
  }
  manifest read;
  assert_int_equal(manifest_read(ahead, &read, NULL), SG_OK); /* and vouches for them */
  manifest_close(&read);
  remove_folder(ahead);
  remove_folder(after);
}

static void files_that_are_given_up_leave_nothing(void **state) {
  (void)state;
  result run = large_result();
  result_files *begun = result_files_begin(&run, in_work("given-up"), N_LINES);
  assert_non_null(begun);
  result_files_close(begun);
  assert_nothing_in_work();
  begun = result_files_begin(&run, in_work("given-up"), N_LINES);
  result_files_go_on(begun, N_LINES, FILES_ALL);
  result_files_close(begun);
  assert_nothing_in_work();
}

static void few_lines_wait_for_the_end(void **state) {
  (void)state;
  result run = sample_result();
  assert_null(result_files_begin(&run, in_work("few"), run.n_lines));
  assert_nothing_in_work();
}

/* The finding of files written ahead, and of files written at the end. */
static void assert_refused(const char *path, const char *message) {
  result run = large_result();
  for (int ahead = 0; ahead < 2; ahead++) {
    sg_error *error = sg_error_open();
    result_files *begun = ahead ? result_files_begin(&run, path, N_LINES) : NULL;
    assert_int_equal(ahead ? result_files_finish(begun, error) : result_write_files(&run, path, error), SG_IO);
    result_files_close(begun);
    assert_int_equal(sg_error_count(error), 1);
    assert_string_equal(sg_error_get(error, 0).message, message);
    sg_error_close(error);
  }
}

static void what_cannot_be_written_is_told_at_the_end(void **state) {
  (void)state;
  struct rlimit before, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 1 << 20;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  assert_refused(in_work("too-large"), "cannot be written: File too large");
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_nothing_in_work();
  fclose(fopen(in_work("file"), "w"));
  assert_refused(in_work("file"), "exists and is not a folder");
  unlink(in_work("file"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_written_ahead_have_the_bytes_of_those_written_at_the_end),
      cmocka_unit_test(files_that_are_given_up_leave_nothing),
      cmocka_unit_test(few_lines_wait_for_the_end),
      cmocka_unit_test(what_cannot_be_written_is_told_at_the_end),
  };
  return cmocka_run_group_tests(tests, make_root, remove_root);
}
