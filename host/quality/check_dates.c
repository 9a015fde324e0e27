/* SPDX-License-Identifier: MIT
 *
 * Marks that say when they were made: x_as_of of any table.
 */
#include "quality/checker.h"

#include "base/date.h"

#include <math.h>
#include <string.h>

static void check_row(checker *with, quality_table table, uint32_t row, const char *text) {
  double limit = with->rules->limit[QUALITY_STALE_DATE];
  int64_t made_s;
  bool date_only = false;
  const char *wrong = date_parse(text, strlen(text), &made_s, &date_only);
  if (wrong != NULL) {
    checker_add(with, about(QUALITY_STALE_DATE, table, row, NAN, -INFINITY, INFINITY), "x_as_of", "\"%.80s\" %s", text,
                wrong);
    return;
  }
  int64_t day_s = date_only ? 86400 : 0; /* a bare date is any time of that day */
  int64_t age_s = with->book->as_of_s - made_s - day_s;
  double hours = (double)age_s / 3600.0;
  if (hours > limit || made_s > with->book->as_of_s) {
    checker_add(
        with,
        about(QUALITY_STALE_DATE, table, row,
              made_s > with->book->as_of_s ? (double)(with->book->as_of_s - made_s) / 3600.0 : hours, 0.0, limit),
        "is aged, in hours,", "by x_as_of %.80s", text);
  }
}

static void check_table(checker *with, quality_table table, const attributes *of, uint32_t n) {
  const attribute *dates = attribute_find(of, "x_as_of");
  for (uint32_t row = 0; dates != NULL && row < n; row++) {
    if (dates->text[row][0] != '\0') {
      check_row(with, table, row, dates->text[row]);
    }
  }
}

void check_dates(checker *with) {
  const book *of = with->book;
  check_table(with, QUALITY_OF_UNDERLYING, &of->underlyings.x, of->underlyings.n);
  check_table(with, QUALITY_OF_FORWARD, &of->forwards.x, of->forwards.n);
  check_table(with, QUALITY_OF_INSTRUMENT, &of->instruments.x, of->instruments.n);
  check_table(with, QUALITY_OF_ASSET, &of->assets.x, of->assets.n);
}
