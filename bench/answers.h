/* SPDX-License-Identifier: MIT
 *
 * Do two programs give the same margins?
 */
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "base/error.h"

/* Files with the columns `account` and `initial`, in any order of rows. *difference is the largest |a - b| over the larger
 * of |a| and 1; an account that only one of them has is an error. */
sg_status answers_compare(const char *path_a, const char *path_b, double *difference, sg_error *error);

#endif
