/* SPDX-License-Identifier: MIT */
#include "input/import_accounts.h"

#include <stdlib.h>

sg_status import_make_accounts(const account_series *series, const char *const *names, size_t n,
                               const sg_import_options *options, import_book *book, made_accounts *made, sg_error *error) {
  TRY(import_book_start(book, IMPORT_POSITIONS, "account,instrument,quantity", error));
  if (options == NULL || options->n_accounts == 0) {
    return SG_OK;
  }
  TRY(import_book_start(book, IMPORT_ACCOUNTS, "account,type", error));
  TRY(make_accounts(series, (uint32_t)n, options->n_accounts, options->seed, made, error));
  for (uint32_t a = 0; a < made->n_accounts; a++) {
    fprintf(book->files[IMPORT_ACCOUNTS].stream, "A%07u,%s\n", a + 1,
            a < made->n_market_makers ? "market_maker" : "customer");
  }
  for (size_t p = 0; p < made->n_positions; p++) {
    const made_position *position = &made->positions[p];
    char quantity[NUMBER_TEXT_BYTES];
    decimal18_format((decimal18){(int128)position->steps * series[position->series].step.units}, quantity);
    fprintf(book->files[IMPORT_POSITIONS].stream, "A%07u,%s,%s\n", position->account + 1, names[position->series], quantity);
  }
  return SG_OK;
}

sg_status import_print_accounts(FILE *stream, const made_accounts *made, uint64_t seed, sg_error *error) {
  if (made->n_accounts == 0) {
    return SG_OK;
  }
  size_t *n_held = calloc(made->n_accounts, sizeof *n_held);
  if (n_held == NULL) {
    return error_out_of_memory(error);
  }
  for (size_t p = 0; p < made->n_positions; p++) {
    n_held[made->positions[p].account]++;
  }
  size_t largest = 0, n_small = 0, n_empty = 0;
  for (uint32_t a = 0; a < made->n_accounts; a++) {
    largest = n_held[a] > largest ? n_held[a] : largest;
    n_small += n_held[a] >= 1 && n_held[a] <= 5;
    n_empty += n_held[a] == 0;
  }
  free(n_held);
  fprintf(stream,
          "made %u accounts from the open interest, seed %llu: %u market makers, %u customers, %zu positions;\n"
          "  %zu accounts hold 1 to 5 series, the largest %zu, %zu none; longs equal shorts in every series\n",
          made->n_accounts, (unsigned long long)seed, made->n_market_makers,
          made->n_accounts - made->n_market_makers, made->n_positions, n_small, largest, n_empty);
  return SG_OK;
}
