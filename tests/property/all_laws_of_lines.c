/* SPDX-License-Identifier: MIT
 *
 * Requirements and their lines, on 1,000 random books: what adds up, adds up to the last digit.
 */
#include "property/laws.h"

#include "base/file.h"
#include "input/csv.h"

#define N_BOOKS books_wanted(1000)
enum { WRITTEN_EVERY = 20 };

static void check_sum(const sg_result *made, const margin_row *row, measure of, uint64_t seed, int model) {
  money sum = MONEY_ZERO;
  for (size_t i = row->first_line[of]; i < row->first_line[of] + row->n_lines[of]; i++) {
    assert_int_equal(result_line(made, i)->account, row->account);
    assert_int_equal(result_line(made, i)->measure, of);
    assert_true(money_add(&sum, result_line(made, i)->amount));
  }
  if (money_compare(sum, row->requirement[of]) != 0) {
    char got[NUMBER_TEXT_BYTES];
    money_format(sum, got);
    fail_msg("book of seed %llu, %s: %s of %s is %s, its lines sum to %s", (unsigned long long)seed,
             law_models[model].path, measure_text(of), made->book->accounts.id[row->account], result_texts(made, (uint32_t)(row - made->rows))->requirement[of],
             got);
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
          if (parent == ID_NONE || of->accounts.nets_into_parent[a] ||
              of->accounts.margin_account[parent] != row->account) {
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

/* ---- alone ------------------------------------------------------------------------------------- */

static uint32_t margin_account_of(const random_book *b, uint32_t account) {
  while (b->accounts[account].nets) {
    account = (uint32_t)b->accounts[account].parent;
  }
  return account;
}

/* The margin account's position that a row is part of: an account of its own in `apart`. */
static uint32_t find_part(random_book *apart, const uint32_t *owner, uint32_t account, uint32_t instrument,
                          bool is_short) {
  for (uint32_t p = 0; p < apart->n_positions; p++) {
    bool same = owner[p] == account && apart->positions[p].instrument == instrument;
    if (same && (!apart->accounts[p].has_orders || (apart->positions[p].units < 0) == is_short)) {
      return p;
    }
  }
  return apart->n_positions;
}

/* Every position of every margin account as an account of its own; owner[p] is who holds it. */
static void hold_apart(const random_book *b, random_book *apart, uint32_t *owner) {
  apart->n_positions = apart->n_accounts = 0;
  for (uint32_t p = 0; p < b->n_positions; p++) {
    uint32_t account = margin_account_of(b, b->positions[p].account);
    bool gross = b->accounts[account].gross; /* longs and shorts stay apart; marked in has_orders until the end */
    uint32_t at = find_part(apart, owner, account, b->positions[p].instrument, b->positions[p].units < 0);
    if (at == apart->n_positions) {
      const char *name = arena_format(apart->memory, "p%u", at);
      apart->accounts[at] = (random_account){name, name, -1, false, false, gross, b->accounts[account].currency};
      apart->positions[at] = (random_position){at, b->positions[p].instrument, 0};
      owner[at] = account;
      apart->n_positions = apart->n_accounts = at + 1;
    }
    apart->positions[at].units += b->positions[p].units;
  }
  for (uint32_t a = 0; a < apart->n_accounts; a++) {
    apart->accounts[a].has_orders = false;
  }
}

static void the_standalone_figure_is_what_accounts_of_one_position_need(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed), *apart = random_book_make(seed);
    uint32_t owner[RANDOM_ACCOUNTS_MAX];
    int m = seed % 2 ? LAW_EVERY_KIND : (int)(seed / 2 % LAW_EVERY_KIND);
    money sums[8][N_MEASURES] = {{MONEY_ZERO}};
    cut_sums(b);
    hold_apart(b, apart, owner);
    laws_load(with, apart, 0);
    sg_result *made = laws_margin(with, m, NULL);
    for (uint32_t p = 0; p < apart->n_accounts; p++) {
      const margin_row *row = find_row(made, apart->accounts[p].id);
      for (int i = 0; i < N_MEASURES; i++) {
        assert_true(money_add(&sums[owner[p]][i], row->requirement[i]));
      }
    }
    sg_result_close(made);
    laws_load(with, b, 0);
    made = laws_margin(with, m, NULL);
    for (uint32_t a = 0; a < b->n_accounts; a++) {
      const margin_row *row = b->accounts[a].nets ? NULL : find_row(made, b->accounts[a].id);
      for (int i = 0; row != NULL && i < N_MEASURES; i++) {
        if (money_compare(row->standalone[i], sums[a][i]) != 0) {
          char expected[NUMBER_TEXT_BYTES];
          money_format(sums[a][i], expected);
          fail_msg("book of seed %llu, %s: standalone %s of %s is %s, its positions as accounts need %s",
                   (unsigned long long)seed, law_models[m].path, measure_text((measure)i), b->accounts[a].id,
                   result_texts(made, (uint32_t)(row - made->rows))->standalone[i], expected);
        }
      }
    }
    sg_result_close(made);
    random_book_close(b);
    random_book_close(apart);
  }
}

/* ---- explain ----------------------------------------------------------------------------------- */

static void every_account_can_be_explained(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed += WRITTEN_EVERY) {
    random_book *b = random_book_make(seed);
    char out[80];
    snprintf(out, sizeof out, "%s/out", with->folder);
    laws_load(with, b, 0);
    sg_result *made = laws_margin(with, seed / WRITTEN_EVERY % 2 ? LAW_EVERY_KIND : LAW_OCC_CPM, NULL);
    laws_need(with, sg_result_write(made, out, with->error), out);
    for (uint32_t r = 0; r < made->n_rows; r++) {
      const char *account = made->book->accounts.id[made->rows[r].account];
      char *text;
      laws_need(with, sg_explain(out, account, with->reference, &text, with->error), account);
      assert_non_null(strstr(text, account));
      sg_text_close(text);
    }
    sg_result_close(made);
    random_book_close(b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_of_every_account_sum_to_its_requirement),
      cmocka_unit_test(lines_in_the_files_sum_to_the_margins_in_the_files),
      cmocka_unit_test(a_parent_needs_its_own_and_its_childrens_requirements),
      cmocka_unit_test(the_standalone_figure_is_what_accounts_of_one_position_need),
      cmocka_unit_test(every_account_can_be_explained),
  };
  return cmocka_run_group_tests(tests, laws_open, laws_close);
}
