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
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL_MARK ".partial-"

typedef struct new_file {
  char *name;
  FILE *stream;
} new_file;

/* Of a file from one folder to another. */
typedef struct file_move {
  char *from, *to;
  bool optional; /* it may not be there */
  bool done;
} file_move;

struct file_folder {
  char *target;       /* without trailing slash */
  char *parent;       /* of a target that does not exist; NULL when it does */
  char *partial;      /* where new files are written */
  int lock;           /* on partial while it is in use, so that others know; -1: none */
  bool is_finished;   /* all is written and synced */
  bool has_appeared;  /* partial is the target now */
  char *replaced;     /* inside partial: old files on their way out */
  const char *const *owned;
  ARRAY(new_file) files;
  ARRAY(file_move) moves; /* all of them, before the first is made: undoing them needs no memory */
  bool keeps_partial;     /* old files are there that could not be moved back */
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

static sg_status sync_folder(const char *path, sg_error *error) {
  int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* Some file systems cannot sync a folder and say EINVAL. */
  bool failed = descriptor < 0 || (fsync(descriptor) != 0 && errno != EINVAL);
  sg_status status = failed ? error_add_errno(error, path, "cannot be written") : SG_OK;
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

/* A folder, locked; -1 with errno when it cannot be opened. File systems that know no locks do without. */
static int open_locked(const char *path, int wait) {
  int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (descriptor >= 0 && flock(descriptor, LOCK_EX | wait) != 0) {
    if (errno == EINTR) {
      continue;
    }
    if (wait == 0) {
      break;
    }
    close(descriptor);
    descriptor = -1;
  }
  return descriptor;
}

static void close_lock(int descriptor) {
  if (descriptor >= 0) {
    close(descriptor);
  }
}

/* Removes what runs that ended early have left behind: partial folders that nobody holds. Process numbers would not tell:
 * they come again, and other containers and machines have the same ones. */
static void remove_stale(const char *folder, const char *prefix) {
  DIR *listing = opendir(folder);
  if (listing == NULL) {
    return;
  }
  for (const struct dirent *item; (item = readdir(listing)) != NULL;) {
    if (strncmp(item->d_name, prefix, strlen(prefix)) == 0) {
      char *path = join(folder, item->d_name, NULL);
      int lock = path == NULL ? -1 : open_locked(path, LOCK_NB);
      if (lock >= 0) {
        remove_folder(path);
      }
      close_lock(lock);
      free(path);
    }
  }
  closedir(listing);
}

/* Is what was opened still what the path names? */
static bool is_same(int descriptor, const char *path) {
  struct stat opened, named;
  return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

/* Makes folder->partial = WHERE/PREFIX<process>-<count>, locked. Before the lock another run may take it for stale. */
static sg_status make_partial(file_folder *folder, const char *where, const char *prefix, sg_error *error) {
  static atomic_uint count;
  remove_stale(where, prefix);
  for (;;) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s%ld-%u", where, prefix, (long)getpid(), atomic_fetch_add(&count, 1)) < 0) {
      return error_out_of_memory(error);
    }
    bool made = mkdir(path, 0777) == 0;
    folder->lock = made ? open_locked(path, 0) : -1;
    if (folder->lock >= 0 && is_same(folder->lock, path)) {
      folder->partial = path;
      return SG_OK;
    }
    bool again = folder->lock >= 0 || (made ? errno == ENOENT : errno == EEXIST);
    sg_status status = again ? SG_OK : error_add_errno(error, folder->target, "cannot be written");
    if (made && !again) {
      rmdir(path);
    }
    close_lock(folder->lock);
    folder->lock = -1;
    free(path);
    TRY(status);
  }
}

/* Beside the target, or inside when it exists; either way, what was left beside it is removed. */
static sg_status open_partial(file_folder *folder, bool inside, sg_error *error) {
  char *slash = strrchr(folder->target, '/'), *prefix = NULL;
  const char *name = slash == NULL ? folder->target : slash + 1;
  char *parent = slash == NULL ? strdup(".") : strndup(folder->target, (size_t)(slash - folder->target) + 1);
  sg_status status = SG_OK;
  if (parent == NULL || asprintf(&prefix, ".%s" PARTIAL_MARK, name) < 0) {
    status = error_out_of_memory(error);
  } else if (inside) {
    remove_stale(parent, prefix);
    status = make_partial(folder, folder->target, PARTIAL_MARK, error);
  } else {
    status = make_partial(folder, parent, prefix, error);
    folder->parent = parent;
    parent = NULL;
  }
  free(prefix);
  free(parent);
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
  folder->lock = -1;
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
    TRY_DONE(open_partial(folder, true, error));
  } else if (errno == ENOENT) {
    TRY_DONE(open_partial(folder, false, error));
  } else {
    status = error_add_errno(error, path, "cannot be written");
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
    status = error_add_errno(error, path, "cannot be written");
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
sg_status file_folder_finish(file_folder *folder, sg_error *error) {
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
  TRY(sync_folder(folder->partial, error));
  folder->is_finished = true;
  return SG_OK;
}

/* from/name to to/name, later. */
static sg_status plan_move(file_folder *folder, const char *from, const char *to, const char *name, bool optional,
                           sg_error *error) {
  file_move planned = {.from = join(from, name, NULL), .to = join(to, name, NULL), .optional = optional};
  if (planned.from == NULL || planned.to == NULL || !ARRAY_PUSH(&folder->moves, planned)) {
    free(planned.from);
    free(planned.to);
    return error_out_of_memory(error);
  }
  return SG_OK;
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

static sg_status plan_out(file_folder *folder, bool manifest, sg_error *error) {
  for (const char *const *owned = folder->owned; owned != NULL && *owned != NULL; owned++) {
    if (is_manifest(*owned) == manifest) {
      TRY(plan_move(folder, folder->target, folder->replaced, *owned, true, error));
    }
  }
  return SG_OK;
}

static sg_status plan_in(file_folder *folder, bool manifest, sg_error *error) {
  for (size_t i = 0; i < folder->files.n; i++) {
    const char *name = folder->files.items[i].name;
    if (is_manifest(name) == manifest) {
      TRY(plan_move(folder, folder->partial, folder->target, name, false, error));
    }
  }
  return SG_OK;
}

/* Moves first .. end - 1. */
static sg_status make_moves(file_folder *folder, size_t first, size_t end, sg_error *error) {
  for (size_t i = first; i < end; i++) {
    file_move *move = &folder->moves.items[i];
    move->done = rename(move->from, move->to) == 0;
    if (!move->done && !(move->optional && errno == ENOENT)) {
      return error_add_errno(error, move->to, "cannot be written");
    }
  }
  return SG_OK;
}

/* All that were made; what cannot be moved back stays where it is, and is told. */
static void undo_moves(file_folder *folder, sg_error *error) {
  for (size_t i = folder->moves.n; i-- > 0;) {
    file_move *move = &folder->moves.items[i];
    folder->keeps_partial = (move->done && rename(move->to, move->from) != 0) || folder->keeps_partial;
    move->done = false;
  }
  if (folder->keeps_partial) {
    error_add(error, SG_IO, (place){.file = folder->replaced}, "holds what was there before and could not be moved back");
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
  TRY(plan_out(folder, true, error));
  TRY(plan_out(folder, false, error));
  TRY(plan_in(folder, false, error));
  size_t n_files = folder->moves.n;
  TRY(plan_in(folder, true, error));
  if (mkdir(folder->replaced, 0777) != 0) {
    return error_add_errno(error, folder->replaced, "cannot be written");
  }
  sg_status status = SG_OK;
  int lock = open_locked(folder->target, 0); /* two runs at once would mix their files */
  TRY_DONE(make_moves(folder, 0, n_files, error));
  TRY_DONE(sync_folder(folder->target, error));
  TRY_DONE(make_moves(folder, n_files, folder->moves.n, error));
  TRY_DONE(sync_folder(folder->target, error));
done:
  if (status != SG_OK) {
    undo_moves(folder, error);
  }
  close_lock(lock);
  return status;
}

sg_status file_folder_commit(file_folder *folder, sg_error *error) {
  assert(folder->partial != NULL);
  if (!folder->is_finished) {
    TRY(file_folder_finish(folder, error));
  }
  folder->has_appeared = folder->parent != NULL && rename(folder->partial, folder->target) == 0;
  if (folder->has_appeared) {
    sg_status status = sync_folder(folder->parent, error);
    if (status != SG_OK) {
      file_folder_revert(folder, error);
    }
    return status;
  }
  if (folder->parent != NULL && errno != ENOTEMPTY && errno != EEXIST) {
    return error_add_errno(error, folder->target, "cannot be written");
  }
  return replace_files(folder, error); /* it was there, or another run has made it meanwhile */
}

void file_folder_revert(file_folder *folder, sg_error *error) {
  if (folder->has_appeared) {
    folder->has_appeared = rename(folder->target, folder->partial) != 0;
    return;
  }
  int lock = open_locked(folder->target, 0);
  undo_moves(folder, error);
  close_lock(lock);
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
  if (folder->partial != NULL && !folder->has_appeared && !folder->keeps_partial) {
    remove_folder(folder->partial);
  }
  close_lock(folder->lock);
  ARRAY_FREE(&folder->files);
  for (size_t i = 0; i < folder->moves.n; i++) {
    free(folder->moves.items[i].from);
    free(folder->moves.items[i].to);
  }
  ARRAY_FREE(&folder->moves);
  free(folder->target);
  free(folder->parent);
  free(folder->partial);
  free(folder->replaced);
  free(folder);
}
