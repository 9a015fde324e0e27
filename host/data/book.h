/* SPDX-License-Identifier: MIT
 *
 * A book in memory: instruments, market, accounts and positions, checked and indexed.
 *
 * Every table is sorted by the bytes of its id, so that index order is canonical order. Index letters:
 * c instrument, u underlying, f forward, a account, p position, y currency. Absent texts are "",
 * absent indices ID_NONE. `line` is the row's line in its file, for messages.
 */
#ifndef DATA_BOOK_H
#define DATA_BOOK_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/number.h"

#include <shockgrid/shockgrid.h>

/* One list per set of words: enum, spelling. X(ENUM, "word") */
#define INSTRUMENT_TYPES(X) \
  X(OPTION, "option") X(FUTURE, "future") X(FORWARD, "forward") X(PERPETUAL, "perpetual") X(SPOT, "spot")
#define OPTION_RIGHTS(X) X(CALL, "call") X(PUT, "put")
#define EXERCISES(X) X(EUROPEAN, "european") X(AMERICAN, "american")
#define SETTLEMENTS(X) X(LINEAR, "linear") X(INVERSE, "inverse")
#define PREMIUMS(X) X(UPFRONT, "upfront") X(FUTURES_STYLE, "futures_style")
#define PRICE_MODELS(X) X(BLACK, "black") X(BACHELIER, "bachelier")
#define UNDERLYING_KINDS(X)                                                                      \
  X(EQUITY, "equity") X(NARROW_INDEX, "narrow_index") X(BROAD_INDEX, "broad_index")              \
  X(HIGH_CAP_INDEX, "high_cap_index") X(ETF, "etf") X(CRYPTO, "crypto") X(FX, "fx")              \
  X(COMMODITY, "commodity") X(RATE, "rate")
#define ACCOUNT_TYPES(X) \
  X(CUSTOMER, "customer") X(MEMBER, "member") X(HEDGER, "hedger") X(MARKET_MAKER, "market_maker")
#define FORWARD_SOURCES(X)                                                       \
  X(OWN_MARK, "own mark") X(FORWARDS_FILE, "forwards.csv")                       \
  X(UNDERLYING_FUTURE, "underlying future") X(CARRY, "carry")

#define BOOK_ENUM(name, text) name,
/* ASSET: posted collateral that moves with its underlying; no instrument of instruments.csv. */
typedef enum instrument_type { INSTRUMENT_TYPES(BOOK_ENUM) ASSET, N_INSTRUMENT_TYPES } instrument_type;
typedef enum option_right { OPTION_RIGHTS(BOOK_ENUM) } option_right;
typedef enum exercise { EXERCISES(BOOK_ENUM) } exercise;
typedef enum settlement { SETTLEMENTS(BOOK_ENUM) } settlement;
typedef enum premium { PREMIUMS(BOOK_ENUM) } premium;
typedef enum price_model { PRICE_MODELS(BOOK_ENUM) } price_model;
/* KIND_NONE: the column is absent or empty; a model that needs it then refuses the row. */
typedef enum underlying_kind { KIND_NONE = -1, UNDERLYING_KINDS(BOOK_ENUM) } underlying_kind;
typedef enum account_type { ACCOUNT_TYPE_NONE = -1, ACCOUNT_TYPES(BOOK_ENUM) } account_type;
typedef enum forward_source { FORWARD_SOURCES(BOOK_ENUM) } forward_source;
#undef BOOK_ENUM

const char *instrument_type_text(instrument_type value);
const char *option_right_text(option_right value);
const char *underlying_kind_text(underlying_kind value); /* "" for KIND_NONE */
const char *account_type_text(account_type value);       /* "" for ACCOUNT_TYPE_NONE */
const char *forward_source_text(forward_source value);

/* An x_ column: one text per row of its table, "" where the field is empty. */
typedef struct attribute {
  const char *name;         /* "x_coin_class" */
  const char *const *text;  /* [row of the table] */
  uint64_t column;          /* of the file, from 1 */
} attribute;

typedef struct attributes {
  uint32_t n;
  const attribute *items;
  const char *file; /* "underlyings.csv", for messages */
} attributes;

typedef struct currencies { /* y */
  uint32_t n;
  const char **id;
  double *rate_to_base; /* base currency units for one unit; NaN where fx.csv has none */
  uint64_t *line;       /* of fx.csv, 0 where it has none */
} currencies;

typedef struct underlyings { /* u */
  uint32_t n;
  const char **id;
  uint64_t *line;
  uint32_t *currency; /* y, of price and strike */
  const char **asset; /* "" when absent */
  double *price;      /* spot, in currency */
  underlying_kind *kind;
  /* Group texts, "" when absent; a missing group means a group of its own. */
  const char **class_group, **product_group, **portfolio_group;
  attributes x;
} underlyings;

/* Cash dividends that go ex after as_of: those of underlying u are first[u] .. first[u + 1] - 1, in order of time. */
typedef struct cash_dividends {
  uint32_t *first;  /* [u], and one more */
  double *years;    /* ACT/365F to the ex-date */
  double *amount;   /* quote currency per share, > 0 */
} cash_dividends;

