/* SPDX-License-Identifier: MIT
 *
 * Generated books: the same bytes again and in another locale, longs equal to shorts, the shape of real books as
 * counted from the files, and refusals.
 */
#include "input/generate.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/ids.h"
#include "input/read_book.h"
#include "test_folder.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const sg_generate_options medium = {
    .n_accounts = 10000, .mean_positions = 20, .n_instruments = 20000, .n_underlyings = 60, .seed = 7};

/* The caller frees the report. */
static char *generate(const sg_generate_options *options, const char *folder) {
  char *report = NULL;
  assert_int_equal(generate_book(options, path_of(folder), &report, NULL), SG_OK);
  assert_non_null(report);
  return report;
}

static void assert_same_files(const char *one, const char *other) {
  static const char *const names[] = {"book.yaml",       "underlyings.csv", "rates.csv",
                                      "instruments.csv", "accounts.csv",    "positions.csv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char first[40], second[40];
    file_text a = {0}, b = {0};
    snprintf(first, sizeof first, "%s/%s", one, names[i]);
    snprintf(second, sizeof second, "%s/%s", other, names[i]);
    assert_int_equal(file_load(path_of(first), 100000000, &a, NULL), SG_OK);
    assert_int_equal(file_load(path_of(second), 100000000, &b, NULL), SG_OK);
    assert_memory_equal(a.digest, b.digest, sizeof a.digest);
    assert_true(a.size_bytes > 30);
    file_close(&a);
    file_close(&b);
  }
}

static void the_same_seed_makes_the_same_bytes(void **state) {
  char *one = generate(&medium, "one"), *other = generate(&medium, "other");
  assert_string_equal(one, other);
  assert_same_files("one", "other");
  free(one);
  free(other);
}

static void another_locale_makes_the_same_bytes(void **state) {
  if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
    setenv("LOCPATH", BINARY_DIR "/locales", 1);
    if (system("mkdir -p " BINARY_DIR "/locales && { test -d " BINARY_DIR "/locales/de_DE.UTF-8 || "
               "localedef -i de_DE -f UTF-8 " BINARY_DIR "/locales/de_DE.UTF-8; } 2>/dev/null") != 0 ||
        setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
      print_message("skipped: no decimal-comma locale can be had\n");
      skip();
    }
  }
  char *report = generate(&medium, "locale");
  setlocale(LC_ALL, "C");
  assert_same_files("one", "locale");
  free(report);
}

static void another_seed_makes_another_book(void **state) {
  sg_generate_options another = medium;
  file_text a = {0}, b = {0};
  another.seed = 8;
  free(generate(&another, "another"));
  assert_int_equal(file_load(path_of("one/positions.csv"), 100000000, &a, NULL), SG_OK);
  assert_int_equal(file_load(path_of("another/positions.csv"), 100000000, &b, NULL), SG_OK);
  assert_memory_not_equal(a.digest, b.digest, sizeof a.digest);
  file_close(&a);
  file_close(&b);
}

