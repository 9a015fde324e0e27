/* SPDX-License-Identifier: MIT
 *
 * Amounts are exact: each position, settlement and posted asset is rounded to money once, in the account's currency.
 */
#include "engine/equity.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>

static sg_status too_large(const bound *in, uint32_t account, sg_error *error) {
  return error_fail(error, SG_INPUT, "the equity of account %s is too large for exact money (1.7e26 at most), or not a number",
                    in->book->accounts.id[account]);
}

/* amount x price in another currency; exact where price and rate are 1. */
static bool value_posted(decimal18 amount, double price, double rate, money *value) {
  if (price * rate != 1.0) {
    return money_from_double(decimal18_to_double(amount) * price * rate, value);
  }
  int128 whole = amount.units / 1000000, rest = amount.units % 1000000; /* 18 decimals to 12, half to even */
  int128 twice = 2 * (rest < 0 ? -rest : rest);
  bool up = twice > 1000000 || (twice == 1000000 && whole % 2 != 0);
  *value = (money){whole + (up ? (rest < 0 ? -1 : 1) : 0)};
  return true;
}

/* ID_NONE for an account that is not margined in this run. */
static uint32_t find_row(const bound *in, const uint32_t *row_of, uint32_t account) {
  return row_of[in->book->accounts.margin_account[account]];
}

static sg_status add_positions(bound *in, result *run, const uint32_t *row_of, sg_error *error) {
  const book *b = in->book;
  const double *value;
  TRY(bound_slot(in, &(slot){SLOT_FACT, FACT_VALUE, SCOPE_OWN}, (place){0}, &value, error));
  for (size_t p = 0; p < b->positions.n; p++) {
    uint32_t c = b->positions.instrument[p];
    uint32_t row = find_row(in, row_of, b->positions.account[p]);
    if (row == ID_NONE || !in->model->equity.counts_type[b->instruments.type[c]]) {
      continue;
    }
    double rate = bound_rate(in, b->instruments.currency[c], run->rows[row].currency);
    money worth;
    if (!money_from_double(b->positions.quantity[p] * (value[c] * b->instruments.multiplier[c] * rate), &worth) ||
        !money_add(&run->standings[row].equity, worth)) {
      return too_large(in, run->rows[row].account, error);
    }
  }
  for (size_t i = 0; i < b->settlements.n; i++) {
    uint32_t row = find_row(in, row_of, b->settlements.account[i]);
    money worth;
    if (row != ID_NONE && (!value_posted(b->settlements.amount[i], 1.0,
                                         bound_rate(in, b->settlements.currency[i], run->rows[row].currency), &worth) ||
                           !money_add(&run->standings[row].equity, worth))) {
      return too_large(in, run->rows[row].account, error);
    }
  }
  return SG_OK;
}

/* ---- collateral -------------------------------------------------------------------------------- */

/* haircut[2 * s + loan]; what an asset without an underlying does not have is NaN. */
static sg_status eval_haircut(const bound *in, const expression *rule, double *haircut, sg_error *error) {
  const assets *all = &in->book->assets;
  size_t n = 2 * (size_t)all->n;
  double *values = malloc((n * rule->n_slots + 1) * sizeof *values);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  sg_status status = values && slots ? SG_OK : error_out_of_memory(error);
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    double *to = values + n * j;
    slots[j] = to;
    for (size_t i = 0; i < n; i++) {
      uint32_t s = (uint32_t)(i / 2);
      if (rule->slots[j].kind == SLOT_POSTED) {
        to[i] = rule->slots[j].index == POSTED_LOAN ? (double)(i % 2) : (double)all->cash[s];
      } else if (in->model->inputs[rule->slots[j].index].table == INPUT_ASSETS) {
        to[i] = in->inputs[rule->slots[j].index][s];
      } else {
        to[i] = all->underlying[s] == ID_NONE ? in->model->inputs[rule->slots[j].index].default_value
                                              : in->underlying_inputs[rule->slots[j].index][all->underlying[s]];
      }
    }
  }
  if (status == SG_OK) {
    expression_eval(rule, slots, n, haircut);
  }
  free(values);
  free(slots);
  return status;
}

