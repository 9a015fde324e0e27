/* SPDX-License-Identifier: MIT
 *
 * Changes of margins by cause, as tables and as JSON. Amounts have all their digits: each row sums.
 */
#include "report/difference.h"

#include "base/json.h"
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, SHOWN_IDS = 20 };

static const char *const cause_names[] = {
#define DIFFERENCE_NAME(name, text, meaning) [name] = text,
    CAUSES(DIFFERENCE_NAME)
#undef DIFFERENCE_NAME
};

static bool is_zero(const money amount[N_MEASURES]) {
  return amount[MEASURE_INITIAL].units == 0 && amount[MEASURE_MAINTENANCE].units == 0;
}

static bool row_changed(const difference_row *row) {
  bool changed = row->was != row->is;
  for (int why = 0; why < N_CAUSES; why++) {
    changed = changed || !is_zero(row->change[why]);
  }
  return changed;
}

static bool has_one_sided(const one_sided *sides) { return sides->n_gone > 0 || sides->n_new > 0; }

bool difference_is_empty(const difference *of) {
  bool empty = !row_changed(&of->total) && !has_one_sided(&of->instruments) && !has_one_sided(&of->assets) &&
               !has_one_sided(&of->accounts);
  for (size_t r = 0; empty && r < of->n_rows; r++) {
    empty = !row_changed(&of->rows[r]);
  }
  return empty;
}

/* ---- for people -------------------------------------------------------------------------------- */

typedef struct difference_view {
  const difference *of;
  measure measure;
  bool shows[N_CAUSES];
  size_t decimals; /* of the longest amount: all align at the point */
  page out;
} difference_view;

static void widen(difference_view *view, money amount) {
  size_t decimals = exact_decimals(amount);
  view->decimals = decimals > view->decimals ? decimals : view->decimals;
}

static void look_at(difference_view *view, const difference_row *row) {
  measure m = view->measure;
  widen(view, row->before[m]);
  widen(view, row->after[m]);
  for (int why = 0; why < N_CAUSES; why++) {
    widen(view, row->change[why][m]);
    view->shows[why] = view->shows[why] || why != CAUSE_LISTED || row->change[why][m].units != 0;
  }
}

static void add_row(const difference_view *view, text_table *rows, const difference_row *row) {
  arena *memory = rows->memory;
  measure m = view->measure;
  text_table_cell(rows, row->account);
  text_table_cell(rows, row->currency);
  text_table_cell(rows, row->was ? people_exact(memory, row->before[m], view->decimals) : "new");
  for (int why = 0; why < N_CAUSES; why++) {
    if (view->shows[why]) {
      text_table_cell(rows, people_exact(memory, row->change[why][m], view->decimals));
    }
  }
  text_table_cell(rows, row->is ? people_exact(memory, row->after[m], view->decimals) : "gone");
}

static void add_table(difference_view *view) {
  const difference *of = view->of;
  view->decimals = 0;
  memset(view->shows, 0, sizeof view->shows);
  look_at(view, &of->total);
  for (size_t r = 0; r < of->n_rows; r++) {
    if (row_changed(&of->rows[r])) {
      look_at(view, &of->rows[r]);
    }
  }
  char alignment[N_CAUSES + 5] = "llr";
  text_table rows = text_table_open(view->out.memory, alignment);
  text_table_cell(&rows, measure_text(view->measure));
  text_table_cell(&rows, "");
  text_table_cell(&rows, "before");
  for (int why = 0; why < N_CAUSES; why++) {
    if (view->shows[why]) {
      strcat(alignment, "r");
      text_table_cell(&rows, cause_names[why]);
    }
  }
  strcat(alignment, "r");
  rows.n_columns = strlen(alignment);
  text_table_cell(&rows, "after");
  for (size_t r = 0; r < of->n_rows; r++) {
    if (row_changed(&of->rows[r])) {
      add_row(view, &rows, &of->rows[r]);
    }
  }
  add_row(view, &rows, &of->total);
  page_add(&view->out, "\n");
  text_table_print(&rows, INDENT, NULL, &view->out);
}

static void add_ids(page *to, const char *what, const char *const *names, size_t n) {
  if (n == 0) {
    return;
  }
  page_add(to, "  %s:", what);
  for (size_t i = 0; i < n && i < SHOWN_IDS; i++) {
    page_add(to, "%s %s", i == 0 ? "" : ",", names[i]);
  }
  if (n > SHOWN_IDS) {
    page_add(to, " and %zu more", n - SHOWN_IDS);
  }
  page_add(to, "\n");
}

