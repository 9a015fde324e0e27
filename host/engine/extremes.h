/* SPDX-License-Identifier: MIT
 *
 * The worst P&L of one contract held, and of one owed, for every held instrument.
 */
#ifndef ENGINE_EXTREMES_H
#define ENGINE_EXTREMES_H

#include "engine/pass.h"

/* Of a block: [row] for a position of +1, then [n_held + row] for -1. */
typedef struct extremes {
  double *worst;
} extremes;

/* found[block] of all blocks; where the device runs out of memory, again in smaller chunks. */
sg_status extremes_find(pass_context *with, extremes *found, sg_error *error);
void extremes_close(const pass_context *with, extremes *found); /* accepts what was never found */

#endif
