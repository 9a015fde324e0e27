/* SPDX-License-Identifier: MIT
 *
 * manifest.json: what it holds, that it reads back, and what it refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "unit/report_sample.h"
#include "test_folder.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_sample(void **state) {
  result run = sample_result();
  return result_write_files(&run, root, NULL) != SG_OK;
}

static void replace_file(const char *name, const char *text, size_t size_bytes) {
  FILE *stream = fopen(path_of(name), "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(text, 1, size_bytes, stream), size_bytes);
  assert_int_equal(fclose(stream), 0);
}

/* The text that stands at `from` in the manifest becomes `to`, of the same length. */
static void edit_manifest(const char *from, const char *to) {
  file_text loaded = {0};
  assert_int_equal(file_load(path_of("manifest.json"), SIZE_MAX, &loaded, NULL), SG_OK);
  char *found = strstr(loaded.text, from);
  assert_non_null(found);
  for (size_t i = 0; to[i] != '\0'; i++) {
    found[i] = to[i];
  }
  replace_file("manifest.json", loaded.text, loaded.size_bytes);
  file_close(&loaded);
}

static void assert_refused(const char *file, const char *message) {
  manifest read;
  sg_error *error = sg_error_open();
  assert_int_equal(manifest_read(root, &read, error), SG_INPUT);
  assert_int_equal(sg_error_count(error), 1);
  assert_string_equal(sg_error_get(error, 0).file, file);
  assert_string_equal(sg_error_get(error, 0).message, message);
  manifest_close(&read);
  sg_error_close(error);
}

static void what_a_run_needs_to_be_repeated_reads_back(void **state) {
  manifest read;
  assert_int_equal(manifest_read(root, &read, NULL), SG_OK);
  assert_string_equal(read.version, SG_VERSION);
  assert_string_equal(read.model_name, "occ-cpm");
  assert_string_equal(read.model_version, "2026-01");
  assert_string_equal(read.model_path, "shipped:occ-cpm");
  assert_int_equal(read.model_digest[0], 1);
  assert_int_equal(read.model_digest[1], 2);
  assert_int_equal(read.n_settings, 2);
  assert_string_equal(read.settings[0], "factor=0.9");
  assert_string_equal(read.settings[1], "name=a,b");
  assert_string_equal(read.book.folder, "/");
  assert_int_equal(read.book.n_files, 2);
  assert_string_equal(read.book.files[1].name, "positions.csv.gz");
  assert_int_equal(read.book.files[1].size_bytes, 1234567);
  assert_true(read.book.files[0].digest[0] == 0x0123456789abcdefU && read.book.files[0].digest[1] == 0xfedcba9876543210U);
  assert_false(read.partial);
  assert_string_equal(read.device_name, "EPYC");
  assert_string_equal(read.device_platform, "Portable Computing Language");
  assert_string_equal(read.device_driver, "3.1");
  assert_string_equal(read.device_type, "cpu");
  assert_string_equal(read.device_self_test, "passed");
  assert_int_equal(read.lanes, 8);
  assert_string_equal(read.digest, "00112233445566778899aabbccddeeff");
  manifest_close(&read);
}

static void a_partial_run_names_its_accounts(void **state) {
  result run = sample_result();
  run.partial = true;
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  manifest read;
  assert_int_equal(manifest_read(root, &read, NULL), SG_OK);
  assert_true(read.partial);
  assert_int_equal(read.n_accounts, 3);
  assert_string_equal(read.accounts[1], "B\"2");
  manifest_close(&read);
}

static void relative_paths_of_book_and_model_become_absolute(void **state) {
  assert_int_equal(chdir(root), 0);
  char here[PATH_MAX], expected[PATH_MAX + 16];
  assert_non_null(getcwd(here, sizeof here));
  replace_file("my.yaml", "", 0);
  book relative = sample_book;
  relative.folder = ".";
  result run = sample_result();
  run.book = &relative;
  run.model_path = "my.yaml";
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  manifest read;
  assert_int_equal(manifest_read(root, &read, NULL), SG_OK);
  assert_string_equal(read.book.folder, here);
  snprintf(expected, sizeof expected, "%s/my.yaml", here);
  assert_string_equal(read.model_path, expected);
  manifest_close(&read);
}

static void a_folder_without_a_manifest_is_refused(void **state) {
  assert_int_equal(unlink(path_of("manifest.json")), 0);
  assert_refused(root, "is not a folder of results: it has no manifest.json");
}

