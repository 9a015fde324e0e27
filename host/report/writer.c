/* SPDX-License-Identifier: MIT
 *
 * See writer.h.
 */
#include "report/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void writer_open(writer *out, FILE *stream) {
  XXH3_128bits_reset(&out->hash);
  out->stream = stream;
  out->keeps = false;
  out->write_errno = 0;
  out->flushed_bytes = out->started_bytes = 0;
  out->n = 0;
}

_Static_assert('"' < ',' && '\r' < ',' && '\n' < ',', "an ASCII execution character set");

enum { START_BYTES = 1 << 25 };

static void put(writer *out, const char *bytes, size_t size_bytes) {
  XXH3_128bits_update(&out->hash, bytes, size_bytes);
  if (out->stream != NULL && out->write_errno == 0) {
    errno = 0;
    if (fwrite(bytes, 1, size_bytes, out->stream) != size_bytes) {
      out->write_errno = errno != 0 ? errno : EIO;
    }
  }
  out->flushed_bytes += size_bytes;
  if (out->stream != NULL && out->flushed_bytes - out->started_bytes >= START_BYTES && fileno(out->stream) >= 0) {
    /* a hint: the disk works while rows are made, and the sync at the end has less to wait for */
    (void)sync_file_range(fileno(out->stream), (off_t)out->started_bytes,
                          (off_t)(out->flushed_bytes - out->started_bytes), SYNC_FILE_RANGE_WRITE);
    out->started_bytes = out->flushed_bytes;
  }
}

static void keep(writer *out, const char *bytes, size_t size_bytes) {
  out->kept_all = out->kept_all && ARRAY_RESERVE(&out->kept, out->kept.n + size_bytes);
  if (out->kept_all) {
    memcpy(out->kept.items + out->kept.n, bytes, size_bytes);
    out->kept.n += size_bytes;
  }
}

static void flush(writer *out) {
  if (out->n > 0) {
    (out->keeps ? keep : put)(out, out->bytes, out->n);
  }
  out->n = 0;
}

void writer_keep(writer *out) {
  out->keeps = out->kept_all = true;
  out->n = out->kept.n = 0;
}

bool writer_append(writer *out, writer *part) {
  flush(part);
  flush(out);
  put(out, part->kept.items, part->kept.n);
  return part->kept_all;
}

void writer_release(writer *part) { ARRAY_FREE(&part->kept); }

/* Room for `wanted` <= WRITER_BYTES; the caller adds to out->n what it used. */
static char *reserve(writer *out, size_t wanted) {
  if (WRITER_BYTES - out->n < wanted) {
    flush(out);
  }
  return out->bytes + out->n;
}

void writer_bytes(writer *out, const void *bytes, size_t size_bytes) {
  const char *from = bytes;
  if (size_bytes <= WRITER_BYTES - out->n) {
    memcpy(out->bytes + out->n, from, size_bytes);
    out->n += size_bytes;
    return;
  }
  while (size_bytes > 0) {
    size_t part = size_bytes < WRITER_BYTES ? size_bytes : WRITER_BYTES;
    memcpy(reserve(out, part), from, part);
    out->n += part;
    from += part;
    size_bytes -= part;
  }
}

void writer_byte(writer *out, char byte) {
  *reserve(out, 1) = byte;
  out->n++;
}

void writer_text(writer *out, const char *text) { writer_bytes(out, text, strlen(text)); }

static void quoted_field(writer *out, const char *text, size_t length) {
  const char *end = text + length;
  writer_byte(out, '"');
  for (const char *quote; (quote = memchr(text, '"', (size_t)(end - text))) != NULL; text = quote + 1) {
    writer_bytes(out, text, (size_t)(quote - text) + 1);
    writer_byte(out, '"');
  }
  writer_bytes(out, text, (size_t)(end - text));
  writer_byte(out, '"');
}

/* Has it a comma, quote or line end? Eight bytes at a time are passed over where all are above them. */
static bool needs_quotes(const char *text, size_t length) {
  const uint64_t ones = 0x0101010101010101u;
  size_t i = 0;
  for (uint64_t word; length - i >= sizeof word; i += sizeof word) {
    memcpy(&word, text + i, sizeof word);
    if (((word - ones * (',' + 1)) & ~word & (ones * 0x80)) != 0) {
      return text[i + strcspn(text + i, ",\"\r\n")] != '\0';
    }
  }
  for (; i < length; i++) {
    if (text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n') {
      return true;
    }
  }
  return false;
}

void writer_field(writer *out, const char *text) {
  size_t length = strlen(text);
  if (needs_quotes(text, length)) {
    quoted_field(out, text, length);
  } else {
    writer_bytes(out, text, length);
  }
}

void writer_uint(writer *out, uint64_t value) {
  char digits[20];
  size_t n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  char *to = reserve(out, n);
  for (size_t i = 0; i < n; i++) {
    to[i] = digits[n - 1 - i];
  }
  out->n += n;
}

void writer_money(writer *out, money amount) { out->n += money_format(amount, reserve(out, NUMBER_TEXT_BYTES)); }

void writer_number(writer *out, double value) { out->n += number_format(value, reserve(out, NUMBER_TEXT_BYTES)); }

void writer_u32(writer *out, uint32_t value) {
  uint32_t little_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(value) : value;
  memcpy(reserve(out, sizeof little_endian), &little_endian, sizeof little_endian);
  out->n += sizeof little_endian;
}

void writer_u64(writer *out, uint64_t value) {
  uint64_t little_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(value) : value;
  memcpy(reserve(out, sizeof little_endian), &little_endian, sizeof little_endian);
  out->n += sizeof little_endian;
}

void writer_binary_text(writer *out, const char *text) {
  size_t length = strlen(text);
  writer_u32(out, (uint32_t)length);
  writer_bytes(out, text, length);
}

void writer_binary_money(writer *out, money amount) {
  writer_u64(out, (uint64_t)(uint128)amount.units);
  writer_u64(out, (uint64_t)((uint128)amount.units >> 64));
}

void writer_binary_double(writer *out, double value) {
  uint64_t bits = 0;
  if (value != 0.0) {
    memcpy(&bits, &value, sizeof bits);
  }
  writer_u64(out, bits);
}

int writer_finish(writer *out, uint64_t digest[2], uint64_t *size_bytes) {
  flush(out);
  if (out->stream != NULL && out->write_errno == 0 && fflush(out->stream) != 0) {
    out->write_errno = errno;
  }
  if (digest != NULL) {
    XXH128_hash_t hash = XXH3_128bits_digest(&out->hash);
    digest[0] = hash.low64;
    digest[1] = hash.high64;
  }
  *size_bytes = out->flushed_bytes;
  return out->write_errno;
}
