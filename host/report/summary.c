/* SPDX-License-Identifier: MIT
 *
 * The page that `shockgrid run` ends with: what was margined, what it came to, what netting saved, where the time went.
 */
#include "base/date.h"
#include "report/files.h"
#include "report/report.h"
#include "report/page.h"
#include "report/totals.h"

#include <assert.h>
#include <string.h>

enum { LARGEST_SHOWN = 10, INDENT = 2 };

static const size_t fact_widths[] = {13, 0};
static const size_t money_widths[] = {26, 20, 20, 16, 0}; /* for the widest table: of times beside a plan */

static const char *base_currency(const result *run) { return run->book->currencies.id[run->book->base_currency]; }

/* Cents, unless everything shown is small (a book in coins). */
static int shown_decimals(const result *run) {
  double largest = money_to_double(run->standalone_total[MEASURE_INITIAL]);
  return largest < 10 ? 6 : 2;
}

/* "17 dated 2024-06-17, 1 dated 2026-02-01": how old the model's numbers are; dates in the order of time. */
static const char *dates_text(const result *run, arena *memory) {
  page list = page_open(memory);
  for (const char *before = NULL;;) {
    const char *next = NULL;
    uint64_t n = 0;
    for (uint32_t i = 0; i < run->n_parameters; i++) {
      const char *date = run->parameters[i].date;
      assert(date != NULL);
      bool later = before == NULL || strcmp(date, before) > 0;
      next = later && (next == NULL || strcmp(date, next) < 0) ? date : next;
    }
    for (uint32_t i = 0; next != NULL && i < run->n_parameters; i++) {
      n += strcmp(run->parameters[i].date, next) == 0;
    }
    if (next == NULL) {
      return page_close(&list);
    }
    page_add(&list, "%s%s %s%s", list.n > 0 ? ", " : "", people_count(memory, n), next[0] == '\0' ? "without a date" : "dated ",
             next);
    before = next;
  }
}

/* "monday, as of 2026-04-09T20:00:00Z, has 30 of 33 instruments" */
const char *previous_text(const result *run, arena *memory) {
  char as_of[24];
  date_format(run->previous->as_of_s, as_of);
  return arena_format(memory, "%s, as of %s, has %s of %s instruments", run->previous->folder, as_of,
                      people_count(memory, run->quality.n_same_instruments),
                      people_count(memory, run->book->instruments.n));
}

static void add_facts(const result *run, page *to) {
  const book *of = run->book;
  char as_of[24];
  date_format(of->as_of_s, as_of);
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "book");
  text_table_cell(&facts,
                  arena_format(to->memory, "%s, as of %s, base currency %s", of->folder, as_of, base_currency(run)));
  if (run->previous != NULL) {
    text_table_cell(&facts, "previous");
    text_table_cell(&facts, previous_text(run, to->memory));
  }
  text_table_cell(&facts, "model");
  text_table_cell(&facts, arena_format(to->memory, "%s%s%s: %s", run->model_name,
                                       run->model_version[0] == '\0' ? "" : " version ", run->model_version,
                                       run->model_title));
  if (run->n_parameters > 0) {
    text_table_cell(&facts, "parameters");
    text_table_cell(&facts, dates_text(run, to->memory));
  }
  for (uint32_t i = 0; i < run->n_settings; i++) {
    text_table_cell(&facts, i == 0 ? "settings" : "");
    text_table_cell(&facts, run->settings[i]);
  }
  for (uint32_t i = 0; i < run->n_unread; i++) {
    text_table_cell(&facts, i == 0 ? "not read" : "");
    text_table_cell(&facts, run->unread[i]);
  }
  for (uint32_t i = 0; i < run->n_not_covered; i++) {
    text_table_cell(&facts, i == 0 ? "not covered" : "");
    text_table_cell(&facts, run->not_covered[i]);
  }
  page_add(to, "shockgrid " SG_VERSION "\n\n");
  text_table_print(&facts, INDENT, fact_widths, to);
}

