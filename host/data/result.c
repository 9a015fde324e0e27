/* SPDX-License-Identifier: MIT
 *
 * Texts of rows on demand: most rows of a large result are only ever written to a file.
 */
#include "data/result.h"

#include <pthread.h>
#include <stdlib.h>

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

void result_close(result *made) {
  if (made != NULL) {
    free(made->lines);
    for (int w = 0; w < PARALLEL_WORKERS_MAX; w++) {
      arena_close(made->line_memory[w]);
    }
    arena_close(made->memory);
    free(made);
  }
}
