/* SPDX-License-Identifier: MIT
 *
 * One self-contained page: what was margined, what netting saved, who needs most, which scenarios bind, and where every
 * number comes from. No scripts, nothing loaded from elsewhere.
 */
#include "base/date.h"
#include "base/file.h"
#include "report/html.h"
#include "report/html_profile.h"
#include "report/report.h"
#include "report/totals.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_SHOWN = 15, SCENARIOS_SHOWN = 12, ISOLATED_SHOWN = 20 };

static const char style[] =
    ":root{--ink:#1b2430;--faint:#5d6b7a;--paper:#fff;--card:#f5f7f9;--line:#d5dce3;--total:#2b6cb0;--saving:#2f9e6e;"
    "--adding:#c4662b;--s0:#2b6cb0;--s1:#c4662b;--s2:#2f9e6e;--s3:#8457b3;--s4:#b0882b;--s5:#a03b5e}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--faint:#9aa8b5;--paper:#12171d;--card:#1b222b;--line:#323d49;"
    "--total:#63a4e8;--saving:#4cc38f;--adding:#e58a4f;--s0:#63a4e8;--s1:#e58a4f;--s2:#4cc38f;--s3:#b28ce0;--s4:#d8b255;"
    "--s5:#dd7a9c}}\n"
    "@media print{:root{--paper:#fff;--card:#fff}section{break-inside:avoid}}\n"
    "*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\n"
    "main{max-width:1040px;margin:0 auto;padding:28px 20px 60px}h1{font-size:1.6rem;margin:0 0 4px}"
    "h2{font-size:1.15rem;margin:40px 0 10px}p{margin:4px 0;color:var(--faint)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:12px;margin:22px 0}"
    ".tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 16px}"
    ".tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}.tile span{color:var(--faint);"
    "font-size:.85rem}\n"
    "figure{margin:0}figcaption{color:var(--faint);font-size:.85rem}svg{width:100%;height:auto;display:block}"
    "svg text{fill:var(--faint);font-size:13px}\n"
    ".total{fill:var(--total)}.saving{fill:var(--saving)}.adding{fill:var(--adding)}.axis{stroke:var(--faint)}"
    ".joint,.grid{stroke:var(--line)}.series{fill:none;stroke-width:2}\n"
    ".s0{stroke:var(--s0);fill:var(--s0)}.s1{stroke:var(--s1);fill:var(--s1)}.s2{stroke:var(--s2);fill:var(--s2)}"
    ".s3{stroke:var(--s3);fill:var(--s3)}.s4{stroke:var(--s4);fill:var(--s4)}.s5{stroke:var(--s5);fill:var(--s5)}"
    "polyline.series{fill:none}.marked{fill:var(--paper);stroke-width:3}\n"
    "@media(max-width:640px){.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:1.05rem}figure{overflow-x:auto}figure svg{"
    "min-width:640px}td,th{padding:5px 6px}}\n"
    "td{white-space:nowrap}td code{white-space:normal}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}"
    "th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:middle}"
    "th{color:var(--faint);font-weight:600}.n{text-align:right;white-space:nowrap}"
    ".bar{width:120px;height:10px;display:inline-block}code{font-size:.85em;word-break:break-all}\n";

typedef struct report_page {
  page out;
  const result *run;
  const result *profiles;
  totals totals;
  const char *currency;
  int decimals;
} report_page;

static void open_table(report_page *r, const char *const *heads, const char *numbers, size_t n) {
  page_add(&r->out, "<div class=\"wide\"><table><thead><tr>");
  for (size_t i = 0; i < n; i++) {
    page_add(&r->out, "<th%s>", numbers[i] == 'n' ? " class=\"n\"" : "");
    html_add_text(&r->out, heads[i]);
    page_add(&r->out, "</th>");
  }
  page_add(&r->out, "</tr></thead><tbody>\n");
}

static void add_cell(report_page *r, const char *text, bool number) {
  page_add(&r->out, number ? "<td class=\"n\">" : "<td>");
  html_add_text(&r->out, text);
  page_add(&r->out, "</td>");
}

static void close_table(report_page *r) { page_add(&r->out, "</tbody></table></div>\n"); }

static void open_section(report_page *r, const char *title) {
  page_add(&r->out, "<section><h2>");
  html_add_text(&r->out, title);
  page_add(&r->out, "</h2>\n");
}

