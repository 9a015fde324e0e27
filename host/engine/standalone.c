/* SPDX-License-Identifier: MIT
 *
 * Positions are brought together by instrument (counted, then placed, each part of them by a thread), and those of an
 * instrument that are alike are found in a hash table that is small enough for the caches. Which positions share a margin
 * changes no result.
 */
#include "engine/standalone.h"

#include "base/array.h"
#include "base/error.h"
#include "base/pages.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

/* A position that is margined, under its instrument. */
typedef struct held {
  double quantity;
  uint32_t position;
  uint32_t portfolio; /* of `from`; then its number among the distinct ones of its chunk */
} held;

enum { CHUNK_POSITIONS = 1 << 16 };

/* ---- accounts ---------------------------------------------------------------------------------- */

typedef struct account_key {
  uint32_t account, currency;
  uint64_t inputs; /* equal values give equal hashes; see same_inputs */
} account_key;

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static bool counts_alone(const model_input *input) {
  return input->table == INPUT_ACCOUNTS && !input->textual && !input->has_default;
}

static bool same_inputs(const bound *in, uint32_t a, uint32_t b) {
  for (uint32_t i = 0; i < in->model->n_inputs; i++) {
    if (counts_alone(&in->model->inputs[i]) && bits_of(in->inputs[i][a]) != bits_of(in->inputs[i][b])) {
      return false;
    }
  }
  return true;
}

static int by_content(const void *left, const void *right) {
  const account_key *a = left, *b = right;
  if (a->currency != b->currency) {
    return a->currency < b->currency ? -1 : 1;
  }
  return a->inputs != b->inputs ? (a->inputs < b->inputs ? -1 : 1) : (a->account > b->account) - (a->account < b->account);
}

/* Accounts of a class have the same currency and inputs. */
static sg_status classify(const bound *in, uint32_t *class, sg_error *error) {
  const accounts *all = &in->book->accounts;
  bool any = false;
  for (uint32_t i = 0; i < in->model->n_inputs; i++) {
    any = any || counts_alone(&in->model->inputs[i]);
  }
  for (uint32_t a = 0; !any && a < all->n; a++) {
    class[a] = all->currency[a];
  }
  account_key *keys = any ? calloc(all->n + 1, sizeof *keys) : NULL;
  if (any && keys == NULL) {
    return error_out_of_memory(error);
  }
  for (uint32_t a = 0; any && a < all->n; a++) {
    keys[a] = (account_key){a, all->currency[a], 0};
    for (uint32_t i = 0; i < in->model->n_inputs; i++) {
      keys[a].inputs = counts_alone(&in->model->inputs[i]) ? mix(keys[a].inputs, bits_of(in->inputs[i][a])) : keys[a].inputs;
    }
  }
  if (any) {
    qsort(keys, all->n, sizeof *keys, by_content);
  }
  for (uint32_t k = 0; any && k < all->n; k++) {
    bool same = k > 0 && keys[k].currency == keys[k - 1].currency && same_inputs(in, keys[k].account, keys[k - 1].account);
    class[keys[k].account] = same ? class[keys[k - 1].account] : k;
  }
  free(keys);
  return SG_OK;
}

static bool are_equal(const uint32_t *class, uint32_t n) {
  bool equal = true;
  for (uint32_t a = 1; equal && a < n; a++) {
    equal = class[a] == class[0];
  }
  return equal;
}

/* ---- positions by instrument ------------------------------------------------------------------- */

typedef struct like {
  double quantity;
  uint32_t instrument, portfolio; /* of the first that is like it */
  uint32_t class, count;
} like;

typedef struct finder {
  const portfolios *from;
  const uint32_t *class; /* [a] accounts that mean the same to a position */
  bool is_one_class;
  positions_alone *made;
  uint32_t n_instruments, n_parts;
  uint32_t part_end[PARALLEL_WORKERS_MAX]; /* [part] portfolio */
  size_t *next;   /* [part][c] where the part's next position in an instrument goes */
  size_t *begin;  /* [c + 1] into by_instrument */
  held *by_instrument;
  size_t n_chunks;
  uint32_t *chunk_end; /* [chunk] c */
  struct finder_worker {
    uint32_t *slots; /* number of a distinct position of the chunk + 1; 0: empty */
    size_t n_slots, mask;
    uint32_t shift; /* of a hash to a slot */
    ARRAY(like) distinct;
    uint32_t base; /* portfolio that the chunk's first becomes */
    bool enough;   /* memory */
  } workers[PARALLEL_WORKERS_MAX];
} finder;

