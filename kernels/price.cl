/* SPDX-License-Identifier: MIT
 *
 * price.cl - P&L of every instrument of one pricer in every column of a tile: price_linear, price_black, price_bachelier.
 *
 *   in    contract[field][i] and vol[slice][i], n_padded to a row; forward[r][k], log_move[r][k], weight[w][k]
 *   out   pnl[pnl_row[i]][k] = (V' - V0) * multiplier * weight, then rounded to multiples of round_unit if that is > 0
 *   grid  work-item (x, y): columns x*span..(x+1)*span, instruments y*LANES..(y+1)*LANES
 */
#include "price_linear.h"
#include "price_black.h"
#include "price_bachelier.h"

/* One line per pricer. */
#define PRICERS(X) \
  X(linear)        \
  X(black)         \
  X(bachelier)

#define PRICER_ENUM(name) PRICER_##name,
#define PRICER_MEMBER(name) name##_state name;
#define PRICER_PREPARE(name)                                 \
  if (pricer == PRICER_##name) {                             \
    state.name = name##_prepare(contract, vol, years_taken); \
  }
#define PRICER_VALUE(name)                                \
  if (pricer == PRICER_##name) {                          \
    value = name##_value(state.name, forward, log_move);  \
  }

typedef enum pricer { PRICERS(PRICER_ENUM) N_PRICERS } pricer_id;

/* Of one pricer the others' members are dead: `pricer` is a constant wherever these functions are inlined. */
typedef struct pricer_state {
  PRICERS(PRICER_MEMBER)
} pricer_state;

LANE_INLINE pricer_state pricer_prepare(pricer_id pricer, lane_contract contract, lane vol, double years_taken) {
  pricer_state state;
  PRICERS(PRICER_PREPARE)
  return state;
}

LANE_INLINE lane pricer_value(pricer_id pricer, pricer_state state, lane forward, lane log_move) {
  lane value = (lane)0.0;
  PRICERS(PRICER_VALUE)
  return value;
}

/* Rows of a matrix that the lanes read: one for all, or one each. */
typedef struct lane_rows {
  uint row[LANES];
  int shared;
} lane_rows;

LANE_INLINE lane_rows rows_load(__global const uint *rows) {
  lane_rows loaded;
  loaded.shared = 1;
  for (int l = 0; l < LANES; l++) {
    loaded.row[l] = rows[l];
    loaded.shared &= rows[l] == rows[0];
  }
  return loaded;
}

LANE_INLINE lane rows_read(lane_rows rows, __global const double *matrix, uint stride, uint column) {
  if (rows.shared) {
    return (lane)matrix[rows.row[0] * (ulong)stride + column];
  }
  return lane_gather(matrix + column, rows.row, stride);
}

LANE_INLINE void price_cells(pricer_id pricer, __global const double *contract, uint n_padded,
                             __global const uint *pnl_row, __global const uint *forward_row,
                             __global const uint *weight_row, __global const double *vol, __global const uint *slice_of,
                             __global const double *slice_years, __global const double *forward,
                             __global const double *log_move, __global const double *weight, double round_unit,
                             uint stride, uint span, __global double *pnl) {
  ulong begin = get_global_id(0) * (ulong)span;
  ulong instrument = get_global_id(1) * (ulong)LANES;
  if (begin >= stride || instrument >= n_padded) {
    return;
  }
  uint end = (uint)(begin + span < stride ? begin + span : stride);
  lane_contract held = contract_load(contract, n_padded, (uint)instrument);
  lane_rows forwards = rows_load(forward_row + instrument);
  lane_rows weights = rows_load(weight_row + instrument);
  __global const double *vols = vol + instrument;
  uint slice = slice_of[begin] == SLICE_PADDING ? 0 : slice_of[begin];
  pricer_state state = pricer_prepare(pricer, held, lane_load(vols + slice * (ulong)n_padded), slice_years[slice]);

  for (uint block = (uint)begin; block < end; block += LANES) {
    lane cells[LANES];
    for (uint j = 0; j < LANES; j++) {
      uint k = block + j;
      uint slice_here = slice_of[k];
      if (slice_here == SLICE_PADDING) {
        cells[j] = (lane)0.0;
        continue;
      }
      if (slice_here != slice) {
        slice = slice_here;
        state = pricer_prepare(pricer, held, lane_load(vols + slice * (ulong)n_padded), slice_years[slice]);
      }
      lane value = pricer_value(pricer, state, rows_read(forwards, forward, stride, k),
                                rows_read(forwards, log_move, stride, k));
      lane gain = (value - held.value) * held.multiplier * rows_read(weights, weight, stride, k);
      if (round_unit > 0.0) {
        gain = lane_round(gain / round_unit) * round_unit;
      }
      cells[j] = gain;
    }
    lane_transpose(cells);
    for (uint l = 0; l < LANES; l++) {
      lane_store(pnl + pnl_row[instrument + l] * (ulong)stride + block, cells[l]);
    }
  }
}

#define PRICE_KERNEL(name)                                                                                            \
  __kernel void price_##name(__global const double *contract, uint n_padded, __global const uint *pnl_row,            \
                             __global const uint *forward_row, __global const uint *weight_row,                       \
                             __global const double *vol, __global const uint *slice_of,                               \
                             __global const double *slice_years, __global const double *forward,                      \
                             __global const double *log_move, __global const double *weight, double round_unit,       \
                             uint stride, uint span, __global double *pnl) {                                          \
    price_cells(PRICER_##name, contract, n_padded, pnl_row, forward_row, weight_row, vol, slice_of, slice_years,      \
                forward, log_move, weight, round_unit, stride, span, pnl);                                            \
  }
PRICERS(PRICE_KERNEL)