static void add_tile(report_page *r, const char *value, const char *label) {
  page_add(&r->out, "<div class=\"tile\"><b>");
  html_add_text(&r->out, value);
  page_add(&r->out, "</b><span>");
  html_add_text(&r->out, label);
  page_add(&r->out, "</span></div>\n");
}

static void add_head(report_page *r) {
  const result *run = r->run;
  arena *memory = r->out.memory;
  char as_of[24];
  date_format(run->book->as_of_s, as_of);
  page_add(&r->out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Margins ");
  html_add_text(&r->out, as_of);
  page_add(&r->out, "</title><style>\n%s</style></head><body><main>\n<h1>Portfolio margin</h1>\n<p>", style);
  html_add_text(&r->out, arena_format(memory, "%s, version %s: %s", run->model_name, run->model_version, run->model_title));
  page_add(&r->out, "</p>\n<p>");
  html_add_text(&r->out, arena_format(memory, "book as of %s, amounts in %s%s", as_of, r->currency,
                                      run->partial ? ", only the accounts that were asked for" : ""));
  page_add(&r->out, "</p>\n<div class=\"tiles\">\n");
  double compression;
  bool compressed = compression_find(run->total[MEASURE_INITIAL], run->standalone_total[MEASURE_INITIAL], &compression);
  add_tile(r, people_money(memory, run->total[MEASURE_INITIAL], r->decimals), "total requirement, initial");
  add_tile(r, people_money(memory, run->standalone_total[MEASURE_INITIAL], r->decimals), "sum of standalone requirements");
  add_tile(r, compressed ? people_percent(memory, compression) : "-", "compression");
  add_tile(r, people_count(memory, run->n_rows), "accounts");
  if (run->n_isolated > 0) {
    add_tile(r, people_count(memory, run->n_isolated), "accounts not computed");
  }
  add_tile(r, people_count(memory, run->book->positions.n), "positions");
  add_tile(r, arena_format(memory, "%s x %s", people_count(memory, run->book->instruments.n),
                           people_count(memory, run->n_scenarios_distinct)),
           "instruments x scenarios");
  page_add(&r->out, "</div>\n");
}

static void add_compression(report_page *r) {
  const result *run = r->run;
  html_step *steps = ARENA_ARRAY(r->out.memory, html_step, run->n_savings + 3);
  if (steps == NULL) {
    r->out.failed = true;
    return;
  }
  size_t n = 0;
  double level = money_to_double(run->standalone_total[MEASURE_INITIAL]);
  double requirement = money_to_double(run->total[MEASURE_INITIAL]);
  steps[n++] = (html_step){"standalone", 0, level, true};
  for (uint32_t i = 0; i < run->n_savings; i++) {
    double saving = money_to_double(run->savings[i].saving);
    if (saving != 0.0) {
      steps[n++] = (html_step){run->savings[i].level, level, level - saving, false};
      level -= saving;
    }
  }
  if (level - requirement > 0.005 || requirement - level > 0.005) {
    steps[n++] = (html_step){"other rules", level, requirement, false};
  }
  steps[n++] = (html_step){"requirement", 0, requirement, true};
  open_section(r, "What netting saves");
  html_add_waterfall(&r->out, "from the sum of standalone requirements to the portfolio's, by level of netting", steps, n);
  page_add(&r->out, "</section>\n");
}

enum { BINS_MAX = 18 };
typedef struct binned {
  size_t n; /* edges */
  double edges[BINS_MAX];
  html_bin bins[BINS_MAX + 1];
} binned;

static void count_in_bin(void *context, const margin_row *row, const top_total *top) {
  binned *of = context;
  double amount = money_to_double(top->initial);
  size_t bin = 0;
  while (bin < of->n && amount >= of->edges[bin]) {
    bin++;
  }
  of->bins[bin].count++;
}

/* Edges 1, 2, 5, 10, ... from below the smallest positive requirement to above the largest. */
static void add_distribution(report_page *r) {
  static const int mantissas[] = {1, 2, 5};
  const totals *all = &r->totals;
  double high = all->n_tops > 0 ? money_to_double(all->largest[0].initial) : 0.0;
  binned of = {.bins = {{"0", 0}}};
  double decade = 1e-6;
  while (decade * 1e6 <= high) { /* six decades below the largest */
    decade *= 10;
  }
  for (; of.n < BINS_MAX; decade *= 10) { /* NOLINT(cert-flp30-c): n ends it */
    for (size_t m = 0; m < 3 && of.n < BINS_MAX; m++) {
      of.edges[of.n] = decade * mantissas[m];
      of.bins[of.n + 1].label = html_short(r->out.memory, of.edges[of.n]);
      of.n++;
    }
  }
  of.bins[0].label = arena_format(r->out.memory, "< %s", of.bins[1].label);
  if (!totals_visit(r->run, r->out.memory, count_in_bin, &of)) {
    r->out.failed = true;
  }
  size_t used = of.n + 1;
  while (used > 1 && of.bins[used - 1].count == 0) {
    used--;
  }
  open_section(r, "How requirements are distributed");
  html_add_histogram(&r->out, arena_format(r->out.memory, "accounts by initial requirement, %s; each bar from its label to the next",
                                           r->currency), of.bins, used);
  page_add(&r->out, "</section>\n");
}

static void add_accounts(report_page *r) {
  static const char *const heads[] = {"account", "initial", "", "standalone", "compression"};
  const totals *all = &r->totals;
  arena *memory = r->out.memory;
  open_section(r, "Largest accounts");
  open_table(r, heads, "tntnn", 5);
  for (uint32_t i = 0; i < all->n_tops && i < ACCOUNTS_SHOWN; i++) {
    const top_total *top = &all->largest[i];
    double compression, largest = money_to_double(all->largest[0].initial);
    page_add(&r->out, "<tr>");
    add_cell(r, r->run->book->accounts.id[top->account], false);
    add_cell(r, people_money(memory, top->initial, r->decimals), true);
    page_add(&r->out, "<td>");
    html_add_bar(&r->out, largest > 0 ? money_to_double(top->initial) / largest : 0);
    page_add(&r->out, "</td>");
    add_cell(r, people_money(memory, top->standalone, r->decimals), true);
    add_cell(r, compression_find(top->initial, top->standalone, &compression) ? people_percent(memory, compression) : "", true);
    page_add(&r->out, "</tr>\n");
  }
  close_table(r);
  page_add(&r->out, "</section>\n");
}

typedef struct binding {
  const char *block;
  uint32_t scenario;
  uint64_t accounts;
} binding;

static int by_scenario(const void *left, const void *right) {
  const binding *a = left, *b = right;
  int order = strcmp(a->block, b->block);
  return order != 0 ? order : (a->scenario > b->scenario) - (a->scenario < b->scenario);
}

static int most_accounts_first(const void *left, const void *right) {
  const binding *a = left, *b = right;
  return a->accounts != b->accounts ? (a->accounts > b->accounts ? -1 : 1) : by_scenario(left, right);
}

static void add_bindings(report_page *r) {
  static const char *const heads[] = {"block", "scenario", "what moves", "accounts", ""};
  const result *run = r->run;
  binding *found = ARENA_ARRAY(r->out.memory, binding, run->n_rows);
  size_t n = 0, merged = 0;
  if (found == NULL) {
    r->out.failed = true;
    return;
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    if (run->rows[i].worst_block[0] != '\0') {
      found[n++] = (binding){run->rows[i].worst_block, run->rows[i].worst_scenario, 1};
    }
  }
  qsort(found, n, sizeof *found, by_scenario);
  for (size_t i = 0; i < n; i++) {
    if (merged > 0 && by_scenario(&found[merged - 1], &found[i]) == 0) {
      found[merged - 1].accounts++;
    } else {
      found[merged++] = found[i];
    }
  }
  qsort(found, merged, sizeof *found, most_accounts_first);
  open_section(r, "Scenarios that bind");
  open_table(r, heads, "tntnt", 5);
  for (size_t i = 0; i < merged && i < SCENARIOS_SHOWN; i++) {
    page_add(&r->out, "<tr>");
    add_cell(r, found[i].block, false);
    add_cell(r, arena_format(r->out.memory, "%u", found[i].scenario), true);
    add_cell(r, html_scenario_text(run, found[i].block, found[i].scenario, r->out.memory), false);
    add_cell(r, people_count(r->out.memory, found[i].accounts), true);
    page_add(&r->out, "<td>");
    html_add_bar(&r->out, (double)found[i].accounts / (double)found[0].accounts);
    page_add(&r->out, "</td></tr>\n");
  }
  close_table(r);
  page_add(&r->out, "</section>\n");
}

static void add_fact(report_page *r, const char *name, const char *value) {
  page_add(&r->out, "<tr>");
  add_cell(r, name, false);
  page_add(&r->out, "<td><code>");
  html_add_text(&r->out, value);
  page_add(&r->out, "</code></td></tr>\n");
}

static void add_parameters(report_page *r) {
  static const char *const heads[] = {"parameter", "value", "unit", "source", "date"};
  if (r->run->n_parameters == 0) {
    return;
  }
  open_section(r, "Parameters of the model");
  open_table(r, heads, "ttttt", 5);
  for (uint32_t i = 0; i < r->run->n_parameters; i++) {
    const parameter_row *row = &r->run->parameters[i];
    const char *const cells[] = {row->name, row->value, row->unit, row->source, row->date};
    page_add(&r->out, "<tr>");
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
      add_cell(r, cells[k], false);
    }
    page_add(&r->out, "</tr>\n");
  }
  close_table(r);
  page_add(&r->out, "</section>\n");
}

