/* SPDX-License-Identifier: MIT
 *
 * What a level does to its nodes beyond netting: discount, scale, and a credit that knows the scenario. Levels without a
 * discount or such a credit need none of this.
 */
#ifndef ENGINE_ADJUST_H
#define ENGINE_ADJUST_H

#include "engine/batch.h"
#include "engine/pricing.h"

typedef struct adjustment adjustment;

bool adjustment_needed(const model_level *rule);

/* *opened is NULL where the level needs none. */
sg_status adjustment_open(batch *of, const pricing *prices, const bound_level *level, adjustment **opened,
                          sg_error *error);
void adjustment_close(adjustment *opened); /* accepts NULL */

/* node_pnl[n][k] of a tile in place. scale[k] on the device and on the host; `sample` is what is expected of some. */
typedef struct node_sample node_sample;
sg_status adjustment_run(const adjustment *with, const tile *of, device_buffer *d_scale, const double *scale,
                         device_buffer *node_pnl, node_sample *sample, sg_error *error);

#endif
