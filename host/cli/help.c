/* SPDX-License-Identifier: MIT
 *
 * Help, printed from the same tables that parse the command line.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 10, OPTION_WIDTH = 26 };

static void print_overview(void) {
  printf("shockgrid " SG_VERSION ": portfolio margin at clearing-house scale on any OpenCL device\n\n"
         "usage: shockgrid COMMAND ...\n\ncommands:\n");
  for (size_t i = 0; i < n_commands; i++) {
    printf("  %-*s%s\n", NAME_WIDTH, commands[i].name, commands[i].line);
  }
  printf("\n'shockgrid COMMAND --help' says everything about one of them; 'shockgrid help formats' describes the\n"
         "files of a book, 'shockgrid help quality' what is looked for in them; 'shockgrid --version' prints the version.\n"
         "The environment variable SHOCKGRID_DEVICE chooses the device where --device does not.\n\nexit codes:\n");
#define HELP_CODE(code, meaning) printf("  %-*d%s\n", NAME_WIDTH, code, meaning);
  EXIT_CODES(HELP_CODE)
#undef HELP_CODE
}

static void print_option(const option_entry *option) {
  char usage[64];
  if (option->argument == NULL) {
    snprintf(usage, sizeof usage, "--%s", option->name);
  } else {
    const char *form = option->kind == OPTION_ANY_TEXTS ? "--%s[=%s]" : "--%s %s";
    snprintf(usage, sizeof usage, form, option->name, option->argument);
  }
  const char *line = option->help;
  printf("  %-*s", OPTION_WIDTH, usage);
  for (;;) {
    size_t length = strcspn(line, "\n");
    printf("%.*s\n", (int)length, line);
    if (line[length] == '\0') {
      return;
    }
    line += length + 1;
    printf("  %-*s", OPTION_WIDTH, "");
  }
}

void help_print(const command_entry *entry) {
  if (entry == NULL) {
    print_overview();
    return;
  }
  const command *is = entry->is;
  printf("usage: shockgrid %s%s%s", entry->name, is->synopsis[0] == '\0' ? "" : " ", is->synopsis);
  for (size_t i = 0; i < is->n_options; i++) {
    if (is->options[i].required) {
      printf(" --%s %s", is->options[i].name, is->options[i].argument);
    }
  }
  printf(" [OPTION]...\n\n%s\n\noptions:\n", is->text);
  for (size_t i = 0; i < is->n_options; i++) {
    print_option(&is->options[i]);
  }
  printf("  %-*s%s\n", OPTION_WIDTH, "--help", "print this help");
  if (is->examples[0] != '\0') {
    printf("\nexamples:\n%s", is->examples);
  }
}

typedef struct help_values {
  const char *completion;
  bool man;
} help_values;

static const option_entry help_options[] = {
    {"man", OPTION_FLAG, NULL, offsetof(help_values, man), false, "print it as the source of a man page"},
    {"completion", OPTION_TEXT, "SHELL", offsetof(help_values, completion), false,
     "print a script that completes command lines; SHELL is bash"},
};

static sg_status print_generated(const help_values *given, const char *operand) {
  const command_entry *entry = operand == NULL ? NULL : command_find(operand);
  if (given->man && given->completion != NULL) {
    return usage_fail("help", "--man and --completion exclude each other");
  }
  if (operand != NULL && (given->completion != NULL || entry == NULL)) {
    return usage_fail("help", given->man ? "there is no command \"%s\"" : "--completion takes no \"%s\"", operand);
  }
  if (given->man) {
    man_print(entry);
    return SG_OK;
  }
  if (strcmp(given->completion, "bash") != 0) {
    return usage_fail("help", "--completion \"%s\" is not bash", given->completion);
  }
  completion_print();
  return SG_OK;
}

static sg_status help_function(const void *values, char *const *operands, int n_operands) {
  const help_values *given = values;
  if (given->man || given->completion != NULL) {
    return print_generated(given, n_operands == 0 ? NULL : operands[0]);
  }
  if (n_operands == 0) {
    print_overview();
    return SG_OK;
  }
  if (strcmp(operands[0], "formats") == 0) {
    fputs(sg_book_formats(), stdout);
    return SG_OK;
  }
  if (strcmp(operands[0], "quality") == 0) {
    fputs(sg_quality_kinds(), stdout);
    return SG_OK;
  }
  const command_entry *entry = command_find(operands[0]);
  if (entry == NULL) {
    return usage_fail(NULL, "there is no help on \"%s\"", operands[0]);
  }
  help_print(entry);
  return SG_OK;
}

const command command_help = {
    .synopsis = "[COMMAND | formats | quality]",
    .text = "Prints what all commands do, everything about one of them, the files and columns of a book, or what\n"
            "`check` and `run` look for in it.",
    .examples = "",
    .options = help_options,
    .n_options = sizeof help_options / sizeof *help_options,
    .values_bytes = sizeof(help_values),
    .most_operands = 1,
    .function = help_function,
};
