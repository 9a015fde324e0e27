/* SPDX-License-Identifier: MIT
 *
 * American options on the host, by the functions that the kernels use; and which of them are refused.
 */
#include "engine/boundaries.h" /* first: see there */

#include "engine/value_american.h"

#include <math.h>

double american_carry(const book *of, uint32_t c) {
  uint32_t f = of->instruments.forward[c];
  double years = of->instruments.years[c];
  double spot = of->underlyings.price[of->instruments.underlying[c]];
  return years > 0.0 && !of->forwards.own[f] ? math_log(of->forwards.forward[f] / spot) / years : 0.0;
}

/* Two boundaries: both rates of the option as a put are negative, and it is the spot's that is the lower. */
static bool has_two_boundaries(const book *of, uint32_t c) {
  const instruments *all = &of->instruments;
  double rate = all->years[c] > 0.0 ? -math_log(all->discount[c]) / all->years[c] : 0.0;
  double yield = rate - american_carry(of, c);
  return all->right[c] == PUT ? yield < rate && rate < 0.0 : rate < yield && yield < 0.0;
}

static const char *why_refused(const book *of, uint32_t c) {
  const instruments *all = &of->instruments;
  const forwards *marks = &of->forwards;
  uint32_t f = all->forward[c];
  double spot = of->underlyings.price[all->underlying[c]];
  if (all->price_model[c] == BACHELIER) {
    return "has american exercise and price_model bachelier; american options are priced by price_model black only";
  }
  if (all->settlement[c] == INVERSE) {
    return "has american exercise and inverse settlement, which no pricer takes";
  }
  if (marks->fixed[f] != 0.0) {
    return "has american exercise, and forwards.csv says that an average has fixed a part of its forward; no pricer takes that";
  }
  if (marks->source[f] == CARRY && !marks->own[f] && marks->forward[f] != spot * marks->growth[f]) {
    return "has american exercise, and its underlying pays cash dividends before it expires (dividends.csv); "
           "they are not priced yet, and not taken for a continuous yield";
  }
  return has_two_boundaries(of, c) ? "has american exercise, a negative rate and a negative yield between which early "
                                     "exercise has two boundaries; they are not priced yet"
                                   : NULL;
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
  for (uint32_t i = 0; i < scheme.n_nodes; i++) {
    squares[i] = 0.0;
  }
  if (lane_any(terms.boundary) && in->shared == NULL) {
    american_solve(terms.put, &scheme, squares);
  }
  return !lane_any(terms.boundary) || in->shared == NULL || boundaries_squares(in->shared, terms, vol, squares);
}

/* Values at the forward times each factor. */
static void price_at(const bound *in, const double fields[static N_CONTRACT_FIELDS], double vol, double forward, size_t n,
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

double american_fact(const bound *in, fact which, uint32_t c, const double fields[static N_CONTRACT_FIELDS]) {
  static const double here[] = {1.0}, around[] = {1.0 - 1e-4, 1.0 + 1e-4};
  double forward = in->book->forwards.forward[in->book->instruments.forward[c]];
  double vol = in->vol[c], values[2];
  switch (which) {
    case FACT_DELTA:
      price_at(in, fields, vol, forward, 2, around, values);
      return (values[1] - values[0]) / (forward * 2e-4);
    case FACT_VEGA:
      price_at(in, fields, vol * (1.0 - 1e-3), forward, 1, here, values);
      price_at(in, fields, vol * (1.0 + 1e-3), forward, 1, here, values + 1);
      return vol > 0.0 ? (values[1] - values[0]) / (vol * 2e-3) : 0.0;
    default:
      price_at(in, fields, vol, forward, 1, here, values);
      return values[0];
  }
}
