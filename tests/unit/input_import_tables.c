/* SPDX-License-Identifier: MIT
 *
 * Chains of listed US options, made by hand, to whole books; how they are refused; and when New York opens and closes.
 */
#include "input/import.h"
#include "input/import_chain.h"

#include "base/date.h"
#include "base/file.h"
#include "test_folder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The caller frees the report. */
static char *import_one(const char *format, const char *path, const char *folder) {
  char *report = NULL;
  assert_int_equal(import_files(format, &path, 1, NULL, path_of(folder), &report, NULL), SG_OK);
  return report;
}

typedef struct refusal {
  const char *text, *message;
  uint64_t line, column;
} refusal;

static void assert_refused(const char *format, const char *name, const refusal *cases, size_t n) {
  for (size_t i = 0; i < n; i++) {
    sg_error *error = sg_error_open();
    char *report = NULL;
    const char *path = write_text(name, cases[i].text);
    print_message("%s\n", cases[i].message);
    assert_int_equal(import_files(format, &path, 1, NULL, path_of("refused"), &report, error), SG_INPUT);
    assert_null(report);
    assert_int_equal(sg_error_count(error), 1);
    sg_finding finding = sg_error_get(error, 0);
    assert_string_equal(finding.message, cases[i].message);
    assert_int_equal(finding.line, cases[i].line);
    assert_int_equal(finding.column, cases[i].column);
    assert_int_equal(access(path_of("refused"), F_OK), -1);
    sg_error_close(error);
  }
}

static void assert_new_york(const char *date, int64_t second, const char *expected) {
  int64_t day_s;
  bool date_only;
  char text[24];
  assert_null(date_parse(date, strlen(date), &day_s, &date_only));
  date_format(chain_new_york(day_s, second), text);
  assert_string_equal(text, expected);
}

/* Changes of the clock as published by NIST and, for 2006, by Public Law 99-359. */
static void new_york_keeps_summer_time_by_the_law_of_its_year(void **state) {
  assert_new_york("2026-03-07", CHAIN_CLOSE, "2026-03-07T21:00:00Z");
  assert_new_york("2026-03-08", CHAIN_CLOSE, "2026-03-08T20:00:00Z");
  assert_new_york("2026-10-31", CHAIN_OPEN, "2026-10-31T13:30:00Z");
  assert_new_york("2026-11-01", CHAIN_OPEN, "2026-11-01T14:30:00Z");
  assert_new_york("2020-03-07", CHAIN_CLOSE, "2020-03-07T21:00:00Z");
  assert_new_york("2020-03-08", CHAIN_CLOSE, "2020-03-08T20:00:00Z");
  assert_new_york("2015-11-01", CHAIN_CLOSE, "2015-11-01T21:00:00Z");
  assert_new_york("2006-04-01", CHAIN_CLOSE, "2006-04-01T21:00:00Z");
  assert_new_york("2006-04-02", CHAIN_CLOSE, "2006-04-02T20:00:00Z");
  assert_new_york("2006-10-28", CHAIN_CLOSE, "2006-10-28T20:00:00Z");
  assert_new_york("2006-10-29", CHAIN_CLOSE, "2006-10-29T21:00:00Z");
}

static void third_fridays_are_those_of_the_calendar(void **state) {
  assert_true(chain_is_third_friday(date_make(2026, 8, 21)));
  assert_false(chain_is_third_friday(date_make(2026, 8, 14)));
  assert_false(chain_is_third_friday(date_make(2026, 8, 20)));
  assert_true(chain_is_third_friday(date_make(2024, 3, 15)));
  assert_true(chain_is_third_friday(date_make(1969, 11, 21)));
}

