/* SPDX-License-Identifier: MIT
 *
 * QuantConnect's (LEAN's) daily option universe: one CSV file per share and day; the row without an expiry is the
 * share. Ticker and day come from the file's name, or the folder's: aapl_2014-06-16.csv, aapl/20140616.csv.
 */
#include "input/import.h"
#include "input/import_chain.h"

#include "base/date.h"
#include "base/file.h"
#include "base/number.h"
#include "input/csv.h"

#include <math.h>
#include <string.h>

/* There are no quotes, and closes are not of one moment: for put-call parity, where exercise is European, a close is
 * taken as the middle of quotes this far from it. */
static const double LEAST_CLOSE_NOISE = 0.05, CLOSE_NOISE = 0.01;

static const char table_header[] = "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility";

enum { LEAN_EXPIRY, LEAN_STRIKE, LEAN_RIGHT, LEAN_CLOSE = 6, LEAN_OPEN_INTEREST = 8, LEAN_VOL = 9, LEAN_COLUMNS = 10 };

typedef struct lean_file {
  chain_data *data;
  const char *path;
  char root[33];
  uint32_t underlying; /* ID_NONE before the share's own row */
  sg_error *error;
} lean_file;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* YYYYMMDD or YYYY-MM-DD; returns how long it is, 0 when there is none. */
static size_t read_day(const char *text, int64_t *day_s) {
  char date[16];
  bool date_only;
  size_t n_digits = 0;
  while (n_digits < 8 && is_digit(text[n_digits])) {
    n_digits++;
  }
  if (n_digits == 8) {
    snprintf(date, sizeof date, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
  } else if (n_digits == 4 && text[4] == '-' && is_digit(text[5]) && is_digit(text[6]) && text[7] == '-' &&
             is_digit(text[8]) && is_digit(text[9])) {
    snprintf(date, sizeof date, "%.10s", text);
  } else {
    return 0;
  }
  return date_parse(date, strlen(date), day_s, &date_only) == NULL ? (n_digits == 8 ? 8 : 10) : 0;
}

/* Ticker: the word before the day in the file's name, else the folder's name; in capital letters. */
static sg_status read_file_name(lean_file *file) {
  const char *slash = strrchr(file->path, '/'), *name = slash == NULL ? file->path : slash + 1, *at = name;
  int64_t day_s = 0;
  while (*at != '\0' && read_day(at, &day_s) == 0) {
    at++;
  }
  const char *end = at, *begin;
  if (*at == '\0') {
    return error_add(file->error, SG_INPUT, (place){.file = file->path},
                     "the file's name holds no day, as aapl_20140616.csv or aapl/20140616.csv");
  }
  if (at == name && slash != NULL) {
    end = slash;
    for (begin = end; begin > file->path && begin[-1] != '/'; begin--) {
    }
  } else {
    while (end > name && (end[-1] == '_' || end[-1] == '-' || end[-1] == ' ')) {
      end--;
    }
    for (begin = end; begin > name && begin[-1] != '_' && begin[-1] != '-' && begin[-1] != ' '; begin--) {
    }
  }
  size_t length = (size_t)(end - begin);
  bool printable = length > 0 && length < sizeof file->root;
  for (size_t i = 0; printable && i < length; i++) {
    char c = begin[i];
    file->root[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    printable = (file->root[i] >= 'A' && file->root[i] <= 'Z') || is_digit(c) || c == '.';
  }
  if (!printable) {
    return error_add(file->error, SG_INPUT, (place){.file = file->path},
                     "neither the file's name nor its folder's gives a ticker, as aapl_20140616.csv or "
                     "aapl/20140616.csv");
  }
  return chain_set_time(file->data, file->path, chain_new_york(day_s, CHAIN_CLOSE), file->error);
}

/* NaN where it is empty or 0. */
static sg_status read_number(const lean_file *file, const csv_field *field, const char *name, double *value) {
  *value = NAN;
  const char *why = field->length == 0 ? NULL : number_parse(field->text, field->length, value);
  if (why != NULL || *value < 0) {
    return error_add(file->error, SG_INPUT, (place){file->path, field->line, field->column}, "%s \"%.*s\" %s", name,
                     (int)(field->length < 40 ? field->length : 40), field->text, why != NULL ? why : "is negative");
  }
  *value = *value == 0 ? NAN : *value;
  return SG_OK;
}

static sg_status read_share(lean_file *file, const csv_field *fields) {
  double price;
  TRY(read_number(file, &fields[LEAN_CLOSE], "close", &price));
  if (file->underlying != ID_NONE || isnan(price)) {
    return error_add(file->error, SG_INPUT, (place){file->path, fields[LEAN_CLOSE].line, fields[LEAN_CLOSE].column},
                     file->underlying != ID_NONE ? "a second row without an expiry" : "the share has no close");
  }
  return chain_add_underlying(file->data, file->path, file->root, price, &file->underlying, file->error);
}

static sg_status read_row(lean_file *file, const csv_field *fields) {
  const csv_field *expiry = &fields[LEAN_EXPIRY], *right = &fields[LEAN_RIGHT];
  place where = {file->path, expiry->line, expiry->column};
  if (expiry->length == 0) {
    return read_share(file, fields);
  }
  if (file->underlying == ID_NONE) {
    return error_add(file->error, SG_INPUT, where, "an option before the row of the share, which has no expiry");
  }
  const chain_root *known = chain_find_root(file->root, strlen(file->root));
  chain_row row = {.underlying = file->underlying};
  char day[16], name[64];
  snprintf(day, sizeof day, "%.*s", (int)(expiry->length < 15 ? expiry->length : 15), expiry->text);
  if (read_day(day, &row.day_s) != expiry->length) {
    return error_add(file->error, SG_INPUT, where, "expiry \"%s\" is not a day, as 20140621", day);
  }
  if (right->length != 1 || (right->text[0] != 'C' && right->text[0] != 'P')) {
    return error_add(file->error, SG_INPUT, (place){file->path, right->line, right->column},
                     "right \"%.*s\" is neither C nor P", (int)(right->length < 40 ? right->length : 40), right->text);
  }
  row.is_call = right->text[0] == 'C';
  row.is_morning = known != NULL && known->is_morning && chain_is_third_friday(row.day_s);
  TRY(read_number(file, &fields[LEAN_STRIKE], "strike", &row.strike));
  TRY(read_number(file, &fields[LEAN_CLOSE], "close", &row.price));
  TRY(read_number(file, &fields[LEAN_OPEN_INTEREST], "open_interest", &row.open_interest));
  TRY(read_number(file, &fields[LEAN_VOL], "implied_volatility", &row.vol));
  if (!(row.strike > 0) || row.strike >= 1e5) {
    return error_add(file->error, SG_INPUT, (place){file->path, fields[LEAN_STRIKE].line, fields[LEAN_STRIKE].column},
                     "strike is not above 0 and below 100000");
  }
  double half_width = LEAST_CLOSE_NOISE + CLOSE_NOISE * row.price;
  row.bid = row.price - half_width;
  row.ask = row.price + half_width;
  row.left_out = isnan(row.price) && isnan(row.vol) ? CHAIN_NO_PRICE : CHAIN_KEPT;
  chain_format_symbol(file->root, row.day_s, row.is_call, row.strike, name);
  row.name = name;
  return chain_add_row(file->data, where, &row, file->error);
}

static sg_status read_table(lean_file *file, csv_reader *reader) {
  sg_status status = SG_OK;
  csv_next(reader); /* the header */
  for (;;) {
    csv_outcome outcome = csv_next(reader);
    if (outcome == CSV_OUT_OF_MEMORY) {
      return error_out_of_memory(file->error);
    }
    if (outcome == CSV_END) {
      return status;
    }
    sg_status read = outcome == CSV_ROW
                         ? read_row(file, reader->fields)
                         : error_add(file->error, SG_INPUT,
                                     (place){file->path, reader->problem_line, reader->problem_column}, "%s",
                                     reader->problem);
    if (read == SG_DEVICE || (read != SG_OK && file->underlying == ID_NONE)) {
      return read;
    }
    status = read != SG_OK ? read : status;
  }
}

static sg_status read_file(lean_file *file) {
  file_text loaded = {0};
  csv_reader reader;
  TRY(read_file_name(file));
  TRY(file_load_within(file->path, (file_limits){IMPORT_FILE_BYTES, FILE_LINE_BYTES, NULL}, &loaded, file->error));
  sg_status status;
  if (strncmp(loaded.text, table_header, sizeof table_header - 1) != 0) {
    status = error_add(file->error, SG_INPUT, (place){file->path, 1, 1}, "the header \"%s,...\" is expected",
                       table_header);
  } else {
    csv_open(&reader, loaded.text, loaded.size_bytes);
    status = read_table(file, &reader);
    csv_close(&reader);
  }
  file_close(&loaded);
  return status;
}

sg_status import_lean(const char *const *paths, size_t n_paths, const sg_import_options *options, const char *folder,
                      char **report, sg_error *error) {
  sg_status status = SG_OK;
  chain_data data = {.format = "lean",
                     .title = "QuantConnect option universe",
                     .price_text = "its close; its vol is the file's implied_volatility where that is given",
                     .own_price_text = "its close; its vol is implied by it"};
  TRY_DONE(chain_open(&data, error));
  for (size_t i = 0; i < n_paths; i++) {
    lean_file file = {.data = &data, .path = paths[i], .underlying = ID_NONE, .error = error};
    TRY_DONE(read_file(&file));
  }
  TRY_DONE(chain_write(&data, n_paths, options, folder, report, error));
done:
  chain_close(&data);
  return status;
}
