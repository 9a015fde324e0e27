/* SPDX-License-Identifier: MIT
 *
 * A pass takes all portfolios of a list through netting, folding and the rules, batch by batch. A run makes two: the
 * accounts, and every position alone.
 */
#ifndef ENGINE_PASS_H
#define ENGINE_PASS_H

#include "base/clock.h"
#include "engine/settle.h"

typedef struct stage_clock {
  double price, net, rules, lines;
  double verify;    /* of net: results recomputed beside it */
  double net_spent; /* by all threads: net is their share of the time that passed */
} stage_clock;

/* What both passes of a run share. */
typedef struct pass_context {
  device *on;
  bound *in;
  pricing prices;
  scenarios *sets;          /* [block] */
  tile **tiles;             /* [block][tile]; P&L matrices, kept where they all fit, else priced again for each batch */
  uint32_t *n_tiles;        /* [block] */
  bool resident;
  uint64_t pnl_bytes;       /* device memory for tiles */
  uint64_t pnl_needed;      /* for all of them to stay */
  uint64_t batch_bytes;     /* device memory for a batch's nodes */
  uint32_t tile_scenarios;  /* of a tile, at most; 0: no limit */
  uint32_t batch_portfolios; /* at most; 0: no limit */
  level_request **requests; /* [block][1 + level] */
  bool *used_sets;
  uint64_t *all_nodes;      /* [set] of all portfolios, where results are watched */
  net_scratch scratch;
  stage_clock clock;
  size_t n_nodes, n_cells;  /* leaf nodes, position-scenarios */
  void (*on_progress)(const sg_progress *progress, void *context);
  void *context;
  double progress_from, progress_to;
} pass_context;

/* What is done with a batch when its amounts are known: it is recorded, several at a time, by the worker that then takes
 * it, one after the other in order. */
typedef sg_status batch_visit(void *visitor, uint32_t worker, batch *of, const block_outcome *outcomes,
                              const amount_input *in, const amount_values *values, sg_error *error);
typedef struct batch_visitor {
  batch_visit *record, *take;
  void *visitor;
} batch_visitor;

sg_status pass_run(pass_context *with, const portfolios *all, const batch_visitor *visitor, sg_error *error);

/* A step of a batch through netting: fills outcomes[block], from the batch's memory. */
typedef sg_status batch_netter(pass_context *with, batch *of, block_outcome *outcomes, void *context, sg_error *error);

/* Batches on their way: opened, netted and settled on several threads, visited one after the other in order. */
typedef struct batch_list {
  const portfolios *all;
  uint32_t first;        /* portfolio */
  size_t n;
  const uint32_t *end;   /* [i] the first portfolio after batch i */
  const char *stage;     /* for progress */
  batch_netter *prepare, *net, *check; /* NULL: nothing to prepare or check */
  void *net_context;
  bool on_device;        /* one batch nets at a time; it is prepared and checked beside others */
  const batch_visitor *visitor;
} batch_list;

/* *done: the first portfolio that was not visited. */
sg_status pass_run_batches(pass_context *with, const batch_list *list, uint32_t *done, sg_error *error);

/* Decides the tiles; prices those that stay and are not priced yet. */
sg_status pass_lay_out(pass_context *with, const sg_run_options *options, sg_error *error);
sg_status pass_price(pass_context *with, sg_error *error);

/* After a failure: where the device was out of memory, drops the findings since n_findings and all tiles, and lays out
 * smaller ones; false: give up. */
bool pass_shrink(pass_context *with, sg_error *error, size_t n_findings);

/* Batches: the first portfolio after the one that begins with `first`. As many portfolios as have nodes for; two matrices
 * of `stride` live at a time, and a node needs a position. */
uint32_t pass_widest_stride(const pass_context *with);
uint32_t pass_batch_end(const pass_context *with, const portfolios *all, uint32_t first, uint32_t stride);
void pass_close(pass_context *with);

/* A tile's P&L matrix is there between open and close. */
sg_status pass_open_tile(pass_context *with, uint32_t block, uint32_t tile, sg_error *error);
/* `status` is that of the work between; a tile that is closed after good work is verified. */
sg_status pass_close_tile(pass_context *with, uint32_t block, uint32_t tile, sg_status status, sg_error *error);
/* After the last pass: verifies the tiles that stay. */
sg_status pass_finish(const pass_context *with, sg_error *error);

void pass_report(const pass_context *with, const char *stage, double share); /* progress within the pass */

#endif
