/* SPDX-License-Identifier: MIT
 *
 * Every case of tests/golden/bad_books: the base book, changed, gives exactly the findings that the case lists.
 *
 *     = name of a case                  ends the one before
 *     ~ FILE: OLD => NEW                replaces the first OLD
 *     + FILE: LINE                      adds a line
 *     - FILE                            takes the file away
 *     @ FILE, then lines `| LINE`       the whole file
 *     ! FILE:LINE:COLUMN: MESSAGE       a finding; line and column where they are known
 *
 * In texts \n \r \t \\ \xHH are bytes, \RNx is x N times, and \z at the end leaves the last line feed away.
 */
#include "input/read_book.h"

#include "base/array.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FOLDER SOURCE_DIR "/tests/golden/bad_books"
enum { N_FILES = 24, TEXT_BYTES = 8192 };

typedef struct book_text { /* the files of one book, in memory */
  struct {
    char name[64];
    char text[TEXT_BYTES];
    size_t length;
  } files[N_FILES];
  size_t n;
} book_text;

typedef struct book_case {
  char name[160];
  char place[64]; /* of the case's own first line */
  book_text book;
  char expected[TEXT_BYTES];
} book_case;

/* Bytes of a line's text; `to` has TEXT_BYTES. Returns the length; *no_newline tells of \z. */
static size_t unescape(const char *from, char *to, bool *no_newline) {
  size_t n = 0;
  *no_newline = false;
  while (*from != '\0') {
    assert_true(n < TEXT_BYTES - 512);
    unsigned byte;
    int used = 0, count;
    char repeated;
    if (sscanf(from, "\\x%2x%n", &byte, &used) == 1 && used == 4) {
      to[n++] = (char)byte;
    } else if (sscanf(from, "\\R%3d%c%n", &count, &repeated, &used) == 2) {
      memset(to + n, repeated, (size_t)count);
      n += (size_t)count;
    } else if (from[0] == '\\' && strchr("nrt\\z", from[1]) != NULL) {
      used = 2;
      if (from[1] == 'z') {
        *no_newline = true;
      } else {
        to[n++] = (char)(from[1] == 'n' ? '\n' : from[1] == 'r' ? '\r' : from[1] == 't' ? '\t' : '\\');
      }
    } else {
      used = 1;
      to[n++] = *from;
    }
    from += used;
  }
  to[n] = '\0';
  return n;
}

static size_t find_file(const book_text *files, const char *name) {
  size_t i = 0;
  while (i < files->n && strcmp(files->files[i].name, name) != 0) {
    i++;
  }
  return i;
}

static void set_file(book_text *files, const char *name) {
  size_t i = find_file(files, name);
  assert_true(i < N_FILES);
  snprintf(files->files[i].name, sizeof files->files[i].name, "%.60s", name);
  files->files[i].length = 0;
  files->n += i == files->n;
}

static void remove_file(book_text *files, const char *name) {
  size_t i = find_file(files, name);
  assert_true(i < files->n);
  files->files[i] = files->files[--files->n];
}

static void add_line(book_text *files, size_t file, const char *text) {
  bool no_newline;
  char line[TEXT_BYTES];
  size_t length = unescape(text, line, &no_newline), at = files->files[file].length;
  assert_true(at + length + 1 < TEXT_BYTES);
  memcpy(files->files[file].text + at, line, length);
  files->files[file].length += length;
  if (no_newline) {
    return;
  }
  files->files[file].text[files->files[file].length++] = '\n';
}

static void replace(book_text *files, size_t file, char *rule, const char *where) {
  bool unused;
  char old[TEXT_BYTES], new[TEXT_BYTES];
  char *arrow = strstr(rule, " =>");
  assert_non_null(arrow);
  *arrow = '\0';
  size_t old_length = unescape(rule, old, &unused);
  size_t new_length = unescape(arrow[3] == ' ' ? arrow + 4 : arrow + 3, new, &unused);
  char *text = files->files[file].text, *at = memmem(text, files->files[file].length, old, old_length);
  if (at == NULL) {
    fail_msg("%s: \"%s\" is not in %s", where, old, files->files[file].name);
  }
  size_t tail = (size_t)(text + files->files[file].length - at) - old_length;
  memmove(at + new_length, at + old_length, tail);
  memcpy(at, new, new_length);
  files->files[file].length = (size_t)(at - text) + new_length + tail;
}

