/* SPDX-License-Identifier: MIT
 *
 * What a run found: margins, the lines they are the sum of, the scenarios, and the facts of the run. The engine fills it,
 * the reports print it. Texts are owned by the result's arena, or by the book and model it was made from.
 */
#ifndef DATA_RESULT_H
#define DATA_RESULT_H

#include "base/parallel.h"
#include "data/prices.h"
#include "data/book.h"
#include "data/plan.h"
#include "data/quality.h"
#include "data/status.h"

typedef enum measure { MEASURE_INITIAL, MEASURE_MAINTENANCE, N_MEASURES } measure;
const char *measure_text(measure value); /* "initial", "maintenance" */

/* One term of a requirement. The requirement of (account, measure) is the exact sum of its lines. There may be 10^8. */
typedef struct line {
  uint32_t account;   /* a */
  uint32_t scenario;  /* number within the block, as the model counts */
  const char *node;   /* values of `by` joined by '/', "-" for none; "long:" or "short:" before it in gross accounts */
  const char *rule;   /* the amount's name; "CHILD.account" for a child account's requirement added to its parent */
  const char *block;  /* "" where no scenario binds */
  money amount;       /* account currency */
  const char *detail; /* the numbers behind it, "" when the amount says it all */
  measure measure;
} line;

typedef struct margin_row { /* one for each account that is margined, sorted by id bytes */
  money requirement[N_MEASURES];
  money standalone[N_MEASURES];
  const char *worst_block; /* of the largest worst, var or es line of the initial measure; "" when none */
  size_t first_line[N_MEASURES]; /* into lines */
  uint32_t n_lines[N_MEASURES];
  uint32_t account;  /* a */
  uint32_t currency; /* y */
  uint32_t worst_scenario;
} margin_row;

/* How an account stands, where the model has an equity section. */
typedef struct standing {
  money equity;
  money haircut[N_MEASURES], excess[N_MEASURES];
  double margin_ratio; /* NaN where maintenance is 0 */
  money call;
  account_status status;
  const double *outputs; /* [result.n_outputs] */
} standing;

/* Exact decimals of a row, made when they are asked for; "" without equity. */
typedef struct margin_texts {
  const char *requirement[N_MEASURES], *standalone[N_MEASURES];
  const char *equity, *haircut[N_MEASURES], *excess[N_MEASURES], *call;
} margin_texts;

typedef struct scenario_row {
  const char *block;
  uint32_t scenario;
  const char *factor; /* "price", "price:KEY" for lists by an attribute, "vol", "time", or a scenario file's own factor */
  const char *move;   /* shortest decimal, or the name of the vol expression */
  const char *kind;   /* relative, absolute, expression */
  double weight;
} scenario_row;

typedef struct pnl_row {
  uint32_t account;
  const char *node;
  const char *block;
  uint32_t scenario;
  double pnl;
} pnl_row;

/* A number of the model, with where it came from. */
typedef struct parameter_row {
  const char *name, *value, *unit, *source, *date; /* value: all rows of a table on one line; "" where not given */
} parameter_row;

/* What netting saved between one level and the one below, over all accounts, base currency. */
typedef struct level_saving {
  const char *level; /* "underlying", "class_group", ..., "account" */
  money saving;
} level_saving;

/* Where an option's vol comes from, or why its price gives none. X(ENUM, "word") */
#define VOL_STATUSES(X)                                                                          \
  X(VOL_GIVEN, "given") X(VOL_IMPLIED, "implied by the price") X(VOL_EXPIRED, "expired")         \
  X(VOL_BELOW_BOUND, "below intrinsic value") X(VOL_NO_TIME_VALUE, "at intrinsic value")         \
  X(VOL_ABOVE_BOUND, "at the upper bound or above")
#define RESULT_ENUM(name, text) name,
typedef enum vol_status { VOL_STATUSES(RESULT_ENUM) N_VOL_STATUSES } vol_status;
#undef RESULT_ENUM
const char *vol_status_text(vol_status value);

/* What the reference recomputed of a device's work. X(ENUM, "word") */
#define VERIFY_KINDS(X) X(VERIFY_CELLS, "cells") X(VERIFY_NODES, "nodes") X(VERIFY_RESULTS, "results")
#define RESULT_ENUM(name, text) name,
typedef enum verify_kind { VERIFY_KINDS(RESULT_ENUM) N_VERIFY_KINDS } verify_kind;
#undef RESULT_ENUM
const char *verify_kind_text(verify_kind value);

