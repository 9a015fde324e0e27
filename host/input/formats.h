/* SPDX-License-Identifier: MIT
 *
 * The one list of a book's files and columns. The reader checks fields by it, and `shockgrid help formats` prints it.
 */
#ifndef INPUT_FORMATS_H
#define INPUT_FORMATS_H

#include "data/book.h"

/* Words that only files use. X(ENUM, "word") */
#define DAY_COUNTS(X) X(DAY_COUNT_ACT_365F, "act/365f")
#define RATES_MODES(X) X(RATES_ZERO, "zero")
#define SIDES(X) X(SIDES_NET, "net") X(SIDES_GROSS, "gross")
#define PARENT_MODES(X) X(TO_PARENT_NET, "net") X(TO_PARENT_SUM, "sum")
#define POOLS(X) X(POOL_CROSS, "cross") X(POOL_ISOLATED, "isolated")
#define SCENARIO_KINDS(X) X(MOVE_KIND_RELATIVE, "relative") X(MOVE_KIND_ABSOLUTE, "absolute")

#define FORMAT_ENUM(name, text) name,
enum { DAY_COUNTS(FORMAT_ENUM) };
enum { RATES_MODES(FORMAT_ENUM) };
enum { SIDES(FORMAT_ENUM) };
enum { PARENT_MODES(FORMAT_ENUM) };
enum { POOLS(FORMAT_ENUM) };
enum { SCENARIO_KINDS(FORMAT_ENUM) };
#undef FORMAT_ENUM

/* Kinds of values. A number's name completes `price "-1" is not ...`. X(ENUM, "name", low, high, low is excluded) */
#define NUMBER_KINDS(X)                                                      \
  X(VALUE_NUMBER, "a number", -INFINITY, INFINITY, false)                    \
  X(VALUE_POSITIVE, "a number > 0", 0, INFINITY, true)                       \
  X(VALUE_NOT_NEGATIVE, "a number >= 0", 0, INFINITY, false)                 \
  X(VALUE_CORRELATION, "a number from -1 to 1", -1, 1, false)
/* X(ENUM, "name") */
#define TEXT_KINDS(X)                                                        \
  X(VALUE_ID, "id") X(VALUE_TEXT, "text") X(VALUE_DECIMAL, "exact decimal")  \
  X(VALUE_INSTANT, "instant") X(VALUE_EXPIRY, "instant or date")             \
  X(VALUE_DATE, "date") X(VALUE_TIME, "time of day") X(VALUE_FACTOR, "factor")
/* X(ENUM, LIST) */
#define WORD_KINDS(X)                                                        \
  X(WORD_TYPE, INSTRUMENT_TYPES) X(WORD_RIGHT, OPTION_RIGHTS) X(WORD_EXERCISE, EXERCISES)                  \
  X(WORD_SETTLEMENT, SETTLEMENTS) X(WORD_PREMIUM, PREMIUMS) X(WORD_PRICE_MODEL, PRICE_MODELS)              \
  X(WORD_UNDERLYING_KIND, UNDERLYING_KINDS) X(WORD_ACCOUNT_TYPE, ACCOUNT_TYPES) X(WORD_SIDES, SIDES)       \
  X(WORD_TO_PARENT, PARENT_MODES) X(WORD_POOL, POOLS) X(WORD_MOVE_KIND, SCENARIO_KINDS)                    \
  X(WORD_DAY_COUNT, DAY_COUNTS) X(WORD_RATES, RATES_MODES)

#define FORMAT_ENUM_NUMBER(name, text, low, high, low_is_excluded) name,
#define FORMAT_ENUM_TEXT(name, text) name,
#define FORMAT_ENUM_WORD(name, list) name,
typedef enum value_kind {
  NUMBER_KINDS(FORMAT_ENUM_NUMBER) TEXT_KINDS(FORMAT_ENUM_TEXT) WORD_KINDS(FORMAT_ENUM_WORD) N_VALUE_KINDS
} value_kind;
#undef FORMAT_ENUM_NUMBER
#undef FORMAT_ENUM_TEXT
#undef FORMAT_ENUM_WORD

