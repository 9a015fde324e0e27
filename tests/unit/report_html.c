/* SPDX-License-Identifier: MIT
 *
 * The HTML report: whole, self-contained, and true to its result.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/html.h"
#include "report/html_profile.h"
#include "unit/report_sample.h"

#include <stdio.h>

static int make_arena(void **state) {
  *state = arena_open();
  return *state == NULL;
}

static int close_arena(void **state) {
  arena_close(*state);
  return 0;
}

static size_t count_of(const char *text, const char *part) {
  size_t n = 0;
  for (const char *at = strstr(text, part); at != NULL; at = strstr(at + strlen(part), part)) {
    n++;
  }
  return n;
}

static void the_page_loads_nothing_and_runs_nothing(void **state) {
  result run = sample_result();
  const char *html = html_report(&run, NULL, *state);
  assert_non_null(html);
  assert_int_equal(count_of(html, "<script"), 0);
  assert_int_equal(count_of(html, "http"), 0);
  assert_int_equal(count_of(html, "url("), 0);
  assert_int_equal(count_of(html, " src="), 0);
}

static void every_element_is_closed(void **state) {
  static const char *const names[] = {"html", "head", "body", "main", "section", "table", "thead", "tbody", "tr", "td",
                                      "th", "svg", "figure", "figcaption", "text", "title", "h1", "h2", "p", "div", "b",
                                      "span", "code", "style"};
  result run = sample_result();
  const char *html = html_report(&run, NULL, *state);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char opened_bare[32], opened[32], closed[32];
    snprintf(opened_bare, sizeof opened_bare, "<%s>", names[i]);
    snprintf(opened, sizeof opened, "<%s ", names[i]);
    snprintf(closed, sizeof closed, "</%s>", names[i]);
    size_t n_opened = count_of(html, opened_bare) + count_of(html, opened);
    if (n_opened == 0 || n_opened != count_of(html, closed)) {
      fail_msg("<%s>: %zu opened, %zu closed", names[i], n_opened, count_of(html, closed));
    }
  }
}

static void ids_and_figures_stand_in_it_escaped(void **state) {
  result run = sample_result();
  const char *html = html_report(&run, NULL, *state);
  assert_non_null(strstr(html, "A,1"));
  assert_null(strstr(html, "B\"2"));
  assert_non_null(strstr(html, "75.00 %")); /* 1 - 1500.500125 / 6002.000125 */
  assert_non_null(strstr(html, run.digest));
}

static void markup_in_a_text_is_shown_and_not_obeyed(void **state) {
  page to = page_open(*state);
  html_add_text(&to, "<b>&\"x\"");
  assert_string_equal(page_close(&to), "&lt;b&gt;&amp;&quot;x&quot;");
}

static void short_numbers_keep_three_digits_or_so(void **state) {
  assert_string_equal(html_short(*state, 0), "0");
  assert_string_equal(html_short(*state, 999), "999");
  assert_string_equal(html_short(*state, 1500), "1.5 k");
  assert_string_equal(html_short(*state, 431751872.06), "432 M");
  assert_string_equal(html_short(*state, -4.2e9), "\u22124.2 G");
}

static void a_scenario_reads_as_its_moves(void **state) {
  static scenario_row rows[] = {
      {.block = "grid", .scenario = 4, .factor = "price", .move = "-0.15", .kind = "relative", .weight = 1},
      {.block = "grid", .scenario = 4, .factor = "vol", .move = "up", .kind = "expression", .weight = 1},
      {.block = "scan", .scenario = 8, .factor = "price:equity", .move = "0.09", .kind = "relative", .weight = 1},
      {.block = "scan", .scenario = 8, .factor = "price:high_cap_index", .move = "0.036", .kind = "relative", .weight = 1}};
  result run = {.n_scenarios = 4, .scenarios = rows};
  assert_string_equal(html_scenario_text(&run, "grid", 4, *state), "price -15 %, vol up");
  assert_string_equal(html_scenario_text(&run, "scan", 8, *state), "price +3.6 % to +9 % by list");
  assert_string_equal(html_scenario_text(&run, "grid", 5, *state), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_page_loads_nothing_and_runs_nothing, make_arena, close_arena),
      cmocka_unit_test_setup_teardown(every_element_is_closed, make_arena, close_arena),
      cmocka_unit_test_setup_teardown(ids_and_figures_stand_in_it_escaped, make_arena, close_arena),
      cmocka_unit_test_setup_teardown(markup_in_a_text_is_shown_and_not_obeyed, make_arena, close_arena),
      cmocka_unit_test_setup_teardown(short_numbers_keep_three_digits_or_so, make_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_scenario_reads_as_its_moves, make_arena, close_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
