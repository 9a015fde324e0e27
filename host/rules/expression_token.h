/* SPDX-License-Identifier: MIT
 *
 * The words of an expression.
 */
#ifndef RULES_EXPRESSION_TOKEN_H
#define RULES_EXPRESSION_TOKEN_H

#include "rules/expression_program.h"

#include <stdbool.h>

/* X("name", op, fewest arguments, most). With more arguments than the op has operands: from left to right. */
#define EXPRESSION_FUNCTIONS(X)                                                              \
  X("if", OP_SELECT, 3, 3) X("min", OP_MIN, 2, 64) X("max", OP_MAX, 2, 64)                   \
  X("abs", OP_ABS, 1, 1) X("sign", OP_SIGN, 1, 1) X("exp", OP_EXP, 1, 1)                     \
  X("log", OP_LOG, 1, 1) X("sqrt", OP_SQRT, 1, 1) X("clamp", OP_CLAMP, 3, 3)                 \
  X("interp", OP_INTERPOLATE, 2, 2) X("tiers", OP_TIERS, 2, 2)

typedef struct expression_function {
  const char *name;
  expression_op op;
  uint32_t fewest, most;
} expression_function;

/* Levels of precedence; a higher one binds tighter. */
enum {
  LEVEL_OR = 1,
  LEVEL_AND,
  LEVEL_NOT,
  LEVEL_COMPARE,
  LEVEL_ADD,
  LEVEL_MULTIPLY,
  LEVEL_NEGATE,
  LEVEL_POWER
};

/* Binary operators. X("text", op, level); a text comes before its own beginnings. */
#define EXPRESSION_OPERATORS(X)                                                                           \
  X("<=", OP_LESS_EQUAL, LEVEL_COMPARE) X(">=", OP_GREATER_EQUAL, LEVEL_COMPARE)                          \
  X("==", OP_EQUAL, LEVEL_COMPARE) X("!=", OP_NOT_EQUAL, LEVEL_COMPARE) X("<", OP_LESS, LEVEL_COMPARE)    \
  X(">", OP_GREATER, LEVEL_COMPARE) X("+", OP_ADD, LEVEL_ADD) X("-", OP_SUBTRACT, LEVEL_ADD)              \
  X("*", OP_MULTIPLY, LEVEL_MULTIPLY) X("/", OP_DIVIDE, LEVEL_MULTIPLY) X("^", OP_POWER, LEVEL_POWER)     \
  X("and", OP_AND, LEVEL_AND) X("or", OP_OR, LEVEL_OR)

typedef struct expression_operator {
  const char *text;
  expression_op op;
  int level;
} expression_operator;

typedef struct expression_token {
  enum { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_OPERATOR, TOKEN_NOT, TOKEN_OTHER } is;
  size_t offset, length;                 /* in the text */
  const expression_operator *operator_;  /* TOKEN_OPERATOR */
} expression_token;

/* The token at or after `offset`. A number token is whatever begins like one: number_parse judges it. */
expression_token expression_token_read(const char *text, size_t offset);

const expression_function *expression_function_find(const char *name, size_t length); /* NULL when unknown */

#endif
