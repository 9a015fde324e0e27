/* SPDX-License-Identifier: MIT
 *
 * Arenas and growing arrays.
 */
#include "base/arena.h"
#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void arrays_are_zeroed_aligned_and_apart(void **state) {
  arena *memory = arena_open();
  unsigned char *previous[500];
  size_t size_bytes[500];
  for (size_t i = 0; i < 500; i++) {
    size_bytes[i] = i * i % 70000;
    previous[i] = arena_array(memory, size_bytes[i], 1);
    assert_non_null(previous[i]);
    assert_int_equal((uintptr_t)previous[i] % 64, 0);
    for (size_t byte = 0; byte < size_bytes[i]; byte++) {
      assert_int_equal(previous[i][byte], 0);
    }
    memset(previous[i], (int)(i % 255) + 1, size_bytes[i]);
    assert_string_equal(arena_text(memory, "abcdef", 3), "abc");
  }
  for (size_t i = 0; i < 500; i++) {
    for (size_t byte = 0; byte < size_bytes[i]; byte++) {
      assert_int_equal(previous[i][byte], i % 255 + 1);
    }
  }
  arena_close(memory);
  arena_close(NULL);
}

static void sizes_that_overflow_are_refused(void **state) {
  arena *memory = arena_open();
  assert_null(arena_array(memory, SIZE_MAX / 2, 4));
  assert_null(arena_array(memory, SIZE_MAX, 1));
  assert_null(arena_array(memory, (size_t)1 << 62, 2));
  assert_non_null(arena_array(memory, 0, 8));
  assert_int_equal(arena_size_bytes(memory), 0);
  arena_close(memory);
}

static void texts_are_copied_and_formatted(void **state) {
  arena *memory = arena_open();
  char source[] = "BTC-27MAR26";
  char *copy = arena_text(memory, source, 3);
  char *empty = arena_text(memory, NULL, 0);
  char *formatted = arena_format(memory, "%s expires %d", source, 27);
  source[0] = 'x';
  assert_string_equal(copy, "BTC");
  assert_string_equal(empty, "");
  assert_string_equal(formatted, "BTC-27MAR26 expires 27");
  assert_int_equal(arena_size_bytes(memory), 4 + 1 + 23);
  arena_close(memory);
}

static void an_array_grows_and_keeps_its_items(void **state) {
  ARRAY(uint32_t) numbers = {0};
  for (uint32_t i = 0; i < 100000; i++) {
    assert_true(ARRAY_PUSH(&numbers, i * 3));
  }
  assert_int_equal(numbers.n, 100000);
  for (uint32_t i = 0; i < 100000; i++) {
    assert_int_equal(numbers.items[i], i * 3);
  }
  assert_false(ARRAY_RESERVE(&numbers, SIZE_MAX / 2));
  assert_int_equal(numbers.items[99999], 299997);
  ARRAY_FREE(&numbers);
  assert_null(numbers.items);
  assert_int_equal(numbers.capacity, 0);
}

static void a_cleared_arena_gives_its_memory_again_zeroed(void **state) {
  arena *memory = arena_open();
  char *first = NULL;
  for (int round = 0; round < 3; round++) {
    for (size_t size = 1; size < 300000; size = size * 3 + 7) {
      char *bytes = arena_array(memory, size, 1), *room = arena_room(memory, size, 1);
      assert_non_null(bytes);
      assert_non_null(room);
      assert_int_equal((uintptr_t)room % 64, 0);
      for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], 0);
      }
      memset(bytes, 0x5a, size);
      memset(room, 0x5a, size);
    }
    char *large = arena_array(memory, 5 << 20, 1); /* a block of its own: the same one each time */
    assert_true(round == 0 || large == first);
    first = large;
    arena_clear(memory);
    assert_int_equal(arena_size_bytes(memory), 0);
  }
  assert_null(arena_room(memory, SIZE_MAX / 2, 4));
  arena_close(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cleared_arena_gives_its_memory_again_zeroed),
      cmocka_unit_test(arrays_are_zeroed_aligned_and_apart),
      cmocka_unit_test(sizes_that_overflow_are_refused),
      cmocka_unit_test(texts_are_copied_and_formatted),
      cmocka_unit_test(an_array_grows_and_keeps_its_items),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
