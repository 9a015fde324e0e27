/* SPDX-License-Identifier: MIT
 *
 * What `shockgrid bench` can be told; shockgrid-bench parses its command line with the same table.
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "cli/command.h"

typedef struct bench_values {
  const char *device, *model, *tier, *book, *out, *verify, *csv, *json;
  texts cases;
  uint32_t lanes, repeats, n_accounts, mean_positions, n_instruments, n_underlyings;
  uint64_t seed, memory_bytes;
  bool no_limits;
} bench_values;

#endif
