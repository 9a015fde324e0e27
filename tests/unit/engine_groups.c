/* SPDX-License-Identifier: MIT
 *
 * Groups of instruments over a book made by hand: their order, their names, groups of one's own, and what lies within
 * what.
 */
#include "engine/bound.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 7 };

/* Instruments are sorted by id, underlyings too. C has a class but no product, B a product but no class, A and D
 * nothing. */
static const char *underlying_id[] = {"A", "B", "C", "D"};
static const char *class_group[] = {"", "", "B", ""}, *product_group[] = {"", "P", "", ""};
static const char *portfolio_group[] = {"", "", "", ""}, *asset[] = {"", "", "", ""};
static uint32_t underlying_currency[] = {0, 0, 0, 0};
static underlying_kind kind[] = {CRYPTO, EQUITY, EQUITY, ETF};
static const char *currency_id[] = {"BTC", "USD"};
static double rate_to_base[] = {60000, 1};

static const char *id[] = {"a-future", "b-call", "b-put", "c-call", "d-call", "d-spot", "e-call"};
static instrument_type type[] = {FUTURE, OPTION, OPTION, OPTION, OPTION, SPOT, OPTION};
static uint32_t underlying[] = {0, 1, 1, 2, 3, 3, 1};
static uint32_t paid[] = {0, 1, 1, 1, 1, 1, 0};
static settlement settles[] = {INVERSE, LINEAR, LINEAR, LINEAR, LINEAR, LINEAR, LINEAR};
static option_right right[] = {CALL, CALL, PUT, CALL, CALL, CALL, CALL};
static exercise exercises[N];
static double strike[] = {0, 100, 20, 9, 100, 0, 100};
static int64_t expiry_s[] = {1782460800, 1782460800, 1776499200, 1782460800, 1776499200, 0, 1782460800};
static uint64_t line_of[N];

static const book the_book = {
    .currencies = {.n = 2, .id = currency_id, .rate_to_base = rate_to_base},
    .underlyings = {.n = 4,
                    .id = underlying_id,
                    .currency = underlying_currency,
                    .asset = asset,
                    .kind = kind,
                    .class_group = class_group,
                    .product_group = product_group,
                    .portfolio_group = portfolio_group},
    .instruments = {.n = N,
                    .id = id,
                    .line = line_of,
                    .type = type,
                    .underlying = underlying,
                    .currency = paid,
                    .settlement = settles,
                    .right = right,
                    .exercise = exercises,
                    .strike = strike,
                    .expiry_s = expiry_s},
};
static const model the_model = {.name = "m"};

typedef struct fixture {
  bound in;
  sg_error *error;
} fixture;

static int open_fixture(void **state) {
  fixture *made = calloc(1, sizeof *made);
  made->in = (bound){.memory = arena_open(), .book = &the_book, .model = &the_model};
  made->error = sg_error_open();
  *state = made;
  return 0;
}

static int close_fixture(void **state) {
  fixture *closed = *state;
  arena_close(closed->in.memory);
  free(closed->in.sets);
  sg_error_close(closed->error);
  free(closed);
  return 0;
}

static const group_set *groups(fixture *with, uint32_t keys) {
  uint32_t index = bound_add_set(&with->in, keys);
  assert_int_not_equal(index, ID_NONE);
  return &with->in.sets[index];
}

static void expect(const group_set *set, uint32_t n, const char *const *names, const uint32_t *of) {
  assert_int_equal(set->n_groups, n);
  for (uint32_t g = 0; g < n; g++) {
    assert_string_equal(set->name[g], names[g]);
    assert_int_equal(set->of[set->first[g]], g);
  }
  for (uint32_t c = 0; c < N; c++) {
    if (set->of[c] != of[c]) {
      fail_msg("%s is in %s, expected %s", id[c], names[set->of[c]], names[of[c]]);
    }
  }
}

static void without_keys_there_is_one_group(void **state) {
  expect(groups(*state, 0), 1, (const char *[]){"-"}, (uint32_t[]){0, 0, 0, 0, 0, 0, 0});
}

static void groups_stand_in_the_order_of_their_keys(void **state) {
  expect(groups(*state, 1u << KEY_UNDERLYING), 4, underlying_id, underlying);
  expect(groups(*state, 1u << KEY_CURRENCY), 2, currency_id, paid);
}