/* Columns. X(ENUM, "name", need, kind, "unit", "meaning") */
#define SETTINGS_COLUMNS(X)                                                                                          \
  X(SETTING_AS_OF, "as_of", REQUIRED, VALUE_INSTANT, "", "the instant the book is valued at, with zone")             \
  X(SETTING_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "base currency")                                           \
  X(SETTING_DAY_COUNT, "day_count", OPTIONAL, WORD_DAY_COUNT, "", "seconds / (365 * 86400)")                         \
  X(SETTING_EXPIRY_TIME, "expiry_time", OPTIONAL, VALUE_TIME, "",                                                    \
    "time of day with zone at which bare expiry dates expire")                                                       \
  X(SETTING_RATES, "rates", OPTIONAL, WORD_RATES, "", "currencies without a curve have rate 0")

#define UNDERLYINGS_COLUMNS(X)                                                                                       \
  X(UNDERLYING_ID, "underlying", REQUIRED, VALUE_ID, "", "its name")                                                 \
  X(UNDERLYING_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "of price and strike (the quote currency)")             \
  X(UNDERLYING_PRICE, "price", REQUIRED, VALUE_NUMBER, "currency", "spot; > 0 unless only Bachelier options and "    \
    "linear contracts stand on it")                                                                                  \
  X(UNDERLYING_ASSET, "asset", OPTIONAL, VALUE_ID, "", "the coin or currency that it is")                            \
  X(UNDERLYING_YIELD, "dividend_yield", OPTIONAL, VALUE_NUMBER, "annual", "continuously compounded; 0 when absent")  \
  X(UNDERLYING_KIND, "kind", OPTIONAL, WORD_UNDERLYING_KIND, "", "class that a model's ranges use")                  \
  X(UNDERLYING_CLASS_GROUP, "class_group", OPTIONAL, VALUE_ID, "", "none: a group of its own")                       \
  X(UNDERLYING_PRODUCT_GROUP, "product_group", OPTIONAL, VALUE_ID, "", "none: a group of its own")                   \
  X(UNDERLYING_PORTFOLIO_GROUP, "portfolio_group", OPTIONAL, VALUE_ID, "", "none: a group of its own")

#define FX_COLUMNS(X)                                                                                                \
  X(FX_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "currency or coin")                                             \
  X(FX_RATE, "rate_to_base", REQUIRED, VALUE_POSITIVE, "base currency", "for one unit")

#define RATES_COLUMNS(X)                                                                                             \
  X(RATE_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "whose curve")                                                \
  X(RATE_TENOR, "tenor_years", REQUIRED, VALUE_NOT_NEGATIVE, "years", "linear in the rate between, flat outside")    \
  X(RATE_RATE, "rate_cc", REQUIRED, VALUE_NUMBER, "annual", "zero rate, continuously compounded")

#define DIVIDENDS_COLUMNS(X)                                                                                         \
  X(DIVIDEND_UNDERLYING, "underlying", REQUIRED, VALUE_ID, "", "who pays")                                           \
  X(DIVIDEND_EX_DATE, "ex_date", REQUIRED, VALUE_DATE, "", "from midnight UTC of this day the price is without it")  \
  X(DIVIDEND_AMOUNT, "amount", REQUIRED, VALUE_NOT_NEGATIVE, "currency per share", "cash")

#define FORWARDS_COLUMNS(X)                                                                                          \
  X(FORWARD_UNDERLYING, "underlying", REQUIRED, VALUE_ID, "", "of what")                                             \
  X(FORWARD_EXPIRY, "expiry", REQUIRED, VALUE_EXPIRY, "", "for when")                                                \
  X(FORWARD_FORWARD, "forward", REQUIRED, VALUE_NUMBER, "quote currency", "forward price")                           \
  X(FORWARD_FIXED, "forward_fixed", OPTIONAL, VALUE_NUMBER, "quote currency",                                        \
    "the part of it that an average has already fixed; 0 when absent")                                               \
  X(FORWARD_DISCOUNT, "discount_factor", OPTIONAL, VALUE_POSITIVE, "1", "to expiry; or:")                            \
  X(FORWARD_RATE, "rate_cc", OPTIONAL, VALUE_NUMBER, "annual", "zero rate to expiry, continuously compounded")       \
  X(FORWARD_SVI_A, "svi_a", OPTIONAL, VALUE_NUMBER, "1", "SVI: all seven or none; vol of options that give none")    \
  X(FORWARD_SVI_B, "svi_b", OPTIONAL, VALUE_NOT_NEGATIVE, "1", "slope of the wings")                                 \
  X(FORWARD_SVI_RHO, "svi_rho", OPTIONAL, VALUE_CORRELATION, "1", "tilt")                                            \
  X(FORWARD_SVI_M, "svi_m", OPTIONAL, VALUE_NUMBER, "1", "log-moneyness of the vertex")                              \
  X(FORWARD_SVI_SIGMA, "svi_sigma", OPTIONAL, VALUE_NOT_NEGATIVE, "1", "rounding of the vertex")                     \
  X(FORWARD_SVI_FORWARD, "svi_forward", OPTIONAL, VALUE_POSITIVE, "quote currency", "forward of the fit")            \
  X(FORWARD_SVI_YEARS, "svi_years", OPTIONAL, VALUE_POSITIVE, "years", "time to expiry of the fit")

