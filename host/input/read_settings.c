/* SPDX-License-Identifier: MIT
 *
 * book.yaml: a flat mapping of a few keys.
 */
#include "input/table.h"

#include "base/utf8.h"

#include <libfyaml.h>
#include <string.h>

typedef struct setting {
  const char *text; /* NULL: not given; not NUL-terminated */
  size_t length;
  place where;
} setting;

/* A quoted text's own mark stands after the quote. */
static place place_of(const char *path, struct fy_node *scalar) {
  const struct fy_mark *mark = fy_token_start_mark(fy_node_get_scalar_token(scalar));
  enum fy_node_style style = fy_node_get_style(scalar);
  bool quoted = style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED;
  return mark == NULL ? (place){path, 1, 1}
                      : (place){path, (uint64_t)mark->line + 1, (uint64_t)mark->column + 1 - quoted};
}

/* One pair of the mapping into settings[]. */
static void read_pair(book_reader *reader, const char *path, struct fy_node_pair *pair, setting settings[]) {
  struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
  size_t length = 0;
  const char *name = key == NULL ? NULL : fy_node_get_scalar(key, &length);
  if (name == NULL) {
    findings_add(&reader->findings, (place){path, 1, 0}, "a key is not a plain text");
    return;
  }
  place where = place_of(path, key);
  uint32_t k = 0;
  while (k < N_SETTINGS_COLUMNS && (strlen(book_files[FILE_SETTINGS].columns[k].name) != length ||
                                    memcmp(book_files[FILE_SETTINGS].columns[k].name, name, length) != 0)) {
    k++;
  }
  if (k == N_SETTINGS_COLUMNS) {
    findings_add(&reader->findings, where,
                 "key \"%s\" is not known; expected as_of, currency, day_count, expiry_time or rates",
                 show(name, length).text);
    return;
  }
  if (settings[k].where.line > 0) {
    findings_add(&reader->findings, where, "key \"%s\" is already on line %llu", show(name, length).text,
                 (unsigned long long)settings[k].where.line);
    return;
  }
  settings[k].text = value == NULL ? NULL : fy_node_get_scalar(value, &settings[k].length);
  if (settings[k].text == NULL || fy_node_is_alias(value)) {
    settings[k].text = NULL;
    settings[k].where = where;
    findings_add(&reader->findings, where, "%s has no plain value", show(name, length).text);
  } else {
    settings[k].where = place_of(path, value);
  }
}

static void refuse(book_reader *reader, const setting *given, int key, const char *why) {
  findings_add(&reader->findings, given->where, "%s \"%s\" %s", book_files[FILE_SETTINGS].columns[key].name,
               show(given->text, given->length).text, why);
}

static bool is_word(const setting *given, const char *word) {
  return strlen(word) == given->length && memcmp(given->text, word, given->length) == 0;
}

static void use_settings(book_reader *reader, const char *path, const setting settings[]) {
  for (int key = 0; key < N_SETTINGS_COLUMNS; key++) {
    const column_format *format = &book_files[FILE_SETTINGS].columns[key];
    if (format->need == REQUIRED && settings[key].where.line == 0) {
      findings_add(&reader->findings, (place){path, 0, 0}, "%s is missing", format->name);
    }
  }
  const setting *given = &settings[SETTING_AS_OF];
  bool date_only = false;
  if (given->text != NULL) {
    const char *why = date_parse(given->text, given->length, &reader->book->as_of_s, &date_only);
    if (why != NULL || date_only) {
      refuse(reader, given, SETTING_AS_OF, why != NULL ? why : "is a bare date; a time with zone was expected");
    }
  }
  given = &settings[SETTING_CURRENCY];
  if (given->text != NULL) {
    if (given->length == 0 || given->length > 255 || text_has_control(given->text, given->length)) {
      refuse(reader, given, SETTING_CURRENCY, "is not printable text of 1 to 255 bytes");
    } else {
      reader->book->base_currency = reader_currency(reader, given->text, given->length);
    }
  }
  given = &settings[SETTING_DAY_COUNT];
  if (given->text != NULL && !is_word(given, "act/365f")) {
    refuse(reader, given, SETTING_DAY_COUNT, "is not act/365f");
  }
  given = &settings[SETTING_EXPIRY_TIME];
  if (given->text != NULL) {
    const char *why = date_parse_time(given->text, given->length, &reader->expiry_time_s);
    if (why != NULL) {
      refuse(reader, given, SETTING_EXPIRY_TIME, why);
    }
    reader->has_expiry_time = why == NULL;
  }
  given = &settings[SETTING_RATES];
  if (given->text != NULL) {
    reader->rates_zero = is_word(given, "zero");
    if (!reader->rates_zero) {
      refuse(reader, given, SETTING_RATES, "is not zero");
    }
  }
}

