/* SPDX-License-Identifier: MIT
 *
 * What the passes leave behind: margin rows, lines, scenario vectors, and what each level saved.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "base/array.h"
#include "data/result.h"
#include "engine/engine.h"
#include "engine/pass.h"
#include "engine/standalone.h"

typedef struct loss_totals { /* base currency */
  money *level;   /* [0] positions alone, [1] leaf nodes, [2 + l] level l; sums of worst losses */
  money apart[2]; /* [0] positions alone, [1] accounts: other scenario amounts of the initial measure */
} loss_totals;

/* What the lines of an amount say of it. */
typedef struct amount_texts {
  const char *rule, *times_rule, *round_rule; /* "im", "im.times", "im.round" */
  const char *round_detail;
  slot_names charge, times;
} amount_texts;

typedef struct recorded recorded;

typedef struct recorder {
  result *run;
  bound *in;
  uint32_t *row_of;        /* [a] its row, ID_NONE for accounts without one */
  bool *keeps_pnl;         /* [a]; NULL: none */
  ARRAY(pnl_row) pnl;
  uint32_t chain;          /* level set whose savings are told; ID_NONE: none */
  bool *in_chain;          /* [amount] a worst of the initial measure on that chain */
  bool *apart;             /* [amount] other scenario amounts of the initial measure: told from positions to their nodes */
  loss_totals savings;
  uint32_t n_totals;       /* of savings.level */
  amount_texts *texts;     /* [amount] */
  recorded *workers;       /* [worker] its batch on the way */
  uint32_t n_workers;
  bool standalone;         /* the pass of positions alone is under way */
  const positions_alone *alone; /* then */
  money *alone_requirement; /* [portfolio of alone][n_alone] */
  int n_alone;              /* 1 where both measures are one */
  bool own_only;           /* requirements of children stay out of their parents' rows */
  const result *substituted;       /* accounts margined on substitutes, own_only; NULL: none */
  const char *const *substitutes;  /* [a] what those are */
  const bool *touched;             /* [a] by them */
  const run_watcher *watcher;      /* of lines that come in their final order; NULL: none */
} recorder;

/* rows of run are made; reachable from run->memory. */
sg_status recorder_open(recorder *opened, result *run, bound *in, sg_error *error);
void recorder_close(recorder *opened);

/* Before the pass of positions alone, and after it: adds to the rows what each position of `all` needs. */
sg_status recorder_open_standalone(recorder *with, const positions_alone *alone, sg_error *error);
sg_status recorder_close_standalone(recorder *with, const portfolios *all, sg_error *error);

/* The steps of a batch_visitor; `visitor` is the recorder. */
batch_visit recorder_record, recorder_take;

/* After the pass of accounts: keeps the larger of stated and substituted, adds children's requirements to parents, judges
 * how accounts stand. Then, when all lines are there: their order, and the scenarios that bind. */
sg_status recorder_judge(recorder *with, sg_error *error);
sg_status recorder_order(recorder *with, sg_error *error);

/* At the end: adds what children's positions need alone to parents; totals and savings. */
sg_status recorder_finish(recorder *with, sg_error *error);

/* Which outcomes the recorder and the amounts need: fills requests[block][1 + level]. */
void recorder_request(const recorder *with, level_request **requests);

#endif