/* Distinct forward marks. Options of one expiry share one; every linear instrument has its own. */
typedef struct forwards { /* f */
  uint32_t n;
  uint64_t *line;       /* of forwards.csv, 0 where it does not come from there */
  uint32_t *underlying; /* u */
  int64_t *expiry_s;    /* 0: none (spot, perpetual) */
  double *years;        /* to expiry, 0 when expired or none */
  double *forward;      /* quote currency */
  double *fixed;        /* the part that an average has already fixed, else 0 */
  double *growth;       /* d forward / d spot with dividends held: exp((rate - yield) * years); forward / price where
                           the forward is quoted */
  forward_source *source;
  bool *own;            /* one linear instrument's; an option that shares it is an option on that future */
  attributes x; /* of forwards.csv; row f of the attribute texts belongs to forward f ("" where not from the file) */
} forwards;

typedef struct instruments { /* c */
  uint32_t n;
  const char **id;
  uint64_t *line;
  instrument_type *type;
  uint32_t *underlying; /* u */
  uint32_t *forward;    /* f */
  uint32_t *currency;   /* y, paid */
  settlement *settlement;
  premium *premium;
  price_model *price_model;
  option_right *right;  /* options only */
  exercise *exercise;   /* options only */
  double *strike;       /* options only, else 0 */
  int64_t *expiry_s;    /* 0: none */
  double *years;        /* ACT/365F to the second, 0 when expired or none */
  double *multiplier;
  double *discount;     /* factor to expiry; 1 for inverse, futures-style premium and linear instruments */
  double *vol;          /* annual; options only, else 0. Black: relative; Bachelier: quote currency. NaN where only the
                           mark gives it: the engine implies it */
  double *mark;         /* its own `price`, NaN when not given */
  attributes x;
} instruments;

typedef struct accounts { /* a */
  uint32_t n;
  const char **id;
  uint64_t *line;     /* 0: named by positions.csv only */
  uint32_t *parent;   /* a, or ID_NONE */
  bool *nets_into_parent; /* to_parent: net; its positions are margined in margin_account[a] */
  uint32_t *margin_account; /* a itself, or the nearest ancestor that does not net into its parent */
  uint32_t *currency; /* y */
  account_type *type;
  bool *gross;        /* sides: gross */
  bool *isolated;     /* pool: isolated */
  attributes x;
} accounts;

/* Sorted by (account, instrument, sign); repeated rows of a file are added exactly. In gross accounts longs and shorts
 * stay apart. Zero sums stay in. */
typedef struct positions { /* p */
  size_t n;
  uint32_t *account, *instrument;
  decimal18 *quantity_exact;
  double *quantity; /* contracts, signed, nearest to the exact sum */
} positions;

/* A scenario file, as read: the engine gives it meaning. */
typedef struct scenario_move {
  uint32_t scenario;   /* index into scenario_file.id */
  char factor;         /* 'p' price, 'v' vol, 'f' fx, 'r' rate, 't' time */
  const char *name;    /* underlying or currency, "" for time */
  double tenor_days;   /* vol@tenor; NaN when none */
  double move;
  bool relative;       /* kind */
  uint64_t line;
} scenario_move;

typedef struct scenario_file {
  const char *name; /* "scenarios/NAME.csv" */
  const char *path; /* for messages */
  uint32_t n_scenarios;
  const char **id, **label, **date; /* in order of first appearance */
  double *weight;                   /* default 1 */
  size_t n_moves;
  scenario_move *moves;
} scenario_file;

/* What may be posted. An asset that is its currency is cash. */
typedef struct assets {
  uint32_t n;
  const char **id;
  uint64_t *line;
  uint32_t *currency;   /* y, of price */
  uint32_t *underlying; /* u that its value follows, or ID_NONE */
  double *price;
  bool *cash;
  attributes x;
} assets;

/* What is posted, sorted by (account, asset); repeated rows are added exactly. Negative: a loan. */
typedef struct collateral {
  size_t n;
  uint32_t *account, *asset;
  decimal18 *amount;
} collateral;

/* unsettled_pnl and funding of positions, by (account, currency paid), added exactly. */
typedef struct settlements {
  size_t n;
  uint32_t *account, *currency;
  decimal18 *amount;
} settlements;

typedef struct input_file {
  const char *name; /* relative to the book: "positions.csv.gz" */
  uint64_t digest[2];
  uint64_t size_bytes;
} input_file;

struct sg_book {
  arena *memory; /* owns everything below */
  const char *folder;
  int64_t as_of_s;
  uint32_t base_currency; /* y */
  currencies currencies;
  underlyings underlyings;
  cash_dividends dividends;
  forwards forwards;
  instruments instruments;
  accounts accounts;
  positions positions;
  assets assets;
  collateral collateral;
  settlements settlements;
  uint32_t n_scenario_files;
  scenario_file *scenario_files;
  uint32_t n_files;
  input_file *files; /* sorted by name */
  const char *description; /* for people; made when the book is loaded */
  double read_seconds;     /* it took to load it */
};

typedef struct sg_book book;

void book_close(book *closed); /* accepts NULL */

#endif
