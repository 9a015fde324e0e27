/* SPDX-License-Identifier: MIT
 *
 * A pass takes all portfolios of a list through netting, folding and the rules, batch by batch. A run makes two: the
 * accounts, and every position alone.
 */
#ifndef ENGINE_PASS_H
#define ENGINE_PASS_H

#include "engine/settle.h"

typedef struct stage_clock {
  double price, net, rules;
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
  uint64_t batch_bytes;     /* device memory for a batch's nodes */
  uint32_t batch_portfolios; /* at most; 0: no limit */
  level_request **requests; /* [block][1 + level] */
  bool *used_sets;
  net_scratch scratch;
  stage_clock clock;
  size_t n_nodes, n_cells;  /* leaf nodes, position-scenarios */
  void (*on_progress)(const sg_progress *progress, void *context);
  void *context;
  double progress_from, progress_to;
} pass_context;

/* Called for each batch when its amounts are known. */
typedef sg_status (*batch_visitor)(void *visitor, batch *of, const block_outcome *outcomes, const amount_input *in,
                                   const amount_values *values, sg_error *error);

sg_status pass_run(pass_context *with, const portfolios *all, batch_visitor visit, void *visitor, sg_error *error);

/* Decides the tiles and prices those that stay. */
sg_status pass_plan(pass_context *with, const sg_run_options *options, sg_error *error);
void pass_close(pass_context *with);

/* A tile's P&L matrix is there between open and close. */
sg_status pass_open_tile(pass_context *with, uint32_t block, uint32_t tile, sg_error *error);
void pass_close_tile(pass_context *with, uint32_t block, uint32_t tile);

void pass_report(const pass_context *with, const char *stage, double share); /* progress within the pass */
double clock_seconds(void); /* monotonic */

#endif
