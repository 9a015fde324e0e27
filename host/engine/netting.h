/* SPDX-License-Identifier: MIT
 *
 * Node P&L of a batch on the device: positions into leaf nodes, nodes up the levels, and their worst scenarios.
 */
#ifndef ENGINE_NETTING_H
#define ENGINE_NETTING_H

#include "engine/batch.h"
#include "engine/pricing.h"

enum { LEVEL_LEAF = UINT32_MAX };

/* What is asked of the nodes of one level (LEVEL_LEAF: before the first) of a block. */
typedef struct level_request {
  bool worst;    /* their worst scenario */
  bool vectors;  /* their whole P&L vectors, in the model's order of scenarios */
} level_request;

/* The answers of a block, for one batch. */
typedef struct level_outcome {
  double *worst;       /* [node] */
  uint32_t *scenario;  /* [node] */
  uint32_t *not_finite;
  double *pnl;         /* [node][scenarios of the block] */
} level_outcome;

typedef struct block_outcome {
  level_outcome trees;   /* of the nodes of all levels, where they were made at once */
  level_outcome leaf;
  level_outcome *levels; /* [level] */
  uint32_t n_scenarios;
} block_outcome;

/* Device memory that batches use one after the other; grows, never shrinks. */
typedef enum scratch_use {
  SCRATCH_NODES, SCRATCH_PARENTS, SCRATCH_WORST, SCRATCH_SCENARIO, SCRATCH_NOT_FINITE, N_SCRATCH_USES
} scratch_use;
typedef struct net_scratch {
  device *on;
  struct scratch_buffer {
    device_buffer *buffer;
    size_t size_bytes;
  } of[N_SCRATCH_USES];
} net_scratch;

void net_scratch_close(net_scratch *used);

/* Is a batch of so many positions, leaf nodes and nodes of the top level netted in whole trees, or kernel by kernel? The bits
 * are the same. */
bool netting_takes_trees(const device *on, const bound_levels *levels, const level_request *requests, uint64_t n_positions,
                         uint64_t n_leaves, uint64_t n_trees);

/* Nodes of all levels together, or of those whose worst scenario is asked for, by nodes[set]. requests NULL: all. */
uint64_t netting_count_nodes(const bound_levels *levels, const level_request *requests, const uint64_t *nodes);

/* A batch's structure under one set of levels, shared by all blocks with these. */
typedef struct netting netting;

/* On the host: may be done while another batch is on the device. */
sg_status netting_open(batch *of, const pricing *prices, uint32_t level_set, net_scratch *scratch, netting **opened,
                       sg_error *error);
sg_status netting_lay_out(netting *with, const level_request *requests, sg_error *error);
void netting_close(netting *opened); /* accepts NULL */

/* Nets, folds and reduces one tile; outcomes of several tiles of a block combine. requests[0] is the leaf's, requests[1 + l]
 * that of level l. outcome is made at the block's first tile. */
sg_status netting_run(netting *with, const tile *of, const level_request *requests, block_outcome *outcome,
                      sg_error *error);

#endif
