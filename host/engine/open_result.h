/* SPDX-License-Identifier: MIT
 *
 * What a result says of the model and the device.
 */
#ifndef ENGINE_OPEN_RESULT_H
#define ENGINE_OPEN_RESULT_H

#include "data/result.h"
#include "device/device.h"
#include "rules/model.h"

/* An empty result that borrows book and model, with the model's parameters and the columns that it does not read. */
sg_status result_open(const book *of, const model *under, result **made, sg_error *error);

/* Notes the device, and how much of its work was asked to be verified (NULL: the default). */
sg_status result_describe(result *made, const device *on, const char *verify, sg_error *error);

#endif
