/* SPDX-License-Identifier: MIT
 *
 * The digest of a result, over canonical binary rows: equal on every device, tile size and machine.
 */
#include "base/file.h"
#include "report/files.h"
#include "report/report.h"
#include "report/writer.h"

static void add_standing(const result *run, const standing *of, writer *out) {
  writer_binary_money(out, of->equity);
  for (int m = 0; m < N_MEASURES; m++) {
    writer_binary_money(out, of->haircut[m]);
    writer_binary_money(out, of->excess[m]);
  }
  writer_binary_money(out, of->call);
  writer_binary_text(out, account_status_text(of->status));
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    writer_binary_double(out, of->outputs[k]);
  }
}

static void add_margins(const result *run, size_t first, size_t end, writer *out) {
  const book *of = run->book;
  for (size_t i = first; i < end; i++) {
    const margin_row *row = &run->rows[i];
    writer_binary_text(out, of->accounts.id[row->account]);
    writer_binary_text(out, of->currencies.id[row->currency]);
    writer_binary_money(out, row->requirement[MEASURE_INITIAL]);
    writer_binary_money(out, row->requirement[MEASURE_MAINTENANCE]);
    writer_binary_money(out, row->standalone[MEASURE_INITIAL]);
    writer_binary_money(out, row->standalone[MEASURE_MAINTENANCE]);
    writer_binary_text(out, row->worst_block);
    writer_u32(out, row->worst_block[0] == '\0' ? 0 : row->worst_scenario);
    if (run->has_equity) {
      add_standing(run, &run->standings[i], out);
    }
  }
}

static void add_lines(const result *run, size_t first, size_t end, writer *out) {
  const book *of = run->book;
  for (size_t i = first; i < end; i++) {
    const line *row = result_line(run, i);
    writer_binary_text(out, of->accounts.id[row->account]);
    writer_binary_text(out, measure_text(row->measure));
    writer_binary_text(out, row->node);
    writer_binary_text(out, row->rule);
    writer_binary_money(out, row->amount);
    writer_binary_text(out, of->currencies.id[of->accounts.currency[row->account]]);
    writer_binary_text(out, row->block);
    writer_u32(out, row->block[0] == '\0' ? 0 : row->scenario);
    writer_binary_text(out, row->detail);
  }
}

/* Nothing where there are none: the digest of a run that isolates nobody is that of its tables. */
static void add_isolated(const result *run, writer *out) {
  for (uint32_t i = 0; i < run->n_isolated; i++) {
    writer_binary_text(out, run->book->accounts.id[run->isolated[i].account]);
    writer_binary_text(out, run->isolated[i].reason);
  }
}

static void add_scenarios(const result *run, writer *out) {
  writer_u64(out, run->n_scenarios);
  for (size_t i = 0; i < run->n_scenarios; i++) {
    const scenario_row *row = &run->scenarios[i];
    writer_binary_text(out, row->block);
    writer_u32(out, row->scenario);
    writer_binary_text(out, row->factor);
    writer_binary_text(out, row->move);
    writer_binary_text(out, row->kind);
    writer_binary_double(out, row->weight);
  }
}

bool digest_result(result *run) {
  writer out;
  writer_open(&out, NULL);
  writer_u64(&out, run->n_rows);
  bool enough = write_rows(run, 0, run->n_rows, add_margins, &out);
  writer_u64(&out, run->n_lines);
  enough = enough && write_rows(run, 0, run->n_lines, add_lines, &out);
  add_scenarios(run, &out);
  add_isolated(run, &out);
  uint64_t digest[2], size_bytes;
  writer_finish(&out, digest, &size_bytes);
  digest_format(digest, run->digest);
  return enough;
}
