/* SPDX-License-Identifier: MIT
 *
 * Market makers take what customers leave, trade among themselves, and hedge: so longs equal shorts in every series.
 */
#include "input/generate_makers.h"

#include "base/array.h"

#include <string.h>

typedef struct maker_position {
  uint32_t maker, series; /* maker 0 .. n_makers - 1 */
  int64_t quantity;
} maker_position;

typedef struct makers {
  gen_book *book;
  ARRAY(maker_position) positions;
  double delta[GENERATE_MOST_MAKERS]; /* underlying units, of the underlying at hand */
  uint32_t wanted[GENERATE_MOST_MAKERS];
  double interest_scale; /* contracts of open interest for a weight of 1 */
} makers;

/* Decimal digits of a whole number, from behind. */
static char *put_digits(char *end, uint64_t number) {
  do {
    *--end = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return end;
}

size_t generate_account_name(const gen_book *book, uint32_t rank, char text[static GENERATE_ACCOUNT_BYTES]) {
  bool is_maker = rank <= book->n_makers;
  memset(text, '0', 9);
  text[0] = is_maker ? 'M' : 'C';
  put_digits(text + 9, is_maker ? rank : rank - book->n_makers);
  return 9;
}

void generate_position(gen_book *book, FILE *stream, uint32_t rank, uint32_t series, int64_t quantity) {
  gen_series *of = &book->series[series];
  char row[GENERATE_ACCOUNT_BYTES + GENERATE_NAME_BYTES + 32], digits[24], *end = digits + sizeof digits;
  size_t length = generate_account_name(book, rank, row);
  row[length++] = ',';
  memcpy(row + length, of->name, of->name_length);
  length += of->name_length;
  row[length++] = ',';
  if (quantity < 0) {
    row[length++] = '-';
  }
  const char *number = put_digits(end, quantity < 0 ? 0 - (uint64_t)quantity : (uint64_t)quantity);
  memcpy(row + length, number, (size_t)(end - number));
  length += (size_t)(end - number);
  row[length++] = '\n';
  fwrite(row, 1, length, stream);
  of->longs += quantity > 0 ? quantity : 0;
  book->n_held[rank]++;
  book->n_positions++;
  book->n_option_positions += of->is_option;
}

static bool hold(makers *all, uint32_t maker, uint32_t series, int64_t quantity) {
  if (quantity == 0) {
    return true;
  }
  all->delta[maker] += (double)quantity * all->book->series[series].delta;
  return ARRAY_PUSH(&all->positions, (maker_position){maker, series, quantity});
}

/* An option: who quotes it shares the customers' other side; pairs of them trade with each other. */
static bool share_option(makers *all, uint32_t series) {
  gen_book *book = all->book;
  const gen_series *of = &book->series[series];
  uint32_t quoting[GENERATE_MOST_MAKERS], n = 0;
  int64_t quantity[GENERATE_MOST_MAKERS], rest = -of->net;
  for (uint32_t maker = 0; maker < book->n_makers; maker++) {
    if (random_below(&book->random, book->n_open) < all->wanted[maker]) {
      quoting[n++] = maker;
    }
  }
  if (n == 0 && rest != 0) {
    quoting[n++] = (uint32_t)random_below(&book->random, book->n_makers);
  }
  for (uint32_t i = 0; i < n; i++) {
    int64_t left = n - i, part = i + 1 == n ? rest : rest * (int64_t)(1 + random_below(&book->random, 2)) / (left + 1);
    quantity[i] = part;
    rest -= part;
  }
  uint64_t most = 1 + (uint64_t)(of->weight * all->interest_scale);
  for (uint32_t i = 0; i + 1 < n; i += 2) {
    int64_t traded = (int64_t)(1 + random_below(&book->random, most));
    traded = random_below(&book->random, 2) == 0 ? traded : -traded;
    quantity[i] += traded;
    quantity[i + 1] -= traded;
  }
  for (uint32_t i = 0; i < n; i++) {
    if (!hold(all, quoting[i], series, quantity[i])) {
      return false;
    }
  }
  return true;
}

/* Every maker takes an equal part of the customers' other side in a hedge; in the first hedge beside the quantity that
 * makes its delta zero, as far as those cancel. */
static bool share_hedge(makers *all, uint32_t series, bool is_first) {
  gen_book *book = all->book;
  int64_t quantity[GENERATE_MOST_MAKERS], rest = -book->series[series].net, n = book->n_makers;
  for (uint32_t maker = 0; maker < n; maker++) {
    double wanted = is_first ? -all->delta[maker] / book->series[series].delta : 0;
    quantity[maker] = (int64_t)(wanted < 0 ? wanted - 0.5 : wanted + 0.5);
    rest -= quantity[maker];
  }
  for (uint32_t maker = 0; maker < n; maker++) {
    int64_t part = rest / (n - maker);
    rest -= part;
    if (!hold(all, maker, series, quantity[maker] + part)) {
      return false;
    }
  }
  return true;
}

static bool share_all(makers *all) {
  gen_book *book = all->book;
  for (uint32_t u = 0; u < book->sizes.n_underlyings; u++) {
    const gen_underlying *of = &book->underlyings[u];
    memset(all->delta, 0, sizeof all->delta);
    uint32_t end = u + 1 == book->sizes.n_underlyings ? book->sizes.n_instruments : book->underlyings[u + 1].first;
    for (uint32_t c = of->first + 1; c < end; c++) {
      bool done = c < of->first + of->n_hedges ? share_hedge(all, c, false)
                                               : !book->series[c].is_open || share_option(all, c);
      if (!done) {
        return false;
      }
    }
    if (!share_hedge(all, of->first, true)) {
      return false;
    }
  }
  return true;
}

/* The positions of each maker together, in the order of series. */
static void write_positions(const makers *all, size_t *next, maker_position *sorted, FILE *stream) {
  for (size_t i = 0; i < all->positions.n; i++) {
    next[all->positions.items[i].maker + 1]++;
  }
  for (uint32_t maker = 0; maker < all->book->n_makers; maker++) {
    next[maker + 1] += next[maker];
  }
  for (size_t i = 0; i < all->positions.n; i++) {
    sorted[next[all->positions.items[i].maker]++] = all->positions.items[i];
  }
  for (size_t i = 0; i < all->positions.n; i++) {
    generate_position(all->book, stream, sorted[i].maker + 1, sorted[i].series, sorted[i].quantity);
  }
}

sg_status generate_makers(gen_book *book, FILE *accounts, FILE *positions, sg_error *error) {
  makers all = {.book = book};
  double longs = 0, weights = 0;
  size_t next[GENERATE_MOST_MAKERS + 1] = {0};
  for (uint32_t c = 0; c < book->sizes.n_instruments; c++) {
    longs += book->series[c].is_option ? (double)book->series[c].longs : 0;
    weights += book->series[c].weight;
  }
  all.interest_scale = weights > 0 ? longs / weights : 0;
  for (uint32_t maker = 0; maker < book->n_makers; maker++) {
    char name[GENERATE_ACCOUNT_BYTES];
    all.wanted[maker] = generate_wanted(book, maker + 1);
    size_t length = generate_account_name(book, maker + 1, name);
    fwrite(name, 1, length, accounts);
    fputs(",market_maker\n", accounts);
  }
  bool done = share_all(&all);
  maker_position *sorted = done ? calloc(all.positions.n + 1, sizeof *sorted) : NULL;
  if (sorted != NULL) {
    write_positions(&all, next, sorted, positions);
  }
  free(sorted);
  ARRAY_FREE(&all.positions);
  return sorted == NULL ? error_out_of_memory(error) : SG_OK;
}
