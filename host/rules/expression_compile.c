/* SPDX-License-Identifier: MIT
 *
 * Recursive descent over the tokens, one instruction out per operator. An operator whose operands are constants is
 * run at once and becomes a constant. Depth, size and work are bounded, so that no text can exhaust the host.
 */
#include "rules/expression_token.h"

#include "base/array.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

enum {
  NESTING_LIMIT = 64,  /* brackets, unary operators and defines inside each other */
  TOKEN_LIMIT = 16384, /* read in all, through defines */
  QUOTED_BYTES = 40    /* of a token, in a message */
};

typedef struct parser {
  const char *text;
  place where;
  expression_token token;    /* the next one */
  const char *define;        /* the outermost define that is being compiled in place, or NULL */
  int define_length;
  size_t define_offset;      /* of its use */
  const name_lookup *names;
  arena *memory;
  sg_error *error;
  sg_status status;
  uint32_t nesting, n_tokens, n_rows;
  ARRAY(instruction) code;
  ARRAY(slot) slots;
  ARRAY(curve_points) curves;
  const char *numbers; /* read so far */
} parser;

static bool parse_level(parser *p, int level);

/* Reports at a byte of the model author's own text; inside a define, at the place of its use. */
static bool fail(parser *p, size_t offset, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fail(parser *p, size_t offset, const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  place at = p->where;
  if (at.column != 0) {
    at.column += p->define ? p->define_offset : offset;
  }
  p->status = p->define ? error_add(p->error, SG_INPUT, at, "in \"%.*s\": %s", p->define_length, p->define, message)
                        : error_add(p->error, SG_INPUT, at, "%s", message);
  return false;
}

static bool fail_memory(parser *p) {
  p->status = error_out_of_memory(p->error);
  return false;
}

static bool fail_expected(parser *p, const char *expected) {
  const expression_token *token = &p->token;
  if (token->is == TOKEN_END) {
    return fail(p, token->offset, "expected %s, found the end of the expression", expected);
  }
  const char *text = p->text + token->offset;
  int length = token->length < QUOTED_BYTES ? (int)token->length : QUOTED_BYTES;
  return fail(p, token->offset, "expected %s, found \"%.*s\"%s", expected, length, text,
              *text == '=' ? " (write == to compare)" : "");
}

static bool advance(parser *p) {
  if (++p->n_tokens > TOKEN_LIMIT) {
    return fail(p, p->token.offset, "the expression is too long: more than %d words with its defines", TOKEN_LIMIT);
  }
  p->token = expression_token_read(p->text, p->token.offset + p->token.length);
  return true;
}

static bool token_is(const parser *p, char c) {
  return p->token.is == TOKEN_OTHER && p->token.length == 1 && p->text[p->token.offset] == c;
}

static bool fold(parser *p, uint32_t operands) {
  const instruction *tail = p->code.items + p->code.n - 1 - operands;
  for (uint32_t i = 0; i < operands; i++) {
    if (tail[i].op != OP_CONSTANT) {
      return true;
    }
  }
  expression_program program = {operands + 1, tail, p->curves.items};
  double value;
  expression_run_block(&program, NULL, 0, 1, &value);
  p->code.n -= operands;
  p->code.items[p->code.n - 1] = (instruction){.op = OP_CONSTANT, .value = value};
  return true;
}

static bool emit(parser *p, expression_op op, uint32_t index, double value) {
  uint32_t operands = expression_op_operands(op);
  if (p->code.n == PROGRAM_INSTRUCTIONS) {
    return fail(p, p->token.offset, "the expression is too long: more than %d steps with its defines",
                PROGRAM_INSTRUCTIONS);
  }
  if (operands == 0 && p->n_rows == PROGRAM_STACK_ROWS) {
    return fail(p, p->token.offset, "the expression is nested too deeply: name a part of it under define");
  }
  if (!ARRAY_PUSH(&p->code, (instruction){op, index, value})) {
    return fail_memory(p);
  }
  p->n_rows = p->n_rows + 1 - operands;
  return operands == 0 || fold(p, operands);
}

static bool emit_slot(parser *p, slot wanted) {
  uint32_t i = 0;
  while (i < p->slots.n && (p->slots.items[i].kind != wanted.kind || p->slots.items[i].index != wanted.index ||
                            p->slots.items[i].scope != wanted.scope)) {
    i++;
  }
  if (i == p->slots.n && !ARRAY_PUSH(&p->slots, wanted)) {
    return fail_memory(p);
  }
  return emit(p, OP_SLOT, i, 0.0);
}

static bool fail_name(parser *p, const expression_token *name, const name_meaning *meaning) {
  const char *text = p->text + name->offset;
  int length = name->length < QUOTED_BYTES ? (int)name->length : QUOTED_BYTES;
  switch (meaning->is) {
    case MEANS_NOTHING:
      return meaning->nearest ? fail(p, name->offset, "\"%.*s\" is not a known name; the nearest is \"%s\"", length,
                                     text, meaning->nearest)
                              : fail(p, name->offset, "\"%.*s\" is not a known name", length, text);
    case MEANS_REFUSED:
      return fail(p, name->offset, "\"%.*s\" %s", length, text, meaning->text);
    case MEANS_CURVE:
      return fail(p, name->offset, "\"%.*s\" is a curve: read it with interp(x, %.*s) or tiers(x, %.*s)", length, text,
                  length, text, length, text);
    default: /* its own error is reported */
      p->status = SG_INPUT;
      return false;
  }
}

/* A define: the whole of its text, as if in brackets. */
static bool parse_define(parser *p, const expression_token *name, const char *text) {
  parser outer = *p;
  if (!p->define) {
    p->define = p->text + name->offset;
    p->define_length = (int)name->length;
    p->define_offset = name->offset;
  }
  p->text = text;
  p->token = expression_token_read(text, 0);
  bool parsed = parse_level(p, LEVEL_OR) &&
                (p->token.is == TOKEN_END || fail_expected(p, "an operator or the end of the expression"));
  p->text = outer.text;
  p->token = outer.token;
  p->define = outer.define;
  p->define_length = outer.define_length;
  p->define_offset = outer.define_offset;
  return parsed;
}

/* Keeps what a name stands for, once. */
static bool note_number(parser *p, const expression_token *name, double value) {
  char number[NUMBER_TEXT_BYTES];
  number_format(value, number);
  const char *noted = arena_format(p->memory, "%.*s=%s", (int)name->length, p->text + name->offset, number);
  const char *found = noted == NULL ? NULL : strstr(p->numbers, noted);
  size_t length = noted == NULL ? 0 : strlen(noted);
  bool begins = found != NULL && (found == p->numbers || found[-1] == ' ');
  bool again = begins && (found[length] == ',' || found[length] == '\0');
  if (noted != NULL && !again) {
    noted = arena_format(p->memory, "%s%s%s", p->numbers, p->numbers[0] == '\0' ? "" : ", ", noted);
    p->numbers = noted == NULL ? p->numbers : noted;
  }
  return noted != NULL || fail_memory(p);
}

static bool parse_name(parser *p, const expression_token *name) {
  name_meaning meaning = p->names->find(p->names->context, p->text + name->offset, name->length);
  switch (meaning.is) {
    case MEANS_SLOT:
      return emit_slot(p, meaning.slot);
    case MEANS_NUMBER:
      return note_number(p, name, meaning.number) && emit(p, OP_CONSTANT, 0, meaning.number);
    case MEANS_DEFINE:
      return parse_define(p, name, meaning.text);
    default:
      return fail_name(p, name, &meaning);
  }
}

/* The second argument of interp and tiers. */
static bool parse_curve(parser *p, expression_op op) {
  expression_token name = p->token;
  if (name.is != TOKEN_NAME) {
    return fail_expected(p, "the name of a curve");
  }
  name_meaning meaning = p->names->find(p->names->context, p->text + name.offset, name.length);
  if (meaning.is == MEANS_SLOT || meaning.is == MEANS_NUMBER || meaning.is == MEANS_DEFINE) {
    return fail(p, name.offset, "\"%.*s\" is not a curve: a list of points [x, y] under parameters is expected",
                (int)name.length, p->text + name.offset);
  }
  if (meaning.is != MEANS_CURVE) {
    return fail_name(p, &name, &meaning);
  }
  if (!ARRAY_PUSH(&p->curves, meaning.curve)) {
    return fail_memory(p);
  }
  return advance(p) && emit(p, op, (uint32_t)p->curves.n - 1, 0.0);
}

static bool parse_call(parser *p, const expression_token *name) {
  const expression_function *function = expression_function_find(p->text + name->offset, name->length);
  if (!function) {
    return fail(p, name->offset, "\"%.*s\" is not a function", (int)name->length, p->text + name->offset);
  }
  bool curve = function->op == OP_INTERPOLATE || function->op == OP_TIERS;
  uint32_t n = 0;
  do {
    if (!advance(p)) { /* the bracket, then each comma */
      return false;
    }
    if (!(curve && n == 1 ? parse_curve(p, function->op) : parse_level(p, LEVEL_OR))) {
      return false;
    }
    n++;
    bool chained = function->most > function->fewest && n > 1;
    if (chained && !emit(p, function->op, 0, 0.0)) {
      return false;
    }
  } while (token_is(p, ',') && n < function->most);
  if (!token_is(p, ')') && !token_is(p, ',')) {
    return fail_expected(p, "\",\" or \")\"");
  }
  if (token_is(p, ',')) {
    return fail(p, name->offset, "%s() takes %u argument%s, not more", function->name, function->most,
                function->most > 1 ? "s" : "");
  }
  if (n < function->fewest) {
    return fail(p, name->offset, "%s() takes %u%s arguments, not %u", function->name, function->fewest,
                function->most > function->fewest ? " or more" : "", n);
  }
  bool applied = curve || function->most > function->fewest;
  return (applied || emit(p, function->op, 0, 0.0)) && advance(p);
}

static bool parse_number(parser *p, const expression_token *token) {
  double value;
  const char *refusal = number_parse(p->text + token->offset, token->length, &value);
  if (refusal) {
    int length = token->length < QUOTED_BYTES ? (int)token->length : QUOTED_BYTES;
    return fail(p, token->offset, "\"%.*s\" %s", length, p->text + token->offset, refusal);
  }
  return emit(p, OP_CONSTANT, 0, value);
}

static bool parse_value(parser *p) {
  expression_token token = p->token;
  if (token.is == TOKEN_NUMBER) {
    return parse_number(p, &token) && advance(p);
  }
  if (token.is == TOKEN_NAME) {
    if (!advance(p)) {
      return false;
    }
    if (token_is(p, '(')) {
      return parse_call(p, &token);
    }
    if (expression_function_find(p->text + token.offset, token.length)) {
      return fail_expected(p, "\"(\" after the name of a function");
    }
    return parse_name(p, &token);
  }
  if (token_is(p, '(')) {
    return advance(p) && parse_level(p, LEVEL_OR) && (token_is(p, ')') || fail_expected(p, "\")\"")) && advance(p);
  }
  return fail_expected(p, "a number, a name or \"(\"");
}

/* What stands before a binary operator: a value, or a unary operator and its operand. */
static bool parse_operand(parser *p, int level) {
  const expression_operator *operator_ = p->token.is == TOKEN_OPERATOR ? p->token.operator_ : NULL;
  if (p->token.is == TOKEN_NOT) {
    if (level > LEVEL_NOT) {
      return fail_expected(p, "a number, a name or \"(\"");
    }
    return advance(p) && parse_level(p, LEVEL_NOT) && emit(p, OP_NOT, 0, 0.0);
  }
  if (operator_ && operator_->op == OP_SUBTRACT) {
    return advance(p) && parse_level(p, LEVEL_NEGATE) && emit(p, OP_NEGATE, 0, 0.0);
  }
  return parse_value(p);
}

static bool parse_binary(parser *p, int level) {
  bool compared = false;
  while (p->token.is == TOKEN_OPERATOR && p->token.operator_->level >= level) {
    const expression_operator *operator_ = p->token.operator_;
    if (operator_->level == LEVEL_COMPARE && compared) {
      return fail(p, p->token.offset, "comparisons do not chain: join two of them with \"and\"");
    }
    compared = operator_->level == LEVEL_COMPARE;
    /* A power binds from the right, and its exponent may carry a sign. */
    int right = operator_->level == LEVEL_POWER ? LEVEL_NEGATE : operator_->level + 1;
    if (!advance(p) || !parse_level(p, right) || !emit(p, operator_->op, 0, 0.0)) {
      return false;
    }
  }
  return true;
}

static bool parse_level(parser *p, int level) {
  if (++p->nesting > NESTING_LIMIT) {
    return fail(p, p->token.offset, "the expression is nested too deeply: name a part of it under define");
  }
  bool parsed = parse_operand(p, level) && parse_binary(p, level);
  p->nesting--;
  return parsed;
}

static bool keep(parser *p, expression *compiled) {
  expression_program *program = ARENA_ARRAY(p->memory, expression_program, 1);
  instruction *code = ARENA_ARRAY(p->memory, instruction, p->code.n);
  slot *slots = ARENA_ARRAY(p->memory, slot, p->slots.n);
  curve_points *curves = ARENA_ARRAY(p->memory, curve_points, p->curves.n);
  if (!program || !code || !slots || !curves) {
    return fail_memory(p);
  }
  memcpy(code, p->code.items, p->code.n * sizeof *code);
  if (p->slots.n > 0) {
    memcpy(slots, p->slots.items, p->slots.n * sizeof *slots);
  }
  if (p->curves.n > 0) {
    memcpy(curves, p->curves.items, p->curves.n * sizeof *curves);
  }
  *program = (expression_program){(uint32_t)p->code.n, code, curves};
  bool constant = p->code.n == 1 && code[0].op == OP_CONSTANT;
  *compiled = (expression){.text = p->text, .numbers = p->numbers, .n_slots = (uint32_t)p->slots.n,
                           .slots = slots, .constant = constant, .value = constant ? code[0].value : 0.0, .program = program};
  return true;
}

sg_status expression_compile(const char *text, place where, const name_lookup *names, arena *memory,
                             expression *compiled, sg_error *error) {
  parser p = {.text = text, .where = where, .token = expression_token_read(text, 0), .names = names,
              .memory = memory, .error = error, .numbers = ""};
  if (parse_level(&p, LEVEL_OR) &&
      (p.token.is == TOKEN_END || fail_expected(&p, "an operator or the end of the expression"))) {
    keep(&p, compiled);
  }
  ARRAY_FREE(&p.code);
  ARRAY_FREE(&p.slots);
  ARRAY_FREE(&p.curves);
  return p.status;
}
