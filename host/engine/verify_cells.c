/* SPDX-License-Identifier: MIT
 *
 * Cells of P&L: what the reference makes of the host's inputs against what the device holds at the end.
 */
#include "engine/verify.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512, STATE_ROWS_LIMIT = 64 }; /* a chunk of cells stays in the cache */

typedef struct checked_cell {
  uint32_t row, column; /* of the tile's matrix */
  kernel_id kernel;
  double expected;
} checked_cell;

struct tile_check {
  uint32_t block, first_column, n_columns;
  tile_check *next;
  ARRAY(checked_cell) cells;
  uint64_t n_states; /* drawn */
  uint64_t *sums, *sums_now; /* [row]; NULL before the tile has been priced once */
  device_buffer *d_sums;
};

void tile_checks_close(tile_check *first) {
  while (first != NULL) {
    tile_check *next = first->next;
    ARRAY_FREE(&first->cells);
    free(first->sums);
    free(first->sums_now);
    buffer_close(first->d_sums);
    free(first);
    first = next;
  }
}

static bool is_check_of(const tile_check *check, const tile *of) {
  return check->block == of->block && check->first_column == of->first_column && check->n_columns == of->n_columns;
}

sg_status verify_opening(const pricing *with, tile *of, sg_error *error) {
  of->check = NULL;
  if (with->watch == NULL) {
    return SG_OK;
  }
  tile_check **list = verifier_tiles(with->watch), *check = *list;
  while (check != NULL && !is_check_of(check, of)) {
    check = check->next;
  }
  if (check == NULL) {
    check = calloc(1, sizeof *check);
    if (check == NULL) {
      return error_out_of_memory(error);
    }
    check->block = of->block;
    check->first_column = of->first_column;
    check->n_columns = of->n_columns;
    check->next = *list;
    *list = check;
  }
  of->check = check;
  return SG_OK;
}

/* ---- what is expected ---------------------------------------------------------------------------- */

/* Cells as instruments of one column each: cell j is row j of every matrix, whose stride is 1. */
typedef struct cell_chunk {
  uint32_t n;
  double years; /* that the slice takes, the same for all */
  double contract[N_CONTRACT_FIELDS][CHUNK], vol[CHUNK], base[CHUNK], gain[CHUNK], move[CHUNK], weight[CHUNK];
  double forward[CHUNK], log_move[CHUNK], pnl[CHUNK], state[STATE_ROWS_LIMIT][CHUNK];
  uint32_t instrument[CHUNK], column[CHUNK], identity[CHUNK], slice;
} cell_chunk;

typedef struct chunk_buffers {
  device_buffer *contract, *vol, *base, *gain, *move, *weight, *forward, *log_move, *pnl, *state, *years, *identity, *slice,
      *table;
} chunk_buffers;

static void chunk_buffers_close(chunk_buffers *all) {
  device_buffer **each = (device_buffer **)all;
  for (size_t i = 0; i < sizeof *all / sizeof *each; i++) {
    buffer_close(each[i]);
  }
}

static sg_status lend(const verifier *watch, const void *memory, size_t size_bytes, device_buffer **made, sg_error *error) {
  return buffer_borrow(verifier_reference(watch), memory, size_bytes, made, error);
}

static sg_status chunk_buffers_open(const verifier *watch, cell_chunk *chunk, const cell_inputs *in, chunk_buffers *all,
                                    sg_error *error) {
  for (uint32_t j = 0; j < CHUNK; j++) {
    chunk->identity[j] = j;
  }
  *all = (chunk_buffers){0};
  TRY(lend(watch, chunk->contract, sizeof chunk->contract, &all->contract, error));
  TRY(lend(watch, chunk->vol, sizeof chunk->vol, &all->vol, error));
  TRY(lend(watch, chunk->base, sizeof chunk->base, &all->base, error));
  TRY(lend(watch, chunk->gain, sizeof chunk->gain, &all->gain, error));
  TRY(lend(watch, chunk->move, sizeof chunk->move, &all->move, error));
  TRY(lend(watch, chunk->weight, sizeof chunk->weight, &all->weight, error));
  TRY(lend(watch, chunk->forward, sizeof chunk->forward, &all->forward, error));
  TRY(lend(watch, chunk->log_move, sizeof chunk->log_move, &all->log_move, error));
  TRY(lend(watch, chunk->pnl, sizeof chunk->pnl, &all->pnl, error));
  TRY(lend(watch, chunk->state, sizeof chunk->state, &all->state, error));
  TRY(lend(watch, &chunk->years, sizeof chunk->years, &all->years, error));
  TRY(lend(watch, chunk->identity, sizeof chunk->identity, &all->identity, error));
  TRY(lend(watch, &chunk->slice, sizeof chunk->slice, &all->slice, error));
  return in->table == NULL ? SG_OK : lend(watch, in->table, sizeof *in->table, &all->table, error); /* as long as it is */
}

