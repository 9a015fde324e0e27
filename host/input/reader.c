/* SPDX-License-Identifier: MIT
 *
 * What the parts of one reading share: names, memory, files.
 */
#include "input/reader.h"

#include "input/formats.h"
#include "input/memory.h"

#include <math.h>
#include <string.h>

void reader_out_of_memory(book_reader *reader) { reader->findings.out_of_memory = true; }

sg_status reader_status(book_reader *reader) {
  return reader->findings.out_of_memory ? error_out_of_memory(reader->findings.collected) : SG_OK;
}

uint32_t reader_currency(book_reader *reader, const char *text, size_t length) {
  bool added = false;
  uint32_t index = ids_add(reader->currencies, text, length, &added);
  if (index == ID_NONE || (added && (!ARRAY_PUSH(&reader->fx_rate, (double)NAN) || !ARRAY_PUSH(&reader->fx_line, 0)))) {
    reader_out_of_memory(reader);
    return ID_NONE;
  }
  return index;
}

bool reader_knows_currencies(const book_reader *reader) {
  return reader->settings_ok && reader->underlyings_usable && reader->instruments_usable && reader->fx_usable &&
         reader->rates_usable;
}

uint32_t reader_underlying(const book_reader *reader, const char *text, size_t length) {
  uint32_t index = ids_find(reader->underlyings, text, length);
  return index == ID_NONE ? ID_NONE : reader->underlying_rank[index];
}

double years_between(int64_t from_s, int64_t to_s) {
  const double year_s = 365.0 * 86400.0;
  return to_s <= from_s ? 0 : (double)(to_s - from_s) / year_s;
}

sg_status reader_load(book_reader *reader, const char *name, file_text *loaded, const char **path,
                      const char **found_name) {
  *loaded = (file_text){0};
  *found_name = NULL;
  if (reader->given != NULL) {
    return memory_load(reader, name, loaded, path, found_name);
  }
  *path = arena_format(reader->memory, "%s/%s", reader->book->folder, name);
  if (*path == NULL) {
    return error_out_of_memory(reader->findings.collected);
  }
  char *found = NULL;
  sg_status status = file_find(reader->book->folder, name, &found, reader->findings.collected);
  if (found == NULL) {
    findings_add_file(&reader->findings, *path);
    if (status != SG_OK) { /* it is there, but cannot be used: a finding already, about one of its names */
      *found_name = name;
      findings_add_file(&reader->findings, arena_format(reader->memory, "%s.gz", *path));
      findings_add_file(&reader->findings, arena_format(reader->memory, "%s.zst", *path));
    }
    return status == SG_DEVICE ? status : SG_OK;
  }
  *path = arena_text(reader->memory, found, strlen(found));
  *found_name = *path == NULL ? NULL : *path + strlen(reader->book->folder) + 1;
  free(found);
  if (*path == NULL) {
    return error_out_of_memory(reader->findings.collected);
  }
  findings_add_file(&reader->findings, *path);
  bool is_table = strcmp(name, book_files[FILE_SETTINGS].name) != 0;
  file_limits table = {reader->left_bytes, FILE_LINE_BYTES, reader->limit}, settings = {.size_bytes = SETTINGS_BYTES};
  bool taken = is_table && load_ahead_take(reader, *path, table, loaded);
  status = taken ? SG_OK : file_load_within(*path, is_table ? table : settings, loaded, reader->findings.collected);
  if (status != SG_OK) {
    return status == SG_DEVICE ? status : SG_OK;
  }
  reader->left_bytes -= is_table ? loaded->size_bytes : 0;
  input_file file = {*found_name, {loaded->digest[0], loaded->digest[1]}, loaded->size_bytes};
  if (!ARRAY_PUSH(&reader->files, file)) {
    return error_out_of_memory(reader->findings.collected);
  }
  return SG_OK;
}
