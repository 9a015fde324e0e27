/* SPDX-License-Identifier: MIT
 *
 * The quote table of Cboe's delayed-quotes page: three lines about the underlying, a header, and one row per expiry and
 * strike that carries the call and the put.
 */
#include "input/import.h"
#include "input/import_chain.h"

#include "base/date.h"
#include "base/file.h"
#include "base/number.h"
#include "input/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, CBOE_COLUMNS = 22 };

static const char table_header[] = "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,"
                                   "Strike,Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest";

/* Columns of the call, and of the put as many further on. */
enum { CBOE_SYMBOL = 1, CBOE_BID = 4, CBOE_ASK = 5, CBOE_OPEN_INTEREST = 10, CBOE_STRIKE = 11, CBOE_PUT = 11 };

typedef struct cboe_file {
  chain_data *data;
  const char *path;
  sg_error *error;
  bool is_index;
  double price;
  uint32_t underlying; /* ID_NONE until the first symbol tells */
  const char *name;    /* of the underlying */
} cboe_file;

static sg_status refuse(const cboe_file *file, uint64_t line, const char *expected) {
  return error_add(file->error, SG_INPUT, (place){file->path, line, 0}, "%s is expected", expected);
}

/* "S&P 500 INDEX,Last: 4505.1001,Change:  37.6601" */
static bool read_last(cboe_file *file, const char *line, size_t length) {
  static const char mark[] = "Last: ";
  const char *end = line + length, *at = memmem(line, length, mark, sizeof mark - 1);
  if (at == NULL) {
    return false;
  }
  const char *comma = memchr(at, ',', (size_t)(end - at));
  const char *number = at + sizeof mark - 1;
  file->is_index = memmem(line, (size_t)(at - line), "INDEX", 5) != NULL ||
                   memmem(line, (size_t)(at - line), "Index", 5) != NULL;
  return number_parse(number, (size_t)((comma == NULL ? end : comma) - number), &file->price) == NULL &&
         file->price > 0;
}

/* "Date: September 14, 2023 at 4:31 PM EDT" anywhere in the line. */
static bool read_date(const char *line, size_t length, int64_t *as_of_s) {
  static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
                                       "September", "October", "November", "December"};
  const char *at = memmem(line, length, "Date: ", 6);
  char month_name[16], half[3], zone[4], date[16];
  int day, year, hour, minute;
  int64_t day_s;
  bool date_only;
  char text[80];
  if (at == NULL) {
    return false;
  }
  snprintf(text, sizeof text, "%.*s", (int)(line + length - at < 70 ? line + length - at : 70), at);
  /* NOLINTNEXTLINE(cert-err34-c): four digits cannot overflow */
  if (sscanf(text, "Date: %15[A-Za-z] %2d, %4d at %2d:%2d %2[AMP] %3[EDST]", month_name, &day, &year, &hour, &minute,
             half, zone) != 7 ||
      hour < 1 || hour > 12 || minute < 0 || minute > 59 || day < 0 || year < 0) {
    return false;
  }
  int month = 0;
  while (month < 12 && strcmp(months[month], month_name) != 0) {
    month++;
  }
  snprintf(date, sizeof date, "%04d-%02d-%02d", year % 10000, (month + 1) % 100, day % 100);
  bool afternoon = strcmp(half, "PM") == 0, summer = strcmp(zone, "EDT") == 0;
  if (date_parse(date, strlen(date), &day_s, &date_only) != NULL || (!afternoon && strcmp(half, "AM") != 0) ||
      (!summer && strcmp(zone, "EST") != 0)) {
    return false;
  }
  *as_of_s = day_s + (int64_t)(hour % 12 + (afternoon ? 12 : 0) + (summer ? 4 : 5)) * HOUR_S + (int64_t)minute * 60;
  return true;
}

/* NaN where it is 0. */
static sg_status read_number(const cboe_file *file, const csv_field *field, const char *name, double *value) {
  const char *why = number_parse(field->text, field->length, value);
  if (why != NULL || *value < 0) {
    return error_add(file->error, SG_INPUT, (place){file->path, field->line, field->column}, "%s \"%.*s\" %s", name,
                     (int)(field->length < 40 ? field->length : 40), field->text, why != NULL ? why : "is negative");
  }
  *value = *value == 0 ? NAN : *value;
  return SG_OK;
}

/* The first symbol names the underlying, which the lines above do not. */
static sg_status name_underlying(cboe_file *file, const char *symbol, size_t root_length) {
  char root[40];
  const chain_root *known = chain_find_root(symbol, root_length);
  snprintf(root, sizeof root, "%.*s", (int)(root_length < 32 ? root_length : 32), symbol);
  if (known == NULL && file->is_index) {
    return error_add(file->error, SG_INPUT, (place){.file = file->path},
                     "how options on the index %s are exercised and settled is not known here", root);
  }
  return chain_add_underlying(file->data, file->path, root, file->price, &file->underlying, file->error);
}

