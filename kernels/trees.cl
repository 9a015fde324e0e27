/* SPDX-License-Identifier: MIT
 *
 * trees.cl - from positions to the worst scenarios of all nodes of a hierarchy at once: what net_nodes, fold_level of each
 * level and reduce_worst do, to the bit, with the P&L of nodes in registers and the nearest cache. For nodes of few
 * positions, whose vectors would be more than the rows they are made of, and whose P&L nobody else asks for.
 *
 * A tree is a node of the top level with all below. Nodes are numbered depth by depth, leaves (depth 0) first, each depth
 * in the order of its parents, so that a tree's nodes of a depth follow each other.
 *
 *   in    positions of leaves as CSR (position_begin[leaf], instrument[p], quantity[p]), pnl[instrument][k]
 *         tree_begin[depth][t]: the first node of tree t at a depth; depths 0 .. n_levels, n_trees + 1 to a depth
 *         part[node] of a child: 2 * its rate_row + 1 if it is the last of its parent; gains_cap[node] of a child, credit[node]
 *         of a parent, gains[depth] and scale[depth][k] of the parents there, rate[rate_row][k]: as in fold.cl
 *         level[depth]: TREE_WANTED: results of its nodes; TREE_PLAIN: its fold adds up, and reads none of those tables
 *         number[node]: the element of the outputs that is the node's
 *         columns first .. first + n_columns - 1, first a multiple of COLUMN_PADDING, n_columns 1 .. TREE_COLUMNS; scenario_of[k]
 *   out   worst[number], worst_scenario[number], not_finite[number]: as in reduce.cl; carry 1: combined with what they hold
 *   grid  work-item (t): tree t; items = {n_trees, 1}
 */
#include "fold.h"
#include "net.h"
#include "reduce.h"

#define TREE_VECTORS (TREE_COLUMNS / LANES)
/* Groups of columns that are netted together, then half as many, then one by one: 32 columns fill half of 256-bit registers. */
#if NET_VECTORS * LANES <= 32
#define TREE_BLOCK NET_VECTORS
#else
#define TREE_BLOCK (32 / LANES)
#endif
#if LANES == 1
#define TREE_AHEAD 0 /* C compilers do not vectorise a loop that prefetches */
#else
#define TREE_AHEAD 6 /* 4 to 12 took the same time */
#endif

/* value[v] of n_vectors groups of columns of one leaf. */
LANE_INLINE void tree_net(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                          __global const double *pnl, uint stride, uint n_vectors, net_ahead ahead, lane *value) {
  uint v = 0;
#if LANES == 8
  if (n_vectors == TREE_VECTORS - 1) {
    net_total(begin, end, instrument, quantity, pnl, stride, TREE_VECTORS - 1, ahead, value);
    return;
  }
#endif
  for (; v + TREE_BLOCK <= n_vectors; v += TREE_BLOCK) {
    lane block[NET_VECTORS];
    net_total(begin, end, instrument, quantity, pnl + v * LANES, stride, TREE_BLOCK, ahead, block);
    LANE_UNROLL
    for (uint i = 0; i < TREE_BLOCK; i++) {
      value[v + i] = block[i];
    }
  }
#if TREE_BLOCK > 1
  if (v + TREE_BLOCK / 2 <= n_vectors) {
    lane block[NET_VECTORS];
    net_total(begin, end, instrument, quantity, pnl + v * LANES, stride, TREE_BLOCK / 2, ahead, block);
    LANE_UNROLL
    for (uint i = 0; i < TREE_BLOCK / 2; i++) {
      value[v + i] = block[i];
    }
    v += TREE_BLOCK / 2;
  }
#endif
  for (; v < n_vectors; v++) {
    net_total(begin, end, instrument, quantity, pnl + v * LANES, stride, 1, ahead, value + v);
  }
}

/* Results that are kept side by side, so that none waits for the one before; C compilers vectorise eight, not one. */
#if LANES == 1
#define TREE_CHAINS 8
#else
#define TREE_CHAINS 2
#endif

typedef struct tree_least {
  lane pnl[TREE_CHAINS], zeros[TREE_CHAINS]; /* zeros: not 0 where a cell is not finite */
} tree_least;

LANE_INLINE void tree_least_take(tree_least *held, uint chain, lane value) {
  held->pnl[chain] = lane_min(held->pnl[chain], value);
  held->zeros[chain] = fma(value, (lane)0.0, held->zeros[chain]);
}

