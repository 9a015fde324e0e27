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
#define N_CONTRACT_FIELDS 9

#endif
