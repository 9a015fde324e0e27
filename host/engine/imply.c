/* SPDX-License-Identifier: MIT
 *
 * One launch for each pricer over the options whose vol the book leaves to their price.
 */
#include "kernels/implied_american.h" /* first: its locals are named like types of data/result.h */

#include "engine/imply.h"
#include "engine/imply_search.h"

#include "device/american_scheme.h"
#include "engine/pricing.h"
#include "engine/value.h"

#include <stdlib.h>
#include <string.h>

/* What a launch takes and gives; n_padded to a row. */
typedef struct quotes {
  uint32_t n, n_padded;
  uint32_t *instrument;
  double *contract, *forward, *price, *vol, *status;
} quotes;

static bool quotes_make(quotes *made, uint32_t n) {
  *made = (quotes){.n = n, .n_padded = round_up(n, INSTRUMENT_PADDING)};
  made->instrument = calloc(made->n_padded, sizeof *made->instrument);
  made->contract = calloc((size_t)made->n_padded * (N_CONTRACT_FIELDS + 4), sizeof *made->contract);
  if (made->instrument == NULL || made->contract == NULL) {
    return false;
  }
  made->forward = made->contract + (size_t)made->n_padded * N_CONTRACT_FIELDS;
  made->price = made->forward + made->n_padded;
  made->vol = made->price + made->n_padded;
  made->status = made->vol + made->n_padded;
  return true;
}

static void quotes_free(quotes *made) {
  free(made->instrument);
  free(made->contract);
}

static void quotes_put(quotes *to, uint32_t i, const book *of, const model *under, uint32_t c) {
  const bound market = {.book = of, .model = under};
  double fields[N_CONTRACT_FIELDS];
  value_terms(&market, c, fields);
  to->instrument[i] = c;
  to->forward[i] = of->forwards.forward[of->instruments.forward[c]];
  to->price[i] = of->instruments.mark[c];
  for (size_t field = 0; field < N_CONTRACT_FIELDS; field++) {
    to->contract[field * to->n_padded + i] = fields[field];
  }
}

/* A kernel that implies vols, and what it takes between the price and its results. */
typedef struct implier {
  kernel_id kernel;
  uint32_t n_between;
  kernel_argument between[2];
} implier;

static sg_status quotes_run(device *on, quotes *of, const implier *by, sg_error *error) {
  device_buffer *contract = NULL, *forward = NULL, *price = NULL, *vol = NULL, *status_of = NULL, *steps = NULL;
  size_t bytes = of->n_padded * sizeof(double);
  sg_status status = buffer_make(on, N_CONTRACT_FIELDS * bytes, of->contract, &contract, error);
  TRY_DONE(status);
  TRY_DONE(buffer_make(on, bytes, of->forward, &forward, error));
  TRY_DONE(buffer_make(on, bytes, of->price, &price, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &vol, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &status_of, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &steps, error));
  kernel_argument arguments[9] = {ARG_BUFFER(contract), ARG_UINT(of->n_padded), ARG_BUFFER(forward), ARG_BUFFER(price)};
  const kernel_argument results[] = {ARG_BUFFER(vol), ARG_BUFFER(status_of), ARG_BUFFER(steps)};
  memcpy(arguments + 4, by->between, by->n_between * sizeof *arguments);
  memcpy(arguments + 4 + by->n_between, results, sizeof results);
  TRY_DONE(device_launch(on, by->kernel, arguments, 7 + by->n_between,
                         (size_t[2]){of->n_padded / device_get_traits(on)->lanes, 1}, error));
  TRY_DONE(buffer_read(on, vol, 0, bytes, of->vol, error));
  TRY_DONE(buffer_read(on, status_of, 0, bytes, of->status, error));
done:
  buffer_close(contract);
  buffer_close(forward);
  buffer_close(price);
  buffer_close(vol);
  buffer_close(status_of);
  buffer_close(steps);
  return status;
}

static vol_status status_make(double kernel_status) {
  return kernel_status == IMPLIED_OK              ? VOL_IMPLIED
         : kernel_status == IMPLIED_BELOW         ? VOL_BELOW_BOUND
         : kernel_status == IMPLIED_NO_TIME_VALUE ? VOL_NO_TIME_VALUE
         : kernel_status == IMPLIED_ABOVE         ? VOL_ABOVE_BOUND
                                                  : VOL_EXPIRED;
}

