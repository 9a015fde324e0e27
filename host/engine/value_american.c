/* SPDX-License-Identifier: MIT
 *
 * Options with American exercise or on a spot with dividends on the host, by the functions that the kernels use; and which of
 * them are refused.
 */
#include "engine/boundaries.h" /* first: see there */

#include "engine/value_american.h"
#include "device/american_scheme.h"
#include "engine/value_dividends.h"
#include "kernels/price_differences.h"
#include "kernels/price_lattice.h"
#include "kernels/price_two_boundaries.h"

#include <assert.h>
#include <math.h>

static const char *why_refused(const book *of, uint32_t c) {
  const instruments *all = &of->instruments;
  const forwards *marks = &of->forwards;
  uint32_t f = all->forward[c], first;
  if (all->price_model[c] == BACHELIER) {
    return "has american exercise and price_model bachelier; american options are priced by price_model black only";
  }
  if (all->settlement[c] == INVERSE) {
    return "has american exercise and inverse settlement, which no pricer takes";
  }
  if (marks->fixed[f] != 0.0) {
    return "has american exercise, and forwards.csv says that an average has fixed a part of its forward; no pricer takes that";
  }
  if (dividends_before(of, c, &first) > DIVIDENDS_LIMIT) {
    return "has more than 256 cash dividends before it expires, which is the most that a pricer takes";
  }
  return NULL;
}

sg_status value_check(const book *of, sg_error *error) {
  const instruments *all = &of->instruments;
  sg_status status = SG_OK;
  for (uint32_t c = 0; c < all->n; c++) {
    const char *why = all->type[c] == OPTION && all->exercise[c] == AMERICAN ? why_refused(of, c) : NULL;
    if (why != NULL) {
      place where = {"instruments.csv", all->line[c], 0};
      status = error_add(error, SG_INPUT, where, "instrument %s %s", all->id[c], why);
    }
  }
  return status;
}

bool american_squares(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double years_taken,
                      double *squares) {
  american_scheme scheme = american_scheme_read(in->american);
  american_terms terms = american_terms_make(contract_load(fields, 1, 0), vol, years_taken);
  assert(scheme.n_nodes > 0);
  for (uint32_t i = 0; i < scheme.n_nodes; i++) {
    squares[i] = 0.0;
  }
  if (lane_any(terms.boundary) && in->shared == NULL) {
    american_solve(terms.put, &scheme, squares);
  }
  return !lane_any(terms.boundary) || in->shared == NULL || boundaries_squares(in->shared, terms, vol, squares);
}

/* Values at the forward times each factor, one function for each way of solving. */
static void price_boundary(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double forward, size_t n,
                           const double factors[], double values[]) {
  american_scheme scheme = american_scheme_read(in->american);
  double squares[AMERICAN_NODES_LIMIT] = {0};
  if (!american_squares(in, fields, vol, 0.0, squares)) {
    for (uint32_t i = 0; i < scheme.n_nodes; i++) {
      squares[i] = NAN; /* out of memory: the value is reported as not finite */
    }
  }
  american_state state;
  american_prepare(contract_load(fields, 1, 0), vol, 0.0, &scheme, squares, &state);
  for (size_t i = 0; i < n; i++) {
    double log_move = factors[i] == 1.0 ? 0.0 : math_log(factors[i]);
    values[i] = american_value(&state, &scheme, forward * factors[i], log_move);
  }
}

static void price_differences_grid(const bound *in, const dividend_list *dividends, lane_contract contract, double vol,
                                   double forward, size_t n, const double factors[], double values[]) {
  double table[N_DIFFERENCES_NUMBERS] = {0}, solution[DIFFERENCES_VALUES + DIFFERENCES_NODES_LIMIT] = {0};
  double spot[DIFFERENCES_NODES_LIMIT] = {0}, work[DIFFERENCES_NODES_LIMIT] = {0};
  differences_table_fill((american_accuracy)in->model->american, dividends->n, table);
  differences_scheme scheme = differences_scheme_read(table);
  differences_terms terms = differences_terms_make(contract, vol, 0.0, dividends, &scheme);
  solution[DIFFERENCES_START] = terms.start;
  solution[DIFFERENCES_STEP] = terms.step;
  solution[DIFFERENCES_TO_COME] = terms.to_come;
  differences_solve(&terms, &scheme, dividends, 0.0, spot, solution + DIFFERENCES_VALUES, work);
  differences_state state;
  differences_prepare(contract, vol, 0.0, scheme.n_nodes, solution, 1, &state);
  for (size_t i = 0; i < n; i++) {
    values[i] = differences_value_at(&state, forward * factors[i]);
  }
}

