/* SPDX-License-Identifier: MIT
 *
 * Laws of the made accounts, on made series: two underlyings, four expiries, eleven strikes, futures with, without and
 * with little open interest.
 */
#include "input/make_accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EXPIRIES = 4, STRIKES = 11, OPTIONS = 2 * EXPIRIES * STRIKES * 2, SERIES = OPTIONS + 2 * (EXPIRIES + 1) };

static decimal18 tenth(int64_t tenths) {
  return (decimal18){(int128)tenths * 100000000000000000};
}

static void make_series(account_series *series) {
  uint32_t n = 0;
  for (uint32_t underlying = 0; underlying < 2; underlying++) {
    for (int64_t expiry = 1; expiry <= EXPIRIES; expiry++) {
      for (int strike = 0; strike < STRIKES; strike++) {
        for (int call = 0; call < 2; call++) {
          double delta = (STRIKES - strike) / (STRIKES + 1.0);
          series[n] = (account_series){.underlying = underlying,
                                       .is_option = true,
                                       .is_call = call,
                                       .expiry_s = expiry * 604800,
                                       .strike = 50 + 10 * strike,
                                       .delta = call ? delta : delta - 1,
                                       .open_steps = n % 7 == 0 ? 0 : n % 5 == 0 ? 1 : 40 * (n % 50),
                                       .step = tenth(underlying == 0 ? 1 : 10)};
          n++;
        }
      }
    }
    for (int64_t expiry = 0; expiry <= EXPIRIES; expiry++) {
      series[n++] = (account_series){.underlying = underlying,
                                     .expiry_s = expiry * 604800,
                                     .delta = 0.01,
                                     .open_steps = expiry == 1 ? 3 : expiry == 2 ? 5000 : OPEN_INTEREST_UNKNOWN,
                                     .step = tenth(100)};
    }
  }
  assert_int_equal(n, SERIES);
}

static void check_laws(const account_series *series, uint32_t n_series, const made_accounts *made) {
  int64_t *longs = calloc(n_series + 1, sizeof *longs), *shorts = calloc(n_series + 1, sizeof *shorts);
  for (size_t p = 0; p < made->n_positions; p++) {
    const made_position *position = &made->positions[p];
    assert_true(position->account < made->n_accounts && position->series < n_series && position->steps != 0);
    *(position->steps > 0 ? &longs[position->series] : &shorts[position->series]) +=
        position->steps > 0 ? position->steps : -position->steps;
    if (p > 0) {
      const made_position *before = &made->positions[p - 1];
      assert_true(before->account < position->account ||
                  (before->account == position->account && before->series < position->series));
    }
  }
  for (uint32_t c = 0; c < n_series; c++) {
    if (longs[c] != shorts[c] || (series[c].is_option && longs[c] != series[c].open_steps) ||
        (series[c].open_steps != OPEN_INTEREST_UNKNOWN && longs[c] > series[c].open_steps)) {
      fail_msg("series %u: open interest %lld, longs %lld, shorts %lld", c, (long long)series[c].open_steps,
               (long long)longs[c], (long long)shorts[c]);
    }
  }
  free(longs);
  free(shorts);
}

static void longs_equal_shorts_equal_open_interest(void **state) {
  static const uint32_t n_accounts[] = {2, 3, 10, 100, 3000};
  account_series series[SERIES];
  make_series(series);
  for (size_t i = 0; i < sizeof n_accounts / sizeof *n_accounts; i++) {
    for (uint64_t seed = 0; seed < 5; seed++) {
      made_accounts made;
      assert_int_equal(make_accounts(series, SERIES, n_accounts[i], seed, &made, NULL), SG_OK);
      assert_int_equal(made.n_accounts, n_accounts[i]);
      assert_true(made.n_market_makers >= 2 && made.n_market_makers <= n_accounts[i]);
      assert_true(made.n_positions > 0);
      check_laws(series, SERIES, &made);
      made_accounts_close(&made);
    }
  }
}

