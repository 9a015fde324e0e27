/* SPDX-License-Identifier: MIT
 *
 * lattice.cl - P&L of American options on a lattice for each spot, as price.cl.
 *
 *   in    as price.cl; scheme[LATTICE_*], dividend[2][n_dividends][n_padded] (shared.h)
 */
#include "price_columns.h"
#include "price_lattice.h"

LANE_INLINE void lattice_enter(lane_contract contract, lane vol_annual, double years_taken, uint slice, ulong instrument,
                               uint n_padded, __global const double *scheme, __global const double *dividend,
                               lattice_state *state) {
  (void)slice;
  lattice_prepare(contract, vol_annual, years_taken, (uint)scheme[LATTICE_N_STEPS],
                  dividend_list_make(dividend, (uint)scheme[LATTICE_N_DIVIDENDS], n_padded, instrument), state);
}

PRICE_COLUMNS_KERNEL(lattice)
