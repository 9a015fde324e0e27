/* SPDX-License-Identifier: MIT
 *
 * Forward and discount factor of an expiry from put-call parity, C - P = D (F - K): the line through the mids of the
 * pairs near the money with the least sum of absolute residuals, in half bid-ask widths of the pair and at most 1 each.
 */
#include "input/import_chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The time of a fit grows by the cube of the pairs; more than MOST_PAIRS are thinned out evenly. */
enum { LEAST_PAIRS = 4, MOST_PAIRS = 300 };

/* Near the money: strikes within a tenth of the forward that a first fit to all pairs gives. */
static const double STRIKE_RANGE = 0.1;

/* An absurd market in either direction; noise of short expiries stays within. Per year, and for quotes that are not of
 * one moment. */
static const double LARGEST_DISCOUNT = 1.05, LARGEST_CARRY = 0.25, SPOT_NOISE = 0.02, STEP_NOISE = 0.01;

typedef struct parity_pair {
  double strike, difference; /* C - P of the mids */
  double half_width;
} parity_pair;

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts; n > 0. */
static double median(double *values, size_t n) {
  qsort(values, n, sizeof *values, compare_numbers);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Stale quotes are up to a third of an expiry and lie to one side, which bends a line of least absolute residuals; here
 * one that is off by more than the pair's half width counts as much as one that is off by miles (a truncated loss:
 * Huber 1981, "Robust Statistics", chapter 4). The best line passes through two of the pairs: all such lines are tried,
 * so that the result is exact and needs no start. pairs have distinct strikes; n >= 2. */
static void fit_line(const parity_pair *pairs, size_t n, double *slope, const parity_pair **through) {
  double least = INFINITY;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = i + 1; j < n; j++) {
      double tried = (pairs[j].difference - pairs[i].difference) / (pairs[j].strike - pairs[i].strike), sum = 0;
      for (size_t k = 0; k < n && sum < least; k++) {
        double residual = pairs[k].difference - pairs[i].difference - tried * (pairs[k].strike - pairs[i].strike);
        double loss = (residual < 0 ? -residual : residual) / pairs[k].half_width;
        sum += loss < 1 ? loss : 1;
      }
      if (sum < least) {
        least = sum;
        *slope = tried;
        *through = &pairs[i];
      }
    }
  }
}

static void measure_fit(const parity_pair *pairs, size_t n, double *residuals, chain_expiry *expiry) {
  double *widths = residuals + n;
  for (size_t i = 0; i < n; i++) {
    double line = expiry->discount_factor * (expiry->forward - pairs[i].strike);
    double residual = pairs[i].difference - line;
    residual = residual < 0 ? -residual : residual;
    residuals[i] = residual;
    widths[i] = residual / pairs[i].half_width;
    expiry->n_within += residual <= pairs[i].half_width;
  }
  expiry->residual_median = median(residuals, n);
  expiry->residual_largest = residuals[n - 1];
  expiry->width_median = median(widths, n);
  expiry->width_largest = widths[n - 1];
}

/* false: the discount factor is not usable. */
static bool fit_forward(const parity_pair *pairs, size_t n, chain_expiry *expiry) {
  const parity_pair *through = NULL;
  double slope = 0;
  fit_line(pairs, n, &slope, &through);
  expiry->discount_factor = -slope;
  if (through == NULL || !(expiry->discount_factor > 0)) {
    return false;
  }
  expiry->forward = through->strike + through->difference / expiry->discount_factor;
  return true;
}

/* At most MOST_PAIRS of the pairs with a strike from `least` to `most`, moved to the front. */
static size_t select_pairs(parity_pair *pairs, size_t n, double least, double most) {
  size_t n_near = 0;
  for (size_t i = 0; i < n; i++) {
    if (pairs[i].strike >= least && pairs[i].strike <= most) {
      pairs[n_near++] = pairs[i];
    }
  }
  size_t n_kept = n_near < MOST_PAIRS ? n_near : MOST_PAIRS;
  for (size_t i = 0; i < n_kept; i++) {
    pairs[i] = pairs[i * n_near / n_kept];
  }
  return n_kept;
}

static void fit_expiry(parity_pair *pairs, size_t n, double *scratch, chain_expiry *expiry) {
  n = select_pairs(pairs, n, 0, INFINITY);
  expiry->n_pairs = n;
  if (n < LEAST_PAIRS) {
    expiry->refused = CHAIN_FEW_PAIRS;
    return;
  }
  if (fit_forward(pairs, n, expiry)) {
    n = select_pairs(pairs, n, expiry->forward * (1 - STRIKE_RANGE), expiry->forward * (1 + STRIKE_RANGE));
    expiry->n_pairs = n;
    if (n < LEAST_PAIRS) {
      expiry->refused = CHAIN_FEW_PAIRS;
      return;
    }
    if (fit_forward(pairs, n, expiry) && expiry->discount_factor <= LARGEST_DISCOUNT) {
      measure_fit(pairs, n, scratch, expiry);
      return;
    }
  }
  expiry->refused = CHAIN_DISCOUNT;
}

