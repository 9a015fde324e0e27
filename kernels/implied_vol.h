/* SPDX-License-Identifier: MIT
 *
 * The vol that a price implies: Black and Bachelier, from the out-of-the-money option of the same strike, by Householder's
 * method of fourth order on the logarithm of its price or of what the price leaves below its bound.
 */
#ifndef KERNELS_IMPLIED_VOL_H
#define KERNELS_IMPLIED_VOL_H

#include "contract.h"

/*
 * With lo and hi the smaller and larger of forward and strike, x = ln(hi / lo), s the total stddev, m = x/s, h = s/2,
 * d = h - m, d' = h + m, and N(-a) = exp(-a^2/2) R(a), the out-of-the-money price over lo is
 *
 *   q(s) = exp(-d^2/2) (R(-d) - R(d'))           and what it leaves below its bound, 1
 *   1 - q(s) = exp(-d^2/2) (R(d) + R(d')).
 *
 * Both have the slope +-phi(d), which is largest at d = 0, s = sqrt(2x), where q = 1/2 - R(sqrt(2x)) (P. Jaeckel, By
 * implication, Wilmott 2006). Below that price ln q is solved, above it ln(1 - q): neither needs an exponential, and each
 * keeps its digits. For s below IMPLIED_SHORT the bracket of q loses digits and is expanded about m instead, on both sides.
 * For Bachelier the price is s exp(-m^2/2) (phi(0) - m R(m)) with m = |forward - strike| / s: the first term of that
 * expansion.
 */

/* Statuses, as the kernel writes them. */
#define IMPLIED_OK 0.0
#define IMPLIED_BELOW 1.0         /* more than 2 ulp below intrinsic value, or below 0 */
#define IMPLIED_NO_TIME_VALUE 2.0 /* within 2 ulp of intrinsic value: every small vol fits */
#define IMPLIED_ABOVE 3.0         /* from 2 ulp below the upper bound on: no vol, or only an infinite one */
#define IMPLIED_EXPIRED 4.0

#define IMPLIED_SHORT 0.03        /* h^8/945 is left out: below 1e-17 of the price up to s = 0.04 */
#define IMPLIED_STEPS 24          /* never reached: the largest number found is stated at imply_stddev */
#define IMPLIED_FAR 38.0          /* m beyond which the price is below 1e-300 of the bound */

/* Asked for by imply_stddev. */
typedef struct implied_target {
  lane x;         /* ln(hi / lo); Bachelier: |forward - strike| */
  lane value;     /* the out-of-the-money price over lo; Bachelier: itself */
  lane room;      /* 1 - value, computed without cancellation; Bachelier: not read */
  lane balanced;  /* the price over sqrt(lo hi); Bachelier: value */
  int normal;     /* Bachelier */
} implied_target;

/* -ln of what the iteration solves; how it is computed is fixed by the first guess. */
typedef struct implied_aim {
  lane_mask shortly; /* s is small (or Bachelier): expansion about m */
  lane_mask below;   /* solve ln q, else ln(1 - q) */
  lane goal;         /* ln value or ln room */
} implied_aim;

/* (c0 + c1 t + c2 t^2) / (1 + d1 t + d2 t^2 + d3 t^3): how far a tail's argument lies below t = sqrt(-2 ln tail). Two fits in
 * one shape: of the normal distribution, within 5e-4 (M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 1964,
 * 26.2.23), and of price / distance of a Bachelier option, within 2e-4 for m >= 0.9 (least squares). */
LANE_INLINE lane implied_shortfall(lane_mask bachelier, lane t) {
  lane upper = lane_select(bachelier, (lane)0.20034589249647558, (lane)0.010328);
  lane lower = lane_select(bachelier, (lane)0.013458129732562538, (lane)0.001308);
  upper = fma(upper, t, lane_select(bachelier, (lane)0.3060662516592742, (lane)0.802853));
  lower = fma(lower, t, lane_select(bachelier, (lane)0.17450029397910743, (lane)0.189269));
  upper = fma(upper, t, lane_select(bachelier, (lane)0.05876064724860738, (lane)2.515517));
  lower = fma(lower, t, lane_select(bachelier, (lane)-0.2708165136863455, (lane)1.432788));
  return upper / fma(lower, t, (lane)1.0);
}

