/* SPDX-License-Identifier: MIT
 *
 * Data quality: what a risk team would question in a book that reads well. Needs neither a model nor a device; prices
 * come from the kernels' own functions.
 */
#ifndef QUALITY_QUALITY_H
#define QUALITY_QUALITY_H

#include "base/error.h"
#include "data/quality.h"

typedef struct quality_input {
  const book *book;
  const book *previous;      /* NULL: none */
  const quality_rules *rules;
  const double *price_range; /* [u] the model's largest relative move; NaN where it has none; NULL: no model */
} quality_input;

/* Everything found, from `memory`. Findings are no error. */
sg_status quality_check(const quality_input *in, arena *memory, quality_report *found, sg_error *error);

#endif
