# SPDX-License-Identifier: MIT
#
# Fits the coefficients of math_tails_find in kernels/math.h and prints them with their largest errors. Needs mpmath.
#
#   R(a) = N(-a) exp(a^2 / 2) ~ upper(a) / lower(a), degrees 7 and 8, upper(0) / lower(0) = 1/2 exactly
#
# Minimax in relative error up to a = CUT; beyond, where N(-a) is nothing beside 1, the error allowed grows as N(-a)
# falls. Lawson's weights on Loeb's linearised least squares, in 60 digits.
from mpmath import mp, mpf, cos, erfc, exp, lu_solve, matrix, pi, sqrt

mp.dps = 60
UPPER, LOWER, CUT, CAP, CENTRE, ROUNDS = 7, 8, mpf(7), mpf("1e-10"), mpf(3), 80


def ratio(a):
    return exp(a * a / 2) * erfc(a / sqrt(mpf(2))) / 2


def allowed(a):
    return 1 / max(exp((CUT * CUT - a * a) / 2), CAP) if a > CUT else mpf(1)


def polynomial(coefficients, a):
    return sum(c * a**j for j, c in enumerate(coefficients))


def error(upper, lower, a):
    return polynomial(upper, a) / polynomial(lower, a) / ratio(a) - 1


def fit():
    angles = [pi * (2 * i + 1) / 600 for i in range(300)]
    points = [CENTRE * (1 + cos(t)) / (1 - cos(t)) for t in angles]
    points = [a for a in points if a < 200]
    weights, lower_before, best = [mpf(1)] * len(points), [mpf(1)] * len(points), None
    for round_number in range(ROUNDS):
        size = UPPER + LOWER
        normal, right = matrix(size, size), matrix(size, 1)
        for a, weight, before in zip(points, weights, lower_before):
            r, x = ratio(a), a / CENTRE
            scale = 1 / (r * before * allowed(a))
            row = [scale * x**j for j in range(1, UPPER + 1)] + [-scale * r * x**j for j in range(1, LOWER + 1)]
            target = scale * (r - mpf(1) / 2)
            for u in range(size):
                for v in range(size):
                    normal[u, v] += weight * row[u] * row[v]
                right[u] += weight * row[u] * target
        solved = lu_solve(normal, right)
        upper = [mpf(1) / 2] + [solved[j - 1] / CENTRE**j for j in range(1, UPPER + 1)]
        lower = [mpf(1)] + [solved[UPPER + j - 1] / CENTRE**j for j in range(1, LOWER + 1)]
        lower_before = [polynomial(lower, a) for a in points]
        errors = [abs(error(upper, lower, a)) / allowed(a) for a in points]
        if best is None or max(errors) < best[0]:
            best = (max(errors), upper, lower)
        if round_number >= 2:
            weights = [w * (e / max(errors) + mpf("1e-9")) for w, e in zip(weights, errors)]
            weights = [w * len(weights) / sum(weights) for w in weights]
    return best


worst, upper, lower = fit()
upper, lower = [float(c) for c in upper], [float(c) for c in lower]
print("upper", [repr(c) for c in upper])
print("lower", [repr(c) for c in lower])
print("before rounding", mp.nstr(worst, 3))
grid = [mpf(i) / 200 for i in range(200 * 40)]
near = [abs(error(upper, lower, a)) for a in grid if a <= CUT]
far = [abs(error(upper, lower, a)) * erfc(a / sqrt(mpf(2))) / 2 for a in grid if a > CUT]
print("relative to", CUT, mp.nstr(max(near), 3))
print("absolute beyond", mp.nstr(max(far), 3))
print("relative at 40", mp.nstr(error(upper, lower, mpf(40)), 3))
