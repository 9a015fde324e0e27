/* SPDX-License-Identifier: MIT
 *
 * Runs a stack program over blocks of 64 items: each stack row is 64 doubles, each instruction one loop of constant
 * length that the compiler vectorises.
 */
#include "rules/expression_program.h"

#include "kernels/math.h"

#include <math.h>
#include <string.h>

#define OPERANDS(name, operands) [name] = operands,
static const uint8_t operands_of[N_OPS] = {EXPRESSION_OPS(OPERANDS)};
#undef OPERANDS

uint32_t expression_op_operands(expression_op op) { return operands_of[op]; }

static double interpolate(curve_points curve, double x) {
  if (!(x > curve.x[0])) {
    return x != x ? x : curve.y[0];
  }
  for (uint32_t i = 1; i < curve.n; i++) {
    if (x < curve.x[i]) {
      double part = (x - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]);
      return curve.y[i - 1] + part * (curve.y[i] - curve.y[i - 1]);
    }
  }
  return curve.y[curve.n - 1];
}

static double sum_tiers(curve_points curve, double x) {
  double sum = 0.0;
  for (uint32_t i = 0; i < curve.n && !(x <= curve.x[i]); i++) {
    bool ends_here = i + 1 == curve.n || !(x >= curve.x[i + 1]);
    sum += curve.y[i] * ((ends_here ? x : curve.x[i + 1]) - curve.x[i]);
  }
  return sum;
}

/* A comparison with a NaN is NaN, so that bad data cannot turn into an answer. */
static inline double truth(int holds, double a, double b) {
  double answer = holds ? 1.0 : 0.0;
  return a != a ? a : b != b ? b : answer;
}

/* Of two rows a (below) and b (top), one result in place of a. */
#define BINARY(op, result)                          \
  case op:                                          \
    for (int i = 0; i < PROGRAM_BLOCK_ITEMS; i++) { \
      double a = top[-1][i], b = top[0][i];         \
      top[-1][i] = (result);                        \
    }                                               \
    top--;                                          \
    break;

#define UNARY(op, result)                           \
  case op:                                          \
    for (int i = 0; i < PROGRAM_BLOCK_ITEMS; i++) { \
      double a = top[0][i];                         \
      top[0][i] = (result);                         \
    }                                               \
    break;

#define TERNARY(op, result)                                         \
  case op:                                                          \
    for (int i = 0; i < PROGRAM_BLOCK_ITEMS; i++) {                 \
      double a = top[-2][i], b = top[-1][i], c = top[0][i];         \
      top[-2][i] = (result);                                        \
    }                                                               \
    top -= 2;                                                       \
    break;

static inline double smaller(double a, double b) { return b < a || b != b ? b : a; }
static inline double larger(double a, double b) { return b > a || b != b ? b : a; }

/* The last item is repeated to the end of the row, so that loops have constant length and meet no stale numbers. */
static void load(double *row, const double *items, size_t count) {
  memcpy(row, items, count * sizeof *row);
  for (size_t i = count; i < PROGRAM_BLOCK_ITEMS; i++) {
    row[i] = items[count - 1];
  }
}

/* Compiled twice where the loader can choose: with fma in registers a logarithm costs a fraction of one that calls the
 * library for it. The bits are the same: fma is correctly rounded either way, and nothing is contracted. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define CLONED __attribute__((flatten, target_clones("fma", "default")))
#else
#define CLONED
#endif

CLONED
static void run_block(const expression_program *program, const double *const *slots, size_t first, size_t count,
                      double *out) {
  double rows[1 + PROGRAM_STACK_ROWS][PROGRAM_BLOCK_ITEMS] __attribute__((aligned(64)));
  double(*top)[PROGRAM_BLOCK_ITEMS] = rows; /* rows[0] is below the stack */
#ifdef __clang_analyzer__ /* does not know that a program reads no row that it has not filled */
  memset(rows, 0, sizeof rows);
#endif
  for (uint32_t n = 0; n < program->n_instructions; n++) {
    const instruction *step = &program->instructions[n];
    switch (step->op) {
      case OP_CONSTANT:
        top++;
        for (int i = 0; i < PROGRAM_BLOCK_ITEMS; i++) {
          top[0][i] = step->value;
        }
        break;
      case OP_SLOT:
        top++;
        load(top[0], slots[step->index] + first, count);
        break;
      UNARY(OP_NEGATE, -a)
      BINARY(OP_ADD, a + b)
      BINARY(OP_SUBTRACT, a - b)
      BINARY(OP_MULTIPLY, a * b)
      BINARY(OP_DIVIDE, a / b)
      BINARY(OP_POWER, a != a ? a : b != b ? b : math_pow(a, b)) /* math_pow says 1 for NaN^0 and 1^NaN */
      BINARY(OP_LESS, truth(a < b, a, b))
      BINARY(OP_LESS_EQUAL, truth(a <= b, a, b))
      BINARY(OP_GREATER, truth(a > b, a, b))
      BINARY(OP_GREATER_EQUAL, truth(a >= b, a, b))
      BINARY(OP_EQUAL, truth(a == b, a, b))
      BINARY(OP_NOT_EQUAL, truth(a != b, a, b))
      BINARY(OP_AND, truth((a != 0.0) & (b != 0.0), a, b))
      BINARY(OP_OR, truth((a != 0.0) | (b != 0.0), a, b))
      UNARY(OP_NOT, truth(a == 0.0, a, a))
      TERNARY(OP_SELECT, a != a ? a : a != 0.0 ? b : c)
      BINARY(OP_MIN, smaller(a, b))
      BINARY(OP_MAX, larger(a, b))
      UNARY(OP_ABS, fabs(a))
      UNARY(OP_SIGN, a != a ? a : (double)((a > 0.0) - (a < 0.0)))
      UNARY(OP_EXP, math_exp(a))
      UNARY(OP_LOG, math_log(a))
      UNARY(OP_SQRT, sqrt(a))
      TERNARY(OP_CLAMP, smaller(larger(a, b), c))
      UNARY(OP_INTERPOLATE, interpolate(program->curves[step->index], a))
      UNARY(OP_TIERS, sum_tiers(program->curves[step->index], a))
      case N_OPS:
        break;
    }
  }
  memcpy(out, top[0], count * sizeof *out);
}

void expression_run_block(const expression_program *program, const double *const *slots, size_t first, size_t count,
                          double *out) {
  run_block(program, slots, first, count, out);
}

void expression_eval(const expression *compiled, const double *const *slots, size_t n, double *out) {
  for (size_t i = 0; compiled->constant && i < n; i++) {
    out[i] = compiled->value;
  }
  for (size_t first = 0; !compiled->constant && first < n; first += PROGRAM_BLOCK_ITEMS) {
    size_t count = n - first < PROGRAM_BLOCK_ITEMS ? n - first : PROGRAM_BLOCK_ITEMS;
    run_block(compiled->program, slots, first, count, out + first);
  }
}