static void add_files(report_page *r, const char *whose, const book *of) {
  arena *memory = r->out.memory;
  for (uint32_t i = 0; i < of->n_files; i++) {
    const input_file *file = &of->files[i];
    char digest[33];
    digest_format(file->digest, digest);
    add_fact(r, arena_format(memory, "%s%s", whose, file->name),
             arena_format(memory, "%s bytes, digest %s", people_count(memory, file->size_bytes), digest));
  }
}

static void add_provenance(report_page *r) {
  static const char *const heads[] = {"what", "which"};
  const result *run = r->run;
  arena *memory = r->out.memory;
  char digest[33];
  open_section(r, "Data and provenance");
  open_table(r, heads, "tt", 2);
  for (uint32_t i = 0; i < run->n_not_covered; i++) {
    add_fact(r, "the model does not cover", run->not_covered[i]);
  }
  for (uint32_t i = 0; i < run->n_unread; i++) {
    add_fact(r, "column that the model does not read", run->unread[i]);
  }
  if (run->quality.n > 0) {
    add_fact(r, "findings about the book's data (quality.csv)", findings_text(run, memory));
  }
  for (uint32_t i = 0; i < run->n_isolated; i++) {
    const isolated_account *row = &run->isolated[i];
    if (i == ISOLATED_SHOWN) {
      add_fact(r, "not computed", arena_format(memory, "and %s more", people_count(memory, run->n_isolated - i)));
      break;
    }
    add_fact(r, "not computed", arena_format(memory, "account %s, %s", run->book->accounts.id[row->account], row->reason));
  }
  add_fact(r, "forwards", forward_sources_text(run->book, memory));
  add_fact(r, "digest of the results", run->digest);
  digest_format(run->model_digest, digest);
  add_fact(r, "model", arena_format(memory, "%s, digest %s", run->model_path, digest));
  for (uint32_t i = 0; i < run->n_settings; i++) {
    add_fact(r, "setting", run->settings[i]);
  }
  add_files(r, "", run->book);
  if (run->previous != NULL) {
    add_fact(r, "previous book", previous_text(run, memory));
    add_files(r, "previous ", run->previous);
  }
  add_fact(r, "device", arena_format(memory, "%s, driver %s, %u lanes, self-test %s", run->device_name,
                                     run->device_driver, run->lanes, run->device_self_test));
  add_fact(r, "program", "shockgrid " SG_VERSION);
  close_table(r);
  page_add(&r->out, "</section>\n</main></body></html>\n");
}

