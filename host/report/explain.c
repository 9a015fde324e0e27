/* SPDX-License-Identifier: MIT
 *
 * One account's requirement as a tree of exact amounts that sums to the last digit, the scenarios that bind, the
 * positions behind them, and what netting saved.
 */
#include "base/date.h"
#include "report/report.h"
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, LINE_WIDTH = 90 };

typedef struct explain_view {
  const explanation *why;
  size_t decimals; /* of the longest amount: all align at the point */
  page out;
} explain_view;

static const char *exact(explain_view *view, money amount) {
  return people_exact(view->out.memory, amount, view->decimals);
}

static void widen(explain_view *view, money amount) {
  size_t decimals = exact_decimals(amount);
  view->decimals = decimals > view->decimals ? decimals : view->decimals;
}

static void find_decimals(explain_view *view) {
  const explanation *why = view->why;
  for (uint32_t m = 0; m < why->n_measures; m++) {
    const explained_measure *of = &why->measures[m];
    widen(view, of->requirement);
    widen(view, of->standalone);
    for (size_t i = 0; i < of->n_lines; i++) {
      widen(view, of->lines[i].amount);
    }
  }
  for (uint32_t i = 0; i < why->n_savings; i++) {
    widen(view, why->savings[i].saving);
  }
}

static const explained_amount *amount_of(const explained_measure *of, const line *item) {
  for (uint32_t i = 0; i < of->n_amounts; i++) {
    if (strcmp(of->amounts[i].name, item->rule) == 0) {
      return &of->amounts[i];
    }
  }
  return NULL;
}

/* The end of the subtree of amount i in preorder. */
static uint32_t subtree_end(const explained_measure *of, uint32_t i) {
  uint32_t end = i + 1;
  while (end < of->n_amounts && of->amounts[end].depth > of->amounts[i].depth) {
    end++;
  }
  return end;
}

/* The sum of the lines of the subtree of amount i, and how many there are. */
static size_t subtree_sum(const explained_measure *of, uint32_t i, money *sum) {
  const explained_amount *first = &of->amounts[i], *end = of->amounts + subtree_end(of, i);
  size_t n = 0;
  *sum = MONEY_ZERO;
  for (size_t k = 0; k < of->n_lines; k++) {
    const explained_amount *at = amount_of(of, &of->lines[k]);
    if (at != NULL && at >= first && at < end) {
      money_add(sum, of->lines[k].amount);
      n++;
    }
  }
  return n;
}

/* `name` at `depth`; column 1 is the amount, column 2 says why. */
static void tree_row(explain_view *view, text_table *rows, uint32_t depth, const char *name, money amount,
                     const char *why) {
  text_table_cell(rows, arena_format(view->out.memory, "%*s%s", (int)(2 * depth), "", name));
  text_table_cell(rows, exact(view, amount));
  text_table_cell(rows, why);
}

static void line_row(explain_view *view, text_table *rows, uint32_t depth, const char *name, const line *item) {
  arena *memory = view->out.memory;
  const char *why = item->detail;
  if (item->block[0] != '\0') {
    why = arena_format(memory, "%s %u%s%s", item->block, item->scenario, why[0] == '\0' ? "" : ": ", why);
  }
  tree_row(view, rows, depth, name, item->amount, why);
}

static const char *node_text(const char *node) {
  return strcmp(node, "-") == 0 ? "whole account" : node[0] == '\0' ? "no group" : node;
}

/* Children first, then the lines of the amount itself: of one that has children, the difference that it made. */
static void add_amount(explain_view *view, const explained_measure *of, uint32_t i, text_table *rows) {
  const explained_amount *at = &of->amounts[i];
  uint32_t end = subtree_end(of, i);
  money sum;
  if (subtree_sum(of, i, &sum) == 0) {
    return;
  }
  tree_row(view, rows, at->depth + 1, at->name, sum, at->kind);
  for (uint32_t child = i + 1; child < end; child = subtree_end(of, child)) {
    add_amount(view, of, child, rows);
  }
  for (size_t k = 0; k < of->n_lines; k++) {
    const line *item = &of->lines[k];
    if (amount_of(of, item) == at) {
      const char *node = node_text(item->node);
      bool made_difference = end > i + 1;
      line_row(view, rows, at->depth + 2,
               made_difference ? arena_format(view->out.memory, "%s, %s", at->kind, node) : node, item);
    }
  }
}