#define INSTRUMENTS_COLUMNS(X)                                                                                       \
  X(INSTRUMENT_ID, "instrument", REQUIRED, VALUE_ID, "", "its name")                                                 \
  X(INSTRUMENT_TYPE, "type", REQUIRED, WORD_TYPE, "", "what it is")                                                  \
  X(INSTRUMENT_UNDERLYING, "underlying", REQUIRED, VALUE_ID, "", "on what")                                          \
  X(INSTRUMENT_FUTURE, "underlying_future", OPTIONAL, VALUE_ID, "", "options on a future: which")                    \
  X(INSTRUMENT_RIGHT, "right", OPTIONAL, WORD_RIGHT, "", "options only, required")                                   \
  X(INSTRUMENT_EXERCISE, "exercise", OPTIONAL, WORD_EXERCISE, "", "options only, required")                          \
  X(INSTRUMENT_STRIKE, "strike", OPTIONAL, VALUE_NUMBER, "quote currency", "options only, required; > 0 for black")  \
  X(INSTRUMENT_EXPIRY, "expiry", OPTIONAL, VALUE_EXPIRY, "", "options, futures, forwards: required; others: never")  \
  X(INSTRUMENT_MULTIPLIER, "multiplier", REQUIRED, VALUE_POSITIVE, "units", "in one contract")                       \
  X(INSTRUMENT_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "paid; inverse: the coin")                              \
  X(INSTRUMENT_SETTLEMENT, "settlement", OPTIONAL, WORD_SETTLEMENT, "", "linear when absent")                        \
  X(INSTRUMENT_PREMIUM, "premium", OPTIONAL, WORD_PREMIUM, "", "upfront when absent")                                \
  X(INSTRUMENT_PRICE_MODEL, "price_model", OPTIONAL, WORD_PRICE_MODEL, "", "black when absent")                      \
  X(INSTRUMENT_PRICE, "price", OPTIONAL, VALUE_NUMBER, "one unit",                                                   \
    "its own mark: options in the currency paid, others in the quote currency")                                      \
  X(INSTRUMENT_VOL, "implied_vol", OPTIONAL, VALUE_NOT_NEGATIVE, "annual",                                           \
    "options only; 0.25 is 25 %; bachelier: quote currency; empty: from SVI or price")

#define ACCOUNTS_COLUMNS(X)                                                                                          \
  X(ACCOUNT_ID, "account", REQUIRED, VALUE_ID, "", "its name")                                                       \
  X(ACCOUNT_PARENT, "parent", OPTIONAL, VALUE_ID, "", "the account above")                                           \
  X(ACCOUNT_CURRENCY, "currency", OPTIONAL, VALUE_ID, "", "of its requirement; the base currency when absent")       \
  X(ACCOUNT_TYPE, "type", OPTIONAL, WORD_ACCOUNT_TYPE, "", "as a model may ask")                                     \
  X(ACCOUNT_TO_PARENT, "to_parent", OPTIONAL, WORD_TO_PARENT, "",                                                    \
    "net: positions join the parent's netting; sum (when absent): requirements add")                                 \
  X(ACCOUNT_SIDES, "sides", OPTIONAL, WORD_SIDES, "", "net when absent; gross: longs and shorts margined apart")     \
  X(ACCOUNT_POOL, "pool", OPTIONAL, WORD_POOL, "", "cross when absent; isolated: own equity, loss limited to it")

