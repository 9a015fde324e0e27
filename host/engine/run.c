/* SPDX-License-Identifier: MIT
 *
 * A run, from the top: bind the model to the book, lay out its scenarios, price what is held, take every account and
 * then every position alone through netting and rules, and sum up.
 */
#include "base/error.h"
#include "engine/alone.h"
#include "engine/check_rates.h"
#include "engine/choose.h"
#include "engine/engine.h"
#include "engine/imply.h"
#include "engine/open_result.h"
#include "engine/plan.h"
#include "engine/posted.h"
#include "engine/quality_plan.h"
#include "engine/record.h"
#include "engine/scenario_rows.h"
#include "engine/verify.h"

#include <stdlib.h>
#include <string.h>

typedef struct run {
  device *on;
  const book *book;
  const model *under;
  const sg_run_options *options;
  const run_watcher *watcher;
  result *made;
  bound *in;
  pass_context pass;
  recorder record;
  portfolios accounts;
  positions_alone alone;
  chosen chosen;
  bool *held;     /* [c] in the accounts that are run */
  verifier *watch;
  bool substituted; /* the book is one with substitutes: it is not checked again */
  quality_plan plan;
  result *on_substitutes; /* of the accounts that they touch; NULL: none */
} run;

static sg_status run_book(run *r, result **made, sg_error *error);

/* ---- data quality ------------------------------------------------------------------------------ */

/* Accounts that the model isolates are not run. */
static sg_status check_quality(run *r, sg_error *error) {
  if (r->substituted) {
    return SG_OK;
  }
  const book *b = r->made->book;
  TRY(quality_plan_make(b, r->under, r->options->previous, &r->accounts, r->chosen.wanted, r->made->memory, &r->plan, error));
  TRY(quality_list_isolated(&r->plan, b, r->chosen.shown, r->made, error));
  if (r->plan.isolated == NULL) {
    return SG_OK;
  }
  bool all = r->chosen.wanted == NULL;
  r->chosen.wanted = all ? calloc(b->accounts.n + 1, sizeof *r->chosen.wanted) : r->chosen.wanted;
  if (r->chosen.wanted == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t a = 0; a < b->accounts.n; a++) {
    r->chosen.wanted[a] = (all || r->chosen.wanted[a]) && !r->plan.isolated[a];
  }
  portfolios_close(&r->accounts);
  return portfolios_make(r->book, r->chosen.wanted, &r->accounts, error);
}

/* Margins the accounts that substitutes touch a second time, on the substituted book. */
static sg_status run_substitutes(run *r, sg_error *error) {
  if (r->plan.substitute == NULL) {
    return SG_OK;
  }
  const book *b = r->plan.substitute;
  sg_run_options touched = *r->options;
  const char **names = ARENA_ARRAY(r->made->memory, const char *, b->accounts.n);
  if (names == NULL) {
    return error_out_of_memory(error);
  }
  touched.accounts = names;
  touched.n_accounts = touched.n_pnl_accounts = 0;
  touched.all_pnl_accounts = touched.plans = false;
  touched.on_progress = NULL;
  for (uint32_t a = 0; a < b->accounts.n; a++) {
    if (r->plan.substituted[a]) {
      names[touched.n_accounts++] = b->accounts.id[a];
    }
  }
  if (touched.n_accounts == 0) {
    return SG_OK;
  }
  const char **texts;
  TRY(quality_name_substitutes(&r->plan, r->made->book, &r->accounts, r->made->memory, &texts, error));
  run again = {.on = r->on, .book = b, .under = r->under, .options = &touched, .substituted = true};
  TRY(run_book(&again, &r->on_substitutes, error));
  r->record.substituted = r->on_substitutes;
  r->record.substitutes = texts;
  r->record.touched = r->plan.substituted;
  return SG_OK;
}

/* ---- market ------------------------------------------------------------------------------------ */

