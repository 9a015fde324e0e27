/* SPDX-License-Identifier: MIT
 *
 * shockgrid diff: why margins changed between two runs.
 */
#include "cli/command.h"

#include <stdio.h>

typedef struct diff_values {
  const char *device;
  bool json;
} diff_values;

#define DIFF(field) offsetof(diff_values, field)
static const option_entry diff_options[] = {
    {"json", OPTION_FLAG, NULL, DIFF(json), false, "print JSON: both measures, all digits"},
    {"device", OPTION_TEXT, "DEVICE", DIFF(device), false, "where to compute it again, as for 'shockgrid run'"},
};

static sg_status diff_function(const void *values, char *const *operands, int n_operands) {
  const diff_values *given = values;
  const char *const folders[2] = {operands[0], operands[1]};
  sg_device *device = NULL;
  char *text = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_device_open(given->device, NULL, &device, error);
  if (status == SG_OK) {
    status = sg_diff(folders, device, given->json ? SG_DIFF_JSON : SG_DIFF_TEXT, &text, error);
  }
  if (status == SG_OK) {
    printf("%s%s", text, given->json ? "\n" : "");
  }
  findings_print(status, error, NULL);
  sg_text_close(text);
  sg_device_close(device);
  sg_error_close(error);
  return status;
}

const command command_diff = {
    .synopsis = "OLD NEW",
    .text = "Prints why margins changed between the results in the folders OLD and NEW: for every account that\n"
            "changed, and in total, what the market, the positions and the model did. Runs what lies between the\n"
            "two: the old run with the new market, then with the new positions too, then under the new model, so\n"
            "that the causes sum to the change to the last digit. Positions in instruments that only one of the\n"
            "books has are a cause of their own. Prints nothing where nothing changed. A book, model or result that\n"
            "has changed since its run is refused.",
    .examples = "  shockgrid diff margins-monday margins-tuesday\n",
    .options = diff_options,
    .n_options = sizeof diff_options / sizeof *diff_options,
    .values_bytes = sizeof(diff_values),
    .least_operands = 2,
    .most_operands = 2,
    .function = diff_function,
};