/* One line of a file of cases. */
static void read_rule(book_case *current, char *line, size_t *open_file, const char *where) {
  char *rest = line + 2, *colon;
  bool unused;
  char message[TEXT_BYTES];
  switch (line[0]) {
  case '@':
    set_file(&current->book, rest);
    *open_file = find_file(&current->book, rest);
    break;
  case '|':
    add_line(&current->book, *open_file, line[1] == '\0' ? "" : rest);
    break;
  case '-':
    remove_file(&current->book, rest);
    break;
  case '+':
  case '~':
    colon = strchr(rest, ':');
    assert_non_null(colon);
    *colon = '\0';
    size_t file = find_file(&current->book, rest);
    if (file == current->book.n) {
      fail_msg("%s: there is no file %s", where, rest);
    }
    if (line[0] == '+') {
      add_line(&current->book, file, colon + 2);
    } else {
      replace(&current->book, file, colon + 2, where);
    }
    break;
  case '!':
    unescape(rest, message, &unused);
    strcat(strcat(current->expected, message), "\n");
    break;
  default:
    fail_msg("%s: a line begins with = ~ + - @ | or !", where);
  }
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *walk) { return remove(path); }

static void write_book(const book_text *files, const char *folder) {
  for (size_t i = 0; i < files->n; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, files->files[i].name);
    char *slash = strrchr(path + strlen(folder) + 1, '/');
    if (slash != NULL) {
      *slash = '\0';
      mkdir(path, 0700);
      *slash = '/';
    }
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(files->files[i].text, 1, files->files[i].length, stream), files->files[i].length);
    assert_int_equal(fclose(stream), 0);
  }
}

static void format_findings(const sg_error *error, const char *folder, char text[static TEXT_BYTES]) {
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < sg_error_count(error) && length < TEXT_BYTES - 1024; i++) {
    sg_finding finding = sg_error_get(error, i);
    assert_non_null(finding.file);
    assert_memory_equal(finding.file, folder, strlen(folder));
    length += (size_t)sprintf(text + length, "%s", finding.file + strlen(folder) + 1);
    if (finding.line > 0) {
      length += (size_t)sprintf(text + length, ":%llu", (unsigned long long)finding.line);
    }
    if (finding.column > 0) {
      length += (size_t)sprintf(text + length, ":%llu", (unsigned long long)finding.column);
    }
    const char *inside = strstr(finding.message, folder); /* a message may name a second path */
    int before = inside == NULL ? (int)strlen(finding.message) : (int)(inside - finding.message);
    const char *after = inside == NULL ? "" : inside + strlen(folder) + 1;
    length += (size_t)sprintf(text + length, ": %.*s%s\n", before, finding.message, after);
  }
}

/* False, and a message, when the findings are not those expected. */
static bool run_case(const book_case *current) {
  char folder[] = "/tmp/shockgrid-bad-book-XXXXXX", found[TEXT_BYTES];
  assert_non_null(mkdtemp(folder));
  write_book(&current->book, folder);
  sg_error *error = sg_error_open();
  book *read = NULL;
  sg_status status = book_read(folder, &read, error);
  format_findings(error, folder, found);
  bool clean = current->expected[0] == '\0';
  bool right = strcmp(found, current->expected) == 0 && status == (clean ? SG_OK : SG_INPUT) && (read != NULL) == clean;
  if (!right) {
    print_error("%s: %s\n  status %d\n  expected\n%s  got\n%s", current->place, current->name, status,
                current->expected, found);
  }
  book_close(read);
  sg_error_close(error);
  nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  return right;
}

/* Reads FOLDER/name; gives the number of cases and how many went wrong, or with `base` NULL only fills *filled. */
static size_t run_file(const char *name, const book_case *base, book_case *filled, size_t *n_wrong) {
  char path[512], line[TEXT_BYTES], where[600];
  snprintf(path, sizeof path, FOLDER "/%s", name);
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  size_t n = 0, open_file = 0, number = 0;
  while (fgets(line, sizeof line, stream) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    snprintf(where, sizeof where, "%s:%zu", name, ++number);
    if (line[0] == '#') {
      continue;
    }
    if (line[0] != '=') {
      read_rule(filled, line, &open_file, where);
      continue;
    }
    if (n++ > 0) {
      *n_wrong += !run_case(filled);
    }
    *filled = *base;
    snprintf(filled->name, sizeof filled->name, "%.150s", line + 2);
    snprintf(filled->place, sizeof filled->place, "%.40s:%zu", name, number);
  }
  if (n > 0) {
    *n_wrong += !run_case(filled);
  }
  fclose(stream);
  return n;
}

static void every_case_gives_exactly_its_findings(void **state) {
  static book_case base, current;
  size_t n = 0, n_wrong = 0;
  run_file("base.txt", NULL, &base, &n_wrong);
  DIR *folder = opendir(FOLDER);
  assert_non_null(folder);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    const char *dot = strrchr(entry->d_name, '.');
    if (dot != NULL && strcmp(dot, ".txt") == 0 && strcmp(entry->d_name, "base.txt") != 0) {
      n += run_file(entry->d_name, &base, &current, &n_wrong);
    }
  }
  closedir(folder);
  print_message("%zu cases, %zu of them wrong\n", n, n_wrong);
  assert_int_equal(n_wrong, 0);
  assert_true(n >= 170);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_gives_exactly_its_findings)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
