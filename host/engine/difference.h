/* SPDX-License-Identifier: MIT
 *
 * Why margins changed between two runs, found by running what lies between them.
 */
#ifndef ENGINE_DIFFERENCE_H
#define ENGINE_DIFFERENCE_H

#include "data/difference.h"
#include "device/device.h"
#include "rules/model.h"

typedef struct compared {
  const book *of;
  const model *under;
  const sg_run_options *options; /* the accounts of a run that margined only some of them */
} compared;

/* runs[i]: the results of sides[i], which `made` borrows; the caller closes both. Base currencies must be the same.
 *   made   close with difference_close, in any case */
sg_status engine_difference(device *on, const compared sides[2], const result *const runs[2], difference *made,
                            sg_error *error);
void difference_close(difference *made); /* accepts one that was never made */

#endif
