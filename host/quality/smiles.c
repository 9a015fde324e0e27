/* SPDX-License-Identifier: MIT
 *
 * The options of a book by underlying, kind, expiry and strike.
 */
#include "quality/checker.h"

#include "kernels/math.h"

#include <stdlib.h>

typedef struct listed {
  uint32_t underlying, kind, forward, c;
  int64_t expiry_s;
  double strike;
} listed;

static int by_smile(const listed *a, const listed *b) {
#define COMPARE(field)                   \
  if (a->field != b->field) {            \
    return a->field < b->field ? -1 : 1; \
  }
  COMPARE(underlying)
  COMPARE(kind)
  COMPARE(expiry_s)
  COMPARE(forward)
  return 0;
}

static int by_strike(const void *left, const void *right) {
  const listed *a = left, *b = right;
  int order = by_smile(a, b);
  if (order != 0) {
    return order;
  }
  COMPARE(strike)
  COMPARE(c)
#undef COMPARE
  return 0;
}

/* Which options compare with each other. */
static uint32_t find_kind(const instruments *all, uint32_t c) {
  return (uint32_t)all->exercise[c] | (uint32_t)all->settlement[c] << 1 | (uint32_t)all->price_model[c] << 2 |
         (uint32_t)all->premium[c] << 3;
}

static void add_option(checker *with, smile_point *point, uint32_t c) {
  bool call = with->book->instruments.right[c] == CALL;
  uint32_t *side = call ? &point->call : &point->put;
  *side = *side == ID_NONE ? c : *side; /* of duplicates the first */
}

static void finish_point(checker *with, smile_point *point) {
  const book *b = with->book;
  uint32_t any = point->call != ID_NONE ? point->call : point->put;
  double forward = b->forwards.forward[b->instruments.forward[any]];
  bool up = point->strike >= forward;
  uint32_t first = up ? point->call : point->put, second = up ? point->put : point->call;
  point->c = first != ID_NONE && (with->vol[first] == with->vol[first] || second == ID_NONE) ? first : second;
  point->vol = with->vol[point->c];
  point->log_moneyness = b->instruments.price_model[any] == BLACK && point->strike > 0.0 && forward > 0.0
                             ? math_log(point->strike / forward)
                             : (point->strike - forward) / (option_scale(b, any) + 1e-300);
}

bool smiles_make(checker *with) {
  const book *b = with->book;
  const instruments *all = &b->instruments;
  listed *rows = malloc(((size_t)all->n + 1) * sizeof *rows);
  uint32_t n = 0;
  with->smiles = ARENA_ARRAY(with->memory, smile, all->n);
  with->points = ARENA_ARRAY(with->memory, smile_point, all->n);
  if (rows == NULL || with->smiles == NULL || with->points == NULL) {
    free(rows);
    return false;
  }
  for (uint32_t c = 0; c < all->n; c++) {
    if (is_listed_option(with, c)) {
      rows[n++] = (listed){all->underlying[c], find_kind(all, c), all->forward[c], c, all->expiry_s[c], all->strike[c]};
    }
  }
  qsort(rows, n, sizeof *rows, by_strike);
  uint32_t n_points = 0;
  for (uint32_t i = 0; i < n; i++) {
    bool opens = i == 0 || by_smile(&rows[i - 1], &rows[i]) != 0;
    if (opens) {
      with->smiles[with->n_smiles++] = (smile){n_points, 0, rows[i].forward, rows[i].kind, all->years[rows[i].c]};
    }
    if (opens || rows[i].strike != rows[i - 1].strike) {
      with->points[n_points++] = (smile_point){.strike = rows[i].strike, .call = ID_NONE, .put = ID_NONE};
      with->smiles[with->n_smiles - 1].n++;
    }
    add_option(with, &with->points[n_points - 1], rows[i].c);
  }
  for (uint32_t i = 0; i < n_points; i++) {
    finish_point(with, &with->points[i]);
  }
  free(rows);
  return true;
}

const smile *smile_next(const checker *with, const smile *of) {
  const smile *next = of + 1;
  const uint32_t *underlying = with->book->forwards.underlying;
  bool same = next < with->smiles + with->n_smiles && next->kind == of->kind && next->years > of->years &&
              underlying[next->forward] == underlying[of->forward];
  return same ? next : NULL;
}

double interpolate(const double *x, const double *y, uint32_t n, double at) {
  if (n == 0 || !(at >= x[0] && at <= x[n - 1])) {
    return NAN;
  }
  uint32_t low = 0, high = n - 1;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    low = x[middle] <= at ? middle : low;
    high = x[middle] <= at ? high : middle;
  }
  return x[high] == x[low] ? y[low] : y[low] + (y[high] - y[low]) * ((at - x[low]) / (x[high] - x[low]));
}
