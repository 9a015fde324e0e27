/* SPDX-License-Identifier: MIT
 *
 * One field at a time: its text checked and turned into the value that its format promises.
 */
#include "input/table.h"

#include <string.h>

enum { ID_BYTES = 255 };

static const column_format *format_of(const table *rows, int column) { return &rows->format->columns[column]; }

/* A field that is there; an empty one is a finding where it is required. */
static const csv_field *given_field(table *rows, int column) {
  const csv_field *field = table_field(rows, column);
  if (field->length > 0) {
    return field;
  }
  if (format_of(rows, column)->need == REQUIRED) {
    table_finding(rows, column, "%s is empty", format_of(rows, column)->name);
  }
  return NULL;
}

static void refuse(table *rows, int column, const char *why) {
  const csv_field *field = table_field(rows, column);
  table_finding(rows, column, "%s \"%s\" %s", format_of(rows, column)->name, show(field->text, field->length).text,
                why);
}

bool text_has_control(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && i + 1 < length && (unsigned char)text[i + 1] < 0xA0)) {
      return true;
    }
  }
  return false;
}

bool table_id(table *rows, int column) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  if (field->length > ID_BYTES) {
    table_finding(rows, column, "%s is %zu bytes long; at most %d", format_of(rows, column)->name, field->length,
                  ID_BYTES);
    return false;
  }
  if (text_has_control(field->text, field->length)) {
    refuse(rows, column, "has a control character");
    return false;
  }
  return true;
}

const char *table_text(table *rows, int column) {
  if (!table_id(rows, column)) {
    return "";
  }
  const csv_field *field = table_field(rows, column);
  const char *text = arena_text(rows->reader->memory, field->text, field->length);
  if (text == NULL) {
    reader_out_of_memory(rows->reader);
    return "";
  }
  return text;
}

bool table_number(table *rows, int column, double *value) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  const value_format *format = value_format_get(format_of(rows, column)->kind);
  double number;
  const char *why = number_parse(field->text, field->length, &number);
  if (why != NULL) {
    refuse(rows, column, why);
    return false;
  }
  if (number < format->low || number > format->high || (format->low_is_excluded && number == format->low)) {
    table_finding(rows, column, "%s \"%s\" is not %s", format_of(rows, column)->name,
                  show(field->text, field->length).text, format->name);
    return false;
  }
  *value = number;
  return true;
}

bool table_decimal(table *rows, int column, decimal18 *value) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  const char *why = decimal18_parse(field->text, field->length, value);
  if (why != NULL) {
    refuse(rows, column, why);
  }
  return why == NULL;
}

bool table_word(table *rows, int column, int *word) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  const value_format *format = value_format_get(format_of(rows, column)->kind);
  for (uint32_t w = 0; w < format->n_words; w++) {
    if (strlen(format->words[w]) == field->length && memcmp(format->words[w], field->text, field->length) == 0) {
      *word = (int)w;
      return true;
    }
  }
  char words[256];
  value_words_format(format_of(rows, column)->kind, words, sizeof words);
  table_finding(rows, column, "%s \"%s\" is not %s", format_of(rows, column)->name,
                show(field->text, field->length).text, words);
  return false;
}

bool table_expiry(table *rows, int column, int64_t *instant_s) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  bool date_only = false;
  const char *why = date_parse(field->text, field->length, instant_s, &date_only);
  if (why != NULL) {
    refuse(rows, column, why);
    return false;
  }
  if (date_only) {
    if (!rows->reader->has_expiry_time) {
      rows->row_ok = false;
      if (rows->reader->settings_ok) {
        refuse(rows, column, "is a bare date, which needs expiry_time in book.yaml");
      }
      return false;
    }
    *instant_s += rows->reader->expiry_time_s;
  }
  return true;
}

bool table_date(table *rows, int column, int64_t *midnight_s) {
  const csv_field *field = given_field(rows, column);
  if (field == NULL) {
    return false;
  }
  bool date_only = false;
  const char *why = date_parse(field->text, field->length, midnight_s, &date_only);
  if (why != NULL || !date_only) {
    refuse(rows, column, "is not a date like 2026-04-10");
    return false;
  }
  return true;
}

uint32_t table_underlying(table *rows, int column) {
  if (!table_id(rows, column)) {
    return ID_NONE;
  }
  const csv_field *field = table_field(rows, column);
  uint32_t u = reader_underlying(rows->reader, field->text, field->length);
  if (u == ID_NONE && rows->reader->underlyings_usable) {
    refuse(rows, column, "is not in underlyings.csv");
  }
  return u;
}

bool table_add_id(table *rows, int column, ids *names, const uint64_t *lines, uint32_t *index) {
  if (!table_id(rows, column)) {
    return false;
  }
  const csv_field *field = table_field(rows, column);
  bool added = false;
  *index = ids_add(names, field->text, field->length, &added);
  if (*index == ID_NONE) {
    reader_out_of_memory(rows->reader);
    return false;
  }
  if (!added) {
    table_finding(rows, column, "%s \"%s\" is already on line %llu", format_of(rows, column)->name,
                  show(field->text, field->length).text, (unsigned long long)lines[*index]);
  }
  return added;
}