static void symbols_are_read_and_written(void **state) {
  chain_symbol symbol;
  char text[64];
  assert_true(chain_parse_symbol("SPXW230914C01200500", 19, &symbol));
  assert_int_equal(symbol.root_length, 4);
  assert_int_equal(symbol.day_s, date_make(2023, 9, 14));
  assert_true(symbol.is_call);
  assert_true(symbol.strike == 1200.5);
  chain_format_symbol("SPXW", symbol.day_s, symbol.is_call, symbol.strike, text);
  assert_string_equal(text, "SPXW230914C01200500");
  static const char *const bad[] = {"", "230914C01200500", "X230914X01200500", "X231314C01200500", "X230914C0120050a",
                                    "X230914C00000000"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(chain_parse_symbol(bad[i], strlen(bad[i]), &symbol));
  }
}

#define QUOTE(strike, bid, ask) "{\"strike\":" strike ",\"bid\":" bid ",\"ask\":" ask ",\"openInterest\":7}"
#define CHAIN(symbol, time) "{\"underlyingSymbol\":\"" symbol "\",\"quote\":{\"regularMarketPrice\":4990.5," \
                            "\"regularMarketTime\":" time "},\"options\":["

/* 2026-01-02T21:00Z; the third Friday of January at 09:30 in New York. Calls less puts are 0.9921875 (5000 - K), but at
 * 4700, where the call's quotes are stale. */
static const char index_text[] =
    CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600,\"calls\":["
    QUOTE("4700", "250", "252") "," QUOTE("4800", "218.4375", "228.4375") "," 
    QUOTE("4900", "148.21875", "150.21875") ","
    QUOTE("5000", "89", "91") "," QUOTE("5100", "49", "51") "," QUOTE("5200", "24", "26") "," QUOTE("5300", "0", "0.05")
    "," QUOTE("4000", "985", "999") "],\"puts\":["
    QUOTE("4700", "14", "16") "," QUOTE("4800", "24", "26") "," QUOTE("4900", "49", "51") "," QUOTE("5000", "89", "91")
    "," QUOTE("5100", "148.21875", "150.21875") "," QUOTE("5200", "222.4375", "224.4375") ","
    "{\"strike\":5300,\"bid\":300,\"ask\":null}]},"
    "{\"expirationDate\":1768780800,\"calls\":[" QUOTE("5000", "100", "101") "],\"puts\":[" QUOTE("5000", "90", "91")
    "]},{\"expirationDate\":1767312000,\"calls\":[" QUOTE("5000", "1", "2") "],\"puts\":[]}]}";

static void an_index_chain_gets_its_forward_from_parity(void **state) {
  char *report = import_one("yahoo", write_text("index.json", index_text), "index");
  assert_content("index/book.yaml",
                 "# made by shockgrid import yahoo\nas_of: 2026-01-02T21:00:00Z\ncurrency: USD\nday_count: act/365f\n");
  assert_content("index/underlyings.csv", "underlying,currency,price,kind\nSPX,USD,4990.5,high_cap_index\n");
  assert_content("index/forwards.csv",
                 "underlying,expiry,forward,discount_factor,x_method,x_pairs,x_pairs_within,x_residual_median,"
                 "x_residual_largest,x_residual_median_widths,x_residual_largest_widths\n"
                 "SPX,2026-01-16T14:30:00Z,5000,0.9921875,parity_truncated_absolute_residuals,6,5,0,61.65625,0,"
                 "30.828125\n");
  assert_content("index/instruments.csv",
                 "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\n"
#define ROW(name, right, strike, price) \
  name ",option,SPX," right ",european," strike ",2026-01-16T14:30:00Z,100,USD,linear," price ",\n"
                 ROW("SPX260116C04800000", "call", "4800", "223.4375") ROW("SPX260116C04900000", "call", "4900",
                 "149.21875") ROW("SPX260116C05000000", "call", "5000", "90") ROW("SPX260116C05100000", "call", "5100",
                 "50") ROW("SPX260116C05200000", "call", "5200", "25") ROW("SPX260116P04700000", "put", "4700", "15")
                 ROW("SPX260116P04800000", "put", "4800", "25") ROW("SPX260116P04900000", "put", "4900", "50")
                 ROW("SPX260116P05000000", "put", "5000", "90") ROW("SPX260116P05100000", "put", "5100", "149.21875")
                 ROW("SPX260116P05200000", "put", "5200", "223.4375"));
#undef ROW
  assert_string_equal(
      report,
      "Yahoo option chain: 1 file, 18 options, as of 2026-01-02T21:00:00Z\n"
      "SPX\n"
      "  price 4990.5, kind high_cap_index, european exercise, 11 of 18 options\n"
      "  forward and discount factor of 1 of 2 expiries from put-call parity: the line C - P = D (F - K)\n"
      "  through mids within a tenth of the forward, least sum of residuals in half bid-ask widths, each at most 1\n"
      "  expiry                    forward  discount  pairs  within  residual   largest   /width  largest\n"
      "  2026-01-16T14:30:00Z    5000.0000  0.992188      6       5    0.0000   61.6563    0.000   30.828\n"
      "  2026-01-19T21:00:00Z  not used: 1 pairs\n"
      "price of an option: the middle of bid and ask\n"
      "18 index options carry no symbol: those of a third Friday are taken as settled on opening prices,\n"
      "  at 09:30 in New York, all others at 16:00\n"
      "left out 1: expired at the time of the data: SPXW260102C05000000\n"
      "left out 1: without a bid: SPX260116C05300000\n"
      "left out 1: without an ask: SPX260116P05300000\n"
      "left out 2: fewer strikes near the money with two quotes for call and put than parity needs: "
      "SPXW260119C05000000, SPXW260119P05000000\n"
      "left out 2: the price is at most the intrinsic value: SPX260116C04700000, SPX260116C04000000\n"
      "of the options kept 0 have no open interest, 0 a bid above their ask\n");
  free(report);
}