const char *html_report(const result *run, const result *profiles, arena *memory) {
  report_page r = {.out = page_open(memory), .run = run, .profiles = profiles};
  r.currency = run->book->currencies.id[run->book->base_currency];
  r.decimals = money_to_double(run->standalone_total[MEASURE_INITIAL]) < 10 ? 6 : 0;
  if (!totals_find(run, memory, &r.totals)) {
    return NULL;
  }
  add_head(&r);
  add_compression(&r);
  add_distribution(&r);
  add_accounts(&r);
  add_bindings(&r);
  html_add_profiles(&r.out, profiles);
  add_parameters(&r);
  add_provenance(&r);
  return arena_ran_out(memory) ? NULL : page_close(&r.out); /* a chart or a number may be missing */
}

/* The accounts whose profiles the report shows: the largest that stand for themselves. */
uint32_t html_profile_accounts(const result *run, uint32_t wanted, const char **names, arena *memory) {
  totals all;
  uint32_t n = 0;
  if (!totals_find(run, memory, &all)) {
    return 0;
  }
  for (uint32_t i = 0; i < all.n_tops && i < TOPS_SORTED && n < wanted; i++) {
    if (all.largest[i].initial.units > 0) {
      names[n++] = run->book->accounts.id[all.largest[i].account];
    }
  }
  return n;
}
