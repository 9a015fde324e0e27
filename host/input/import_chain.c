/* SPDX-License-Identifier: MIT
 *
 * Chains of listed US options: symbols, indices, rows in the making.
 */
#include "input/import_chain.h"

#include "base/date.h"
#include "base/number.h"
#include "input/findings.h"
#include "input/import_book.h"

#include <math.h>
#include <string.h>

enum { SYMBOL_TAIL = 15, LARGEST_TIME_SPREAD_S = 3600 };

/* Indices with listed options, by the root of the option (Cboe and Nasdaq contract specifications). The kind is the
 * class of customer portfolio margin: high capitalisation for the S&P 500, S&P 100 and Dow.
 * X("root", "underlying", "kind", american, settled on opening prices) */
#define CHAIN_ROOTS(X)                            \
  X("SPX", "SPX", "high_cap_index", false, true)  \
  X("SPXW", "SPX", "high_cap_index", false, false) \
  X("XSP", "XSP", "high_cap_index", false, false) \
  X("OEX", "OEX", "high_cap_index", true, false)  \
  X("XEO", "OEX", "high_cap_index", false, false) \
  X("DJX", "DJX", "high_cap_index", false, true)  \
  X("NDX", "NDX", "broad_index", false, true)     \
  X("NDXP", "NDX", "broad_index", false, false)   \
  X("RUT", "RUT", "broad_index", false, true)     \
  X("RUTW", "RUT", "broad_index", false, false)

const chain_root *chain_find_root(const char *root, size_t length) {
  static const chain_root roots[] = {
#define CHAIN_ROOT(root, underlying, kind, american, morning) {root, underlying, kind, american, morning},
      CHAIN_ROOTS(CHAIN_ROOT)
#undef CHAIN_ROOT
  };
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
    if (strlen(roots[i].root) == length && memcmp(roots[i].root, root, length) == 0) {
      return &roots[i];
    }
  }
  return NULL;
}

static int reason_of(const void *data, size_t row) {
  return (int)((const chain_data *)data)->rows.items[row].left_out;
}

static const char *name_of(const void *data, size_t row) {
  return ((const chain_data *)data)->rows.items[row].name;
}

import_rows chain_rows(const chain_data *data) {
  static const char *const sentences[] = {
#define CHAIN_SENTENCE(name, text) text,
      CHAIN_REASONS(CHAIN_SENTENCE)
#undef CHAIN_SENTENCE
  };
  return (import_rows){data, data->rows.n, "options", sentences, N_CHAIN_REASONS, reason_of, name_of};
}

sg_status chain_open(chain_data *data, sg_error *error) {
  data->memory = arena_open();
  data->names = data->memory == NULL ? NULL : ids_open(data->memory);
  data->underlying_names = data->memory == NULL ? NULL : ids_open(data->memory);
  return data->names == NULL || data->underlying_names == NULL ? error_out_of_memory(error) : SG_OK;
}

void chain_close(chain_data *data) {
  ARRAY_FREE(&data->underlyings);
  ARRAY_FREE(&data->rows);
  ARRAY_FREE(&data->expiries);
  ids_close(data->underlying_names);
  ids_close(data->names);
  arena_close(data->memory);
}

sg_status chain_set_time(chain_data *data, const char *file, int64_t as_of_s, sg_error *error) {
  int64_t apart = data->as_of_s - as_of_s;
  if (data->as_of_s != 0 && (apart > LARGEST_TIME_SPREAD_S || apart < -LARGEST_TIME_SPREAD_S)) {
    char here[24], there[24];
    date_format(as_of_s, here);
    date_format(data->as_of_s, there);
    return error_add(error, SG_INPUT, (place){.file = file},
                     "is of %s, but %s is of %s: more than an hour apart is not one market", here, data->as_of_file,
                     there);
  }
  if (as_of_s > data->as_of_s) {
    data->as_of_s = as_of_s;
    data->as_of_file = arena_text(data->memory, file, strlen(file));
    return data->as_of_file == NULL ? error_out_of_memory(error) : SG_OK;
  }
  return SG_OK;
}

static sg_status check_name(place where, const char *what, const char *name, sg_error *error) {
  const char *why = import_name_fault(name);
  return why == NULL ? SG_OK : error_add(error, SG_INPUT, where, "%s \"%s\" %s", what, show_text(name).text, why);
}

sg_status chain_add_underlying(chain_data *data, const char *file, const char *root, double price, uint32_t *index,
                               sg_error *error) {
  TRY(check_name((place){.file = file}, "underlying", root, error));
  const chain_root *known = chain_find_root(root, strlen(root));
  const char *name = known == NULL ? root : known->underlying;
  bool added = false;
  *index = ids_add(data->underlying_names, name, strlen(name), &added);
  if (*index == ID_NONE) {
    return error_out_of_memory(error);
  }
  if (!added) {
    return error_add(error, SG_INPUT, (place){.file = file}, "a second file of options on %s; give each chain once",
                     name);
  }
  chain_underlying made = {.name = ids_text(data->underlying_names, *index),
                           .kind = known == NULL ? "equity" : known->kind,
                           .american = known == NULL || known->american,
                           .price = price};
  return ARRAY_PUSH(&data->underlyings, made) ? SG_OK : error_out_of_memory(error);
}

sg_status chain_add_row(chain_data *data, place where, const chain_row *row, sg_error *error) {
  TRY(check_name(where, "option", row->name, error));
  bool added = false;
  uint32_t name = ids_add(data->names, row->name, strlen(row->name), &added);
  if (name == ID_NONE) {
    return error_out_of_memory(error);
  }
  if (!added) {
    return error_add(error, SG_INPUT, where, "%s is already there", row->name);
  }
  chain_row kept = *row;
  kept.name = ids_text(data->names, name);
  return ARRAY_PUSH(&data->rows, kept) ? SG_OK : error_out_of_memory(error);
}

static bool all_digits(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9') {
      return false;
    }
  }
  return true;
}

bool chain_parse_symbol(const char *text, size_t length, chain_symbol *symbol) {
  char date[16];
  bool date_only;
  if (length <= SYMBOL_TAIL) {
    return false;
  }
  const char *tail = text + length - SYMBOL_TAIL;
  if (!all_digits(tail, 6) || (tail[6] != 'C' && tail[6] != 'P') || !all_digits(tail + 7, 8)) {
    return false;
  }
  snprintf(date, sizeof date, "20%.2s-%.2s-%.2s", tail, tail + 2, tail + 4);
  int64_t thousandths = 0;
  for (int i = 7; i < SYMBOL_TAIL; i++) {
    thousandths = thousandths * 10 + (tail[i] - '0');
  }
  *symbol = (chain_symbol){.root_length = length - SYMBOL_TAIL,
                           .is_call = tail[6] == 'C',
                           .strike = (double)thousandths / 1000};
  return date_parse(date, strlen(date), &symbol->day_s, &date_only) == NULL && thousandths > 0;
}

void chain_format_symbol(const char *root, int64_t day_s, bool is_call, double strike, char text[static 64]) {
  char date[24];
  date_format(day_s, date);
  snprintf(text, 64, "%.32s%.2s%.2s%.2s%c%08lld", root, date + 2, date + 5, date + 8, is_call ? 'C' : 'P',
           (long long)(strike * 1000 + 0.5));
}
