/* SPDX-License-Identifier: MIT
 *
 * "Did you mean ...?": the nearest word by edit distance, a swap of neighbours counting as one edit.
 */
#include "cli/command.h"

#include <string.h>

enum { LONGEST_WORD = 32 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment distance. */
static size_t distance(const char *a, const char *b) {
  size_t rows = strlen(a), columns = strlen(b);
  size_t d[LONGEST_WORD + 1][LONGEST_WORD + 1];
  if (rows > LONGEST_WORD || columns > LONGEST_WORD) {
    return SIZE_MAX;
  }
  for (size_t i = 0; i <= rows; i++) {
    for (size_t j = 0; j <= columns; j++) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[rows][columns];
}

const char *suggest(const char *given, const char *const *candidates, size_t n) {
  const char *nearest = NULL;
  size_t shortest = 1 + strlen(given) / 3; /* further away it is another word */
  for (size_t i = 0; i < n; i++) {
    size_t far = distance(given, candidates[i]);
    if (far < shortest + (nearest == NULL)) {
      shortest = far;
      nearest = candidates[i];
    }
  }
  return nearest;
}
