/* SPDX-License-Identifier: MIT
 *
 * The checks of a book under a model.
 */
#include "engine/quality.h"

#include "base/date.h"
#include "engine/scenarios.h"

#include <math.h>
#include <stdlib.h>

/* The largest relative price move of each underlying over all blocks; NaN where the model has none. */
static sg_status widen(bound *in, const model_block *block, double *range, sg_error *error) {
  const book *b = in->book;
  scenarios all;
  TRY(scenarios_make(in, block, in->memory, &all, error));
  double *move = malloc((all.n + 1) * sizeof *move);
  double *reach = calloc((size_t)all.n_classes + 1, sizeof *reach);
  sg_status status = move && reach ? SG_OK : error_out_of_memory(error);
  for (uint32_t k = 0; status == SG_OK && k < all.n_classes; k++) {
    scenarios_moves(in, &all, k, move);
    for (uint32_t s = 0; s < all.n; s++) {
      reach[k] = fabs(move[s]) > reach[k] ? fabs(move[s]) : reach[k];
    }
  }
  for (uint32_t c = 0; status == SG_OK && c < b->instruments.n; c++) {
    uint32_t u = b->instruments.underlying[c];
    double relative = !all.in_block[c]                     ? 0.0
                      : block->price_kind == MOVE_RELATIVE ? reach[all.class_of[c]]
                                                           : reach[all.class_of[c]] / fabs(b->underlyings.price[u]);
    range[u] = relative > 0.0 && !(range[u] >= relative) ? relative : range[u];
  }
  free(move);
  free(reach);
  return status;
}

static sg_status find_range(const book *of, const model *under, arena *memory, double *range, sg_error *error) {
  bound *in = NULL;
  for (uint32_t u = 0; u < of->underlyings.n; u++) {
    range[u] = NAN;
  }
  sg_status status = bound_make(of, under, of->instruments.vol, memory, &in, error);
  for (uint32_t b = 0; status == SG_OK && b < under->n_blocks; b++) {
    status = widen(in, &under->blocks[b], range, error);
  }
  bound_close(in);
  return status;
}

static sg_status check_order(const book *of, const book *previous, sg_error *error) {
  char now[24], before[24];
  if (previous->as_of_s <= of->as_of_s) {
    return SG_OK;
  }
  date_format(of->as_of_s, now);
  date_format(previous->as_of_s, before);
  return error_fail(error, SG_INPUT, "the previous book is as of %s, after %s of the book", before, now);
}

sg_status engine_check(const book *of, const model *under, const book *previous, arena *memory, quality_report *found,
                       sg_error *error) {
  quality_rules rules;
  quality_rules_default(&rules);
  quality_input in = {.book = of, .previous = previous, .rules = under == NULL ? &rules : &under->quality};
  if (previous != NULL) {
    TRY(check_order(of, previous, error));
  }
  if (under != NULL && previous != NULL) {
    double *range = ARENA_ARRAY(memory, double, of->underlyings.n);
    if (range == NULL) {
      return error_out_of_memory(error);
    }
    TRY(find_range(of, under, memory, range, error));
    in.price_range = range;
  }
  TRY(quality_check(&in, memory, found, error));
  if (previous != NULL && found->n_same_underlyings == 0) { /* nothing would be compared, and nobody told */
    return error_fail(error, SG_INPUT, "the previous book has none of the book's underlyings");
  }
  return SG_OK;
}
