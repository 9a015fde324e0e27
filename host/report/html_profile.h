/* SPDX-License-Identifier: MIT
 *
 * The P&L profile of an account over a block's grid: one line per vol, price move along x.
 */
#ifndef REPORT_HTML_PROFILE_H
#define REPORT_HTML_PROFILE_H

#include "data/result.h"
#include "report/page.h"

/* "price -15 %, vol up": the rows of scenarios.csv of one scenario; lists by an attribute show their range. */
const char *html_scenario_text(const result *run, const char *block, uint32_t scenario, arena *memory);

/* A section with one chart for each account of `profiles`, which kept its scenario vectors. */
void html_add_profiles(page *to, const result *profiles);

#endif
