/* SPDX-License-Identifier: MIT
 *
 * shockgrid bench: the table of its options. The program shockgrid-bench does the work.
 */
#include "cli/bench.h"

#define BENCH(field) offsetof(bench_values, field)
static const option_entry bench_options[] = {
    {"device", OPTION_TEXT, "DEVICE", BENCH(device), false, "as for 'shockgrid run'"},
    {"lanes", OPTION_COUNT, "N", BENCH(lanes), false, "1, 2, 4, 8 or 16 numbers in a register"},
    {"repeats", OPTION_COUNT, "N", BENCH(repeats), false, "at least 10, the default for run, scaling and peers;\n21 for the others"},
    {"case", OPTION_TEXTS, "NAME", BENCH(cases), false,
     "only this kernel, limit, axis of scaling or peer; may be\nrepeated"},
    {"no-limits", OPTION_FLAG, NULL, BENCH(no_limits), false, "kernels: without the limits of the device beside them"},
    {"book", OPTION_TEXT, "BOOK", BENCH(book), false, "run, peers, once: this book instead of a made one"},
    {"out", OPTION_TEXT, "DIR", BENCH(out), false, "once: write the results there"},
    {"model", OPTION_TEXT, "MODEL", BENCH(model), false, "run, once: default spot-vol-grid"},
    {"tier", OPTION_TEXT, "TIER", BENCH(tier), false, "made books: as for 'shockgrid generate'"},
    {"accounts", OPTION_COUNT, "N", BENCH(n_accounts), false, "made books: default 10000"},
    {"positions", OPTION_COUNT, "MEAN", BENCH(mean_positions), false, "made books: default 30"},
    {"instruments", OPTION_COUNT, "N", BENCH(n_instruments), false, "made books: default 10000"},
    {"underlyings", OPTION_COUNT, "N", BENCH(n_underlyings), false, "made books: default one for 200 instruments"},
    {"seed", OPTION_NUMBER, "S", BENCH(seed), false, "made books: default 1"},
    {"memory", OPTION_BYTES, "SIZE", BENCH(memory_bytes), false, "run, once: as for 'shockgrid run'"},
    {"verify", OPTION_TEXT, "FRACTION", BENCH(verify), false, "run, peers, once: as for 'shockgrid run'"},
    {"csv", OPTION_TEXT, "FILE", BENCH(csv), false, "append the results as rows with provenance"},
    {"json", OPTION_TEXT, "FILE", BENCH(json), false, "the same as JSON, one object to a line"},
};

const command command_bench = {
    .synopsis = "kernels | peaks | run | scaling | peers | once",
    .text = "Measures what this machine can do. Everything is checked before it is timed, and timed at least ten times.\n\n"
            "  kernels  each kernel, its bytes compared with the reference's, and which share of the device's limit it\n"
            "           reaches\n"
            "  peaks    the limits of the device: multiply-adds, divisions, square roots, copying, reading from the\n"
            "           cache and from anywhere, transfers, launches\n"
            "  run      whole runs, from files to files, by stage, with the memory they take\n"
            "  scaling  runs along one axis at a time: accounts, positions, instruments, scenarios, memory, threads\n"
            "  peers    the same book margined by other programs: a plain C program, a good one, NumPy; and QuantLib's\n"
            "           prices. Those that are built and installed here; all have to give the same answer\n"
            "  once     one such run in this process, its stages as lines of text",
    .examples = "  shockgrid bench kernels --csv rows.csv\n"
                "  shockgrid bench run --accounts 100000 --instruments 100000 --underlyings 500\n"
                "  shockgrid bench scaling --case accounts --case memory\n",
    .options = bench_options,
    .n_options = sizeof bench_options / sizeof *bench_options,
    .values_bytes = sizeof(bench_values),
    .least_operands = 1,
    .most_operands = 1,
    .program = "shockgrid-bench",
};
