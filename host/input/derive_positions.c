/* SPDX-License-Identifier: MIT
 *
 * The rows of positions.csv sorted and added up: a counting pass by account, then each account's rows by instrument,
 * ranges of accounts on several threads.
 */
#include "input/reader.h"

#include "base/parallel.h"
#include "base/sort.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
  ROWS_AHEAD = 32, /* prefetched, in a file in another order */
  RANGE_ROWS = 1 << 16,
};

/* The rows of all parts, numbered in order of the file. */
typedef struct row_list {
  book_reader *reader;
  size_t n;
  size_t first[READ_THREADS_MAX]; /* number of a part's first row */
  uint32_t *start; /* [a]: its rows are order[start[a]..start[a + 1]) */
  uint32_t *order; /* NULL: the rows of each account stand together, accounts in order */
  uint32_t longest; /* rows of one account, at most */
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
    const uint32_t *own = part->account;
    for (size_t k = 0; k < part->rows.n; k++) {
      position_row *row = &part->rows.items[k];
      uint32_t a = own == NULL || row->account < reader->n_listed_accounts ? reader->account_rank[row->account]
                                                                           : own[row->account - reader->n_listed_accounts];
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
  return true;
}

static void list_close(row_list *list) {
  free(list->start);
  free(list->order);
}

/* ---- accounts on several threads --------------------------------------------------------------- */

/* Of one worker. */
typedef struct adder {
  sort_item *items, *scratch; /* [longest] */
  size_t n; /* positions of the range, which stand where its first row would */
} adder;

typedef struct position_list {
  const row_list *rows;
  positions *made;
  adder workers[PARALLEL_WORKERS_MAX];
  size_t n_ranges;
  uint32_t *range_end; /* [range] a */
  atomic_bool too_large; /* a sum is; who is told by one thread, in order */
} position_list;

/* The rows of account a as items: key c, value the row's number; by key, then in order of the file. */
static size_t sort_account(const row_list *list, adder *own, uint32_t a) {
  uint32_t start = list->start[a], n = list->start[a + 1] - start;
  bool sorted = true;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = list->order == NULL ? start + i : list->order[start + i];
    if (list->order != NULL && (size_t)start + i + ROWS_AHEAD < list->n) {
      __builtin_prefetch(row_get(list, list->order[start + i + ROWS_AHEAD]));
    }
    own->items[i] = (sort_item){row_get(list, row)->instrument, row};
    sorted = sorted && (i == 0 || own->items[i - 1].key <= own->items[i].key);
  }
  if (!sorted) {
    sort_items(own->items, own->scratch, n);
  }
  return n;
}

static void keep(positions *made, size_t p, uint32_t a, uint64_t c, decimal18 quantity) {
  made->account[p] = a;
  made->instrument[p] = (uint32_t)c;
  made->quantity_exact[p] = quantity;
  made->quantity[p] = decimal18_to_double(quantity);
}

/* One position for each instrument of account a, from p on; in a gross account the long and the short one, in this order.
 *   returns   where the next account's positions begin */
static size_t add_rows(position_list *to, const adder *own, uint32_t a, size_t n, size_t p) {
  const row_list *list = to->rows;
  bool gross = list->reader->book->accounts.gross[a];
  for (size_t first = 0, next = 0; first < n; first = next) {
    uint64_t c = own->items[first].key;
    bool has_long = false, has_short = false, fits = true;
    decimal18 longs = {0}, shorts = {0};
    for (; next < n && own->items[next].key == c; next++) {
      decimal18 quantity = row_get(list, own->items[next].value)->quantity;
      bool is_short = gross && quantity.units < 0;
      fits = decimal18_add(is_short ? &shorts : &longs, quantity) && fits;
      has_short |= is_short;
      has_long |= !is_short;
    }
    if (has_long) {
      keep(to->made, p++, a, c, longs);
    }
    if (has_short) {
      keep(to->made, p++, a, c, shorts);
    }
    if (!fits) {
      to->too_large = true;
    }
  }
  return p;
}

