/* SPDX-License-Identifier: MIT
 *
 * What is margined together, over accounts made by hand.
 */
#include "engine/standalone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* child and grandchild net into family; gross margins longs and shorts apart, and its child nets into it; sums adds up.
 */
enum { CHILD, FAMILY, GRANDCHILD, GROSS, GROSS_CHILD, SUMS, N_ACCOUNTS };
static const char *account_id[] = {"child", "family", "grandchild", "gross", "gross-child", "sums"};
static uint32_t parent[] = {FAMILY, ID_NONE, CHILD, ID_NONE, GROSS, FAMILY};
static bool nets[] = {true, false, true, false, true, false};
static uint32_t margin_account[] = {FAMILY, FAMILY, FAMILY, GROSS, GROSS, SUMS};
static bool gross[] = {false, false, false, true, true, false};
static const char *instrument_id[] = {"X", "Y", "Z"};

typedef struct holding {
  uint32_t account, instrument;
  int64_t milli; /* contracts x 1000 */
} holding;

/* Sorted by account, instrument and sign, as a book's positions are. */
static const holding holdings[] = {
    {CHILD, 0, 10500},   {CHILD, 1, -4000},    {FAMILY, 0, 2000},     {FAMILY, 2, 1000}, {GRANDCHILD, 1, 4000},
    {GRANDCHILD, 2, 500}, {GROSS, 0, 3000},    {GROSS, 0, -1000},     {GROSS, 1, 0},     {GROSS_CHILD, 0, -2000},
    {SUMS, 1, -7000},
};
enum { N_HOLDINGS = sizeof holdings / sizeof *holdings };

static uint32_t position_account[N_HOLDINGS], position_instrument[N_HOLDINGS];
static decimal18 quantity_exact[N_HOLDINGS];
static double quantity[N_HOLDINGS];
static instrument_type type[] = {SPOT, SPOT, SPOT};
static book the_book;

static int make_book(void **state) {
  for (uint32_t p = 0; p < N_HOLDINGS; p++) {
    position_account[p] = holdings[p].account;
    position_instrument[p] = holdings[p].instrument;
    quantity_exact[p].units = (int128)holdings[p].milli * 1000000000000000;
    quantity[p] = (double)holdings[p].milli / 1000.0;
  }
  the_book = (book){
      .instruments = {.n = 3, .id = instrument_id, .type = type},
      .accounts = {.n = N_ACCOUNTS, .id = account_id, .parent = parent, .nets_into_parent = nets,
                   .margin_account = margin_account, .gross = gross},
      .positions = {.n = N_HOLDINGS, .account = position_account, .instrument = position_instrument,
                    .quantity_exact = quantity_exact, .quantity = quantity},
  };
  return 0;
}

typedef struct expected_portfolio {
  uint32_t account;
  portfolio_side side;
  uint32_t n;
  uint32_t instrument[3];
  double quantity[3];
} expected_portfolio;

static void expect(const portfolios *made, uint32_t n, const expected_portfolio *expected) {
  assert_int_equal(made->n, n);
  for (uint32_t f = 0; f < n; f++) {
    assert_int_equal(made->account[f], expected[f].account);
    assert_int_equal(made->side[f], expected[f].side);
    assert_int_equal(made->begin[f + 1] - made->begin[f], expected[f].n);
    for (uint32_t i = 0; i < expected[f].n; i++) {
      assert_int_equal(made->instrument[made->begin[f] + i], expected[f].instrument[i]);
      assert_true(made->quantity[made->begin[f] + i] == expected[f].quantity[i]);
    }
  }
  assert_int_equal(made->begin[n], made->n_positions);
}

static const expected_portfolio all[] = {
    {FAMILY, SIDES_NETTED, 2, {0, 2}, {12.5, 1.5}}, /* Y nets to nothing */
    {GROSS, SIDE_OF_LONGS, 1, {0}, {3}},
    {GROSS, SIDE_OF_SHORTS, 1, {0}, {-3}},
    {SUMS, SIDES_NETTED, 1, {1}, {-7}},
};

static void a_family_is_one_portfolio_and_longs_stand_apart_where_sides_are_gross(void **state) {
  portfolios made;
  assert_int_equal(portfolios_make(&the_book, NULL, &made, NULL), SG_OK);
  assert_false(made.standalone);
  expect(&made, 4, all);
  portfolios_close(&made);
}

static void only_wanted_accounts_have_portfolios(void **state) {
  portfolios made;
  bool wanted[N_ACCOUNTS] = {[GROSS] = true};
  assert_int_equal(portfolios_make(&the_book, wanted, &made, NULL), SG_OK);
  expect(&made, 2, &all[1]);
  portfolios_close(&made);
}

