/* SPDX-License-Identifier: MIT
 *
 * shockgrid check: read a book, report everything that is wrong with it, or what it holds.
 */
#include "cli/command.h"

#include <stdio.h>

typedef struct check_values {
  bool json;
} check_values;

static const option_entry check_options[] = {
    {"json", OPTION_FLAG, NULL, offsetof(check_values, json), false, "print the problems as JSON, on standard output"},
};

static sg_status check_function(const void *values, char *const *operands, int n_operands) {
  const check_values *given = values;
  sg_book *book = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_book_load(operands[0], &book, error);
  if (given->json) {
    printf("{\"exit_code\": %d, \"problems\": ", (int)status);
    json_print_findings(error);
    printf("}\n");
  } else if (status == SG_OK) {
    fputs(sg_book_describe(book), stdout);
  }
  if (!given->json) {
    findings_print(status, error, NULL);
  }
  sg_book_close(book);
  sg_error_close(error);
  return status;
}

const command command_check = {
    .synopsis = "BOOK",
    .text = "Reads the book in the folder BOOK and prints every problem with its file, line and column, or, when\n"
            "there is none, what the book holds.",
    .examples = "  shockgrid check examples/book\n",
    .options = check_options,
    .n_options = sizeof check_options / sizeof *check_options,
    .values_bytes = sizeof(check_values),
    .least_operands = 1,
    .most_operands = 1,
    .function = check_function,
};
