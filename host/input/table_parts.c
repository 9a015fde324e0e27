/* SPDX-License-Identifier: MIT
 *
 * A table cut at ends of lines, so that several threads can read it. Where a quote may hide a line end, nothing is cut.
 */
#include "input/table.h"

#include <string.h>

static bool part_open(table *part, const table *rows, char *start, char *end) {
  *part = (table){
      .reader = rows->reader,
      .findings = malloc(sizeof *part->findings),
      .format = rows->format,
      .path = rows->path,
      .name = rows->name,
      .usable = true,
      .rows_ok = true,
      .position = rows->position,
      .csv = {.at = start, .end = end, .line_start = start, .line = 1, .n_columns = rows->csv.n_columns},
  };
  if (part->findings == NULL || !findings_open(part->findings)) {
    free(part->findings);
    return false;
  }
  findings_add_file(part->findings, rows->path);
  return true;
}

uint32_t table_split(table *rows, uint32_t n, table *parts) {
  char *start = rows->csv.at, *end = rows->csv.end;
  if (!rows->usable) {
    return 0;
  }
  size_t size_bytes = (size_t)(end - start);
  n = size_bytes == 0 || memchr(start, '"', size_bytes) != NULL ? 1 : n;
  uint32_t n_parts = 0;
  for (uint32_t i = 0; i < n && (start < end || n_parts == 0); i++) {
    char *cut = i + 1 == n ? end : rows->csv.at + size_bytes / n * (i + 1);
    if (cut < end) {
      char *newline = cut <= start ? NULL : memchr(cut - 1, '\n', (size_t)(end - cut) + 1);
      cut = cut <= start ? start : newline == NULL ? end : newline + 1;
    }
    if (cut == start && start < end) {
      continue; /* a line longer than a part */
    }
    if (!part_open(&parts[n_parts], rows, start, cut)) {
      rows->findings->out_of_memory = true;
      return n_parts;
    }
    n_parts++;
    start = cut;
  }
  return n_parts;
}

void table_join(table *rows, table *part, uint64_t lines_before) {
  findings_append(rows->findings, part->findings, lines_before);
  rows->rows_ok &= part->rows_ok;
  table_drop(part);
}

void table_drop(table *part) {
  findings_close(part->findings);
  free(part->findings);
  csv_close(&part->csv);
}
