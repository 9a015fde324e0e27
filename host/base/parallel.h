/* SPDX-License-Identifier: MIT
 *
 * Work in chunks on all processors, with results that are taken in order: what is taken does not depend on how many
 * threads there were.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARALLEL_WORKERS_MAX = 16 };

typedef struct parallel_job {
  size_t n; /* chunks */
  void *context;
  /* Makes a chunk in what belongs to `worker`; several at the same time. Calls begin in order of the chunks. */
  void (*make)(void *context, uint32_t worker, size_t chunk);
  /* What the worker has made, one chunk after the other, in order; false stops everything. NULL: nothing to take. */
  bool (*take)(void *context, uint32_t worker, size_t chunk);
} parallel_job;

/* Processors that this process may use, at most PARALLEL_WORKERS_MAX. */
uint32_t parallel_workers(void);

/* Runs a job on workers 0 .. n_workers - 1, this thread among them. False when `take` stopped it. */
bool parallel_run(const parallel_job *job, uint32_t n_workers);

#endif
