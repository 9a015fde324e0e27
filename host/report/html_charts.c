/* SPDX-License-Identifier: MIT
 *
 * Charts as inline SVG: they scale with the page, print, and take their colours from the style sheet.
 */
#include "report/html.h"

#include <string.h>

enum { WIDTH = 960, LEFT = 70, RIGHT = 20, TOP = 24 };

void html_add_text(page *to, const char *text) {
  if (text == NULL) {
    to->failed = true;
    return;
  }
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '&': page_add(to, "&amp;"); break;
      case '<': page_add(to, "&lt;"); break;
      case '>': page_add(to, "&gt;"); break;
      case '"': page_add(to, "&quot;"); break;
      default: page_add(to, "%c", *text);
    }
  }
}

const char *html_short(arena *memory, double value) {
  static const char *const units[] = {"", " k", " M", " G", " T"};
  double magnitude = value < 0 ? -value : value;
  size_t unit = 0;
  while (magnitude >= 1000 && unit + 1 < sizeof units / sizeof *units) {
    magnitude /= 1000;
    unit++;
  }
  int decimals = magnitude >= 100 || magnitude == (double)(long)magnitude ? 0 : magnitude >= 1 ? 1 : 4;
  return arena_format(memory, "%s%s%s", value < 0 ? "\u2212" : "", people_number(memory, magnitude, decimals), units[unit]);
}

static void open_chart(page *to, const char *title, int height) {
  page_add(to, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, height);
  html_add_text(to, title);
  page_add(to, "\"><title>");
  html_add_text(to, title);
  page_add(to, "</title>\n");
}

static void close_chart(page *to, const char *title) {
  page_add(to, "</svg><figcaption>");
  html_add_text(to, title);
  page_add(to, "</figcaption></figure>\n");
}

static void add_label(page *to, int x, int y, const char *anchor, const char *text) {
  page_add(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
  html_add_text(to, text);
  page_add(to, "</text>\n");
}

/* value in [low, high] to a pixel in [at_low, at_high] */
static int place_of(double value, double low, double high, int at_low, int at_high) {
  double share = high > low ? (value - low) / (high - low) : 0.0;
  return at_low + (int)(share * (at_high - at_low) + (at_high > at_low ? 0.5 : -0.5));
}

void html_add_waterfall(page *to, const char *title, const html_step *steps, size_t n) {
  const int height = 300, bottom = height - 44;
  double high = 0.0, low = 0.0;
  for (size_t i = 0; i < n; i++) {
    high = steps[i].from > high ? steps[i].from : high;
    high = steps[i].to > high ? steps[i].to : high;
    low = steps[i].to < low ? steps[i].to : low;
  }
  open_chart(to, title, height);
  int slot = (WIDTH - 2 * RIGHT) / (int)(n > 0 ? n : 1);
  for (size_t i = 0; i < n; i++) {
    int x = RIGHT + (int)i * slot + slot / 8, width = slot * 3 / 4;
    int a = place_of(steps[i].from, low, high, bottom, TOP), b = place_of(steps[i].to, low, high, bottom, TOP);
    int top = a < b ? a : b, size = a < b ? b - a : a - b;
    bool saves = steps[i].to < steps[i].from;
    page_add(to, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>\n",
             steps[i].is_total ? "total" : saves ? "saving" : "adding", x, top, width, size > 1 ? size : 1);
    double amount = steps[i].is_total ? steps[i].to : steps[i].to - steps[i].from;
    add_label(to, x + width / 2, top - 6, "middle", html_short(to->memory, amount));
    add_label(to, x + width / 2, bottom + 20, "middle", steps[i].label);
    if (i + 1 < n) {
      page_add(to, "<line class=\"joint\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", x + width, b, x + slot, b);
    }
  }
  page_add(to, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", RIGHT,
           place_of(0, low, high, bottom, TOP), WIDTH - RIGHT, place_of(0, low, high, bottom, TOP));
  close_chart(to, title);
}

void html_add_histogram(page *to, const char *title, const html_bin *bins, size_t n) {
  const int height = 240, bottom = height - 40;
  uint64_t highest = 1;
  for (size_t i = 0; i < n; i++) {
    highest = bins[i].count > highest ? bins[i].count : highest;
  }
  open_chart(to, title, height);
  int slot = (WIDTH - 2 * RIGHT) / (int)(n > 0 ? n : 1);
  for (size_t i = 0; i < n; i++) {
    int x = RIGHT + (int)i * slot, top = place_of((double)bins[i].count, 0, (double)highest, bottom, TOP);
    if (bins[i].count > 0) {
      page_add(to, "<rect class=\"total\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", x + 1, top,
               slot > 3 ? slot - 2 : slot, bottom - top > 1 ? bottom - top : 1);
      add_label(to, x + slot / 2, top - 5, "middle", html_short(to->memory, (double)bins[i].count));
    }
    add_label(to, x + slot / 2, bottom + 18, "middle", bins[i].label);
  }
  page_add(to, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", RIGHT, bottom, WIDTH - RIGHT, bottom);
  close_chart(to, title);
}

typedef struct extent {
  double x_low, x_high, y_low, y_high;
} extent;

static extent find_extent(const html_series *series, size_t n) {
  extent e = {0, 0, 0, 0};
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < series[i].n; k++) {
      html_point at = series[i].points[k];
      e.x_low = at.x < e.x_low ? at.x : e.x_low;
      e.x_high = at.x > e.x_high ? at.x : e.x_high;
      e.y_low = at.y < e.y_low ? at.y : e.y_low;
      e.y_high = at.y > e.y_high ? at.y : e.y_high;
    }
  }
  return e;
}

