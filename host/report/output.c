/* SPDX-License-Identifier: MIT
 *
 * A file of its own through a folder of one file.
 */
#include "report/output.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

struct output {
  char *folder;
  const char *name;           /* within path */
  char *path;
  const char *owned[2];       /* the name, NULL */
  file_folder *to;
  writer out;
};

sg_status output_open(const char *path, output **opened, sg_error *error) {
  FILE *stream = NULL;
  sg_status status = SG_OK;
  output *made = calloc(1, sizeof *made);
  *opened = NULL;
  if (made == NULL || (made->path = strdup(path)) == NULL) {
    free(made);
    return error_out_of_memory(error);
  }
  const char *slash = strrchr(made->path, '/');
  made->name = slash == NULL ? made->path : slash + 1;
  made->folder = slash == NULL ? strdup(".") : strndup(path, slash == made->path ? 1 : (size_t)(slash - made->path));
  made->owned[0] = made->name;
  if (made->folder == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  if (made->name[0] == '\0') {
    status = error_fail(error, SG_USAGE, "\"%s\" is no name of a file", path);
    goto done;
  }
  TRY_DONE(file_folder_open(made->folder, made->owned, &made->to, error));
  TRY_DONE(file_folder_add(made->to, made->name, &stream, error));
  writer_open(&made->out, stream);
  *opened = made;
  made = NULL;
done:
  output_close(made);
  return status;
}

writer *output_writer(output *to) { return &to->out; }

static sg_status finish(output *to, sg_error *error) {
  uint64_t size_bytes;
  int failure = writer_finish(&to->out, NULL, &size_bytes);
  if (failure != 0) {
    return error_add(error, SG_IO, (place){.file = to->path}, "cannot be written: %s", strerror(failure));
  }
  return file_folder_finish(to->to, error);
}

sg_status output_commit(output *const *all, size_t n, sg_error *error) {
  for (size_t i = 0; i < n; i++) {
    TRY(all[i] == NULL ? SG_OK : finish(all[i], error));
  }
  for (size_t i = 0; i < n; i++) {
    sg_status status = all[i] == NULL ? SG_OK : file_folder_commit(all[i]->to, error);
    while (status != SG_OK && i-- > 0) {
      if (all[i] != NULL) {
        file_folder_revert(all[i]->to, error);
      }
    }
    TRY(status);
  }
  return SG_OK;
}

void output_close(output *to) {
  if (to != NULL) {
    file_folder_close(to->to);
    free(to->folder);
    free(to->path);
    free(to);
  }
}
