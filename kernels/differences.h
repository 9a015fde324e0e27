/* SPDX-License-Identifier: MIT
 *
 * Options on a spot that drops by cash dividends: finite differences. Between dividends the spot is lognormal; at an
 * ex-date it falls by the dividend, to 0 where the dividend is the larger (it is paid only as far as the spot goes).
 *
 * With Y = ln(spot) + drift * tau, tau the time to expiry, drift = carry - vol^2 / 2, the undiscounted value
 * U = e^(rate tau) value obeys the heat equation dU/dtau = vol^2/2 d2U/dY2 on a grid that never moves in Y: no drift that could
 * outrun a small vol. In space the compact scheme of fourth order, (1 + d2/12) dU/dtau = vol^2/(2 h^2) d2 U with d2 the second
 * difference (S. Crandall, Quarterly of Applied Mathematics 13, 1955); in time Crank and Nicolson, steps that grow from
 * each kink on, the first as two implicit half steps (R. Rannacher, Numerische Mathematik 43, 1984). The matrix is symmetric
 * with constant diagonals, so its triangular factors are one number.
 *
 * Nodes run from the end out of the money (0) to the end in the money, for a put downwards in spot. Elimination starts at node
 * 0, beyond which U is 0; substitution starts where exercise does and takes the larger of holding and exercising at each
 * node (M. Brennan and E. Schwartz, Journal of Finance 32, 1977): exact where the exercise region reaches that end.
 */
#ifndef KERNELS_DIFFERENCES_H
#define KERNELS_DIFFERENCES_H

#include "dividends.h"

typedef struct differences_scheme {
  uint n_nodes;
  double n_steps, least_steps, reach; /* DIFFERENCES_* in shared.h */
} differences_scheme;

LANE_INLINE differences_scheme differences_scheme_read(__global const double *table) {
  differences_scheme scheme;
  scheme.n_nodes = (uint)table[DIFFERENCES_N_NODES];
  scheme.n_steps = table[DIFFERENCES_N_STEPS];
  scheme.least_steps = table[DIFFERENCES_LEAST_STEPS];
  scheme.reach = table[DIFFERENCES_REACH];
  return scheme;
}

/* What does not change from step to step. */
typedef struct differences_terms {
  lane strike, rate, drift, vol, years;
  lane start, step;  /* Y of node j is start + j * step; step < 0 for a put */
  lane put_side;     /* 1, for a call -1 */
  lane ratio;        /* e^step, of neighbouring spots */
  lane to_come;      /* what the dividends are worth at once */
  lane_mask exercised; /* American */
} differences_terms;

/* Undiscounted payoff of exercise at tau is strike + spot * e^Y: these two. */
typedef struct differences_exercise {
  lane strike, spot;
} differences_exercise;

LANE_INLINE differences_exercise differences_exercise_at(const differences_terms *terms, lane tau) {
  differences_exercise at;
  at.strike = terms->put_side * terms->strike * math_exp(terms->rate * tau);
  at.spot = -terms->put_side * math_exp((terms->rate - terms->drift) * tau);
  return at;
}

/*
 * One implicit step of length time, `implicit` 1 (Euler) or 1/2 (Crank and Nicolson), to the time at which exercise pays `at`.
 *
 *   spot    [n] e^Y of the nodes
 *   value   [n] U, updated in the lanes of `active`
 *   work    [n]
 */
LANE_INLINE void differences_step(const differences_terms *terms, uint n, lane time, double implicit,
                                  differences_exercise at, lane_mask active, const lane *spot, lane *value, lane *work) {
  lane mesh = 0.5 * terms->vol * terms->vol * time / (terms->step * terms->step);
  lane inside = 1.0 / 12.0 - implicit * mesh, outside = 1.0 / 12.0 + (1.0 - implicit) * mesh;
  lane pivot = 0.5 * (1.0 - 2.0 * inside + sqrt(1.0 - 4.0 * inside));
  lane factor = -inside / pivot, own = (1.0 - 2.0 * outside) / pivot, other = outside / pivot;
  lane below = (lane)0.0, here = value[0], made = (lane)0.0, last = (lane)0.0;
  for (uint j = 0; j + 1 < n; j++) {
    lane above = value[j + 1];
    last = made;
    made = fma(factor, made, fma(other, below + above, own * here));
    work[j] = made;
    below = here;
    here = above;
  }
  /* Beyond the last node the value is linear in spot. */
  lane growth = terms->ratio, pull = 1.0 + growth - growth * factor;
  lane next = (made - factor * growth * last) / ((1.0 - factor) * (1.0 - factor * growth));
  lane held = pull * next - growth * last;
  int all = !lane_any(~active);
  lane lowest = lane_select(terms->exercised, (lane)0.0, (lane)-1e300);
  lane strike = lane_select(terms->exercised, at.strike, lowest), slope = lane_select(terms->exercised, at.spot, (lane)0.0);
  held = lane_max(fma(slope, spot[n - 1], strike), held);
  value[n - 1] = all ? held : lane_select(active, held, value[n - 1]);
  for (uint j = n - 1; j-- > 0;) {
    held = lane_max(fma(slope, spot[j], strike), fma(factor, held, work[j]));
    value[j] = all ? held : lane_select(active, held, value[j]);
  }
}

