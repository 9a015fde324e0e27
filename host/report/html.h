/* SPDX-License-Identifier: MIT
 *
 * Pieces of the HTML report: escaped text, short numbers, and charts as inline SVG. Coordinates are integers, so that no
 * locale can touch them.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/page.h"

void html_add_text(page *to, const char *text); /* & < > " escaped */

/* "320.2 M": four digits or fewer, with k, M, G, T. */
const char *html_short(arena *memory, double value);

typedef struct html_step { /* of a waterfall */
  const char *label;
  double from, to;   /* the bar's ends */
  bool is_total;     /* stands on the axis */
} html_step;
void html_add_waterfall(page *to, const char *title, const html_step *steps, size_t n);

typedef struct html_bin { /* of a histogram */
  const char *label;
  uint64_t count;
} html_bin;
void html_add_histogram(page *to, const char *title, const html_bin *bins, size_t n);

typedef struct html_point {
  double x, y;
  bool marked;
} html_point;
typedef struct html_series {
  const char *label;
  size_t n;
  html_point *points; /* rising x */
} html_series;
/* x in per cent when x_is_share. */
void html_add_lines(page *to, const char *title, bool x_is_share, const html_series *series, size_t n);

/* A bar of a table cell: share in 0..1. */
void html_add_bar(page *to, double share);

#endif
