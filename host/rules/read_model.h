/* SPDX-License-Identifier: MIT
 *
 * Shared by the files that read a model, one subject each. Every reader reports what it finds and goes on, so that one
 * reading lists all errors; r->status is that of the first.
 */
#ifndef RULES_READ_MODEL_H
#define RULES_READ_MODEL_H

#include "base/array.h"
#include "rules/model.h"
#include "rules/yaml.h"

/* What a name of the model stands for. X(ENUM, "as messages call it") */
#define NAME_KINDS(X)                                                                               \
  X(NAME_FACT, "a fact of instruments") X(NAME_INPUT, "an input") X(NAME_PARAMETER, "a parameter")  \
  X(NAME_DEFINE, "a define") X(NAME_COLUMN, "a column") X(NAME_BLOCK, "a block")                    \
  X(NAME_AMOUNT, "an amount") X(NAME_SCENARIO, "a number of the scenario")
#define NAME_KIND_ENUM(name, text) name,
typedef enum name_kind { NAME_KINDS(NAME_KIND_ENUM) } name_kind;
#undef NAME_KIND_ENUM

typedef struct name_entry {
  const char *name;
  name_kind kind;
  uint32_t index; /* into the list of its kind */
  place where;
} name_entry;

enum { NESTED_NAMES = 64 }; /* defines or parameters that are read through each other */

typedef enum progress { NOT_READ, READING, READ_WELL, READ_FAULTY } progress;

typedef struct define_entry {
  const char *name;
  const yaml_node *node;
  progress state;
} define_entry;

typedef struct reader {
  arena *memory;
  sg_error *error;
  sg_status status;
  struct sg_model *model;
  const yaml_node *root;
  ARRAY(name_entry) names;
  ARRAY(grouping) groupings;
  ARRAY(model_levels) level_sets;
  ARRAY(const yaml_node *) level_nodes; /* [level set] what it was read from; NULL: the default by account */
  ARRAY(const char *) scenario_keys;
  ARRAY(define_entry) defines;
  const yaml_pair **parameter_pairs; /* [parameter] */
  progress *parameter_state;         /* [parameter] */
  bool *parameter_used;              /* [parameter] something reads it */
  const yaml_node *below;            /* parameters of the model that is extended; NULL: none is */
  uint32_t nested;                   /* defines and parameters being read */
  const char *nested_names[NESTED_NAMES];
} reader;

/* ---- findings and plain values (read_values.c) -------------------------------------------------------- */

