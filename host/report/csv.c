/* SPDX-License-Identifier: MIT
 *
 * The tables of a result as CSV after RFC 4180, LF line ends, sorted as the result is.
 */
#include "report/files.h"
#include "report/report.h"

/* X(column) */
#define MARGINS_COLUMNS(X)                                                                             \
  X(account) X(currency) X(initial) X(maintenance) X(standalone_initial) X(standalone_maintenance)     \
  X(compression) X(worst_block) X(worst_scenario) X(equity) X(haircut_initial) X(haircut_maintenance)  \
  X(excess_initial) X(excess_maintenance) X(margin_ratio) X(call) X(status)
#define LINES_COLUMNS(X) \
  X(account) X(measure) X(node) X(rule) X(amount) X(currency) X(block) X(scenario) X(detail)
#define SCENARIOS_COLUMNS(X) X(block) X(scenario) X(factor) X(move) X(kind) X(weight)
#define SCENARIO_PNL_COLUMNS(X) X(account) X(node) X(block) X(scenario) X(pnl)

#define COLUMN_TEXT(name) "," #name
#define HEADER(list) (&(list(COLUMN_TEXT) "\n")[1])

static void comma(writer *out) { writer_byte(out, ','); }

static void field(writer *out, const char *text) {
  writer_field(out, text);
  comma(out);
}

static void amount(writer *out, money value) {
  writer_money(out, value);
  comma(out);
}

/* A scenario and its block: both empty when none binds. */
static void binding(writer *out, const char *block, uint32_t scenario) {
  field(out, block);
  if (block[0] != '\0') {
    writer_uint(out, scenario);
  }
  comma(out);
}

bool compression_find(money requirement, money standalone, double *compression) {
  if (standalone.units == 0) {
    return false;
  }
  *compression = 1.0 - money_to_double(requirement) / money_to_double(standalone);
  return true;
}

/* Equity to status, and the model's own columns. */
static void standing(writer *out, const result *run, const margin_row *row) {
  if (!run->has_equity) {
    writer_text(out, ",,,,,,,not computed\n");
    return;
  }
  amount(out, row->equity);
  amount(out, row->haircut[MEASURE_INITIAL]);
  amount(out, row->haircut[MEASURE_MAINTENANCE]);
  amount(out, row->excess[MEASURE_INITIAL]);
  amount(out, row->excess[MEASURE_MAINTENANCE]);
  if (row->margin_ratio == row->margin_ratio) {
    writer_number(out, row->margin_ratio);
  }
  comma(out);
  amount(out, row->call);
  writer_text(out, account_status_text(row->status));
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    comma(out);
    writer_number(out, row->outputs[k]);
  }
  writer_byte(out, '\n');
}

static void margins_header(const result *run, writer *out) {
  static const char header[] = MARGINS_COLUMNS(COLUMN_TEXT);
  writer_text(out, header + 1);
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    comma(out);
    writer_field(out, run->output_names[k]);
  }
  writer_byte(out, '\n');
}

void write_margins(const result *run, writer *out) {
  const book *of = run->book;
  margins_header(run, out);
  for (uint32_t i = 0; i < run->n_rows; i++) {
    const margin_row *row = &run->rows[i];
    field(out, of->accounts.id[row->account]);
    field(out, of->currencies.id[row->currency]);
    amount(out, row->requirement[MEASURE_INITIAL]);
    amount(out, row->requirement[MEASURE_MAINTENANCE]);
    amount(out, row->standalone[MEASURE_INITIAL]);
    amount(out, row->standalone[MEASURE_MAINTENANCE]);
    double compression;
    if (compression_find(row->requirement[MEASURE_INITIAL], row->standalone[MEASURE_INITIAL], &compression)) {
      writer_number(out, compression);
    }
    comma(out);
    binding(out, row->worst_block, row->worst_scenario);
    standing(out, run, row);
  }
}

void write_lines(const result *run, writer *out) {
  const book *of = run->book;
  writer_text(out, HEADER(LINES_COLUMNS));
  for (size_t i = 0; i < run->n_lines; i++) {
    const line *row = &run->lines[i];
    field(out, of->accounts.id[row->account]);
    field(out, measure_text(row->measure));
    field(out, row->node);
    field(out, row->rule);
    amount(out, row->amount);
    field(out, of->currencies.id[of->accounts.currency[row->account]]);
    binding(out, row->block, row->scenario);
    writer_field(out, row->detail);
    writer_byte(out, '\n');
  }
}

void write_scenarios(const result *run, writer *out) {
  writer_text(out, HEADER(SCENARIOS_COLUMNS));
  for (size_t i = 0; i < run->n_scenarios; i++) {
    const scenario_row *row = &run->scenarios[i];
    field(out, row->block);
    writer_uint(out, row->scenario);
    comma(out);
    field(out, row->factor);
    field(out, row->move);
    field(out, row->kind);
    writer_number(out, row->weight);
    writer_byte(out, '\n');
  }
}

void write_scenario_pnl(const result *run, writer *out) {
  writer_text(out, HEADER(SCENARIO_PNL_COLUMNS));
  for (size_t i = 0; i < run->n_pnl; i++) {
    const pnl_row *row = &run->pnl[i];
    field(out, run->book->accounts.id[row->account]);
    field(out, row->node);
    field(out, row->block);
    writer_uint(out, row->scenario);
    comma(out);
    writer_number(out, row->pnl);
    writer_byte(out, '\n');
  }
}
