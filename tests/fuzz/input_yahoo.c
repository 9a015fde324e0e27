/* SPDX-License-Identifier: MIT
 *
 * One underlying's option chain from Yahoo.
 */
#include "fuzz/imported.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  import_bytes("yahoo", "chain.json", bytes, size_bytes);
  return 0;
}
