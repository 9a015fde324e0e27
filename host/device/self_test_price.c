/* SPDX-License-Identifier: MIT
 *
 * The known cases of the pricers: deep in and out of the money, no vol, no time, a time shift past expiry, forwards of
 * 0, inverse contracts, shared and mixed forwards. Inputs are literals or exact arithmetic on them.
 */
#include "base/number.h"
#include "device/american_scheme.h"
#include "device/self_test.h"
#include "kernels/shared.h"

#include <assert.h>
#include <math.h>

#define ELEMENTS(table) (sizeof(table) / sizeof *(table))

/* A move of a forward, or a strike over it, and its natural logarithm (computed with Python's decimal). */
static const struct {
  double factor, log;
} factors[] = {{1, 0},
               {0.84, -0x1.6513637dde827p-3},
               {1.16, 0x1.2ff6d3e070eb5p-3},
               {0.04, -0x1.9c041f7ed8d33p+1},
               {25, 0x1.9c041f7ed8d33p+1},
               {0.95, -0x1.a431d5bcc1938p-5},
               {1.03, 0x1.e44a9a3bed663p-6},
               {0.5, -0x1.62e42fefa39efp-1},
               {2, 0x1.62e42fefa39efp-1},
               {0.9, -0x1.af8e8210a415dp-4},
               {1.1, 0x1.8663f793c46c7p-4}};
static const double bases[] = {100, 0.07, 65432.1};
static const double vols[] = {0.2, 0, 0.55, 1e-9, 3, 0.8, 12};
static const double years_left[] = {0.25, 0, 1, 0.0027397260273972603, 5, 30};

/* ---- prices -------------------------------------------------------------------------------- */

enum { PRICE_SLICES = 3, PRICE_FORWARDS = 3, PRICE_WEIGHTS = 2, ZERO_COLUMN = 4 /* its forwards are 0 */ };

/* `, NAME VALUE` after `text`; NULL when out of memory */
static const char *number_append(arena *memory, const char *text, const char *name, double value) {
  char number[NUMBER_TEXT_BYTES];
  number_format(value, number);
  return text ? arena_format(memory, "%s, %s %s", text, name, number) : NULL;
}

static const char *price_describe(arena *memory, const known_case *of, size_t index) {
  const double *contract = of->arguments[0].data, *vol = of->arguments[5].data, *forward = of->arguments[8].data;
  const uint32_t *pnl_row = of->arguments[2].data, *forward_row = of->arguments[3].data;
  const uint32_t *slice_of = of->arguments[6].data;
  size_t n = of->arguments[1].uint, k = index % of->stride, i = 0;
  while (i + 1 < n && pnl_row[i] != index / of->stride) {
    i++;
  }
  const char *text = arena_format(memory, ", instrument %zu", i);
  text = number_append(memory, text, "strike", contract[CONTRACT_STRIKE * n + i]);
  text = number_append(memory, text, "sign", contract[CONTRACT_SIGN * n + i]);
  text = number_append(memory, text, "years", contract[CONTRACT_YEARS * n + i]);
  text = number_append(memory, text, "forward", forward[forward_row[i] * (size_t)of->stride + k]);
  return slice_of[k] < PRICE_SLICES ? number_append(memory, text, "vol", vol[slice_of[k] * n + i]) : text;
}

/* Instrument i of n, whose forward is bases[row], as column i of contract[field][i]; Bachelier's forwards are moves
 * from 0. */
