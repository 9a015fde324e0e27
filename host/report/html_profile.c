/* SPDX-License-Identifier: MIT
 *
 * Profiles: the node with the largest loss of an account, over the block that binds it.
 */
#include "report/html_profile.h"

#include "report/html.h"

#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 6 };

static bool is_price(const scenario_row *row) { return strncmp(row->factor, "price", 5) == 0; }

static const char *move_text(const char *move, bool relative, arena *memory) {
  money share, percent;
  if (!relative || money_parse(move, strlen(move), &share) != NULL ||
      !money_times(share, (money){(int128)100 * 1000000000000}, &percent)) {
    return move;
  }
  char text[NUMBER_TEXT_BYTES];
  money_format(percent, text);
  return arena_format(memory, "%s%s %%", percent.units > 0 ? "+" : "", text);
}

const char *html_scenario_text(const result *run, const char *block, uint32_t scenario, arena *memory) {
  const char *text = "", *low = NULL, *high = NULL;
  double lowest = 0, highest = 0;
  for (size_t i = 0; i < run->n_scenarios; i++) {
    const scenario_row *row = &run->scenarios[i];
    if (row->scenario != scenario || strcmp(row->block, block) != 0) {
      continue;
    }
    double move;
    bool relative = strcmp(row->kind, "relative") == 0;
    if (is_price(row) && number_parse(row->move, strlen(row->move), &move) == NULL) {
      const char *shown = move_text(row->move, relative, memory);
      bool first = low == NULL;
      low = first || move < lowest ? shown : low;
      high = first || move > highest ? shown : high;
      lowest = first || move < lowest ? move : lowest;
      highest = first || move > highest ? move : highest;
    } else if (text != NULL) {
      text = arena_format(memory, "%s, %s %s", text, row->factor, move_text(row->move, relative, memory));
    }
  }
  if (low == NULL) {
    return text == NULL || text[0] == '\0' ? "" : text + 2;
  }
  return lowest == highest ? arena_format(memory, "price %s%s", low, text)
                           : arena_format(memory, "price %s to %s by list%s", low, high, text);
}

/* Where a scenario stands along x, and on which line. */
typedef struct grid_place {
  bool known;
  double price;
  const char *vol;
} grid_place;

static grid_place find_place(const result *run, const char *block, uint32_t scenario, const char *factor,
                             arena *memory) {
  grid_place found = {false, 0, "vol same"};
  for (size_t i = 0; i < run->n_scenarios; i++) {
    const scenario_row *row = &run->scenarios[i];
    if (row->scenario != scenario || strcmp(row->block, block) != 0) {
      continue;
    }
    if (strcmp(row->factor, factor) == 0) {
      found.known = number_parse(row->move, strlen(row->move), &found.price) == NULL;
    } else if (strcmp(row->factor, "vol") == 0) {
      found.vol = arena_format(memory, "vol %s", row->move);
    }
  }
  return found;
}

/* "price", or the price list of what the account holds first. */
static const char *price_factor(const result *run, const char *block, uint32_t account, arena *memory) {
  const book *of = run->book;
  const char *kind = "";
  for (size_t p = 0; p < of->positions.n && kind[0] == '\0'; p++) {
    if (of->accounts.margin_account[of->positions.account[p]] == account) {
      uint32_t u = of->instruments.underlying[of->positions.instrument[p]];
      kind = underlying_kind_text(of->underlyings.kind[u]);
    }
  }
  const char *by_kind = arena_format(memory, "price:%s", kind);
  for (size_t i = 0; by_kind != NULL && i < run->n_scenarios; i++) {
    if (strcmp(run->scenarios[i].block, block) == 0 && strcmp(run->scenarios[i].factor, by_kind) == 0) {
      return by_kind;
    }
  }
  return "price";
}

static const pnl_row *find_worst(const result *run, uint32_t account) {
  const pnl_row *worst = NULL;
  for (size_t i = 0; i < run->n_pnl; i++) {
    if (run->pnl[i].account == account && (worst == NULL || run->pnl[i].pnl < worst->pnl)) {
      worst = &run->pnl[i];
    }
  }
  return worst;
}

static int by_x(const void *left, const void *right) {
  const html_point *a = left, *b = right;
  return (a->x > b->x) - (a->x < b->x);
}

static html_series *series_of(html_series *series, size_t *n, const char *label, size_t n_points, arena *memory) {
  for (size_t i = 0; i < *n; i++) {
    if (strcmp(series[i].label, label) == 0) {
      return &series[i];
    }
  }
  if (*n == SERIES_MAX) {
    return NULL;
  }
  series[*n] = (html_series){label, 0, ARENA_ARRAY(memory, html_point, n_points)};
  return series[*n].points == NULL ? NULL : &series[(*n)++];
}

static void add_profile(page *to, const result *run, uint32_t account) {
  const pnl_row *worst = find_worst(run, account);
  if (worst == NULL) {
    return;
  }
  html_series series[SERIES_MAX];
  size_t n = 0;
  const char *factor = price_factor(run, worst->block, account, to->memory);
  for (size_t i = 0; i < run->n_pnl; i++) {
    const pnl_row *row = &run->pnl[i];
    if (row->account != account || strcmp(row->block, worst->block) != 0 || strcmp(row->node, worst->node) != 0) {
      continue;
    }
    grid_place at = find_place(run, row->block, row->scenario, factor, to->memory);
    html_series *line_of = at.known && at.vol != NULL ? series_of(series, &n, at.vol, run->n_pnl, to->memory) : NULL;
    if (line_of != NULL) {
      line_of->points[line_of->n++] = (html_point){at.price, row->pnl, row == worst};
    }
  }
  for (size_t i = 0; i < n; i++) {
    qsort(series[i].points, series[i].n, sizeof *series[i].points, by_x);
  }
  if (n > 0) {
    const char *node = strcmp(worst->node, "-") == 0 ? "" : arena_format(to->memory, ", %s", worst->node);
    html_add_lines(to, arena_format(to->memory, "%s%s: profit and loss over the grid of block %s; the ring is the worst scenario",
                                    run->book->accounts.id[account], node, worst->block), true, series, n);
  }
}

void html_add_profiles(page *to, const result *profiles) {
  if (profiles == NULL || profiles->n_pnl == 0) {
    return;
  }
  page_add(to, "<section><h2>Profiles of the largest accounts</h2>\n");
  for (uint32_t r = 0; r < profiles->n_rows; r++) {
    add_profile(to, profiles, profiles->rows[r].account);
  }
  page_add(to, "</section>\n");
}
