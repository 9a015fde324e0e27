/* SPDX-License-Identifier: MIT
 *
 * Amounts of money by hand: model texts over two nodes of one portfolio, no book and no device. VAR-1 is a permutation
 * of the losses -499..500; its quantiles and shortfall were counted by hand and agree with NumPy's `higher`, `linear`
 * and the mean of the worst ten. APC-1 and OFF-1 are articles 28 and 27 of Commission Delegated Regulation (EU) No
 * 153/2013.
 */
#include "rules/amounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { NODES = 2 };

/* One portfolio with the groups A and B of `by: [underlying]` (or any other keys), and the account. */
typedef struct desk {
  sg_error *error;
  model *m;
  arena *memory;
  node_table tables[2];          /* by account, by underlying */
  uint32_t table_of[32];
  node_outcomes outcomes[32][4];
  const node_outcomes *outcome_of[32];
  const double *const *slots[32];
  const uint32_t *parent[4];
  double worst[32][4][NODES];
  uint32_t scenario[32][4][NODES];
  amount_input in;
  amount_values *values;
  char lines[2048];
} desk;

static const char head[] =
    "model: {name: m, title: t, version: \"1\", source: s, date: 2026-04-10}\n"
    "blocks: {one: {scenarios: [{price: [0, 0.1, 0.2, 0.3]}]}, two: {scenarios: [{price: [0, 0.1]}]}}\n"
    "levels: [{by: [underlying]}, {by: [account]}]\n";

static int desk_open(void **state) {
  desk *made = calloc(1, sizeof *made);
  made->error = sg_error_open();
  made->memory = arena_open();
  *state = made;
  return 0;
}

static int desk_close(void **state) {
  desk *closed = *state;
  model_close(closed->m);
  arena_close(closed->memory);
  sg_error_close(closed->error);
  free(closed);
  return 0;
}

static void desk_read(desk *d, const char *amounts) {
  static uint32_t group[] = {0, 1}, one_begin[] = {0, 1}, two_begin[] = {0, 2};
  static const uint32_t to_account[] = {0, 0}, to_itself[] = {0, 1};
  char path[] = "/tmp/shockgrid-amounts-XXXXXX.yaml";
  int file = mkstemps(path, 5);
  assert_true(file >= 0);
  FILE *stream = fdopen(file, "w");
  fprintf(stream, "%s%s", head, amounts);
  fclose(stream);
  model_close(d->m);
  sg_status status = model_read(path, NULL, 0, &d->m, d->error);
  unlink(path);
  for (size_t i = 0; i < sg_error_count(d->error); i++) {
    print_error("%s\n", sg_error_get(d->error, i).message);
  }
  assert_int_equal(status, SG_OK);
  d->tables[0] = (node_table){1, group, one_begin, NULL};
  d->tables[1] = (node_table){2, group, two_begin, NULL};
  d->parent[0] = to_itself;  /* account to account */
  d->parent[2] = to_account; /* underlying to account */
  d->parent[3] = to_itself;  /* underlying to underlying */
  for (uint32_t a = 0; a < d->m->n_amounts; a++) {
    d->table_of[a] = d->m->groupings[d->m->amounts[a].grouping].keys != 0;
  }
  d->in = (amount_input){.model = d->m, .n_portfolios = 1, .tables = d->tables, .table_of = d->table_of,
                         .parent = d->parent, .n_tables = 2, .outcomes = d->outcome_of, .charge_slots = d->slots,
                         .times_slots = d->slots, .active = calloc(32, sizeof(bool *))};
  d->values = ARENA_ARRAY(d->memory, amount_values, 32);
}

/* pnl[node][scenario] of a block at an amount's level. */
static void desk_give(desk *d, const char *amount, uint32_t block, uint32_t n_scenarios, const double *pnl) {
  uint32_t a = 0;
  while (strcmp(d->m->amounts[a].name, amount) != 0) {
    a++;
  }
  for (uint32_t node = 0; node < d->tables[d->table_of[a]].n; node++) {
    uint32_t worst = 0;
    for (uint32_t s = 1; s < n_scenarios; s++) {
      worst = pnl[node * n_scenarios + s] < pnl[node * n_scenarios + worst] ? s : worst;
    }
    d->worst[a][block][node] = pnl[node * n_scenarios + worst];
    d->scenario[a][block][node] = worst;
  }
  d->outcomes[a][block] = (node_outcomes){d->worst[a][block], d->scenario[a][block], pnl, n_scenarios, 0};
  d->outcome_of[a] = d->outcomes[a];
}

