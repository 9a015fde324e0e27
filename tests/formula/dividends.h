/* SPDX-License-Identifier: MIT
 *
 * Options on a spot with cash dividends through the pricers' own functions, with room for grids finer than any that ships.
 */
#ifndef TESTS_FORMULA_DIVIDENDS_H
#define TESTS_FORMULA_DIVIDENDS_H

#define DIFFERENCES_NODES_LIMIT 2048

#include "device/american_scheme.h"
#include "kernels/price_black.h"
#include "kernels/price_differences.h"
#include "kernels/price_lattice.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIVIDENDS_OF_ONE = 32 };

typedef struct dividend_option {
  bool put, american;
  double spot, strike, rate, yield, years, vol;
  uint32_t n;
  double ex_years[DIVIDENDS_OF_ONE], amount[DIVIDENDS_OF_ONE]; /* in order of time */
} dividend_option;

typedef struct prepared_option {
  lane_contract contract;
  double table[2 * DIVIDENDS_OF_ONE];
  dividend_list list;
} prepared_option;

static inline void option_prepare(const dividend_option *of, prepared_option *made) {
  double carry = of->rate - of->yield, own = of->spot;
  for (uint32_t j = 0; j < of->n; j++) {
    made->table[DIVIDEND_YEARS * of->n + j] = of->ex_years[of->n - 1 - j];
    made->table[DIVIDEND_AMOUNT * of->n + j] = of->amount[of->n - 1 - j];
    own -= of->amount[j] * math_exp(-carry * of->ex_years[j]);
  }
  made->list = dividend_list_make(made->table, of->n, 1, 0);
  made->contract = (lane_contract){.strike = of->strike,
                                   .sign = of->put ? -1 : 1,
                                   .years = of->years,
                                   .rate = of->rate,
                                   .discount = math_exp(-of->rate * of->years),
                                   .carry = carry,
                                   .american = of->american,
                                   .forward = own * math_exp(carry * of->years)};
}

static inline differences_scheme scheme_of(american_accuracy accuracy) {
  double table[N_DIFFERENCES_NUMBERS];
  differences_table_fill(accuracy, 0, table);
  return differences_scheme_read(table);
}

/* Prices at n spots off one solution. */
static inline void differences_prices(const dividend_option *of, differences_scheme scheme, size_t n, const double *spots,
                                      double *prices) {
  static double spot[DIFFERENCES_NODES_LIMIT], work[DIFFERENCES_NODES_LIMIT];
  static double solution[DIFFERENCES_VALUES + DIFFERENCES_NODES_LIMIT];
  prepared_option option;
  differences_state state;
  option_prepare(of, &option);
  differences_terms terms = differences_terms_make(option.contract, of->vol, 0, &option.list, &scheme);
  differences_solve(&terms, &scheme, &option.list, 0, spot, solution + DIFFERENCES_VALUES, work);
  solution[DIFFERENCES_START] = terms.start;
  solution[DIFFERENCES_STEP] = terms.step;
  solution[DIFFERENCES_TO_COME] = terms.to_come;
  differences_prepare(option.contract, of->vol, 0, scheme.n_nodes, solution, 1, &state);
  for (size_t i = 0; i < n; i++) {
    double moved = (spots[i] - of->spot) * math_exp(option.contract.carry * of->years);
    prices[i] = differences_value_at(&state, option.contract.forward + moved);
  }
}

static inline double differences_price(const dividend_option *of, differences_scheme scheme) {
  double price;
  differences_prices(of, scheme, 1, &of->spot, &price);
  return price;
}

static inline double lattice_price(const dividend_option *of, uint32_t n_steps) {
  prepared_option option;
  lattice_state state;
  option_prepare(of, &option);
  lattice_prepare(option.contract, of->vol, 0, n_steps, option.list, &state);
  return lattice_value_at(&state, option.contract.forward);
}

/* Black's price on the forward that spot and dividends make. */
static inline double forward_price(const dividend_option *of) {
  prepared_option option;
  option_prepare(of, &option);
  option.contract.log_strike = math_log(of->strike / option.contract.forward);
  return black_value(black_prepare(option.contract, of->vol, 0), option.contract.forward, 0);
}

static inline void dividend_option_print(const dividend_option *of) {
  fprintf(stderr, "%s %s spot %.17g strike %.17g rate %.17g yield %.17g years %.17g vol %.17g dividends",
          of->american ? "american" : "european", of->put ? "put" : "call", of->spot, of->strike, of->rate, of->yield,
          of->years, of->vol);
  for (uint32_t j = 0; j < of->n; j++) {
    fprintf(stderr, " %.10g@%.10g", of->amount[j], of->ex_years[j]);
  }
  fprintf(stderr, "\n");
}

/* "amount@time;amount@time", times in units of `unit` years. */
static inline bool dividends_parse(char *text, double unit, dividend_option *to) {
  to->n = 0;
  for (char *at = text; at != NULL && *at != 0 && to->n < DIVIDENDS_OF_ONE;) {
    char *next = strchr(at, ';'), *when = strchr(at, '@');
    if (when == NULL) {
      return false;
    }
    to->amount[to->n] = strtod(at, NULL);
    to->ex_years[to->n++] = strtod(when + 1, NULL) * unit;
    at = next == NULL ? NULL : next + 1;
  }
  return true;
}

#endif
