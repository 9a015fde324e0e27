/* SPDX-License-Identifier: MIT
 *
 * A margin model, read and checked: the model language's four nouns (columns, blocks, levels, amounts) with every
 * expression compiled. It knows no book; the engine binds it to one.
 */
#ifndef RULES_MODEL_H
#define RULES_MODEL_H

#include "base/money.h"
#include "data/book.h"
#include "data/grouping.h"
#include "data/quality.h"
#include "data/status.h"
#include "rules/expression.h"

/* A number with where it came from, for `models show` and the report. */
typedef struct parameter {
  const char *name, *unit, *source, *date; /* "" when not given */
  enum { PARAMETER_NUMBER, PARAMETER_TABLE, PARAMETER_CURVE } shape;
  double value;            /* NUMBER */
  double lowest, highest;  /* range; -inf, inf when not given */
  const char *by;          /* TABLE: a group key with texts, "exercise", or a textual input's name */
  uint32_t n;              /* TABLE rows or CURVE points */
  const char **key;        /* TABLE */
  double *x, *y;           /* TABLE uses y; CURVE both, x ascending */
  bool has_default;        /* TABLE */
  double default_value;
  place where;
} parameter;

/* Tables of a book that may carry x_ columns. X(ENUM, "table") */
#define INPUT_TABLES(X)                                                                          \
  X(INPUT_UNDERLYINGS, "underlyings") X(INPUT_FORWARDS, "forwards")                              \
  X(INPUT_INSTRUMENTS, "instruments") X(INPUT_ACCOUNTS, "accounts")                              \
  X(INPUT_ASSETS, "assets")
#define MODEL_ENUM(name, text) name,
typedef enum input_table { INPUT_TABLES(MODEL_ENUM) } input_table;

typedef struct model_input {
  const char *name, *column, *unit; /* column: "x_spot_confidence" */
  const char *meaning;      /* "" when not given */
  input_table table;
  bool textual;             /* no unit given: an attribute for tables (`by:`) and filters */
  double lowest, highest;   /* range; -inf, inf when not given */
  bool has_default;
  double default_value;
  const char *default_text; /* textual */
  place where;
} model_input;

/* `of: {type: [option, future], right: call}`: all listed keys must hold; empty filter: everything. Keys are group keys
 * with textual values, `exercise`, or a textual input's name. */
typedef struct filter_key {
  const char *key;
  uint32_t n;
  const char **values;
} filter_key;
typedef struct filter {
  uint32_t n;
  filter_key *keys;
} filter;

typedef enum column_side { SIDE_NET, SIDE_LONG, SIDE_SHORT, SIDE_GROSS } column_side;
typedef enum column_money { MONEY_NONE, MONEY_PAID, MONEY_QUOTE } column_money;

typedef struct model_column {
  const char *name;
  expression each;      /* slots: facts, inputs, tables */
  filter of;
  column_side side;
  bool per_contract;    /* without the multiplier */
  column_money in;      /* converted to the account's currency at base rates */
  place where;
} model_column;

typedef struct vol_name {
  const char *name;
  expression vol;       /* new vol from instrument facts, inputs, tables */
} vol_name;

typedef enum move_kind { MOVE_RELATIVE, MOVE_ABSOLUTE } move_kind;
typedef enum forward_follows {
  FOLLOW_PROPORTIONAL,
  FOLLOW_PARALLEL,
  FOLLOW_DIVIDENDS_HELD,
  FOLLOW_SETTLEMENT_WINDOW
} forward_follows;

/* One list of price moves for each value of an attribute (`{by: kind, equity: [...], ...}`), or one for all (by NULL). */
typedef struct price_lists {
  const char *by;       /* NULL, a group key with texts, "exercise", or a textual input of the underlyings */
  uint32_t n_lists;
  const char **key;     /* [list], NULL when by is NULL */
  uint32_t n_prices;
  double **price;       /* [list][i] */
} price_lists;

