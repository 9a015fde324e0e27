/* SPDX-License-Identifier: MIT
 *
 * Each hostile thing in each file: what bytes may do to any CSV file, and what texts may stand for a number in any
 * column that holds one. Two tables; the numeric columns are those of the reader's own list.
 */
#include "base/array.h"
#include "input/formats.h"
#include "input/read_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { TEXT_BYTES = 1 << 12, ID_BYTES = 3 << 20 };

/* A sound file; its first row has a text in every column that holds a number. */
typedef struct sound_file {
  file_id id;
  const char *name, *text;
} sound_file;

static const sound_file sound[] = {
    {FILE_SETTINGS, "book.yaml", "as_of: 2026-04-10T08:00:00Z\ncurrency: USD\nexpiry_time: 08:00:00Z\nrates: zero\n"},
    {FILE_UNDERLYINGS, "underlyings.csv", "underlying,currency,price,dividend_yield\nSPX,USD,5000,0.01\nBTC,USD,70000,\n"},
    {FILE_FX, "fx.csv", "currency,rate_to_base\nEUR,1.1\nBTC,70000\n"},
    {FILE_RATES, "rates.csv", "currency,tenor_years,rate_cc\nUSD,0.5,0.03\n"},
    {FILE_DIVIDENDS, "dividends.csv", "underlying,ex_date,amount\nSPX,2026-05-01,10\n"},
    {FILE_FORWARDS, "forwards.csv",
     "underlying,expiry,forward,forward_fixed,discount_factor,svi_a,svi_b,svi_rho,svi_m,svi_sigma,svi_forward,svi_years\n"
     "BTC,2026-12-25,73000,0,0.98,0.04,0.1,-0.3,0.05,0.2,73000,0.7\n"},
    {FILE_INSTRUMENTS, "instruments.csv",
     "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,price,implied_vol\n"
     "C1,option,SPX,call,european,5000,2026-06-26,100,USD,200,0.2\n"},
    {FILE_ACCOUNTS, "accounts.csv", "account,currency\nA,EUR\n"},
    {FILE_POSITIONS, "positions.csv", "account,instrument,quantity,unsettled_pnl,funding\nA,C1,1.5,3,-2\n"},
    {FILE_ASSETS, "assets.csv", "asset,currency,price\nBOND,EUR,99\n"},
    {FILE_COLLATERAL, "collateral.csv", "account,asset,amount\nA,BOND,10\n"},
    {FILE_SCENARIOS, "scenarios/s.csv", "scenario,factor,move,kind,weight\ncrash,price:SPX,-0.5,relative,1\n"},
};
enum { N_SOUND = sizeof sound / sizeof *sound };

typedef struct hostile_text {
  char *bytes;
  size_t n;
} hostile_text;

/* ---- one book ---------------------------------------------------------------------------------- */

static char found[TEXT_BYTES];

/* Reads the sound book with file `at` replaced; `found` is its findings, one a line. */
static sg_status read_with(size_t at, hostile_text by) {
  sg_named_text files[N_SOUND];
  sg_error *error = sg_error_open();
  book *read;
  for (size_t i = 0; i < N_SOUND; i++) {
    files[i] = i == at ? (sg_named_text){sound[i].name, by.bytes, by.n}
                       : (sg_named_text){sound[i].name, sound[i].text, strlen(sound[i].text)};
  }
  sg_status status = book_read_texts(files, N_SOUND, &read, error);
  size_t n = 0;
  found[0] = '\0';
  for (size_t i = 0; i < sg_error_count(error) && n < TEXT_BYTES - 600; i++) {
    sg_finding finding = sg_error_get(error, i);
    n += (size_t)snprintf(found + n, TEXT_BYTES - n, "%s:%llu:%llu: %s\n", finding.file, (unsigned long long)finding.line,
                          (unsigned long long)finding.column, finding.message);
  }
  assert_true((read != NULL) == (status == SG_OK));
  book_close(read);
  sg_error_close(error);
  return status;
}

static size_t n_cases, n_wrong;

