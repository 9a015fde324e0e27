/* SPDX-License-Identifier: MIT
 *
 * The tables of a result as CSV, and the list of all files that a result consists of.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "data/result.h"
#include "report/writer.h"

/* X(ENUM, "name", stem): stem_header writes the first line, stem_rows rows first .. end - 1 of stem_count. */
#define RESULT_TABLES(X)                                  \
  X(TABLE_MARGINS, "margins.csv", margins)                \
  X(TABLE_LINES, "lines.csv", lines)                      \
  X(TABLE_SCENARIOS, "scenarios.csv", scenarios)          \
  X(TABLE_QUALITY, "quality.csv", quality)                \
  X(TABLE_SCENARIO_PNL, "scenario_pnl.csv", scenario_pnl)

#define FILES_ENUM(name, text, stem) name,
enum { RESULT_TABLES(FILES_ENUM) N_RESULT_TABLES };
#undef FILES_ENUM

#define FILES_DECLARE(name, text, stem)               \
  void stem##_header(const result *run, writer *out); \
  size_t stem##_count(const result *run);             \
  void stem##_rows(const result *run, size_t first, size_t end, writer *out);
RESULT_TABLES(FILES_DECLARE)
#undef FILES_DECLARE

/* Rows first .. end - 1 through `rows`, made in parts on all processors; the bytes are those of one call. False: out of memory. */
typedef void rows_function(const result *run, size_t first, size_t end, writer *out);
bool write_rows(const result *run, size_t first, size_t end, rows_function *rows, writer *out);

/* lines_rows for lines that are there while others are still to come. */
rows_function lines_rows_known;

#define MANIFEST_NAME "manifest.json"

/* The manifest as text, with the files that were written beside it.
 *   returns   SG_OK and an owned text, else SG_INPUT (a text that is not UTF-8) or SG_DEVICE (out of memory) */
sg_status manifest_text(const result *run, const input_file *outputs, size_t n_outputs, char **text, sg_error *error);

/* Where the seal begins: everything before is what it seals. `text` is the whole manifest; NULL: there is none. */
const char *manifest_find_seal(const char *text, size_t size_bytes);
#define MANIFEST_SEAL ",\n  \"seal\": \""

/* Does any option leave its vol to its price? Else neither summary nor manifest speaks of it. */
bool vols_from_prices(const result *run);

#endif
