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

enum { PARALLEL_WORKERS_MAX = 16, PARALLEL_STEPS_MAX = 4 };

/* What is done to a chunk, in what belongs to `worker`. */
typedef struct parallel_step {
  bool (*run)(void *context, uint32_t worker, size_t chunk); /* false, of a step in turn: stops everything */
  bool in_turn; /* one chunk after the other, in order; else several at the same time, begun in order */
} parallel_step;

typedef struct parallel_job {
  size_t n; /* chunks; each goes through all steps on one worker */
  void *context;
  uint32_t n_steps;
  parallel_step steps[PARALLEL_STEPS_MAX];
} parallel_job;

/* Processors that this process may use, at most PARALLEL_WORKERS_MAX. */
uint32_t parallel_workers(void);

/* Runs a job on workers 0 .. n_workers - 1, this thread among them. False when a step stopped it: steps in turn are not
 * begun after that, whatever their number. */
bool parallel_run(const parallel_job *job, uint32_t n_workers);

/* Items 0 .. n - 1 on all processors, in ranges of `range_items` (> 0) that begin in order. */
typedef void parallel_range(void *context, uint32_t worker, size_t first, size_t end);
void parallel_ranges(size_t n, size_t range_items, parallel_range *run, void *context);

#endif
