/* SPDX-License-Identifier: MIT
 *
 * Reading responses of public/get_book_summary_by_currency: an object with an array `result`, or that array alone.
 */
#include "input/import_deribit.h"

#include "base/date.h"
#include "base/json.h"
#include "base/number.h"
#include "input/findings.h"
#include "input/import.h"
#include "input/import_book.h"

#include <math.h>
#include <string.h>

enum { EXPIRY_SECOND_OF_DAY = 8 * 3600 };

/* The row being read, for messages. */
typedef struct row_place {
  const char *file;
  size_t index;
  const char *name;
  sg_error *error;
} row_place;

static const char *type_text(const json_t *value) {
  switch (json_typeof(value)) {
    case JSON_OBJECT:
      return "an object";
    case JSON_ARRAY:
      return "an array";
    case JSON_STRING:
      return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
      return "a number";
    case JSON_NULL:
      return "null";
    default:
      return "true or false";
  }
}

static bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* DDMMMYY or DMMMYY, to 08:00 UTC; NULL when it is none, else the text behind it. */
static const char *read_expiry(const char *text, int64_t *expiry_s) {
  static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  int day = 0, n_digits = 0;
  for (; n_digits < 2 && is_digit(text[n_digits]); n_digits++) {
    day = day * 10 + (text[n_digits] - '0');
  }
  const char *at = text + n_digits;
  if (n_digits == 0 || !is_letter(at[0]) || !is_letter(at[1]) || !is_letter(at[2]) || !is_digit(at[3]) ||
      !is_digit(at[4])) {
    return NULL;
  }
  for (size_t month = 0; month < 12; month++) {
    if (strncmp(months + 3 * month, at, 3) == 0) {
      char date[24];
      bool date_only;
      snprintf(date, sizeof date, "20%.2s-%02d-%02d", at + 3, (int)month + 1, day);
      if (date_parse(date, strlen(date), expiry_s, &date_only) != NULL) {
        return NULL;
      }
      *expiry_s += EXPIRY_SECOND_OF_DAY;
      return at + 5;
    }
  }
  return NULL;
}

/* Behind "COIN-DDMMMYY-": STRIKE-C or STRIKE-P. */
static bool read_option(deribit_data *data, const char *text, deribit_row *row) {
  size_t length = strcspn(text, "-");
  if (text[length] != '-' || (text[length + 1] != 'C' && text[length + 1] != 'P') || text[length + 2] != '\0' ||
      number_parse(text, length, &row->strike) != NULL || !(row->strike > 0)) {
    return false;
  }
  row->kind = DERIBIT_OPTION;
  row->is_call = text[length + 1] == 'C';
  row->strike_text = arena_text(data->memory, text, length);
  return true;
}

/* Fills what the name says; a name that says nothing to us is left out, not refused: the list also holds combos. */
static sg_status read_name(deribit_data *data, deribit_row *row, const row_place *where) {
  bool added = false;
  size_t coin_length = strcspn(row->name, "-_");
  row->coin = ids_add(data->coins, row->name, coin_length, &added);
  if (row->coin == ID_NONE) {
    return error_out_of_memory(where->error);
  }
  const char *at = row->name + coin_length;
  if (*at == '_') {
    row->left_out = DERIBIT_LINEAR;
    return SG_OK;
  }
  row->left_out = DERIBIT_NAME;
  if (coin_length == 0 || strncmp(row->name, "USD-", 4) == 0) { /* dollars are what the book counts in */
    return SG_OK;
  }
  if (strcmp(at, "-PERPETUAL") == 0) {
    row->kind = DERIBIT_PERPETUAL;
    row->left_out = DERIBIT_KEPT;
  } else if (*at == '-') {
    at = read_expiry(at + 1, &row->expiry_s);
    if (at != NULL && *at == '\0') {
      row->kind = DERIBIT_FUTURE;
      row->left_out = DERIBIT_KEPT;
    } else if (at != NULL && *at == '-' && read_option(data, at + 1, row)) {
      row->left_out = row->strike_text == NULL ? DERIBIT_NAME : DERIBIT_KEPT;
    }
  }
  return SG_OK;
}

/* NaN when absent or null. */
static sg_status read_number(const json_t *object, const char *key, double *value, const row_place *where) {
  const json_t *field = json_object_get(object, key);
  *value = NAN;
  if (field == NULL || json_is_null(field)) {
    return SG_OK;
  }
  if (!json_is_number(field)) {
    return error_add(where->error, SG_INPUT, (place){.file = where->file},
                     "result[%zu] %s: %s is %s; a number is expected", where->index, where->name, key,
                     type_text(field));
  }
  double number = json_number_value(field);
  if (number < 0) {
    char text[NUMBER_TEXT_BYTES];
    number_format(number, text);
    return error_add(where->error, SG_INPUT, (place){.file = where->file}, "result[%zu] %s: %s %s is negative",
                     where->index, where->name, key, text);
  }
  *value = number;
  return SG_OK;
}

static sg_status read_price(const json_t *object, const char *key, double *value, const row_place *where) {
  TRY(read_number(object, key, value, where));
  *value = *value == 0 ? NAN : *value;
  return SG_OK;
}

