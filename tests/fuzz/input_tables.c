/* SPDX-License-Identifier: MIT
 *
 * Chains of listed US options. The first byte tells the format: '{' Yahoo's, '#' QuantConnect's, else Cboe's.
 */
#include "fuzz/imported.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  int first = size_bytes > 0 ? bytes[0] : 0;
  import_bytes(first == '{' ? "yahoo" : first == '#' ? "lean" : "cboe", "aapl_20140616.csv", bytes, size_bytes);
  return 0;
}