static bool same_lines(const explained_measure *a, const explained_measure *b) {
  bool same = a->n_lines == b->n_lines && money_compare(a->requirement, b->requirement) == 0;
  for (size_t k = 0; same && k < a->n_lines; k++) {
    const line *x = &a->lines[k], *y = &b->lines[k];
    same = strcmp(x->node, y->node) == 0 && strcmp(x->rule, y->rule) == 0 && money_compare(x->amount, y->amount) == 0 &&
           strcmp(x->block, y->block) == 0 && x->scenario == y->scenario;
  }
  return same;
}

static void add_measure(explain_view *view, const explained_measure *of) {
  arena *memory = view->out.memory;
  text_table rows = text_table_open(memory, "lrl");
  tree_row(view, &rows, 0, arena_format(memory, "%s requirement", measure_text(of->measure)), of->requirement,
           view->why->currency);
  money sum = MONEY_ZERO, difference = of->requirement;
  for (uint32_t i = 0; i < of->n_amounts; i = subtree_end(of, i)) {
    add_amount(view, of, i, &rows);
  }
  for (size_t k = 0; k < of->n_lines; k++) {
    const line *item = &of->lines[k];
    if (amount_of(of, item) == NULL) {
      bool whole = strcmp(item->node, "-") == 0;
      const char *of_node = arena_format(memory, "%s, %s", item->rule, node_text(item->node));
      line_row(view, &rows, 1, whole ? item->rule : of_node, item);
    }
    money_add(&sum, item->amount);
  }
  page_add(&view->out, "\n");
  text_table_print(&rows, 0, NULL, &view->out);
  money_subtract(&difference, sum);
  page_add(&view->out, "sum of %zu line%s = %s %s", of->n_lines, of->n_lines == 1 ? "" : "s",
           people_exact(memory, sum, exact_decimals(sum)), difference.units == 0 ? "= requirement\n" : "");
  if (difference.units != 0) {
    page_add(&view->out, "but the requirement is %s\n",
             people_exact(memory, of->requirement, exact_decimals(of->requirement)));
  }
}

/* Largest loss first, then by instrument. */
static int compare_positions(const void *left, const void *right) {
  const explained_position *a = left, *b = right;
  int by_pnl = (a->pnl > b->pnl) - (a->pnl < b->pnl);
  int by_instrument = by_pnl != 0 ? by_pnl : strcmp(a->instrument, b->instrument);
  return by_instrument != 0 ? by_instrument : strcmp(a->account, b->account);
}

static void contribution_row(text_table *rows, const char *quantity, const char *name, double pnl, const char *share,
                             int decimals) {
  text_table_cell(rows, quantity);
  text_table_cell(rows, name);
  text_table_cell(rows, people_number(rows->memory, pnl, decimals));
  text_table_cell(rows, share);
}

static void add_positions(explain_view *view, const explained_binding *at, explained_position *sorted) {
  arena *memory = view->out.memory;
  double sum = 0, largest = 0;
  memcpy(sorted, at->positions, at->n_positions * sizeof *sorted);
  qsort(sorted, at->n_positions, sizeof *sorted, compare_positions);
  for (size_t i = 0; i < at->n_positions; i++) {
    double size = sorted[i].pnl < 0 ? -sorted[i].pnl : sorted[i].pnl;
    sum += sorted[i].pnl;
    largest = size > largest ? size : largest;
  }
  int decimals = largest < 10 ? 6 : 2;
  text_table rows = text_table_open(memory, "rlrr");
  text_table_cell(&rows, "quantity");
  text_table_cell(&rows, "instrument");
  text_table_cell(&rows, arena_format(memory, "P&L, %s", view->why->currency));
  text_table_cell(&rows, "share");
  for (size_t i = 0; i < at->n_positions; i++) {
    const explained_position *p = &sorted[i];
    char quantity[NUMBER_TEXT_BYTES];
    decimal18_format(p->quantity, quantity);
    contribution_row(&rows, arena_format(memory, "%s", quantity),
            p->account[0] == '\0' ? p->instrument : arena_format(memory, "%s (%s)", p->instrument, p->account), p->pnl,
            sum == 0 ? "" : people_percent(memory, p->pnl / sum), decimals);
  }
  if (at->n_positions > 1) {
    contribution_row(&rows, "", "sum of positions", sum, sum == 0 ? "" : people_percent(memory, 1.0), decimals);
  }
  if (people_number(memory, sum, decimals) != NULL &&
      strcmp(people_number(memory, sum, decimals), people_number(memory, at->pnl, decimals)) != 0) {
    contribution_row(&rows, "", "left out by offsets and limits of the levels", at->pnl - sum, "", decimals);
    contribution_row(&rows, "", "P&L that binds", at->pnl, "", decimals);
  }
  text_table_print(&rows, INDENT, NULL, &view->out);
}

