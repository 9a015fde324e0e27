/* SPDX-License-Identifier: MIT
 *
 * Pricing one tile: tables for its columns, then the launches.
 */
#include "engine/boundaries.h" /* first: see there */

#include "engine/solve.h"
#include "engine/value_american.h"
#include "engine/verify.h"

#include <stdlib.h>
#include <string.h>

/* Tables that all pricers of a tile share. Columns beyond n_columns are padding. */
typedef struct tables {
  uint32_t *slice_of;      /* [stride] counted within the tile */
  uint32_t n_slices;
  uint32_t *slice;         /* [slice of the tile] slice of the set */
  double *slice_years;     /* [slice of the tile] that it takes */
  double *move;            /* [class][stride]; the last row is zero, for what the block leaves out */
  double *weight;          /* [weight row][stride]; the last row is zero, for what the block leaves out */
  uint32_t n_weights;
  uint32_t n_rows;         /* of forwards: distinct (forward, class) */
  uint32_t *row_forward, *row_class;
  double *base, *gain;     /* [row] */
  uint32_t *forward_row;   /* [held row] */
  device_buffer *d_slice_of, *d_slice_years, *d_forward, *d_log_move, *d_weight;
} tables;

static void tables_close(tables *of) {
  free(of->slice_of);
  free(of->slice);
  free(of->slice_years);
  free(of->move);
  free(of->weight);
  free(of->row_forward);
  free(of->row_class);
  free(of->base);
  free(of->gain);
  free(of->forward_row);
  buffer_close(of->d_slice_of);
  buffer_close(of->d_slice_years);
  buffer_close(of->d_forward);
  buffer_close(of->d_log_move);
  buffer_close(of->d_weight);
}

static sg_status make_slices(const pricing *with, tile *of, tables *made, sg_error *error) {
  const scenarios *set = of->set;
  made->slice_of = malloc(of->stride * sizeof *made->slice_of);
  made->slice = malloc(of->n_columns * sizeof *made->slice);
  double *years = made->slice_years = malloc(of->n_columns * sizeof *years);
  uint32_t *scenario = malloc(of->stride * sizeof *scenario);
  sg_status status = !made->slice_of || !made->slice || !years || !scenario ? error_out_of_memory(error) : SG_OK;
  for (uint32_t k = 0; status == SG_OK && k < of->stride; k++) {
    uint32_t column = of->first_column + (k < of->n_columns ? k : of->n_columns - 1);
    scenario[k] = set->number[column];
    if (k == 0 || made->slice[made->n_slices - 1] != set->slice_of[column]) {
      made->slice[made->n_slices] = set->slice_of[column];
      years[made->n_slices++] = set->slices[set->slice_of[column]].time_days / 365.0;
    }
    made->slice_of[k] = k < of->n_columns ? made->n_slices - 1 : SLICE_PADDING;
  }
  device_buffer *slice_of = NULL, *slice_years = NULL; /* apart: in `made` scan-build would lose sight of its other fields */
  if (status == SG_OK) {
    status = buffer_make(with->on, of->stride * sizeof *made->slice_of, made->slice_of, &slice_of, error);
  }
  if (status == SG_OK) {
    status = buffer_make(with->on, made->n_slices * sizeof *years, years, &slice_years, error);
  }
  if (status == SG_OK) {
    status = buffer_make(with->on, of->stride * sizeof *scenario, scenario, &of->scenario_of, error);
  }
  made->d_slice_of = slice_of;
  made->d_slice_years = slice_years;
  free(scenario);
  return status;
}

static bool weights_by_class(const scenarios *set) {
  for (uint32_t j = 0; set->block->has_weight && j < set->block->weight.n_slots; j++) {
    if (set->block->weight.slots[j].kind != SLOT_SCENARIO || set->block->weight.slots[j].index == 0) {
      return true;
    }
  }
  return false;
}