static sg_status add_posted(const bound *in, const margin_row *row, standing *to, size_t i, double *const haircut[2],
                            sg_error *error) {
  const book *b = in->book;
  uint32_t s = b->collateral.asset[i];
  bool counts = b->assets.cash[s] ? in->model->equity.counts_cash : in->model->equity.counts_assets;
  double rate = bound_rate(in, b->assets.currency[s], row->currency);
  decimal18 amount = b->collateral.amount[i];
  money value;
  if (!counts) {
    return SG_OK;
  }
  if (!value_posted(amount, b->assets.price[s], rate, &value) || !money_add(&to->equity, value)) {
    return too_large(in, row->account, error);
  }
  for (int m = 0; m < N_MEASURES; m++) {
    double worth = decimal18_to_double(amount) * b->assets.price[s] * rate;
    money cut;
    double share = haircut[m][2 * (size_t)s + (amount.units < 0)];
    if (!(share >= 0.0)) {
      return error_add(error, SG_INPUT, (place){b->assets.x.file, b->assets.line[s], 0},
                       "the haircut of asset %s is negative or not a number under the model %s", b->assets.id[s],
                       in->model->name);
    }
    if (!money_from_double((worth < 0.0 ? -worth : worth) * share, &cut) || !money_add(&to->haircut[m], cut)) {
      return too_large(in, row->account, error);
    }
  }
  return SG_OK;
}

static sg_status add_collateral(const bound *in, result *run, const uint32_t *row_of, sg_error *error) {
  const book *b = in->book;
  size_t bytes = (2 * (size_t)b->assets.n + 1) * sizeof(double);
  double *haircut[2] = {calloc(1, bytes), calloc(1, bytes)};
  sg_status status = haircut[0] && haircut[1] ? SG_OK : error_out_of_memory(error);
  for (int m = 0; status == SG_OK && m < N_MEASURES; m++) {
    if (in->model->collateral.has_haircut[m]) {
      status = eval_haircut(in, &in->model->collateral.haircut[m], haircut[m], error);
    }
  }
  for (size_t i = 0; status == SG_OK && i < b->collateral.n; i++) {
    uint32_t row = find_row(in, row_of, b->collateral.account[i]);
    if (row != ID_NONE) {
      status = add_posted(in, &run->rows[row], &run->standings[row], i, haircut, error);
    }
  }
  free(haircut[0]);
  free(haircut[1]);
  return status;
}

sg_status equity_collect(bound *in, result *run, const uint32_t *row_of, sg_error *error) {
  run->has_equity = in->model->equity.given;
  if (!run->has_equity) {
    return SG_OK;
  }
  run->standings = ARENA_ARRAY(run->memory, standing, run->n_rows);
  if (run->standings == NULL) {
    return error_out_of_memory(error);
  }
  TRY(add_positions(in, run, row_of, error));
  return add_collateral(in, run, row_of, error);
}

/* ---- judgement --------------------------------------------------------------------------------- */

static bool find_excess(const margin_row *row, standing *of) {
  for (int m = 0; m < N_MEASURES; m++) {
    of->excess[m] = of->equity;
    if (!money_subtract(&of->excess[m], of->haircut[m]) || !money_subtract(&of->excess[m], row->requirement[m])) {
      return false;
    }
  }
  money counted = of->equity;
  bool fits = money_subtract(&counted, of->haircut[MEASURE_MAINTENANCE]);
  of->margin_ratio = row->requirement[MEASURE_MAINTENANCE].units == 0
                         ? NAN
                         : money_to_double(counted) / money_to_double(row->requirement[MEASURE_MAINTENANCE]);
  return fits;
}

