/* SPDX-License-Identifier: MIT
 *
 * Bytes on their way out: buffered, counted and hashed. Fields of a row are appended one by one; nothing fails until
 * writer_finish.
 */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "base/array.h"
#include "base/money.h"

#define XXH_STATIC_LINKING_ONLY /* the hash state stands inside the writer */
#include <xxhash.h>

#include <stdio.h>

enum { WRITER_BYTES = 1 << 16 };

typedef struct writer {
  XXH3_state_t hash;
  FILE *stream; /* NULL: count and hash only */
  bool keeps;   /* the bytes stay here, for writer_append; neither hash nor stream */
  bool kept_all; /* memory sufficed */
  ARRAY(char) kept;
  int write_errno; /* 0: all went well */
  uint64_t flushed_bytes, started_bytes; /* handed on; on their way to the disk */
  size_t n;
  char bytes[WRITER_BYTES];
} writer;

void writer_open(writer *out, FILE *stream);

/* For parts that are made elsewhere: a writer (zeroed at first) that keeps its bytes, and their end in another. */
void writer_keep(writer *out);                  /* drops what it has kept */
bool writer_append(writer *out, writer *part);  /* false: the part ran out of memory */
void writer_release(writer *part);

void writer_bytes(writer *out, const void *bytes, size_t size_bytes);
void writer_byte(writer *out, char byte);

/* CSV fields; the caller writes the separators. */
void writer_text(writer *out, const char *text);  /* as it is */
void writer_field(writer *out, const char *text); /* quoted after RFC 4180 where it has to be */
void writer_uint(writer *out, uint64_t value);
void writer_money(writer *out, money amount);
void writer_number(writer *out, double value);

/* Canonical binary, as report.h describes it. */
void writer_u32(writer *out, uint32_t value);
void writer_u64(writer *out, uint64_t value);
void writer_binary_text(writer *out, const char *text);
void writer_binary_money(writer *out, money amount);
void writer_binary_double(writer *out, double value);

/* Flushes.
 *   returns   0, or the errno of the first write that failed
 *   digest    XXH3-128 of everything, low word first; may be NULL */
int writer_finish(writer *out, uint64_t digest[2], uint64_t *size_bytes);

#endif