/* Quotes on the line D (F - K): a discount factor that no market has, then a forward far above the spot. */
static void an_expiry_whose_parity_is_absurd_is_left_out(void **state) {
  static const struct {
    double discount, forward, strike;
    const char *message;
  } cases[] = {
      {1.25, 5000, 4800,
       "nothing to import: of 8 options 8 are left out: the discount factor that parity gives for the expiry is not in "
       "(0, 1.05]"},
      {0.9921875, 6650, 6500,
       "nothing to import: of 8 options 8 are left out: the forward or discount factor of the expiry is out of step "
       "with the spot or the expiry before"},
      {0.9921875, 6650, 4800,
       "nothing to import: of 8 options 8 are left out: fewer strikes near the money with two quotes for call and put "
       "than parity needs"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[4000], *at = text;
    at += sprintf(at, CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600,\"calls\":[");
    for (int k = 0; k < 4; k++) {
      double strike = cases[i].strike + 100 * k, call = 2000 + cases[i].discount * (cases[i].forward - strike);
      at += sprintf(at, "%s" QUOTE("%.0f", "%.9f", "%.9f"), k > 0 ? "," : "", strike, call - 1, call + 1);
    }
    at += sprintf(at, "],\"puts\":[");
    for (int k = 0; k < 4; k++) {
      at += sprintf(at, "%s" QUOTE("%.0f", "1999", "2001"), k > 0 ? "," : "", cases[i].strike + 100 * k);
    }
    sprintf(at, "]}]}");
    const char *path = write_text("absurd.json", text);
    sg_error *error = sg_error_open();
    char *report = NULL;
    assert_int_equal(import_files("yahoo", &path, 1, NULL, path_of("absurd"), &report, error), SG_INPUT);
    assert_int_equal(sg_error_count(error), 1);
    assert_string_equal(sg_error_get(error, 0).message, cases[i].message);
    sg_error_close(error);
  }
}

/* Symbols of its own, inside the envelope of the service; shares are American and need no parity. */
static void a_share_in_the_envelope_of_the_service_keeps_american_exercise(void **state) {
  char *report = import_one("yahoo", write_text("share.json",
      "{\"optionChain\":{\"result\":[{\"underlyingSymbol\":\"AAPL\",\"quote\":{\"regularMarketPrice\":200,"
      "\"regularMarketTime\":1767387600},\"options\":[{\"expirationDate\":1768521600,\"calls\":["
      "{\"contractSymbol\":\"AAPL260116C00190000\",\"strike\":190,\"bid\":13.1,\"ask\":13.4},"
      "{\"contractSymbol\":\"AAPL26\",\"strike\":195,\"bid\":13.1,\"ask\":13.4},"
      "{\"contractSymbol\":\"AAPL260116C00180000\",\"strike\":180,\"bid\":20,\"ask\":20}],\"puts\":[]}]}]}}"), "share");
  assert_content("share/book.yaml", "# made by shockgrid import yahoo\nas_of: 2026-01-02T21:00:00Z\ncurrency: USD\n"
                                    "day_count: act/365f\nrates: zero\n");
  assert_content("share/instruments.csv",
                 "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\nAAPL,spot,AAPL,,,,,1,USD,linear,,\n"
                 "AAPL260116C00190000,option,AAPL,call,american,190,2026-01-16T21:00:00Z,100,USD,linear,13.25,\n");
  assert_int_equal(access(path_of("share/forwards.csv"), F_OK), -1);
  assert_non_null(strstr(report, "left out 1: the symbol is not a root, YYMMDD, C or P, and the strike in thousandths: "
                                 "AAPL26\nleft out 1: the price is at most the intrinsic value: AAPL260116C00180000\n"
                                 "of the options kept 1 have no open interest, 0 a bid above their ask\n"));
  free(report);
}

static void bad_yahoo_files_are_refused(void **state) {
  static const refusal cases[] = {
      {"{", "is not JSON: string or '}' expected near end of file", 1, 1},
      {"[]", "is not an option chain: underlyingSymbol, quote and a list of options are expected", 0, 0},
      {CHAIN("^VIX", "1767387600") "{}]}", "how options on the index VIX are exercised and settled is not known here",
       0, 0},
      {CHAIN("^SPX", "0") "{}]}", "quote has no regularMarketPrice above 0, or no regularMarketTime in seconds", 0, 0},
      {CHAIN("^SPX", "1767387600") "{}]}", "an expirationDate is not a time in seconds up to the year 2100", 0, 0},
      {CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600}]}",
       "an expiry has no arrays \"calls\" and \"puts\"", 0, 0},
      {CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600,\"calls\":[{}],\"puts\":[]}]}",
       "an option's strike is not a number above 0 and below 100000", 0, 0},
      {CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600,\"calls\":[" QUOTE("5000", "-1", "2")
                                   "],\"puts\":[]}]}",
       "SPX260116C05000000: bid is not a number of at least 0", 0, 0},
      {CHAIN("^SPX", "1767387600") "{\"expirationDate\":1768521600,\"calls\":[" QUOTE("5000", "1", "2") ","
                                   QUOTE("5000", "1", "2") "],\"puts\":[]}]}",
       "SPX260116C05000000 is already there", 0, 0},
  };
  assert_refused("yahoo", "bad.json", cases, sizeof cases / sizeof *cases);
}