static sg_status keep_line(void *context, uint32_t amount, const char *step, uint32_t node, money value,
                           sg_error *error) {
  desk *d = context;
  char text[NUMBER_TEXT_BYTES];
  money_format(value, text);
  size_t n = strlen(d->lines);
  snprintf(d->lines + n, sizeof d->lines - n, "%s%s%s/%u %s", n == 0 ? "" : "; ", d->m->amounts[amount].name, step,
           node, text);
  return SG_OK;
}

/* The initial requirement as text; d->lines has its lines. */
static const char *desk_require(desk *d) {
  static char text[NUMBER_TEXT_BYTES];
  money requirement;
  assert_int_equal(amounts_apply(&d->in, d->values, d->memory, d->error), SG_OK);
  assert_int_equal(amounts_requirement(&d->in, d->values, d->m->initial, 0, &requirement, d->error), SG_OK);
  d->lines[0] = '\0';
  assert_int_equal(amounts_lines(&d->in, d->values, d->m->initial, 0, keep_line, d, d->error), SG_OK);
  money_format(requirement, text);
  free((void *)d->in.active);
  d->in.active = NULL;
  return text;
}

/* ---- worst ------------------------------------------------------------------------------------- */

static void worst_is_the_largest_loss_and_never_a_gain(void **state) {
  desk *d = *state;
  static const double pnl[] = {3, -7.5, 2, -7.5, 1, 2, 3, 4};
  desk_read(d, "amounts: {w: {worst: [one], by: [underlying]}}\nmeasures: {initial: {sum: [w]}}\n");
  desk_give(d, "w", 0, 4, pnl);
  assert_string_equal(desk_require(d), "7.5");
  assert_string_equal(d->lines, "w/0 7.5; w/1 0");
  assert_int_equal(d->values[0].scenario[0], 1);
  assert_int_equal(d->values[0].block[1], BLOCK_NONE);
}

static void of_equal_losses_the_block_named_first_binds(void **state) {
  desk *d = *state;
  static const double one[] = {0, -5, -5, 0}, two[] = {-5, 0};
  desk_read(d, "amounts: {w: {worst: [two, one]}}\nmeasures: {initial: w}\n");
  desk_give(d, "w", 0, 2, two);
  desk_give(d, "w", 1, 4, one);
  assert_string_equal(desk_require(d), "5");
  assert_int_equal(d->values[0].block[0], 1);
  assert_int_equal(d->values[0].scenario[0], 0);
}

/* ---- tails ------------------------------------------------------------------------------------- */

static double var_1[1000];

static void make_var_1(void) {
  for (int i = 1; i <= 1000; i++) {
    var_1[i - 1] = (7919 * i) % 1000 - 500; /* P&L; the losses are its negatives */
  }
}

static void quantiles_of_var_1(void **state) {
  desk *d = *state;
  static const struct {
    const char *amount, *expected;
  } cases[] = {
      {"{var: [one], tail: 0.01}", "491"},                    /* ceil(10) = 10th worst */
      {"{var: [one], tail: 0.01, quantile: higher}", "491"},
      {"{var: [one], tail: 0.01, quantile: lower}", "490"},   /* floor(10) + 1 = 11th worst */
      {"{var: [one], tail: 0.01, quantile: linear}", "490.01"}, /* 999 x 0.99 = 989.01 in rising order */
      {"{es: [one], tail: 0.01}", "495.5"},                   /* mean of 500..491 */
      {"{var: [one], tail: 0.0095}", "491"},                  /* ceil(9.5) */
      {"{var: [one], tail: 0.0095, quantile: lower}", "491"}, /* floor(9.5) + 1 */
      {"{es: [one], tail: 0.0025}", "499.2"},                 /* (500 + 499 + 498 / 2) / 2.5 */
      {"{es: [one], tail: 0.0001}", "500"},                   /* a tenth of a scenario: the worst */
      {"{var: [one], tail: 0.0001, quantile: lower}", "500"},
      {"{var: [one], tail: 0.999, quantile: lower}", "0"},    /* a gain is no requirement */
  };
  make_var_1();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[256];
    snprintf(text, sizeof text, "amounts: {v: %s}\nmeasures: {initial: v}\n", cases[i].amount);
    desk_read(d, text);
    desk_give(d, "v", 0, 1000, var_1);
    const char *got = desk_require(d);
    if (strcmp(got, cases[i].expected) != 0) {
      fail_msg("%s of VAR-1 is %s, expected %s", cases[i].amount, got, cases[i].expected);
    }
  }
}