/* The states that the device holds for the chunk's cells. */
static sg_status gather_states(const pricing *with, const cell_inputs *in, cell_chunk *chunk, sg_error *error) {
  uint64_t begin[CHUNK];
  for (uint32_t row = 0; row < in->state_rows; row++) {
    for (uint32_t j = 0; j < chunk->n; j++) {
      size_t taken = in->slice_of[chunk->column[j]];
      begin[j] = (taken * in->state_rows + row) * in->which->n_padded + chunk->instrument[j];
    }
    TRY(buffer_gather(with->on, in->state, begin, chunk->n, 1, chunk->state[row], error));
  }
  return SG_OK;
}

/* Are those what the host makes? */
static sg_status check_states(const pricing *with, const tile *of, const cell_inputs *in, cell_chunk *chunk, sg_error *error) {
  for (uint32_t j = 0; j < chunk->n; j++) {
    double fields[N_CONTRACT_FIELDS], expected[STATE_ROWS_LIMIT];
    if (!in->every_state && verifier_bounds_work(with->watch) && of->check->n_states++ % VERIFY_SOLVES != 0) {
      continue;
    }
    for (int field = 0; field < N_CONTRACT_FIELDS; field++) {
      fields[field] = chunk->contract[field][j];
    }
    if (!in->make_state(with->in, fields, chunk->vol[j], chunk->years, expected)) {
      return error_out_of_memory(error);
    }
    for (uint32_t row = 0; row < in->state_rows; row++) {
      if (!verify_same(expected[row], chunk->state[row][j])) {
        return verify_refuse_instrument(with, of, in->state_kernel, in->which->instrument[chunk->instrument[j]],
                                        chunk->column[j], expected[row], chunk->state[row][j], error);
      }
    }
  }
  return SG_OK;
}

static sg_status price_chunk(const pricing *with, const tile *of, const cell_inputs *in, cell_chunk *chunk,
                             const chunk_buffers *d, sg_error *error) {
  device *reference = verifier_reference(with->watch);
  const size_t items[] = {1, chunk->n};
  if (in->state != NULL) {
    TRY(gather_states(with, in, chunk, error));
    TRY(check_states(with, of, in, chunk, error));
  }
  const kernel_argument moves[] = {ARG_BUFFER(d->base), ARG_BUFFER(d->gain),    ARG_BUFFER(d->identity),
                                   ARG_BUFFER(d->move), ARG_UINT(CHUNK),        ARG_UINT(1),
                                   ARG_BUFFER(d->forward), ARG_BUFFER(d->log_move)};
  TRY(device_launch(reference, KERNEL_move_forwards, moves, sizeof moves / sizeof *moves, items, error));
  const kernel_argument prices[] = {
      ARG_BUFFER(d->contract), ARG_UINT(CHUNK),        ARG_BUFFER(d->identity), ARG_BUFFER(d->identity),
      ARG_BUFFER(d->identity), ARG_BUFFER(d->vol),     ARG_BUFFER(d->slice),    ARG_BUFFER(d->years),
      ARG_BUFFER(d->forward),  ARG_BUFFER(d->log_move), ARG_BUFFER(d->weight),  ARG_DOUBLE(of->set->block->round),
      ARG_UINT(1),             ARG_UINT(1),            ARG_BUFFER(d->pnl),      ARG_BUFFER(d->table),
      ARG_BUFFER(d->state)};
  size_t n_arguments = sizeof prices / sizeof *prices - (in->state == NULL ? 2 : 0);
  TRY(device_launch(reference, in->kernel, prices, n_arguments, items, error));
  for (uint32_t j = 0; j < chunk->n; j++) {
    uint32_t row = with->row_of[in->which->instrument[chunk->instrument[j]]];
    if (!ARRAY_PUSH(&of->check->cells, (checked_cell){row, chunk->column[j], in->kernel, chunk->pnl[j]})) {
      return error_out_of_memory(error);
    }
  }
  chunk->n = 0;
  return SG_OK;
}

