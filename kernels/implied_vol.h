/* SPDX-License-Identifier: MIT
 *
 * The vol that a price implies: Black and Bachelier, from the out-of-the-money option of the same strike, by
 * Householder's method of fourth order on the logarithm of its price or of what the price leaves below its bound.
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
 * implication, Wilmott 2006). Below that price ln q is solved, above it ln(1 - q): neither needs an exponential, and
 * each keeps its digits. For s below IMPLIED_SHORT the bracket of q loses digits and is expanded about m instead, on
 * both sides. For Bachelier the price is s exp(-m^2/2) (phi(0) - m R(m)) with m = |forward - strike| / s: the first
 * term of that expansion.
 */

/* Statuses, as the kernel writes them. */
#define IMPLIED_OK 0.0
#define IMPLIED_BELOW 1.0         /* more than 2 ulp below intrinsic value, or below 0 */
#define IMPLIED_NO_TIME_VALUE 2.0 /* within 2 ulp of intrinsic value: every small vol fits */
#define IMPLIED_ABOVE 3.0         /* from 2 ulp below the upper bound on: no vol, or only an infinite one */
#define IMPLIED_EXPIRED 4.0

#define IMPLIED_SQRT_2PI 0x1.40d931ff62706p+1
#define IMPLIED_SHORT 0.03        /* h^8/945 is left out: below 1e-17 of the price up to s = 0.04 */
#define IMPLIED_STEPS 24          /* never reached: the largest number found is stated at imply_stddev */
#define IMPLIED_FAR 38.0          /* m beyond which the price is below 1e-300 of the bound */

/* Asked for by imply_stddev. */
typedef struct implied_target {
  lane x;         /* ln(hi / lo); Bachelier: |forward - strike| */
  lane low;       /* lo; Bachelier: 1 */
  lane price;     /* out of the money, > 0 */
  lane room;      /* lo - price, computed without cancellation, > 0; Bachelier: not read */
  lane balanced;  /* the price over sqrt(lo hi); Bachelier: the price */
  int normal;     /* Bachelier */
} implied_target;

/* What the iteration solves, fixed by the first guess. */
typedef struct implied_aim {
  lane_mask shortly; /* s is small (or Bachelier): expansion about m */
  lane_mask below;   /* q is to be value, else 1 - q is to be room */
  lane inverse_goal; /* lo / price or lo / room */
  lane goal_rest;    /* what rounding took from it, relatively */
} implied_aim;

/* (c0 + c1 t + c2 t^2) / (1 + d1 t + d2 t^2 + d3 t^3): how far a tail's argument lies below t = sqrt(-2 ln tail). Two
 * fits in one shape: of the normal distribution, within 5e-4 (M. Abramowitz, I. Stegun, Handbook of Mathematical
 * Functions, 1964, 26.2.23), and of price / distance of a Bachelier option, within 2e-4 of m for m in 0.9..37 (least
 * squares on the relative error). They only start the iteration. */
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
 * inflexion, x is: for m < 0.9 from 1/m + m/2 = (price/x + 1/2) sqrt(2 pi). Else q behaves as N(d) times the ratio at
 * the inflexion: exact for x = 0 and for x large.
 */
