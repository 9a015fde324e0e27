/* SPDX-License-Identifier: MIT
 *
 * Plans against what runs then do, and runs on a device that is short of memory: smaller tiles, the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/result.h"
#include "device/backend.h"
#include "engine/engine.h"
#include "rules/model.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct made_book {
  char folder[64];
  sg_error *error;
  sg_book *book;
  sg_device *device;
} made_book;

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) { return remove(path); }

static int open_book(void **state) {
  static made_book made;
  const sg_generate_options sizes = {
      .n_accounts = 400, .mean_positions = 12, .n_instruments = 1500, .n_underlyings = 12, .seed = 7};
  const sg_device_options quick = {.skip_self_test = true};
  char path[80], *report = NULL;
  strcpy(made.folder, "/tmp/shockgrid-plan-XXXXXX");
  made.error = sg_error_open();
  if (mkdtemp(made.folder) == NULL) {
    return -1;
  }
  snprintf(path, sizeof path, "%s/book", made.folder);
  *state = &made;
  sg_status status = sg_generate(&sizes, path, &report, made.error);
  sg_text_close(report);
  return status != SG_OK || sg_book_load(path, &made.book, made.error) != SG_OK ||
         sg_device_open("reference", &quick, &made.device, made.error) != SG_OK;
}

static int close_book(void **state) {
  made_book *made = *state;
  sg_book_close(made->book);
  sg_device_close(made->device);
  sg_error_close(made->error);
  return nftw(made->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static sg_model *load_model(const made_book *of, const char *name) {
  sg_model *under = NULL;
  assert_int_equal(sg_model_load(name, NULL, 0, &under, of->error), SG_OK);
  return under;
}

static const char *const models[] = {"spot-vol-grid", "occ-cpm", SOURCE_DIR "/examples/models/span-like.yaml"};
enum { N_MODELS = sizeof models / sizeof *models };

/* A run that is asked to compare counts what a plan without it does. */
static void a_run_plans_the_same(const made_book *of, const sg_model *under, const run_plan *plan) {
  const sg_run_options compares = {.plans = true, .plans_files = true};
  result *run = NULL;
  assert_int_equal(engine_run(of->device, of->book, under, &compares, NULL, &run, of->error), SG_OK);
  assert_non_null(run->foreseen);
  assert_memory_equal(run->foreseen->count, plan->count, sizeof plan->count);
  result_close(run);
}

/* The counts of a plan are the run's own: of prices, position-scenarios, nodes, lines. */
static void a_plan_counts_what_the_run_does(void **state) {
  const made_book *of = *state;
  for (int m = 0; m < N_MODELS; m++) {
    sg_model *under = load_model(of, models[m]);
    sg_result *run = NULL;
    run_plan *plan = NULL;
    assert_int_equal(engine_plan(of->device, of->book, under, NULL, true, &plan, of->error), SG_OK);
    assert_int_equal(sg_run(of->device, of->book, under, NULL, &run, of->error), SG_OK);
    double n_prices = plan->count[WORK_PRICE_LINEAR] + plan->count[WORK_PRICE_BLACK] + plan->count[WORK_PRICE_BACHELIER] +
                      plan->count[WORK_PRICE_AMERICAN];
    double bytes = 0.0;
    for (uint32_t i = 0; i < of->book->n_files; i++) {
      bytes += (double)of->book->files[i].size_bytes;
    }
    assert_true(n_prices == (double)run->n_prices);
    assert_true(plan->count[WORK_READ] == bytes);
    assert_int_equal(plan->n_nodes, run->n_nodes);
    assert_int_equal(plan->n_accounts, run->n_rows);
    assert_true(plan->count[WORK_WRITE] >= (double)(run->n_rows + run->n_lines)); /* lines of 0 are not written */
    assert_true(plan->resident && plan->n_batches == 1);
    double cells = 0.0, leaves = 0.0;
    for (uint32_t b = 0; b < plan->n_blocks; b++) {
      cells += (double)plan->n_positions * plan->blocks[b].n_scenarios;
      leaves += (double)plan->n_nodes * plan->blocks[b].n_scenarios;
    }
    if (plan->count[WORK_NET_TREES] > 0) {
      assert_true(plan->count[WORK_NET] == 0 && plan->count[WORK_NET_TREES] >= cells + leaves);
    } else {
      assert_true(plan->count[WORK_NET] == cells);
    }
    a_run_plans_the_same(of, under, plan);
    plan_close(plan);
    sg_result_close(run);
    sg_model_close(under);
  }
}

