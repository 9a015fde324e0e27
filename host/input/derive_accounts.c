/* SPDX-License-Identifier: MIT
 *
 * The accounts of accounts.csv and positions.csv as one sorted table with its hierarchy.
 */
#include "base/parallel.h"
#include "input/formats.h"
#include "input/reader.h"
#include "input/table.h"

#include <string.h>

static void resolve_parent(book_reader *reader, uint32_t a, const account_row *row) {
  accounts *all = &reader->book->accounts;
  if (row->parent[0] == '\0') {
    return;
  }
  uint32_t parent = ids_find(reader->accounts, row->parent, strlen(row->parent));
  if (parent == ID_NONE) {
    findings_add(&reader->findings, (place){reader->accounts_path, row->line, row->parent_column},
                 "parent \"%s\" is in neither accounts.csv nor positions.csv", show_text(row->parent).text);
    return;
  }
  all->parent[a] = reader->account_rank[parent];
  all->nets_into_parent[a] = row->to_parent == TO_PARENT_NET;
}

/* One finding for each cycle, at its account with the lowest id. True when there is none. */
static bool check_cycles(book_reader *reader, uint32_t *visit) {
  const accounts *all = &reader->book->accounts;
  bool clean = true;
  for (uint32_t a = 0; a < all->n; a++) {
    uint32_t at = a;
    while (at != ID_NONE && visit[at] == 0) {
      visit[at] = a + 1;
      at = all->parent[at];
    }
    if (at == ID_NONE || visit[at] != a + 1) {
      continue;
    }
    uint32_t lowest = at;
    for (uint32_t next = all->parent[at]; next != at; next = all->parent[next]) {
      lowest = next < lowest ? next : lowest;
    }
    findings_add(&reader->findings, (place){reader->accounts_path, all->line[lowest], 0},
                 "account \"%s\" is its own ancestor", show_text(all->id[lowest]).text);
    clean = false;
  }
  return clean;
}

/* Who nets into a parent is margined in its currency, on its sides. */
static void check_netting(book_reader *reader) {
  accounts *all = &reader->book->accounts;
  for (uint32_t a = 0; a < all->n; a++) {
    all->margin_account[a] = a;
    while (all->nets_into_parent[all->margin_account[a]]) {
      all->margin_account[a] = all->parent[all->margin_account[a]];
    }
    if (!all->nets_into_parent[a]) {
      continue;
    }
    uint32_t parent = all->parent[a];
    bool known = all->currency[a] != ID_NONE && all->currency[parent] != ID_NONE; /* else told where it stands */
    if (known && all->currency[a] != all->currency[parent]) {
      findings_add(&reader->findings, (place){reader->accounts_path, all->line[a], 0},
                   "account \"%s\" nets into \"%s\", but its currency is %s, not %s", show_text(all->id[a]).text,
                   show_text(all->id[parent]).text, show_text(ids_text(reader->currencies, all->currency[a])).text,
                   show_text(ids_text(reader->currencies, all->currency[parent])).text);
    }
    if (all->gross[a] != all->gross[parent]) {
      findings_add(&reader->findings, (place){reader->accounts_path, all->line[a], 0},
                   "account \"%s\" nets into \"%s\", but its sides are %s, not %s", show_text(all->id[a]).text,
                   show_text(all->id[parent]).text, all->gross[a] ? "gross" : "net",
                   all->gross[parent] ? "gross" : "net");
    }
  }
}

static bool open_accounts(book_reader *reader, accounts *made, uint32_t n) {
  arena *memory = reader->memory;
  *made = (accounts){
      .n = n,
      .id = ARENA_ARRAY(memory, const char *, n),
      .line = ARENA_ARRAY(memory, uint64_t, n),
      .parent = ARENA_ARRAY(memory, uint32_t, n),
      .nets_into_parent = ARENA_ARRAY(memory, bool, n),
      .margin_account = ARENA_ARRAY(memory, uint32_t, n),
      .currency = ARENA_ARRAY(memory, uint32_t, n),
      .type = ARENA_ARRAY(memory, account_type, n),
      .gross = ARENA_ARRAY(memory, bool, n),
      .isolated = ARENA_ARRAY(memory, bool, n),
  };
  reader->account_rank = ARENA_ARRAY(memory, uint32_t, n);
  return made->id != NULL && made->line != NULL && made->parent != NULL && made->nets_into_parent != NULL &&
         made->margin_account != NULL && made->currency != NULL && made->type != NULL && made->gross != NULL &&
         made->isolated != NULL && reader->account_rank != NULL && ids_rank(reader->accounts, reader->account_rank);
}

typedef struct filling {
  book_reader *reader;
  uint32_t *row_of; /* [a] of account_rows, ID_NONE: in positions.csv alone */
} filling;

static void fill_accounts(void *context, uint32_t worker, size_t first, size_t end) {
  const filling *of = context;
  book_reader *reader = of->reader;
  accounts *made = &reader->book->accounts;
  const account_row only_in_positions = {.parent = "",
                                         .currency = reader->book->base_currency,
                                         .type = ACCOUNT_TYPE_NONE,
                                         .to_parent = TO_PARENT_SUM,
                                         .sides = SIDES_NET,
                                         .pool = POOL_CROSS};
  for (size_t i = first; i < end; i++) {
    bool is_given = i < reader->account_rows.n;
    const account_row *row = is_given ? &reader->account_rows.items[i] : &only_in_positions;
    uint32_t a = reader->account_rank[i];
    of->row_of[a] = is_given ? (uint32_t)i : ID_NONE;
    made->id[a] = ids_text(reader->accounts, (uint32_t)i);
    made->line[a] = row->line;
    made->parent[a] = ID_NONE;
    made->currency[a] = row->currency;
    made->type[a] = (account_type)row->type;
    made->gross[a] = row->sides == SIDES_GROSS;
    made->isolated[a] = row->pool == POOL_ISOLATED;
  }
}

sg_status derive_accounts(book_reader *reader) {
  enum { TOGETHER = 1 << 17 };
  accounts *made = &reader->book->accounts;
  uint32_t n = ids_count(reader->accounts);
  uint32_t *row_of = calloc((size_t)n + 1, sizeof *row_of), *visit = calloc((size_t)n + 1, sizeof *visit);
  if (row_of == NULL || visit == NULL || !open_accounts(reader, made, n)) {
    reader_out_of_memory(reader);
    goto done;
  }
  parallel_ranges(n, TOGETHER, fill_accounts, &(filling){reader, row_of});
  for (uint32_t i = 0; i < reader->account_rows.n; i++) {
    resolve_parent(reader, reader->account_rank[i], &reader->account_rows.items[i]);
  }
  if (check_cycles(reader, visit)) {
    check_netting(reader);
  }
  if (!attributes_gather(reader->memory, &reader->account_x, row_of, n, &made->x)) {
    reader_out_of_memory(reader);
  }
done:
  free(row_of);
  free(visit);
  return reader_status(reader);
}
