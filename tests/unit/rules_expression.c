/* SPDX-License-Identifier: MIT
 *
 * Expressions against values worked out by hand or with Python's mpmath at 50 digits (exp, log, powers, roots).
 */
#include "rules/expression.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 1000 };

static double item_x[ITEMS], item_y[ITEMS];
static const double curve_x[] = {0.0, 10.0, 30.0}, curve_y[] = {1.0, 2.0, 4.0};

static bool is(const char *name, size_t length, const char *wanted) {
  return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

/* x and y are slots, two = 2, twice = 2 * x, loop = loop + 1, secret is refused. */
static name_meaning find(void *context, const char *name, size_t length) {
  name_meaning meaning = {.is = MEANS_NOTHING, .nearest = NULL};
  if (is(name, length, "x") || is(name, length, "y")) {
    meaning.is = MEANS_SLOT;
    meaning.slot = (slot){SLOT_FACT, *name == 'x' ? FACT_SPOT : FACT_STRIKE, SCOPE_OWN};
  } else if (is(name, length, "account.y")) {
    meaning.is = MEANS_SLOT;
    meaning.slot = (slot){SLOT_COLUMN, 3, 1};
  } else if (is(name, length, "two")) {
    meaning.is = MEANS_NUMBER;
    meaning.number = 2.0;
  } else if (is(name, length, "curve")) {
    meaning.is = MEANS_CURVE;
    meaning.curve = (curve_points){curve_x, curve_y, 3};
  } else if (is(name, length, "twice") || is(name, length, "loop") || is(name, length, "broken")) {
    meaning.is = MEANS_DEFINE;
    meaning.text = *name == 't' ? "2 * x" : *name == 'l' ? "loop + 1" : "1 +";
  } else if (is(name, length, "secret")) {
    meaning.is = MEANS_REFUSED;
    meaning.text = "is not for here";
  } else if (is(name, length, "xx")) {
    meaning.nearest = "x";
  }
  return meaning;
}

static const name_lookup names = {NULL, find};
static arena *memory;

static expression compile(const char *text) {
  expression compiled = {0};
  sg_error *error = sg_error_open();
  if (expression_compile(text, (place){"m", 1, 1}, &names, memory, &compiled, error) != SG_OK) {
    fail_msg("%s: %s", text, sg_error_get(error, 0).message);
  }
  sg_error_close(error);
  return compiled;
}

/* With x = 3 and y = -0.5. */
static double value_of(const char *text) {
  expression compiled = compile(text);
  const double x = 3.0, y = -0.5;
  const double *slots[4] = {0};
  for (uint32_t i = 0; i < compiled.n_slots; i++) {
    slots[i] = compiled.slots[i].index == FACT_SPOT ? &x : &y;
  }
  double value;
  expression_eval(&compiled, slots, 1, &value);
  return value;
}

typedef struct known_value {
  const char *text;
  double expected;
} known_value;

static void check_exactly(const known_value *known, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double got = value_of(known[i].text);
    if (memcmp(&got, &known[i].expected, sizeof got) != 0) {
      fail_msg("%s: expected %.17g, got %.17g", known[i].text, known[i].expected, got);
    }
  }
}

static void operators_bind_as_documented(void **state) {
  static const known_value known[] = {
      {"1 + 2 * 3", 7},         {"(1 + 2) * 3", 9},      {"10 - 4 - 3", 3},       {"16 / 4 / 2", 2},
      {"2 ^ 3 ^ 2", 512},       {"-2 ^ 2", -4},          {"(-2) ^ 2", 4},         {"2 ^ -1", 0.5},
      {"2 * -3", -6},           {"- -3", 3},             {"2 - -3", 5},           {"-x ^ two", -9},
      {"1 < 2 and 2 < 3", 1},   {"1 or 0 and 0", 1},     {"(1 or 0) and 0", 0},   {"not 1 == 2", 1},
      {"not 0 and 0", 0},       {"not (0 and 0)", 1},    {"1 + 1 == 2", 1},       {"2 > 1 + 1", 0},
      {"3 >= x", 1},            {"3 <= x", 1},           {"3 != x", 0},           {"x == 3", 1},
      {"x < y", 0},             {"x > y", 1},            {"5 and -2", 1},         {"0 or 0", 0},
      {"not 7", 0},             {"1e3 + 2.5E-1", 1000.25}, {".5 + x", 3.5},       {"12e0*x", 36},
  };
  check_exactly(known, sizeof known / sizeof *known);
}