/* Five positions; two accounts each hold 3 of X, and the last 3 of X is not like them where its account's input differs. */
static void positions_alone_share_a_portfolio_only_where_all_that_they_depend_on_agrees(void **state) {
  static uint32_t account[] = {0, 1, 2}, instrument[] = {0, 2, 0, 1, 0}, currency[] = {7, 7, 7};
  static portfolio_side side[3];
  static size_t begin[] = {0, 2, 4, 5};
  static double held[] = {3, 1, 3, 3, 3}, tier[] = {1, 1, 2}, *inputs[] = {tier};
  static model_input input = {.table = INPUT_ACCOUNTS, .unit = "1", .has_default = true};
  static model under = {.n_inputs = 1, .inputs = &input};
  book of = {.instruments = {.n = 3, .id = instrument_id, .type = type}, .accounts = {.n = 3, .currency = currency}};
  bound in = {.book = &of, .model = &under, .inputs = inputs};
  portfolios from = {.of = &of, .n = 3, .account = account, .side = side, .begin = begin, .n_positions = 5,
                     .instrument = instrument, .quantity = held};
  static const uint32_t all_alike[] = {0, 2, 0, 1, 0}, last_apart[] = {0, 3, 0, 2, 1};
  for (int round = 0; round < 3; round++) {
    positions_alone made;
    input.has_default = round != 1; /* an input that takes its default alone does not count */
    currency[2] = round == 2 ? 8 : 7;
    assert_int_equal(standalone_make(&in, &from, &made, NULL), SG_OK);
    assert_true(made.distinct.standalone);
    assert_int_equal(made.distinct.n, round == 0 ? 3 : 4);
    assert_memory_equal(made.of, round == 0 ? all_alike : last_apart, sizeof all_alike);
    assert_int_equal(made.count[0], round == 0 ? 3 : 2);
    standalone_close(&made);
  }
}

/* 2^18 positions of which every second is new at first and none later; and as many that are all new. */
static void many_positions_alone_are_found_again(void **state) {
  enum { N = 1 << 18 };
  static uint32_t account[1], instrument[N], currency[] = {7};
  static portfolio_side side[1];
  static size_t begin[] = {0, N};
  static double held[N];
  model under = {0};
  book of = {.instruments = {.n = 3, .id = instrument_id, .type = type}, .accounts = {.n = 1, .currency = currency}};
  bound in = {.book = &of, .model = &under};
  portfolios from = {.of = &of, .n = 1, .account = account, .side = side, .begin = begin, .n_positions = N,
                     .instrument = instrument, .quantity = held};
  for (int round = 0; round < 2; round++) {
    uint32_t n_distinct = round == 0 ? 50000 : N;
    for (uint32_t i = 0; i < N; i++) {
      held[i] = 1.0 + i % n_distinct;
    }
    positions_alone made;
    assert_int_equal(standalone_make(&in, &from, &made, NULL), SG_OK);
    assert_int_equal(made.distinct.n, n_distinct);
    for (uint32_t i = 0; i < N; i++) {
      assert_true(made.distinct.quantity[made.of[i]] == held[i]);
    }
    standalone_close(&made);
  }
}

static void a_sum_that_leaves_the_range_is_refused_with_its_account(void **state) {
  portfolios made;
  sg_error *error = sg_error_open();
  decimal18 large = {((int128)1 << 126) + ((int128)1 << 125)};
  quantity_exact[0] = quantity_exact[2] = large;
  assert_int_equal(portfolios_make(&the_book, NULL, &made, error), SG_INPUT);
  assert_string_equal(sg_error_get(error, 0).message,
                      "the sum of the quantities of \"X\" that net into account \"family\" is too large");
  sg_error_close(error);
  make_book(state);
}

static void rows_are_those_of_the_instruments(void **state) {
  static const uint32_t row_of[] = {1, ID_NONE, 0}, expected[] = {1, 0, 1, 1};
  portfolios made;
  bool wanted[N_ACCOUNTS] = {[FAMILY] = true, [GROSS] = true};
  assert_int_equal(portfolios_make(&the_book, wanted, &made, NULL), SG_OK);
  assert_null(made.row);
  assert_int_equal(portfolios_find_rows(&made, row_of, NULL), SG_OK);
  assert_int_equal(made.n_positions, 4);
  assert_memory_equal(made.row, expected, sizeof expected);
  portfolios_close(&made);
  assert_null(made.row);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_family_is_one_portfolio_and_longs_stand_apart_where_sides_are_gross),
      cmocka_unit_test(only_wanted_accounts_have_portfolios),
      cmocka_unit_test(positions_alone_share_a_portfolio_only_where_all_that_they_depend_on_agrees),
      cmocka_unit_test(many_positions_alone_are_found_again),
      cmocka_unit_test(a_sum_that_leaves_the_range_is_refused_with_its_account),
      cmocka_unit_test(rows_are_those_of_the_instruments),
  };
  return cmocka_run_group_tests(tests, make_book, NULL);
}
