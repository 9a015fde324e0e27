/* SPDX-License-Identifier: MIT
 *
 * trees.cl - from positions to the worst scenarios of all nodes of a hierarchy at once: what net_nodes, fold_level of each
 * level and reduce_worst do, to the bit, with the P&L of nodes in registers and the nearest cache. For nodes of few
 * positions, whose vectors would be more than the rows they are made of, and whose P&L nobody else asks for.
 *
 * A tree is a node of the top level with all below. Nodes are numbered depth by depth, leaves (depth 0) first, each depth
 * in the order of its parents, so that the nodes of a depth of a tree, or of a run of trees, follow each other.
 *
 *   in    positions of leaves as CSR (position_begin[leaf], instrument[p], quantity[p]), pnl[instrument][k]
 *         run_begin[depth][r]: the first node of run r at a depth; depths 0 .. n_levels, n_runs + 1 to a depth
 *         part[node] of a child: 2 * its rate_row + 1 if it is the last of its parent; gains_cap[node] of a child, credit[node]
 *         of a parent, gains[depth] and scale[depth][k] of the parents there, rate[rate_row][k]: as in fold.cl
 *         level[depth]: TREE_WANTED: results of its nodes; TREE_PLAIN: its fold adds up, and reads none of those tables
 *         number[node]: the element of the outputs that is the node's
 *         columns first .. first + n_columns - 1, first a multiple of COLUMN_PADDING, n_columns 1 .. TREE_COLUMNS; scenario_of[k]
 *   out   worst[number], worst_scenario[number], not_finite[number]: as in reduce.cl; carry 1: combined with what they hold
 *   grid  work-item (r): the trees of run r; items = {n_runs, 1}
 */
#include "fold.h"
#include "net.h"
#include "reduce.h"

#define TREE_VECTORS (TREE_COLUMNS / LANES)
/* Each v of n_vectors; as in net.h, and as there for the lanes of CPUs only. */
#if LANES < 4
#define TREE_EACH(v) for (uint v = 0; v < n_vectors; v++)
#else
#define TREE_EACH(v) \
  LANE_UNROLL        \
  for (uint v = 0; v < TREE_VECTORS; v++) if (v < n_vectors)
#endif
/* Groups of columns that are netted together, then half as many, then one by one: 32 columns fill half of 256-bit registers. */
#if NET_VECTORS * LANES <= 32
#define TREE_BLOCK NET_VECTORS
#else
#define TREE_BLOCK (32 / LANES)
#endif
#if LANES == 1
#define TREE_AHEAD 0 /* C compilers do not vectorise a loop that prefetches */
#else
#define TREE_AHEAD 6 /* 8 and 12 took the same time, 4 and 3 1.08 and 1.13 times as much */
#endif

