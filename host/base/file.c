/* SPDX-License-Identifier: MIT
 *
 * Loading whole files, plain or compressed.
 */
#include "base/file.h"

#include "base/array.h"
#include "base/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

enum { READ_BYTES = 1 << 18, PLAIN_READ_BYTES = 1 << 20, LONG_FILE_BYTES = 1 << 24 };

/* The file being loaded; content grows, limited. */
typedef struct load {
  place where;
  int descriptor;
  file_limits limits;
  bool is_packed;
  size_t packed_bytes; /* of an archive: what content[n) came from */
  char *content;
  size_t n, capacity;
  size_t line_start; /* of the line that content[n) goes on */
  sg_error *error;
} load;

static sg_status corrupt(load *file, const char *detail) {
  return error_add(file->error, SG_INPUT, file->where, "the archive is corrupt: %s", detail);
}

static sg_status truncated(load *file) {
  return error_add(file->error, SG_INPUT, file->where, "the archive is truncated");
}

static sg_status over_limit(load *file) {
  return error_add(file->error, SG_INPUT, file->where, "holds more than the limit of %zu bytes%s",
                   file->limits.size_bytes, file->limits.why == NULL ? "" : file->limits.why);
}

static sg_status long_line(load *file) {
  file->where.line = 1;
  for (const char *at = file->content, *end = at + file->line_start; at < end; file->where.line++) {
    at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
  }
  return error_add(file->error, SG_INPUT, file->where, "is a line of more than %zu bytes", file->limits.line_bytes);
}

/* content[from, n) is new, and no longer than a line may be. */
static sg_status check_lines(load *file, size_t from) {
  const char *added = file->content + from, *first = memchr(added, '\n', file->n - from);
  size_t end = first == NULL ? file->n : (size_t)(first + 1 - file->content);
  if (end - file->line_start > file->limits.line_bytes) {
    return long_line(file);
  }
  if (first != NULL) {
    const char *last = memrchr(added, '\n', file->n - from);
    file->line_start = (size_t)(last + 1 - file->content);
  }
  return SG_OK;
}

/* After n_added more bytes of content. */
static sg_status check_limits(load *file, size_t n_added) {
  if (file->n > file->limits.size_bytes) {
    return over_limit(file);
  }
  if (file->is_packed && file->n > ARCHIVE_FREE_BYTES && file->n / ARCHIVE_RATIO > file->packed_bytes) {
    return error_add(file->error, SG_INPUT, file->where, "the archive holds more than %d times its own size",
                     ARCHIVE_RATIO);
  }
  return file->limits.line_bytes == 0 ? SG_OK : check_lines(file, file->n - n_added);
}

/* Room for `more` bytes and the closing NUL. */
static sg_status make_room(load *file, size_t more) {
  if (more > SIZE_MAX - 1 - file->n ||
      !array_reserve((void **)&file->content, &file->capacity, file->n + more + 1, 1)) {
    return error_out_of_memory(file->error);
  }
  return SG_OK;
}

static sg_status read_some(load *file, char *bytes, size_t size_bytes, size_t *n_read) {
  ssize_t n;
  do {
    n = read(file->descriptor, bytes, size_bytes);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    return error_add_errno(file->error, file->where.file, "cannot be read");
  }
  *n_read = (size_t)n;
  return SG_OK;
}

typedef struct long_file {
  const load *file;
  size_t first; /* byte of the wave */
  atomic_bool failed;
} long_file;

static void read_range(void *context, uint32_t worker, size_t first, size_t end) {
  long_file *of = context;
  for (first += of->first, end += of->first; first < end && !of->failed;) {
    ssize_t n = pread(of->file->descriptor, of->file->content + first, end - first, (off_t)first);
    if (n > 0) {
      first += (size_t)n;
    } else if (n == 0 || errno != EINTR) {
      of->failed = true;
    }
  }
}

static sg_status check_wave(load *file, size_t size_bytes) {
  for (size_t part; size_bytes > 0; size_bytes -= part) {
    part = size_bytes < PLAIN_READ_BYTES ? size_bytes : PLAIN_READ_BYTES;
    file->n += part;
    TRY(check_limits(file, part));
  }
  return SG_OK;
}