/*
 * The larger of two functions at the nodes, less what sampling its kink would lose: the second difference of the two values
 * beside a kink gets the mean and third moment of the kink and the variance h^2/6 that the compact scheme reads as none.
 *
 *   a, b    node j - 1 and j of the two functions; *before, the larger at j - 1, is mended
 */
LANE_INLINE lane differences_larger(lane a_before, lane b_before, lane a, lane b, lane step, lane *before) {
  lane from = a_before - b_before, to = a - b, size = lane_abs(to - from);
  lane_mask crossing = lane_less(from * to, (lane)0.0);
  lane larger = lane_max(a, b);
  if (!lane_any(crossing)) {
    return larger;
  }
  lane where = lane_select(crossing, from / (from - to), (lane)0.0); /* in spot */
  where = fma(0.5 * step * where, 1.0 - where, where);               /* in Y */
  size *= fma(step, where - 0.5, (lane)1.0);
  lane split = where * (1.0 - where), mass = 1.0 / 12.0 - 0.5 * split, skew = split * (1.0 - 2.0 * where) / 6.0;
  *before = lane_select(crossing, fma(size, fma(1.0 - where, mass, skew), *before), *before);
  return lane_select(crossing, fma(size, fma(where, mass, -skew), larger), larger);
}

/* U at spot 0: a put is worth the strike. */
LANE_INLINE lane differences_at_zero(const differences_terms *terms, lane tau) {
  lane held = lane_select(terms->exercised, lane_max(terms->strike, terms->strike * math_exp(terms->rate * tau)), terms->strike);
  return lane_select(lane_less((lane)0.0, terms->put_side), held, (lane)0.0);
}

/* Where a spot lies on the grid: the first of four nodes around it, and the distance from that one in steps. */
typedef struct differences_place {
  lane first, distance;
} differences_place;

/* log_spot = Y; where it is NaN or beyond the grid a place at its end. */
LANE_INLINE differences_place differences_find(const differences_terms *terms, uint n, lane log_spot) {
  differences_place found;
  lane steps = (log_spot - terms->start) / terms->step;
  lane inside = lane_min(lane_max(steps, (lane)0.0), (lane)(double)(n - 1));
  steps = lane_select(lane_equal(steps, steps), inside, (lane)0.0);
  found.first = lane_min(lane_max(lane_round(steps - 1.5), (lane)0.0), (lane)(double)(n - 4));
  found.distance = steps - found.first;
  return found;
}

/* The cubic through the values of four nodes. */
LANE_INLINE lane differences_cubic(lane x, lane v0, lane v1, lane v2, lane v3) {
  lane x1 = x - 1.0, x2 = x - 2.0, x3 = x - 3.0;
  lane outer = x * x1 * (v3 * x2 - 3.0 * (v2 * x3)), inner = x2 * x3 * (3.0 * (v1 * x) - v0 * x1);
  return (outer + inner) * (1.0 / 6.0);
}

/* The ends of the grid, by spot; beyond them values are linear in spot. */
typedef struct differences_ends {
  lane low_spot, low_value, low_slope, high_spot, high_value, high_slope;
  lane at_zero; /* value at spot 0, which a put does not exceed */
  lane_mask put;
} differences_ends;

