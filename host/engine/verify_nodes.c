/* SPDX-License-Identifier: MIT
 *
 * Cells of nodes and results, by the reference's netting, folding, adjusting and reducing of what lies below them.
 *
 * The cells of a sample are nodes of one column each: cell j is row j, whose stride is 1, and its parts are gathered in
 * the order of the lists, so that part x is row x.
 */
#include "engine/verify.h"

#include "base/clock.h"
#include "base/error.h"
#include "kernels/shared.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists of parts ------------------------------------------------------------------------------ */

typedef struct part_lists {
  uint32_t n;               /* cells */
  uint64_t n_parts;
  uint64_t *begin;          /* [j] */
  uint64_t *source;         /* [x] part of the step */
  uint64_t *at;             /* [x] element of the matrix below */
  uint32_t *identity;       /* [x or j] */
  double *pnl, *factor, *cap; /* [x] */
  double *credit, *scale;   /* [j] */
} part_lists;

static void part_lists_free(part_lists *of) {
  free(of->begin);
  free(of->source);
  free(of->identity);
  free(of->pnl);
}

void node_sample_free(node_sample *sample) {
  free(sample->node);
  free(sample->expected);
  *sample = (node_sample){0};
}

/* Draws cells until the sample is full or the work for it is. */
static sg_status draw_cells(verifier *watch, const tile *of, const node_inputs *in, node_sample *sample, sg_error *error) {
  uint64_t all = (uint64_t)in->n_nodes * of->n_columns, n_parts = 0;
  uint64_t n = verifier_count(watch, VERIFY_NODES, all, in->share);
  *sample = (node_sample){.node = malloc((2 * n + 2) * sizeof *sample->node),
                          .expected = malloc((n + 1) * sizeof *sample->expected)};
  if (sample->node == NULL || sample->expected == NULL) {
    return error_out_of_memory(error);
  }
  sample->column = sample->node + n + 1;
  for (uint64_t j = 0; j < n; j++) {
    if (verifier_bounds_work(watch) && n_parts > VERIFY_TERMS * n) {
      verifier_uncount(watch, VERIFY_NODES, n - j);
      break;
    }
    uint64_t drawn = verifier_draw(watch, j, n, all);
    uint32_t node = (uint32_t)(drawn / of->n_columns);
    n_parts += in->begin[node + 1] - in->begin[node];
    sample->node[j] = node;
    sample->column[j] = (uint32_t)(drawn % of->n_columns);
    sample->n++;
  }
  return SG_OK;
}

static sg_status list_parts(const tile *of, const node_inputs *in, const node_sample *sample, part_lists *made,
                            sg_error *error) {
  *made = (part_lists){.n = sample->n};
  for (uint32_t j = 0; j < sample->n; j++) {
    made->n_parts += in->begin[sample->node[j] + 1] - in->begin[sample->node[j]];
  }
  uint64_t n = made->n_parts, longest = n > made->n ? n : made->n;
  made->begin = calloc(made->n + (size_t)1, sizeof *made->begin);
  made->source = malloc((2 * n + 1) * sizeof *made->source);
  made->identity = malloc((longest + 1) * sizeof *made->identity);
  made->pnl = malloc((3 * n + 2 * (uint64_t)made->n + 1) * sizeof *made->pnl);
  if (!made->begin || !made->source || !made->identity || !made->pnl) {
    part_lists_free(made);
    *made = (part_lists){0};
    return error_out_of_memory(error);
  }
  made->at = made->source + n;
  made->factor = made->pnl + n;
  made->cap = made->factor + n;
  made->credit = made->cap + n;
  made->scale = made->credit + made->n;
  uint64_t x = 0;
  for (uint32_t j = 0; j < sample->n; j++) {
    made->begin[j] = x;
    for (uint64_t p = in->begin[sample->node[j]]; p < in->begin[sample->node[j] + 1]; p++) {
      made->source[x] = p;
      made->at[x++] = in->part[p] * (uint64_t)of->stride + sample->column[j];
    }
  }
  made->begin[made->n] = x;
  for (uint64_t i = 0; i < longest; i++) {
    made->identity[i] = (uint32_t)i;
  }
  return SG_OK;
}

