/* SPDX-License-Identifier: MIT
 *
 * Contracts once per run; forwards, vols and weights once per tile; then one launch per pricer.
 */
#include "engine/verify.h"

#include "engine/solve.h"
#include "kernels/shared.h"

#include <stdlib.h>

/* ---- contracts --------------------------------------------------------------------------------- */

typedef struct order {
  uint32_t forward, instrument;
} order;

static int by_forward(const void *left, const void *right) {
  const order *a = left, *b = right;
  if (a->forward != b->forward) {
    return a->forward < b->forward ? -1 : 1;
  }
  return (a->instrument > b->instrument) - (a->instrument < b->instrument);
}

/* contract[field][i], n_padded to a row. */
static void fill_contract(const bound *in, pricing_of of, uint32_t c, uint32_t i, size_t n_padded, double *contract) {
  double fields[N_CONTRACT_FIELDS];
  if (of == PRICING_UNITS) {
    value_terms(in, c, fields);
    fields[CONTRACT_MULTIPLIER] = 1.0;
  } else {
    value_contract(in, c, fields);
  }
  for (size_t field = 0; field < N_CONTRACT_FIELDS; field++) {
    contract[field * n_padded + i] = fields[field];
  }
}

static sg_status open_kind(pricing *with, pricer kind, sg_error *error) {
  const book *b = with->in->book;
  priced *made = &with->kinds[kind];
  order *orders = malloc((with->n_held + 1) * sizeof *orders);
  uint32_t *rows = NULL;
  sg_status status = SG_OK;
  if (orders == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t row = 0; row < with->n_held; row++) {
    if (value_pricer(with->in, with->held[row]) == kind) {
      orders[made->n++] = (order){b->instruments.forward[with->held[row]], with->held[row]};
    }
  }
  if (made->n == 0) {
    goto done;
  }
  qsort(orders, made->n, sizeof *orders, by_forward);
  made->n_padded = round_up(made->n, INSTRUMENT_PADDING);
  made->instrument = malloc(made->n_padded * sizeof *made->instrument);
  rows = malloc(made->n_padded * sizeof *rows);
  made->terms = malloc((size_t)N_CONTRACT_FIELDS * made->n_padded * sizeof *made->terms);
  if (made->instrument == NULL || rows == NULL || made->terms == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  for (uint32_t i = 0; i < made->n_padded; i++) {
    made->instrument[i] = orders[i < made->n ? i : made->n - 1].instrument;
    rows[i] = with->row_of[made->instrument[i]];
    fill_contract(with->in, with->of, made->instrument[i], i, made->n_padded, made->terms);
  }
  TRY_DONE(buffer_make(with->on, (size_t)N_CONTRACT_FIELDS * made->n_padded * sizeof *made->terms, made->terms,
                       &made->contract, error));
  TRY_DONE(buffer_make(with->on, made->n_padded * sizeof *rows, rows, &made->pnl_row, error));
  TRY_DONE(solve_open(with, kind, error));
done:
  if (with->watch == NULL) {
    free(made->terms);
    made->terms = NULL;
  }
  free(orders);
  free(rows);
  return status;
}

static sg_status count_forwards(pricing *with, sg_error *error) {
  bool *seen = calloc((size_t)with->in->book->forwards.n + 1, sizeof *seen);
  if (seen == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t row = 0; row < with->n_held; row++) {
    uint32_t f = with->in->book->instruments.forward[with->held[row]];
    with->n_forwards += !seen[f];
    seen[f] = true;
  }
  free(seen);
  return SG_OK;
}

sg_status pricing_open(bound *in, device *on, pricing_of of, const bool *needed, verifier *watch, pricing *opened,
                       sg_error *error) {
  *opened = (pricing){.in = in, .on = on, .of = of, .watch = watch};
  uint32_t n = in->book->instruments.n;
  opened->held = calloc(n + 1, sizeof *opened->held);
  opened->row_of = malloc((n + 1) * sizeof *opened->row_of);
  sg_status status = opened->held == NULL || opened->row_of == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t c = 0; status == SG_OK && c < n; c++) {
    opened->row_of[c] = needed[c] ? opened->n_held : ID_NONE;
    if (needed[c]) {
      opened->held[opened->n_held++] = c;
    }
  }
  status = status == SG_OK ? count_forwards(opened, error) : status;
  for (int kind = 0; status == SG_OK && kind < N_PRICERS; kind++) {
    status = open_kind(opened, (pricer)kind, error);
  }
  if (status != SG_OK) {
    pricing_close(opened);
  }
  return status;
}

