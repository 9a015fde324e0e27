/* SPDX-License-Identifier: MIT
 *
 * Writing an imported book, and deciding whether a folder may take it.
 */
#include "input/import_book.h"

#include "base/file.h"
#include "base/number.h"
#include "input/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char record_name[] = "import.txt";
static const char record_mark[] = "digest ";
enum { LIMIT_BYTES = 1 << 30, DIGEST_LENGTH = 32 };

#define IMPORT_BOOK_NAME(name, text) text,
static const char *const file_names[] = {IMPORT_BOOK_FILES(IMPORT_BOOK_NAME)};
static const char *const owned_names[] = {IMPORT_BOOK_FILES(IMPORT_BOOK_NAME) record_name, NULL};
#undef IMPORT_BOOK_NAME

/* Other files of a book. Left in place they would become part of the imported one. */
static const char *const other_names[] = {
    "assets.csv", "collateral.csv", "scenarios", "history", "arrays", "tables",
};
static const char *const endings[] = {"", ".gz", ".zst"};

sg_status import_book_start(import_book *book, import_book_file file, const char *header, sg_error *error) {
  FILE *stream = open_memstream(&book->files[file].text, &book->files[file].size_bytes);
  if (stream == NULL) {
    return error_out_of_memory(error);
  }
  book->files[file].stream = stream;
  fprintf(stream, "%s\n", header);
  return SG_OK;
}

double import_mid(double bid, double ask) {
  char bid_text[NUMBER_TEXT_BYTES], ask_text[NUMBER_TEXT_BYTES];
  decimal18 sum, addend;
  if (isnan(bid) || isnan(ask)) {
    return NAN;
  }
  bool exact = decimal18_parse(bid_text, number_format(bid, bid_text), &sum) == NULL &&
               decimal18_parse(ask_text, number_format(ask, ask_text), &addend) == NULL &&
               decimal18_add(&sum, addend) && sum.units % 2 == 0;
  return exact ? decimal18_to_double((decimal18){sum.units / 2}) : (bid + ask) / 2;
}

static bool exists(const char *folder, const char *name, const char *ending) {
  char *path = NULL;
  struct stat facts;
  bool found = asprintf(&path, "%s/%s%s", folder, name, ending) >= 0 && lstat(path, &facts) == 0;
  free(path);
  return found;
}

/* The digest that the last import recorded for a file, or NULL. */
static const char *find_digest(const char *record, const char *name) {
  for (const char *line = record; line != NULL && *line != '\0';) {
    const char *end = strchr(line, '\n');
    size_t mark = sizeof record_mark - 1, length = end == NULL ? strlen(line) : (size_t)(end - line);
    if (length == mark + DIGEST_LENGTH + 1 + strlen(name) && strncmp(line, record_mark, mark) == 0 &&
        strncmp(line + mark + DIGEST_LENGTH + 1, name, strlen(name)) == 0) {
      return line + mark;
    }
    line = end == NULL ? NULL : end + 1;
  }
  return NULL;
}

static sg_status check_unchanged(const char *folder, const char *name, const char *record, sg_error *error) {
  const char *recorded = find_digest(record, name);
  if (recorded == NULL) {
    return error_add(error, SG_USAGE, (place){.file = folder},
                     "holds a %s that no import made; choose another folder or move it away", name);
  }
  char *path = NULL, digest[DIGEST_LENGTH + 1];
  file_text loaded = {0};
  if (asprintf(&path, "%s/%s", folder, name) < 0) {
    return error_out_of_memory(error);
  }
  sg_status status = file_load(path, LIMIT_BYTES, &loaded, error);
  if (status == SG_OK) {
    digest_format(loaded.digest, digest);
    if (strncmp(recorded, digest, DIGEST_LENGTH) != 0) {
      status = error_add(error, SG_USAGE, (place){.file = folder},
                         "holds a %s that was changed since it was imported; choose another folder or move it away",
                         name);
    }
  }
  file_close(&loaded);
  free(path);
  return status;
}

