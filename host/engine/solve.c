/* SPDX-License-Identifier: MIT
 *
 * Tables of exercise boundaries, grids of finite differences, lattices.
 */
#include "engine/solve.h"

#include "device/american_scheme.h"
#include "engine/value_dividends.h"

#include <stdlib.h>

/* dividend[2][n][n_padded], each instrument's last first; n: the most that one has. */
static sg_status make_dividends(const pricing *with, priced *which, uint32_t *n, sg_error *error) {
  const book *of = with->in->book;
  uint32_t first, count;
  *n = 0;
  for (uint32_t i = 0; i < which->n; i++) {
    count = dividends_before(of, which->instrument[i], &first);
    *n = count > *n ? count : *n;
  }
  size_t row = which->n_padded, half = *n * row;
  double *table = calloc(2 * half + 1, sizeof *table);
  if (table == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t i = 0; i < which->n_padded; i++) {
    count = dividends_before(of, which->instrument[i], &first);
    for (uint32_t j = 0; j < count; j++) {
      uint32_t dividend = first + count - 1 - j;
      table[DIVIDEND_YEARS * half + j * row + i] = of->dividends.years[dividend];
      table[DIVIDEND_AMOUNT * half + j * row + i] = of->dividends.amount[dividend];
    }
  }
  sg_status status = buffer_make(with->on, (2 * half + 1) * sizeof *table, table, &which->dividend, error);
  free(table);
  return status;
}

sg_status solve_open(pricing *with, pricer kind, sg_error *error) {
  const bound *in = with->in;
  priced *which = &with->kinds[kind];
  american_accuracy accuracy = (american_accuracy)in->model->american;
  double table[N_DIFFERENCES_NUMBERS];
  uint32_t n_dividends;
  if (kind == PRICER_AMERICAN || kind == PRICER_TWO_BOUNDARIES) {
    size_t count = american_table_count(american_shape_get(accuracy));
    return buffer_make(with->on, count * sizeof(double), in->american, &which->scheme, error);
  }
  if (kind == PRICER_DIFFERENCES) {
    TRY(make_dividends(with, which, &n_dividends, error));
    differences_table_fill(accuracy, n_dividends, table);
    return buffer_make(with->on, sizeof table, table, &which->scheme, error);
  }
  if (kind == PRICER_LATTICE) {
    TRY(make_dividends(with, which, &n_dividends, error));
    table[LATTICE_N_STEPS] = in->model->lattice_steps;
    table[LATTICE_N_DIVIDENDS] = n_dividends;
    return buffer_make(with->on, N_LATTICE_NUMBERS * sizeof *table, table, &which->scheme, error);
  }
  return SG_OK;
}

void solve_close(priced *which) {
  buffer_close(which->scheme);
  buffer_close(which->dividend);
}

uint64_t solve_count(const pricing *with, pricer kind) {
  double table[N_DIFFERENCES_NUMBERS];
  differences_table_fill((american_accuracy)with->in->model->american, 0, table);
  uint64_t rows = DIFFERENCES_VALUES + (uint64_t)table[DIFFERENCES_N_NODES];
  rows = kind == PRICER_TWO_BOUNDARIES ? 2 * (uint64_t)with->in->american[AMERICAN_N_NODES] + 1
         : kind == PRICER_DIFFERENCES  ? rows
                                       : 0;
  return rows * with->kinds[kind].n_padded;
}

sg_status solve_slices(const pricing *with, pricer kind, device_buffer *d_vol, device_buffer *d_slice_years,
                       uint32_t n_slices, device_buffer **solution, sg_error *error) {
  const priced *which = &with->kinds[kind];
  uint64_t count = solve_count(with, kind);
  *solution = NULL;
  if (count == 0) {
    return SG_OK;
  }
  TRY(buffer_make(with->on, n_slices * count * sizeof(double), NULL, solution, error));
  kernel_argument arguments[] = {ARG_BUFFER(which->contract), ARG_UINT(which->n_padded), ARG_BUFFER(d_vol),
                                 ARG_BUFFER(d_slice_years),   ARG_UINT(n_slices),        ARG_BUFFER(which->scheme),
                                 ARG_BUFFER(*solution),       ARG_BUFFER(*solution)};
  kernel_id kernel = KERNEL_solve_two_boundaries;
  size_t n_arguments = 7;
  if (kind == PRICER_DIFFERENCES) {
    kernel = KERNEL_solve_differences;
    arguments[6] = ARG_BUFFER(which->dividend);
    n_arguments = 8;
  }
  return device_launch(with->on, kernel, arguments, n_arguments,
                       (size_t[2]){n_slices, which->n_padded / device_get_traits(with->on)->lanes}, error);
}

size_t solve_arguments(const priced *which, pricer kind, device_buffer *solution, kernel_argument arguments[static 2]) {
  if (kind < PRICER_AMERICAN) {
    return 0;
  }
  arguments[0] = ARG_BUFFER(which->scheme);
  arguments[1] = ARG_BUFFER(kind == PRICER_LATTICE ? which->dividend : solution);
  return 2;
}
