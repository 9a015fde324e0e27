/* SPDX-License-Identifier: MIT
 *
 * The tables of a result as CSV after RFC 4180, LF line ends, sorted as the result is.
 */
#include "report/files.h"
#include "report/report.h"

#include <math.h>
#include <string.h>

/* X(column) */
#define MARGINS_COLUMNS(X)                                                                             \
  X(account) X(currency) X(initial) X(maintenance) X(standalone_initial) X(standalone_maintenance)     \
  X(compression) X(worst_block) X(worst_scenario) X(equity) X(haircut_initial) X(haircut_maintenance)  \
  X(excess_initial) X(excess_maintenance) X(margin_ratio) X(call) X(status)
#define LINES_COLUMNS(X) \
  X(account) X(measure) X(node) X(rule) X(amount) X(currency) X(block) X(scenario) X(detail)
#define SCENARIOS_COLUMNS(X) X(block) X(scenario) X(factor) X(move) X(kind) X(weight)
#define QUALITY_COLUMNS(X)                                                                               \
  X(kind) X(severity) X(action) X(touched) X(file) X(line) X(id) X(value) X(low) X(high) X(what)         \
  X(substitute) X(message)
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
static void write_standing(writer *out, const result *run, size_t i) {
  if (!run->has_equity) {
    writer_text(out, ",,,,,,,not computed\n");
    return;
  }
  const standing *of = &run->standings[i];
  amount(out, of->equity);
  amount(out, of->haircut[MEASURE_INITIAL]);
  amount(out, of->haircut[MEASURE_MAINTENANCE]);
  amount(out, of->excess[MEASURE_INITIAL]);
  amount(out, of->excess[MEASURE_MAINTENANCE]);
  if (of->margin_ratio == of->margin_ratio) {
    writer_number(out, of->margin_ratio);
  }
  comma(out);
  amount(out, of->call);
  writer_text(out, account_status_text(of->status));
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    comma(out);
    writer_number(out, of->outputs[k]);
  }
  writer_byte(out, '\n');
}

void margins_header(const result *run, writer *out) {
  static const char header[] = MARGINS_COLUMNS(COLUMN_TEXT);
  writer_text(out, header + 1);
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    comma(out);
    writer_field(out, run->output_names[k]);
  }
  writer_byte(out, '\n');
}

/* An account that is not computed: no amount, so that none can be taken for a requirement. */
static void isolated_margin(const result *run, const isolated_account *row, writer *out) {
  field(out, run->book->accounts.id[row->account]);
  field(out, run->book->currencies.id[run->book->accounts.currency[row->account]]);
  writer_text(out, ",,,,,,,,,,,,,,not computed");
  for (uint32_t k = 0; k < run->n_outputs; k++) {
    comma(out);
  }
  writer_byte(out, '\n');
}

static void isolated_line(const result *run, const isolated_account *row, writer *out) {
  field(out, run->book->accounts.id[row->account]);
  writer_text(out, ",-,not computed,,");
  field(out, run->book->currencies.id[run->book->accounts.currency[row->account]]);
  writer_text(out, ",,");
  writer_field(out, row->reason);
  writer_byte(out, '\n');
}

/* Accounts that are not computed stand last. */
size_t margins_count(const result *run) { return (size_t)run->n_rows + run->n_isolated; }

void margins_rows(const result *run, size_t first, size_t end, writer *out) {
  const book *of = run->book;
  for (size_t i = first; i < end; i++) {
    if (i >= run->n_rows) {
      isolated_margin(run, &run->isolated[i - run->n_rows], out);
      continue;
    }
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
    write_standing(out, run, i);
  }
}

void lines_header(const result *run, writer *out) { writer_text(out, HEADER(LINES_COLUMNS)); }

size_t lines_count(const result *run) { return run->n_lines + run->n_isolated; }

void lines_rows_known(const result *run, size_t first, size_t end, writer *out) {
  const book *of = run->book;
  for (size_t i = first; i < end; i++) {
    const line *row = result_line(run, i);
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

void lines_rows(const result *run, size_t first, size_t end, writer *out) {
  size_t n = first < run->n_lines ? (end < run->n_lines ? end : run->n_lines) - first : 0;
  lines_rows_known(run, first, first + n, out);
  for (size_t i = first + n; i < end; i++) {
    isolated_line(run, &run->isolated[i - run->n_lines], out);
  }
}

static void number(writer *out, double value) {
  if (value - value == 0.0) {
    writer_number(out, value);
  }
  comma(out);
}

/* Without the book's folder: results are the same wherever the book stands. */
static const char *name_in_book(const book *of, const char *path) {
  size_t length = strlen(of->folder);
  return strncmp(path, of->folder, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

void quality_header(const result *run, writer *out) { writer_text(out, HEADER(QUALITY_COLUMNS)); }

size_t quality_count(const result *run) { return run->quality.n; }

void quality_rows(const result *run, size_t first, size_t end, writer *out) {
  static const char *const values[] = {[QUALITY_NONE] = "", [QUALITY_MARK] = "price", [QUALITY_VOL] = "vol",
                                       [QUALITY_FORWARD] = "forward"};
  for (size_t i = first; i < end; i++) {
    const quality_finding *row = &run->quality.findings[i];
    bool substituted = row->action == QUALITY_SUBSTITUTE;
    field(out, quality_kind_get(row->kind)->name);
    field(out, quality_severity_text(quality_kind_get(row->kind)->severity));
    field(out, quality_action_text(row->action));
    writer_uint(out, row->n_touched);
    comma(out);
    field(out, name_in_book(run->book, row->file));
    writer_uint(out, row->line);
    comma(out);
    field(out, row->id);
    number(out, row->value);
    number(out, row->low);
    number(out, row->high);
    field(out, substituted ? values[row->substitutes[0].what] : "");
    number(out, substituted ? row->substitutes[0].value : (double)NAN);
    writer_field(out, row->message);
    writer_byte(out, '\n');
  }
}

void scenarios_header(const result *run, writer *out) { writer_text(out, HEADER(SCENARIOS_COLUMNS)); }

size_t scenarios_count(const result *run) { return run->n_scenarios; }

void scenarios_rows(const result *run, size_t first, size_t end, writer *out) {
  for (size_t i = first; i < end; i++) {
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

void scenario_pnl_header(const result *run, writer *out) { writer_text(out, HEADER(SCENARIO_PNL_COLUMNS)); }

size_t scenario_pnl_count(const result *run) { return run->n_pnl; }

void scenario_pnl_rows(const result *run, size_t first, size_t end, writer *out) {
  for (size_t i = first; i < end; i++) {
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