/* One row of moves per class, one row of weights per class or for all, and the zero row. */
static sg_status make_moves(const pricing *with, const tile *of, tables *made, sg_error *error) {
  const scenarios *set = of->set;
  uint32_t n_classes = set->n_classes;
  bool by_class = weights_by_class(set);
  made->n_weights = (by_class ? n_classes : 1) + 1;
  made->move = calloc(((size_t)n_classes + 1) * of->stride, sizeof *made->move);
  made->weight = calloc((size_t)made->n_weights * of->stride, sizeof *made->weight);
  double *all_moves = calloc(set->n, sizeof *all_moves);
  double *all_weights = calloc(set->n, sizeof *all_weights);
  sg_status status = !made->move || !made->weight || !all_moves || !all_weights ? error_out_of_memory(error) : SG_OK;
  for (uint32_t class = 0; status == SG_OK && class < set->n_classes; class++) {
    scenarios_moves(with->in, set, class, all_moves);
    memcpy(made->move + (size_t)class * of->stride, all_moves + of->first_column, of->n_columns * sizeof(double));
    if (class == 0 || by_class) {
      status = scenarios_weights(with->in, set, class, all_moves, all_weights, error);
      memcpy(made->weight + (size_t)class * of->stride, all_weights + of->first_column,
             of->n_columns * sizeof(double));
    }
  }
  free(all_moves);
  free(all_weights);
  if (status != SG_OK) {
    return status;
  }
  device_buffer *weight = NULL;
  status = buffer_make(with->on, (size_t)made->n_weights * of->stride * sizeof(double), made->weight, &weight, error);
  made->d_weight = weight;
  return status;
}

/* How far a forward goes for one unit of price move. */
static double forward_gain(const bound *in, const model_block *block, uint32_t f) {
  const forwards *all = &in->book->forwards;
  double spot = in->book->underlyings.price[all->underlying[f]];
  bool relative = block->price_kind == MOVE_RELATIVE;
  switch (block->follows) {
    case FOLLOW_PARALLEL: return relative ? spot : 1.0;
    case FOLLOW_DIVIDENDS_HELD: return relative ? all->growth[f] * spot : all->growth[f];
    case FOLLOW_SETTLEMENT_WINDOW:
      return relative ? all->forward[f] - all->fixed[f] : (all->forward[f] - all->fixed[f]) / spot;
    default: return relative ? all->forward[f] : all->forward[f] / spot;
  }
}

static bool needs_positive(const bound *in, uint32_t c) {
  pricer by = value_pricer(in, c);
  return by != PRICER_BACHELIER && (by != PRICER_LINEAR || in->book->instruments.settlement[c] == INVERSE);
}

static sg_status check_positive(const pricing *with, const tile *of, const tables *made, uint32_t c, uint32_t row,
                                sg_error *error) {
  const bound *in = with->in;
  double base = in->book->forwards.forward[made->row_forward[row]];
  double gain = forward_gain(in, of->set->block, made->row_forward[row]);
  const double *move = made->move + (size_t)made->row_class[row] * of->stride;
  for (uint32_t k = 0; k < of->n_columns; k++) {
    double moved = base + gain * move[k];
    if (!(moved > 0.0)) {
      char text[NUMBER_TEXT_BYTES];
      number_format(move[k], text);
      place where = {"instruments.csv", in->book->instruments.line[c], 0};
      return error_add(error, SG_INPUT, where,
                       "scenario %u of block %s moves the price of %s by %s, so that the forward of %s is not positive",
                       of->set->number[of->first_column + k], of->set->block->name,
                       in->book->underlyings.id[in->book->instruments.underlying[c]], text,
                       in->book->instruments.id[c]);
    }
  }
  return SG_OK;
}

