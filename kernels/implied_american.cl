/* SPDX-License-Identifier: MIT
 *
 * implied_american.cl - the vol that each American option's price implies.
 *
 *   in    contract[field][i], n_padded to a row; forward[i], price[i]; a coarse scheme to approach with, and the scheme that
 *         the options are priced with: tables of AMERICAN_* (shared.h)
 *   out   vol[i] annual, 0 where there is none; status[i] IMPLIED_* of implied_vol.h; steps[i]: boundaries solved
 *   grid  work-item (y): options y*LANES..(y+1)*LANES; items = {n_padded / LANES, 1}
 */
#include "implied_american.h"

__kernel void imply_american(__global const double *contract, uint n_padded, __global const double *forward,
                             __global const double *price, __global const double *coarse_table,
                             __global const double *scheme_table, __global double *vol, __global double *status,
                             __global double *steps) {
  ulong i = get_global_id(0) * (ulong)LANES;
  if (i >= n_padded || get_global_id(1) > 0) {
    return;
  }
  american_scheme coarse = american_scheme_read(coarse_table), scheme = american_scheme_read(scheme_table);
  lane status_here, steps_here;
  lane vol_here = imply_american_of(contract_load(contract, n_padded, (uint)i), lane_load(forward + i),
                                    lane_load(price + i), coarse, scheme, &status_here, &steps_here);
  lane_store(vol + i, vol_here);
  lane_store(status + i, status_here);
  lane_store(steps + i, steps_here);
}
