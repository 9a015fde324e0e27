/* SPDX-License-Identifier: MIT
 *
 * QuantConnect's daily file of a share's options.
 */
#include "fuzz/imported.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  import_bytes("lean", "aapl_20140616.csv", bytes, size_bytes);
  return 0;
}
