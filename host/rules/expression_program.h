/* SPDX-License-Identifier: MIT
 *
 * The stack program behind an expression: shared by the compiler, which folds constants with it, and the evaluator.
 */
#ifndef RULES_EXPRESSION_PROGRAM_H
#define RULES_EXPRESSION_PROGRAM_H

#include "rules/expression.h"

enum {
  PROGRAM_BLOCK_ITEMS = 64,  /* width of a row: long enough to hide the dispatch, small enough for L1 with the stack */
  PROGRAM_STACK_ROWS = 32,
  PROGRAM_INSTRUCTIONS = 4096
};

/* X(ENUM, number of operands) */
#define EXPRESSION_OPS(X)                                                                                     \
  X(OP_CONSTANT, 0) X(OP_SLOT, 0) X(OP_NEGATE, 1) X(OP_ADD, 2) X(OP_SUBTRACT, 2) X(OP_MULTIPLY, 2)            \
  X(OP_DIVIDE, 2) X(OP_POWER, 2) X(OP_LESS, 2) X(OP_LESS_EQUAL, 2) X(OP_GREATER, 2) X(OP_GREATER_EQUAL, 2)    \
  X(OP_EQUAL, 2) X(OP_NOT_EQUAL, 2) X(OP_AND, 2) X(OP_OR, 2) X(OP_NOT, 1) X(OP_SELECT, 3) X(OP_MIN, 2)        \
  X(OP_MAX, 2) X(OP_ABS, 1) X(OP_SIGN, 1) X(OP_EXP, 1) X(OP_LOG, 1) X(OP_SQRT, 1) X(OP_CLAMP, 3)              \
  X(OP_INTERPOLATE, 1) X(OP_TIERS, 1)
#define EXPRESSION_OP_ENUM(name, operands) name,
typedef enum expression_op { EXPRESSION_OPS(EXPRESSION_OP_ENUM) N_OPS } expression_op;
#undef EXPRESSION_OP_ENUM

typedef struct instruction {
  expression_op op;
  uint32_t index; /* OP_SLOT: slot; OP_INTERPOLATE, OP_TIERS: curve */
  double value;   /* OP_CONSTANT */
} instruction;

typedef struct expression_program {
  uint32_t n_instructions;
  const instruction *instructions;
  const curve_points *curves;
} expression_program;

uint32_t expression_op_operands(expression_op op);

/* Runs over items first .. first + count - 1 of the slots, count <= PROGRAM_BLOCK_ITEMS. */
void expression_run_block(const expression_program *program, const double *const *slots, size_t first, size_t count,
                          double *out);

#endif