static sg_status mark_held(run *r, sg_error *error) {
  r->held = calloc(r->book->instruments.n + 1, sizeof *r->held);
  if (r->held == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < r->accounts.n_positions; i++) {
    r->held[r->accounts.instrument[i]] = true;
  }
  return SG_OK;
}

static sg_status find_vols(run *r, sg_error *error) {
  vol_table vols;
  TRY(imply_vols(r->on, r->book, r->under, r->made->memory, &vols, error));
  return imply_settle(r->book, r->under, r->held, r->options->unimplied, &vols, r->made, error);
}

static sg_status open_pricing(run *r, sg_error *error) {
  TRY(check_rates(r->book, r->under, r->held, r->made, error));
  TRY(pricing_open(r->in, r->on, PRICING_CONTRACTS, r->held, r->watch, &r->pass.prices, error));
  for (int kind = 0; kind < N_PRICERS; kind++) {
    r->made->n_priced[kind] = r->pass.prices.kinds[kind].n;
  }
  bool all_held = r->pass.prices.n_held == r->book->instruments.n, copies = device_get_traits(r->on)->own_memory;
  return all_held || copies ? SG_OK : portfolios_find_rows(&r->accounts, r->pass.prices.row_of, error);
}

static sg_status lay_out_scenarios(run *r, sg_error *error) {
  uint32_t n = r->under->n_blocks;
  r->pass.sets = calloc(n + 1, sizeof *r->pass.sets);
  r->pass.requests = calloc(n + 1, sizeof *r->pass.requests);
  r->pass.used_sets = calloc(r->in->n_sets + N_GROUP_KEYS, sizeof *r->pass.used_sets);
  if (!r->pass.sets || !r->pass.requests || !r->pass.used_sets) {
    return error_out_of_memory(error);
  }
  for (uint32_t b = 0; b < n; b++) {
    TRY(scenarios_make(r->in, &r->under->blocks[b], r->in->memory, &r->pass.sets[b], error));
    r->pass.requests[b] = calloc(1 + r->in->levels[r->under->blocks[b].levels].n, sizeof **r->pass.requests);
    if (r->pass.requests[b] == NULL) {
      return error_out_of_memory(error);
    }
    r->made->n_scenarios_distinct += r->pass.sets[b].n;
  }
  return SG_OK;
}

/* ---- the run ----------------------------------------------------------------------------------- */

/* Will lines be in their order as batches are taken? Parents, longs apart from shorts, substitutes and terms not covered
 * bring lines later. */
static bool lines_come_in_order(const run *r) {
  const accounts *all = &r->book->accounts;
  bool in_order = r->chosen.shown == NULL && r->plan.substitute == NULL;
  for (uint32_t i = 0; in_order && i < r->under->n_not_covered; i++) {
    in_order = r->under->not_covered_of[i].n == 0;
  }
  for (uint32_t a = 0; in_order && a < all->n; a++) {
    in_order = all->nets_into_parent[a] || (all->parent[a] == ID_NONE && !all->gross[a]);
  }
  return in_order;
}

static sg_status run_accounts(run *r, sg_error *error) {
  r->record.watcher = lines_come_in_order(r) ? r->watcher : NULL;
  r->pass.progress_from = 0.2;
  r->pass.progress_to = 0.6;
  recorder_request(&r->record, r->pass.requests);
  return pass_run(&r->pass, &r->accounts, &(batch_visitor){recorder_record, recorder_take, &r->record}, error);
}

/* Seconds since *since, which becomes now. */
static double lap(double *since) {
  double now = clock_seconds(), seconds = now - *since;
  *since = now;
  return seconds;
}

/* Of a run that is laid out, with its positions alone. */
static sg_status foresee(run *r, bool writes, run_plan **made, sg_error *error) {
  const planned_work laid_out = {&r->pass, &r->accounts, &r->alone.distinct, r->made->n_rows, writes};
  return plan_make(&laid_out, made, error);
}

