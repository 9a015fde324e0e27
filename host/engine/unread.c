/* SPDX-License-Identifier: MIT
 *
 * Attributes of the book's tables against the model's inputs.
 */
#include "engine/unread.h"

#include "base/error.h"

#include <string.h>

static bool reads(const model *under, input_table table, const char *column) {
  bool found = false;
  for (uint32_t i = 0; i < under->n_inputs; i++) {
    found = found || (under->inputs[i].table == table && strcmp(under->inputs[i].column, column) == 0);
  }
  return found;
}

sg_status unread_columns(const book *of, const model *under, result *run, sg_error *error) {
  const attributes *const tables[] = {[INPUT_UNDERLYINGS] = &of->underlyings.x, [INPUT_FORWARDS] = &of->forwards.x,
                                      [INPUT_INSTRUMENTS] = &of->instruments.x, [INPUT_ACCOUNTS] = &of->accounts.x,
                                      [INPUT_ASSETS] = &of->assets.x};
  uint32_t n_all = 0;
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    n_all += tables[t]->n;
  }
  run->unread = ARENA_ARRAY(run->memory, const char *, n_all);
  if (run->unread == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    for (uint32_t i = 0; i < tables[t]->n; i++) {
      const char *name = tables[t]->items[i].name;
      if (!reads(under, (input_table)t, name)) {
        const char *text = arena_format(run->memory, "%s: %s", tables[t]->file, name);
        if (text == NULL) {
          return error_out_of_memory(error);
        }
        run->unread[run->n_unread++] = text;
      }
    }
  }
  return SG_OK;
}
