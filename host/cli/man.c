/* SPDX-License-Identifier: MIT
 *
 * Man pages in the man(7) macros, printed from the same tables that parse the command line.
 */
#include "cli/command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Text as roff prints it: no character is a request, and a dash is one that can be copied. */
static void print_escaped(const char *text, size_t length, bool line_start) {
  for (size_t i = 0; i < length; i++) {
    if (line_start && (text[i] == '.' || text[i] == '\'')) {
      fputs("\\&", stdout);
    }
    if (text[i] == '\\') {
      fputs("\\e", stdout);
    } else if (text[i] == '-') {
      fputs("\\-", stdout);
    } else {
      putchar(text[i]);
    }
    line_start = text[i] == '\n';
  }
}

static void print_text(const char *text) {
  print_escaped(text, strlen(text), true);
  putchar('\n');
}

/* "SHOCKGRID" or "SHOCKGRID-RUN" */
static void print_title(const command_entry *entry) {
  fputs(".TH SHOCKGRID", stdout);
  if (entry != NULL) {
    putchar('-');
    for (const char *at = entry->name; *at != '\0'; at++) {
      putchar(toupper((unsigned char)*at));
    }
  }
  printf(" 1 \"\" \"shockgrid " SG_VERSION "\" \"shockgrid\"\n.SH NAME\nshockgrid%s%s \\- ", entry == NULL ? "" : "\\-",
         entry == NULL ? "" : entry->name);
}

static void print_exit_codes(void) {
  puts(".SH EXIT STATUS");
#define MAN_CODE(code, meaning) \
  printf(".TP\n.B %d\n", code); \
  print_text(meaning);
  EXIT_CODES(MAN_CODE)
#undef MAN_CODE
}

static void print_program(void) {
  print_title(NULL);
  puts("portfolio margin at clearing\\-house scale on any OpenCL device\n.SH SYNOPSIS\n.B shockgrid\n.I COMMAND\n.RI ...\n"
       ".SH COMMANDS");
  for (size_t i = 0; i < n_commands; i++) {
    printf(".TP\n.BR shockgrid\\-%s (1)\n", commands[i].name);
    print_text(commands[i].line);
  }
  puts(".SH ENVIRONMENT\n.TP\n.B SHOCKGRID_DEVICE\nchooses the device where\n.B \\-\\-device\ndoes not.");
  print_exit_codes();
}

static void print_option(const option_entry *option) {
  fputs(".TP\n.BI \\-\\-", stdout);
  print_escaped(option->name, strlen(option->name), false);
  if (option->argument != NULL) {
    printf(option->kind == OPTION_ANY_TEXTS ? "[= %s ]" : " \" %s\"", option->argument);
  }
  putchar('\n');
  print_text(option->help);
}

static void print_command(const command_entry *entry) {
  const command *is = entry->is;
  print_title(entry);
  print_text(entry->line);
  printf(".SH SYNOPSIS\n.B shockgrid %s\n", entry->name);
  if (is->synopsis[0] != '\0') {
    print_text(is->synopsis);
  }
  for (size_t i = 0; i < is->n_options; i++) {
    if (is->options[i].required) {
      fputs(".BI \\-\\-", stdout);
      print_escaped(is->options[i].name, strlen(is->options[i].name), false);
      printf(" \" %s\"\n", is->options[i].argument);
    }
  }
  puts(".RI [ OPTION ]...\n.SH DESCRIPTION");
  print_text(is->text);
  puts(".SH OPTIONS");
  for (size_t i = 0; i < is->n_options; i++) {
    print_option(&is->options[i]);
  }
  puts(".TP\n.B \\-\\-help\nprint a short form of this page");
  if (is->examples[0] != '\0') {
    puts(".SH EXAMPLES\n.nf");
    print_escaped(is->examples, strlen(is->examples), true);
    puts(".fi");
  }
  print_exit_codes();
  puts(".SH SEE ALSO\n.BR shockgrid (1)");
}

void man_print(const command_entry *entry) {
  if (entry == NULL) {
    print_program();
  } else {
    print_command(entry);
  }
}
