/* SPDX-License-Identifier: MIT
 *
 * Dates and instants of the proleptic Gregorian calendar, years 1 to 9999.
 */
#include "base/date.h"

#include <assert.h>
#include <stdio.h>

enum { SECONDS_A_DAY = 86400, DAYS_A_YEAR = 365, DAYS_IN_400_YEARS = 146097, DAYS_BEFORE_1970 = 719162 };

static const char not_an_instant[] = "is not a time like 2026-04-10T08:00:00Z";
static const char not_a_time[] = "is not a time of day like 08:00:00Z";
static const char no_zone[] = "has no zone: Z or an offset like +02:00";

static bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month) {
  static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1 January of year 1 to 1 January of `year`. */
static int64_t days_before_year(int64_t year) {
  int64_t past = year - 1;
  return past * DAYS_A_YEAR + past / 4 - past / 100 + past / 400;
}

int64_t date_make(int year, int month, int day) {
  int64_t days = days_before_year(year) + day - 1 - DAYS_BEFORE_1970;
  for (int m = 1; m < month; m++) {
    days += days_in_month(year, m);
  }
  return days * SECONDS_A_DAY;
}

/* n decimal digits; false when one of them is not a digit. */
static bool read_digits(const char *text, int n, int *value) {
  *value = 0;
  for (int i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9') {
      return false;
    }
    *value = *value * 10 + (text[i] - '0');
  }
  return true;
}

/* YYYY-MM-DD, 10 bytes. */
static const char *read_date(const char *text, int64_t *midnight_s) {
  int year, month, day;
  if (!read_digits(text, 4, &year) || text[4] != '-' || !read_digits(text + 5, 2, &month) || text[7] != '-' ||
      !read_digits(text + 8, 2, &day)) {
    return not_an_instant;
  }
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    return "is not a day of the calendar";
  }
  *midnight_s = date_make(year, month, day);
  return NULL;
}

/* Z or an offset, at the end of the text. */
static const char *read_zone(const char *text, size_t length, const char *malformed, int64_t *offset_s) {
  if (length == 0) {
    return no_zone;
  }
  if (length == 1 && (*text == 'Z' || *text == 'z')) {
    *offset_s = 0;
    return NULL;
  }
  int hours, minutes;
  if (length != 6 || (text[0] != '+' && text[0] != '-') || !read_digits(text + 1, 2, &hours) || text[3] != ':' ||
      !read_digits(text + 4, 2, &minutes)) {
    return *text == '.' ? "has a fraction of a second; whole seconds are expected" : malformed;
  }
  if (hours > 23 || minutes > 59) {
    return "has an offset that is not within 23:59";
  }
  *offset_s = (text[0] == '-' ? -1 : 1) * (hours * INT64_C(3600) + minutes * INT64_C(60));
  return NULL;
}

/* HH:MM:SS and the zone: seconds after midnight UTC. */
static const char *read_time(const char *text, size_t length, const char *malformed, int64_t *second_of_day_s) {
  int hour, minute, second;
  if (length < 8 || !read_digits(text, 2, &hour) || text[2] != ':' || !read_digits(text + 3, 2, &minute) ||
      text[5] != ':' || !read_digits(text + 6, 2, &second)) {
    return malformed;
  }
  if (hour > 23 || minute > 59 || second > 59) {
    return "is not a time of the day: 00:00:00 to 23:59:59";
  }
  int64_t offset_s = 0;
  const char *refused = read_zone(text + 8, length - 8, malformed, &offset_s);
  *second_of_day_s = hour * 3600 + minute * 60 + second - offset_s;
  return refused;
}

const char *date_parse_time(const char *text, size_t length, int64_t *second_of_day_s) {
  return read_time(text, length, not_a_time, second_of_day_s);
}

const char *date_parse(const char *text, size_t length, int64_t *instant_s, bool *date_only) {
  int64_t midnight_s = 0, second_of_day_s = 0;
  if (length < 10) {
    return not_an_instant;
  }
  const char *refused = read_date(text, &midnight_s);
  if (refused != NULL) {
    return refused;
  }
  *date_only = length == 10;
  if (!*date_only) {
    if (text[10] != 'T' && text[10] != 't') {
      return not_an_instant;
    }
    refused = read_time(text + 11, length - 11, not_an_instant, &second_of_day_s);
    if (refused != NULL) {
      return refused;
    }
  }
  int64_t instant = midnight_s + second_of_day_s;
  if (instant < date_make(1, 1, 1) || instant >= date_make(9999, 12, 31) + SECONDS_A_DAY) {
    return "is outside the years 1 to 9999 in UTC";
  }
  *instant_s = instant;
  return NULL;
}

void date_format(int64_t instant_s, char text[static 24]) {
  assert(instant_s >= date_make(1, 1, 1) && instant_s < date_make(9999, 12, 31) + SECONDS_A_DAY);
  int64_t days = instant_s / SECONDS_A_DAY;
  int64_t second = instant_s % SECONDS_A_DAY;
  if (second < 0) {
    second += SECONDS_A_DAY;
    days--;
  }
  days += DAYS_BEFORE_1970;
  int year = (int)(days * 400 / DAYS_IN_400_YEARS) + 1; /* at most one off */
  while (days_before_year(year) > days) {
    year--;
  }
  while (days_before_year(year + 1) <= days) {
    year++;
  }
  int day = (int)(days - days_before_year(year)) + 1;
  int month = 1;
  while (day > days_in_month(year, month)) {
    day -= days_in_month(year, month++);
  }
  snprintf(text, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000, (unsigned)month % 100,
           (unsigned)day % 100, (unsigned)(second / 3600) % 100, (unsigned)(second / 60 % 60),
           (unsigned)(second % 60));
}
