/* SPDX-License-Identifier: MIT
 *
 * The forwards: one for the options of an underlying and expiry, one for each linear instrument; and the options'
 * discount factors. Order of sources: forwards.csv, the option's future, carry.
 */
#include "input/carry.h"
#include "input/table.h"

#include "kernels/math.h"

#include <assert.h>

/* A forward that somebody uses. Sorted by (underlying, expiry, owner). */
typedef struct wanted {
  uint32_t underlying;
  uint32_t user; /* c of the lowest line that uses it */
  int64_t expiry_s;
  uint64_t owner; /* 0: the options of the expiry; 1 + c: a linear instrument */
} wanted;
typedef ARRAY(wanted) wanted_list;

static int compare_wanted(const void *left, const void *right) {
  const wanted *a = left, *b = right;
  if (a->underlying != b->underlying) {
    return a->underlying < b->underlying ? -1 : 1;
  }
  if (a->expiry_s != b->expiry_s) {
    return a->expiry_s < b->expiry_s ? -1 : 1;
  }
  return (a->owner > b->owner) - (a->owner < b->owner);
}

static bool is_usable(const book_reader *reader, uint32_t c) {
  uint32_t u = reader->book->instruments.underlying[c];
  return reader->extra[c].ok && reader->underlying_ok[u];
}

/* c of the option's future; ID_NONE when it names none, or none that can be used (a finding). */
static uint32_t find_future(book_reader *reader, uint32_t c) {
  const instruments *all = &reader->book->instruments;
  const char *name = reader->extra[c].future;
  if (name[0] == '\0') {
    return ID_NONE;
  }
  uint32_t index = ids_find(reader->instruments, name, strlen(name));
  uint32_t future = index == ID_NONE ? ID_NONE : reader->instrument_rank[index];
  const char *why = future == ID_NONE                               ? "is not in instruments.csv"
                    : all->type[future] != FUTURE                   ? "is not a future"
                    : all->underlying[future] != all->underlying[c] ? "is on another underlying"
                    : all->settlement[future] == INVERSE && all->settlement[c] != INVERSE
                        ? "is inverse, and the option is not"
                    : all->expiry_s[future] < all->expiry_s[c] ? "expires before the option"
                                                               : NULL;
  if (future != ID_NONE && !reader->extra[future].ok) {
    return ID_NONE; /* its own row has a finding */
  }
  if (why == NULL) {
    return future;
  }
  findings_add(&reader->findings, (place){reader->instruments_path, all->line[c], 0},
               "underlying_future \"%s\" of \"%s\" %s", show_text(name).text, show_text(all->id[c]).text, why);
  return ID_NONE;
}

/* What instrument c uses. */
static wanted want(const book_reader *reader, uint32_t c, uint32_t future) {
  const instruments *all = &reader->book->instruments;
  uint32_t owner = all->type[c] != OPTION ? c : future;
  bool shared = all->type[c] == OPTION &&
                (future == ID_NONE || reader_quote(reader, all->underlying[c], all->expiry_s[c]) != NULL);
  if (shared) {
    return (wanted){all->underlying[c], c, all->expiry_s[c], 0};
  }
  return (wanted){all->underlying[owner], c, all->expiry_s[owner], 1 + (uint64_t)owner};
}

static bool collect(book_reader *reader, wanted_list *list, wanted *of) {
  const instruments *all = &reader->book->instruments;
  for (uint32_t c = 0; c < all->n; c++) {
    if (!is_usable(reader, c)) {
      continue;
    }
    of[c] = want(reader, c, all->type[c] == OPTION ? find_future(reader, c) : ID_NONE);
    wanted *last = list->n > 0 ? &list->items[list->n - 1] : NULL;
    if (last != NULL && compare_wanted(last, &of[c]) == 0) {
      last->user = all->line[c] < all->line[last->user] ? c : last->user;
    } else if (!ARRAY_PUSH(list, of[c])) {
      return false;
    }
  }
  if (list->n > 1) {
    qsort(list->items, list->n, sizeof *list->items, compare_wanted);
  }
  size_t n = 0;
  for (size_t i = 0; i < list->n; i++) {
    wanted *last = n > 0 ? &list->items[n - 1] : NULL;
    if (last != NULL && compare_wanted(last, &list->items[i]) == 0) {
      last->user = all->line[list->items[i].user] < all->line[last->user] ? list->items[i].user : last->user;
    } else {
      list->items[n++] = list->items[i];
    }
  }
  list->n = n;
  return true;
}

static bool open_forwards(arena *memory, forwards *made, uint32_t n) {
  *made = (forwards){
      .n = n,
      .line = ARENA_ARRAY(memory, uint64_t, n),
      .underlying = ARENA_ARRAY(memory, uint32_t, n),
      .expiry_s = ARENA_ARRAY(memory, int64_t, n),
      .years = ARENA_ARRAY(memory, double, n),
      .forward = ARENA_ARRAY(memory, double, n),
      .fixed = ARENA_ARRAY(memory, double, n),
      .growth = ARENA_ARRAY(memory, double, n),
      .source = ARENA_ARRAY(memory, forward_source, n),
      .own = ARENA_ARRAY(memory, bool, n),
  };
  return made->line != NULL && made->underlying != NULL && made->expiry_s != NULL && made->years != NULL && made->forward != NULL &&
         made->fixed != NULL && made->growth != NULL && made->source != NULL && made->own != NULL;
}

