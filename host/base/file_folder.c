/* SPDX-License-Identifier: MIT
 *
 * A folder that appears complete or not at all. New files are written and synced in a partial folder: beside the
 * target while that does not exist, inside it when it does, since only there the file system is surely the same.
 */
#include "base/file.h"

#include "base/array.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL_MARK ".partial-"

typedef struct new_file {
  char *name;
  FILE *stream;
} new_file;

struct file_folder {
  char *target;       /* without trailing slash */
  char *parent;       /* of a target that does not exist; NULL when it does */
  char *partial;      /* where new files are written */
  char *replaced;     /* inside partial: old files on their way out */
  const char *const *owned;
  ARRAY(new_file) files;
  ARRAY(const char *) moved_out, moved_in; /* names, borrowed */
};

/* An owned path, or NULL with a finding. */
static char *join(const char *folder, const char *name, sg_error *error) {
  char *path = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0) {
    error_out_of_memory(error);
    return NULL;
  }
  return path;
}

static sg_status io_failure(sg_error *error, const char *path, const char *what) {
  return error_add(error, SG_IO, (place){.file = path}, "%s: %s", what, strerror(errno));
}

static sg_status sync_folder(const char *path, sg_error *error) {
  int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* Some file systems cannot sync a folder and say EINVAL. */
  bool failed = descriptor < 0 || (fsync(descriptor) != 0 && errno != EINVAL);
  sg_status status = failed ? io_failure(error, path, "cannot be written") : SG_OK;
  if (descriptor >= 0) {
    close(descriptor);
  }
  return status;
}

/* A partial folder holds files and at most one folder of files. */
static void remove_folder(const char *path) {
  DIR *listing = opendir(path);
  if (listing == NULL) {
    return;
  }
  for (const struct dirent *item; (item = readdir(listing)) != NULL;) {
    if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0) {
      char *inner = join(path, item->d_name, NULL);
      if (inner != NULL && unlink(inner) != 0) {
        remove_folder(inner);
      }
      free(inner);
    }
  }
  closedir(listing);
  rmdir(path);
}

/* Removes what processes that no longer run have left behind. */
static void remove_stale(const char *folder, const char *prefix) {
  DIR *listing = opendir(folder);
  if (listing == NULL) {
    return;
  }
  for (const struct dirent *item; (item = readdir(listing)) != NULL;) {
    size_t prefix_length = strlen(prefix);
    if (strncmp(item->d_name, prefix, prefix_length) == 0) {
      char *end;
      long process = strtol(item->d_name + prefix_length, &end, 10);
      if (*end == '-' && process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH) {
        char *path = join(folder, item->d_name, NULL);
        if (path != NULL) {
          remove_folder(path);
        }
        free(path);
      }
    }
  }
  closedir(listing);
}

/* Makes folder->partial = WHERE/PREFIX<process>-<count>. */
static sg_status make_partial(file_folder *folder, const char *where, const char *prefix, sg_error *error) {
  static atomic_uint count;
  remove_stale(where, prefix);
  for (;;) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s%ld-%u", where, prefix, (long)getpid(), atomic_fetch_add(&count, 1)) < 0) {
      return error_out_of_memory(error);
    }
    if (mkdir(path, 0777) == 0) {
      folder->partial = path;
      return SG_OK;
    }
    if (errno != EEXIST) {
      sg_status status = io_failure(error, folder->target, "cannot be written");
      free(path);
      return status;
    }
    free(path);
  }
}

static sg_status open_beside(file_folder *folder, sg_error *error) {
  char *slash = strrchr(folder->target, '/');
  const char *name = slash == NULL ? folder->target : slash + 1;
  folder->parent = slash == NULL ? strdup(".") : strndup(folder->target, (size_t)(slash - folder->target) + 1);
  char *prefix = NULL;
  if (folder->parent == NULL || asprintf(&prefix, ".%s" PARTIAL_MARK, name) < 0) {
    return error_out_of_memory(error);
  }
  sg_status status = make_partial(folder, folder->parent, prefix, error);
  free(prefix);
  return status;
}

