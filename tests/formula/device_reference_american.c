/* SPDX-License-Identifier: MIT
 *
 * Published prices of American options (reference_american.csv: one source to a row) through the pricer at its finest. Left
 * out: values of coarse schemes that finer ones of the same source contradict, and strikes or spots of 0, which no book has.
 */
#include "formula/american.h"
#include "formula/published.h"

#include <stdio.h>

enum { ROW, SOURCE, RIGHT, QUANTITY, SPOT, STRIKE, RATE, YIELD, YEARS, VOL, EXPECTED, TOLERANCE, KIND, N_FIELDS };

/* From the spot to the tolerance. */
static const unsigned numbers = (1u << (TOLERANCE + 1)) - (1u << SPOT);

static double row_price(const published_row *of, const double *table) {
  const double *value = of->value;
  american_option option = {strcmp(of->text[RIGHT], "put") == 0, value[SPOT],  value[STRIKE], value[RATE],
                            value[YIELD],                        value[YEARS], value[VOL]};
  double price = american_price(option, table);
  return strcmp(of->text[QUANTITY], "premium") == 0 ? price - european_price(option) : price;
}

static void every_published_american_price_is_met_within_its_tolerance(void **state) {
  FILE *file = fopen(SOURCE_DIR "/tests/formula/reference_american.csv", "r");
  arena *memory = arena_open();
  const double *table = american_table_make(memory, american_finest);
  char line[1024];
  int n = 0, failed = 0;
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file)); /* names */
  while (fgets(line, sizeof line, file)) {
    published_row published;
    published_split(line, N_FIELDS, numbers, &published);
    double expected = published.value[EXPECTED], price = row_price(&published, table);
    double scale = strcmp(published.text[KIND], "rel") == 0 ? expected : 1;
    if (!(fabs(price - expected) <= published.value[TOLERANCE] * scale)) {
      print_error("row %s: expected %.17g, got %.17g, tolerance %g %s\n", published.text[ROW], expected, price,
                  published.value[TOLERANCE], published.text[KIND]);
      failed++;
    }
    n++;
  }
  fclose(file);
  arena_close(memory);
  print_message("%d published prices\n", n);
  assert_int_equal(failed, 0);
  assert_int_equal(n, 262);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_published_american_price_is_met_within_its_tolerance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