static sg_status read_numbers(const json_t *object, deribit_row *row, const row_place *where) {
  double created_ms;
  bool is_option = row->kind == DERIBIT_OPTION;
  TRY((is_option ? read_number : read_price)(object, "mark_price", &row->mark, where));
  TRY(read_price(object, "mid_price", &row->mid, where));
  TRY(read_price(object, "bid_price", &row->bid, where));
  TRY(read_price(object, "ask_price", &row->ask, where));
  TRY(read_number(object, "mark_iv", &row->mark_iv_percent, where));
  TRY(read_price(object, "underlying_price", &row->underlying_price, where));
  TRY(read_price(object, "estimated_delivery_price", &row->index, where));
  TRY(read_number(object, "open_interest", &row->open_interest, where));
  TRY(read_number(object, "creation_timestamp", &created_ms, where));
  row->mid = isnan(row->mid) ? import_mid(row->bid, row->ask) : row->mid;
  if (created_ms > 253402300799999) { /* the end of the year 9999 */
    return error_add(where->error, SG_INPUT, (place){.file = where->file},
                     "result[%zu] %s: creation_timestamp is not in milliseconds", where->index, where->name);
  }
  row->created_ms = isnan(created_ms) ? 0 : (int64_t)created_ms;
  return SG_OK;
}

static sg_status read_row(deribit_data *data, const json_t *object, row_place *where) {
  const json_t *name = json_object_get(object, "instrument_name");
  if (!json_is_object(object) || !json_is_string(name) || json_string_length(name) == 0) {
    return error_add(where->error, SG_INPUT, (place){.file = where->file}, "result[%zu] has no instrument_name",
                     where->index);
  }
  const char *why = import_name_fault(json_string_value(name));
  if (why != NULL) {
    return error_add(where->error, SG_INPUT, (place){.file = where->file}, "result[%zu] instrument_name \"%s\" %s",
                     where->index, show_text(json_string_value(name)).text, why);
  }
  bool added = false;
  uint32_t index = ids_add(data->names, json_string_value(name), json_string_length(name), &added);
  if (index == ID_NONE) {
    return error_out_of_memory(where->error);
  }
  where->name = ids_text(data->names, index);
  if (!added) {
    return error_add(where->error, SG_INPUT, (place){.file = where->file},
                     "result[%zu] %s: the same instrument is already in %s", where->index, where->name,
                     data->rows.items[data->first_row.items[index]].file);
  }
  deribit_row row = {.file = where->file, .name = where->name};
  TRY(read_name(data, &row, where));
  sg_status status = read_numbers(object, &row, where);
  /* A bad row is kept, so that the names stay in step; the finding stops the import. */
  if (!ARRAY_PUSH(&data->first_row, data->rows.n) || !ARRAY_PUSH(&data->rows, row)) {
    return error_out_of_memory(where->error);
  }
  return status;
}

/* usOut, microseconds, serves rows that carry no time of their own. */
static void set_missing_times(deribit_data *data, size_t first, const json_t *root) {
  const json_t *sent = json_object_get(root, "usOut");
  if (json_is_integer(sent) && json_integer_value(sent) > 0) {
    for (size_t i = first; i < data->rows.n; i++) {
      if (data->rows.items[i].created_ms == 0) {
        data->rows.items[i].created_ms = json_integer_value(sent) / 1000;
      }
    }
  }
}

static sg_status read_response(deribit_data *data, const json_t *root, const char *path, sg_error *error) {
  const json_t *result = json_is_array(root) ? root : json_object_get(root, "result");
  if (!json_is_array(result)) {
    const json_t *message = json_object_get(json_object_get(root, "error"), "message");
    if (json_is_string(message)) {
      return error_add(error, SG_INPUT, (place){.file = path}, "the exchange answered with an error: %s",
                       json_string_value(message));
    }
    return error_add(error, SG_INPUT, (place){.file = path},
                     "has no array \"result\"; a response of public/get_book_summary_by_currency is expected");
  }
  size_t before = error_count(error), first = data->rows.n;
  sg_status status = SG_OK;
  for (size_t i = 0; i < json_array_size(result); i++) {
    row_place where = {.file = path, .index = i, .error = error};
    sg_status row_status = read_row(data, json_array_get(result, i), &where);
    if (row_status == SG_DEVICE) {
      return row_status;
    }
    status = row_status != SG_OK ? row_status : status;
  }
  if (json_array_size(result) == 0 && error_count(error) == before) {
    return error_add(error, SG_INPUT, (place){.file = path}, "\"result\" is empty");
  }
  set_missing_times(data, first, root);
  return status;
}

sg_status deribit_read(deribit_data *data, const char *path, sg_error *error) {
  sg_status status = SG_OK;
  file_text loaded = {0};
  json_t *root = NULL;
  const char *file = arena_text(data->memory, path, strlen(path));
  if (file == NULL) {
    return error_out_of_memory(error);
  }
  TRY(file_load(path, IMPORT_FILE_BYTES, &loaded, error));
  TRY_DONE(json_parse(&loaded, file, &root, error));
  status = read_response(data, root, file, error);
done:
  json_decref(root);
  file_close(&loaded);
  return status;
}
