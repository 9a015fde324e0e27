/* SPDX-License-Identifier: MIT
 *
 * What a pricer knows of one instrument per lane. A pricer NAME is price_NAME.h: a type NAME_state and two functions,
 * NAME_prepare(contract, vol_annual, years_taken) once per slice and NAME_value(state, forward, log_move) per cell,
 * the value of one unit in the currency paid. The host prices with the same functions and one lane, so a cell in
 * which nothing moves has exactly the base value.
 */
#ifndef KERNELS_CONTRACT_H
#define KERNELS_CONTRACT_H

#include "lane.h"
#include "math.h"
#include "shared.h"

typedef struct lane_contract {
  /* CONTRACT_* in shared.h */
  lane strike, log_strike, sign, inverse, value, multiplier, years, rate, discount, carry, american, forward;
} lane_contract;

/* contract[field][instrument + lane], n_padded to a row */
LANE_INLINE lane_contract contract_load(__global const double *contract, uint n_padded, uint instrument) {
  __global const double *from = contract + instrument;
  ulong row = n_padded;
  lane_contract loaded;
  loaded.strike = lane_load(from + CONTRACT_STRIKE * row);
  loaded.log_strike = lane_load(from + CONTRACT_LOG_STRIKE * row);
  loaded.sign = lane_load(from + CONTRACT_SIGN * row);
  loaded.inverse = lane_load(from + CONTRACT_INVERSE * row);
  loaded.value = lane_load(from + CONTRACT_VALUE * row);
  loaded.multiplier = lane_load(from + CONTRACT_MULTIPLIER * row);
  loaded.years = lane_load(from + CONTRACT_YEARS * row);
  loaded.rate = lane_load(from + CONTRACT_RATE * row);
  loaded.discount = lane_load(from + CONTRACT_DISCOUNT * row);
  loaded.carry = lane_load(from + CONTRACT_CARRY * row);
  loaded.american = lane_load(from + CONTRACT_AMERICAN * row);
  loaded.forward = lane_load(from + CONTRACT_FORWARD * row);
  return loaded;
}

/* Years left after the slice's time shift. */
LANE_INLINE lane contract_years(lane_contract contract, double years_taken) {
  return lane_max(contract.years - years_taken, (lane)0.0);
}

/* Discount factor over the years left: the contract's own, to the bit, where the slice takes no time. */
LANE_INLINE lane contract_discount(lane_contract contract, double years_taken) {
  if (years_taken == 0.0) {
    return contract.discount;
  }
  return math_exp(-contract.rate * contract_years(contract, years_taken));
}

/* vol * sqrt(years); 0 where either is not positive, so that an infinite vol at expiry is none. NaN stays. */
LANE_INLINE lane contract_stddev(lane vol, lane years) {
  lane stddev = vol * sqrt(years);
  return lane_select(lane_less_equal(vol, (lane)0.0) | lane_less_equal(years, (lane)0.0), (lane)0.0, stddev);
}

#endif