/* A long file is read by several threads, wave by wave, each checked before the next; what goes wrong is met again, and told,
 * by one that reads on from there. */
static sg_status read_ahead(load *file, size_t expected_bytes) {
  long_file of = {.file = file};
  while (file->n < expected_bytes) {
    size_t left = expected_bytes - file->n, wave = left < LONG_FILE_BYTES ? left : LONG_FILE_BYTES;
    of.first = file->n;
    parallel_ranges(wave, LONG_FILE_BYTES / 8, read_range, &of);
    if (of.failed) {
      break;
    }
    TRY(check_wave(file, wave));
  }
  return lseek(file->descriptor, (off_t)file->n, SEEK_SET) == (off_t)file->n
             ? SG_OK
             : error_add_errno(file->error, file->where.file, "cannot be read");
}

static sg_status load_plain(load *file, size_t expected_bytes) {
  if (expected_bytes > file->limits.size_bytes) {
    return over_limit(file);
  }
  TRY(make_room(file, expected_bytes + 1));
  if (expected_bytes >= LONG_FILE_BYTES) {
    TRY(read_ahead(file, expected_bytes));
  }
  for (;;) {
    size_t n_read = 0;
    TRY(make_room(file, 1));
    size_t room = file->capacity - file->n - 1;
    TRY(read_some(file, file->content + file->n, room < PLAIN_READ_BYTES ? room : PLAIN_READ_BYTES, &n_read));
    if (n_read == 0) {
      return SG_OK;
    }
    file->n += n_read;
    TRY(check_limits(file, n_read));
  }
}

/* Members may follow one another; a file without any is truncated. */
static sg_status inflate_all(load *file, z_stream *stream, unsigned char *compressed) {
  bool inside_member = true;
  for (;;) {
    size_t n_read = 0;
    TRY(read_some(file, (char *)compressed, READ_BYTES, &n_read));
    if (n_read == 0) {
      return inside_member ? truncated(file) : SG_OK;
    }
    stream->next_in = compressed;
    stream->avail_in = (uInt)n_read;
    bool more_output = false;
    while (stream->avail_in > 0 || more_output) {
      if (!inside_member && inflateReset(stream) != Z_OK) {
        return corrupt(file, "cannot start its next member");
      }
      TRY(make_room(file, READ_BYTES));
      stream->next_out = (unsigned char *)file->content + file->n;
      stream->avail_out = READ_BYTES;
      uInt before = stream->avail_in;
      int result = inflate(stream, Z_NO_FLUSH);
      size_t n_added = READ_BYTES - stream->avail_out;
      file->packed_bytes += before - stream->avail_in;
      file->n += n_added;
      if (result == Z_MEM_ERROR) {
        return error_out_of_memory(file->error);
      }
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return corrupt(file, stream->msg == NULL ? "not a gzip file" : stream->msg);
      }
      TRY(check_limits(file, n_added));
      inside_member = result != Z_STREAM_END;
      more_output = inside_member && stream->avail_out == 0;
    }
  }
}

static sg_status load_gzip(load *file) {
  sg_status status = SG_OK;
  z_stream stream = {0};
  bool is_open = false;
  unsigned char *compressed = malloc(READ_BYTES);
  if (compressed == NULL || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) {
    status = error_out_of_memory(file->error);
    goto done;
  }
  is_open = true;
  status = inflate_all(file, &stream, compressed);
done:
  if (is_open) {
    inflateEnd(&stream);
  }
  free(compressed);
  return status;
}

static sg_status decompress_all(load *file, ZSTD_DCtx *context, char *compressed) {
  size_t expected = 1; /* 0: a frame has ended */
  for (;;) {
    size_t n_read = 0;
    TRY(read_some(file, compressed, READ_BYTES, &n_read));
    if (n_read == 0) {
      return expected != 0 ? truncated(file) : SG_OK;
    }
    ZSTD_inBuffer input = {.src = compressed, .size = n_read};
    bool more_output = false;
    while (input.pos < input.size || more_output) {
      TRY(make_room(file, READ_BYTES));
      ZSTD_outBuffer output = {.dst = file->content + file->n, .size = READ_BYTES};
      size_t before = input.pos;
      expected = ZSTD_decompressStream(context, &output, &input);
      file->packed_bytes += input.pos - before;
      if (ZSTD_isError(expected)) {
        return corrupt(file, ZSTD_getErrorName(expected));
      }
      file->n += output.pos;
      TRY(check_limits(file, output.pos));
      more_output = expected != 0 && output.pos == output.size;
    }
  }
}