static double account_value(const bound *in, const margin_row *row, const standing *of, const slot *wanted) {
  if (wanted->kind == SLOT_INPUT) {
    return in->inputs[wanted->index][row->account];
  }
  switch (wanted->index) {
    case ACCOUNT_EQUITY: return money_to_double(of->equity);
    case ACCOUNT_INITIAL: return money_to_double(row->requirement[MEASURE_INITIAL]);
    case ACCOUNT_MAINTENANCE: return money_to_double(row->requirement[MEASURE_MAINTENANCE]);
    case ACCOUNT_HAIRCUT_INITIAL: return money_to_double(of->haircut[MEASURE_INITIAL]);
    case ACCOUNT_HAIRCUT_MAINTENANCE: return money_to_double(of->haircut[MEASURE_MAINTENANCE]);
    case ACCOUNT_EXCESS_INITIAL: return money_to_double(of->excess[MEASURE_INITIAL]);
    case ACCOUNT_EXCESS_MAINTENANCE: return money_to_double(of->excess[MEASURE_MAINTENANCE]);
    default: return of->margin_ratio == of->margin_ratio ? of->margin_ratio : 1e308;
  }
}

/* An expression over all rows. */
static sg_status eval_rows(const bound *in, const result *run, const expression *rule, double *out, sg_error *error) {
  size_t n = run->n_rows;
  double *values = malloc((n * rule->n_slots + 1) * sizeof *values);
  const double **slots = malloc((rule->n_slots + 1) * sizeof *slots);
  sg_status status = values && slots ? SG_OK : error_out_of_memory(error);
  for (uint32_t j = 0; status == SG_OK && j < rule->n_slots; j++) {
    slots[j] = values + n * j;
    for (size_t i = 0; i < n; i++) {
      values[n * j + i] = account_value(in, &run->rows[i], &run->standings[i], &rule->slots[j]);
    }
  }
  if (status == SG_OK) {
    expression_eval(rule, slots, n, out);
  }
  free(values);
  free(slots);
  return status;
}

static sg_status judge_rows(const bound *in, result *run, double *holds, sg_error *error) {
  for (uint32_t k = in->model->n_statuses; k-- > 0;) { /* the first that holds is written last */
    TRY(eval_rows(in, run, &in->model->statuses[k].when, holds, error));
    for (uint32_t i = 0; i < run->n_rows; i++) {
      if (holds[i] == holds[i] && holds[i] != 0.0) {
        run->standings[i].status = in->model->statuses[k].is;
      }
    }
  }
  for (uint32_t i = 0; i < run->n_rows; i++) {
    standing *of = &run->standings[i];
    if (of->status >= STATUS_CALL && of->excess[MEASURE_INITIAL].units < 0) {
      of->call.units = -of->excess[MEASURE_INITIAL].units;
    }
  }
  return SG_OK;
}

static sg_status fill_outputs(const bound *in, result *run, double *column, sg_error *error) {
  const model *m = in->model;
  run->output_names = ARENA_ARRAY(run->memory, const char *, m->n_outputs);
  double *values = ARENA_ARRAY(run->memory, double, (size_t)m->n_outputs * run->n_rows);
  if (run->output_names == NULL || values == NULL) {
    return error_out_of_memory(error);
  }
  run->n_outputs = m->n_outputs;
  for (uint32_t k = 0; k < m->n_outputs; k++) {
    run->output_names[k] = arena_format(run->memory, "%s", m->outputs[k].name);
    TRY(eval_rows(in, run, &m->outputs[k].value, column, error));
    for (uint32_t i = 0; i < run->n_rows; i++) {
      if (!(column[i] - column[i] == 0.0)) {
        return error_fail(error, SG_INPUT, "output %s is not a finite number for account %s", m->outputs[k].name,
                          in->book->accounts.id[run->rows[i].account]);
      }
      values[(size_t)i * m->n_outputs + k] = column[i];
      run->standings[i].outputs = values + (size_t)i * m->n_outputs;
    }
  }
  return SG_OK;
}

sg_status equity_judge(const bound *in, result *run, sg_error *error) {
  if (!run->has_equity) {
    return SG_OK;
  }
  double *column = malloc((run->n_rows + 1) * sizeof *column);
  sg_status status = column == NULL ? error_out_of_memory(error) : SG_OK;
  for (uint32_t i = 0; status == SG_OK && i < run->n_rows; i++) {
    status = find_excess(&run->rows[i], &run->standings[i]) ? SG_OK : too_large(in, run->rows[i].account, error);
  }
  TRY_DONE(status);
  TRY_DONE(judge_rows(in, run, column, error));
  TRY_DONE(fill_outputs(in, run, column, error));
done:
  free(column);
  return status;
}
