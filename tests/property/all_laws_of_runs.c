/* SPDX-License-Identifier: MIT
 *
 * However a run is cut into tiles, whichever accounts are asked for, whatever device computes, whatever the caller's
 * locale and rounding mode: the same results.
 */
#include "property/laws.h"

#include "base/file.h"

#include <fenv.h>
#include <locale.h>

#define N_BOOKS books_wanted(1000)
#define N_BOOKS_ON_DEVICE books_wanted(60)
#define N_BOOKS_WRITTEN books_wanted(30)

static void tiles_and_memory_change_nothing(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    int m = seed % 2 ? LAW_EVERY_KIND : (int)(seed / 2 % LAW_EVERY_KIND);
    char whole[33], cut[33];
    laws_load(with, b, 0);
    laws_digest(with, m, NULL, whole);
    sg_run_options options = {.tile_scenarios = random_below(&b->state, 20),
                              .tile_portfolios = random_below(&b->state, 5),
                              .memory_bytes = random_below(&b->state, 2) ? 1 + random_below(&b->state, 60000) : 0};
    laws_digest(with, m, &options, cut);
    if (strcmp(whole, cut) != 0) {
      fail_msg("book of seed %llu, %s: tiles of %u scenarios, %u portfolios, %llu bytes change the result",
               (unsigned long long)seed, law_models[m].path, options.tile_scenarios, options.tile_portfolios,
               (unsigned long long)options.memory_bytes);
    }
    random_book_close(b);
  }
}

static bool same_line(const line *a, const line *b) {
  return a->account == b->account && a->measure == b->measure && strcmp(a->node, b->node) == 0 &&
         strcmp(a->rule, b->rule) == 0 && money_compare(a->amount, b->amount) == 0 && strcmp(a->block, b->block) == 0 &&
         (a->block[0] == '\0' || a->scenario == b->scenario) && strcmp(a->detail, b->detail) == 0;
}

static bool same_row(const sg_result *of, const margin_row *a, const sg_result *other, const margin_row *b) {
  bool same = a->account == b->account && a->currency == b->currency && strcmp(a->worst_block, b->worst_block) == 0 &&
              a->worst_scenario == b->worst_scenario;
  for (int i = 0; same && i < N_MEASURES; i++) {
    same = money_compare(a->requirement[i], b->requirement[i]) == 0 &&
           money_compare(a->standalone[i], b->standalone[i]) == 0 && a->n_lines[i] == b->n_lines[i];
    for (size_t l = 0; same && l < a->n_lines[i]; l++) {
      same = same_line(result_line(of, a->first_line[i] + l), result_line(other, b->first_line[i] + l));
    }
  }
  return same;
}

static void some_accounts_have_the_rows_and_lines_of_a_run_of_all(void **state) {
  laws *with = *state;
  for (uint64_t seed = 1; seed <= N_BOOKS; seed++) {
    random_book *b = random_book_make(seed);
    const book *of = laws_load(with, b, 0);
    int m = seed % 2 ? LAW_EVERY_KIND : (int)(seed / 2 % LAW_EVERY_KIND);
    const char *asked[8] = {NULL};
    size_t n_asked = 0;
    for (uint32_t a = 0; a < of->accounts.n; a++) {
      if (of->accounts.margin_account[a] == a && (n_asked == 0 || random_below(&b->state, 2))) {
        asked[n_asked++] = of->accounts.id[a];
      }
    }
    sg_run_options options = {.accounts = asked, .n_accounts = n_asked, .all_pnl_accounts = true};
    sg_result *all = laws_margin(with, m, NULL), *some = laws_margin(with, m, &options);
    assert_int_equal(some->n_rows, n_asked);
    size_t n_lines = 0;
    for (uint32_t r = 0, whole = 0; r < some->n_rows; r++) {
      while (all->rows[whole].account != some->rows[r].account) {
        whole++;
      }
      if (!same_row(all, &all->rows[whole], some, &some->rows[r])) {
        fail_msg("book of seed %llu, %s: %s has another result when asked for", (unsigned long long)seed,
                 law_models[m].path, of->accounts.id[some->rows[r].account]);
      }
      n_lines += some->rows[r].n_lines[MEASURE_INITIAL] + some->rows[r].n_lines[MEASURE_MAINTENANCE];
    }
    assert_int_equal(some->n_lines, n_lines);
    for (size_t i = 0; i < some->n_pnl; i++) {
      bool is_asked = false;
      for (size_t k = 0; k < n_asked; k++) {
        is_asked = is_asked || strcmp(asked[k], of->accounts.id[some->pnl[i].account]) == 0;
      }
      if (!is_asked) {
        fail_msg("book of seed %llu: P&L of %s, which nobody asked for", (unsigned long long)seed,
                 of->accounts.id[some->pnl[i].account]);
      }
    }
    sg_result_close(all);
    sg_result_close(some);
    random_book_close(b);
  }
}