static void chunk_add(const tile *of, const cell_inputs *in, uint32_t i, uint32_t k, cell_chunk *chunk) {
  uint32_t j = chunk->n++;
  size_t of_slice = in->slice_of[k], forward = in->forward_row[i];
  for (int field = 0; field < N_CONTRACT_FIELDS; field++) {
    chunk->contract[field][j] = in->which->terms[(size_t)field * in->which->n_padded + i];
  }
  chunk->vol[j] = in->vol[of_slice * in->which->n_padded + i];
  chunk->base[j] = in->base[forward];
  chunk->gain[j] = in->gain[forward];
  chunk->move[j] = in->move[in->move_row[forward] * (size_t)of->stride + k];
  chunk->weight[j] = in->weight[in->weight_row[i] * (size_t)of->stride + k];
  chunk->years = in->slice_years[of_slice];
  chunk->instrument[j] = i;
  chunk->column[j] = k;
}

/* n draws among `all`, rising: what they read lies in that order. */
static bool draw_rising(verifier *watch, uint64_t n, uint64_t all, uint64_t *drawn) {
  sort_item *items = malloc(2 * (n + 1) * sizeof *items);
  for (uint64_t j = 0; items != NULL && j < n; j++) {
    items[j].key = verifier_draw(watch, j, n, all);
  }
  if (items != NULL) {
    sort_items(items, items + n + 1, n);
  }
  for (uint64_t j = 0; items != NULL && j < n; j++) {
    drawn[j] = items[j].key;
  }
  free(items);
  return items != NULL;
}

/* Draws of cells, those whose slices take the same time together. */
static sg_status price_sample(const pricing *with, const tile *of, const cell_inputs *in, sg_error *error) {
  verifier *watch = with->watch;
  uint64_t all = (uint64_t)in->which->n * of->n_columns;
  double share = (double)all / ((double)with->n_held * verifier_scenarios(watch));
  uint64_t n = verifier_count(watch, VERIFY_CELLS, all, share);
  uint64_t *drawn = malloc((n + 1) * sizeof *drawn);
  cell_chunk *chunk = calloc(1, sizeof *chunk);
  chunk_buffers buffers = {0};
  sg_status status = drawn && chunk ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(chunk_buffers_open(watch, chunk, in, &buffers, error));
  if (!draw_rising(watch, n, all, drawn)) {
    status = error_out_of_memory(error);
    goto done;
  }
  for (uint32_t first = 0; n > 0 && first < in->n_slices; first++) {
    double years = in->slice_years[first];
    uint64_t left = 0;
    for (uint64_t j = 0; j < n; j++) {
      uint32_t i = (uint32_t)(drawn[j] / of->n_columns), k = (uint32_t)(drawn[j] % of->n_columns);
      if (in->slice_years[in->slice_of[k]] != years) {
        drawn[left++] = drawn[j];
        continue;
      }
      chunk_add(of, in, i, k, chunk);
      if (chunk->n == CHUNK) {
        TRY_DONE(price_chunk(with, of, in, chunk, &buffers, error));
      }
    }
    n = left;
    TRY_DONE(chunk->n > 0 ? price_chunk(with, of, in, chunk, &buffers, error) : SG_OK);
  }
done:
  free(drawn);
  free(chunk);
  chunk_buffers_close(&buffers);
  return status;
}

sg_status verify_priced(const pricing *with, const tile *of, const cell_inputs *in, sg_error *error) {
  if (with->watch == NULL || of->check->sums != NULL) { /* priced again: the sums compare */
    return SG_OK;
  }
  if (in->state_rows > STATE_ROWS_LIMIT) {
    return error_fail(error, SG_BUG, "kernel %s has states of %u numbers, at most %d are verified",
                      device_kernel_name(in->kernel), in->state_rows, STATE_ROWS_LIMIT);
  }
  double start = clock_seconds();
  sg_status status = price_sample(with, of, in, error);
  verifier_took(with->watch, WORK_VERIFY_PRICES, clock_seconds() - start);
  return status;
}

/* ---- what the device holds ----------------------------------------------------------------------- */

sg_status verify_row(const pricing *with, const tile *of, uint32_t row, sg_error *error) {
  if (with->watch == NULL) {
    return SG_OK;
  }
  uint32_t c = with->held[row];
  bool *only = calloc(with->in->book->instruments.n + 1, sizeof *only);
  double *expected = malloc(2 * (size_t)of->stride * sizeof *expected), *got = expected + of->stride;
  pricing alone = {0};
  tile priced_alone = {0};
  sg_status status = only && expected ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  only[c] = true;
  TRY_DONE(pricing_open(with->in, verifier_reference(with->watch), with->of, only, NULL, &alone, error));
  TRY_DONE(tile_price(&alone, of->set, of->block, of->first_column, of->n_columns, &priced_alone, error));
  TRY_DONE(buffer_gather(alone.on, priced_alone.pnl, &(uint64_t){0}, 1, of->stride, expected, error));
  TRY_DONE(buffer_gather(with->on, of->pnl, &(uint64_t){(uint64_t)row * of->stride}, 1, of->stride, got, error));
  for (uint32_t k = 0; status == SG_OK && k < of->n_columns; k++) {
    if (!verify_same(expected[k], got[k])) {
      status = verify_refuse_instrument(with, of, value_kernel(value_pricer(with->in, c)), c, k, expected[k], got[k],
                                        error);
    }
  }
done:
  tile_close(&priced_alone);
  pricing_close(&alone);
  free(only);
  free(expected);
  return status;
}

