/* SPDX-License-Identifier: MIT
 *
 * A model file. Whatever the bytes, the reader gives a model that can be described, or findings that say why not.
 */
#include "fuzz/mutate.h"
#include "fuzz/scratch.h"
#include "rules/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  char path[128];
  snprintf(path, sizeof path, "%s/model.yaml", scratch_open());
  scratch_write("model.yaml", bytes, size_bytes);
  sg_error *error = sg_error_open();
  model *read = NULL;
  sg_status status = model_read(path, NULL, 0, &read, error);
  if ((status == SG_OK) != (read != NULL) || (status == SG_OK) != (sg_error_count(error) == 0) ||
      (read && !model_describe(read))) {
    abort();
  }
  model_close(read);
  sg_error_close(error);
  return 0;
}