static void a_device_gives_the_answers_of_the_reference(void **state) {
  laws *with = *state;
  sg_device *on;
  static const uint32_t lanes[] = {1, 8, 16, 2, 4};
  if (sg_device_open("cpu", &(sg_device_options){.skip_self_test = true}, &on, NULL) != SG_OK) {
    print_message("skipped: there is no OpenCL CPU device here\n");
    skip();
  }
  sg_device_close(on);
  for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
    laws_need(with,
              sg_device_open("cpu", &(sg_device_options){.lanes = lanes[i], .skip_self_test = true}, &on, with->error),
              "the device");
    for (uint64_t seed = 1 + i; seed <= N_BOOKS_ON_DEVICE; seed += sizeof lanes / sizeof *lanes) {
      random_book *b = random_book_make(seed);
      laws_load(with, b, 0);
      for (int m = 0; m < N_LAW_MODELS; m++) {
        char expected[33];
        sg_result *made;
        laws_digest(with, m, NULL, expected);
        laws_need(with, sg_run(on, with->book, with->models[m], NULL, &made, with->error), law_models[m].path);
        if (strcmp(expected, sg_result_digest(made)) != 0) {
          fail_msg("book of seed %llu, %s: %s with %u lanes gives %s, the reference %s", (unsigned long long)seed,
                   law_models[m].path, sg_device_name(on), lanes[i], sg_result_digest(made), expected);
        }
        sg_result_close(made);
      }
      random_book_close(b);
    }
    sg_device_close(on);
  }
}

/* ---- the caller's world ------------------------------------------------------------------------ */

typedef struct written_files {
  uint64_t digest[4][2];
} written_files;

/* From the files of a book to those of a result. */
static written_files run_files(laws *with, int model) {
  static const char *const names[] = {"margins.csv", "lines.csv", "scenarios.csv", "scenario_pnl.csv"};
  written_files found = {0};
  sg_model *loaded;
  sg_result *made;
  char path[128];
  sg_book_close(with->book);
  with->book = NULL;
  laws_need(with, sg_book_load(with->folder, &with->book, with->error), "the book");
  laws_need(with, sg_model_load(law_models[model].path, NULL, 0, &loaded, with->error), law_models[model].path);
  laws_need(
      with,
      sg_run(with->reference, with->book, loaded, &(sg_run_options){.all_pnl_accounts = true}, &made, with->error),
      law_models[model].path);
  snprintf(path, sizeof path, "%s/out", with->folder);
  laws_need(with, sg_result_write(made, path, with->error), path);
  for (int i = 0; i < 4; i++) {
    file_text text = {0};
    snprintf(path, sizeof path, "%s/out/%s", with->folder, names[i]);
    if (i == 3 && made->n_pnl == 0) {
      continue; /* nobody holds anything */
    }
    laws_need(with, file_load(path, SIZE_MAX, &text, with->error), path);
    memcpy(found.digest[i], text.digest, sizeof text.digest);
    file_close(&text);
  }
  sg_result_close(made);
  sg_model_close(loaded);
  return found;
}

/* world(true) enters the other world and says whether it could, world(false) leaves it. */
static void the_world_has_no_say(laws *with, bool (*world)(bool)) {
  for (uint64_t seed = 1; seed <= N_BOOKS_WRITTEN; seed++) {
    random_book *b = random_book_make(seed);
    int m = seed % 2 ? LAW_EVERY_KIND : (int)(seed / 2 % LAW_EVERY_KIND);
    random_book_write(b, with->folder, 0);
    written_files before = run_files(with, m);
    world(true);
    written_files after = run_files(with, m);
    assert_true(world(true)); /* it is as the caller left it */
    world(false);
    if (memcmp(&before, &after, sizeof before) != 0) {
      fail_msg("book of seed %llu, %s: another result", (unsigned long long)seed, law_models[m].path);
    }
    random_book_close(b);
  }
}

static bool upward_rounding(bool enter) {
  bool was = fegetround() == FE_UPWARD;
  fesetround(enter ? FE_UPWARD : FE_TONEAREST);
  return was;
}

static void the_callers_rounding_mode_changes_nothing(void **state) { the_world_has_no_say(*state, upward_rounding); }

static bool decimal_comma(bool enter) {
  bool was = strcmp(localeconv()->decimal_point, ",") == 0;
  setlocale(LC_ALL, enter ? "de_DE.UTF-8" : "C");
  return was;
}

static void a_decimal_comma_locale_changes_nothing(void **state) {
  if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
    setenv("LOCPATH", BINARY_DIR "/locales", 1);
    if (system("mkdir -p " BINARY_DIR "/locales && { test -d " BINARY_DIR "/locales/de_DE.UTF-8 || "
               "localedef -i de_DE -f UTF-8 " BINARY_DIR "/locales/de_DE.UTF-8; } 2>/dev/null") != 0 ||
        setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
      print_message("skipped: no decimal-comma locale can be had\n");
      skip();
    }
  }
  setlocale(LC_ALL, "C");
  the_world_has_no_say(*state, decimal_comma);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tiles_and_memory_change_nothing),
      cmocka_unit_test(some_accounts_have_the_rows_and_lines_of_a_run_of_all),
      cmocka_unit_test(a_device_gives_the_answers_of_the_reference),
      cmocka_unit_test(the_callers_rounding_mode_changes_nothing),
      cmocka_unit_test(a_decimal_comma_locale_changes_nothing),
  };
  return cmocka_run_group_tests(tests, laws_open, laws_close);
}
