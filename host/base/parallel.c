/* SPDX-License-Identifier: MIT
 *
 * A worker draws the next chunk and takes it through all steps, waiting for its turn where a step has turns: the worker
 * with the lowest chunk never waits for another's step, so somebody always goes on. Threads inherit the floating-point
 * mode of the one that starts them.
 */
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>

typedef struct shared_run {
  const parallel_job *job;
  pthread_mutex_t lock;
  pthread_cond_t turned;
  size_t next; /* chunk to draw */
  size_t turn[PARALLEL_STEPS_MAX]; /* chunk whose turn it is */
  bool stopped;
} shared_run;

typedef struct worker {
  shared_run *run;
  uint32_t number;
  pthread_t thread;
  bool started;
} worker;

uint32_t parallel_workers(void) {
  cpu_set_t usable;
  int n = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
  return n < 1 ? 1 : n > PARALLEL_WORKERS_MAX ? PARALLEL_WORKERS_MAX : (uint32_t)n;
}

/* With the lock held: waits for the chunk's turn, does the step without the lock, passes the turn on. */
static void run_in_turn(shared_run *run, uint32_t step, uint32_t number, size_t chunk) {
  while (run->turn[step] != chunk && !run->stopped) {
    pthread_cond_wait(&run->turned, &run->lock);
  }
  if (run->stopped) {
    return;
  }
  pthread_mutex_unlock(&run->lock);
  bool goes_on = run->job->steps[step].run(run->job->context, number, chunk);
  pthread_mutex_lock(&run->lock);
  run->stopped = run->stopped || !goes_on;
  run->turn[step]++;
  pthread_cond_broadcast(&run->turned);
}

static void *work(void *opened) {
  const worker *own = opened;
  shared_run *run = own->run;
  pthread_mutex_lock(&run->lock);
  while (!run->stopped && run->next < run->job->n) {
    size_t chunk = run->next++;
    for (uint32_t step = 0; step < run->job->n_steps; step++) {
      if (run->job->steps[step].in_turn) {
        run_in_turn(run, step, own->number, chunk);
      } else {
        pthread_mutex_unlock(&run->lock);
        run->job->steps[step].run(run->job->context, own->number, chunk);
        pthread_mutex_lock(&run->lock);
      }
    }
  }
  pthread_mutex_unlock(&run->lock);
  return NULL;
}

bool parallel_run(const parallel_job *job, uint32_t n_workers) {
  shared_run run = {.job = job, .lock = PTHREAD_MUTEX_INITIALIZER, .turned = PTHREAD_COND_INITIALIZER};
  worker workers[PARALLEL_WORKERS_MAX];
  n_workers = job->n < n_workers ? (uint32_t)job->n : n_workers;
  n_workers = n_workers > PARALLEL_WORKERS_MAX ? PARALLEL_WORKERS_MAX : n_workers;
  for (uint32_t i = 0; i < n_workers || i == 0; i++) {
    workers[i] = (worker){.run = &run, .number = i};
    workers[i].started = i > 0 && pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
  }
  work(&workers[0]);
  for (uint32_t i = 1; i < n_workers; i++) {
    if (workers[i].started) {
      pthread_join(workers[i].thread, NULL);
    }
  }
  return !run.stopped;
}

typedef struct ranges {
  size_t n, range_items;
  parallel_range *run;
  void *context;
} ranges;

static bool run_range(void *context, uint32_t number, size_t chunk) {
  const ranges *of = context;
  size_t first = chunk * of->range_items;
  of->run(of->context, number, first, of->n - first < of->range_items ? of->n : first + of->range_items);
  return true;
}

void parallel_ranges(size_t n, size_t range_items, parallel_range *run, void *context) {
  ranges of = {n, range_items, run, context};
  const parallel_job job = {(n + range_items - 1) / range_items, &of, 1, {{run_range, false}}};
  if (n > 0) {
    parallel_run(&job, parallel_workers());
  }
}
