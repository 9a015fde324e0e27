/* SPDX-License-Identifier: MIT
 *
 * A kernel's known cases, as data that is run on two devices and compared. Sizes and seed vary the same cases, for the
 * tests.
 */
#ifndef DEVICE_SELF_TEST_H
#define DEVICE_SELF_TEST_H

#include "device/backend.h"

enum { CASE_ARGUMENTS_LIMIT = 24 };

typedef struct case_argument {
  enum {
    CASE_UINT,
    CASE_DOUBLE,
    CASE_SPAN, /* columns of a work-item: the whole row on a CPU, one lane group on a GPU */
    CASE_UINTS,
    CASE_ULONGS,
    CASE_DOUBLES
  } is;
  uint32_t uint;
  double real;
  const void *data;   /* what the buffer holds before */
  size_t n;           /* elements of data */
  const char *output; /* its name if the kernel writes it, else NULL */
} case_argument;

/* How many work-items an axis of n cells takes. */
typedef struct case_axis {
  size_t n;
  enum { PER_CELL, PER_LANES, PER_SPAN } step;
} case_axis;

typedef struct known_case {
  kernel_id kernel;
  uint32_t stride; /* columns of a row of the outputs, 1 for vectors */
  size_t n_arguments;
  case_argument arguments[CASE_ARGUMENTS_LIMIT];
  case_axis axes[2];
  /* Adds the inputs behind element `index` of an output: `, strike 50`. NULL: nothing to add. */
  const char *(*describe)(arena *memory, const struct known_case *of, size_t index);
} known_case;

/* Runs a case and reads its outputs back: outputs[i] for argument i, in `memory`. span 0: what fits the device. */
sg_status case_run(device *on, const known_case *what, uint32_t span, arena *memory,
                   void *outputs[CASE_ARGUMENTS_LIMIT], sg_error *error);

/* Both devices must give the same bytes (a NaN is as good as another): else a finding about `on`, SG_DEVICE. */
sg_status case_compare(device *on, device *reference, const known_case *what, uint32_t span, sg_error *error);

/* `on (platform, driver)` fails in `kernel` at `where`: expected and got as hex bits and decimal. */
sg_status self_test_fail(const device *on, kernel_id kernel, const char *where, double expected, double got,
                         sg_error *error);

/* ---- making cases -------------------------------------------------------------------------- */

#define CASE_OF_UINT(x) ((case_argument){.is = CASE_UINT, .uint = (x)})
#define CASE_OF_DOUBLE(x) ((case_argument){.is = CASE_DOUBLE, .real = (x)})
#define CASE_OF_SPAN ((case_argument){.is = CASE_SPAN})
#define CASE_OF_UINTS(x, count) ((case_argument){.is = CASE_UINTS, .data = (x), .n = (count)})
#define CASE_OF_ULONGS(x, count) ((case_argument){.is = CASE_ULONGS, .data = (x), .n = (count)})
#define CASE_OF_DOUBLES(x, count) ((case_argument){.is = CASE_DOUBLES, .data = (x), .n = (count)})
#define CASE_OF_OUTPUT(name, count) ((case_argument){.is = CASE_DOUBLES, .n = (count), .output = (name)})

double case_random(uint64_t *state); /* in [-1, 1), steps of 2^-52 */
double *case_randoms(arena *memory, size_t n, double scale, uint64_t *state);
uint32_t case_pad(uint32_t n); /* to whole lanes of the widest type */
void case_add(known_case *to, case_argument argument);
bool case_complete(const known_case *made); /* false: an array was not made, out of memory */

/* The sizes of the cases that follow; any size from 1 works. */
typedef struct case_size {
  uint32_t n_rows;    /* forwards, instruments, nodes or parents */
  uint32_t n_columns; /* scenarios; strides are padded */
  uint64_t seed;
} case_size;

/* Each fills *made from `memory`; false: out of memory. */
bool case_make_probe(arena *memory, uint32_t op, known_case *made);
bool case_make_forwards(arena *memory, case_size size, known_case *made);
/* price_american and price_differences read solutions made up for the case. */
bool case_make_price(arena *memory, kernel_id kernel, case_size size, double round_unit, known_case *made);
bool case_make_american_solve(arena *memory, case_size size, known_case *made);
bool case_make_two_boundaries_solve(arena *memory, case_size size, known_case *made);
bool case_make_american_share(arena *memory, case_size size, known_case *made);
bool case_make_differences_solve(arena *memory, case_size size, known_case *made);
typedef enum implied_case { IMPLIED_BLACK, IMPLIED_NORMAL, IMPLIED_AMERICAN, N_IMPLIED_CASES } implied_case;
bool case_make_implied(arena *memory, implied_case which, case_size size, known_case *made);
bool case_make_net(arena *memory, case_size size, known_case *made);
bool case_make_fold(arena *memory, case_size size, known_case *made);
bool case_make_adjust(arena *memory, case_size size, known_case *made);
bool case_make_sums(arena *memory, case_size size, known_case *made);
bool case_make_gather(arena *memory, case_size size, known_case *made);
bool case_make_reduce(arena *memory, case_size size, uint32_t carry, known_case *made);
/* n_rows trees of 0 to TREE_LEVELS levels; their columns TREE_COLUMNS * carry .. of a matrix that has more. */
bool case_make_trees(arena *memory, case_size size, uint32_t n_levels, uint32_t carry, known_case *made);

#endif
