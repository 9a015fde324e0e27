/* SPDX-License-Identifier: MIT
 *
 * Finding and solving what stands for an octave of vols.
 */
#include "engine/boundaries.h"

#include "device/american_scheme.h"

#include <stdlib.h>
#include <string.h>

bool boundaries_open(const double *scheme, boundaries *opened) {
  *opened = (boundaries){.memory = arena_open(), .scheme = scheme};
  opened->keys = opened->memory == NULL ? NULL : ids_open(opened->memory);
  return opened->keys != NULL;
}

void boundaries_close(boundaries *opened) {
  ids_close(opened->keys);
  ARRAY_FREE(&opened->puts);
  arena_close(opened->memory);
  *opened = (boundaries){0};
}

uint32_t boundaries_find(boundaries *in, american_terms terms, double vol, double *octave) {
  american_scheme scheme = american_scheme_read(in->scheme);
  bool none = !lane_any(terms.boundary);
  double least = none ? 0.25 : american_octave(vol), highest = 2.0 * least;
  american_put put = {.rate = none ? 0.05 : terms.put.rate, .yield = none ? 0.05 : terms.put.yield};
  double years = none ? 1.0 : terms.years;
  bool shared = least >= AMERICAN_SHARED_LEAST && highest <= AMERICAN_SHARED_HIGHEST &&
                highest * highest * years <= AMERICAN_SHARED_VARIANCE && put.rate * years <= AMERICAN_SHARED_INTEREST;
  double key[] = {put.rate, put.yield, years, shared ? least : vol};
  bool added;
  uint32_t index = ids_add(in->keys, (const char *)key, sizeof key, &added);
  *octave = shared && !none ? least : 0.0;
  if (index != ID_NONE && added) {
    boundary_put made = {.rate = put.rate, .yield = put.yield, .years = years};
    for (uint32_t c = 0; c < scheme.n_vols; c++) {
      made.vol[c] = shared ? least * scheme.vol[c] : vol;
    }
    return ARRAY_PUSH(&in->puts, made) ? index : ID_NONE;
  }
  return index;
}

/* As the device solves it: a put with strike 1. */
static void solve(const american_scheme *scheme, boundary_put *of) {
  lane_contract contract = {.strike = 1.0, .sign = -1.0, .years = of->years, .rate = of->rate, .discount = 1.0,
                            .carry = of->rate - of->yield};
  for (uint32_t c = 0; c < scheme->n_vols; c++) {
    american_terms terms = american_terms_make(contract, of->vol[c], 0.0);
    american_solve(terms.put, scheme, of->solved + (size_t)c * scheme->n_nodes);
  }
}

bool boundaries_squares(boundaries *in, american_terms terms, double vol, double *squares) {
  static const uint32_t only[] = {0};
  american_scheme scheme = american_scheme_read(in->scheme);
  double octave;
  uint32_t index = boundaries_find(in, terms, vol, &octave);
  if (index == ID_NONE) {
    return false;
  }
  boundary_put *put = &in->puts.items[index];
  if (put->solved == NULL) {
    put->solved = ARENA_ARRAY(in->memory, double, (size_t)scheme.n_vols * scheme.n_nodes);
    if (put->solved == NULL) {
      return false;
    }
    solve(&scheme, put);
  }
  american_share(&scheme, vol, put->solved, 1, only, squares);
  return true;
}

/* ---- on the device ----------------------------------------------------------------------------- */

/* pair[slice][i]. Slices come in order of vol moves, so that an option's octave is often the one of the slice before. */
static bool find_all(boundaries *in, const pricing *with, const priced *which, uint32_t n_slices, const double *vol,
                     const double *years, uint32_t *pair) {
  for (uint32_t i = 0; i < which->n_padded; i++) {
    double fields[N_CONTRACT_FIELDS], octave = 0.0, years_before = 0.0;
    uint32_t index = 0;
    value_terms(with->in, which->instrument[i], fields);
    lane_contract contract = contract_load(fields, 1, 0);
    for (uint32_t j = 0; j < n_slices; j++) {
      double here = vol[(size_t)j * which->n_padded + i];
      if (octave == 0.0 || american_octave(here) != octave || years[j] != years_before) {
        index = boundaries_find(in, american_terms_make(contract, here, years[j]), here, &octave);
        years_before = years[j];
      }
      if (index == ID_NONE) {
        return false;
      }
      pair[(size_t)j * which->n_padded + i] = index;
    }
  }
  return true;
}