bool vols_from_prices(const result *run) {
  uint32_t n = 0;
  for (int status = VOL_GIVEN + 1; status < N_VOL_STATUSES; status++) {
    n += run->n_vols[status];
  }
  return n > 0;
}

/* Where the options' vols come from, and every option that has none of its own. */
static void add_vols(const result *run, page *to) {
  if (!vols_from_prices(run)) {
    return;
  }
  const instruments *all = &run->book->instruments;
  page list = page_open(to->memory);
  for (int status = 0; status < N_VOL_STATUSES; status++) {
    if (run->n_vols[status] > 0) {
      page_add(&list, "%s%s %s", list.n > 0 ? ", " : "", people_count(to->memory, run->n_vols[status]),
               vol_status_text((vol_status)status));
    }
  }
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "vols");
  text_table_cell(&facts, page_close(&list));
  for (uint32_t i = 0; i < run->n_fallbacks; i++) {
    uint32_t c = run->fallbacks[i];
    char price[NUMBER_TEXT_BYTES];
    number_format(all->mark[c], price);
    text_table_cell(&facts, "");
    text_table_cell(&facts, arena_format(to->memory, "%s priced with %s: its price %s, %s", all->id[c], run->unimplied,
                                         price, vol_status_text(run->vol_status[c])));
  }
  text_table_print(&facts, INDENT, fact_widths, to);
}

/* "3 warnings, 12 notes: 3 vol_strike, 12 open_interest" */
const char *findings_text(const result *run, arena *memory) {
  page text = page_open(memory);
  const quality_report *all = &run->quality;
  for (int severity = N_QUALITY_SEVERITIES - 1; severity >= 0; severity--) {
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
      n += (int)quality_kind_get(all->findings[i].kind)->severity == severity;
    }
    if (n > 0) {
      page_add(&text, "%s%s %s%s", text.n > 0 ? ", " : "", people_count(memory, n),
               quality_severity_text((quality_severity)severity), n == 1 ? "" : "s");
    }
  }
  for (size_t first = 0, end; first < all->n; first = end) {
    quality_kind kind = all->findings[first].kind;
    for (end = first; end < all->n && all->findings[end].kind == kind;) {
      end++;
    }
    page_add(&text, "%s%s %s", first == 0 ? ": " : ", ", people_count(memory, end - first),
             quality_kind_get(kind)->name);
  }
  return page_close(&text);
}

/* What the checks found, the substitutes, and the accounts that are not computed. */
static void add_quality(const result *run, page *to) {
  enum { SHOWN = 10 };
  if (run->quality.n == 0) {
    return;
  }
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "quality");
  text_table_cell(&facts, findings_text(run, to->memory));
  uint32_t n_substitutes = 0;
  for (size_t i = 0; i < run->quality.n; i++) {
    const quality_finding *found = &run->quality.findings[i];
    if (found->action == QUALITY_SUBSTITUTE && found->n_touched > 0 && n_substitutes++ < SHOWN) {
      text_table_cell(&facts, n_substitutes == 1 ? "substituted" : "");
      text_table_cell(&facts, arena_format(to->memory, "%s -> %s (%s)", found->message,
                                           found->substitutes[0].text, quality_kind_get(found->kind)->name));
    }
  }
  for (uint32_t i = 0; i < run->n_isolated && i < SHOWN; i++) {
    text_table_cell(&facts, i == 0 ? "not computed" : "");
    const isolated_account *row = &run->isolated[i];
    text_table_cell(&facts, arena_format(to->memory, "account %s, %s", run->book->accounts.id[row->account], row->reason));
  }
  uint64_t more = n_substitutes > SHOWN ? n_substitutes - SHOWN : 0;
  more += run->n_isolated > SHOWN ? run->n_isolated - SHOWN : 0;
  if (more > 0) {
    text_table_cell(&facts, "");
    text_table_cell(&facts, arena_format(to->memory, "and %s more in quality.csv and lines.csv",
                                         people_count(to->memory, more)));
  }
  text_table_print(&facts, INDENT, fact_widths, to);
}

