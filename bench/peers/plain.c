/* SPDX-License-Identifier: MIT
 *
 * peer_plain BOOK OUT: what a quant writes first. Every position is repriced in every scenario with the C library's
 * functions, on one core; gcc -O2.
 */
#include "book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double normal(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

static double value(const peer_book *of, uint32_t c, double forward, double vol) {
  if (of->sign[c] == 0.0) {
    return forward;
  }
  double s = vol * sqrt(of->years[c]), sign = of->sign[c];
  double d1 = log(forward / of->strike[c]) / s + 0.5 * s, d2 = d1 - s;
  return of->discount[c] * sign * (forward * normal(sign * d1) - of->strike[c] * normal(sign * d2));
}

int main(int argc, char **argv) {
  peer_clock since = peer_start();
  if (argc != 3) {
    fprintf(stderr, "usage: %s BOOK OUT\n", argv[0]);
    return 2;
  }
  peer_book book = peer_book_read(argv[1]);
  double *pnl = calloc((size_t)book.n_accounts * SCENARIOS, sizeof *pnl);
  double *worst = calloc(book.n_accounts, sizeof *worst);
  if (pnl == NULL || worst == NULL) {
    exit(4);
  }
  peer_stage("read", &since);
  for (uint64_t p = 0; p < book.n_positions; p++) {
    uint32_t c = book.instrument[p];
    double base = value(&book, c, book.forward[c], book.vol[c]), size = book.quantity[p] * book.multiplier[c];
    for (int v = 0; v < VOLS; v++) {
      for (int u = 0; u < SPOTS; u++) {
        double shocked = value(&book, c, book.forward[c] * (1.0 + spot_move(u)), book.vol[c] * vol_factor(v));
        pnl[(size_t)book.account[p] * SCENARIOS + (size_t)(v * SPOTS + u)] += size * (shocked - base);
      }
    }
  }
  for (uint32_t a = 0; a < book.n_accounts; a++) {
    for (int s = 0; s < SCENARIOS; s++) {
      worst[a] = fmin(worst[a], pnl[(size_t)a * SCENARIOS + (size_t)s]);
    }
  }
  peer_stage("price_and_net", &since);
  peer_margins_write(argv[2], &book, worst);
  peer_stage("write", &since);
  free(pnl);
  free(worst);
  return 0;
}