/* value[v] of n_vectors groups of columns of one leaf; together: all at once, n_vectors <= NET_VECTORS being a constant. */
LANE_INLINE void tree_net(ulong begin, ulong end, __global const uint *instrument, __global const double *quantity,
                          __global const double *pnl, uint stride, uint n_vectors, int together, net_ahead ahead,
                          lane *value) {
  uint v = 0;
  if (together) {
    net_total(begin, end, instrument, quantity, pnl, stride, n_vectors, ahead, value);
    return;
  }
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
  TREE_EACH(v) {
    if (v + 1 < n_vectors) {
      tree_least_take(&held, v % TREE_CHAINS, value[v]);
    }
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
  TREE_EACH(v) {
    held[v % TREE_CHAINS] = tree_scenario_take(held[v % TREE_CHAINS], value[v], number[v], least);
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
  TREE_EACH(v) {
    lane_mask true_column = lane_less(lane_number() + (double)(v * LANES), (lane)(double)n_columns);
    worst_take(&held, value[v], number[v], true_column);
  }
  worst_across(&held);
  return held;
}

/* Adds a child's part, the n-th of its parent. */
LANE_INLINE void tree_add(const lane *value, uint n, uint n_vectors, lane *sum, lane *total) {
  if (n % NET_SEGMENT != 0) {
    TREE_EACH(v) {
      sum[v] = sum[v] + value[v];
    }
    return;
  }
  if (n > 0) {
    TREE_EACH(v) {
      total[v] = (n > NET_SEGMENT ? total[v] : (lane)0.0) + sum[v];
    }
  }
  TREE_EACH(v) {
    sum[v] = (lane)0.0 + value[v];
  }
}

/* The columns of a run of trees; n_vectors is a constant where this is inlined for a width of its own, `together`, and so is
 * what is asked where that is usual: one plain level, the results of both depths, nothing carried. Sums start from 0 + x, so
 * that a child of -0 is as good as one of 0: that a plain parent of one child is 0 + (0 + P&L) matters to its result alone. */
#define TREE_PARAMETERS                                                                                                  \
  __global const uint *position_begin, __global const uint *instrument, __global const double *quantity,                 \
      __global const double *pnl, __global const uint *run_begin, __global const uint *part,                             \
      __global const double *gains_cap, __global const double *credit, __global const uint *number,                      \
      __global const uint *level, __global const double *gains, __global const double *rate,                             \
      __global const double *scale, __global const uint *scenario_of, uint n_runs, uint n_levels, uint first,            \
      uint n_columns, uint stride, uint carry, __global double *worst, __global uint *worst_scenario,                    \
      __global uint *not_finite

LANE_INLINE void tree_walk(ulong r, uint n_vectors, int together, int usual, TREE_PARAMETERS) {
  if (usual) {
    n_levels = 1;
    carry = 0;
  }
  lane value[TREE_VECTORS], numbers[TREE_VECTORS], sum[TREE_LEVELS][TREE_VECTORS], total[TREE_LEVELS][TREE_VECTORS];
  uint next[TREE_LEVELS + 1], n_children[TREE_LEVELS];
  TREE_EACH(v) {
    lane_mask true_column = lane_less(lane_number() + (double)(v * LANES), (lane)(double)n_columns);
    numbers[v] = lane_select(true_column, lane_from_uints(scenario_of + first + v * LANES), (lane)4294967296.0);
  }
  for (uint depth = 0; depth <= n_levels; depth++) {
    next[depth] = run_begin[depth * (n_runs + 1) + r];
    n_children[depth < TREE_LEVELS ? depth : 0] = 0;
  }
  uint end_leaf = run_begin[r + 1];
  net_ahead ahead = {TREE_AHEAD, position_begin[run_begin[n_runs]], 0}; /* of the runs that follow too */
  __global const double *columns = pnl + first;
  worst_lanes held = worst_of_none();
  for (uint leaf = run_begin[r]; leaf < end_leaf; leaf++) {
    int known = 0, only = 0; /* is `held` that of `value`? is `value` a plain only child's? */
    uint n_before = n_children[0];
    {
      lane net[TREE_VECTORS]; /* apart from `value`, which stays in memory */
      tree_net(position_begin[leaf], position_begin[leaf + 1], instrument, quantity, columns, stride, n_vectors, together, ahead,
               net);
      if (usual || (level[0] & TREE_WANTED) != 0) {
        held = tree_worst(net, numbers, n_columns, n_vectors);
        known = 1;
        worst_store(held, carry, number[leaf], worst, worst_scenario, not_finite);
      }
      /* One of many children, as leaves mostly are. */
      if (n_levels > 0 && (usual || (level[1] & TREE_PLAIN) != 0) && n_before % NET_SEGMENT != 0 && (part[leaf] & 1) == 0) {
        TREE_EACH(v) {
          sum[0][v] = sum[0][v] + net[v];
        }
        n_children[0] = n_before + 1;
        continue;
      }
      TREE_EACH(v) {
        value[v] = net[v];
      }
    }
    uint node = leaf;
    for (uint depth = 0;; depth++) {
      if (depth > 0 && (usual || (level[depth] & TREE_WANTED) != 0)) {
        held = known ? held : tree_worst(value, numbers, n_columns, n_vectors);
        held.pnl = only ? held.pnl + (lane)0.0 : held.pnl;
        known = 1;
        worst_store(held, carry, number[node], worst, worst_scenario, not_finite);
      }
      if (depth == n_levels) {
        break;
      }
      uint how = part[node], n = n_children[depth];
      int plain = usual || (level[depth + 1] & TREE_PLAIN) != 0;
      if (plain && n == 0 && (how & 1) != 0) {
        only = 1;
        node = next[depth + 1]++;
        continue;
      }
      known = only = 0;
      if (!plain) {
        __global const double *rates = rate + (how >> 1) * (ulong)stride + first;
        TREE_EACH(v) {
          value[v] = fold_part(value[v], lane_load(rates + v * LANES), gains[depth + 1], gains_cap[node]);
        }
      }
      tree_add(value, n, n_vectors, sum[depth], total[depth]);
      n_children[depth] = n + 1;
      if ((how & 1) == 0) {
        break;
      }
      node = next[depth + 1]++;
      TREE_EACH(v) {
        value[v] = (n >= NET_SEGMENT ? total[depth][v] : (lane)0.0) + sum[depth][v];
      }
      if (!plain) {
        __global const double *scales = scale + (depth + 1) * (ulong)stride + first;
        TREE_EACH(v) {
          value[v] = fold_close(value[v], lane_load(scales + v * LANES), credit[node]);
        }
      }
      n_children[depth] = 0;
    }
  }
}

#define TREE_ARGUMENTS                                                                                                    \
  position_begin, instrument, quantity, pnl, run_begin, part, gains_cap, credit, number, level, gains, rate, scale,       \
      scenario_of, n_runs, n_levels, first, n_columns, stride, carry, worst, worst_scenario, not_finite

__kernel void net_trees(TREE_PARAMETERS) {
  ulong r = get_global_id(0);
  if (r >= n_runs || get_global_id(1) > 0) {
    return;
  }
  uint n_vectors = (n_columns + LANES - 1) / LANES;
#if LANES == 8 /* 49 to 56 columns, fourteen 256-bit registers: netted at once, in code of its own */
  if (n_vectors == TREE_VECTORS - 1) {
    if (n_levels == 1 && level[0] == TREE_WANTED && level[1] == (TREE_WANTED | TREE_PLAIN) && carry == 0) {
      tree_walk(r, TREE_VECTORS - 1, 1, 1, TREE_ARGUMENTS);
    } else {
      tree_walk(r, TREE_VECTORS - 1, 1, 0, TREE_ARGUMENTS);
    }
    return;
  }
#endif
  tree_walk(r, n_vectors, 0, 0, TREE_ARGUMENTS);
}
