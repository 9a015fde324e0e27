/* SPDX-License-Identifier: MIT
 *
 * A file is a header and the bytes, named by its key. Words are in the machine's own byte order: the cache is not moved
 * between machines, and one that is moved misses, because the magic word reads otherwise.
 */
#include "device/program_cache.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_MAGIC UINT64_C(0x31676f7270646773) /* "sgdprog1"; the digit is the format's version */
enum { PROGRAM_LIMIT_BYTES = 1 << 28 };

typedef struct cache_header {
  uint64_t magic, key[2], size_bytes, digest[2];
} cache_header;

bool program_cache_key(const char *const *texts, size_t n_texts, uint64_t key[2]) {
  size_t size_bytes = sizeof(uint64_t);
  for (size_t i = 0; i < n_texts; i++) {
    size_bytes += sizeof(uint64_t) + strlen(texts[i]);
  }
  char *joined = malloc(size_bytes);
  if (!joined) {
    return false;
  }
  uint64_t magic = CACHE_MAGIC;
  char *at = joined;
  memcpy(at, &magic, sizeof magic);
  at += sizeof magic;
  for (size_t i = 0; i < n_texts; i++) {
    uint64_t length = strlen(texts[i]);
    memcpy(at, &length, sizeof length);
    memcpy(at + sizeof length, texts[i], length);
    at += sizeof length + length;
  }
  digest_bytes(joined, size_bytes, key);
  free(joined);
  return true;
}

const char *program_cache_folder(arena *memory, const char *wanted) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (wanted && *wanted) {
    return arena_text(memory, wanted, strlen(wanted));
  }
  if (cache && cache[0] == '/') { /* XDG Base Directory Specification 0.8: a relative path is to be ignored */
    return arena_format(memory, "%s/shockgrid", cache);
  }
  return home && *home ? arena_format(memory, "%s/.cache/shockgrid", home) : NULL;
}

const char *program_cache_path(arena *memory, const char *folder, const uint64_t key[2]) {
  char name[33];
  digest_format(key, name);
  return arena_format(memory, "%s/%s.program", folder, name);
}

const void *program_cache_load(arena *memory, const char *folder, const uint64_t key[2], size_t *size_bytes) {
  const char *path = program_cache_path(memory, folder, key);
  FILE *stream = path ? fopen(path, "rb") : NULL;
  cache_header header;
  void *bytes = NULL;
  uint64_t digest[2];
  bool whole = stream && fread(&header, sizeof header, 1, stream) == 1 && header.magic == CACHE_MAGIC &&
               memcmp(header.key, key, sizeof header.key) == 0 && header.size_bytes <= PROGRAM_LIMIT_BYTES &&
               (bytes = arena_array(memory, header.size_bytes, 1)) != NULL &&
               fread(bytes, 1, header.size_bytes, stream) == header.size_bytes && fgetc(stream) == EOF;
  if (stream) {
    fclose(stream);
  }
  if (whole) {
    digest_bytes(bytes, header.size_bytes, digest);
    whole = memcmp(digest, header.digest, sizeof digest) == 0;
  }
  *size_bytes = whole ? header.size_bytes : 0;
  return whole ? bytes : NULL;
}

/* Private to the user as XDG asks. */
static bool folder_make(char *path) {
  for (char *at = path + 1; *at; at++) {
    if (*at == '/') {
      *at = 0;
      int made = mkdir(path, 0700);
      *at = '/';
      if (made != 0 && errno != EEXIST) {
        return false;
      }
    }
  }
  return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool program_cache_make(const char *folder) {
  char *path = strdup(folder);
  bool made = path && folder_make(path);
  free(path);
  return made;
}

static bool bytes_write(int to, const void *bytes, size_t size_bytes) {
  const char *at = bytes;
  while (size_bytes > 0) {
    ssize_t n = write(to, at, size_bytes);
    if (n < 0 && errno != EINTR) {
      return false;
    }
    at += n > 0 ? n : 0;
    size_bytes -= n > 0 ? (size_t)n : 0;
  }
  return true;
}

bool program_cache_save(const char *folder, const uint64_t key[2], const void *bytes, size_t size_bytes) {
  arena *memory = arena_open();
  char *made = memory ? arena_text(memory, folder, strlen(folder)) : NULL;
  const char *path = memory ? program_cache_path(memory, folder, key) : NULL;
  char *temporary = path ? arena_format(memory, "%s.XXXXXX", path) : NULL;
  cache_header header = {CACHE_MAGIC, {key[0], key[1]}, size_bytes, {0, 0}};
  digest_bytes(bytes, size_bytes, header.digest);
  int file = made && temporary && size_bytes <= PROGRAM_LIMIT_BYTES && folder_make(made) ? mkstemp(temporary) : -1;
  bool saved = false;
  if (file >= 0) {
    saved = bytes_write(file, &header, sizeof header) && bytes_write(file, bytes, size_bytes);
    saved = close(file) == 0 && saved && rename(temporary, path) == 0;
    if (!saved) {
      unlink(temporary);
    }
  }
  arena_close(memory);
  return saved;
}