sg_status verify_rows(const pricing *with, const tile *of, const priced *which, sg_error *error) {
  if (with->watch == NULL || of->check->sums != NULL) {
    return SG_OK;
  }
  uint64_t all = (uint64_t)which->n * of->n_columns;
  double share = (double)all / ((double)with->n_held * verifier_scenarios(with->watch));
  uint64_t n = verifier_count(with->watch, VERIFY_CELLS, all, share) / of->n_columns + 1;
  for (uint64_t j = 0; j < n && j < which->n; j++) {
    uint64_t i = n < which->n ? verifier_draw(with->watch, j, n, which->n) : j;
    TRY(verify_row(with, of, with->row_of[which->instrument[i]], error));
  }
  return SG_OK;
}

static sg_status read_sums(const pricing *with, const tile *of, uint64_t *sums, sg_error *error) {
  const kernel_argument arguments[] = {ARG_BUFFER(of->pnl), ARG_UINT(with->n_held), ARG_UINT(of->stride),
                                       ARG_BUFFER(of->check->d_sums)};
  TRY(device_launch(with->on, KERNEL_sum_rows, arguments, sizeof arguments / sizeof *arguments,
                    (size_t[2]){with->n_held, 1}, error));
  return buffer_read(with->on, of->check->d_sums, 0, with->n_held * sizeof *sums, sums, error);
}

static sg_status compare_sums(const pricing *with, const tile *of, sg_error *error) {
  TRY(read_sums(with, of, of->check->sums_now, error));
  for (uint32_t row = 0; row < with->n_held; row++) {
    if (of->check->sums_now[row] != of->check->sums[row]) {
      TRY(verify_row(with, of, row, error)); /* says which cell */
      return error_fail(error, SG_DEVICE, "%s has changed the padding of the P&L of instrument %s",
                        device_get_traits(with->on)->name, with->in->book->instruments.id[with->held[row]]);
    }
  }
  return SG_OK;
}

sg_status verify_opened(const pricing *with, const tile *of, sg_error *error) {
  tile_check *check = of->check;
  if (with->watch == NULL || check->sums != NULL) {
    return with->watch == NULL ? SG_OK : compare_sums(with, of, error);
  }
  uint64_t *sums = malloc((with->n_held + 1) * sizeof *sums);
  check->sums_now = malloc((with->n_held + 1) * sizeof *sums);
  sg_status status = sums && check->sums_now ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  TRY_DONE(buffer_make(with->on, with->n_held * sizeof *sums, NULL, &check->d_sums, error));
  TRY_DONE(read_sums(with, of, sums, error));
  check->sums = sums;
  sums = NULL;
done:
  free(sums);
  return status;
}

sg_status verify_closing(const pricing *with, const tile *of, sg_error *error) {
  if (with->watch == NULL || of->check == NULL || of->check->sums == NULL) {
    return SG_OK;
  }
  tile_check *check = of->check;
  size_t n = check->cells.n;
  uint64_t *begin = calloc(n + 1, sizeof *begin);
  double *got = malloc((n + 1) * sizeof *got);
  sg_status status = begin && got ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (size_t j = 0; j < n; j++) {
    begin[j] = (uint64_t)check->cells.items[j].row * of->stride + check->cells.items[j].column;
  }
  TRY_DONE(buffer_gather(with->on, of->pnl, begin, n, 1, got, error));
  for (size_t j = 0; j < n; j++) {
    const checked_cell *cell = &check->cells.items[j];
    if (!verify_same(cell->expected, got[j])) {
      status = verify_refuse_instrument(with, of, cell->kernel, with->held[cell->row], cell->column, cell->expected,
                                        got[j], error);
      goto done;
    }
  }
  ARRAY_FREE(&check->cells); /* once is enough: the sums hold what comes later to the same bits */
  TRY_DONE(compare_sums(with, of, error));
done:
  free(begin);
  free(got);
  return status;
}
