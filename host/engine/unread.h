/* SPDX-License-Identifier: MIT
 *
 * Columns of the book that begin with x_ and that the model does not read: most belong to another model, but a misspelt
 * one would silently leave an input at its default.
 */
#ifndef ENGINE_UNREAD_H
#define ENGINE_UNREAD_H

#include "data/result.h"
#include "rules/model.h"

/* Fills run->unread: "underlyings.csv: x_spot_confidnce", in order of the tables. */
sg_status unread_columns(const book *of, const model *under, result *run, sg_error *error);

#endif
