/* SPDX-License-Identifier: MIT
 *
 * Listing a book's folders; files that this version notes without reading; files that are none of the book's.
 */
#include "input/folder.h"
#include "input/formats.h"
#include "input/memory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Length of a name without .gz or .zst; 0 when what is left is no .csv. */
static size_t csv_name_length(const char *name) {
  static const char *const endings[] = {".gz", ".zst"};
  size_t length = strlen(name);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t ending = strlen(endings[i]);
    if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
      length -= ending;
      break;
    }
  }
  return length > 4 && memcmp(name + length - 4, ".csv", 4) == 0 && name[0] != '.' ? length : 0;
}

static sg_status list_files(book_reader *reader, const char *folder, folder_names *found) {
  const char *separator = folder[0] == '\0' ? "" : "/";
  char *path = arena_format(reader->memory, "%s%s%s", reader->book->folder, separator, folder);
  DIR *stream = path == NULL ? NULL : opendir(path);
  if (stream == NULL) {
    if (path == NULL) {
      reader_out_of_memory(reader);
    } else if (errno != ENOENT) {
      error_add_errno(reader->findings.collected, path, "cannot be read");
    }
    return reader_status(reader);
  }
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    size_t length = csv_name_length(entry->d_name);
    if (length == 0) {
      continue;
    }
    char *name = arena_format(reader->memory, "%s%s%.*s", folder, separator, (int)length, entry->d_name);
    if (name == NULL || !ARRAY_PUSH(found, name)) {
      reader_out_of_memory(reader);
    }
  }
  closedir(stream);
  return reader_status(reader);
}

sg_status folder_list(book_reader *reader, const char *folder, folder_names *found) {
  TRY(reader->given != NULL ? memory_list(reader, folder, found) : list_files(reader, folder, found));
  if (found->n > 1) {
    qsort(found->items, found->n, sizeof *found->items, compare_names);
  }
  size_t n = 0;
  for (size_t i = 0; i < found->n; i++) { /* NAME.csv and NAME.csv.gz: reader_load says that one is expected */
    if (n == 0 || strcmp(found->items[n - 1], found->items[i]) != 0) {
      found->items[n++] = found->items[i];
    }
  }
  found->n = n;
  return reader_status(reader);
}

static sg_status note_file(book_reader *reader, const char *name) {
  file_text text = {0};
  const char *path, *found_name;
  sg_status status = reader_load(reader, name, &text, &path, &found_name);
  file_close(&text);
  return status;
}

static sg_status note_folder(book_reader *reader, const char *pattern) {
  folder_names names = {0};
  sg_status status = SG_OK;
  char *folder = arena_text(reader->memory, pattern, strcspn(pattern, "/"));
  if (folder == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  TRY_DONE(folder_list(reader, folder, &names));
  for (size_t i = 0; i < names.n; i++) {
    TRY_DONE(note_file(reader, names.items[i]));
  }
done:
  ARRAY_FREE(&names);
  return status != SG_OK ? status : reader_status(reader);
}

/* A misspelt name of an optional file would otherwise go unread in silence. */
static sg_status refuse_unknown(book_reader *reader) {
  folder_names names = {0};
  sg_status status = SG_OK;
  TRY_DONE(folder_list(reader, "", &names));
  for (size_t i = 0; i < names.n; i++) {
    int file = 0;
    while (file < N_BOOK_FILES && strcmp(book_files[file].name, names.items[i]) != 0) {
      file++;
    }
    if (file == N_BOOK_FILES) {
      char *path = arena_format(reader->memory, "%s/%s", reader->book->folder, names.items[i]);
      findings_add(&reader->findings, (place){path, 0, 0},
                   "is not a file of a book; `shockgrid help formats` lists them");
    }
  }
done:
  ARRAY_FREE(&names);
  return status;
}

sg_status read_later_files(book_reader *reader) {
  for (int file = 0; file < N_BOOK_FILES; file++) {
    if (book_files[file].use == LATER) {
      bool is_folder = strchr(book_files[file].name, '/') != NULL;
      TRY(is_folder ? note_folder(reader, book_files[file].name) : note_file(reader, book_files[file].name));
    }
  }
  return refuse_unknown(reader);
}