/* What does not stay is priced for each batch, and once more for the positions alone. */
static void a_plan_says_what_a_bound_on_memory_costs(void **state) {
  const made_book *of = *state;
  sg_model *under = load_model(of, "spot-vol-grid");
  const sg_run_options bound = {.memory_bytes = 1 << 20, .tile_portfolios = 100};
  run_plan *free_plan = NULL, *plan = NULL;
  assert_int_equal(engine_plan(of->device, of->book, under, NULL, true, &free_plan, of->error), SG_OK);
  assert_int_equal(engine_plan(of->device, of->book, under, &bound, true, &plan, of->error), SG_OK);
  assert_false(plan->resident);
  assert_true(plan->n_batches >= 4);
  assert_true(plan->device_bytes < free_plan->device_bytes);
  assert_true(plan->count[WORK_PRICE_BLACK] == free_plan->count[WORK_PRICE_BLACK] * (double)(plan->n_batches + 1));
  assert_true(plan->count[WORK_NET_TREES] == free_plan->count[WORK_NET_TREES]);
  plan_close(plan);
  plan_close(free_plan);
  sg_model_close(under);
}

static void a_plan_is_a_page_with_every_stage(void **state) {
  const made_book *of = *state;
  sg_model *under = load_model(of, "occ-cpm");
  char *text = NULL, row[32];
  assert_int_equal(sg_plan(of->device, of->book, under, NULL, &text, of->error), SG_OK);
  for (int s = 0; s < N_STAGES; s++) {
    snprintf(row, sizeof row, "\n    %s ", stage_name((run_stage)s));
    assert_non_null(strstr(text, row));
  }
  sg_text_close(text);
  sg_model_close(under);
}

/* ---- a device that is short of memory ----------------------------------------------------------- */

static const device_backend *true_backend;
static size_t most_bytes, n_refused;

static sg_status refuse_large(device_buffer *buffer, const void *initial, sg_error *error) {
  if (buffer->size_bytes > most_bytes) {
    n_refused++;
    buffer->on->out_of_memory = true;
    return error_fail(error, SG_DEVICE, "a buffer of %zu bytes: no memory", buffer->size_bytes);
  }
  return true_backend->buffer_make(buffer, initial, error);
}

static void smaller_tiles_give_the_same_digest(void **state) {
  const made_book *of = *state;
  for (int m = 0; m < N_MODELS; m++) {
    sg_model *under = load_model(of, models[m]);
    sg_result *whole = NULL;
    assert_int_equal(sg_run(of->device, of->book, under, NULL, &whole, of->error), SG_OK);
    true_backend = of->device->backend;
    device_backend short_backend = *true_backend;
    short_backend.buffer_make = refuse_large;
    of->device->backend = &short_backend;
    /* the matrix of 16 columns must fit: 1,500 instruments x 16 x 8 = 192 kB */
    for (most_bytes = 800000; most_bytes >= 200000; most_bytes -= 200000) {
      sg_result *cut = NULL;
      n_refused = 0;
      sg_status status = sg_run(of->device, of->book, under, NULL, &cut, of->error);
      if (status != SG_OK) {
        of->device->backend = true_backend;
        fail_msg("%s, buffers of at most %zu bytes: %s", models[m], most_bytes, sg_error_get(of->error, 0).message);
      }
      assert_int_equal(sg_error_count(of->error), 0);
      assert_string_equal(sg_result_digest(cut), sg_result_digest(whole));
      assert_true(n_refused > 0 || m > 0 || most_bytes > 400000); /* larger ones hold the matrix of what is held */
      sg_result_close(cut);
    }
    most_bytes = 1000;
    sg_result *none = NULL;
    assert_int_equal(sg_run(of->device, of->book, under, NULL, &none, of->error), SG_DEVICE);
    assert_null(none);
    assert_int_equal(sg_error_count(of->error), 1);
    sg_error_clear(of->error);
    of->device->backend = true_backend;
    sg_result_close(whole);
    sg_model_close(under);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_plan_counts_what_the_run_does),
      cmocka_unit_test(a_plan_says_what_a_bound_on_memory_costs),
      cmocka_unit_test(a_plan_is_a_page_with_every_stage),
      cmocka_unit_test(smaller_tiles_give_the_same_digest),
  };
  return cmocka_run_group_tests(tests, open_book, close_book);
}
