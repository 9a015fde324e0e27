/* SPDX-License-Identifier: MIT
 *
 * Small responses, made by hand, to whole books; and every way in which a response or a folder is refused.
 */
#include "input/import.h"

#include "base/file.h"
#include "test_folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *name) {
  return access(path_of(name), F_OK) == 0;
}

/* Imports up to two files; the caller frees the report. */
static sg_status import_two(const char *first, const char *second, const sg_import_options *options,
                            const char *folder, char **report, sg_error *error) {
  const char *paths[2] = {path_of(first), second == NULL ? NULL : path_of(second)};
  return import_files("deribit", paths, second == NULL ? 1 : 2, options, path_of(folder), report, error);
}

static const char options_text[] =
    "{\"jsonrpc\":\"2.0\",\"result\":["
    "{\"instrument_name\":\"BTC-27MAR26-60000-C\",\"base_currency\":\"BTC\",\"mark_price\":0.29766432,"
    "\"mark_iv\":50.89,\"underlying_price\":75600.21,\"estimated_delivery_price\":73102.5,\"open_interest\":2.1,"
    "\"creation_timestamp\":1767225600999,\"bid_price\":null},"
    "{\"instrument_name\":\"BTC-27MAR26-60000-P\",\"mark_price\":0.0,\"mark_iv\":7,\"underlying_price\":75600.61,"
    "\"estimated_delivery_price\":73103,\"open_interest\":0.0,\"creation_timestamp\":1767225600000},"
    "{\"instrument_name\":\"BTC-2JAN26-61000-P\",\"mark_price\":0.001,\"mark_iv\":60.1,\"underlying_price\":73100,"
    "\"estimated_delivery_price\":73101,\"open_interest\":1,\"creation_timestamp\":1767225600000}"
    "],\"usIn\":1767225600000000,\"usOut\":1767225600000000,\"usDiff\":0,\"testnet\":false}";

static const char futures_text[] =
    "[{\"instrument_name\":\"BTC-PERPETUAL\",\"mark_price\":73111.25,\"creation_timestamp\":1767225600000},"
    "{\"instrument_name\":\"BTC-27MAR26\",\"bid_price\":75600,\"ask_price\":75601,"
    "\"creation_timestamp\":1767225600000},"
    "{\"instrument_name\":\"BTC-26JUN26\",\"mid_price\":76000.5,\"creation_timestamp\":1767225600000}]";

static void responses_become_a_book(void **state) {
  char *report = NULL;
  write_text("options.json", options_text);
  write_text("futures.json", futures_text);
  assert_int_equal(import_two("options.json", "futures.json", NULL, "book", &report, NULL), SG_OK);
  assert_content("book/book.yaml", "# made by shockgrid import deribit\nas_of: 2026-01-01T00:00:00Z\ncurrency: USD\n"
                                   "day_count: act/365f\nrates: zero\n");
  assert_content("book/underlyings.csv", "underlying,currency,price,asset,kind\nBTC,USD,73102.5,BTC,crypto\n");
  assert_content("book/fx.csv", "currency,rate_to_base\nBTC,73102.5\n");
  assert_content("book/forwards.csv", "underlying,expiry,forward\nBTC,2026-01-02T08:00:00Z,73100\n"
                                      "BTC,2026-03-27T08:00:00Z,75600.41\nBTC,2026-06-26T08:00:00Z,76000.5\n");
  assert_content("book/instruments.csv",
                 "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\n"
                 "BTC-26JUN26,future,BTC,,,,2026-06-26T08:00:00Z,1,BTC,inverse,76000.5,\n"
                 "BTC-27MAR26,future,BTC,,,,2026-03-27T08:00:00Z,1,BTC,inverse,75600.5,\n"
                 "BTC-27MAR26-60000-C,option,BTC,call,european,60000,2026-03-27T08:00:00Z,1,BTC,inverse,0.29766432,"
                 "0.5089\n"
                 "BTC-27MAR26-60000-P,option,BTC,put,european,60000,2026-03-27T08:00:00Z,1,BTC,inverse,0,0.07\n"
                 "BTC-2JAN26-61000-P,option,BTC,put,european,61000,2026-01-02T08:00:00Z,1,BTC,inverse,0.001,0.601\n"
                 "BTC-PERPETUAL,perpetual,BTC,,,,,1,BTC,inverse,73111.25,\n");
  assert_content("book/positions.csv", "account,instrument,quantity\n");
  assert_false(is_there("book/accounts.csv"));
  assert_string_equal(
      report,
      "Deribit book summaries: 2 files, 6 rows, as of 2026-01-01T00:00:00Z (the earliest row is of "
      "2026-01-01T00:00:00Z)\n"
      "BTC\n"
      "  index 73102.5, median of 3 estimated_delivery_price from 73101 to 73103\n"
      "  3 of 3 options, 2 of 2 futures, 1 of 1 perpetuals, 3 expiries\n"
      "  2026-01-02T08:00:00Z  forward 73100        median of 1 underlying_price from 73100 to 73100\n"
      "  2026-03-27T08:00:00Z  forward 75600.41     median of 2 underlying_price from 75600.21 to 75600.61\n"
      "  2026-06-26T08:00:00Z  forward 76000.5      the future's price\n"
      "left out: nothing\n"
      "quantities: options in coin, futures and perpetuals in US dollars of notional (multiplier 1)\n");
  free(report);
}