static void add_series(page *to, const html_series *of, size_t number, extent e, int bottom) {
  page_add(to, "<polyline class=\"series s%zu\" points=\"", number);
  for (size_t k = 0; k < of->n; k++) {
    page_add(to, "%d,%d ", place_of(of->points[k].x, e.x_low, e.x_high, LEFT, WIDTH - RIGHT - 90),
             place_of(of->points[k].y, e.y_low, e.y_high, bottom, TOP));
  }
  page_add(to, "\"/>\n");
  for (size_t k = 0; k < of->n; k++) {
    int x = place_of(of->points[k].x, e.x_low, e.x_high, LEFT, WIDTH - RIGHT - 90);
    int y = place_of(of->points[k].y, e.y_low, e.y_high, bottom, TOP);
    page_add(to, "<circle class=\"s%zu%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", number,
             of->points[k].marked ? " marked" : "", x, y, of->points[k].marked ? 7 : 3);
    if (k + 1 == of->n) {
      add_label(to, x + 10, y + 4 + (int)number * 2, "start", of->label);
    }
  }
}

void html_add_lines(page *to, const char *title, bool x_is_share, const html_series *series, size_t n) {
  const int height = 320, bottom = height - 40;
  extent e = find_extent(series, n);
  open_chart(to, title, height);
  for (int i = 0; i <= 4; i++) {
    double y = e.y_low + (e.y_high - e.y_low) * i / 4;
    int at = place_of(y, e.y_low, e.y_high, bottom, TOP);
    page_add(to, "<line class=\"grid\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT, at, WIDTH - RIGHT - 90, at);
    add_label(to, LEFT - 8, at + 4, "end", html_short(to->memory, y));
    double x = e.x_low + (e.x_high - e.x_low) * i / 4;
    add_label(to, place_of(x, e.x_low, e.x_high, LEFT, WIDTH - RIGHT - 90), bottom + 20, "middle",
              x_is_share ? arena_format(to->memory, "%s %%", people_number(to->memory, 100 * x, 1))
                         : people_number(to->memory, x, 0));
  }
  int zero = place_of(0, e.y_low, e.y_high, bottom, TOP);
  page_add(to, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT, zero, WIDTH - RIGHT - 90, zero);
  for (size_t i = 0; i < n; i++) {
    add_series(to, &series[i], i % 6, e, bottom);
  }
  close_chart(to, title);
}

void html_add_bar(page *to, double share) {
  int width = (int)(share * 1000 + 0.5);
  page_add(to, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
               "<rect class=\"total\" width=\"%d\" height=\"10\"/></svg>",
           width < 0 ? 0 : width > 1000 ? 1000 : width);
}
