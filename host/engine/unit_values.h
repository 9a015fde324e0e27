/* SPDX-License-Identifier: MIT
 *
 * Values of one unit at the base market, for vols that change from call to call: what a search for a vol asks for.
 */
#ifndef ENGINE_UNIT_VALUES_H
#define ENGINE_UNIT_VALUES_H

#include "engine/pricing.h"

/* Buffers that stay from call to call. */
typedef struct unit_values {
  const pricing *of;  /* opened as PRICING_UNITS */
  pricer kind;
  device_buffer *forward, *log_move, *weight, *row, *zero_row, *slice_of, *years, *pnl;
  double *cells;      /* of pnl */
} unit_values;

sg_status unit_values_open(const pricing *units, pricer kind, unit_values *opened, sg_error *error);
void unit_values_close(unit_values *opened);

/* vol[n_padded] -> value[n_padded], in the order of units->kinds[kind]. Not for PRICER_AMERICAN, which has a kernel for it. */
sg_status unit_values_find(unit_values *with, const double *vol, double *value, sg_error *error);

#endif
