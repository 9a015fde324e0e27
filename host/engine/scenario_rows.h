/* SPDX-License-Identifier: MIT
 *
 * The rows of scenarios.csv: what each scenario moves, in the model's order.
 */
#ifndef ENGINE_SCENARIO_ROWS_H
#define ENGINE_SCENARIO_ROWS_H

#include "data/result.h"
#include "engine/scenarios.h"

/* Fills made->scenarios from the sets of all blocks. */
sg_status scenario_rows_make(bound *in, const scenarios *sets, result *made, sg_error *error);

#endif
