/* SPDX-License-Identifier: MIT
 *
 * A quote table of Cboe's delayed-quotes page.
 */
#include "fuzz/imported.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes) {
  import_bytes("cboe", "quotes.csv", bytes, size_bytes);
  return 0;
}
