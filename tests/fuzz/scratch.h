/* SPDX-License-Identifier: MIT
 *
 * For fuzz targets whose reader wants a path: a folder of its own for this process, removed at exit.
 */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[64];

static int scratch_remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) {
  return remove(path);
}

static inline void scratch_remove(const char *path) { nftw(path, scratch_remove_entry, 4, FTW_DEPTH | FTW_PHYS); }

static inline void scratch_close(void) { scratch_remove(scratch_folder); }

/* The folder. What was written before is still there: a name is written again with each input. */
static inline const char *scratch_open(void) {
  if (scratch_folder[0] == 0) {
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* imports sync every file */
    snprintf(scratch_folder, sizeof scratch_folder, "%s/shockgrid-fuzz-%ld", memory, (long)getpid());
    scratch_close();
    if (mkdir(scratch_folder, 0700) != 0) {
      abort();
    }
    atexit(scratch_close);
  }
  return scratch_folder;
}

static inline void scratch_write(const char *name, const void *bytes, size_t size_bytes) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", scratch_folder, name);
  int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0 || write(descriptor, bytes, size_bytes) != (ssize_t)size_bytes || close(descriptor) != 0) {
    abort();
  }
}

#endif
