/* SPDX-License-Identifier: MIT
 *
 * Yahoo's option-chain JSON: {underlyingSymbol, quote, options: [{expirationDate, calls, puts}]}, as the service sends
 * it inside optionChain.result or as it is often saved, without contractSymbol.
 */
#include "input/import.h"
#include "input/import_chain.h"

#include "base/json.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

enum { DAY_S = 86400 };

typedef struct yahoo_file {
  chain_data *data;
  const char *path, *root; /* root: "SPX" of "^SPX" */
  uint32_t underlying;
  sg_error *error;
} yahoo_file;

static sg_status refuse(const yahoo_file *file, const char *what) {
  return error_add(file->error, SG_INPUT, (place){.file = file->path}, "%s", what);
}

/* NaN when absent, null or 0. */
static sg_status read_number(const yahoo_file *file, const json_t *row, const char *name, const char *key,
                             double *value) {
  const json_t *field = json_object_get(row, key);
  *value = NAN;
  if (field == NULL || json_is_null(field)) {
    return SG_OK;
  }
  if (!json_is_number(field) || json_number_value(field) < 0) {
    return error_add(file->error, SG_INPUT, (place){.file = file->path}, "%s: %s is not a number of at least 0", name,
                     key);
  }
  *value = json_number_value(field) == 0 ? NAN : json_number_value(field);
  return SG_OK;
}

/* Without a contractSymbol an index option of a third Friday is taken as settled in the morning. So is one of the
 * Thursday before where the chain has no such Friday, which is then a holiday. */
static bool is_morning(const yahoo_file *file, const json_t *options, int64_t day_s) {
  const chain_root *known = chain_find_root(file->root, strlen(file->root));
  if (known == NULL || !known->is_morning) {
    return false;
  }
  if (chain_is_third_friday(day_s) || !chain_is_third_friday(day_s + DAY_S)) {
    return chain_is_third_friday(day_s);
  }
  for (size_t i = 0; i < json_array_size(options); i++) {
    json_int_t other = json_integer_value(json_object_get(json_array_get(options, i), "expirationDate"));
    if (other - other % DAY_S == day_s + DAY_S) {
      return false;
    }
  }
  return true;
}

static sg_status read_row(const yahoo_file *file, const json_t *object, chain_row row, const char *root) {
  char name[64];
  const json_t *strike = json_object_get(object, "strike");
  const json_t *symbol = json_object_get(object, "contractSymbol");
  if (!json_is_number(strike) || !(json_number_value(strike) > 0) || json_number_value(strike) >= 1e5) {
    return refuse(file, "an option's strike is not a number above 0 and below 100000");
  }
  row.strike = json_number_value(strike);
  chain_format_symbol(root, row.day_s, row.is_call, row.strike, name);
  row.name = name;
  if (json_is_string(symbol)) {
    chain_symbol parsed;
    row.name = json_string_value(symbol);
    if (chain_parse_symbol(row.name, strlen(row.name), &parsed)) {
      const chain_root *known = chain_find_root(row.name, parsed.root_length);
      row.is_morning = known != NULL && known->is_morning;
      row.strike = parsed.strike;
      row.is_call = parsed.is_call;
      row.day_s = parsed.day_s;
    } else {
      row.left_out = CHAIN_NAME;
    }
  } else {
    file->data->n_unnamed += chain_find_root(file->root, strlen(file->root)) != NULL;
  }
  TRY(read_number(file, object, row.name, "bid", &row.bid));
  TRY(read_number(file, object, row.name, "ask", &row.ask));
  TRY(read_number(file, object, row.name, "openInterest", &row.open_interest));
  return chain_add_row(file->data, (place){.file = file->path}, &row, file->error);
}