static sg_status imply_kind(device *on, const book *of, const model *under, pricer kind, const implier *by,
                            vol_table *made, sg_error *error) {
  const bound market = {.book = of, .model = under};
  uint32_t n = 0;
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    n += made->status[c] == VOL_IMPLIED && value_pricer(&market, c) == kind;
  }
  if (n == 0) {
    return SG_OK;
  }
  quotes all;
  sg_status status = quotes_make(&all, n) ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  n = 0;
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    if (made->status[c] == VOL_IMPLIED && value_pricer(&market, c) == kind) {
      quotes_put(&all, n++, of, under, c);
    }
  }
  for (uint32_t i = n; i < all.n_padded; i++) {
    quotes_put(&all, i, of, under, all.instrument[n - 1]);
  }
  TRY_DONE(quotes_run(on, &all, by, error));
  for (uint32_t i = 0; i < n; i++) {
    vol_status found = status_make(all.status[i]);
    made->status[all.instrument[i]] = found;
    made->vol[all.instrument[i]] = found == VOL_IMPLIED || found == VOL_EXPIRED ? all.vol[i] : (double)NAN;
  }
done:
  quotes_free(&all);
  return status;
}

/* By the scheme that the model prices with, approached by the fast one. */
static sg_status imply_american_kind(device *on, const book *of, const model *under, vol_table *made, sg_error *error) {
  const american_accuracy accuracies[] = {AMERICAN_fast, (american_accuracy)under->american};
  device_buffer *tables[2] = {NULL, NULL};
  arena *memory = arena_open();
  sg_status status = memory == NULL ? error_out_of_memory(error) : SG_OK;
  TRY_DONE(status);
  for (int i = 0; i < 2; i++) {
    american_shape shape = american_shape_get(accuracies[i]);
    const double *table = american_table_make(memory, shape);
    TRY_DONE(table == NULL ? error_out_of_memory(error) : SG_OK);
    TRY_DONE(buffer_make(on, american_table_count(shape) * sizeof(double), table, &tables[i], error));
  }
  const implier by = {KERNEL_imply_american, 2, {ARG_BUFFER(tables[0]), ARG_BUFFER(tables[1])}};
  TRY_DONE(imply_kind(on, of, under, PRICER_AMERICAN, &by, made, error));
done:
  buffer_close(tables[0]);
  buffer_close(tables[1]);
  arena_close(memory);
  return status;
}

sg_status imply_vols(device *on, const book *of, const model *under, arena *memory, vol_table *made, sg_error *error) {
  const instruments *all = &of->instruments;
  const bound market = {.book = of, .model = under};
  uint32_t n_american = 0;
  made->vol = ARENA_ARRAY(memory, double, all->n);
  made->status = ARENA_ARRAY(memory, vol_status, all->n);
  if (made->vol == NULL || made->status == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < all->n; c++) {
    made->vol[c] = all->vol[c];
    pricer by = value_pricer(&market, c);
    made->status[c] = all->type[c] != OPTION || all->vol[c] == all->vol[c] ? VOL_GIVEN : VOL_IMPLIED;
    n_american += made->status[c] == VOL_IMPLIED && by == PRICER_AMERICAN;
  }
  const implier black = {KERNEL_imply_vol, 1, {ARG_UINT(0)}}, bachelier = {KERNEL_imply_vol, 1, {ARG_UINT(1)}};
  TRY(imply_kind(on, of, under, PRICER_BLACK, &black, made, error));
  TRY(imply_kind(on, of, under, PRICER_BACHELIER, &bachelier, made, error));
  TRY(imply_by_search(on, of, under, PRICER_DIFFERENCES, made, error));
  TRY(imply_by_search(on, of, under, PRICER_LATTICE, made, error));
  TRY(imply_by_search(on, of, under, PRICER_TWO_BOUNDARIES, made, error));
  return n_american > 0 ? imply_american_kind(on, of, under, made, error) : SG_OK;
}

/* ---- options without a vol --------------------------------------------------------------------- */