#define CBOE_HEADER                                                                                          \
  "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,Last Sale,Net," \
  "Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n"
#define CBOE_TOP                                                                                          \
  "\nS&P 500 INDEX,Last: 4505.1001,Change:  37.6601\n"                                                    \
  "\"Date: September 14, 2023 at 4:31 PM EDT\",Bid: 4483.25,Ask: 4526.27,Size: 1*1,Volume: 0\n" CBOE_HEADER
#define CBOE_ROW(strike, call_bid, call_ask, put_bid, put_ask)                                                 \
  "Fri Oct 20 2023,SPX231020C0" strike "000,0,0," call_bid "," call_ask ",0,0,0,0,12," strike                \
  ".00,SPX231020P0" strike "000,0,0," put_bid "," put_ask ",0,0,0,0,0\n"

/* D = 0.9921875, F = 4512. */
static void a_quote_table_becomes_a_book(void **state) {
  char *report = import_one("cboe", write_text("quotes.csv",
      CBOE_TOP "Thu Sep 14 2023,SPXW230914C01200000,0,0,3300.1,3319.8,0,0,0,0,0,1200.00,SPXW230914P01200000,0,0,0,0.05,"
      "0,0,0,0,0\n" CBOE_ROW("4448", "122.5", "124.5", "59", "61") CBOE_ROW("4480", "110.75", "112.75", "79", "81")
      CBOE_ROW("4512", "99", "101", "99", "101") CBOE_ROW("4544", "79", "81", "110.75", "112.75")), "quotes");
  assert_content("quotes/underlyings.csv", "underlying,currency,price,kind\nSPX,USD,4505.1001,high_cap_index\n");
  assert_content("quotes/forwards.csv",
                 "underlying,expiry,forward,discount_factor,x_method,x_pairs,x_pairs_within,x_residual_median,"
                 "x_residual_largest,x_residual_median_widths,x_residual_largest_widths\n"
                 "SPX,2023-10-20T13:30:00Z,4512,0.9921875,parity_truncated_absolute_residuals,4,4,0,0,0,0\n");
  assert_non_null(strstr(report, "Cboe quote table: 1 file, 10 options, as of 2023-09-14T20:31:00Z\n"));
  assert_non_null(strstr(report, "left out 2: expired at the time of the data: SPXW230914C01200000, "
                                 "SPXW230914P01200000\n"
                                 "of the options kept 4 have no open interest, 0 a bid above their ask\n"));
  free(report);
}

