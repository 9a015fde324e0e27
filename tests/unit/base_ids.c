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

static uint32_t add(ids *table, const char *text) {
  bool added;
  return ids_add(table, text, strlen(text), &added);
}

static void an_id_keeps_its_index_and_its_text(void **state) {
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

static void an_id_is_the_given_bytes_and_no_more(void **state) {
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

static void ids_rank_by_unsigned_bytes(void **state) {
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

/* An id of up to six parts, chosen by the digits of i in base 4. */
static size_t make_id(uint32_t i, char *text) {
  static const char *const part[] = {"A", "\xc3\xa4", "12345678"};
  size_t length = 0;
  for (; i > 0; i /= 4) {
    if (i % 4 > 0) {
      memcpy(text + length, part[i % 4 - 1], strlen(part[i % 4 - 1]));
      length += strlen(part[i % 4 - 1]);
    }
  }
  return length;
}

static void ids_of_many_lengths_rank_as_memcmp_has_them(void **state) {
  enum { N = 4096 };
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  for (uint32_t i = 0; i < N; i++) {
    char text[64];
    bool added;
    ids_add(table, text, make_id(i * 1021 % N, text), &added);
  }
  uint32_t n = ids_count(table);
  assert_in_range(n, 100, N);
  uint32_t *rank = calloc(n, sizeof *rank), *sorted = calloc(n, sizeof *sorted);
  assert_true(ids_rank(table, rank));
  for (uint32_t i = 0; i < n; i++) {
    sorted[rank[i]] = i + 1;
  }
  for (uint32_t k = 0; k < n; k++) {
    assert_int_not_equal(sorted[k], 0); /* a permutation */
    if (k > 0) {
      const char *lower = ids_text(table, sorted[k - 1] - 1), *upper = ids_text(table, sorted[k] - 1);
      assert_true(memcmp(lower, upper, strlen(lower) + 1) < 0);
    }
  }
  free(rank);
  free(sorted);
  ids_close(table);
  arena_close(memory);
}

static void many_at_once_are_what_one_by_one_gives(void **state) {
  enum { N = 10007, N_DISTINCT = 4999 };
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  id_text *texts = calloc(N, sizeof *texts);
  uint32_t *index = calloc(N, sizeof *index);
  for (uint32_t i = 0; i < N; i++) {
    char text[32];
    int length = snprintf(text, sizeof text, "%u", i * 7919 % N_DISTINCT);
    texts[i] = (id_text){arena_text(memory, text, (size_t)length), (size_t)length};
  }
  ids_find_many(table, texts, N, index);
  for (uint32_t i = 0; i < N; i++) {
    assert_int_equal(index[i], ID_NONE);
  }
  for (uint32_t i = 0; i < N; i++) {
    bool added;
    ids_add(table, texts[i].text, texts[i].length, &added);
    assert_int_equal(added, i < N_DISTINCT);
  }
  texts[5000] = (id_text){"absent", strlen("absent")};
  ids_find_many(table, texts, N, index);
  for (uint32_t i = 0; i < N; i++) {
    assert_int_equal(index[i], i == 5000 ? ID_NONE : ids_find(table, texts[i].text, texts[i].length));
  }
  free(texts);
  free(index);
  ids_close(table);
  arena_close(memory);
}

static void merging_keeps_what_is_there_and_adds_the_rest_in_order(void **state) {
  enum { N = 1000 };
  arena *memory = arena_open();
  ids *table = ids_open(memory), *from = ids_open(memory);
  uint32_t index[N];
  for (uint32_t i = 0; i < 2 * N; i++) { /* table: 0, 3, 6, ...; from: 0, 2, 4, ... */
    char text[32];
    snprintf(text, sizeof text, "id%u", i);
    if (i % 3 == 0) {
      add(table, text);
    }
    if (i % 2 == 0) {
      add(from, text);
    }
  }
  assert_true(ids_merge(table, from, index));
  uint32_t n_new = 0, n_old = (2 * N + 2) / 3;
  for (uint32_t i = 0; i < N; i++) {
    assert_int_equal(index[i], 2 * i % 3 == 0 ? 2 * i / 3 : n_old + n_new++);
    assert_string_equal(ids_text(table, index[i]), ids_text(from, i));
    assert_int_equal(ids_length(table, index[i]), strlen(ids_text(from, i)));
  }
  assert_int_equal(ids_count(table), n_old + n_new);
  ids_close(table);
  ids_close(from);
  arena_close(memory);
}

static void a_text_longer_than_a_block_is_an_id_too(void **state) {
  enum { LENGTH = 1 << 20 };
  arena *memory = arena_open();
  ids *table = ids_open(memory);
  char *text = calloc(1, LENGTH + 1);
  memset(text, 'x', LENGTH);
  assert_int_equal(add(table, "x"), 0);
  assert_int_equal(add(table, text), 1);
  assert_int_equal(add(table, "y"), 2);
  assert_int_equal(ids_find(table, text, LENGTH), 1);
  assert_int_equal(ids_find(table, text, LENGTH - 1), ID_NONE);
  assert_string_equal(ids_text(table, 1), text);
  free(text);
  ids_close(table);
  arena_close(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_id_keeps_its_index_and_its_text),
      cmocka_unit_test(an_id_is_the_given_bytes_and_no_more),
      cmocka_unit_test(ids_rank_by_unsigned_bytes),
      cmocka_unit_test(ids_of_many_lengths_rank_as_memcmp_has_them),
      cmocka_unit_test(many_at_once_are_what_one_by_one_gives),
      cmocka_unit_test(merging_keeps_what_is_there_and_adds_the_rest_in_order),
      cmocka_unit_test(a_text_longer_than_a_block_is_an_id_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
