/* SPDX-License-Identifier: MIT
 *
 * What a result looks like outside: files, digest, manifest, and the texts that people read.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "data/explanation.h"
#include "data/result.h"

/* Writes margins.csv, lines.csv, scenarios.csv, manifest.json, and scenario_pnl.csv when n_pnl > 0, all or nothing.
 * Call digest_result before: the manifest carries run->digest. */
sg_status result_write_files(const result *run, const char *folder, sg_error *error);
void result_remove_files(const char *folder); /* those that it may have written */

/* The same with a thread that writes while the run goes on: lines.csv from begin on, as many lines as are known (these and
 * their order stay), the other tables when all is known, the manifest by finish, which tells what failed before too. Nothing
 * of it is seen before that; close without finish takes it back. */
typedef struct result_files result_files;
typedef enum files_known { FILES_SOME_LINES, FILES_LINES, FILES_ALL } files_known;
/* NULL: it does not pay, or no memory */
result_files *result_files_begin(const result *run, const char *folder, size_t n_lines);
void result_files_go_on(result_files *begun, size_t n_lines, files_known known);
sg_status result_files_finish(result_files *begun, sg_error *error);
bool result_files_are_of(const result_files *begun, const char *folder);
void result_files_close(result_files *closed); /* accepts NULL */

/* Who waits for the lines of a run, to write its files ahead: what engine/engine.h tells a run_watcher. */
typedef struct files_ahead {
  const char *folder;
  result_files *begun; /* NULL: not yet, or it does not pay */
} files_ahead;
void files_ahead_lines(void *ahead, const result *run, size_t n, bool all);
void files_ahead_drop(void *ahead);
result_files *files_ahead_all(files_ahead *of, const result *run); /* all is known; the caller's, may be NULL */

/* 1 - requirement / standalone of the initial measure.
 *   returns   false when standalone is 0 */
bool compression_find(money requirement, money standalone, double *compression);

/* Fills run->digest: XXH3-128 over the rows of margins, lines and scenarios in their order. Each table is its count
 * (u64) and its rows. Integers are little-endian; money is a 16-byte two's complement count of 1e-12; a double is its
 * 8 bytes, +0 for -0; a text is its length in bytes (u32) and its bytes.
 *   margins     account, currency, initial, maintenance, standalone_initial, standalone_maintenance, worst_block,
 *               worst_scenario (u32, 0 without a block)
 *   lines       account, measure (text), node, rule, amount, currency, block, scenario (u32), detail
 *   scenarios   block, scenario (u32), factor, move, kind, weight
 *   isolated    account, reason; without a count, and nothing where no account is isolated
 * Device, times, tiles and paths are no part of it. */
bool digest_result(result *run); /* false: out of memory */

/* A plan and what it takes on a machine, stage by stage; NULL when out of memory. */
const char *plan_text(const run_plan *of, const work_rates *rates, const char *device, arena *memory);

/* What `shockgrid run` and `shockgrid check` print; NULL when out of memory. Owned by `memory`. */
const char *summary_text(const result *run, arena *memory);
const char *book_text(const book *read, arena *memory);

/* What `shockgrid explain` prints. The caller frees it; NULL when out of memory. */
char *explain_text(const explanation *why);

/* One self-contained HTML page; NULL when out of memory. profiles: a result that kept the scenario vectors of the accounts
 * of html_profile_accounts; NULL: none are shown. Owned by `memory`. */
const char *html_report(const result *run, const result *profiles, arena *memory);
uint32_t html_profile_accounts(const result *run, uint32_t wanted, const char **names, arena *memory);

/* ---- manifest.json ------------------------------------------------------------------------- */

enum { MANIFEST_FORMAT = 1 };

typedef struct recorded_book {
  const char *folder; /* absolute; NULL: there was none */
  uint32_t n_files;
  input_file *files; /* sorted by name */
} recorded_book;

typedef struct manifest {
  arena *memory; /* owns everything below */
  const char *path; /* of manifest.json */
  const char *version;
  const char *model_name, *model_version;
  const char *model_path; /* absolute, or "shipped:NAME" */
  uint64_t model_digest[2];
  uint32_t n_settings;
  const char **settings;
  recorded_book book, previous;
  bool partial;
  uint32_t n_accounts; /* margined accounts, when partial */
  const char **accounts;
  const char *unimplied; /* as sg_run_options; "refuse" where the manifest does not say */
  const char *device_name, *device_platform, *device_driver, *device_type, *device_self_test;
  uint32_t lanes;
  char digest[33]; /* of the result */
} manifest;

/* Reads the manifest of a folder of results. Refuses (SG_INPUT) one that is missing, cut short, edited or of another
 * format, and a folder whose result files are not those that the run wrote. Close it in any case. */
sg_status manifest_read(const char *folder, manifest *read, sg_error *error);
void manifest_close(manifest *read); /* accepts one that was never read */

/* Is the book that was loaded again the one of the run? Adds a finding for each file that is new, gone or changed.
 *   name   "book", for the findings */
sg_status manifest_check_book(const recorded_book *recorded, const char *name, const book *loaded, sg_error *error);

#endif
