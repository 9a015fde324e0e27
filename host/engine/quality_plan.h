/* SPDX-License-Identifier: MIT
 *
 * What a model's quality section does to a run: refuse it, leave accounts out, or margin accounts a second time on a
 * substituted market and keep the larger requirement. No substitute can lower one: the larger of two is no less than
 * either, whatever the substitute.
 */
#ifndef ENGINE_QUALITY_PLAN_H
#define ENGINE_QUALITY_PLAN_H

#include "data/result.h"
#include "engine/portfolios.h"
#include "rules/model.h"

typedef struct quality_plan {
  quality_report found;
  bool *isolated;        /* [a] margin accounts that are not computed; NULL: none */
  bool *substituted;     /* [a] margin accounts that are margined twice; NULL: none */
  uint32_t *reason;      /* [a] the gravest finding that isolates it, ID_NONE for none */
  uint32_t *child;       /* [a] else the account below that is not computed */
  uint32_t *substitute_of; /* [c] the gravest finding that substitutes for it, ID_NONE for none */
  const book *substitute; /* the book with the substitutes in it; NULL: none */
} quality_plan;

/* Checks a book and decides.
 *   held     the portfolios of the run; instruments beyond the book's are what is posted
 *   wanted   [a] margin accounts of the run; NULL: all
 * SG_INPUT, each finding with its line, where the model refuses. Everything is from `memory`. */
sg_status quality_plan_make(const book *of, const model *under, const book *previous, const portfolios *held,
                            const bool *wanted, arena *memory, quality_plan *made, sg_error *error);

/* The accounts of a result that are not computed, and why. */
sg_status quality_list_isolated(const quality_plan *plan, const book *of, const bool *shown, result *made,
                                sg_error *error);

/* texts[a]: the substitutes that touch a margin account: "X vol 0.1 -> 0.3 (vol_strike), ...". */
sg_status quality_name_substitutes(const quality_plan *plan, const book *of, const portfolios *held, arena *memory,
                                   const char ***texts, sg_error *error);

#endif