void pricing_close(pricing *opened) {
  for (int kind = 0; kind < N_PRICERS; kind++) {
    free(opened->kinds[kind].instrument);
    free(opened->kinds[kind].terms);
    buffer_close(opened->kinds[kind].contract);
    buffer_close(opened->kinds[kind].pnl_row);
    solve_close(&opened->kinds[kind]);
  }
  free(opened->held);
  free(opened->row_of);
  *opened = (pricing){0};
}

void tile_close(tile *of) {
  buffer_unmap(of->pnl, of->mapped);
  buffer_close(of->pnl);
  buffer_close(of->scenario_of);
  of->pnl = of->scenario_of = NULL;
  of->mapped = NULL;
}

uint64_t tile_kept_bytes(const pricing *with, uint32_t n_columns) {
  return (uint64_t)round_up(n_columns, COLUMN_PADDING) * (with->n_held + 1) * sizeof(double);
}

uint64_t tile_bytes(const pricing *with, const scenarios *set, uint32_t n_columns) {
  uint64_t row_bytes = (uint64_t)round_up(n_columns, COLUMN_PADDING) * sizeof(double);
  uint64_t rows = (uint64_t)with->n_forwards * (set->n_classes + 1);
  uint64_t slices = set->file != NULL && n_columns < set->n_slices ? n_columns : set->n_slices;
  /* 1: the number of the boundary that is shared */
  uint64_t boundary = with->kinds[PRICER_AMERICAN].n_padded * (1 + (uint64_t)with->in->american[AMERICAN_N_NODES]);
  uint64_t solved = solve_count(with, PRICER_DIFFERENCES) + solve_count(with, PRICER_TWO_BOUNDARIES);
  rows = rows < with->n_held ? rows : with->n_held;
  /* with P&L: rows of forwards and their logarithms, a vol and what is solved per slice */
  return tile_kept_bytes(with, n_columns) + row_bytes * 2 * rows +
         slices * (with->n_held + boundary + solved) * sizeof(double);
}

sg_status tile_report_not_finite(const pricing *with, const tile *of, sg_error *error) {
  double *row = malloc(of->stride * sizeof *row);
  if (row == NULL) {
    return error_out_of_memory(error);
  }
  sg_status status = SG_OK;
  for (uint32_t r = 0; status == SG_OK && r < with->n_held; r++) {
    status = buffer_read(with->on, of->pnl, (size_t)r * of->stride * sizeof *row, of->stride * sizeof *row, row, error);
    for (uint32_t k = 0; status == SG_OK && k < of->n_columns; k++) {
      if (!(row[k] - row[k] == 0.0)) {
        TRY_DONE(verify_row(with, of, r, error));
        place where = {"instruments.csv", with->in->book->instruments.line[with->held[r]], 0};
        status = error_add(error, SG_INPUT, where,
                           "the P&L of instrument %s in scenario %u of block %s is not a finite number",
                           with->in->book->instruments.id[with->held[r]], of->set->number[of->first_column + k],
                           of->set->block->name);
      }
    }
  }
done:
  free(row);
  return status != SG_OK ? status
                         : error_fail(error, SG_INPUT, "a node's P&L in block %s overflows a double", of->set->block->name);
}
