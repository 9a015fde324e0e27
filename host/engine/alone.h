/* SPDX-License-Identifier: MIT
 *
 * The standalone pass without a matrix of positions by scenarios.
 *
 * The P&L of a position alone is q * x[s], and the levels do to it what rises with it: a positive rate, gains >= 0 with
 * a cap, a credit. Rounding keeps order, so its worst case is that chain applied to |q| * min(x) for a long position, to
 * |q| * min(-x) for a short one: the same double as the minimum over all scenarios, at 1 / n_scenarios of the work.
 */
#ifndef ENGINE_ALONE_H
#define ENGINE_ALONE_H

#include "engine/pass.h"

/* Holds for models whose amounts need the worst case only, and whose levels treat all scenarios alike (no scale by
 * scenario, no shocked rates, no negative share of gains). Others take the pass of the accounts. */
bool alone_applies(const bound *in);

/* pass_run for positions alone. Scenario numbers of the outcomes are 0: nothing reports them. */
sg_status alone_run(pass_context *with, const portfolios *all, const batch_visitor *visitor, sg_error *error);

#endif
