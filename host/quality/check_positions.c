/* SPDX-License-Identifier: MIT
 *
 * Positions: do longs equal shorts, and does anybody hold more than there is?
 */
#include "quality/checker.h"

#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

typedef struct open_sides {
  decimal18 longs, shorts;
  double largest;   /* |quantity| of one account */
  uint32_t account; /* whose */
  bool too_large;
} open_sides;

static void add_position(open_sides *to, decimal18 quantity, double size, uint32_t account) {
  decimal18 *side = quantity.units > 0 ? &to->longs : &to->shorts;
  decimal18 magnitude = {quantity.units < 0 ? -quantity.units : quantity.units};
  to->too_large |= !decimal18_add(side, magnitude);
  if (fabs(size) > to->largest) {
    to->largest = fabs(size);
    to->account = account;
  }
}

static bool is_listed(instrument_type type) { return type == OPTION || type == FUTURE || type == PERPETUAL; }

/* Positions in parts, in the order of the book, each with sides of its own. */
enum { PARTS_MAX = 4, PART_POSITIONS = 1 << 20 };
typedef struct part_sides {
  const positions *all;
  size_t part_positions, n_instruments;
  open_sides *sides; /* [part][c] */
} part_sides;

static void add_part(void *context, uint32_t worker, size_t first, size_t end) {
  const part_sides *of = context;
  open_sides *sides = of->sides + first / of->part_positions * of->n_instruments;
  for (size_t p = first; p < end; p++) {
    add_position(&sides[of->all->instrument[p]], of->all->quantity_exact[p], of->all->quantity[p], of->all->account[p]);
  }
}

static void join(open_sides *to, const open_sides *later) {
  to->too_large = !decimal18_add(&to->longs, later->longs) || !decimal18_add(&to->shorts, later->shorts) || to->too_large ||
                  later->too_large;
  if (later->largest > to->largest) {
    to->largest = later->largest;
    to->account = later->account;
  }
}

/* sides[c]; NULL: out of memory. */
static open_sides *add_positions(const book *b) {
  size_t n = b->positions.n, n_parts = n / PART_POSITIONS;
  n_parts = n_parts < 1 ? 1 : n_parts > PARTS_MAX ? PARTS_MAX : n_parts;
  part_sides of = {&b->positions, n / n_parts + 1, b->instruments.n, calloc(n_parts * b->instruments.n + 1, sizeof(open_sides))};
  if (of.sides == NULL) {
    return NULL;
  }
  parallel_ranges(n, of.part_positions, add_part, &of);
  for (size_t i = of.n_instruments; i < n_parts * of.n_instruments; i++) {
    join(&of.sides[i % of.n_instruments], &of.sides[i]);
  }
  return of.sides;
}

/* A clearing house's book balances; a broker's customers need not. */
static bool most_balance(const open_sides *sides, const instruments *all) {
  uint32_t n_held = 0, n_balanced = 0;
  for (uint32_t c = 0; c < all->n; c++) {
    bool held = is_listed(all->type[c]) && (sides[c].longs.units != 0 || sides[c].shorts.units != 0);
    n_held += held;
    n_balanced += held && !sides[c].too_large && sides[c].longs.units == sides[c].shorts.units;
  }
  return n_balanced > n_held / 2;
}

static void check_series(checker *with, uint32_t c, const open_sides *of, bool balanced, double open_interest) {
  const book *b = with->book;
  double longs = decimal18_to_double(of->longs), shorts = decimal18_to_double(of->shorts);
  double longer = longs > shorts ? longs : shorts, limit = with->rules->limit[QUALITY_OPEN_INTEREST];
  if (balanced && is_listed(b->instruments.type[c]) && !of->too_large && of->longs.units != of->shorts.units &&
      fabs(longs - shorts) >= limit * longer) {
    checker_add(with, about_instrument(QUALITY_OPEN_INTEREST, c, longs, shorts, shorts), "is held long by",
                "as it is held short");
  }
  double most = with->rules->limit[QUALITY_POSITION_SIZE] * open_interest;
  if (of->largest > most) {
    checker_add(with, about_instrument(QUALITY_POSITION_SIZE, c, of->largest, -INFINITY, most), "position",
                "of account \"%.255s\"", b->accounts.id[of->account]);
  }
}

void check_positions(checker *with) {
  const book *b = with->book;
  const attribute *open = attribute_find(&b->instruments.x, "x_open_interest");
  open_sides *sides = add_positions(b);
  with->out_of_memory = with->out_of_memory || sides == NULL;
  if (sides == NULL) {
    return;
  }
  bool balanced = most_balance(sides, &b->instruments);
  for (uint32_t c = 0; c < b->instruments.n; c++) {
    check_series(with, c, &sides[c], balanced, attribute_number(open, c));
  }
  free(sides);
}
