/* SPDX-License-Identifier: MIT
 *
 * bench peers: the same book margined by shockgrid and by the programs of bench/peers, in turns, so that all meet the same
 * machine. One whose margins differ is not in the table.
 */
#include "bench/answers.h"
#include "bench/bench.h"
#include "bench/runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* X(name, file in the folder peers, is it Python, what it is) */
#define PEERS(X)                                                                                      \
  X(plain, "peer_plain", false, "C, every position in every scenario, libm, one core, gcc -O2")          \
  X(good, "peer_good", false, "C, P&L matrix, OpenMP, vector libm, gcc -O3 -march=native, fast math")    \
  X(numpy_scipy, "numpy_scipy.py", true, "NumPy, SciPy's normal distribution and sparse product")         \
  X(quantlib_engine, "peer_quantlib_engine", false, "QuantLib's analytic European engine, one core")   \
  X(quantlib_black, "peer_quantlib_black", false, "QuantLib's blackFormula, one core")

enum { SCENARIOS = BOOKS_GRID_PRICES * BOOKS_GRID_VOLS };
static const double enough_s = 120.0; /* one that took as long in all is not repeated */
static const double tolerance = 1e-6; /* of the requirement, or of one unit of money where it is less */

typedef struct peer_entry {
  const char *name, *file;
  bool python;
  const char *text;
} peer_entry;
#define PEER_ENTRY(name, file, python, text) {#name, file, python, text},
static const peer_entry entries[] = {PEERS(PEER_ENTRY)};
enum { N_ENTRIES = sizeof entries / sizeof *entries, N_ALL = N_ENTRIES + 1 }; /* shockgrid is the last */

typedef struct contender {
  bool runs;
  uint32_t n;
  process_result *made; /* [repeats] */
  double spent_s, difference;
} contender;

static void find_file(const char *file, char path[static 4096]) {
  ssize_t length = readlink("/proc/self/exe", path, 3000);
  path[length < 0 ? 0 : length] = '\0';
  char *slash = strrchr(path, '/');
  snprintf(slash == NULL ? path : slash, 1000, "/peers/%s", file);
}

static sg_status run_peer(const peer_entry *peer, const bench_book *on, const char *out, process_result *made,
                          sg_error *error) {
  char path[4096];
  const char *python = getenv("SHOCKGRID_PYTHON");
  find_file(peer->file, path);
  const char *arguments[] = {"/usr/bin/env", python == NULL ? "python3" : python, path, on->path, out, NULL};
  if (access(path, R_OK) != 0) {
    *made = (process_result){.exit_code = PROCESS_SKIPPED};
    return SG_OK;
  }
  return process_run(peer->python ? arguments : arguments + 2, 0, made, error);
}

/* A first run that is not counted: is it there, and does it give our margins? */
static sg_status try_peer(const peer_entry *peer, const bench_book *on, const char *ours, const char *out, contender *made,
                          sg_error *error) {
  process_result first;
  TRY(run_peer(peer, on, out, &first, error));
  if (first.exit_code == PROCESS_SKIPPED) {
    printf("%s: left out, it is not built or lacks what it needs\n", peer->name);
    return SG_OK;
  }
  if (first.exit_code != 0) {
    return error_fail(error, SG_IO, "%s failed with exit code %d", peer->name, first.exit_code);
  }
  TRY(answers_compare(ours, out, &made->difference, error));
  if (!(made->difference <= tolerance)) {
    return error_fail(error, SG_BUG, "%s has other margins: they differ by up to %.3g", peer->name, made->difference);
  }
  made->runs = true;
  return SG_OK;
}

static sg_status take_turns(const bench_book *on, const bench_once_options *options, const char *out, uint32_t repeats,
                            contender all[static N_ALL], sg_error *error) {
  for (uint32_t i = 0; i < repeats; i++) {
    for (size_t p = 0; p < N_ALL; p++) {
      if (!all[p].runs || (p < N_ENTRIES && all[p].spent_s > enough_s)) {
        continue;
      }
      process_result *made = &all[p].made[all[p].n++];
      TRY(p < N_ENTRIES ? run_peer(&entries[p], on, out, made, error) : books_run(on, options, made, error));
      all[p].spent_s += made->seconds.wall_s;
    }
  }
  return SG_OK;
}

/* ---- the table --------------------------------------------------------------------------------- */

/* Medians of what the stages come to, run by run. */
static timing stages_timing(const contender *of, const char *const *stages, size_t n_stages) {
  moment *seconds = calloc(of->n, sizeof *seconds);
  for (uint32_t i = 0; seconds != NULL && i < of->n; i++) {
    for (size_t s = 0; s < n_stages; s++) {
      moment one = process_stage_find(&of->made[i], stages[s]);
      seconds[i].wall_s += one.wall_s;
      seconds[i].cpu_s += one.cpu_s;
    }
  }
  timing made = seconds == NULL ? (timing){0} : timing_make(seconds, of->n);
  free(seconds);
  return made;
}

static const char *const price_and_net[] = {"price", "net", "price_and_net"};
static const char *const price_only[] = {"price"};
static const char *const between[] = {"bind", "price", "net", "price_and_net", "margin"};

typedef struct peer_times {
  timing all, between, price_net, price;
} peer_times;

static peer_times times_of(const contender *of, bool ours) {
  return (peer_times){.all = runs_timing(of->made, of->n, NULL),
                      .between = stages_timing(of, ours ? between + 4 : between, ours ? 1 : 4),
                      .price_net = stages_timing(of, price_and_net, 3),
                      .price = stages_timing(of, price_only, 1)};
}

