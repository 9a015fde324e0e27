/* SPDX-License-Identifier: MIT
 *
 * shockgrid check: read a book, report everything that is wrong with it, or what it holds.
 */
#include "cli/command.h"

#include <stdio.h>

static sg_status check_function(const void *values, char *const *operands, int n_operands) {
  sg_book *book = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_book_load(operands[0], &book, error);
  if (status == SG_OK) {
    fputs(sg_book_describe(book), stdout);
  }
  findings_print(status, error, NULL);
  sg_book_close(book);
  sg_error_close(error);
  return status;
}

const command command_check = {
    .synopsis = "BOOK",
    .text = "Reads the book in the folder BOOK and prints every problem with its file, line and column, or, when\n"
            "there is none, what the book holds.",
    .examples = "  shockgrid check examples/book\n",
    .least_operands = 1,
    .most_operands = 1,
    .function = check_function,
};
