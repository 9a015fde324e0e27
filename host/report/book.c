/* SPDX-License-Identifier: MIT
 *
 * What a book holds, for `shockgrid check`.
 */
#include "base/date.h"
#include "base/file.h"
#include "report/report.h"
#include "report/page.h"
#include "report/totals.h"

static const char *types_text(const book *of, arena *memory) {
#define BOOK_TYPE(name, word) name,
  static const instrument_type types[] = {INSTRUMENT_TYPES(BOOK_TYPE)};
#undef BOOK_TYPE
  size_t count[sizeof types / sizeof *types] = {0};
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    count[of->instruments.type[c]]++;
  }
  page list = page_open(memory);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (count[types[i]] > 0) {
      page_add(&list, "%s%s %s%s", list.n > 0 ? ", " : "", people_count(memory, count[types[i]]),
               instrument_type_text(types[i]), count[types[i]] == 1 ? "" : "s");
    }
  }
  return list.n == 0 ? "none" : page_close(&list);
}

static void count_row(text_table *rows, const char *name, uint64_t count, const char *more) {
  text_table_cell(rows, name);
  text_table_cell(rows, people_count(rows->memory, count));
  text_table_cell(rows, more);
}

const char *book_text(const book *read, arena *memory) {
  char as_of[24];
  date_format(read->as_of_s, as_of);
  page out = page_open(memory);
  page_add(&out, "%s, as of %s, base currency %s\n\n", read->folder, as_of, read->currencies.id[read->base_currency]);
  text_table rows = text_table_open(memory, "lrl");
  count_row(&rows, "underlyings", read->underlyings.n, "");
  count_row(&rows, "forwards", read->forwards.n, forward_sources_text(read, memory));
  count_row(&rows, "instruments", read->instruments.n, types_text(read, memory));
  count_row(&rows, "currencies", read->currencies.n, "");
  count_row(&rows, "accounts", read->accounts.n, "");
  count_row(&rows, "positions", read->positions.n, "");
  count_row(&rows, "scenario files", read->n_scenario_files, "");
  text_table_print(&rows, 2, NULL, &out);
  page_add(&out, "\n");
  text_table files = text_table_open(memory, "lrl");
  char digest[33];
  for (uint32_t i = 0; i < read->n_files; i++) {
    digest_format(read->files[i].digest, digest);
    text_table_cell(&files, read->files[i].name);
    text_table_cell(&files, arena_format(memory, "%s bytes", people_count(memory, read->files[i].size_bytes)));
    text_table_cell(&files, arena_format(memory, "%s", digest));
  }
  text_table_print(&files, 2, NULL, &out);
  return page_close(&out);
}