static sg_status load_zstd(load *file) {
  sg_status status = SG_OK;
  ZSTD_DCtx *context = ZSTD_createDCtx();
  char *compressed = malloc(READ_BYTES);
  if (context == NULL || compressed == NULL) {
    status = error_out_of_memory(file->error);
    goto done;
  }
  status = decompress_all(file, context, compressed);
done:
  ZSTD_freeDCtx(context);
  free(compressed);
  return status;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

sg_status file_load_within(const char *path, file_limits limits, file_text *loaded, sg_error *error) {
  sg_status status = SG_OK;
  load file = {.where = {.file = path}, .descriptor = -1, .limits = limits, .error = error};
  struct stat facts;
  *loaded = (file_text){0};
  /* Without O_NONBLOCK, opening a pipe would wait for a writer. */
  file.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.descriptor < 0 || fstat(file.descriptor, &facts) != 0) {
    status = error_add_errno(error, path, "cannot be read");
    goto done;
  }
  if (!S_ISREG(facts.st_mode)) {
    status = error_add(error, SG_IO, file.where, "cannot be read: not a regular file");
    goto done;
  }
  bool gzip = ends_with(path, ".gz"), zstd = ends_with(path, ".zst");
  file.is_packed = gzip || zstd;
  if (file.is_packed) {
    TRY_DONE((gzip ? load_gzip : load_zstd)(&file));
  } else {
    TRY_DONE(load_plain(&file, (size_t)facts.st_size));
  }
  TRY_DONE(make_room(&file, 0));
  file.content[file.n] = '\0';
  loaded->text = file.content;
  loaded->size_bytes = file.n;
  file.content = NULL;
  digest_bytes(loaded->text, loaded->size_bytes, loaded->digest);
done:
  free(file.content);
  if (file.descriptor >= 0) {
    close(file.descriptor);
  }
  return status;
}

sg_status file_load(const char *path, size_t limit_bytes, file_text *loaded, sg_error *error) {
  return file_load_within(path, (file_limits){.size_bytes = limit_bytes}, loaded, error);
}

sg_status file_text_finish(FILE *stream, char **text, sg_status status, sg_error *error) {
  if ((fclose(stream) != 0 || *text == NULL) && status == SG_OK) {
    status = error_out_of_memory(error);
  }
  if (status != SG_OK) {
    free(*text);
    *text = NULL;
  }
  return status;
}

void file_close(file_text *loaded) {
  free(loaded->text);
  *loaded = (file_text){0};
}

sg_status file_find(const char *folder, const char *name, char **found, sg_error *error) {
  static const char *const endings[] = {"", ".gz", ".zst"};
  *found = NULL;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    char *path = NULL;
    struct stat facts;
    if (asprintf(&path, "%s/%s%s", folder, name, endings[i]) < 0) {
      free(*found);
      *found = NULL;
      return error_out_of_memory(error);
    }
    if (stat(path, &facts) == 0) {
      if (*found == NULL) {
        *found = path;
        continue;
      }
      sg_status status = error_add(error, SG_INPUT, (place){.file = path}, "there is also %s; one of them is expected",
                                   *found);
      free(path);
      free(*found);
      *found = NULL;
      return status;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
      sg_status status = error_add_errno(error, path, "cannot be read");
      free(path);
      free(*found);
      *found = NULL;
      return status;
    }
    free(path);
  }
  return SG_OK;
}

void digest_bytes(const void *bytes, size_t size_bytes, uint64_t digest[2]) {
  XXH128_hash_t hash = XXH3_128bits(bytes, size_bytes);
  digest[0] = hash.low64;
  digest[1] = hash.high64;
}

void digest_format(const uint64_t digest[2], char text[static 33]) {
  snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest[1], (unsigned long long)digest[0]);
}
