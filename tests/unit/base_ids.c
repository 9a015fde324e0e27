/* SPDX-License-Identifier: MIT
 *
 * Tables of ids: dense indices, absent texts, rank by unsigned bytes.
 */
#include "base/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t add(ids *table, const char *text)
{
  bool added;
  return ids_add(table, text, strlen(text), &added);
}

static void an_id_keeps_its_index_and_its_text(void **state)
{
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  enum { N = 200000 };
  for (uint32_t round = 0; round < 2; round++) {
    for (uint32_t i = 0; i < N; i++) {
      char text[32];
      int length = snprintf(text, sizeof text, "account-%u", i * 7919);
      bool added = round == 1;
      assert_int_equal(ids_add(table, text, (size_t)length, &added), i);
      assert_int_equal(added, round == 0);
    }
  }
  assert_int_equal(ids_count(table), N);
  for (uint32_t i = 0; i < N; i++) {
    char text[32];
    int length = snprintf(text, sizeof text, "account-%u", i * 7919);
    assert_int_equal(ids_find(table, text, (size_t)length), i);
    assert_string_equal(ids_text(table, i), text);
    length = snprintf(text, sizeof text, "absent-%u", i);
    assert_int_equal(ids_find(table, text, (size_t)length), ID_NONE);
  }
  ids_close(table);
  ids_close(NULL);
  arena_close(memory);
}

static void an_id_is_the_given_bytes_and_no_more(void **state)
{
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  bool added;
  assert_int_equal(ids_add(table, "ABCDEF", 3, &added), 0);
  assert_string_equal(ids_text(table, 0), "ABC");
  assert_int_equal(ids_find(table, "ABC", 3), 0);
  assert_int_equal(ids_find(table, "ABCDEF", 6), ID_NONE);
  assert_int_equal(ids_find(table, "abc", 3), ID_NONE);
  assert_int_equal(ids_add(table, "", 0, &added), 1);
  assert_true(added);
  assert_int_equal(ids_find(table, "", 0), 1);
  ids_close(table);
  arena_close(memory);
}

static void ids_rank_by_unsigned_bytes(void **state)
{
  static const char *const sorted[] = {
      "", " ", "A", "AA", "AA-1", "AA-10", "AA-2", "Aa", "B", "BTC-PERPETUAL", "BTC-PERPETUAL2", "BTC-PERPETUALa",
      "a", "abcdefgh", "abcdefghi", "abcdefgi", "\x7f", "\xc3\xa4", "\xc3\xb6", "\xff",
  };
  enum { N = sizeof sorted / sizeof *sorted };
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  for (uint32_t i = 0; i < N; i++) {
    add(table, sorted[i * 7 % N]); /* 7 and 20 have no common factor: each once */
  }
  assert_int_equal(ids_count(table), N);
  uint32_t rank[N];
  assert_true(ids_rank(table, rank));
  for (uint32_t i = 0; i < N; i++) {
    assert_int_equal(rank[ids_find(table, sorted[i], strlen(sorted[i]))], i);
  }
  ids_close(table);
  arena_close(memory);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_id_keeps_its_index_and_its_text),
      cmocka_unit_test(an_id_is_the_given_bytes_and_no_more),
      cmocka_unit_test(ids_rank_by_unsigned_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
