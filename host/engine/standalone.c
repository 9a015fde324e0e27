/* SPDX-License-Identifier: MIT
 *
 * Distinct positions by a hash table that grows. A book without repetitions (after PROBED positions most are new) goes
 * on without the table: which positions share a margin changes no result.
 */
#include "engine/standalone.h"

#include "base/error.h"
#include "base/pages.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 12, PROBED = 1 << 17, TOGETHER = 32 };

typedef struct finder {
  const uint32_t *class; /* [a] accounts that mean the same to a position */
  positions_alone *made;
  uint32_t *slots; /* portfolio + 1; 0: empty */
  size_t mask;
  bool given_up;
} finder;

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

/* ---- positions --------------------------------------------------------------------------------- */

static size_t hash_of(uint32_t class, uint32_t instrument, double quantity) {
  return (size_t)mix(mix(class, instrument), bits_of(quantity));
}

static bool is_like(const finder *f, uint32_t portfolio, uint32_t class, uint32_t instrument, double quantity) {
  const portfolios *all = &f->made->distinct;
  return all->instrument[portfolio] == instrument && all->quantity[portfolio] == quantity &&
         f->class[all->account[portfolio]] == class;
}

static bool grow(finder *f) {
  const portfolios *all = &f->made->distinct;
  size_t n_slots = 2 * (f->mask + 1);
  uint32_t *slots = calloc(n_slots, sizeof *slots);
  if (slots == NULL) {
    return false;
  }
  for (uint32_t p = 0; p < all->n; p++) {
    size_t at = hash_of(f->class[all->account[p]], all->instrument[p], all->quantity[p]) & (n_slots - 1);
    while (slots[at] != 0) {
      at = (at + 1) & (n_slots - 1);
    }
    slots[at] = p + 1;
  }
  free(f->slots);
  f->slots = slots;
  f->mask = n_slots - 1;
  return true;
}

/* The slot of a portfolio that is like the position, or the empty one where it belongs. */
static uint32_t *find(const finder *f, size_t hash, uint32_t class, uint32_t instrument, double quantity) {
  size_t at = hash & f->mask;
  while (f->slots[at] != 0 && !is_like(f, f->slots[at] - 1, class, instrument, quantity)) {
    at = (at + 1) & f->mask;
  }
  return &f->slots[at];
}

static uint32_t add_portfolio(positions_alone *made, uint32_t account, portfolio_side side, uint32_t instrument,
                              double quantity) {
  portfolios *all = &made->distinct;
  uint32_t p = all->n++;
  all->account[p] = account;
  all->side[p] = side;
  all->begin[p] = all->n_positions;
  all->instrument[p] = instrument;
  all->quantity[p] = quantity;
  all->begin[p + 1] = ++all->n_positions;
  made->count[p] = 1;
  return p;
}

static sg_status add_position(finder *f, const portfolios *from, uint32_t of, size_t i, size_t hash, sg_error *error) {
  positions_alone *made = f->made;
  uint32_t account = from->account[of], instrument = from->instrument[i], *seat = NULL;
  made->of[i] = ID_NONE;
  if (from->of->instruments.type[instrument] == ASSET) {
    return SG_OK;
  }
  f->given_up = f->given_up || (i >= PROBED && made->distinct.n > i / 4 * 3);
  if (!f->given_up) {
    if (made->distinct.n > f->mask / 2 && !grow(f)) {
      return error_out_of_memory(error);
    }
    seat = find(f, hash, f->class[account], instrument, from->quantity[i]);
  }
  if (seat != NULL && *seat != 0) {
    made->of[i] = *seat - 1;
    made->count[made->of[i]]++;
    return SG_OK;
  }
  made->of[i] = add_portfolio(made, account, from->side[of], instrument, from->quantity[i]);
  if (seat != NULL) {
    *seat = made->of[i] + 1;
  }
  return SG_OK;
}

/* Where the look-ups of some positions will go, asked for together: each misses the caches twice. */
static void prefetch(const finder *f, const portfolios *from, uint32_t of, size_t first, size_t n, size_t *hash) {
  for (size_t i = 0; i < n; i++) {
    hash[i] = hash_of(f->class[from->account[of]], from->instrument[first + i], from->quantity[first + i]);
    __builtin_prefetch(&f->slots[hash[i] & f->mask]);
  }
  for (size_t i = 0; i < n; i++) {
    uint32_t portfolio = f->slots[hash[i] & f->mask];
    if (portfolio != 0) {
      __builtin_prefetch(&f->made->distinct.quantity[portfolio - 1]);
      __builtin_prefetch(&f->made->distinct.instrument[portfolio - 1]);
      __builtin_prefetch(&f->made->count[portfolio - 1], 1);
    }
  }
}

static sg_status add_positions(finder *f, const portfolios *from, sg_error *error) {
  size_t hash[TOGETHER] = {0};
  for (uint32_t of = 0; of < from->n; of++) {
    for (size_t first = from->begin[of], n; first < from->begin[of + 1]; first += n) {
      n = from->begin[of + 1] - first < TOGETHER ? from->begin[of + 1] - first : TOGETHER;
      if (!f->given_up) {
        prefetch(f, from, of, first, n, hash);
      }
      for (size_t i = 0; i < n; i++) {
        TRY(add_position(f, from, of, first + i, hash[i], error));
      }
    }
  }
  return SG_OK;
}

sg_status standalone_make(const bound *in, const portfolios *from, positions_alone *made, sg_error *error) {
  uint32_t *class = malloc((in->book->accounts.n + 1) * sizeof *class);
  finder f = {.class = class, .made = made, .slots = calloc(FIRST_SLOTS, sizeof *f.slots), .mask = FIRST_SLOTS - 1};
  made->count = pages_malloc((from->n_positions + 1) * sizeof *made->count);
  made->of = pages_malloc((from->n_positions + 1) * sizeof *made->of);
  bool enough = class && f.slots && made->count && made->of;
  sg_status status = enough ? portfolios_open(from->of, from->n_positions, from->n_positions, &made->distinct, error)
                            : error_out_of_memory(error);
  made->distinct.standalone = true;
  status = status == SG_OK ? classify(in, class, error) : status;
  status = status == SG_OK ? add_positions(&f, from, error) : status;
  free(class);
  free(f.slots);
  return status;
}

void standalone_close(positions_alone *made) {
  portfolios_close(&made->distinct);
  free(made->count);
  free(made->of);
  *made = (positions_alone){0};
}