/* Fills forward f. A quote that is itself bad, or a curve that is missing, is reported elsewhere. */
static void make_forward(carry_curves *carry, uint32_t f, const wanted *key, const quoted_forward *quote) {
  book_reader *reader = carry->reader;
  forwards *made = &reader->book->forwards;
  double price = reader->book->underlyings.price[key->underlying];
  double own = key->owner == 0 ? NAN : reader->book->instruments.mark[key->owner - 1];
  made->underlying[f] = key->underlying;
  made->own[f] = key->owner != 0;
  made->expiry_s[f] = key->expiry_s;
  made->years[f] = key->expiry_s == 0 ? 0 : years_between(reader->book->as_of_s, key->expiry_s);
  made->fixed[f] = quote == NULL ? 0 : quote->fixed;
  made->line[f] = quote == NULL || !isnan(own) ? 0 : quote->line;
  made->source[f] = !isnan(own) ? OWN_MARK : quote != NULL ? FORWARDS_FILE : CARRY;
  if (made->source[f] == CARRY) {
    made->forward[f] = carry_forward(carry, key->underlying, key->expiry_s, key->user, &made->growth[f]);
    if (isnan(made->forward[f])) {
      return;
    }
  } else {
    made->forward[f] = made->source[f] == OWN_MARK ? own : quote->forward;
    made->growth[f] = price == 0 ? 1 : made->forward[f] / price;
  }
  if (!isfinite(made->forward[f]) || !isfinite(made->growth[f])) {
    findings_add(&reader->findings, (place){reader->instruments_path, reader->book->instruments.line[key->user], 0},
                 "the forward of \"%s\" is too large for a double",
                 show_text(reader->book->instruments.id[key->user]).text);
  }
}

static void discount_option(carry_curves *carry, uint32_t c, const quoted_forward *quote) {
  book_reader *reader = carry->reader;
  instruments *all = &reader->book->instruments;
  double years = all->years[c];
  all->discount[c] = 1;
  if (all->settlement[c] == INVERSE || all->premium[c] == FUTURES_STYLE || years == 0 ||
      (quote != NULL && !quote->ok)) {
    return;
  }
  if (quote != NULL && !isnan(quote->discount_factor)) {
    all->discount[c] = quote->discount_factor;
  } else if (quote != NULL && !isnan(quote->rate_cc)) {
    all->discount[c] = math_exp(-quote->rate_cc * years);
  } else {
    all->discount[c] = carry_discount(carry, reader->book->underlyings.currency[all->underlying[c]], years, c);
  }
  if (!isnan(all->discount[c]) && (!isfinite(all->discount[c]) || all->discount[c] < DBL_MIN)) {
    findings_add(&reader->findings, (place){reader->instruments_path, all->line[c], 0},
                 "the discount factor of \"%s\" is outside the range of a double", show_text(all->id[c]).text);
  }
}

/* Black needs a positive price and forward; so does whatever is divided by its forward. */
static void check_positive(book_reader *reader, uint32_t c) {
  const instruments *all = &reader->book->instruments;
  if (!(all->type[c] == OPTION && all->price_model[c] == BLACK) && all->settlement[c] != INVERSE) {
    return;
  }
  double forward = reader->book->forwards.forward[all->forward[c]];
  double price = reader->book->underlyings.price[all->underlying[c]];
  const char *why = all->settlement[c] == INVERSE ? "inverse settlement" : "price_model black";
  if (price <= 0 || forward <= 0) {
    char text[NUMBER_TEXT_BYTES];
    number_format(price <= 0 ? price : forward, text);
    findings_add(&reader->findings, (place){reader->instruments_path, all->line[c], 0},
                 "the %s of \"%s\" is %s; %s needs one > 0", price <= 0 ? "underlying's price" : "forward",
                 show_text(all->id[c]).text, text, why);
  }
}

static uint32_t find_wanted(const wanted_list *list, const wanted *key) {
  assert(list->n > 0); /* it has every instrument's */
  const wanted *found = bsearch(key, list->items, list->n, sizeof *key, compare_wanted);
  return (uint32_t)(found - list->items);
}

sg_status derive_forwards(book_reader *reader) {
  instruments *all = &reader->book->instruments;
  forwards *made = &reader->book->forwards;
  wanted_list list = {0};
  carry_curves carry = {0};
  wanted *of = calloc((size_t)all->n + 1, sizeof *of);
  uint32_t *row_of = NULL;
  if (of == NULL || !carry_open(&carry, reader) || !collect(reader, &list, of) ||
      !open_forwards(reader->memory, made, (uint32_t)list.n)) {
    reader_out_of_memory(reader);
    goto done;
  }
  row_of = malloc((list.n + 1) * sizeof *row_of);
  if (row_of == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (uint32_t f = 0; f < made->n; f++) {
    const wanted *key = &list.items[f];
    const quoted_forward *quote = key->expiry_s == 0 ? NULL : reader_quote(reader, key->underlying, key->expiry_s);
    row_of[f] = quote == NULL ? ID_NONE : quote->row;
    make_forward(&carry, f, key, quote);
  }
  for (uint32_t c = 0; c < all->n; c++) {
    if (!is_usable(reader, c)) {
      continue;
    }
    all->forward[c] = find_wanted(&list, &of[c]);
    const quoted_forward *quote = reader_quote(reader, all->underlying[c], all->expiry_s[c]);
    if (all->type[c] == OPTION) {
      discount_option(&carry, c, quote);
    }
    if (quote == NULL || quote->ok) {
      check_positive(reader, c);
    }
  }
  carry_report(&carry);
  if (!attributes_gather(reader->memory, &reader->forward_x, row_of, made->n, &made->x)) {
    reader_out_of_memory(reader);
  }
done:
  free(of);
  free(row_of);
  ARRAY_FREE(&list);
  carry_close(&carry);
  return reader_status(reader);
}
