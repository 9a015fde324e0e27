/* SPDX-License-Identifier: MIT
 *
 * reduce.cl - the worst scenario of every node.
 *
 *   in    node_pnl[n][k], scenario_of[k]; columns from n_columns on are padding
 *   out   worst[n], worst_scenario[n]: the least (P&L, scenario) in that order, so that ties go to the lowest scenario;
 *         not_finite[n]: cells that are NaN or infinite, which the minimum skips. Without a finite cell worst is
 *         infinity and the scenario 0xffffffff. carry 1: the outputs hold those of earlier tiles and are combined
 *   grid  work-item (n): node n, all columns; items = {n_nodes, 1}
 */
#include "reduce.h"

__kernel void reduce_worst(__global const double *node_pnl, __global const uint *scenario_of, uint n_nodes,
                           uint n_columns, uint stride, uint carry, __global double *worst,
                           __global uint *worst_scenario, __global uint *not_finite) {
  ulong n = get_global_id(0);
  if (n >= n_nodes || get_global_id(1) > 0) {
    return;
  }
  __global const double *row = node_pnl + n * stride;
  worst_lanes held = worst_of_none();
  for (uint k = 0; k < n_columns; k += LANES) {
    lane_mask true_column = lane_less(lane_number() + (double)k, (lane)(double)n_columns);
    worst_take(&held, lane_load(row + k), lane_from_uints(scenario_of + k), true_column);
  }
  worst_across(&held);
  worst_store(held, carry, n, worst, worst_scenario, not_finite);
}
