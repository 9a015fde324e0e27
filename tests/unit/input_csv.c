/* SPDX-License-Identifier: MIT
 *
 * The CSV reader by itself. Findings with their places are in tests/golden/bad_books/csv.txt.
 */
#include "base/utf8.h"
#include "input/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Rows as "a|b\n", bad rows as "!LINE:COLUMN\n". The text stands at the end of an exact block, so that a sanitizer sees
 * a read beyond it. */
static void check(const char *text, size_t length, const char *expected) {
  char *copy = malloc(length > 0 ? length : 1), shown[4096];
  memcpy(copy, text, length);
  size_t n = 0;
  csv_reader reader;
  csv_open(&reader, copy, length);
  for (csv_outcome outcome; (outcome = csv_next(&reader)) != CSV_END;) {
    if (outcome == CSV_BAD_ROW) {
      n += (size_t)snprintf(shown + n, sizeof shown - n, "!%llu:%llu\n", (unsigned long long)reader.problem_line,
                            (unsigned long long)reader.problem_column);
      continue;
    }
    assert_int_equal(outcome, CSV_ROW);
    for (size_t i = 0; i < reader.n_fields; i++) {
      n += (size_t)snprintf(shown + n, sizeof shown - n, "%s%.*s", i == 0 ? "" : "|", (int)reader.fields[i].length,
                            reader.fields[i].text);
    }
    n += (size_t)snprintf(shown + n, sizeof shown - n, "\n");
  }
  shown[n] = '\0';
  assert_string_equal(shown, expected);
  csv_close(&reader);
  free(copy);
}
#define CHECK(text, expected) check(text, sizeof text - 1, expected)

static void rows_end_with_lf_crlf_or_the_file(void **state) {
  CHECK("a,b\n1,2\n", "a|b\n1|2\n");
  CHECK("a,b\r\n1,2\r\n", "a|b\n1|2\n");
  CHECK("a,b\n1,2", "a|b\n1|2\n");
  CHECK("a,b\n1,", "a|b\n1|\n");
  CHECK("a", "a\n");
  CHECK("", "");
}

static void a_byte_order_mark_is_no_part_of_the_header(void **state) {
  CHECK("\xEF\xBB\xBFname,b\n", "name|b\n");
  CHECK("\xEF\xBB\xBF", "");
}

static void quotes_protect_commas_line_ends_and_quotes(void **state) {
  CHECK("\"a,b\",\"c\"\"d\"\n\"\",\"\"\"\"\n", "a,b|c\"d\n|\"\n");
  CHECK("a,b\n\"1\r\n2\",3\n", "a|b\n1\r\n2|3\n");
  CHECK("a,b\n1,\"2\"", "a|b\n1|2\n");
  CHECK("\"a\"\r\n\"b\"\r\n", "a\nb\n");
}

static void a_bad_row_is_placed_and_the_next_row_is_read(void **state) {
  CHECK("a,b\n1\n3,4\n", "a|b\n!2:1\n3|4\n");
  CHECK("a,b\n1,x\"y\n3,4\n", "a|b\n!2:3\n3|4\n");
  CHECK("a,b\n1,\"x\"y,9\n3,4\n", "a|b\n!2:3\n3|4\n");
  CHECK("a,b\n1,\"x\n3,4\n", "a|b\n!2:3\n");
  CHECK("a,b\n\n3,4\n", "a|b\n!2:1\n3|4\n");
  CHECK("a,b\n1,2\r3\n3,4\n", "a|b\n!2:3\n3|4\n");
  CHECK("a,b\n1,2\r", "a|b\n!2:3\n");
  CHECK("a,b\n1,x\0y\n3,4\n", "a|b\n!2:3\n3|4\n");
}

static void lines_and_columns_are_those_of_the_file(void **state) {
  char text[] = "a,b,c\n\"x\ny\",\"\"\"\",\xC3\xA4,1\n\xC3\xA4,\"z\nz\",end\n";
  csv_reader reader;
  csv_open(&reader, text, sizeof text - 1);
  assert_int_equal(csv_next(&reader), CSV_ROW);
  assert_int_equal(csv_next(&reader), CSV_BAD_ROW); /* four fields; starts on line 2 */
  assert_int_equal(reader.problem_line, 2);
  assert_string_equal(reader.problem, "has 4 fields; the header has 3");
  assert_int_equal(csv_next(&reader), CSV_ROW);
  assert_int_equal(reader.fields[0].line, 4);
  assert_int_equal(reader.fields[1].column, 4);
  assert_int_equal(reader.fields[2].line, 5);
  assert_int_equal(reader.fields[2].column, 4);
  csv_close(&reader);
}

/* Every place of every special byte within a machine word, and words without any. */
static void a_special_byte_is_found_at_every_offset(void **state) {
  for (int before = 0; before < 40; before++) {
    for (int after = 0; after < 20; after++) {
      char text[128], expected[128];
      snprintf(text, sizeof text, "%.*s,%.*s\n", before, "abcdefghijklmnopqrstuvwxyz.0123456789-_~AB", after,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
      snprintf(expected, sizeof expected, "%s", text);
      *strchr(expected, ',') = '|';
      check(text, strlen(text), expected);
    }
  }
}

/* RFC 3629: table of well-formed sequences, with their neighbours. */
static void utf8_is_what_rfc_3629_says(void **state) {
  static const struct {
    const char *bytes;
    size_t length;
  } cases[] = {
      {"\x7F", 1},
      {"\x80", 0},
      {"\xC1\xBF", 0},
      {"\xC2\x80", 2},
      {"\xDF\xBF", 2},
      {"\xE0\x9F\xBF", 0},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xED\xA0\x80", 0},
      {"\xEE\x80\x80", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xE2\x82", 0},
      {"\xC3", 0},
      {"\xC3\x28", 0},
      {"\xE2\x28\xA1", 0},
      {"\xE2\x82\x28", 0},
      {"\xF0\x90\x80", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(utf8_length(cases[i].bytes, strlen(cases[i].bytes)), cases[i].length);
  }
  assert_int_equal(utf8_length("", 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_end_with_lf_crlf_or_the_file),
      cmocka_unit_test(a_byte_order_mark_is_no_part_of_the_header),
      cmocka_unit_test(quotes_protect_commas_line_ends_and_quotes),
      cmocka_unit_test(a_bad_row_is_placed_and_the_next_row_is_read),
      cmocka_unit_test(lines_and_columns_are_those_of_the_file),
      cmocka_unit_test(a_special_byte_is_found_at_every_offset),
      cmocka_unit_test(utf8_is_what_rfc_3629_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
