/* SPDX-License-Identifier: MIT
 *
 * positions.csv, the long file: two look-ups and one exact number for each row. Several threads read a part each, in
 * blocks of rows, so that the cache misses of a block's look-ups overlap.
 */
#include "input/table.h"


#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum {
  ROW_BYTES = 24, /* of the file, about; a guess that saves copies */
  PART_BYTES = 1 << 20, /* the least that gets a thread of its own */
};

typedef struct part_reader {
  table rows;
  position_part *part;
  arena *memory;
  const ids *listed;          /* the accounts of accounts.csv, to which nothing is added meanwhile; NULL: none */
  ids *accounts;              /* others, of the part; those of the book for the first part where none are listed */
  table_block block;
  id_text text[BLOCK_ROWS];   /* for look-ups */
  uint32_t account[BLOCK_ROWS], instrument[BLOCK_ROWS];
  id_text previous;           /* account of the row before, which often is the same */
  uint32_t previous_account;
} part_reader;

/* c, or ID_NONE. */
static void find_instruments(part_reader *reader) {
  const uint32_t *rank = reader->rows.reader->instrument_rank;
  for (uint32_t i = 0; i < reader->block.n; i++) {
    table_select(&reader->rows, &reader->block, i);
    const csv_field *field = table_field(&reader->rows, POSITION_INSTRUMENT);
    reader->text[i] = (id_text){field->text, field->length};
  }
  ids_find_many(reader->rows.reader->instruments, reader->text, reader->block.n, reader->instrument);
  for (uint32_t i = 0; i < reader->block.n; i++) {
    reader->instrument[i] = reader->instrument[i] == ID_NONE ? ID_NONE : rank[reader->instrument[i]];
  }
}

/* Accounts by the numbers of position_row; ID_NONE: new. */
static void find_texts(part_reader *reader, uint32_t n, uint32_t *index) {
  uint32_t n_listed = reader->rows.reader->n_listed_accounts, n_unlisted = 0;
  uint32_t at[BLOCK_ROWS], other[BLOCK_ROWS];
  if (reader->listed == NULL) {
    ids_find_many(reader->accounts, reader->text, n, index);
    return;
  }
  ids_find_many(reader->listed, reader->text, n, index);
  for (uint32_t i = 0; i < n; i++) {
    if (index[i] == ID_NONE) {
      reader->text[n_unlisted] = reader->text[i];
      at[n_unlisted++] = i;
    }
  }
  ids_find_many(reader->accounts, reader->text, n_unlisted, other);
  for (uint32_t i = 0; i < n_unlisted; i++) {
    index[at[i]] = other[i] == ID_NONE ? ID_NONE : n_listed + other[i];
  }
}

/* Is it the account that accounts.csv lists after another? Files often have them in the same order. */
static bool follows(const part_reader *reader, uint32_t account, const csv_field *field) {
  return reader->listed != NULL && account < reader->rows.reader->n_listed_accounts - 1 &&
         ids_length(reader->listed, account + 1) == field->length &&
         memcmp(ids_text(reader->listed, account + 1), field->text, field->length) == 0;
}

/* Leaves ID_NONE for accounts that are new. */
static void find_accounts(part_reader *reader) {
  uint32_t index[BLOCK_ROWS], n_texts = 0, nth[BLOCK_ROWS] = {0}; /* nth text to look up; 0: none */
  uint32_t account = reader->previous_account; /* of the row before, where it is known already */
  bool has_previous = account != ID_NONE;
  for (uint32_t i = 0; i < reader->block.n; i++) {
    table_select(&reader->rows, &reader->block, i);
    const csv_field *field = table_field(&reader->rows, POSITION_ACCOUNT);
    bool is_same = has_previous && field->length == reader->previous.length &&
                   memcmp(field->text, reader->previous.text, field->length) == 0;
    if (is_same) {
      nth[i] = account == ID_NONE ? n_texts : 0;
    } else {
      reader->previous = (id_text){field->text, field->length};
      has_previous = true;
      account = account != ID_NONE && follows(reader, account, field) ? account + 1 : ID_NONE;
      if (account == ID_NONE) {
        reader->text[n_texts++] = reader->previous;
      }
      nth[i] = account == ID_NONE ? n_texts : 0;
    }
    reader->account[i] = account;
  }
  find_texts(reader, n_texts, index);
  for (uint32_t i = 0; i < reader->block.n; i++) {
    reader->account[i] = nth[i] == 0 ? reader->account[i] : index[nth[i] - 1];
  }
}