static void contract_fill(double *contract, size_t n_padded, uint32_t i, uint32_t row, bool normal, uint64_t *state) {
  size_t strike = i % ELEMENTS(factors);
  bool inverse = i % 5 == 4 && !normal;
  double *field = contract + i;
  field[CONTRACT_STRIKE * n_padded] = bases[row] * (normal ? factors[strike].factor - 1 : factors[strike].factor);
  field[CONTRACT_LOG_STRIKE * n_padded] = normal ? 0 : factors[strike].log;
  field[CONTRACT_SIGN * n_padded] = i / 2 % 2 ? -1 : 1;
  field[CONTRACT_INVERSE * n_padded] = inverse;
  field[CONTRACT_VALUE * n_padded] = i % 4 ? bases[row] * case_random(state) : 0;
  field[CONTRACT_MULTIPLIER * n_padded] = i % 6 ? 100 : 0.001;
  field[CONTRACT_YEARS * n_padded] = years_left[i % ELEMENTS(years_left)];
  field[CONTRACT_RATE * n_padded] = inverse ? 0 : 0.05 * case_random(state);
  field[CONTRACT_DISCOUNT * n_padded] = inverse ? 1 : 0.97;
  field[CONTRACT_CARRY * n_padded] = i % 4 != 3 ? 0.06 * case_random(state) : 0;
  field[CONTRACT_AMERICAN * n_padded] = i % 3 != 1;
  field[CONTRACT_FORWARD * n_padded] = bases[row];
}

typedef struct price_inputs {
  double *contract, *vol, *forward, *log_move, *weight, *slice_years;
  uint32_t *pnl_row, *forward_row, *weight_row, *slice_of;
} price_inputs;

static bool price_inputs_make(arena *memory, bool normal, case_size *size, price_inputs *made) {
  uint32_t n = size->n_rows, n_padded = case_pad(n), stride = case_pad(size->n_columns);
  *made = (price_inputs){
      .contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS *(size_t)n_padded),
      .vol = ARENA_ARRAY(memory, double, PRICE_SLICES *(size_t)n_padded),
      .forward = ARENA_ARRAY(memory, double, PRICE_FORWARDS *(size_t)stride),
      .log_move = ARENA_ARRAY(memory, double, PRICE_FORWARDS *(size_t)stride),
      .weight = case_randoms(memory, PRICE_WEIGHTS * (size_t)stride, 1, &size->seed),
      .slice_years = ARENA_ARRAY(memory, double, PRICE_SLICES),
      .pnl_row = ARENA_ARRAY(memory, uint32_t, n_padded),
      .forward_row = ARENA_ARRAY(memory, uint32_t, n_padded),
      .weight_row = ARENA_ARRAY(memory, uint32_t, n_padded),
      .slice_of = ARENA_ARRAY(memory, uint32_t, stride),
  };
  if (!made->contract || !made->vol || !made->forward || !made->log_move || !made->weight || !made->slice_years ||
      !made->pnl_row || !made->forward_row || !made->weight_row || !made->slice_of) {
    return false;
  }
  assert(n > 0);
  made->slice_years[1] = 1.0 / 365;
  made->slice_years[2] = 10;
  for (uint32_t i = 0; i < n_padded; i++) {
    uint32_t own = i < n ? i : n - 1; /* padding copies the last */
    uint64_t same = size->seed + own;
    uint32_t row = (uint32_t)((uint64_t)own * PRICE_FORWARDS / n);
    contract_fill(made->contract, n_padded, i, row, normal, &same);
    for (size_t field = 0; i > own && field < N_CONTRACT_FIELDS; field++) {
      made->contract[field * n_padded + i] = made->contract[field * n_padded + own];
    }
    made->pnl_row[i] = n - 1 - own;
    made->forward_row[i] = row;
    made->weight_row[i] = own / 3 % PRICE_WEIGHTS;
    for (uint32_t slice = 0; slice < PRICE_SLICES; slice++) {
      made->vol[(size_t)slice * n_padded + i] = vols[(own + slice) % ELEMENTS(vols)] * (normal ? bases[row] : 1);
    }
  }
  for (uint32_t k = 0; k < stride; k++) {
    made->slice_of[k] = k < size->n_columns ? (uint32_t)((uint64_t)k * PRICE_SLICES / size->n_columns) : SLICE_PADDING;
    size_t move = (k + size->seed) % ELEMENTS(factors);
    double factor = k == ZERO_COLUMN ? 0 : factors[move].factor;
    for (size_t row = 0; row < PRICE_FORWARDS; row++) {
      made->forward[row * stride + k] = bases[row] * (normal ? factor - 1 : factor);
      made->log_move[row * stride + k] = k == ZERO_COLUMN ? -(double)INFINITY : factors[move].log;
    }
  }
  return true;
}

