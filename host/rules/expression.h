/* SPDX-License-Identifier: MIT
 *
 * Expressions of the model language, compiled to a small stack program that runs over many items at a time.
 *
 * An expression knows nothing of books: every name that it reads is a slot (slot.kind, slot.index), and whoever
 * evaluates it supplies one array of doubles per slot. Arithmetic keeps the numerical contract: only exact
 * operations and the functions of kernels/math.h.
 */
#ifndef RULES_EXPRESSION_H
#define RULES_EXPRESSION_H

#include "base/arena.h"
#include "base/error.h"

/* What an instrument is, in an expression. X(ENUM, "name", "unit and meaning") */
#define FACTS(X)                                                                             \
  X(FACT_SPOT, "S", "price of the underlying, quote currency")                               \
  X(FACT_FORWARD, "F", "forward of the instrument, quote currency")                          \
  X(FACT_STRIKE, "K", "strike, quote currency")                                              \
  X(FACT_YEARS, "T", "years to expiry")                                                      \
  X(FACT_DAYS, "days", "days to expiry")                                                     \
  X(FACT_RATE, "r", "zero rate to expiry, continuously compounded: -ln(df)/T, 0 at T = 0")   \
  X(FACT_DISCOUNT, "df", "discount factor to expiry")                                        \
  X(FACT_VOL, "vol", "annual vol of the option")                                             \
  X(FACT_VALUE, "value", "model value of one unit, currency paid")                           \
  X(FACT_MARK, "mark", "the book's own price, else value")                                   \
  X(FACT_DELTA, "delta", "per unit of its own forward: df N(d1), 1, inverse 1/F")            \
  X(FACT_VEGA, "vega", "per unit of vol, currency paid")                                     \
  X(FACT_CALL, "call", "1 for a call, else 0")                                               \
  X(FACT_MULTIPLIER, "multiplier", "units in a contract")                                    \
  X(FACT_LOG_MONEYNESS, "k", "ln(K/F)")                                                      \
  X(FACT_FX, "fx", "base currency for one unit of the currency paid; at an account, of its own")

/* What is posted, for haircuts. X(ENUM, "name", "meaning") */
#define POSTED_FACTS(X)                                    \
  X(POSTED_LOAN, "loan", "1 where the amount is below 0")  \
  X(POSTED_CASH, "cash", "1 for an asset that is its currency")

/* What an account came to, for status and outputs. X(ENUM, "name", "unit and meaning") */
#define ACCOUNT_FACTS(X)                                                                       \
  X(ACCOUNT_EQUITY, "equity", "before haircuts, account currency")                             \
  X(ACCOUNT_INITIAL, "initial", "requirement, account currency")                               \
  X(ACCOUNT_MAINTENANCE, "maintenance", "requirement, account currency")                       \
  X(ACCOUNT_HAIRCUT_INITIAL, "haircut_initial", "account currency")                            \
  X(ACCOUNT_HAIRCUT_MAINTENANCE, "haircut_maintenance", "account currency")                    \
  X(ACCOUNT_EXCESS_INITIAL, "excess_initial", "equity - haircut - requirement")                \
  X(ACCOUNT_EXCESS_MAINTENANCE, "excess_maintenance", "equity - haircut - requirement")        \
  X(ACCOUNT_MARGIN_RATIO, "margin_ratio", "(equity - haircut_maintenance) / maintenance; 1e308 at 0")

#define EXPRESSION_ENUM(name, text, meaning) name,
typedef enum account_fact { ACCOUNT_FACTS(EXPRESSION_ENUM) N_ACCOUNT_FACTS } account_fact;
typedef enum posted_fact { POSTED_FACTS(EXPRESSION_ENUM) N_POSTED_FACTS } posted_fact;
typedef enum fact { FACTS(EXPRESSION_ENUM) N_FACTS } fact;
#undef EXPRESSION_ENUM

typedef enum slot_kind {
  SLOT_FACT,     /* index: enum fact */
  SLOT_INPUT,    /* index: model.inputs */
  SLOT_TABLE,    /* index: model.parameters; the value for the item's attribute */
  SLOT_COLUMN,   /* index: model.columns; scope: which group's */
  SLOT_SCENARIO, /* index: model.scenario_keys: a number of the scenario, or `move` */
  SLOT_ACCOUNT,  /* index: enum account_fact */
  SLOT_POSTED    /* index: enum posted_fact */
} slot_kind;

/* slot.scope: the item itself; else 1 + index into model.groupings (`account.NAME`, `GROUP.NAME`). */
enum { SCOPE_OWN = 0 };

typedef struct slot {
  slot_kind kind;
  uint32_t index;
  uint32_t scope;
} slot;

typedef struct expression {
  const char *text;   /* as the model's author wrote it */
  const char *numbers; /* parameters that it reads, also through defines: "perp_mm=0.015, perp_im=0.005"; "" for none */
  uint32_t n_slots;
  const slot *slots;
  bool constant;      /* reads no slot: `value` is all there is */
  double value;
  const struct expression_program *program;
} expression;

/* Points of a parameter for interp() and tiers(), x strictly ascending, n >= 1. */
typedef struct curve_points {
  const double *x, *y;
  uint32_t n;
} curve_points;

/* What a name stands for. */
typedef struct name_meaning {
  enum {
    MEANS_NOTHING, /* unknown: `nearest` is the closest known name, or NULL */
    MEANS_SLOT,
    MEANS_NUMBER,
    MEANS_CURVE,
    MEANS_DEFINE,  /* `text` is compiled in place, as if in brackets */
    MEANS_REFUSED, /* known, but not here: `text` completes `"net_delta" ...` */
    MEANS_FAULTY   /* its own error is reported already */
  } is;
  slot slot;
  double number;
  curve_points curve;
  const char *text, *nearest;
} name_meaning;

/* How names are found; a scoped name comes whole ("account.net_delta"). */
typedef struct name_lookup {
  void *context;
  name_meaning (*find)(void *context, const char *name, size_t length);
} name_lookup;

/*
 * Compiles `text`, which is kept, not copied: it lives in `memory` or longer.
 *
 *   where    place of its first byte; findings count columns from there. column 0: not on one line, lines only
 *   returns  SG_OK, or SG_INPUT with one finding
 *
 * Precedence, loosest first: or, and, not, comparisons (which do not chain), + -, * /, unary -, ^ (right to left).
 * Comparisons and `not` give 1 or 0. A NaN is never hidden: it passes through comparisons, min, max and clamp, and
 * only `if` may leave it unselected. interp() is linear and flat outside; tiers(x, CURVE) with points (edge, rate) is
 * the sum over tiers of rate times the part of x between its edge and the next, 0 below the first edge.
 */
sg_status expression_compile(const char *text, place where, const name_lookup *names, arena *memory,
                             expression *compiled, sg_error *error);

/* out[i] for i < n; slots[j] is the array of compiled->slots[j], n long. The caller checks for non-finite results. */
void expression_eval(const expression *compiled, const double *const *slots, size_t n, double *out);

/* Words that expressions use up: `and`, `or`, `not` and the functions. */
bool expression_word_reserved(const char *text);

#endif
