/* SPDX-License-Identifier: MIT
 *
 * Files are read whole; ids are found in a hash table.
 */
#include "book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIELDS = 16 };

static double clock_s(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

peer_clock peer_start(void) { return (peer_clock){clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_PROCESS_CPUTIME_ID)}; }

void peer_stage(const char *name, peer_clock *since) {
  peer_clock now = peer_start();
  printf("stage %s %.9f %.9f\n", name, now.wall_s - since->wall_s, now.cpu_s - since->cpu_s);
  *since = peer_start();
}

static void stop(const char *what, const char *value) {
  fprintf(stderr, "peer: %s%s\n", what, value);
  exit(3);
}

static void *take(size_t size_bytes) {
  void *made = calloc(1, size_bytes + 64);
  if (made == NULL) {
    stop("out of memory", "");
  }
  return made;
}

/* ---- tables ------------------------------------------------------------------------------------ */

typedef struct table {
  char *at;               /* the next row */
  uint64_t n_rows;
  int n_columns;
  char *names[FIELDS], *fields[FIELDS];
} table;

static int next_row(table *of) {
  char *end = strchr(of->at, '\n');
  if (*of->at == '\0') {
    return 0;
  }
  if (end == NULL) {
    end = of->at + strlen(of->at);
  } else {
    *end++ = '\0';
  }
  char *rest = of->at;
  of->n_columns = 0;
  for (char *field; of->n_columns < FIELDS && (field = strsep(&rest, ",")) != NULL;) {
    of->fields[of->n_columns++] = field;
  }
  of->at = end;
  return 1;
}

static table open_table(const char *folder, const char *name) {
  char path[4096];
  table made = {0};
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "rb");
  if (stream == NULL || fseek(stream, 0, SEEK_END) != 0) {
    stop("cannot read ", path);
  }
  size_t size = (size_t)ftell(stream);
  rewind(stream);
  made.at = take(size + 1);
  if (fread(made.at, 1, size, stream) != size) {
    stop("cannot read ", path);
  }
  fclose(stream);
  for (const char *c = made.at; (c = strchr(c, '\n')) != NULL; c++) {
    made.n_rows++;
  }
  if (next_row(&made) == 0) {
    stop("empty: ", path);
  }
  made.n_rows--;
  memcpy(made.names, made.fields, sizeof made.names);
  return made;
}

static int column(const table *of, const char *name) {
  for (int i = 0; i < of->n_columns; i++) {
    if (strcmp(of->names[i], name) == 0) {
      return i;
    }
  }
  stop("no column ", name);
  return -1;
}

/* ---- ids --------------------------------------------------------------------------------------- */

typedef struct ids {
  uint32_t *slot, mask; /* index + 1; 0: free */
  char **id;
} ids;

static ids open_ids(char **id, uint64_t n) {
  uint32_t size = 16;
  while (size < 2 * n) {
    size *= 2;
  }
  return (ids){take(size * sizeof(uint32_t)), size - 1, id};
}

static uint32_t *find_slot(const ids *in, const char *id) {
  uint32_t hash = 2166136261u;
  for (const char *c = id; *c != '\0'; c++) {
    hash = (hash ^ (unsigned char)*c) * 16777619u;
  }
  uint32_t at = (hash ^ hash >> 15) & in->mask;
  while (in->slot[at] != 0 && strcmp(in->id[in->slot[at] - 1], id) != 0) {
    at = (at + 1) & in->mask;
  }
  return &in->slot[at];
}

static uint32_t find(const ids *in, const char *id) {
  uint32_t found = *find_slot(in, id);
  if (found == 0) {
    stop("unknown id ", id);
  }
  return found - 1;
}

/* ---- the book ---------------------------------------------------------------------------------- */