sg_status file_folder_open(const char *path, const char *const *owned, file_folder **opened, sg_error *error) {
  sg_status status = SG_OK;
  struct stat facts;
  *opened = NULL;
  if (*path == '\0') {
    return error_fail(error, SG_USAGE, "the name of the output folder is empty");
  }
  file_folder *folder = calloc(1, sizeof *folder);
  if (folder == NULL) {
    return error_out_of_memory(error);
  }
  folder->owned = owned;
  folder->target = strdup(path);
  if (folder->target == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  for (size_t length = strlen(folder->target); length > 1 && folder->target[length - 1] == '/'; length--) {
    folder->target[length - 1] = '\0';
  }
  if (stat(folder->target, &facts) == 0) {
    if (!S_ISDIR(facts.st_mode)) {
      status = error_add(error, SG_IO, (place){.file = path}, "exists and is not a folder");
      goto done;
    }
    TRY_DONE(make_partial(folder, folder->target, PARTIAL_MARK, error));
  } else if (errno == ENOENT) {
    TRY_DONE(open_beside(folder, error));
  } else {
    status = io_failure(error, path, "cannot be written");
    goto done;
  }
  *opened = folder;
  folder = NULL;
done:
  file_folder_close(folder);
  return status;
}

sg_status file_folder_add(file_folder *folder, const char *name, FILE **stream, sg_error *error) {
  sg_status status = SG_OK;
  new_file file = {.name = strdup(name)};
  char *path = join(folder->partial, name, error);
  *stream = NULL;
  if (path == NULL) {
    status = SG_DEVICE;
    goto done;
  }
  if (file.name == NULL) {
    status = error_out_of_memory(error);
    goto done;
  }
  file.stream = fopen(path, "wxe");
  if (file.stream == NULL) {
    status = io_failure(error, path, "cannot be written");
    goto done;
  }
  if (!ARRAY_PUSH(&folder->files, file)) {
    fclose(file.stream);
    status = error_out_of_memory(error);
    goto done;
  }
  *stream = file.stream;
  file.name = NULL;
done:
  free(file.name);
  free(path);
  return status;
}

/* Everything that was written reaches the disk, or the first failure is reported under the name the file would have. */
static sg_status finish_files(file_folder *folder, sg_error *error) {
  for (size_t i = 0; i < folder->files.n; i++) {
    new_file *file = &folder->files.items[i];
    errno = 0;
    bool failed = fflush(file->stream) != 0 || ferror(file->stream) != 0 || fsync(fileno(file->stream)) != 0;
    int reason = errno;
    failed = (fclose(file->stream) != 0) || failed;
    file->stream = NULL;
    if (failed) {
      reason = reason != 0 ? reason : errno != 0 ? errno : EIO;
      return error_add(error, SG_IO, (place){.file = folder->target}, "%s cannot be written: %s", file->name,
                       strerror(reason));
    }
  }
  return sync_folder(folder->partial, error);
}

/* from/name to to/name. A name that is not there is no failure when `optional`; *moved tells. */
static sg_status move(const char *from, const char *to, const char *name, bool optional, bool *moved, sg_error *error) {
  sg_status status = SG_OK;
  char *source = join(from, name, error), *target = join(to, name, error);
  if (source == NULL || target == NULL) {
    status = SG_DEVICE;
  } else if (rename(source, target) == 0) {
    *moved = true;
  } else if (!optional || errno != ENOENT) {
    status = io_failure(error, target, "cannot be written");
  }
  free(source);
  free(target);
  return status;
}

static bool is_owned(const file_folder *folder, const char *name) {
  for (const char *const *owned = folder->owned; owned != NULL && *owned != NULL; owned++) {
    if (strcmp(*owned, name) == 0) {
      return true;
    }
  }
  return false;
}

/* A manifest vouches for the other files, so it leaves first and arrives last. */
static bool is_manifest(const char *name) {
  return strcmp(name, "manifest.json") == 0;
}

static sg_status move_out(file_folder *folder, bool manifest, sg_error *error) {
  for (const char *const *owned = folder->owned; owned != NULL && *owned != NULL; owned++) {
    if (is_manifest(*owned) == manifest) {
      bool moved = false;
      TRY(move(folder->target, folder->replaced, *owned, true, &moved, error));
      if (moved && !ARRAY_PUSH(&folder->moved_out, *owned)) {
        return error_out_of_memory(error);
      }
    }
  }
  return SG_OK;
}

static sg_status move_in(file_folder *folder, bool manifest, sg_error *error) {
  for (size_t i = 0; i < folder->files.n; i++) {
    const char *name = folder->files.items[i].name;
    if (is_manifest(name) == manifest) {
      bool moved = false;
      TRY(move(folder->partial, folder->target, name, false, &moved, error));
      if (!ARRAY_PUSH(&folder->moved_in, name)) {
        return error_out_of_memory(error);
      }
    }
  }
  return SG_OK;
}

static void undo_moves(file_folder *folder) {
  bool moved;
  for (size_t i = folder->moved_in.n; i-- > 0;) {
    move(folder->target, folder->partial, folder->moved_in.items[i], false, &moved, NULL);
  }
  for (size_t i = folder->moved_out.n; i-- > 0;) {
    move(folder->replaced, folder->target, folder->moved_out.items[i], false, &moved, NULL);
  }
}

static sg_status check_foreign(const file_folder *folder, sg_error *error) {
  for (size_t i = 0; i < folder->files.n; i++) {
    const char *name = folder->files.items[i].name;
    char *path = join(folder->target, name, error);
    if (path == NULL) {
      return SG_DEVICE;
    }
    struct stat facts;
    bool taken = !is_owned(folder, name) && lstat(path, &facts) == 0;
    free(path);
    if (taken) {
      return error_add(error, SG_IO, (place){.file = folder->target}, "already holds another file named %s", name);
    }
  }
  return SG_OK;
}

static sg_status replace_files(file_folder *folder, sg_error *error) {
  TRY(check_foreign(folder, error));
  folder->replaced = join(folder->partial, ".replaced", error);
  if (folder->replaced == NULL) {
    return SG_DEVICE;
  }
  if (mkdir(folder->replaced, 0777) != 0) {
    return io_failure(error, folder->replaced, "cannot be written");
  }
  sg_status status = SG_OK;
  TRY_DONE(move_out(folder, true, error));
  TRY_DONE(move_out(folder, false, error));
  TRY_DONE(move_in(folder, false, error));
  TRY_DONE(sync_folder(folder->target, error));
  TRY_DONE(move_in(folder, true, error));
  TRY_DONE(sync_folder(folder->target, error));
done:
  if (status != SG_OK) {
    undo_moves(folder);
  }
  return status;
}

sg_status file_folder_commit(file_folder *folder, sg_error *error) {
  assert(folder->partial != NULL);
  TRY(finish_files(folder, error));
  if (folder->parent == NULL) {
    return replace_files(folder, error);
  }
  if (rename(folder->partial, folder->target) != 0) {
    return io_failure(error, folder->target, "cannot be written");
  }
  free(folder->partial);
  folder->partial = NULL;
  return sync_folder(folder->parent, error);
}

void file_folder_close(file_folder *folder) {
  if (folder == NULL) {
    return;
  }
  for (size_t i = 0; i < folder->files.n; i++) {
    if (folder->files.items[i].stream != NULL) {
      fclose(folder->files.items[i].stream);
    }
    free(folder->files.items[i].name);
  }
  if (folder->partial != NULL) {
    remove_folder(folder->partial);
  }
  ARRAY_FREE(&folder->files);
  ARRAY_FREE(&folder->moved_out);
  ARRAY_FREE(&folder->moved_in);
  free(folder->target);
  free(folder->parent);
  free(folder->partial);
  free(folder->replaced);
  free(folder);
}
