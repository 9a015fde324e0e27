/* SPDX-License-Identifier: MIT
 *
 * Loading files, plain and compressed. Archives are made with the compressors' own libraries.
 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

static char folder[64];

static const char *path_of(const char *name) {
  static char path[4][200];
  static unsigned next;
  char *at = path[next++ % 4];
  snprintf(at, sizeof path[0], "%s/%s", folder, name);
  return at;
}

static void write_bytes(const char *name, const void *bytes, size_t size_bytes) {
  FILE *stream = fopen(path_of(name), "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(bytes, 1, size_bytes, stream), size_bytes);
  assert_int_equal(fclose(stream), 0);
}

enum { LARGE_BYTES = 3000000 };
static char *large;

static size_t gzip_bytes(const char *bytes, size_t size_bytes, unsigned char *archive, size_t capacity) {
  z_stream stream = {0};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (unsigned char *)bytes;
  stream.avail_in = (uInt)size_bytes;
  stream.next_out = archive;
  stream.avail_out = (uInt)capacity;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  size_t n = capacity - stream.avail_out;
  deflateEnd(&stream);
  return n;
}

static size_t zstd_bytes(const char *bytes, size_t size_bytes, unsigned char *archive, size_t capacity) {
  size_t n = ZSTD_compress(archive, capacity, bytes, size_bytes, 3);
  assert_false(ZSTD_isError(n));
  return n;
}

static int open_folder(void **state) {
  snprintf(folder, sizeof folder, "/tmp/shockgrid-file-XXXXXX");
  if (mkdtemp(folder) == NULL) {
    return -1;
  }
  large = malloc(LARGE_BYTES);
  uint32_t random = 1;
  for (size_t i = 0; i < LARGE_BYTES; i++) {
    random = random * 1664525 + 1013904223;
    large[i] = (char)('0' + (random >> 24) % 11);
  }
  return 0;
}

static int close_folder(void **state) {
  char command[100];
  free(large);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

static void check_load(const char *name, const char *expected, size_t size_bytes) {
  file_text loaded;
  assert_int_equal(file_load(path_of(name), 10000000, &loaded, NULL), SG_OK);
  assert_int_equal(loaded.size_bytes, size_bytes);
  assert_memory_equal(loaded.text, expected, size_bytes);
  assert_int_equal(loaded.text[size_bytes], 0);
  file_close(&loaded);
}

static void check_refused(const char *name, size_t limit_bytes, sg_status status, const char *message) {
  sg_error *error = sg_error_open();
  file_text loaded;
  assert_int_equal(file_load(path_of(name), limit_bytes, &loaded, error), status);
  assert_null(loaded.text);
  file_close(&loaded);
  assert_int_equal(sg_error_count(error), 1);
  sg_finding finding = sg_error_get(error, 0);
  assert_int_equal(finding.status, status);
  assert_string_equal(finding.file, path_of(name));
  assert_string_equal(finding.message, message);
  sg_error_close(error);
}

static void a_file_is_loaded_whole_with_its_digest(void **state) {
  write_bytes("plain.csv", "account,instrument\n", 19);
  write_bytes("empty.csv", "", 0);
  write_bytes("large.csv", large, LARGE_BYTES);
  check_load("empty.csv", "", 0);
  check_load("large.csv", large, LARGE_BYTES);
  check_load("plain.csv", "account,instrument\n", 19);
  file_text loaded;
  char digest[33];
  assert_int_equal(file_load(path_of("empty.csv"), 19, &loaded, NULL), SG_OK);
  digest_format(loaded.digest, digest);
  /* XXH3's 128-bit hash of nothing with seed 0, as the xxHash project publishes it */
  assert_string_equal(digest, "99aa06d3014798d86001c324468d497f");
  file_close(&loaded);
}

static void archives_of_one_or_more_members_are_decompressed(void **state) {
  unsigned char *archive = malloc(2 * LARGE_BYTES);
  typedef size_t compressor(const char *, size_t, unsigned char *, size_t);
  static compressor *const compress_bytes[] = {gzip_bytes, zstd_bytes};
  static const char *const names[][4] = {{"a.gz", "b.gz", "c.gz", "d.gz"}, {"a.zst", "b.zst", "c.zst", "d.zst"}};
  for (int i = 0; i < 2; i++) {
    size_t n = compress_bytes[i]("hello\n", 6, archive, 1000);
    write_bytes(names[i][0], archive, n);
    check_load(names[i][0], "hello\n", 6);
    n += compress_bytes[i]("world\n", 6, archive + n, 1000);
    write_bytes(names[i][1], archive, n);
    check_load(names[i][1], "hello\nworld\n", 12);
    n = compress_bytes[i](large, LARGE_BYTES, archive, 2 * LARGE_BYTES);
    write_bytes(names[i][2], archive, n);
    check_load(names[i][2], large, LARGE_BYTES);
    n = compress_bytes[i]("", 0, archive, 1000);
    write_bytes(names[i][3], archive, n);
    check_load(names[i][3], "", 0);
  }
  free(archive);
}

