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
#include "lane.h"

/* worst and scenario become the lesser pair of themselves and (pnl, number), lane by lane, where `counts` */
LANE_INLINE void pair_take(lane *worst, lane *scenario, lane pnl, lane number, lane_mask counts) {
  lane_mask lesser = lane_less(pnl, *worst) | (lane_equal(pnl, *worst) & lane_less(number, *scenario));
  *worst = lane_select(lesser & counts, pnl, *worst);
  *scenario = lane_select(lesser & counts, number, *scenario);
}

__kernel void reduce_worst(__global const double *node_pnl, __global const uint *scenario_of, uint n_nodes,
                           uint n_columns, uint stride, uint carry, __global double *worst,
                           __global uint *worst_scenario, __global uint *not_finite) {
  ulong n = get_global_id(0);
  if (n >= n_nodes || get_global_id(1) > 0) {
    return;
  }
  __global const double *row = node_pnl + n * stride;
  const lane one = (lane)1.0;
  const lane zero = (lane)0.0;
  lane least = lane_from_bits((lane_bits)0x7ff0000000000000UL);
  lane scenario = (lane)4294967295.0;
  lane bad = zero;
  for (uint k = 0; k < n_columns; k += LANES) {
    lane pnl = lane_load(row + k);
    lane_mask true_column = lane_less(lane_number() + (double)k, (lane)(double)n_columns);
    lane_mask finite = lane_is_finite(pnl);
    pair_take(&least, &scenario, pnl, lane_from_uints(scenario_of + k), finite & true_column);
    bad = bad + lane_select(true_column & ~finite, one, zero);
  }
  for (int halved = 1; halved < LANES; halved *= 2) {
    lane others = lane_odds_first(least);
    lane others_scenario = lane_odds_first(scenario);
    least = lane_evens_first(least);
    scenario = lane_evens_first(scenario);
    pair_take(&least, &scenario, others, others_scenario, ~(lane_mask)0);
    bad = lane_evens_first(bad) + lane_odds_first(bad);
  }
  if (carry != 0) {
    pair_take(&least, &scenario, (lane)worst[n], (lane)(double)worst_scenario[n], ~(lane_mask)0);
    bad = bad + (double)not_finite[n];
  }
  worst[n] = lane_first(least);
  worst_scenario[n] = (uint)lane_first(scenario);
  not_finite[n] = (uint)lane_first(bad);
}
