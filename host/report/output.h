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
/* All of them or none; NULLs are passed over. Before that the files are as they were. */
sg_status output_commit(output *const *all, size_t n, sg_error *error);
void output_close(output *to); /* accepts NULL */

#endif