/* ---- launches of the reference ------------------------------------------------------------------- */

sg_status verify_launch_lent(lent_memory *of, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                                const size_t items[2], sg_error *error) {
  if (of->status == SG_OK) {
    of->status = device_launch(of->to, kernel, arguments, n_arguments, items, error);
  }
  return memory_take_back(of, NULL, 0, error);
}

#define LEND(memory, n) memory_lend(&all, (memory), (n) * sizeof *(memory), error)
#define N_ARGUMENTS (sizeof arguments / sizeof *arguments)

sg_status verify_leaves(verifier *watch, const tile *of, const node_inputs *in, node_sample *sample, sg_error *error) {
  part_lists lists = {0};
  sample->kernel = KERNEL_net_nodes;
  sg_status status = draw_cells(watch, of, in, sample, error);
  TRY_DONE(status);
  sample->kernel = KERNEL_net_nodes;
  TRY_DONE(list_parts(of, in, sample, &lists, error));
  TRY_DONE(buffer_gather(verifier_device(watch), of->pnl, lists.at, lists.n_parts, 1, lists.pnl, error));
  for (uint64_t x = 0; x < lists.n_parts; x++) {
    lists.factor[x] = in->quantity[lists.source[x]];
  }
  lent_memory all = {.to = verifier_reference(watch)};
  const kernel_argument arguments[] = {LEND(lists.begin, lists.n + 1),     LEND(lists.identity, lists.n_parts),
                                       LEND(lists.factor, lists.n_parts), LEND(lists.pnl, lists.n_parts),
                                       LEND(lists.identity, lists.n),     ARG_UINT(lists.n),
                                       ARG_UINT(1),                       ARG_UINT(1),
                                       LEND(sample->expected, lists.n)};
  TRY_DONE(verify_launch_lent(&all, KERNEL_net_nodes, arguments, N_ARGUMENTS, (size_t[2]){1, lists.n}, error));
  for (uint32_t j = 0; in->destination != NULL && j < sample->n; j++) {
    sample->node[j] = in->destination[sample->node[j]];
  }
done:
  part_lists_free(&lists);
  return status;
}

/* Cells first .. first + n - 1, which all have the scale of the first. */
static sg_status fold_cells(verifier *watch, const node_inputs *in, const part_lists *lists, uint32_t first, uint32_t n,
                            double *expected, sg_error *error) {
  lent_memory all = {.to = verifier_reference(watch)};
  uint64_t parts = lists->begin[first + n];
  const kernel_argument arguments[] = {LEND(lists->begin + first, n + 1), LEND(lists->identity, parts),
                                       LEND(lists->identity, parts),      LEND(lists->factor, parts),
                                       ARG_DOUBLE(in->gains),             LEND(lists->cap, parts),
                                       LEND(lists->scale + first, n),     LEND(lists->credit + first, n),
                                       ARG_UINT(n),                       ARG_UINT(1),
                                       LEND(lists->pnl, parts),           LEND(expected + first, n)};
  return verify_launch_lent(&all, KERNEL_fold_level, arguments, N_ARGUMENTS, (size_t[2]){1, n}, error);
}

sg_status verify_fold(verifier *watch, const tile *of, const node_inputs *in, device_buffer *below, node_sample *sample,
                      sg_error *error) {
  part_lists lists = {0};
  sg_status status = draw_cells(watch, of, in, sample, error);
  TRY_DONE(status);
  sample->kernel = KERNEL_fold_level;
  TRY_DONE(list_parts(of, in, sample, &lists, error));
  TRY_DONE(buffer_gather(verifier_device(watch), below, lists.at, lists.n_parts, 1, lists.pnl, error));
  for (uint32_t j = 0; j < lists.n; j++) {
    lists.credit[j] = in->credit[sample->node[j]];
    lists.scale[j] = in->scale == NULL ? 1.0 : in->scale[sample->column[j]];
    for (uint64_t x = lists.begin[j]; x < lists.begin[j + 1]; x++) {
      uint64_t p = lists.source[x];
      lists.factor[x] = in->rates[in->rate_row[p] * (size_t)of->stride + sample->column[j]];
      lists.cap[x] = in->gains_cap[p];
    }
  }
  for (uint32_t first = 0, end; first < lists.n; first = end) {
    for (end = first + 1; end < lists.n && lists.scale[end] == lists.scale[first];) {
      end++;
    }
    TRY_DONE(fold_cells(watch, in, &lists, first, end - first, sample->expected, error));
  }
done:
  part_lists_free(&lists);
  return status;
}

