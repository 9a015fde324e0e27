/* SPDX-License-Identifier: MIT
 *
 * shockgrid explain: the lines of one account.
 */
#include "cli/command.h"

#include <stdio.h>

typedef struct explain_values {
  const char *device;
} explain_values;

static const option_entry explain_options[] = {
    {"device", OPTION_TEXT, "DEVICE", offsetof(explain_values, device), false,
     "where to compute it again, as for 'shockgrid run'"},
};

static sg_status explain_function(const void *values, char *const *operands, int n_operands) {
  const explain_values *given = values;
  sg_device *device = NULL;
  char *text = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_device_open(given->device, NULL, &device, error);
  if (status == SG_OK) {
    status = sg_explain(operands[0], operands[1], device, &text, error);
  }
  if (status == SG_OK) {
    fputs(text, stdout);
  }
  findings_print(status, error, NULL);
  sg_text_close(text);
  sg_device_close(device);
  sg_error_close(error);
  return status;
}

const command command_explain = {
    .synopsis = "DIR ACCOUNT",
    .text = "Prints why the requirement of ACCOUNT in the results in DIR is what it is: its lines as a tree that sums\n"
            "to the last digit, the scenario that binds, what each position contributes to it, and what each level\n"
            "of netting saved. Positions come from the book that the run read; a book, model or result that has\n"
            "changed since is refused.",
    .examples = "  shockgrid explain margins collar\n",
    .options = explain_options,
    .n_options = sizeof explain_options / sizeof *explain_options,
    .values_bytes = sizeof(explain_values),
    .least_operands = 2,
    .most_operands = 2,
    .function = explain_function,
};