/* Distinct (forward, class): classes of one forward are few, so a short chain per forward finds them. */
static sg_status make_rows(const pricing *with, const tile *of, tables *made, sg_error *error) {
  const bound *in = with->in;
  uint32_t n_forwards = in->book->forwards.n;
  made->forward_row = malloc((with->n_held + 1) * sizeof *made->forward_row);
  made->row_forward = calloc(with->n_held + (size_t)1, sizeof *made->row_forward);
  made->row_class = malloc((with->n_held + 1) * sizeof *made->row_class);
  uint32_t *last = malloc((n_forwards + 1) * sizeof *last);
  uint32_t *previous = malloc((with->n_held + 1) * sizeof *previous);
  bool *checked = calloc(with->n_held + 1, sizeof *checked); /* [row] for the first that needs it: the moves are the same */
  sg_status status = !made->forward_row || !made->row_forward || !made->row_class || !last || !previous || !checked
                         ? error_out_of_memory(error)
                         : SG_OK;
  if (status == SG_OK) {
    memset(last, 0xff, n_forwards * sizeof *last);
  }
  for (uint32_t r = 0; status == SG_OK && r < with->n_held; r++) {
    uint32_t c = with->held[r], f = in->book->instruments.forward[c];
    uint32_t class = of->set->in_block[c] ? of->set->class_of[c] : of->set->n_classes;
    uint32_t row = last[f];
    while (row != ID_NONE && made->row_class[row] != class) {
      row = previous[row];
    }
    if (row == ID_NONE) {
      row = made->n_rows++;
      made->row_forward[row] = f;
      made->row_class[row] = class;
      previous[row] = last[f];
      last[f] = row;
    }
    made->forward_row[r] = row;
    if (of->set->in_block[c] && !checked[row] && needs_positive(in, c)) {
      status = check_positive(with, of, made, c, row, error);
      checked[row] = true;
    }
  }
  free(last);
  free(previous);
  free(checked);
  return status;
}

static sg_status move_forwards(const pricing *with, const tile *of, tables *made, sg_error *error) {
  double *base = made->base = malloc((made->n_rows + 1) * sizeof *base);
  double *gain = made->gain = malloc((made->n_rows + 1) * sizeof *gain);
  uint32_t n_moves = of->set->n_classes + 1;
  device_buffer *d_base = NULL, *d_gain = NULL, *d_class = NULL, *d_move = NULL;
  size_t matrix_bytes = (size_t)made->n_rows * of->stride * sizeof(double);
  sg_status status = !base || !gain ? error_out_of_memory(error) : SG_OK;
  for (uint32_t r = 0; status == SG_OK && r < made->n_rows; r++) {
    base[r] = with->in->book->forwards.forward[made->row_forward[r]];
    gain[r] = forward_gain(with->in, of->set->block, made->row_forward[r]);
  }
  TRY_DONE(status);
  TRY_DONE(buffer_make(with->on, made->n_rows * sizeof *base, base, &d_base, error));
  TRY_DONE(buffer_make(with->on, made->n_rows * sizeof *gain, gain, &d_gain, error));
  TRY_DONE(buffer_make(with->on, made->n_rows * sizeof(uint32_t), made->row_class, &d_class, error));
  TRY_DONE(buffer_make(with->on, (size_t)n_moves * of->stride * sizeof(double), made->move, &d_move, error));
  TRY_DONE(buffer_make(with->on, matrix_bytes, NULL, &made->d_forward, error));
  TRY_DONE(buffer_make(with->on, matrix_bytes, NULL, &made->d_log_move, error));
  kernel_argument arguments[] = {ARG_BUFFER(d_base),       ARG_BUFFER(d_gain),     ARG_BUFFER(d_class),
                                 ARG_BUFFER(d_move),       ARG_UINT(made->n_rows), ARG_UINT(of->stride),
                                 ARG_BUFFER(made->d_forward), ARG_BUFFER(made->d_log_move)};
  uint32_t lanes = device_get_traits(with->on)->lanes;
  TRY_DONE(device_launch(with->on, KERNEL_move_forwards, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){of->stride / lanes, made->n_rows}, error));
  TRY_DONE(device_finish(with->on, error));
done:
  buffer_close(d_base);
  buffer_close(d_gain);
  buffer_close(d_class);
  buffer_close(d_move);
  return status;
}

