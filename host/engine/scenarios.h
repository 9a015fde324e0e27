/* SPDX-License-Identifier: MIT
 *
 * The scenarios of a block, laid out for execution. A column k is a scenario in execution order: those of equal vol and
 * time, a slice, stand together; scenario numbers count in the model's order.
 */
#ifndef ENGINE_SCENARIOS_H
#define ENGINE_SCENARIOS_H

#include "engine/bound.h"

/* A way for prices to move, and for cells to weigh: the list of a kind and a scale, or an underlying of a scenario file;
 * what the block's weight reads of an instrument is equal over the class. */
typedef struct move_class {
  uint32_t list;       /* of a grid's price lists; the underlying for a file */
  double scale;        /* price_scale */
  uint32_t instrument; /* one of the class */
} move_class;

typedef struct slice {
  uint32_t vol;        /* grid: index into block.vols, or VOL_SAME; file: a column with vol moves, or VOL_SAME */
  double time_days;
} slice;

typedef struct scenarios {
  const model_block *block;
  const scenario_file *file;    /* NULL for grids */
  uint32_t n;                   /* scenarios */
  uint32_t *number;             /* [k] in the model's order, from block->first */
  uint32_t *slice_of;           /* [k] */
  uint32_t n_slices;
  slice *slices;
  uint32_t *group, *price;      /* [k] grid: scenario group and index into its price lists */
  uint32_t *file_scenario;      /* [k] file: index of the scenario */
  uint32_t n_classes;
  move_class *classes;
  uint32_t *class_of;           /* [c] */
  bool *in_block;               /* [c] passes the block's filter */
  const scenario_move **moves;  /* file: [i] by factor, name, scenario, tenor (none first), move */
  size_t n_moves;
  uint32_t *column_of;          /* file: [scenario] k */
  uint32_t *vol_first;          /* file: [scenario * n_underlyings + u] 1 + index into moves, 0: none; NULL: no vol moves */
} scenarios;

typedef struct move_range { /* first .. end - 1 of scenarios.moves */
  size_t first, end;
} move_range;

sg_status scenarios_make(bound *in, const model_block *block, arena *memory, scenarios *made, sg_error *error);

/* scenario_file.c: the block's file, with moves that this version can make; its moves in order; those of one factor. */
sg_status scenarios_find_file(const bound *in, const model_block *block, const scenario_file **file, sg_error *error);
sg_status scenarios_index_file(const bound *in, scenarios *made, arena *memory, sg_error *error);
move_range scenarios_find_moves(const scenarios *of, char factor, const char *name);

/* move[k], price move of a class: relative moves as fractions, absolute ones in quote currency. */
void scenarios_moves(const bound *in, const scenarios *of, uint32_t class, double *move);

/* weight[k] of a class. */
sg_status scenarios_weights(bound *in, const scenarios *of, uint32_t class, const double *move, double *weight,
                            sg_error *error);

/* A number of the scenario, for a level's `scale`: number[k]; key counts in model.scenario_keys. */
sg_status scenarios_numbers(const bound *in, const scenarios *of, uint32_t key, double *number, sg_error *error);

/* vol[c] of a slice. */
sg_status scenarios_vols(bound *in, const scenarios *of, uint32_t slice, double *vol, sg_error *error);

/* factor[k]: a currency's rate to base in a scenario over its base rate. */
void scenarios_rates(const bound *in, const scenarios *of, uint32_t currency, double *factor);

#endif