/*
 * A first guess within some ten per cent of s. Bachelier's inverse of the balanced price where s is small or, below the
 * inflexion, x is: for m < 0.9 from 1/m + m/2 = (price/x + 1/2) sqrt(2 pi). Else q behaves as N(d) times the ratio at the
 * inflexion: exact for x = 0 and for x large.
 */
LANE_INLINE lane implied_guess(implied_target target, lane inflexion, lane tail_at_inflexion, lane_mask below) {
  lane_mask bachelier = lane_less(target.balanced, (lane)0.15) & (~below | lane_less(target.x, (lane)1.0));
  if (target.normal) {
    bachelier = lane_equal(target.x, target.x);
  }
  lane reach = (target.balanced + 0.5 * target.x) * (lane)(1.0 / MATH_INVERSE_SQRT_2PI);
  lane_mask near = lane_less_equal((lane)1.4 * target.x, reach);
  lane s_near = 0.5 * (reach + sqrt(lane_max(reach * reach - 2.0 * target.x * target.x, (lane)0.0)));

  lane top = 1.0 - (0.5 - tail_at_inflexion); /* room at the inflexion */
  lane ratio = lane_select(below, target.value / (0.5 - tail_at_inflexion), target.room / top);
  ratio = lane_select(bachelier, target.balanced / target.x, 0.5 * ratio);
  ratio = lane_select(bachelier & near, (lane)0.01, lane_max(ratio, (lane)0x1p-1022));
  lane t = sqrt(-2.0 * math_log(ratio));
  lane reached = t - implied_shortfall(bachelier, t);
  lane s_far = target.x / lane_max(reached, (lane)0.5);

  /* For d near 0 the series of the inverse, in r = 1 - ratio of the tails. */
  lane r = 1.0 - 2.0 * ratio;
  lane r2 = r * r;
  lane d_near = fma(fma((lane)0.455, r2, (lane)0.2617993877991494), r2, (lane)1.0) * r * (lane)1.2533141373155001;
  lane d = lane_select(lane_less(r, (lane)0.6), d_near, lane_max(reached, (lane)0.0));
  lane root = sqrt(fma(d, d, 2.0 * target.x));
  lane weight = 2.0 * tail_at_inflexion;
  lane s_above = inflexion + fma(weight, 2.0 * d, (1.0 - weight) * (d + root - inflexion));
  lane s_below = 2.0 * target.x / (root + d);
  lane s_normal = lane_select(near, s_near, s_far);
  if (!target.normal) {
    s_normal = s_normal * fma(s_normal * s_normal, (lane)(1.0 / 24.0), (lane)1.0);
  }
  return lane_select(bachelier, s_normal, lane_select(below, s_below, s_above));
}

/* (R(m - h) - R(m + h)) for small h = s/2: -2 (h R' + h^3/6 R''' + ...), derivatives by R^(n+1) = m R^(n) + n R^(n-1). */
LANE_INLINE lane implied_short_bracket(implied_target target, lane m, lane h) {
  lane r0 = math_tail_ratio(m);
  lane r1 = fma(m, r0, (lane)-MATH_INVERSE_SQRT_2PI);
  if (target.normal) {
    return -2.0 * h * r1;
  }
  lane r2 = fma(m, r1, r0);
  lane r3 = fma(m, r2, 2.0 * r1);
  lane r4 = fma(m, r3, 3.0 * r2);
  lane r5 = fma(m, r4, 4.0 * r3);
  lane r6 = fma(m, r5, 5.0 * r4);
  lane r7 = fma(m, r6, 6.0 * r5);
  lane square = h * h;
  lane sum = fma(r7 * (1.0 / 5040.0), square, r5 * (1.0 / 120.0));
  sum = fma(fma(sum, square, r3 * (1.0 / 6.0)), square, r1);
  return -2.0 * h * sum;
}

