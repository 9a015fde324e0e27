/* SPDX-License-Identifier: MIT
 *
 * Laws of the crypto venues' models on random books of their own: what may and may not matter about positions and
 * postings, and what must add up.
 */
#include "base/error.h"
#include "data/result.h"
#include "property/venue_book.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_BOOKS books_wanted(120)
enum { SETTINGS_MAX = 6 };

/* A model, and the settings without which it is neither homogeneous nor subadditive: tiers, caps, dampeners. */
static const struct venue {
  const char *name;
  bool coins;
  bool subadditive; /* with the settings */
  const char *plain[SETTINGS_MAX];
} venues[] = {
    {"derive-pmrm2", false, true, {NULL}},
    {"derive-pmrm1", false, true, {NULL}},
    {"derive-standard", false, false, {NULL}}, /* the better of two margins for each expiry */
    {"deribit-pm", true, true, {"extended_dampener.BTC=0", "extended_dampener.ETH=0", "extended_dampener_linear=0",
                                "delta_increment.BTC=0", "delta_increment.ETH=0"}},
    {"okx-pm", true, true, {"minimum_rate=0"}},
};
enum { N_VENUES = sizeof venues / sizeof *venues };

typedef struct laws {
  sg_error *error;
  sg_device *reference;
  sg_model *models[N_VENUES], *plain[N_VENUES];
} laws;

static void need(const laws *with, sg_status status, const char *what, uint64_t seed) {
  for (size_t i = 0; status != SG_OK && i < sg_error_count(with->error); i++) {
    sg_finding found = sg_error_get(with->error, i);
    print_error("%s:%llu: %s\n", found.file == NULL ? "" : found.file, (unsigned long long)found.line, found.message);
  }
  if (status != SG_OK) {
    fail_msg("%s, seed %llu: status %d", what, (unsigned long long)seed, (int)status);
  }
}

static int open_laws(void **state) {
  static laws with;
  static const sg_device_options quick = {.skip_self_test = true};
  *state = &with;
  with.error = sg_error_open();
  need(&with, sg_device_open("reference", &quick, &with.reference, with.error), "the reference", 0);
  for (int v = 0; v < N_VENUES; v++) {
    size_t n = 0;
    while (n < SETTINGS_MAX && venues[v].plain[n] != NULL) {
      n++;
    }
    need(&with, sg_model_load(venues[v].name, NULL, 0, &with.models[v], with.error), venues[v].name, 0);
    need(&with, sg_model_load(venues[v].name, venues[v].plain, n, &with.plain[v], with.error), venues[v].name, 0);
  }
  return 0;
}

static int close_laws(void **state) {
  laws *with = *state;
  for (int v = 0; v < N_VENUES; v++) {
    sg_model_close(with->models[v]);
    sg_model_close(with->plain[v]);
  }
  sg_device_close(with->reference);
  sg_error_close(with->error);
  return 0;
}

static sg_result *margin(const laws *with, const venue_book *b, uint64_t order, const sg_model *under, sg_book **loaded,
                         uint64_t seed) {
  sg_result *made = NULL;
  need(with, venue_book_load(b, order, loaded, with->error), "a book", seed);
  need(with, sg_run(with->reference, *loaded, under, NULL, &made, with->error), sg_model_title(under), seed);
  return made;
}

/* ---- what changes nothing ------------------------------------------------------------------------ */

static void nothing_changes(void **state, const char *what, void (*change)(venue_book *b), uint64_t order) {
  const laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    for (int v = 0; v < N_VENUES; v++) {
      venue_book b = venue_book_make(seed, venues[v].coins, false);
      char before[33];
      sg_book *loaded;
      sg_result *made = margin(with, &b, 0, with->models[v], &loaded, seed);
      strcpy(before, sg_result_digest(made));
      sg_result_close(made);
      sg_book_close(loaded);
      if (change != NULL) {
        change(&b);
      }
      made = margin(with, &b, order == 0 ? 0 : order + seed, with->models[v], &loaded, seed);
      bool same = strcmp(before, sg_result_digest(made)) == 0;
      sg_result_close(made);
      sg_book_close(loaded);
      if (!same) {
        fail_msg("book of seed %llu, %s: %s changes the result", (unsigned long long)seed, venues[v].name, what);
      }
    }
  }
}

static void add_zeros(venue_book *b) {
  for (int i = 0; i < 10; i++) {
    venue_add(b, random_below(&b->state, VENUE_ACCOUNTS), random_below(&b->state, b->n_instruments), 0);
  }
  b->postings[b->n_postings++] = (venue_row){random_below(&b->state, VENUE_ACCOUNTS), 1, 0};
}

static void rows_of_zero_change_nothing(void **state) {
  nothing_changes(state, "a row of quantity 0", add_zeros, 0);
}