/* The first finding that a fault gives is exactly this; "": the book is sound. */
static void expect(const char *what, size_t at, sg_status status, const char *expected) {
  bool right = expected[0] == '\0' ? status == SG_OK && found[0] == '\0'
                                   : status == SG_INPUT && strncmp(found, expected, strlen(expected)) == 0;
  n_cases++;
  if (!right) {
    n_wrong++;
    print_error("%s in %s: status %d\n  expected %s\n  got %s\n", what, sound[at].name, (int)status, expected, found);
  }
}

/* ---- bytes ------------------------------------------------------------------------------------- */

/* Where a fault goes, and what it is called there: {f} is the file, {c} the column after the first field, {h} the column
 * behind the header, {n} the fields of the header, {N} the name of the first column. */
typedef struct byte_fault {
  const char *what;
  enum { IN_FIRST_FIELD, END_OF_HEADER, WHOLE_FILE, END_OF_ROW, CR_LF, BOM, EMPTY, UTF_16 } where;
  const char *bytes;
  size_t n;
  const char *expected;
} byte_fault;

#define BYTES(text) text, sizeof text - 1
static const byte_fault faults[] = {
    {"a NUL byte", IN_FIRST_FIELD, BYTES("\0"), "{f}:2:1: has a NUL byte\n"},
    {"a byte that is not UTF-8", IN_FIRST_FIELD, BYTES("\xff"), "{f}:2:1: is not valid UTF-8\n"},
    {"an overlong form", IN_FIRST_FIELD, BYTES("\xc0\xaf"), "{f}:2:1: is not valid UTF-8\n"},
    {"a surrogate", IN_FIRST_FIELD, BYTES("\xed\xa0\x80"), "{f}:2:1: is not valid UTF-8\n"},
    {"a lone carriage return", IN_FIRST_FIELD, BYTES("\r"), "{f}:2:1: has a carriage return without a line feed\n"},
    {"a quote that opens the row", IN_FIRST_FIELD, BYTES("\""), "{f}:2:1: has a quote that is never closed\n"},
    {"a column twice", END_OF_HEADER, BYTES(",{N}"), "{f}:1:{h}: column \"{N}\" stands twice\n"},
    {"an unknown column", END_OF_HEADER, BYTES(",colour"),
     "{f}:1:{h}: column \"colour\" is not known here; an attribute's name begins with x_\n"},
    {"a column without a name", END_OF_HEADER, BYTES(","), "{f}:1:{h}: column {n} has no name\n"},
    {"a field too many", END_OF_ROW, BYTES(",1"), "{f}:2:1: has {n} fields; the header has {m}\n"},
    {"a file of quotes", WHOLE_FILE, BYTES("\"\"\"\"\""), "{f}:1:1: the header has a quote that is never closed\n"},
    {"an empty file", EMPTY, BYTES(""), "{f}:1:1: is empty; a header line was expected\n"},
    {"UTF-16", UTF_16, BYTES(""), "{f}:1:1: the header is not valid UTF-8\n"},
    {"CR LF", CR_LF, BYTES(""), ""},
    {"a byte order mark", BOM, BYTES(""), ""},
};

static hostile_text apply(const byte_fault *fault, const char *text, const char *first_name) {
  hostile_text made = {calloc(1, 4 * strlen(text) + 256), 0};
  const char *line_2 = strchr(text, '\n') + 1, *end_2 = strchr(line_2, '\n');
  char insert[128];
  size_t n_insert = fault->n;
  memcpy(insert, fault->bytes, n_insert);
  if (fault->where == END_OF_HEADER && strstr(fault->bytes, "{N}") != NULL) {
    n_insert = (size_t)snprintf(insert, sizeof insert, ",%s", first_name);
  }
  for (const char *at = text; fault->where != WHOLE_FILE && fault->where != EMPTY; at++) {
    bool here = (fault->where == IN_FIRST_FIELD && at == line_2) || (fault->where == END_OF_HEADER && at == line_2 - 1) ||
                (fault->where == END_OF_ROW && at == end_2);
    if (at == text && fault->where == BOM) {
      made.n = (size_t)sprintf(made.bytes, "\xef\xbb\xbf");
    }
    if (at == text && fault->where == UTF_16) {
      made.n = (size_t)sprintf(made.bytes, "\xff\xfe");
    }
    if (here) {
      memcpy(made.bytes + made.n, insert, n_insert);
      made.n += n_insert;
    }
    if (*at == '\0') {
      break;
    }
    if (*at == '\n' && fault->where == CR_LF) {
      made.bytes[made.n++] = '\r';
    }
    made.bytes[made.n++] = *at;
    made.n += fault->where == UTF_16; /* its upper byte is 0 */
  }
  if (fault->where == WHOLE_FILE) {
    memcpy(made.bytes, fault->bytes, made.n = fault->n);
  }
  return made;
}