static void add_counts(const result *run, page *to) {
  const book *of = run->book;
  const struct {
    const char *name;
    uint64_t count;
  } counts[] = {{run->partial ? "accounts (asked for)" : "accounts", run->n_rows},
                {"positions", of->positions.n},
                {"scenarios", run->n_scenarios_distinct},
                {"instruments", of->instruments.n},
                {"underlyings", of->underlyings.n},
                {"nodes", run->n_nodes}};
  text_table rows = text_table_open(to->memory, "lrlrlr");
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    text_table_cell(&rows, arena_format(to->memory, "%s%s", i % 3 == 0 ? "" : "    ", counts[i].name));
    text_table_cell(&rows, people_count(to->memory, counts[i].count));
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, NULL, to);
}

/* Amount cells of both measures; the maintenance column only where the two differ. */
static void requirement_row(const result *run, text_table *rows, const char *name, const money amount[N_MEASURES]) {
  text_table_cell(rows, name);
  for (size_t m = 0; m + 1 < rows->n_columns; m++) {
    text_table_cell(rows, people_money(rows->memory, amount[m], shown_decimals(run)));
  }
}

static void add_requirement(const result *run, page *to) {
  bool differ = money_compare(run->total[0], run->total[1]) != 0 ||
                money_compare(run->standalone_total[0], run->standalone_total[1]) != 0;
  money saved[N_MEASURES];
  memcpy(saved, run->standalone_total, sizeof saved);
  text_table rows = text_table_open(to->memory, differ ? "lrr" : "lr");
  text_table_cell(&rows, arena_format(to->memory, "requirement, %s", base_currency(run)));
  for (size_t m = 0; m + 1 < rows.n_columns; m++) {
    text_table_cell(&rows, measure_text((measure)m));
    money_subtract(&saved[m], run->total[m]);
  }
  requirement_row(run, &rows, "  sum of standalone", run->standalone_total);
  requirement_row(run, &rows, "  saved", saved);
  requirement_row(run, &rows, "  total requirement", run->total);
  text_table_cell(&rows, "  compression");
  for (size_t m = 0; m + 1 < rows.n_columns; m++) {
    double compression;
    bool known = compression_find(run->total[m], run->standalone_total[m], &compression);
    text_table_cell(&rows, known ? people_percent(to->memory, compression) : "-");
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, money_widths, to);
}

static void level_row(const result *run, text_table *rows, const char *name, money saving) {
  double share;
  bool known = compression_find(saving, run->standalone_total[MEASURE_INITIAL], &share);
  text_table_cell(rows, arena_format(rows->memory, "  %s", name));
  text_table_cell(rows, people_money(rows->memory, saving, shown_decimals(run)));
  text_table_cell(rows, known ? people_percent(rows->memory, 1.0 - share) : "-");
}

/* Does it print as something else than zero? Converted amounts carry dust of 1e-12. */
static bool is_visible(money amount, int decimals) {
  char text[NUMBER_TEXT_BYTES];
  money_format_places(amount, decimals, text);
  return text[strspn(text, "-0.")] != '\0';
}

/* The levels, and what is left: floors, add-ons and factors, so that the table adds up to what was saved. */
static void add_levels(const result *run, page *to) {
  if (run->n_savings == 0) {
    return;
  }
  money rest = run->standalone_total[MEASURE_INITIAL], saved;
  money_subtract(&rest, run->total[MEASURE_INITIAL]);
  saved = rest;
  text_table rows = text_table_open(to->memory, "lrr");
  text_table_cell(&rows, arena_format(to->memory, "netting, %s", base_currency(run)));
  text_table_cell(&rows, "saved");
  text_table_cell(&rows, "of standalone");
  for (uint32_t i = 0; i < run->n_savings; i++) {
    level_row(run, &rows, run->savings[i].level, run->savings[i].saving);
    money_subtract(&rest, run->savings[i].saving);
  }
  if (is_visible(rest, shown_decimals(run))) {
    level_row(run, &rows, "other rules", rest);
  }
  level_row(run, &rows, "in all", saved);
  page_add(to, "\n");
  text_table_print(&rows, INDENT, money_widths, to);
}

