/* SPDX-License-Identifier: MIT
 *
 * The rows of positions.csv sorted and added up: a counting pass by account, then each account's rows by instrument.
 */
#include "input/reader.h"

/* A row as a sort key within its account: instrument, then place in the file. */
static uint64_t key_make(uint32_t instrument, uint32_t row) { return (uint64_t)instrument << 32 | row; }
static uint32_t key_instrument(uint64_t key) { return (uint32_t)(key >> 32); }
static uint32_t key_row(uint64_t key) { return (uint32_t)key; }

static int compare_keys(const void *left, const void *right)
{
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* keys[start[a]..start[a + 1]) are the sorted rows of account a. */
static void sort_rows(const book_reader *reader, uint32_t n, size_t *start, uint64_t *keys)
{
  const position_row *rows = reader->position_rows.items;
  uint32_t n_accounts = reader->book->accounts.n;
  for (uint32_t i = 0; i < n; i++) {
    start[reader->account_rank[rows[i].account] + 1]++;
  }
  for (uint32_t a = 0; a < n_accounts; a++) {
    start[a + 1] += start[a];
  }
  for (uint32_t i = 0; i < n; i++) { /* leaves start[a] at the end of account a */
    keys[start[reader->account_rank[rows[i].account]]++] = key_make(rows[i].instrument, i);
  }
  for (uint32_t a = n_accounts; a > 0; a--) {
    start[a] = start[a - 1];
  }
  start[0] = 0;
  for (uint32_t a = 0; a < n_accounts; a++) {
    bool sorted = true;
    for (size_t k = start[a] + 1; k < start[a + 1]; k++) {
      sorted &= keys[k - 1] < keys[k];
    }
    if (!sorted) {
      qsort(keys + start[a], start[a + 1] - start[a], sizeof *keys, compare_keys);
    }
  }
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

/* One position for each instrument of account a; in a gross account the long and the short one, in this order. */
static void add_rows(book_reader *reader, positions *made, uint32_t a, const uint64_t *keys, size_t n)
{
  bool gross = reader->book->accounts.gross[a];
  for (size_t first = 0, next = 0; first < n; first = next) {
    uint32_t c = key_instrument(keys[first]);
    bool has_long = false, has_short = false;
    decimal18 longs = {0}, shorts = {0};
    for (; next < n && key_instrument(keys[next]) == c; next++) {
      const position_row *row = &reader->position_rows.items[key_row(keys[next])];
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
  uint32_t n = (uint32_t)reader->position_rows.n, n_accounts = reader->book->accounts.n;
  uint64_t *keys = malloc(((size_t)n + 1) * sizeof *keys);
  size_t *start = calloc((size_t)n_accounts + 1, sizeof *start);
  *made = (positions){
      .account = ARENA_ARRAY(memory, uint32_t, n),
      .instrument = ARENA_ARRAY(memory, uint32_t, n),
      .quantity_exact = ARENA_ARRAY(memory, decimal18, n),
      .quantity = ARENA_ARRAY(memory, double, n),
  };
  if (keys == NULL || start == NULL || made->account == NULL || made->instrument == NULL ||
      made->quantity_exact == NULL || made->quantity == NULL) {
    reader_out_of_memory(reader);
  } else {
    sort_rows(reader, n, start, keys);
    for (uint32_t a = 0; a < n_accounts; a++) {
      add_rows(reader, made, a, keys + start[a], start[a + 1] - start[a]);
    }
  }
  free(keys);
  free(start);
  return reader_status(reader);
}
