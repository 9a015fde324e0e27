/* SPDX-License-Identifier: MIT
 *
 * shockgrid report: a run as a page to look at.
 */
#include "cli/command.h"

#include <stdio.h>

typedef struct report_values {
  const char *device;
} report_values;

static const option_entry report_options[] = {
    {"device", OPTION_TEXT, "DEVICE", offsetof(report_values, device), false,
     "where to compute it again, as for 'shockgrid run'"},
};

static sg_status report_function(const void *values, char *const *operands, int n_operands) {
  const report_values *given = values;
  sg_device *device = NULL;
  sg_error *error = sg_error_open();
  sg_status status = sg_device_open(given->device, NULL, &device, error);
  if (status == SG_OK) {
    status = sg_report(operands[0], device, error);
  }
  if (status == SG_OK) {
    printf("%s/report.html\n", operands[0]);
  }
  findings_print(status, error, "no report was written");
  sg_device_close(device);
  sg_error_close(error);
  return status;
}

const command command_report = {
    .synopsis = "DIR",
    .text = "Repeats the run whose results are in DIR, checks that it gives the same digest, and writes\n"
            "DIR/report.html: totals, what each level of netting saved, the distribution of requirements, the\n"
            "largest accounts with their profiles over the scenarios, the scenarios that bind, and where every\n"
            "number comes from. One page without scripts; it needs no network.",
    .examples = "  shockgrid report margins\n",
    .options = report_options,
    .n_options = sizeof report_options / sizeof *report_options,
    .values_bytes = sizeof(report_values),
    .least_operands = 1,
    .most_operands = 1,
    .function = report_function,
};
