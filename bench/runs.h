/* SPDX-License-Identifier: MIT
 *
 * Repeated whole runs and what they come to.
 */
#ifndef BENCH_RUNS_H
#define BENCH_RUNS_H

#include "bench/books.h"

/* After one run that is not counted. Runs whose digests differ are an error. */
sg_status runs_make(const bench_book *on, const bench_once_options *options, uint32_t repeats, process_result *made,
                    sg_error *error);
timing runs_timing(const process_result *of, uint32_t n, const char *stage); /* stage NULL: the whole process */
uint64_t runs_memory_bytes(const process_result *of, uint32_t n);

#endif