static sg_status add_rows(const char *name, const bench_book *on, const peer_times *times, uint64_t memory_bytes,
                          const char *digest, row_files *rows, sg_error *error) {
  const struct {
    const char *part;
    timing seconds;
    double work;
    const char *unit;
  } parts[] = {{"all", times->all, on->n_positions * SCENARIOS, "position-scenarios"},
               {"read to write", times->between, on->n_positions * SCENARIOS, "position-scenarios"},
               {"price and net", times->price_net, on->n_positions * SCENARIOS, "position-scenarios"},
               {"price", times->price, on->n_instruments * SCENARIOS, "prices"}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    char text[64];
    snprintf(text, sizeof text, "%s: %s", name, parts[i].part);
    const bench_row row = {.what = "peers", .name = text, .data = on->text, .work = parts[i].work, .unit = parts[i].unit,
                           .seconds = parts[i].seconds, .memory_bytes = i == 0 ? memory_bytes : 0, .digest = digest};
    if (parts[i].seconds.median_s > 0) {
      TRY(rows_add(rows, &row, error));
    }
  }
  return SG_OK;
}

static void print_line(const char *name, const bench_book *on, const contender *of, const peer_times *times,
                       const peer_times *ours) {
  double cells = on->n_positions * SCENARIOS;
  printf("%-16s %9.3f %9.3f %9.4f %9.3f", name, times->all.median_s, times->between.median_s, times->price_net.median_s,
         cells / times->price_net.median_s / 1e9);
  if (times->price.median_s > 0) {
    printf(" %9.1f", on->n_instruments * SCENARIOS / times->price.median_s / 1e6);
  } else {
    printf(" %9s", "-");
  }
  printf(" %8.1f %8.1f %8.2f  %8.1e  %u runs\n", times->all.median_s / ours->all.median_s,
         times->between.median_s / ours->between.median_s, times->price_net.median_s / ours->price_net.median_s,
         of->difference, of->n);
}

static sg_status report(const bench_book *on, const contender all[static N_ALL], row_files *rows, sg_error *error) {
  peer_times ours = times_of(&all[N_ENTRIES], true);
  printf("%s, %d scenarios; seconds are medians, ratios are theirs over ours\n"
         "%-16s %9s %9s %9s %9s %9s %8s %8s %8s  %8s\n%-16s %9s %9s %9s %9s %9s %8s %8s %8s  %8s\n",
         on->text, SCENARIOS, "", "files to", "read to", "price and", "G cells", "M prices", "files to", "read to",
         "price,", "largest", "", "files", "write", "net", "/s", "/s", "files", "write", "net", "difference");
  for (size_t p = 0; p < N_ALL; p++) {
    if (all[p].runs) {
      const char *name = p < N_ENTRIES ? entries[p].name : "shockgrid";
      peer_times times = times_of(&all[p], p == N_ENTRIES);
      print_line(name, on, &all[p], &times, &ours);
      TRY(add_rows(name, on, &times, runs_memory_bytes(all[p].made, all[p].n), p < N_ENTRIES ? NULL : all[p].made[0].digest,
                   rows, error));
    }
  }
  return SG_OK;
}

/* Ours first: its margins are what the others' are compared with. */
static sg_status open_contenders(const bench_values *given, const bench_book *on, bench_once_options *options,
                                 const char *out, uint32_t repeats, contender all[static N_ALL], sg_error *error) {
  process_result first;
  char ours[4096];
  for (size_t p = 0; p < N_ALL; p++) {
    if ((all[p].made = calloc(repeats, sizeof *all[p].made)) == NULL) {
      return error_out_of_memory(error);
    }
  }
  TRY(books_run(on, options, &first, error));
  snprintf(ours, sizeof ours, "%s/margins.csv", options->out);
  all[N_ENTRIES].runs = true;
  for (size_t p = 0; p < N_ENTRIES; p++) {
    if (bench_chosen(given, entries[p].name)) {
      TRY(try_peer(&entries[p], on, ours, out, &all[p], error));
    }
  }
  return SG_OK;
}

sg_status bench_peers(const bench_values *given, sg_error *error) {
  device *on = NULL;
  row_files rows = {0};
  bench_book book = {0};
  contender all[N_ALL] = {0};
  char folder[64] = "", ours[96], theirs[96], model[96];
  uint32_t repeats = bench_repeats(given, REPEATS_LEAST);
  bench_once_options options = {.device = given->device, .lanes = given->lanes, .out = ours, .model = model, .verify = given->verify};
  sg_generate_options sizes = books_sizes(given);
  sg_status status = bench_open_device(given, &on, error);
  TRY_DONE(status);
  TRY_DONE(rows_open(given->csv, given->json, bench_origin(on), &rows, error));
  TRY_DONE(books_open(given->book, &sizes, &book, error));
  TRY_DONE(scratch_folder_open(folder, error));
  snprintf(ours, sizeof ours, "%s/ours", folder);
  snprintf(theirs, sizeof theirs, "%s/theirs.csv", folder);
  snprintf(model, sizeof model, "%s/grid.yaml", folder);
  TRY_DONE(books_write_grid(model, BOOKS_GRID_PRICES, error));
  TRY_DONE(open_contenders(given, &book, &options, theirs, repeats, all, error));
  TRY_DONE(take_turns(&book, &options, theirs, repeats, all, error));
  TRY_DONE(report(&book, all, &rows, error));
done:;
  sg_status closed = rows_close(&rows, error);
  for (size_t p = 0; p < N_ALL; p++) {
    free(all[p].made);
  }
  scratch_folder_close(folder);
  books_close(&book);
  device_close(on);
  return status != SG_OK ? status : closed;
}