static void the_order_of_files_does_not_matter(void **state) {
  static const char *const names[] = {"book.yaml", "underlyings.csv", "forwards.csv", "instruments.csv",
                                      "positions.csv", "accounts.csv"};
  sg_import_options options = {.n_accounts = 40, .seed = 7};
  char *report = NULL;
  assert_int_equal(import_two("options.json", "futures.json", &options, "one", &report, NULL), SG_OK);
  free(report);
  assert_int_equal(import_two("futures.json", "options.json", &options, "other", &report, NULL), SG_OK);
  free(report);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char one[40], other[40];
    snprintf(one, sizeof one, "one/%s", names[i]);
    snprintf(other, sizeof other, "other/%s", names[i]);
    file_text loaded;
    assert_int_equal(file_load(path_of(one), 100000, &loaded, NULL), SG_OK);
    assert_content(other, loaded.text);
    file_close(&loaded);
  }
}

static void without_an_index_the_perpetual_gives_the_price_and_rows_left_out_are_listed(void **state) {
  char *report = NULL;
  write_text("bare.json",
             "{\"usOut\":1767225600000000,\"result\":["
             "{\"instrument_name\":\"ETH-PERPETUAL\",\"mark_price\":2999,\"bid_price\":3000,\"ask_price\":3001},"
             "{\"instrument_name\":\"ETH-27MAR26-3000-C\",\"mark_price\":0.1,\"underlying_price\":3100},"
             "{\"instrument_name\":\"ETH-27MAR26-3000-P\"},{\"instrument_name\":\"ETH-27MAR26-3200-P\"},"
             "{\"instrument_name\":\"ETH-27MAR26-3400-P\"},"
             "{\"instrument_name\":\"ETH-3APR26-3000-P\",\"mark_iv\":50},"
             "{\"instrument_name\":\"ETH-3APR26\"},"
             "{\"instrument_name\":\"ETH-1JAN26-3000-P\",\"mark_iv\":50,\"underlying_price\":3000},"
             "{\"instrument_name\":\"ETH-31DEC25\",\"mark_price\":3000},"
             "{\"instrument_name\":\"ETH_USDC-PERPETUAL\",\"mark_price\":3000},"
             "{\"instrument_name\":\"ETH-FS-27MAR26_PERP\",\"mark_price\":3},"
             "{\"instrument_name\":\"ETH-31FEB26\",\"mark_price\":3000},"
             "{\"instrument_name\":\"ETH-27MAR26-3d5-X\",\"mark_price\":3000}]}");
  assert_int_equal(import_two("bare.json", NULL, NULL, "bare", &report, NULL), SG_OK);
  assert_content("bare/underlyings.csv", "underlying,currency,price,asset,kind\nETH,USD,3000.5,ETH,crypto\n");
  assert_string_equal(
      report,
      "Deribit book summaries: 1 file, 13 rows, as of 2026-01-01T00:00:00Z (the earliest row is of "
      "2026-01-01T00:00:00Z)\n"
      "ETH\n"
      "  index 3000.5, from the perpetual: no row has an estimated_delivery_price\n"
      "  1 of 6 options, 0 of 2 futures, 1 of 1 perpetuals, 3 expiries\n"
      "  2026-01-01T08:00:00Z  forward 3000         median of 1 underlying_price from 3000 to 3000\n"
      "  2026-03-27T08:00:00Z  forward 3100         median of 1 underlying_price from 3100 to 3100\n"
      "  2026-04-03T08:00:00Z  no forward\n"
      "left out 3: the name is none of COIN-DDMMMYY-STRIKE-C|P, COIN-DDMMMYY, COIN-PERPETUAL: ETH-FS-27MAR26_PERP, "
      "ETH-31FEB26, ETH-27MAR26-3d5-X\n"
      "left out 1: not settled in the coin: ETH_USDC-PERPETUAL\n"
      "left out 1: expired at the time of the data: ETH-31DEC25\n"
      "left out 1: an option whose expiry has neither underlying_price nor a future's price: ETH-3APR26-3000-P\n"
      "left out 4: an option without mark_iv and bid_price: ETH-27MAR26-3000-C, ETH-27MAR26-3000-P, "
      "ETH-27MAR26-3200-P, ...\n"
      "left out 1: a future without mark_price, mid_price, or bid_price and ask_price: ETH-3APR26\n"
      "quantities: options in coin, futures and perpetuals in US dollars of notional (multiplier 1)\n");
  free(report);
}

