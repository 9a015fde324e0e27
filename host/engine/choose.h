/* SPDX-License-Identifier: MIT
 *
 * Which accounts a run margins, and which of them it shows.
 */
#ifndef ENGINE_CHOOSE_H
#define ENGINE_CHOOSE_H

#include "data/result.h"

#include <shockgrid/shockgrid.h>

typedef struct chosen {
  bool *wanted;    /* [a] margin accounts to run: those asked for and what adds up to them; NULL: all */
  bool *shown;     /* [a] those asked for; NULL: all */
  bool *keeps_pnl; /* [a] NULL: none */
} chosen;

/* own_only: parents without what adds up to them. *made is zero before; close it in any case. */
sg_status choose_accounts(const book *b, const sg_run_options *options, bool own_only, chosen *made, sg_error *error);
void chosen_close(chosen *closed);

/* A row for each account that is run. */
sg_status choose_rows(const book *of, const chosen *from, result *made, sg_error *error);

/* Rows that were needed only for their parents' sums are not shown. */
void choose_drop_hidden(const chosen *from, result *made);

#endif