static void add_largest(const result *run, const totals *of, page *to) {
  text_table rows = text_table_open(to->memory, "lrrr");
  text_table_cell(&rows, arena_format(to->memory, "%s, %s", of->has_parents ? "by parent account" : "largest accounts",
                                      base_currency(run)));
  text_table_cell(&rows, "initial");
  text_table_cell(&rows, "standalone");
  text_table_cell(&rows, of->has_parents ? "accounts" : "");
  uint32_t shown = of->n_tops < LARGEST_SHOWN ? of->n_tops : LARGEST_SHOWN;
  for (uint32_t i = 0; i < shown; i++) {
    const top_total *top = &of->largest[i];
    text_table_cell(&rows, arena_format(to->memory, "  %s", run->book->accounts.id[top->account]));
    text_table_cell(&rows, people_money(to->memory, top->initial, shown_decimals(run)));
    text_table_cell(&rows, people_money(to->memory, top->standalone, shown_decimals(run)));
    text_table_cell(&rows, of->has_parents ? people_count(to->memory, top->n_accounts) : "");
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, money_widths, to);
  if (shown < of->n_tops) {
    page_add(to, "%*s  and %s more\n", INDENT, "", people_count(to->memory, of->n_tops - shown));
  }
}

static void add_currencies(const result *run, const totals *of, page *to) {
  text_table rows = text_table_open(to->memory, "lrrr");
  text_table_cell(&rows, "by account currency");
  text_table_cell(&rows, "initial");
  text_table_cell(&rows, arena_format(to->memory, "in %s", base_currency(run)));
  text_table_cell(&rows, "accounts");
  for (uint32_t y = 0; y < run->book->currencies.n; y++) {
    const currency_total *sum = &of->by_currency[y];
    if (sum->n_accounts > 0) {
      text_table_cell(&rows, arena_format(to->memory, "  %s", run->book->currencies.id[y]));
      text_table_cell(&rows, people_money(to->memory, sum->initial, money_to_double(sum->initial) < 10 ? 6 : 2));
      text_table_cell(&rows, people_money(to->memory, sum->initial_base, shown_decimals(run)));
      text_table_cell(&rows, people_count(to->memory, sum->n_accounts));
    }
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, money_widths, to);
}

static const char *stage_rate(const result *run, run_stage which, arena *memory) {
  double seconds = run->stage_seconds[which];
  if (seconds <= 0) {
    return "";
  }
  if (which == STAGE_PRICE) {
    return arena_format(memory, "%s prices/s", people_rate(memory, (double)run->n_prices / seconds));
  }
  if (which == STAGE_NET) {
    return arena_format(memory, "%s position-scenarios/s", people_rate(memory, (double)run->n_cells / seconds));
  }
  return "";
}

static void time_row(text_table *rows, const char *name, double seconds, double planned, double whole, const char *rate) {
  text_table_cell(rows, name);
  text_table_cell(rows, people_number(rows->memory, seconds, 4));
  if (rows->n_columns == 5) {
    text_table_cell(rows, people_number(rows->memory, planned, 4));
  }
  text_table_cell(rows, whole > 0 ? people_percent(rows->memory, seconds / whole) : "");
  text_table_cell(rows, rate);
}

/* Beside what the plan foresaw, where there was one. */
static void add_times(const result *run, page *to) {
  double whole = 0.0, planned = 0.0;
  for (int i = 0; i < N_STAGES; i++) {
    whole += run->stage_seconds[i];
    planned += run->planned_seconds[i];
  }
  text_table rows = text_table_open(to->memory, planned > 0 ? "lrrrl" : "lrrl");
  text_table_cell(&rows, "time");
  text_table_cell(&rows, "seconds");
  if (planned > 0) {
    text_table_cell(&rows, "planned");
  }
  text_table_cell(&rows, "");
  text_table_cell(&rows, "");
  for (int i = 0; i < N_STAGES; i++) {
    const char *name = arena_format(to->memory, "  %s", stage_name((run_stage)i));
    time_row(&rows, name, run->stage_seconds[i], run->planned_seconds[i], whole,
             stage_rate(run, (run_stage)i, to->memory));
  }
  const char *rate = whole > 0 ? arena_format(to->memory, "%s accounts/s", people_rate(to->memory, run->n_rows / whole)) : "";
  time_row(&rows, "  in all", whole, planned, 0.0, rate);
  page_add(to, "\n");
  text_table_print(&rows, INDENT, money_widths, to);
}

