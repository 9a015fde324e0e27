/* SPDX-License-Identifier: MIT
 *
 * A device that goes wrong under way is caught. The device under test is the reference behind a layer that flips bits:
 * as the device computes (then the sample finds it as often as the calculation says), or in its memory between two
 * kernels (then the sums of rows find it always). SHOCKGRID_TEST_CASES=1000: so many runs of each row of the table; an
 * argument, "nodes": the rows whose names begin so. A whole table is in watched_device.md.
 */
#include "data/result.h"
#include "device/backend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a device that flips bits ---------------------------------------------------------------------- */

typedef enum when { AS_IT_COMPUTES, BEFORE_THE_NEXT_KERNEL } when;

enum { FIRST_LAUNCH = 1, EVERY_LAUNCH = 1000 };

typedef struct row {
  const char *name, *verify;
  bool vectors;       /* asked for: then it is one kernel after the other, else whole trees at once */
  when when;
  verify_kind kind;   /* that finds it */
  struct target {
    kernel_id kernel;
    size_t output;    /* the argument whose doubles flip a bit each, with probability `rate` */
    int n_launches;   /* at most */
  } targets[2];
} row;

static struct {
  const device_backend *real;
  const struct row *row;
  int launches[2];          /* of its kernels, in this run */
  size_t stride, n_columns; /* only true columns: padding is never read */
  double rate;
  uint64_t random;
  size_t n_flipped;
} plant;

static uint64_t random_next(void) { /* Marsaglia's xorshift64* */
  plant.random ^= plant.random >> 12;
  plant.random ^= plant.random << 25;
  plant.random ^= plant.random >> 27;
  return plant.random * 0x2545f4914f6cdd1du;
}

static void flip_bits(const device_buffer *buffer) {
  const double *mapped;
  assert_int_equal(plant.real->buffer_map(buffer, &mapped, NULL), SG_OK);
  uint64_t *bits = (uint64_t *)(void *)mapped;
  for (size_t i = 0; i < buffer->size_bytes / sizeof *bits; i++) {
    bool counts = i % plant.stride < plant.n_columns;
    if (counts && (double)(random_next() >> 11) * 0x1p-53 < plant.rate) {
      bits[i] ^= (uint64_t)1 << (random_next() % 52); /* the fraction: a number stays one */
      plant.n_flipped++;
    }
  }
  plant.real->buffer_unmap(buffer, mapped);
}

static const char *only = ""; /* how the names of the rows to run begin */

static sg_status plant_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                              const size_t items[2], sg_error *error) {
  const device_buffer *hit = NULL;
  for (int t = 0; t < 2; t++) {
    const struct target *target = &plant.row->targets[t];
    if (kernel == target->kernel && target->output > 0 && plant.launches[t]++ < target->n_launches) {
      hit = arguments[target->output].as.buffer;
    }
  }
  if (hit && plant.row->when == BEFORE_THE_NEXT_KERNEL) {
    flip_bits(hit);
  }
  TRY(plant.real->launch(on, kernel, arguments, n_arguments, items, error));
  if (hit && plant.row->when == AS_IT_COMPUTES) {
    flip_bits(hit);
  }
  return SG_OK;
}

/* The reference, which says that it is a CPU: only other devices are watched. */
static device *open_planted(void) {
  static device_backend planted;
  device *opened;
  const sg_device_options options = {.skip_self_test = true};
  assert_int_equal(device_open("reference", &options, &opened, NULL), SG_OK);
  plant.real = opened->backend;
  planted = *opened->backend;
  planted.launch = plant_launch;
  opened->backend = &planted;
  opened->traits.type = "cpu";
  opened->traits.name = "planted";
  return opened;
}

/* ---- runs ------------------------------------------------------------------------------------------ */

/* Cells, nodes and results as they are computed (nodes of the accounts only, which are netted before any position by
 * itself); then cells in memory, when netting is about to read them. */
static const row rows[] = {
    {"cells, all verified", NULL, false, AS_IT_COMPUTES, VERIFY_CELLS, {{KERNEL_price_black, 14, EVERY_LAUNCH}}},
    {"cells, 2 % verified", "0.02", false, AS_IT_COMPUTES, VERIFY_CELLS, {{KERNEL_price_black, 14, EVERY_LAUNCH}}},
    {"nodes, all verified", NULL, true, AS_IT_COMPUTES, VERIFY_NODES,
     {{KERNEL_net_nodes, 8, FIRST_LAUNCH}, {KERNEL_fold_level, 11, EVERY_LAUNCH}}},
    {"nodes, 2 % verified", "0.02", true, AS_IT_COMPUTES, VERIFY_NODES,
     {{KERNEL_net_nodes, 8, FIRST_LAUNCH}, {KERNEL_fold_level, 11, EVERY_LAUNCH}}},
    {"results, all verified", NULL, false, AS_IT_COMPUTES, VERIFY_RESULTS,
     {{KERNEL_net_trees, 20, EVERY_LAUNCH}, {KERNEL_reduce_worst, 6, EVERY_LAUNCH}}},
    {"results, 10 % verified", "0.1", false, AS_IT_COMPUTES, VERIFY_RESULTS,
     {{KERNEL_net_trees, 20, EVERY_LAUNCH}, {KERNEL_reduce_worst, 6, EVERY_LAUNCH}}},
    {"cells in memory", "1e-9", false, BEFORE_THE_NEXT_KERNEL, VERIFY_CELLS, {{KERNEL_net_trees, 3, FIRST_LAUNCH}}},
    {"the same, with vectors", "1e-9", true, BEFORE_THE_NEXT_KERNEL, VERIFY_CELLS, {{KERNEL_net_nodes, 3, FIRST_LAUNCH}}},
};