bool boundaries_list(const boundaries *in, boundary_table *made) {
  uint32_t n_vols = made->n_vols = (uint32_t)in->scheme[AMERICAN_N_VOLS];
  size_t row = made->n_padded = round_up((uint32_t)in->puts.n, INSTRUMENT_PADDING);
  made->contract = ARENA_ARRAY(in->memory, double, N_CONTRACT_FIELDS * row);
  made->vol = ARENA_ARRAY(in->memory, double, n_vols * row);
  made->years = ARENA_ARRAY(in->memory, double, n_vols);
  if (made->contract == NULL || made->vol == NULL || made->years == NULL) {
    return false;
  }
  for (size_t i = 0; i < row; i++) {
    const boundary_put *put = &in->puts.items[i < in->puts.n ? i : in->puts.n - 1];
    made->contract[CONTRACT_STRIKE * row + i] = 1.0;
    made->contract[CONTRACT_SIGN * row + i] = -1.0;
    made->contract[CONTRACT_YEARS * row + i] = put->years;
    made->contract[CONTRACT_RATE * row + i] = put->rate;
    made->contract[CONTRACT_DISCOUNT * row + i] = 1.0;
    made->contract[CONTRACT_CARRY * row + i] = put->rate - put->yield;
    for (uint32_t c = 0; c < n_vols; c++) {
      made->vol[c * row + i] = put->vol[c];
    }
  }
  return true;
}

sg_status boundaries_share(const pricing *with, const priced *which, uint32_t n_slices, const double *vol,
                           const double *years, device_buffer *d_vol, device_buffer *d_years, device_buffer **boundary,
                           sg_error *error) {
  size_t n_pairs = (size_t)n_slices * which->n_padded, n_nodes = (size_t)with->in->american[AMERICAN_N_NODES];
  uint32_t lanes = device_get_traits(with->on)->lanes;
  boundaries in = {0};
  boundary_table puts = {0};
  device_buffer *contract = NULL, *put_vol = NULL, *put_years = NULL, *solved = NULL, *d_pair = NULL;
  uint32_t *pair = malloc(n_pairs * sizeof *pair);
  sg_status status = pair != NULL && boundaries_open(with->in->american, &in) &&
                             find_all(&in, with, which, n_slices, vol, years, pair) && boundaries_list(&in, &puts)
                         ? SG_OK
                         : error_out_of_memory(error);
  TRY_DONE(status);
  size_t row_bytes = puts.n_padded * sizeof(double);
  TRY_DONE(buffer_make(with->on, N_CONTRACT_FIELDS * row_bytes, puts.contract, &contract, error));
  TRY_DONE(buffer_make(with->on, puts.n_vols * row_bytes, puts.vol, &put_vol, error));
  TRY_DONE(buffer_make(with->on, puts.n_vols * sizeof(double), puts.years, &put_years, error));
  TRY_DONE(buffer_make(with->on, puts.n_vols * n_nodes * row_bytes, NULL, &solved, error));
  TRY_DONE(buffer_make(with->on, n_pairs * sizeof *pair, pair, &d_pair, error));
  TRY_DONE(buffer_make(with->on, n_pairs * n_nodes * sizeof(double), NULL, boundary, error));
  const kernel_argument solve_put[] = {ARG_BUFFER(contract), ARG_UINT(puts.n_padded), ARG_BUFFER(put_vol),
                                       ARG_BUFFER(put_years), ARG_UINT(puts.n_vols),       ARG_BUFFER(which->scheme),
                                       ARG_BUFFER(solved)};
  TRY_DONE(device_launch(with->on, KERNEL_solve_american, solve_put, sizeof solve_put / sizeof *solve_put,
                         (size_t[2]){puts.n_vols, puts.n_padded / lanes}, error));
  const kernel_argument share[] = {ARG_BUFFER(which->contract), ARG_UINT(which->n_padded), ARG_BUFFER(d_vol),
                                   ARG_BUFFER(d_years),         ARG_UINT(n_slices),        ARG_BUFFER(which->scheme),
                                   ARG_BUFFER(solved),          ARG_UINT(puts.n_padded),   ARG_BUFFER(d_pair),
                                   ARG_BUFFER(*boundary)};
  TRY_DONE(device_launch(with->on, KERNEL_share_american, share, sizeof share / sizeof *share,
                         (size_t[2]){n_slices, which->n_padded / lanes}, error));
  TRY_DONE(device_finish(with->on, error));
done:
  free(pair);
  boundaries_close(&in);
  buffer_close(contract);
  buffer_close(put_vol);
  buffer_close(put_years);
  buffer_close(solved);
  buffer_close(d_pair);
  return status;
}
