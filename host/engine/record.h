/* SPDX-License-Identifier: MIT
 *
 * What the passes leave behind: margin rows, lines, scenario vectors, and what each level saved.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "base/array.h"
#include "data/result.h"
#include "engine/pass.h"
#include "engine/standalone.h"

typedef struct recorder {
  result *run;
  bound *in;
  uint32_t *row_of;        /* [a] its row, ID_NONE for accounts without one */
  bool *keeps_pnl;         /* [a]; NULL: none */
  ARRAY(line) lines;
  ARRAY(pnl_row) pnl;
  uint32_t chain;          /* level set whose savings are told; ID_NONE: none */
  bool *in_chain;          /* [amount] a worst of the initial measure on that chain */
  money *level_total;      /* [0] positions alone, [1] leaf nodes, [2 + l] level l; sums of worst losses, base currency */
  bool *apart;             /* [amount] other scenario amounts of the initial measure: told from positions to their nodes */
  money apart_total[2];    /* [0] positions alone, [1] accounts; base currency */
  bool standalone;         /* the pass of positions alone is under way */
  const positions_alone *alone; /* then */
  money *alone_requirement[N_MEASURES]; /* [portfolio of alone] */
  number_texts numbers;
  bool own_only;           /* requirements of children stay out of their parents' rows */
  const result *substituted;       /* accounts margined on substitutes, own_only; NULL: none */
  const char *const *substitutes;  /* [a] what those are */
  const bool *touched;             /* [a] by them */
} recorder;

/* rows of run are made; reachable from run->memory. */
sg_status recorder_open(recorder *opened, result *run, bound *in, sg_error *error);
void recorder_close(recorder *opened);

/* Before the pass of positions alone, and after it: adds to the rows what each position of `all` needs. */
sg_status recorder_open_standalone(recorder *with, const positions_alone *alone, sg_error *error);
sg_status recorder_close_standalone(recorder *with, const portfolios *all, sg_error *error);

/* A batch_visitor; `visitor` is the recorder. */
sg_status recorder_visit(void *visitor, batch *of, const block_outcome *outcomes, const amount_input *in,
                         const amount_values *values, sg_error *error);

/* Keeps the larger of stated and substituted, adds children's requirements to parents, orders the lines, finds the
 * binding scenarios, sums totals and savings. */
sg_status recorder_finish(recorder *with, sg_error *error);

/* Which outcomes the recorder and the amounts need: fills requests[block][1 + level]. */
void recorder_request(const recorder *with, level_request **requests);

#endif
