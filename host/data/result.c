/* SPDX-License-Identifier: MIT
 *
 * Texts of rows on demand: most rows of a large result are only ever written to a file.
 */
#include "data/result.h"

#include "base/pages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *money_text(arena *memory, money amount) {
  char text[NUMBER_TEXT_BYTES];
  const char *made = arena_text(memory, text, money_format(amount, text));
  return made == NULL ? "" : made;
}

static margin_texts *make_texts(result *of, uint32_t row) {
  margin_texts *made = ARENA_ARRAY(of->memory, margin_texts, 1);
  const standing *stands = of->standings == NULL ? NULL : &of->standings[row];
  for (int m = 0; made != NULL && m < N_MEASURES; m++) {
    made->requirement[m] = money_text(of->memory, of->rows[row].requirement[m]);
    made->standalone[m] = money_text(of->memory, of->rows[row].standalone[m]);
    made->haircut[m] = stands == NULL ? "" : money_text(of->memory, stands->haircut[m]);
    made->excess[m] = stands == NULL ? "" : money_text(of->memory, stands->excess[m]);
  }
  if (made != NULL) {
    made->equity = stands == NULL ? "" : money_text(of->memory, stands->equity);
    made->call = stands == NULL ? "" : money_text(of->memory, stands->call);
  }
  return made;
}

const margin_texts *result_texts(const result *constant, uint32_t row) {
  result *of = (result *)constant; /* grows, never changes */
  static const margin_texts none = {{"", ""}, {"", ""}, "", {"", ""}, {"", ""}, ""};
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  const margin_texts *found = NULL;
  pthread_mutex_lock(&lock);
  if (of->texts == NULL) {
    of->texts = ARENA_ARRAY(of->memory, margin_texts *, of->n_rows);
  }
  if (of->texts != NULL) {
    of->texts[row] = of->texts[row] == NULL ? make_texts(of, row) : of->texts[row];
    found = of->texts[row];
  }
  pthread_mutex_unlock(&lock);
  return found == NULL ? &none : found;
}

/* ---- lines ------------------------------------------------------------------------------------- */

enum { BLOCKS_MAX = 1 << 16 }; /* four billion lines; more would be cleared for each small run */

line **result_lines_open(void) { return calloc(BLOCKS_MAX + 1, sizeof(line *)); }

bool result_lines_add(line **blocks, size_t *n, const line *added, size_t n_added) {
  while (n_added > 0) {
    size_t block = *n / LINES_TOGETHER, at = *n % LINES_TOGETHER;
    size_t part = LINES_TOGETHER - at < n_added ? LINES_TOGETHER - at : n_added;
    if (block == BLOCKS_MAX) {
      return false;
    }
    if (blocks[block] == NULL && (blocks[block] = pages_malloc(LINES_TOGETHER * sizeof(line))) == NULL) {
      return false;
    }
    memcpy(&blocks[block][at], added, part * sizeof *added);
    *n += part;
    added += part;
    n_added -= part;
  }
  return true;
}

void result_lines_close(line **blocks) {
  for (size_t i = 0; blocks != NULL && blocks[i] != NULL; i++) {
    free(blocks[i]);
  }
  free(blocks);
}

const line *result_lines(const result *of, size_t first, size_t n, arena *memory) {
  static const line none;
  if (n == 0) {
    return &none;
  }
  if (first / LINES_TOGETHER == (first + n - 1) / LINES_TOGETHER) {
    return result_line(of, first);
  }
  line *copy = ARENA_ARRAY(memory, line, n);
  for (size_t i = 0; copy != NULL && i < n; i++) {
    copy[i] = *result_line(of, first + i);
  }
  return copy;
}

void result_close(result *made) {
  if (made != NULL) {
    result_lines_close(made->lines);
    plan_close(made->foreseen);
    for (int w = 0; w < PARALLEL_WORKERS_MAX; w++) {
      arena_close(made->line_memory[w]);
    }
    arena_close(made->memory);
    free(made);
  }
}