/* Every book file in the folder must be one that an import wrote, as it wrote it. */
static sg_status check_folder(const char *folder, sg_error *error) {
  sg_status status = SG_OK;
  file_text record = {0};
  char *path = NULL;
  if (exists(folder, record_name, "")) {
    if (asprintf(&path, "%s/%s", folder, record_name) < 0) {
      return error_out_of_memory(error);
    }
    TRY_DONE(file_load(path, LIMIT_BYTES, &record, error));
  }
  for (size_t i = 0; i < N_IMPORT_BOOK_FILES; i++) {
    if (exists(folder, file_names[i], "")) {
      TRY_DONE(check_unchanged(folder, file_names[i], record.text, error));
    }
  }
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
    size_t n_other = sizeof other_names / sizeof *other_names;
    for (size_t i = 0; i < n_other + N_IMPORT_BOOK_FILES; i++) {
      const char *name = i < n_other ? other_names[i] : file_names[i - n_other];
      if ((i < n_other || e > 0) && exists(folder, name, endings[e])) {
        status = error_add(error, SG_USAGE, (place){.file = folder},
                           "holds a %s%s that would become part of the imported book; choose another folder", name,
                           endings[e]);
        goto done;
      }
    }
  }
done:
  file_close(&record);
  free(path);
  return status;
}

static sg_status finish_texts(import_book *book, sg_error *error) {
  for (size_t i = 0; i < N_IMPORT_BOOK_FILES; i++) {
    FILE *stream = book->files[i].stream;
    if (stream != NULL && (fflush(stream) != 0 || ferror(stream) != 0)) {
      return error_out_of_memory(error);
    }
  }
  return SG_OK;
}

sg_status import_book_write(import_book *book, const char *folder, const char *report, sg_error *error) {
  sg_status status = SG_OK;
  file_folder *target = NULL;
  FILE *stream = NULL;
  TRY(finish_texts(book, error));
  TRY(check_folder(folder, error));
  TRY(file_folder_open(folder, owned_names, &target, error));
  for (size_t i = 0; i < N_IMPORT_BOOK_FILES; i++) {
    if (book->files[i].stream != NULL) {
      TRY_DONE(file_folder_add(target, file_names[i], &stream, error));
      fwrite(book->files[i].text, 1, book->files[i].size_bytes, stream);
    }
  }
  TRY_DONE(file_folder_add(target, record_name, &stream, error));
  fprintf(stream, "%s\nWhat import wrote (XXH3, 128 bits):\n", report);
  for (size_t i = 0; i < N_IMPORT_BOOK_FILES; i++) {
    if (book->files[i].stream != NULL) {
      uint64_t digest[2];
      char text[DIGEST_LENGTH + 1];
      digest_bytes(book->files[i].text, book->files[i].size_bytes, digest);
      digest_format(digest, text);
      fprintf(stream, "%s%s %s\n", record_mark, text, file_names[i]);
    }
  }
  TRY_DONE(file_folder_commit(target, error));
done:
  file_folder_close(target);
  return status;
}

const char *import_name_fault(const char *name) {
  enum { ID_BYTES = 255 };
  size_t length = strlen(name);
  return length == 0                        ? "is empty"
         : length > ID_BYTES                ? "is longer than 255 bytes"
         : text_has_control(name, length)   ? "has a control character"
         : name[strcspn(name, ",\"")] != '\0' ? "has a comma or a quote"
                                            : NULL;
}

void import_book_close(import_book *book) {
  for (size_t i = 0; i < N_IMPORT_BOOK_FILES; i++) {
    if (book->files[i].stream != NULL) {
      fclose(book->files[i].stream);
    }
    free(book->files[i].text);
    book->files[i].text = NULL;
    book->files[i].stream = NULL;
  }
}