static void price_lattice_nodes(const bound *in, const dividend_list *dividends, lane_contract contract, double vol,
                                double forward, size_t n, const double factors[], double values[]) {
  lattice_state state;
  assert(in->model->lattice_steps > 0 && in->model->lattice_steps <= LATTICE_STEPS_LIMIT);
  lattice_prepare(contract, vol, 0.0, in->model->lattice_steps, *dividends, &state);
  for (size_t i = 0; i < n; i++) {
    values[i] = lattice_value_at(&state, forward * factors[i]);
  }
}

static void price_two(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double forward, size_t n,
                      const double factors[], double values[]) {
  lane_contract contract = contract_load(fields, 1, 0);
  american_scheme scheme = american_scheme_read(in->american);
  double upper[AMERICAN_NODES_LIMIT] = {0}, lower[AMERICAN_NODES_LIMIT] = {0}, horizon;
  two_boundaries_state state;
  assert(scheme.n_nodes > 0);
  two_boundaries_solve(two_boundaries_terms_make(contract, vol, 0.0), &scheme, upper, lower, &horizon);
  two_boundaries_prepare(contract, vol, 0.0, &scheme, upper, lower, horizon, &state);
  for (size_t i = 0; i < n; i++) {
    values[i] = two_boundaries_value_at(&state, forward * factors[i]);
  }
}

/* As the device reads them: the last dividend first. */
static dividend_list list_dividends(const book *of, uint32_t c, double *memory) {
  uint32_t first, n = dividends_before(of, c, &first);
  for (uint32_t j = 0; j < n; j++) {
    memory[DIVIDEND_YEARS * n + j] = of->dividends.years[first + n - 1 - j];
    memory[DIVIDEND_AMOUNT * n + j] = of->dividends.amount[first + n - 1 - j];
  }
  return dividend_list_make(memory, n, 1, 0);
}

static void price_at(const bound *in, uint32_t c, const double fields[static N_CONTRACT_FIELDS], double vol, size_t n, const double factors[],
                     double values[]) {
  double forward = in->book->forwards.forward[in->book->instruments.forward[c]];
  double dividend[2 * DIVIDENDS_LIMIT];
  pricer by = value_pricer(in, c);
  if (by == PRICER_AMERICAN || by == PRICER_TWO_BOUNDARIES) {
    (by == PRICER_AMERICAN ? price_boundary : price_two)(in, fields, vol, forward, n, factors, values);
    return;
  }
  dividend_list dividends = list_dividends(in->book, c, dividend);
  (by == PRICER_LATTICE ? price_lattice_nodes : price_differences_grid)(in, &dividends, contract_load(fields, 1, 0), vol, forward, n, factors,
                                                                        values);
}

double american_fact(const bound *in, fact which, uint32_t c, const double fields[static N_CONTRACT_FIELDS]) {
  pricer by = value_pricer(in, c);
  bool smooth = by == PRICER_AMERICAN || by == PRICER_TWO_BOUNDARIES;
  double step = smooth ? 1e-4 : 1e-3, vol_step = smooth ? 1e-3 : 1e-2;
  double here[] = {1.0}, around[] = {1.0 - step, 1.0 + step};
  double forward = in->book->forwards.forward[in->book->instruments.forward[c]];
  double vol = in->vol[c], values[2];
  switch (which) {
    case FACT_DELTA:
      price_at(in, c, fields, vol, 2, around, values);
      return (values[1] - values[0]) / (forward * (2.0 * step));
    case FACT_VEGA:
      price_at(in, c, fields, vol * (1.0 - vol_step), 1, here, values);
      price_at(in, c, fields, vol * (1.0 + vol_step), 1, here, values + 1);
      return vol > 0.0 ? (values[1] - values[0]) / (vol * (2.0 * vol_step)) : 0.0;
    default:
      price_at(in, c, fields, vol, 1, here, values);
      return values[0];
  }
}
