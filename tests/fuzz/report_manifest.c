/* SPDX-License-Identifier: MIT
 *
 * A manifest whose seal is right, so that what is inside is read: a recorded run, or a finding.
 */
#include "base/file.h"
#include "fuzz/mutate.h"
#include "fuzz/scratch.h"
#include "report/report.h"
#include "report/files.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  uint64_t digest[2];
  char digest_text[33], tail[128];
  digest_bytes(bytes, size_bytes, digest);
  digest_format(digest, digest_text);
  size_t n_tail = (size_t)snprintf(tail, sizeof tail, MANIFEST_SEAL "%s\"\n}\n", digest_text);
  char *text = malloc(size_bytes + n_tail);
  if (text == NULL) {
    abort();
  }
  memcpy(text, bytes, size_bytes);
  memcpy(text + size_bytes, tail, n_tail);
  const char *folder = scratch_open();
  scratch_write("manifest.json", text, size_bytes + n_tail);
  scratch_write("margins.csv", "account\n", 8);
  sg_error *error = sg_error_open();
  manifest read;
  sg_status status = manifest_read(folder, &read, error);
  if ((status == SG_OK) != (sg_error_count(error) == 0)) {
    abort();
  }
  manifest_close(&read);
  sg_error_close(error);
  free(text);
  return 0;
}
