/* SPDX-License-Identifier: MIT
 *
 * Chunks on several threads: made once each, taken in order, nothing after a stop.
 */
#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <sched.h>
#include <stdatomic.h>

enum { CHUNKS = 2000, STOP_AT = 700 };

typedef struct work {
  size_t made[PARALLEL_WORKERS_MAX]; /* by worker: the chunk it holds */
  atomic_size_t n_made;
  atomic_size_t n_passed; /* read while another chunk is passed on */
  size_t taken[CHUNKS], n_taken, stop_at;
} work;

static bool make(void *context, uint32_t worker, size_t chunk) {
  work *of = context;
  for (size_t i = 0; i < chunk % 7; i++) {
    sched_yield(); /* chunks are ready in another order than they were drawn */
  }
  of->made[worker] = chunk;
  of->n_made++;
  return true;
}

static bool pass_on(void *context, uint32_t worker, size_t chunk) {
  work *of = context;
  assert_int_equal(of->made[worker], chunk);
  assert_int_equal(of->n_passed++, chunk);
  return true;
}

static bool take(void *context, uint32_t worker, size_t chunk) {
  work *of = context;
  assert_int_equal(of->made[worker], chunk);
  assert_true(of->n_passed > chunk);
  of->taken[of->n_taken++] = chunk;
  return chunk != of->stop_at;
}

#define STEPS 3, {{make, false}, {pass_on, true}, {take, true}}

static void chunks_go_through_steps_in_order_on_any_number_of_workers(void **state) {
  (void)state;
  for (uint32_t n_workers = 0; n_workers <= 8; n_workers++) {
    work of = {.stop_at = CHUNKS};
    parallel_job job = {CHUNKS, &of, STEPS};
    assert_true(parallel_run(&job, n_workers));
    assert_int_equal(of.n_taken, CHUNKS);
    for (size_t i = 0; i < CHUNKS; i++) {
      assert_int_equal(of.taken[i], i);
    }
  }
}

static void nothing_is_taken_after_a_stop(void **state) {
  (void)state;
  for (uint32_t n_workers = 1; n_workers <= 4; n_workers++) {
    work of = {.stop_at = STOP_AT};
    parallel_job job = {CHUNKS, &of, STEPS};
    assert_false(parallel_run(&job, n_workers));
    assert_int_equal(of.n_taken, STOP_AT + 1);
    assert_true(of.n_made <= STOP_AT + n_workers);
  }
}

static void every_chunk_is_made_where_nothing_is_in_turn(void **state) {
  (void)state;
  work of = {.n_made = 0};
  parallel_job job = {CHUNKS, &of, 1, {{make, false}}};
  assert_true(parallel_run(&job, parallel_workers()));
  assert_int_equal(of.n_made, CHUNKS);
  job.n = 0;
  assert_true(parallel_run(&job, 4));
  assert_int_equal(of.n_made, CHUNKS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chunks_go_through_steps_in_order_on_any_number_of_workers),
      cmocka_unit_test(nothing_is_taken_after_a_stop),
      cmocka_unit_test(every_chunk_is_made_where_nothing_is_in_turn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
