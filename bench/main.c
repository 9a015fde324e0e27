/* SPDX-License-Identifier: MIT
 *
 * shockgrid-bench: what `shockgrid bench` does, one function for each of its operands.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>

typedef struct operand {
  const char *name;
  sg_status (*run)(const bench_values *given, sg_error *error);
} operand;

#define MAIN_OPERAND(name) {#name, bench_##name},
static const operand operands[] = {BENCH_OPERANDS(MAIN_OPERAND)};

bool bench_chosen(const bench_values *given, const char *name) {
  bool chosen = given->cases.n == 0;
  for (size_t i = 0; i < given->cases.n; i++) {
    chosen = chosen || strcmp(given->cases.items[i], name) == 0;
  }
  return chosen;
}

uint32_t bench_repeats(const bench_values *given, uint32_t usual) {
  uint32_t wanted = given->repeats == 0 ? usual : given->repeats;
  return wanted < REPEATS_LEAST ? REPEATS_LEAST : wanted > REPEATS_MOST ? REPEATS_MOST : wanted;
}

sg_status bench_open_device(const bench_values *given, device **opened, sg_error *error) {
  const sg_device_options options = {.lanes = given->lanes};
  return device_open(given->device, &options, opened, error);
}

row_origin bench_origin(const device *on) {
  const device_traits *traits = device_get_traits(on);
  return (row_origin){traits->name, traits->driver, traits->lanes};
}

static sg_status run_operand(const bench_values *given, const char *name) {
  for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
    if (strcmp(operands[i].name, name) == 0) {
      sg_error *error = sg_error_open();
      sg_status status = operands[i].run(given, error);
      findings_print(status, error, NULL);
      sg_error_close(error);
      return status;
    }
  }
  return usage_fail("bench", "\"%s\" is not %s", name, command_bench.synopsis);
}

int main(int argc, char **argv) {
  const command_entry entry = {"bench", "", &command_bench};
  bench_values given = {0};
  int first = 0;
  sg_status status = SG_USAGE;
  setvbuf(stdout, NULL, _IOLBF, 0);
  parse_result parsed = options_parse(&entry, argc, argv, &given, &first);
  if (parsed == PARSE_HELP || (parsed == PARSE_RUN && argc - first != 1)) {
    usage_fail("bench", "expected %s", command_bench.synopsis);
  } else if (parsed == PARSE_RUN) {
    status = run_operand(&given, argv[first]);
  }
  options_close(&command_bench, &given);
  return (int)status;
}
