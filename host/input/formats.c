/* SPDX-License-Identifier: MIT
 *
 * The list of formats as tables in memory, and as the text of `shockgrid help formats`.
 */
#include "input/formats.h"
#include "input/read_book.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define COLUMN(name_, text_, need_, kind_, unit_, meaning_) {text_, need_, kind_, unit_, meaning_},
#define COLUMN_TABLE(name_, text_, need_, use_, columns_, meaning_) \
  static const column_format name_##_COLUMN_TABLE[] = {columns_(COLUMN)};
BOOK_FILES(COLUMN_TABLE)

#define FILE_ROW(name_, text_, need_, use_, columns_, meaning_)                                                  \
  [name_] = {text_, need_, use_, sizeof name_##_COLUMN_TABLE / sizeof *name_##_COLUMN_TABLE, name_##_COLUMN_TABLE, \
             meaning_},
const file_format book_files[N_BOOK_FILES] = {BOOK_FILES(FILE_ROW)};

#define WORD(name_, text_) text_,
#define WORD_TABLE(name_, list_) static const char *const name_##_TABLE[] = {list_(WORD)};
WORD_KINDS(WORD_TABLE)

#define NUMBER_VALUE(name_, text_, low_, high_, excluded_) \
  [name_] = {.name = text_, .low = low_, .high = high_, .low_is_excluded = excluded_},
#define TEXT_VALUE(name_, text_) [name_] = {.name = text_},
#define WORD_VALUE(name_, list_) \
  [name_] = {.name = "word", .n_words = sizeof name_##_TABLE / sizeof *name_##_TABLE, .words = name_##_TABLE},
static const value_format value_formats[N_VALUE_KINDS] = {
    NUMBER_KINDS(NUMBER_VALUE) TEXT_KINDS(TEXT_VALUE) WORD_KINDS(WORD_VALUE)};

const value_format *value_format_get(value_kind kind) { return &value_formats[kind]; }

size_t value_words_format(value_kind kind, char *text, size_t size_bytes) {
  const value_format *value = &value_formats[kind];
  size_t length = 0;
  for (uint32_t w = 0; w < value->n_words; w++) {
    const char *separator = w == 0 ? "" : w + 1 == value->n_words ? " or " : ", ";
    length += (size_t)snprintf(text + length, size_bytes - length, "%s%s", separator, value->words[w]);
    assert(length < size_bytes);
  }
  return length;
}

enum { HELP_BYTES = 32768, WORDS_BYTES = 256 };
static char help[HELP_BYTES];
static size_t help_length;

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  help_length += (size_t)vsnprintf(help + help_length, HELP_BYTES - help_length, format, arguments);
  va_end(arguments);
  assert(help_length < HELP_BYTES);
}

static const char *value_text(value_kind kind, char words[static WORDS_BYTES]) {
  const char *name = value_formats[kind].name;
  if (value_formats[kind].n_words > 0) {
    value_words_format(kind, words, WORDS_BYTES);
    return words;
  }
  return strncmp(name, "a ", 2) == 0 ? name + 2 : name;
}

static void print_file(const file_format *file) {
  print("\n%s (%s%s): %s\n", file->name, file->need == REQUIRED ? "required" : "optional",
        file->use == LATER ? ", not read yet" : "", file->meaning);
  int name_width = 0, unit_width = 0;
  for (uint32_t i = 0; i < file->n_columns; i++) {
    int name = (int)strlen(file->columns[i].name), unit = (int)strlen(file->columns[i].unit);
    name_width = name > name_width ? name : name_width;
    unit_width = unit > unit_width ? unit : unit_width;
  }
  for (uint32_t i = 0; i < file->n_columns; i++) {
    const column_format *column = &file->columns[i];
    char words[WORDS_BYTES];
    const char *value = value_text(column->kind, words);
    bool is_word = value_formats[column->kind].n_words > 0;
    print("  %-*s  %-8s  %-22s%s%-*s  %s", name_width, column->name, column->need == REQUIRED ? "required" : "optional",
          is_word ? "word" : value, unit_width > 0 ? "  " : "", unit_width, column->unit, column->meaning);
    print(is_word ? " (%s)\n" : "\n", value);
  }
}

static void print_help(void) {
  print("A book is a folder of files. CSV after RFC 4180: UTF-8, a header line, columns in any order, LF or CRLF;\n"
        ".gz and .zst are accepted. An unknown column is an error unless its name begins with x_ (an attribute that\n"
        "a model may read). Ids are printable text of at most 255 bytes, sorted by bytes. Numbers are plain decimals\n"
        "(-1.5, 2e-4). An instant is RFC 3339 with zone (2026-04-10T08:00:00Z); a bare expiry date (2026-04-10)\n"
        "needs expiry_time in book.yaml. Every file and column that is optional may be absent or empty.\n");
  for (int file = 0; file < N_BOOK_FILES; file++) {
    print_file(&book_files[file]);
  }
}

const char *book_formats(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, print_help);
  return help;
}
