/* SPDX-License-Identifier: MIT
 *
 * Amounts of money from what a batch of portfolios did: one function per kind, then times, round and the lines.
 *
 * A portfolio is what is margined together. A node is (portfolio, group); a table holds the nodes of one grouping, in
 * portfolio order and, within a portfolio, in key order. Nodes of a table with currencies are in the currency paid, all
 * others in the account's. Rules see numbers only: no book, no device.
 */
#ifndef RULES_AMOUNTS_H
#define RULES_AMOUNTS_H

#include "rules/model.h"

typedef struct node_table {
  uint32_t n;
  uint32_t *group;       /* [node] */
  uint32_t *begin;       /* [portfolio + 1] first node */
  const double *rate;    /* [node] account currency for one unit of the node's; NULL: it is the account's */
} node_table;

/* The worst scenario of each node of an amount's table, over one block; or the whole vectors. */
typedef struct node_outcomes {
  const double *worst;            /* [node] smallest P&L */
  const uint32_t *scenario;       /* [node] its number */
  const double *pnl;              /* [node][n_scenarios] in the model's order; NULL unless the amount needs it */
  uint32_t n_scenarios;
  uint32_t first;                 /* number of pnl's first scenario */
} node_outcomes;

/* The options of each node of an amount's table, in instrument order. */
typedef struct node_options {
  const uint64_t *begin;          /* [node + 1] */
  const double *strike, *quantity; /* [i] quantity: units, in the node's currency per unit of payoff */
  const bool *call;
} node_options;

typedef struct amount_input {
  const model *model;
  uint32_t n_portfolios;
  const node_table *tables;
  const uint32_t *table_of;                /* [amount] */
  const uint32_t *const *parent;           /* [child table * n_tables + parent table][child node]; NULL where not used */
  uint32_t n_tables;
  const node_outcomes *const *outcomes;    /* [amount][i of its blocks]; NULL for other kinds */
  const double *const *const *charge_slots; /* [amount][slot][node] */
  const double *const *const *times_slots;
  const node_options *const *options;      /* [amount] of a worst_payoff; NULL for other kinds */
  const bool *const *active;               /* [amount][node] of a charge with `of`; NULL: all */
} amount_input;

enum { BLOCK_NONE = UINT32_MAX };

typedef struct amount_values { /* of one amount, [node of its table] */
  money *leaf;        /* before times and round, in the node's currency */
  money *timed;       /* after times, before round */
  money *native;      /* the amount, in the node's currency */
  money *account_leaf, *account_timed, *account; /* the same three in the account's currency */
  uint32_t *block;    /* worst, var, es: the block and scenario that gave it, BLOCK_NONE for none; else NULL */
  uint32_t *scenario;
} amount_values;

/* values[amount], allocated from `memory`. Overflow and results that are not finite are SG_INPUT findings. */
sg_status amounts_apply(const amount_input *in, amount_values *values, arena *memory, sg_error *error);

/* The requirement of a portfolio: the sum of the measure's amount over its nodes, account currency. */
sg_status amounts_requirement(const amount_input *in, const amount_values *values, uint32_t amount, uint32_t portfolio,
                              money *requirement, sg_error *error);

/* Calls `emit` for every line of a portfolio; their amounts add up to the requirement exactly. `step` is "" for the
 * amount itself, ".times" or ".round" for the difference that these made. */
typedef sg_status (*amount_emit)(void *context, uint32_t amount, const char *step, uint32_t node, money value,
                                 sg_error *error);
sg_status amounts_lines(const amount_input *in, const amount_values *values, uint32_t amount, uint32_t portfolio,
                        amount_emit emit, void *context, sg_error *error);

/* One function per kind fills values->leaf (and block, scenario); sums, maxima and minima also values->account_leaf. */
typedef sg_status amount_function(const amount_input *in, uint32_t amount, amount_values *values, arena *memory,
                                  sg_error *error);
#define AMOUNT_FUNCTION(key, text, function) amount_function function;
AMOUNT_KINDS(AMOUNT_FUNCTION)
#undef AMOUNT_FUNCTION

/* For the kinds: a node's currency to the account's, exact where they are equal, else rounded once; false on overflow. */
bool amount_convert(const node_table *table, uint32_t node, money native, money *account);
sg_status amount_overflow(const amount_input *in, uint32_t amount, sg_error *error);

/* For the kinds: a double to money with a finding that names amount and node. */
sg_status amount_to_money(const amount_input *in, uint32_t amount, uint32_t node, double value, money *result,
                          sg_error *error);

#endif
