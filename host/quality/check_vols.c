/* SPDX-License-Identifier: MIT
 *
 * Vols against bounds, the neighbouring strikes and the neighbouring expiries.
 */
#include "quality/checker.h"

#include "kernels/math.h"

#include <math.h>
#include <stdlib.h>

/* A smile whose points have vols, as arrays; wild ones are left out as they are found. */
typedef struct curve {
  uint32_t n;
  uint32_t *point; /* index into checker.points */
  double *x, *vol;
  uint32_t *before, *after; /* neighbours that are still in, ID_NONE at the ends */
} curve;

static bool curve_open(curve *made, uint32_t n) {
  *made = (curve){.point = malloc((n + 1) * sizeof(uint32_t)),
                  .x = malloc((n + 1) * sizeof(double)),
                  .vol = malloc((n + 1) * sizeof(double)),
                  .before = malloc((n + 1) * sizeof(uint32_t)),
                  .after = malloc((n + 1) * sizeof(uint32_t))};
  return made->point && made->x && made->vol && made->before && made->after;
}

static void curve_close(curve *closed) {
  free(closed->point);
  free(closed->x);
  free(closed->vol);
  free(closed->before);
  free(closed->after);
}

static void curve_fill(const checker *with, const smile *of, double x_scale, curve *made) {
  made->n = 0;
  for (uint32_t i = of->first; i < of->first + of->n; i++) {
    const smile_point *point = &with->points[i];
    if (point->vol > 0.0 && point->vol < INFINITY) {
      made->point[made->n] = i;
      made->x[made->n] = point->log_moneyness * x_scale;
      made->vol[made->n++] = point->vol;
    }
  }
  for (uint32_t i = 0; i < made->n; i++) {
    made->before[i] = i == 0 ? ID_NONE : i - 1;
    made->after[i] = i + 1 == made->n ? ID_NONE : i + 1;
  }
}

/* What the neighbours that are still in say of point i; at an end the one that there is. */
static double expected_at(const curve *of, uint32_t i) {
  uint32_t a = of->before[i], b = of->after[i];
  if (a == ID_NONE || b == ID_NONE) {
    return a != ID_NONE ? of->vol[a] : b != ID_NONE ? of->vol[b] : (double)NAN;
  }
  return of->x[b] == of->x[a]
             ? of->vol[a]

             : of->vol[a] + (of->vol[b] - of->vol[a]) * ((of->x[i] - of->x[a]) / (of->x[b] - of->x[a]));
}

/* How far point i is off, as a share of what is expected; half at an end, where only one side is known. */
static double deviation_at(const curve *of, uint32_t i) {
  double expected = expected_at(of, i), off = fabs(of->vol[i] - expected) / expected;
  return of->before[i] == ID_NONE || of->after[i] == ID_NONE ? 0.5 * off : off;
}

static void drop(curve *from, uint32_t i) {
  if (from->before[i] != ID_NONE) {
    from->after[from->before[i]] = from->after[i];
  }
  if (from->after[i] != ID_NONE) {
    from->before[from->after[i]] = from->before[i];
  }
}

typedef struct suspect {
  double off;
  uint32_t i;
} suspect;

static int worst_first(const void *left, const void *right) {
  const suspect *a = left, *b = right;
  return a->off != b->off ? (a->off > b->off ? -1 : 1) : (a->i > b->i) - (a->i < b->i);
}

static void add_vol(checker *with, quality_kind kind, uint32_t c, double expected, double low, double high,
                    const char *more) {
  quality_finding found = about_instrument(kind, c, with->vol[c], low, high);
  found.substitutes[0] = substitute_by(QUALITY_VOL, c, expected);
  checker_add(with, found, "vol", "%s", more);
}