static void functions_give_known_values(void **state) {
  static const known_value known[] = {
      {"if(x > 2, 10, 20)", 10},  {"if(x < 2, 10, 20)", 20},   {"if(y, 1, 2)", 1},        {"if(0, x, y)", -0.5},
      {"min(x, y)", -0.5},        {"max(x, y)", 3},            {"min(4, x, 5, y, 2)", -0.5}, {"max(4, x, 5, y, 2)", 5},
      {"abs(y)", 0.5},            {"abs(x)", 3},               {"sign(y)", -1},           {"sign(x)", 1},
      {"sign(0)", 0},             {"sqrt(x * x)", 3},          {"sqrt(2)", 1.4142135623730951},
      {"clamp(x, 0, 1)", 1},      {"clamp(y, 0, 1)", 0},       {"clamp(0.25, 0, 1)", 0.25},
      {"exp(0)", 1},              {"log(1)", 0},               {"if(1, 2, 1 / 0)", 2},
      {"interp(-5, curve)", 1},   {"interp(0, curve)", 1},     {"interp(5, curve)", 1.5}, {"interp(10, curve)", 2},
      {"interp(25, curve)", 3.5}, {"interp(30, curve)", 4},    {"interp(99, curve)", 4},  {"interp(x + 2, curve)", 1.5},
      {"tiers(-1, curve)", 0},    {"tiers(0, curve)", 0},      {"tiers(5, curve)", 5},    {"tiers(10, curve)", 10},
      {"tiers(12, curve)", 14},   {"tiers(30, curve)", 50},    {"tiers(31, curve)", 54},  {"tiers(x, curve)", 3},
      {"twice + 1", 7},           {"twice ^ two", 36},         {"3 - twice", -3},
  };
  check_exactly(known, sizeof known / sizeof *known);
}

/* kernels/math.h is within 1 ulp of these: mpmath, 50 digits. */
static void transcendental_functions_are_within_an_ulp(void **state) {
  static const known_value known[] = {
      {"exp(1)", 2.718281828459045},          {"exp(-y)", 1.6487212707001282},  {"exp(-x)", 0.049787068367863944},
      {"log(2)", 0.6931471805599453},         {"log(x)", 1.0986122886681098},   {"log(x / 10)", -1.2039728043259360},
      {"2 ^ 0.5", 1.4142135623730951},        {"x ^ 0.3", 1.3903891703159093},  {"2 ^ 0.13", 1.0942937012607394},
      {"(30 / 15) ^ 0.3", 1.2311444133449163}, {"x ^ y", 0.57735026918962573},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double got = value_of(known[i].text);
    if (!(fabs(got - known[i].expected) <= 2.0 * DBL_EPSILON * fabs(known[i].expected))) {
      fail_msg("%s: expected %.17g, got %.17g", known[i].text, known[i].expected, got);
    }
  }
}

static void nan_is_never_hidden(void **state) {
  static const char *const texts[] = {
      "min(x, 1)", "min(1, x)", "max(x, 1)", "max(1, x)", "x < 1", "1 >= x", "x == x", "x != 1", "not x", "x and 0",
      "1 or x", "abs(x)", "sign(x)", "clamp(x, 0, 1)", "clamp(0, x, 1)", "clamp(0, 0, x)", "if(x, 1, 2)", "x ^ 0",
      "1 ^ x", "interp(x, curve)", "tiers(x, curve)", "exp(x)", "log(x)", "sqrt(x)", "-x", "0 * x"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    expression compiled = compile(texts[i]);
    const double nan = NAN, *slots[] = {&nan};
    double value = 0.0;
    assert_int_equal(compiled.n_slots, 1);
    expression_eval(&compiled, slots, 1, &value);
    if (!isnan(value)) {
      fail_msg("%s of NaN gave %g", texts[i], value);
    }
  }
}

static void blocks_of_any_length_agree_with_a_plain_loop(void **state) {
  expression compiled = compile("max(x * 2 - y, if(x > y, x / y, y - x)) + twice");
  assert_int_equal(compiled.n_slots, 2);
  assert_false(compiled.constant);
  const double *slots[] = {item_x, item_y};
  static const size_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, ITEMS};
  for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
    double got[ITEMS + 1];
    got[lengths[k]] = -1.0;
    expression_eval(&compiled, slots, lengths[k], got);
    for (size_t i = 0; i < lengths[k]; i++) {
      double x = item_x[i], y = item_y[i];
      double left = x * 2.0 - y, right = x > y ? x / y : y - x;
      assert_true(got[i] == (left > right ? left : right) + 2.0 * x);
    }
    assert_true(got[lengths[k]] == -1.0);
  }
}