/* "2026-01-02T21:00:00Z" */
static double read_time_s(const char *text) {
  struct tm parts = {0};
  if (sscanf(text, "%d-%d-%dT%d:%d:%dZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min,
             &parts.tm_sec) != 6) {
    stop("not a time: ", text);
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return (double)timegm(&parts);
}

static double read_as_of_s(const char *folder) {
  char path[4096], line[4096], text[64] = "";
  snprintf(path, sizeof path, "%s/book.yaml", folder);
  FILE *stream = fopen(path, "r");
  while (stream != NULL && fgets(line, sizeof line, stream) != NULL && sscanf(line, "as_of: %63s", text) != 1) {
  }
  if (stream == NULL) {
    stop("cannot read ", path);
  }
  fclose(stream);
  return read_time_s(text);
}

static double read_rate(const char *folder) {
  table rows = open_table(folder, "rates.csv");
  if (rows.n_rows != 1 || !next_row(&rows)) {
    stop("rates.csv is no single flat rate", "");
  }
  return strtod(rows.fields[column(&rows, "rate_cc")], NULL);
}

typedef struct market {
  ids by_id;
  double *price, *yield;
} market;

static market read_market(const char *folder) {
  table rows = open_table(folder, "underlyings.csv");
  char **id = take(rows.n_rows * sizeof *id);
  market made = {open_ids(id, rows.n_rows), take(rows.n_rows * sizeof(double)), take(rows.n_rows * sizeof(double))};
  int c_id = column(&rows, "underlying"), c_price = column(&rows, "price"), c_yield = column(&rows, "dividend_yield");
  for (uint32_t u = 0; next_row(&rows); u++) {
    id[u] = rows.fields[c_id];
    *find_slot(&made.by_id, id[u]) = u + 1;
    made.price[u] = strtod(rows.fields[c_price], NULL);
    made.yield[u] = strtod(rows.fields[c_yield], NULL);
  }
  return made;
}

static ids read_instruments(const char *folder, peer_book *to) {
  market under = read_market(folder);
  double as_of_s = read_as_of_s(folder), rate = read_rate(folder);
  table rows = open_table(folder, "instruments.csv");
  uint64_t n = rows.n_rows;
  to->instrument_id = take(n * sizeof *to->instrument_id);
  double **numbers[] = {&to->sign, &to->forward, &to->strike, &to->years, &to->vol, &to->discount, &to->multiplier};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    *numbers[i] = take(n * sizeof(double));
  }
  ids made = open_ids(to->instrument_id, n);
  int c_id = column(&rows, "instrument"), c_type = column(&rows, "type"), c_under = column(&rows, "underlying"),
      c_right = column(&rows, "right"), c_exercise = column(&rows, "exercise"), c_strike = column(&rows, "strike"),
      c_expiry = column(&rows, "expiry"), c_multiplier = column(&rows, "multiplier"), c_vol = column(&rows, "implied_vol");
  uint32_t c = 0;
  for (; next_row(&rows); c++) {
    char **f = rows.fields;
    int is_option = strcmp(f[c_type], "option") == 0;
    uint32_t u = find(&under.by_id, f[c_under]);
    if (is_option && strcmp(f[c_exercise], "european") != 0) {
      stop("not european: ", f[c_id]);
    }
    to->instrument_id[c] = f[c_id];
    *find_slot(&made, f[c_id]) = c + 1;
    to->sign[c] = !is_option ? 0.0 : strcmp(f[c_right], "call") == 0 ? 1.0 : -1.0;
    to->years[c] = f[c_expiry][0] == '\0' ? 0.0 : (read_time_s(f[c_expiry]) - as_of_s) / 86400.0 / 365.0;
    to->strike[c] = strtod(f[c_strike], NULL);
    to->vol[c] = strtod(f[c_vol], NULL);
    to->multiplier[c] = strtod(f[c_multiplier], NULL);
    to->forward[c] = under.price[u] * exp((rate - under.yield[u]) * to->years[c]);
    to->discount[c] = exp(-rate * to->years[c]);
  }
  to->n_instruments = c;
  return made;
}

static ids read_accounts(const char *folder, peer_book *to) {
  table rows = open_table(folder, "accounts.csv");
  to->account_id = take(rows.n_rows * sizeof *to->account_id);
  ids made = open_ids(to->account_id, rows.n_rows);
  int c_id = column(&rows, "account");
  for (; next_row(&rows); to->n_accounts++) {
    to->account_id[to->n_accounts] = rows.fields[c_id];
    *find_slot(&made, rows.fields[c_id]) = to->n_accounts + 1;
  }
  return made;
}

peer_book peer_book_read(const char *folder) {
  peer_book made = {0};
  ids instruments = read_instruments(folder, &made), accounts = read_accounts(folder, &made);
  table rows = open_table(folder, "positions.csv");
  made.account = take(rows.n_rows * sizeof *made.account);
  made.instrument = take(rows.n_rows * sizeof *made.instrument);
  made.quantity = take(rows.n_rows * sizeof *made.quantity);
  int c_account = column(&rows, "account"), c_instrument = column(&rows, "instrument"), c_quantity = column(&rows, "quantity");
  for (; next_row(&rows); made.n_positions++) {
    made.account[made.n_positions] = find(&accounts, rows.fields[c_account]);
    made.instrument[made.n_positions] = find(&instruments, rows.fields[c_instrument]);
    made.quantity[made.n_positions] = strtod(rows.fields[c_quantity], NULL);
  }
  return made;
}

void peer_margins_write(const char *path, const peer_book *of, const double *worst) {
  FILE *stream = fopen(path, "w");
  if (stream == NULL) {
    stop("cannot write ", path);
  }
  fputs("account,initial\n", stream);
  for (uint32_t a = 0; a < of->n_accounts; a++) {
    fprintf(stream, "%s,%.17g\n", of->account_id[a], worst[a] < 0.0 ? -worst[a] : 0.0);
  }
  if (fclose(stream) != 0) {
    stop("cannot write ", path);
  }
}
