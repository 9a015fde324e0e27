/* SPDX-License-Identifier: MIT
 *
 * peer_good BOOK OUT: what a good programmer writes. Distinct instruments once, the P&L matrix, positions as sparse rows, all
 * cores; gcc -O3 -march=native -ffast-math -fopenmp, so that the loops over scenarios use the vector functions of the C
 * library. Its bits depend on the machine, the compiler and the library.
 */
#include "book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRIDE = 56 }; /* scenarios, padded to whole cache lines */

typedef struct grid {
  double factor[STRIDE], log_factor[STRIDE], vol_factor[STRIDE];
} grid;

static grid make_grid(void) {
  grid made;
  for (int s = 0; s < STRIDE; s++) {
    int scenario = s < SCENARIOS ? s : 0;
    made.factor[s] = 1.0 + spot_move(scenario % SPOTS);
    made.log_factor[s] = log(made.factor[s]);
    made.vol_factor[s] = vol_factor(scenario / SPOTS);
  }
  return made;
}

static void price(const peer_book *of, const grid *g, double *pnl) {
#pragma omp parallel for schedule(static, 64)
  for (uint32_t c = 0; c < of->n_instruments; c++) {
    double *row = pnl + (size_t)c * STRIDE, forward = of->forward[c], multiplier = of->multiplier[c];
    if (of->sign[c] == 0.0) {
      for (int s = 0; s < STRIDE; s++) {
        row[s] = forward * (g->factor[s] - 1.0) * multiplier;
      }
      continue;
    }
    double sign = of->sign[c], strike = of->strike[c], scale = 0.5 * sign * of->discount[c] * multiplier;
    double stddev = of->vol[c] * sqrt(of->years[c]), log_moneyness = log(forward / strike);
    double d1 = log_moneyness / stddev + 0.5 * stddev;
    double base = scale * (forward * erfc(-sign * d1 * M_SQRT1_2) - strike * erfc(-sign * (d1 - stddev) * M_SQRT1_2));
#pragma omp simd
    for (int s = 0; s < STRIDE; s++) {
      double s_stddev = stddev * g->vol_factor[s];
      double s_d1 = (log_moneyness + g->log_factor[s]) / s_stddev + 0.5 * s_stddev;
      row[s] = scale * (forward * g->factor[s] * erfc(-sign * s_d1 * M_SQRT1_2) -
                        strike * erfc(-sign * (s_d1 - s_stddev) * M_SQRT1_2)) - base;
    }
  }
}

/* Positions of account a: begin[a]..begin[a + 1]. */
static uint64_t *sort_positions(const peer_book *of, uint32_t *instrument, double *quantity) {
  uint64_t *begin = calloc(of->n_accounts + 2, sizeof *begin);
  for (uint64_t p = 0; begin != NULL && p < of->n_positions; p++) {
    begin[of->account[p] + 2]++;
  }
  for (uint32_t a = 0; begin != NULL && a < of->n_accounts; a++) {
    begin[a + 2] += begin[a + 1];
  }
  for (uint64_t p = 0; begin != NULL && p < of->n_positions; p++) {
    uint64_t at = begin[of->account[p] + 1]++;
    instrument[at] = of->instrument[p];
    quantity[at] = of->quantity[p];
  }
  return begin;
}

static void net(const peer_book *of, const uint64_t *begin, const uint32_t *instrument, const double *quantity,
                const double *pnl, double *worst) {
#pragma omp parallel for schedule(dynamic, 256)
  for (uint32_t a = 0; a < of->n_accounts; a++) {
    double sum[STRIDE] __attribute__((aligned(64))) = {0}, least = 0.0;
    for (uint64_t p = begin[a]; p < begin[a + 1]; p++) {
      const double *row = pnl + (size_t)instrument[p] * STRIDE, q = quantity[p];
#pragma omp simd
      for (int s = 0; s < STRIDE; s++) {
        sum[s] += q * row[s];
      }
    }
    for (int s = 0; s < SCENARIOS; s++) {
      least = sum[s] < least ? sum[s] : least;
    }
    worst[a] = least;
  }
}

int main(int argc, char **argv) {
  peer_clock since = peer_start();
  if (argc != 3) {
    fprintf(stderr, "usage: %s BOOK OUT\n", argv[0]);
    return 2;
  }
  peer_book book = peer_book_read(argv[1]);
  peer_stage("read", &since);
  double *pnl = aligned_alloc(64, ((size_t)book.n_instruments + 1) * STRIDE * sizeof *pnl);
  uint32_t *instrument = malloc((book.n_positions + 1) * sizeof *instrument);
  double *quantity = malloc((book.n_positions + 1) * sizeof *quantity), *worst = malloc((book.n_accounts + 1) * sizeof *worst);
  if (pnl == NULL || instrument == NULL || quantity == NULL || worst == NULL) {
    exit(4);
  }
  uint64_t *begin = sort_positions(&book, instrument, quantity);
  if (begin == NULL) {
    exit(4);
  }
  memset(pnl, 0, (size_t)book.n_instruments * STRIDE * sizeof *pnl);
  peer_stage("bind", &since);
  grid g = make_grid();
  price(&book, &g, pnl);
  peer_stage("price", &since);
  net(&book, begin, instrument, quantity, pnl, worst);
  peer_stage("net", &since);
  peer_margins_write(argv[2], &book, worst);
  peer_stage("write", &since);
  free(begin);
  free(pnl);
  free(instrument);
  free(quantity);
  free(worst);
  return 0;
}
