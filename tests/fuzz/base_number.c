/* SPDX-License-Identifier: MIT
 *
 * Texts to numbers and instants: what is accepted prints as a text that reads back to the same.
 */
#include "base/date.h"
#include "base/money.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static void require(bool holds) {
  if (!holds) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  const char *text = (const char *)bytes;
  char printed[NUMBER_TEXT_BYTES];

  double value, value_again;
  if (number_parse(text, size_bytes, &value) == NULL) {
    size_t length = number_format(value, printed);
    require(number_parse(printed, length, &value_again) == NULL && value_again == value);
  }
  decimal18 exact, exact_again;
  if (decimal18_parse(text, size_bytes, &exact) == NULL) {
    size_t length = decimal18_format(exact, printed);
    require(decimal18_parse(printed, length, &exact_again) == NULL && exact_again.units == exact.units);
  }
  money amount, amount_again;
  if (money_parse(text, size_bytes, &amount) == NULL) {
    size_t length = money_format(amount, printed);
    require(money_parse(printed, length, &amount_again) == NULL && money_compare(amount, amount_again) == 0);
  }
  int64_t instant_s, instant_again_s;
  bool date_only;
  if (date_parse(text, size_bytes, &instant_s, &date_only) == NULL) {
    char instant[24];
    date_format(instant_s, instant);
    require(date_parse(instant, strlen(instant), &instant_again_s, &date_only) == NULL && instant_again_s == instant_s);
  }
  date_parse_time(text, size_bytes, &instant_s);
  return 0;
}
