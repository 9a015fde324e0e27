/* SPDX-License-Identifier: MIT
 *
 * Files that are made to exhaust whoever reads them: archives that hold thousands of times their own size, a line of a
 * gigabyte, ids of megabytes, headers of 100,000 columns, aliases that would multiply, brackets without end. Each is refused
 * with its bound named, by a child process whose memory and time are measured. Packed or sparse, none takes 20 MiB of disk.
 */
#include <shockgrid/shockgrid.h>

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)
#define BOOK_BYTES (64 * MIB) /* what the books here may have */
enum { CHILD_SECONDS = 120, TEXT_BYTES = 1 << 10 };

static char folder[] = "/tmp/shockgrid-bounds-XXXXXX";

/* ---- what is in a file ------------------------------------------------------------------------- */

/* A text: a head once, then a piece until there are so many bytes; `numbered` pieces hold a number, %07zu. */
typedef struct content {
  const char *head, *piece;
  size_t size_bytes;
  bool numbered;
} content;

/* One block of the text from piece i on; the pieces' number grows. */
static size_t block(const content *of, size_t *i, char *bytes, size_t size_bytes) {
  size_t n = 0, length = strlen(of->piece);
  char piece[256];
  while (length > 0 && n + sizeof piece <= size_bytes) {
    if (of->numbered) {
      length = (size_t)snprintf(piece, sizeof piece, of->piece, (*i)++);
    } else {
      memcpy(piece, of->piece, length);
    }
    memcpy(bytes + n, piece, length);
    n += length;
  }
  return n;
}

static size_t compressed(bool zst, const char *bytes, size_t n, char *to, size_t capacity) {
  if (zst) {
    size_t size = ZSTD_compress(to, capacity, bytes, n, 1);
    assert_false(ZSTD_isError(size));
    return size;
  }
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n, .next_out = (Bytef *)to,
                     .avail_out = (uInt)capacity};
  assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  size_t size = stream.total_out;
  deflateEnd(&stream);
  return size;
}

/* The first n of bytes, as a member of an archive or as they are. */
static void write_member(FILE *stream, const char *ending, const char *bytes, size_t n, char *archive, size_t capacity) {
  bool zst = strcmp(ending, ".zst") == 0, gzip = strcmp(ending, ".gz") == 0;
  size_t size = zst || gzip ? compressed(zst, bytes, n, archive, capacity) : n;
  assert_int_equal(fwrite(zst || gzip ? archive : bytes, 1, size, stream), size);
}

/* The head, then blocks; none of it is kept. */
static void write_content(const char *path, const content *of) {
  enum { BLOCK_BYTES = 4 << 20, ARCHIVE_BYTES = 2 * BLOCK_BYTES };
  const char *ending = strrchr(path, '.');
  char *bytes = malloc(BLOCK_BYTES), *archive = malloc(ARCHIVE_BYTES);
  FILE *stream = fopen(path, "wb");
  assert_true(bytes != NULL && archive != NULL && stream != NULL);
  write_member(stream, ending, of->head, strlen(of->head), archive, ARCHIVE_BYTES);
  size_t i = 0;
  for (size_t left = of->size_bytes; left > 0;) {
    size_t want = left < BLOCK_BYTES ? left : BLOCK_BYTES;
    write_member(stream, ending, bytes, block(of, &i, bytes, want), archive, ARCHIVE_BYTES);
    left -= want;
  }
  assert_int_equal(fclose(stream), 0);
  free(bytes);
  free(archive);
}

/* ---- one case ---------------------------------------------------------------------------------- */

/* The name of a book's file, of a model, or of a format and its file. */
typedef struct bound_case {
  const char *what, *name;
  content of;
  uint64_t memory_bytes; /* that the book may have */
  size_t sparse_bytes;   /* > 0: the file is made so long, without taking room */
  size_t most_mib;       /* of resident memory */
  const char *expected;  /* how the first finding begins */
} bound_case;

#define HEADER "account,instrument,quantity\n"
#define LIMIT_TEXT ": the files of a book may have 67108864 in all (--memory)"
#define AMID_DERIBIT "{\"jsonrpc\":\"2.0\",\"result\":["

