/* SPDX-License-Identifier: MIT
 *
 * Results of many rows: the largest accounts against a sort, and rows made in parts against rows made in one go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/files.h"
#include "report/totals.h"

#include <stdlib.h>
#include <string.h>

static int by_rank(const void *left, const void *right) {
  const top_total *a = left, *b = right;
  int order = money_compare(b->initial, a->initial);
  return order != 0 ? order : (a->account > b->account) - (a->account < b->account);
}

/* Accounts with requirements drawn from few values, so that ties are many. */
static void the_largest_accounts_come_first(void **state) {
  (void)state;
  enum { MOST = 5000 };
  static uint32_t parent[MOST], currency[MOST];
  static margin_row rows[MOST];
  static top_total expected[MOST];
  static const char *usd[] = {"USD"};
  static double rate[] = {1.0};
  uint64_t draw = 1;
  for (uint32_t n = 1; n <= MOST; n = n < 130 ? n + 1 : n * 3) {
    for (uint32_t values = 1; values <= 4 * n; values *= 5) {
      for (uint32_t i = 0; i < n; i++) {
        draw = draw * 6364136223846793005u + 1442695040888963407u;
        parent[i] = ID_NONE;
        rows[i] = (margin_row){.account = i, .requirement = {{(int128)(draw >> 33) % values}}};
        expected[i] = (top_total){.account = i, .initial = rows[i].requirement[0]};
      }
      qsort(expected, n, sizeof *expected, by_rank);
      book of = {.accounts = {.n = n, .parent = parent, .currency = currency},
                 .currencies = {.n = 1, .id = usd, .rate_to_base = rate}};
      result run = {.book = &of, .rows = rows, .n_rows = n};
      arena *memory = arena_open();
      totals found;
      assert_true(totals_find(&run, memory, &found));
      assert_int_equal(found.n_tops, n);
      for (uint32_t i = 0; i < n && i < TOPS_SORTED; i++) {
        assert_int_equal(found.largest[i].account, expected[i].account);
      }
      arena_close(memory);
    }
  }
}

static void number_rows(const result *run, size_t first, size_t end, writer *out) {
  for (size_t i = first; i < end; i++) {
    writer_uint(out, i * i);
    writer_field(out, i % 1000 == 0 ? "a field, that is quoted and longer than what is copied while it is looked at, \"so\"" : ",x");
    writer_byte(out, '\n');
  }
}

static void rows_in_parts_are_the_same_bytes(void **state) {
  (void)state;
  enum { ROWS = 100003 };
  result run = {0};
  char *text[2];
  size_t size[2];
  uint64_t digest[2][2], size_bytes[2];
  for (int i = 0; i < 2; i++) {
    FILE *stream = open_memstream(&text[i], &size[i]);
    writer *out = malloc(sizeof *out);
    assert_true(stream != NULL && out != NULL);
    writer_open(out, stream);
    writer_text(out, "header\n");
    if (i == 0) {
      number_rows(&run, 0, ROWS, out);
    } else {
      assert_true(write_rows(&run, 0, ROWS, number_rows, out));
    }
    writer_text(out, "end\n");
    assert_int_equal(writer_finish(out, digest[i], &size_bytes[i]), 0);
    fclose(stream);
    free(out);
    assert_int_equal(size_bytes[i], size[i]);
  }
  assert_int_equal(size[0], size[1]);
  assert_memory_equal(text[0], text[1], size[0]);
  assert_memory_equal(digest[0], digest[1], sizeof digest[0]);
  free(text[0]);
  free(text[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_largest_accounts_come_first),
      cmocka_unit_test(rows_in_parts_are_the_same_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