/* Rows of an underlying by expiry and strike, the call of a strike before its put. */
static int compare_rows(const void *a, const void *b) {
  const chain_row *x = *(const chain_row *const *)a, *y = *(const chain_row *const *)b;
  if (x->underlying != y->underlying) {
    return x->underlying < y->underlying ? -1 : 1;
  }
  if (x->expiry_s != y->expiry_s) {
    return x->expiry_s < y->expiry_s ? -1 : 1;
  }
  if (x->strike != y->strike) {
    return x->strike < y->strike ? -1 : 1;
  }
  return x->is_call != y->is_call ? (x->is_call ? -1 : 1) : strcmp(x->name, y->name);
}

/* Is the forward within reach of spot, and the step from the last usable expiry within reach of both? */
static bool is_in_step(const chain_data *data, const chain_expiry *expiry, const chain_expiry *before) {
  const double year_s = 365.0 * 86400;
  double years = (double)(expiry->expiry_s - data->as_of_s) / year_s;
  double carry = expiry->forward / data->underlyings.items[expiry->underlying].price - 1;
  double reach = SPOT_NOISE + LARGEST_CARRY * years;
  bool deep = !(expiry->discount_factor * (1 + LARGEST_CARRY * years) > 1 - SPOT_NOISE);
  if (deep || !(carry >= -reach && carry <= reach)) {
    return false;
  }
  if (before == NULL) {
    return true;
  }
  double step = expiry->forward / before->forward - 1;
  double step_reach = STEP_NOISE + LARGEST_CARRY * (double)(expiry->expiry_s - before->expiry_s) / year_s;
  return step >= -step_reach && step <= step_reach &&
         expiry->discount_factor <= before->discount_factor * (1 + STEP_NOISE);
}

static sg_status fit_all(chain_data *data, chain_row **rows, size_t n_rows, parity_pair *pairs, double *scratch,
                         sg_error *error) {
  size_t last_usable = SIZE_MAX;
  for (size_t first = 0, end; first < n_rows; first = end) {
    chain_expiry expiry = {.underlying = rows[first]->underlying, .expiry_s = rows[first]->expiry_s};
    size_t n = 0;
    for (end = first; end < n_rows && rows[end]->underlying == expiry.underlying &&
                      rows[end]->expiry_s == expiry.expiry_s; end++) {
      const chain_row *put = rows[end], *call = end > first ? rows[end - 1] : put;
      if (call->is_call && !put->is_call && call->strike == put->strike && call->left_out == CHAIN_KEPT &&
          put->left_out == CHAIN_KEPT && call->bid <= call->ask && put->bid <= put->ask) {
        double width = (call->ask - call->bid + put->ask - put->bid) / 2;
        /* locked quotes weigh as much as quotes of a thousandth of a cent */
        pairs[n++] = (parity_pair){put->strike, call->price - put->price, width > 1e-5 ? width : 1e-5};
      }
    }
    fit_expiry(pairs, n, scratch, &expiry);
    const chain_expiry *before = last_usable == SIZE_MAX ? NULL : &data->expiries.items[last_usable];
    before = before != NULL && before->underlying != expiry.underlying ? NULL : before;
    if (expiry.refused == CHAIN_KEPT) {
      expiry.refused = is_in_step(data, &expiry, before) ? CHAIN_KEPT : CHAIN_CARRY;
    }
    last_usable = expiry.refused == CHAIN_KEPT ? data->expiries.n : last_usable;
    if (!ARRAY_PUSH(&data->expiries, expiry)) {
      return error_out_of_memory(error);
    }
    for (size_t i = first; i < end; i++) {
      rows[i]->left_out = rows[i]->left_out == CHAIN_KEPT ? expiry.refused : rows[i]->left_out;
    }
  }
  return SG_OK;
}

sg_status chain_fit_parity(chain_data *data, sg_error *error) {
  size_t n = 0;
  chain_row **rows = ARENA_ARRAY(data->memory, chain_row *, data->rows.n);
  parity_pair *pairs = ARENA_ARRAY(data->memory, parity_pair, data->rows.n);
  double *scratch = ARENA_ARRAY(data->memory, double, 2 * data->rows.n);
  if (rows == NULL || pairs == NULL || scratch == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < data->rows.n; i++) {
    chain_row *row = &data->rows.items[i];
    bool european = row->left_out != CHAIN_NAME && !data->underlyings.items[row->underlying].american;
    if (european && row->left_out != CHAIN_EXPIRED) {
      rows[n++] = row;
    }
  }
  qsort(rows, n, sizeof(chain_row *), compare_rows);
  return fit_all(data, rows, n, pairs, scratch, error);
}

static int compare_expiries(const void *a, const void *b) {
  const chain_expiry *x = a, *y = b;
  if (x->underlying != y->underlying) {
    return x->underlying < y->underlying ? -1 : 1;
  }
  return (x->expiry_s > y->expiry_s) - (x->expiry_s < y->expiry_s);
}

const chain_expiry *chain_find_expiry(const chain_data *data, uint32_t underlying, int64_t expiry_s) {
  chain_expiry wanted = {.underlying = underlying, .expiry_s = expiry_s};
  return data->expiries.n == 0 ? NULL
                               : bsearch(&wanted, data->expiries.items, data->expiries.n, sizeof wanted,
                                         compare_expiries);
}