static const bound_case cases[] = {
    {"rows without end as .zst", "positions.csv.zst", {HEADER, "A,C1,1\n", 256 * MIB, false}, 0, 0, 48,
     "positions.csv.zst: the archive holds more than 256 times its own size"},
    {"rows without end as .gz", "positions.csv.gz", {HEADER, "A,C1,1\n", 32 * MIB, false}, 0, 0, 48,
     "positions.csv.gz: the archive holds more than 256 times its own size"},
    {"an archive of few times its size but too much", "positions.csv.zst", {HEADER, "A,C%07zu,1\n", 80 * MIB, true},
     1, 0, 160, "positions.csv.zst: holds more than the limit of 67108764 bytes" LIMIT_TEXT},
    {"too much for all files of the book", "scenarios/s.csv.zst", {"scenario,factor,move\n", "s%07zu,price:U,1\n", 80 * MIB, true},
     1, 0, 160, "scenarios/s.csv.zst: holds more than the limit of 67108729 bytes" LIMIT_TEXT},
    {"7 GiB that are not there", "positions.csv", {HEADER, "", 0, false}, 1, 7168 * MIB, 32,
     "positions.csv: holds more than the limit of 67108764 bytes" LIMIT_TEXT},
    {"a line of a gigabyte", "positions.csv", {HEADER "A,C1,1\nA,", "", 0, false}, 2048 * MIB, 1024 * MIB, 32,
     "positions.csv:3: is a line of more than 1048576 bytes"},
    {"a line without end as .zst", "positions.csv.zst", {HEADER "A", "xxxxxxxx", 16 * MIB, false}, 2048 * MIB, 0, 32,
     "positions.csv.zst:2: is a line of more than 1048576 bytes"},
    {"a line without end as .gz", "accounts.csv.gz", {"account\n\"", "xxxxxxxx", 16 * MIB, false}, 2048 * MIB, 0, 32,
     "accounts.csv.gz:2: is a line of more than 1048576 bytes"},
    {"an id of a megabyte", "accounts.csv", {"account\n", "xxxxxxxx", MIB - 512, false}, 0, 0, 32,
     "accounts.csv:2:1: account is "},
    {"a header of 100,000 columns", "accounts.csv", {"account", ",x_%07zu", MIB - 512, true}, 0, 0, 48,
     "accounts.csv:1:1: has 104782 columns; at most 4096"},
    {"a million bad rows", "accounts.csv", {"account\n", "\n", MIB, false}, 0, 0, 64,
     "accounts.csv:2:1: is an empty line"},
    {"book.yaml without end", "book.yaml", {"as_of: 2026-04-10T08:00:00Z\n", "# more\n", 2 * MIB, false}, 0, 0, 32,
     "book.yaml: holds more than the limit of 65536 bytes"},
    {"book.yaml.zst without end", "book.yaml.zst", {"as_of: 2026-04-10T08:00:00Z\n", "# more\n", 16 * MIB, false}, 0, 0, 32,
     "book.yaml.zst: holds more than the limit of 65536 bytes"},
    {"brackets in book.yaml", "book.yaml", {"as_of: ", "[", 65000, false}, 0, 0, 48, "book.yaml:1:70: is not YAML: Max depth (64) exceeded"},
    {"aliases in book.yaml", "book.yaml",
     {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
      "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
      "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\ncurrency: *h\n", "#\n", 2, false},
     0, 0, 32, "book.yaml: as_of is missing"},
    {"brackets in a model", "model.yaml", {"model: ", "[", MIB - 512, false}, 0, 0, 32, "model.yaml:1:100008: too many entries in a file"},
    {"90,000 brackets in a model", "model.yaml", {"model: ", "[", 90000, false}, 0, 0, 64,
     "model.yaml:1:39: nested too deeply: at most 32 levels"},
    {"a model's map in a map", "model.yaml", {"model: ", "{a: ", MIB - 512, false}, 0, 0, 32,
     "model.yaml:1:400008: too many entries in a file"},
    {"aliases in a model", "model.yaml", {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n", "#\n", 2, false},
     0, 0, 32, "model.yaml:2:9: aliases are not part of the model language"},
    {"a model of a million keys", "model.yaml", {"", "k%07zu: 1\n", MIB - 512, true}, 0, 0, 64,
     "model.yaml:1:1: too many entries: at most 4096 in one map or list"},
    {"a model without end", "model.yaml", {"model: {}\n", "#\n", 16 * MIB, false}, 0, 0, 32,
     "model.yaml: holds more than the limit of 1048576 bytes"},
    {"a list of millions in an archive of JSON", "deribit response.json.zst", {AMID_DERIBIT, "0,", 64 * MIB, false}, 0, 0, 256,
     "response.json.zst: the archive holds more than 256 times its own size"},
    {"a list of millions in plain JSON", "deribit response.json", {AMID_DERIBIT, "{},", 16 * MIB, false}, 0, 0, 96,
     "response.json: holds more than 4194304 values, or commas, colons and brackets"},
    {"brackets in JSON", "yahoo chain.json", {"", "[", 4 * MIB - 512, false}, 0, 0, 96,
     "chain.json:1:2049: is not JSON: maximum parsing depth reached near '['"},
    {"a table of quotes that is one line", "cboe quotes.csv.gz", {"", "xxxxxxxx", 16 * MIB, false}, 0, 0, 32,
     "quotes.csv.gz:1: is a line of more than 1048576 bytes"},
    {"a daily file that is one line", "lean aapl_20140616.csv.zst", {"", "xxxxxxxx", 16 * MIB, false}, 0, 0, 32,
     "aapl_20140616.csv.zst:1: is a line of more than 1048576 bytes"},
};

static void put(const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  fputs(text, stream);
  fclose(stream);
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where) {
  return strcmp(path, folder) == 0 ? 0 : remove(path);
}

static void make_files(const bound_case *of, char path[static 256]) {
  const char *space = strchr(of->name, ' ');
  const char *name = space == NULL ? of->name : space + 1;
  nftw(folder, remove_entry, 4, FTW_DEPTH | FTW_PHYS);
  snprintf(path, 256, "%s/scenarios", folder);
  mkdir(path, 0700);
  if (strncmp(name, "book.yaml", 9) != 0) {
    put("book.yaml", "as_of: 2026-04-10T08:00:00Z\ncurrency: USD\nrates: zero\n");
  }
  put("underlyings.csv", "underlying,currency,price\nU,USD,5000\n");
  put("instruments.csv", "instrument,type,underlying,multiplier,currency\nC1,spot,U,1,USD\n");
  if (strncmp(name, "positions.csv", 13) != 0) {
    put("positions.csv", "account,instrument,quantity\nA,C1,1\n");
  }
  snprintf(path, 256, "%s/%s", folder, name);
  write_content(path, &of->of);
  if (of->sparse_bytes > 0) {
    assert_int_equal(truncate(path, (off_t)of->sparse_bytes), 0);
  }
}

/* Reads what the case is about; writes the first finding, without the folder, into a pipe. */
static void read_case(const bound_case *of, const char *path, int to) {
  sg_error *error = sg_error_open();
  sg_book *book = NULL;
  sg_model *model = NULL;
  char *report = NULL, format[16], out[256], text[TEXT_BYTES];
  sg_status status;
  snprintf(format, sizeof format, "%.*s", (int)strcspn(of->name, " "), of->name);
  snprintf(out, sizeof out, "%s/out", folder);
  if (strchr(of->name, ' ') != NULL) {
    const sg_import_options options = {.n_accounts = 3, .seed = 1};
    status = sg_import(format, &path, 1, &options, out, &report, error);
  } else if (strcmp(of->name, "model.yaml") == 0) {
    status = sg_model_load(path, NULL, 0, &model, error);
  } else {
    status = sg_book_load_within(folder, of->memory_bytes, &book, error);
  }
  sg_finding found = sg_error_count(error) > 0 ? sg_error_get(error, 0) : (sg_finding){.file = "", .message = ""};
  size_t prefix = found.file == NULL || strncmp(found.file, folder, strlen(folder)) != 0 ? 0 : strlen(folder) + 1;
  int n = snprintf(text, sizeof text, "%s", found.file == NULL ? "" : found.file + prefix);
  n += found.line == 0 ? 0 : snprintf(text + n, sizeof text - (size_t)n, ":%llu", (unsigned long long)found.line);
  n += found.column == 0 ? 0 : snprintf(text + n, sizeof text - (size_t)n, ":%llu", (unsigned long long)found.column);
  snprintf(text + n, sizeof text - (size_t)n, ": %s", found.message);
  ssize_t written = write(to, text, strlen(text));
  _exit(status == SG_INPUT && written > 0 && access(out, F_OK) != 0 ? 0 : 1);
}

static bool is_refused_within_bounds(const bound_case *of) {
  char path[256], found[TEXT_BYTES] = "";
  int ends[2], outcome;
  struct rusage used;
  make_files(of, path);
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    setrlimit(RLIMIT_CPU, &(struct rlimit){CHILD_SECONDS, CHILD_SECONDS});
    read_case(of, path, ends[1]);
  }
  close(ends[1]);
  ssize_t n = read(ends[0], found, sizeof found - 1);
  close(ends[0]);
  assert_int_equal(wait4(child, &outcome, 0, &used), child);
  size_t mib = (size_t)used.ru_maxrss >> 10;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  bool in_bounds = true; /* shadow memory counts */
#else
  bool in_bounds = mib <= of->most_mib;
#endif
  bool right = n > 0 && outcome == 0 && in_bounds && strncmp(found, of->expected, strlen(of->expected)) == 0;
  print_message("%-46s %4zu MiB  %5.2f s\n", of->what, mib,
                (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec * 1e-6);
  if (!right) {
    print_error("%s: outcome %d, at most %zu MiB\n  expected %s\n  got      %s\n", of->what, outcome, of->most_mib,
                of->expected, found);
  }
  return right;
}

static void what_would_exhaust_a_reader_is_refused(void **state) {
  size_t n_wrong = 0;
  assert_non_null(mkdtemp(folder));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    n_wrong += !is_refused_within_bounds(&cases[i]);
  }
  nftw(folder, remove_entry, 4, FTW_DEPTH | FTW_PHYS);
  rmdir(folder);
  assert_int_equal(n_wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_would_exhaust_a_reader_is_refused),
  };
  return cmocka_run_group_tests_name("all_bounds", tests, NULL, NULL);
}