static void add_head(page *to, const difference *of, const char *const folders[2]) {
  static const char *const names[] = {"old", "new"};
  for (int side = 0; side < 2; side++) {
    const result *run = of->runs[side];
    page_add(to, "%s  %s: book %s, model %s %s", names[side], folders[side], run->book->folder, run->model_name,
             run->model_version);
    for (uint32_t i = 0; i < run->n_settings; i++) {
      page_add(to, " --set %s", run->settings[i]);
    }
    page_add(to, "\n");
  }
  page_add(to, "\nEach cause is the change that a run makes which takes this from the new side, and all before it:\n");
#define DIFFERENCE_MEANING(name, text, meaning) page_add(to, "  %-16s%s\n", text, meaning);
  CAUSES(DIFFERENCE_MEANING)
#undef DIFFERENCE_MEANING
}

static bool measures_differ(const difference *of) {
  bool differ = false;
  for (size_t r = 0; r < of->n_rows; r++) {
    const difference_row *row = &of->rows[r];
    differ = differ || row->before[0].units != row->before[1].units || row->after[0].units != row->after[1].units;
    for (int why = 0; why < N_CAUSES; why++) {
      differ = differ || row->change[why][0].units != row->change[why][1].units;
    }
  }
  return differ;
}

char *difference_text(const difference *of, const char *const folders[2]) {
  char *text = NULL;
  if (difference_is_empty(of)) {
    return strdup("");
  }
  arena *memory = arena_open();
  if (memory == NULL) {
    return NULL;
  }
  difference_view view = {.of = of, .measure = MEASURE_INITIAL, .out = page_open(memory)};
  add_head(&view.out, of, folders);
  add_table(&view);
  if (measures_differ(of)) {
    view.measure = MEASURE_MAINTENANCE;
    add_table(&view);
  }
  page_add(&view.out, has_one_sided(&of->accounts) || has_one_sided(&of->assets) ||
                        has_one_sided(&of->instruments) ? "\n" : "");
  add_ids(&view.out, "accounts gone", of->accounts.gone, of->accounts.n_gone);
  add_ids(&view.out, "accounts new", of->accounts.new, of->accounts.n_new);
  add_ids(&view.out, "instruments gone", of->instruments.gone, of->instruments.n_gone);
  add_ids(&view.out, "instruments listed", of->instruments.new, of->instruments.n_new);
  add_ids(&view.out, "assets gone", of->assets.gone, of->assets.n_gone);
  add_ids(&view.out, "assets new", of->assets.new, of->assets.n_new);
  const char *whole = page_close(&view.out);
  text = whole == NULL ? NULL : strdup(whole);
  arena_close(memory);
  return text;
}

/* ---- for programs ------------------------------------------------------------------------------ */

static json_t *amounts_object(const money amount[N_MEASURES]) {
  char texts[N_MEASURES][NUMBER_TEXT_BYTES];
  for (int m = 0; m < N_MEASURES; m++) {
    money_format(amount[m], texts[m]);
  }
  return json_pack("{s:s, s:s}", measure_text(MEASURE_INITIAL), texts[MEASURE_INITIAL],
                   measure_text(MEASURE_MAINTENANCE), texts[MEASURE_MAINTENANCE]);
}

static json_t *row_object(const difference_row *row) {
  json_t *changes = json_object();
  for (int why = 0; why < N_CAUSES; why++) {
    json_object_set_new(changes, cause_names[why], amounts_object(row->change[why]));
  }
  return json_pack("{s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "account", row->account, "currency", row->currency, "was",
                   row->was, "is", row->is, "before", amounts_object(row->before), "changes", changes, "after",
                   amounts_object(row->after));
}

static json_t *ids_array(const char *const *names, size_t n) {
  json_t *array = json_array();
  for (size_t i = 0; i < n; i++) {
    json_array_append_new(array, json_string(names[i]));
  }
  return array;
}

static json_t *one_sided_object(const one_sided *sides) {
  return json_pack("{s:o, s:o}", "gone", ids_array(sides->gone, sides->n_gone), "new", ids_array(sides->new, sides->n_new));
}

char *difference_json(const difference *of, const char *const folders[2]) {
  json_memory_watch();
  json_t *rows = json_array();
  for (size_t r = 0; r < of->n_rows; r++) {
    if (row_changed(&of->rows[r])) {
      json_array_append_new(rows, row_object(&of->rows[r]));
    }
  }
  json_t *root = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "old", folders[0], "new", folders[1], "accounts", rows, "total",
                           row_object(&of->total), "accounts_one_sided", one_sided_object(&of->accounts),
                           "instruments_one_sided", one_sided_object(&of->instruments), "assets_one_sided",
                           one_sided_object(&of->assets));
  char *text = json_dumps(root, JSON_INDENT(2));
  json_decref(root);
  if (json_memory_ran_out()) { /* then something may be left out */
    free(text);
    return NULL;
  }
  return text;
}
