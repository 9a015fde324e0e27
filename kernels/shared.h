/* SPDX-License-Identifier: MIT
 *
 * Constants that the host and the kernels both read.
 *
 * A launch works on one tile: some columns of one block. A column k is a scenario of the block in execution order
 * (scenarios of equal vol and time, a slice, stand together); scenario_of[k] is its number in the model's order.
 * Matrices are row-major with `stride` doubles to a row, stride a multiple of COLUMN_PADDING; the padding columns hold
 * finite numbers that nothing reduces.
 */
#ifndef KERNELS_SHARED_H
#define KERNELS_SHARED_H

#define COLUMN_PADDING 16   /* the widest lane type */
#define INSTRUMENT_PADDING 16
#define NET_SEGMENT 256     /* positions added one after the other before the sums of segments are added */
#define TREE_COLUMNS 64     /* of a work-item of net_trees, a multiple of COLUMN_PADDING */
#define TREE_LEVELS 4       /* that it can climb */
#define TREE_WANTED 1u
#define TREE_PLAIN 2u
#define SLICE_PADDING 0xffffffffu /* slice_of[k] of a padding column: price kernels write 0 there and skip the work */

/* Rows of contract[field][i], the same for every pricer; i counts instruments of one pricer, padded to
 * INSTRUMENT_PADDING with copies of the last, in an order that keeps equal forwards together. */
#define CONTRACT_STRIKE 0       /* quote currency */
#define CONTRACT_LOG_STRIKE 1   /* ln(strike / base forward); 0 for Bachelier and linear */
#define CONTRACT_SIGN 2         /* +1 call or linear, -1 put */
#define CONTRACT_INVERSE 3      /* 1: value divided by the forward (option) or -1/forward (linear); else 0 */
#define CONTRACT_VALUE 4        /* base value of one unit, currency paid */
#define CONTRACT_MULTIPLIER 5
#define CONTRACT_YEARS 6        /* to expiry, before the slice's time shift */
#define CONTRACT_RATE 7         /* -ln(discount) / years, 0 at years = 0 */
#define CONTRACT_DISCOUNT 8     /* 1 for inverse and futures-style */
#define CONTRACT_CARRY 9        /* American, or with dividends: what turns spot and dividends into the forward; 0 on a future */
#define CONTRACT_AMERICAN 10    /* 1, European 0 */
#define CONTRACT_FORWARD 11     /* the base forward */
#define N_CONTRACT_FIELDS 12

/* A scheme of the American pricer is one table: these numbers, then node[n_nodes], solve[n_solve][AMERICAN_ANGLE],
 * solve_weight[n_nodes][n_solve][n_nodes], price[n_price][AMERICAN_ANGLE], price_weight[n_price][n_nodes], vol[n_vols],
 * vol_weight[n_vols]. */
#define AMERICAN_N_NODES 0   /* collocation points sqrt(time / years), falling from 1; the last, 0, is left out */
#define AMERICAN_N_SOLVE 1   /* quadrature points of each collocation equation */
#define AMERICAN_N_PRICE 2   /* of the premium */
#define AMERICAN_N_STEPS 3   /* Newton steps at most */
#define AMERICAN_TOLERANCE 4 /* of a step, in units of vol * sqrt(years) */
#define AMERICAN_N_VOLS 5    /* an octave of vols shares boundaries solved at so many Chebyshev points of it */
#define N_AMERICAN_NUMBERS 6
#define AMERICAN_ANGLE 4     /* of an angle in 0..pi/2: sine, cosine, quadrature weight, 1 / sine */
#define AMERICAN_DECAY 25.0  /* e^-25 is what a longer time could still change */
#define AMERICAN_STILL 1e-9  /* vol^2 * years below which a spot that yields more than the rate moves along its forward */
/* The named schemes, the default first: X(name, n_nodes, n_solve, n_price, n_steps, tolerance, n_vols). Their errors:
 * host/device/american_scheme.h. */
#define AMERICAN_SCHEMES(X)            \
  X(accurate, 13, 20, 41, 8, 1e-4, 10) \
  X(fast, 7, 7, 12, 6, 0.02, 5)
