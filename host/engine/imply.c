/* SPDX-License-Identifier: MIT
 *
 * One launch for Black and one for Bachelier over the options whose vol the book leaves to their price.
 */
#include "kernels/implied_vol.h" /* first: its locals are named like types of data/result.h */

#include "engine/imply.h"
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

static double discount_of(const book *of, const model *under, uint32_t c) {
  const bound market = {.book = of, .model = under};
  return value_discount(&market, c);
}

static void quotes_put(quotes *to, uint32_t i, const book *of, const model *under, uint32_t c, bool normal) {
  const instruments *all = &of->instruments;
  double forward = of->forwards.forward[all->forward[c]], *field = to->contract + i;
  size_t row = to->n_padded;
  to->instrument[i] = c;
  to->forward[i] = forward;
  to->price[i] = all->mark[c];
  field[CONTRACT_STRIKE * row] = all->strike[c];
  field[CONTRACT_LOG_STRIKE * row] = normal ? 0.0 : math_log(all->strike[c] / forward);
  field[CONTRACT_SIGN * row] = all->right[c] == PUT ? -1.0 : 1.0;
  field[CONTRACT_INVERSE * row] = all->settlement[c] == INVERSE ? 1.0 : 0.0;
  field[CONTRACT_YEARS * row] = all->years[c];
  field[CONTRACT_DISCOUNT * row] = discount_of(of, under, c);
}

static sg_status quotes_run(device *on, quotes *of, bool normal, sg_error *error) {
  device_buffer *contract = NULL, *forward = NULL, *price = NULL, *vol = NULL, *status_of = NULL, *steps = NULL;
  size_t bytes = of->n_padded * sizeof(double);
  sg_status status = buffer_make(on, N_CONTRACT_FIELDS * bytes, of->contract, &contract, error);
  TRY_DONE(status);
  TRY_DONE(buffer_make(on, bytes, of->forward, &forward, error));
  TRY_DONE(buffer_make(on, bytes, of->price, &price, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &vol, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &status_of, error));
  TRY_DONE(buffer_make(on, bytes, NULL, &steps, error));
  const kernel_argument arguments[] = {ARG_BUFFER(contract), ARG_UINT(of->n_padded), ARG_BUFFER(forward),
                                       ARG_BUFFER(price),    ARG_UINT(normal),       ARG_BUFFER(vol),
                                       ARG_BUFFER(status_of), ARG_BUFFER(steps)};
  TRY_DONE(device_launch(on, KERNEL_imply_vol, arguments, sizeof arguments / sizeof *arguments,
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

static sg_status imply_kind(device *on, const book *of, const model *under, price_model kind, vol_table *made,
                            sg_error *error) {
  bool normal = kind == BACHELIER;
  uint32_t n = 0;
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    n += made->status[c] == VOL_IMPLIED && of->instruments.price_model[c] == kind;
  }
  if (n == 0) {
    return SG_OK;
  }
  quotes all;
  sg_status status = quotes_make(&all, n) ? SG_OK : error_out_of_memory(error);
  TRY_DONE(status);
  n = 0;
  for (uint32_t c = 0; c < of->instruments.n; c++) {
    if (made->status[c] == VOL_IMPLIED && of->instruments.price_model[c] == kind) {
      quotes_put(&all, n++, of, under, c, normal);
    }
  }
  for (uint32_t i = n; i < all.n_padded; i++) {
    quotes_put(&all, i, of, under, all.instrument[n - 1], normal);
  }
  TRY_DONE(quotes_run(on, &all, normal, error));
  for (uint32_t i = 0; i < n; i++) {
    vol_status found = status_make(all.status[i]);
    made->status[all.instrument[i]] = found;
    made->vol[all.instrument[i]] = found == VOL_IMPLIED || found == VOL_EXPIRED ? all.vol[i] : (double)NAN;
  }
done:
  quotes_free(&all);
  return status;
}

sg_status imply_vols(device *on, const book *of, const model *under, arena *memory, vol_table *made, sg_error *error) {
  const instruments *all = &of->instruments;
  made->vol = ARENA_ARRAY(memory, double, all->n);
  made->status = ARENA_ARRAY(memory, vol_status, all->n);
  if (made->vol == NULL || made->status == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < all->n; c++) {
    made->vol[c] = all->vol[c];
    made->status[c] = all->type[c] != OPTION || all->vol[c] == all->vol[c] ? VOL_GIVEN
                      : all->exercise[c] == AMERICAN                      ? VOL_AMERICAN
                                                                          : VOL_IMPLIED;
  }
  TRY(imply_kind(on, of, under, BLACK, made, error));
  return imply_kind(on, of, under, BACHELIER, made, error);
}

/* ---- options without a vol --------------------------------------------------------------------- */

/* The bound that the price misses, in the currency paid. */
static double missed_bound(const book *of, const model *under, uint32_t c, vol_status why) {
  const instruments *all = &of->instruments;
  double forward = of->forwards.forward[all->forward[c]], strike = all->strike[c];
  double worth = all->right[c] == CALL ? forward - strike : strike - forward;
  if (why == VOL_ABOVE_BOUND) {
    worth = all->right[c] == CALL ? forward : strike;
  }
  worth = worth > 0.0 ? worth : 0.0;
  return all->settlement[c] == INVERSE ? worth / forward : worth * discount_of(of, under, c);
}

static sg_status refuse(const book *of, const model *under, uint32_t c, vol_status why, sg_error *error) {
  const instruments *all = &of->instruments;
  place where = {"instruments.csv", all->line[c], 0};
  char price[NUMBER_TEXT_BYTES], limit[NUMBER_TEXT_BYTES];
  number_format(all->mark[c], price);
  if (why == VOL_AMERICAN) {
    return error_add(error, SG_INPUT, where, "option \"%s\" has a price but no implied_vol, and %s", all->id[c],
                     vol_status_text(why));
  }
  number_format(missed_bound(of, under, c, why), limit);
  return error_add(error, SG_INPUT, where, "option \"%s\" has no vol: its price %s is %s (%s)", all->id[c], price,
                   vol_status_text(why), limit);
}

static bool without_vol(vol_status status) {
  return status == VOL_BELOW_BOUND || status == VOL_NO_TIME_VALUE || status == VOL_ABOVE_BOUND || status == VOL_AMERICAN;
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