/* Vols that a scenario may bring: below 0, and infinite, at expiry too. */
static void put_odd_vols(const price_inputs *in, case_size size) {
  uint32_t n_padded = case_pad(size.n_rows);
  for (uint32_t i = 0; i + 1 < size.n_rows; i++) { /* padding copies the last */
    in->vol[n_padded + i] = i % 11 == 3 ? -0.3 : in->vol[n_padded + i];
    in->vol[2 * n_padded + i] = i % 6 < 2 ? (double)INFINITY : in->vol[2 * n_padded + i];
  }
}

/* Of option i, a put with some vol; not of the last, which padding copies. */
typedef struct chosen_put {
  double rate, carry, years, vol;
} chosen_put;

static void put_chosen(const price_inputs *in, case_size size, uint32_t i, chosen_put terms) {
  uint32_t n_padded = case_pad(size.n_rows);
  if (i + 1 < size.n_rows) {
    in->contract[CONTRACT_SIGN * n_padded + i] = -1;
    in->contract[CONTRACT_RATE * n_padded + i] = terms.rate;
    in->contract[CONTRACT_CARRY * n_padded + i] = terms.carry;
    in->contract[CONTRACT_YEARS * n_padded + i] = terms.years;
    for (uint32_t slice = 0; slice < PRICE_SLICES; slice++) {
      in->vol[slice * n_padded + i] = terms.vol;
    }
  }
}

/* A forward that stands still at the upper end of the octave of its vol, and time enough. */
static void put_still_drift(const price_inputs *in, case_size size) {
  put_chosen(in, size, 0, (chosen_put){.rate = 0.75, .carry = 0.5, .years = 60, .vol = 0.55});
}

/* Their spots move along their forwards, and the best time to exercise lies before expiry, of the second in the first year. */
static void put_still_spots(const price_inputs *in, case_size size) {
  put_chosen(in, size, 2, (chosen_put){.rate = 0.04, .carry = -0.01, .years = 30, .vol = 1e-9});
  put_chosen(in, size, 5, (chosen_put){.rate = 0.1, .carry = -0.01, .years = 3.2, .vol = 1e-9});
}

/* The least total stddev that is one, 1e-300, at the money in a column without a time shift. */
static void put_least_stddev(const price_inputs *in, case_size size) {
  uint32_t n_padded = case_pad(size.n_rows);
  if (size.n_rows > 9) {
    in->contract[CONTRACT_STRIKE * n_padded + 8] = in->forward[1];
    in->contract[CONTRACT_YEARS * n_padded + 8] = 1;
    in->vol[8] = 1e-300;
  }
}

/* The largest move of a lattice does not reach what its forward drifts. */
static void put_steep_carry(const price_inputs *in, case_size size) {
  put_chosen(in, size, 1, (chosen_put){.rate = -0.01, .carry = 10, .years = 30, .vol = 0.2});
}

/* Every second option has two boundaries: a negative rate, as a put, and a lower yield. */
static void put_negative_rates(const price_inputs *in, case_size size) {
  uint32_t n_padded = case_pad(size.n_rows);
  for (uint32_t i = 0; i + 1 < size.n_rows; i += 2) {
    bool put = in->contract[CONTRACT_SIGN * n_padded + i] < 0;
    in->contract[CONTRACT_RATE * n_padded + i] = put ? -0.02 : -0.05;
    in->contract[CONTRACT_CARRY * n_padded + i] = put ? 0.03 : -0.03;
  }
}

/* Of the last, of which padding is copies, no boundary is found. */
static void put_lost_boundaries(const price_inputs *in, case_size size) {
  uint32_t n_padded = case_pad(size.n_rows);
  put_negative_rates(in, size);
  for (uint32_t i = size.n_rows - 1; i < n_padded; i++) {
    in->contract[CONTRACT_SIGN * n_padded + i] = -1;
    in->contract[CONTRACT_RATE * n_padded + i] = -0.02;
    in->contract[CONTRACT_CARRY * n_padded + i] = 0.03;
    in->contract[CONTRACT_YEARS * n_padded + i] = 1;
    in->vol[n_padded + i] = (double)INFINITY;
  }
}

