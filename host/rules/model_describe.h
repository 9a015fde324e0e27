/* SPDX-License-Identifier: MIT
 *
 * Made once, when a model has been read, so that threads may share the model.
 */
#ifndef RULES_MODEL_DESCRIBE_H
#define RULES_MODEL_DESCRIBE_H

#include "rules/model.h"

struct text_builder;
/* describe_inputs.c */
void describe_inputs(struct text_builder *to, const model *described);
void describe_parameters(struct text_builder *to, const model *described);
/* equity, collateral, status and outputs (describe_equity.c). */
void describe_equity(struct text_builder *to, const model *described);
void describe_quality(struct text_builder *to, const model *described);

/* NULL when out of memory. */
const char *model_description_make(const model *described, arena *memory);

#endif
