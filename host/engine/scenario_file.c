/* SPDX-License-Identifier: MIT
 *
 * A block's scenario file: found in the book, checked, and its moves put in an order in which they are found fast.
 */
#include "base/error.h"
#include "engine/scenarios.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding it -------------------------------------------------------------------------------- */

/* Is it scenarios/NAME.csv? */
static bool file_is(const scenario_file *file, const char *name) {
  static const char folder[] = "scenarios/";
  size_t length = strlen(name);
  const char *own = file->name + sizeof folder - 1;
  return strncmp(file->name, folder, sizeof folder - 1) == 0 && strncmp(own, name, length) == 0 &&
         strcmp(own + length, ".csv") == 0;
}

static sg_status check_moves(const bound *in, const scenario_file *file, sg_error *error) {
  const char *base = in->book->currencies.id[in->book->base_currency];
  sg_status status = SG_OK;
  for (size_t i = 0; i < file->n_moves; i++) {
    const scenario_move *move = &file->moves[i];
    place where = {file->path, move->line, 0};
    if (move->factor == 'r') {
      status =
          error_add(error, SG_INPUT, where, "rate:%s: moves of rates are not built yet in this version", move->name);
    } else if (move->factor == 'f' && !move->relative) {
      status = error_add(error, SG_INPUT, where, "fx:%s: the move of a currency is relative", move->name);
    } else if (move->factor == 'f' && strcmp(move->name, base) == 0) {
      status = error_add(error, SG_INPUT, where, "fx:%s: the base currency does not move against itself", base);
    } else if (move->factor == 'f' && !(move->move > -1.0)) {
      status = error_add(error, SG_INPUT, where, "fx:%s: a relative move must be above -1 (-100 %%)", move->name);
    } else if (move->factor == 't' && !(move->move >= 0.0)) {
      status = error_add(error, SG_INPUT, where, "time: runs forward only");
    }
  }
  return status;
}

sg_status scenarios_find_file(const bound *in, const model_block *block, const scenario_file **file, sg_error *error) {
  for (uint32_t i = 0; i < in->book->n_scenario_files; i++) {
    if (file_is(&in->book->scenario_files[i], block->file)) {
      *file = &in->book->scenario_files[i];
      return check_moves(in, *file, error);
    }
  }
  return error_add(error, SG_INPUT, block->where, "block %s needs scenarios/%s.csv, which book %s does not have",
                   block->name, block->file, in->book->folder);
}

/* ---- order ------------------------------------------------------------------------------------- */

static double tenor_or_none(const scenario_move *move) {
  return move->tenor_days == move->tenor_days ? move->tenor_days : -1.0;
}

static int by_number(double a, double b) { return (a > b) - (a < b); }

static int by_factor(const scenario_move *a, char factor, const char *name) {
  return a->factor != factor ? (a->factor > factor ? 1 : -1) : strcmp(a->name, name);
}

static int by_factor_scenario_tenor(const void *left, const void *right) {
  const scenario_move *a = *(const scenario_move *const *)left, *b = *(const scenario_move *const *)right;
  int order = by_factor(a, b->factor, b->name);
  order = order != 0 ? order : (a->scenario > b->scenario) - (a->scenario < b->scenario);
  order = order != 0 ? order : by_number(tenor_or_none(a), tenor_or_none(b));
  return order != 0 ? order : by_number(a->move, b->move);
}

move_range scenarios_find_moves(const scenarios *of, char factor, const char *name) {
  move_range found = {0, of->n_moves};
  while (found.first < found.end) {
    size_t middle = found.first + (found.end - found.first) / 2;
    if (by_factor(of->moves[middle], factor, name) < 0) {
      found.first = middle + 1;
    } else {
      found.end = middle;
    }
  }
  while (found.end < of->n_moves && by_factor(of->moves[found.end], factor, name) == 0) {
    found.end++;
  }
  return found;
}

static sg_status index_vols(const bound *in, scenarios *made, arena *memory, sg_error *error) {
  uint32_t n_underlyings = in->book->underlyings.n;
  for (uint32_t u = 0; u < n_underlyings; u++) {
    move_range vols = scenarios_find_moves(made, 'v', in->book->underlyings.id[u]);
    if (vols.first < vols.end && made->vol_first == NULL) {
      made->vol_first = ARENA_ARRAY(memory, uint32_t, (size_t)made->n * n_underlyings);
      if (made->vol_first == NULL) {
        return error_out_of_memory(error);
      }
    }
    for (size_t i = vols.end; i-- > vols.first;) {
      made->vol_first[(size_t)made->moves[i]->scenario * n_underlyings + u] = (uint32_t)i + 1;
    }
  }
  return SG_OK;
}

sg_status scenarios_index_file(const bound *in, scenarios *made, arena *memory, sg_error *error) {
  const scenario_file *file = made->file;
  made->n_moves = file->n_moves;
  made->moves = ARENA_ARRAY(memory, const scenario_move *, file->n_moves);
  made->column_of = ARENA_ARRAY(memory, uint32_t, made->n);
  if (made->moves == NULL || made->column_of == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < file->n_moves; i++) {
    made->moves[i] = &file->moves[i];
  }
  qsort(made->moves, made->n_moves, sizeof *made->moves, by_factor_scenario_tenor);
  for (uint32_t k = 0; k < made->n; k++) {
    made->column_of[made->file_scenario[k]] = k;
  }
  return index_vols(in, made, memory, error);
}