static int compare_falling(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

typedef struct counted {
  size_t n_positions, n_option_positions, n_pairs_twice;
  int64_t *net;   /* [instrument] */
  double *longs;
  size_t *n_held; /* [account] */
  ids *instruments, *accounts;
} counted;

/* positions.csv, a field at a time. Names of options end in -C or -P; rows of an account stand together. */
static void count_positions(arena *memory, counted *all) {
  char line[200], *fields[3];
  uint32_t *last_account = ARENA_ARRAY(memory, uint32_t, 30000);
  FILE *stream = fopen(path_of("one/positions.csv"), "r");
  assert_non_null(stream);
  assert_non_null(fgets(line, sizeof line, stream));
  assert_string_equal(line, "account,instrument,quantity\n");
  while (fgets(line, sizeof line, stream) != NULL) {
    char *at = line;
    bool added;
    for (int i = 0; i < 3; i++) {
      fields[i] = strsep(&at, ",\n");
    }
    uint32_t account = ids_add(all->accounts, fields[0], strlen(fields[0]), &added);
    uint32_t instrument = ids_add(all->instruments, fields[1], strlen(fields[1]), &added);
    int64_t quantity = atoll(fields[2]);
    size_t length = strlen(fields[1]);
    bool is_option = fields[1][length - 2] == '-';
    assert_true(account < 10000 && instrument < 20000 && quantity != 0);
    all->n_pairs_twice += last_account[instrument] == account + 1;
    last_account[instrument] = account + 1;
    all->net[instrument] += quantity;
    all->longs[instrument] += is_option && quantity > 0 ? (double)quantity : 0;
    all->n_held[account]++;
    all->n_positions++;
    all->n_option_positions += is_option;
  }
  fclose(stream);
}

/* The ranges that the documentation of the shapes gives for real books, for shares; wider where sizes set them. */
static void a_book_has_the_shape_of_real_ones(void **state) {
  arena *memory = arena_open();
  counted all = {.net = ARENA_ARRAY(memory, int64_t, 20000),
                 .longs = ARENA_ARRAY(memory, double, 20000),
                 .n_held = ARENA_ARRAY(memory, size_t, 10000),
                 .instruments = ids_open(memory),
                 .accounts = ids_open(memory)};
  count_positions(memory, &all);
  double total = 0, top_1 = 0, top_10 = 0, puts = 0;
  size_t n_small = 0, largest = 0;
  for (uint32_t i = 0; i < ids_count(all.instruments); i++) {
    const char *name = ids_text(all.instruments, i);
    assert_int_equal(all.net[i], 0);
    total += all.longs[i];
    puts += name[strlen(name) - 1] == 'P' ? all.longs[i] : 0;
  }
  qsort(all.longs, 20000, sizeof *all.longs, compare_falling);
  for (int i = 0; i < 2000; i++) {
    top_1 += i < 200 ? all.longs[i] : 0;
    top_10 += all.longs[i];
  }
  for (uint32_t a = 0; a < 10000; a++) {
    n_small += all.n_held[a] >= 1 && all.n_held[a] <= 5;
    largest = all.n_held[a] > largest ? all.n_held[a] : largest;
  }
  double options = (double)all.n_option_positions / (double)all.n_positions;
  print_message("top 1 %% %.3f, top 10 %% %.3f, puts %.3f, options %.3f, 1 to 5 series %zu, largest %zu, "
                "positions %zu\n", top_1 / total, top_10 / total, puts / total, options, n_small, largest, all.n_positions);
  assert_int_equal(all.n_pairs_twice, 0);
  assert_in_range(all.n_positions, 195000, 205000);
  assert_true(top_1 / total > 0.26 && top_1 / total < 0.45);
  assert_true(top_10 / total > 0.70 && top_10 / total < 0.90);
  assert_true(puts / total > 0.58 && puts / total < 0.70);
  assert_true(options > 0.60 && options < 0.93);
  assert_true(n_small > 5000);
  assert_true(largest > 10000);
  ids_close(all.instruments);
  ids_close(all.accounts);
  arena_close(memory);
}

static void a_generated_book_is_read_without_a_finding(void **state) {
  book *read = NULL;
  sg_error *error = sg_error_open();
  sg_status status = book_read(path_of("one"), &read, error);
  for (size_t i = 0; i < sg_error_count(error) && i < 5; i++) {
    print_message("%s\n", sg_error_get(error, i).message);
  }
  assert_int_equal(status, SG_OK);
  assert_int_equal(read->instruments.n, 20000);
  assert_int_equal(read->accounts.n, 10000);
  book_close(read);
  sg_error_close(error);
}

static void the_smallest_books_are_made_and_read(void **state) {
  static const sg_generate_options sizes[] = {
      {.n_accounts = 4, .mean_positions = 1, .n_instruments = 8, .n_underlyings = 8, .seed = 1},
      {.n_accounts = 4, .mean_positions = 1, .n_instruments = 8, .n_underlyings = 1, .seed = UINT64_MAX},
      {.n_accounts = 5, .mean_positions = 2, .n_instruments = 17, .n_underlyings = 3, .seed = 3},
      {.tier = "T0", .seed = 4},
  };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char folder[20];
    book *read = NULL;
    snprintf(folder, sizeof folder, "small%zu", i);
    free(generate(&sizes[i], folder));
    assert_int_equal(book_read(path_of(folder), &read, NULL), SG_OK);
    assert_int_equal(read->instruments.n, sizes[i].tier != NULL ? 2000 : sizes[i].n_instruments);
    book_close(read);
  }
}

static void wrong_sizes_are_refused(void **state) {
  static const struct {
    sg_generate_options options;
    const char *message;
  } cases[] = {
      {{.tier = "T5"}, "there is no tier \"T5\"; expected one of: T0 T1 T2 T3 T4"},
      {{.n_accounts = 10}, "how many mean positions is not said; give that or a tier"},
      {{.tier = "T0", .n_accounts = 3}, "3 accounts: expected 4 to 20000000"},
      {{.tier = "T0", .n_underlyings = 2001},
       "2000 instruments: expected at least one for each of 2001 underlyings"},
      {{.tier = "T0", .mean_positions = 251},
       "251 positions to an account: expected at most an eighth of the 2000 instruments"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sg_error *error = sg_error_open();
    char *report = NULL;
    assert_int_equal(generate_book(&cases[i].options, path_of("refused"), &report, error), SG_USAGE);
    assert_int_equal(sg_error_count(error), 1);
    assert_string_equal(sg_error_get(error, 0).message, cases[i].message);
    assert_int_equal(access(path_of("refused"), F_OK), -1);
    sg_error_close(error);
  }
}

static void a_folder_with_a_book_is_left_alone(void **state) {
  sg_error *error = sg_error_open();
  char *report = NULL;
  assert_int_equal(generate_book(&medium, path_of("one"), &report, error), SG_USAGE);
  assert_string_equal(sg_error_get(error, 0).message,
                      "holds a book.yaml already; choose another folder or move it away");
  sg_error_close(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_makes_the_same_bytes),
      cmocka_unit_test(another_locale_makes_the_same_bytes),
      cmocka_unit_test(another_seed_makes_another_book),
      cmocka_unit_test(a_book_has_the_shape_of_real_ones),
      cmocka_unit_test(a_generated_book_is_read_without_a_finding),
      cmocka_unit_test(the_smallest_books_are_made_and_read),
      cmocka_unit_test(wrong_sizes_are_refused),
      cmocka_unit_test(a_folder_with_a_book_is_left_alone),
  };
  return cmocka_run_group_tests(tests, folder_open, folder_close);
}