#define QUOTED(name, bid, ask) "{\"instrument_name\":\"" name "\",\"bid_price\":" bid ",\"ask_price\":" ask "},"

/* The future's mid is 4000: intrinsic values are 0.25 for the call of 3000 and 0.5 for the put of 6000. */
static void options_without_vols_are_priced_by_the_middle_of_their_quotes(void **state) {
  sg_import_options two = {.n_accounts = 2, .seed = 1};
  char *report = NULL;
  write_text("mids.json", "{\"usOut\":1767225600000000,\"result\":["
             QUOTED("ETH-PERPETUAL", "3000", "3001") QUOTED("ETH-27MAR26", "3999", "4001")
             QUOTED("ETH-27MAR26-3000-C", "0.25", "0.3") QUOTED("ETH-27MAR26-3000-P", "0.015625", "0.046875")
             QUOTED("ETH-27MAR26-6000-P", "0.5", "0.5") QUOTED("ETH-27MAR26-6000-C", "0.9", "1.1")
             QUOTED("ETH-27MAR26-5000-P", "1.25", "1.25") QUOTED("ETH-27MAR26-5000-C", "0.2", "0.1")
             QUOTED("ETH-27MAR26-2000-P", "0.1", "0") QUOTED("ETH-27MAR26-2000-C", "null", "0.1")
             QUOTED("ETH-3APR26-2000-C", "0.1", "0.2")
             "{\"instrument_name\":\"ETH-27MAR26-4000-C\",\"mark_iv\":50,\"mark_price\":0.125}]}");
  assert_int_equal(import_two("mids.json", NULL, &two, "mids", &report, NULL), SG_OK);
  assert_content("mids/forwards.csv", "underlying,expiry,forward\nETH,2026-03-27T08:00:00Z,4000\n");
  assert_content("mids/instruments.csv",
                 "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\n"
                 "ETH-27MAR26,future,ETH,,,,2026-03-27T08:00:00Z,1,ETH,inverse,4000,\n"
                 "ETH-27MAR26-3000-C,option,ETH,call,european,3000,2026-03-27T08:00:00Z,1,ETH,inverse,0.275,\n"
                 "ETH-27MAR26-3000-P,option,ETH,put,european,3000,2026-03-27T08:00:00Z,1,ETH,inverse,0.03125,\n"
                 "ETH-27MAR26-4000-C,option,ETH,call,european,4000,2026-03-27T08:00:00Z,1,ETH,inverse,0.125,0.5\n"
                 "ETH-27MAR26-5000-C,option,ETH,call,european,5000,2026-03-27T08:00:00Z,1,ETH,inverse,0.15,\n"
                 "ETH-PERPETUAL,perpetual,ETH,,,,,1,ETH,inverse,3000.5,\n");
  assert_non_null(strstr(report,
      "priced by mark_iv 1, by the middle of bid_price and ask_price 3 "
      "(of these 3 without open interest, 1 with the bid above the ask)\n"
      "left out 1: an option whose expiry has neither underlying_price nor a future's price: ETH-3APR26-2000-C\n"
      "left out 1: an option without mark_iv and bid_price: ETH-27MAR26-2000-C\n"
      "left out 1: an option without mark_iv and ask_price: ETH-27MAR26-2000-P\n"
      "left out 1: an option without mark_iv whose mid is at most its intrinsic value on the forward: "
      "ETH-27MAR26-6000-P\n"
      "left out 2: an option without mark_iv whose mid is at least its largest value: ETH-27MAR26-6000-C, "
      "ETH-27MAR26-5000-P\n"
      "quantities: "));
  free(report);
}

