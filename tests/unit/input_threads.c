/* SPDX-License-Identifier: MIT
 *
 * Books are the same, and so is every finding in its order, however many threads read the accounts and positions.
 */
#include "input/read_book.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { N_INSTRUMENTS = 50, N_ACCOUNTS = 1500, N_ROWS = 20000, MOST_THREADS = 8 };

static const char *const names[] = {"book.yaml", "underlyings.csv", "instruments.csv", "accounts.csv", "positions.csv"};

/* Which faults a positions.csv has, or accounts.csv. */
typedef enum faults {
  NO_FAULT,
  SOME_FAULTS,
  MORE_FAULTS_THAN_ARE_LISTED,
  A_QUOTED_LINE_END,
  ACCOUNT_TWICE,
  BAD_ACCOUNTS,
  QUOTED_ACCOUNT
} faults;

static FILE *create(const char *folder, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  return stream;
}

static void write_row(FILE *stream, uint32_t i, faults kind) {
  uint32_t account = i * 7919 % 3001, instrument = i * 104729 % N_INSTRUMENTS;
  bool faulty = kind == MORE_FAULTS_THAN_ARE_LISTED || (kind == SOME_FAULTS && i % 997 == 500);
  const char *end = i % 5 == 0 ? "\r\n" : "\n";
  if (!faulty) {
    fprintf(stream, "A%u,I%u,%d.%03u%s", account, instrument, (int)(i % 41) - 20, i % 1000, end);
  } else if (i % 4 == 0) {
    fprintf(stream, "A%u,absent,1O%s", account, end);
  } else if (i % 4 == 1) {
    fprintf(stream, "A%u,I1%s", account, end);
  } else if (i % 4 == 2) {
    fprintf(stream, ",I%u,1e30%s", instrument, end);
  } else {
    fprintf(stream, "B\x01%u,I%u,\xff%s", account, instrument, end);
  }
  if (kind == A_QUOTED_LINE_END && i == N_ROWS / 2) {
    fprintf(stream, "\"A\n1\",I1,1\n\"A\"\"2\",I1,1\n");
  }
}

static void write_accounts(FILE *stream, faults kind) {
  fputs("account,parent,sides\n", stream);
  for (uint32_t i = 0; i < N_ACCOUNTS; i++) {
    const char *parent = i % 7 == 3 ? "A4" : "", *sides = i % 5 == 0 ? "gross" : "";
    bool faulty = kind == BAD_ACCOUNTS && i % 97 == 50;
    if (kind == ACCOUNT_TWICE && i == 1200) {
      fputs("A246,,net\n", stream); /* line 125 is its first */
    } else if (kind == QUOTED_ACCOUNT && i == 700) {
      fprintf(stream, "\"A%u\",\"A4\",\"gross\"\n", 2 * i);
    } else if (faulty && i % 3 == 0) {
      fprintf(stream, "A%u,%s\n", 2 * i, parent);
    } else if (faulty && i % 3 == 1) {
      fprintf(stream, "A%u,,both\n", 2 * i);
    } else if (faulty) {
      fprintf(stream, ",A4,none\nA8,,gross\n");
    } else {
      fprintf(stream, "A%u,%s,%s\n", 2 * i, parent, sides);
    }
  }
}

static void write_book(const char *folder, faults kind) {
  FILE *stream = create(folder, "book.yaml");
  fputs("as_of: 2026-04-10T08:00:00Z\ncurrency: USD\nrates: zero\n", stream);
  fclose(stream);
  stream = create(folder, "underlyings.csv");
  fputs("underlying,currency,price\nU,USD,100\n", stream);
  fclose(stream);
  stream = create(folder, "instruments.csv");
  fputs("instrument,type,underlying,multiplier,currency\n", stream);
  for (uint32_t c = 0; c < N_INSTRUMENTS; c++) {
    fprintf(stream, "I%u,spot,U,1,USD\n", c);
  }
  fclose(stream);
  stream = create(folder, "accounts.csv");
  write_accounts(stream, kind);
  fclose(stream);
  stream = create(folder, "positions.csv");
  fputs("account,instrument,quantity\n", stream);
  for (uint32_t i = 0; i < N_ROWS; i++) {
    write_row(stream, i, kind);
  }
  fclose(stream);
}

