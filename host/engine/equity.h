/* SPDX-License-Identifier: MIT
 *
 * What accounts own, and what their requirements mean for them: equity, haircuts, excess, call, status, outputs.
 */
#ifndef ENGINE_EQUITY_H
#define ENGINE_EQUITY_H

#include "data/result.h"
#include "engine/bound.h"

/* Equity and haircuts of every row's own account, with those that net into it. row_of[a] is ID_NONE without a row. Does
 * nothing for models without an equity section. */
sg_status equity_collect(bound *in, result *run, const uint32_t *row_of, sg_error *error);

/* Excess, ratio, status, call and outputs of every row, once parents hold their children. */
sg_status equity_judge(const bound *in, result *run, sg_error *error);

#endif