/* A margin account that is not computed, because of what its book says. */
typedef struct isolated_account {
  uint32_t account;
  const char *reason;
} isolated_account;

struct sg_result {
  arena *memory;
  arena *line_memory[PARALLEL_WORKERS_MAX]; /* texts of lines, from the threads that make them */
  const book *book, *previous; /* previous NULL: none was given */
  const char *model_name, *model_title, *model_version, *model_path;
  uint64_t model_digest[2];
  uint32_t n_settings;
  const char **settings;
  uint32_t n_parameters;
  const parameter_row *parameters;
  uint32_t n_unread;
  const char **unread; /* x_ columns of the book that the model does not read */
  uint32_t n_not_covered;
  const char **not_covered;
  uint32_t n_rows;
  margin_row *rows;
  standing *standings; /* [row]; NULL without equity */
  margin_texts **texts; /* [row] those asked for so far; see result_texts */
  size_t n_lines;
  line **lines; /* in blocks of LINES_TOGETHER, which stay where they are: see result_line */
  size_t n_scenarios; /* rows of scenarios.csv */
  scenario_row *scenarios;
  uint32_t n_scenarios_distinct; /* scenarios over all blocks */
  size_t n_pnl;
  pnl_row *pnl;
  bool has_equity; /* then there are standings */
  uint32_t n_outputs;
  const char **output_names;
  uint32_t n_savings; /* leaf to top */
  level_saving *savings;
  money total[N_MEASURES], standalone_total[N_MEASURES]; /* base currency; accounts whose parent sums them are not counted twice */
  double stage_seconds[N_STAGES];
  double planned_seconds[N_STAGES]; /* what the plan foresaw; 0: nothing */
  run_plan *foreseen;               /* NULL: no plan was asked for */
  double work_seconds[N_WORKS];     /* the same time by kind of work */
  double seconds;                   /* from bind to rules */
  size_t n_prices, n_cells, n_nodes;   /* instrument-scenarios, position-scenarios, nodes */
  money *alone[N_MEASURES];            /* of a run on substitutes: [position of its portfolios]; else NULL */
  const double *vol;                   /* [c] what the run priced with */
  const vol_status *vol_status;        /* [c] */
  uint32_t n_priced[N_PRICERS];        /* held instruments by how they are priced */
  uint32_t n_vols[N_VOL_STATUSES];     /* options, held or not */
  const char *unimplied;               /* "refuse", or the vol of held options without one, as it was given */
  uint32_t n_fallbacks, *fallbacks;    /* c of those that used it */
  quality_report quality;              /* what was found, with what was done about it */
  uint32_t n_isolated;                 /* accounts without a row, sorted */
  isolated_account *isolated;
  bool partial;                        /* only some accounts were asked for */
  const char *device_name, *device_platform, *device_driver, *device_type, *device_self_test;
  uint32_t lanes;
  const char *verify;                  /* "default", or the share to verify as it was given */
  uint64_t n_verified[N_VERIFY_KINDS];
  char digest[33];
  const char *summary;
  struct result_files *begun; /* files that the reports are writing; NULL: none */
};

typedef struct sg_result result;

enum { LINES_TOGETHER = 1 << 16 };

static inline line *result_line(const result *of, size_t i) {
  return &of->lines[i / LINES_TOGETHER][i % LINES_TOGETHER];
}

/* n lines that follow one another, some dozens usually: where they stand, or a copy where a block ends between them. NULL:
 * out of memory. */
const line *result_lines(const result *of, size_t first, size_t n, arena *memory);

/* Room for lines before the first is added, and lines added behind *n others, which becomes as many more. False: out of
 * memory. */
line **result_lines_open(void);
bool result_lines_add(line **blocks, size_t *n, const line *added, size_t n_added);
void result_lines_close(line **blocks); /* accepts NULL */

/* The texts of a row, owned by the result; from any thread. All "" when out of memory. */
const margin_texts *result_texts(const result *of, uint32_t row);
void result_close(result *made); /* accepts NULL */

#endif
