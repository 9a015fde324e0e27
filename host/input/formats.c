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

static const char meanings[] =
    "\n"
    "What the numbers mean\n"
    "  - Years and days to an expiry are exact seconds / (365 * 86400) and / 86400; a perpetual has none.\n"
    "  - An option's price and value are per unit, in the currency paid; a position is worth quantity x multiplier x value.\n"
    "    Linear: discounted Black or Bachelier on the expiry's forward. Inverse: undiscounted Black(F, K) / F, in coin.\n"
    "  - An inverse future or perpetual pays -1/F coin for each unit of quote currency: its quantity x multiplier is in quote\n"
    "    currency (a size in coin is that divided by the mark). currency is then the coin, and fx.csv has its rate.\n"
    "  - price of a future, forward or perpetual is its own mark; without it the expiry's forward, for a perpetual the\n"
    "    underlying's price. Where price and implied_vol are both given, the vol prices the option and the price is its mark.\n"
    "  - SVI gives a vol to each option of that underlying and expiry that has neither implied_vol nor price:\n"
    "    w = svi_a + svi_b * (svi_rho * (k - svi_m) + sqrt((k - svi_m)^2 + svi_sigma^2)), at most 144; vol = sqrt(w / svi_years);\n"
    "    k = ln(strike / svi_forward), held within 4 * sqrt(svi_a + svi_b * svi_sigma) of 0.\n"
    "  - forward_fixed stands still when prices move (an average that has partly been taken: t seconds before the end of a\n"
    "    window of w seconds it is forward * (w - t) / w), in models whose forwards follow a settlement_window.\n"
    "  - A discount or rate in forwards.csv is for that expiry; without it rates.csv, or 0 with `rates: zero` in book.yaml.\n"
    "  - accounts.currency is what an account's requirement, equity and call are in; a model's `fx` is its rate in fx.csv (a\n"
    "    stablecoin at 0.97 USD: currency USD in book.yaml, and the stablecoin's rate_to_base 0.97).\n"
    "  - Cash is an asset whose id is its currency (in assets.csv: USDC,USDC,1). An asset is worth amount x price. A negative\n"
    "    amount is a loan. An asset with an underlying moves with it where the model moves what is posted.\n"
    "  - unsettled_pnl and funding of a position (a perpetual's, say) are part of equity and move nothing else.\n"
    "  - A column that begins with x_ is one that a model reads as an input, with unit, range and default; an empty field\n"
    "    takes the default. `shockgrid models show MODEL` lists a model's own.\n";

static void print_help(void) {
  print("A book is a folder of files. CSV after RFC 4180: UTF-8, a header line, columns in any order, LF or CRLF;\n"
        ".gz and .zst are accepted. An unknown column is an error unless its name begins with x_ (an attribute that\n"
        "a model may read). Ids are printable text of at most 255 bytes, sorted by bytes. Numbers are plain decimals\n"
        "(-1.5, 2e-4). An instant is RFC 3339 with zone (2026-04-10T08:00:00Z); a bare expiry date (2026-04-10)\n"
        "needs expiry_time in book.yaml. Every file and column that is optional may be absent or empty.\n");
  for (int file = 0; file < N_BOOK_FILES; file++) {
    print_file(&book_files[file]);
  }
  print("%s", meanings);
}

const char *book_formats(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, print_help);
  return help;
}
