/* SPDX-License-Identifier: MIT
 *
 * Whole files in, whole files out.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* The bytes of a file, decompressed when its name ends in .gz or .zst; text[size_bytes] is NUL. */
typedef struct file_text {
  char *text;
  size_t size_bytes;
  uint64_t digest[2]; /* XXH3-128 of the decompressed bytes, low word first */
} file_text;

/* What is too much to hold; whatever is beyond is refused while it is read. */
typedef struct file_limits {
  size_t size_bytes;  /* of the text */
  size_t line_bytes;  /* of one line with its end; 0: any */
  const char *why;    /* follows the number of bytes in the message; NULL: nothing */
} file_limits;

enum {
  FILE_LINE_BYTES = 1 << 20,    /* no row of a table is longer */
  ARCHIVE_RATIO = 256,          /* an archive beyond ARCHIVE_FREE_BYTES holds at most so many times its own size */
  ARCHIVE_FREE_BYTES = 16 << 20
};

/* Refuses what is not a regular file, a corrupt or truncated archive, and more than the limits. */
sg_status file_load_within(const char *path, file_limits limits, file_text *loaded, sg_error *error);
sg_status file_load(const char *path, size_t limit_bytes, file_text *loaded, sg_error *error); /* lines of any length */
void file_close(file_text *loaded); /* accepts one that was never loaded */

/* Closes a stream of open_memstream, which may move its text once more. *text is NULL unless all went well.
 *   status   how the writing went */
sg_status file_text_finish(FILE *stream, char **text, sg_status status, sg_error *error);

/* path, path.gz or path.zst, whichever exists; more than one is an input error.
 *   found   an owned path (free it), or NULL when none exists */
sg_status file_find(const char *folder, const char *name, char **found, sg_error *error);

/* A folder of results that appears complete or not at all: files are written in a temporary folder beside `path`
 * (inside it when it exists), synced, and moved into place by file_folder_commit, manifest.json last; without commit,
 * close removes them. Files already in `path` that belong to an earlier result (the names in `owned`, NULL-terminated,
 * which must outlive the folder) are replaced as a set; other files in the folder are left alone, and one that is in
 * the way of a new file is an error. Streams belong to the folder: the caller writes and does not close them. */
typedef struct file_folder file_folder;
sg_status file_folder_open(const char *path, const char *const *owned, file_folder **folder, sg_error *error);
sg_status file_folder_add(file_folder *folder, const char *name, FILE **stream, sg_error *error);
sg_status file_folder_commit(file_folder *folder, sg_error *error);
/* For results in several folders: finish writes everything that may fail for want of space before any is committed, and
 * revert puts back what a commit replaced (until close) where a later one failed. Old files that cannot be put back are
 * kept in a hidden folder in `path`, which the finding names, until the next result comes there. */
sg_status file_folder_finish(file_folder *folder, sg_error *error);
void file_folder_revert(file_folder *folder, sg_error *error);
void file_folder_close(file_folder *folder); /* accepts NULL */

/* XXH3-128, printed as 32 hex digits, high word first. */
void digest_bytes(const void *bytes, size_t size_bytes, uint64_t digest[2]);
void digest_format(const uint64_t digest[2], char text[static 33]);

#endif