/* One, at the money, stands on its upper boundary, to the bit. */
enum { TOUCHING = 22 };
static const chosen_put touching = {.rate = -0.02, .carry = 0.03, .years = 5, .vol = 0.55};

static void put_touching(const price_inputs *in, case_size size) {
  put_negative_rates(in, size);
  put_chosen(in, size, TOUCHING, touching);
}

/* Its squares, of boundaries that never meet. */
static void touch(const price_inputs *in, case_size size, size_t n_nodes, double *squares) {
  size_t n_padded = case_pad(size.n_rows), rows = 2 * n_nodes + 1;
  for (size_t slice = 0; size.n_rows > TOUCHING + 1 && slice < 2; slice++, squares += rows * n_padded) {
    double log_spot = touching.carry * (touching.years - in->slice_years[slice]);
    squares[TOUCHING] = log_spot * log_spot;
    squares[n_nodes * n_padded + TOUCHING] = 0;
    squares[2 * n_nodes * n_padded + TOUCHING] = 60;
  }
}

enum { CASE_DIVIDENDS = 3 };

/* dividend[2][CASE_DIVIDENDS][n_padded]: none, one, two or three, some of them at once, at expiry or larger than the spot. */
static void add_dividends(arena *memory, const double *contract, uint32_t n, known_case *to) {
  static const double share[] = {0.03, 0.4, 0.01, 2, 0.001}, nothing = 1e-18; /* drops no spot */
  static const double when[] = {1, 0.99, 0.5, 0.001, 0.3};
  size_t row = case_pad(n), half = CASE_DIVIDENDS * row;
  double *table = ARENA_ARRAY(memory, double, 2 * half);
  for (size_t i = 0; table && i < row; i++) {
    size_t own = i < n ? i : n - 1;
    for (size_t j = 0; j < own % (CASE_DIVIDENDS + 1); j++) {
      double fraction = when[(own + j) % ELEMENTS(when)] / (double)(j + 1);
      table[DIVIDEND_YEARS * half + j * row + i] = contract[CONTRACT_YEARS * row + own] * fraction;
      table[DIVIDEND_AMOUNT * half + j * row + i] =
          contract[CONTRACT_FORWARD * row + own] *
          (own % 8 == 6 && j == 0 ? nothing : share[(own / 2 + j) % ELEMENTS(share)]);
    }
  }
  case_add(to, CASE_OF_DOUBLES(table, 2 * half));
}

static double *differences_numbers(arena *memory, american_accuracy accuracy) {
  double *table = ARENA_ARRAY(memory, double, N_DIFFERENCES_NUMBERS);
  if (table) {
    differences_table_fill(accuracy, CASE_DIVIDENDS, table);
  }
  return table;
}

/* A call whose spot, where it is 4, stands on the last node but one, where the cubic is a bit less than the value. */
enum { ON_NODE = 8 };

static void put_on_node(const price_inputs *in, case_size size) {
  put_chosen(in, size, ON_NODE, (chosen_put){.years = 30});
  if (size.n_rows > ON_NODE + 1) {
    in->contract[CONTRACT_SIGN * case_pad(size.n_rows) + ON_NODE] = 1;
  }
}

static double on_node(size_t line, size_t n_nodes) {
  static const double last[] = {0.5, 1, 0x1.4000000000003p0, 3}, log_4 = 0x1.62e42fefa39efp+0;
  size_t from_last = DIFFERENCES_VALUES + n_nodes - line; /* 1: the last */
  return line == DIFFERENCES_START     ? log_4 - 0.0625 * (double)(n_nodes - 2)
         : line == DIFFERENCES_STEP    ? 0.0625
         : line == DIFFERENCES_TO_COME ? 0
                                       : last[from_last < 4 ? 4 - from_last : 0];
}

