/* SPDX-License-Identifier: MIT
 *
 * What may and may not matter about positions, on 1,000 random books.
 */
#include "property/laws.h"

#define N_BOOKS books_wanted(1000)

typedef struct change {
  const char *what;
  void (*apply)(random_book *b);
  uint64_t order; /* of rows */
} change;

/* Under the model of every kind of amount, and one of the others in turn. */
static void nothing_changes(void **state, const change *by) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    const int models[] = {(int)(seed % LAW_EVERY_KIND), LAW_EVERY_KIND};
    char before[2][33];
    laws_load(with, b, 0);
    for (int i = 0; i < 2; i++) {
      laws_digest(with, models[i], NULL, before[i]);
    }
    if (by->apply != NULL) {
      by->apply(b);
    }
    laws_load(with, b, by->order == 0 ? 0 : by->order + seed);
    for (int i = 0; i < 2; i++) {
      char after[33];
      laws_digest(with, models[i], NULL, after);
      if (strcmp(before[i], after) != 0) {
        fail_msg("book of seed %llu, %s: %s changes the result", (unsigned long long)seed, law_models[models[i]].path,
                 by->what);
      }
    }
    random_book_close(b);
  }
}

static void add(random_book *b, uint32_t account, uint32_t instrument, int128 units) {
  random_need(b->n_positions < RANDOM_POSITIONS_MAX, "too many positions");
  b->positions[b->n_positions++] = (random_position){account, instrument, units};
}

static void add_zeros(random_book *b) {
  for (int i = 0; i < 12; i++) {
    add(b, random_below(&b->state, b->n_accounts), random_below(&b->state, b->n_instruments), 0);
  }
}

static void zero_positions_change_nothing(void **state) {
  nothing_changes(state, &(change){"a row of quantity 0", add_zeros, 0});
}

static void order_of_rows_changes_nothing(void **state) {
  nothing_changes(state, &(change){"another order of rows", NULL, 1});
}

/* Parts of the same sign, so that it holds where longs and shorts are margined apart. */
static void split(random_book *b) {
  uint32_t n = b->n_positions;
  for (uint32_t p = 0; p < n; p++) {
    int128 units = b->positions[p].units, magnitude = units < 0 ? -units : units;
    int128 part = (int128)(random_bits(&b->state) % (uint64_t)(magnitude > INT64_MAX ? INT64_MAX : magnitude));
    part = units < 0 ? -part : part;
    b->positions[p].units -= part;
    add(b, b->positions[p].account, b->positions[p].instrument, part);
  }
}

static void a_position_may_come_in_parts(void **state) {
  nothing_changes(state, &(change){"splitting a row", split, 2});
}

static void add_pairs(random_book *b) {
  for (int i = 0; i < 20; i++) {
    uint32_t account = random_below(&b->state, b->n_accounts), instrument = random_below(&b->state, b->n_instruments);
    int128 units = random_quantity(&b->state);
    if (!b->accounts[account].gross) {
      add(b, account, instrument, units);
      add(b, account, instrument, -units);
    }
  }
}

static void a_long_and_an_equal_short_change_nothing(void **state) {
  nothing_changes(state, &(change){"a long and an equal short row", add_pairs, 3});
}

/* Positions of an account that nets into another join its netting: the margin account has the sum. */
static void add_pairs_in_the_family(random_book *b) {
  for (uint32_t a = 0; a < b->n_accounts; a++) {
    for (int i = 0; i < 6 && b->accounts[a].nets && !b->accounts[a].gross; i++) {
      uint32_t instrument = random_below(&b->state, b->n_instruments);
      int128 units = random_quantity(&b->state);
      add(b, a, instrument, units);
      add(b, (uint32_t)b->accounts[a].parent, instrument, -units);
    }
  }
}

static void a_long_of_a_child_and_an_equal_short_of_its_parent_need_nothing(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    b->n_positions = 0;
    add_pairs_in_the_family(b);
    laws_load(with, b, 0);
    for (int m = 0; m < N_LAW_MODELS; m++) {
      sg_result *made = laws_margin(with, m, NULL);
      for (uint32_t r = 0; r < made->n_rows; r++) {
        if (made->rows[r].requirement[MEASURE_INITIAL].units != 0 ||
            made->rows[r].standalone[MEASURE_INITIAL].units != 0) {
          fail_msg("book of seed %llu, %s: %s nets to nothing and needs %s", (unsigned long long)seed,
                   law_models[m].path, with->book->accounts.id[made->rows[r].account],
                   result_texts(made, r)->requirement[MEASURE_INITIAL]);
        }
      }
      sg_result_close(made);
    }
    random_book_close(b);
  }
}

/* Who in the family holds a position does not matter, where longs and shorts are netted. */
static void move_up(random_book *b) {
  for (uint32_t p = 0; p < b->n_positions; p++) {
    const random_account *owner = &b->accounts[b->positions[p].account];
    if (owner->nets && !owner->gross && random_below(&b->state, 2)) {
      b->positions[p].account = (uint32_t)owner->parent;
    }
  }
}