static void the_same_seed_gives_the_same_accounts_and_another_one_others(void **state) {
  account_series series[SERIES];
  made_accounts one, same, other;
  make_series(series);
  assert_int_equal(make_accounts(series, SERIES, 500, 1, &one, NULL), SG_OK);
  assert_int_equal(make_accounts(series, SERIES, 500, 1, &same, NULL), SG_OK);
  assert_int_equal(make_accounts(series, SERIES, 500, 2, &other, NULL), SG_OK);
  assert_int_equal(one.n_positions, same.n_positions);
  bool differs = one.n_positions != other.n_positions;
  for (size_t p = 0; p < one.n_positions; p++) {
    assert_int_equal(one.positions[p].account, same.positions[p].account);
    assert_int_equal(one.positions[p].series, same.positions[p].series);
    assert_int_equal(one.positions[p].steps, same.positions[p].steps);
    differs = differs || one.positions[p].series != other.positions[p].series;
  }
  assert_true(differs);
  made_accounts_close(&one);
  made_accounts_close(&same);
  made_accounts_close(&other);
}

/* A hedge is a position in a future beside an option; a spread, two options of one underlying with equal right that
 * are long and short. */
static void sizes_are_pareto_and_positions_are_spreads_and_hedges(void **state) {
  enum { ACCOUNTS = 2000 };
  account_series series[SERIES];
  made_accounts made;
  make_series(series);
  for (uint32_t c = 0; c < OPTIONS / 2 + EXPIRIES + 1 + OPTIONS / 2; c++) {
    series[c].open_steps = series[c].is_option ? 5000 : OPEN_INTEREST_UNKNOWN;
  }
  assert_int_equal(make_accounts(series, SERIES, ACCOUNTS, 3, &made, NULL), SG_OK);
  static uint32_t n_held[ACCOUNTS];
  static bool has_future[ACCOUNTS], has_option[ACCOUNTS], has_spread[ACCOUNTS];
  for (size_t p = 0; p < made.n_positions; p++) {
    const made_position *here = &made.positions[p];
    n_held[here->account]++;
    *(series[here->series].is_option ? &has_option[here->account] : &has_future[here->account]) = true;
    for (size_t q = p; q-- > 0 && made.positions[q].account == here->account;) {
      const account_series *a = &series[here->series], *b = &series[made.positions[q].series];
      if (a->is_option && b->is_option && a->underlying == b->underlying && a->is_call == b->is_call &&
          (a->expiry_s == b->expiry_s || a->strike == b->strike) &&
          (here->steps > 0) != (made.positions[q].steps > 0)) {
        has_spread[here->account] = true;
      }
    }
  }
  uint32_t n_one = 0, n_small = 0, n_hedged = 0, n_spread = 0, n_several = 0;
  for (uint32_t a = made.n_market_makers; a < ACCOUNTS; a++) {
    n_one += n_held[a] == 1;
    n_small += n_held[a] <= 5;
    if (n_held[a] >= 2 && n_held[a] <= 5) {
      n_several++;
      n_hedged += has_future[a] && has_option[a];
      n_spread += has_spread[a];
    }
  }
  /* Half of the accounts hold one series, five sixths at most five: 1 - 1/2 and 1 - 1/6 of a Pareto law. */
  assert_in_range(n_one, 0.45 * ACCOUNTS, 0.55 * ACCOUNTS);
  assert_in_range(n_small, 0.78 * ACCOUNTS, 0.88 * ACCOUNTS);
  assert_true(n_held[0] > SERIES / 2);
  assert_true(n_hedged * 10 > n_several);
  assert_true(n_spread * 4 > n_several);
  made_accounts_close(&made);
}

static void odd_lists_of_series_are_served(void **state) {
  account_series series[SERIES];
  made_accounts made;
  make_series(series);
  assert_int_equal(make_accounts(series, 0, 10, 1, &made, NULL), SG_OK);
  assert_int_equal(made.n_positions, 0);
  made_accounts_close(&made);
  assert_int_equal(make_accounts(series, OPTIONS / 2, 50, 1, &made, NULL), SG_OK); /* options only */
  check_laws(series, OPTIONS / 2, &made);
  made_accounts_close(&made);
  assert_int_equal(make_accounts(series + OPTIONS / 2, EXPIRIES + 1, 50, 1, &made, NULL), SG_OK); /* futures only */
  check_laws(series + OPTIONS / 2, EXPIRIES + 1, &made);
  assert_true(made.n_positions > 0);
  made_accounts_close(&made);
  sg_error *error = sg_error_open();
  assert_int_equal(make_accounts(series, SERIES, 1, 1, &made, error), SG_USAGE);
  assert_null(made.positions);
  sg_error_close(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(longs_equal_shorts_equal_open_interest),
      cmocka_unit_test(the_same_seed_gives_the_same_accounts_and_another_one_others),
      cmocka_unit_test(sizes_are_pareto_and_positions_are_spreads_and_hedges),
      cmocka_unit_test(odd_lists_of_series_are_served),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
