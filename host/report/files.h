/* SPDX-License-Identifier: MIT
 *
 * The tables of a result as CSV, and the list of all files that a result consists of.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "data/result.h"
#include "report/writer.h"

/* X(ENUM, "name", function that writes it) */
#define RESULT_TABLES(X)                                            \
  X(TABLE_MARGINS, "margins.csv", write_margins)                    \
  X(TABLE_LINES, "lines.csv", write_lines)                          \
  X(TABLE_SCENARIOS, "scenarios.csv", write_scenarios)              \
  X(TABLE_SCENARIO_PNL, "scenario_pnl.csv", write_scenario_pnl)

#define FILES_ENUM(name, text, function) name,
enum { RESULT_TABLES(FILES_ENUM) N_RESULT_TABLES };
#undef FILES_ENUM

#define FILES_DECLARE(name, text, function) void function(const result *run, writer *out);
RESULT_TABLES(FILES_DECLARE)
#undef FILES_DECLARE

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