static void add_device(const result *run, page *to) {
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "device");
  text_table_cell(&facts, arena_format(to->memory, "%s (%s), %u lane%s, self-test %s", run->device_name,
                                       run->device_type, run->lanes, run->lanes == 1 ? "" : "s",
                                       run->device_self_test));
  text_table_cell(&facts, "driver");
  text_table_cell(&facts, arena_format(to->memory, "%s, %s", run->device_platform, run->device_driver));
  if (run->n_verified[VERIFY_CELLS] + run->n_verified[VERIFY_NODES] + run->n_verified[VERIFY_RESULTS] > 0) {
    text_table_cell(&facts, "verified");
    text_table_cell(&facts, arena_format(to->memory, "%s cells, %s nodes, %s results, by the reference",
                                         people_count(to->memory, run->n_verified[VERIFY_CELLS]),
                                         people_count(to->memory, run->n_verified[VERIFY_NODES]),
                                         people_count(to->memory, run->n_verified[VERIFY_RESULTS])));
  }
  text_table_cell(&facts, "digest");
  text_table_cell(&facts, run->digest);
  page_add(to, "\n");
  text_table_print(&facts, INDENT, fact_widths, to);
}

const char *forward_sources_text(const book *of, arena *memory) {
  size_t count[8] = {0};
#define SUMMARY_SOURCE(name, word) name,
  static const forward_source sources[] = {FORWARD_SOURCES(SUMMARY_SOURCE)};
#undef SUMMARY_SOURCE
  for (uint32_t f = 0; f < of->forwards.n; f++) {
    count[of->forwards.source[f]]++;
  }
  page list = page_open(memory);
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    if (count[sources[i]] > 0) {
      page_add(&list, "%s%s %s", list.n > 0 ? ", " : "", people_count(memory, count[sources[i]]),
               forward_source_text(sources[i]));
    }
  }
  return list.n == 0 ? "none" : page_close(&list);
}

static void add_forwards(const result *run, page *to) {
  text_table facts = text_table_open(to->memory, "ll");
  text_table_cell(&facts, "forwards");
  text_table_cell(&facts, forward_sources_text(run->book, to->memory));
  text_table_print(&facts, INDENT, fact_widths, to);
}

/* How many accounts stand how, best first. */
static void add_standing(const result *run, page *to) {
  if (!run->has_equity) {
    return;
  }
  uint64_t count[N_ACCOUNT_STATUSES] = {0};
  for (uint32_t i = 0; i < run->n_rows; i++) {
    count[run->standings[i].status]++;
  }
  text_table rows = text_table_open(to->memory, "lr");
  text_table_cell(&rows, "standing");
  text_table_cell(&rows, "accounts");
  for (int s = 0; s < N_ACCOUNT_STATUSES; s++) {
    text_table_cell(&rows, arena_format(to->memory, "  %s", account_status_text((account_status)s)));
    text_table_cell(&rows, people_count(to->memory, count[s]));
  }
  page_add(to, "\n");
  text_table_print(&rows, INDENT, NULL, to);
}

const char *summary_text(const result *run, arena *memory) {
  page out = page_open(memory);
  totals of;
  if (!totals_find(run, memory, &of)) {
    return NULL;
  }
  add_facts(run, &out);
  add_forwards(run, &out);
  add_vols(run, &out);
  add_quality(run, &out);
  add_counts(run, &out);
  add_requirement(run, &out);
  add_levels(run, &out);
  add_standing(run, &out);
  add_largest(run, &of, &out);
  add_currencies(run, &of, &out);
  add_times(run, &out);
  add_device(run, &out);
  return page_close(&out);
}