/* The wildest first: without it its neighbours may be sound. */
static void check_strikes(checker *with, curve *of, suspect *suspects) {
  double limit = with->rules->limit[QUALITY_VOL_STRIKE];
  uint32_t n = 0;
  for (uint32_t i = 0; of->n > 2 && i < of->n; i++) { /* of two nobody knows which is wrong */
    double off = deviation_at(of, i);
    if (off > limit) {
      suspects[n++] = (suspect){off, i};
    }
  }
  qsort(suspects, n, sizeof *suspects, worst_first);
  for (uint32_t k = 0; k < n; k++) {
    uint32_t i = suspects[k].i;
    double expected = expected_at(of, i);
    if (!(deviation_at(of, i) > limit)) {
      continue;
    }
    const smile_point *point = &with->points[of->point[i]];
    double reach = limit * (of->before[i] == ID_NONE || of->after[i] == ID_NONE ? 2.0 : 1.0);
    add_vol(with, QUALITY_VOL_STRIKE, point->c, expected, expected * (1.0 - reach), expected * (1.0 + reach),
            "by the neighbouring strikes");
    drop(of, i);
  }
  for (uint32_t i = 0; i < of->n; i++) {
    const smile_point *point = &with->points[of->point[i]];
    double expected = expected_at(of, i);
    if (point->call != ID_NONE) {
      with->expected_vol[point->call] = expected;
    }
    if (point->put != ID_NONE) {
      with->expected_vol[point->put] = expected;
    }
  }
}

/* At equal x = ln(strike / forward) / sqrt(years), between the expiries before and after. */
static void check_expiries(checker *with, const smile *of, const curve *own, const curve *near, const curve *far,
                           double near_years, double far_years) {
  double limit = with->rules->limit[QUALITY_VOL_EXPIRY];
  for (uint32_t i = 0; i < own->n; i++) {
    double a = interpolate(near->x, near->vol, near->n, own->x[i]),
           b = interpolate(far->x, far->vol, far->n, own->x[i]);
    double share = (of->years - near_years) / (far_years - near_years);
    double expected = a + (b - a) * share;
    if (fabs(own->vol[i] - expected) > limit * expected) {
      add_vol(with, QUALITY_VOL_EXPIRY, with->points[own->point[i]].c, expected, expected * (1.0 - limit),
              expected * (1.0 + limit), "by the expiries before and after");
    }
  }
}

static void check_bounds(checker *with) {
  const instruments *all = &with->book->instruments;
  double lowest = with->rules->limit[QUALITY_VOL_LOW], highest = with->rules->limit[QUALITY_VOL_HIGH];
  for (uint32_t c = 0; c < all->n; c++) {
    if (!is_listed_option(with, c) || all->price_model[c] != BLACK) {
      continue;
    }
    double near = with->expected_vol[c];
    if (with->vol[c] < lowest) {
      add_vol(with, QUALITY_VOL_LOW, c, near >= lowest ? near : lowest, lowest, INFINITY, "");
    } else if (with->vol[c] > highest) {
      add_vol(with, QUALITY_VOL_HIGH, c, near <= highest ? near : highest, -INFINITY, highest, "");
    }
  }
}

static double root_of_years(const smile *of) { return 1.0 / sqrt(of->years); }

void check_vols(checker *with) {
  curve curves[3];
  uint32_t n = with->book->instruments.n;
  suspect *suspects = malloc(((size_t)n + 1) * sizeof *suspects);
  bool enough = suspects != NULL;
  for (int i = 0; i < 3; i++) {
    enough = curve_open(&curves[i], n) && enough;
  }
  with->out_of_memory = !enough;
  for (uint32_t s = 0; enough && s < with->n_smiles; s++) {
    curve_fill(with, &with->smiles[s], 1.0, &curves[0]);
    check_strikes(with, &curves[0], suspects);
  }
  for (uint32_t s = 1; enough && s + 1 < with->n_smiles; s++) {
    const smile *of = &with->smiles[s], *far = smile_next(with, of);
    if (far != NULL && smile_next(with, of - 1) == of) {
      for (int i = 0; i < 3; i++) {
        curve_fill(with, of - 1 + i, root_of_years(of - 1 + i), &curves[i]);
      }
      check_expiries(with, of, &curves[1], &curves[0], &curves[2], of[-1].years, far->years);
    }
  }
  if (enough) {
    check_bounds(with);
  }
  for (int i = 0; i < 3; i++) {
    curve_close(&curves[i]);
  }
  free(suspects);
}
