/* SPDX-License-Identifier: MIT
 *
 * A generated book from its sizes to its folder.
 */
#include "input/generate.h"

#include "base/file.h"
#include "input/generate_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const file_names[] = {"book.yaml",       "underlyings.csv", "rates.csv",
                                         "instruments.csv", "accounts.csv",    "positions.csv"};
enum { FILE_YAML, FILE_UNDERLYINGS, FILE_RATES, FILE_INSTRUMENTS, FILE_ACCOUNTS, FILE_POSITIONS, N_FILES };
static const char *const owned_names[] = {NULL};

/* Other files would become part of the book, and ours are never overwritten. */
static const char *const other_names[] = {"forwards.csv",   "dividends.csv", "fx.csv",  "assets.csv",
                                          "collateral.csv", "scenarios",     "history", "arrays", "tables"};

static sg_status check_folder(const char *folder, sg_error *error) {
  static const char *const endings[] = {"", ".gz", ".zst"};
  size_t n_other = sizeof other_names / sizeof *other_names;
  for (size_t i = 0; i < n_other + N_FILES; i++) {
    const char *name = i < n_other ? other_names[i] : file_names[i - n_other];
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
      char *path = NULL;
      struct stat facts;
      if (asprintf(&path, "%s/%s%s", folder, name, endings[e]) < 0) {
        return error_out_of_memory(error);
      }
      bool found = lstat(path, &facts) == 0;
      free(path);
      if (found) {
        return error_add(error, SG_USAGE, (place){.file = folder},
                         "holds a %s%s already; choose another folder or move it away", name, endings[e]);
      }
    }
  }
  return SG_OK;
}

static sg_status fill_tier(sg_generate_options *sizes, sg_error *error) {
  if (sizes->tier == NULL) {
    return SG_OK;
  }
#define FILL(field, from_tier) field = field != 0 ? field : from_tier
#define FILL_TIER(name, accounts, positions, instruments, underlyings) \
  if (strcmp(sizes->tier, name) == 0) {                                \
    FILL(sizes->n_accounts, accounts);                                 \
    FILL(sizes->mean_positions, positions);                            \
    FILL(sizes->n_instruments, instruments);                           \
    FILL(sizes->n_underlyings, underlyings);                           \
    return SG_OK;                                                      \
  }
  GENERATE_TIERS(FILL_TIER)
#undef FILL_TIER
#undef FILL
#define TIER_NAME(name, accounts, positions, instruments, underlyings) " " name
  return error_fail(error, SG_USAGE, "there is no tier \"%s\"; expected one of:" GENERATE_TIERS(TIER_NAME),
                    sizes->tier);
#undef TIER_NAME
}

/* X(field, "what", least, most) */
#define SIZES(X)                                    \
  X(n_accounts, "accounts", 4, 20000000)            \
  X(mean_positions, "mean positions", 1, 1000000)   \
  X(n_instruments, "instruments", 2, 20000000)      \
  X(n_underlyings, "underlyings", 1, 99999)

static sg_status check_sizes(const sg_generate_options *sizes, sg_error *error) {
#define CHECK_SIZE(field, what, least, most)                                                                       \
  if (sizes->field == 0) {                                                                                         \
    return error_fail(error, SG_USAGE, "how many " what " is not said; give that or a tier");                      \
  }                                                                                                                \
  if (sizes->field < least || sizes->field > most) {                                                               \
    return error_fail(error, SG_USAGE, "%u " what ": expected " #least " to " #most, sizes->field);                \
  }
  SIZES(CHECK_SIZE)
#undef CHECK_SIZE
  if (sizes->n_instruments < sizes->n_underlyings) {
    return error_fail(error, SG_USAGE, "%u instruments: expected at least one for each of %u underlyings",
                      sizes->n_instruments, sizes->n_underlyings);
  }
  if ((uint64_t)sizes->mean_positions * 8 > sizes->n_instruments) {
    return error_fail(error, SG_USAGE, "%u positions to an account: expected at most an eighth of the %u instruments",
                      sizes->mean_positions, sizes->n_instruments);
  }
  return SG_OK;
}

static sg_status write_book(gen_book *book, file_folder *folder, sg_error *error) {
  FILE *files[N_FILES];
  for (int i = 0; i < N_FILES; i++) {
    TRY(file_folder_add(folder, file_names[i], &files[i], error));
  }
  fprintf(files[FILE_YAML],
          "# made by shockgrid generate: %u accounts, %u mean positions, %u instruments, %u underlyings, seed %llu\n"
          "as_of: 2026-01-02T21:00:00Z\ncurrency: USD\nday_count: act/365f\nexpiry_time: \"21:00:00Z\"\n",
          book->sizes.n_accounts, book->sizes.mean_positions, book->sizes.n_instruments, book->sizes.n_underlyings,
          (unsigned long long)book->sizes.seed);
  fputs("currency,tenor_years,rate_cc\nUSD,1,0.04\n", files[FILE_RATES]);
  fputs("underlying,currency,price,dividend_yield,kind,product_group\n", files[FILE_UNDERLYINGS]);
  fputs("instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol\n",
        files[FILE_INSTRUMENTS]);
  fputs("account,type\n", files[FILE_ACCOUNTS]);
  fputs("account,instrument,quantity\n", files[FILE_POSITIONS]);
  TRY(generate_market(book, files[FILE_UNDERLYINGS], files[FILE_INSTRUMENTS], error));
  return generate_accounts(book, files[FILE_ACCOUNTS], files[FILE_POSITIONS], error);
}

sg_status generate_book(const sg_generate_options *options, const char *folder, char **report, sg_error *error) {
  sg_status status = SG_OK;
  file_folder *target = NULL;
  char *text = NULL;
  gen_book book = {.sizes = *options, .random = options->seed};
  *report = NULL;
  TRY(fill_tier(&book.sizes, error));
  TRY(check_sizes(&book.sizes, error));
  TRY(check_folder(folder, error));
  book.memory = arena_open();
  if (book.memory != NULL) {
    book.underlyings = ARENA_ARRAY(book.memory, gen_underlying, book.sizes.n_underlyings);
    book.series = ARENA_ARRAY(book.memory, gen_series, book.sizes.n_instruments);
    book.open = ARENA_ARRAY(book.memory, uint32_t, book.sizes.n_instruments);
  }
  if (book.underlyings == NULL || book.series == NULL || book.open == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  TRY_DONE(file_folder_open(folder, owned_names, &target, error));
  TRY_DONE(write_book(&book, target, error));
  TRY_DONE(generate_report(&book, &text, error));
  TRY_DONE(file_folder_commit(target, error));
  *report = text;
  text = NULL;
done:
  free(text);
  file_folder_close(target);
  arena_close(book.memory);
  return status;
}
