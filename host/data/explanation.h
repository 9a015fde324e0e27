/* SPDX-License-Identifier: MIT
 *
 * Why one account's requirement is what it is: its lines, the scenarios that bind, and who contributed. The engine
 * fills it, the report prints it. Money and P&L are in the account's currency. Absent texts are "".
 */
#ifndef DATA_EXPLANATION_H
#define DATA_EXPLANATION_H

#include "data/result.h"

/* An amount of the model in the tree below a measure, in preorder: depth 0 is the measure's own amount. An amount's
 * value is the sum of the lines of its subtree; one that is used twice stands where it first appears. */
typedef struct explained_amount {
  const char *name; /* line.rule */
  const char *kind; /* "worst", "max", ... */
  uint32_t depth;
} explained_amount;

typedef struct explained_measure {
  measure measure;
  money requirement, standalone;
  uint32_t n_amounts;
  const explained_amount *amounts;
  size_t n_lines;
  const line *lines; /* as in lines.csv; rules that no amount has ("CHILD.account") stand below the measure itself */
} explained_measure;

typedef struct explained_position {
  const char *account; /* "" when it is the explained one, else the account that nets into it */
  const char *instrument;
  decimal18 quantity; /* contracts */
  double pnl;         /* of the whole position in the binding scenario */
} explained_position;

/* A scenario that one or more lines name. */
typedef struct explained_binding {
  const char *rule, *node, *block;
  uint32_t scenario;
  uint32_t n_moves;
  const char **moves; /* "price -0.15 relative", "vol up" */
  size_t n_positions;
  const explained_position *positions; /* of the node, any order */
  double pnl; /* what the rule reduces: of the node, after the levels' offsets */
} explained_binding;

typedef struct explanation {
  const char *account, *currency;
  const char *model_name, *model_version;
  int64_t as_of_s;
  uint32_t n_measures;
  explained_measure measures[N_MEASURES];
  uint32_t n_bindings;
  const explained_binding *bindings;
  uint32_t n_savings; /* of the initial measure, leaf to top */
  const level_saving *savings;
} explanation;

#endif
