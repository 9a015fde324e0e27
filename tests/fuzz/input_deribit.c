/* SPDX-License-Identifier: MIT
 *
 * Responses of Deribit's book summary call, imported with made accounts. Whatever the bytes, the importer writes a book
 * that the reader accepts but for prices that give no vol, or says why not.
 */
#include "fuzz/scratch.h"
#include "input/import.h"
#include "input/read_book.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static bool is_read_but_for_vols(const char *folder, book **read, sg_error *error) {
  size_t before = sg_error_count(error);
  if (book_read(folder, read, error) == SG_OK) {
    return true;
  }
  for (size_t i = before; i < sg_error_count(error); i++) {
    if (strstr(sg_error_get(error, i).message, "vol") == NULL) {
      return false;
    }
  }
  return sg_error_count(error) > before;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  char path[128], folder[128];
  const char *paths[] = {path};
  snprintf(path, sizeof path, "%s/response.json", scratch_open());
  snprintf(folder, sizeof folder, "%s/book", scratch_folder);
  scratch_write("response.json", bytes, size_bytes);
  const sg_import_options options = {.n_accounts = 5, .seed = 1};
  sg_error *error = sg_error_open();
  char *report = NULL;
  book *read = NULL;
  sg_status status = import_files("deribit", paths, 1, &options, folder, &report, error);
  if ((status == SG_OK) != (report != NULL) || (status != SG_OK && sg_error_count(error) == 0) ||
      (status == SG_OK && !is_read_but_for_vols(folder, &read, error))) {
    abort();
  }
  book_close(read);
  free(report);
  sg_error_close(error);
  return 0;
}
