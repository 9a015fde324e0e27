/* SPDX-License-Identifier: MIT
 *
 * A model bound to a book: what is the same for every account. Groups of instruments, facts, columns, currency rates.
 */
#ifndef ENGINE_BOUND_H
#define ENGINE_BOUND_H

#include "base/array.h"
#include "data/book.h"
#include "rules/model.h"

#include <pthread.h>

/* Instruments partitioned by a set of keys. Groups are numbered in key order. */
typedef struct group_set {
  uint32_t keys;       /* bits of 1 << group_key */
  uint32_t n_groups;
  uint32_t *of;        /* [c] */
  const char **name;   /* [g] values joined by '/', "-" for no keys */
  uint32_t *first;     /* [g] its first instrument */
  uint32_t *currency;  /* [g] that paid, where it is a key; NULL: it is not */
} group_set;

typedef struct bound_level {
  uint32_t set;            /* index into bound.sets; below the level that converts it includes the currency paid */
  const model_level *rule;
} bound_level;

typedef struct bound_levels { /* of a model level set */
  uint32_t leaf_set;       /* underlying and currency paid added to the first level's keys */
  uint32_t n;
  bound_level *items;
} bound_levels;

typedef struct group_values { /* of a slot, by the groups of a set */
  slot of;
  uint32_t set;
  double *values;
} group_values;

typedef struct bound {
  pthread_mutex_t lock;    /* of memory and of what is made at first use; recursive */
  arena *memory;           /* the caller's: names and numbers outlive the bound model */
  const book *book;
  const model *model;
  const double *vol;       /* [c] what options are priced with: the book's, or implied by their price */
  uint32_t n_sets;
  group_set *sets;
  uint32_t *grouping_set;  /* [model.groupings] as written */
  bound_levels *levels;    /* [model.level_sets] */
  uint32_t *amount_set;    /* [model.amounts] effective: with the currency where its level lies below the conversion */
  uint32_t *amount_level;  /* [model.amounts] level index of a worst, var or es */
  double *facts[N_FACTS];  /* [c]; NULL until asked for */
  double **inputs;         /* [model.inputs][c]; [a] for inputs of accounts, [s] of assets; NULL for textual ones */
  double **underlying_inputs; /* [model.inputs][u], of underlyings; NULL for others */
  const char ***input_texts; /* [model.inputs][c]; NULL for numbers */
  double **tables;         /* [model.parameters][c]; NULL until asked for */
  ARRAY(group_values) group_slots;
  const char ***node_names; /* [model.amounts][group of its set] values of `by`; the currency too where it distinguishes */
  const double *american;  /* table of the model's scheme for American options */
  struct boundaries *shared; /* what their values here were solved for; NULL: each vol is solved for itself */
  double **columns;        /* [model.columns][c]: each x multiplier, 0 where the filter does not pass */
} bound;

sg_status bound_make(const book *book, const model *model, const double *vol, arena *memory, bound **made,
                     sg_error *error);
void bound_close(bound *made); /* accepts NULL */

/* The index of the set with these keys, made if new; ID_NONE when out of memory. */
uint32_t bound_add_set(bound *to, uint32_t keys);

/* Fails, naming two instruments, unless every group of `below` lies in one group of `above`. */
sg_status bound_check_nested(const bound *in, uint32_t below, uint32_t above, place where, sg_error *error);

/* One double per instrument for a slot; facts and tables are computed at first use. */
sg_status bound_slot(bound *in, const slot *wanted, place where, const double **values, sg_error *error);

/* An expression over all instruments: out[c]. */
sg_status bound_eval(bound *in, const expression *rule, place where, double *out, sg_error *error);

/* The same for a group where all its instruments agree, else NaN: [group of set]. */
sg_status bound_group_slot(bound *in, const slot *wanted, uint32_t set, place where, double **values, sg_error *error);

/* mask[c]: does the instrument pass the filter? An unknown key or value is a finding. */
sg_status bound_filter(bound *in, const filter *rule, place where, bool *mask, sg_error *error);

/* The text of an attribute (`kind`, a group key, `exercise`, a textual input) for each instrument. */
sg_status bound_attribute(bound *in, const char *name, place where, const char **texts, sg_error *error);

/* Currency `to` for one unit of `from` at base rates: 1 exactly when they are the same. NaN when not known. */
double bound_rate(const bound *in, uint32_t from, uint32_t to);

#endif
