/* SPDX-License-Identifier: MIT
 *
 * Cuts an expression into tokens. Letters, digits and blanks are those of ASCII, whatever the locale.
 */
#include "rules/expression_token.h"

#include <string.h>

#define FUNCTION(name, op, fewest, most) {name, op, fewest, most},
static const expression_function functions[] = {EXPRESSION_FUNCTIONS(FUNCTION)};
#undef FUNCTION
#define OPERATOR(text, op, level) {text, op, level},
static const expression_operator operators[] = {EXPRESSION_OPERATORS(OPERATOR)};
#undef OPERATOR

enum { N_FUNCTIONS = sizeof functions / sizeof *functions, N_OPERATORS = sizeof operators / sizeof *operators };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool same(const char *word, const char *text, size_t length) {
  return strlen(word) == length && memcmp(word, text, length) == 0;
}

/* Digits, letters and points belong to a number, and a sign after its exponent's e: `1O0` is one bad number. */
static size_t number_length(const char *text) {
  size_t n = 0;
  while (is_digit(text[n]) || is_letter(text[n]) || text[n] == '.' ||
         ((text[n] == '-' || text[n] == '+') && n > 0 && (text[n - 1] == 'e' || text[n - 1] == 'E') &&
          is_digit(text[n + 1]))) {
    n++;
  }
  return n;
}

static size_t name_length(const char *text) {
  size_t n = 0;
  while (is_letter(text[n]) || is_digit(text[n]) || (text[n] == '.' && is_letter(text[n + 1]))) {
    n++;
  }
  return n;
}

/* Length of the UTF-8 sequence that begins here, so that a message never quotes half a letter. */
static size_t letter_length(const char *text) {
  size_t n = 1;
  while ((text[n] & 0xC0) == 0x80) {
    n++;
  }
  return n;
}

expression_token expression_token_read(const char *text, size_t offset) {
  while (is_blank(text[offset])) {
    offset++;
  }
  const char *at = text + offset;
  expression_token token = {.is = TOKEN_END, .offset = offset};
  if (*at == '\0') {
    return token;
  }
  if (is_digit(*at) || (*at == '.' && is_digit(at[1]))) {
    token.is = TOKEN_NUMBER;
    token.length = number_length(at);
    return token;
  }
  token.is = is_letter(*at) ? TOKEN_NAME : TOKEN_OTHER;
  token.length = is_letter(*at) ? name_length(at) : letter_length(at);
  if (same("not", at, token.length)) {
    token.is = TOKEN_NOT;
  }
  for (size_t i = 0; i < N_OPERATORS; i++) {
    size_t length = strlen(operators[i].text);
    bool word = is_letter(*operators[i].text);
    if (word ? same(operators[i].text, at, token.length) : strncmp(operators[i].text, at, length) == 0) {
      token.is = TOKEN_OPERATOR;
      token.length = length;
      token.operator_ = &operators[i];
      break;
    }
  }
  return token;
}

const expression_function *expression_function_find(const char *name, size_t length) {
  for (size_t i = 0; i < N_FUNCTIONS; i++) {
    if (same(functions[i].name, name, length)) {
      return &functions[i];
    }
  }
  return NULL;
}

bool expression_word_reserved(const char *text) {
  size_t length = strlen(text);
  return expression_function_find(text, length) || same("and", text, length) || same("or", text, length) ||
         same("not", text, length);
}