/* first, last: value at node 0 and at the last; before: at the last but one; their spots likewise. */
LANE_INLINE differences_ends differences_ends_make(const differences_terms *terms, lane tau, lane first_spot, lane first,
                                                   lane before_spot, lane before, lane last_spot, lane last) {
  differences_ends ends;
  lane slope = (last - before) / (last_spot - before_spot);
  ends.put = lane_less((lane)0.0, terms->put_side);
  ends.low_spot = lane_select(ends.put, last_spot, first_spot);
  ends.low_value = lane_select(ends.put, last, first);
  ends.low_slope = lane_select(ends.put, slope, first / first_spot);
  ends.high_spot = lane_select(ends.put, first_spot, last_spot);
  ends.high_value = lane_select(ends.put, first, last);
  ends.high_slope = lane_select(ends.put, (lane)0.0, slope);
  ends.at_zero = differences_at_zero(terms, tau);
  return ends;
}

/* inside: what the cubic gives */
LANE_INLINE lane differences_bound(const differences_ends *ends, lane spot, lane inside) {
  lane beneath = fma(ends->low_slope, lane_max(spot, (lane)0.0) - ends->low_spot, ends->low_value);
  beneath = lane_select(ends->put, lane_min(beneath, ends->at_zero), beneath);
  lane above = fma(ends->high_slope, spot - ends->high_spot, ends->high_value);
  inside = lane_select(lane_less(ends->high_spot, spot), above, inside);
  return lane_select(lane_less(spot, ends->low_spot), beneath, inside);
}

LANE_INLINE lane differences_pick(const lane *value, lane index) {
#if LANES == 1
  return value[(uint)index];
#else
  double at[LANES], picked[LANES];
  LANE_JOIN(vstore, LANES)(index, 0, at);
  for (int l = 0; l < LANES; l++) {
    picked[l] = ((const double *)value)[(uint)at[l] * LANES + l];
  }
  return LANE_JOIN(vload, LANES)(0, picked);
#endif
}

/* Steps from tau to tau + time, the k-th of n ending at (k / n)^2 of it; the first as two implicit halves. */
LANE_INLINE void differences_part(const differences_terms *terms, const differences_scheme *scheme, lane tau, lane time,
                                  const lane *spot, lane *value, lane *work) {
  lane n = lane_max(lane_round(scheme->n_steps * time / terms->years + 0.5), (lane)scheme->least_steps);
  n = lane_select(lane_less((lane)0.0, time), n, (lane)0.0);
  lane scale = time / (n * n), taken = (lane)0.0;
  for (uint number = 1;; number++) {
    double k = number <= 2 ? 1.0 : (double)(number - 1);
    lane_mask active = lane_less((lane)(k - 1.0), n);
    if (!lane_any(active)) {
      return;
    }
    lane then = lane_min(scale * (number == 1 ? 0.5 : k * k), time);
    differences_step(terms, scheme->n_nodes, then - taken, number <= 2 ? 1.0 : 0.5, differences_exercise_at(terms, tau + then),
                     active, spot, value, work);
    taken = then;
  }
}

/* The drop by a dividend at tau, in the lanes of `active`. */
LANE_INLINE void differences_drop(const differences_terms *terms, uint n, lane tau, lane amount, lane_mask active,
                                  const lane *spot, lane *value, lane *work) {
  lane scale = math_exp(terms->drift * tau); /* of spot, in e^Y */
  lane drop = amount * scale;
  differences_ends ends = differences_ends_make(terms, tau, spot[0], value[0], spot[n - 2], value[n - 2], spot[n - 1],
                                                value[n - 1]);
  differences_exercise at = differences_exercise_at(terms, tau);
  for (uint j = 0; j < n; j++) {
    lane left = spot[j] - drop;
    differences_place near = differences_find(terms, n, math_log(left));
    lane inside = differences_cubic(near.distance, differences_pick(value, near.first),
                                    differences_pick(value, near.first + 1.0), differences_pick(value, near.first + 2.0),
                                    differences_pick(value, near.first + 3.0));
    work[j] = differences_bound(&ends, left, inside);
  }
  lane held_before = work[0], pays_before = held_before;
  for (uint j = 0; j < n; j++) {
    lane held = work[j];
    lane pays = lane_select(terms->exercised, fma(at.spot, spot[j], at.strike), held);
    lane before = j > 0 ? work[j - 1] : held;
    lane larger = differences_larger(held_before, pays_before, held, pays, terms->step, &before);
    if (j > 0) {
      work[j - 1] = before;
    }
    work[j] = larger;
    held_before = held;
    pays_before = pays;
  }
  for (uint j = 0; j < n; j++) {
    value[j] = lane_select(active, work[j], value[j]);
  }
}