static void a_tail_is_counted_over_all_its_blocks(void **state) {
  desk *d = *state;
  static const double one[] = {-4, -3, -2, -1}, two[] = {-10, -3.5};
  desk_read(d, "amounts: {e: {es: [one, two], tail: 0.5}}\nmeasures: {initial: e}\n");
  desk_give(d, "e", 0, 4, one);
  desk_give(d, "e", 1, 2, two);
  assert_string_equal(desk_require(d), "5.833333333333"); /* (10 + 4 + 3.5) / 3 */
  assert_int_equal(d->values[0].block[0], 1);             /* the worst scenario of the tail */
}

/* ---- combinations ------------------------------------------------------------------------------ */

static void off_1_a_portfolio_offset_of_at_most_80_percent(void **state) {
  desk *d = *state;
  static const double apart[] = {-60, 0, 0, 10, -40, 0, 0, 10}, joint[] = {-30, 0, 0, 0};
  desk_read(d, "amounts:\n"
               "  own: {worst: [one], by: [underlying]}\n"
               "  joint: {worst: [one]}\n"
               "  floor: {sum: [{sum: [own], times: 0.2}, {sum: [joint], times: 0.8}]}\n"
               "  risk: {max: [joint, floor]}\n"
               "measures: {initial: risk}\n");
  desk_give(d, "own", 0, 4, apart);
  desk_give(d, "joint", 0, 4, joint);
  assert_string_equal(desk_require(d), "44");
  assert_string_equal(d->lines,
                      "joint/0 30; own/0 60; own/1 40; floor.sum.times/0 -80; joint/0 30; floor.sum2.times/0 -6; "
                      "risk/0 -30");
}

static void apc_1_the_three_ways_against_procyclicality(void **state) {
  desk *d = *state;
  static const double base[] = {-100, 0, 0, 0}, stressed[] = {-160, 0};
  static const struct {
    const char *risk, *expected;
  } ways[] = {{"{sum: [base], times: 1.25}", "125"},
              {"{sum: [{sum: [base], times: 0.75}, {sum: [stress], times: 0.25}]}", "115"},
              {"{max: [base, 108]}", "108"}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    char text[512];
    snprintf(text, sizeof text,
             "amounts:\n  base: {worst: [one]}\n  stress: {worst: [two]}\n  risk: %s\nmeasures: {initial: risk}\n",
             ways[i].risk);
    desk_read(d, text);
    desk_give(d, "base", 0, 4, base);
    desk_give(d, "stress", 0, 2, stressed);
    assert_string_equal(desk_require(d), ways[i].expected);
  }
}

static void a_maximum_is_taken_node_by_node_at_its_own_groups(void **state) {
  desk *d = *state;
  static const double pnl[] = {-9, 0, 0, 0, -1, 0, 0, 0};
  desk_read(d, "amounts:\n  w: {worst: [one], by: [underlying]}\n  m: {max: [w, 4], by: [underlying]}\n"
               "measures: {initial: {sum: [m]}}\n");
  desk_give(d, "w", 0, 4, pnl);
  assert_string_equal(desk_require(d), "13");
  assert_string_equal(d->lines, "w/0 9; w/1 1; m/1 3");
  desk_read(d, "amounts:\n  w: {worst: [one], by: [underlying]}\n  m: {max: [w, 4]}\nmeasures: {initial: m}\n");
  desk_give(d, "w", 0, 4, pnl);
  assert_string_equal(desk_require(d), "10"); /* of the account: 9 + 1 against 4 */
}

static void a_negative_term_is_taken_away_and_so_are_its_lines(void **state) {
  desk *d = *state;
  static const double pnl[] = {-9, 0, 0, 0, -1, 0, 0, 0}, all[] = {-3, 0, 0, 0};
  desk_read(d, "amounts:\n  w: {worst: [one], by: [underlying], times: 0.5}\n  j: {worst: [one]}\n"
               "  s: {sum: [-w, j, -0.25]}\nmeasures: {initial: {max: [s, {min: [-w, 1]}]}}\n");
  desk_give(d, "w", 0, 4, pnl);
  desk_give(d, "j", 0, 4, all);
  assert_string_equal(desk_require(d), "-2.25"); /* s = -5 + 3 - 0.25; min(-5, 1) = -5 */
  assert_string_equal(d->lines, "w/0 -9; w.times/0 4.5; w/1 -1; w.times/1 0.5; j/0 3; s/0 -0.25; "
                                "w/0 -9; w.times/0 4.5; w/1 -1; w.times/1 0.5; initial.max/0 5");
}

/* ---- times, round, currencies ------------------------------------------------------------------ */

