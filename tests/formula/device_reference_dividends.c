/* SPDX-License-Identifier: MIT
 *
 * Published prices of options with cash dividends (reference_dividends.csv: one source to a row): those of the spot that drops
 * through finite differences at their finest, the escrowed ones on the forward (European) or a lattice of 1,000 steps, which is
 * good to 3e-3 and no better.
 */
#include "formula/dividends.h"
#include "formula/published.h"

#include <math.h>
#include <stdio.h>

enum { ROW, SOURCE, METHOD, RIGHT, EXERCISE, SPOT, STRIKE, RATE, YIELD, YEARS, VOL, PAID, EXPECTED, TOLERANCE, KIND, N_FIELDS };

/* From the spot to the tolerance, but the dividends. */
static const unsigned numbers = (1u << (TOLERANCE + 1)) - (1u << SPOT) - (1u << PAID);

static double row_price(published_row *of, double *tolerance) {
  const double *value = of->value;
  dividend_option option = {.put = strcmp(of->text[RIGHT], "put") == 0,
                            .american = strcmp(of->text[EXERCISE], "american") == 0,
                            .spot = value[SPOT],
                            .strike = value[STRIKE],
                            .rate = value[RATE],
                            .yield = value[YIELD],
                            .years = value[YEARS],
                            .vol = value[VOL]};
  assert_true(dividends_parse(of->text[PAID], 1, &option));
  *tolerance = value[TOLERANCE] * (strcmp(of->text[KIND], "rel") == 0 ? value[EXPECTED] : 1);
  if (strcmp(of->text[METHOD], "spot") == 0) {
    differences_scheme fine = {1024, 3000, 150, 7}, finest = {2048, 16000, 300, 7};
    return differences_price(&option, *tolerance < 1e-7 ? finest : fine);
  }
  if (!option.american) {
    return forward_price(&option);
  }
  *tolerance = *tolerance < 3e-3 ? 3e-3 : *tolerance;
  return lattice_price(&option, 1000);
}

static void every_published_price_with_dividends_is_met(void **state) {
  FILE *file = fopen(SOURCE_DIR "/tests/formula/reference_dividends.csv", "r");
  char line[2048];
  int n = 0, failed = 0;
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  while (fgets(line, sizeof line, file)) {
    published_row published;
    double tolerance;
    published_split(line, N_FIELDS, numbers, &published);
    double price = row_price(&published, &tolerance), expected = published.value[EXPECTED];
    if (!(fabs(price - expected) <= tolerance)) {
      print_error("row %s: expected %.17g, got %.17g, tolerance %g\n", published.text[ROW], expected, price, tolerance);
      failed++;
    }
    n++;
  }
  fclose(file);
  assert_int_equal(n, 23);
  assert_int_equal(failed, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_published_price_with_dividends_is_met)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
