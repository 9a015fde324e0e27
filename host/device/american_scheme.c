/* SPDX-License-Identifier: MIT
 *
 * Chebyshev points, Gauss-Legendre quadrature in an angle, and barycentric interpolation between the two.
 */
#include "device/american_scheme.h"

static const double PI = 0x1.921fb54442d18p+1;

american_shape american_shape_get(american_accuracy accuracy) {
#define SCHEME_SHAPE(name, nodes, solve, price, steps, tolerance, vols) {nodes, solve, price, steps, tolerance, vols},
  static const american_shape shapes[] = {AMERICAN_SCHEMES(SCHEME_SHAPE)};
#undef SCHEME_SHAPE
  return shapes[accuracy];
}

void differences_table_fill(american_accuracy accuracy, uint32_t n_dividends, double table[static N_DIFFERENCES_NUMBERS]) {
#define SCHEME_NUMBERS(name, nodes, steps, least, reach) {nodes, steps, least, reach},
  static const double schemes[][DIFFERENCES_N_DIVIDENDS] = {DIFFERENCES_SCHEMES(SCHEME_NUMBERS)};
#undef SCHEME_NUMBERS
  for (int i = 0; i < DIFFERENCES_N_DIVIDENDS; i++) {
    table[i] = schemes[accuracy][i];
  }
  table[DIFFERENCES_N_DIVIDENDS] = n_dividends;
}

size_t american_table_count(american_shape shape) {
  size_t n = shape.n_nodes;
  return N_AMERICAN_NUMBERS + n + AMERICAN_ANGLE * (size_t)shape.n_solve + n * shape.n_solve * n +
         AMERICAN_ANGLE * (size_t)shape.n_price + shape.n_price * n + 2 * (size_t)shape.n_vols;
}

/* cos x for 0 <= x <= pi, by its power series; within 1e-15 */
static double cosine(double x) {
  double term = 1, sum = 0;
  for (int k = 0; k <= 40; k += 2) {
    sum += term;
    term *= -x * x / ((k + 1) * (k + 2));
  }
  return sum;
}

/* Point i of n of Gauss and Legendre on -1..1, falling, and its weight: Newton's method on the recurrence of Legendre. */
static double legendre_point(uint32_t n, uint32_t i, double *weight) {
  double x = cosine(PI * (i + 0.75) / (n + 0.5)), slope = 1;
  for (int step = 0; step < 10; step++) {
    double value = 1, previous = 0;
    for (uint32_t k = 1; k <= n; k++) {
      double next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
      previous = value;
      value = next;
    }
    slope = n * (x * value - previous) / (x * x - 1);
    x -= value / slope;
  }
  *weight = 2 / ((1 - x * x) * slope * slope);
  return x;
}

/* angles[n][AMERICAN_ANGLE] over 0..pi/2 */
static void fill_angles(uint32_t n, double *angles) {
  for (uint32_t j = 0; j < n; j++) {
    double weight, x = legendre_point(n, j, &weight);
    double *angle = angles + (size_t)AMERICAN_ANGLE * j;
    angle[0] = cosine(PI / 4 * (1 - x)); /* sin(pi/4 (1 + x)) */
    angle[1] = cosine(PI / 4 * (1 + x));
    angle[2] = PI / 4 * weight;
    angle[3] = 1 / angle[0];
  }
}

/*
 * weights[n]: what each node's value counts at x, for a function that is 0 at node n, which is 0. Barycentric, with the
 * weights of Chebyshev points of the second kind (H. Salzer, Lagrangian interpolation at the Chebyshev points, Computer
 * Journal 15, 1972).
 */
static void fill_weights(uint32_t n, const double *node, double x, double *weights) {
  double sum = 0;
  for (uint32_t k = 0; k <= n; k++) {
    double at = k < n ? node[k] : 0;
    double size = k == 0 || k == n ? 0.5 : 1;
    double distance = x - at == 0 ? 0x1p-1000 : x - at;
    double term = (k % 2 ? -size : size) / distance;
    sum += term;
    if (k < n) {
      weights[k] = term;
    }
  }
  for (uint32_t k = 0; k < n; k++) {
    weights[k] /= sum;
  }
}

/* Chebyshev points of the first kind on 1..2, and their barycentric weights. */
static void fill_vols(uint32_t n, double *vol, double *vol_weight) {
  for (uint32_t c = 0; c < n; c++) {
    double angle = PI * (c + 0.5) / n, across = angle < PI / 2 ? PI / 2 - angle : angle - PI / 2;
    vol[c] = 1.5 + 0.5 * cosine(angle);
    vol_weight[c] = c % 2 ? -cosine(across) : cosine(across);
  }
}

const double *american_table_make(arena *memory, american_shape shape) {
  uint32_t n = shape.n_nodes;
  double *table = ARENA_ARRAY(memory, double, american_table_count(shape));
  if (table == NULL) {
    return NULL;
  }
  table[AMERICAN_N_NODES] = n;
  table[AMERICAN_N_SOLVE] = shape.n_solve;
  table[AMERICAN_N_PRICE] = shape.n_price;
  table[AMERICAN_N_STEPS] = shape.n_steps;
  table[AMERICAN_TOLERANCE] = shape.tolerance;
  table[AMERICAN_N_VOLS] = shape.n_vols;
  double *node = table + N_AMERICAN_NUMBERS;
  double *solve = node + n, *solve_weight = solve + (size_t)AMERICAN_ANGLE * shape.n_solve;
  double *price = solve_weight + (size_t)n * shape.n_solve * n;
  double *price_weight = price + (size_t)AMERICAN_ANGLE * shape.n_price;
  for (uint32_t i = 0; i < n; i++) {
    double half = cosine(PI * i / (2 * n));
    node[i] = half * half;
  }
  fill_angles(shape.n_solve, solve);
  fill_angles(shape.n_price, price);
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t j = 0; j < shape.n_solve; j++) {
      fill_weights(n, node, node[i] * solve[AMERICAN_ANGLE * j + 1], solve_weight + ((size_t)i * shape.n_solve + j) * n);
    }
  }
  for (uint32_t j = 0; j < shape.n_price; j++) {
    fill_weights(n, node, price[AMERICAN_ANGLE * j + 1], price_weight + (size_t)j * n);
  }
  fill_vols(shape.n_vols, price_weight + (size_t)shape.n_price * n, price_weight + (size_t)shape.n_price * n + shape.n_vols);
  return table;
}
