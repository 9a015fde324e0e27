/* SPDX-License-Identifier: MIT
 *
 * The rows of positions.csv sorted and added up: a counting pass by account, then each account's rows by instrument.
 */
#include "input/reader.h"

#include "base/sort.h"

enum { ROWS_AHEAD = 32 }; /* prefetched, in a file in another order */

/* The rows of all parts, numbered in order of the file. */
typedef struct row_list {
  book_reader *reader;
  size_t n;
  size_t first[READ_THREADS_MAX]; /* number of a part's first row */
  uint32_t *start; /* [a]: its rows are order[start[a]..start[a + 1]) */
  uint32_t *order; /* NULL: the rows of each account stand together, accounts in order */
  uint32_t longest; /* rows of one account, at most */
  sort_item *items, *scratch; /* [longest] */
} row_list;

static const position_part *part_of(const row_list *list, size_t row) {
  uint32_t part = list->reader->n_position_parts - 1;
  while (list->first[part] > row) {
    part--;
  }
  return &list->reader->position_parts[part];
}

static const position_row *row_get(const row_list *list, size_t row) {
  const position_part *part = part_of(list, row);
  return &part->rows.items[row - list->first[part - list->reader->position_parts]];
}

/* Fills start and numbers the rows' accounts as the book does; true when the file has them in order. */
static bool count_rows(row_list *list) {
  book_reader *reader = list->reader;
  uint32_t n_accounts = reader->book->accounts.n, last = 0;
  bool in_order = true;
  for (uint32_t i = 0; i < reader->n_position_parts; i++) {
    position_part *part = &reader->position_parts[i];
    for (uint32_t j = 0; j < part->n_accounts; j++) {
      part->account[j] = reader->account_rank[part->account[j]];
    }
    uint32_t n_own = part->account == NULL ? UINT32_MAX : reader->n_listed_accounts;
    for (size_t k = 0; k < part->rows.n; k++) {
      position_row *row = &part->rows.items[k];
      uint32_t a = row->account < n_own ? reader->account_rank[row->account] : part->account[row->account - n_own];
      row->account = a;
      in_order = in_order && a >= last;
      last = a;
      list->start[a + 1]++;
    }
  }
  for (uint32_t a = 0; a < n_accounts; a++) {
    list->longest = list->start[a + 1] > list->longest ? list->start[a + 1] : list->longest;
    list->start[a + 1] += list->start[a];
  }
  return in_order;
}

static void order_rows(row_list *list) {
  const book_reader *reader = list->reader;
  uint32_t n_accounts = reader->book->accounts.n;
  for (uint32_t i = 0; i < reader->n_position_parts; i++) {
    const position_part *part = &reader->position_parts[i];
    for (size_t k = 0; k < part->rows.n; k++) { /* leaves start[a] at the end of account a */
      uint32_t a = part->rows.items[k].account;
      if (k + ROWS_AHEAD < part->rows.n) {
        __builtin_prefetch(&list->start[part->rows.items[k + ROWS_AHEAD].account], 1);
      }
      list->order[list->start[a]++] = (uint32_t)(list->first[i] + k);
    }
  }
  for (uint32_t a = n_accounts; a > 0; a--) {
    list->start[a] = list->start[a - 1];
  }
  list->start[0] = 0;
}

static bool list_open(row_list *list, book_reader *reader) {
  *list = (row_list){.reader = reader};
  for (uint32_t i = 0; i < reader->n_position_parts; i++) {
    list->first[i] = list->n;
    list->n += reader->position_parts[i].rows.n;
  }
  list->start = calloc((size_t)reader->book->accounts.n + 1, sizeof *list->start);
  if (list->start == NULL) {
    return false;
  }
  if (!count_rows(list)) {
    list->order = malloc(list->n * sizeof *list->order);
    if (list->order == NULL) {
      return false;
    }
    order_rows(list);
  }
  list->items = malloc(((size_t)list->longest + 1) * sizeof *list->items);
  list->scratch = malloc(((size_t)list->longest + 1) * sizeof *list->scratch);
  return list->items != NULL && list->scratch != NULL;
}

static void list_close(row_list *list) {
  free(list->start);
  free(list->order);
  free(list->items);
  free(list->scratch);
}

/* The rows of account a as items: key c, value the row's number; by key, then in order of the file. */
static size_t sort_account(row_list *list, uint32_t a) {
  uint32_t start = list->start[a], n = list->start[a + 1] - start;
  bool sorted = true;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = list->order == NULL ? start + i : list->order[start + i];
    if (list->order != NULL && (size_t)start + i + ROWS_AHEAD < list->n) {
      __builtin_prefetch(row_get(list, list->order[start + i + ROWS_AHEAD]));
    }
    list->items[i] = (sort_item){row_get(list, row)->instrument, row};
    sorted = sorted && (i == 0 || list->items[i - 1].key <= list->items[i].key);
  }
  if (!sorted) {
    sort_items(list->items, list->scratch, n);
  }
  return n;
}

static void add(const row_list *list, decimal18 *sum, uint32_t number, uint32_t a) {
  book_reader *reader = list->reader;
  const position_row *row = row_get(list, number);
  if (!decimal18_add(sum, row->quantity)) {
    uint64_t line = row->line + part_of(list, number)->lines_before;
    findings_add(&reader->findings, (place){reader->positions_path, line, 0},
                 "the sum of the quantities of \"%s\" in account \"%s\" is too large",
                 show_text(reader->book->instruments.id[row->instrument]).text,
                 show_text(reader->book->accounts.id[a]).text);
  }
}

static void keep(positions *made, uint32_t a, uint32_t c, decimal18 quantity) {
  size_t p = made->n++;
  made->account[p] = a;
  made->instrument[p] = c;
  made->quantity_exact[p] = quantity;
  made->quantity[p] = decimal18_to_double(quantity);
}

/* One position for each instrument of account a; in a gross account the long and the short one, in this order. */
static void add_rows(const row_list *list, positions *made, uint32_t a, size_t n) {
  bool gross = list->reader->book->accounts.gross[a];
  for (size_t first = 0, next = 0; first < n; first = next) {
    uint64_t c = list->items[first].key;
    bool has_long = false, has_short = false;
    decimal18 longs = {0}, shorts = {0};
    for (; next < n && list->items[next].key == c; next++) {
      bool is_short = gross && row_get(list, list->items[next].value)->quantity.units < 0;
      add(list, is_short ? &shorts : &longs, list->items[next].value, a);
      has_short |= is_short;
      has_long |= !is_short;
    }
    if (has_long) {
      keep(made, a, (uint32_t)c, longs);
    }
    if (has_short) {
      keep(made, a, (uint32_t)c, shorts);
    }
  }
}

sg_status derive_positions(book_reader *reader) {
  arena *memory = reader->memory;
  positions *made = &reader->book->positions;
  row_list list;
  if (!list_open(&list, reader)) {
    reader_out_of_memory(reader);
    goto done;
  }
  *made = (positions){
      .account = ARENA_ARRAY(memory, uint32_t, list.n),
      .instrument = ARENA_ARRAY(memory, uint32_t, list.n),
      .quantity_exact = ARENA_ARRAY(memory, decimal18, list.n),
      .quantity = ARENA_ARRAY(memory, double, list.n),
  };
  if (made->account == NULL || made->instrument == NULL || made->quantity_exact == NULL || made->quantity == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (uint32_t a = 0; a < reader->book->accounts.n; a++) {
    add_rows(&list, made, a, sort_account(&list, a));
  }
done:
  list_close(&list);
  position_parts_close(reader);
  return reader_status(reader);
}