/* Everything that the positions decide, as text. */
static char *describe(const book *read, const sg_error *error) {
  char *text = NULL;
  size_t size_bytes;
  FILE *stream = open_memstream(&text, &size_bytes);
  for (size_t i = 0; i < sg_error_count(error); i++) {
    sg_finding found = sg_error_get(error, i);
    fprintf(stream, "%s:%" PRIu64 ":%" PRIu64 ": %s\n", strrchr(found.file, '/'), found.line, found.column,
            found.message);
  }
  for (uint32_t a = 0; read != NULL && a < read->accounts.n; a++) {
    fprintf(stream, "%s %" PRIu64 " %u %d\n", read->accounts.id[a], read->accounts.line[a], read->accounts.parent[a],
            read->accounts.gross[a]);
  }
  for (size_t p = 0; read != NULL && p < read->positions.n; p++) {
    char quantity[NUMBER_TEXT_BYTES];
    decimal18_format(read->positions.quantity_exact[p], quantity);
    fprintf(stream, "%u %u %s %a\n", read->positions.account[p], read->positions.instrument[p], quantity,
            read->positions.quantity[p]);
  }
  fclose(stream);
  return text;
}

static char *read_with(const char *folder, uint32_t n_threads, sg_status expected) {
  sg_error *error = sg_error_open();
  book *read = NULL;
  assert_int_equal(book_read_with(folder, (book_read_options){.n_threads = n_threads}, &read, error), expected);
  char *text = describe(read, error);
  book_close(read);
  sg_error_close(error);
  return text;
}

static void check(faults kind, sg_status expected, const char *holds) {
  char folder[] = "/tmp/shockgrid-threads-XXXXXX";
  assert_non_null(mkdtemp(folder));
  write_book(folder, kind);
  char *one = read_with(folder, 1, expected);
  assert_non_null(strstr(one, holds));
  for (uint32_t n_threads = 2; n_threads <= MOST_THREADS; n_threads++) {
    char *several = read_with(folder, n_threads, expected);
    assert_string_equal(one, several);
    free(several);
  }
  free(one);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    unlink(path);
  }
  rmdir(folder);
}

static void a_book_is_the_same_with_any_number_of_threads(void **state) { check(NO_FAULT, SG_OK, "A999 0 "); }

static void findings_are_the_same_with_any_number_of_threads(void **state) {
  check(SOME_FAULTS, SG_INPUT, "positions.csv:19445:"); /* the last: row 500 + 19 * 997 */
}

static void the_findings_that_are_listed_are_the_first_ones(void **state) {
  check(MORE_FAULTS_THAN_ARE_LISTED, SG_INPUT, "more findings, which are not listed");
}

static void a_file_with_quotes_is_read_by_one(void **state) {
  check(A_QUOTED_LINE_END, SG_INPUT, "account \"A\\x0a1\" has a control character");
}

static void accounts_are_told_once_with_any_number_of_threads(void **state) {
  check(ACCOUNT_TWICE, SG_INPUT, "accounts.csv:1202:1: account \"A246\" is already on line 125");
  check(BAD_ACCOUNTS, SG_INPUT, "accounts.csv:1221:1: account \"A8\" is already on line 6");
  check(QUOTED_ACCOUNT, SG_OK, "A1400 702 ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_book_is_the_same_with_any_number_of_threads),
      cmocka_unit_test(findings_are_the_same_with_any_number_of_threads),
      cmocka_unit_test(the_findings_that_are_listed_are_the_first_ones),
      cmocka_unit_test(a_file_with_quotes_is_read_by_one),
      cmocka_unit_test(accounts_are_told_once_with_any_number_of_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