/* Puts the names in braces into a message. */
static void spell(const char *message, size_t at, const char *first_name, char *to) {
  const char *text = sound[at].text;
  size_t header = strcspn(text, "\n"), n_columns = 1, n = 0;
  for (size_t i = 0; i < header; i++) {
    n_columns += text[i] == ',';
  }
  for (; *message != '\0'; message++) {
    if (*message != '{') {
      to[n++] = *message;
      continue;
    }
    switch (message[1]) {
      case 'f': n += (size_t)sprintf(to + n, "%s", sound[at].name); break;
      case 'N': n += (size_t)sprintf(to + n, "%s", first_name); break;
      case 'h': n += (size_t)sprintf(to + n, "%zu", header + 2); break;
      case 'm': n += (size_t)sprintf(to + n, "%zu", n_columns); break;
      default: n += (size_t)sprintf(to + n, "%zu", n_columns + 1); break;
    }
    message += 2;
  }
  to[n] = '\0';
}

static void every_byte_fault_in_every_file(void **state) {
  n_cases = n_wrong = 0;
  for (size_t at = 1; at < N_SOUND; at++) { /* book.yaml is no CSV */
    char first_name[64], expected[512];
    snprintf(first_name, sizeof first_name, "%.*s", (int)strcspn(sound[at].text, ","), sound[at].text);
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
      hostile_text by = apply(&faults[f], sound[at].text, first_name);
      spell(faults[f].expected, at, first_name, expected);
      expect(faults[f].what, at, read_with(at, by), expected);
      free(by.bytes);
    }
  }
  print_message("%zu cases, %zu of them wrong\n", n_cases, n_wrong);
  assert_int_equal(n_wrong, 0);
}

/* ---- numbers ----------------------------------------------------------------------------------- */

/* A text that is no number anywhere; `decimal` is what exact decimals say where that differs. */
typedef struct hostile_number {
  const char *text, *why, *decimal, *shown; /* shown NULL: as it is */
} hostile_number;

static const hostile_number numbers[] = {
    {"1e400", "is too large for a double", "is too large", NULL},
    {"-1e400", "is too large for a double", "is too large", NULL},
    {"1e99999999999999999999", "is too large for a double", "is too large", NULL},
    {"0x1p3", "is not a number", NULL, NULL},
    {"0x10", "is not a number", NULL, NULL},
    {"nan", "is not a number", NULL, NULL},
    {"NaN", "is not a number", NULL, NULL},
    {"inf", "is not a number", NULL, NULL},
    {"-Infinity", "is not a number", NULL, NULL},
    {"\"1,5\"", "is not a number", NULL, "1,5"},
    {"1'000", "is not a number", NULL, NULL},
    {"1_000", "is not a number", NULL, NULL},
    {"+1", "is not a number", NULL, NULL},
    {" 1", "is not a number", NULL, NULL},
    {"1 ", "is not a number", NULL, NULL},
    {".", "is not a number", NULL, NULL},
    {"1e", "is not a number", NULL, NULL},
    {"1.2.3", "is not a number", NULL, NULL},
    {"--1", "is not a number", NULL, NULL},
    {"50%", "is not a number", NULL, NULL},
    {"$5", "is not a number", NULL, NULL},
    {"=1+1", "is not a number", NULL, NULL},
    {"\xd9\xa1\xd9\xa2", "is not a number", NULL, NULL},        /* Arabic digits */
    {"\xef\xbc\x91", "is not a number", NULL, NULL},            /* a full-width digit */
    {"\xe2\x88\x92" "1", "is not a number", NULL, NULL},        /* a minus that is no hyphen */
    {"1\xc2\xa0" "000", "is not a number", NULL, NULL},         /* a space that does not break */
};

