/* SPDX-License-Identifier: MIT
 *
 * Counts the work of a run that is laid out.
 */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include "data/plan.h"
#include "engine/pass.h"

typedef struct planned_work {
  const pass_context *pass;     /* laid out; its requests are those of the accounts */
  const portfolios *accounts;
  const portfolios *alone;      /* distinct positions */
  uint32_t n_rows;              /* margin accounts */
  bool writes;
} planned_work;

sg_status plan_make(const planned_work *of, run_plan **made, sg_error *error);

#endif
