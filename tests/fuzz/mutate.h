/* SPDX-License-Identifier: MIT
 *
 * For libFuzzer: mutations that keep a text a text of lines and fields, most of the time: a field takes a telling value or
 * another field's, lines are doubled, dropped and exchanged. One in four is libFuzzer's own mutation of the bytes.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stdint.h>
#include <string.h>

/* Weak: a corpus is replayed without libFuzzer. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size_bytes, size_t limit_bytes) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t limit_bytes, unsigned seed);

static const char *const telling[] = {
    "",     "0",    "-0",         "1",          "-1",         "1e-300",     "1e308",      "1e400",  "0x1p3",
    "nan",  "inf",  "1,5",        "\"",         "\"\"",       "\"a,b\"",    "0.1",        "1e12",   "1e-12",
    "null", "USD",  "BTC",        "EUR",        "call",       "put",        "option",     "future", "perpetual",
    "spot", "x_a",  "2026-04-10", "1970-01-01", "9999-12-31", "2026-06-26", "2026-06-26T08:00:00Z", "american",
    "european", "inverse", "net", "margin", "isolated", "4294967296", "18446744073709551616", "=1+1", "../..", "\xd9\xa1",
    "worst", "max", "sum", "charge", "es", "var", "levels", "of", "if(spot > 0, 1, 2)", "spot_factor", "- ", "  a: b", "*a", "&a"};

/* [from, to) of the field that holds a byte. */
static void field_of(const uint8_t *bytes, size_t size_bytes, size_t at, size_t *from, size_t *to) {
  static const char ends[] = ",\n\r:{}[]\"";
  *from = *to = at;
  while (*from > 0 && memchr(ends, bytes[*from - 1], sizeof ends - 1) == NULL) {
    (*from)--;
  }
  while (*to < size_bytes && memchr(ends, bytes[*to], sizeof ends - 1) == NULL) {
    (*to)++;
  }
}

/* The line that holds a byte, with its end. */
static void line_of(const uint8_t *bytes, size_t size_bytes, size_t at, size_t *from, size_t *to) {
  *from = *to = at;
  while (*from > 0 && bytes[*from - 1] != '\n') {
    (*from)--;
  }
  while (*to < size_bytes && bytes[(*to)++] != '\n') {
  }
}

/* bytes[from, to) becomes `with`; the size, unchanged where there is no room. */
static size_t replace(uint8_t *bytes, size_t size_bytes, size_t limit_bytes, size_t from, size_t to, const void *with,
                      size_t with_bytes) {
  if (size_bytes - (to - from) + with_bytes > limit_bytes) {
    return size_bytes;
  }
  memmove(bytes + from + with_bytes, bytes + to, size_bytes - to);
  memcpy(bytes + from, with, with_bytes);
  return size_bytes - (to - from) + with_bytes;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t limit_bytes, unsigned seed) {
  enum { COPY_BYTES = 512 };
  uint64_t drawn = (seed + UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
  drawn = (drawn ^ drawn >> 31) * UINT64_C(0x94D049BB133111EB);
  unsigned kind = (unsigned)(drawn >> 60);
  if (size_bytes == 0 || kind < 4) {
    return LLVMFuzzerMutate(bytes, size_bytes, limit_bytes);
  }
  uint8_t copy[COPY_BYTES];
  size_t from = 0, to = 0, other_from = 0, other_to = 0;
  size_t at = (size_t)((drawn & 0xffffff) * size_bytes >> 24);
  size_t other = (size_t)((drawn >> 24 & 0xffffff) * size_bytes >> 24);
  (kind < 12 ? field_of : line_of)(bytes, size_bytes, at, &from, &to);
  (kind < 12 ? field_of : line_of)(bytes, size_bytes, other, &other_from, &other_to);
  size_t n = other_to - other_from < COPY_BYTES ? other_to - other_from : COPY_BYTES;
  memcpy(copy, bytes + other_from, n);
  switch (kind) {
  case 4: case 5: case 6: {
    const char *word = telling[(drawn >> 24) % (sizeof telling / sizeof *telling)];
    return replace(bytes, size_bytes, limit_bytes, from, to, word, strlen(word));
  }
  case 7: case 8: /* one field becomes another */
    return replace(bytes, size_bytes, limit_bytes, from, to, copy, n);
  case 9: case 10: case 11: { /* the bytes of one field */
    n = to - from < COPY_BYTES / 2 ? to - from : COPY_BYTES / 2;
    memcpy(copy, bytes + from, n);
    size_t mutated = LLVMFuzzerMutate(copy, n, COPY_BYTES);
    return replace(bytes, size_bytes, limit_bytes, from, from + n, copy, mutated);
  }
  case 12: /* a line goes */
    return replace(bytes, size_bytes, limit_bytes, from, to, "", 0);
  case 13: case 14: /* a line comes again */
    return replace(bytes, size_bytes, limit_bytes, from, from, copy, n);
  default: /* a line becomes another */
    return replace(bytes, size_bytes, limit_bytes, from, to, copy, n);
  }
}

#endif