static void a_truncated_archive_is_refused_wherever_it_ends(void **state) {
  unsigned char archive[1000];
  size_t n = gzip_bytes("hello hello hello\n", 18, archive, sizeof archive);
  for (size_t kept = 0; kept < n; kept++) {
    write_bytes("cut.gz", archive, kept);
    check_refused("cut.gz", 1000, SG_INPUT, "the archive is truncated");
  }
  n = zstd_bytes("hello hello hello\n", 18, archive, sizeof archive);
  for (size_t kept = 0; kept < n; kept++) {
    write_bytes("cut.zst", archive, kept);
    check_refused("cut.zst", 1000, SG_INPUT, "the archive is truncated");
  }
}

static void a_corrupt_archive_is_refused(void **state) {
  unsigned char archive[1000];
  size_t n = gzip_bytes("hello\n", 6, archive, sizeof archive);
  archive[n - 6] ^= 1; /* in the checksum */
  write_bytes("bad.gz", archive, n);
  check_refused("bad.gz", 1000, SG_INPUT, "the archive is corrupt: incorrect data check");
  write_bytes("text.gz", "account,instrument\n", 19);
  check_refused("text.gz", 1000, SG_INPUT, "the archive is corrupt: incorrect header check");
  n = gzip_bytes("hello\n", 6, archive, sizeof archive);
  memcpy(archive + n, "tail", 4);
  write_bytes("tail.gz", archive, n + 4);
  check_refused("tail.gz", 1000, SG_INPUT, "the archive is corrupt: incorrect header check");
  write_bytes("text.zst", "account,instrument\n", 19);
  check_refused("text.zst", 1000, SG_INPUT, "the archive is corrupt: Unknown frame descriptor");
}

static void more_than_the_limit_is_refused_before_it_fills_memory(void **state) {
  unsigned char *archive = malloc(2 * LARGE_BYTES);
  char *zeros = calloc(1, LARGE_BYTES);
  static const char message[] = "holds more than the limit of 1000 bytes";
  write_bytes("large.csv", large, LARGE_BYTES);
  check_refused("large.csv", 1000, SG_INPUT, message);
  write_bytes("bomb.gz", archive, gzip_bytes(zeros, LARGE_BYTES, archive, 2 * LARGE_BYTES));
  check_refused("bomb.gz", 1000, SG_INPUT, message);
  write_bytes("bomb.zst", archive, zstd_bytes(zeros, LARGE_BYTES, archive, 2 * LARGE_BYTES));
  check_refused("bomb.zst", 1000, SG_INPUT, message);
  write_bytes("exact.csv", large, 1000);
  file_text loaded;
  assert_int_equal(file_load(path_of("exact.csv"), 1000, &loaded, NULL), SG_OK);
  file_close(&loaded);
  free(zeros);
  free(archive);
}

static void what_is_no_readable_file_is_refused(void **state) {
  check_refused("missing.csv", 1000, SG_IO, "cannot be read: No such file or directory");
  assert_int_equal(mkdir(path_of("folder"), 0777), 0);
  check_refused("folder", 1000, SG_IO, "cannot be read: not a regular file");
  assert_int_equal(mkfifo(path_of("pipe.csv"), 0666), 0);
  check_refused("pipe.csv", 1000, SG_IO, "cannot be read: not a regular file");
  if (geteuid() != 0) {
    write_bytes("secret.csv", "x", 1);
    assert_int_equal(chmod(path_of("secret.csv"), 0), 0);
    check_refused("secret.csv", 1000, SG_IO, "cannot be read: Permission denied");
  }
}

static void a_name_is_found_plain_or_compressed_but_once(void **state) {
  char *found = NULL;
  assert_int_equal(file_find(folder, "positions.csv", &found, NULL), SG_OK);
  assert_null(found);
  write_bytes("positions.csv.zst", "x", 1);
  assert_int_equal(file_find(folder, "positions.csv", &found, NULL), SG_OK);
  assert_string_equal(found, path_of("positions.csv.zst"));
  free(found);
  write_bytes("positions.csv", "x", 1);
  sg_error *error = sg_error_open();
  assert_int_equal(file_find(folder, "positions.csv", &found, error), SG_INPUT);
  assert_null(found);
  sg_finding finding = sg_error_get(error, 0);
  assert_string_equal(finding.file, path_of("positions.csv.zst"));
  char expected[300];
  snprintf(expected, sizeof expected, "there is also %s; one of them is expected", path_of("positions.csv"));
  assert_string_equal(finding.message, expected);
  sg_error_close(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_loaded_whole_with_its_digest),
      cmocka_unit_test(archives_of_one_or_more_members_are_decompressed),
      cmocka_unit_test(a_truncated_archive_is_refused_wherever_it_ends),
      cmocka_unit_test(a_corrupt_archive_is_refused),
      cmocka_unit_test(more_than_the_limit_is_refused_before_it_fills_memory),
      cmocka_unit_test(what_is_no_readable_file_is_refused),
      cmocka_unit_test(a_name_is_found_plain_or_compressed_but_once),
  };
  return cmocka_run_group_tests(tests, open_folder, close_folder);
}
