/* SPDX-License-Identifier: MIT
 *
 * Scenarios as people read them.
 */
#include "engine/scenario_rows.h"

#include "base/array.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct row_list {
  ARRAY(scenario_row) rows;
  arena *memory;
} row_list;

static bool add_row(row_list *to, const scenario_row *like, const char *factor, double move, const char *kind) {
  char text[NUMBER_TEXT_BYTES];
  scenario_row row = *like;
  row.factor = factor;
  row.move = arena_text(to->memory, text, number_format(move, text));
  row.kind = kind;
  return row.factor != NULL && row.move != NULL && ARRAY_PUSH(&to->rows, row);
}

static bool add_grid_scenario(row_list *to, const bound *in, const scenarios *of, uint32_t k, scenario_row like) {
  const scenario_group *group = &of->block->groups[of->group[k]];
  const price_lists *lists = &group->prices;
  const char *kind = of->block->price_kind == MOVE_RELATIVE ? "relative" : "absolute";
  bool done = true;
  for (uint32_t l = 0; done && l < lists->n_lists; l++) {
    const char *factor = lists->by == NULL ? "price" : arena_format(to->memory, "price:%s", lists->key[l]);
    done = add_row(to, &like, factor, lists->price[l][of->price[k]], kind);
  }
  const slice *at = &of->slices[of->slice_of[k]];
  if (at->vol != VOL_SAME) {
    like.factor = "vol";
    like.move = of->block->vols[at->vol].name;
    like.kind = "expression";
    done = done && ARRAY_PUSH(&to->rows, like);
  }
  if (at->time_days != 0.0) {
    done = done && add_row(to, &like, "time", at->time_days, "absolute");
  }
  for (uint32_t key = 1; done && key < in->model->n_scenario_keys; key++) {
    double number = group->numbers == NULL ? 0.0 : group->numbers[(size_t)key * lists->n_prices + of->price[k]];
    if (group->numbers != NULL && number == number) {
      done = add_row(to, &like, in->model->scenario_keys[key], number, "number");
    }
  }
  return done;
}

static const char *file_factor(arena *memory, const scenario_move *move) {
  static const struct {
    char factor;
    const char *prefix;
  } prefixes[] = {{'p', "price"}, {'v', "vol"}, {'f', "fx"}, {'r', "rate"}};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (prefixes[i].factor == move->factor) {
      char tenor[NUMBER_TEXT_BYTES] = "";
      bool at_tenor = move->tenor_days == move->tenor_days;
      if (at_tenor) {
        number_format(move->tenor_days, tenor);
      }
      return arena_format(memory, "%s:%s%s%s", prefixes[i].prefix, move->name, at_tenor ? "@" : "", tenor);
    }
  }
  return "time";
}

static bool add_file_rows(row_list *to, const scenarios *of, const char *block) {
  bool done = true;
  for (size_t i = 0; done && i < of->file->n_moves; i++) {
    const scenario_move *move = &of->file->moves[i];
    scenario_row like = {.block = block, .scenario = of->block->first + move->scenario,
                         .weight = of->file->weight[move->scenario]};
    done = add_row(to, &like, file_factor(to->memory, move), move->move, move->relative ? "relative" : "absolute");
  }
  return done;
}

static int by_scenario(const void *left, const void *right) {
  const scenario_row *a = left, *b = right;
  if (a->scenario != b->scenario) {
    return a->scenario < b->scenario ? -1 : 1;
  }
  int order = strcmp(a->factor, b->factor);
  return order != 0 ? order : strcmp(a->move, b->move);
}

sg_status scenario_rows_make(bound *in, const scenarios *sets, result *made, sg_error *error) {
  row_list list = {.memory = made->memory};
  sg_status status = SG_OK;
  for (uint32_t b = 0; status == SG_OK && b < in->model->n_blocks; b++) {
    const scenarios *of = &sets[b];
    size_t first = list.rows.n;
    bool done = true;
    if (of->file != NULL) {
      done = add_file_rows(&list, of, of->block->name);
    }
    double *moves = malloc((of->n + 1) * sizeof *moves);
    double *weights = malloc((of->n + 1) * sizeof *weights);
    status = moves == NULL || weights == NULL ? error_out_of_memory(error) : SG_OK;
    if (status == SG_OK && of->file == NULL && of->n_classes > 0) {
      scenarios_moves(in, of, 0, moves);
      status = scenarios_weights(in, of, 0, moves, weights, error);
    }
    for (uint32_t k = 0; status == SG_OK && done && of->file == NULL && k < of->n; k++) {
      scenario_row like = {.block = of->block->name, .scenario = of->number[k],
                           .weight = of->n_classes > 0 ? weights[k] : 1.0};
      done = add_grid_scenario(&list, in, of, k, like);
    }
    free(moves);
    free(weights);
    status = status == SG_OK && !done ? error_out_of_memory(error) : status;
    if (status == SG_OK && list.rows.n > first) {
      qsort(list.rows.items + first, list.rows.n - first, sizeof *list.rows.items, by_scenario);
    }
  }
  made->n_scenarios = list.rows.n;
  made->scenarios = status == SG_OK ? ARENA_ARRAY(made->memory, scenario_row, list.rows.n) : NULL;
  if (made->scenarios != NULL && list.rows.n > 0) {
    memcpy(made->scenarios, list.rows.items, list.rows.n * sizeof *list.rows.items);
  }
  ARRAY_FREE(&list.rows);
  return made->scenarios != NULL || status != SG_OK ? status : error_out_of_memory(error);
}
