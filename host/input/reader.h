/* SPDX-License-Identifier: MIT
 *
 * What the parts of one reading share. Each part reads one subject; book.yaml first, derived numbers last. They return
 * a status for what ends the reading (no memory); bad input is a finding and reading goes on.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "base/array.h"
#include "base/date.h"
#include "base/file.h"
#include "input/findings.h"
#include "input/read_book.h"

#include <pthread.h>

/* All files of a book together: what a caller allows but no less than the least, or else a quarter of this machine's
 * memory; never more than the most, so that no table has 2^32 rows. */
#define BOOK_LEAST_BYTES ((size_t)64 << 20)
#define BOOK_MOST_BYTES ((size_t)8 << 30)
enum { SETTINGS_BYTES = 1 << 16 }; /* of book.yaml */

typedef struct curve_point { /* sorted by (currency, years) */
  uint32_t currency; /* index into reader.currencies, in order of appearance */
  double years, rate;
  uint64_t line;
} curve_point;

typedef struct dividend_row { /* sorted by (underlying, ex_date) */
  uint32_t underlying; /* u */
  int64_t ex_date_s;
  double amount;
  uint64_t line;
} dividend_row;

enum { SVI_A, SVI_B, SVI_RHO, SVI_M, SVI_SIGMA, SVI_FORWARD, SVI_YEARS, N_SVI };

typedef struct quoted_forward { /* a row of forwards.csv; sorted by (underlying, expiry) */
  uint32_t underlying; /* u */
  uint32_t row;        /* in the order of the file */
  int64_t expiry_s;
  double forward, fixed;
  double discount_factor, rate_cc; /* NaN when not given */
  bool has_svi;
  bool ok;
  double svi[N_SVI];
  uint64_t line;
} quoted_forward;

/* What deriving an instrument's forward, discount and vol needs beside the book's own columns. */
typedef struct instrument_extra {
  const char *future;  /* underlying_future, "" when none */
  bool ok;             /* its row had no finding */
  bool has_vol;
} instrument_extra;

typedef struct account_row { /* a row of accounts.csv */
  uint64_t line, parent_column;
  const char *parent; /* "" when none */
  uint32_t currency;  /* in order of appearance */
  int type, to_parent, sides, pool; /* words of formats.h; type -1 when absent */
} account_row;

typedef struct position_row {
  uint32_t account;    /* listed ones by appearance in accounts.csv, then those of the part; a in derive_positions.c */
  uint32_t instrument; /* c */
  uint64_t line;       /* of the part, from 1 */
  decimal18 quantity;
} position_row;

/* What one thread read of positions.csv. */
typedef struct position_part {
  ARRAY(position_row) rows;
  uint32_t n_accounts;   /* that accounts.csv does not list */
  uint32_t *account;     /* [of those] in order of appearance in the book, then a; NULL: the book's own */
  uint64_t lines_before; /* in the file */
} position_part;

enum { READ_THREADS_MAX = 8 };

typedef struct collateral_row {
  uint32_t account;    /* in order of appearance; its index in the book once that is known */
  uint32_t asset;      /* index in the book */
  uint64_t line;
  decimal18 amount;
} collateral_row;

typedef struct load_ahead { /* of one file */
  char *path;
  file_limits limits;
  file_text text;
  sg_error *error;
  sg_status status;
  pthread_t thread;
  bool started; /* and not taken */
} load_ahead;