static bool is_margined(const finder *f, uint32_t instrument) {
  return f->from->of->instruments.type[instrument] != ASSET;
}

static bool count_part(void *context, uint32_t worker, size_t part) {
  const finder *f = context;
  size_t *count = f->next + part * f->n_instruments;
  size_t first = part == 0 ? 0 : f->from->begin[f->part_end[part - 1]];
  for (size_t i = first; i < f->from->begin[f->part_end[part]]; i++) {
    count[f->from->instrument[i]]++;
  }
  return true;
}

static bool place_part(void *context, uint32_t worker, size_t part) {
  const finder *f = context;
  size_t *next = f->next + part * f->n_instruments;
  for (uint32_t of = part == 0 ? 0 : f->part_end[part - 1]; of < f->part_end[part]; of++) {
    for (size_t i = f->from->begin[of]; i < f->from->begin[of + 1]; i++) {
      uint32_t c = f->from->instrument[i];
      if (is_margined(f, c)) {
        f->by_instrument[next[c]++] = (held){f->from->quantity[i], (uint32_t)i, of};
      } else {
        f->made->of[i] = ID_NONE;
      }
    }
  }
  return true;
}

/* Parts of about as many positions each. */
static void cut_parts(finder *f) {
  const portfolios *from = f->from;
  uint32_t end = 0;
  size_t chunks = 1 + from->n_positions / CHUNK_POSITIONS;
  f->n_parts = chunks < parallel_workers() ? (uint32_t)chunks : parallel_workers();
  for (uint32_t p = 0; p < f->n_parts; p++) {
    size_t wanted = from->n_positions / f->n_parts * (p + 1);
    while (end < from->n && (p + 1 == f->n_parts || from->begin[end] < wanted)) {
      end++;
    }
    f->part_end[p] = end;
  }
}

/* From counts to places: by instrument, and within it in the order of the parts. */
static void find_places(finder *f) {
  size_t at = 0, chunk_first = 0;
  for (uint32_t c = 0; c < f->n_instruments; c++) {
    f->begin[c] = at;
    for (uint32_t p = 0; p < f->n_parts; p++) {
      size_t *next = &f->next[(size_t)p * f->n_instruments + c], n = *next;
      *next = at;
      at += is_margined(f, c) ? n : 0;
    }
    if (at - chunk_first >= CHUNK_POSITIONS || c + 1 == f->n_instruments) {
      f->chunk_end[f->n_chunks++] = c + 1;
      chunk_first = at;
    }
  }
  f->begin[f->n_instruments] = at;
}

static sg_status bring_together(finder *f, sg_error *error) {
  cut_parts(f);
  f->next = calloc((size_t)f->n_parts * f->n_instruments + 1, sizeof *f->next);
  f->begin = malloc(((size_t)f->n_instruments + 1) * sizeof *f->begin);
  f->chunk_end = malloc(((size_t)f->n_instruments + 1) * sizeof *f->chunk_end);
  f->by_instrument = pages_malloc((f->from->n_positions + 1) * sizeof *f->by_instrument);
  if (!f->next || !f->begin || !f->chunk_end || !f->by_instrument) {
    return error_out_of_memory(error);
  }
  parallel_run(&(parallel_job){f->n_parts, f, 1, {{count_part, false}}}, f->n_parts);
  find_places(f);
  parallel_run(&(parallel_job){f->n_parts, f, 1, {{place_part, false}}}, f->n_parts);
  return SG_OK;
}

/* ---- positions that are alike ------------------------------------------------------------------ */

static bool clear_slots(struct finder_worker *own, size_t n_positions) {
  size_t n = 16;
  own->shift = 60;
  for (; n < 2 * n_positions; n *= 2) {
    own->shift--;
  }
  if (n > own->n_slots) {
    free(own->slots);
    own->slots = malloc(n * sizeof *own->slots);
    own->n_slots = own->slots == NULL ? 0 : n;
  }
  if (own->slots != NULL) {
    memset(own->slots, 0, n * sizeof *own->slots);
  }
  own->mask = n - 1;
  return own->slots != NULL;
}

/* The number of the distinct position that this one is like, added when new; ID_NONE when out of memory. */
static uint32_t find(struct finder_worker *own, like wanted) {
  /* by the high bits: the low ones of a whole number's double are all zero */
  size_t at = (size_t)(mix(mix(0, wanted.class), bits_of(wanted.quantity)) * 0x9e3779b97f4a7c15u >> own->shift);
  for (; own->slots[at] != 0; at = (at + 1) & own->mask) {
    like *seen = &own->distinct.items[own->slots[at] - 1];
    if (seen->quantity == wanted.quantity && seen->class == wanted.class) {
      seen->count++;
      return own->slots[at] - 1;
    }
  }
  if (!ARRAY_PUSH(&own->distinct, wanted)) {
    return ID_NONE;
  }
  own->slots[at] = (uint32_t)own->distinct.n;
  return own->slots[at] - 1;
}

