/* SPDX-License-Identifier: MIT
 *
 * A device is watched while it computes: a sample of what it gives is recomputed by the reference from the host's own
 * inputs and compared bit for bit, and the sum of every row of P&L must stay what it was.
 *
 * The sample. Draws are independent and uniform, by a generator keyed with the digests of the input, so that whatever
 * pattern the wrong numbers make, a share p of them escapes m draws with probability (1 - p)^m. Three kinds are drawn
 * from apart: cells of P&L, cells of nodes where their vectors are kept, and results (a node's worst scenario; where it was
 * made in one launch from the positions up, so it is recomputed). VERIFY_DRAWS of each is the least m
 * with 1 - (1 - 1e-4)^m > 0.999; where there are fewer, all are recomputed.
 *
 * The sums. kernels/check.cl adds the bits of each row when it has been priced and again after the last netting that
 * read it; a row that changed in memory between is found with certainty, and so is a tile that is priced again and
 * differs.
 */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "data/result.h"
#include "engine/adjust.h"
#include "engine/netting.h"

#define VERIFY_DRAWS 69075    /* ceil(ln(0.001) / ln(1 - 1e-4)) */
#define VERIFY_TERMS 8        /* positions or children recomputed per draw, on average, at most: bounds the work */
#define VERIFY_SOLVES 1024    /* one in this many draws solves an exercise boundary that costs what hundreds of cells do */


/* fraction: NULL for the sample above, "0" for nothing, else the share of each kind to recompute, up to "1". *opened is
 * NULL where nothing is to be watched: the device is the reference, or the fraction is 0. Functions below accept NULL. */
sg_status verifier_open(device *on, const book *of, const model *under, const char *fraction, result *made,
                        verifier **opened, sg_error *error);
void verifier_close(verifier *watch);

/* How many of `all` things to draw, which are a share of the run's of that kind; `all` itself: take each. Counts them. */
uint64_t verifier_count(verifier *watch, verify_kind kind, uint64_t all, double share);
/* How many of a run's things of a kind are recomputed, about. */
double verifier_foresee(const verifier *watch, double all);
void verifier_took(verifier *watch, work which, double seconds);
void verifier_uncount(verifier *watch, verify_kind kind, uint64_t n); /* that were not drawn after all */
/* Draw j of n among `all`: uniform, or j where n is all. */
uint64_t verifier_draw(verifier *watch, uint64_t j, uint64_t n, uint64_t all);
bool verifier_bounds_work(const verifier *watch); /* no fraction was given */

device *verifier_device(const verifier *watch);
device *verifier_reference(const verifier *watch);
uint32_t verifier_scenarios(const verifier *watch); /* of all blocks */
tile_check **verifier_tiles(verifier *watch);       /* a list that it owns */

/* SG_DEVICE: names the device, kernel, `what` ("instrument ACME"), scenario of column k, expected and got. */
sg_status verifier_refuse(const verifier *watch, kernel_id kernel, const char *what, const tile *of, uint32_t k,
                          double expected, double got, sg_error *error);
sg_status verify_refuse_instrument(const pricing *with, const tile *of, kernel_id kernel, uint32_t c, uint32_t k,
                                   double expected, double got, sg_error *error);
bool verify_same(double a, double b); /* the same bits, or both not a number */

/* ---- verify_cells.c: P&L of a tile ----------------------------------------------------------------- */

/* What a pricing launch read, as the host has it. A pricer that prepares a state for each slice on the device gives it
 * as state[slice][state_rows][n_padded], with the table that it is read by and how the host makes one (false: out of
 * memory): for every draw, or where that is dear for one in VERIFY_SOLVES. */
typedef struct cell_inputs {
  kernel_id kernel;
  const priced *which;
  const double *vol;                        /* [slice][n_padded] */
  const uint32_t *slice_of;                 /* [k] */
  const double *slice_years;                /* [slice] */
  uint32_t n_slices;
  const uint32_t *forward_row, *weight_row; /* [i] */
  const double *base, *gain;                /* [forward row] */
  const uint32_t *move_row;                 /* [forward row] */
  const double *move, *weight;              /* [row][stride] */
  device_buffer *state;
  uint32_t state_rows;
  kernel_id state_kernel;
  bool (*make_state)(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double years_taken,
                     double *state);
  bool every_state;
  const double *table;
} cell_inputs;

void tile_checks_close(tile_check *first);
/* Before a tile is priced. */
sg_status verify_opening(const pricing *with, tile *of, sg_error *error);
/* After a pricing launch: recomputes its share of the sample, and keeps what is expected until the tile is closed. */
sg_status verify_priced(const pricing *with, const tile *of, const cell_inputs *in, sg_error *error);
/* When all of a tile is priced, and after the last netting that read it. */
sg_status verify_opened(const pricing *with, const tile *of, sg_error *error);
sg_status verify_closing(const pricing *with, const tile *of, sg_error *error);