/* ---- adjustments --------------------------------------------------------------------------------- */

/* expected[j] of one cell, in place. */
static sg_status adjust_cell(verifier *watch, const double numbers[5], double *expected, sg_error *error) {
  static const uint32_t first_row[1] = {0};
  lent_memory all = {.to = verifier_reference(watch)};
  const kernel_argument arguments[] = {LEND(&numbers[0], 1), LEND(&numbers[1], 1), LEND(&numbers[2], 1),
                                       LEND(&numbers[3], 1), LEND(first_row, 1),   LEND(&numbers[4], 1),
                                       ARG_UINT(1),          ARG_UINT(1),          LEND(expected, 1)};
  return verify_launch_lent(&all, KERNEL_adjust_nodes, arguments, N_ARGUMENTS, (size_t[2]){1, 1}, error);
}

sg_status verify_adjust(verifier *watch, const tile *of, const adjust_inputs *in, node_sample *sample, sg_error *error) {
  if (sample->n == 0) {
    return SG_OK;
  }
  uint64_t *begin = malloc(2 * (size_t)sample->n * sizeof *begin), *credit_at = begin + sample->n;
  double *tables = malloc(4 * (size_t)sample->n * sizeof *tables);
  device_buffer *const by_node[] = {in->base, in->positive, in->negative};
  sg_status status = begin && tables ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t j = 0; j < sample->n; j++) {
    begin[j] = sample->node[j];
    credit_at[j] = in->credit_row[sample->node[j]] * (uint64_t)of->stride + sample->column[j];
  }
  for (int t = 0; t < 3; t++) {
    TRY_DONE(buffer_gather(verifier_device(watch), by_node[t], begin, sample->n, 1, tables + (size_t)t * sample->n, error));
  }
  TRY_DONE(buffer_gather(verifier_device(watch), in->credit, credit_at, sample->n, 1, tables + 3 * (size_t)sample->n, error));
  for (uint32_t j = 0; j < sample->n; j++) {
    size_t n = sample->n;
    const double numbers[5] = {tables[j], tables[n + j], tables[2 * n + j], in->scale[sample->column[j]], tables[3 * n + j]};
    TRY_DONE(adjust_cell(watch, numbers, &sample->expected[j], error));
  }
  sample->kernel = KERNEL_adjust_nodes;
done:
  free(begin);
  free(tables);
  return status;
}

/* ---- comparing ----------------------------------------------------------------------------------- */

sg_status verify_refuse_node(const verifier *watch, kernel_id kernel, const tile *of, const batch *in, uint32_t set,
                             uint32_t node, uint32_t k, double expected, double got, sg_error *error) {
  arena *memory = arena_open();
  const char *account = in->in->book->accounts.id[batch_account(in, in->portfolio_of[set][node])];
  const char *what = memory == NULL ? NULL : arena_format(memory, "account %s, node %s", account,
                                                          in->in->sets[set].name[in->tables[set].group[node]]);
  sg_status status = what == NULL ? error_out_of_memory(error)
                                  : verifier_refuse(watch, kernel, what, of, k, expected, got, error);
  arena_close(memory);
  return status;
}

sg_status verify_nodes(verifier *watch, const tile *of, const batch *in, uint32_t set, device_buffer *nodes,
                       const double *vectors, const node_sample *sample, sg_error *error) {
  uint64_t *begin = malloc((sample->n + (size_t)1) * sizeof *begin);
  double *got = malloc((sample->n + (size_t)1) * sizeof *got);
  sg_status status = begin && got ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  for (uint32_t j = 0; j < sample->n; j++) {
    begin[j] = sample->node[j] * (uint64_t)of->stride + sample->column[j];
  }
  TRY_DONE(buffer_gather(verifier_device(watch), nodes, begin, sample->n, 1, got, error));
  for (uint32_t j = 0; j < sample->n; j++) {
    uint32_t scenario = of->set->number[of->first_column + sample->column[j]] - of->set->block->first;
    double read = vectors == NULL ? got[j] : vectors[(size_t)sample->node[j] * of->set->n + scenario];
    double wrong = verify_same(sample->expected[j], got[j]) ? read : got[j];
    if (!verify_same(sample->expected[j], wrong)) {
      status = verify_refuse_node(watch, sample->kernel, of, in, set, sample->node[j], sample->column[j], sample->expected[j],
                           wrong, error);
      goto done;
    }
  }
done:
  free(begin);
  free(got);
  return status;
}

