/* SPDX-License-Identifier: MIT
 *
 * The checks in their order, and the list of what they find.
 */
#include "quality/quality.h"

#include "quality/checker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- findings ---------------------------------------------------------------------------------- */

quality_finding about(quality_kind kind, quality_table table, uint32_t row, double value, double low, double high) {
  return (quality_finding){
      .kind = kind, .table = table, .row = row, .also = ID_NONE, .value = value, .low = low, .high = high};
}

quality_finding about_instrument(quality_kind kind, uint32_t c, double value, double low, double high) {
  return about(kind, QUALITY_OF_INSTRUMENT, c, value, low, high);
}

/* To six digits, for people. */
static void format_rounded(double value, char text[static NUMBER_TEXT_BYTES]) {
  double rounded = value;
  char digits[NUMBER_TEXT_BYTES];
  snprintf(digits, sizeof digits, "%.5e", value);
  char *point = digits + (digits[0] == '-') + 1; /* whatever the locale puts there, in as many bytes */
  size_t point_bytes = strcspn(point, "0123456789");
  if (point_bytes > 0) {
    *point = '.';
    memmove(point + 1, point + point_bytes, strlen(point + point_bytes) + 1);
  }
  number_parse(digits, strlen(digits), &rounded);
  number_format(rounded, text);
}

static const char *expected_text(arena *memory, double low, double high) {
  char from[NUMBER_TEXT_BYTES], to[NUMBER_TEXT_BYTES];
  format_rounded(low, from);
  format_rounded(high, to);
  if (!(low > -INFINITY) && !(high < INFINITY)) {
    return "";
  }
  return !(low > -INFINITY)      ? arena_format(memory, ", expected at most %s", to)
         : !(high < INFINITY)    ? arena_format(memory, ", expected at least %s", from)
         : strcmp(from, to) == 0 ? arena_format(memory, ", expected %s", from)
                                 : arena_format(memory, ", expected %s to %s", from, to);
}

static const char *subject(const checker *with, const quality_finding *found, const char **id, uint64_t *line) {
  const book *b = with->book;
  uint32_t row = found->row;
  switch (found->table) {
    case QUALITY_OF_UNDERLYING:
      *id = b->underlyings.id[row];
      *line = b->underlyings.line[row];
      return "underlying";
    case QUALITY_OF_FORWARD:
      *id = b->underlyings.id[b->forwards.underlying[row]];
      *line = b->forwards.line[row];
      return "forward of";
    case QUALITY_OF_CURRENCY:
      *id = b->currencies.id[row];
      *line = b->currencies.line[row];
      return "currency";
    case QUALITY_OF_ASSET:
      *id = b->assets.id[row];
      *line = b->assets.line[row];
      return "asset";
    default:
      *id = b->instruments.id[row];
      *line = b->instruments.line[row];
      return instrument_type_text(b->instruments.type[row]);
  }
}

/* A substitute that is no number is none. */
static void settle_substitute(checker *with, quality_substitute *by) {
  static const char *const words[] = {[QUALITY_MARK] = "price", [QUALITY_VOL] = "vol", [QUALITY_FORWARD] = "forward"};
  char value[NUMBER_TEXT_BYTES];
  by->text = "";
  if (by->what == QUALITY_NONE || !(by->value - by->value == 0.0)) {
    by->what = QUALITY_NONE;
    return;
  }
  format_rounded(by->value, value);
  by->text = arena_format(with->memory, "%s %s", words[by->what], value);
  with->out_of_memory = with->out_of_memory || by->text == NULL;
}