static bool is_numeric(value_kind kind) {
  const value_format *format = value_format_get(kind);
  return kind == VALUE_DECIMAL || (format->n_words == 0 && format->low < format->high);
}

/* The first row with field k replaced; *column is where it begins, in bytes. */
static hostile_text replace_field(const char *text, size_t k, const char *by, size_t *column) {
  hostile_text made = {calloc(1, strlen(text) + strlen(by) + 1), 0};
  const char *row = strchr(text, '\n') + 1, *at = row;
  for (size_t i = 0; i < k; i++) {
    at = strchr(at, ',') + 1;
  }
  size_t length = strcspn(at, ",\n");
  *column = (size_t)(at - row) + 1;
  made.n = (size_t)sprintf(made.bytes, "%.*s%s%s", (int)(at - text), text, by, at + length);
  return made;
}

static void every_number_in_every_numeric_column(void **state) {
  size_t n_columns = 0, n_listed = 0;
  n_cases = n_wrong = 0;
  for (size_t at = 1; at < N_SOUND; at++) {
    const file_format *format = &book_files[sound[at].id];
    for (uint32_t c = 0; c < format->n_columns; c++) {
      n_listed += is_numeric(format->columns[c].kind);
    }
    const char *name = sound[at].text;
    for (size_t k = 0; *name != '\n'; k++) {
      size_t length = strcspn(name, ",\n"), column;
      const column_format *is = NULL;
      for (uint32_t c = 0; c < format->n_columns; c++) {
        bool same = strlen(format->columns[c].name) == length && strncmp(format->columns[c].name, name, length) == 0;
        is = same ? &format->columns[c] : is;
      }
      assert_non_null(is);
      for (size_t h = 0; is_numeric(is->kind) && h < sizeof numbers / sizeof *numbers; h++) {
        char expected[512];
        const hostile_number *number = &numbers[h];
        hostile_text by = replace_field(sound[at].text, k, number->text, &column);
        const char *why = is->kind == VALUE_DECIMAL && number->decimal != NULL ? number->decimal : number->why;
        snprintf(expected, sizeof expected, "%s:2:%zu: %s \"%s\" %s\n", sound[at].name, column, is->name,
                 number->shown == NULL ? number->text : number->shown, why);
        expect(number->text, at, read_with(at, by), expected);
        free(by.bytes);
      }
      n_columns += is_numeric(is->kind);
      name += length + (name[length] == ',');
    }
  }
  print_message("%zu cases in %zu of %zu columns, %zu of them wrong\n", n_cases, n_columns, n_listed, n_wrong);
  assert_int_equal(n_wrong, 0);
  assert_int_equal(n_columns + 1, n_listed); /* rate_cc of forwards.csv excludes discount_factor */
}

/* ---- ids --------------------------------------------------------------------------------------- */

/* An id of megabytes is one finding in bounded memory; one that looks like a path or a formula is an id like any. */
static void every_id_of_every_file(void **state) {
  static const char *const tame[] = {"../../etc/passwd", "=HYPERLINK(0)", "@SUM(1)", "-2+3", "+1", "%s%n", "\\\\host", "C:"};
  char *huge = malloc(ID_BYTES + 1);
  memset(huge, 'x', ID_BYTES);
  huge[ID_BYTES] = '\0';
  n_cases = n_wrong = 0;
  for (size_t at = 1; at < N_SOUND; at++) {
    char expected[512];
    size_t column;
    hostile_text by = replace_field(sound[at].text, 0, huge, &column);
    snprintf(expected, sizeof expected, "%s:2:1: %.*s is %d bytes long; at most 255\n", sound[at].name,
             (int)strcspn(sound[at].text, ","), sound[at].text, ID_BYTES);
    expect("an id of 3 MiB", at, read_with(at, by), expected);
    free(by.bytes);
  }
  const size_t held = 8;
  assert_string_equal(sound[held].name, "positions.csv");
  for (size_t i = 0; i < sizeof tame / sizeof *tame; i++) {
    size_t column;
    hostile_text by = replace_field(sound[held].text, 0, tame[i], &column);
    expect(tame[i], held, read_with(held, by), "");
    free(by.bytes);
  }
  free(huge);
  print_message("%zu cases, %zu of them wrong\n", n_cases, n_wrong);
  assert_int_equal(n_wrong, 0);
}

