/* SPDX-License-Identifier: MIT
 *
 * The page of `shockgrid run --plan`.
 */
#include "report/page.h"
#include "report/report.h"

enum { INDENT = 2 };

static const char *bytes_text(arena *memory, double bytes) {
  return arena_format(memory, "%sB", people_rate(memory, bytes));
}

static void add_facts(const run_plan *of, const char *device, page *to) {
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "device");
  text_table_cell(&facts, device);
  text_table_cell(&facts, "work");
  text_table_cell(&facts, arena_format(to->memory, "%s accounts, %s positions in %s instruments, %s nodes",
                                       people_count(to->memory, of->n_accounts),
                                       people_count(to->memory, of->n_positions),
                                       people_count(to->memory, of->n_instruments),
                                       people_count(to->memory, of->n_nodes)));
  text_table_cell(&facts, "batches");
  text_table_cell(&facts, arena_format(to->memory, "%s of accounts, with %s of nodes at most",
                                       people_count(to->memory, of->n_batches),
                                       bytes_text(to->memory, (double)of->batch_bytes)));
  text_table_cell(&facts, "memory");
  text_table_cell(&facts, arena_format(to->memory, "%s for tiles and nodes on the device; about %s for book and results",
                                       bytes_text(to->memory, (double)of->device_bytes),
                                       bytes_text(to->memory, (double)of->host_bytes)));
  text_table_print(&facts, INDENT, NULL, to);
}

static void add_tiles(const run_plan *of, page *to) {
  text_table rows = text_table_open(to->memory, "lrrrrl");
  const char *const head[] = {"tiles", "scenarios", "tiles", "of scenarios", "bytes", ""};
  for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
    text_table_cell(&rows, head[i]);
  }
  for (uint32_t b = 0; b < of->n_blocks; b++) {
    const planned_block *block = &of->blocks[b];
    text_table_cell(&rows, arena_format(to->memory, "  %s", block->name));
    text_table_cell(&rows, people_count(to->memory, block->n_scenarios));
    text_table_cell(&rows, people_count(to->memory, block->n_tiles));
    text_table_cell(&rows, people_count(to->memory, block->n_columns));
    text_table_cell(&rows, bytes_text(to->memory, (double)block->tile_bytes));
    text_table_cell(&rows, of->resident ? "priced once" : "priced again for each batch");
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, NULL, to);
}

static void work_row(const run_plan *of, const work_rates *rates, work which, text_table *rows) {
  const work_kind *kind = work_kind_get(which);
  double count = of->count[which];
  text_table_cell(rows, arena_format(rows->memory, "    %s", kind->unit));
  text_table_cell(rows, people_count(rows->memory, (uint64_t)count));
  text_table_cell(rows, kind->operations > 0 ? people_rate(rows->memory, count * kind->operations) : "");
  text_table_cell(rows, bytes_text(rows->memory, count * kind->bytes));
  text_table_cell(rows, people_number(rows->memory, count * rates->seconds[which], 4));
}

static void add_stages(const run_plan *of, const work_rates *rates, page *to) {
  text_table rows = text_table_open(to->memory, "lrrrr");
  const char *const head[] = {"stages", "units", "multiply-adds", "bytes moved", "seconds"};
  double whole = 0.0;
  for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
    text_table_cell(&rows, head[i]);
  }
  for (int s = 0; s < N_STAGES; s++) {
    double seconds = plan_seconds(of, rates, (run_stage)s);
    whole += seconds;
    const char *const cells[] = {arena_format(to->memory, "  %s", stage_name((run_stage)s)), "", "", "",
                                 people_number(to->memory, seconds, 4)};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
      text_table_cell(&rows, cells[i]);
    }
    for (int w = 0; w < N_WORKS; w++) {
      if (work_kind_get((work)w)->stage == (run_stage)s && of->count[w] > 0) {
        work_row(of, rates, (work)w, &rows);
      }
    }
  }
  const char *const cells[] = {"  in all", "", "", "", people_number(to->memory, whole, 4)};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    text_table_cell(&rows, cells[i]);
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, NULL, to);
}

const char *plan_text(const run_plan *of, const work_rates *rates, const char *device, arena *memory) {
  page out = page_open(memory);
  add_facts(of, device, &out);
  add_tiles(of, &out);
  add_stages(of, rates, &out);
  return page_close(&out);
}