static void bad_quote_tables_are_refused(void **state) {
  static const refusal cases[] = {
      {"", "the underlying's name and price, \"NAME,Last: 4505.10,Change: 37.66\", is expected", 2, 0},
      {"\nS&P 500 INDEX,Last: 0\n",
       "the underlying's name and price, \"NAME,Last: 4505.10,Change: 37.66\", is expected",
       2, 0},
      {"\nS&P 500 INDEX,Last: 4505.1\nDate: Sept 14, 2023 at 4:31 PM EDT\n",
       "the time, \"Date: September 14, 2023 at 4:31 PM EDT\", is expected", 3, 0},
      {"\nS&P 500 INDEX,Last: 4505.1\nDate: September 31, 2023 at 4:31 PM EDT\n",
       "the time, \"Date: September 14, 2023 at 4:31 PM EDT\", is expected", 3, 0},
      {"\nS&P 500 INDEX,Last: 4505.1\nDate: September 14, 2023 at 4:31 PM EDT\nStrike\n",
       "the header \"Expiration Date,Calls,Last Sale,...,Strike,Puts,...,Open Interest\" is expected", 4, 0},
      {CBOE_TOP, "a row of options is expected", 5, 0},
      {CBOE_TOP "Fri Oct 20 2023,1,2,3\n", "has 4 fields; the header has 22", 5, 1},
      {CBOE_TOP "Fri Oct 20 2023,X,0,0,1,2,0,0,0,0,0,4448.00,Y,0,0,1,2,0,0,0,0,0\n",
       "the first symbol \"X\" does not name an underlying", 5, 17},
      {CBOE_TOP "Fri Oct 20 2023,VIX231020C00020000,0,0,1,2,0,0,0,0,0,20.00,Y,0,0,1,2,0,0,0,0,0\n",
       "how options on the index VIX are exercised and settled is not known here", 0, 0},
      {CBOE_TOP CBOE_ROW("4448", "1O", "124.5", "59", "61"), "Bid \"1O\" is not a number", 5, 40},
      {CBOE_TOP "Fri Oct 20 2023,SPX231020C04448000,0,0,1,2,0,0,0,0,0,4448.00,SPX231020C04450000,0,0,1,2,0,0,0,0,0\n",
       "SPX231020C04450000 does not agree with its column and Strike", 5, 62},
  };
  assert_refused("cboe", "bad.csv", cases, sizeof cases / sizeof *cases);
}

#define LEAN_HEADER "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta\n"
#define LEAN_SHARE ",,,91.49,91.49,91.48,91.48,1219,,,\n"

