/* SPDX-License-Identifier: MIT
 *
 * See plan.h.
 */
#include "data/plan.h"

#include <stdlib.h>

const char *stage_name(run_stage which) {
#define STAGE_NAME(name, text) [name] = text,
  static const char *const names[N_STAGES] = {STAGES(STAGE_NAME)};
#undef STAGE_NAME
  return names[which];
}

const work_kind *work_kind_get(work which) {
#define WORK_ENTRY(name, stage, unit, operations, bytes) [name] = {stage, unit, operations, bytes},
  static const work_kind kinds[N_WORKS] = {WORKS(WORK_ENTRY)};
#undef WORK_ENTRY
  return &kinds[which];
}

void plan_close(run_plan *made) {
  if (made != NULL) {
    arena_close(made->memory);
    free(made);
  }
}

double plan_seconds(const run_plan *of, const work_rates *rates, run_stage which) {
  double seconds = 0.0;
  for (int w = 0; w < N_WORKS; w++) {
    seconds += work_kind_get((work)w)->stage == which ? of->count[w] * rates->seconds[w] : 0.0;
  }
  return seconds;
}