#define POSITIONS_COLUMNS(X)                                                                                         \
  X(POSITION_ACCOUNT, "account", REQUIRED, VALUE_ID, "", "whose; need not stand in accounts.csv")                    \
  X(POSITION_INSTRUMENT, "instrument", REQUIRED, VALUE_ID, "", "of what")                                            \
  X(POSITION_QUANTITY, "quantity", REQUIRED, VALUE_DECIMAL, "contracts", "signed; repeated rows add exactly")        \
  X(POSITION_UNSETTLED, "unsettled_pnl", OPTIONAL, VALUE_DECIMAL, "currency paid",                                    \
    "of the whole position, part of equity; repeated rows add exactly")                                              \
  X(POSITION_FUNDING, "funding", OPTIONAL, VALUE_DECIMAL, "currency paid", "likewise")

#define SCENARIOS_COLUMNS(X)                                                                                         \
  X(SCENARIO_ID, "scenario", REQUIRED, VALUE_ID, "", "its name; scenarios stand in order of first appearance")       \
  X(SCENARIO_FACTOR, "factor", REQUIRED, VALUE_FACTOR, "",                                                           \
    "price:UNDERLYING, vol:UNDERLYING, vol:UNDERLYING@TENOR_DAYS, fx:CCY, rate:CCY or time")                         \
  X(SCENARIO_MOVE, "move", REQUIRED, VALUE_NUMBER, "by kind", "0.1 is 10 % when relative; days for time")            \
  X(SCENARIO_KIND, "kind", REQUIRED, WORD_MOVE_KIND, "", "time is absolute")                                         \
  X(SCENARIO_LABEL, "label", OPTIONAL, VALUE_TEXT, "", "for reports")                                                \
  X(SCENARIO_DATE, "date", OPTIONAL, VALUE_DATE, "", "for reports")                                                  \
  X(SCENARIO_WEIGHT, "weight", OPTIONAL, VALUE_NUMBER, "1", "multiplies the scenario's P&L; 1 when absent")

#define ASSETS_COLUMNS(X)                                                                                            \
  X(ASSET_ID, "asset", REQUIRED, VALUE_ID, "", "its name; one that is its currency is cash")                         \
  X(ASSET_CURRENCY, "currency", REQUIRED, VALUE_ID, "", "of price")                                                  \
  X(ASSET_PRICE, "price", REQUIRED, VALUE_NUMBER, "currency", "of one unit")                                         \
  X(ASSET_UNDERLYING, "underlying", OPTIONAL, VALUE_ID, "", "its value follows this underlying")

#define COLLATERAL_COLUMNS(X)                                                                                        \
  X(COLLATERAL_ACCOUNT, "account", REQUIRED, VALUE_ID, "", "whose")                                                  \
  X(COLLATERAL_ASSET, "asset", REQUIRED, VALUE_ID, "", "of what")                                                    \
  X(COLLATERAL_AMOUNT, "amount", REQUIRED, VALUE_DECIMAL, "units", "negative: a loan")

#define HISTORY_COLUMNS(X)                                                                                           \
  X(HISTORY_DATE, "date", REQUIRED, VALUE_DATE, "", "of the close")                                                  \
  X(HISTORY_FACTOR, "factor", REQUIRED, VALUE_FACTOR, "", "as in a scenario file")                                   \
  X(HISTORY_LEVEL, "level", REQUIRED, VALUE_NUMBER, "the factor's", "its level")

#define ARRAYS_COLUMNS(X)                                                                                            \
  X(ARRAY_INSTRUMENT, "instrument", REQUIRED, VALUE_ID, "", "of what")                                               \
  X(ARRAY_PNL, "1, 2, ...", REQUIRED, VALUE_NUMBER, "currency paid",                                                 \
    "P&L of one contract held long in each scenario, gain positive, multiplier, weight and rounding in it")

#define TABLES_COLUMNS(X) \
  X(TABLE_ANY, "...", OPTIONAL, VALUE_TEXT, "", "as the rule that reads the table declares")

/* Files, in the order in which findings are reported. A `use` of LATER: this version records the file's digest and
 * reads no more of it. X(ENUM, "name", need, use, COLUMNS, "meaning") */