/* How far s must move: Householder's step of fourth order on ln q or ln(1 - q). */
LANE_INLINE lane implied_step(implied_target target, implied_aim aim, lane s) {
  lane inverse = 1.0 / s;
  lane m = target.x * inverse;
  lane h = target.normal ? (lane)0.0 : 0.5 * s;
  lane d = h - m;
  lane bracket = (lane)1.0;
  if (!target.normal) {
    math_tails tails = math_tails_find(lane_abs(d), h + m);
    lane first = tails.upper_a * tails.lower_b;
    lane second = tails.upper_b * tails.lower_a;
    bracket = (first + lane_select(aim.below, -second, second)) / (tails.lower_a * tails.lower_b);
  }
  if (lane_any(aim.shortly)) {
    bracket = lane_select(aim.shortly, implied_short_bracket(target, m, 0.5 * s), bracket);
  }
  bracket = lane_max(bracket, (lane)1e-300);
  lane error = fma(-0.5 * d, d, math_log(bracket)) - aim.goal;
  lane slope = lane_select(aim.below, (lane)MATH_INVERSE_SQRT_2PI, (lane)-MATH_INVERSE_SQRT_2PI) / bracket;
  /* second and third derivative of q over the first, then of its logarithm */
  lane second = m * m * inverse - 0.5 * h;
  lane third = fma(second, second, -3.0 * (m * inverse) * (m * inverse));
  third = target.normal ? third : third - 0.25;
  third = fma(slope, fma((lane)-3.0, second, 2.0 * slope), third);
  second = second - slope;
  lane newton = -error / slope;
  lane lower = fma(newton, fma(newton, third * (1.0 / 6.0), second), (lane)1.0);
  lane upper = fma(0.5 * second, newton, (lane)1.0);
  lane_mask plain = lane_less(lower, (lane)0.2) | lane_less(upper, (lane)0.1);
  return newton * lane_select(plain, (lane)1.0, upper / lower);
}

/*
 * The total stddev s of a price strictly between its bounds; *steps counts the steps of each lane. A lane stops when its
 * step is below 1e-5 of s, for the error is then its fourth power: what it takes does not depend on its neighbours.
 */
LANE_INLINE lane imply_stddev(implied_target target, lane *steps) {
  lane inflexion = target.normal ? (lane)0.0 : sqrt(2.0 * target.x);
  lane tail = target.normal ? (lane)0.5 : math_tail_ratio(inflexion);
  lane_mask below = lane_less(target.value, 0.5 - tail);
  if (target.normal) {
    below = lane_equal(target.x, target.x);
  }
  lane lowest = lane_max(target.x * (1.0 / IMPLIED_FAR), (lane)1e-300);
  lane s = implied_guess(target, inflexion, tail, below);
  s = lane_select(below, s, lane_max(s, inflexion));
  s = lane_max(s, lowest);
  implied_aim aim;
  aim.shortly = lane_less(s, (lane)IMPLIED_SHORT);
  if (target.normal) {
    aim.shortly = below;
  }
  aim.below = below | aim.shortly;
  aim.goal = math_log(lane_select(aim.below, target.value, target.room));
  lane_mask moving = lane_equal(target.value, target.value);
  *steps = (lane)0.0;
  for (int step = 0; step < IMPLIED_STEPS && lane_any(moving); step++) {
    lane move = implied_step(target, aim, s);
    move = lane_min(lane_max(move, -0.5 * s), s);
    lane next = lane_max(s + move, lowest);
    *steps = lane_select(moving, *steps + 1.0, *steps);
    lane_mask far = lane_less(1e-5 * s, lane_abs(next - s));
    s = lane_select(moving, next, s);
    moving = moving & far;
  }
  return s;
}

#endif
