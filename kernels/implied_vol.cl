/* SPDX-License-Identifier: MIT
 *
 * implied_vol.cl - the vol that each option's price implies.
 *
 *   in    contract[field][i], n_padded to a row; forward[i], price[i] in the currency paid; normal: 1 Bachelier, 0 Black
 *   out   vol[i] annual, 0 where there is none; status[i] IMPLIED_* of implied_vol.h; steps[i] of the iteration
 *   grid  work-item (y): options y*LANES..(y+1)*LANES; items = {n_padded / LANES, 1}
 */
#include "implied_vol.h"

__kernel void imply_vol(__global const double *contract, uint n_padded, __global const double *forward,
                        __global const double *price, uint normal, __global double *vol, __global double *status,
                        __global double *steps) {
  ulong i = get_global_id(0) * (ulong)LANES;
  if (i >= n_padded || get_global_id(1) > 0) {
    return;
  }
  lane_contract terms = contract_load(contract, n_padded, (uint)i);
  lane status_here, steps_here, vol_here;
  if (normal != 0) {
    vol_here = imply_vol_of(terms, lane_load(forward + i), lane_load(price + i), 1, &status_here, &steps_here);
  } else {
    vol_here = imply_vol_of(terms, lane_load(forward + i), lane_load(price + i), 0, &status_here, &steps_here);
  }
  lane_store(vol + i, vol_here);
  lane_store(status + i, status_here);
  lane_store(steps + i, steps_here);
}
