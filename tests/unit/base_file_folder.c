/* SPDX-License-Identifier: MIT
 *
 * Folders that appear complete or not at all.
 */
#include "base/file.h"
#include "test_folder.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const owned[] = {"margins.csv", "lines.csv", "manifest.json", NULL};

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder, sorted, each followed by a space; hidden ones too. */
static const char *listing_of(const char *path) {
  static char text[1000];
  char *names[50] = {NULL};
  size_t n = 0;
  DIR *listing = opendir(path);
  assert_non_null(listing);
  for (const struct dirent *item; (item = readdir(listing)) != NULL;) {
    if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0) {
      names[n++] = strdup(item->d_name);
    }
  }
  closedir(listing);
  qsort(names, n, sizeof *names, compare_texts);
  text[0] = '\0';
  for (size_t i = 0; i < n; i++) {
    strcat(strcat(text, names[i]), " ");
    free(names[i]);
  }
  return text;
}

static void add_text(file_folder *folder, const char *name, const char *text) {
  FILE *stream = NULL;
  assert_int_equal(file_folder_add(folder, name, &stream, NULL), SG_OK);
  fputs(text, stream);
}

static void a_new_folder_appears_on_commit_only(void **state) {
  file_folder *folder = NULL;
  assert_int_equal(file_folder_open(path_of("new/"), owned, &folder, NULL), SG_OK);
  add_text(folder, "margins.csv", "one\n");
  add_text(folder, "manifest.json", "{}\n");
  assert_int_not_equal(access(path_of("new"), F_OK), 0);
  assert_int_equal(file_folder_commit(folder, NULL), SG_OK);
  file_folder_close(folder);
  assert_string_equal(listing_of(path_of("new")), "manifest.json margins.csv ");
  assert_content("new/margins.csv", "one\n");
  assert_string_equal(listing_of(root), "new ");
}

static void without_commit_nothing_remains(void **state) {
  file_folder *folder = NULL;
  assert_int_equal(file_folder_open(path_of("gone"), owned, &folder, NULL), SG_OK);
  add_text(folder, "margins.csv", "one\n");
  file_folder_close(folder);
  assert_int_equal(file_folder_open(path_of("new"), owned, &folder, NULL), SG_OK);
  add_text(folder, "margins.csv", "two\n");
  file_folder_close(folder);
  file_folder_close(NULL);
  assert_string_equal(listing_of(root), "new ");
  assert_string_equal(listing_of(path_of("new")), "manifest.json margins.csv ");
  assert_content("new/margins.csv", "one\n");
}

static void an_earlier_result_is_replaced_as_a_set_and_other_files_stay(void **state) {
  file_folder *folder = NULL;
  write_text("new/notes.txt", "mine\n");
  assert_int_equal(file_folder_open(path_of("new"), owned, &folder, NULL), SG_OK);
  add_text(folder, "manifest.json", "{2}\n");
  add_text(folder, "lines.csv", "two\n");
  assert_int_equal(file_folder_commit(folder, NULL), SG_OK);
  file_folder_close(folder);
  assert_string_equal(listing_of(path_of("new")), "lines.csv manifest.json notes.txt ");
  assert_content("new/lines.csv", "two\n");
  assert_content("new/manifest.json", "{2}\n");
  assert_content("new/notes.txt", "mine\n");
}

static void a_file_that_is_not_ours_is_never_overwritten(void **state) {
  file_folder *folder = NULL;
  sg_error *error = sg_error_open();
  assert_int_equal(file_folder_open(path_of("new"), owned, &folder, NULL), SG_OK);
  add_text(folder, "lines.csv", "three\n");
  add_text(folder, "notes.txt", "theirs\n");
  assert_int_equal(file_folder_commit(folder, error), SG_IO);
  assert_string_equal(sg_error_get(error, 0).message, "already holds another file named notes.txt");
  sg_error_close(error);
  file_folder_close(folder);
  assert_string_equal(listing_of(path_of("new")), "lines.csv manifest.json notes.txt ");
  assert_content("new/lines.csv", "two\n");
  assert_content("new/notes.txt", "mine\n");
}

