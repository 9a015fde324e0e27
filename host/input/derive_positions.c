/* SPDX-License-Identifier: MIT
 *
 * The rows of positions.csv sorted and added up. Two stable counting passes sort by (account, instrument); rows that are
 * in order already, as most programs write them, need none.
 */
#include "input/reader.h"

/* order[] of the rows by account, then instrument, then line. False when out of memory. */
static bool sort_rows(const position_row *rows, uint32_t n, const uint32_t *account_rank, uint32_t n_accounts,
                      uint32_t n_instruments, uint32_t *order)
{
  bool sorted = true;
  for (uint32_t i = 0; i < n; i++) {
    order[i] = i;
    if (i > 0) {
      uint32_t before = account_rank[rows[i - 1].account], account = account_rank[rows[i].account];
      sorted &= before < account || (before == account && rows[i - 1].instrument <= rows[i].instrument);
    }
  }
  if (sorted) {
    return true;
  }
  uint32_t n_starts = (n_accounts > n_instruments ? n_accounts : n_instruments) + 1;
  uint32_t *starts = malloc(n_starts * sizeof *starts), *by_instrument = malloc(((size_t)n + 1) * sizeof *by_instrument);
  if (starts == NULL || by_instrument == NULL) {
    free(starts);
    free(by_instrument);
    return false;
  }
#define COUNTING_PASS(key, from, to)                  \
  for (uint32_t k = 0; k < n_starts; k++) {           \
    starts[k] = 0;                                    \
  }                                                   \
  for (uint32_t i = 0; i < n; i++) {                  \
    starts[(key) + 1]++;                              \
  }                                                   \
  for (uint32_t k = 1; k < n_starts; k++) {           \
    starts[k] += starts[k - 1];                       \
  }                                                   \
  for (uint32_t j = 0; j < n; j++) {                  \
    uint32_t i = (from);                              \
    (to)[starts[key]++] = i;                          \
  }
  COUNTING_PASS(rows[i].instrument, j, by_instrument)
  COUNTING_PASS(account_rank[rows[i].account], by_instrument[j], order)
#undef COUNTING_PASS
  free(starts);
  free(by_instrument);
  return true;
}

static void add(book_reader *reader, decimal18 *sum, const position_row *row, uint32_t a)
{
  if (!decimal18_add(sum, row->quantity)) {
    findings_add(&reader->findings, (place){reader->positions_path, row->line, 0},
                 "the sum of the quantities of \"%s\" in account \"%s\" is too large",
                 show_text(reader->book->instruments.id[row->instrument]).text,
                 show_text(reader->book->accounts.id[a]).text);
  }
}

static void keep(positions *made, uint32_t a, uint32_t c, decimal18 quantity)
{
  size_t p = made->n++;
  made->account[p] = a;
  made->instrument[p] = c;
  made->quantity_exact[p] = quantity;
  made->quantity[p] = decimal18_to_double(quantity);
}

/* One position for each (account, instrument); in gross accounts the long and the short one, in this order. */
static void add_rows(book_reader *reader, positions *made, const uint32_t *order, uint32_t n)
{
  const position_row *rows = reader->position_rows.items;
  for (uint32_t first = 0, next = 0; first < n; first = next) {
    uint32_t a = reader->account_rank[rows[order[first]].account], c = rows[order[first]].instrument;
    bool gross = reader->book->accounts.gross[a], has_long = false, has_short = false;
    decimal18 longs = {0}, shorts = {0};
    for (; next < n && reader->account_rank[rows[order[next]].account] == a && rows[order[next]].instrument == c; next++) {
      const position_row *row = &rows[order[next]];
      bool is_short = gross && row->quantity.units < 0;
      add(reader, is_short ? &shorts : &longs, row, a);
      has_short |= is_short;
      has_long |= !is_short;
    }
    if (has_long) {
      keep(made, a, c, longs);
    }
    if (has_short) {
      keep(made, a, c, shorts);
    }
  }
}

sg_status derive_positions(book_reader *reader)
{
  arena *memory = reader->memory;
  positions *made = &reader->book->positions;
  uint32_t n = (uint32_t)reader->position_rows.n;
  uint32_t *order = malloc(((size_t)n + 1) * sizeof *order);
  *made = (positions){
      .account = ARENA_ARRAY(memory, uint32_t, n),
      .instrument = ARENA_ARRAY(memory, uint32_t, n),
      .quantity_exact = ARENA_ARRAY(memory, decimal18, n),
      .quantity = ARENA_ARRAY(memory, double, n),
  };
  if (order == NULL || made->account == NULL || made->instrument == NULL || made->quantity_exact == NULL ||
      made->quantity == NULL ||
      !sort_rows(reader->position_rows.items, n, reader->account_rank, reader->book->accounts.n,
                 reader->book->instruments.n, order)) {
    reader_out_of_memory(reader);
  } else {
    add_rows(reader, made, order, n);
  }
  free(order);
  return reader_status(reader);
}
