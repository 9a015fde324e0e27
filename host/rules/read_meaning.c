/* SPDX-License-Identifier: MIT
 *
 * What a name means in an expression, by where the expression stands.
 */
#include "rules/read_model.h"

#include <stdio.h>
#include <string.h>

static name_meaning refuse(const char *why) { return (name_meaning){.is = MEANS_REFUSED, .text = why}; }

static name_meaning read_slot(slot_kind kind, uint32_t index, uint32_t scope) {
  return (name_meaning){.is = MEANS_SLOT, .slot = {kind, index, scope}};
}

static name_meaning mean_fact(scope_of_names scope, uint32_t index) {
  if (scope == NAMES_CONSTANT) {
    return refuse("is a fact of instruments, and a number is expected here");
  }
  if (scope == NAMES_ASSET || scope == NAMES_ACCOUNT) {
    return refuse("is a fact of instruments, which haircuts, status and outputs do not know");
  }
  return read_slot(SLOT_FACT, index, SCOPE_OWN);
}

/* A number or attribute of `table`, in an expression of this scope. NULL, or why not. */
static const char *refuse_table(scope_of_names scope, input_table table) {
  if (scope == NAMES_CONSTANT) {
    return "is read from the book, and a number is expected here";
  }
  if (scope == NAMES_ASSET) {
    return table == INPUT_ASSETS || table == INPUT_UNDERLYINGS ? NULL
                                                               : "is neither of the assets nor of their underlyings";
  }
  if (scope == NAMES_ACCOUNT) {
    return table == INPUT_ACCOUNTS ? NULL : "is not of the accounts";
  }
  if (scope != NAMES_ANY && table == INPUT_ASSETS) {
    return "is of the assets, and only haircuts and `moves` know them";
  }
  if (scope != NAMES_NODE && scope != NAMES_ANY && table == INPUT_ACCOUNTS) {
    return "is of the account, and only charges and times know the account";
  }
  return NULL;
}

static name_meaning mean_input(reader *r, scope_of_names scope, uint32_t index) {
  const model_input *input = &r->model->inputs[index];
  if (!input->column) {
    return (name_meaning){.is = MEANS_FAULTY};
  }
  if (input->textual) {
    return refuse("is an input without a unit, which is a text: it serves `by` and `of`");
  }
  const char *refusal = refuse_table(scope, input->table);
  return refusal ? refuse(refusal) : read_slot(SLOT_INPUT, index, SCOPE_OWN);
}

static name_meaning mean_table(reader *r, scope_of_names scope, uint32_t index) {
  const char *by = r->model->parameters[index].by;
  if (scope == NAMES_CONSTANT) {
    return refuse("is a table, and a number is expected here");
  }
  if (scope == NAMES_ASSET || scope == NAMES_ACCOUNT) {
    return refuse("is a table by instruments, which haircuts, status and outputs do not know");
  }
  const name_entry *input = reader_find_name(r, by, strlen(by));
  if (input && input->kind == NAME_INPUT) {
    const char *refusal = refuse_table(scope, r->model->inputs[input->index].table);
    if (refusal) {
      return refuse(refusal);
    }
  }
  return read_slot(SLOT_TABLE, index, SCOPE_OWN);
}

/* The chain of defines and parameters from `name` to itself. */
static name_meaning refuse_cycle(reader *r, const char *name) {
  char path[512];
  size_t length = 0;
  bool inside = false;
  for (uint32_t i = 0; i < r->nested && length < sizeof path; i++) {
    inside = inside || strcmp(r->nested_names[i], name) == 0;
    if (inside) {
      length += (size_t)snprintf(path + length, sizeof path - length, "%s -> ", r->nested_names[i]);
    }
  }
  return refuse(arena_format(r->memory, "is defined by itself: %s%s", path, name));
}

static name_meaning mean_parameter(reader *r, scope_of_names scope, uint32_t index) {
  r->parameter_used[index] = true;
  if (r->parameter_state[index] == READING) {
    return refuse_cycle(r, r->parameter_pairs[index]->key);
  }
  if (!reader_parameter_ready(r, index)) {
    return (name_meaning){.is = MEANS_FAULTY};
  }
  const parameter *known = &r->model->parameters[index];
  switch (known->shape) {
    case PARAMETER_NUMBER:
      return (name_meaning){.is = MEANS_NUMBER, .number = known->value};
    case PARAMETER_CURVE:
      return (name_meaning){.is = MEANS_CURVE, .curve = {known->x, known->y, known->n}};
    default:
      return mean_table(r, scope, index);
  }
}

