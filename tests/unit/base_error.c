/* SPDX-License-Identifier: MIT
 *
 * Findings are kept in order, copied, limited and counted.
 */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void findings_keep_copies_in_order(void **state) {
  sg_error *error = sg_error_open();
  assert_int_equal(sg_error_count(error), 0);
  char file[] = "a.csv", value[] = "1O0";
  assert_int_equal(error_add(error, SG_INPUT, (place){file, 7, 3}, "quantity \"%s\" is not a number", value), SG_INPUT);
  assert_int_equal(error_fail(error, SG_USAGE, "no book"), SG_USAGE);
  assert_int_equal(error_out_of_memory(error), SG_DEVICE);
  file[0] = value[0] = 'x';
  assert_int_equal(sg_error_count(error), 3);
  assert_int_equal(error_count(error), 3);
  sg_finding first = sg_error_get(error, 0), second = sg_error_get(error, 1), third = sg_error_get(error, 2);
  assert_int_equal(first.status, SG_INPUT);
  assert_string_equal(first.file, "a.csv");
  assert_int_equal(first.line, 7);
  assert_int_equal(first.column, 3);
  assert_string_equal(first.message, "quantity \"1O0\" is not a number");
  assert_int_equal(second.status, SG_USAGE);
  assert_null(second.file);
  assert_string_equal(second.message, "no book");
  assert_string_equal(third.message, "out of memory");
  sg_error_clear(error);
  assert_int_equal(sg_error_count(error), 0);
  assert_int_equal(error_fail(error, SG_IO, "again"), SG_IO);
  assert_string_equal(sg_error_get(error, 0).message, "again");
  sg_error_close(error);
}

static void after_ten_thousand_findings_the_others_are_counted(void **state) {
  sg_error *error = sg_error_open();
  for (unsigned i = 1; i <= 12345; i++) {
    error_add(error, i <= 10000 ? SG_INPUT : SG_IO, (place){"a.csv", i, 1}, "row %u", i);
  }
  assert_int_equal(error_count(error), 12345);
  assert_int_equal(sg_error_count(error), 10001);
  assert_string_equal(sg_error_get(error, 9999).message, "row 10000");
  sg_finding last = sg_error_get(error, 10000);
  assert_int_equal(last.status, SG_IO);
  assert_null(last.file);
  assert_string_equal(last.message, "and 2345 more");
  sg_error_close(error);
}

static void no_error_object_is_accepted_everywhere(void **state) {
  assert_int_equal(error_add(NULL, SG_INPUT, (place){0}, "x"), SG_INPUT);
  assert_int_equal(error_fail(NULL, SG_IO, "x"), SG_IO);
  assert_int_equal(error_out_of_memory(NULL), SG_DEVICE);
  assert_int_equal(sg_error_count(NULL), 0);
  assert_int_equal(error_count(NULL), 0);
  assert_int_equal(sg_error_get(NULL, 0).status, SG_OK);
  sg_error_clear(NULL);
  sg_error_close(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(findings_keep_copies_in_order),
      cmocka_unit_test(after_ten_thousand_findings_the_others_are_counted),
      cmocka_unit_test(no_error_object_is_accepted_everywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
