/* SPDX-License-Identifier: MIT
 *
 * A command is one file with one table of options: the table parses the command line and prints the help.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <shockgrid/shockgrid.h>

/* All commands, in the order of the help: X(name, "one line"). */
#define COMMANDS(X)                                                      \
  X(run, "margin the accounts of a book under a model")                  \
  X(explain, "why an account's requirement is what it is, line by line") \
  X(price, "what the instruments of a book are worth, also in scenarios") \
  X(diff, "why margins changed between two runs, by cause")               \
  X(report, "a run as a page to look at, with pictures")                 \
  X(models, "list, show or check margin models")                         \
  X(devices, "list the devices that can compute, and test them")         \
  X(check, "read a book and report what is wrong or odd in it")                \
  X(import, "make a book of public data")                                \
  X(generate, "make a book of any size from a seed")                     \
  X(bench, "what this machine can do: kernels, limits, whole runs")       \
  X(help, "help on a command, or on the files of a book")

/* X(code, "meaning") */
#define EXIT_CODES(X)                                                          \
  X(0, "done")                                                                 \
  X(1, "done, and an account owes money (only with --fail-on-call)")           \
  X(2, "the command line is wrong")                                            \
  X(3, "a book, model or data file cannot be margined")                        \
  X(4, "no usable device, one that gave a wrong number, or out of memory")      \
  X(5, "a file or standard output cannot be read or written")                  \
  X(70, "an invariant broke: a bug, please report it")

typedef enum option_kind {
  OPTION_FLAG,      /* bool */
  OPTION_TEXT,      /* const char * */
  OPTION_TEXTS,     /* texts; may be given again */
  OPTION_ANY_TEXTS, /* any_texts; may be given again, and without an argument */
  OPTION_COUNT,     /* uint32_t */
  OPTION_NUMBER,    /* uint64_t */
  OPTION_BYTES      /* uint64_t, with K, M, G or T for powers of 1024 */
} option_kind;

typedef struct texts {
  const char **items;
  size_t n;
} texts;

typedef struct any_texts {
  bool given; /* without an argument */
  texts named;
} any_texts;

typedef struct option_entry {
  const char *name; /* without the dashes */
  option_kind kind;
  const char *argument; /* its name in the help; NULL for a flag */
  size_t offset;        /* of its value in the command's values */
  bool required;
  const char *help; /* lines end with \n except the last */
} option_entry;

typedef struct command {
  const char *synopsis; /* operands as the help prints them: "DIR ACCOUNT" */
  const char *text;     /* what it does */
  const char *examples; /* lines, "" for none */
  const option_entry *options;
  size_t n_options;
  size_t values_bytes; /* of the struct that the options fill, zeroed before */
  int least_operands, most_operands;
  sg_status (*function)(const void *values, char *const *operands, int n_operands);
  const char *program; /* that does it instead of a function, with the same command line */
} command;

#define COMMAND_DECLARE(name, line) extern const command command_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

typedef struct command_entry {
  const char *name, *line;
  const command *is;
} command_entry;
extern const command_entry commands[];
extern const size_t n_commands;

const command_entry *command_find(const char *name); /* NULL: none */

/* ---- options.c ----------------------------------------------------------------------------- */

typedef enum parse_result { PARSE_RUN, PARSE_HELP, PARSE_USAGE } parse_result;

/* Fills `values`; operands are left at argv[*first_operand].. in their order. Says on stderr what is wrong. */
parse_result options_parse(const command_entry *entry, int argc, char **argv, void *values, int *first_operand);
sg_status options_check(const command_entry *entry, const void *values); /* are all required ones given? */
void options_close(const command *of, void *values);

/* ---- shared by the commands ---------------------------------------------------------------- */

/* entry NULL: the program. All three print to standard output, from the tables of options. */
void help_print(const command_entry *entry);
void man_print(const command_entry *entry); /* man.c: the source of a man page */
void completion_print(void);                /* completion.c: a script for bash */

/* "shockgrid run: MESSAGE" and where help is to be found, on stderr. */
sg_status usage_fail(const char *command_name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The candidate that was probably meant, or NULL. */
const char *suggest(const char *given, const char *const *candidates, size_t n);

const char *exit_code_text(sg_status status);

/* Becomes the program `name`; comes back only when that fails, having said so. */
sg_status program_run(const char *name, char **argv);

/* Every finding as `file:line:column: message` on stderr, and when there are several how many.
 *   consequence   "nothing was written", or NULL */
void findings_print(sg_status status, const sg_error *error, const char *consequence);

/* A JSON string. Control characters are escaped; everything else is UTF-8 already. */
void json_print(const char *text);
/* A list of {file, line, column, message}; file null and line or column 0 where they are not known. */
void json_print_findings(const sg_error *error);

/* One line on a terminal, redrawn, from the second second on. */
typedef struct progress_line {
  double start_s, drawn_s;
  bool terminal, visible;
} progress_line;
progress_line progress_open(bool quiet);
void progress_draw(const sg_progress *now, void *line); /* for sg_run_options.on_progress */
void progress_close(progress_line *line);

#endif
