/* SPDX-License-Identifier: MIT
 *
 * Arbitrage between options: slopes and butterflies in the strike, total variance from one expiry to the next.
 */
#include "quality/checker.h"

#include <math.h>
#include <stdlib.h>

/* Undiscounted calls by the vols of a smile; those without a vol are left out. */
typedef struct call_curve {
  uint32_t n;
  double *strike, *call, *x, *variance;
  uint32_t *c;
} call_curve;

static bool calls_open(call_curve *made, uint32_t n) {
  *made = (call_curve){.strike = malloc(4 * ((size_t)n + 1) * sizeof(double)),
                       .c = malloc(((size_t)n + 1) * sizeof(uint32_t))};
  if (made->strike == NULL || made->c == NULL) {
    return false;
  }
  made->call = made->strike + n + 1;
  made->x = made->call + n + 1;
  made->variance = made->x + n + 1;
  return true;
}

static void calls_close(call_curve *closed) {
  free(closed->strike);
  free(closed->c);
}

static void calls_fill(const checker *with, const smile *of, call_curve *made) {
  const book *b = with->book;
  made->n = 0;
  for (uint32_t i = of->first; i < of->first + of->n; i++) {
    const smile_point *point = &with->points[i];
    if (!(point->vol < INFINITY)) {
      continue;
    }
    uint32_t c = point->c, at = made->n++;
    double worth = option_undiscounted(b, c, point->vol);
    made->c[at] = c;
    made->strike[at] = point->strike;
    made->call[at] =
        b->instruments.right[c] == CALL ? worth : worth + (b->forwards.forward[of->forward] - point->strike);
    made->x[at] = point->log_moneyness;
    made->variance[at] = point->vol * point->vol * of->years;
  }
}

static void add(checker *with, quality_kind kind, uint32_t c, double value, double low, double high, const char *what,
                const char *more) {
  quality_finding found = about_instrument(kind, c, value, low, high);
  found.substitutes[0] = substitute_by(QUALITY_VOL, c, with->expected_vol[c]);
  checker_add(with, found, what, "%s", more);
}

static void check_strikes(checker *with, const call_curve *of) {
  for (uint32_t i = 1; i < of->n; i++) {
    double scale = option_scale(with->book, of->c[i]), slack = with->rules->limit[QUALITY_STRIKE_SLOPE] * scale;
    double step = of->strike[i] - of->strike[i - 1], most = of->call[i - 1], least = most - step;
    if (of->call[i] > most + slack || of->call[i] < least - slack) {
      add(with, QUALITY_STRIKE_SLOPE, of->c[i], of->call[i], least, most, "is, as an undiscounted call,",
          "by the strike below");
    }
  }
  for (uint32_t i = 1; i + 1 < of->n; i++) {
    double slack = with->rules->limit[QUALITY_BUTTERFLY] * option_scale(with->book, of->c[i]);
    double share = (of->strike[i] - of->strike[i - 1]) / (of->strike[i + 1] - of->strike[i - 1]);
    double most = of->call[i - 1] + (of->call[i + 1] - of->call[i - 1]) * share;
    if (of->call[i] > most + slack) {
      add(with, QUALITY_BUTTERFLY, of->c[i], of->call[i], -INFINITY, most, "is, as an undiscounted call,",
          "by the strikes on both sides");
    }
  }
}

static void check_calendar(checker *with, const call_curve *near, const call_curve *far) {
  double limit = with->rules->limit[QUALITY_CALENDAR];
  for (uint32_t i = 0; i < far->n; i++) {
    double least = interpolate(near->x, near->variance, near->n, far->x[i]);
    if (far->variance[i] < least * (1.0 - limit)) {
      add(with, QUALITY_CALENDAR, far->c[i], far->variance[i], least, INFINITY, "has a total variance of",
          "by the expiry before");
    }
  }
}

void check_arbitrage(checker *with) {
  call_curve near, far;
  bool opened = calls_open(&near, with->book->instruments.n);
  opened = calls_open(&far, with->book->instruments.n) && opened;
  with->out_of_memory = with->out_of_memory || !opened;
  for (uint32_t s = 0; opened && s < with->n_smiles; s++) {
    const smile *next = smile_next(with, &with->smiles[s]);
    calls_fill(with, &with->smiles[s], &near);
    check_strikes(with, &near);
    if (next != NULL && with->book->instruments.price_model[with->points[next->first].c] == BLACK) {
      calls_fill(with, next, &far);
      check_calendar(with, &near, &far);
    }
  }
  calls_close(&near);
  calls_close(&far);
}
