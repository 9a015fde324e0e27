/* SPDX-License-Identifier: MIT
 *
 * Collecting positions into portfolios.
 */
#include "engine/portfolios.h"

#include "base/error.h"
#include "base/pages.h"
#include "base/parallel.h"

#include <stdlib.h>

typedef struct entry {
  uint32_t account, side, instrument, position;
} entry;

static int by_portfolio(const void *left, const void *right) {
  const entry *a = left, *b = right;
  if (a->account != b->account) {
    return a->account < b->account ? -1 : 1;
  }
  if (a->side != b->side) {
    return a->side < b->side ? -1 : 1;
  }
  if (a->instrument != b->instrument) {
    return a->instrument < b->instrument ? -1 : 1;
  }
  return (a->position > b->position) - (a->position < b->position);
}

sg_status portfolios_open(const book *of, size_t n_portfolios, size_t n_positions, portfolios *made, sg_error *error) {
  *made = (portfolios){.of = of};
  made->row = NULL; /* again: scan-build does not see it above */
  made->account = pages_malloc((n_portfolios + 1) * sizeof *made->account);
  made->side = pages_malloc((n_portfolios + 1) * sizeof *made->side);
  made->begin = pages_malloc((n_portfolios + 1) * sizeof *made->begin);
  made->instrument = pages_malloc((n_positions + 1) * sizeof *made->instrument);
  made->quantity = pages_malloc((n_positions + 1) * sizeof *made->quantity);
  if (made->account && made->side && made->begin && made->instrument && made->quantity) {
    made->begin[0] = 0;
    return SG_OK;
  }
  portfolios_close(made);
  return error_out_of_memory(error);
}

static void open_portfolio(portfolios *made, uint32_t account, portfolio_side side) {
  made->account[made->n] = account;
  made->side[made->n] = side;
  made->begin[made->n++] = made->n_positions;
}

static void add_position(portfolios *made, uint32_t instrument, double quantity) {
  made->instrument[made->n_positions] = instrument;
  made->quantity[made->n_positions++] = quantity;
}

/* Adds up the family's positions in one instrument: entries from first on. */
static sg_status add_family(const book *of, const entry *entries, size_t first, size_t end, decimal18 *sum,
                            sg_error *error) {
  *sum = (decimal18){0};
  for (size_t i = first; i < end; i++) {
    if (!decimal18_add(sum, of->positions.quantity_exact[entries[i].position])) {
      return error_fail(error, SG_INPUT,
                        "the sum of the quantities of \"%s\" that net into account \"%s\" is too large",
                        of->instruments.id[entries[first].instrument], of->accounts.id[entries[first].account]);
    }
  }
  return SG_OK;
}

static bool same_portfolio(const entry *a, const entry *b) { return a->account == b->account && a->side == b->side; }

/* Entries are sorted. */
static sg_status collect(const book *of, const entry *entries, size_t n, portfolios *made, sg_error *error) {
  const entry *opened = NULL;
  for (size_t first = 0, end; first < n; first = end) {
    const entry *at = &entries[first];
    for (end = first + 1; end < n && same_portfolio(at, &entries[end]) && at->instrument == entries[end].instrument;) {
      end++;
    }
    decimal18 sum;
    TRY(add_family(of, entries, first, end, &sum, error));
    if (sum.units == 0) {
      continue;
    }
    if (opened == NULL || !same_portfolio(opened, at)) {
      open_portfolio(made, at->account, (portfolio_side)at->side);
      opened = at;
    }
    add_position(made, at->instrument, decimal18_to_double(sum));
  }
  made->begin[made->n] = made->n_positions;
  return SG_OK;
}