#define BOOK_FILES(X)                                                                                                \
  X(FILE_SETTINGS, "book.yaml", REQUIRED, NOW, SETTINGS_COLUMNS, "keys of the book as a whole")                      \
  X(FILE_UNDERLYINGS, "underlyings.csv", REQUIRED, NOW, UNDERLYINGS_COLUMNS, "underlyings and their prices")         \
  X(FILE_FX, "fx.csv", OPTIONAL, NOW, FX_COLUMNS, "exchange rates")                                                  \
  X(FILE_RATES, "rates.csv", OPTIONAL, NOW, RATES_COLUMNS, "zero curves")                                            \
  X(FILE_DIVIDENDS, "dividends.csv", OPTIONAL, NOW, DIVIDENDS_COLUMNS, "cash dividends")                             \
  X(FILE_FORWARDS, "forwards.csv", OPTIONAL, NOW, FORWARDS_COLUMNS, "quoted forwards, discounts and vol smiles")     \
  X(FILE_INSTRUMENTS, "instruments.csv", REQUIRED, NOW, INSTRUMENTS_COLUMNS, "instruments")                          \
  X(FILE_ACCOUNTS, "accounts.csv", OPTIONAL, NOW, ACCOUNTS_COLUMNS, "accounts that need more than the defaults")     \
  X(FILE_POSITIONS, "positions.csv", REQUIRED, NOW, POSITIONS_COLUMNS, "who holds what")                             \
  X(FILE_SCENARIOS, "scenarios/NAME.csv", OPTIONAL, NOW, SCENARIOS_COLUMNS, "scenario lists that a model may name")  \
  X(FILE_ASSETS, "assets.csv", OPTIONAL, NOW, ASSETS_COLUMNS, "what collateral is worth")                          \
  X(FILE_COLLATERAL, "collateral.csv", OPTIONAL, NOW, COLLATERAL_COLUMNS, "what accounts have posted")             \
  X(FILE_HISTORY, "history/NAME.csv", OPTIONAL, LATER, HISTORY_COLUMNS, "past levels of factors")                    \
  X(FILE_ARRAYS, "arrays/NAME.csv", OPTIONAL, LATER, ARRAYS_COLUMNS, "published P&L")                                \
  X(FILE_TABLES, "tables/NAME.csv", OPTIONAL, LATER, TABLES_COLUMNS, "a rule's own tables")

typedef enum column_need { OPTIONAL, REQUIRED } column_need;
typedef enum file_use { NOW, LATER } file_use;

typedef struct column_format {
  const char *name;
  column_need need;
  value_kind kind;
  const char *unit, *meaning;
} column_format;

typedef struct file_format {
  const char *name;
  column_need need;
  file_use use;
  uint32_t n_columns;
  const column_format *columns;
  const char *meaning;
} file_format;

#define FORMAT_ENUM_FILE(name, text, need, use, columns, meaning) name,
#define FORMAT_ENUM_COLUMN(name, text, need, kind, unit, meaning) name,
typedef enum file_id { BOOK_FILES(FORMAT_ENUM_FILE) N_BOOK_FILES } file_id;
enum { SETTINGS_COLUMNS(FORMAT_ENUM_COLUMN) N_SETTINGS_COLUMNS };
enum { UNDERLYINGS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { FX_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { RATES_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { DIVIDENDS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { FORWARDS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { INSTRUMENTS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { ACCOUNTS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { POSITIONS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { SCENARIOS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { ASSETS_COLUMNS(FORMAT_ENUM_COLUMN) };
enum { COLLATERAL_COLUMNS(FORMAT_ENUM_COLUMN) };
#undef FORMAT_ENUM_FILE
#undef FORMAT_ENUM_COLUMN

extern const file_format book_files[N_BOOK_FILES];

typedef struct value_format {
  const char *name;
  double low, high; /* numbers */
  bool low_is_excluded;
  uint32_t n_words; /* 0: not a word */
  const char *const *words;
} value_format;
const value_format *value_format_get(value_kind kind);

/* The words of a kind as "a, b or c". */
size_t value_words_format(value_kind kind, char *text, size_t size_bytes);

#endif
