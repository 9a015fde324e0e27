/* SPDX-License-Identifier: MIT
 *
 * What the parts of netting share: netting.c decides, net_levels.c says what the levels do, and one of two ways computes it:
 * net_steps.c kernel by kernel, net_trees.c whole trees at once.
 */
#ifndef ENGINE_NETTING_PARTS_H
#define ENGINE_NETTING_PARTS_H

#include "engine/adjust.h"
#include "engine/netting.h"
#include "engine/verify.h"

/* What a level does to the nodes of a batch, in the order of their tables. In the batch's memory. */
typedef struct level_terms {
  uint32_t below, set;              /* of the children, of the parents */
  uint32_t n_children, n_parents;
  const model_level *rule;
  bool plain;                       /* it adds up, in one currency, and that is all */
  bool filled;                      /* what follows is there */
  const uint32_t *parent;           /* [child] */
  uint32_t n_rates;                 /* distinct currency pairs */
  uint32_t *rate_from, *rate_to, *rate_of; /* rate_of[child] */
  double *cap, *credit;             /* [child], in the parent's currency; [parent] */
} level_terms;

typedef struct net_steps net_steps;
typedef struct net_trees net_trees;

/* The hierarchy as kernels/trees.cl has it, and what is needed to find one's way in it. In the batch's memory. */
struct net_trees {
  uint32_t n_levels, n_runs, n_nodes, n_rates;
  uint32_t merged;          /* levels, 0 or 1, that are no depth: the first, where it has the leaves' groups and adds up */
  uint32_t *first;          /* [depth] its first node; [n_levels + 1] n_nodes */
  uint32_t *child_begin;    /* [node above the leaves] */
  const uint32_t *position_begin, *row; /* the batch's own where they are the same */
  uint32_t *run_begin, *part, *number;
  uint32_t *level;          /* [depth] TREE_PLAIN */
  const double *quantity;
  double *cap, *credit, *gains;
};
/* The children of a node of a depth above 0: child_begin[node] .. */
static inline uint32_t net_trees_child_end(const net_trees *of, uint32_t depth, uint32_t node) {
  return node + 1 < of->first[depth + 1] ? of->child_begin[node + 1] : of->first[depth];
}

/* What lies below a node at a lower depth: nodes *first .. *end - 1. */
static inline void net_trees_below(const net_trees *of, uint32_t depth, uint32_t node, uint32_t lower, uint32_t *first,
                                   uint32_t *end) {
  *first = node;
  *end = node + 1;
  for (; depth > lower; depth--) {
    *end = net_trees_child_end(of, depth, *end - 1);
    *first = of->child_begin[*first];
  }
}

struct netting {
  batch *of;
  const pricing *prices;
  const bound_levels *levels;
  net_scratch *scratch;
  level_terms *terms;               /* [level] */
  net_steps *steps;                 /* NULL until needed */
  net_trees *trees;
};

/* What happens above a depth. */
static inline level_terms *net_trees_terms(const netting *with, const net_trees *of, uint32_t depth) {
  return &with->terms[depth + of->merged];
}

/* ---- net_levels.c */
sg_status level_terms_open(const netting *with, uint32_t l, level_terms *made, sg_error *error);
sg_status level_terms_fill(const netting *with, level_terms *terms, sg_error *error);
/* rate[row][stride]: the base rate, or what the scenarios make of it. */
sg_status level_rates(const netting *with, const level_terms *terms, const tile *of, double *rate, sg_error *error);
/* scale[k]: a number of the scenarios, counted from 1 in model.scenario_keys; key 0: 1. */
sg_status level_scale(const netting *with, uint32_t key, const tile *of, double *scale, sg_error *error);

/* ---- netting.c */
uint32_t netting_n_leaves(const netting *with);
/* The share of n_nodes, of n_all of a run, in what is drawn to be recomputed, tiles by their columns. Somebody watches. */
double netting_share(const netting *with, const tile *of, uint32_t n_nodes, uint64_t n_all);
/* At least size_bytes in a buffer that is kept; its content is whatever it held. */
sg_status scratch_get(net_scratch *from, scratch_use use, size_t size_bytes, device_buffer **got, sg_error *error);

/* ---- net_steps.c */
sg_status net_steps_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome, sg_error *error);
void net_steps_close(netting *with);

/* ---- net_hierarchy.c */
sg_status net_trees_lay_out(netting *with, sg_error *error);

/* ---- net_trees.c */
sg_status net_trees_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome, sg_error *error);

/* ---- verify_trees.c: results of a launch, which are read[number] */
/* What a launch is given beside the hierarchy: level[depth], rate[row][stride], scale[depth][stride]. */
typedef struct tree_launch {
  const tile *of;
  const uint32_t *level;
  const double *rate, *scale;
  bool carry;
} tree_launch;
/* Before it, with the results of earlier tiles; and after. shares[depth] are those of the run's results. The batch holds it. */
sg_status tree_check_open(const netting *with, const tree_launch *launch, const double *shares, const worst_results *read,
                          tree_check **made, sg_error *error);
void tree_check_take(tree_check *check, const worst_results *read, batch *of);

#endif
