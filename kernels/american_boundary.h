/* SPDX-License-Identifier: MIT
 *
 * The early-exercise boundary of an American put with strike 1 as a function of the time left: collocation at Chebyshev
 * points of sqrt(time), after L. Andersen, M. Lake and D. Offengenden, High Performance American Option Pricing, Journal of
 * Computational Finance 20(1), 2016; solved as one system by Newton's method instead of their fixed point. A call is the
 * put with spot and strike, and rate and yield, exchanged.
 */
#ifndef KERNELS_AMERICAN_BOUNDARY_H
#define KERNELS_AMERICAN_BOUNDARY_H

#include "math.h"
#include "shared.h"

/* A scheme's numbers, in one table (AMERICAN_* in shared.h; made by host/device/american_scheme.c). */
typedef struct american_scheme {
  uint n_nodes, n_solve, n_price, n_steps, n_vols;
  double tolerance;
  __global const double *node, *solve, *solve_weight, *price, *price_weight, *vol, *vol_weight;
} american_scheme;

LANE_INLINE american_scheme american_scheme_read(__global const double *table) {
  american_scheme scheme;
  scheme.n_nodes = (uint)table[AMERICAN_N_NODES];
  scheme.n_solve = (uint)table[AMERICAN_N_SOLVE];
  scheme.n_price = (uint)table[AMERICAN_N_PRICE];
  scheme.n_steps = (uint)table[AMERICAN_N_STEPS];
  scheme.tolerance = table[AMERICAN_TOLERANCE];
  scheme.n_vols = (uint)table[AMERICAN_N_VOLS];
  scheme.node = table + N_AMERICAN_NUMBERS;
  scheme.solve = scheme.node + scheme.n_nodes;
  scheme.solve_weight = scheme.solve + AMERICAN_ANGLE * scheme.n_solve;
  scheme.price = scheme.solve_weight + scheme.n_nodes * scheme.n_solve * scheme.n_nodes;
  scheme.price_weight = scheme.price + AMERICAN_ANGLE * scheme.n_price;
  scheme.vol = scheme.price_weight + scheme.n_price * scheme.n_nodes;
  scheme.vol_weight = scheme.vol + scheme.n_vols;
  return scheme;
}

typedef struct american_put {
  lane rate, yield, vol; /* rate > 0, vol > 0 */
  lane years;            /* > 0, not beyond the time from which the boundary stands still */
  lane log_start;        /* ln of the boundary as the time left goes to 0: 0, or ln(rate / yield) below it */
  lane_mask lower;       /* the lower one of two boundaries, mirrored: see price_two_boundaries.h */
} american_put;

/* Vols of one octave, from a power of two to twice that, share what follows from its upper end. */
LANE_INLINE lane american_octave(lane vol) {
  return lane_from_bits(lane_as_bits(vol) & (lane_bits)0x7ff0000000000000UL);
}

/* Where the forward rises, the boundary and the premium reach those of the perpetual put like exp(-speed * time). */
LANE_INLINE american_put american_put_make(lane rate, lane yield, lane vol, lane years) {
  american_put put;
  lane highest = 2.0 * american_octave(vol);
  lane drift = rate - yield - 0.5 * highest * highest;
  lane pull = drift / highest;
  lane enough = AMERICAN_DECAY / (rate + 0.5 * pull * pull);
  put.rate = rate;
  put.yield = yield;
  put.vol = vol;
  put.years = lane_select(lane_less((lane)0.0, drift) & lane_less((lane)0.0, rate), lane_min(years, enough), years);
  put.log_start = (lane)0.0;
  put.lower = lane_less(rate, yield) & lane_less(yield, (lane)0.0);
  lane_mask yields_more = lane_less(rate, yield);
  if (lane_any(yields_more)) {
    put.log_start = lane_select(yields_more, math_log(rate / yield), (lane)0.0);
  }
  return put;
}

/* Two boundaries start ln(yield / rate) apart and meet before either has come as far: 0.62 * vol * sqrt(time) at first. */
LANE_INLINE void american_guess_between(american_put put, const american_scheme *scheme, lane_mask two, lane *drops) {
  lane apart = lane_abs(math_log(lane_select(two, put.yield / put.rate, (lane)0.5)));
  lane stddev = put.vol * sqrt(put.years);
  for (uint i = 0; i < scheme->n_nodes; i++) {
    lane drop = apart * (1.0 - math_exp(-0.62 * stddev * scheme->node[i] / apart));
    drops[i] = lane_select(two, drop, drops[i]);
  }
}

/*
 * A first guess of the drops, drop = -ln(boundary / its start): the perpetual boundary, approached as in G. Barone-Adesi and
 * R. Whaley, Efficient Analytic Approximation of American Option Values, Journal of Finance 42(2), 1987, with an exponent
 * that keeps its sign for every carry; where the yield is the larger, at least 0.62 * vol * sqrt(time), as close to expiry
 * (J. Evans, R. Kuske and J. Keller, American options on assets with dividends near expiry, Mathematical Finance 12, 2002).
 */
