/* SPDX-License-Identifier: MIT
 *
 * Instants against the C library's calendar and against times known from elsewhere.
 */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void known_instants_are_read(void **state) {
  static const struct {
    const char *text;
    int64_t instant_s;
    bool date_only;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0, false},
      {"1970-01-01", 0, true},
      {"2001-09-09T01:46:40Z", 1000000000, false}, /* the billennium */
      {"2026-04-10T08:00:00Z", 1775808000, false}, /* date -u -d ... +%s */
      {"2026-04-10T10:00:00+02:00", 1775808000, false},
      {"2026-04-10T00:30:00-07:30", 1775808000, false},
      {"2026-04-10t08:00:00z", 1775808000, false},
      {"1969-12-31T23:59:59Z", -1, false},
      {"2038-01-19T03:14:08Z", 2147483648, false},
      {"2000-02-29", 951782400, true},
      {"2024-02-29", 1709164800, true},
      {"0001-01-01", -62135596800, true},
      {"9999-12-31T23:59:59Z", 253402300799, false},
      {"1999-12-31T23:59:59-00:00", 946684799, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t instant_s = 5;
    bool date_only = !cases[i].date_only;
    assert_null(date_parse(cases[i].text, strlen(cases[i].text), &instant_s, &date_only));
    assert_int_equal(instant_s, cases[i].instant_s);
    assert_int_equal(date_only, cases[i].date_only);
  }
}

static void what_is_no_instant_is_refused_with_the_reason(void **state) {
  static const char form[] = "is not a time like 2026-04-10T08:00:00Z";
  static const char day[] = "is not a day of the calendar";
  static const char clock[] = "is not a time of the day: 00:00:00 to 23:59:59";
  static const char range[] = "is outside the years 1 to 9999 in UTC";
  static const struct {
    const char *text, *reason;
  } cases[] = {
      {"", form}, {"2026", form}, {"10.04.2026", form}, {"2026-4-10", form}, {"2026/04/10", form},
      {"2026-04-10 08:00:00Z", form}, {"2026-04-10T08:00Z", form}, {"2026-04-10T8:00:00Z", form},
      {"2026-04-10T", form}, {"2026-04-10T08:00:00ZZ", form}, {"2026-04-10T08:00:00+0200", form},
      {"-026-04-10", form}, {"12026-04-10", form}, {"2026-04-1O", form},
      {"2026-02-29", day}, {"1900-02-29", day}, {"2100-02-29", day}, {"2026-04-31", day}, {"2026-13-01", day},
      {"2026-00-10", day}, {"2026-01-00", day}, {"0000-01-01", day},
      {"2026-04-10T24:00:00Z", clock}, {"2026-04-10T23:60:00Z", clock}, {"2016-12-31T23:59:60Z", clock},
      {"2026-04-10T08:00:00", "has no zone: Z or an offset like +02:00"},
      {"2026-04-10T08:00:00.5Z", "has a fraction of a second; whole seconds are expected"},
      {"2026-04-10T08:00:00+24:00", "has an offset that is not within 23:59"},
      {"2026-04-10T08:00:00+02:60", "has an offset that is not within 23:59"},
      {"9999-12-31T23:59:59-00:01", range}, {"0001-01-01T00:00:00+00:01", range},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t instant_s;
    bool date_only;
    const char *reason = date_parse(cases[i].text, strlen(cases[i].text), &instant_s, &date_only);
    if (reason == NULL) {
      fail_msg("%s was accepted", cases[i].text);
    }
    assert_string_equal(reason, cases[i].reason);
  }
}

static void a_time_of_day_may_fall_on_another_day_in_utc(void **state) {
  int64_t second_s = 0;
  assert_null(date_parse_time("08:00:00Z", 9, &second_s));
  assert_int_equal(second_s, 28800);
  assert_null(date_parse_time("01:00:00+02:00", 14, &second_s));
  assert_int_equal(second_s, -3600);
  assert_null(date_parse_time("23:00:00-05:00", 14, &second_s));
  assert_int_equal(second_s, 28 * 3600);
  assert_string_equal(date_parse_time("8:00", 4, &second_s), "is not a time of day like 08:00:00Z");
  assert_string_equal(date_parse_time("08:00:00", 8, &second_s), "has no zone: Z or an offset like +02:00");
  assert_string_equal(date_parse_time("08:00:61Z", 9, &second_s), "is not a time of the day: 00:00:00 to 23:59:59");
}

static void every_day_prints_as_the_c_library_says_and_reads_back(void **state) {
  for (int64_t day_s = date_make(1, 1, 1); day_s <= date_make(9999, 12, 31); day_s += 86400) {
    int64_t instant_s = day_s + (day_s / 86400 % 86400 + 86400) % 86400;
    time_t when = (time_t)instant_s;
    struct tm parts;
    gmtime_r(&when, &parts);
    char expected[40], text[24];
    snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
             parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    date_format(instant_s, text);
    assert_string_equal(text, expected);
    int64_t again_s;
    bool date_only;
    assert_null(date_parse(text, 20, &again_s, &date_only));
    assert_int_equal(again_s, instant_s);
    assert_int_equal(date_make(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday), day_s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_instants_are_read),
      cmocka_unit_test(what_is_no_instant_is_refused_with_the_reason),
      cmocka_unit_test(a_time_of_day_may_fall_on_another_day_in_utc),
      cmocka_unit_test(every_day_prints_as_the_c_library_says_and_reads_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