static sg_status read_expiry(const yahoo_file *file, const json_t *options, const json_t *expiry) {
  static const char *const sides[] = {"calls", "puts"};
  const json_t *date = json_object_get(expiry, "expirationDate");
  char root[40];
  if (!json_is_integer(date) || json_integer_value(date) <= 0 || json_integer_value(date) > 4102444800) {
    return refuse(file, "an expirationDate is not a time in seconds up to the year 2100");
  }
  chain_row row = {.underlying = file->underlying, .price = NAN, .vol = NAN};
  row.day_s = json_integer_value(date) - json_integer_value(date) % DAY_S;
  row.is_morning = is_morning(file, options, row.day_s);
  const chain_root *known = chain_find_root(file->root, strlen(file->root));
  snprintf(root, sizeof root, "%.32s%s", file->root,
           known == NULL || !known->is_morning || row.is_morning ? "" : strcmp(file->root, "NDX") == 0 ? "P" : "W");
  for (int side = 0; side < 2; side++) {
    const json_t *rows = json_object_get(expiry, sides[side]);
    if (!json_is_array(rows)) {
      return refuse(file, "an expiry has no arrays \"calls\" and \"puts\"");
    }
    row.is_call = side == 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
      TRY(read_row(file, json_array_get(rows, i), row, root));
    }
  }
  return SG_OK;
}

static sg_status read_chain(yahoo_file *file, const json_t *root) {
  const json_t *wrapped = json_array_get(json_object_get(json_object_get(root, "optionChain"), "result"), 0);
  const json_t *chain = wrapped == NULL ? root : wrapped, *quote = json_object_get(chain, "quote");
  const char *symbol = json_string_value(json_object_get(chain, "underlyingSymbol"));
  const json_t *options = json_object_get(chain, "options");
  if (symbol == NULL || strcspn(symbol, ", \"\r\n") != strlen(symbol) || !json_is_array(options) ||
      json_array_size(options) == 0) {
    return refuse(file, "is not an option chain: underlyingSymbol, quote and a list of options are expected");
  }
  double price = json_number_value(json_object_get(quote, "regularMarketPrice"));
  json_int_t time_s = json_integer_value(json_object_get(quote, "regularMarketTime"));
  if (!(price > 0) || time_s <= 0 || time_s > 4102444800) {
    return refuse(file, "quote has no regularMarketPrice above 0, or no regularMarketTime in seconds");
  }
  file->root = symbol[0] == '^' ? symbol + 1 : symbol;
  if (symbol[0] == '^' && chain_find_root(file->root, strlen(file->root)) == NULL) {
    return error_add(file->error, SG_INPUT, (place){.file = file->path},
                     "how options on the index %s are exercised and settled is not known here", file->root);
  }
  TRY(chain_set_time(file->data, file->path, time_s, file->error));
  TRY(chain_add_underlying(file->data, file->path, file->root, price, &file->underlying, file->error));
  for (size_t i = 0; i < json_array_size(options); i++) {
    TRY(read_expiry(file, options, json_array_get(options, i)));
  }
  return SG_OK;
}

static sg_status read_file(chain_data *data, const char *path, sg_error *error) {
  sg_status status = SG_OK;
  file_text loaded = {0};
  yahoo_file file = {.data = data, .path = path, .error = error};
  json_t *root = NULL;
  TRY(file_load(path, IMPORT_FILE_BYTES, &loaded, error));
  status = json_parse(&loaded, path, &root, error);
  if (status == SG_OK) {
    status = read_chain(&file, root);
  }
  json_decref(root);
  file_close(&loaded);
  return status;
}

sg_status import_yahoo(const char *const *paths, size_t n_paths, const sg_import_options *options, const char *folder,
                       char **report, sg_error *error) {
  sg_status status = SG_OK;
  chain_data data = {.format = "yahoo",
                     .title = "Yahoo option chain",
                     .price_text = "the middle of bid and ask"};
  TRY_DONE(chain_open(&data, error));
  for (size_t i = 0; i < n_paths; i++) {
    TRY_DONE(read_file(&data, paths[i], error));
  }
  TRY_DONE(chain_write(&data, n_paths, options, folder, report, error));
done:
  chain_close(&data);
  return status;
}
