/* SPDX-License-Identifier: MIT
 *
 * When US options expire: dates in New York as instants.
 */
#include "input/import_chain.h"

#include "base/date.h"

#include <string.h>

enum { DAY_S = 86400, HOUR_S = 3600, FRIDAY = 5, THURSDAY = 4, SATURDAY = 6 };

/* 0 Sunday .. 6 Saturday; 1970-01-01 was a Thursday. */
static int weekday(int64_t day_s) {
  return (int)(((day_s / DAY_S) % 7 + 7 + THURSDAY) % 7);
}

static int64_t first_sunday_from(int64_t day_s) {
  return day_s + (int64_t)((7 - weekday(day_s)) % 7) * DAY_S;
}

static int year_of(int64_t day_s) {
  char text[24];
  int year = 0;
  date_format(day_s, text);
  for (int i = 0; i < 4; i++) {
    year = year * 10 + (text[i] - '0');
  }
  return year;
}

int64_t chain_new_york(int64_t day_s, int64_t second_of_day) {
  int year = year_of(day_s);
  bool present_rule = year >= 2007;
  int64_t begins = first_sunday_from(present_rule ? date_make(year, 3, 8) : date_make(year, 4, 1));
  int64_t ends = first_sunday_from(present_rule ? date_make(year, 11, 1) : date_make(year, 10, 25));
  bool summer = day_s >= begins && day_s < ends;
  return day_s + second_of_day + (summer ? INT64_C(4) : INT64_C(5)) * HOUR_S;
}

bool chain_is_third_friday(int64_t day_s) {
  char text[24];
  date_format(day_s, text);
  int day = (text[8] - '0') * 10 + (text[9] - '0');
  return weekday(day_s) == FRIDAY && day >= 15 && day <= 21;
}

void chain_set_expiries(chain_data *data) {
  for (size_t i = 0; i < data->rows.n; i++) {
    chain_row *row = &data->rows.items[i];
    if (row->left_out == CHAIN_NAME) {
      continue;
    }
    int64_t day = row->day_s;
    int64_t past_friday = weekday(day) == SATURDAY ? 1 : weekday(day) == 0 ? 2 : 0;
    row->expiry_s = chain_new_york(day - past_friday * DAY_S, row->is_morning ? CHAIN_OPEN : CHAIN_CLOSE);
    if (row->left_out == CHAIN_KEPT && row->expiry_s <= data->as_of_s) {
      row->left_out = CHAIN_EXPIRED;
    }
  }
}
