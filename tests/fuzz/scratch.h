/* SPDX-License-Identifier: MIT
 *
 * For fuzz targets whose reader wants a path: a folder of its own for this process, removed at exit.
 */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[64];

static inline void scratch_remove(const char *folder) {
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries));) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.' && unlink(path) != 0) {
      scratch_remove(path);
    }
  }
  if (entries) {
    closedir(entries);
    rmdir(folder);
  }
}

static inline void scratch_close(void) { scratch_remove(scratch_folder); }

/* The folder, empty. */
static inline const char *scratch_open(void) {
  if (scratch_folder[0] == 0) {
    snprintf(scratch_folder, sizeof scratch_folder, "/tmp/shockgrid-fuzz-%ld", (long)getpid());
    atexit(scratch_close);
  }
  scratch_remove(scratch_folder);
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