static void times_comes_before_round_and_each_is_a_line(void **state) {
  desk *d = *state;
  static const double pnl[] = {-10, 0, 0, 0};
  desk_read(d, "amounts: {w: {worst: [one], times: 1.3333, round: 0.5}}\nmeasures: {initial: w}\n");
  desk_give(d, "w", 0, 4, pnl);
  assert_string_equal(desk_require(d), "13.5");
  assert_string_equal(d->lines, "w/0 10; w.times/0 3.333; w.round/0 0.167");
}

static void rounding_goes_half_to_even(void **state) {
  desk *d = *state;
  static const double low[] = {-2.5, 0, 0, 0}, high[] = {-3.5, 0, 0, 0};
  desk_read(d, "amounts: {w: {worst: [one], round: 1}}\nmeasures: {initial: w}\n");
  desk_give(d, "w", 0, 4, low);
  assert_string_equal(desk_require(d), "2");
  desk_read(d, "amounts: {w: {worst: [one], round: 1}}\nmeasures: {initial: w}\n");
  desk_give(d, "w", 0, 4, high);
  assert_string_equal(desk_require(d), "4");
}

static void what_is_in_another_currency_is_rounded_once_where_it_stands_and_once_where_it_is_converted(void **state) {
  desk *d = *state;
  static const double rates[] = {60000, 1}, pnl[] = {-0.0000000000015, 0, 0, 0, -2, 0, 0, 0};
  desk_read(d, "amounts:\n  w: {worst: [one], by: [underlying]}\n  s: {sum: [w]}\nmeasures: {initial: s}\n");
  desk_give(d, "w", 0, 4, pnl);
  d->tables[1].rate = rates;
  assert_string_equal(desk_require(d), "2.00000012"); /* 1.5e-12 coin is 2e-12, half to even, at 60,000 */
  assert_string_equal(d->lines, "w/0 0.00000012; w/1 2");
}

static void a_number_stands_in_the_currency_of_its_node(void **state) {
  desk *d = *state;
  static const double rates[] = {60000, 1}, pnl[] = {-0.5, 0, 0, 0, -7, 0, 0, 0};
  desk_read(d, "amounts:\n  w: {worst: [one], by: [underlying]}\n  m: {max: [w, 2], by: [underlying]}\n"
               "measures: {initial: {sum: [m]}}\n");
  desk_give(d, "w", 0, 4, pnl);
  d->tables[1].rate = rates;
  assert_string_equal(desk_require(d), "120007"); /* 2 coins, and 7 */
  assert_string_equal(d->lines, "w/0 30000; w/1 7; m/0 90000");
}

static void an_amount_that_is_no_number_or_too_large_is_refused_by_name(void **state) {
  desk *d = *state;
  static const double large[] = {-2e26, 0, 0, 0}, half[] = {-1.5e26, 0, 0, 0, -1.5e26, 0, 0, 0};
  desk_read(d, "amounts: {w: {worst: [one]}}\nmeasures: {initial: w}\n");
  desk_give(d, "w", 0, 4, large);
  assert_int_equal(amounts_apply(&d->in, d->values, d->memory, d->error), SG_INPUT);
  assert_string_equal(sg_error_get(d->error, 0).message, "amount w is too large for exact money (1.7e26 at most)");
  free((void *)d->in.active);
  sg_error_clear(d->error);
  desk_read(d, "amounts: {w: {worst: [one], by: [underlying]}, s: {sum: [w]}}\nmeasures: {initial: s}\n");
  desk_give(d, "w", 0, 4, half);
  assert_int_equal(amounts_apply(&d->in, d->values, d->memory, d->error), SG_INPUT);
  assert_string_equal(sg_error_get(d->error, 0).message, "amount s is too large for exact money (1.7e26 at most)");
  free((void *)d->in.active);
  d->in.active = NULL;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(worst_is_the_largest_loss_and_never_a_gain),
      TEST(of_equal_losses_the_block_named_first_binds),
      TEST(quantiles_of_var_1),
      TEST(a_tail_is_counted_over_all_its_blocks),
      TEST(off_1_a_portfolio_offset_of_at_most_80_percent),
      TEST(apc_1_the_three_ways_against_procyclicality),
      TEST(a_maximum_is_taken_node_by_node_at_its_own_groups),
      TEST(a_negative_term_is_taken_away_and_so_are_its_lines),
      TEST(times_comes_before_round_and_each_is_a_line),
      TEST(rounding_goes_half_to_even),
      TEST(what_is_in_another_currency_is_rounded_once_where_it_stands_and_once_where_it_is_converted),
      TEST(a_number_stands_in_the_currency_of_its_node),
      TEST(an_amount_that_is_no_number_or_too_large_is_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
