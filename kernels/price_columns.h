/* SPDX-License-Identifier: MIT
 *
 * The loop of a pricer that reads more than contract and vol: PRICE_COLUMNS_KERNEL(NAME) is a kernel price_NAME with the
 * arguments, output and grid of kernels/price.cl and two tables of its own, for a type NAME_state and
 *
 *   void NAME_enter(lane_contract, vol_annual, years_taken, slice, instrument, n_padded, first_table, second_table, NAME_state *)
 *   lane NAME_value_at(const NAME_state *, forward)
 */
#ifndef KERNELS_PRICE_COLUMNS_H
#define KERNELS_PRICE_COLUMNS_H

#include "contract.h"

#define PRICE_COLUMNS_KERNEL(name)                                                                                     \
  __kernel void price_##name(__global const double *contract, uint n_padded, __global const uint *pnl_row,             \
                             __global const uint *forward_row, __global const uint *weight_row,                        \
                             __global const double *vol, __global const uint *slice_of,                                \
                             __global const double *slice_years, __global const double *forward,                       \
                             __global const double *log_move, __global const double *weight, double round_unit,        \
                             uint stride, uint span, __global double *pnl, __global const double *first_table,         \
                             __global const double *second_table) {                                                    \
    (void)log_move;                                                                                                    \
    ulong begin = get_global_id(0) * (ulong)span;                                                                      \
    ulong instrument = get_global_id(1) * (ulong)LANES;                                                                \
    if (begin >= stride || instrument >= n_padded) {                                                                   \
      return;                                                                                                          \
    }                                                                                                                  \
    ulong end = begin + span < stride ? begin + span : stride;                                                         \
    lane_contract terms = contract_load(contract, n_padded, (uint)instrument);                                         \
    name##_state state;                                                                                                \
    uint slice = slice_of[begin] == SLICE_PADDING ? 0 : slice_of[begin];                                               \
    name##_enter(terms, lane_load(vol + slice * (ulong)n_padded + instrument), slice_years[slice], slice, instrument,  \
                 n_padded, first_table, second_table, &state);                                                         \
    for (ulong k = begin; k < end; k += LANES) {                                                                       \
      lane gains[LANES];                                                                                               \
      for (uint j = 0; j < LANES; j++) {                                                                               \
        uint slice_here = slice_of[k + j];                                                                             \
        gains[j] = (lane)0.0;                                                                                          \
        if (slice_here == SLICE_PADDING) {                                                                             \
          continue;                                                                                                    \
        }                                                                                                              \
        if (slice_here != slice) {                                                                                     \
          slice = slice_here;                                                                                          \
          name##_enter(terms, lane_load(vol + slice * (ulong)n_padded + instrument), slice_years[slice], slice,        \
                       instrument, n_padded, first_table, second_table, &state);                                       \
        }                                                                                                              \
        lane value = name##_value_at(&state, lane_gather(forward + k + j, forward_row + instrument, stride));          \
        lane gain = (value - terms.value) * terms.multiplier *                                                         \
                    lane_gather(weight + k + j, weight_row + instrument, stride);                                      \
        gains[j] = round_unit > 0.0 ? lane_round(gain / round_unit) * round_unit : gain;                               \
      }                                                                                                                \
      lane_transpose(gains);                                                                                           \
      for (uint l = 0; l < LANES; l++) {                                                                               \
        lane_store(pnl + pnl_row[instrument + l] * (ulong)stride + k, gains[l]);                                       \
      }                                                                                                                \
    }                                                                                                                  \
  }

#endif