static sg_status run_standalone(run *r, sg_error *error) {
  double *seconds = r->made->work_seconds, since = clock_seconds(), pricing_before = r->pass.clock.price;
  r->pass.progress_from = 0.6;
  r->pass.progress_to = 1.0;
  TRY(standalone_make(r->in, &r->accounts, &r->alone, error));
  seconds[WORK_ALONE_ADD] = lap(&since);
  TRY(r->options->plans ? foresee(r, r->options->plans_files, &r->made->foreseen, error) : SG_OK);
  lap(&since);
  TRY(recorder_open_standalone(&r->record, &r->alone, error));
  recorder_request(&r->record, r->pass.requests);
  seconds[WORK_ALONE_ADD] += lap(&since);
  const batch_visitor visitor = {recorder_record, recorder_take, &r->record};
  TRY((alone_applies(r->in) ? alone_run : pass_run)(&r->pass, &r->alone.distinct, &visitor, error));
  seconds[WORK_ALONE_HOST] = lap(&since) - (r->pass.clock.price - pricing_before);
  TRY(recorder_close_standalone(&r->record, &r->accounts, error));
  seconds[WORK_ALONE_ADD] += lap(&since);
  return SG_OK;
}

/* Everything before the device has work, but for implied vols: the model bound to the book, scenarios, tiles. */
static sg_status prepare(run *r, sg_error *error) {
  double *seconds = r->made->work_seconds, since = clock_seconds();
  TRY(choose_accounts(r->book, r->options, r->substituted, &r->chosen, error));
  TRY(posted_book(r->book, r->under, r->made->memory, &r->book, error));
  TRY(value_check(r->book, error));
  TRY(verifier_open(r->on, r->book, r->under, r->options->verify, r->made, &r->watch, error));
  TRY(portfolios_make(r->book, r->chosen.wanted, &r->accounts, error));
  seconds[WORK_BIND] = lap(&since);
  TRY(check_quality(r, error));
  seconds[WORK_BIND_INSTRUMENTS] = lap(&since);
  TRY(choose_rows(r->book, &r->chosen, r->made, error));
  TRY(mark_held(r, error));
  seconds[WORK_BIND] += lap(&since);
  TRY(find_vols(r, error));
  TRY(bound_make(r->book, r->under, r->made->vol, r->made->memory, &r->in, error));
  r->pass.in = r->in;
  TRY(lay_out_scenarios(r, error));
  TRY(open_pricing(r, error));
  TRY(recorder_open(&r->record, r->made, r->in, error));
  r->record.keeps_pnl = r->chosen.keeps_pnl;
  r->record.own_only = r->substituted;
  settle_used_sets(r->in, r->pass.used_sets);
  TRY(scenario_rows_make(r->in, r->pass.sets, r->made, error));
  TRY(pass_lay_out(&r->pass, r->options, error));
  seconds[WORK_BIND_INSTRUMENTS] += lap(&since);
  return SG_OK;
}

/* What the kernels of some works took since `before`, which becomes now. */
static sg_status add_kernels(run *r, const work works[N_KERNELS], double before[N_KERNELS], sg_error *error) {
  TRY(device_finish(r->on, error));
  for (int k = 0; k < N_KERNELS; k++) {
    double now = device_kernel_seconds(r->on, (kernel_id)k);
    if (works[k] != N_WORKS) {
      r->made->work_seconds[works[k]] += now - before[k];
    }
    before[k] = now;
  }
  return SG_OK;
}

/* The host's share is what the kernels leave of a stage. */
static double rest_of(const result *made, run_stage which, double seconds) {
  for (int w = 0; w < N_WORKS; w++) {
    seconds -= work_kind_get((work)w)->stage == which ? made->work_seconds[w] : 0.0;
  }
  return seconds > 0.0 ? seconds : 0.0;
}

/* Kernels of a stage ran beside other work: their share of the time that passed. */
static void share_kernels(result *made, run_stage which, double share) {
  for (int w = 0; w < N_WORKS; w++) {
    made->work_seconds[w] *= work_kind_get((work)w)->stage == which ? share : 1.0;
  }
}