/* ---- archives ---------------------------------------------------------------------------------- */

static hostile_text pack(const char *text, bool zst) {
  hostile_text made = {malloc(TEXT_BYTES), TEXT_BYTES};
  size_t size = strlen(text);
  if (zst) {
    made.n = ZSTD_compress(made.bytes, TEXT_BYTES, text, size, 3);
    return made;
  }
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)size, .next_out = (Bytef *)made.bytes,
                     .avail_out = TEXT_BYTES};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  made.n = stream.total_out;
  deflateEnd(&stream);
  return made;
}

static void write_file(const char *folder, const char *name, const char *ending, const char *bytes, size_t n) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(bytes, 1, n, stream), n);
  assert_int_equal(fclose(stream), 0);
}

static void remove_file(const char *folder, const char *name, const char *ending) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
  unlink(path);
}

/* Cut short, or whole: every file as .gz and as .zst. */
static void every_file_as_an_archive(void **state) {
  char folder[] = "/tmp/shockgrid-hostile-XXXXXX", scenarios[64], expected[512];
  assert_non_null(mkdtemp(folder));
  snprintf(scenarios, sizeof scenarios, "%s/scenarios", folder);
  assert_int_equal(mkdir(scenarios, 0700), 0);
  for (size_t i = 0; i < N_SOUND; i++) {
    write_file(folder, sound[i].name, "", sound[i].text, strlen(sound[i].text));
  }
  n_cases = n_wrong = 0;
  for (size_t at = 1; at < 4 * (N_SOUND - 1) + 1; at++) {
    size_t i = 1 + (at - 1) / 4;
    bool zst = at % 2, whole = at % 4 < 2;
    const char *ending = zst ? ".zst" : ".gz";
    hostile_text by = pack(sound[i].text, zst);
    remove_file(folder, sound[i].name, "");
    write_file(folder, sound[i].name, ending, by.bytes, whole ? by.n : by.n - 9);
    sg_error *error = sg_error_open();
    book *read;
    sg_status status = book_read(folder, &read, error);
    snprintf(found, sizeof found, "%s%s\n", status == SG_OK ? "" : sg_error_get(error, 0).file + strlen(folder) + 1,
             status == SG_OK ? "" : sg_error_get(error, 0).message);
    snprintf(expected, sizeof expected, "%s%sthe archive is truncated\n", sound[i].name, ending);
    if (whole) {
      found[0] = (char)(status == SG_OK ? '\0' : found[0]);
    }
    expect(ending, i, status, whole ? "" : expected);
    book_close(read);
    sg_error_close(error);
    free(by.bytes);
    remove_file(folder, sound[i].name, ending);
    write_file(folder, sound[i].name, "", sound[i].text, strlen(sound[i].text));
  }
  for (size_t i = 0; i < N_SOUND; i++) {
    remove_file(folder, sound[i].name, "");
  }
  rmdir(scenarios);
  rmdir(folder);
  print_message("%zu cases, %zu of them wrong\n", n_cases, n_wrong);
  assert_int_equal(n_wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_byte_fault_in_every_file),
      cmocka_unit_test(every_number_in_every_numeric_column),
      cmocka_unit_test(every_id_of_every_file),
      cmocka_unit_test(every_file_as_an_archive),
  };
  return cmocka_run_group_tests_name("input_hostile", tests, NULL, NULL);
}