static bool find_instrument(const finder *f, struct finder_worker *own, uint32_t c) {
  size_t first = f->begin[c], end = f->begin[c + 1];
  if (first < end && !clear_slots(own, end - first)) {
    return false;
  }
  for (size_t i = first; i < end; i++) {
    held *at = &f->by_instrument[i];
    uint32_t class = f->is_one_class ? 0 : f->class[f->from->account[at->portfolio]];
    at->portfolio = find(own, (like){at->quantity, c, at->portfolio, class, 1});
    if (at->portfolio == ID_NONE) {
      return false;
    }
  }
  return true;
}

static bool find_chunk(void *context, uint32_t worker, size_t chunk) {
  finder *f = context;
  struct finder_worker *own = &f->workers[worker];
  own->distinct.n = 0;
  own->enough = true;
  for (uint32_t c = chunk == 0 ? 0 : f->chunk_end[chunk - 1]; own->enough && c < f->chunk_end[chunk]; c++) {
    own->enough = find_instrument(f, own, c);
  }
  return true;
}

static bool number_chunk(void *context, uint32_t worker, size_t chunk) {
  finder *f = context;
  struct finder_worker *own = &f->workers[worker];
  own->base = f->made->distinct.n;
  f->made->distinct.n += (uint32_t)own->distinct.n;
  return own->enough;
}

static bool keep_chunk(void *context, uint32_t worker, size_t chunk) {
  const finder *f = context;
  const struct finder_worker *own = &f->workers[worker];
  portfolios *all = &f->made->distinct;
  for (uint32_t d = 0; own->enough && d < own->distinct.n; d++) {
    const like *of = &own->distinct.items[d];
    uint32_t p = own->base + d;
    all->account[p] = f->from->account[of->portfolio];
    all->side[p] = f->from->side[of->portfolio];
    all->begin[p] = p;
    all->instrument[p] = of->instrument;
    all->quantity[p] = of->quantity;
    f->made->count[p] = of->count;
  }
  size_t first = f->begin[chunk == 0 ? 0 : f->chunk_end[chunk - 1]];
  for (size_t i = first; own->enough && i < f->begin[f->chunk_end[chunk]]; i++) {
    f->made->of[f->by_instrument[i].position] = own->base + f->by_instrument[i].portfolio;
  }
  return true;
}

static sg_status find_alike(finder *f, sg_error *error) {
  const parallel_job job = {f->n_chunks, f, 3, {{find_chunk, false}, {number_chunk, true}, {keep_chunk, false}}};
  bool enough = f->n_chunks == 0 || parallel_run(&job, parallel_workers());
  portfolios *all = &f->made->distinct;
  all->n_positions = all->begin[all->n] = all->n;
  return enough ? SG_OK : error_out_of_memory(error);
}

static void finder_close(finder *f) {
  for (uint32_t w = 0; w < PARALLEL_WORKERS_MAX; w++) {
    free(f->workers[w].slots);
    ARRAY_FREE(&f->workers[w].distinct);
  }
  free(f->next);
  free(f->begin);
  free(f->chunk_end);
  free(f->by_instrument);
}

sg_status standalone_make(const bound *in, const portfolios *from, positions_alone *made, sg_error *error) {
  uint32_t *class = malloc((in->book->accounts.n + 1) * sizeof *class);
  finder f = {.from = from, .class = class, .made = made, .n_instruments = from->of->instruments.n};
  made->count = pages_malloc((from->n_positions + 1) * sizeof *made->count);
  made->of = pages_malloc((from->n_positions + 1) * sizeof *made->of);
  bool enough = class && made->count && made->of;
  sg_status status = enough ? portfolios_open(from->of, from->n_positions, from->n_positions, &made->distinct, error)
                            : error_out_of_memory(error);
  made->distinct.standalone = true;
  status = status == SG_OK ? classify(in, class, error) : status;
  f.is_one_class = status == SG_OK && are_equal(class, in->book->accounts.n);
  status = status == SG_OK ? bring_together(&f, error) : status;
  status = status == SG_OK ? find_alike(&f, error) : status;
  finder_close(&f);
  free(class);
  return status;
}

void standalone_close(positions_alone *made) {
  portfolios_close(&made->distinct);
  free(made->count);
  free(made->of);
  *made = (positions_alone){0};
}