static sg_status make_sorted(const book *of, const bool *wanted, portfolios *made, sg_error *error) {
  entry *entries = pages_malloc((of->positions.n + 1) * sizeof *entries);
  size_t n = 0;
  bool sorted = true;
  if (entries == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t p = 0; p < of->positions.n; p++) {
    uint32_t account = of->accounts.margin_account[of->positions.account[p]];
    if (of->positions.quantity_exact[p].units == 0 || (wanted != NULL && !wanted[account])) {
      continue;
    }
    uint32_t side = !of->accounts.gross[account]            ? SIDES_NETTED
                    : of->positions.quantity_exact[p].units > 0 ? SIDE_OF_LONGS
                                                                : SIDE_OF_SHORTS;
    entries[n] = (entry){account, side, of->positions.instrument[p], (uint32_t)p};
    sorted = sorted && (n == 0 || by_portfolio(&entries[n - 1], &entries[n]) < 0);
    n++;
  }
  if (!sorted) {
    qsort(entries, n, sizeof *entries, by_portfolio);
  }
  size_t n_portfolios = 0;
  for (size_t i = 0; i < n; i++) {
    n_portfolios += i == 0 || !same_portfolio(&entries[i], &entries[i - 1]);
  }
  sg_status status = portfolios_open(of, n_portfolios, n, made, error);
  status = status == SG_OK ? collect(of, entries, n, made, error) : status;
  free(entries);
  return status;
}

/* Is every account a portfolio as its positions stand, sorted and each instrument once? */
static bool are_as_they_stand(const book *of) {
  const positions *all = &of->positions;
  bool each = true;
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    each = each && of->accounts.margin_account[a] == a && !of->accounts.gross[a];
  }
  for (size_t p = 1; each && p < all->n; p++) {
    each = all->account[p - 1] < all->account[p] ||
           (all->account[p - 1] == all->account[p] && all->instrument[p - 1] < all->instrument[p]);
  }
  return each;
}

static sg_status make_as_they_stand(const book *of, const bool *wanted, portfolios *made, sg_error *error) {
  const positions *all = &of->positions;
  size_t n = 0, n_portfolios = 0;
  uint32_t last = ID_NONE;
  for (size_t p = 0; p < all->n; p++) {
    uint32_t account = all->account[p];
    bool counts = all->quantity_exact[p].units != 0 && (wanted == NULL || wanted[account]);
    n += counts;
    n_portfolios += counts && account != last;
    last = counts ? account : last;
  }
  TRY(portfolios_open(of, n_portfolios, n, made, error));
  last = ID_NONE;
  for (size_t p = 0; p < all->n; p++) {
    uint32_t account = all->account[p];
    if (all->quantity_exact[p].units != 0 && (wanted == NULL || wanted[account])) {
      if (account != last) {
        open_portfolio(made, account, SIDES_NETTED);
        last = account;
      }
      add_position(made, all->instrument[p], all->quantity[p]);
    }
  }
  made->begin[made->n] = made->n_positions;
  return SG_OK;
}

sg_status portfolios_make(const book *of, const bool *wanted, portfolios *made, sg_error *error) {
  *made = (portfolios){.of = of};
  sg_status status = (are_as_they_stand(of) ? make_as_they_stand : make_sorted)(of, wanted, made, error);
  if (status != SG_OK) {
    portfolios_close(made);
  }
  return status;
}

typedef struct row_search {
  const uint32_t *instrument, *row_of;
  uint32_t *row;
} row_search;

static void find_rows(void *context, uint32_t worker, size_t first, size_t end) {
  const row_search *of = context;
  for (size_t i = first; i < end; i++) {
    of->row[i] = of->row_of[of->instrument[i]];
  }
}

sg_status portfolios_find_rows(portfolios *of, const uint32_t *row_of, sg_error *error) {
  enum { RANGE_POSITIONS = 1 << 16 };
  of->row = pages_malloc((of->n_positions + 1) * sizeof *of->row);
  if (of->row == NULL) {
    return error_out_of_memory(error);
  }
  row_search search = {of->instrument, row_of, of->row};
  parallel_ranges(of->n_positions, RANGE_POSITIONS, find_rows, &search);
  return SG_OK;
}

void portfolios_close(portfolios *made) {
  free(made->account);
  free(made->side);
  free(made->begin);
  free(made->instrument);
  free(made->row);
  free(made->quantity);
  *made = (portfolios){0};
}