#define AMERICAN_VOLS_LIMIT 10
/* An octave of vols shares boundaries inside these bounds: of its ends, of its upper end squared x years, of rate x years. */
#define AMERICAN_SHARED_LEAST 0x1p-6
#define AMERICAN_SHARED_HIGHEST 4.0
#define AMERICAN_SHARED_VARIANCE 16.0
#define AMERICAN_SHARED_INTEREST 2.0
#ifndef AMERICAN_NODES_LIMIT /* tests raise both */
#define AMERICAN_NODES_LIMIT 16
#define AMERICAN_PRICE_LIMIT 48
#endif

/* Cash dividends: dividend[2][n][n_padded], years to the ex-date and amount, of one instrument the last first, after its own
 * amounts of 0. */
#define DIVIDENDS_LIMIT 256 /* of one instrument; the host refuses more */
#define DIVIDEND_YEARS 0
#define DIVIDEND_AMOUNT 1

/* How finite differences solve: these numbers. Per instrument and slice the solution is three numbers and the values of the
 * nodes: solution[slice][DIFFERENCES_VALUES + n_nodes][n_padded]. */
#define DIFFERENCES_N_NODES 0     /* of the spot axis */
#define DIFFERENCES_N_STEPS 1     /* of the whole time; the time between two dividends takes its share */
#define DIFFERENCES_LEAST_STEPS 2 /* of the time between two dividends */
#define DIFFERENCES_REACH 3       /* of the nodes beyond the strike, in units of vol * sqrt(years) */
#define DIFFERENCES_N_DIVIDENDS 4 /* rows of `dividend` */
#define N_DIFFERENCES_NUMBERS 5
#define DIFFERENCES_START 0       /* of the solution, terms of kernels/differences.h */
#define DIFFERENCES_STEP 1
#define DIFFERENCES_TO_COME 2
#define DIFFERENCES_VALUES 3
#define DIFFERENCES_STDDEV 12.0   /* the largest vol * sqrt(years), beyond which a value is at its bound */
#define DIFFERENCES_LEAST_REACH 0.01 /* in ln(spot), beside the reach */
#define DIFFERENCES_LOWER 4.0        /* a put's grid reaches lower by 1 + (this * dividends / lowest spot)^2 */
/* By the named schemes of AMERICAN_SCHEMES: X(name, n_nodes, n_steps, least_steps, reach). Errors: american_scheme.h */
#define DIFFERENCES_SCHEMES(X)  \
  X(accurate, 192, 48, 6, 4.5) \
  X(fast, 64, 24, 4, 4.5)
#ifndef DIFFERENCES_NODES_LIMIT /* tests raise it */
#define DIFFERENCES_NODES_LIMIT 192
#endif

/* A lattice is these numbers. */
#define LATTICE_N_STEPS 0
#define LATTICE_N_DIVIDENDS 1
#define N_LATTICE_NUMBERS 2
#define LATTICE_STEPS_LIMIT 1000
#define LATTICE_LEAST_MOVE 1e-12    /* of ln(spot) in a step */
#define LATTICE_LARGEST_MOVE 250.0  /* of ln(spot) in all steps, so that no spot overflows */

/* Operations of probe_math. */
#define PROBE_ADD 0
#define PROBE_SUBTRACT 1
#define PROBE_MULTIPLY 2
#define PROBE_DIVIDE 3
#define PROBE_SQRT 4
#define PROBE_FMA 5
#define PROBE_MULTIPLY_ADD 6 /* a * b + c, rounded twice */
#define PROBE_LESS 7         /* a < b ? b : c; likewise the next two */
#define PROBE_LESS_EQUAL 8
#define PROBE_EQUAL 9
#define PROBE_MIN 10
#define PROBE_MAX 11
#define PROBE_ABS 12
#define PROBE_ROUND 13
#define PROBE_EXP 14
#define PROBE_BELL 15
#define PROBE_LOG 16
#define PROBE_POW 17
#define PROBE_TAIL_RATIO 18
#define PROBE_NORMAL 19
#define N_PROBES 20

#endif