static void a_failure_half_way_puts_the_old_files_back(void **state) {
  static const char *const broken[] = {"lines.csv", "manifest.json", "sub/none", NULL};
  file_folder *folder = NULL;
  sg_error *error = sg_error_open();
  write_text("new/sub", "a file\n"); /* so new/sub/none cannot be moved out: not a directory */
  assert_int_equal(file_folder_open(path_of("new"), broken, &folder, NULL), SG_OK);
  add_text(folder, "lines.csv", "four\n");
  assert_int_equal(file_folder_commit(folder, error), SG_IO);
  assert_int_equal(sg_error_count(error), 1);
  sg_error_close(error);
  file_folder_close(folder);
  assert_string_equal(listing_of(path_of("new")), "lines.csv manifest.json notes.txt sub ");
  assert_content("new/lines.csv", "two\n");
  assert_content("new/manifest.json", "{2}\n");
}

static void old_files_that_cannot_be_put_back_are_kept_and_told(void **state) {
  file_folder *folder = NULL;
  sg_error *error = sg_error_open();
  write_text("new/margins.csv", "old\n");
  assert_int_equal(file_folder_open(path_of("new"), owned, &folder, NULL), SG_OK);
  add_text(folder, "lines.csv", "five\n");
  assert_int_equal(file_folder_commit(folder, NULL), SG_OK);
  assert_int_equal(mkdir(path_of("new/margins.csv"), 0777), 0); /* no file can be moved onto it */
  file_folder_revert(folder, error);
  assert_int_equal(sg_error_count(error), 1);
  assert_string_equal(sg_error_get(error, 0).message, "holds what was there before and could not be moved back");
  char kept[1000], text[5] = "";
  snprintf(kept, sizeof kept, "%s/margins.csv", sg_error_get(error, 0).file);
  sg_error_close(error);
  file_folder_close(folder);
  FILE *stream = fopen(kept, "r");
  assert_non_null(stream);
  assert_int_equal(fread(text, 1, 4, stream), 4);
  fclose(stream);
  assert_string_equal(text, "old\n");
  assert_content("new/lines.csv", "two\n");
  assert_int_equal(rmdir(path_of("new/margins.csv")), 0);
  assert_int_equal(file_folder_open(path_of("new"), owned, &folder, NULL), SG_OK); /* the next result takes it for debris */
  file_folder_close(folder);
  assert_string_equal(listing_of(path_of("new")), "lines.csv manifest.json notes.txt sub ");
}

static void a_write_that_fails_is_reported_and_leaves_nothing(void **state) {
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 4096;
  file_folder *folder = NULL;
  sg_error *error = sg_error_open();
  FILE *stream = NULL;
  assert_int_equal(file_folder_open(path_of("full"), owned, &folder, error), SG_OK);
  assert_int_equal(file_folder_add(folder, "lines.csv", &stream, error), SG_OK);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  for (int i = 0; i < 5000; i++) {
    fputs("0123456789", stream);
  }
  sg_status status = file_folder_commit(folder, error);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_int_equal(status, SG_IO);
  assert_string_equal(sg_error_get(error, 0).file, path_of("full"));
  assert_string_equal(sg_error_get(error, 0).message, "lines.csv cannot be written: File too large");
  sg_error_close(error);
  file_folder_close(folder);
  assert_string_equal(listing_of(root), "new ");
}

