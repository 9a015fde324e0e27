/* SPDX-License-Identifier: MIT
 *
 * Result files: exact bytes, digest, all or nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "unit/report_sample.h"
#include "test_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void csv_files_have_the_promised_columns_and_bytes(void **state) {
  result run = sample_result();
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  /* compression of the first row: 1 - 1500.5/6002, a quarter exactly */
  assert_content("margins.csv",
              "account,currency,initial,maintenance,standalone_initial,standalone_maintenance,compression,worst_block,"
              "worst_scenario,equity,haircut_initial,haircut_maintenance,excess_initial,excess_maintenance,"
              "margin_ratio,call,status\n"
              "\"A,1\",USD,1500.5,1200.4,6002,4801.6,0.75,regular,3,,,,,,,,not computed\n"
              "\"B\"\"2\",USD,0,0,0,0,,,,,,,,,,,not computed\n"
              "C,EUR,0.0001,0.0001,0.0001,0.0001,0,tails,0,,,,,,,,not computed\n");
  assert_content("lines.csv",
              "account,measure,node,rule,amount,currency,block,scenario,detail\n"
              "\"A,1\",initial,BTC,scan,1600,USD,regular,3,\"long 3, short 2\"\n"
              "\"A,1\",initial,-,initial,-100,USD,,,\n"
              "\"A,1\",initial,-,\"B\"\"2.account\",0.5,USD,,,\"two\nlines\"\n"
              "\"A,1\",maintenance,BTC,scan,1200.4,USD,regular,3,\n"
              "C,initial,-,scan,0.0001,EUR,tails,0,\n"
              "C,maintenance,-,scan,0.0001,EUR,tails,0,\n");
  assert_content("scenarios.csv",
              "block,scenario,factor,move,kind,weight\n"
              "regular,3,price:equity,-0.15,relative,1\n"
              "regular,3,vol,up,expression,1\n"
              "tails,0,price,-0.5,relative,0.35\n");
  assert_content("scenario_pnl.csv",
              "account,node,block,scenario,pnl\n"
              "\"A,1\",BTC,regular,3,-1600.25\n"
              "C,-,tails,0,-1e-300\n");
}

static void scenario_pnl_of_an_earlier_run_disappears_with_it(void **state) {
  result run = sample_result();
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  assert_int_equal(access(path_of("scenario_pnl.csv"), F_OK), 0);
  run.n_pnl = 0;
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  assert_int_not_equal(access(path_of("scenario_pnl.csv"), F_OK), 0);
}

static void a_run_that_cannot_be_written_leaves_the_earlier_result(void **state) {
  result run = sample_result();
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  file_text before = {0};
  assert_int_equal(file_load(path_of("manifest.json"), SIZE_MAX, &before, NULL), SG_OK);
  run.model_name = "not UTF-8: \xff";
  sg_error *error = sg_error_open();
  assert_int_equal(result_write_files(&run, root, error), SG_INPUT);
  assert_string_equal(sg_error_get(error, 0).message,
                      "cannot be written: a name, path or id of this run is not UTF-8 text");
  assert_content("manifest.json", before.text);
  file_close(&before);
  sg_error_close(error);
}

/* The rows packed by Python's struct as report.h says, then XXH3_128bits of libxxhash over the 914 bytes. */
static void digest_is_that_of_the_canonical_rows(void **state) {
  result run = sample_result();
  digest_result(&run);
  assert_string_equal(run.digest, "f96c4a8f90c718c5c47dfd38b52f762e");
}

static void digest_ignores_device_times_and_paths_and_sees_every_row(void **state) {
  result run = sample_result();
  digest_result(&run);
  char digest[33];
  strcpy(digest, run.digest);
  run.device_name = "another";
  run.lanes = 1;
  run.seconds = 9;
  run.model_path = "/elsewhere.yaml";
  run.n_pnl = 0;
  digest_result(&run);
  assert_string_equal(run.digest, digest);
  run.n_scenarios = 2;
  digest_result(&run);
  assert_string_not_equal(run.digest, digest);
}

/* Long fields cross the writer's buffer of 64 KiB. */
static void rows_longer_than_the_buffer_stay_whole(void **state) {
  enum { LENGTH = 200000 };
  static char detail[LENGTH + 1];
  memset(detail, 'x', LENGTH);
  line item = sample_lines[4];
  item.detail = detail;
  result run = sample_result();
  line *block = &item;
  run.lines = &block;
  run.n_lines = 1;
  assert_int_equal(result_write_files(&run, root, NULL), SG_OK);
  file_text loaded = {0};
  assert_int_equal(file_load(path_of("lines.csv"), SIZE_MAX, &loaded, NULL), SG_OK);
  const char *found = strstr(loaded.text, "C,initial,-,scan,0.0001,EUR,tails,0,xx");
  assert_non_null(found);
  assert_int_equal(strspn(strrchr(found, ',') + 1, "x"), LENGTH);
  assert_int_equal(loaded.text[loaded.size_bytes - 1], '\n');
  file_close(&loaded);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(csv_files_have_the_promised_columns_and_bytes),
      cmocka_unit_test(scenario_pnl_of_an_earlier_run_disappears_with_it),
      cmocka_unit_test(a_run_that_cannot_be_written_leaves_the_earlier_result),
      cmocka_unit_test(digest_is_that_of_the_canonical_rows),
      cmocka_unit_test(digest_ignores_device_times_and_paths_and_sees_every_row),
      cmocka_unit_test(rows_longer_than_the_buffer_stay_whole),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
