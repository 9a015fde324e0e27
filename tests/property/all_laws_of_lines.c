/* SPDX-License-Identifier: MIT
 *
 * Requirements and their lines, on 1,000 random books: what adds up, adds up to the last digit.
 */
#include "property/laws.h"

#include "base/file.h"
#include "input/csv.h"

enum { N_BOOKS = 1000, WRITTEN_EVERY = 20 };

static void check_sum(const sg_result *made, const margin_row *row, measure of, uint64_t seed, int model) {
  money sum = MONEY_ZERO;
  for (size_t i = row->first_line[of]; i < row->first_line[of] + row->n_lines[of]; i++) {
    assert_int_equal(made->lines[i].account, row->account);
    assert_int_equal(made->lines[i].measure, of);
    assert_true(money_add(&sum, made->lines[i].amount));
  }
  if (money_compare(sum, row->requirement[of]) != 0) {
    char got[NUMBER_TEXT_BYTES];
    money_format(sum, got);
    fail_msg("book of seed %llu, %s: %s of %s is %s, its lines sum to %s", (unsigned long long)seed,
             law_models[model].path, measure_text(of), made->book->accounts.id[row->account], row->requirement_text[of], got);
  }
}

static void lines_of_every_account_sum_to_its_requirement(void **state) {
  laws *with = *state;
  size_t n_lines = 0;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    laws_load(with, b, 0);
    for (int m = 0; m < N_LAW_MODELS; m++) {
      sg_result *made = laws_margin(with, m, NULL);
      size_t n = 0;
      for (uint32_t r = 0; r < made->n_rows; r++) {
        for (int i = 0; i < N_MEASURES; i++) {
          check_sum(made, &made->rows[r], (measure)i, seed, m);
          n += made->rows[r].n_lines[i];
        }
      }
      assert_int_equal(n, made->n_lines);
      n_lines += n;
      sg_result_close(made);
    }
    random_book_close(b);
  }
  print_message("%zu lines\n", n_lines);
  assert_true(n_lines > 10 * N_BOOKS);
}

/* ---- the same from the files ------------------------------------------------------------------- */

typedef struct row_of_file {
  char account[16], measure[16];
  money amount, maintenance;
} row_of_file;

/* Rows of margins.csv (initial, maintenance) or lines.csv (amount). */
static size_t read_rows(laws *with, const char *name, const char *amount, row_of_file *rows, size_t most) {
  char path[96];
  file_text text = {0};
  csv_reader reader;
  size_t n = 0, at_amount = 0, at_maintenance = SIZE_MAX, at_measure = SIZE_MAX;
  snprintf(path, sizeof path, "%s/out/%s", with->folder, name);
  laws_need(with, file_load(path, SIZE_MAX, &text, with->error), path);
  csv_open(&reader, text.text, text.size_bytes);
  for (csv_outcome outcome; (outcome = csv_next(&reader)) != CSV_END;) {
    assert_int_equal(outcome, CSV_ROW);
    if (reader.n_columns != 0 && at_amount == 0) { /* the header; the account comes first */
      for (size_t i = 0; i < reader.n_fields; i++) {
        const csv_field *f = &reader.fields[i];
        at_amount = f->length == strlen(amount) && memcmp(f->text, amount, f->length) == 0 ? i : at_amount;
        at_maintenance = f->length == 11 && memcmp(f->text, "maintenance", 11) == 0 ? i : at_maintenance;
        at_measure = f->length == 7 && memcmp(f->text, "measure", 7) == 0 ? i : at_measure;
      }
      assert_true(at_amount > 0);
      continue;
    }
    assert_true(n < most);
    row_of_file *row = &rows[n++];
    const csv_field *f = reader.fields;
    snprintf(row->account, sizeof row->account, "%.*s", (int)f->length, f->text);
    assert_null(money_parse(f[at_amount].text, f[at_amount].length, &row->amount));
    if (at_maintenance != SIZE_MAX) {
      assert_null(money_parse(f[at_maintenance].text, f[at_maintenance].length, &row->maintenance));
    }
    if (at_measure != SIZE_MAX) {
      snprintf(row->measure, sizeof row->measure, "%.*s", (int)f[at_measure].length, f[at_measure].text);
    }
  }
  csv_close(&reader);
  file_close(&text);
  return n;
}