/* The least of n_vectors - 1 whole groups of columns and of one that is padded with cells of its own; n_vectors > 0. */
LANE_INLINE void tree_least_find(const lane *value, lane last, uint n_vectors, double *least, double *zeros) {
  tree_least held;
  LANE_UNROLL
  for (uint i = 0; i < TREE_CHAINS; i++) {
    held.pnl[i] = last;
    held.zeros[i] = (lane)0.0;
  }
  uint v = 0;
  for (; v + TREE_CHAINS < n_vectors; v += TREE_CHAINS) {
    LANE_UNROLL
    for (uint i = 0; i < TREE_CHAINS; i++) {
      tree_least_take(&held, i, value[v + i]);
    }
  }
  for (uint i = 0; v + i + 1 < n_vectors; i++) {
    tree_least_take(&held, i, value[v + i]);
  }
  lane all_zeros = last * (lane)0.0;
  LANE_UNROLL
  for (uint i = 0; i < TREE_CHAINS; i++) {
    last = lane_min(last, held.pnl[i]);
    all_zeros = all_zeros + held.zeros[i];
  }
  *least = lane_least(last);
  *zeros = lane_total(all_zeros);
}

LANE_INLINE lane tree_scenario_take(lane held, lane value, lane number, double least) {
  return lane_min(held, lane_select(lane_equal(value, (lane)least), number, held));
}

/* The least number of the cells that are `least`. */
LANE_INLINE double tree_scenario(const lane *value, const lane *number, double least, uint n_vectors) {
  lane held[TREE_CHAINS];
  LANE_UNROLL
  for (uint i = 0; i < TREE_CHAINS; i++) {
    held[i] = (lane)WORST_SCENARIO_NONE;
  }
  uint v = 0;
  for (; v + TREE_CHAINS <= n_vectors; v += TREE_CHAINS) {
    LANE_UNROLL
    for (uint i = 0; i < TREE_CHAINS; i++) {
      held[i] = tree_scenario_take(held[i], value[v + i], number[v + i], least);
    }
  }
  for (uint i = 0; v + i < n_vectors; i++) {
    held[i] = tree_scenario_take(held[i], value[v + i], number[v + i], least);
  }
  LANE_UNROLL
  for (uint i = 1; i < TREE_CHAINS; i++) {
    held[0] = lane_min(held[0], held[i]);
  }
  return lane_least(held[0]);
}

/* The worst of n_columns cells; number[v] is beyond every scenario in padding columns. */
LANE_INLINE worst_lanes tree_worst(const lane *value, const lane *number, uint n_columns, uint n_vectors) {
  worst_lanes held = worst_of_none();
  lane_mask in_last = lane_less(lane_number() + (double)((n_vectors - 1) * LANES), (lane)(double)n_columns);
  double least, zeros;
  lane last = value[n_vectors - 1];
  tree_least_find(value, lane_select(in_last, last, (lane)lane_first(last)), n_vectors, &least, &zeros);
  if (zeros == 0.0 && least != 0.0) { /* of zeros the sign counts too */
    held.pnl = (lane)least;
    held.scenario = (lane)tree_scenario(value, number, least, n_vectors);
    return held;
  }
  for (uint v = 0; v < n_vectors; v++) {
    lane_mask true_column = lane_less(lane_number() + (double)(v * LANES), (lane)(double)n_columns);
    worst_take(&held, value[v], number[v], true_column);
  }
  worst_across(&held);
  return held;
}

/* Adds a child's part, the n-th of its parent. */
LANE_INLINE void tree_add(const lane *value, uint n, uint n_vectors, lane *sum, lane *total) {
  if (n % NET_SEGMENT != 0) {
    for (uint v = 0; v < n_vectors; v++) {
      sum[v] = sum[v] + value[v];
    }
    return;
  }
  for (uint v = 0; n > 0 && v < n_vectors; v++) {
    total[v] = (n > NET_SEGMENT ? total[v] : (lane)0.0) + sum[v];
  }
  for (uint v = 0; v < n_vectors; v++) {
    sum[v] = (lane)0.0 + value[v];
  }
}

/* A tree's columns; n_vectors is a constant where this is inlined for a width of its own. Sums start from 0 + x, so that a
 * child of -0 is as good as one of 0: that a plain parent of one child is 0 + (0 + P&L) matters to its result alone. */
