/* SPDX-License-Identifier: MIT
 *
 * The command line: find the command, parse its options, run it, turn its status into the exit code.
 */
#include "cli/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const command_entry commands[] = {
#define MAIN_ENTRY(name, line) {#name, line, &command_##name},
    COMMANDS(MAIN_ENTRY)
#undef MAIN_ENTRY
};
const size_t n_commands = sizeof commands / sizeof *commands;

const command_entry *command_find(const char *name) {
  for (size_t i = 0; i < n_commands; i++) {
    if (strcmp(commands[i].name, name) == 0) {
      return &commands[i];
    }
  }
  return NULL;
}

static sg_status unknown_command(const char *name) {
  const char *names[sizeof commands / sizeof *commands];
  for (size_t i = 0; i < n_commands; i++) {
    names[i] = commands[i].name;
  }
  const char *meant = suggest(name, names, n_commands);
  if (meant != NULL) {
    return usage_fail(NULL, "there is no command \"%s\"; did you mean \"%s\"?", name, meant);
  }
  return usage_fail(NULL, "there is no command \"%s\"", name);
}

static sg_status check_operands(const command_entry *entry, int n) {
  const command *is = entry->is;
  if (n < is->least_operands) {
    return usage_fail(entry->name, "expected %s", is->synopsis);
  }
  if (n > is->most_operands) {
    return usage_fail(entry->name, is->most_operands == 0 ? "expected no argument besides options" : "expected %s only",
                      is->synopsis);
  }
  return SG_OK;
}

static sg_status run_command(const command_entry *entry, int argc, char **argv) {
  const command *is = entry->is;
  void *values = calloc(1, is->values_bytes + 1);
  int first = 0;
  sg_status status = SG_USAGE;
  if (values == NULL) {
    fprintf(stderr, "shockgrid: out of memory\n");
    return SG_DEVICE;
  }
  parse_result parsed = options_parse(entry, argc, argv, values, &first);
  if (parsed == PARSE_HELP) {
    help_print(entry);
    status = SG_OK;
  } else if (parsed == PARSE_RUN) {
    status = check_operands(entry, argc - first);
    if (status == SG_OK) {
      status = options_check(entry, values);
    }
    if (status == SG_OK) {
      status = is->program != NULL ? program_run(is->program, argv) : is->function(values, argv + first, argc - first);
    }
  }
  options_close(is, values);
  free(values);
  return status;
}

static sg_status dispatch(int argc, char **argv) {
  if (argc < 2) {
    return usage_fail(NULL, "expected a command");
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("shockgrid " SG_VERSION "\n");
    return SG_OK;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    help_print(NULL);
    return SG_OK;
  }
  const command_entry *entry = command_find(argv[1]);
  return entry == NULL ? unknown_command(argv[1]) : run_command(entry, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, with a message and an exit code */
  sg_status status = dispatch(argc, argv);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "shockgrid: standard output cannot be written: %s\n", strerror(errno));
    status = status == SG_OK ? SG_IO : status;
  }
  return (int)status;
}
