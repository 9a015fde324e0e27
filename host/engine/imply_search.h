/* SPDX-License-Identifier: MIT
 *
 * Implied vols for pricers that have no kernel for them: the same search, one launch of all options for each step.
 */
#ifndef ENGINE_IMPLY_SEARCH_H
#define ENGINE_IMPLY_SEARCH_H

#include "engine/imply.h"
#include "engine/value.h"

/* Settles the options of one pricer whose status is VOL_IMPLIED. */
sg_status imply_by_search(device *on, const book *of, const model *under, pricer kind, vol_table *made, sg_error *error);

#endif
