/* SPDX-License-Identifier: MIT
 *
 * Positions alone. What one needs depends on its instrument and quantity, on the currency of its account and on account
 * inputs without a default, and on nothing else: positions that agree in all of that are margined once.
 */
#ifndef ENGINE_STANDALONE_H
#define ENGINE_STANDALONE_H

#include "engine/bound.h"
#include "engine/portfolios.h"

typedef struct positions_alone {
  portfolios distinct; /* of one position each; account and side of the first that is like it */
  uint32_t *count;     /* [portfolio] positions like it */
  uint32_t *of;        /* [position of `from`] its portfolio, ID_NONE for what is posted */
} positions_alone;

/* Every position of `from`, without collateral. */
sg_status standalone_make(const bound *in, const portfolios *from, positions_alone *made, sg_error *error);
void standalone_close(positions_alone *made); /* accepts one that was never made */

#endif
