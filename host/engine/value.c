/* SPDX-License-Identifier: MIT
 *
 * Facts of instruments at the base market, by the functions that the kernels use.
 */
#include "engine/value.h"

#include "engine/value_american.h"
#include "engine/value_dividends.h"
#include "kernels/price_bachelier.h"
#include "kernels/price_black.h"
#include "kernels/price_linear.h"

#include <math.h>

/* The book's, whatever the model discounts with. */
static double book_discount(const bound *in, uint32_t c) {
  double discount = in->book->instruments.discount[c];
  return in->model->nonnegative_rates && discount > 1.0 ? 1.0 : discount;
}

double value_discount(const bound *in, uint32_t c) { return in->model->discounted ? book_discount(in, c) : 1.0; }

/* Both rates of the option as a put are negative, and it is the spot's that is the lower. */
static bool has_two_boundaries(const bound *in, uint32_t c) {
  double discount = value_discount(in, c), years = in->book->instruments.years[c];
  if (!(discount > 1.0 && years > 0.0)) {
    return false;
  }
  double rate = -math_log(discount) / years, yield = rate - dividends_carry(in->book, c);
  return in->book->instruments.right[c] == PUT ? yield < rate : rate < yield && yield < 0.0;
}

pricer value_pricer(const bound *in, uint32_t c) {
  const instruments *all = &in->book->instruments;
  uint32_t first;
  if (all->type[c] != OPTION) {
    return PRICER_LINEAR;
  }
  if (all->exercise[c] == AMERICAN) {
    return in->model->lattice_steps > 0                   ? PRICER_LATTICE
           : dividends_before(in->book, c, &first) > 0 ? PRICER_DIFFERENCES
           : has_two_boundaries(in, c)                    ? PRICER_TWO_BOUNDARIES
                                                          : PRICER_AMERICAN;
  }
  if (all->price_model[c] == BACHELIER) {
    return PRICER_BACHELIER;
  }
  bool on_spot = in->model->european_spot && all->settlement[c] != INVERSE && dividends_before(in->book, c, &first) > 0;
  return on_spot ? PRICER_DIFFERENCES : PRICER_BLACK;
}

kernel_id value_kernel(pricer by) {
  static const kernel_id kernels[N_PRICERS] = {KERNEL_price_linear, KERNEL_price_black, KERNEL_price_bachelier,
                                               KERNEL_price_american, KERNEL_price_differences, KERNEL_price_lattice,
                                               KERNEL_price_two_boundaries};
  return kernels[by];
}

void value_terms(const bound *in, uint32_t c, double fields[static N_CONTRACT_FIELDS]) {
  const instruments *all = &in->book->instruments;
  double forward = in->book->forwards.forward[all->forward[c]];
  fields[CONTRACT_STRIKE] = all->strike[c];
  pricer by = value_pricer(in, c);
  bool has_carry = by >= PRICER_AMERICAN;
  bool has_log = by == PRICER_BLACK || by == PRICER_AMERICAN || by == PRICER_TWO_BOUNDARIES;
  fields[CONTRACT_LOG_STRIKE] = has_log ? math_log(all->strike[c] / forward) : 0.0;
  fields[CONTRACT_SIGN] = all->type[c] == OPTION && all->right[c] == PUT ? -1.0 : 1.0;
  fields[CONTRACT_INVERSE] = all->settlement[c] == INVERSE ? 1.0 : 0.0;
  fields[CONTRACT_VALUE] = 0.0;
  fields[CONTRACT_MULTIPLIER] = all->multiplier[c];
  fields[CONTRACT_YEARS] = all->years[c];
  fields[CONTRACT_DISCOUNT] = value_discount(in, c);
  fields[CONTRACT_RATE] = all->years[c] > 0.0 ? -math_log(fields[CONTRACT_DISCOUNT]) / all->years[c] : 0.0;
  fields[CONTRACT_CARRY] = has_carry ? dividends_carry(in->book, c) : 0.0;
  fields[CONTRACT_AMERICAN] = all->type[c] == OPTION && all->exercise[c] == AMERICAN ? 1.0 : 0.0;
  fields[CONTRACT_FORWARD] = forward;
}