/* Until February 2015 the date of a monthly expiry was the Saturday after the last day of trading. */
static void a_universe_becomes_a_book_of_american_options(void **state) {
  char *report = import_one("lean", write_text("lean_aapl_2014-06-16.csv",
      LEAN_HEADER LEAN_SHARE "20140621,90,C,2,2,2,2.10,0,10,0.25,0\n20140621,90,P,2,2,2,0.6,0,,0,0\n"
      "20140621,85,C,2,2,2,6.48,0,10,0,0\n20140616,85,C,2,2,2,6.5,0,10,0,0\n20140627,85,C,0,0,0,0,0,10,0,0\n"
      "20140627,80,C,0,0,0,0,0,10,0.5,0\n20140627,85,P,2,2,2,85,0,10,0,0\n"), "lean");
  assert_content("lean/book.yaml", "# made by shockgrid import lean\nas_of: 2014-06-16T20:00:00Z\ncurrency: USD\n"
                                   "day_count: act/365f\nrates: zero\n");
  assert_content("lean/underlyings.csv", "underlying,currency,price,kind\nAAPL,USD,91.48,equity\n");
  assert_content("lean/instruments.csv",
                 "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,"
                 "implied_vol\nAAPL,spot,AAPL,,,,,1,USD,linear,,\n"
                 "AAPL140621C00090000,option,AAPL,call,american,90,2014-06-20T20:00:00Z,100,USD,linear,2.1,0.25\n"
                 "AAPL140621P00090000,option,AAPL,put,american,90,2014-06-20T20:00:00Z,100,USD,linear,0.6,\n"
                 "AAPL140627C00080000,option,AAPL,call,american,80,2014-06-27T20:00:00Z,100,USD,linear,,0.5\n");
  assert_string_equal(
      report,
      "QuantConnect option universe: 1 file, 7 options, as of 2014-06-16T20:00:00Z\n"
      "AAPL\n"
      "  price 91.48, kind equity, american exercise, 3 of 7 options\n"
      "  no forward is implied: for american exercise put-call parity is no equation; rates are zero\n"
      "price of an option: its close; its vol is the file's implied_volatility where that is given\n"
      "left out 1: expired at the time of the data: AAPL140616C00085000\n"
      "left out 1: without a price and a vol: AAPL140627C00085000\n"
      "left out 1: the price is at most the intrinsic value: AAPL140621C00085000\n"
      "left out 1: the price is at least the largest value that an option can have: AAPL140627P00085000\n"
      "of the options kept 1 have no open interest, 0 a bid above their ask\n");
  free(report);
}

/* C - P = 0.9921875 (2000 - K) but for a cent or two, and one close of another hour. */
static void closes_of_index_options_give_a_forward_within_their_noise(void **state) {
  char *report = import_one("lean", write_text("spx_20160104.csv",
      LEAN_HEADER ",,,1,1,1,1996.5,0,,,\n"
      "20160115,1900,C,1,1,1,110.25,0,10,0,0\n20160115,1900,P,1,1,1,11.04,0,10,0,0\n"
      "20160115,1950,C,1,1,1,68.62,0,10,0,0\n20160115,1950,P,1,1,1,19,0,10,0,0\n"
      "20160115,2000,C,1,1,1,30,0,10,0,0\n20160115,2000,P,1,1,1,30,0,10,0,0\n"
      "20160115,2050,C,1,1,1,19,0,10,0,0\n20160115,2050,P,1,1,1,68.6,0,10,0,0\n"
      "20160115,2075,C,1,1,1,40,0,10,0,0\n20160115,2075,P,1,1,1,90,0,10,0,0\n"
      "20160115,2100,C,1,1,1,11.03,0,10,0,0\n20160115,2100,P,1,1,1,110.25,0,10,0,0\n"), "closes");
  file_text loaded;
  assert_int_equal(file_load(path_of("closes/forwards.csv"), 10000, &loaded, NULL), SG_OK);
  char *row = strstr(loaded.text, "SPX,2016-01-15T14:30:00Z,");
  assert_non_null(row);
  char *end;
  double forward = strtod(row + 25, &end), discount = strtod(end + 1, NULL);
  assert_true(forward > 1999.9 && forward < 2000.1);
  assert_true(discount > 0.9921875 - 0.001 && discount < 0.9921875 + 0.001);
  assert_non_null(strstr(end, ",parity_truncated_absolute_residuals,6,5,"));
  assert_non_null(strstr(report, "european exercise, 12 of 12 options\n"));
  file_close(&loaded);
  free(report);
}