LANE_INLINE void american_guess(american_put put, const american_scheme *scheme, lane *drops) {
  lane inverse_variance = 1.0 / (put.vol * put.vol);
  lane carry = put.rate - put.yield;
  lane w = fma(2.0 * carry, inverse_variance, (lane)-1.0);
  lane root = -0.5 * (w + sqrt(lane_max(fma(w, w, 8.0 * put.rate * inverse_variance), (lane)0.0)));
  lane below = 1.0 / (1.0 - root); /* 1 - the perpetual boundary */
  lane sqrt_years = sqrt(put.years);
  lane slowing = 0.5 * carry * sqrt_years / put.vol;
  for (uint i = 0; i < scheme->n_nodes; i++) {
    lane stddev = put.vol * sqrt_years * scheme->node[i];
    lane slowed = lane_max(fma(slowing, (lane)scheme->node[i], (lane)1.0), (lane)0.5);
    lane reached = 1.0 - math_exp(-2.0 * stddev / (below * slowed));
    lane drop = put.log_start - math_log(1.0 - below * reached);
    drops[i] = lane_max(drop, lane_select(lane_less(carry, (lane)0.0), (lane)0.62, (lane)0x1p-20) * stddev);
  }
  lane_mask two = lane_less(put.rate, (lane)0.0);
  if (lane_any(two)) {
    american_guess_between(put, scheme, two, drops);
  }
}

/* N(d) and exp(-d^2 / 2) */
LANE_INLINE lane american_normal(lane d, lane *bell) {
  lane a = lane_min(lane_abs(d), (lane)40.0);
  *bell = math_bell(a);
  lane tail = *bell * math_tail_ratio(a);
  return lane_select(lane_less((lane)0.0, d), 1.0 - tail, tail);
}

/*
 * The collocation equation of node i: the put's slope in the spot is -1 at the boundary, which with the early-exercise
 * premium as an integral over the elapsed time s, less terms that cancel, says
 *
 *   int e^{-qs} phi(d+) / (vol sqrt(s)) (r / B(u) - q) ds  =  e^{-qt} N(d+(B(t), t)) + q int e^{-qs} N(d+(B(t) / B(u), s)) ds
 *
 * with u = t - s; s = t sin(angle)^2 makes the integrands smooth. Both sides are positive, and the logarithm of their quotient
 * is close to linear in the squares of the drops, so that two or three Newton steps suffice.
 *
 *   squares   [n_nodes] squared drops
 *   slopes    [n_nodes] derivatives of the returned logarithm by them
 */
LANE_INLINE lane american_equation(american_put put, const american_scheme *scheme, uint i, const lane *drops,
                                   const lane *squares, lane *slopes) {
  uint n = scheme->n_nodes;
  lane carry = put.rate - put.yield;
  lane sqrt_time = sqrt(put.years) * scheme->node[i];
  lane time = sqrt_time * sqrt_time;
  lane stddev = put.vol * sqrt_time;
  lane inverse_stddev = 1.0 / stddev;
  lane density_scale = 2.0 * MATH_INVERSE_SQRT_2PI * (sqrt_time / put.vol);
  lane rate_at_start = put.rate * math_exp(-put.log_start);
  lane gain = (lane)0.0, density = (lane)0.0, delta = (lane)0.0, turn = (lane)0.0, bell;
  for (uint k = 0; k < n; k++) {
    slopes[k] = (lane)0.0;
  }
  for (uint j = 0; j < scheme->n_solve; j++) {
    __global const double *angle = scheme->solve + AMERICAN_ANGLE * j;
    __global const double *weight = scheme->solve_weight + (i * scheme->n_solve + j) * n;
    lane square = (lane)0.0;
    for (uint k = 0; k < n; k++) {
      square = fma((lane)weight[k], squares[k], square);
    }
    lane drop = sqrt(lane_max(square, stddev * stddev * (1e-6 * angle[1] * angle[1])));
    lane elapsed = time * (angle[0] * angle[0]);
    lane inverse = inverse_stddev * angle[3];
    lane d = fma(fma(carry, elapsed, drop - drops[i]), inverse, stddev * (0.5 * angle[0]));
    lane normal = american_normal(d, &bell);
    lane kept = math_exp(-put.yield * elapsed) * (angle[1] * angle[2]);
    lane dense = kept * density_scale * bell;
    lane part = dense * fma(rate_at_start, math_exp(drop), -put.yield);
    lane pull = part * inverse;
    gain += part;
    density += dense;
    delta = fma(kept * time * (2.0 * angle[0]), normal, delta);
    turn = fma(pull, d, turn);
    lane by_drop = pull * (fma(stddev, (lane)angle[0], -d) / drop);
    for (uint k = 0; k < n; k++) {
      slopes[k] = fma((lane)weight[k], by_drop, slopes[k]);
    }
  }
  lane d = fma(fma(carry, time, put.log_start - drops[i]), inverse_stddev, 0.5 * stddev);
  lane held = math_exp(-put.yield * time) * american_normal(d, &bell);
  lane held_slope = math_exp(-put.yield * time) * MATH_INVERSE_SQRT_2PI * bell * inverse_stddev;
  lane yielded = put.yield * delta;
  lane yielding = put.yield * density;
  lane left = gain - lane_min(yielded, (lane)0.0);
  lane right = held + lane_max(yielded, (lane)0.0);
  left = lane_select(put.lower, gain, left); /* both below 0, and nothing is held */
  right = lane_select(put.lower, yielded, right);
  lane scale = 0.5 / left;
  for (uint k = 0; k < n; k++) {
    slopes[k] *= scale;
  }
  lane own = (turn + lane_min(yielding, (lane)0.0)) / left + (held_slope + lane_max(yielding, (lane)0.0)) / right;
  own = lane_select(put.lower, turn / left + yielding / right, own);
  slopes[i] += 0.5 * own / drops[i];
  return math_log(left / right);
}