static void what_a_dead_process_left_is_removed_and_a_living_one_is_left_alone(void **state) {
  pid_t child = fork();
  if (child == 0) {
    file_folder *abandoned = NULL;
    FILE *stream = NULL;
    bool made = file_folder_open(path_of("late"), owned, &abandoned, NULL) == SG_OK &&
                file_folder_add(abandoned, "lines.csv", &stream, NULL) == SG_OK;
    _exit(made ? 0 : 1);
  }
  int result = 1;
  assert_int_equal(waitpid(child, &result, 0), child);
  assert_int_equal(result, 0);
  char left[100];
  snprintf(left, sizeof left, ".late.partial-%ld-", (long)child);
  assert_non_null(strstr(listing_of(root), left));
  assert_int_equal(mkdir(path_of(".late.partial-1-0"), 0777), 0); /* held below, as by a run in another container */
  int held = open(path_of(".late.partial-1-0"), O_RDONLY);
  assert_int_equal(flock(held, LOCK_EX), 0);
  file_folder *folder = NULL;
  assert_int_equal(file_folder_open(path_of("late"), owned, &folder, NULL), SG_OK);
  assert_null(strstr(listing_of(root), left));
  assert_non_null(strstr(listing_of(root), ".late.partial-1-0"));
  file_folder_close(folder);
  close(held);
  assert_int_equal(rmdir(path_of(".late.partial-1-0")), 0);
  assert_string_equal(listing_of(root), "new ");
}

/* Two runs into one folder that does not exist yet: the second replaces what the first has made meanwhile. */
static void two_runs_into_one_folder_leave_the_files_of_the_later_one(void **state) {
  file_folder *runs[2] = {NULL};
  for (int i = 0; i < 2; i++) {
    FILE *stream = NULL;
    assert_int_equal(file_folder_open(path_of("both"), owned, &runs[i], NULL), SG_OK);
    assert_int_equal(file_folder_add(runs[i], "lines.csv", &stream, NULL), SG_OK);
    assert_true(fprintf(stream, "run %d\n", i) > 0);
  }
  for (int i = 0; i < 2; i++) {
    assert_int_equal(file_folder_commit(runs[i], NULL), SG_OK);
    file_folder_close(runs[i]);
    char text[24] = "", expected[24];
    snprintf(expected, sizeof expected, "run %d\n", i);
    FILE *stream = fopen(path_of("both/lines.csv"), "r");
    assert_non_null(stream);
    assert_non_null(fgets(text, sizeof text, stream));
    fclose(stream);
    assert_string_equal(text, expected);
  }
  assert_string_equal(listing_of(path_of("both")), "lines.csv ");
  assert_int_equal(unlink(path_of("both/lines.csv")), 0);
  assert_int_equal(rmdir(path_of("both")), 0);
  assert_string_equal(listing_of(root), "new ");
}

static void a_target_that_cannot_be_a_folder_is_refused(void **state) {
  static const struct {
    const char *name;
    sg_status status;
    const char *message;
  } cases[] = {
      {"new/notes.txt", SG_IO, "exists and is not a folder"},
      {"no/such/parent", SG_IO, "cannot be written: No such file or directory"},
      {"new/notes.txt/out", SG_IO, "cannot be written: Not a directory"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sg_error *error = sg_error_open();
    file_folder *folder = NULL;
    assert_int_equal(file_folder_open(path_of(cases[i].name), owned, &folder, error), cases[i].status);
    assert_null(folder);
    assert_string_equal(sg_error_get(error, 0).message, cases[i].message);
    sg_error_close(error);
  }
  file_folder *folder = NULL;
  assert_int_equal(file_folder_open("", owned, &folder, NULL), SG_USAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_new_folder_appears_on_commit_only),
      cmocka_unit_test(without_commit_nothing_remains),
      cmocka_unit_test(an_earlier_result_is_replaced_as_a_set_and_other_files_stay),
      cmocka_unit_test(a_file_that_is_not_ours_is_never_overwritten),
      cmocka_unit_test(a_failure_half_way_puts_the_old_files_back),
      cmocka_unit_test(old_files_that_cannot_be_put_back_are_kept_and_told),
      cmocka_unit_test(a_write_that_fails_is_reported_and_leaves_nothing),
      cmocka_unit_test(what_a_dead_process_left_is_removed_and_a_living_one_is_left_alone),
      cmocka_unit_test(two_runs_into_one_folder_leave_the_files_of_the_later_one),
      cmocka_unit_test(a_target_that_cannot_be_a_folder_is_refused),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