/* The row's account, added when new; ID_NONE when its id is bad. */
static uint32_t add_account(part_reader *reader) {
  table *rows = &reader->rows;
  const csv_field *field = table_field(rows, POSITION_ACCOUNT);
  if (!table_id(rows, POSITION_ACCOUNT)) {
    return ID_NONE;
  }
  bool added;
  uint32_t account = ids_add(reader->accounts, field->text, field->length, &added);
  rows->findings->out_of_memory |= account == ID_NONE;
  return account == ID_NONE || reader->listed == NULL ? account : rows->reader->n_listed_accounts + account;
}

static void refuse_instrument(table *rows) {
  const csv_field *field = table_field(rows, POSITION_INSTRUMENT);
  if (table_id(rows, POSITION_INSTRUMENT) && rows->reader->instruments_usable) {
    table_finding(rows, POSITION_INSTRUMENT, "instrument \"%s\" is not in instruments.csv",
                  show(field->text, field->length).text);
  }
}

/* Findings are made here only, so that they come in order of the rows. */
static void finish_block(part_reader *reader) {
  table *rows = &reader->rows;
  position_part *part = reader->part;
  find_accounts(reader);
  find_instruments(reader);
  if (!ARRAY_RESERVE(&part->rows, part->rows.n + reader->block.n)) {
    rows->findings->out_of_memory = true;
    return;
  }
  for (uint32_t i = 0; i < reader->block.n; i++) {
    decimal18 unused;
    table_select(&reader->rows, &reader->block, i);
    position_row row = {reader->account[i], reader->instrument[i], rows->line, {0}};
    if (row.account == ID_NONE) {
      row.account = add_account(reader);
    }
    reader->previous_account = row.account;
    if (row.instrument == ID_NONE) {
      refuse_instrument(rows);
    }
    bool read = table_decimal(rows, POSITION_QUANTITY, &row.quantity);
    table_decimal(rows, POSITION_UNSETTLED, &unused);
    table_decimal(rows, POSITION_FUNDING, &unused);
    if (read && row.account != ID_NONE && row.instrument != ID_NONE) {
      part->rows.items[part->rows.n++] = row;
    }
  }
}

static void *read_part(void *opened) {
  part_reader *reader = opened;
  while (table_fill(&reader->rows, &reader->block)) {
    finish_block(reader);
    if (reader->block.is_bad) {
      table_refuse(&reader->rows);
    }
  }
  return NULL;
}

static bool part_reader_open(part_reader *opened, book_reader *reader, const table *rows, uint32_t i) {
  *opened = (part_reader){.rows = *rows, .part = &reader->position_parts[i], .previous_account = ID_NONE};
  bool has_block = table_block_open(rows, &opened->block);
  opened->listed = reader->n_listed_accounts > 0 ? reader->accounts : NULL;
  bool adds = i == 0 && opened->listed == NULL;
  opened->memory = adds ? NULL : arena_open();
  opened->accounts = adds ? reader->accounts : opened->memory == NULL ? NULL : ids_open(opened->memory);
  position_part *part = opened->part;
  bool reserved = ARRAY_RESERVE(&part->rows, (size_t)(rows->csv.end - rows->csv.at) / ROW_BYTES + BLOCK_ROWS);
  return reserved && has_block && opened->accounts != NULL;
}

static void part_reader_close(part_reader *closed, const book_reader *reader) {
  if (closed->accounts != reader->accounts) {
    ids_close(closed->accounts);
  }
  arena_close(closed->memory);
  table_block_close(&closed->block);
}