static void constants_are_folded_and_slots_counted_once(void **state) {
  assert_true(compile("max(1, 2 ^ 3, interp(5, curve)) / two").constant);
  assert_true(compile("max(1, 2 ^ 3, interp(5, curve)) / two").value == 4.0);
  expression compiled = compile("x + x * x + twice");
  assert_int_equal(compiled.n_slots, 1);
  compiled = compile("y + account.y");
  assert_int_equal(compiled.n_slots, 2);
  assert_int_equal(compiled.slots[1].kind, SLOT_COLUMN);
  assert_int_equal(compiled.slots[1].scope, 1);
  double got[3];
  compiled = compile("2 + 3");
  expression_eval(&compiled, NULL, 3, got);
  assert_true(got[0] == 5.0 && got[2] == 5.0);
}

typedef struct known_finding {
  const char *text;
  uint64_t column;
  const char *message;
} known_finding;

static void check_finding(const known_finding *known, place where) {
  expression compiled;
  sg_error *error = sg_error_open();
  assert_int_equal(expression_compile(known->text, where, &names, memory, &compiled, error), SG_INPUT);
  assert_int_equal(sg_error_count(error), 1);
  sg_finding found = sg_error_get(error, 0);
  assert_string_equal(found.message, known->message);
  assert_int_equal(found.line, where.line);
  assert_int_equal(found.column, known->column);
  sg_error_close(error);
}

static void findings_name_the_place_and_what_was_expected(void **state) {
  static const known_finding known[] = {
      {"", 11, "expected a number, a name or \"(\", found the end of the expression"},
      {"1 + ", 15, "expected a number, a name or \"(\", found the end of the expression"},
      {"(x", 13, "expected \")\", found the end of the expression"},
      {"x y", 13, "expected an operator or the end of the expression, found \"y\""},
      {"x + * y", 15, "expected a number, a name or \"(\", found \"*\""},
      {"1.2.3", 11, "\"1.2.3\" is not a number"},
      {"2x", 11, "\"2x\" is not a number"},
      {"x + é", 15, "expected a number, a name or \"(\", found \"é\""},
      {"1 + xx", 15, "\"xx\" is not a known name; the nearest is \"x\""},
      {"1 + zz", 15, "\"zz\" is not a known name"},
      {"1 + secret", 15, "\"secret\" is not for here"},
      {"2 * broken", 15, "in \"broken\": expected a number, a name or \"(\", found the end of the expression"},
      {"min(x y)", 17, "expected \",\" or \")\", found \"y\""},
      {"interp(x, y)", 21, "\"y\" is not a curve: a list of points [x, y] under parameters is expected"},
      {"curve + 1", 11, "\"curve\" is a curve: read it with interp(x, curve) or tiers(x, curve)"},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    check_finding(&known[i], (place){"m.yaml", 7, 11});
  }
  check_finding(&(known_finding){"x y", 0, "expected an operator or the end of the expression, found \"y\""},
                (place){"m.yaml", 7, 0});
}

static void fill(char *text, size_t n, const char *part) {
  *text = '\0';
  for (size_t i = 0; i < n; i++) {
    strcat(text, part);
  }
}

static void depth_size_and_work_are_bounded(void **state) {
  static char text[100000];
  sg_error *error = sg_error_open();
  expression compiled;
  static const char *const parts[] = {"(", "-", "not ", "x^", "max(x,", "x+(", "x*x-", "1+", "if(x,x,"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    fill(text, 6000, parts[i]);
    assert_int_equal(expression_compile(text, (place){"m", 1, 1}, &names, memory, &compiled, error), SG_INPUT);
  }
  assert_int_equal(sg_error_count(error), sizeof parts / sizeof *parts);
  assert_int_equal(expression_compile("loop", (place){"m", 1, 1}, &names, memory, &compiled, error), SG_INPUT);
  fill(text, 60, "(");
  strcat(text, "x");
  fill(text + strlen(text), 60, ")");
  assert_int_equal(expression_compile(text, (place){"m", 1, 1}, &names, memory, &compiled, error), SG_OK);
  sg_error_close(error);
}

static int open_items(void **state) {
  memory = arena_open();
  for (size_t i = 0; i < ITEMS; i++) {
    item_x[i] = (double)i * 0.37 - 20.0;
    item_y[i] = 3.0 - (double)i * 0.11;
  }
  return memory ? 0 : -1;
}

static int close_items(void **state) {
  arena_close(memory);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(operators_bind_as_documented),
      cmocka_unit_test(functions_give_known_values),
      cmocka_unit_test(transcendental_functions_are_within_an_ulp),
      cmocka_unit_test(nan_is_never_hidden),
      cmocka_unit_test(blocks_of_any_length_agree_with_a_plain_loop),
      cmocka_unit_test(constants_are_folded_and_slots_counted_once),
      cmocka_unit_test(findings_name_the_place_and_what_was_expected),
      cmocka_unit_test(depth_size_and_work_are_bounded),
  };
  return cmocka_run_group_tests_name("rules_expression", tests, open_items, close_items);
}
