/* SPDX-License-Identifier: MIT
 *
 * Books are sorted by the bytes of ids, so that ids that keep their order keep positions sorted.
 */
#include "engine/book_view.h"

#include <string.h>

/* Index of an id in a sorted list. */
static uint32_t find_id(const char *const *names, uint32_t n, const char *id) {
  uint32_t low = 0, high = n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(names[middle], id);
    if (order == 0) {
      return middle;
    }
    low = order < 0 ? middle + 1 : low;
    high = order < 0 ? high : middle;
  }
  return ID_NONE;
}

uint32_t book_find_instrument(const book *in, const char *id) {
  return find_id(in->instruments.id, in->instruments.n, id);
}

static sg_status take_accounts(const book_view *of, book *made, sg_error *error) {
  const book *from = of->positions, *market = of->market;
  sg_status status = SG_OK;
  made->accounts = from->accounts;
  made->accounts.currency = ARENA_ARRAY(made->memory, uint32_t, from->accounts.n);
  if (made->accounts.currency == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t a = 0; a < from->accounts.n; a++) {
    const char *currency = from->currencies.id[from->accounts.currency[a]];
    made->accounts.currency[a] = find_id(market->currencies.id, market->currencies.n, currency);
    if (made->accounts.currency[a] == ID_NONE) {
      place where = {"accounts.csv", from->accounts.line[a], 0};
      status = error_add(error, SG_INPUT, where, "account %s is in %s, which the book in %s does not know",
                         from->accounts.id[a], currency, market->folder);
    }
  }
  return status;
}

static sg_status take_positions(const book_view *of, book *made, sg_error *error) {
  const book *from = of->positions;
  uint32_t n_instruments = from->instruments.n;
  positions *to = &made->positions;
  uint32_t *mapped = ARENA_ARRAY(made->memory, uint32_t, n_instruments);
  *to = (positions){.account = ARENA_ARRAY(made->memory, uint32_t, from->positions.n),
                    .instrument = ARENA_ARRAY(made->memory, uint32_t, from->positions.n),
                    .quantity_exact = ARENA_ARRAY(made->memory, decimal18, from->positions.n),
                    .quantity = ARENA_ARRAY(made->memory, double, from->positions.n)};
  if (!mapped || !to->account || !to->instrument || !to->quantity_exact || !to->quantity) {
    return error_out_of_memory(error);
  }
  for (uint32_t c = 0; c < n_instruments; c++) {
    const char *id = from->instruments.id[c];
    bool is_known = of->known == NULL || book_find_instrument(of->known, id) != ID_NONE;
    mapped[c] = is_known ? book_find_instrument(of->market, id) : ID_NONE;
  }
  for (size_t p = 0; p < from->positions.n; p++) {
    uint32_t c = mapped[from->positions.instrument[p]];
    if (c == ID_NONE) {
      continue;
    }
    to->account[to->n] = from->positions.account[p];
    to->instrument[to->n] = c;
    to->quantity_exact[to->n] = from->positions.quantity_exact[p];
    to->quantity[to->n++] = from->positions.quantity[p];
  }
  return SG_OK;
}

/* Assets that are known to all keep their collateral; cash is an asset too. */
static sg_status take_collateral(const book_view *of, book *made, sg_error *error) {
  const book *from = of->positions;
  collateral *to = &made->collateral;
  *to = (collateral){.account = ARENA_ARRAY(made->memory, uint32_t, from->collateral.n),
                     .asset = ARENA_ARRAY(made->memory, uint32_t, from->collateral.n),
                     .amount = ARENA_ARRAY(made->memory, decimal18, from->collateral.n)};
  if (!to->account || !to->asset || !to->amount) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < from->collateral.n; i++) {
    const char *id = from->assets.id[from->collateral.asset[i]];
    bool is_known = of->known == NULL || find_id(of->known->assets.id, of->known->assets.n, id) != ID_NONE;
    uint32_t asset = is_known ? find_id(of->market->assets.id, of->market->assets.n, id) : ID_NONE;
    if (asset == ID_NONE) {
      continue;
    }
    to->account[to->n] = from->collateral.account[i];
    to->asset[to->n] = asset;
    to->amount[to->n++] = from->collateral.amount[i];
  }
  return SG_OK;
}

static sg_status take_settlements(const book_view *of, book *made, sg_error *error) {
  const book *from = of->positions;
  sg_status status = SG_OK;
  made->settlements = from->settlements;
  made->settlements.currency = ARENA_ARRAY(made->memory, uint32_t, from->settlements.n);
  if (made->settlements.currency == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < from->settlements.n; i++) {
    const char *currency = from->currencies.id[from->settlements.currency[i]];
    made->settlements.currency[i] = find_id(of->market->currencies.id, of->market->currencies.n, currency);
    if (made->settlements.currency[i] == ID_NONE) {
      uint32_t a = from->settlements.account[i];
      place where = {"positions.csv", 0, 0};
      status = error_add(error, SG_INPUT, where, "account %s has unsettled P&L in %s, which the book in %s does not know",
                         from->accounts.id[a], currency, of->market->folder);
    }
  }
  return status;
}

sg_status book_view_make(const book_view *of, book **view, sg_error *error) {
  *view = NULL;
  arena *memory = arena_open();
  book *made = memory == NULL ? NULL : ARENA_ARRAY(memory, book, 1);
  if (made == NULL) {
    arena_close(memory);
    return error_out_of_memory(error);
  }
  *made = *of->market;
  made->memory = memory;
  made->n_scenario_files = of->scenarios->n_scenario_files;
  made->scenario_files = of->scenarios->scenario_files;
  sg_status status = take_accounts(of, made, error);
  status = status == SG_OK ? take_positions(of, made, error) : status;
  status = status == SG_OK ? take_collateral(of, made, error) : status;
  status = status == SG_OK ? take_settlements(of, made, error) : status;
  if (status != SG_OK) {
    book_close(made);
    return status;
  }
  *view = made;
  return SG_OK;
}
