/* SPDX-License-Identifier: MIT
 *
 * A long file's bytes are on their way while the file before it is parsed.
 */
#include "input/reader.h"

#include "base/error.h"

#include <string.h>
#include <sys/stat.h>

enum { LONG_BYTES = 1 << 24 }; /* less takes less than a thread is worth */

static bool is_long(const char *path) {
  struct stat facts;
  return stat(path, &facts) == 0 && facts.st_size >= LONG_BYTES;
}

static void *load(void *opened) {
  load_ahead *of = opened;
  of->status = file_load_within(of->path, of->limits, &of->text, of->error);
  return NULL;
}

void load_ahead_start(book_reader *reader, const char *name) {
  load_ahead *of = &reader->ahead;
  sg_error *error = sg_error_open(); /* what goes wrong here is met again, and told, by who reads the file */
  char *path = NULL;
  bool found = reader->given == NULL && error != NULL && file_find(reader->book->folder, name, &path, error) == SG_OK;
  if (!found || path == NULL || !is_long(path)) {
    sg_error_close(error);
    free(path);
    return;
  }
  *of = (load_ahead){.path = path, .limits = {reader->left_bytes, FILE_LINE_BYTES, reader->limit}, .error = error};
  of->started = pthread_create(&of->thread, NULL, load, of) == 0;
}

bool load_ahead_take(book_reader *reader, const char *path, file_limits limits, file_text *loaded) {
  load_ahead *of = &reader->ahead;
  bool same = of->started && strcmp(of->path, path) == 0 && limits.size_bytes == of->limits.size_bytes;
  if (!same) {
    return false;
  }
  pthread_join(of->thread, NULL);
  of->started = false;
  if (of->status != SG_OK) {
    return false;
  }
  *loaded = of->text;
  of->text = (file_text){0};
  return true;
}

void load_ahead_close(book_reader *reader) {
  load_ahead *of = &reader->ahead;
  if (of->started) {
    pthread_join(of->thread, NULL);
  }
  file_close(&of->text);
  sg_error_close(of->error);
  free(of->path);
  *of = (load_ahead){0};
}