static void bad_universes_are_refused(void **state) {
  static const refusal cases[] = {
      {"expiry,strike\n", "the header \"#expiry,strike,right,open,high,low,close,volume,open_interest,"
                          "implied_volatility,...\" is expected", 1, 1},
      {LEAN_HEADER, "nothing to import: no file with an option is given", 0, 0},
      {LEAN_HEADER "20140621,90,C,2,2,2,2.10,0,10,0,0\n",
       "an option before the row of the share, which has no expiry", 2, 1},
      {LEAN_HEADER ",,,1,1,1,0,0,,,\n", "the share has no close", 2, 10},
      {LEAN_HEADER LEAN_SHARE LEAN_SHARE, "a second row without an expiry", 3, 22},
      {LEAN_HEADER LEAN_SHARE "2014062,90,C,2,2,2,2,0,10,0,0\n", "expiry \"2014062\" is not a day, as 20140621", 3, 1},
      {LEAN_HEADER LEAN_SHARE "20140621,90,X,2,2,2,2,0,10,0,0\n", "right \"X\" is neither C nor P", 3, 13},
      {LEAN_HEADER LEAN_SHARE "20140621,0,C,2,2,2,2,0,10,0,0\n", "strike is not above 0 and below 100000", 3, 10},
      {LEAN_HEADER LEAN_SHARE "20140621,90,C,2,2,2,-2,0,10,0,0\n", "close \"-2\" is negative", 3, 21},
  };
  assert_refused("lean", "aapl_20140616.csv", cases, sizeof cases / sizeof *cases);
  static const refusal nameless[] = {
      {LEAN_HEADER, "the file's name holds no day, as aapl_20140616.csv or aapl/20140616.csv", 0, 0}};
  assert_refused("lean", "aapl.csv", nameless, 1);
}

static void files_of_different_hours_are_refused(void **state) {
  const char *paths[2] = {write_text("aapl_20140616.csv", LEAN_HEADER LEAN_SHARE),
                          write_text("goog_20140617.csv", LEAN_HEADER LEAN_SHARE)};
  sg_error *error = sg_error_open();
  char *report = NULL, expected[400];
  assert_int_equal(import_files("lean", paths, 2, NULL, path_of("refused"), &report, error), SG_INPUT);
  snprintf(expected, sizeof expected,
           "is of 2014-06-17T20:00:00Z, but %s is of 2014-06-16T20:00:00Z: more than an hour apart is not one market",
           paths[0]);
  assert_string_equal(sg_error_get(error, 0).message, expected);
  sg_error_close(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_york_keeps_summer_time_by_the_law_of_its_year),
      cmocka_unit_test(third_fridays_are_those_of_the_calendar),
      cmocka_unit_test(symbols_are_read_and_written),
      cmocka_unit_test(an_index_chain_gets_its_forward_from_parity),
      cmocka_unit_test(an_expiry_whose_parity_is_absurd_is_left_out),
      cmocka_unit_test(a_share_in_the_envelope_of_the_service_keeps_american_exercise),
      cmocka_unit_test(bad_yahoo_files_are_refused),
      cmocka_unit_test(a_quote_table_becomes_a_book),
      cmocka_unit_test(bad_quote_tables_are_refused),
      cmocka_unit_test(a_universe_becomes_a_book_of_american_options),
      cmocka_unit_test(closes_of_index_options_give_a_forward_within_their_noise),
      cmocka_unit_test(bad_universes_are_refused),
      cmocka_unit_test(files_of_different_hours_are_refused),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