/* A solution made up for the case. */
static void add_differences(arena *memory, const case_size *size, const double *contract, known_case *to) {
  size_t row = case_pad(size->n_rows);
  double *scheme = differences_numbers(memory, AMERICAN_fast);
  size_t rows = scheme ? DIFFERENCES_VALUES + (size_t)scheme[DIFFERENCES_N_NODES] : 0, n = PRICE_SLICES * rows * row;
  uint64_t seed = size->seed;
  double *solution = case_randoms(memory, n, 20, &seed);
  for (size_t i = 0; solution && i < n; i++) {
    size_t line = i / row % rows, own = i % row < size->n_rows ? i % row : size->n_rows - 1;
    double sign = contract[CONTRACT_SIGN * row + own];
    solution[i] = own != i % row              ? solution[i - 1]
                  : own == ON_NODE            ? on_node(line, rows - DIFFERENCES_VALUES)
                  : line == DIFFERENCES_START ? 5 - 2 * sign
                  : line == DIFFERENCES_STEP  ? 0.0625 * sign
                                              : solution[i] + 20;
  }
  case_add(to, CASE_OF_DOUBLES(scheme, N_DIFFERENCES_NUMBERS));
  case_add(to, CASE_OF_DOUBLES(solution, n));
}

bool case_make_price(arena *memory, kernel_id kernel, case_size size, double round_unit, known_case *made) {
  uint32_t n_padded = case_pad(size.n_rows), stride = case_pad(size.n_columns);
  price_inputs in;
  if (!price_inputs_make(memory, kernel == KERNEL_price_bachelier, &size, &in)) {
    return false;
  }
  if (kernel == KERNEL_price_black || kernel == KERNEL_price_bachelier) {
    put_odd_vols(&in, size);
  }
  static void (*const alter[N_KERNELS])(const price_inputs *, case_size) = {
      [KERNEL_price_bachelier] = put_least_stddev, [KERNEL_price_american] = put_still_spots,
      [KERNEL_price_differences] = put_on_node,    [KERNEL_price_lattice] = put_steep_carry,
      [KERNEL_price_two_boundaries] = put_touching,
  };
  if (alter[kernel]) {
    alter[kernel](&in, size);
  }
  *made = (known_case){.kernel = kernel,
                       .stride = stride,
                       .axes = {{stride, PER_SPAN}, {n_padded, PER_LANES}},
                       .describe = price_describe};
  case_add(made, CASE_OF_DOUBLES(in.contract, N_CONTRACT_FIELDS * (size_t)n_padded));
  case_add(made, CASE_OF_UINT(n_padded));
  case_add(made, CASE_OF_UINTS(in.pnl_row, n_padded));
  case_add(made, CASE_OF_UINTS(in.forward_row, n_padded));
  case_add(made, CASE_OF_UINTS(in.weight_row, n_padded));
  case_add(made, CASE_OF_DOUBLES(in.vol, PRICE_SLICES * (size_t)n_padded));
  case_add(made, CASE_OF_UINTS(in.slice_of, stride));
  case_add(made, CASE_OF_DOUBLES(in.slice_years, PRICE_SLICES));
  case_add(made, CASE_OF_DOUBLES(in.forward, PRICE_FORWARDS * (size_t)stride));
  case_add(made, CASE_OF_DOUBLES(in.log_move, PRICE_FORWARDS * (size_t)stride));
  case_add(made, CASE_OF_DOUBLES(in.weight, PRICE_WEIGHTS * (size_t)stride));
  case_add(made, CASE_OF_DOUBLE(round_unit));
  case_add(made, CASE_OF_UINT(stride));
  case_add(made, CASE_OF_SPAN);
  case_add(made, CASE_OF_OUTPUT("pnl", (size_t)size.n_rows * stride));
  if (kernel == KERNEL_price_differences) {
    add_differences(memory, &size, in.contract, made);
  }
  if (kernel == KERNEL_price_lattice) {
    static const double steps_and_dividends[N_LATTICE_NUMBERS] = {25, CASE_DIVIDENDS};
    case_add(made, CASE_OF_DOUBLES(steps_and_dividends, N_LATTICE_NUMBERS));
    add_dividends(memory, in.contract, size.n_rows, made);
  }
  if (kernel == KERNEL_price_american || kernel == KERNEL_price_two_boundaries) {
    american_shape shape = american_shape_get(AMERICAN_fast);
    size_t rows = kernel == KERNEL_price_american ? shape.n_nodes : 2 * (size_t)shape.n_nodes + 1;
    size_t n = PRICE_SLICES * rows * n_padded;
    double *squares = case_randoms(memory, n, 0.5, &size.seed);
    for (size_t i = 0; squares && i < n; i++) {
      bool padding = i % n_padded >= size.n_rows;
      squares[i] = padding ? squares[i - 1] : squares[i] * squares[i];
    }
    for (size_t i = 0; squares && kernel == KERNEL_price_two_boundaries && i + 1 < size.n_rows; i += 4) {
      squares[(rows - 1) * n_padded + i] = in.contract[CONTRACT_YEARS * (size_t)n_padded + i]; /* they never meet: slice 0 */
    }
    if (squares && kernel == KERNEL_price_two_boundaries) {
      touch(&in, size, shape.n_nodes, squares);
    }
    case_add(made, CASE_OF_DOUBLES(american_table_make(memory, shape), american_table_count(shape)));
    case_add(made, CASE_OF_DOUBLES(squares, n));
  }
  return case_complete(made);
}