/* The same for pricers whose states are long: as many cells, in whole rows. */
sg_status verify_rows(const pricing *with, const tile *of, const priced *which, sg_error *error);

/* A whole row against the reference, which prices it again. */
sg_status verify_row(const pricing *with, const tile *of, uint32_t row, sg_error *error);

/* ---- launches of the reference over memory of the host, which is taken back */

sg_status verify_launch_lent(lent_memory *of, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                             const size_t items[2], sg_error *error);
uint32_t *verify_scenarios(const tile *of); /* scenario_of[k], the caller's; NULL: out of memory */

/* ---- verify_nodes.c: node vectors and results -------------------------------------------------------- */

struct node_sample { /* cells of the nodes of one step in one tile */
  uint32_t n;
  uint32_t *node, *column;
  double *expected;
  kernel_id kernel; /* that made them last */
};
void node_sample_free(node_sample *sample);

/* One step as lists: node n is made of parts begin[n] .. begin[n + 1] - 1, row part[x] of what lies below. */
typedef struct node_inputs {
  uint32_t n_nodes;
  const uint64_t *begin;
  const uint32_t *part;
  const uint32_t *destination;        /* NULL: node n is row n */
  double share;                       /* of the run's node cells */
  /* leaves */
  const double *quantity;             /* [x] */
  /* levels */
  const uint32_t *rate_row;           /* [x] */
  const double *rates;                /* [rate row][stride] */
  const double *gains_cap, *credit;   /* [x], [n] */
  const double *scale;                /* [k]; NULL: 1 */
  double gains;
} node_inputs;

/* Recomputes cells of nodes from what the device holds below them now. */
sg_status verify_leaves(verifier *watch, const tile *of, const node_inputs *in, node_sample *sample, sg_error *error);
sg_status verify_fold(verifier *watch, const tile *of, const node_inputs *in, device_buffer *below, node_sample *sample,
                      sg_error *error);
/* What an adjustment makes of them. The small tables are taken from the device. */
typedef struct adjust_inputs {
  device_buffer *base, *positive, *negative; /* [n] */
  const double *scale;                       /* [k] */
  const uint32_t *credit_row;                /* [n] */
  device_buffer *credit;                     /* [credit row][stride] */
} adjust_inputs;
sg_status verify_adjust(verifier *watch, const tile *of, const adjust_inputs *in, node_sample *sample, sg_error *error);
/* Compares with the device's nodes, and with vectors[node][scenario] that were read from it; NULL: none were. */
sg_status verify_nodes(verifier *watch, const tile *of, const batch *in, uint32_t set, device_buffer *nodes,
                       const double *vectors, const node_sample *sample, sg_error *error);

/* Results of n nodes, read from the device: `before` holds those of earlier tiles, NULL for the first. */
typedef struct worst_results {
  double *worst;
  uint32_t *scenario, *not_finite;
} worst_results;
typedef struct result_sample {
  uint32_t n;
  uint32_t *node;
  worst_results expected; /* [j]; of earlier tiles until verify_results */
} result_sample;
sg_status verify_results_before(verifier *watch, uint32_t n_nodes, double share, const worst_results *before,
                                result_sample *sample, sg_error *error);
sg_status verify_results(verifier *watch, const tile *of, const batch *in, uint32_t set, device_buffer *nodes,
                         const worst_results *read, bool carry, result_sample *sample, sg_error *error);
void result_sample_free(result_sample *sample);
/* Results of units: 2i is a position of +1 in row first_row + i of the P&L, 2i + 1 one of -1. Adds a tile to what is expected;
 * compares, after the last, with the worst[unit] that were read. */
sg_status verify_units(const pricing *with, const tile *of, uint32_t first_row, bool carry, result_sample *sample,
                       sg_error *error);
sg_status verify_extremes(const pricing *with, const tile *of, uint32_t first_row, const double *worst,
                          const result_sample *sample, sg_error *error);
/* Names the node and the column of a scenario. */
sg_status verify_refuse_node(const verifier *watch, kernel_id kernel, const tile *of, const batch *in, uint32_t set,
                             uint32_t node, uint32_t k, double expected, double got, sg_error *error);
uint32_t verify_column_of(const tile *of, uint32_t scenario);
/* What the reference makes of n rows of a tile's columns, and of what `to` holds of earlier tiles. */
sg_status verify_reduce(verifier *watch, const tile *of, const double *rows, bool carry, uint32_t n, worst_results *to,
                        sg_error *error);

/* ---- verify_trees.c: results that were made in one launch */

typedef struct tree_check tree_check;
/* Recomputes what was drawn of a batch; tiles are still open. Batches may be checked side by side. */
sg_status verify_trees(batch *of, sg_error *error);

#endif