typedef struct sensitivities {
  double value, delta, vega;
} sensitivities;

/* American options have functions of their own. */
static sensitivities evaluate_closed(const bound *in, uint32_t c) {
  const instruments *all = &in->book->instruments;
  double forward = in->book->forwards.forward[all->forward[c]];
  double fields[N_CONTRACT_FIELDS];
  value_terms(in, c, fields);
  lane_contract contract = contract_load(fields, 1, 0);
  switch (value_pricer(in, c)) {
    case PRICER_BLACK: {
      black_state state = black_prepare(contract, in->vol[c], 0.0);
      return (sensitivities){black_value(state, forward, 0.0), black_delta(state, forward, 0.0),
                             black_vega(state, contract.years, forward, 0.0)};
    }
    case PRICER_BACHELIER: {
      bachelier_state state = bachelier_prepare(contract, in->vol[c], 0.0);
      return (sensitivities){bachelier_value(state, forward, 0.0), bachelier_delta(state, forward),
                             bachelier_vega(state, contract.years, forward)};
    }
    default: {
      linear_state state = linear_prepare(contract, 0.0, 0.0);
      return (sensitivities){linear_value(state, forward, 0.0), linear_delta(contract, forward), 0.0};
    }
  }
}

static double evaluate(const bound *in, fact which, uint32_t c) {
  if (value_pricer(in, c) >= PRICER_AMERICAN) {
    double fields[N_CONTRACT_FIELDS];
    value_terms(in, c, fields);
    return american_fact(in, which, c, fields);
  }
  sensitivities all = evaluate_closed(in, c);
  return which == FACT_DELTA ? all.delta : which == FACT_VEGA ? all.vega : all.value;
}

double value_base(const bound *in, uint32_t c) { return evaluate(in, FACT_VALUE, c); }

void value_contract(const bound *in, uint32_t c, double fields[static N_CONTRACT_FIELDS]) {
  value_terms(in, c, fields);
  fields[CONTRACT_VALUE] = value_base(in, c);
}

static double evaluate_fact(const bound *in, fact which, uint32_t c) {
  const book *b = in->book;
  const instruments *all = &b->instruments;
  double forward = b->forwards.forward[all->forward[c]];
  bool is_option = all->type[c] == OPTION;
  switch (which) {
    case FACT_SPOT: return b->underlyings.price[all->underlying[c]];
    case FACT_FORWARD: return forward;
    case FACT_STRIKE: return all->strike[c];
    case FACT_YEARS: return all->years[c];
    case FACT_DAYS: return all->years[c] > 0.0 ? (double)(all->expiry_s[c] - b->as_of_s) / 86400.0 : 0.0;
    case FACT_RATE: return all->years[c] > 0.0 ? -math_log(book_discount(in, c)) / all->years[c] : 0.0;
    case FACT_DISCOUNT: return value_discount(in, c);
    case FACT_VOL: return in->vol[c];
    case FACT_MARK: return all->mark[c] == all->mark[c] ? all->mark[c] : evaluate(in, FACT_VALUE, c);
    case FACT_VALUE:
    case FACT_DELTA:
    case FACT_VEGA: return evaluate(in, which, c);
    case FACT_CALL: return is_option && all->right[c] == CALL ? 1.0 : 0.0;
    case FACT_MULTIPLIER: return all->multiplier[c];
    case FACT_LOG_MONEYNESS: return is_option && forward > 0.0 && all->strike[c] > 0.0 ? math_log(all->strike[c] / forward) : 0.0;
    default: return b->currencies.rate_to_base[all->currency[c]];
  }
}

sg_status value_facts(bound *in, fact which, sg_error *error) {
  uint32_t n = in->book->instruments.n;
  in->facts[which] = ARENA_ARRAY(in->memory, double, n);
  if (in->facts[which] == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < n; c++) {
    in->facts[which][c] = evaluate_fact(in, which, c);
  }
  return SG_OK;
}