/* Boundaries by slice, n_in_slice numbers of an instrument. */
static bool make_solve(arena *memory, case_size size, kernel_id kernel, american_shape shape,
                       void (*alter)(const price_inputs *, case_size), const char *output, size_t n_in_slice,
                       known_case *made) {
  uint32_t n_padded = case_pad(size.n_rows);
  price_inputs in;
  if (!price_inputs_make(memory, false, &size, &in)) {
    return false;
  }
  alter(&in, size);
  *made = (known_case){.kernel = kernel,
                       .stride = n_padded,
                       .axes = {{PRICE_SLICES, PER_CELL}, {n_padded, PER_LANES}}};
  case_add(made, CASE_OF_DOUBLES(in.contract, N_CONTRACT_FIELDS * (size_t)n_padded));
  case_add(made, CASE_OF_UINT(n_padded));
  case_add(made, CASE_OF_DOUBLES(in.vol, PRICE_SLICES * (size_t)n_padded));
  case_add(made, CASE_OF_DOUBLES(in.slice_years, PRICE_SLICES));
  case_add(made, CASE_OF_UINT(PRICE_SLICES));
  case_add(made, CASE_OF_DOUBLES(american_table_make(memory, shape), american_table_count(shape)));
  case_add(made, CASE_OF_OUTPUT(output, PRICE_SLICES * n_in_slice * n_padded));
  return case_complete(made);
}

bool case_make_american_solve(arena *memory, case_size size, known_case *made) {
  american_shape shape = american_shape_get(size.seed % 2 ? AMERICAN_accurate : AMERICAN_fast);
  return make_solve(memory, size, KERNEL_solve_american, shape, put_still_drift, "boundary", shape.n_nodes, made);
}

bool case_make_two_boundaries_solve(arena *memory, case_size size, known_case *made) {
  american_shape shape = american_shape_get(AMERICAN_fast);
  return make_solve(memory, size, KERNEL_solve_two_boundaries, shape, put_lost_boundaries, "solution",
                    2 * (size_t)shape.n_nodes + 1, made);
}

