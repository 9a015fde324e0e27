/* SPDX-License-Identifier: MIT
 *
 * Data quality under a model: its limits, its actions, and the range that its own scenarios reach.
 */
#ifndef ENGINE_QUALITY_H
#define ENGINE_QUALITY_H

#include "quality/quality.h"
#include "rules/model.h"

/* under NULL: every kind is reported at its own limit. previous NULL: none. */
sg_status engine_check(const book *of, const model *under, const book *previous, arena *memory, quality_report *found,
                       sg_error *error);

#endif