typedef struct book_reader {
  book *book;
  arena *memory; /* the book's */
  const sg_named_text *given; /* the book's files; NULL: they stand in book->folder */
  size_t n_given;
  uint32_t n_threads; /* that read a long file; 0: as many as pay */
  size_t left_bytes;  /* for the files that are still to be read */
  load_ahead ahead;
  const char *limit;  /* what they all may have, for findings */
  findings findings;

  bool settings_ok, rates_zero, has_expiry_time;
  int64_t expiry_time_s; /* second of the day, UTC */

  /* Names in order of first appearance; rank[] gives the index in the book, once it is known. */
  ids *currencies, *underlyings, *instruments, *accounts, *assets;
  uint32_t *underlying_rank, *instrument_rank, *account_rank, *asset_rank;
  /* The files that introduce names could be read: an unknown name is a finding. */
  bool underlyings_usable, instruments_usable, fx_usable, rates_usable;

  double *dividend_yield; /* [u] */
  bool *underlying_ok;    /* [u] */
  ARRAY(double) fx_rate;  /* [currency in order of appearance], NaN when none */
  ARRAY(uint64_t) fx_line; /* likewise, 0 when none */
  ARRAY(curve_point) curves;
  bool curves_ok;
  ARRAY(dividend_row) dividends;
  ARRAY(quoted_forward) forwards;
  attributes forward_x;   /* by row of the file */
  ARRAY(account_row) account_rows; /* of accounts.csv, in order of appearance: the first of `accounts` */
  attributes account_x;            /* by row of the file */
  ARRAY(collateral_row) collateral_rows;
  const char *collateral_path;
  bool has_settlements; /* positions.csv has unsettled_pnl or funding */
  uint32_t n_listed_accounts; /* of accounts.csv: what positions.csv adds comes after them */
  uint32_t n_position_parts;
  position_part position_parts[READ_THREADS_MAX]; /* in order of the file */
  const char *underlyings_path, *instruments_path, *accounts_path, *positions_path;
  instrument_extra *extra; /* [c] */
  ARRAY(input_file) files;
} book_reader;

sg_status read_settings(book_reader *reader);     /* read_settings.c */
sg_status read_underlyings(book_reader *reader);  /* read_market.c */
sg_status read_fx(book_reader *reader);
sg_status read_rates(book_reader *reader);
sg_status read_dividends(book_reader *reader);
sg_status read_forwards(book_reader *reader);     /* read_forwards.c */
sg_status read_instruments(book_reader *reader);  /* read_instruments.c */
sg_status read_accounts(book_reader *reader);     /* read_accounts.c */
sg_status read_positions(book_reader *reader);    /* read_positions.c */
sg_status read_assets(book_reader *reader);       /* read_collateral.c */
sg_status read_collateral(book_reader *reader);   /* after read_assets */
sg_status read_scenarios(book_reader *reader);    /* read_scenarios.c */
sg_status read_later_files(book_reader *reader);  /* read_folder.c */
sg_status derive_forwards(book_reader *reader);   /* derive_forwards.c */
sg_status derive_vols(book_reader *reader);       /* derive_vols.c */
sg_status derive_accounts(book_reader *reader);   /* derive_accounts.c */
sg_status derive_positions(book_reader *reader);  /* derive_positions.c: after derive_accounts */
void position_parts_close(book_reader *reader);   /* read_positions.c */
sg_status derive_collateral(book_reader *reader); /* read_collateral.c: after derive_accounts */
sg_status derive_settlements(book_reader *reader); /* read_settlements.c: likewise */
sg_status sort_currencies(book_reader *reader);   /* read_market.c: last, for a book without findings */

/* The index of a currency in order of appearance, added when new. ID_NONE when out of memory. */
uint32_t reader_currency(book_reader *reader, const char *text, size_t length);

/* u, or ID_NONE when unknown. */
uint32_t reader_underlying(const book_reader *reader, const char *text, size_t length);

/* Every file that can name a currency could be read. */
bool reader_knows_currencies(const book_reader *reader);

/* The row of forwards.csv for an underlying and expiry; NULL when there is none. */
const quoted_forward *reader_quote(const book_reader *reader, uint32_t underlying, int64_t expiry_s);

/* SG_DEVICE when memory ran out somewhere, else SG_OK. */
sg_status reader_status(book_reader *reader);
void reader_out_of_memory(book_reader *reader);

/* Loads NAME, NAME.gz or NAME.zst of the book and notes it in `files`. What cannot be used is a finding; then
 * loaded->text is NULL. *path is for findings, *found_name is NULL when there is no such file. */
sg_status reader_load(book_reader *reader, const char *name, file_text *loaded, const char **path,
                      const char **found_name);

/* load_ahead.c: starts to load the file that is read next, where that can be done; take gives its text where it was loaded
 * well, and under the limits that hold now. */
void load_ahead_start(book_reader *reader, const char *name);
bool load_ahead_take(book_reader *reader, const char *path, file_limits limits, file_text *loaded);
void load_ahead_close(book_reader *reader);

/* Seconds as ACT/365F years, 0 when negative. */
double years_between(int64_t from_s, int64_t to_s);

#endif
