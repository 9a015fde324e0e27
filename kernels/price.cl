/* SPDX-License-Identifier: MIT
 *
 * price.cl - P&L of every instrument of one pricer in every column of a tile: price_linear, price_black,
 * price_bachelier.
 *
 *   in    contract[field][i] and vol[slice][i], n_padded to a row; forward[r][k], log_move[r][k], weight[w][k]
 *   out   pnl[pnl_row[i]][k] = (V' - V0) * multiplier * weight, then rounded to multiples of round_unit if that is > 0
 *   grid  work-item (x, y): columns x*span..(x+1)*span, instruments y*LANES..(y+1)*LANES; span a multiple of LANES,
 *         best as device_span says
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

/* Columns that are priced before they are written: rows of P&L then leave in long runs. */
#ifndef PRICE_COLUMNS
#if LANES == 1
#define PRICE_COLUMNS 1
#else
#define PRICE_COLUMNS 64
#endif
#endif

/* All lanes read the same row of a matrix. */
LANE_INLINE int rows_are_shared(__global const uint *rows) {
  uint different = 0;
  for (uint l = 1; l < LANES; l++) {
    different |= rows[l] ^ rows[0];
  }
  return different == 0;
}

/* cells[j] = matrix[rows[l]][j] for lane l and LANES columns from `matrix` on */
LANE_INLINE void rows_load(__global const double *matrix, __global const uint *rows, uint stride, lane *cells) {
  for (uint l = 0; l < LANES; l++) {
    cells[l] = lane_load(matrix + rows[l] * (ulong)stride);
  }
  lane_transpose(cells);
}

/* What the instruments of one work-item are priced from. */
typedef struct price_source {
  lane_contract contract;
  __global const double *vol, *slice_years, *forward, *log_move, *weight;
  __global const uint *slice_of, *forward_row, *weight_row, *pnl_row;
  __global double *pnl;
  uint n_padded, stride;
} price_source;

/* The slice that a work-item is in. */
typedef struct price_slice {
  uint number;
  pricer_state state;
} price_slice;

LANE_INLINE price_slice slice_prepare(pricer_id pricer, const price_source *from, uint number) {
  price_slice slice;
  slice.number = number;
  slice.state = pricer_prepare(pricer, from->contract, lane_load(from->vol + number * (ulong)from->n_padded),
                               from->slice_years[number]);
  return slice;
}

/*
 * P&L in n columns from k on, a multiple of LANES, lanes across instruments. `shared`: all read one forward row and
 * one weight row. The rows that the result goes to are fetched on the way, in the order of their addresses.
 */
LANE_INLINE void price_columns(pricer_id pricer, const price_source *from, price_slice *slice, uint k, uint n,
                               int shared, lane *gains) {
  uint stride = from->stride;
  __global const double *forward = from->forward + from->forward_row[0] * (ulong)stride;
  __global const double *log_move = from->log_move + from->forward_row[0] * (ulong)stride;
  __global const double *weight = from->weight + from->weight_row[0] * (ulong)stride;
  lane forwards[LANES], log_moves[LANES], weights[LANES];
  uint first = k, l_fetched = 0, k_fetched = k;
  for (uint j = 0; j < n; j++, k++) {
    lane_prefetch(from->pnl + from->pnl_row[l_fetched] * (ulong)stride + k_fetched);
    k_fetched += LANES;
    if (k_fetched - first >= n) {
      k_fetched = first;
      l_fetched++;
    }
    uint in_group = j % LANES;
    if (!shared && in_group == 0) {
      rows_load(from->forward + k, from->forward_row, stride, forwards);
      rows_load(from->log_move + k, from->forward_row, stride, log_moves);
      rows_load(from->weight + k, from->weight_row, stride, weights);
    }
    uint slice_here = from->slice_of[k];
    if (slice_here == SLICE_PADDING) {
      gains[j] = (lane)0.0;
      continue;
    }
    if (slice_here != slice->number) {
      *slice = slice_prepare(pricer, from, slice_here);
    }
    lane value = pricer_value(pricer, slice->state, shared ? (lane)forward[k] : forwards[in_group],
                              shared ? (lane)log_move[k] : log_moves[in_group]);
    gains[j] = (value - from->contract.value) * from->contract.multiplier *
               (shared ? (lane)weight[k] : weights[in_group]);
  }
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
  price_source from;
  from.contract = contract_load(contract, n_padded, (uint)instrument);
  from.vol = vol + instrument;
  from.slice_years = slice_years;
  from.forward = forward;
  from.log_move = log_move;
  from.weight = weight;
  from.slice_of = slice_of;
  from.forward_row = forward_row + instrument;
  from.weight_row = weight_row + instrument;
  from.pnl_row = pnl_row + instrument;
  from.pnl = pnl;
  from.n_padded = n_padded;
  from.stride = stride;
  int shared = rows_are_shared(from.forward_row) && rows_are_shared(from.weight_row);
  price_slice slice = slice_prepare(pricer, &from, slice_of[begin] == SLICE_PADDING ? 0 : slice_of[begin]);

  for (uint k = (uint)begin; k < end; k += PRICE_COLUMNS) {
    lane gains[PRICE_COLUMNS];
    uint n = end - k < PRICE_COLUMNS ? end - k : PRICE_COLUMNS;
    if (shared) {
      price_columns(pricer, &from, &slice, k, n, 1, gains);
    } else {
      price_columns(pricer, &from, &slice, k, n, 0, gains);
    }
    if (round_unit > 0.0) {
      for (uint j = 0; j < n; j++) {
        gains[j] = lane_round(gains[j] / round_unit) * round_unit;
      }
    }
    for (uint j = 0; j < n; j += LANES) {
      lane_transpose(gains + j);
    }
    for (uint l = 0; l < LANES; l++) {
      __global double *row = pnl + from.pnl_row[l] * (ulong)stride + k;
      for (uint j = 0; j < n; j += LANES) {
        lane_store(row + j, gains[j + l]);
      }
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