static bool add_range(void *context, uint32_t worker, size_t range) {
  position_list *to = context;
  adder *own = &to->workers[worker];
  uint32_t first = range == 0 ? 0 : to->range_end[range - 1];
  size_t p = to->rows->start[first];
  for (uint32_t a = first; a < to->range_end[range]; a++) {
    p = add_rows(to, own, a, sort_account(to->rows, own, a), p);
  }
  own->n = p - to->rows->start[first];
  return true;
}

/* Behind the ranges before, which had fewer positions than rows where some were added up. */
static bool close_up(void *context, uint32_t worker, size_t range) {
  const position_list *to = context;
  positions *made = to->made;
  size_t n = to->workers[worker].n, from = to->rows->start[range == 0 ? 0 : to->range_end[range - 1]];
  if (n > 0 && from > made->n) {
    memmove(made->account + made->n, made->account + from, n * sizeof *made->account);
    memmove(made->instrument + made->n, made->instrument + from, n * sizeof *made->instrument);
    memmove(made->quantity_exact + made->n, made->quantity_exact + from, n * sizeof *made->quantity_exact);
    memmove(made->quantity + made->n, made->quantity + from, n * sizeof *made->quantity);
  }
  made->n += n;
  return true;
}

/* Each sum that leaves the range, at the row that makes it. */
static void find_too_large(position_list *to) {
  book_reader *reader = to->rows->reader;
  for (uint32_t a = 0; a < reader->book->accounts.n; a++) {
    size_t n = sort_account(to->rows, &to->workers[0], a);
    decimal18 sums[2];
    for (size_t i = 0; i < n; i++) {
      const sort_item *item = &to->workers[0].items[i];
      const position_row *row = row_get(to->rows, item->value);
      if (i == 0 || item->key != item[-1].key) {
        memset(sums, 0, sizeof sums);
      }
      if (!decimal18_add(&sums[reader->book->accounts.gross[a] && row->quantity.units < 0], row->quantity)) {
        uint64_t line = row->line + part_of(to->rows, item->value)->lines_before;
        findings_add(&reader->findings, (place){reader->positions_path, line, 0},
                     "the sum of the quantities of \"%s\" in account \"%s\" is too large",
                     show_text(reader->book->instruments.id[row->instrument]).text,
                     show_text(reader->book->accounts.id[a]).text);
      }
    }
  }
}

/* Ranges of about as many rows each. */
static bool cut_ranges(position_list *to) {
  const row_list *rows = to->rows;
  uint32_t n_accounts = rows->reader->book->accounts.n;
  to->range_end = malloc((rows->n / RANGE_ROWS + 2) * sizeof *to->range_end);
  for (uint32_t a = 0, first = 0; to->range_end != NULL && a < n_accounts; a++) {
    if (a + 1 == n_accounts || rows->start[a + 1] - rows->start[first] >= RANGE_ROWS) {
      to->range_end[to->n_ranges++] = first = a + 1;
    }
  }
  return to->range_end != NULL;
}

static bool make_positions(position_list *to) {
  uint32_t n_workers = parallel_workers();
  bool enough = cut_ranges(to);
  for (uint32_t w = 0; w < n_workers; w++) {
    adder *own = &to->workers[w];
    own->items = malloc(((size_t)to->rows->longest + 1) * sizeof *own->items);
    own->scratch = malloc(((size_t)to->rows->longest + 1) * sizeof *own->scratch);
    enough = enough && own->items != NULL && own->scratch != NULL;
  }
  const parallel_job job = {to->n_ranges, to, 2, {{add_range, false}, {close_up, true}}};
  if (enough && to->n_ranges > 0) {
    parallel_run(&job, n_workers);
  }
  if (enough && to->too_large) {
    find_too_large(to);
  }
  for (uint32_t w = 0; w < n_workers; w++) {
    free(to->workers[w].items);
    free(to->workers[w].scratch);
  }
  free(to->range_end);
  return enough;
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
  position_list to = {.rows = &list, .made = made};
  if (!made->account || !made->instrument || !made->quantity_exact || !made->quantity || !make_positions(&to)) {
    reader_out_of_memory(reader);
  }
done:
  list_close(&list);
  position_parts_close(reader);
  return reader_status(reader);
}
