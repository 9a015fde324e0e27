/* SPDX-License-Identifier: MIT
 *
 * The order of a reading: what is named comes before what names it, and what is derived comes last.
 */
#include "input/read_book.h"

#include "input/memory.h"
#include "input/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sg_status open_reader(book_reader *reader, const char *folder, sg_error *error) {
  arena *memory = arena_open();
  *reader = (struct book_reader){.memory = memory};
  reader->book = memory == NULL ? NULL : ARENA_ARRAY(memory, book, 1);
  if (!findings_open(&reader->findings) || reader->book == NULL) {
    return error_out_of_memory(error);
  }
  size_t length = strlen(folder);
  while (length > 1 && folder[length - 1] == '/') {
    length--;
  }
  reader->book->memory = memory;
  reader->book->folder = arena_text(memory, folder, length);
  reader->currencies = ids_open(memory);
  reader->underlyings = ids_open(memory);
  reader->instruments = ids_open(memory);
  reader->accounts = ids_open(memory);
  reader->assets = ids_open(memory);
  if (reader->book->folder == NULL || reader->currencies == NULL || reader->underlyings == NULL ||
      reader->instruments == NULL || reader->accounts == NULL || reader->assets == NULL) {
    return error_out_of_memory(error);
  }
  return SG_OK;
}

/* The book's memory stays. */
static void close_reader(book_reader *reader) {
  ids_close(reader->currencies);
  ids_close(reader->underlyings);
  ids_close(reader->instruments);
  ids_close(reader->accounts);
  ids_close(reader->assets);
  ARRAY_FREE(&reader->fx_rate);
  ARRAY_FREE(&reader->fx_line);
  ARRAY_FREE(&reader->curves);
  ARRAY_FREE(&reader->dividends);
  ARRAY_FREE(&reader->forwards);
  ARRAY_FREE(&reader->account_rows);
  ARRAY_FREE(&reader->collateral_rows);
  position_parts_close(reader);
  load_ahead_close(reader);
  ARRAY_FREE(&reader->files);
  findings_close(&reader->findings);
}

static int compare_files(const void *left, const void *right) {
  return strcmp(((const input_file *)left)->name, ((const input_file *)right)->name);
}

static sg_status keep_files(book_reader *reader) {
  struct sg_book *made = reader->book;
  made->n_files = (uint32_t)reader->files.n;
  made->files = ARENA_ARRAY(reader->memory, input_file, reader->files.n);
  if (made->files == NULL) {
    return error_out_of_memory(reader->findings.collected);
  }
  memcpy(made->files, reader->files.items, reader->files.n * sizeof *made->files);
  qsort(made->files, made->n_files, sizeof *made->files, compare_files);
  return SG_OK;
}

static sg_status read_all(book_reader *reader) {
  static sg_status (*const parts[])(struct book_reader *) = {
      read_settings,    read_underlyings, read_fx,       read_rates,      read_dividends,
      read_forwards,    read_instruments, read_accounts, read_positions,  read_scenarios,
      read_assets,      read_collateral,  read_later_files,  derive_forwards,    derive_vols,
      derive_accounts,  derive_positions, derive_collateral, derive_settlements,
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    TRY(parts[i](reader));
  }
  if (error_count(reader->findings.collected) > 0) {
    return SG_OK;
  }
  TRY(sort_currencies(reader));
  return keep_files(reader);
}

sg_status book_read(const char *folder, book **read, sg_error *error) {
  return book_read_with(folder, (book_read_options){0}, read, error);
}

static sg_status read_open(book_reader *reader, book **read, sg_error *error) {
  sg_status status = SG_OK;
  if (reader->given != NULL) {
    TRY_DONE(memory_check(reader));
  }
  TRY_DONE(read_all(reader));
done:;
  sg_status found = findings_report(&reader->findings, error);
  status = found != SG_OK ? found : status;
  if (status == SG_OK) {
    *read = reader->book;
  }
  return status;
}

static sg_status limit_bytes(book_reader *reader, uint64_t memory_bytes, sg_error *error) {
  long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  uint64_t all = memory_bytes != 0 ? memory_bytes
                 : pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes / 4 : BOOK_MOST_BYTES;
  reader->left_bytes = all < BOOK_LEAST_BYTES ? BOOK_LEAST_BYTES : all > BOOK_MOST_BYTES ? BOOK_MOST_BYTES : (size_t)all;
  reader->limit = arena_format(reader->memory, ": the files of a book may have %zu in all (--memory)", reader->left_bytes);
  return reader->limit == NULL ? error_out_of_memory(error) : SG_OK;
}

static sg_status read_from(const char *folder, const sg_named_text *given, size_t n_given, book_read_options options,
                           book **read, sg_error *error) {
  book_reader reader;
  sg_status status = open_reader(&reader, folder, error);
  reader.given = given;
  reader.n_given = n_given;
  reader.n_threads = options.n_threads;
  if (status == SG_OK) {
    status = limit_bytes(&reader, options.memory_bytes, error);
  }
  if (status == SG_OK) {
    status = read_open(&reader, read, error);
  }
  if (status != SG_OK) {
    arena_close(reader.memory);
  }
  close_reader(&reader);
  return status;
}

sg_status book_read_with(const char *folder, book_read_options options, book **read, sg_error *error) {
  struct stat facts;
  *read = NULL;
  if (stat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
    return error_add(error, SG_IO, (place){folder, 0, 0}, "is not a folder that can be read");
  }
  return read_from(folder, NULL, 0, options, read, error);
}

sg_status book_read_texts(const sg_named_text *files, size_t n_files, book **read, sg_error *error) {
  static const sg_named_text none = {0};
  *read = NULL;
  return read_from("memory", files == NULL ? &none : files, files == NULL ? 0 : n_files, (book_read_options){0}, read, error);
}
