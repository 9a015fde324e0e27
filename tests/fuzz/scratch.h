/* SPDX-License-Identifier: MIT
 *
 * For fuzz targets whose reader wants a path: a folder of its own for this process, removed at exit.
 */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

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

static inline void scratch_close(void) { nftw(scratch_folder, scratch_remove_entry, 4, FTW_DEPTH | FTW_PHYS); }

/* The folder, empty. */
static inline const char *scratch_open(void) {
  if (scratch_folder[0] == 0) {
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* imports sync every file */
    snprintf(scratch_folder, sizeof scratch_folder, "%s/shockgrid-fuzz-%ld", memory, (long)getpid());
    atexit(scratch_close);
  }
  scratch_close();
  if (mkdir(scratch_folder, 0700) != 0) {
    abort();
  }
  return scratch_folder;
}

/* Writes a file into the folder; its subfolder is made. A name that cannot be a file's is passed over. */
static inline void scratch_write(const char *name, const void *bytes, size_t size_bytes) {
  char path[512];
  const char *slash = name;
  for (; *slash && *slash != '/'; slash++) {
  }
  if (*slash) {
    snprintf(path, sizeof path, "%s/%.*s", scratch_folder, (int)(slash - name), name);
    mkdir(path, 0700);
  }
  snprintf(path, sizeof path, "%s/%s", scratch_folder, name);
  FILE *stream = fopen(path, "wb");
  if (stream) {
    fwrite(bytes, 1, size_bytes, stream);
    fclose(stream);
  }
}

#endif
