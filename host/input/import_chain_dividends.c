/* SPDX-License-Identifier: MIT
 *
 * Dividends and rates that the user adds to a chain: for American exercise no parity tells them.
 */
#include "input/import_chain.h"

#include "base/date.h"
#include "base/file.h"
#include "base/number.h"
#include "input/csv.h"

#include <string.h>

enum { LIMIT_BYTES = 1 << 24, UNDERLYING = 0, EX_DATE, AMOUNT, N_COLUMNS };

static const char dividends_header[] = "underlying,ex_date,amount";

/* One row, written where it counts. */
static sg_status take_row(chain_data *data, const char *path, const csv_field *fields, FILE *to, sg_error *error) {
  const csv_field *name = &fields[UNDERLYING], *day = &fields[EX_DATE], *amount = &fields[AMOUNT];
  int64_t day_s;
  bool date_only;
  double paid;
  const char *why = date_parse(day->text, day->length, &day_s, &date_only);
  if (why != NULL || !date_only) {
    return error_add(error, SG_INPUT, (place){path, day->line, day->column}, "ex_date \"%.*s\" is not a day, as 2014-08-07",
                     (int)(day->length < 40 ? day->length : 40), day->text);
  }
  why = number_parse(amount->text, amount->length, &paid);
  if (why != NULL || !(paid >= 0)) {
    return error_add(error, SG_INPUT, (place){path, amount->line, amount->column}, "amount \"%.*s\" %s",
                     (int)(amount->length < 40 ? amount->length : 40), amount->text, why != NULL ? why : "is negative");
  }
  if (ids_find(data->underlying_names, name->text, name->length) == ID_NONE || day_s <= data->as_of_s) {
    data->n_other_dividends++;
    return SG_OK;
  }
  data->n_dividends++;
  fprintf(to, "%.*s,%.*s,%.*s\n", (int)name->length, name->text, (int)day->length, day->text, (int)amount->length,
          amount->text);
  return SG_OK;
}

static sg_status take_rows(chain_data *data, const char *path, csv_reader *reader, FILE *to, sg_error *error) {
  sg_status status = SG_OK;
  csv_next(reader); /* the header */
  for (;;) {
    csv_outcome outcome = csv_next(reader);
    if (outcome == CSV_END || outcome == CSV_OUT_OF_MEMORY) {
      return outcome == CSV_END ? status : error_out_of_memory(error);
    }
    sg_status taken = outcome == CSV_ROW
                          ? take_row(data, path, reader->fields, to, error)
                          : error_add(error, SG_INPUT, (place){path, reader->problem_line, reader->problem_column}, "%s",
                                      reader->problem);
    status = taken != SG_OK ? taken : status;
  }
}

static sg_status write_dividends(chain_data *data, const char *path, import_book *book, sg_error *error) {
  file_text loaded = {0};
  csv_reader reader;
  sg_status status = SG_OK;
  TRY(import_book_start(book, IMPORT_DIVIDENDS, dividends_header, error));
  TRY(file_load_within(path, (file_limits){LIMIT_BYTES, FILE_LINE_BYTES, NULL}, &loaded, error));
  size_t length = strcspn(loaded.text, "\r\n");
  if (length != sizeof dividends_header - 1 || memcmp(loaded.text, dividends_header, length) != 0) {
    status = error_add(error, SG_INPUT, (place){path, 1, 1}, "the header \"%s\" is expected", dividends_header);
  } else {
    csv_open(&reader, loaded.text, loaded.size_bytes);
    status = take_rows(data, path, &reader, book->files[IMPORT_DIVIDENDS].stream, error);
    csv_close(&reader);
  }
  file_close(&loaded);
  return status;
}

sg_status chain_write_given(chain_data *data, const sg_import_options *options, import_book *book, sg_error *error) {
  if (options->rate != NULL) {
    double rate;
    const char *why = number_parse(options->rate, strlen(options->rate), &rate);
    if (why != NULL || !(rate > -1 && rate < 1)) {
      return error_fail(error, SG_USAGE, "rate \"%s\" %s", options->rate,
                        why != NULL ? why : "is not between -1 and 1; 0.0025 is 0.25 %");
    }
    TRY(import_book_start(book, IMPORT_RATES, "currency,tenor_years,rate_cc", error));
    fprintf(book->files[IMPORT_RATES].stream, "USD,1,%s\n", options->rate);
  }
  return options->dividends == NULL ? SG_OK : write_dividends(data, options->dividends, book, error);
}
