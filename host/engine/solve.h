/* SPDX-License-Identifier: MIT
 *
 * What some pricers need beside contract and vol: tables, dividends, and something solved per instrument and slice.
 */
#ifndef ENGINE_SOLVE_H
#define ENGINE_SOLVE_H

#include "engine/pricing.h"

/* Tables of a pricer's instruments, once they are listed. */
sg_status solve_open(pricing *with, pricer kind, sg_error *error);
void solve_close(priced *which);

/* Doubles per slice of the solution; 0 where there is none, and for boundaries (engine/boundaries.h). */
uint64_t solve_count(const pricing *with, pricer kind);

/* Launches what has to be solved in these slices; NULL where nothing has. vol[slice][n_padded]. */
sg_status solve_slices(const pricing *with, pricer kind, device_buffer *d_vol, device_buffer *d_slice_years,
                       uint32_t n_slices, device_buffer **solution, sg_error *error);

/* The arguments of price_KIND after those that all share; returns how many. */
size_t solve_arguments(const priced *which, pricer kind, device_buffer *solution, kernel_argument arguments[static 2]);

#endif
