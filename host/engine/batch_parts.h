/* SPDX-License-Identifier: MIT
 *
 * What the parts of a batch share: batch.c opens it, batch_tables.c finds its nodes.
 */
#ifndef ENGINE_BATCH_PARTS_H
#define ENGINE_BATCH_PARTS_H

#include "engine/batch.h"

/* Groups of each portfolio in key order, positions of each node in instrument order. */
sg_status batch_table(batch *of, uint32_t set, sg_error *error);
/* Every position is a portfolio and a node: all that a table says of it is its number. */
sg_status batch_table_of_single(batch *of, uint32_t set, sg_error *error);

#endif