static void strikes_and_expiries_are_ordered_as_numbers(void **state) {
  expect(groups(*state, 1u << KEY_STRIKE), 4, (const char *[]){"-", "9", "20", "100"},
         (uint32_t[]){0, 3, 2, 1, 3, 0, 3});
  expect(groups(*state, 1u << KEY_EXPIRY), 3, (const char *[]){"-", "2026-04-18T08:00:00Z", "2026-06-26T08:00:00Z"},
         (uint32_t[]){2, 2, 1, 2, 1, 0, 2});
}

static void several_keys_count_from_the_coarsest(void **state) {
  expect(groups(*state, 1u << KEY_EXPIRY | 1u << KEY_UNDERLYING), 6,
         (const char *[]){"A/2026-06-26T08:00:00Z", "B/2026-04-18T08:00:00Z", "B/2026-06-26T08:00:00Z",
                          "C/2026-06-26T08:00:00Z", "D/-", "D/2026-04-18T08:00:00Z"},
         (uint32_t[]){0, 2, 1, 3, 5, 4, 2});
  expect(groups(*state, 1u << KEY_TYPE | 1u << KEY_RIGHT), 4,
         (const char *[]){"future/-", "option/call", "option/put", "spot/-"}, (uint32_t[]){0, 1, 2, 1, 1, 3, 1});
}

/* C's class is called B as the underlying B is; B has no class, so that its group is its own and another. */
static void a_missing_group_is_a_group_of_its_own(void **state) {
  expect(groups(*state, 1u << KEY_CLASS_GROUP), 4, (const char *[]){"A", "B", "D", "B"},
         (uint32_t[]){0, 1, 1, 3, 2, 2, 1});
  expect(groups(*state, 1u << KEY_PRODUCT_GROUP), 4, (const char *[]){"A", "D", "B", "P"},
         (uint32_t[]){0, 3, 3, 2, 1, 1, 3});
  expect(groups(*state, 1u << KEY_PORTFOLIO_GROUP), 4, (const char *[]){"A", "D", "B", "P"},
         (uint32_t[]){0, 3, 3, 2, 1, 1, 3});
}

static void the_same_keys_are_the_same_set(void **state) {
  fixture *with = *state;
  uint32_t one = bound_add_set(&with->in, 1u << KEY_KIND), other = bound_add_set(&with->in, 1u << KEY_TYPE);
  assert_int_equal(bound_add_set(&with->in, 1u << KEY_KIND), one);
  assert_int_not_equal(one, other);
}

static void a_group_lies_within_one_of_the_level_above_or_is_refused(void **state) {
  fixture *with = *state;
  place where = {"m.yaml", 7, 3};
  uint32_t by_underlying = bound_add_set(&with->in, 1u << KEY_UNDERLYING);
  uint32_t by_class = bound_add_set(&with->in, 1u << KEY_CLASS_GROUP);
  uint32_t by_expiry = bound_add_set(&with->in, 1u << KEY_EXPIRY);
  assert_int_equal(bound_check_nested(&with->in, by_underlying, by_class, where, with->error), SG_OK);
  assert_int_equal(bound_check_nested(&with->in, by_underlying, by_expiry, where, with->error), SG_INPUT);
  sg_finding found = sg_error_get(with->error, 0);
  assert_string_equal(found.file, "m.yaml");
  assert_int_equal(found.line, 7);
  assert_non_null(strstr(found.message, "instruments b-call and b-put are both in B, but in 2026-06-26T08:00:00Z and "
                                        "2026-04-18T08:00:00Z"));
}

static void a_filter_takes_what_every_key_lists(void **state) {
  fixture *with = *state;
  const char *types[] = {"option"}, *kinds[] = {"equity", "etf"};
  filter_key keys[] = {{"type", 1, types}, {"kind", 2, kinds}};
  filter rule = {2, keys}, everything = {0, NULL};
  bool mask[N];
  static const bool expected[] = {false, true, true, true, true, false, true};
  assert_int_equal(bound_filter(&with->in, &rule, (place){0}, mask, with->error), SG_OK);
  assert_memory_equal(mask, expected, sizeof mask);
  assert_int_equal(bound_filter(&with->in, &everything, (place){0}, mask, with->error), SG_OK);
  assert_true(mask[0] && mask[5]);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
  const struct CMUnitTest tests[] = {
      TEST(without_keys_there_is_one_group),
      TEST(groups_stand_in_the_order_of_their_keys),
      TEST(strikes_and_expiries_are_ordered_as_numbers),
      TEST(several_keys_count_from_the_coarsest),
      TEST(a_missing_group_is_a_group_of_its_own),
      TEST(the_same_keys_are_the_same_set),
      TEST(a_group_lies_within_one_of_the_level_above_or_is_refused),
      TEST(a_filter_takes_what_every_key_lists),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
