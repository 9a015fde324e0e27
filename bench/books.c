/* SPDX-License-Identifier: MIT
 *
 * Books that are generated, and runs on them.
 */
#include "bench/books.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

sg_generate_options books_sizes(const bench_values *given) {
  sg_generate_options sizes = {.tier = given->tier,
                               .n_accounts = given->n_accounts,
                               .mean_positions = given->mean_positions,
                               .n_instruments = given->n_instruments,
                               .n_underlyings = given->n_underlyings,
                               .seed = given->seed == 0 ? 1 : given->seed};
  if (given->tier == NULL) {
    sizes.n_accounts = sizes.n_accounts == 0 ? 10000 : sizes.n_accounts;
    sizes.mean_positions = sizes.mean_positions == 0 ? 30 : sizes.mean_positions;
    sizes.n_instruments = sizes.n_instruments == 0 ? 10000 : sizes.n_instruments;
    sizes.n_underlyings = sizes.n_underlyings == 0 ? (sizes.n_instruments + 199) / 200 : sizes.n_underlyings;
  }
  return sizes;
}

/* Rows of a table, its header not counted. */
static double count_rows(const char *folder, const char *name) {
  char path[4224], buffer[1 << 16];
  double n = -1;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "r");
  for (size_t length; stream != NULL && (length = fread(buffer, 1, sizeof buffer, stream)) > 0;) {
    for (size_t i = 0; i < length; i++) {
      n += buffer[i] == '\n';
    }
  }
  if (stream != NULL) {
    fclose(stream);
  }
  return n < 0 ? 0 : n;
}

sg_status books_open(const char *path, const sg_generate_options *sizes, bench_book *opened, sg_error *error) {
  char *report = NULL;
  *opened = (bench_book){0};
  if (path != NULL) {
    snprintf(opened->path, sizeof opened->path, "%s", path);
  } else {
    TRY(scratch_folder_open(opened->scratch, error));
    snprintf(opened->path, sizeof opened->path, "%s/book", opened->scratch);
    sg_status status = sg_generate(sizes, opened->path, &report, error);
    sg_text_close(report);
    if (status != SG_OK) {
      books_close(opened);
      return status;
    }
  }
  opened->n_accounts = count_rows(opened->path, "accounts.csv");
  opened->n_positions = count_rows(opened->path, "positions.csv");
  opened->n_instruments = count_rows(opened->path, "instruments.csv");
  snprintf(opened->text, sizeof opened->text, "%.0f accounts, %.0f positions, %.0f instruments, %.0f underlyings",
           opened->n_accounts, opened->n_positions, opened->n_instruments, count_rows(opened->path, "underlyings.csv"));
  return SG_OK;
}

void books_close(bench_book *opened) {
  scratch_folder_close(opened->scratch);
  opened->scratch[0] = '\0';
}

sg_status books_write_grid(const char *path, uint32_t n_prices, sg_error *error) {
  FILE *stream = fopen(path, "w");
  if (stream == NULL) {
    return error_fail(error, SG_IO, "%s cannot be written", path);
  }
  fputs("model: {name: scaling, title: a grid, version: \"1\", source: ours, date: 2026-04-10}\nblocks:\n  grid:\n"
        "    scenarios:\n      - price: [", stream);
  for (uint32_t i = 0; i < n_prices; i++) {
    fprintf(stream, "%s%.6f", i == 0 ? "" : ", ", 0.32 * i / (n_prices - 1) - 0.16);
  }
  fputs("]\n        vol: [down, same, up]\n    vol: {up: vol * 1.25, down: vol * 0.75}\n    forward_follows: proportional\n"
        "levels:\n  - {by: [underlying]}\n  - {by: [account], convert: base}\namounts:\n  scan_risk: {worst: [grid]}\n"
        "measures:\n  initial: scan_risk\n", stream);
  return fclose(stream) == 0 ? SG_OK : error_fail(error, SG_IO, "%s cannot be written", path);
}

bench_once_options books_once_options(const bench_values *given) {
  return (bench_once_options){.device = given->device, .model = given->model, .verify = given->verify,
                              .lanes = given->lanes, .memory_bytes = given->memory_bytes};
}

sg_status books_run(const bench_book *on, const bench_once_options *options, process_result *made, sg_error *error) {
  char self[4096], lanes[16], memory[32];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  const char *arguments[18];
  size_t n = 0;
  self[length < 0 ? 0 : length] = '\0';
  snprintf(lanes, sizeof lanes, "%u", options->lanes);
  snprintf(memory, sizeof memory, "%llu", (unsigned long long)options->memory_bytes);
  const struct {
    const char *name, *value;
  } given[] = {{"--book", on->path},
               {"--model", options->model == NULL ? "spot-vol-grid" : options->model},
               {"--device", options->device},
               {"--out", options->out},
               {"--verify", options->verify},
               {"--lanes", options->lanes == 0 ? NULL : lanes},
               {"--memory", options->memory_bytes == 0 ? NULL : memory}};
  arguments[n++] = self;
  arguments[n++] = "once";
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    if (given[i].value != NULL) {
      arguments[n++] = given[i].name;
      arguments[n++] = given[i].value;
    }
  }
  arguments[n] = NULL;
  TRY(process_run(arguments, options->processors, made, error));
  return made->exit_code == 0 ? SG_OK
                              : error_fail(error, (sg_status)made->exit_code, "the run on %s failed", on->path);
}
