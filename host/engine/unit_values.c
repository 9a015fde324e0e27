/* SPDX-License-Identifier: MIT
 *
 * One column that moves nothing, priced as a tile is.
 */
#include "engine/unit_values.h"

#include "engine/solve.h"

#include <assert.h>
#include <stdlib.h>

sg_status unit_values_open(const pricing *units, pricer kind, unit_values *opened, sg_error *error) {
  const priced *which = &units->kinds[kind];
  const bound *in = units->in;
  size_t n = which->n_padded, n_cells = n * COLUMN_PADDING;
  uint32_t slice_of[COLUMN_PADDING];
  double weight[COLUMN_PADDING], years[] = {0.0};
  double *forward = calloc(n_cells, sizeof *forward);
  uint32_t *row = malloc(n * sizeof *row);
  *opened = (unit_values){.of = units, .kind = kind, .cells = calloc(n_cells, sizeof *opened->cells)};
  sg_status status = forward && row && opened->cells ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t k = 0; k < COLUMN_PADDING; k++) {
    slice_of[k] = k == 0 ? 0 : SLICE_PADDING;
    weight[k] = 1.0;
  }
  for (uint32_t i = 0; i < n; i++) {
    row[i] = i;
    for (uint32_t k = 0; k < COLUMN_PADDING; k++) {
      forward[i * COLUMN_PADDING + k] = in->book->forwards.forward[in->book->instruments.forward[which->instrument[i]]];
    }
  }
  TRY_DONE(buffer_make(units->on, n_cells * sizeof *forward, forward, &opened->forward, error));
  TRY_DONE(buffer_make(units->on, n_cells * sizeof *forward, NULL, &opened->log_move, error));
  TRY_DONE(buffer_make(units->on, sizeof weight, weight, &opened->weight, error));
  TRY_DONE(buffer_make(units->on, n * sizeof *row, row, &opened->row, error));
  TRY_DONE(buffer_make(units->on, n * sizeof *row, NULL, &opened->zero_row, error));
  TRY_DONE(buffer_make(units->on, sizeof slice_of, slice_of, &opened->slice_of, error));
  TRY_DONE(buffer_make(units->on, sizeof years, years, &opened->years, error));
  TRY_DONE(buffer_make(units->on, n_cells * sizeof *forward, NULL, &opened->pnl, error));
done:
  free(forward);
  free(row);
  if (status != SG_OK) {
    unit_values_close(opened);
  }
  return status;
}

void unit_values_close(unit_values *opened) {
  device_buffer *const buffers[] = {opened->forward,  opened->log_move, opened->weight, opened->row,
                                    opened->zero_row, opened->slice_of, opened->years,  opened->pnl};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
    buffer_close(buffers[i]);
  }
  free(opened->cells);
  *opened = (unit_values){0};
}

sg_status unit_values_find(unit_values *with, const double *vol, double *value, sg_error *error) {
  const priced *which = &with->of->kinds[with->kind];
  device *on = with->of->on;
  device_buffer *d_vol = NULL, *solution = NULL;
  sg_status status = SG_OK;
  assert(with->kind != PRICER_AMERICAN);
  TRY_DONE(buffer_make(on, which->n_padded * sizeof *vol, vol, &d_vol, error));
  TRY_DONE(solve_slices(with->of, with->kind, d_vol, with->years, 1, &solution, error));
  kernel_id kernel = value_kernel(with->kind);
  uint32_t span = device_span(on, kernel, COLUMN_PADDING);
  kernel_argument arguments[17] = {
      ARG_BUFFER(which->contract), ARG_UINT(which->n_padded),  ARG_BUFFER(with->row),      ARG_BUFFER(with->row),
      ARG_BUFFER(with->zero_row),  ARG_BUFFER(d_vol),          ARG_BUFFER(with->slice_of), ARG_BUFFER(with->years),
      ARG_BUFFER(with->forward),   ARG_BUFFER(with->log_move), ARG_BUFFER(with->weight),   ARG_DOUBLE(0.0),
      ARG_UINT(COLUMN_PADDING),    ARG_UINT(span),             ARG_BUFFER(with->pnl)};
  size_t n_arguments = 15 + solve_arguments(which, with->kind, solution, arguments + 15);
  TRY_DONE(device_launch(on, kernel, arguments, n_arguments,
                         (size_t[2]){(COLUMN_PADDING + span - 1) / span, which->n_padded / device_get_traits(on)->lanes},
                         error));
  TRY_DONE(buffer_read(on, with->pnl, 0, (size_t)which->n_padded * COLUMN_PADDING * sizeof *value, with->cells, error));
  for (uint32_t i = 0; i < which->n_padded; i++) {
    value[i] = with->cells[(size_t)i * COLUMN_PADDING];
  }
done:
  buffer_close(d_vol);
  buffer_close(solution);
  return status;
}