/* Separated by commas, in lines of LINE_WIDTH. */
static void add_moves(explain_view *view, const explained_binding *at) {
  size_t width = 0;
  for (uint32_t i = 0; i < at->n_moves; i++) {
    bool fits = width > 0 && width + 2 + strlen(at->moves[i]) <= LINE_WIDTH;
    page_add(&view->out, "%s%s", fits ? ", " : i == 0 ? "  " : ",\n  ", at->moves[i]);
    width = strlen(at->moves[i]) + (fits ? width + 2 : 2);
  }
  page_add(&view->out, at->n_moves > 0 ? "\n" : "");
}

static bool add_binding(explain_view *view, const explained_binding *at) {
  explained_position *sorted = ARENA_ARRAY(view->out.memory, explained_position, at->n_positions);
  if (sorted == NULL) {
    return false;
  }
  page_add(&view->out, "\n%s, %s: scenario %u of block %s\n", at->rule, node_text(at->node), at->scenario, at->block);
  add_moves(view, at);
  add_positions(view, at, sorted);
  return true;
}

static void saving_row(explain_view *view, text_table *rows, const char *name, money amount, money standalone) {
  double rest;
  text_table_cell(rows, name);
  text_table_cell(rows, exact(view, amount));
  text_table_cell(rows, compression_find(amount, standalone, &rest) ? people_percent(rows->memory, 1.0 - rest) : "");
}

/* From the sum of standalone requirements down to the requirement. */
static void add_savings(explain_view *view, const explained_measure *of) {
  const explanation *why = view->why;
  arena *memory = view->out.memory;
  text_table rows = text_table_open(memory, "lrr");
  saving_row(view, &rows, arena_format(memory, "positions standalone, %s", measure_text(of->measure)), of->standalone,
             of->standalone);
  money rest = of->requirement;
  money_subtract(&rest, of->standalone);
  for (uint32_t i = 0; i < why->n_savings; i++) {
    money less = MONEY_ZERO;
    money_subtract(&less, why->savings[i].saving);
    money_subtract(&rest, less);
    saving_row(view, &rows, arena_format(memory, "netting by %s", why->savings[i].level), less, of->standalone);
  }
  if (rest.units != 0) {
    saving_row(view, &rows, "other rules", rest, of->standalone);
  }
  saving_row(view, &rows, "requirement", of->requirement, of->standalone);
  page_add(&view->out, "\n");
  text_table_print(&rows, 0, NULL, &view->out);
}

static const char *explain_pages(const explanation *why, arena *memory) {
  explain_view view = {.why = why, .out = page_open(memory)};
  char as_of[24];
  date_format(why->as_of_s, as_of);
  find_decimals(&view);
  page_add(&view.out, "account %s under %s%s%s, book as of %s\n", why->account, why->model_name,
           why->model_version[0] == '\0' ? "" : " version ", why->model_version, as_of);
  for (uint32_t m = 0; m < why->n_measures; m++) {
    if (m > 0 && same_lines(&why->measures[0], &why->measures[m])) {
      page_add(&view.out, "\n%s requirement: the same %zu line%s\n", measure_text(why->measures[m].measure),
               why->measures[m].n_lines, why->measures[m].n_lines == 1 ? "" : "s");
    } else {
      add_measure(&view, &why->measures[m]);
    }
  }
  for (uint32_t i = 0; i < why->n_bindings; i++) {
    if (!add_binding(&view, &why->bindings[i])) {
      return NULL;
    }
  }
  for (uint32_t m = 0; m < why->n_measures; m++) {
    if (why->measures[m].measure == MEASURE_INITIAL) {
      add_savings(&view, &why->measures[m]);
    }
  }
  return page_close(&view.out);
}

char *explain_text(const explanation *why) {
  arena *memory = arena_open();
  const char *whole = memory == NULL ? NULL : explain_pages(why, memory);
  char *copy = whole == NULL ? NULL : strdup(whole);
  arena_close(memory);
  return copy;
}