bool case_make_american_share(arena *memory, case_size size, known_case *made) {
  enum { CASE_PUTS = 5 };
  uint32_t n_padded = case_pad(size.n_rows), n_puts = case_pad(CASE_PUTS);
  american_shape shape = american_shape_get(size.seed % 2 ? AMERICAN_accurate : AMERICAN_fast);
  price_inputs in;
  if (!price_inputs_make(memory, false, &size, &in)) {
    return false;
  }
  if (size.n_rows > 2) { /* an instrument beyond the last would read the next field, and have a boundary */
    in.contract[CONTRACT_RATE * (size_t)n_padded + 1] = 0.04;
  }
  size_t n_solved = (size_t)shape.n_vols * shape.n_nodes * n_puts, n_pairs = PRICE_SLICES * (size_t)n_padded;
  double *solved = case_randoms(memory, n_solved, 0.5, &size.seed);
  uint32_t *pair = ARENA_ARRAY(memory, uint32_t, n_pairs);
  for (size_t i = 0; solved && i < n_solved; i++) {
    solved[i] = solved[i] * solved[i];
  }
  for (size_t i = 0; pair && i < n_pairs; i++) {
    size_t own = i % n_padded < size.n_rows ? i % n_padded : size.n_rows - 1;
    pair[i] = (uint32_t)((own * 3 + i / n_padded) % CASE_PUTS);
  }
  *made = (known_case){.kernel = KERNEL_share_american,
                       .stride = n_padded,
                       .axes = {{PRICE_SLICES, PER_CELL}, {n_padded, PER_LANES}}};
  case_add(made, CASE_OF_DOUBLES(in.contract, N_CONTRACT_FIELDS * (size_t)n_padded));
  case_add(made, CASE_OF_UINT(n_padded));
  case_add(made, CASE_OF_DOUBLES(in.vol, PRICE_SLICES * (size_t)n_padded));
  case_add(made, CASE_OF_DOUBLES(in.slice_years, PRICE_SLICES));
  case_add(made, CASE_OF_UINT(PRICE_SLICES));
  case_add(made, CASE_OF_DOUBLES(american_table_make(memory, shape), american_table_count(shape)));
  case_add(made, CASE_OF_DOUBLES(solved, n_solved));
  case_add(made, CASE_OF_UINT(n_puts));
  case_add(made, CASE_OF_UINTS(pair, n_pairs));
  case_add(made, CASE_OF_OUTPUT("boundary", PRICE_SLICES * (size_t)shape.n_nodes * n_padded));
  return case_complete(made);
}

/* A call that a dividend of twice its spot has exercised from between the first two nodes on. */
enum { FIRST_CELL = 15 };

static void put_first_cell(const price_inputs *in, case_size size) {
  uint32_t n_padded = case_pad(size.n_rows);
  put_chosen(in, size, FIRST_CELL, (chosen_put){.rate = 0.02, .carry = 0.02, .years = 1, .vol = 1e-3});
  if (size.n_rows > FIRST_CELL + 1) {
    in->contract[CONTRACT_SIGN * n_padded + FIRST_CELL] = 1;
    in->contract[CONTRACT_STRIKE * n_padded + FIRST_CELL] = 0.04 * in->contract[CONTRACT_FORWARD * n_padded + FIRST_CELL];
  }
}

bool case_make_differences_solve(arena *memory, case_size size, known_case *made) {
  uint32_t n_padded = case_pad(size.n_rows);
  double *scheme = differences_numbers(memory, size.seed % 2 ? AMERICAN_accurate : AMERICAN_fast);
  price_inputs in;
  if (!scheme || !price_inputs_make(memory, false, &size, &in)) {
    return false;
  }
  put_first_cell(&in, size);
  size_t rows = DIFFERENCES_VALUES + (size_t)scheme[DIFFERENCES_N_NODES];
  *made = (known_case){.kernel = KERNEL_solve_differences,
                       .stride = n_padded,
                       .axes = {{PRICE_SLICES, PER_CELL}, {n_padded, PER_LANES}}};
  case_add(made, CASE_OF_DOUBLES(in.contract, N_CONTRACT_FIELDS * (size_t)n_padded));
  case_add(made, CASE_OF_UINT(n_padded));
  case_add(made, CASE_OF_DOUBLES(in.vol, PRICE_SLICES * (size_t)n_padded));
  case_add(made, CASE_OF_DOUBLES(in.slice_years, PRICE_SLICES));
  case_add(made, CASE_OF_UINT(PRICE_SLICES));
  case_add(made, CASE_OF_DOUBLES(scheme, N_DIFFERENCES_NUMBERS));
  add_dividends(memory, in.contract, size.n_rows, made);
  case_add(made, CASE_OF_OUTPUT("solution", PRICE_SLICES * rows * n_padded));
  return case_complete(made);
}