/* Kernels by work; the host does the rest. N_WORKS: none of its own. */
static void name_works(work of_accounts[N_KERNELS], work alone[N_KERNELS]) {
  for (int k = 0; k < N_KERNELS; k++) {
    of_accounts[k] = alone[k] = N_WORKS;
  }
  of_accounts[KERNEL_price_linear] = alone[KERNEL_price_linear] = WORK_PRICE_LINEAR;
  of_accounts[KERNEL_price_black] = alone[KERNEL_price_black] = WORK_PRICE_BLACK;
  of_accounts[KERNEL_price_bachelier] = alone[KERNEL_price_bachelier] = WORK_PRICE_BACHELIER;
  of_accounts[KERNEL_solve_american] = alone[KERNEL_solve_american] = WORK_SOLVE_AMERICAN;
  of_accounts[KERNEL_share_american] = alone[KERNEL_share_american] = WORK_SOLVE_AMERICAN;
  of_accounts[KERNEL_solve_differences] = alone[KERNEL_solve_differences] = WORK_SOLVE_AMERICAN;
  of_accounts[KERNEL_price_american] = alone[KERNEL_price_american] = WORK_PRICE_AMERICAN;
  of_accounts[KERNEL_price_differences] = alone[KERNEL_price_differences] = WORK_PRICE_AMERICAN;
  of_accounts[KERNEL_price_lattice] = alone[KERNEL_price_lattice] = WORK_PRICE_AMERICAN;
  of_accounts[KERNEL_net_trees] = WORK_NET_TREES;
  alone[KERNEL_net_trees] = WORK_ALONE;
  of_accounts[KERNEL_net_nodes] = WORK_NET;
  of_accounts[KERNEL_fold_level] = of_accounts[KERNEL_adjust_nodes] = WORK_FOLD;
  of_accounts[KERNEL_reduce_worst] = WORK_REDUCE;
  alone[KERNEL_net_nodes] = alone[KERNEL_fold_level] = alone[KERNEL_adjust_nodes] = WORK_ALONE;
  alone[KERNEL_reduce_worst] = WORK_ALONE;
}

static sg_status finish_lines(run *r, sg_error *error) {
  double *works = r->made->work_seconds, since = clock_seconds();
  TRY(recorder_judge(&r->record, error));
  works[WORK_RULES] += lap(&since);
  TRY(recorder_order(&r->record, error));
  works[WORK_LINES] += lap(&since);
  if (r->watcher != NULL && r->chosen.shown == NULL) {
    r->watcher->lines_known(r->watcher->context, r->made, r->made->n_lines, true);
  }
  return SG_OK;
}

