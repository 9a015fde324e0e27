/* SPDX-License-Identifier: MIT
 *
 * What must hold of an import, whatever the bytes: a book that the reader accepts but for prices that give no vol, or a
 * refusal that says why.
 */
#ifndef FUZZ_IMPORTED_H
#define FUZZ_IMPORTED_H

#include "fuzz/scratch.h"
#include "input/import.h"
#include "input/read_book.h"

#include <string.h>

static inline bool imported_is_read(const char *folder, sg_error *error) {
  book *read = NULL;
  size_t before = sg_error_count(error);
  if (book_read(folder, &read, error) == SG_OK) {
    book_close(read);
    return true;
  }
  for (size_t i = before; i < sg_error_count(error); i++) {
    if (strstr(sg_error_get(error, i).message, "vol") == NULL) {
      return false;
    }
  }
  return sg_error_count(error) > before;
}

/* Imports one file of these bytes with made accounts. */
static inline void import_bytes(const char *format, const char *name, const uint8_t *bytes, size_t size_bytes) {
  char path[128], folder[128];
  const char *paths[] = {path};
  snprintf(path, sizeof path, "%s/%s", scratch_open(), name);
  snprintf(folder, sizeof folder, "%s/book", scratch_folder);
  scratch_write(name, bytes, size_bytes);
  const sg_import_options options = {.n_accounts = 5, .seed = 1};
  sg_error *error = sg_error_open();
  char *report = NULL;
  sg_status status = import_files(format, paths, 1, &options, folder, &report, error);
  if ((status == SG_OK) != (report != NULL) || (status != SG_OK && sg_error_count(error) == 0) ||
      (status == SG_OK && !imported_is_read(folder, error))) {
    abort();
  }
  if (status == SG_OK) {
    scratch_remove(folder);
  }
  free(report);
  sg_error_close(error);
}

#endif