static void order_of_rows_changes_nothing(void **state) { nothing_changes(state, "another order of rows", NULL, 1); }

static int128 part_of(venue_book *b, int128 units) {
  int128 magnitude = units < 0 ? -units : units;
  int128 part = magnitude == 0 ? 0 : (int128)(random_bits(&b->state) % (uint64_t)(magnitude / 2 + 1));
  return units < 0 ? -part : part;
}

/* Parts of the same sign: longs and shorts of one account are margined apart. */
static void split(venue_book *b) {
  for (uint32_t p = b->n_positions; p-- > 0;) {
    int128 part = part_of(b, b->positions[p].units);
    b->positions[p].units -= part;
    venue_add(b, b->positions[p].account, b->positions[p].what, part);
  }
  for (uint32_t p = b->n_postings; p-- > 0 && b->n_postings < VENUE_POSTINGS_MAX;) {
    int128 part = part_of(b, b->postings[p].units);
    b->postings[p].units -= part;
    b->postings[b->n_postings++] = (venue_row){b->postings[p].account, b->postings[p].what, part};
  }
}

static void positions_and_postings_may_come_in_parts(void **state) {
  nothing_changes(state, "splitting rows", split, 2);
}

static void add_pairs(venue_book *b) {
  for (int i = 0; i < 12; i++) {
    uint32_t account = random_below(&b->state, VENUE_ACCOUNTS), instrument = random_below(&b->state, b->n_instruments);
    int128 units = venue_quantity(&b->state);
    if (strcmp(venue_accounts[account], "adds") != 0) { /* whose sides are gross */
      venue_add(b, account, instrument, units);
      venue_add(b, account, instrument, -units);
    }
  }
}

static void a_long_and_an_equal_short_change_nothing(void **state) {
  nothing_changes(state, "a long and an equal short row", add_pairs, 3);
}

/* ---- what adds up -------------------------------------------------------------------------------- */

static void check_sums(const result *made, uint32_t r, bool equity, uint64_t seed, const char *name) {
  const margin_row *row = &made->rows[r];
  for (int m = 0; m < N_MEASURES; m++) {
    money sum = MONEY_ZERO;
    for (uint32_t l = 0; l < row->n_lines[m]; l++) {
      assert_true(money_add(&sum, result_line(made, row->first_line[m] + l)->amount));
    }
    bool whole = money_compare(sum, row->requirement[m]) == 0;
    if (equity && whole) {
      const standing *stands = &made->standings[r];
      money excess = stands->equity;
      whole = money_subtract(&excess, stands->haircut[m]) && money_subtract(&excess, row->requirement[m]) &&
              money_compare(excess, stands->excess[m]) == 0;
    }
    if (!whole) {
      fail_msg("book of seed %llu, %s: the lines of %s are not its requirement, or its excess is not what is left",
               (unsigned long long)seed, name, made->book->accounts.id[row->account]);
    }
  }
}

static void lines_sum_to_requirements_and_excess_is_what_is_left(void **state) {
  const laws *with = *state;
  size_t n_lines = 0;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    for (int v = 0; v < N_VENUES; v++) {
      venue_book b = venue_book_make(seed, venues[v].coins, false);
      sg_book *loaded;
      sg_result *made = margin(with, &b, 0, with->models[v], &loaded, seed);
      for (uint32_t r = 0; r < made->n_rows; r++) {
        check_sums(made, r, made->has_equity, seed, venues[v].name);
      }
      n_lines += made->n_lines;
      sg_result_close(made);
      sg_book_close(loaded);
    }
  }
  assert_true(n_lines > 20 * N_BOOKS);
}

/* ---- size ---------------------------------------------------------------------------------------- */

/* A unit of 1e-12 for each line, in coins of at most 60,000 of the account's currency, and where the model
 * rounds to 1e-9 of one, at most four such roundings: a scan and a sum of two sides, or of a child. */
static long double allowed(const margin_row *row, int m, const struct venue *v, long double size) {
  long double unit = v->coins ? 60000e-12L : 1e-12L, rounding = strcmp(v->name, "deribit-pm") == 0 ? 4 * 60000e-9L : 0;
  return unit * (8 + 8 * (long double)row->n_lines[m]) + rounding + 1e-13L * fabsl(size);
}