enum { N_SCENARIOS = 51, STRIDE = 64 };

typedef struct tally {
  int n, n_found, n_hit; /* runs, refused, with a flipped bit */
  double expected;       /* refusals: by the calculation */
  double variance;
} tally;

static void check_refusal(sg_error *error, const row *of) {
  assert_true(sg_error_count(error) >= 1);
  const char *message = sg_error_get(error, 0).message;
  bool named = strstr(message, "planted (shockgrid") && strstr(message, " has given a wrong number: kernel ") &&
               strstr(message, "scenario ") && strstr(message, "of block grid (price") && strstr(message, "expected 0x");
  bool thing = strstr(message, of->kind == VERIFY_CELLS ? "instrument " : "account ") || strstr(message, "instrument ");
  if (!named || !thing) {
    fail_msg("%s: %s", of->name, message);
  }
}

/* One run; *drawn is how many draws of the kind it made, where it ended well. */
static bool run_once(device *on, const sg_book *of, const sg_model *under, const row *each, uint64_t *drawn) {
  sg_error *error = sg_error_open();
  result *made = NULL;
  const sg_run_options options = {.verify = each->verify, .all_pnl_accounts = each->vectors};
  plant.n_flipped = 0;
  plant.launches[0] = plant.launches[1] = 0;
  sg_status status = sg_run(on, of, under, &options, &made, error);
  if (status == SG_OK) {
    *drawn = made->n_verified[each->kind];
  } else {
    assert_int_equal(status, SG_DEVICE);
    assert_null(made);
    check_refusal(error, each);
  }
  sg_result_close(made);
  sg_error_close(error);
  return status != SG_OK;
}

static int n_runs(void) {
  const char *text = getenv("SHOCKGRID_TEST_CASES");
  long wanted = text ? strtol(text, NULL, 10) : 0;
  return wanted > 100 ? (int)wanted : 8;
}

static void flipped_bits_are_found_as_often_as_the_calculation_says(void **state) {
  static const double rates[] = {1e-2, 1e-3, 1e-4, 1e-5};
  device *on = open_planted();
  sg_book *of;
  sg_model *under;
  plant.random = 88172645463325252u;
  assert_int_equal(sg_book_load(SOURCE_DIR "/examples/deribit", &of, NULL), SG_OK);
  assert_int_equal(sg_model_load("spot-vol-grid", NULL, 0, &under, NULL), SG_OK);
  print_message("%-24s %8s %8s %10s %10s %10s\n", "flipped", "rate", "runs", "with flips", "refused", "expected");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const row *each = &rows[i];
    if (strncmp(each->name, only, strlen(only)) != 0) {
      continue;
    }
    plant.row = each;
    plant.stride = each->kind == VERIFY_RESULTS ? 1 : STRIDE;
    plant.n_columns = each->kind == VERIFY_RESULTS ? 1 : N_SCENARIOS;
    uint64_t drawn = 0;
    plant.rate = 0.0;
    assert_false(run_once(on, of, under, each, &drawn)); /* and says how many it draws */
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
      tally got = {0};
      plant.rate = rates[r];
      for (got.n = 0; got.n < n_runs(); got.n++) {
        got.n_found += run_once(on, of, under, each, &drawn);
        got.n_hit += plant.n_flipped > 0;
      }
      bool in_memory = each->when == BEFORE_THE_NEXT_KERNEL;
      double found = in_memory ? (double)got.n_hit / got.n : 1 - pow(1 - rates[r], (double)drawn);
      print_message("%-24s %8g %8d %10d %10d %10.1f\n", each->name, rates[r], got.n, got.n_hit, got.n_found,
                    found * got.n);
      if (in_memory) {
        assert_int_equal(got.n_found, got.n_hit);
      } else { /* 5 standard deviations of a binomial, and one run */
        double margin = 5 * sqrt(found * (1 - found) * got.n) + 1;
        assert_true(fabs(got.n_found - found * got.n) <= margin);
      }
    }
  }
  sg_model_close(under);
  sg_book_close(of);
  sg_device_close(on);
}

int main(int n_arguments, char **arguments) {
  only = n_arguments > 1 ? arguments[1] : only;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flipped_bits_are_found_as_often_as_the_calculation_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