static sg_status read_option(cboe_file *file, const csv_field *fields, bool is_call) {
  const csv_field *side = fields + (is_call ? 0 : CBOE_PUT), *symbol = &side[CBOE_SYMBOL];
  chain_row row = {.price = NAN, .vol = NAN, .is_call = is_call};
  chain_symbol parsed = {0};
  char name[64];
  place where = {file->path, symbol->line, symbol->column};
  snprintf(name, sizeof name, "%.*s", (int)(symbol->length < 60 ? symbol->length : 60), symbol->text);
  row.name = name;
  bool known_name = chain_parse_symbol(name, strlen(name), &parsed);
  if (file->underlying == ID_NONE) {
    if (!known_name) {
      return error_add(file->error, SG_INPUT, where, "the first symbol \"%s\" does not name an underlying", name);
    }
    TRY(name_underlying(file, name, parsed.root_length));
  }
  row.underlying = file->underlying;
  TRY(read_number(file, &fields[CBOE_STRIKE], "Strike", &row.strike));
  TRY(read_number(file, &side[CBOE_BID], "Bid", &row.bid));
  TRY(read_number(file, &side[CBOE_ASK], "Ask", &row.ask));
  TRY(read_number(file, &side[CBOE_OPEN_INTEREST], "Open Interest", &row.open_interest));
  if (known_name && (parsed.is_call != is_call || parsed.strike != row.strike)) {
    return error_add(file->error, SG_INPUT, where, "%s does not agree with its column and Strike", name);
  }
  const chain_root *root = known_name ? chain_find_root(name, parsed.root_length) : NULL;
  row.left_out = known_name ? CHAIN_KEPT : CHAIN_NAME;
  row.day_s = parsed.day_s;
  row.is_morning = root != NULL && root->is_morning;
  return chain_add_row(file->data, where, &row, file->error);
}

static sg_status read_table(cboe_file *file, csv_reader *reader, uint64_t lines_before) {
  sg_status status = SG_OK;
  bool header = true;
  for (;;) {
    csv_outcome outcome = csv_next(reader);
    if (outcome == CSV_OUT_OF_MEMORY) {
      return error_out_of_memory(file->error);
    }
    if (outcome == CSV_END) {
      return status;
    }
    if (outcome == CSV_BAD_ROW) {
      status = error_add(file->error, SG_INPUT,
                         (place){file->path, reader->problem_line + lines_before, reader->problem_column}, "%s",
                         reader->problem);
    } else if (!header) {
      for (size_t i = 0; i < reader->n_fields; i++) {
        reader->fields[i].line += lines_before;
      }
      for (int put = 0; put < 2; put++) {
        sg_status read = read_option(file, reader->fields, put == 0);
        if (read == SG_DEVICE || file->underlying == ID_NONE) {
          return read;
        }
        status = read != SG_OK ? read : status;
      }
    }
    header = false;
  }
}

/* The line from `at` without its end; moves `at` behind it. */
static size_t next_line(const char **at, const char *end, const char **line) {
  const char *stop = memchr(*at, '\n', (size_t)(end - *at));
  *line = *at;
  *at = stop == NULL ? end : stop + 1;
  size_t length = (size_t)((stop == NULL ? end : stop) - *line);
  return length > 0 && (*line)[length - 1] == '\r' ? length - 1 : length;
}

static sg_status read_text(cboe_file *file, file_text *loaded) {
  const char *at = loaded->text, *end = at + loaded->size_bytes, *line;
  int64_t as_of_s;
  next_line(&at, end, &line); /* blank or a title */
  size_t length = next_line(&at, end, &line);
  if (!read_last(file, line, length)) {
    return refuse(file, 2, "the underlying's name and price, \"NAME,Last: 4505.10,Change: 37.66\",");
  }
  length = next_line(&at, end, &line);
  if (!read_date(line, length, &as_of_s)) {
    return refuse(file, 3, "the time, \"Date: September 14, 2023 at 4:31 PM EDT\",");
  }
  const char *table = at;
  length = next_line(&at, end, &line);
  while (length > 0 && line[length - 1] == ',') {
    length--;
  }
  if (length != sizeof table_header - 1 || memcmp(line, table_header, length) != 0) {
    return refuse(file, 4, "the header \"Expiration Date,Calls,Last Sale,...,Strike,Puts,...,Open Interest\"");
  }
  TRY(chain_set_time(file->data, file->path, as_of_s, file->error));
  csv_reader reader;
  csv_open(&reader, loaded->text + (table - loaded->text), (size_t)(end - table));
  size_t before = error_count(file->error);
  sg_status status = read_table(file, &reader, 3);
  csv_close(&reader);
  if (status == SG_OK && file->underlying == ID_NONE && error_count(file->error) == before) {
    status = refuse(file, 5, "a row of options");
  }
  return status;
}

sg_status import_cboe(const char *const *paths, size_t n_paths, const sg_import_options *options, const char *folder,
                      char **report, sg_error *error) {
  sg_status status = SG_OK;
  chain_data data = {.format = "cboe", .title = "Cboe quote table", .price_text = "the middle of bid and ask"};
  TRY_DONE(chain_open(&data, error));
  for (size_t i = 0; i < n_paths; i++) {
    file_text loaded = {0};
    cboe_file file = {.data = &data, .path = paths[i], .error = error, .underlying = ID_NONE};
    TRY_DONE(file_load_within(paths[i], (file_limits){IMPORT_FILE_BYTES, FILE_LINE_BYTES, NULL}, &loaded, error));
    status = read_text(&file, &loaded);
    file_close(&loaded);
    TRY_DONE(status);
  }
  TRY_DONE(chain_write(&data, n_paths, options, folder, report, error));
done:
  chain_close(&data);
  return status;
}