static void lines_in_the_files_sum_to_the_margins_in_the_files(void **state) {
  enum { MOST = 20000 };
  laws *with = *state;
  row_of_file *margins = calloc(MOST, sizeof *margins), *lines = calloc(MOST, sizeof *lines);
  size_t n_checked = 0;
  for (uint64_t seed = WRITTEN_EVERY; seed <= N_BOOKS; seed += WRITTEN_EVERY) {
    random_book *b = random_book_make(seed);
    laws_load(with, b, 0);
    sg_result *made = laws_margin(with, (int)(seed / WRITTEN_EVERY) % N_LAW_MODELS, NULL);
    char out[80];
    snprintf(out, sizeof out, "%s/out", with->folder);
    laws_need(with, sg_result_write(made, out, with->error), out);
    size_t n_margins = read_rows(with, "margins.csv", "initial", margins, MOST);
    size_t n_lines = read_rows(with, "lines.csv", "amount", lines, MOST);
    assert_int_equal(n_margins, sg_result_count(made));
    for (size_t r = 0; r < n_margins; r++) {
      money initial = MONEY_ZERO, maintenance = MONEY_ZERO;
      for (size_t i = 0; i < n_lines; i++) {
        money *sum = strcmp(lines[i].measure, "initial") == 0 ? &initial : &maintenance;
        assert_true(strcmp(lines[i].account, margins[r].account) != 0 || money_add(sum, lines[i].amount));
      }
      assert_int_equal(money_compare(initial, margins[r].amount), 0);
      assert_int_equal(money_compare(maintenance, margins[r].maintenance), 0);
      n_checked++;
    }
    sg_result_close(made);
    random_book_close(b);
  }
  free(margins);
  free(lines);
  assert_true(n_checked > N_BOOKS / WRITTEN_EVERY);
}

/* ---- parents ----------------------------------------------------------------------------------- */

static const margin_row *find_row(const sg_result *made, const char *account) {
  for (uint32_t r = 0; r < made->n_rows; r++) {
    if (strcmp(made->book->accounts.id[made->rows[r].account], account) == 0) {
      return &made->rows[r];
    }
  }
  return NULL;
}

typedef struct requirement {
  char account[8];
  money of[2 * N_MEASURES]; /* requirements, then standalone */
} requirement;

static void remember(const sg_result *made, requirement *all) {
  for (uint32_t r = 0; r < made->n_rows; r++) {
    strcpy(all[r].account, made->book->accounts.id[made->rows[r].account]);
    memcpy(all[r].of, made->rows[r].requirement, sizeof made->rows[r].requirement);
    memcpy(all[r].of + N_MEASURES, made->rows[r].standalone, sizeof made->rows[r].standalone);
  }
}

/* Each account alone, when no account adds to another; those that net stay where they are. */
static void cut_sums(random_book *b) {
  for (uint32_t a = 0; a < b->n_accounts; a++) {
    b->accounts[a].parent = b->accounts[a].nets ? b->accounts[a].parent : -1;
  }
}

static void a_parent_needs_its_own_and_its_childrens_requirements(void **state) {
  laws *with = *state;
  size_t n_parents = 0;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed), *apart = random_book_make(seed);
    cut_sums(apart);
    requirement own[8];
    int m = (int)(seed % N_LAW_MODELS);
    laws_load(with, apart, 0);
    sg_result *made = laws_margin(with, m, NULL);
    remember(made, own);
    sg_result_close(made);
    const book *of = laws_load(with, b, 0);
    made = laws_margin(with, m, NULL);
    for (uint32_t r = 0; r < made->n_rows; r++) {
      const margin_row *row = &made->rows[r];
      assert_string_equal(own[r].account, of->accounts.id[row->account]);
      for (int i = 0; i < 2 * N_MEASURES; i++) {
        long double sum = law_amount(own[r].of[i]), tolerance = 0;
        for (uint32_t a = 0; a < of->accounts.n; a++) {
          uint32_t parent = of->accounts.parent[a];
          if (parent == ID_NONE || of->accounts.nets_into_parent[a] || of->accounts.margin_account[parent] != row->account) {
            continue;
          }
          const margin_row *child = find_row(made, of->accounts.id[a]);
          const double *rate = of->currencies.rate_to_base;
          long double added = law_amount(i < N_MEASURES ? child->requirement[i] : child->standalone[i - N_MEASURES]);
          bool same = child->currency == row->currency;
          added *= same ? 1 : (long double)rate[child->currency] / rate[row->currency];
          tolerance += same ? 0 : 1e-12L + 4 * 0x1p-53L * added; /* rate, product, double, money: one rounding each */
          sum += added;
          n_parents++;
        }
        long double got = law_amount(i < N_MEASURES ? row->requirement[i] : row->standalone[i - N_MEASURES]);
        if (fabsl(got - sum) > tolerance + 0x1p-60L * sum) { /* the last term: this test's own long doubles */
          fail_msg("book of seed %llu, %s: %s has %.15Lg, own and children %.15Lg, tolerance %.2Lg",
                   (unsigned long long)seed, law_models[m].path, own[r].account, got, sum, tolerance);
        }
      }
    }
    sg_result_close(made);
    random_book_close(b);
    random_book_close(apart);
  }
  assert_true(n_parents > N_BOOKS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_of_every_account_sum_to_its_requirement),
      cmocka_unit_test(lines_in_the_files_sum_to_the_margins_in_the_files),
      cmocka_unit_test(a_parent_needs_its_own_and_its_childrens_requirements),
  };
  return cmocka_run_group_tests(tests, laws_open, laws_close);
}