LANE_INLINE lane implied_guess(implied_target target, lane inflexion, lane tail_at_inflexion, lane_mask below) {
  lane_mask bachelier = lane_less(target.balanced, (lane)0.15) & (~below | lane_less(target.x, (lane)1.0));
  if (target.normal) {
    bachelier = lane_equal(target.x, target.x);
  }
  lane reach = (target.balanced + 0.5 * target.x) * (lane)IMPLIED_SQRT_2PI;
  lane_mask near = lane_less_equal((lane)1.4 * target.x, reach);
  lane s_near = 0.5 * (reach + sqrt(lane_max(reach * reach - 2.0 * target.x * target.x, (lane)0.0)));

  lane top = 1.0 - (0.5 - tail_at_inflexion); /* room at the inflexion */
  lane ratio = lane_select(below, target.price / (0.5 - tail_at_inflexion), target.room / top) / target.low;
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

/* R(m - h) - R(m + h) for small h = s/2: -2 (h R' + h^3/6 R''' + ...); derivatives by R^(n+1) = m R^(n) + n R^(n-1). */
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

/*
 * How far s must move: Householder's step of fourth order for f = ln(q / (price / lo)) or ln((1 - q) / (room / lo)).
 * With Newton's step v = -f / f', e = q''/q' and g = q'''/q' it is v (1 + a v / 2) / (1 + a v + b v^2 / 6), where
 * a v = e v + f and b v^2 = g v^2 + 3 e v f + 2 f^2.
 */
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
  lane f = fma(-0.5 * d, d, math_log(bracket * aim.inverse_goal) + aim.goal_rest);
  lane newton = f * bracket * lane_select(aim.below, (lane)-IMPLIED_SQRT_2PI, (lane)IMPLIED_SQRT_2PI);
  lane per_s = m * inverse;
  lane e = fma(per_s, m, -0.5 * h);
  lane g = fma(e, e, -3.0 * per_s * per_s);
  g = target.normal ? g : g - 0.25;
  lane e_newton = e * newton;
  lane first_order = e_newton + f;
  lane second_order = fma(g * newton, newton, f * fma((lane)3.0, e_newton, 2.0 * f));
  lane lower = fma(second_order, (lane)(1.0 / 6.0), 1.0 + first_order);
  lane upper = fma((lane)0.5, first_order, (lane)1.0);
  lane_mask plain = lane_less(lower, (lane)0.2) | lane_less(upper, (lane)0.1);
  return newton * lane_select(plain, (lane)1.0, upper / lower);
}

/*
 * The total stddev s of a price strictly between its bounds, for the lanes of `wanted`; *steps counts each lane's
 * steps, at most 4 for x up to 30 (tests/formula/base_implied_vol.c). A lane stops when its step is below 1e-5 of s,
 * for the error is then its fourth power: what it takes does not depend on its neighbours. Other lanes must hold
 * harmless numbers.
 */
