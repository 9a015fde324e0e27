/* SPDX-License-Identifier: MIT
 *
 * Batches on several threads. While one is netted on the device, others are opened, settled or visited on the host.
 */
#include "base/error.h"
#include "base/parallel.h"
#include "engine/pass.h"

#include <stdlib.h>

enum { MANY_POSITIONS = 1 << 17 }; /* their batches take some ten megabytes each */

typedef struct batch_worker {
  arena *memory; /* of one batch after the other */
  batch of;
  block_outcome *outcomes;
  amount_input in;
  amount_values *values;
  sg_error *error;
  sg_status status;
  double net_seconds, verify_seconds, rules_seconds, lines_seconds;
} batch_worker;

typedef struct batch_run {
  pass_context *with;
  const batch_list *list;
  batch_worker workers[PARALLEL_WORKERS_MAX];
  uint32_t done;
  double net_seconds, verify_seconds, rules_seconds, lines_seconds; /* of batches that were visited */
  sg_status status;
  sg_error *error;
} batch_run;

static void run_netter(batch_run *run, batch_worker *own, batch_netter *step) {
  if (own->status == SG_OK && step != NULL) {
    own->status = step(run->with, &own->of, own->outcomes, run->list->net_context, own->error);
  }
}

static bool open_batch(void *context, uint32_t w, size_t i) {
  batch_run *run = context;
  batch_worker *own = &run->workers[w];
  const batch_list *list = run->list;
  uint32_t first = i == 0 ? list->first : list->end[i - 1];
  double start = clock_seconds();
  arena_clear(own->memory);
  own->status = batch_open(run->with->in, list->all, first, list->end[i] - first, run->with->used_sets, own->memory, &own->of,
                           own->error);
  own->of.all_nodes = run->with->all_nodes;
  if (own->status == SG_OK) {
    own->outcomes = ARENA_ARRAY(own->memory, block_outcome, run->with->in->model->n_blocks + 1);
    own->status = own->outcomes == NULL ? error_out_of_memory(own->error) : SG_OK;
  }
  run_netter(run, own, list->prepare);
  own->net_seconds = clock_seconds() - start;
  own->verify_seconds = own->rules_seconds = own->lines_seconds = 0.0;
  return true;
}

static bool net_batch(void *context, uint32_t w, size_t i) {
  batch_run *run = context;
  batch_worker *own = &run->workers[w];
  double start = clock_seconds(), price_before = run->list->on_device ? run->with->clock.price : 0.0;
  run_netter(run, own, run->list->net);
  own->net_seconds += clock_seconds() - start - (run->list->on_device ? run->with->clock.price - price_before : 0.0);
  return true;
}

static void visit(batch_run *run, uint32_t w, batch_visit *with) {
  batch_worker *own = &run->workers[w];
  if (own->status == SG_OK) {
    own->status = with(run->list->visitor->visitor, w, &own->of, own->outcomes, &own->in, own->values, own->error);
  }
}

static bool settle(void *context, uint32_t w, size_t i) {
  batch_run *run = context;
  batch_worker *own = &run->workers[w];
  double start = clock_seconds();
  run_netter(run, own, run->list->check);
  own->verify_seconds += clock_seconds() - start;
  start = clock_seconds();
  if (own->status == SG_OK) {
    own->status = settle_batch(&own->of, own->outcomes, &own->in, &own->values, own->error);
  }
  own->rules_seconds += clock_seconds() - start;
  start = clock_seconds();
  visit(run, w, run->list->visitor->record);
  own->lines_seconds = clock_seconds() - start;
  return true;
}

static void close_nets(const batch_run *run, batch_worker *own) {
  for (uint32_t l = 0; own->of.nets != NULL && l < run->with->in->model->n_level_sets; l++) {
    netting_close(own->of.nets[l]);
  }
  own->of.nets = NULL;
}

static bool visit_batch(void *context, uint32_t w, size_t i) {
  batch_run *run = context;
  batch_worker *own = &run->workers[w];
  const batch_list *list = run->list;
  double start = clock_seconds();
  visit(run, w, list->visitor->take);
  close_nets(run, own);
  run->net_seconds += own->net_seconds;
  run->verify_seconds += own->verify_seconds;
  run->rules_seconds += own->rules_seconds;
  run->lines_seconds += own->lines_seconds + clock_seconds() - start;
  if (own->status != SG_OK) { /* the first in order: which one does not depend on the threads */
    error_append(run->error, own->error);
    run->status = own->status;
    return false;
  }
  run->done = list->end[i];
  pass_report(run->with, list->stage, (double)run->done / list->all->n);
  return true;
}

/* Stages side by side: their shares of the time that passed. */
static void share_time(batch_run *run, double passed, double price_before) {
  stage_clock *clock = &run->with->clock;
  double price_during = clock->price - price_before;
  double whole = price_during + run->net_seconds + run->verify_seconds + run->rules_seconds + run->lines_seconds;
  double share = whole > 0.0 ? passed / whole : 0.0;
  clock->price = price_before + price_during * share;
  clock->net += (run->net_seconds + run->verify_seconds) * share;
  clock->verify += run->verify_seconds * share;
  clock->net_spent += run->net_seconds + run->verify_seconds;
  clock->rules += run->rules_seconds * share;
  clock->lines += run->lines_seconds * share;
}

sg_status pass_run_batches(pass_context *with, const batch_list *list, uint32_t *done, sg_error *error) {
  batch_run run = {.with = with, .list = list, .done = list->first, .error = error};
  uint32_t n_workers = parallel_workers();
  double start = clock_seconds(), price_before = with->clock.price;
  for (uint32_t w = 0; w < n_workers; w++) {
    run.workers[w].error = sg_error_open();
    run.workers[w].memory = list->all->n_positions < MANY_POSITIONS ? arena_open() : arena_open_large();
    run.status = !run.workers[w].error || !run.workers[w].memory ? error_out_of_memory(error) : run.status;
  }
  const parallel_job job = {
      list->n, &run, 4, {{open_batch, false}, {net_batch, list->on_device}, {settle, false}, {visit_batch, true}}};
  if (run.status == SG_OK) {
    parallel_run(&job, n_workers);
  }
  for (uint32_t w = 0; w < n_workers; w++) {
    close_nets(&run, &run.workers[w]);
    arena_close(run.workers[w].memory);
    sg_error_close(run.workers[w].error);
  }
  share_time(&run, clock_seconds() - start, price_before);
  *done = run.done;
  return run.status;
}
