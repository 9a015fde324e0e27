/* SPDX-License-Identifier: MIT
 *
 * The stable sort against its definition, for lengths on both sides of each method's range.
 */
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

/* Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003). */
static uint64_t draw(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  return *state ^= *state << 17;
}

static void check(uint64_t mask, size_t n) {
  sort_item *items = calloc(n + 1, sizeof *items), *scratch = calloc(n + 1, sizeof *scratch);
  uint64_t *key = calloc(n + 1, sizeof *key), state = 88172645463325252u;
  bool *seen = calloc(n + 1, sizeof *seen);
  for (uint32_t i = 0; i < n; i++) {
    key[i] = draw(&state) & mask;
    items[i] = (sort_item){key[i], i};
  }
  sort_items(items, scratch, n);
  for (size_t i = 0; i < n; i++) {
    assert_in_range(items[i].value, 0, n - 1);
    assert_false(seen[items[i].value]);
    seen[items[i].value] = true;
    assert_true(items[i].key == key[items[i].value]);
    if (i > 0) {
      assert_true(items[i - 1].key < items[i].key ||
                  (items[i - 1].key == items[i].key && items[i - 1].value < items[i].value));
    }
  }
  free(items);
  free(scratch);
  free(key);
  free(seen);
}

static void items_come_in_order_of_key_and_then_of_place(void **state) {
  static const uint64_t masks[] = {0, 3, 0xffff, 0xff0000ff00u, UINT64_MAX};
  static const size_t lengths[] = {0, 1, 2, 47, 48, 49, 50, 1000, 70000};
  for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
      check(masks[m], lengths[l]);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(items_come_in_order_of_key_and_then_of_place)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
