/* SPDX-License-Identifier: MIT
 *
 * A batch: consecutive portfolios that go through netting, folding and the rules together, with their nodes by every
 * set of groups in use.
 */
#ifndef ENGINE_BATCH_H
#define ENGINE_BATCH_H

#include "engine/bound.h"
#include "engine/portfolios.h"
#include "rules/amounts.h"

typedef struct batch {
  arena *memory;           /* the caller's; holds everything below */
  bound *in;
  const portfolios *all;
  uint32_t first, n_portfolios;
  size_t first_position, n_positions;
  const uint32_t *instrument; /* [i] c */
  const uint32_t *row;     /* [i] of the P&L matrix; NULL: pricing.row_of says */
  const double *quantity;  /* [i] contracts */
  node_table *tables;      /* [set]; n is 0 for sets not in use */
  uint32_t **node_of;      /* [set] see batch_node_of */
  uint32_t **order;        /* [set] positions by node, then instrument; NULL: as they stand */
  uint32_t **node_begin;   /* [set][node + 1] its positions in that order */
  uint32_t **portfolio_of; /* [set][node] */
  uint32_t *number;        /* [i] i, where positions are alone */
  const uint64_t *all_nodes; /* [set] of all batches; where results are drawn to be recomputed */
  struct netting **nets;   /* [level set] on its way through the device */
  struct tree_check *checks; /* what is drawn of its results, to be recomputed */
} batch;

/* used[set] says which tables to build. All that a batch has lies in `memory`: clearing that closes it. */
sg_status batch_open(bound *in, const portfolios *all, uint32_t first, uint32_t n_portfolios, const bool *used,
                     arena *memory, batch *opened, sg_error *error);

/* nodes[set] of the sets in use: (portfolio, group) pairs of all portfolios. */
sg_status batch_count_nodes(const bound *in, const portfolios *all, const bool *used, uint64_t *nodes, sg_error *error);

/* Position x of a set's order. */
static inline uint32_t batch_position(const batch *of, uint32_t set, uint32_t x) {
  return of->order[set] == NULL ? x : of->order[set][x];
}

/* node_of[i] in a set, made at first use. */
sg_status batch_node_of(batch *of, uint32_t set, const uint32_t **node_of, sg_error *error);

/* The account of a portfolio of the batch. */
static inline uint32_t batch_account(const batch *of, uint32_t portfolio) {
  return of->all->account[of->first + portfolio];
}

/* Currency of a set's nodes: the currency paid where its keys hold it, else ID_NONE for the account's. */
static inline uint32_t batch_node_currency(const bound *in, uint32_t set, uint32_t group) {
  const uint32_t *native = in->sets[set].currency;
  return native != NULL ? native[group] : ID_NONE;
}

/* parent[node of child set] as a node of the parent set; every child group lies in one parent group. */
sg_status batch_parents(batch *of, uint32_t child_set, uint32_t parent_set, const uint32_t **parent, sg_error *error);

/* An expression of facts that are equal over the groups of a set, for each node; `absent` where rule is NULL. */
sg_status batch_eval(batch *of, uint32_t set, const expression *rule, place where, double absent, double *out,
                     sg_error *error);

/* A column's sum over each node of a set, in instrument order, in the node's currency. */
sg_status batch_column(batch *of, uint32_t column, uint32_t set, const double **sums, sg_error *error);

#endif
