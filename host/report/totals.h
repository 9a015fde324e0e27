/* SPDX-License-Identifier: MIT
 *
 * Sums over the accounts of a result that stand for themselves: those whose requirement no margined ancestor contains.
 * For people to read: amounts are converted to the base currency at base rates, rounded to money per account.
 */
#ifndef REPORT_TOTALS_H
#define REPORT_TOTALS_H

#include "data/result.h"

typedef struct top_total {
  uint32_t account;
  uint64_t n_accounts; /* margined below it, itself included */
  money initial, standalone; /* base currency */
} top_total;

typedef struct currency_total {
  uint64_t n_accounts;
  money initial;      /* own currency */
  money initial_base; /* base currency */
} currency_total;

enum { TOPS_SORTED = 100 };

typedef struct totals {
  uint32_t n_tops;
  top_total *largest; /* by initial, then by id: TOPS_SORTED, or n_tops where there are fewer */
  currency_total *by_currency; /* [y] */
  bool has_parents; /* some margined account stands below another */
} totals;

bool totals_find(const result *run, arena *memory, totals *found); /* false: out of memory */

/* Every account that stands for itself, with its row. False: out of memory. */
typedef void total_visitor(void *context, const margin_row *row, const top_total *top);
bool totals_visit(const result *run, arena *memory, total_visitor *visit, void *context);

const char *findings_text(const result *run, arena *memory); /* "3 warnings: 3 vol_strike" */
const char *previous_text(const result *run, arena *memory); /* of the book of before */
const char *forward_sources_text(const book *of, arena *memory); /* "12 own mark, 3 carry" */

#endif
