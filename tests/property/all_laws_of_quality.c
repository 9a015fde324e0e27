/* SPDX-License-Identifier: MIT
 *
 * On random books no substitute lowers a requirement or raises an equity, and an account that is not isolated has what
 * it has without the model's quality section; every second book is checked against a book of the day before too.
 */
#include "property/laws.h"

#define BOOKS books_wanted(1000)

typedef struct quality_laws {
  laws with;
  sg_model *plain, *substitutes, *isolates;
} quality_laws;

static int open_quality(void **state) {
  static quality_laws made;
  laws *with;
  assert_int_equal(laws_open((void **)&with), 0);
  made.with = *with;
  laws_need(with, sg_model_load(SOURCE_DIR "/tests/property/plain.yaml", NULL, 0, &made.plain, with->error), "plain");
  laws_need(with, sg_model_load(SOURCE_DIR "/tests/property/substitutes.yaml", NULL, 0, &made.substitutes, with->error),
            "substitutes");
  laws_need(with, sg_model_load(SOURCE_DIR "/tests/property/isolates.yaml", NULL, 0, &made.isolates, with->error),
            "isolates");
  *state = &made;
  return 0;
}

static int close_quality(void **state) {
  quality_laws *made = *state;
  laws *with = &made->with;
  sg_model_close(made->plain);
  sg_model_close(made->substitutes);
  sg_model_close(made->isolates);
  return laws_close((void **)&with);
}

/* The book that was written last as of the day before: vols and prices moved or not, and some of its instruments gone.
 * NULL for every second seed. */
static sg_book *make_previous(quality_laws *made, uint64_t seed) {
  sg_book *before;
  uint64_t state = seed + 1;
  if (seed % 2 == 0) {
    return NULL;
  }
  laws_need(&made->with, sg_book_load(made->with.folder, &before, made->with.error), "the previous book");
  before->as_of_s -= 24 * 3600;
  before->instruments.n -= random_below(&state, 4) == 0 ? before->instruments.n / 2 : 0; /* the last by id */
  for (uint32_t c = 0; c < before->instruments.n; c++) {
    before->instruments.vol[c] *= random_below(&state, 2) ? random_between(&state, 0.2, 3) : 1;
  }
  for (uint32_t u = 0; u < before->underlyings.n; u++) {
    before->underlyings.price[u] *= random_below(&state, 2) ? random_between(&state, 0.6, 1.5) : 1;
  }
  for (uint32_t y = 0; y < before->currencies.n; y++) {
    before->currencies.rate_to_base[y] *= random_below(&state, 4) == 0 ? random_between(&state, 0.7, 1.4) : 1;
  }
  return before;
}

static sg_result *margin(quality_laws *made, const sg_model *under, const sg_book *previous, uint64_t seed) {
  char what[64];
  sg_result *run;
  const sg_run_options options = {.previous = previous};
  snprintf(what, sizeof what, "book of seed %llu", (unsigned long long)seed);
  laws_need(&made->with, sg_run(made->with.reference, made->with.book, under, &options, &run, made->with.error), what);
  return run;
}

static money sum_of_lines(const sg_result *run, const margin_row *row, measure of) {
  money sum = MONEY_ZERO;
  for (uint32_t i = 0; i < row->n_lines[of]; i++) {
    assert_true(money_add(&sum, result_line(run, row->first_line[of] + i)->amount));
  }
  return sum;
}

