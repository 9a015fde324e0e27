/* SPDX-License-Identifier: MIT
 *
 * The reader's files where the caller gave them as texts: by the names that they would have in a folder, not compressed.
 */
#include "input/memory.h"

#include "input/formats.h"

#include <string.h>

/* "scenarios/NAME.csv" stands for every name in its folder. */
static bool is_book_file(const char *name) {
  const char *slash = strchr(name, '/');
  size_t length = strlen(name);
  bool is_csv = length > 4 && strcmp(name + length - 4, ".csv") == 0;
  for (int file = 0; file < N_BOOK_FILES; file++) {
    const char *known = book_files[file].name;
    size_t folder = slash == NULL ? 0 : (size_t)(slash - name) + 1;
    bool in_folder = folder > 0 && strncmp(known, name, folder) == 0 && is_csv && strchr(slash + 1, '/') == NULL;
    if (strcmp(known, name) == 0 || in_folder) {
      return true;
    }
  }
  return false;
}

static const sg_named_text *find(const book_reader *reader, const char *name, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (strcmp(reader->given[i].name, name) == 0) {
      return &reader->given[i];
    }
  }
  return NULL;
}

sg_status memory_check(book_reader *reader) {
  for (size_t i = 0; i < reader->n_given; i++) {
    const char *name = reader->given[i].name;
    if (!is_book_file(name)) {
      findings_add(&reader->findings, (place){name, 0, 0}, "is not a file of a book; `shockgrid help formats` lists them");
    } else if (find(reader, name, i) != NULL) {
      findings_add(&reader->findings, (place){name, 0, 0}, "is given twice");
    }
  }
  return reader_status(reader);
}

sg_status memory_load(book_reader *reader, const char *name, file_text *loaded, const char **path,
                      const char **found_name) {
  *path = arena_text(reader->memory, name, strlen(name));
  if (*path == NULL) {
    return error_out_of_memory(reader->findings.collected);
  }
  findings_add_file(&reader->findings, *path);
  const sg_named_text *given = find(reader, name, reader->n_given);
  if (given == NULL) {
    return SG_OK;
  }
  *found_name = *path;
  loaded->text = malloc(given->size_bytes + 1);
  if (loaded->text == NULL) {
    return error_out_of_memory(reader->findings.collected);
  }
  if (given->size_bytes > 0) {
    memcpy(loaded->text, given->bytes, given->size_bytes);
  }
  loaded->text[given->size_bytes] = '\0';
  loaded->size_bytes = given->size_bytes;
  digest_bytes(loaded->text, loaded->size_bytes, loaded->digest);
  input_file file = {*found_name, {loaded->digest[0], loaded->digest[1]}, loaded->size_bytes};
  return ARRAY_PUSH(&reader->files, file) ? SG_OK : error_out_of_memory(reader->findings.collected);
}

sg_status memory_list(book_reader *reader, const char *folder, folder_names *found) {
  size_t length = strlen(folder);
  for (size_t i = 0; i < reader->n_given; i++) {
    const char *name = reader->given[i].name;
    if (length > 0 && strncmp(name, folder, length) == 0 && name[length] == '/') {
      char *copy = arena_text(reader->memory, name, strlen(name));
      if (copy == NULL || !ARRAY_PUSH(found, copy)) {
        reader_out_of_memory(reader);
      }
    }
  }
  return reader_status(reader);
}