#define OPTION "\"instrument_name\":\"BTC-27MAR26-60000-C\""
#define TIME "\"creation_timestamp\":1767225600000"

static void a_bad_response_is_refused_and_nothing_is_written(void **state) {
  static const struct {
    const char *text, *message;
    uint64_t line, column;
  } cases[] = {
      {"{\"result\":[{\n\"a\":1,}]}", "is not JSON: string or '}' expected near '}'", 2, 7},
      {"", "is not JSON: '[' or '{' expected near end of file", 1, 0},
      {"{}", "has no array \"result\"; a response of public/get_book_summary_by_currency is expected", 0, 0},
      {"{\"result\":3}",
       "has no array \"result\"; a response of public/get_book_summary_by_currency is expected", 0, 0},
      {"{\"error\":{\"message\":\"Invalid params\",\"code\":-32602}}",
       "the exchange answered with an error: Invalid params", 0, 0},
      {"{\"result\":[]}", "\"result\" is empty", 0, 0},
      {"[7]", "result[0] has no instrument_name", 0, 0},
      {"[{\"mark_price\":1}]", "result[0] has no instrument_name", 0, 0},
      {"[{" OPTION "," TIME ",\"mark_price\":\"0.1\"}]",
       "result[0] BTC-27MAR26-60000-C: mark_price is a text; a number is expected", 0, 0},
      {"[{" OPTION "," TIME ",\"mark_iv\":true}]",
       "result[0] BTC-27MAR26-60000-C: mark_iv is true or false; a number is expected", 0, 0},
      {"[{" OPTION "," TIME ",\"open_interest\":-2.5}]",
       "result[0] BTC-27MAR26-60000-C: open_interest -2.5 is negative", 0, 0},
      {"[{" OPTION ",\"creation_timestamp\":1767225600000000}]",
       "result[0] BTC-27MAR26-60000-C: creation_timestamp is not in milliseconds", 0, 0},
      {"[{" OPTION "}]", "neither creation_timestamp nor usOut says of when the data is", 0, 0},
      {"[{" OPTION "," TIME ",\"mark_iv\":50,\"underlying_price\":7}]",
       "no price of BTC: no row has an estimated_delivery_price, and there is no BTC-PERPETUAL with a price; give the "
       "file of its futures too",
       0, 0},
      {"[{" OPTION "," TIME ",\"mark_iv\":50,\"estimated_delivery_price\":7},{\"instrument_name\":\"BTC-PERPETUAL\","
       "\"creation_timestamp\":1767229200001}]",
       "BTC-PERPETUAL is of 2026-01-01T01:00:00Z, but BTC-27MAR26-60000-C in PATH is of 2026-01-01T00:00:00Z: more "
       "than an hour apart is not one market",
       0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sg_error *error = sg_error_open();
    char *report = NULL, expected[400];
    write_text("bad.json", cases[i].text);
    assert_int_equal(import_two("bad.json", NULL, NULL, "none", &report, error), SG_INPUT);
    assert_null(report);
    assert_false(is_there("none"));
    assert_int_equal(sg_error_count(error), 1);
    sg_finding finding = sg_error_get(error, 0);
    const char *path = strstr(cases[i].message, "PATH");
    if (path == NULL) {
      snprintf(expected, sizeof expected, "%s", cases[i].message);
    } else {
      snprintf(expected, sizeof expected, "%.*s%s%s", (int)(path - cases[i].message), cases[i].message,
               path_of("bad.json"), path + 4);
    }
    assert_string_equal(finding.message, expected);
    assert_string_equal(finding.file, path_of("bad.json"));
    assert_int_equal(finding.line, cases[i].line);
    assert_int_equal(finding.column, cases[i].column);
    sg_error_close(error);
  }
}

static void every_bad_row_of_every_file_is_a_finding(void **state) {
  sg_error *error = sg_error_open();
  char *report = NULL;
  write_text("first.json", "[{" OPTION "," TIME ",\"mark_iv\":[]},{},{\"instrument_name\":\"BTC-PERPETUAL\","
                           "\"mark_price\":-1}]");
  write_text("second.json", "[{" OPTION "," TIME "}]");
  assert_int_equal(import_two("first.json", "second.json", NULL, "none", &report, error), SG_INPUT);
  assert_int_equal(sg_error_count(error), 4);
  assert_string_equal(sg_error_get(error, 0).message,
                      "result[0] BTC-27MAR26-60000-C: mark_iv is an array; a number is expected");
  assert_string_equal(sg_error_get(error, 1).message, "result[1] has no instrument_name");
  assert_string_equal(sg_error_get(error, 2).message, "result[2] BTC-PERPETUAL: mark_price -1 is negative");
  char expected[300];
  snprintf(expected, sizeof expected, "result[0] BTC-27MAR26-60000-C: the same instrument is already in %s",
           path_of("first.json"));
  assert_string_equal(sg_error_get(error, 3).message, expected);
  assert_string_equal(sg_error_get(error, 3).file, path_of("second.json"));
  sg_error_close(error);
}

static void a_book_without_any_row_is_refused_with_the_reasons(void **state) {
  sg_error *error = sg_error_open();
  char *report = NULL;
  write_text("empty.json", "[{" OPTION "," TIME ",\"estimated_delivery_price\":7},"
                           "{\"instrument_name\":\"BTC_USDC\"," TIME "}]");
  assert_int_equal(import_two("empty.json", NULL, NULL, "none", &report, error), SG_INPUT);
  assert_int_equal(sg_error_count(error), 2);
  assert_string_equal(sg_error_get(error, 0).message,
                      "nothing to import: of 2 rows 1 are left out: not settled in the coin");
  assert_string_equal(sg_error_get(error, 1).message,
                      "nothing to import: of 2 rows 1 are left out: an option whose expiry has neither "
                      "underlying_price nor a future's price");
  sg_error_close(error);
}

static void wrong_arguments_are_refused(void **state) {
  sg_error *error = sg_error_open();
  char *report = NULL;
  sg_import_options one = {.n_accounts = 1};
  assert_int_equal(import_files("derebit", NULL, 0, NULL, path_of("none"), &report, error), SG_USAGE);
  assert_string_equal(sg_error_get(error, 0).message, "format \"derebit\" is not known; expected one of: "
                      "deribit yahoo cboe lean");
  assert_int_equal(import_files("deribit", NULL, 0, NULL, path_of("none"), &report, error), SG_USAGE);
  assert_string_equal(sg_error_get(error, 1).message,
                      "no file to import; expected one or more responses of public/get_book_summary_by_currency");
  assert_int_equal(import_two("options.json", NULL, &one, "none", &report, error), SG_USAGE);
  assert_string_equal(sg_error_get(error, 2).message,
                      "1 account: at least 2 are needed, since every long needs a short");
  assert_int_equal(import_two("missing.json", NULL, NULL, "none", &report, error), SG_IO);
  assert_string_equal(sg_error_get(error, 3).message, "cannot be read: No such file or directory");
  assert_false(is_there("none"));
  sg_error_close(error);
}

static void check_folder_refused(const char *folder, const char *message) {
  sg_error *error = sg_error_open();
  char *report = NULL;
  assert_int_equal(import_two("options.json", NULL, NULL, folder, &report, error), SG_USAGE);
  assert_null(report);
  assert_int_equal(sg_error_count(error), 1);
  assert_string_equal(sg_error_get(error, 0).file, path_of(folder));
  assert_string_equal(sg_error_get(error, 0).message, message);
  sg_error_close(error);
}

static void only_an_unchanged_import_is_replaced(void **state) {
  char *report = NULL;
  sg_import_options options = {.n_accounts = 10, .seed = 1};
  assert_int_equal(import_two("options.json", "futures.json", &options, "again", &report, NULL), SG_OK);
  free(report);
  write_text("again/notes.txt", "mine\n");
  assert_true(is_there("again/accounts.csv"));
  assert_int_equal(import_two("options.json", NULL, NULL, "again", &report, NULL), SG_OK);
  free(report);
  assert_false(is_there("again/accounts.csv"));
  assert_content("again/positions.csv", "account,instrument,quantity\n");
  assert_content("again/notes.txt", "mine\n");
  write_text("again/positions.csv", "account,instrument,quantity\nA,BTC-2JAN26-61000-P,5\n");
  check_folder_refused("again", "holds a positions.csv that was changed since it was imported; choose another folder "
                                "or move it away");
  assert_content("again/positions.csv", "account,instrument,quantity\nA,BTC-2JAN26-61000-P,5\n");
}

static void a_book_of_other_origin_is_left_alone(void **state) {
  assert_int_equal(mkdir(path_of("theirs"), 0777), 0);
  write_text("theirs/positions.csv", "account,instrument,quantity\n");
  check_folder_refused("theirs", "holds a positions.csv that no import made; choose another folder or move it away");
  assert_int_equal(rename(path_of("theirs/positions.csv"), path_of("theirs/positions.csv.gz")), 0);
  check_folder_refused("theirs", "holds a positions.csv.gz that would become part of the imported book; choose another "
                                 "folder");
  assert_int_equal(rename(path_of("theirs/positions.csv.gz"), path_of("theirs/assets.csv")), 0);
  check_folder_refused("theirs", "holds a assets.csv that would become part of the imported book; choose another "
                                 "folder");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(responses_become_a_book),
      cmocka_unit_test(the_order_of_files_does_not_matter),
      cmocka_unit_test(options_without_vols_are_priced_by_the_middle_of_their_quotes),
      cmocka_unit_test(without_an_index_the_perpetual_gives_the_price_and_rows_left_out_are_listed),
      cmocka_unit_test(a_bad_response_is_refused_and_nothing_is_written),
      cmocka_unit_test(every_bad_row_of_every_file_is_a_finding),
      cmocka_unit_test(a_book_without_any_row_is_refused_with_the_reasons),
      cmocka_unit_test(wrong_arguments_are_refused),
      cmocka_unit_test(only_an_unchanged_import_is_replaced),
      cmocka_unit_test(a_book_of_other_origin_is_left_alone),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
