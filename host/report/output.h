/* SPDX-License-Identifier: MIT
 *
 * One table as a file that appears complete or not at all.
 */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include "base/error.h"
#include "report/writer.h"

typedef struct output output;

sg_status output_open(const char *path, output **opened, sg_error *error);
writer *output_writer(output *to);
sg_status output_commit(output *to, sg_error *error); /* before that the file is as it was */
void output_close(output *to);                        /* accepts NULL */

#endif
