/* SPDX-License-Identifier: MIT
 *
 * A command line through getopt_long, driven by a command's table of options.
 */
#include "cli/command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 32, HELP_CODE = 'h', FIRST_CODE = 256 };

static void *value_of(void *values, const option_entry *entry) { return (char *)values + entry->offset; }

/* Decimal digits only, at most `limit`. */
static bool parse_number(const char *text, size_t length, uint64_t limit, uint64_t *number) {
  *number = 0;
  for (size_t i = 0; i < length; i++) {
    uint64_t digit = (uint64_t)(text[i] - '0');
    if (text[i] < '0' || text[i] > '9' || *number > (limit - digit) / 10) {
      return false;
    }
    *number = *number * 10 + digit;
  }
  return length > 0;
}

static bool parse_bytes(const char *text, uint64_t *size_bytes) {
  static const char units[] = "KMGT";
  size_t length = strlen(text);
  const char *unit = length > 0 ? strchr(units, text[length - 1]) : NULL;
  unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
  if (!parse_number(text, length - (unit != NULL), UINT64_MAX >> shift, size_bytes)) {
    return false;
  }
  *size_bytes <<= shift;
  return true;
}

/* Every list has room for as many texts as there are arguments. */
static bool push_text(texts *list, const char *text, int argc) {
  if (list->items == NULL) {
    list->items = calloc((size_t)argc, sizeof *list->items);
  }
  if (list->items == NULL) {
    fprintf(stderr, "shockgrid: out of memory\n");
    return false;
  }
  list->items[list->n++] = text;
  return true;
}

static bool refuse(const char *name, const option_entry *entry, const char *text, const char *expected) {
  usage_fail(name, "--%s \"%s\" is not %s", entry->name, text, expected);
  return false;
}

static bool store(const char *name, const option_entry *entry, const char *text, int argc, void *values) {
  void *value = value_of(values, entry);
  uint64_t number;
  switch (entry->kind) {
    case OPTION_FLAG:
      *(bool *)value = true;
      return true;
    case OPTION_TEXT:
      *(const char **)value = text;
      return true;
    case OPTION_TEXTS:
      return push_text(value, text, argc);
    case OPTION_ANY_TEXTS:
      if (text == NULL) {
        ((any_texts *)value)->given = true;
        return true;
      }
      return push_text(&((any_texts *)value)->named, text, argc);
    case OPTION_COUNT:
      if (!parse_number(text, strlen(text), UINT32_MAX, &number)) {
        return refuse(name, entry, text, "a whole number up to 4294967295");
      }
      *(uint32_t *)value = (uint32_t)number;
      return true;
    case OPTION_NUMBER:
      return parse_number(text, strlen(text), UINT64_MAX, value) || refuse(name, entry, text, "a whole number");
    case OPTION_BYTES:
      return parse_bytes(text, value) || refuse(name, entry, text, "a size such as 256M or 2G");
  }
  return false;
}

static void fail_unknown(const command_entry *entry, const char *given) {
  const char *names[MAX_OPTIONS];
  size_t n = 0;
  for (; n < entry->is->n_options; n++) {
    names[n] = entry->is->options[n].name;
  }
  names[n++] = "help";
  size_t length = strcspn(given, "=");
  char *bare = strndup(given, length);
  const char *meant = bare == NULL || strncmp(bare, "--", 2) != 0 ? NULL : suggest(bare + 2, names, n);
  if (meant != NULL) {
    usage_fail(entry->name, "there is no option %s; did you mean --%s?", bare, meant);
  } else {
    usage_fail(entry->name, "there is no option %.*s", (int)length, given);
  }
  free(bare);
}

/* What getopt_long refused: an option without its argument (':'), with one that it does not take, or unknown. */
static void fail_refused(const command_entry *entry, int code, char **argv) {
  const option_entry *known = optopt >= FIRST_CODE ? &entry->is->options[optopt - FIRST_CODE] : NULL;
  if (known != NULL && code == ':') {
    usage_fail(entry->name, "--%s needs an argument: --%s %s", known->name, known->name, known->argument);
  } else if (known != NULL) {
    usage_fail(entry->name, "--%s takes no argument", known->name);
  } else if (optopt != 0 && optopt != HELP_CODE) {
    char letter[3] = {'-', (char)optopt, '\0'};
    fail_unknown(entry, letter);
  } else {
    fail_unknown(entry, argv[optind - 1]);
  }
}

sg_status options_check(const command_entry *entry, const void *values) {
  for (size_t i = 0; i < entry->is->n_options; i++) {
    const option_entry *option = &entry->is->options[i];
    const char *const *text = (const char *const *)((const char *)values + option->offset);
    if (option->required && *text == NULL) { /* only texts are ever required */
      return usage_fail(entry->name, "expected --%s %s", option->name, option->argument);
    }
  }
  return SG_OK;
}

parse_result options_parse(const command_entry *entry, int argc, char **argv, void *values, int *first_operand) {
  static const int has_argument[] = {
      [OPTION_FLAG] = no_argument,          [OPTION_TEXT] = required_argument,   [OPTION_TEXTS] = required_argument,
      [OPTION_ANY_TEXTS] = optional_argument, [OPTION_COUNT] = required_argument, [OPTION_NUMBER] = required_argument,
      [OPTION_BYTES] = required_argument};
  struct option table[MAX_OPTIONS + 2] = {{"help", no_argument, NULL, HELP_CODE}};
  const option_entry *options = entry->is->options;
  for (size_t i = 0; i < entry->is->n_options; i++) {
    table[i + 1] = (struct option){options[i].name, has_argument[options[i].kind], NULL, FIRST_CODE + (int)i};
  }
  opterr = 0;
  for (int code; (code = getopt_long(argc, argv, ":h", table, NULL)) != -1;) {
    if (code == HELP_CODE) {
      return PARSE_HELP;
    }
    if (code < FIRST_CODE) {
      fail_refused(entry, code, argv);
      return PARSE_USAGE;
    }
    if (!store(entry->name, &options[code - FIRST_CODE], optarg, argc, values)) {
      return PARSE_USAGE;
    }
  }
  *first_operand = optind;
  return PARSE_RUN;
}

void options_close(const command *of, void *values) {
  for (size_t i = 0; i < of->n_options; i++) {
    void *value = value_of(values, &of->options[i]);
    if (of->options[i].kind == OPTION_TEXTS) {
      free(((texts *)value)->items);
    } else if (of->options[i].kind == OPTION_ANY_TEXTS) {
      free(((any_texts *)value)->named.items);
    }
  }
}
