/* SPDX-License-Identifier: MIT
 *
 * Published prices of European options (reference_european.csv: one source to a row) through the pricers. The forward
 * of a spot row is S exp(carry * years), its price discounted at the rate; in Black-76 and Bachelier rows S is the
 * forward.
 */
#include "base/number.h"
#include "formula/exact.h"
#include "kernels/price_bachelier.h"
#include "kernels/price_black.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum {
  ID, MODEL, OPTION_TYPE, UNDERLYING, STRIKE, RATE, CARRY, YEARS, VOL, EXPECTED, TOLERANCE, TOLERANCE_KIND, N_FIELDS
};

typedef struct row {
  char *text[N_FIELDS]; /* the source, last and quoted, is for the reader */
  double value[N_FIELDS];
} row;

static void row_split(char *line, row *split) {
  char *at = line;
  for (int f = 0; f < N_FIELDS; f++) {
    split->text[f] = at;
    at = strchr(at, ',');
    /* One model name holds a comma and is quoted. */
    if (*split->text[f] == '"') {
      at = strchr(split->text[f] + 1, '"') + 1;
    }
    assert_non_null(at);
    *at++ = 0;
    if (f >= UNDERLYING && f <= TOLERANCE) {
      assert_null(number_parse(split->text[f], strlen(split->text[f]), &split->value[f]));
    }
  }
}

static double row_price(const row *of) {
  const double *value = of->value;
  double discount = math_exp(-value[RATE] * value[YEARS]);
  lane_contract contract = {.strike = value[STRIKE], .sign = strcmp(of->text[OPTION_TYPE], "Call") ? -1 : 1,
                            .years = value[YEARS], .rate = value[RATE], .discount = discount};
  double forward = value[UNDERLYING] * math_exp(value[CARRY] * value[YEARS]);
  if (strcmp(of->text[MODEL], "Bachelier") == 0) {
    return bachelier_value(bachelier_prepare(contract, value[VOL], 0), forward, 0);
  }
  contract.log_strike = math_log(value[STRIKE] / forward);
  return black_value(black_prepare(contract, value[VOL], 0), forward, 0);
}

static void every_published_european_price_is_met_within_its_tolerance(void **unused) {
  FILE *file = fopen(SOURCE_DIR "/tests/formula/reference_european.csv", "r");
  assert_non_null(file);
  char line[1024];
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  int n = 0, failed = 0;
  while (fgets(line, sizeof line, file)) {
    row published;
    row_split(line, &published);
    double expected = published.value[EXPECTED];
    double tolerance = published.value[TOLERANCE];
    const char *kind = published.text[TOLERANCE_KIND];
    double price = row_price(&published);
    double error = fabs(price - expected);
    bool within = (strstr(kind, "abs") && error <= tolerance) || (strstr(kind, "rel") && error <= tolerance * expected);
    if (!within) {
      print_error("row %s: expected %.17g, got %.17g, tolerance %g %s\n", published.text[ID], expected, price,
                  tolerance, kind);
      failed++;
    }
    n++;
  }
  fclose(file);
  print_message("%d published prices\n", n);
  assert_int_equal(failed, 0);
  assert_int_equal(n, 991);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_published_european_price_is_met_within_its_tolerance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