#define TREE_PARAMETERS                                                                                                  \
  __global const uint *position_begin, __global const uint *instrument, __global const double *quantity,                 \
      __global const double *pnl, __global const uint *tree_begin, __global const uint *part,                            \
      __global const double *gains_cap, __global const double *credit, __global const uint *number,                      \
      __global const uint *level, __global const double *gains, __global const double *rate,                             \
      __global const double *scale, __global const uint *scenario_of, uint n_trees, uint n_levels, uint first,           \
      uint n_columns, uint stride, uint carry, __global double *worst, __global uint *worst_scenario,                    \
      __global uint *not_finite

LANE_INLINE void tree_walk(ulong t, uint n_vectors, TREE_PARAMETERS) {
  lane value[TREE_VECTORS], numbers[TREE_VECTORS], sum[TREE_LEVELS][TREE_VECTORS], total[TREE_LEVELS][TREE_VECTORS];
  uint next[TREE_LEVELS + 1], n_children[TREE_LEVELS];
  for (uint v = 0; v < n_vectors; v++) {
    lane_mask true_column = lane_less(lane_number() + (double)(v * LANES), (lane)(double)n_columns);
    numbers[v] = lane_select(true_column, lane_from_uints(scenario_of + first + v * LANES), (lane)4294967296.0);
  }
  for (uint depth = 0; depth <= n_levels; depth++) {
    next[depth] = tree_begin[depth * (n_trees + 1) + t];
    n_children[depth < TREE_LEVELS ? depth : 0] = 0;
  }
  uint end_leaf = tree_begin[t + 1];
  net_ahead ahead = {TREE_AHEAD, position_begin[tree_begin[n_trees]], 0}; /* of the trees that follow too */
  __global const double *columns = pnl + first;
  worst_lanes held = worst_of_none();
  for (uint leaf = next[0]; leaf < end_leaf; leaf++) {
    uint begin = position_begin[leaf], end = position_begin[leaf + 1];
    tree_net(begin, end, instrument, quantity, columns, stride, n_vectors, ahead, value);
    uint node = leaf;
    int known = 0, only = 0; /* is `held` that of `value`? is `value` a plain only child's? */
    for (uint depth = 0;; depth++) {
      if (level[depth] & TREE_WANTED) {
        held = known ? held : tree_worst(value, numbers, n_columns, n_vectors);
        held.pnl = only ? held.pnl + (lane)0.0 : held.pnl;
        known = 1;
        worst_store(held, carry, number[node], worst, worst_scenario, not_finite);
      }
      if (depth == n_levels) {
        break;
      }
      uint how = part[node], n = n_children[depth];
      int plain = (level[depth + 1] & TREE_PLAIN) != 0;
      if (plain && n == 0 && (how & 1) != 0) {
        only = 1;
        node = next[depth + 1]++;
        continue;
      }
      known = only = 0;
      if (!plain) {
        __global const double *rates = rate + (how >> 1) * (ulong)stride + first;
        for (uint v = 0; v < n_vectors; v++) {
          value[v] = fold_part(value[v], lane_load(rates + v * LANES), gains[depth + 1], gains_cap[node]);
        }
      }
      tree_add(value, n, n_vectors, sum[depth], total[depth]);
      n_children[depth] = n + 1;
      if ((how & 1) == 0) {
        break;
      }
      node = next[depth + 1]++;
      for (uint v = 0; v < n_vectors; v++) {
        value[v] = (n >= NET_SEGMENT ? total[depth][v] : (lane)0.0) + sum[depth][v];
      }
      if (!plain) {
        __global const double *scales = scale + (depth + 1) * (ulong)stride + first;
        for (uint v = 0; v < n_vectors; v++) {
          value[v] = fold_close(value[v], lane_load(scales + v * LANES), credit[node]);
        }
      }
      n_children[depth] = 0;
    }
  }
}

#define TREE_ARGUMENTS                                                                                                    \
  position_begin, instrument, quantity, pnl, tree_begin, part, gains_cap, credit, number, level, gains, rate, scale,      \
      scenario_of, n_trees, n_levels, first, n_columns, stride, carry, worst, worst_scenario, not_finite

__kernel void net_trees(TREE_PARAMETERS) {
  ulong t = get_global_id(0);
  if (t >= n_trees || get_global_id(1) > 0) {
    return;
  }
  uint n_vectors = (n_columns + LANES - 1) / LANES;
#if LANES == 8 /* 49 to 56 columns, fourteen 256-bit registers: netted at once, in code of its own */
  if (n_vectors == TREE_VECTORS - 1) {
    tree_walk(t, TREE_VECTORS - 1, TREE_ARGUMENTS);
    return;
  }
#endif
  tree_walk(t, n_vectors, TREE_ARGUMENTS);
}
