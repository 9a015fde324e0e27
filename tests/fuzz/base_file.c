/* SPDX-License-Identifier: MIT
 *
 * Files, plain and compressed: the first byte tells which. Whatever the bytes, the text within the limit or a finding.
 */
#include "base/file.h"
#include "fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  enum { LIMIT_BYTES = 1 << 20 };
  if (size_bytes == 0) {
    return 0;
  }
  const char *name = bytes[0] == 'g' ? "a.gz" : bytes[0] == 'z' ? "a.zst" : "a";
  char path[128];
  snprintf(path, sizeof path, "%s/%s", scratch_open(), name);
  scratch_write(name, bytes + 1, size_bytes - 1);
  sg_error *error = sg_error_open();
  file_text loaded;
  sg_status status = file_load(path, LIMIT_BYTES, &loaded, error);
  if ((status == SG_OK) != (loaded.text != NULL) || (status == SG_OK) != (sg_error_count(error) == 0) ||
      (status == SG_OK && (loaded.size_bytes > LIMIT_BYTES || loaded.text[loaded.size_bytes] != '\0'))) {
    abort();
  }
  file_close(&loaded);
  sg_error_close(error);
  return 0;
}