void checker_add(checker *with, quality_finding found, const char *what, const char *format, ...) {
  char value[NUMBER_TEXT_BYTES] = "", more[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(more, sizeof more, format, arguments);
  va_end(arguments);
  const char *whose = subject(with, &found, &found.id, &found.line);
  if (found.value == found.value) {
    format_rounded(found.value, value);
  }
  const char *expected = expected_text(with->memory, found.low, found.high);
  found.file = with->paths[found.table];
  found.action = with->rules->action[found.kind];
  found.message = expected == NULL
                      ? NULL
                      : arena_format(with->memory, "%s \"%s\": %s%s%s%s%s%s", whose, found.id, what,
                                     value[0] == '\0' ? "" : " ", value, expected, more[0] == '\0' ? "" : " ", more);
  for (int i = 0; i < 2; i++) {
    settle_substitute(with, &found.substitutes[i]);
  }
  with->out_of_memory = with->out_of_memory || found.message == NULL || !ARRAY_PUSH(&with->found, found);
}

static int by_gravity(const void *left, const void *right) {
  const quality_finding *a = left, *b = right;
  quality_severity of_a = quality_kind_get(a->kind)->severity, of_b = quality_kind_get(b->kind)->severity;
#define COMPARE(x, y)          \
  if ((x) != (y)) {            \
    return (x) < (y) ? -1 : 1; \
  }
  COMPARE(of_b, of_a)
  COMPARE(a->kind, b->kind)
  COMPARE(a->table, b->table)
  COMPARE(a->line, b->line)
  COMPARE(a->row, b->row)
#undef COMPARE
  return strcmp(a->message, b->message);
}

/* ---- shared facts ------------------------------------------------------------------------------ */

const attribute *attribute_find(const attributes *of, const char *name) {
  for (uint32_t i = 0; i < of->n; i++) {
    if (strcmp(of->items[i].name, name) == 0) {
      return &of->items[i];
    }
  }
  return NULL;
}

double attribute_number(const attribute *of, uint32_t row) {
  double value;
  const char *text = of == NULL ? "" : of->text[row];
  return text[0] == '\0' || number_parse(text, strlen(text), &value) != NULL ? (double)NAN : value;
}

bool is_listed_option(const checker *with, uint32_t c) {
  return with->book->instruments.type[c] == OPTION && with->book->instruments.years[c] > 0.0;
}

static const char *find_path(checker *with, const char *name) {
  const book *of = with->book;
  for (uint32_t i = 0; i < of->n_files; i++) {
    size_t length = strlen(name);
    const char *file = of->files[i].name;
    if (strncmp(file, name, length) == 0 &&
        (file[length] == '\0' || strcmp(file + length, ".gz") == 0 || strcmp(file + length, ".zst") == 0)) {
      return strcmp(of->folder, "memory") == 0 ? file : arena_format(with->memory, "%s/%s", of->folder, file);
    }
  }
  return name;
}

static bool open_checker(checker *with) {
  static const char *const files[] = {[QUALITY_OF_UNDERLYING] = "underlyings.csv",
                                      [QUALITY_OF_FORWARD] = "forwards.csv",
                                      [QUALITY_OF_INSTRUMENT] = "instruments.csv",
                                      [QUALITY_OF_CURRENCY] = "fx.csv",
                                      [QUALITY_OF_ASSET] = "assets.csv"};
  const book *of = with->book;
  uint32_t n = of->instruments.n;
  for (int t = 0; t < 5; t++) {
    with->paths[t] = find_path(with, files[t]);
    if (with->paths[t] == NULL) {
      return false;
    }
  }
  with->vol = ARENA_ARRAY(with->memory, double, n);
  with->n_holders = ARENA_ARRAY(with->memory, uint32_t, n);
  with->expected_vol = ARENA_ARRAY(with->memory, double, n);
  if (with->vol == NULL || with->n_holders == NULL || with->expected_vol == NULL) {
    return false;
  }
  for (uint32_t c = 0; c < n; c++) {
    bool implied = is_listed_option(with, c) && of->instruments.vol[c] != of->instruments.vol[c];
    with->vol[c] = !implied                                  ? of->instruments.vol[c]
                   : of->instruments.exercise[c] == AMERICAN ? (double)NAN
                                                             : option_imply(of, c, of->instruments.mark[c]);
    with->expected_vol[c] = NAN;
  }
  for (size_t p = 0; p < of->positions.n; p++) {
    with->n_holders[of->positions.instrument[p]] += of->positions.quantity_exact[p].units != 0;
  }
  return true;
}

sg_status quality_check(const quality_input *in, arena *memory, quality_report *found, sg_error *error) {
  static void (*const checks[])(checker *) = {check_vols,     check_marks,    check_parity, check_arbitrage,
                                              check_forwards, check_market,   check_dates,  check_previous,
                                              check_terms,    check_positions};
  checker with = {.in = in, .book = in->book, .rules = in->rules, .memory = memory};
  *found = (quality_report){0};
  with.out_of_memory = !open_checker(&with) || !smiles_make(&with);
  for (size_t i = 0; !with.out_of_memory && i < sizeof checks / sizeof *checks; i++) {
    checks[i](&with);
  }
  found->findings = with.out_of_memory ? NULL : ARENA_ARRAY(memory, quality_finding, with.found.n);
  if (found->findings != NULL && with.found.n > 0) {
    found->n = with.found.n;
    memcpy(found->findings, with.found.items, found->n * sizeof *found->findings);
    qsort(found->findings, found->n, sizeof *found->findings, by_gravity);
  }
  found->n_same_underlyings = with.n_same_underlyings;
  found->n_same_instruments = with.n_same_instruments;
  ARRAY_FREE(&with.found);
  return found->findings == NULL ? error_out_of_memory(error) : SG_OK;
}