/* boundary[slice][node][i] of the American options. */
static sg_status solve_boundaries(const pricing *with, const tables *shared, const priced *which, const double *vol,
                                  device_buffer *d_vol, device_buffer **d_boundary, sg_error *error) {
  if (with->in->shared != NULL) {
    return boundaries_share(with, which, shared->n_slices, vol, shared->slice_years, d_vol, shared->d_slice_years,
                            d_boundary, error);
  }
  size_t n_nodes = (size_t)with->in->american[AMERICAN_N_NODES];
  TRY(buffer_make(with->on, shared->n_slices * n_nodes * which->n_padded * sizeof(double), NULL, d_boundary, error));
  kernel_argument arguments[] = {ARG_BUFFER(which->contract),        ARG_UINT(which->n_padded),  ARG_BUFFER(d_vol),
                                 ARG_BUFFER(shared->d_slice_years),  ARG_UINT(shared->n_slices), ARG_BUFFER(which->scheme),
                                 ARG_BUFFER(*d_boundary)};
  return device_launch(with->on, KERNEL_solve_american, arguments, sizeof arguments / sizeof *arguments,
                       (size_t[2]){shared->n_slices, which->n_padded / device_get_traits(with->on)->lanes}, error);
}

/* The rest of what a launch of this kind read. */
static sg_status verify_kind_of_tile(const pricing *with, const tile *of, const tables *shared, pricer kind,
                                     cell_inputs *in, sg_error *error) {
  in->kernel = value_kernel(kind);
  in->which = &with->kinds[kind];
  in->slice_of = shared->slice_of;
  in->slice_years = shared->slice_years;
  in->n_slices = shared->n_slices;
  in->base = shared->base;
  in->gain = shared->gain;
  in->move_row = shared->row_class;
  in->move = shared->move;
  in->weight = shared->weight;
  if (kind == PRICER_AMERICAN) {
    in->state_rows = (uint32_t)with->in->american[AMERICAN_N_NODES];
    in->state_kernel = with->in->shared != NULL ? KERNEL_share_american : KERNEL_solve_american;
    in->make_state = american_squares;
    in->every_state = with->in->shared != NULL;
    in->table = with->in->american;
  }
  return kind > PRICER_AMERICAN ? verify_rows(with, of, in->which, error) : verify_priced(with, of, in, error);
}

