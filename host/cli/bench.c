/* SPDX-License-Identifier: MIT
 *
 * shockgrid bench: the table of its options. The program shockgrid-bench does the work.
 */
#include "cli/bench.h"

#define BENCH(field) offsetof(bench_values, field)
static const option_entry bench_options[] = {
    {"device", OPTION_TEXT, "DEVICE", BENCH(device), false, "as for 'shockgrid run'"},
    {"lanes", OPTION_COUNT, "N", BENCH(lanes), false, "1, 2, 4, 8 or 16 numbers in a register"},
    {"repeats", OPTION_COUNT, "N", BENCH(repeats), false, "at least 10; default 21"},
    {"case", OPTION_TEXTS, "NAME", BENCH(cases), false,
     "only this kernel or limit; may be repeated"},
    {"no-limits", OPTION_FLAG, NULL, BENCH(no_limits), false, "kernels: without the limits of the device beside them"},
    {"csv", OPTION_TEXT, "FILE", BENCH(csv), false, "append the results as rows with provenance"},
    {"json", OPTION_TEXT, "FILE", BENCH(json), false, "the same as JSON, one object to a line"},
};

const command command_bench = {
    .synopsis = "kernels | peaks",
    .text = "Measures what this machine can do. Everything is checked before it is timed, and timed at least ten times.\n\n"
            "  kernels  each kernel, its bytes compared with the reference's, and which share of the device's limit it\n"
            "           reaches\n"
            "  peaks    the limits of the device: multiply-adds, divisions, square roots, copying, reading from the\n"
            "           cache and from anywhere, transfers, launches",
    .examples = "  shockgrid bench kernels --csv rows.csv\n",
    .options = bench_options,
    .n_options = sizeof bench_options / sizeof *bench_options,
    .values_bytes = sizeof(bench_values),
    .least_operands = 1,
    .most_operands = 1,
    .program = "shockgrid-bench",
};
