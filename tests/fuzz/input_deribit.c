/* SPDX-License-Identifier: MIT
 *
 * Responses of Deribit's book summary call.
 */
#include "fuzz/imported.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  import_bytes("deribit", "response.json", bytes, size_bytes);
  return 0;
}
