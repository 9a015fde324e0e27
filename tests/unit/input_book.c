/* SPDX-License-Identifier: MIT
 *
 * Books read from small files: what is sorted, joined, added and derived. Expected numbers were computed with mpmath at
 * 40 digits from the formulas of book.md, and written here to 20.
 */
#include "input/read_book.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

typedef struct fixture {
  char folder[64];
  sg_error *error;
  book *book;
} fixture;

static const char settings[] = "as_of: 2026-04-10T08:00:00Z\ncurrency: USD\nexpiry_time: 21:00:00Z\n";

static int open_fixture(void **state) {
  fixture *test = calloc(1, sizeof *test);
  strcpy(test->folder, "/tmp/shockgrid-book-XXXXXX");
  test->error = sg_error_open();
  *state = test;
  return mkdtemp(test->folder) == NULL;
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *walk) { return remove(path); }

static int close_fixture(void **state) {
  fixture *test = *state;
  nftw(test->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  sg_error_close(test->error);
  book_close(test->book);
  free(test);
  return 0;
}

static void write_file(const fixture *test, const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", test->folder, name);
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  fputs(text, stream);
  fclose(stream);
}

static const book *read_clean(fixture *test) {
  sg_status status = book_read(test->folder, &test->book, test->error);
  for (size_t i = 0; i < sg_error_count(test->error); i++) {
    sg_finding finding = sg_error_get(test->error, i);
    print_error("%s:%llu: %s\n", finding.file, (unsigned long long)finding.line, finding.message);
  }
  assert_int_equal(status, SG_OK);
  return test->book;
}

/* Within a few units in the last place: math_exp and math_log are within one, and at most three follow one another. */
static void assert_close(double got, double expected) {
  if (!(fabs(got - expected) <= 8e-16 * fabs(expected))) {
    fail_msg("got %.17g, expected %.17g, relative error %.2g, tolerance 8e-16", got, expected, got / expected - 1);
  }
}

static uint32_t find(const char **id, uint32_t n, const char *wanted) {
  for (uint32_t i = 0; i < n; i++) {
    if (strcmp(id[i], wanted) == 0) {
      return i;
    }
  }
  fail_msg("%s is not there", wanted);
  return ID_NONE;
}

static uint32_t instrument(const book *made, const char *id) {
  return find(made->instruments.id, made->instruments.n, id);
}

static void everything_is_sorted_by_id_bytes(void **state) {
  fixture *test = *state;
  write_file(test, "book.yaml", settings);
  write_file(test, "underlyings.csv",
             "price,underlying,currency,class_group\n1,b,USD,g\n2,B,EUR,\n3,\xC3\xA4,USD,\n4,a,CHF,\n");
  write_file(
      test, "instruments.csv",
      "instrument,type,underlying,multiplier,currency\nz,spot,a,1,CHF\nZ,spot,b,2,USD\n\xC3\xA9,spot,\xC3\xA4,3,USD\n");
  write_file(test, "positions.csv", "quantity,account,instrument\n1,y,z\n2,x,Z\n3,x,\xC3\xA9\n4,X,z\n");
  const book *made = read_clean(test);
  const char *underlying_ids[] = {"B", "a", "b", "\xC3\xA4"}, *instrument_ids[] = {"Z", "z", "\xC3\xA9"};
  const char *account_ids[] = {"X", "x", "y"}, *currency_ids[] = {"CHF", "EUR", "USD"};
  double prices[] = {2, 4, 1, 3}, multipliers[] = {2, 1, 3};
  for (uint32_t u = 0; u < 4; u++) {
    assert_string_equal(made->underlyings.id[u], underlying_ids[u]);
    assert_true(made->underlyings.price[u] == prices[u]);
  }
  for (uint32_t i = 0; i < 3; i++) {
    assert_string_equal(made->instruments.id[i], instrument_ids[i]);
    assert_true(made->instruments.multiplier[i] == multipliers[i]);
    assert_string_equal(made->accounts.id[i], account_ids[i]);
    assert_string_equal(made->currencies.id[i], currency_ids[i]);
  }
  assert_string_equal(made->underlyings.class_group[2], "g");
  assert_int_equal(made->underlyings.line[2], 2);
  assert_int_equal(made->underlyings.currency[0], 1);
  assert_int_equal(made->instruments.currency[1], 0);
  assert_int_equal(made->instruments.underlying[1], 1);
  assert_int_equal(made->base_currency, 2);
  assert_true(isnan(made->currencies.rate_to_base[0]) && made->currencies.rate_to_base[2] == 1);
  uint32_t position_accounts[] = {0, 1, 1, 2}, position_instruments[] = {1, 0, 2, 1};
  double quantities[] = {4, 2, 3, 1};
  assert_int_equal(made->positions.n, 4);
  for (size_t p = 0; p < 4; p++) {
    assert_int_equal(made->positions.account[p], position_accounts[p]);
    assert_int_equal(made->positions.instrument[p], position_instruments[p]);
    assert_true(made->positions.quantity[p] == quantities[p]);
  }
}

static void write_equity_market(const fixture *test) {
  write_file(test, "book.yaml", settings);
  write_file(test, "underlyings.csv", "underlying,currency,price,dividend_yield\nABC,USD,500,0.01\n");
  write_file(test, "rates.csv", "currency,tenor_years,rate_cc\nUSD,1,0.05\nUSD,0.5,0.03\n");
  write_file(test, "dividends.csv",
             "underlying,ex_date,amount\nABC,2026-04-10,9\nABC,2026-06-15,2\nABC,2026-12-25,2.5\nABC,2028-01-22,9\n");
  write_file(test, "positions.csv", "account,instrument,quantity\n");
}

#define OPTION_HEADER                                                                                                  \
  "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol,premium,price\n"

/* The rate is interpolated at 0.711 years and flat beyond a year; a dividend counts that goes ex after the book's
 * instant and not after the expiry. */
static void a_forward_from_carry_has_rate_yield_and_dividends(void **state) {
  fixture *test = *state;
  write_equity_market(test);
  write_file(test, "instruments.csv",
             OPTION_HEADER "O1,option,ABC,put,american,480,2026-12-25,100,USD,0.2,,\n"
                           "O2,option,ABC,call,european,520,2026-12-25T21:00:00Z,100,USD,0.2,futures_style,9\n"
                           "L,option,ABC,call,european,520,2028-01-21,100,USD,0.3,upfront,\n"
                           "OLD,option,ABC,call,european,520,2026-04-09,100,USD,0.3,,\n"
                           "SH,spot,ABC,,,,,1,USD,,,\n");
  const book *made = read_clean(test);
  const instruments *all = &made->instruments;
  const forwards *marks = &made->forwards;
  uint32_t c = instrument(made, "O1"), f = all->forward[c];
  assert_close(all->years[c], 0.71107305936073059361);
  assert_close(all->discount[c], 0.97303451328461578657);
  assert_close(marks->growth[f], 1.0204309068987922999);
  assert_close(marks->forward[f], 505.70289332085443044);
  assert_int_equal(marks->source[f], CARRY);
  assert_int_equal(all->forward[instrument(made, "O2")], f);
  assert_true(all->discount[instrument(made, "O2")] == 1);
  assert_true(all->mark[instrument(made, "O2")] == 9 && isnan(all->mark[c]));
  assert_int_equal(all->exercise[c], AMERICAN);
  c = instrument(made, "L");
  assert_close(all->discount[c], 0.91461480260356677477);
  assert_close(marks->growth[all->forward[c]], 1.0740127059219067778);
  assert_close(marks->forward[all->forward[c]], 532.25684284564375272);
  c = instrument(made, "OLD");
  assert_true(all->years[c] == 0 && all->discount[c] == 1 && marks->forward[all->forward[c]] == 500);
  c = instrument(made, "SH");
  assert_true(marks->forward[all->forward[c]] == 500 && marks->growth[all->forward[c]] == 1);
  assert_true(all->expiry_s[c] == 0 && all->years[c] == 0 && all->vol[c] == 0);
  assert_int_equal(marks->n, 4);
}

static void a_forward_comes_from_the_file_then_the_future_then_carry(void **state) {
  fixture *test = *state;
  write_equity_market(test);
  write_file(test, "forwards.csv",
             "underlying,expiry,forward,forward_fixed,discount_factor,rate_cc,x_confidence\n"
             "ABC,2026-12-25,510,100,,0.035,0.9\nABC,2027-01-15,520,,0.97,,0.8\nABC,2028-03-17,540,,,,0.7\n");
  write_file(test, "instruments.csv",
             "instrument,type,underlying,underlying_future,right,exercise,strike,expiry,multiplier,currency,implied_"
             "vol,price\n"
             "QUOTED,option,ABC,F2,put,european,480,2026-12-25,100,USD,0.2,\n"
             "ONFUT,option,ABC,F1,put,european,480,2026-09-18,100,USD,0.2,\n"
             "DF,option,ABC,,put,european,480,2027-01-15,100,USD,0.2,\n"
             "F1,future,ABC,,,,,2026-12-25,50,USD,,505\n"
             "F2,future,ABC,,,,,2027-01-15,50,USD,,\n"
             "F3,forward,ABC,,,,,2026-12-25T21:00:01Z,50,USD,,\n"
             "P1,perpetual,ABC,,,,,,1,USD,,\nP2,perpetual,ABC,,,,,,1,USD,,501\n");
  const book *made = read_clean(test);
  const instruments *all = &made->instruments;
  const forwards *marks = &made->forwards;
  uint32_t f = all->forward[instrument(made, "QUOTED")];
  assert_true(marks->forward[f] == 510 && marks->fixed[f] == 100 && marks->growth[f] == 510.0 / 500.0);
  assert_int_equal(marks->source[f], FORWARDS_FILE);
  assert_string_equal(marks->x.items[0].name, "x_confidence");
  assert_string_equal(marks->x.items[0].text[f], "0.9");
  assert_close(all->discount[instrument(made, "QUOTED")], 0.97541958489091491554);
  uint32_t own = all->forward[instrument(made, "F1")];
  assert_true(own != f && marks->forward[own] == 505 && marks->fixed[own] == 100);
  assert_int_equal(marks->source[own], OWN_MARK);
  assert_int_equal(all->forward[instrument(made, "ONFUT")], own);
  assert_true(all->discount[instrument(made, "DF")] == 0.97);
  f = all->forward[instrument(made, "F2")];
  assert_true(marks->forward[f] == 520 && marks->source[f] == FORWARDS_FILE && marks->fixed[f] == 0);
  assert_true(f != all->forward[instrument(made, "DF")]);
  f = all->forward[instrument(made, "F3")];
  assert_int_equal(marks->source[f], CARRY);
  assert_string_equal(marks->x.items[0].text[f], "");
  assert_true(marks->forward[all->forward[instrument(made, "P1")]] == 500);
  f = all->forward[instrument(made, "P2")];
  assert_true(marks->forward[f] == 501 && marks->source[f] == OWN_MARK);
  assert_true(all->discount[instrument(made, "F1")] == 1);
  assert_int_equal(marks->n, 7);
}

static void a_vol_comes_from_the_option_else_from_svi(void **state) {
  fixture *test = *state;
  write_file(test, "book.yaml", settings);
  write_file(test, "underlyings.csv", "underlying,currency,price,asset\nBTC,USD,70000,BTC\n");
  write_file(test, "forwards.csv",
             "underlying,expiry,forward,svi_a,svi_b,svi_rho,svi_m,svi_sigma,svi_forward,svi_years\n"
             "BTC,2026-12-25,73500,0.04,0.1,-0.3,0.05,0.2,73000,0.7\n");
  write_file(test, "instruments.csv",
             "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,implied_vol\n"
             "A,option,BTC,call,european,80000,2026-12-25,1,BTC,inverse,\nB,option,BTC,call,european,73000,2026-12-25,"
             "1,BTC,inverse,\n"
             "C,option,BTC,put,european,1000,2026-12-25,1,BTC,inverse,\nD,option,BTC,call,european,1000000,2026-12-25,"
             "1,BTC,inverse,\n"
             "E,option,BTC,call,european,73000,2026-12-25,1,BTC,inverse,0.6\nF,option,BTC,call,european,73000,2026-12-"
             "25,1,BTC,inverse,0\n");
  write_file(test, "positions.csv", "account,instrument,quantity\n");
  const book *made = read_clean(test);
  double expected[] = {
      0.29076346671997370994, 0.29788667099152298437, 0.50113816569496597507, 0.39135734679418576647, 0.6, 0};
  for (uint32_t c = 0; c < 6; c++) {
    assert_close(made->instruments.vol[c], expected[c]);
    assert_true(made->instruments.discount[c] == 1);
  }
  assert_int_equal(made->forwards.n, 1);
}

static void a_bachelier_book_may_be_negative(void **state) {
  fixture *test = *state;
  write_file(test, "book.yaml",
             "as_of: 2026-04-10T08:00:00Z\ncurrency: USD\nexpiry_time: 21:00:00Z\nrates: zero\nday_count: act/365f\n");
  write_file(test, "underlyings.csv", "underlying,currency,price,kind\nCL,USD,-37.63,commodity\n");
  write_file(test, "instruments.csv",
             "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,price_model,implied_vol\n"
             "O,option,CL,put,european,-30,2026-12-25,1000,USD,bachelier,12.5\n");
  write_file(test, "positions.csv", "account,instrument,quantity\n");
  const book *made = read_clean(test);
  assert_true(made->forwards.forward[0] == -37.63 && made->instruments.strike[0] == -30);
  assert_true(made->instruments.discount[0] == 1 && made->instruments.vol[0] == 12.5);
  assert_int_equal(made->instruments.price_model[0], BACHELIER);
  assert_int_equal(made->underlyings.kind[0], COMMODITY);
}

static void repeated_positions_add_exactly_and_gross_accounts_keep_sides(void **state) {
  fixture *test = *state;
  write_equity_market(test);
  write_file(test, "instruments.csv",
             "instrument,type,underlying,multiplier,currency\nA,spot,ABC,1,USD\nB,spot,ABC,1,USD\n");
  write_file(test, "accounts.csv", "account,sides,x_desk\nG,gross,east\nN,net,\nEMPTY,,\n");
  write_file(test, "positions.csv",
             "account,instrument,quantity\nN,B,0.1\nG,A,-5\nN,A,1e-18\nG,A,2\nN,B,0.2\nG,B,-1\nG,A,0.5\nN,A,-1e-18\nN,"
             "B,-0.3\nZ,A,7\n");
  const book *made = read_clean(test);
  const positions *all = &made->positions;
  const char *account_ids[] = {"G", "G", "G", "N", "N", "Z"}, *quantities[] = {"2.5", "-5", "-1", "0", "0", "7"};
  uint32_t instrument_indices[] = {0, 0, 1, 0, 1, 0};
  assert_int_equal(all->n, 6);
  for (size_t p = 0; p < 6; p++) {
    char text[NUMBER_TEXT_BYTES];
    decimal18_format(all->quantity_exact[p], text);
    assert_string_equal(made->accounts.id[all->account[p]], account_ids[p]);
    assert_int_equal(all->instrument[p], instrument_indices[p]);
    assert_string_equal(text, quantities[p]);
    assert_true(all->quantity[p] == atof(quantities[p]));
  }
  uint32_t gross = find(made->accounts.id, made->accounts.n, "G"),
           only = find(made->accounts.id, made->accounts.n, "Z");
  assert_true(made->accounts.gross[gross] && !made->accounts.gross[only]);
  assert_int_equal(made->accounts.line[only], 0);
  assert_int_equal(made->accounts.parent[only], ID_NONE);
  assert_int_equal(made->accounts.currency[only], made->base_currency);
  assert_string_equal(made->accounts.x.items[0].text[gross], "east");
  assert_string_equal(made->accounts.x.items[0].text[only], "");
}

static void accounts_net_up_to_the_first_that_does_not(void **state) {
  fixture *test = *state;
  write_equity_market(test);
  write_file(test, "instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,ABC,1,USD\n");
  write_file(
      test, "accounts.csv",
      "account,parent,to_parent,type,pool\nD,C,net,customer,\nC,B,net,,\nB,A,sum,member,isolated\nA,,,,\nE,P,,,\n");
  write_file(test, "positions.csv", "account,instrument,quantity\nP,A,1\n");
  const accounts *all = &read_clean(test)->accounts; /* A B C D E P */
  uint32_t parent[] = {ID_NONE, 0, 1, 2, 5, ID_NONE}, margined_in[] = {0, 1, 1, 1, 4, 5};
  for (uint32_t a = 0; a < 6; a++) {
    assert_int_equal(all->parent[a], parent[a]);
    assert_int_equal(all->margin_account[a], margined_in[a]);
    assert_int_equal(all->nets_into_parent[a], a == 2 || a == 3);
    assert_int_equal(all->isolated[a], a == 1);
  }
  assert_int_equal(all->type[1], MEMBER);
  assert_int_equal(all->type[0], ACCOUNT_TYPE_NONE);
}

static void scenario_files_keep_their_order(void **state) {
  fixture *test = *state;
  char folder[128];
  write_equity_market(test);
  write_file(test, "fx.csv", "currency,rate_to_base\nEUR,1.1\n");
  write_file(test, "instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,ABC,1,USD\n");
  snprintf(folder, sizeof folder, "%s/scenarios", test->folder);
  mkdir(folder, 0700);
  write_file(
      test, "scenarios/b.csv",
      "scenario,factor,move,kind,weight,label,date\nS2,price:ABC,-0.1,relative,0.5,Down,2008-10-06\nS1,vol:ABC@30.5,0."
      "2,absolute,,,\n"
      "S2,fx:EUR,0.01,relative,,,\nS1,rate:USD,-0.01,absolute,,,\nS1,vol:ABC,0.1,relative,,,\nS1,time,1,absolute,,,\n");
  write_file(test, "scenarios/a.csv", "scenario,factor,move,kind\n");
  const book *made = read_clean(test);
  assert_int_equal(made->n_scenario_files, 2);
  const scenario_file *file = &made->scenario_files[1];
  assert_string_equal(file->name, "scenarios/b.csv");
  assert_int_equal(file->n_scenarios, 2);
  assert_string_equal(file->id[0], "S2");
  assert_string_equal(file->label[0], "Down");
  assert_string_equal(file->date[0], "2008-10-06");
  assert_true(file->weight[0] == 0.5 && file->weight[1] == 1);
  assert_int_equal(file->n_moves, 6);
  const char factors[] = "pvfrvt";
  const char *names[] = {"ABC", "ABC", "EUR", "USD", "ABC", ""};
  uint32_t scenarios[] = {0, 1, 0, 1, 1, 1};
  for (size_t i = 0; i < 6; i++) {
    assert_int_equal(file->moves[i].factor, factors[i]);
    assert_string_equal(file->moves[i].name, names[i]);
    assert_int_equal(file->moves[i].scenario, scenarios[i]);
    assert_int_equal(file->moves[i].line, i + 2);
  }
  assert_true(file->moves[1].tenor_days == 30.5 && isnan(file->moves[4].tenor_days));
  assert_true(file->moves[0].relative && !file->moves[1].relative && file->moves[0].move == -0.1);
}

static void files_are_digested_and_listed_by_name(void **state) {
  fixture *test = *state;
  char path[128];
  write_equity_market(test);
  write_file(test, "instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,ABC,1,USD\n");
  write_file(test, "assets.csv", "asset,currency,price\n");
  write_file(test, "notes.txt", "no file of the book");
  snprintf(path, sizeof path, "%s/positions.csv", test->folder);
  remove(path);
  snprintf(path, sizeof path, "%s/positions.csv.gz", test->folder);
  gzFile stream = gzopen(path, "w");
  gzputs(stream, "account,instrument,quantity\nX,A,1\n");
  gzclose(stream);
  const book *made = read_clean(test);
  const char *names[] = {"assets.csv",       "book.yaml", "dividends.csv",  "instruments.csv",
                         "positions.csv.gz", "rates.csv", "underlyings.csv"};
  assert_int_equal(made->n_files, 7);
  for (uint32_t i = 0; i < 7; i++) {
    assert_string_equal(made->files[i].name, names[i]);
  }
  assert_int_equal(made->files[4].size_bytes, 34);
  assert_int_equal(made->positions.n, 1);
}

static void a_folder_that_is_not_there_is_an_io_error(void **state) {
  fixture *test = *state;
  assert_int_equal(book_read("/nowhere/book", &test->book, test->error), SG_IO);
  assert_null(test->book);
  assert_string_equal(sg_error_get(test->error, 0).message, "is not a folder that can be read");
}

static void findings_beyond_a_thousand_in_a_file_are_counted(void **state) {
  fixture *test = *state;
  char *text = malloc(65536);
  write_equity_market(test);
  write_file(test, "instruments.csv", "instrument,type,underlying,multiplier,currency\nA,spot,ABC,1,USD\n");
  size_t length = (size_t)sprintf(text, "account,instrument,quantity\n");
  for (int i = 0; i < 1234; i++) {
    length += (size_t)sprintf(text + length, "X,A,%d?\n", i);
  }
  write_file(test, "positions.csv", text);
  free(text);
  assert_int_equal(book_read(test->folder, &test->book, test->error), SG_INPUT);
  assert_int_equal(sg_error_count(test->error), 1001);
  assert_string_equal(sg_error_get(test->error, 999).message, "quantity \"999?\" is not a number");
  assert_string_equal(sg_error_get(test->error, 1000).message, "has 234 more findings, which are not listed");
}

static void help_names_every_file_and_word(void **state) {
  const char *help = book_formats();
  const char *texts[] = {"book.yaml (required)",
                         "dividends.csv (optional)",
                         "assets.csv (optional)",
                         "arrays/NAME.csv (optional, not read yet)",
                         "tables/NAME.csv",
                         "history/NAME.csv",
                         "(option, future, forward, perpetual or spot)",
                         "svi_sigma",
                         "(relative or absolute)"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (strstr(help, texts[i]) == NULL) {
      fail_msg("%s is not in the help", texts[i]);
    }
  }
  assert_ptr_equal(book_formats(), help);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
  const struct CMUnitTest tests[] = {
      TEST(everything_is_sorted_by_id_bytes),
      TEST(a_forward_from_carry_has_rate_yield_and_dividends),
      TEST(a_forward_comes_from_the_file_then_the_future_then_carry),
      TEST(a_vol_comes_from_the_option_else_from_svi),
      TEST(a_bachelier_book_may_be_negative),
      TEST(repeated_positions_add_exactly_and_gross_accounts_keep_sides),
      TEST(accounts_net_up_to_the_first_that_does_not),
      TEST(scenario_files_keep_their_order),
      TEST(files_are_digested_and_listed_by_name),
      TEST(a_folder_that_is_not_there_is_an_io_error),
      TEST(findings_beyond_a_thousand_in_a_file_are_counted),
      cmocka_unit_test(help_names_every_file_and_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