/* ---- results ------------------------------------------------------------------------------------- */

void result_sample_free(result_sample *sample) {
  free(sample->node);
  free(sample->expected.worst);
  free(sample->expected.scenario);
  *sample = (result_sample){0};
}

sg_status verify_results_before(verifier *watch, uint32_t n_nodes, double share, const worst_results *before,
                                result_sample *sample, sg_error *error) {
  uint32_t n = (uint32_t)verifier_count(watch, VERIFY_RESULTS, n_nodes, share);
  *sample = (result_sample){.n = n, .node = malloc((n + (size_t)1) * sizeof *sample->node)};
  sample->expected.worst = calloc(n + (size_t)1, sizeof(double));
  sample->expected.scenario = calloc(2 * (size_t)n + 1, sizeof(uint32_t));
  sample->expected.not_finite = sample->expected.scenario + n;
  if (!sample->node || !sample->expected.worst || !sample->expected.scenario) {
    return error_out_of_memory(error);
  }
  for (uint32_t j = 0; j < n; j++) {
    uint32_t node = sample->node[j] = (uint32_t)verifier_draw(watch, j, n, n_nodes);
    if (before != NULL) {
      sample->expected.worst[j] = before->worst[node];
      sample->expected.scenario[j] = before->scenario[node];
      sample->expected.not_finite[j] = before->not_finite[node];
    }
  }
  return SG_OK;
}

uint32_t *verify_scenarios(const tile *of) {
  uint32_t *scenario_of = malloc(of->stride * sizeof *scenario_of);
  for (uint32_t k = 0; scenario_of != NULL && k < of->stride; k++) {
    scenario_of[k] = of->set->number[of->first_column + (k < of->n_columns ? k : of->n_columns - 1)];
  }
  return scenario_of;
}

/* The worst of rows[j][stride] and of what was before. */
sg_status verify_reduce(verifier *watch, const tile *of, const double *rows, bool carry, uint32_t n, worst_results *to,
                        sg_error *error) {
  uint32_t *scenario_of = verify_scenarios(of);
  if (scenario_of == NULL) {
    return error_out_of_memory(error);
  }
  lent_memory all = {.to = verifier_reference(watch)};
  const kernel_argument arguments[] = {LEND(rows, (size_t)n * of->stride), LEND(scenario_of, of->stride), ARG_UINT(n),
                                       ARG_UINT(of->n_columns),            ARG_UINT(of->stride),          ARG_UINT(carry),
                                       LEND(to->worst, n),                 LEND(to->scenario, n),         LEND(to->not_finite, n)};
  sg_status status = verify_launch_lent(&all, KERNEL_reduce_worst, arguments, N_ARGUMENTS, (size_t[2]){n, 1}, error);
  free(scenario_of);
  return status;
}

uint32_t verify_column_of(const tile *of, uint32_t scenario) {
  uint32_t k = 0;
  while (k + 1 < of->n_columns && of->set->number[of->first_column + k] != scenario) {
    k++;
  }
  return k;
}

