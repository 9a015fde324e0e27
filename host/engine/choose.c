/* SPDX-License-Identifier: MIT
 *
 * Which accounts a run margins, and which of them it shows.
 */
#include "engine/choose.h"

#include "base/error.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

static uint32_t find_account(const book *of, const char *id) {
  uint32_t low = 0, high = of->accounts.n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(of->accounts.id[middle], id);
    if (order == 0) {
      return middle;
    }
    low = order < 0 ? middle + 1 : low;
    high = order < 0 ? high : middle;
  }
  return ID_NONE;
}

static sg_status mark_accounts(const book *of, const char *const *names, size_t n, bool **marks, sg_error *error) {
  *marks = calloc(of->accounts.n + 1, sizeof **marks);
  sg_status status = *marks == NULL ? error_out_of_memory(error) : SG_OK;
  for (size_t i = 0; *marks != NULL && i < n; i++) {
    uint32_t account = find_account(of, names[i]);
    if (account == ID_NONE) {
      status = error_fail(error, SG_USAGE, "the book has no account \"%s\"", names[i]);
    } else if (of->accounts.margin_account[account] != account) {
      status = error_fail(error, SG_USAGE, "account \"%s\" nets into \"%s\": ask for that one", names[i],
                          of->accounts.id[of->accounts.margin_account[account]]);
    } else {
      (*marks)[account] = true;
    }
  }
  return status;
}

/* A parent that adds requirements up needs its children's. */
static void add_descendants(const book *of, const bool *shown, bool *wanted) {
  for (uint32_t a = 0; a < of->accounts.n; a++) {
    for (uint32_t up = a; up != ID_NONE; up = of->accounts.parent[up]) {
      wanted[of->accounts.margin_account[a]] |= shown[of->accounts.margin_account[up]];
    }
  }
}

sg_status choose_accounts(const book *b, const sg_run_options *options, bool own_only, chosen *made, sg_error *error) {
  if (options->accounts != NULL) {
    TRY(mark_accounts(b, options->accounts, options->n_accounts, &made->shown, error));
    made->wanted = calloc(b->accounts.n + 1, sizeof *made->wanted);
    if (made->wanted == NULL) {
      return error_out_of_memory(error);
    }
    if (own_only) { /* what each needs by itself */
      memcpy(made->wanted, made->shown, b->accounts.n * sizeof *made->wanted);
    } else {
      add_descendants(b, made->shown, made->wanted);
    }
  }
  if (options->all_pnl_accounts || options->n_pnl_accounts > 0) {
    TRY(mark_accounts(b, options->pnl_accounts, options->n_pnl_accounts, &made->keeps_pnl, error));
    for (uint32_t a = 0; options->all_pnl_accounts && a < b->accounts.n; a++) {
      made->keeps_pnl[a] = made->shown == NULL || made->shown[a];
    }
  }
  return SG_OK;
}

void chosen_close(chosen *closed) {
  free(closed->wanted);
  free(closed->shown);
  free(closed->keeps_pnl);
}

/* Rows in ranges of accounts, counted and then made by all processors: most of the work is the system's, which clears the
 * memory of each page when it is first touched. */
enum { RANGE_ACCOUNTS = 1 << 16 };
typedef struct row_maker {
  const accounts *all;
  const bool *wanted; /* [a]; NULL: all */
  margin_row *rows;
  uint32_t *first;    /* [range], then the number of all */
} row_maker;

static bool has_row(const row_maker *of, size_t a) {
  return of->all->margin_account[a] == a && (of->wanted == NULL || of->wanted[a]);
}

static void count_rows(void *context, uint32_t worker, size_t first, size_t end) {
  const row_maker *of = context;
  for (size_t a = first; a < end; a++) {
    of->first[first / RANGE_ACCOUNTS + 1] += has_row(of, a);
  }
}

static void make_rows(void *context, uint32_t worker, size_t first, size_t end) {
  const row_maker *of = context;
  margin_row *next = of->rows + of->first[first / RANGE_ACCOUNTS];
  for (size_t a = first; a < end; a++) {
    if (has_row(of, a)) {
      *next++ = (margin_row){.account = (uint32_t)a, .currency = of->all->currency[a], .worst_block = ""};
    }
  }
}

sg_status choose_rows(const book *of, const chosen *from, result *made, sg_error *error) {
  uint32_t n = of->accounts.n, n_ranges = n / RANGE_ACCOUNTS + 1;
  row_maker maker = {&of->accounts, from->wanted, ARENA_ARRAY(made->memory, margin_row, n),
                     calloc((size_t)n_ranges + 1, sizeof *maker.first)};
  if (maker.rows == NULL || maker.first == NULL) {
    free(maker.first);
    return error_out_of_memory(error);
  }
  parallel_ranges(n, RANGE_ACCOUNTS, count_rows, &maker);
  for (uint32_t i = 0; i < n_ranges; i++) {
    maker.first[i + 1] += maker.first[i];
  }
  parallel_ranges(n, RANGE_ACCOUNTS, make_rows, &maker);
  made->rows = maker.rows;
  made->n_rows = maker.first[n_ranges];
  free(maker.first);
  return SG_OK;
}

void choose_drop_hidden(const chosen *from, result *made) {
  if (from->shown == NULL) {
    return;
  }
  uint32_t n_rows = 0;
  size_t n_lines = 0;
  for (uint32_t i = 0; i < made->n_rows; i++) {
    margin_row row = made->rows[i];
    if (!from->shown[row.account]) {
      continue;
    }
    for (int m = 0; m < N_MEASURES; m++) {
      for (uint32_t k = 0; k < row.n_lines[m]; k++) {
        *result_line(made, n_lines + k) = *result_line(made, row.first_line[m] + k);
      }
      row.first_line[m] = n_lines;
      n_lines += row.n_lines[m];
    }
    if (made->standings != NULL) {
      made->standings[n_rows] = made->standings[i];
    }
    made->rows[n_rows++] = row;
  }
  made->n_rows = n_rows;
  made->n_lines = n_lines;
  made->partial = true;
}