/* The bound that the price misses, in the currency paid. */
static double missed_bound(const book *of, const model *under, uint32_t c, vol_status why) {
  const instruments *all = &of->instruments;
  const bound market = {.book = of, .model = under};
  double fields[N_CONTRACT_FIELDS], forward = of->forwards.forward[all->forward[c]], strike = all->strike[c];
  value_terms(&market, c, fields);
  lane_contract contract = contract_load(fields, 1, 0);
  if (value_pricer(&market, c) == PRICER_AMERICAN && american_early(contract)) {
    american_terms terms = american_terms_make(contract, 0.25, 0.0);
    american_sides sides = american_sides_make(contract, terms, forward);
    return why == VOL_ABOVE_BOUND ? sides.strike : american_lowest(terms, sides);
  }
  if (all->exercise[c] == AMERICAN && value_pricer(&market, c) > PRICER_AMERICAN) {
    double spot = of->underlyings.price[all->underlying[c]], paid = all->right[c] == CALL ? spot - strike : strike - spot;
    return why == VOL_ABOVE_BOUND ? all->right[c] == CALL ? spot : strike : paid > 0.0 ? paid : 0.0;
  }
  double worth = all->right[c] == CALL ? forward - strike : strike - forward;
  if (why == VOL_ABOVE_BOUND) {
    worth = all->right[c] == CALL ? forward : strike;
  }
  worth = worth > 0.0 ? worth : 0.0;
  return all->settlement[c] == INVERSE ? worth / forward : worth * fields[CONTRACT_DISCOUNT];
}

static sg_status refuse(const book *of, const model *under, uint32_t c, vol_status why, sg_error *error) {
  const instruments *all = &of->instruments;
  place where = {"instruments.csv", all->line[c], 0};
  char price[NUMBER_TEXT_BYTES], limit[NUMBER_TEXT_BYTES];
  number_format(all->mark[c], price);
  number_format(missed_bound(of, under, c, why), limit);
  return error_add(error, SG_INPUT, where, "option \"%s\" has no vol: its price %s is %s (%s)", all->id[c], price,
                   vol_status_text(why), limit);
}

static bool without_vol(vol_status status) {
  return status == VOL_BELOW_BOUND || status == VOL_NO_TIME_VALUE || status == VOL_ABOVE_BOUND;
}

/* 0 for "refuse" */
static sg_status read_fallback(const char *unimplied, double *fallback, sg_error *error) {
  *fallback = 0.0;
  if (unimplied == NULL || strcmp(unimplied, "refuse") == 0) {
    return SG_OK;
  }
  const char *wrong = number_parse(unimplied, strlen(unimplied), fallback);
  if (wrong != NULL || !(*fallback > 0.0 && *fallback <= 100.0)) {
    return error_fail(error, SG_USAGE,
                      "\"%s\" for options whose price gives no vol is neither \"refuse\" nor a vol above 0 and up to 100",
                      unimplied);
  }
  return SG_OK;
}

sg_status imply_settle(const book *of, const model *under, const bool *held, const char *unimplied, const vol_table *vols,
                       result *settled, sg_error *error) {
  uint32_t n = of->instruments.n, n_refused = 0;
  double fallback;
  TRY(read_fallback(unimplied, &fallback, error));
  settled->vol = vols->vol;
  settled->vol_status = vols->status;
  settled->unimplied = fallback > 0.0 ? arena_format(settled->memory, "%s", unimplied) : "refuse";
  settled->fallbacks = ARENA_ARRAY(settled->memory, uint32_t, n);
  if (settled->fallbacks == NULL || settled->unimplied == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < n; c++) {
    vol_status status = vols->status[c];
    settled->n_vols[status] += of->instruments.type[c] == OPTION;
    if (!without_vol(status)) {
      continue;
    }
    if (held[c] && fallback > 0.0 && of->instruments.price_model[c] == BLACK) {
      settled->fallbacks[settled->n_fallbacks++] = c;
    } else if (held[c]) {
      n_refused++;
      refuse(of, under, c, status, error);
    }
    vols->vol[c] = held[c] ? fallback : 0.0;
  }
  if (n_refused == 0) {
    return SG_OK;
  }
  return error_fail(error, SG_INPUT, "%u option%s held without a vol; a run may be given a vol to use for them", n_refused,
                    n_refused == 1 ? " is" : "s are");
}