LANE_INLINE lane imply_stddev(implied_target target, lane_mask wanted, lane *steps) {
  lane inflexion = target.normal ? (lane)0.0 : sqrt(2.0 * target.x);
  lane tail = target.normal ? (lane)0.5 : math_tail_ratio(inflexion);
  lane_mask all = lane_equal(inflexion, inflexion);
  lane_mask below = target.normal ? all : lane_less(target.price, (0.5 - tail) * target.low);
  lane lowest = lane_max(target.x * (1.0 / IMPLIED_FAR), (lane)1e-300);
  lane s = implied_guess(target, inflexion, tail, below);
  s = lane_max(lane_select(below, s, lane_max(s, inflexion)), lowest);
  implied_aim aim;
  aim.shortly = target.normal ? all : lane_less(s, (lane)IMPLIED_SHORT);
  aim.below = below | aim.shortly;
  lane goal = lane_select(aim.below, target.price, target.room);
  aim.inverse_goal = lane_min(target.low / goal, (lane)0x1p1023);
  aim.goal_rest = fma(-aim.inverse_goal, goal, target.low) / target.low;
  lane_mask moving = wanted;
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

/* What the market gives for one instrument per lane, each number to be read with its rounding error beside it. */
typedef struct implied_quote {
  lane worth, worth_low;     /* the undiscounted price, quote currency */
  lane inside, inside_low;   /* |forward - strike| */
  lane tolerance;            /* 2 ulp of the price, in the same unit */
  lane_mask in_the_money;
} implied_quote;

/* An inverse price is in coin: times the forward it is in quote currency. */
LANE_INLINE implied_quote implied_quote_make(lane_contract contract, lane forward, lane price) {
  implied_quote quote;
  lane_mask inverse = lane_less((lane)0.0, contract.inverse);
  lane divided = price / contract.discount;
  lane multiplied = price * forward;
  quote.worth = lane_select(inverse, multiplied, divided);
  quote.worth_low = lane_select(inverse, fma(price, forward, -multiplied),
                                fma(-divided, contract.discount, price) / contract.discount);
  lane ulp = lane_from_bits(lane_as_bits(price) & (lane_bits)0x7ff0000000000000UL) * 0x1p-52;
  quote.tolerance = 2.0 * lane_select(inverse, ulp * forward, ulp / contract.discount);
  /* forward - strike as a sum of two (D. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B) */
  lane difference = forward - contract.strike;
  lane back = difference - forward;
  lane rest = (forward - (difference - back)) - (contract.strike + back);
  quote.inside = lane_abs(difference);
  quote.inside_low = lane_select(lane_less(difference, (lane)0.0), -rest, rest);
  quote.in_the_money = lane_less((lane)0.0, difference * contract.sign);
  return quote;
}

/*
 * The vol of a price, with a status (IMPLIED_*); 0 where there is none. The vol reprices, in exact arithmetic and by
 * price_black.h, within 1e-15 of the larger of forward and strike; Bachelier within 1e-15 of the largest of |forward|,
 * |strike| and the total stddev (tests/formula/base_implied_vol.c, against MPFR).
 *
 *   contract    of an option; log_strike as the pricer uses it
 *   price       of one unit, in the currency paid, finite
 *   normal      Bachelier, else Black
 */
LANE_INLINE lane imply_vol_of(lane_contract contract, lane forward, lane price, int normal, lane *status, lane *steps) {
  implied_quote quote = implied_quote_make(contract, forward, price);
  lane zero = (lane)0.0;
  lane one = (lane)1.0;
  lane low = normal ? one : lane_min(forward, contract.strike);
  lane high = normal ? one : lane_max(forward, contract.strike);
  /* The out-of-the-money price by parity, and what it leaves below its bound: in the money that is high - worth. */
  lane outside = quote.worth + quote.worth_low;
  lane over_intrinsic = (quote.worth - quote.inside) + (quote.worth_low - quote.inside_low);
  outside = lane_select(quote.in_the_money, over_intrinsic, outside);
  lane room = (lane_select(quote.in_the_money, high, low) - quote.worth) - quote.worth_low;

  lane_mask below = lane_less(outside, -quote.tolerance) | lane_less(price, zero);
  lane none = lane_select(below, (lane)IMPLIED_BELOW, (lane)IMPLIED_OK);
  lane_mask intrinsic = (quote.in_the_money & lane_less_equal(outside, quote.tolerance)) |
                        (~quote.in_the_money & lane_equal(price, zero));
  none = lane_select(intrinsic & ~below, (lane)IMPLIED_NO_TIME_VALUE, none);
  if (!normal) {
    none = lane_select(lane_equal(none, zero) & lane_less_equal(room, quote.tolerance), (lane)IMPLIED_ABOVE, none);
  }
  none = lane_select(lane_less_equal(contract.years, zero), (lane)IMPLIED_EXPIRED, none);
  *status = none;
  lane_mask wanted = lane_equal(none, zero);

  implied_target target;
  target.normal = normal;
  target.x = lane_select(wanted, normal ? quote.inside : lane_abs(contract.log_strike), zero);
  target.low = lane_select(wanted, low, one);
  outside = lane_max(outside, (lane)0x1p-1022); /* a subnormal coin price times the forward may be 0 */
  target.price = lane_select(wanted, outside, (lane)0.5);
  target.room = lane_select(wanted, room, (lane)0.5);
  target.balanced = target.price;
  if (!normal) {
    target.balanced = target.price / sqrt(target.low) / sqrt(lane_select(wanted, high, one));
  }
  lane stddev = imply_stddev(target, wanted, steps);
  /* stddev / sqrt(years), rounded nearly once */
  lane root = sqrt(lane_select(wanted, contract.years, one));
  lane vol = stddev / root;
  lane root_low = fma(-root, root, lane_select(wanted, contract.years, one)) / (2.0 * root);
  vol = vol + fma(-vol, root_low, fma(-vol, root, stddev)) / root;
  return lane_select(wanted, vol, zero);
}

#endif
