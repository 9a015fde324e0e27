/* SPDX-License-Identifier: MIT */
#include "input/import_rows.h"

#include <stdlib.h>
#include <string.h>

enum { EXAMPLES_SHOWN = 3 };

static int compare_names(const void *a, const void *b) {
  return strcmp(((const kept_row *)a)->name, ((const kept_row *)b)->name);
}

static size_t count(const import_rows *all, int reason) {
  size_t n = 0;
  for (size_t i = 0; i < all->n; i++) {
    n += all->reason(all->of, i) == reason;
  }
  return n;
}

sg_status import_rows_keep(const import_rows *all, arena *memory, kept_rows *kept, sg_error *error) {
  *kept = (kept_rows){.items = ARENA_ARRAY(memory, kept_row, all->n)};
  if (kept->items == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t i = 0; i < all->n; i++) {
    if (all->reason(all->of, i) == 0) {
      kept->items[kept->n++] = (kept_row){all->name(all->of, i), i};
    }
  }
  if (kept->n > 0) {
    qsort(kept->items, kept->n, sizeof *kept->items, compare_names);
    return SG_OK;
  }
  for (int reason = 1; reason < all->n_reasons; reason++) {
    size_t n = count(all, reason);
    if (n > 0) {
      error_fail(error, SG_INPUT, "nothing to import: of %zu %s %zu are left out: %s", all->n, all->what, n,
                 all->sentences[reason]);
    }
  }
  return SG_INPUT;
}

size_t import_rows_print_left_out(const import_rows *all, FILE *stream) {
  size_t n_all = 0;
  for (int reason = 1; reason < all->n_reasons; reason++) {
    size_t n = count(all, reason), n_shown = 0;
    n_all += n;
    if (n > 0) {
      fprintf(stream, "left out %zu: %s:", n, all->sentences[reason]);
    }
    for (size_t i = 0; i < all->n && n > 0 && n_shown < EXAMPLES_SHOWN; i++) {
      if (all->reason(all->of, i) == reason) {
        fprintf(stream, "%s %s", n_shown++ > 0 ? "," : "", all->name(all->of, i));
      }
    }
    if (n > 0) {
      fprintf(stream, "%s\n", n > n_shown ? ", ..." : "");
    }
  }
  return n_all;
}