/* Each part on a thread of its own, the first on this one; one that gets no thread follows on this one. */
static void read_parts(part_reader *parts, uint32_t n) {
  pthread_t thread[READ_THREADS_MAX];
  bool started[READ_THREADS_MAX] = {false};
  for (uint32_t i = 1; i < n; i++) {
    started[i] = pthread_create(&thread[i], NULL, read_part, &parts[i]) == 0;
  }
  for (uint32_t i = 0; i < n; i++) {
    if (started[i]) {
      pthread_join(thread[i], NULL);
    } else {
      read_part(&parts[i]);
    }
  }
}

/* In order of the file: the parts' accounts join the book's, their findings the table's. */
static void join_parts(book_reader *reader, table *rows, part_reader *parts, uint32_t n) {
  uint64_t lines_before = rows->csv.line - 1;
  for (uint32_t i = 0; i < n; i++) {
    position_part *part = parts[i].part;
    part->lines_before = lines_before;
    uint64_t n_lines = parts[i].rows.csv.line - 1;
    table_join(rows, &parts[i].rows, lines_before);
    lines_before += n_lines;
    if (parts[i].accounts != NULL && parts[i].accounts != reader->accounts) {
      part->n_accounts = ids_count(parts[i].accounts);
      part->account = malloc(((size_t)part->n_accounts + 1) * sizeof *part->account);
      if (part->account == NULL || !ids_merge(reader->accounts, parts[i].accounts, part->account)) {
        reader_out_of_memory(reader);
      }
    }
    part_reader_close(&parts[i], reader);
  }
}

static uint32_t count_threads(const book_reader *reader, const table *rows) {
  size_t size_bytes = (size_t)(rows->csv.end - rows->csv.at);
  long n_processors = sysconf(_SC_NPROCESSORS_ONLN);
  size_t n = n_processors < 1 ? 1 : (size_t)n_processors;
  n = size_bytes / PART_BYTES < n ? size_bytes / PART_BYTES : n;
  n = reader->n_threads > 0 ? reader->n_threads : n;
  return n < 1 ? 1 : n > READ_THREADS_MAX ? READ_THREADS_MAX : (uint32_t)n;
}

sg_status read_positions(book_reader *reader) {
  table rows, split[READ_THREADS_MAX];
  part_reader parts[READ_THREADS_MAX];
  sg_status status = SG_OK;
  size_t n_rows = 0;
  TRY_DONE(table_open(reader, FILE_POSITIONS, book_files[FILE_POSITIONS].name, &rows));
  reader->positions_path = rows.path;
  reader->has_settlements = rows.usable && (rows.position[POSITION_UNSETTLED] != ID_NONE ||
                                            rows.position[POSITION_FUNDING] != ID_NONE);
  reader->n_listed_accounts = ids_count(reader->accounts);
  uint32_t n = table_split(&rows, count_threads(reader, &rows), split);
  reader->n_position_parts = n;
  bool opened = true;
  for (uint32_t i = 0; i < n; i++) {
    opened = part_reader_open(&parts[i], reader, &split[i], i) && opened;
  }
  if (opened) {
    read_parts(parts, n);
  } else {
    reader_out_of_memory(reader);
  }
  join_parts(reader, &rows, parts, n);
  for (uint32_t i = 0; i < n; i++) {
    n_rows += reader->position_parts[i].rows.n;
  }
  if (n_rows >= UINT32_MAX) {
    findings_add(&reader->findings, (place){rows.path, 0, 0}, "has %zu rows; at most %u", n_rows, UINT32_MAX - 1);
    position_parts_close(reader);
  }
done:
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

void position_parts_close(book_reader *reader) {
  for (uint32_t i = 0; i < reader->n_position_parts; i++) {
    ARRAY_FREE(&reader->position_parts[i].rows);
    free(reader->position_parts[i].account);
  }
  reader->n_position_parts = 0;
}
