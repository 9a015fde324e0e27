/* SPDX-License-Identifier: MIT
 *
 * Collecting positions into portfolios.
 */
#include "engine/portfolios.h"

#include "base/error.h"

#include <stdlib.h>

typedef struct entry {
  uint32_t account, side, instrument, owner, position;
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

static bool reserve(portfolios *made, size_t n_portfolios, size_t n_positions) {
  made->account = malloc((n_portfolios + 1) * sizeof *made->account);
  made->side = malloc((n_portfolios + 1) * sizeof *made->side);
  made->begin = malloc((n_portfolios + 1) * sizeof *made->begin);
  made->position = malloc((n_positions + 1) * sizeof *made->position);
  return made->account && made->side && made->begin && made->position;
}

static void open_portfolio(portfolios *made, uint32_t account, portfolio_side side) {
  made->account[made->n] = account;
  made->side[made->n] = side;
  made->begin[made->n++] = made->n_positions;
}

sg_status portfolios_make(const book *of, const bool *wanted, portfolios *made, sg_error *error) {
  *made = (portfolios){0};
  entry *entries = malloc((of->positions.n + 1) * sizeof *entries);
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
    entries[n] = (entry){account, side, of->positions.instrument[p], of->positions.account[p], (uint32_t)p};
    sorted = sorted && (n == 0 || by_portfolio(&entries[n - 1], &entries[n]) < 0);
    n++;
  }
  if (!sorted) {
    qsort(entries, n, sizeof *entries, by_portfolio);
  }
  size_t n_portfolios = 0;
  for (size_t i = 0; i < n; i++) {
    n_portfolios += i == 0 || entries[i].account != entries[i - 1].account || entries[i].side != entries[i - 1].side;
  }
  sg_status status = reserve(made, n_portfolios, n) ? SG_OK : error_out_of_memory(error);
  for (size_t i = 0; status == SG_OK && i < n; i++) {
    if (i == 0 || entries[i].account != entries[i - 1].account || entries[i].side != entries[i - 1].side) {
      open_portfolio(made, entries[i].account, (portfolio_side)entries[i].side);
    }
    made->position[made->n_positions++] = entries[i].position;
  }
  free(entries);
  if (status != SG_OK) {
    portfolios_close(made);
    return status;
  }
  made->begin[made->n] = made->n_positions;
  return SG_OK;
}

sg_status portfolios_make_standalone(const portfolios *from, portfolios *made, sg_error *error) {
  *made = (portfolios){.standalone = true};
  if (!reserve(made, from->n_positions, from->n_positions)) {
    portfolios_close(made);
    return error_out_of_memory(error);
  }
  for (uint32_t f = 0; f < from->n; f++) {
    for (size_t i = from->begin[f]; i < from->begin[f + 1]; i++) {
      open_portfolio(made, from->account[f], from->side[f]);
      made->position[made->n_positions++] = from->position[i];
    }
  }
  made->begin[made->n] = made->n_positions;
  return SG_OK;
}

void portfolios_close(portfolios *made) {
  free(made->account);
  free(made->side);
  free(made->begin);
  free(made->position);
  *made = (portfolios){0};
}