static name_meaning mean_define(reader *r, uint32_t index) {
  if (r->defines.items[index].state == READING) {
    return refuse_cycle(r, r->defines.items[index].name);
  }
  if (!reader_define_ready(r, index)) {
    return (name_meaning){.is = MEANS_FAULTY};
  }
  return (name_meaning){.is = MEANS_DEFINE, .text = r->defines.items[index].node->text};
}

/* Names that only haircuts, or only status and outputs, know. */
static bool mean_special(scope_of_names scope, const char *name, size_t length, name_meaning *meaning) {
#define SPECIAL_NAME(fact, text, what) [fact] = text,
  static const char *const facts[N_ACCOUNT_FACTS] = {ACCOUNT_FACTS(SPECIAL_NAME)};
  static const char *const posted[N_POSTED_FACTS] = {POSTED_FACTS(SPECIAL_NAME)};
#undef SPECIAL_NAME
  for (uint32_t i = 0; scope == NAMES_ASSET && i < N_POSTED_FACTS; i++) {
    if (strlen(posted[i]) == length && memcmp(name, posted[i], length) == 0) {
      *meaning = read_slot(SLOT_POSTED, i, SCOPE_OWN);
      return true;
    }
  }
  for (uint32_t i = 0; scope == NAMES_ACCOUNT && i < N_ACCOUNT_FACTS; i++) {
    if (strlen(facts[i]) == length && memcmp(name, facts[i], length) == 0) {
      *meaning = read_slot(SLOT_ACCOUNT, i, SCOPE_OWN);
      return true;
    }
  }
  return false;
}

static name_meaning mean_name(reader *r, scope_of_names scope, const char *name, size_t length) {
  name_meaning special;
  if (mean_special(scope, name, length, &special)) {
    return special;
  }
  const name_entry *known = reader_find_name(r, name, length);
  if (!known) {
    return (name_meaning){.is = MEANS_NOTHING, .nearest = reader_nearest(r, name, length)};
  }
  switch (known->kind) {
    case NAME_FACT:
      return mean_fact(scope, known->index);
    case NAME_INPUT:
      return mean_input(r, scope, known->index);
    case NAME_PARAMETER:
      return mean_parameter(r, scope, known->index);
    case NAME_DEFINE:
      return mean_define(r, known->index);
    case NAME_COLUMN:
      return scope == NAMES_NODE || scope == NAMES_ANY
                 ? read_slot(SLOT_COLUMN, known->index, SCOPE_OWN)
                 : refuse("is a column, and columns are read by charges and times only");
    case NAME_SCENARIO:
      return scope == NAMES_CELL || scope == NAMES_ANY
                 ? read_slot(SLOT_SCENARIO, known->index, SCOPE_OWN)
                 : refuse("is a number of the scenario, which weights and `scale` read");
    case NAME_BLOCK:
      return refuse("is a block, and blocks are read by worst, var and es only");
    case NAME_AMOUNT:
      return refuse("is an amount, and amounts meet in sum, max and min");
  }
  return refuse("is not a number");
}

/* `account.NAME` or `KEY.NAME`: a column of the coarser group that the item is in. */
static name_meaning mean_scoped(reader *r, scope_of_names scope, const char *name, size_t length) {
  size_t prefix = (size_t)((const char *)memchr(name, '.', length) - name);
  const char *column = name + prefix + 1;
  uint32_t group = 0;
  if (prefix != 7 || memcmp(name, "account", 7) != 0) {
    const char *text = arena_text(r->memory, name, prefix);
    group_key key;
    if (!text || !group_key_find(text, &key)) {
      return refuse("begins with something that is neither account nor a group key");
    }
    if (!grouping_index(r, 1u << key, &group)) {
      return (name_meaning){.is = MEANS_FAULTY};
    }
  }
  const name_entry *known = reader_find_name(r, column, length - prefix - 1);
  if (!known || known->kind != NAME_COLUMN) {
    return refuse("does not end with the name of a column");
  }
  if (scope != NAMES_NODE && scope != NAMES_ANY) {
    return refuse("is a column, and columns are read by charges and times only");
  }
  return read_slot(SLOT_COLUMN, known->index, 1 + group);
}

name_meaning reader_find_meaning(reader *r, scope_of_names scope, const char *name, size_t length) {
  return memchr(name, '.', length) ? mean_scoped(r, scope, name, length) : mean_name(r, scope, name, length);
}