static void no_substitute_lowers_a_requirement(void **state) {
  quality_laws *made = *state;
  size_t n_accounts = 0, n_substituted = 0, n_moved = 0, n_raised = 0, n_poorer = 0;
  for (uint64_t seed = 0; seed < BOOKS; seed++) {
    random_book *of = random_book_make(seed);
    laws_load(&made->with, of, 0);
    sg_book *previous = make_previous(made, seed);
    sg_result *stated = margin(made, made->plain, NULL, seed);
    sg_result *larger = margin(made, made->substitutes, previous, seed);
    assert_int_equal(stated->n_rows, larger->n_rows + larger->n_isolated);
    for (uint32_t i = 0, s = 0; i < larger->n_rows; i++, s++) {
      while (stated->rows[s].account != larger->rows[i].account) { /* isolated: no substitute was found */
        s++;
      }
      for (int m = 0; m < N_MEASURES; m++) {
        int above = money_compare(larger->rows[i].requirement[m], stated->rows[s].requirement[m]);
        assert_true(above >= 0);
        assert_true(money_compare(larger->rows[i].standalone[m], stated->rows[s].standalone[m]) >= 0);
        assert_int_equal(money_compare(sum_of_lines(larger, &larger->rows[i], (measure)m),
                                       larger->rows[i].requirement[m]), 0);
        n_raised += above > 0;
      }
      assert_true(money_compare(larger->standings[i].equity, stated->standings[s].equity) <= 0);
      n_poorer += money_compare(larger->standings[i].equity, stated->standings[s].equity) < 0;
      n_accounts++;
    }
    for (size_t i = 0; i < larger->n_lines; i++) {
      n_substituted += strcmp(result_line(larger, i)->rule, "quality.substitute") == 0;
      n_moved += strstr(result_line(larger, i)->detail, "(move_vol)") != NULL;
      assert_true(strcmp(result_line(larger, i)->rule, "quality.substitute") != 0 || result_line(larger, i)->amount.units >= 0);
    }
    sg_result_close(stated);
    sg_result_close(larger);
    sg_book_close(previous);
    random_book_close(of);
  }
  print_message("%zu accounts: %zu lines of substitutes, %zu of them by the previous book, %zu requirements raised, "
                "%zu equities lowered\n", n_accounts, n_substituted, n_moved, n_raised, n_poorer);
  assert_true(n_substituted > BOOKS && n_moved > BOOKS / 4 && n_raised > BOOKS / 10 && n_poorer > BOOKS / 10);
}

/* An isolated account holds something that is isolated, or adds up one that does; nobody else's numbers move. */
static void isolation_touches_nobody_else(void **state) {
  quality_laws *made = *state;
  size_t n_isolated = 0, n_by_previous = 0, n_computed = 0;
  for (uint64_t seed = 0; seed < BOOKS; seed++) {
    random_book *of = random_book_make(seed);
    const book *b = laws_load(&made->with, of, 0);
    sg_book *previous = make_previous(made, seed);
    sg_result *all = margin(made, made->plain, NULL, seed), *some = margin(made, made->isolates, previous, seed);
    assert_int_equal(all->n_rows, some->n_rows + some->n_isolated);
    uint32_t next = 0;
    for (uint32_t i = 0; i < all->n_rows; i++) {
      const margin_row *row = &all->rows[i];
      if (next < some->n_rows && some->rows[next].account == row->account) {
        assert_int_equal(money_compare(some->rows[next].requirement[0], row->requirement[0]), 0);
        next++;
      }
    }
    assert_int_equal(next, some->n_rows);
    for (uint32_t i = 0; i < some->n_isolated; i++) { /* whoever adds it up is isolated too */
      uint32_t a = some->isolated[i].account, parent = b->accounts.parent[a];
      bool above = parent == ID_NONE || b->accounts.isolated[a];
      for (uint32_t j = 0; !above && j < some->n_isolated; j++) {
        above = some->isolated[j].account == b->accounts.margin_account[parent];
      }
      assert_true(above && some->isolated[i].reason[0] != '\0');
      n_by_previous += strstr(some->isolated[i].reason, "previous book") != NULL;
    }
    n_isolated += some->n_isolated;
    n_computed += some->n_rows;
    sg_result_close(all);
    sg_result_close(some);
    sg_book_close(previous);
    random_book_close(of);
  }
  print_message("%zu accounts isolated, %zu of them by the previous book, %zu computed\n", n_isolated, n_by_previous,
                n_computed);
  assert_true(n_isolated > BOOKS / 2 && n_by_previous > BOOKS / 10 && n_computed > BOOKS / 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_substitute_lowers_a_requirement),
      cmocka_unit_test(isolation_touches_nobody_else),
  };
  return cmocka_run_group_tests_name("all_laws_of_quality", tests, open_quality, close_quality);
}