static void a_netting_parent_may_hold_the_positions_of_its_children(void **state) {
  nothing_changes(state, &(change){"moving positions to the parent that they net into", move_up, 4});
}

/* ---- size -------------------------------------------------------------------------------------- */

typedef struct sizes {
  money of[8][N_MEASURES];
  size_t n_lines;
} sizes;

static sizes measure_book(laws *with, const random_book *b, int model) {
  sizes found = {.n_lines = 0};
  laws_load(with, b, 0);
  sg_result *made = laws_margin(with, model, NULL);
  found.n_lines = made->n_lines;
  for (uint32_t r = 0; r < made->n_rows; r++) {
    memcpy(found.of[r], made->rows[r].requirement, sizeof found.of[r]);
  }
  sg_result_close(made);
  return found;
}

/*
 * Doubles scale by 2^k without any rounding. Money does not: each line is rounded to half a unit of 1e-12 of its node's
 * currency, before the scaling and after it, (2^k + 1) / 2 units in all, and once more where it is converted; there a
 * unit of the node's currency becomes `dearest` units of the account's, and rate and product are doubles again.
 */
static void requirements_grow_with_the_book_by_powers_of_two(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    int m = (int)(seed % LAW_EVERY_KIND); /* the fourth has floors and caps in money */
    int k = 1 + (int)random_below(&b->state, 3);
    sizes before = measure_book(with, b, m);
    for (uint32_t p = 0; p < b->n_positions; p++) {
      b->positions[p].units *= (int128)1 << k;
    }
    sizes after = measure_book(with, b, m);
    const accounts *all = &with->book->accounts;
    for (uint32_t a = 0, r = 0; a < all->n; a++) {
      for (int i = 0; all->margin_account[a] == a && i < N_MEASURES; i++) {
        long double expected = ldexpl(law_amount(before.of[r][i]), k), got = law_amount(after.of[r][i]);
        long double units = (ldexpl(1, k) + 1) / 2 * (1 + law_dearest(with->book, all->currency[a]));
        long double tolerance = (long double)before.n_lines * units * 1e-12L + 8 * 0x1p-53L * expected;
        if (fabsl(got - expected) > tolerance) {
          fail_msg("book of seed %llu, %s: 2^%d times the book needs %.20Lg in %s, expected %.20Lg, tolerance %.2Lg",
                   (unsigned long long)seed, law_models[m].path, k, got, all->id[a], expected, tolerance);
        }
      }
      r += all->margin_account[a] == a;
    }
    random_book_close(b);
  }
}

/*
 * A portfolio of n positions adds its P&L in doubles: n + 8 roundings (sum, levels, rate), each of at most 2^-53 of
 * what is added. In the binding scenario losses are at most the standalone total S, and gains that count less than
 * losses, so what was added before gains were cut is below 4 S. Money adds a unit of 1e-12 a line, in the dearest
 * currency.
 */
static void a_portfolio_needs_no_more_than_its_positions_alone(void **state) {
  laws *with = *state;
  size_t n_less = 0;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    const book *of = laws_load(with, b, 0);
    for (int m = 0; m < N_LAW_MODELS; m++) {
      sg_result *made = law_models[m].subadditive ? laws_margin(with, m, NULL) : NULL;
      for (uint32_t r = 0; made != NULL && r < made->n_rows; r++) {
        const margin_row *row = &made->rows[r];
        for (int i = 0; i < N_MEASURES; i++) {
          long double alone = law_amount(row->standalone[i]), together = law_amount(row->requirement[i]);
          long double n = b->n_positions + 8;
          long double tolerance = n * 4 * 0x1p-53L * alone +
                                  1e-12L * (n + (long double)row->n_lines[i]) * (1 + law_dearest(of, row->currency));
          n_less += together < 0.999L * alone;
          if (together > alone + tolerance) {
            fail_msg("book of seed %llu, %s: %s needs %.20Lg, its positions alone %.20Lg, tolerance %.2Lg",
                     (unsigned long long)seed, law_models[m].path, of->accounts.id[row->account], together, alone,
                     tolerance);
          }
        }
      }
      sg_result_close(made);
    }
    random_book_close(b);
  }
  assert_true(n_less > N_BOOKS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(zero_positions_change_nothing),
      cmocka_unit_test(order_of_rows_changes_nothing),
      cmocka_unit_test(a_position_may_come_in_parts),
      cmocka_unit_test(a_long_and_an_equal_short_change_nothing),
      cmocka_unit_test(a_long_of_a_child_and_an_equal_short_of_its_parent_need_nothing),
      cmocka_unit_test(a_netting_parent_may_hold_the_positions_of_its_children),
      cmocka_unit_test(requirements_grow_with_the_book_by_powers_of_two),
      cmocka_unit_test(a_portfolio_needs_no_more_than_its_positions_alone),
  };
  return cmocka_run_group_tests(tests, laws_open, laws_close);
}
