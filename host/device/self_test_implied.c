/* SPDX-License-Identifier: MIT
 *
 * The known cases of imply_vol and imply_american: prices from below intrinsic value to above the upper bound, at the money, far away,
 * short and long, in coin and discounted, expired. Inputs are literals or exact arithmetic on them.
 */
#include "base/number.h"
#include "device/american_scheme.h"
#include "device/self_test.h"
#include "kernels/shared.h"

#define ELEMENTS(table) (sizeof(table) / sizeof *(table))

/* strike / forward and its natural logarithm (computed with Python's decimal) */
static const struct {
  double factor, log;
} strikes[] = {{1, 0},
               {0.84, -0x1.6513637dde827p-3},
               {1.16, 0x1.2ff6d3e070eb5p-3},
               {0.04, -0x1.9c041f7ed8d33p+1},
               {25, 0x1.9c041f7ed8d33p+1},
               {0.95, -0x1.a431d5bcc1938p-5},
               {1.03, 0x1.e44a9a3bed663p-6}};
static const double forwards[] = {100, 0.07, 65432.1};
static const double years[] = {0.25, 1, 0.0027397260273972603, 5, 0};
/* Where the price lies between intrinsic value and the upper bound, as a share of what lies between. */
static const double shares[] = {1e-12, 1e-4, 0.02, 0.3, 0.9, 0.999999, 0, 1, -0.01, 1.01, 1e-200};

/* Only American options read the rate, and a carry. */
static const double rates[] = {0.05, -0.01, 0.02, 0, 0.11};

static const char *implied_describe(arena *memory, const known_case *of, size_t index) {
  const double *contract = of->arguments[0].data, *forward = of->arguments[2].data, *price = of->arguments[3].data;
  size_t n = of->arguments[1].uint;
  char text[4][NUMBER_TEXT_BYTES];
  number_format(contract[CONTRACT_STRIKE * n + index], text[0]);
  number_format(contract[CONTRACT_YEARS * n + index], text[1]);
  number_format(forward[index], text[2]);
  number_format(price[index], text[3]);
  return arena_format(memory, ", strike %s, years %s, forward %s, price %s", text[0], text[1], text[2], text[3]);
}

/* Prices, of a forward of 100, at which single bits and comparisons show; found by search. */
static const struct {
  implied_case of;
  double sign, strike, log_strike, years, discount, rate, carry, price;
} chosen[] = {
    {IMPLIED_BLACK, 1, 100, 0, 1, 1, 0, 0, 0x1.32604d892cb59p+0}, /* the first guess is 0.03, to the bit */
    {IMPLIED_BLACK, 1, 100, 0, 1, 1, 0, 0, 0x1.29aa16d0409dfp+0}, /* the least term of the short expansion shows */
    {IMPLIED_BLACK, 1, 2500, 0x1.9c041f7ed8d33p+1, 1, 1, 0, 0, 0x1p-1060},
    /* above what exercise pays, below what exercise at the best time pays without any vol */
    {IMPLIED_AMERICAN, 1, 84, -0x1.6513637dde827p-3, 0.25, 0.97, 0.05, 0.02, 15.65},
    /* the search goes on at twice a vol, inside its bracket */
    {IMPLIED_AMERICAN, 1, 0x1.ef82ed7410cb9p+5, -0x1.ea848eef93a7fp-2, 0x1.80de6baea5467p-6, 0x1.fb8402e0bcaa1p-1,
     0x1.7f7b1b0f414a2p-2, 0x1.196edb9a781cp-3, 0x1.2de9fa61112ebp+5},
    /* a step of it is half of the one before the last, to the bit */
    {IMPLIED_AMERICAN, -1, 0x1.d4ed317ccf53ap+6, 0x1.459821255f501p-3, 0x1.214ad79915ee2p-1, 0x1.d85367838291ap-1,
     0x1.2458a87922f1ap-3, -0x1.3f14268abf53ap-7, 0x1.0ae299cc21f9p+4},
};
enum { CHOSEN_FIRST = 4, CHOSEN_EACH = 5 }; /* rows */