static void twice_the_book_needs_twice_as_much(void **state) {
  const laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    for (int v = 0; v < N_VENUES; v++) {
      venue_book b = venue_book_make(seed, venues[v].coins, false);
      b.has_orders = false; /* orders are an amount of their own */
      sg_book *loaded, *twice;
      sg_result *one = margin(with, &b, 0, with->plain[v], &loaded, seed);
      for (uint32_t p = 0; p < b.n_positions; p++) {
        b.positions[p].units *= 2;
      }
      for (uint32_t p = 0; p < b.n_postings; p++) {
        b.postings[p].units *= 2;
      }
      sg_result *two = margin(with, &b, 0, with->plain[v], &twice, seed);
      assert_int_equal(one->n_rows, two->n_rows);
      for (uint32_t r = 0; r < one->n_rows; r++) {
        for (int m = 0; m < N_MEASURES; m++) {
          long double expected = 2e-12L * (long double)one->rows[r].requirement[m].units;
          long double got = 1e-12L * (long double)two->rows[r].requirement[m].units;
          if (fabsl(got - expected) > 3 * allowed(&two->rows[r], m, &venues[v], expected)) {
            fail_msg("book of seed %llu, %s: twice the book needs %.20Lg, expected %.20Lg", (unsigned long long)seed,
                     venues[v].name, got, expected);
          }
        }
      }
      sg_result_close(one);
      sg_result_close(two);
      sg_book_close(loaded);
      sg_book_close(twice);
    }
  }
}

static void a_portfolio_needs_no_more_than_its_positions_alone(void **state) {
  const laws *with = *state;
  size_t n_less = 0;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    for (int v = 0; v < N_VENUES; v++) {
      venue_book b = venue_book_make(seed, venues[v].coins, true); /* a poor confidence of one spoils the others' */
      b.has_orders = false;
      b.n_postings = 0; /* standalone is without collateral */
      sg_book *loaded;
      sg_result *made = venues[v].subadditive ? margin(with, &b, 0, with->plain[v], &loaded, seed) : NULL;
      for (uint32_t r = 0; made != NULL && r < made->n_rows; r++) {
        const margin_row *row = &made->rows[r];
        for (int m = 0; m < N_MEASURES; m++) {
          long double alone = 1e-12L * (long double)row->standalone[m].units;
          long double together = 1e-12L * (long double)row->requirement[m].units;
          n_less += together < 0.999L * alone;
          if (together > alone + (b.n_positions + 2) * allowed(row, m, &venues[v], alone)) {
            fail_msg("book of seed %llu, %s: %s needs %.20Lg, its positions alone %.20Lg", (unsigned long long)seed,
                     venues[v].name, made->book->accounts.id[row->account], together, alone);
          }
        }
      }
      sg_result_close(made);
      if (made != NULL) {
        sg_book_close(loaded);
      }
    }
  }
  assert_true(n_less > N_BOOKS);
}

/* ---- pools --------------------------------------------------------------------------------------- */

/* Whatever happens to the ring-fenced account, its parent's row stays as it is. */
static void an_isolated_account_does_not_touch_its_parent(void **state) {
  const laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    for (int v = 0; v < N_VENUES; v++) {
      venue_book b = venue_book_make(seed, venues[v].coins, false);
      sg_book *loaded, *other;
      sg_result *before = margin(with, &b, 0, with->models[v], &loaded, seed);
      for (uint32_t i = 0; i < b.n_instruments; i++) {
        venue_add(&b, 4, i, (int128)-5 * 1000000000000000000);
      }
      sg_result *after = margin(with, &b, 0, with->models[v], &other, seed);
      assert_int_equal(before->n_rows, after->n_rows);
      for (uint32_t r = 0; r < before->n_rows; r++) {
        bool ringed = strcmp(before->book->accounts.id[before->rows[r].account], "ringed") == 0;
        const money *needed = before->rows[r].requirement, *needs = after->rows[r].requirement;
        bool same = memcmp(needed, needs, sizeof before->rows[r].requirement) == 0;
        if (before->has_equity) {
          same = same && money_compare(before->standings[r].equity, after->standings[r].equity) == 0;
        }
        if (!ringed && !same) {
          fail_msg("book of seed %llu, %s: %s changes with the isolated account", (unsigned long long)seed,
                   venues[v].name, before->book->accounts.id[before->rows[r].account]);
        }
      }
      sg_result_close(before);
      sg_result_close(after);
      sg_book_close(loaded);
      sg_book_close(other);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_of_zero_change_nothing),
      cmocka_unit_test(order_of_rows_changes_nothing),
      cmocka_unit_test(positions_and_postings_may_come_in_parts),
      cmocka_unit_test(a_long_and_an_equal_short_change_nothing),
      cmocka_unit_test(lines_sum_to_requirements_and_excess_is_what_is_left),
      cmocka_unit_test(twice_the_book_needs_twice_as_much),
      cmocka_unit_test(a_portfolio_needs_no_more_than_its_positions_alone),
      cmocka_unit_test(an_isolated_account_does_not_touch_its_parent),
  };
  return cmocka_run_group_tests(tests, open_laws, close_laws);
}