/* One item of `scenarios:`: prices outer, vols inner. */
typedef struct scenario_group {
  price_lists prices;
  uint32_t n_vols;
  uint32_t *vol;        /* [j]: index into block.vols, or VOL_SAME */
  double *numbers;      /* [key * n_prices + i]: model.scenario_keys that this group gives, NaN where it does not */
  double time_days;
  place where;
} scenario_group;
enum { VOL_SAME = UINT32_MAX };

/* `levels`, leaf to top. Each level's groups are unions of the one below. */
typedef struct model_level {
  uint32_t grouping;    /* index into model.groupings */
  double gains;         /* children's gains are multiplied by this; -1: a gain counts as a loss */
  bool has_gains_cap;
  expression gains_cap; /* at most, in the currency of the children; facts that are equal over the group */
  uint32_t scale;       /* 1 + index into model.scenario_keys of the number that multiplies, 0: none */
  bool has_discount;    /* shocked value times positive or negative, by its sign, less the base value */
  filter discount_of;   /* instruments whose value is meant; all of a node pass, or none */
  expression positive, negative;
  bool has_credit;
  expression credit;    /* added, at most up to the loss; may use numbers of the scenario */
  enum { CONVERT_NONE, CONVERT_BASE, CONVERT_SHOCKED } convert; /* currencies meet here */
  place where;
} model_level;

typedef struct model_levels {
  uint32_t n;
  model_level *items;
} model_levels;

typedef struct model_block {
  const char *name;
  enum { BLOCK_GRID, BLOCK_FILE } source;
  const char *file;     /* BLOCK_FILE: scenarios/NAME.csv */
  uint32_t n_groups;
  scenario_group *groups;
  uint32_t n_vols;
  vol_name *vols;
  forward_follows follows;
  move_kind price_kind;
  bool has_price_scale;
  expression price_scale; /* per instrument */
  bool has_weight;
  expression weight;    /* of a cell: of the instrument, `move` and scenario numbers */
  double round;         /* one contract's P&L to multiples of this, half away from zero; 0: not */
  uint32_t first;       /* number of the first scenario: 0 or 1 */
  filter of;
  uint32_t levels;      /* index into model.level_sets */
  place where;
} model_block;

/* Kinds of amounts: one file each under rules/, one line each here. X(ENUM, "key", function) */
#define AMOUNT_KINDS(X)                                                           \
  X(AMOUNT_WORST, "worst", amount_worst) X(AMOUNT_VAR, "var", amount_var)         \
  X(AMOUNT_ES, "es", amount_es) X(AMOUNT_CHARGE, "charge", amount_charge)         \
  X(AMOUNT_SUM, "sum", amount_sum) X(AMOUNT_MAX, "max", amount_max)               \
  X(AMOUNT_MIN, "min", amount_min) X(AMOUNT_WORST_PAYOFF, "worst_payoff", amount_worst_payoff)
#define MODEL_AMOUNT_ENUM(name, text, function) name,
typedef enum amount_kind { AMOUNT_KINDS(MODEL_AMOUNT_ENUM) N_AMOUNT_KINDS } amount_kind;

typedef struct amount_term { /* of sum, max, min */
  enum { TERM_AMOUNT, TERM_NUMBER } is;
  bool negative;        /* -NAME */
  uint32_t amount;      /* index into model.amounts, always less than the user's own index */
  money number;
} amount_term;

typedef enum quantile_rule { QUANTILE_HIGHER, QUANTILE_LOWER, QUANTILE_LINEAR } quantile_rule;

typedef struct model_amount {
  const char *name;     /* an inline amount is named after its owner: "initial.sum" */
  amount_kind kind;
  uint32_t grouping;    /* index into model.groupings */
  uint32_t n_blocks;    /* worst, var, es */
  uint32_t *blocks;
  money tail;           /* var, es: exact decimal fraction */
  quantile_rule quantile;
  expression charge;    /* slots: columns (own and coarser groups), facts, inputs, tables */
  filter of;            /* charge: nodes with no instrument that passes are no nodes; worst_payoff: the options */
  uint32_t n_terms;
  amount_term *terms;
  bool has_times;
  expression times;     /* rounded to 1e-12 */
  bool has_round;
  money round;          /* multiple, > 0 */
  place where;
} model_amount;