static sg_status price_kind(const pricing *with, const tile *of, const tables *shared, pricer kind, sg_error *error) {
  const priced *which = &with->kinds[kind];
  if (which->n == 0) {
    return SG_OK;
  }
  bool by_class = shared->n_weights > 2;
  uint32_t *forward_row = malloc(which->n_padded * sizeof *forward_row);
  uint32_t *weight_row = malloc(which->n_padded * sizeof *weight_row);
  size_t vol_bytes = (size_t)shared->n_slices * which->n_padded * sizeof(double); /* whole lines: n_padded is a multiple */
  double *vol = aligned_alloc(INSTRUMENT_PADDING * sizeof *vol, vol_bytes);
  double *of_slice = malloc((with->in->book->instruments.n + 1) * sizeof *of_slice);
  device_buffer *d_forward_row = NULL, *d_weight_row = NULL, *d_vol = NULL, *solution = NULL;
  sg_status status = !forward_row || !weight_row || !vol || !of_slice ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  for (uint32_t i = 0; i < which->n_padded; i++) {
    uint32_t c = which->instrument[i];
    forward_row[i] = shared->forward_row[with->row_of[c]];
    weight_row[i] = !of->set->in_block[c] ? shared->n_weights - 1 : by_class ? of->set->class_of[c] : 0;
  }
  const double *vols = kind == PRICER_LINEAR ? with->in->vol : of_slice; /* which no linear price depends on */
  for (uint32_t j = 0; j < shared->n_slices; j++) {
    TRY_DONE(kind == PRICER_LINEAR ? SG_OK : scenarios_vols(with->in, of->set, shared->slice[j], of_slice, error));
    for (uint32_t i = 0; i < which->n_padded; i++) {
      vol[(size_t)j * which->n_padded + i] = vols[which->instrument[i]];
    }
  }
  TRY_DONE(buffer_over(with->on, forward_row, which->n_padded * sizeof *forward_row, &d_forward_row, error));
  TRY_DONE(buffer_over(with->on, weight_row, which->n_padded * sizeof *weight_row, &d_weight_row, error));
  TRY_DONE(buffer_over(with->on, vol, vol_bytes, &d_vol, error));
  if (kind == PRICER_AMERICAN) {
    TRY_DONE(solve_boundaries(with, shared, which, vol, d_vol, &solution, error));
  } else {
    TRY_DONE(solve_slices(with, kind, d_vol, shared->d_slice_years, shared->n_slices, &solution, error));
  }
  const device_traits *traits = device_get_traits(with->on);
  uint32_t span = device_span(with->on, value_kernel(kind), of->stride);
  kernel_argument arguments[] = {
      ARG_BUFFER(which->contract),    ARG_UINT(which->n_padded),       ARG_BUFFER(which->pnl_row),
      ARG_BUFFER(d_forward_row),      ARG_BUFFER(d_weight_row),        ARG_BUFFER(d_vol),
      ARG_BUFFER(shared->d_slice_of), ARG_BUFFER(shared->d_slice_years), ARG_BUFFER(shared->d_forward),
      ARG_BUFFER(shared->d_log_move), ARG_BUFFER(shared->d_weight),    ARG_DOUBLE(of->set->block->round),
      ARG_UINT(of->stride),           ARG_UINT(span),                  ARG_BUFFER(of->pnl),
      ARG_BUFFER(solution),           ARG_BUFFER(solution)};
  size_t n_shared = sizeof arguments / sizeof *arguments - 2;
  size_t n_arguments = n_shared + solve_arguments(which, kind, solution, arguments + n_shared);
  TRY_DONE(device_launch(with->on, value_kernel(kind), arguments, n_arguments,
                         (size_t[2]){of->stride / span, which->n_padded / traits->lanes}, error));
  TRY_DONE(verify_kind_of_tile(with, of, shared, kind, &(cell_inputs){.vol = vol, .forward_row = forward_row,
                                                                      .weight_row = weight_row, .state = solution},
                               error)); /* while the device is at it */
  TRY_DONE(device_finish(with->on, error));
done:
  buffer_close(d_forward_row);
  buffer_close(d_weight_row);
  buffer_close(d_vol);
  buffer_close(solution);
  free(forward_row);
  free(weight_row);
  free(vol);
  free(of_slice);
  return status;
}

static sg_status make_matrix(const pricing *with, uint32_t stride, device_buffer **made, sg_error *error) {
  return buffer_make(with->on, (size_t)(with->n_held + 1) * stride * sizeof(double), NULL, made, error);
}

sg_status tile_make_ready(const pricing *with, uint32_t n, tile *of, sg_error *error) {
  TRY(make_matrix(with, round_up(n, COLUMN_PADDING), &of->pnl, error));
  buffer_touch(of->pnl);
  return SG_OK;
}

sg_status tile_price(pricing *with, const scenarios *set, uint32_t block, uint32_t first, uint32_t n, tile *made,
                     sg_error *error) {
  *made = (tile){.set = set, .block = block, .first_column = first, .n_columns = n,
                 .stride = round_up(n, COLUMN_PADDING), .pnl = made->pnl};
  tables shared = {0};
  sg_status status = SG_OK;
  TRY_DONE(verify_opening(with, made, error));
  TRY_DONE(make_slices(with, made, &shared, error));
  TRY_DONE(make_moves(with, made, &shared, error));
  TRY_DONE(make_rows(with, made, &shared, error));
  TRY_DONE(move_forwards(with, made, &shared, error));
  TRY_DONE(made->pnl == NULL ? make_matrix(with, made->stride, &made->pnl, error) : SG_OK);
  for (int kind = N_PRICERS; kind-- > 0;) { /* the linear ones last: they are few, and their rows lie all over fresh pages */
    TRY_DONE(price_kind(with, made, &shared, (pricer)kind, error));
  }
  TRY_DONE(verify_opened(with, made, error));
  TRY_DONE(with->watch != NULL ? buffer_map(made->pnl, &made->mapped, error) : SG_OK);
done:
  tables_close(&shared);
  if (status != SG_OK) {
    tile_close(made);
  }
  return status;
}
