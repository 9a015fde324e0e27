/* SPDX-License-Identifier: MIT
 *
 * The list of quality kinds as tables and as the text of `shockgrid help quality`.
 */
#include "data/quality.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define KIND_FACTS(name, text, severity, substitute, limit, low, high, unit, meaning) \
  {text, QUALITY_##severity, QUALITY_##substitute, limit, low, high, unit, meaning},
static const quality_kind_facts kinds[N_QUALITY_KINDS] = {QUALITY_KINDS(KIND_FACTS)};

const quality_kind_facts *quality_kind_get(quality_kind kind) { return &kinds[kind]; }

bool quality_kind_find(const char *name, quality_kind *kind) {
  for (int k = 0; k < N_QUALITY_KINDS; k++) {
    if (strcmp(kinds[k].name, name) == 0) {
      *kind = (quality_kind)k;
      return true;
    }
  }
  return false;
}

#define WORD(name, text, ...) text,
const char *quality_severity_text(quality_severity value) {
  static const char *const words[] = {QUALITY_SEVERITIES(WORD)};
  return words[value];
}

const char *quality_action_text(quality_action value) {
  static const char *const words[] = {QUALITY_ACTIONS(WORD)};
  return words[value];
}

void quality_rules_default(quality_rules *made) {
  for (int k = 0; k < N_QUALITY_KINDS; k++) {
    made->action[k] = QUALITY_REPORT;
    made->limit[k] = kinds[k].limit;
  }
}

/* ---- help -------------------------------------------------------------------------------------- */

enum { HELP_BYTES = 8192 };
static char help[HELP_BYTES];
static size_t help_length;

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  help_length += (size_t)vsnprintf(help + help_length, HELP_BYTES - help_length, format, arguments);
  va_end(arguments);
  assert(help_length < HELP_BYTES);
}

static void print_help(void) {
  static const char *const values[] = {[QUALITY_NONE] = "", [QUALITY_MARK] = ", substitutes the mark",
                                       [QUALITY_VOL] = ", substitutes the vol",
                                       [QUALITY_FORWARD] = ", substitutes the forward"};
#define ACTION_LINE(name, text, meaning) print("  %-11s %s\n", text, meaning);
  print(
      "What `check` and `run` look for in a book that reads well. A model's section `quality:` says for each kind what\n"
      "to do about the accounts that it touches: `KIND: ACTION`, or `KIND: {action: ACTION, limit: NUMBER}`. Kinds\n"
      "that it does not name are reported.\n\n");
  QUALITY_ACTIONS(ACTION_LINE)
  for (int severity = N_QUALITY_SEVERITIES - 1; severity >= 0; severity--) {
    print("\n%ss\n", quality_severity_text((quality_severity)severity));
    for (int k = 0; k < N_QUALITY_KINDS; k++) {
      char limit[NUMBER_TEXT_BYTES];
      if ((int)kinds[k].severity != severity) {
        continue;
      }
      print("  %-16s %s%s\n", kinds[k].name, kinds[k].meaning, values[kinds[k].substitute]);
      if (kinds[k].unit[0] != '\0') {
        number_format(kinds[k].limit, limit);
        print("  %-16s limit %s %s\n", "", limit, kinds[k].unit);
      }
    }
  }
}

const char *quality_kinds_text(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, print_help);
  return help;
}