/* What an account owns: types of instruments whose value counts, and posted assets and cash. */
typedef struct model_equity {
  bool given;
  bool counts_type[N_INSTRUMENT_TYPES];
  bool counts_assets, counts_cash;
} model_equity;

/* What is posted: which assets move with their underlying, and what share of value does not count. */
typedef struct model_collateral {
  bool given;
  uint32_t n_moves;          /* all must hold for an asset to move */
  uint32_t *move_input;      /* index into model.inputs, of assets */
  double *move_value;
  bool has_haircut[2];       /* initial, maintenance */
  expression haircut[2];     /* fraction of |value|; slots: inputs of assets and their underlyings, POSTED_FACTS */
} model_collateral;

typedef struct model_status {
  expression when;           /* slots: what the account came to, its inputs */
  account_status is;
} model_status;

typedef struct model_output { /* a column of margins.csv */
  const char *name;
  expression value;
} model_output;

struct sg_model {
  arena *memory;
  const char *name, *title, *version, *source, *date, *path; /* path: the file, or "shipped:NAME" */
  uint64_t digest[2];   /* of the text(s) it was made of, and the settings */
  uint32_t n_book_notes;
  const char **book_notes; /* how a book is written for it */
  uint32_t n_not_covered;
  const char **not_covered;
  filter *not_covered_of;  /* accounts that hold such an instrument get a line that says so; an empty filter: none do */
  bool nonnegative_rates; /* valuation: {discount: nonnegative} */
  bool discounted;        /* false for valuation: {discount: none} */
  uint32_t american;      /* valuation: {american: ...}, index into AMERICAN_SCHEMES (kernels/shared.h) */
  bool shares_boundaries; /* valuation: {boundaries: shared} */
  uint32_t lattice_steps; /* valuation: {american: lattice, steps: ...}, else 0 */
  bool european_spot;     /* valuation: {european: spot}: dividends drop the spot of European options too */
  uint32_t n_settings;
  const char **settings;  /* as given */
  uint32_t n_inputs;
  model_input *inputs;
  uint32_t n_parameters;
  parameter *parameters;
  uint32_t n_defines;      /* compiled where they are used; kept for `models show` */
  const char **define_name, **define_text;
  uint32_t n_scenario_keys;
  const char **scenario_keys; /* [0] is always "move" */
  uint32_t n_columns;
  model_column *columns;
  uint32_t n_groupings;
  grouping *groupings;    /* [0] is always by account alone */
  uint32_t n_level_sets;
  model_levels *level_sets;
  uint32_t n_blocks;
  model_block *blocks;
  uint32_t n_amounts;
  model_amount *amounts;  /* children before parents */
  uint32_t initial, maintenance; /* index into amounts */
  model_equity equity;
  model_collateral collateral;
  uint32_t n_statuses;
  model_status *statuses;  /* the first that holds */
  uint32_t n_outputs;
  model_output *outputs;
  quality_rules quality;
  const char *description; /* for `models show`; made when the model is read */
};

typedef struct sg_model model;
#undef MODEL_ENUM
#undef MODEL_AMOUNT_ENUM

/* The shipped models, embedded at build time from host/models. */
size_t shipped_model_count(void);
const char *shipped_model_name(size_t index);
const char *shipped_model_text(size_t index);

/* Reads a model: a shipped name, or a path. Follows `extends`, applies settings, checks everything. */
sg_status model_read(const char *name_or_path, const char *const *settings, size_t n_settings, model **read,
                     sg_error *error);
void model_close(model *read);

/* The text that `models show` prints. */
const char *model_describe(model *read);

/* A parameter's values on one line: "0.16", "by asset: BTC 0.16, else 0.2", "curve: (0, 0.3), (60, 0.2)". */
const char *parameter_text(const parameter *of, arena *memory);

/* The columns of books that the shipped models read, from their `inputs`; NULL when out of memory. */
const char *shipped_models_columns(arena *memory);

#endif