sg_status verify_results(verifier *watch, const tile *of, const batch *in, uint32_t set, device_buffer *nodes,
                         const worst_results *read, bool carry, result_sample *sample, sg_error *error) {
  enum { ROWS = 256 };
  uint64_t begin[ROWS];
  double *rows = malloc((size_t)ROWS * of->stride * sizeof *rows);
  sg_status status = rows == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t first = 0; status == SG_OK && first < sample->n; first += ROWS) {
    uint32_t n = sample->n - first < ROWS ? sample->n - first : ROWS;
    worst_results expected = {sample->expected.worst + first, sample->expected.scenario + first,
                              sample->expected.not_finite + first};
    for (uint32_t j = 0; j < n; j++) {
      begin[j] = sample->node[first + j] * (uint64_t)of->stride;
    }
    TRY_DONE(buffer_gather(verifier_device(watch), nodes, begin, n, of->stride, rows, error));
    TRY_DONE(verify_reduce(watch, of, rows, carry, n, &expected, error));
    for (uint32_t j = 0; j < n; j++) {
      uint32_t node = sample->node[first + j];
      bool same = verify_same(expected.worst[j], read->worst[node]) && expected.scenario[j] == read->scenario[node];
      if (!same || expected.not_finite[j] != read->not_finite[node]) {
        status = verify_refuse_node(watch, KERNEL_reduce_worst, of, in, set, node, verify_column_of(of, expected.scenario[j]),
                             expected.worst[j], read->worst[node], error);
        goto done;
      }
    }
  }
done:
  free(rows);
  return status;
}

/* ---- units: a row of P&L, and what it is to those who are short ------------------------------------ */

static sg_status recompute_units(const pricing *with, const tile *of, uint32_t first_row, bool carry, result_sample *sample,
                                 sg_error *error) {
  enum { ROWS = 256 };
  verifier *watch = with->watch;
  uint64_t at[ROWS], begin[ROWS + 1];
  uint32_t identity[ROWS];
  double quantity[ROWS];
  size_t row_doubles = of->stride;
  double *rows = malloc((size_t)2 * ROWS * row_doubles * sizeof *rows);
  sg_status status = rows == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t first = 0; status == SG_OK && first < sample->n; first += ROWS) {
    uint32_t n = sample->n - first < ROWS ? sample->n - first : ROWS;
    double *signed_rows = rows + n * row_doubles;
    for (uint32_t j = 0; j < n; j++) {
      uint32_t unit = sample->node[first + j];
      at[j] = (first_row + unit / 2) * (uint64_t)of->stride;
      quantity[j] = unit % 2 == 0 ? 1.0 : -1.0;
      begin[j] = identity[j] = j;
    }
    begin[n] = n;
    TRY_DONE(buffer_gather(with->on, of->pnl, at, n, of->stride, rows, error));
    lent_memory all = {.to = verifier_reference(watch)};
    const kernel_argument arguments[] = {LEND(begin, n + (size_t)1), LEND(identity, n),    LEND(quantity, n),
                                         LEND(rows, n * row_doubles), LEND(identity, n),   ARG_UINT(n),
                                         ARG_UINT(of->stride),       ARG_UINT(of->stride), LEND(signed_rows, n * row_doubles)};
    TRY_DONE(verify_launch_lent(&all, KERNEL_net_nodes, arguments, N_ARGUMENTS, (size_t[2]){1, n}, error));
    worst_results to = {sample->expected.worst + first, sample->expected.scenario + first,
                        sample->expected.not_finite + first};
    TRY_DONE(verify_reduce(watch, of, signed_rows, carry, n, &to, error));
  }
done:
  free(rows);
  return status;
}

sg_status verify_units(const pricing *with, const tile *of, uint32_t first_row, bool carry, result_sample *sample,
                       sg_error *error) {
  double start = clock_seconds();
  sg_status status = recompute_units(with, of, first_row, carry, sample, error);
  if (with->watch != NULL) {
    verifier_took(with->watch, WORK_VERIFY_ALONE, clock_seconds() - start);
  }
  return status;
}

sg_status verify_extremes(const pricing *with, const tile *of, uint32_t first_row, const double *worst,
                          const result_sample *sample, sg_error *error) {
  sg_status status = SG_OK;
  for (uint32_t j = 0; status == SG_OK && j < sample->n; j++) {
    uint32_t unit = sample->node[j];
    if (!verify_same(sample->expected.worst[j], worst[unit])) {
      status = verify_refuse_instrument(with, of, KERNEL_reduce_worst, with->held[first_row + unit / 2],
                                        verify_column_of(of, sample->expected.scenario[j]), sample->expected.worst[j],
                                        worst[unit], error);
    }
  }
  return status;
}