/* Adds a finding, SG_INPUT; SG_USAGE where the place is a setting's (line 0). Always returns false. */
bool reader_fail(reader *r, place where, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool reader_fail_memory(reader *r);

/* The lists of keys, by kind of map. Reports keys that are unknown, and those that a later version brings. */
typedef enum section {
  SECTION_TOP, SECTION_MODEL, SECTION_VALUATION, SECTION_INPUT, SECTION_PARAMETER, SECTION_COLUMN, SECTION_BLOCK,
  SECTION_LEVEL, SECTION_DISCOUNT, SECTION_AMOUNT, SECTION_MEASURES, SECTION_EQUITY,
  SECTION_COLLATERAL, SECTION_NOT_COVERED, SECTION_HAIRCUT, SECTION_STATUS, SECTION_QUALITY, SECTION_NUMBER, N_SECTIONS
} section;
void reader_check_keys(reader *r, const yaml_node *map, section kind, const char *keys);
/* Whether `key` is one that a later version brings; reports it then. */
bool reader_not_built(reader *r, section kind, const yaml_pair *pair);

bool word_among(const char *words, const char *word); /* words are separated by blanks */

/* "" when absent. `map[key]` must be a text. */
const char *reader_text(reader *r, const yaml_node *map, const char *key);
bool reader_expect(reader *r, const yaml_node *node, int kind, const char *what);
/* The index of map[key] among `words` (separated by blanks), or `otherwise` when absent. */
uint32_t reader_word(reader *r, const yaml_node *map, const char *key, const char *words, uint32_t otherwise);
/* A list of texts, or one text. */
bool reader_texts(reader *r, const yaml_node *node, const char *what, uint32_t *n, const char ***texts);

/* A number: an expression of numbers and parameters, or {value: ...} of one. */
bool reader_number(reader *r, const yaml_node *node, const char *what, double *value);
/* The same, exact when it is written as a plain decimal. */
bool reader_money(reader *r, const yaml_node *node, const char *what, money *value);
/* A number or a list of numbers. */
bool reader_numbers(reader *r, const yaml_node *node, const char *what, uint32_t *n, double **values);
/* `text` of `node` as an expression; NULL-safe: false when node is absent. */
typedef enum scope_of_names {
  NAMES_CONSTANT,   /* numbers and curves only */
  NAMES_INSTRUMENT, /* columns, vols, price scales: facts, inputs and tables of instruments */
  NAMES_CELL,       /* weights, credits: these and the numbers of the scenario */
  NAMES_NODE,       /* charges, times: facts, all inputs, tables, columns */
  NAMES_ASSET,      /* haircuts: inputs of assets and their underlyings, POSTED_FACTS */
  NAMES_ACCOUNT,    /* status, outputs: what the account came to, its inputs */
  NAMES_ANY         /* a define by itself */
} scope_of_names;
bool reader_expression(reader *r, const yaml_node *node, const char *what, scope_of_names scope, expression *compiled);

/* ---- names (read_names.c) ----------------------------------------------------------------------------- */

bool reader_add_name(reader *r, const char *name, place where, name_kind kind, uint32_t index);
const name_entry *reader_find_name(const reader *r, const char *name, size_t length); /* NULL when unknown */
bool reader_name_valid(reader *r, const char *name, place where);
const char *reader_nearest(const reader *r, const char *name, size_t length); /* NULL when none is near */
/* The word of `words` (blank-separated) that is nearest to `name`; `found` has 64 bytes. */
bool nearest_word(const char *name, const char *words, char *found);
const char *nearest_key(const yaml_node *map, const char *name); /* NULL when none is near */
name_meaning reader_find_meaning(reader *r, scope_of_names scope, const char *name, size_t length);
/* Names of all kinds, before anything refers to them. */
void reader_collect_names(reader *r);

/* Around the reading of a define or parameter: false, with a finding, when they are nested too deeply. */
bool reader_enter(reader *r, const char *name, place where);
void reader_leave(reader *r);

/* ---- parts (one file each) ---------------------------------------------------------------------------- */

void apply_settings(reader *r, const char *const *settings, size_t n_settings);
void read_inputs(reader *r);
void read_parameters(reader *r);
/* Before two trees of a chain of `extends` merge; source: what overrides. */
void merge_parameters(reader *r, yaml_node *base, yaml_node *over, const char *source);
void check_new_parameters(reader *r); /* a misspelt parameter of an extending model is used by nothing */
bool reader_parameter_ready(reader *r, uint32_t index); /* reads it now if nobody has */
void read_defines(reader *r);
bool reader_define_ready(reader *r, uint32_t index);
void read_columns(reader *r);
void read_blocks(reader *r);
uint32_t read_levels(reader *r, const yaml_node *node); /* index of a level set; NULL: the model's own */
void read_amounts(reader *r);                           /* and measures */
void read_equity(reader *r);                            /* equity, collateral, status, outputs */
void read_quality(reader *r);
const char *amount_kind_text(amount_kind kind);
/* worst, var, es, charge: what stands under the kind's key, and its options. */
bool read_leaf(reader *r, const yaml_node *map, const yaml_pair *kind, model_amount *amount);
/* Columns of coarser groups than the amount's own may be read, of finer ones not. */
bool check_scopes(reader *r, const expression *compiled, const model_amount *amount, place where);

bool read_grouping(reader *r, const yaml_node *node, uint32_t *index); /* by: [...] */
bool grouping_index(reader *r, uint32_t keys, uint32_t *index);       /* finds or adds */
void read_filter(reader *r, const yaml_node *node, filter *read);
/* The attribute of `by:` in tables and price lists, checked with its keys: a group key with texts, exercise, or a
 * textual input of one of `tables` (bits of 1 << input_table). */
bool read_attribute(reader *r, const yaml_node *node, uint32_t tables, const char **by);
bool check_attribute_key(reader *r, const char *by, const char *key, place where);

/* Lists of words that a book uses for a key, separated by blanks; NULL when any text will do. */
const char *key_words(const char *key);

#endif