static void a_manifest_cut_short_is_refused(void **state) {
  file_text loaded = {0};
  assert_int_equal(file_load(path_of("manifest.json"), SIZE_MAX, &loaded, NULL), SG_OK);
  static const size_t lost[] = {1, 3, 40, 500};
  for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
    replace_file("manifest.json", loaded.text, loaded.size_bytes - lost[i]);
    assert_refused(path_of("manifest.json"), "has no seal at its end: it was cut short, or no run wrote it");
  }
  replace_file("manifest.json", "", 0);
  assert_refused(path_of("manifest.json"), "has no seal at its end: it was cut short, or no run wrote it");
  file_close(&loaded);
}

static void an_edited_manifest_is_refused(void **state) {
  edit_manifest("factor=0.9", "factor=0.8");
  assert_refused(path_of("manifest.json"), "was edited after the run: its seal does not fit its text");
}

/* Seals `body` as report/manifest_write.c documents, so that what lies behind the seal is reached. */
static void replace_manifest(const char *body) {
  char text[512], digest[33];
  uint64_t hash[2];
  digest_bytes(body, strlen(body), hash);
  digest_format(hash, digest);
  snprintf(text, sizeof text, "%s,\n  \"seal\": \"%s\"\n}\n", body, digest);
  replace_file("manifest.json", text, strlen(text));
}

static void another_format_is_refused_by_its_number(void **state) {
  replace_manifest("{\n  \"shockgrid\": \"9.0.0\",\n  \"format\": 2");
  assert_refused(path_of("manifest.json"), "has format 2; this version of shockgrid reads format 1");
}

static void a_sealed_manifest_without_a_key_is_refused(void **state) {
  replace_manifest("{\n  \"format\": 1,\n  \"shockgrid\": 7");
  assert_refused(path_of("manifest.json"), "has no usable value for \"shockgrid\"");
}

static void an_edited_or_missing_result_file_is_refused(void **state) {
  replace_file("margins.csv", "account\n", 8);
  assert_refused(path_of("margins.csv"), "was changed after the run");
  assert_int_equal(unlink(path_of("margins.csv")), 0);
  assert_refused(path_of("margins.csv"), "is missing: the run wrote it");
}

static void a_book_that_changed_since_is_refused_file_by_file(void **state) {
  manifest read;
  assert_int_equal(manifest_read(root, &read, NULL), SG_OK);
  assert_int_equal(manifest_check_book(&read.book, "book", &sample_book, NULL), SG_OK);
  input_file now[] = {{.name = "accounts.csv"}, sample_files[1]};
  now[1].digest[1] ^= 1;
  book changed = sample_book;
  changed.files = now;
  sg_error *error = sg_error_open();
  assert_int_equal(manifest_check_book(&read.book, "book", &changed, error), SG_INPUT);
  assert_int_equal(sg_error_count(error), 3);
  assert_string_equal(sg_error_get(error, 0).file, "accounts.csv");
  assert_string_equal(sg_error_get(error, 0).message, "is new in the book since the run");
  assert_string_equal(sg_error_get(error, 1).file, "book.yaml");
  assert_string_equal(sg_error_get(error, 1).message, "was part of the book of the run and is gone");
  assert_string_equal(sg_error_get(error, 2).file, "positions.csv.gz");
  assert_string_equal(sg_error_get(error, 2).message, "has changed in the book since the run");
  sg_error_close(error);
  manifest_close(&read);
}

#define ON_SAMPLE(test) cmocka_unit_test_setup(test, write_sample)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_SAMPLE(what_a_run_needs_to_be_repeated_reads_back),
      ON_SAMPLE(a_partial_run_names_its_accounts),
      ON_SAMPLE(relative_paths_of_book_and_model_become_absolute),
      ON_SAMPLE(a_folder_without_a_manifest_is_refused),
      ON_SAMPLE(a_manifest_cut_short_is_refused),
      ON_SAMPLE(an_edited_manifest_is_refused),
      ON_SAMPLE(another_format_is_refused_by_its_number),
      ON_SAMPLE(a_sealed_manifest_without_a_key_is_refused),
      ON_SAMPLE(an_edited_or_missing_result_file_is_refused),
      ON_SAMPLE(a_book_that_changed_since_is_refused_file_by_file),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