/* All but the grid and what the dividends are worth. */
LANE_INLINE differences_terms differences_terms_of(lane_contract contract, lane vol_annual, double years_taken) {
  differences_terms terms;
  terms.years = contract_years(contract, years_taken);
  lane stddev = lane_min(contract_stddev(vol_annual, terms.years), (lane)DIFFERENCES_STDDEV);
  terms.vol = lane_select(lane_less((lane)0.0, terms.years), stddev / sqrt(terms.years), (lane)0.0);
  terms.strike = contract.strike;
  terms.rate = contract.rate;
  terms.drift = contract.carry - 0.5 * terms.vol * terms.vol;
  terms.put_side = -contract.sign;
  terms.exercised = lane_less((lane)0.0, contract.american);
  terms.start = terms.step = terms.ratio = terms.to_come = (lane)0.0;
  return terms;
}

/* The grid reaches beyond the strike, now and at expiry, and holds the base spot. */
LANE_INLINE differences_terms differences_terms_make(lane_contract contract, lane vol_annual, double years_taken,
                                                     const dividend_list *dividends, const differences_scheme *scheme) {
  differences_terms terms = differences_terms_of(contract, vol_annual, years_taken);
  terms.to_come = dividends_to_come(dividends, contract.carry, years_taken, (lane)0.0);
  lane growth = math_exp(-contract.carry * terms.years), move = terms.drift * terms.years;
  lane at_expiry = math_log(contract.strike);
  lane at_once = math_log(fma(contract.strike, growth, terms.to_come)) + move; /* the spot whose forward is the strike */
  lane base = math_log(fma(contract.forward, growth, terms.to_come)) + move;
  lane stddev = terms.vol * sqrt(terms.years), near = fma((lane)0.5, stddev, (lane)DIFFERENCES_LEAST_REACH);
  lane reach = fma((lane)scheme->reach, stddev, (lane)DIFFERENCES_LEAST_REACH);
  lane low = lane_min(lane_min(at_expiry, at_once) - reach, base - near);
  lane high = lane_max(lane_max(at_expiry, at_once) + reach, base + near);
  lane_mask put = lane_less((lane)0.0, terms.put_side);
  lane share = DIFFERENCES_LOWER * terms.to_come / math_exp(low - move); /* dividends may take a put's spot further down */
  low -= lane_select(put, math_log(fma(share, share, (lane)1.0)), (lane)0.0);
  lane width = (high - low) / (double)(scheme->n_nodes - 1);
  terms.start = lane_select(put, high, low);
  terms.step = lane_select(put, -width, width);
  terms.ratio = math_exp(terms.step);
  return terms;
}

/* value[j]: undiscounted values at the nodes; spot[j] = e^Y of them. */
LANE_INLINE void differences_solve(const differences_terms *terms, const differences_scheme *scheme,
                                   const dividend_list *dividends, double years_taken, lane *spot, lane *value,
                                   lane *work) {
  uint n = scheme->n_nodes;
  differences_exercise at = differences_exercise_at(terms, (lane)0.0);
  lane before = (lane)0.0, last_pays = (lane)0.0;
  for (uint j = 0; j < n; j++) {
    spot[j] = math_exp(fma((lane)(double)j, terms->step, terms->start));
    lane pays = fma(at.spot, spot[j], at.strike);
    lane larger = differences_larger(last_pays, (lane)0.0, pays, (lane)0.0, terms->step, &before);
    if (j > 0) {
      value[j - 1] = before;
    }
    before = value[j] = larger;
    last_pays = pays;
  }
  lane tau = (lane)0.0;
  for (uint j = 0; j <= dividends->n; j++) {
    lane years = (lane)0.0, amount = (lane)0.0;
    if (j < dividends->n) {
      amount = dividend_get(dividends, j, years_taken, &years);
    }
    lane_mask paid = lane_less((lane)0.0, amount);
    lane then = j < dividends->n ? lane_select(paid, terms->years - years, tau) : terms->years;
    differences_part(terms, scheme, tau, then - tau, spot, value, work);
    if (lane_any(paid)) {
      differences_drop(terms, n, then, amount, paid, spot, value, work);
    }
    tau = then;
  }
}

#endif