static sg_status run_stages(run *r, sg_error *error) {
  double *seconds = r->made->stage_seconds, *works = r->made->work_seconds, since = clock_seconds();
  stage_clock *clock = &r->pass.clock;
  work of_accounts[N_KERNELS], alone[N_KERNELS], ignored[N_KERNELS];
  double before[N_KERNELS] = {0};
  name_works(of_accounts, alone);
  for (int k = 0; k < N_KERNELS; k++) {
    ignored[k] = N_WORKS;
  }
  TRY(prepare(r, error));
  seconds[STAGE_BIND] = lap(&since);
  TRY(add_kernels(r, ignored, before, error));
  r->pass.progress_to = 0.2;
  TRY(pass_price(&r->pass, error));
  TRY(run_accounts(r, error));
  TRY(add_kernels(r, of_accounts, before, error));
  seconds[STAGE_NET] = clock->net;
  share_kernels(r->made, STAGE_NET, clock->net_spent > 0.0 ? clock->net / clock->net_spent : 1.0);
  works[WORK_VERIFY_RESULTS] = clock->verify;
  works[WORK_NET_HOST] = rest_of(r->made, STAGE_NET, clock->net);
  works[WORK_RULES] = clock->rules;
  works[WORK_LINES] = clock->lines;
  r->made->n_nodes = r->pass.n_nodes;
  TRY(run_substitutes(r, error));
  TRY(add_kernels(r, ignored, before, error));
  TRY(finish_lines(r, error));
  TRY(run_standalone(r, error));
  TRY(pass_finish(&r->pass, error));
  TRY(add_kernels(r, alone, before, error));
  seconds[STAGE_STANDALONE] = works[WORK_ALONE_HOST] + works[WORK_ALONE_ADD];
  works[WORK_ALONE_HOST] = 0.0;
  works[WORK_ALONE_HOST] = rest_of(r->made, STAGE_STANDALONE, seconds[STAGE_STANDALONE]);
  seconds[STAGE_PRICE] = clock->price;
  works[WORK_PRICE_HOST] = rest_of(r->made, STAGE_PRICE, clock->price);
  lap(&since);
  TRY(recorder_finish(&r->record, error));
  choose_drop_hidden(&r->chosen, r->made);
  works[WORK_RULES] += lap(&since);
  seconds[STAGE_RULES] = works[WORK_RULES];
  seconds[STAGE_LINES] = works[WORK_LINES];
  return SG_OK;
}

static sg_status describe(run *r, double seconds, sg_error *error) {
  r->made->seconds = seconds;
  r->made->n_prices = (size_t)r->pass.prices.n_held * r->made->n_scenarios_distinct;
  r->made->n_cells = r->pass.n_cells;
  return result_describe(r->made, r->on, r->options->verify, error);
}

static sg_status run_open(run *r, sg_error *error) {
  static const sg_run_options defaults = {0};
  r->options = r->options == NULL ? &defaults : r->options;
  TRY(result_open(r->book, r->under, &r->made, error));
  r->made->previous = r->options->previous;
  r->pass.on = r->on;
  r->pass.on_progress = r->options->on_progress;
  r->pass.context = r->options->context;
  return SG_OK;
}

/* All but the result. */
static void run_close(run *r) {
  recorder_close(&r->record);
  if (r->in != NULL) {
    pass_close(&r->pass);
  }
  portfolios_close(&r->accounts);
  standalone_close(&r->alone);
  verifier_close(r->watch);
  bound_close(r->in);
  chosen_close(&r->chosen);
  free(r->held);
  result_close(r->on_substitutes);
}

static sg_status run_book(run *r, result **made, sg_error *error) {
  double start = clock_seconds();
  *made = NULL;
  TRY(run_open(r, error));
  sg_status status = run_stages(r, error);
  if (status == SG_OK) {
    status = describe(r, clock_seconds() - start, error);
  }
  run_close(r);
  if (status != SG_OK) {
    if (r->watcher != NULL) {
      r->watcher->dropped(r->watcher->context);
    }
    result_close(r->made);
    return status;
  }
  *made = r->made;
  return SG_OK;
}

sg_status engine_run(device *on, const book *of, const model *under, const sg_run_options *options,
                     const run_watcher *watcher, result **made, sg_error *error) {
  run r = {.on = on, .book = of, .under = under, .options = options, .watcher = watcher};
  return run_book(&r, made, error);
}

static sg_status plan(run *r, bool writes, run_plan **made, sg_error *error) {
  TRY(prepare(r, error));
  recorder_request(&r->record, r->pass.requests);
  TRY(standalone_make(r->in, &r->accounts, &r->alone, error));
  return foresee(r, writes, made, error);
}

sg_status engine_plan(device *on, const book *of, const model *under, const sg_run_options *options, bool writes,
                      run_plan **made, sg_error *error) {
  run r = {.on = on, .book = of, .under = under, .options = options};
  *made = NULL;
  TRY(run_open(&r, error));
  sg_status status = plan(&r, writes, made, error);
  run_close(&r);
  result_close(r.made);
  return status;
}