static void chosen_fill(double *field, size_t n, uint32_t row, implied_case of, double *forward, double *price) {
  uint32_t at = CHOSEN_FIRST;
  for (size_t j = 0; j < ELEMENTS(chosen); j++) {
    if (chosen[j].of == of && at == row) {
      *forward = 100;
      *price = chosen[j].price;
      field[CONTRACT_STRIKE * n] = chosen[j].strike;
      field[CONTRACT_LOG_STRIKE * n] = chosen[j].log_strike;
      field[CONTRACT_SIGN * n] = chosen[j].sign;
      field[CONTRACT_INVERSE * n] = 0;
      field[CONTRACT_YEARS * n] = chosen[j].years;
      field[CONTRACT_DISCOUNT * n] = chosen[j].discount;
      field[CONTRACT_RATE * n] = chosen[j].rate;
      field[CONTRACT_CARRY * n] = chosen[j].carry;
    }
    at += chosen[j].of == of ? CHOSEN_EACH : 0;
  }
}

/* Option i of n, as column i of contract[field][i]; Bachelier's forwards and strikes are moves from 0. */
static void option_fill(double *field, size_t n, uint32_t i, uint32_t normal, double *forward, double *price) {
  double base = forwards[i / 7 % ELEMENTS(forwards)], strike = base * strikes[i % ELEMENTS(strikes)].factor;
  bool inverse = i % 3 == 2 && !normal;
  double sign = i / 2 % 2 ? -1 : 1, discount = inverse ? 1 : 0.97;
  *forward = normal ? base - 100 : base;
  strike = normal ? strike - 100 : strike;
  double intrinsic = sign * (*forward - strike) > 0 ? sign * (*forward - strike) : 0;
  double above = sign > 0 ? base : strike;
  above = normal ? intrinsic + base : above;
  double worth = intrinsic + shares[i / 3 % ELEMENTS(shares)] * (above - intrinsic);
  *price = inverse ? worth / *forward : worth * discount;
  field[CONTRACT_STRIKE * n] = strike;
  field[CONTRACT_LOG_STRIKE * n] = normal ? 0 : strikes[i % ELEMENTS(strikes)].log;
  field[CONTRACT_SIGN * n] = sign;
  field[CONTRACT_INVERSE * n] = inverse;
  field[CONTRACT_YEARS * n] = years[i / 5 % ELEMENTS(years)];
  field[CONTRACT_DISCOUNT * n] = discount;
  field[CONTRACT_RATE * n] = rates[i % ELEMENTS(rates)];
  field[CONTRACT_CARRY * n] = rates[i / 3 % ELEMENTS(rates)];
}

bool case_make_implied(arena *memory, implied_case which, case_size size, known_case *made) {
  uint32_t n = case_pad(size.n_rows);
  double *contract = ARENA_ARRAY(memory, double, N_CONTRACT_FIELDS *(size_t)n);
  double *forward = ARENA_ARRAY(memory, double, n), *price = ARENA_ARRAY(memory, double, n);
  for (uint32_t i = 0; contract && forward && price && i < n; i++) {
    uint32_t own = i < size.n_rows ? i : size.n_rows - 1; /* padding copies the last */
    option_fill(contract + i, n, own + (uint32_t)size.seed, which == IMPLIED_NORMAL, &forward[i], &price[i]);
    chosen_fill(contract + i, n, own, which, &forward[i], &price[i]);
  }
  *made = (known_case){.kernel = which == IMPLIED_AMERICAN ? KERNEL_imply_american : KERNEL_imply_vol,
                       .stride = 1,
                       .axes = {{n, PER_LANES}, {1, PER_CELL}},
                       .describe = implied_describe};
  case_add(made, CASE_OF_DOUBLES(contract, N_CONTRACT_FIELDS * (size_t)n));
  case_add(made, CASE_OF_UINT(n));
  case_add(made, CASE_OF_DOUBLES(forward, n));
  case_add(made, CASE_OF_DOUBLES(price, n));
  if (which == IMPLIED_AMERICAN) {
    static const american_accuracy accuracies[] = {AMERICAN_fast, AMERICAN_accurate};
    for (int i = 0; i < 2; i++) {
      american_shape shape = american_shape_get(accuracies[i]);
      case_add(made, CASE_OF_DOUBLES(american_table_make(memory, shape), american_table_count(shape)));
    }
  } else {
    case_add(made, CASE_OF_UINT(which == IMPLIED_NORMAL));
  }
  case_add(made, CASE_OF_OUTPUT("vol", n));
  case_add(made, CASE_OF_OUTPUT("status", n));
  case_add(made, CASE_OF_OUTPUT("steps", n));
  return case_complete(made);
}
