/* SPDX-License-Identifier: MIT
 *
 * The lines of a run when all are there: by row, and with the scenario that binds each.
 */
#include "base/error.h"
#include "base/parallel.h"
#include "engine/record_parts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { RANGE_LINES = 1 << 15 };

/* A line of amount 0 for each account that holds what a term not covered by the model would touch. */
static sg_status name_not_covered(recorder *with, sg_error *error) {
  const model *m = with->in->model;
  const book *b = with->in->book;
  bool *mask = malloc(b->instruments.n + 1), *touched = malloc(with->run->n_rows + 1);
  sg_status status = mask && touched ? SG_OK : error_out_of_memory(error);
  for (uint32_t i = 0; status == SG_OK && i < m->n_not_covered; i++) {
    if (m->not_covered_of[i].n == 0) {
      continue;
    }
    memset(touched, 0, with->run->n_rows);
    status = bound_filter(with->in, &m->not_covered_of[i], (place){m->path, 0, 0}, mask, error);
    for (size_t p = 0; status == SG_OK && p < b->positions.n; p++) {
      uint32_t row = with->row_of[b->accounts.margin_account[b->positions.account[p]]];
      if (row != ID_NONE && b->positions.quantity_exact[p].units != 0) {
        touched[row] |= mask[b->positions.instrument[p]];
      }
    }
    for (uint32_t r = 0; status == SG_OK && r < with->run->n_rows; r++) {
      line made = {.account = with->run->rows[r].account, .measure = MEASURE_INITIAL, .node = "-",
                   .rule = "not covered", .block = "", .detail = m->not_covered[i]};
      status = !touched[r] || result_lines_add(with->run->lines, &with->run->n_lines, &made, 1) ? SG_OK : error_out_of_memory(error);
    }
  }
  free(mask);
  free(touched);
  return status;
}

/* ---- order ------------------------------------------------------------------------------------- */

static size_t place_of(const recorder *with, const line *of) {
  return (size_t)with->row_of[of->account] * N_MEASURES + of->measure;
}

/* By row and measure, and within these in the order they were added: counted, then placed. */
static sg_status place_lines(recorder *with, sg_error *error) {
  result *run = with->run;
  size_t *next = calloc((size_t)run->n_rows * N_MEASURES + 1, sizeof *next), first = 0, n_placed = 0;
  size_t *from = calloc(run->n_lines + 1, sizeof *from); /* [place] */
  line **placed = result_lines_open();
  bool enough = next != NULL && from != NULL && placed != NULL;
  for (size_t i = 0; enough && i < run->n_lines; i++) {
    next[place_of(with, result_line(run, i))]++;
  }
  for (size_t at = 0; enough && at < (size_t)run->n_rows * N_MEASURES; at++) {
    size_t n = next[at];
    next[at] = first;
    first += n;
  }
  for (size_t i = 0; enough && i < run->n_lines; i++) {
    from[next[place_of(with, result_line(run, i))]++] = i;
  }
  for (size_t i = 0; enough && i < run->n_lines; i++) {
    enough = result_lines_add(placed, &n_placed, result_line(run, from[i]), 1);
  }
  free(next);
  free(from);
  if (!enough) {
    result_lines_close(placed);
    return error_out_of_memory(error);
  }
  result_lines_close(run->lines);
  run->lines = placed;
  return SG_OK;
}

typedef struct line_order {
  const recorder *with;
  atomic_bool broken; /* lines of a row stand apart, or before those of an earlier one */
} line_order;

static void find_worst(const result *run, margin_row *row) {
  const line *largest = NULL;
  for (uint32_t k = 0; k < row->n_lines[MEASURE_INITIAL]; k++) {
    const line *at = result_line(run, row->first_line[MEASURE_INITIAL] + k);
    if (at->block[0] != '\0' && (largest == NULL || money_compare(at->amount, largest->amount) > 0)) {
      largest = at;
    }
  }
  row->worst_block = largest == NULL ? "" : largest->block;
  row->worst_scenario = largest == NULL ? 0 : largest->scenario;
}

/* Rows and measures whose first line is in the range. */
static void find_rows(void *context, uint32_t worker, size_t first, size_t end) {
  line_order *order = context;
  const recorder *with = order->with;
  const result *run = with->run;
  size_t before = first == 0 ? 0 : place_of(with, result_line(run, first - 1)), n;
  bool begins = first == 0;
  for (size_t i = first; i < end; i++) {
    size_t at = place_of(with, result_line(run, i));
    if (at < before) {
      order->broken = true;
      return;
    }
    if (begins || at != before) {
      margin_row *row = &run->rows[at / N_MEASURES];
      for (n = 1; i + n < run->n_lines && place_of(with, result_line(run, i + n)) == at; n++) {
      }
      row->first_line[at % N_MEASURES] = i;
      row->n_lines[at % N_MEASURES] = (uint32_t)n;
      if (at % N_MEASURES == MEASURE_INITIAL) {
        find_worst(run, row);
      }
    }
    before = at;
    begins = false;
  }
}

static sg_status order_lines(recorder *with, sg_error *error) {
  line_order order = {.with = with};
  parallel_ranges(with->run->n_lines, RANGE_LINES, find_rows, &order);
  if (order.broken) { /* what parents, substitutes and terms not covered have added, or longs and shorts */
    TRY(place_lines(with, error));
    parallel_ranges(with->run->n_lines, RANGE_LINES, find_rows, &order);
  }
  return SG_OK;
}

static sg_status keep_pnl(recorder *with, sg_error *error) {
  result *run = with->run;
  run->n_pnl = with->pnl.n;
  run->pnl = ARENA_ARRAY(run->memory, pnl_row, run->n_pnl);
  if (run->pnl == NULL) {
    return error_out_of_memory(error);
  }
  if (run->n_pnl > 0) {
    memcpy(run->pnl, with->pnl.items, run->n_pnl * sizeof *run->pnl);
  }
  return SG_OK;
}

sg_status recorder_order(recorder *with, sg_error *error) {
  TRY(name_not_covered(with, error));
  TRY(order_lines(with, error));
  return keep_pnl(with, error);
}
