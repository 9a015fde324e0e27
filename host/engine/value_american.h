/* SPDX-License-Identifier: MIT
 *
 * Options at the base market that are solved before they are priced: with American exercise or on a spot with dividends.
 */
#ifndef ENGINE_VALUE_AMERICAN_H
#define ENGINE_VALUE_AMERICAN_H

#include "engine/value.h"

/* FACT_VALUE of one unit; FACT_DELTA per unit of its forward and FACT_VEGA per unit of vol by central differences, of 1e-4
 * of the forward and 1e-3 of the vol (1e-3 and 1e-2 on a grid or lattice). fields: by CONTRACT_*. */
double american_fact(const bound *in, fact which, uint32_t c, const double fields[static N_CONTRACT_FIELDS]);

/* squares[node] of the boundary that the kernels would find at this vol, zeros where there is none. false: out of memory. */
bool american_squares(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double years_taken,
                      double *squares);

#endif