/* Solves matrix * x = right, x in place of right; rows of AMERICAN_NODES_LIMIT. The later times hardly act on the earlier, so
 * no row has to be exchanged. */
LANE_INLINE void american_eliminate(uint n, lane *matrix, lane *right) {
  for (uint c = 0; c < n; c++) {
    lane *pivot = matrix + c * AMERICAN_NODES_LIMIT;
    lane inverse = 1.0 / pivot[c];
    right[c] *= inverse;
    for (uint k = c + 1; k < n; k++) {
      pivot[k] *= inverse;
    }
    for (uint i = c + 1; i < n; i++) {
      lane *row = matrix + i * AMERICAN_NODES_LIMIT;
      for (uint k = c + 1; k < n; k++) {
        row[k] = fma(-row[c], pivot[k], row[k]);
      }
      right[i] = fma(-row[c], right[c], right[i]);
    }
  }
  for (uint c = n; c-- > 0;) {
    for (uint i = 0; i < c; i++) {
      right[i] = fma(-matrix[i * AMERICAN_NODES_LIMIT + c], right[c], right[i]);
    }
  }
}

/*
 * squares[i] = ln(boundary / its start)^2 at the nodes. A lane stands still once its own step was below the scheme's tolerance
 * in units of vol * sqrt(years). A step at most triples a drop, or divides it by four. Returns the lanes that came to stand.
 */
LANE_INLINE lane_mask american_solve(american_put put, const american_scheme *scheme, lane *squares) {
  uint n = scheme->n_nodes;
  lane drops[AMERICAN_NODES_LIMIT], steps[AMERICAN_NODES_LIMIT];
  lane matrix[AMERICAN_NODES_LIMIT * AMERICAN_NODES_LIMIT];
  lane small = scheme->tolerance * put.vol * sqrt(put.years);
  lane_mask moving = lane_equal((lane)0.0, (lane)0.0);
  american_guess(put, scheme, drops);
  for (uint i = 0; i < n; i++) {
    squares[i] = drops[i] * drops[i];
  }
  for (uint step = 0; step < scheme->n_steps && lane_any(moving); step++) {
    for (uint i = 0; i < n; i++) {
      steps[i] = american_equation(put, scheme, i, drops, squares, matrix + i * AMERICAN_NODES_LIMIT);
    }
    american_eliminate(n, matrix, steps);
    lane largest = (lane)0.0;
    for (uint i = 0; i < n; i++) {
      lane_mask usable = moving & lane_is_finite(steps[i]);
      lane square = squares[i] - lane_select(usable, steps[i], (lane)0.0);
      square = lane_max(lane_min(square, 9.0 * squares[i]), 0.0625 * squares[i]);
      lane drop = sqrt(square);
      largest = lane_max(largest, lane_abs(drop - drops[i]));
      drops[i] = lane_select(moving, drop, drops[i]);
      squares[i] = lane_select(moving, square, squares[i]);
    }
    moving = moving & lane_less(small, largest);
  }
  return ~moving;
}

/*
 * The squares at a vol, interpolated between those at the scheme's points of its octave, by J.-P. Berrut and L. Trefethen,
 * Barycentric Lagrange interpolation, SIAM Review 46(3), 2004. How far off: host/device/american_scheme.h.
 *
 *   solved[c][node][pair]   squares at vol = scheme->vol[c] * octave, n_pairs to a row; pair[LANES], one for each lane
 */
LANE_INLINE void american_share(const american_scheme *scheme, lane vol, __global const double *solved, uint n_pairs,
                                __global const uint *pair, lane *squares) {
  lane within = vol / american_octave(vol);
  lane weights[AMERICAN_VOLS_LIMIT], sum = (lane)0.0;
  uint n = scheme->n_nodes;
  for (uint c = 0; c < scheme->n_vols; c++) {
    lane distance = within - scheme->vol[c];
    distance = lane_select(lane_equal(distance, (lane)0.0), (lane)0x1p-300, distance);
    weights[c] = scheme->vol_weight[c] / distance;
    sum += weights[c];
  }
  for (uint c = 0; c < scheme->n_vols; c++) {
    weights[c] /= sum;
  }
  for (uint k = 0; k < n; k++) {
    lane square = (lane)0.0;
    for (uint c = 0; c < scheme->n_vols; c++) {
      square = fma(weights[c], lane_gather(solved + (c * n + k) * (ulong)n_pairs, pair, 1), square);
    }
    squares[k] = square;
  }
}

#endif
