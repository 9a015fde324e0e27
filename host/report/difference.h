/* SPDX-License-Identifier: MIT
 *
 * What `shockgrid diff` prints.
 */
#ifndef REPORT_DIFFERENCE_H
#define REPORT_DIFFERENCE_H

#include "data/difference.h"

/* Nothing changed: no requirement, no account and no instrument. */
bool difference_is_empty(const difference *of);

/* Tables of the accounts that changed; "" for an empty difference. folders: of the results. The caller frees it; NULL when
 * out of memory. */
char *difference_text(const difference *of, const char *const folders[2]);

/* The same for programs: all digits, both measures; one object, with empty lists for an empty difference. */
char *difference_json(const difference *of, const char *const folders[2]);

#endif