/* The YAML library writes to stderr what it cannot collect. */
static void discard(struct fy_diag *diagnostics, void *user, const char *text, size_t length) {}

/* Syntax errors, as the YAML library words them. */
static void report_syntax(book_reader *reader, const char *path, struct fy_diag *diagnostics) {
  void *iterator = NULL;
  struct fy_diag_error *found = fy_diag_errors_iterate(diagnostics, &iterator);
  if (found == NULL) {
    findings_add(&reader->findings, (place){path, 1, 0}, "is not YAML");
    return;
  }
  place where = {path, found->line > 0 ? (uint64_t)found->line : 1, found->column > 0 ? (uint64_t)found->column : 0};
  findings_add(&reader->findings, where, "is not YAML: %s", show_text(found->msg).text);
}

/* What a YAML reader would not tell: bytes that are no text, and every document but the first. */
static bool check_bytes(book_reader *reader, const char *path, const char *text, size_t n) {
  uint64_t line = 1;
  bool content = false; /* something stands above */
  for (size_t start = 0, end; start < n; start = end + 1, line++) {
    const char *feed = memchr(text + start, '\n', n - start), *at = text + start, *why;
    end = feed == NULL ? n : (size_t)(feed - text);
    size_t length = end - start;
    const char *fault = utf8_find_fault(at, length, &why);
    if (fault != NULL) {
      findings_add(&reader->findings, (place){path, line, (uint64_t)(fault - at) + 1}, "%s", why);
      return false;
    }
    bool marker = length >= 3 && (memcmp(at, "---", 3) == 0 || memcmp(at, "...", 3) == 0);
    if (marker && content) {
      findings_add(&reader->findings, (place){path, line, 1}, "begins a second document; one is expected");
      return false;
    }
    content = content || (length > 0 && at[0] != '#' && at[0] != '%' && at[0] != '\r' && !marker);
  }
  return true;
}

sg_status read_settings(book_reader *reader) {
  sg_status status = SG_OK;
  file_text text = {0};
  const char *path = NULL, *name = NULL;
  struct fy_diag *diagnostics = NULL;
  struct fy_document *document = NULL;
  size_t findings_before = error_count(reader->findings.collected);
  setting settings[N_SETTINGS_COLUMNS] = {0};
  TRY_DONE(reader_load(reader, book_files[FILE_SETTINGS].name, &text, &path, &name));
  if (text.text == NULL) {
    if (name == NULL) {
      findings_add(&reader->findings, (place){path, 0, 0}, "is missing");
    }
    goto done;
  }
  if (!check_bytes(reader, path, text.text, text.size_bytes)) {
    goto done;
  }
  struct fy_diag_cfg silent;
  fy_diag_cfg_default(&silent);
  silent.fp = NULL;
  silent.output_fn = discard;
  diagnostics = fy_diag_create(&silent);
  if (diagnostics == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  fy_diag_set_collect_errors(diagnostics, true);
  struct fy_parse_cfg configuration = {.flags = FYPCF_QUIET | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diagnostics};
  memory_watch();
  document = fy_document_build_from_string(&configuration, text.text, text.size_bytes);
  struct fy_node *root = document == NULL ? NULL : fy_document_root(document);
  if (memory_ran_out()) {
    reader_out_of_memory(reader);
  } else if (document == NULL && text.size_bytes > 0) {
    report_syntax(reader, path, diagnostics);
  } else if (root == NULL || !fy_node_is_mapping(root)) {
    findings_add(&reader->findings, (place){path, 1, 1}, "is not a mapping of keys like `as_of: 2026-04-10T08:00:00Z`");
  } else {
    void *iterator = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(root, &iterator)) != NULL;) {
      read_pair(reader, path, pair, settings);
    }
    if (memory_ran_out()) { /* a text that was lost reads as empty */
      reader_out_of_memory(reader);
    } else {
      use_settings(reader, path, settings);
    }
  }
done:
  reader->settings_ok = error_count(reader->findings.collected) == findings_before;
  fy_document_destroy(document);
  fy_diag_destroy(diagnostics);
  file_close(&text);
  return status != SG_OK ? status : reader_status(reader);
}
